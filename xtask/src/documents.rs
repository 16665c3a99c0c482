//! Documents name files, tests and each other; what they name must be there.

use std::collections::BTreeSet;

use crate::arch::{File, Files};

/// Folders that a path in a document begins with.
const BEGINNINGS: &[&str] = &["crates/", "docs/", "xtask/", "walls/", "testdata/", ".ci/"];
/// Headings of every decision record, in order.
const HEADINGS: &[&str] = &["## Context", "## Decision", "## Put aside", "## Consequences"];

/// Adds what the documents name and nobody has.
pub fn check(files: &Files, found: &mut Vec<String>) {
    let functions = functions(files);
    for file in files.all.iter().filter(|file| is_document(&file.path)) {
        let mut in_code = false;
        for (line, number) in file.text.lines().zip(1..) {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            }
            if in_code {
                continue;
            }
            for name in line.split('`').skip(1).step_by(2) {
                if let Some(path) = path_in(name)
                    && !files.has(path)
                {
                    found.push(format!("{}:{number}: there is no {path}", file.path));
                }
                if is_test_name(name) && !functions.contains(name) {
                    found.push(format!("{}:{number}: there is no test or function {name}", file.path));
                }
            }
            for link in line.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
                let link = link.0.split('#').next().unwrap_or_default();
                if !link.is_empty() && !link.contains("://") && !files.has(&beside(&file.path, link)) {
                    found.push(format!("{}:{number}: the link to {link} leads nowhere", file.path));
                }
            }
        }
        if file.path.starts_with("docs/adr/") {
            decision(file, found);
        }
    }
    for file in files.all.iter().filter(|file| file.path == "docs/asvs.tsv") {
        checklist(file, &functions, files, found);
    }
}

/// Each row that applies names tests or documents that are there, or says what is missing.
fn checklist(file: &File, functions: &BTreeSet<&str>, files: &Files, found: &mut Vec<String>) {
    let rows = file.text.lines().zip(1..).filter(|(line, _)| !line.starts_with('#')).skip(1);
    for (line, number) in rows {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, _, _, applies, proof] = columns.as_slice() else {
            found.push(format!("{}:{number}: five columns", file.path));
            continue;
        };
        let said = ["open: ", "not applicable: "].into_iter().find_map(|begin| proof.strip_prefix(begin));
        match said {
            Some(why) if !why.is_empty() && proof.starts_with("not") == (*applies == "n") => {}
            Some(_) => found.push(format!("{}:{number}: {id} does not say why", file.path)),
            None => {
                for name in proof.split(", ") {
                    let there = if name.contains('/') { files.has(name) } else { functions.contains(name) };
                    if !there {
                        found.push(format!("{}:{number}: {id} is proved by {name}, which is not there", file.path));
                    }
                }
            }
        }
    }
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md") && (!path.contains('/') || path.starts_with("docs/"))
}

/// Names of all functions in Rust; tests of `salus_test!` and the like are among them.
fn functions(files: &Files) -> BTreeSet<&str> {
    let sources = files.all.iter().filter(|file| file.path.ends_with(".rs"));
    sources
        .flat_map(|file| file.text.split("fn ").skip(1))
        .filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next())
        .collect()
}

/// `crates/salus/src/lib.rs`, without a line number; nothing for patterns and for what is made at run time.
fn path_in(name: &str) -> Option<&str> {
    let path = name.split([':', '#']).next()?;
    let plain = !path.contains(['*', '<', '{', ' ', '…', '$']) && !path.contains("NAME") && !path.contains("NNNN");
    (plain && BEGINNINGS.iter().any(|beginning| path.starts_with(beginning))).then_some(path)
}

/// A sentence in snake case, as tests are named.
fn is_test_name(name: &str) -> bool {
    name.matches('_').count() >= 3
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A link's target from the root.
fn beside(document: &str, link: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// One page, its parts in order.
fn decision(file: &File, found: &mut Vec<String>) {
    let mut from = 0;
    for heading in HEADINGS {
        match file.text.get(from..).and_then(|rest| rest.find(&format!("\n{heading}\n"))) {
            Some(at) => from += at + 1,
            None => found.push(format!("{}:1: a decision has the heading '{heading}', in this order", file.path)),
        }
    }
    if file.text.lines().count() > 90 {
        found.push(format!("{}:1: a decision fits on one page", file.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_names_must_be_there() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let found = |text: &str| {
            let code = file("crates/nowhere/src/a.rs", "#[test]\nfn a_stranger_gets_nothing() {}");
            let other = file("docs/other.md", "");
            let mut found = Vec::new();
            check(&Files { all: vec![code, other, file("docs/a.md", text)] }, &mut found);
            found
        };
        for fine in [
            "`crates/nowhere/src/a.rs`, `crates/nowhere/src/a.rs:12` and `crates/nowhere`",
            "`a_stranger_gets_nothing`, [other](other.md#part), [up](../docs/other.md), [out](https://example.org/)",
            "`docs/*.md` and `walls/NAME.patch`",
            "```text\n`crates/none.rs`\n```",
        ] {
            assert!(found(fine).is_empty(), "{fine}: {:?}", found(fine));
        }
        for bad in ["`crates/nowhere/src/b.rs`", "`a_stranger_gets_in_at_once`", "[other](none.md)"] {
            assert_eq!(found(bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn what_a_checklist_names_is_there() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let found = |row: &str| {
            let code = file("crates/a/src/a.rs", "async fn a_stranger_gets_nothing(w: World) {}");
            let list = file("docs/asvs.tsv", &format!("# Of whom.\nid\tlevel\trequirement\tapplies\tproof\n{row}\n"));
            let mut found = Vec::new();
            check(&Files { all: vec![code, list] }, &mut found);
            found.len()
        };
        assert_eq!(found("V1.1.1\tL1\tText\ty\ta_stranger_gets_nothing, crates/a/src/a.rs"), 0);
        assert_eq!(found("V1.1.1\tL1\tText\ty\topen: not yet"), 0);
        assert_eq!(found("V1.1.1\tL1\tText\tn\tnot applicable: no such thing"), 0);
        for bad in
            ["y\tsomebody_else", "y\t", "y\topen: ", "y\tnot applicable: no", "n\topen: not yet", "y", "y\tcrates/b.rs"]
        {
            assert_eq!(found(&format!("V1.1.1\tL1\tText\t{bad}")), 1, "{bad}");
        }
    }

    #[test]
    fn a_decision_has_its_parts_in_order() {
        let of = |text: &str| {
            let mut found = Vec::new();
            decision(&File { path: "docs/adr/0001-a.md".to_owned(), text: text.to_owned() }, &mut found);
            found.len()
        };
        assert_eq!(of("# A\n\n## Context\n\n## Decision\n\n## Put aside\n\n## Consequences\n"), 0);
        assert_eq!(of("# A\n\n## Decision\n\n## Context\n\n## Put aside\n\n## Consequences\n"), 1);
    }
}
