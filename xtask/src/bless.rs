//! `./x bless`: rewrites the golden files, and shows what changed. A diff in one of them is for a reviewer to read.
//!
//! A golden file is compared by a test; with `SALUS_BLESS=1` the test writes it instead. Such tests have `golden` or
//! `vectors` in their names. Under CI nothing is rewritten: there the comparison is the check.

use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};

use crate::{
    results::Results,
    run::{cargo, git, is_ci, root, succeed},
};

/// What the names of tests have that compare with golden files.
const NAMES: [&str; 2] = ["golden", "vectors"];
/// Where golden files are.
const PLACES: &[&str] = &["docs/generated", "salus.example.toml", ":(glob)crates/*/vectors/**"];

/// Runs the tests that write golden files, then shows the difference.
pub fn run() -> Result<()> {
    if is_ci() {
        bail!("under CI golden files are compared, never rewritten");
    }
    let mut tests = cargo(&["test", "--quiet", "--workspace", "--exclude", "salus-browser", "--no-fail-fast", "--"]);
    succeed(tests.args(NAMES).env("SALUS_BLESS", "1"))?;
    let mut status = vec!["status", "--short", "--"];
    status.extend(PLACES);
    let mut stat = vec!["diff", "--stat", "--"];
    stat.extend(PLACES);
    let changed = git(&status)?;
    if changed.is_empty() {
        println!("Nothing changed.");
    } else {
        println!("Read these before you commit them:\n{changed}{}", git(&stat)?);
    }
    Ok(())
}

/// The golden files as they were.
pub struct Snapshot(BTreeMap<String, Vec<u8>>);

impl Snapshot {
    /// As they are now.
    pub fn take() -> Result<Self> {
        let mut list = vec!["ls-files", "-co", "--exclude-standard", "-z", "--"];
        list.extend(PLACES);
        let names = git(&list)?;
        let read = |name: &str| Some((name.to_owned(), fs::read(root().join(name)).ok()?));
        Ok(Self(names.split('\0').filter(|name| !name.is_empty()).filter_map(read).collect()))
    }

    /// Fresh means: tests that compare them ran and passed, and nothing was written meanwhile.
    pub fn is_fresh(&self, results: &Results) -> Result<()> {
        let is_golden = |name: &&String| NAMES.iter().any(|word| name.contains(word));
        let stale: Vec<&String> = results.others.iter().filter(is_golden).collect();
        if !stale.is_empty() {
            bail!("stale: {stale:?}; run ./x bless and read the diff");
        }
        let compared = results.names.iter().filter(is_golden).count();
        if compared == 0 || self.0.is_empty() {
            bail!("{} golden files, and {compared} tests that compare them", self.0.len());
        }
        let now = Self::take()?;
        for name in self.0.keys().chain(now.0.keys()) {
            if self.0.get(name) != now.0.get(name) {
                bail!("{name} was written while the tests ran");
            }
        }
        println!("  {} golden files, compared by {compared} tests", self.0.len());
        Ok(())
    }
}
