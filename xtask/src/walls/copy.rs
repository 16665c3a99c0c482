//! The scratch copies in which walls are taken away.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use super::{Place, Test, Wall};
use crate::{
    results::Results,
    run::{Said, cargo, git, logged, output, root, scratch, target_dir, told},
};

/// The longest that compiling or a test may take.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// A scratch copy.
pub(super) struct Copy {
    folder: PathBuf,
    /// Where cargo compiles it.
    target: PathBuf,
    log: PathBuf,
}

impl Copy {
    /// The first one is compiled into the one folder, so that dependencies are there already.
    pub(super) fn first(log: &Path) -> Result<Self> {
        Self::make(scratch("walls")?.join("tree"), target_dir(), log.to_owned())
    }

    /// The second has a folder of its own, because cargo does one thing at a time in a folder. Dependencies that are
    /// compiled there already are copied.
    pub(super) fn second(log: &Path) -> Result<Self> {
        let target = scratch("walls")?.join("second-target");
        for part in ["deps", "build", ".fingerprint"] {
            let (from, to) = (target_dir().join("debug").join(part), target.join("debug").join(part));
            copied(&from, &to, &|name| !ours(name))?;
        }
        Self::make(scratch("walls")?.join("second-tree"), target, log.with_extension("second.txt"))
    }

    /// Brings the copy up to date; files that are the same are left alone, so that little is compiled anew.
    fn make(folder: PathBuf, target: PathBuf, log: PathBuf) -> Result<Self> {
        drop(fs::remove_file(&log));
        fs::create_dir_all(&folder)?;
        let copy = Self { folder, target, log };
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

    /// Compiles the test binary of a place. One that does not compile gives the files in which that is.
    pub(super) fn compile(&self, place: &Place) -> Result<Result<PathBuf, BTreeSet<String>>> {
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
        // Step by step, so that a patch is quick.
        compile.env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "1");
        // Nobody looks at these programs with a debugger, and a failed test names its line without.
        compile.env("CARGO_PROFILE_DEV_DEBUG", "none");
        let said = logged(&mut compile, &self.log, PATIENCE, |_| false)?;
        // `  Executable unittests src/lib.rs (/…/deps/salus-0123456789abcdef)`
        let told = said.text.lines().rev().find(|line| line.trim_start().starts_with("Executable"));
        let program = told
            .and_then(|line| line.trim_end().strip_suffix(')')?.rsplit_once('('))
            .map(|(_, path)| PathBuf::from(path));
        Ok(program.filter(|_| said.ok).ok_or_else(|| wrong_in(&said.text)))
    }

    /// Runs tests by their full names, where cargo would run them.
    pub(super) fn test(&self, place: &Place, program: &Path, names: &[&str]) -> Result<Said> {
        let package = self.folder.join("crates").join(&place.package);
        let mut test = Command::new(program);
        test.current_dir(&package)
            .env("CARGO_MANIFEST_DIR", &package)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CI", "true")
            .arg("--exact")
            .args(names);
        logged(&mut test, &self.log, PATIENCE, |_| false)
    }

    /// Runs a place's tests on the code as it is; gives those that don't pass.
    pub(super) fn as_it_is<'a>(&self, place: &Place, tests: &BTreeSet<&'a Test>) -> Result<BTreeSet<&'a Test>> {
        let begun = Instant::now();
        let mut broken: BTreeSet<&Test> = tests.iter().copied().filter(|test| test.place == *place).collect();
        let names: Vec<&str> = broken.iter().map(|test| test.name.as_str()).collect();
        if let Ok(program) = self.compile(place)? {
            let passed = Results::read(&self.test(place, &program, &names)?.text).names;
            broken.retain(|test| !passed.contains(&test.name));
        }
        let standing = names.len() - broken.len();
        println!("  {}: {standing} tests pass as long as the walls stand ({})", place.package, told(begun.elapsed()));
        Ok(broken)
    }

    /// Takes walls away, does something, and puts them back. What is done hears which patches did not apply.
    pub(super) fn without<T>(&self, walls: &[&Wall], then: impl FnOnce(&[Result<()>]) -> Result<T>) -> Result<T> {
        // As they are here: somebody may be at work on the real ones meanwhile.
        let touched: BTreeSet<&String> = walls.iter().flat_map(|wall| &wall.touches).collect();
        let before: Vec<(PathBuf, Option<Vec<u8>>)> = touched
            .into_iter()
            .map(|name| self.folder.join(name))
            .map(|path| (path.clone(), fs::read(path).ok()))
            .collect();
        let applied: Vec<Result<()>> = walls.iter().map(|wall| self.apply(wall)).collect();
        let outcome = then(&applied);
        for (path, bytes) in before {
            match bytes {
                Some(bytes) if fs::read(&path).is_ok_and(|now| now == bytes) => {}
                Some(bytes) => fs::write(path, bytes)?,
                None => drop(fs::remove_file(path)),
            }
        }
        outcome
    }

    fn apply(&self, wall: &Wall) -> Result<()> {
        let mut apply = Command::new("git");
        // The copy lies inside a repository, and is none.
        apply.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap_or(Path::new("/")));
        apply.current_dir(&self.folder).args(["apply", "--whitespace=nowarn"]).arg(&wall.patch);
        output(&mut apply).map(drop).context("the patch does not apply")
    }
}

/// The files that the compiler points at: `   --> crates/salus/src/web.rs:12:5`.
fn wrong_in(said: &str) -> BTreeSet<String> {
    let places = said.lines().filter_map(|line| line.trim_start().strip_prefix("--> "));
    places.filter_map(|place| place.split(':').next()).map(str::to_owned).collect()
}

/// Whether a compiled file is of a crate of ours.
pub fn ours(name: &str) -> bool {
    let name = name.strip_prefix("lib").unwrap_or(name);
    ["salus-", "salus_", "xtask-"].iter().any(|begin| name.starts_with(begin))
}

/// Copies what is wanted of a folder, with the times of its files: by them cargo knows what is still good.
fn copied(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).into_iter().flatten() {
        let entry = entry?;
        let (path, there) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            if entry.file_name().to_str().is_some_and(wanted) {
                copied(&path, &there, &|_| true)?;
            }
            continue;
        }
        let time = entry.metadata()?.modified()?;
        let same = fs::metadata(&there).is_ok_and(|there| there.modified().is_ok_and(|then| then == time));
        if entry.file_name().to_str().is_some_and(wanted) && !same {
            fs::copy(&path, &there).with_context(|| format!("copying {}", path.display()))?;
            fs::File::options().write(true).open(&there)?.set_modified(time)?;
        }
    }
    Ok(())
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

    #[test]
    fn the_compiler_says_where_it_is_wrong() {
        let said = "error[E0433]: no\n  --> crates/salus/src/a.rs:87:17\n   |\nnote: x\n  ::: b.rs:1:1\n";
        assert_eq!(wrong_in(said), BTreeSet::from(["crates/salus/src/a.rs".to_owned()]));
    }

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
}
