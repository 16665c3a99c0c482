//! `./x walls`: takes each wall away in a scratch copy, and sees that the test which guards it fails.
//!
//! A wall is a file `walls/NAME.patch`: a few lines about it, then a unified diff.
//!
//! ```text
//! Wall: a sealed value opens only in its own table
//! Test: salus-vault seal::tests::each_part_of_the_place_is_bound
//! Says: table is not bound
//!
//! --- a/crates/salus-vault/src/seal.rs
//! +++ b/crates/salus-vault/src/seal.rs
//! @@ …
//! ```
//!
//! `Test:` is a package and a test's full name (`salus/smoke NAME` for a test of `tests/smoke.rs`); there may be several,
//! and each must fail. `Says:` is what each failure must say, so that it fails for this reason and no other.
//!
//! Package by package: its named tests run on the code as it is, and must pass. Then, wall by wall: the patch must apply,
//! the code must compile, the test must fail and say so. What compiles takes most of the time, so there is one scratch
//! copy, compiled incrementally and without debug information; other people's crates are shared with the real thing, our
//! own are not. A test in the crate of the wall is cheaper than one in a crate above it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    results::Results,
    run::{Said, cargo, git, logged, output, root, scratch, target_dir, told},
};

/// The longest that compiling or a test may take.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// One wall and what guards it.
#[derive(Debug)]
struct Wall {
    name: String,
    what: String,
    tests: Vec<Test>,
    says: String,
    /// The file as a whole; `git apply` passes over the lines before the diff.
    patch: PathBuf,
    /// Files that the patch touches.
    touches: BTreeSet<String>,
}

/// A test binary and a test in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    place: Place,
    name: String,
}

/// A package, and the file in its `tests/`; none is the library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    package: String,
    file: Option<String>,
}

/// `./x walls [--list] [NAME]...`
pub fn run(rest: &[&str]) -> Result<()> {
    if rest == ["--list"] {
        for wall in Wall::all()? {
            println!("{:<34}{}", wall.name, wall.what);
            for test in &wall.tests {
                println!("{:<34}  {} {}", "", test.place.package, test.name);
            }
        }
        return Ok(());
    }
    let log = scratch("test-logs")?.join("walls.txt");
    drop(fs::remove_file(&log));
    let begun = Instant::now();
    let (passed, failed) = measured(rest, &log)?;
    println!("\n{passed} passed, {failed} failed ({})", told(begun.elapsed()));
    if failed == 0 { Ok(()) } else { bail!("see target/test-logs/walls.txt") }
}

/// Tries the named walls, or all: how many hold, and how many don't.
pub fn measured(names: &[&str], log: &Path) -> Result<(u64, u64)> {
    let mut walls = Wall::all()?;
    if let Some(unknown) = names.iter().find(|name| !walls.iter().any(|wall| wall.name == **name)) {
        bail!("there is no walls/{unknown}.patch");
    }
    walls.retain(|wall| names.is_empty() || names.contains(&wall.name.as_str()));
    ensure!(!walls.is_empty(), "there are no walls");
    // Those of one package stand together, so that less is compiled.
    walls.sort_by(|left, right| left.tests.cmp(&right.tests));
    let copy = Copy::make(log)?;
    let tests: BTreeSet<&Test> = walls.iter().flat_map(|wall| &wall.tests).collect();
    // A place is compiled as it is right before its first wall: what was compiled between would have to be done again.
    let mut places: BTreeSet<&Place> = BTreeSet::new();
    let mut broken: BTreeSet<&Test> = BTreeSet::new();
    let (mut passed, mut failed) = (0, 0);
    for wall in &walls {
        for place in wall.tests.iter().map(|test| &test.place) {
            if places.insert(place) {
                broken.extend(copy.as_it_is(place, &tests)?);
            }
        }
        let begun = Instant::now();
        let outcome = match wall.tests.iter().find(|test| broken.contains(*test)) {
            Some(test) => Err(anyhow::anyhow!("{} does not pass with the wall in place, or is not there", test.name)),
            None => copy.without(wall),
        };
        match outcome {
            Ok(compiling) => {
                passed += 1;
                let (all, compiling) = (told(begun.elapsed()), told(compiling));
                println!("  ok      {:<32} {all}, of which compiling {compiling}", wall.name);
            }
            Err(error) => {
                failed += 1;
                println!("  FAILED  {} ({}): {} — {error:#}", wall.name, told(begun.elapsed()), wall.what);
            }
        }
    }
    if walls.iter().flat_map(|wall| &wall.tests).any(|test| test.place.file.is_some()) {
        // Tests of that kind come with the program, and the last one lacks a wall. Nobody shall find it there.
        drop(fs::remove_file(target_dir().join("debug/salus")));
    }
    Ok((passed, failed))
}

impl Wall {
    fn all() -> Result<Vec<Self>> {
        let folder = root().join("walls");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&folder).context("walls/")?.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
        files.sort();
        files.into_iter().map(|path| Self::read(&path, &fs::read_to_string(&path)?)).collect()
    }

    fn read(path: &Path, text: &str) -> Result<Self> {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let head = text.lines().take_while(|line| !line.starts_with("--- ") && !line.starts_with("diff "));
        let field = |key: &str| {
            head.clone()
                .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                .map(str::trim)
                .collect::<Vec<_>>()
        };
        let tests = field("Test")
            .into_iter()
            .map(Test::read)
            .collect::<Result<Vec<_>>>()
            .with_context(|| format!("walls/{name}.patch"))?;
        let touches = text
            .lines()
            .filter_map(|line| line.strip_prefix("+++ b/").or_else(|| line.strip_prefix("--- a/")))
            .map(|path| path.trim_end().to_owned())
            .collect::<BTreeSet<_>>();
        let what = field("Wall").join(" ");
        let says = field("Says").join(" ");
        ensure!(
            !what.is_empty() && !says.is_empty() && !tests.is_empty() && !touches.is_empty(),
            "walls/{name}.patch lacks 'Wall:', 'Test:', 'Says:' or a diff"
        );
        Ok(Self { name, what, tests, says, patch: path.to_owned(), touches })
    }
}

impl Test {
    fn read(text: &str) -> Result<Self> {
        let (place, name) =
            text.split_once(' ').with_context(|| format!("'Test: {text}' is not a package and a test's name"))?;
        let (package, file) =
            place.split_once('/').map_or((place, None), |(package, file)| (package, Some(file.to_owned())));
        Ok(Self { place: Place { package: package.to_owned(), file }, name: name.trim().to_owned() })
    }
}

/// The scratch copy.
struct Copy {
    folder: PathBuf,
    log: PathBuf,
}

impl Copy {
    /// Brings the copy up to date; files that are the same are left alone, so that little is compiled anew.
    fn make(log: &Path) -> Result<Self> {
        let folder = scratch("walls")?.join("tree");
        fs::create_dir_all(&folder)?;
        let copy = Self { folder, log: log.to_owned() };
        let names = git(&["ls-files", "-co", "--exclude-standard", "-z"])?;
        // The copy lies inside the repository, whose configuration for cargo holds there too; twice would be other flags,
        // and everything would be compiled anew.
        let wanted = |name: &&str| !name.is_empty() && !name.starts_with(".cargo/") && root().join(name).is_file();
        let names: BTreeSet<&str> = names.split('\0').filter(wanted).collect();
        for old in files_in(&copy.folder)? {
            if !names.contains(old.as_str()) && !old.starts_with("target/") {
                fs::remove_file(copy.folder.join(old))?;
            }
        }
        for name in names {
            copy.restore(name)?;
        }
        // What npm made is the same for the copy.
        let assets = root().join("target/assets");
        fs::create_dir_all(copy.folder.join("target"))?;
        let link = copy.folder.join("target/assets");
        if assets.exists() && !link.exists() {
            std::os::unix::fs::symlink(assets, link)?;
        }
        Ok(copy)
    }

    fn restore(&self, name: &str) -> Result<()> {
        let (from, to) = (root().join(name), self.folder.join(name));
        if !from.exists() {
            drop(fs::remove_file(to));
            return Ok(());
        }
        let now = of_the_copy(name, fs::read(&from)?);
        if fs::read(&to).is_ok_and(|then| then == now) {
            return Ok(());
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&to, now).with_context(|| format!("writing {}", to.display()))
    }

    /// Compiles the test binary of a place; nothing when it does not compile.
    fn compile(&self, place: &Place) -> Result<Option<PathBuf>> {
        let mut compile = cargo(&["test", "--no-run", "--package", &place.package]);
        match &place.file {
            Some(file) => compile.args(["--test", file]),
            None => compile.arg("--lib"),
        };
        // Each patch compiles one of these anew, and runs a handful of tests: optimising costs more than it saves.
        for package in ["salus-db", "salus-ledger", "salus-vault"] {
            compile.args(["--config", &format!("profile.dev.package.{package}.opt-level=0")]);
        }
        compile.current_dir(&self.folder);
        // Compiled into the one folder, so that dependencies are there already; step by step, so that a patch is quick.
        compile.env("CARGO_TARGET_DIR", target_dir()).env("CARGO_INCREMENTAL", "1");
        // Nobody looks at these programs with a debugger, and a failed test names its line without.
        compile.env("CARGO_PROFILE_DEV_DEBUG", "none");
        let said = logged(&mut compile, &self.log, PATIENCE, |_| false)?;
        // `  Executable unittests src/lib.rs (/…/deps/salus-0123456789abcdef)`
        let told = said.text.lines().rev().find(|line| line.trim_start().starts_with("Executable"));
        let program = told
            .and_then(|line| line.trim_end().strip_suffix(')')?.rsplit_once('('))
            .map(|(_, path)| PathBuf::from(path));
        Ok(program.filter(|_| said.ok))
    }

    /// Runs tests by their full names, where cargo would run them.
    fn test(&self, place: &Place, program: &Path, names: &[&str]) -> Result<Said> {
        let package = self.folder.join("crates").join(&place.package);
        let mut test = Command::new(program);
        test.current_dir(&package)
            .env("CARGO_MANIFEST_DIR", &package)
            .env("CARGO_TARGET_DIR", target_dir())
            .env("CI", "true")
            .arg("--exact")
            .args(names);
        logged(&mut test, &self.log, PATIENCE, |_| false)
    }

    /// Runs a place's tests on the code as it is; gives those that don't pass.
    fn as_it_is<'a>(&self, place: &Place, tests: &BTreeSet<&'a Test>) -> Result<BTreeSet<&'a Test>> {
        let begun = Instant::now();
        let mut broken: BTreeSet<&Test> = tests.iter().copied().filter(|test| test.place == *place).collect();
        let names: Vec<&str> = broken.iter().map(|test| test.name.as_str()).collect();
        if let Some(program) = self.compile(place)? {
            let passed = Results::read(&self.test(place, &program, &names)?.text).names;
            broken.retain(|test| !passed.contains(&test.name));
        }
        let standing = names.len() - broken.len();
        println!("  {}: {standing} tests pass as long as the walls stand ({})", place.package, told(begun.elapsed()));
        Ok(broken)
    }

    /// Takes the wall away; fine when each of its tests fails, and for the reason it names. Says how long compiling took.
    fn without(&self, wall: &Wall) -> Result<Duration> {
        let mut apply = Command::new("git");
        // The copy lies inside a repository, and is none.
        apply.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap_or(Path::new("/")));
        apply.current_dir(&self.folder).args(["apply", "--whitespace=nowarn"]).arg(&wall.patch);
        let outcome = output(&mut apply).context("the patch does not apply").and_then(|_| {
            wall.tests.iter().try_fold(Duration::ZERO, |compiling, test| {
                let begun = Instant::now();
                let program = self.compile(&test.place)?;
                let compiling = compiling + begun.elapsed();
                let program =
                    program.context("the code does not compile without it: see target/test-logs/walls.txt")?;
                let said = self.test(&test.place, &program, &[&test.name])?;
                let results = Results::read(&said.text);
                ensure!(!results.names.contains(&test.name), "{} PASSES without the wall", test.name);
                ensure!(results.failed > 0, "{} neither passed nor failed", test.name);
                ensure!(
                    said.text.contains(&wall.says),
                    "{} fails for another reason than '{}': {}",
                    test.name,
                    wall.says,
                    reason(&said.text)
                );
                Ok(compiling)
            })
        });
        for name in &wall.touches {
            self.restore(name)?;
        }
        outcome
    }
}

/// What a failed test said: its first words after `panicked at`, on one line.
fn reason(text: &str) -> String {
    let after = text.lines().skip_while(|line| !line.contains("panicked at")).skip(1);
    let words = after.take_while(|line| !line.is_empty()).take(3);
    words.map(str::trim).collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// The version of the copy's own crates.
const VERSION: &str = "0.0.0-walls";

/// A file as the copy has it: the same, but for the version of our own crates. Cargo tells crates of two folders apart by
/// name and version alone; with the same ones, what is compiled here without a wall would be taken for the real thing
/// there, and the real thing would be compiled anew each time. Everybody else's crates are shared.
fn of_the_copy(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let Some(text) = std::str::from_utf8(&bytes).ok().filter(|_| matches!(name, "Cargo.toml" | "Cargo.lock")) else {
        return bytes;
    };
    let ours = |part: &str| {
        let mut lines: Vec<String> = part.lines().map(str::to_owned).collect();
        if let Some(version) = lines.iter_mut().find(|line| line.starts_with("version = ")) {
            *version = format!("version = \"{VERSION}\"");
        }
        lines.join("\n") + "\n"
    };
    let parts = text.split_inclusive("\n\n").map(|part| match name {
        "Cargo.toml" if part.starts_with("[workspace.package]") => ours(part),
        // A package of the lock file that comes from nowhere is ours.
        "Cargo.lock" if part.starts_with("[[package]]") && !part.contains("\nsource = ") => ours(part),
        _ => part.to_owned(),
    });
    parts.collect::<String>().into_bytes()
}

/// Every file below a folder, from there; links are left alone.
fn files_in(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path().strip_prefix(folder)?.to_string_lossy().into_owned());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "Wall: it opens only there\nTest: salus-vault a::b\nTest: salus/smoke c\nSays: not bound\n\n\
        --- a/crates/salus-vault/src/seal.rs\n+++ b/crates/salus-vault/src/seal.rs\n@@ -1 +1 @@\n-a\n+b\n";

    #[test]
    fn the_copy_s_own_crates_are_other_crates() {
        let of = |name: &str, text: &str| String::from_utf8(of_the_copy(name, text.into())).unwrap();
        let manifest =
            "[workspace]\nresolver = \"3\"\n\n[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[x]\n";
        assert_eq!(of("Cargo.toml", manifest), manifest.replace("0.1.0", VERSION));
        let lock = "version = 4\n\n[[package]]\nname = \"salus\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\nversion = \"0.1.0\"\nsource = \"registry\"\n";
        assert_eq!(of("Cargo.lock", lock), lock.replacen("0.1.0", VERSION, 1));
        assert_eq!(of("crates/salus/Cargo.toml", manifest), manifest);
    }

    #[test]
    fn a_failure_s_reason_is_what_it_said() {
        let said = "test a ... FAILED\n\nthread 'a' panicked at src/lib.rs:1:2:\n  row is not bound\nstack\n\nmore\n";
        assert_eq!(reason(said), "row is not bound stack");
        assert_eq!(reason("error: killed"), "");
    }

    #[test]
    fn a_wall_is_read_from_its_patch() {
        let wall = Wall::read(Path::new("walls/a-name.patch"), PATCH).unwrap();
        assert_eq!((wall.name.as_str(), wall.what.as_str()), ("a-name", "it opens only there"));
        assert_eq!(wall.says, "not bound");
        assert_eq!(wall.touches, BTreeSet::from(["crates/salus-vault/src/seal.rs".to_owned()]));
        let place = |package: &str, file: Option<&str>| Place { package: package.into(), file: file.map(Into::into) };
        let tests = [
            Test { place: place("salus-vault", None), name: "a::b".into() },
            Test { place: place("salus", Some("smoke")), name: "c".into() },
        ];
        assert_eq!(wall.tests, tests);
        for lacking in ["Wall: ", "Test: ", "Says: ", "+++ b/"] {
            // Without its second line, a diff names no file either.
            let gone = |line: &str| line.starts_with(lacking) || (lacking == "+++ b/" && line.starts_with("---"));
            let without: String = PATCH.lines().filter(|line| !gone(line)).map(|line| format!("{line}\n")).collect();
            assert!(Wall::read(Path::new("walls/a.patch"), &without).is_err(), "without {lacking}");
        }
    }
}
