//! `xtask arch`: the rules of the house that a compiler doesn't know, in a second.
//!
//! Each finding names file, line and rule. Rules about source look at it without comments and texts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::{
    documents,
    run::{git, root},
    source,
};

/// The most lines of a file of source.
const LONGEST: usize = 700;
/// Modules of the application that are floor, or that put everything together; every other folder is a slice.
const NOT_SLICES: &[&str] = &["access", "shell", "jobs", "testing"];
/// The floor.
const FLOOR: &[&str] = &["access", "shell"];
/// Files of the floor that list every slice on purpose.
const LISTS_SLICES: &[&str] = &["shell/gallery.rs"];
/// What is inside a slice; others use what its `mod.rs` re-exports.
const INSIDE: &[&str] = &["api", "event", "jobs", "model", "pages", "store", "tests"];

/// Prints what is wrong; an error when anything is.
pub fn run() -> Result<()> {
    let files = Files::listed()?;
    let mut found = Vec::new();
    slices(&files, &mut found);
    for file in &files.all {
        each(file, &mut found);
    }
    documents::check(&files, &mut found);
    found.sort();
    found.dedup();
    for line in &found {
        println!("  {line}");
    }
    match found.len() {
        0 => Ok(()),
        one => bail!("{one} against the rules of the house"),
    }
}

/// A file that git knows, or would.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// Its text; files that are no text are not here.
    pub text: String,
}

/// Everything that is or would be committed.
pub struct Files {
    /// By path.
    pub all: Vec<File>,
}

impl Files {
    /// What git lists, ignored files left out.
    pub fn listed() -> Result<Self> {
        let names = git(&["ls-files", "-co", "--exclude-standard", "-z"])?;
        let names: BTreeSet<&str> = names.split('\0').filter(|name| !name.is_empty()).collect();
        let read =
            |name: &&str| Some(File { path: (*name).to_owned(), text: fs::read_to_string(root().join(name)).ok()? });
        Ok(Self { all: names.iter().filter_map(read).collect() })
    }

    /// Whether there is such a file or folder.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.all.iter().any(|file| file.path == path || file.path.starts_with(&folder)) || root().join(path).exists()
    }
}

/// The floor names no slice; a slice reaches into no other slice.
fn slices(files: &Files, found: &mut Vec<String>) {
    let application = "crates/salus/src/";
    let inside: Vec<(&File, PathBuf)> = files
        .all
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .filter_map(|file| Some((file, PathBuf::from(file.path.strip_prefix(application)?))))
        .collect();
    let module = |path: &Path| path.parent()?.components().next()?.as_os_str().to_str().map(str::to_owned);
    let slices: BTreeSet<String> = inside
        .iter()
        .filter_map(|(_, path)| module(path))
        .filter(|name| !NOT_SLICES.contains(&name.as_str()))
        .collect();
    for (file, path) in &inside {
        let Some(own) = module(path) else { continue };
        if LISTS_SLICES.iter().any(|lists| path == Path::new(lists)) || path.ends_with("tests.rs") {
            continue;
        }
        for (number, named) in numbered_paths(&file.text) {
            let Some(first) = named.first() else { continue };
            if !slices.contains(first) || *first == own {
                continue;
            }
            if FLOOR.contains(&own.as_str()) {
                found.push(format!("{}:{number}: the floor names the slice {first}", file.path));
            } else if slices.contains(&own) && named.get(1).is_some_and(|second| INSIDE.contains(&second.as_str())) {
                let inner = named.join("::");
                found.push(format!(
                    "{}:{number}: reaches into another slice: {inner}; use what its mod.rs re-exports",
                    file.path
                ));
            }
        }
    }
}

/// The `crate::` paths of a source, each with the line on which its `crate::` stands.
fn numbered_paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let bare = source::bare(text);
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("crate::") {
        let number = bare.get(..at).unwrap_or_default().matches('\n').count() + 1;
        // A `use` ends at its semicolon; another path begins after it.
        let rest = bare.get(at..).unwrap_or_default();
        let next = rest.get(1..).and_then(|rest| rest.find("crate::")).map_or(rest.len(), |next| next + 1);
        let own = rest.get(..next).unwrap_or_default();
        found.extend(source::crate_paths(own).into_iter().map(|path| (number, path)));
    }
    found
}

/// Rules that look at one file.
fn each(file: &File, found: &mut Vec<String>) {
    let path = file.path.as_str();
    let mut tell = |line: usize, what: &str| found.push(format!("{path}:{line}: {what}"));
    let rust = path.ends_with(".rs");
    let is_source = rust
        || [".html", ".scss", ".css", ".js", ".mjs", ".sql", ".ftl", ".sh", ".py"]
            .iter()
            .any(|ending| path.ends_with(ending));
    if is_source && file.text.lines().count() > LONGEST {
        tell(1, &format!("{} lines; {LONGEST} are the most", file.text.lines().count()));
    }
    if path.ends_with("Cargo.lock") || path.ends_with("package-lock.json") {
        lock_file(file, &mut tell);
        return;
    }
    if path.starts_with("testdata/") || path.contains("/vectors/") || path.contains("/broken/") {
        return;
    }
    let machines = ["/wo", "/ho", "/ro", "/Use"].iter().zip(["rk/", "me/", "ot/", "rs/"]);
    let machines: Vec<String> = machines.map(|(left, right)| format!("{left}{right}")).collect();
    for (line, number) in file.text.lines().zip(1..) {
        if let Some(machine) = machines.iter().find(|machine| begins_a_path(line, machine)) {
            tell(number, &format!("a path of somebody's machine: {machine}…"));
        }
        if let Some(mark) = unfinished(line) {
            tell(number, &format!("{mark} without a name and a date, or the number of an issue"));
        }
    }
    if rust {
        attributes(&file.text, &mut tell);
    }
    only_there(file, &mut tell);
}

/// What one crate alone may name.
struct Only {
    words: &'static [&'static str],
    home: &'static str,
    /// Whether tests may as well.
    tests_too: bool,
    says: &'static str,
}

const ONLY: [Only; 2] = [
    Only {
        words: &["sqlx", "libsqlite3", "rusqlite", "tokio_postgres"],
        home: "crates/salus-db/",
        tests_too: false,
        says: "names a database driver; only salus-db does",
    },
    // Codes, tokens and seeds come from one generator (ASVS V6.5.3, V11.5.1).
    Only {
        words: &["rand", "getrandom", "fastrand", "SystemRandom", "OsRng", "thread_rng"],
        home: "crates/salus-vault/",
        tests_too: true,
        says: "makes randomness; salus_vault::random does",
    },
];

fn only_there(file: &File, tell: &mut impl FnMut(usize, &str)) {
    let (path, rust) = (file.path.as_str(), file.path.ends_with(".rs"));
    let manifest = path.ends_with("Cargo.toml") && path != "Cargo.toml";
    let bare = if rust { source::bare(&file.text) } else { file.text.clone() };
    for only in ONLY.iter().filter(|only| !path.starts_with(only.home)) {
        let looked_at = if only.tests_too { rust && !path.contains("/testing") } else { rust || manifest };
        for (line, number) in bare.lines().zip(1..).filter(|_| looked_at) {
            if only.words.iter().any(|word| has_word(line, word)) {
                tell(number, only.says);
            }
        }
    }
}

/// Lock files name packages and hashes, and no host that a package was fetched from.
fn lock_file(file: &File, tell: &mut impl FnMut(usize, &str)) {
    let index = "registry+https://github.com/rust-lang/crates.io-index";
    for (line, number) in file.text.lines().zip(1..) {
        let trimmed = line.trim();
        let bad = if file.path.ends_with("Cargo.lock") {
            trimmed.starts_with("source = ") && !trimmed.contains(index)
        } else {
            trimmed.starts_with("\"resolved\"")
        };
        if bad {
            tell(number, "names the host that a package came from");
        }
    }
}

fn begins_a_path(line: &str, machine: &str) -> bool {
    line.match_indices(machine).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default().chars().next_back();
        // Within a longer path, or a URL, it is something else.
        before.is_none_or(|c| !(c.is_alphanumeric() || "./-_}".contains(c)))
    })
}

/// A mark of unfinished work that nobody owns.
fn unfinished(line: &str) -> Option<&'static str> {
    // Put together here, so that this file is not a finding.
    const MARKS: [(&str, &str, &str); 3] = [("TO", "DO", "a mark"), ("FIX", "ME", "a mark"), ("XX", "X", "a mark")];
    MARKS.iter().find_map(|(left, right, said)| {
        let mark = format!("{left}{right}");
        let at = line.match_indices(&mark).map(|(at, _)| at).find(|at| {
            let before = line.get(..*at).unwrap_or_default().chars().next_back();
            let after = line.get(at + mark.len()..).unwrap_or_default().chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })?;
        let rest = line.get(at + mark.len()..).unwrap_or_default();
        let issue = rest.split('#').nth(1).is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()));
        let dated = rest.split("20").nth(1).is_some_and(|year| year.get(2..3) == Some("-"));
        (!issue && !dated).then_some(*said)
    })
}

/// Attributes that silence a lint say why, and complain when they are no longer needed.
fn attributes(text: &str, tell: &mut impl FnMut(usize, &str)) {
    let bare = source::bare(text);
    for word in ["allow", "expect"] {
        for begin in [format!("#[{word}("), format!("#![{word}(")] {
            for (at, _) in bare.match_indices(&begin) {
                let number = bare.get(..at).unwrap_or_default().matches('\n').count() + 1;
                let whole = text.get(at..).and_then(|rest| rest.split_once(']')).map_or("", |(attribute, _)| attribute);
                if !whole.contains("reason") {
                    tell(number, "silences a lint without a reason");
                }
                // Where the lint fires in some uses of a macro and not in others, `expect` can't be used.
                if word == "allow" && !whole.contains("clippy::allow_attributes") {
                    tell(number, "use #[expect(.., reason = \"…\")]: it complains when no longer needed");
                }
            }
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default().chars().next_back();
        let after = line.get(at + word.len()..).unwrap_or_default().chars().next();
        ![before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(&File { path: path.to_owned(), text: text.to_owned() }, &mut found);
        found
    }

    fn between(files: &[(&str, &str)]) -> Vec<String> {
        let all = files
            .iter()
            .map(|(path, text)| File { path: format!("crates/salus/src/{path}"), text: (*text).to_owned() });
        let mut found = Vec::new();
        slices(&Files { all: all.collect() }, &mut found);
        found
    }

    #[test]
    fn the_floor_names_no_slice_and_a_slice_reaches_into_no_other() {
        let (record, staff) = (("record/mod.rs", ""), ("staff/mod.rs", ""));
        assert!(between(&[record, ("access/chart.rs", "use crate::{access::x, shell::y};")]).is_empty());
        assert_eq!(between(&[record, ("access/chart.rs", "use crate::{access::x,\n record::views};")]).len(), 1);
        assert_eq!(between(&[record, ("shell/page.rs", "fn f() { crate::record::g() }")]).len(), 1);
        assert!(between(&[record, ("shell/page.rs", "// crate::record::g()")]).is_empty());
        assert!(between(&[record, staff, ("staff/pages.rs", "use crate::record::count;")]).is_empty());
        assert!(between(&[record, ("record/pages.rs", "use crate::record::store;")]).is_empty());
        assert_eq!(between(&[record, staff, ("staff/pages.rs", "use crate::record::store::count;")]).len(), 1);
        assert_eq!(
            between(&[record, staff, ("staff/pages.rs", "use crate::{access::A, record::{model::M, store}};")]).len(),
            2
        );
        assert!(between(&[record, ("lib.rs", "use crate::record::store;")]).is_empty());
    }

    #[test]
    fn each_rule_finds_what_breaks_it() {
        let long = "x\n".repeat(LONGEST + 1);
        let home = format!("see /{}/ana/notes", "home");
        let mark = format!("// {}{}: later", "TO", "DO");
        for (path, text) in [
            ("crates/salus/src/a.rs", long.as_str()),
            ("README.md", home.as_str()),
            ("crates/salus/src/a.rs", mark.as_str()),
            ("crates/salus/src/a.rs", "#[allow(dead_code, reason = \"x\")]"),
            ("crates/salus/src/a.rs", "#[expect(dead_code)]"),
            ("crates/salus/src/a.rs", "use sqlx::Row;"),
            ("crates/salus/src/a.rs", "let code: u32 = rand::random();"),
            ("crates/salus-db/src/a.rs", "use aws_lc_rs::rand::SystemRandom;"),
            ("crates/salus/Cargo.toml", "sqlx.workspace = true"),
            ("crates/salus-assets/package-lock.json", "  \"resolved\": \"https://example.org/a.tgz\","),
            ("Cargo.lock", "source = \"git+https://example.org/a\""),
        ] {
            assert_eq!(found(path, text).len(), 1, "{path}: {text:.40}: {:?}", found(path, text));
        }
        for (path, text) in [
            ("crates/salus/src/a.rs", "#[expect(dead_code, reason = \"x\")]"),
            ("crates/salus/src/a.rs", "#[allow(clippy::allow_attributes, dead_code, reason = \"a macro\")]"),
            ("crates/salus/src/a.rs", "// like sqlx"),
            ("crates/salus-db/src/a.rs", "use sqlx::Row;"),
            ("crates/salus-vault/src/a.rs", "aws_lc_rs::rand::fill(&mut bytes)"),
            ("crates/salus/src/testing/a.rs", "use aws_lc_rs::rand::SystemRandom;"),
            ("docs/a.md", "https://example.org/home/page and crates/home/mod.rs"),
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
        ] {
            assert!(found(path, text).is_empty(), "{path}: {text}");
        }
        for fine in ["(ana, 2026-12-01): later", " #12: later"] {
            assert!(found("a.rs", &format!("// {}{}{fine}", "TO", "DO")).is_empty(), "{fine}");
        }
    }
}
