//! What libtest printed, as numbers: how many passed, which failed, and whether both engines ran the same tests.

use std::collections::{BTreeMap, BTreeSet};

/// Read from the output of one or many test binaries.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were ignored, or said that they skipped something.
    pub skipped: u64,
    /// Names of those that failed or were ignored.
    pub others: Vec<String>,
    /// Names of those that passed.
    pub names: BTreeSet<String>,
}

/// The two engines, as test names end.
const ENGINES: [(&str, [&str; 2]); 2] =
    [("SQLite", ["sqlite", "on_sqlite"]), ("PostgreSQL", ["postgres", "on_postgres"])];

impl Results {
    /// Reads the lines `test NAME ... ok` and `test result: …`.
    pub fn read(text: &str) -> Self {
        let mut results = Self::default();
        for line in text.lines() {
            if let Some(counts) = line.strip_prefix("test result: ") {
                for part in counts.split(['.', ';']) {
                    match part.trim().split_once(' ') {
                        Some((number, "passed")) => results.passed += number.parse().unwrap_or(0),
                        Some((number, "failed")) => results.failed += number.parse().unwrap_or(0),
                        Some((number, "ignored")) => results.skipped += number.parse().unwrap_or(0),
                        _ => {}
                    }
                }
            } else if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) {
                let name = name.trim_end_matches(" - should panic").to_owned();
                if outcome.trim_end() == "ok" {
                    results.names.insert(name);
                } else {
                    results.others.push(format!("{name}: {outcome}"));
                }
            } else if line.starts_with("skipped: ") || line.starts_with("SKIPPED: ") {
                results.skipped += 1;
                results.others.push(line.to_owned());
            }
        }
        results
    }

    /// How many passed on each engine, and what is wrong when they are not the same tests.
    pub fn engines(&self) -> ([usize; 2], Vec<String>) {
        let mut by_test: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut counts = [0; 2];
        for name in &self.names {
            let Some((test, last)) = name.rsplit_once("::") else { continue };
            for ((engine, endings), count) in ENGINES.iter().zip(&mut counts) {
                if endings.contains(&last) {
                    *count += 1;
                    by_test.entry(test).or_default().insert(engine);
                }
            }
        }
        let alone = by_test.iter().filter(|(_, engines)| engines.len() != ENGINES.len());
        let wrong = alone.map(|(test, engines)| {
            let engines: Vec<&str> = engines.iter().copied().collect();
            format!("{test} passed on {} alone", engines.join(""))
        });
        (counts, wrong.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "\nrunning 5 tests\ntest a::b::sqlite ... ok\ntest a::b::postgres ... ok\ntest c::on_sqlite ... ok\n\
        test c::on_postgres ... FAILED\ntest d ... ignored, later\ntest e - should panic ... ok\n\n\
        test result: FAILED. 4 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
        test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.00s\n";

    #[test]
    fn counts_are_summed_over_binaries() {
        let results = Results::read(RUN);
        assert_eq!((results.passed, results.failed, results.skipped), (11, 1, 1));
        assert_eq!(results.others, ["c::on_postgres: FAILED", "d: ignored, later"]);
        assert!(results.names.contains("e"));
    }

    #[test]
    fn an_engine_that_passes_less_is_seen() {
        let results = Results::read(RUN);
        let (counts, wrong) = results.engines();
        assert_eq!(counts, [2, 1]);
        assert_eq!(wrong, ["c passed on SQLite alone"]);
        let (counts, wrong) = Results::read("test a::b::sqlite ... ok\ntest a::b::postgres ... ok\n").engines();
        assert_eq!((counts, wrong.len()), ([1, 1], 0));
    }
}
