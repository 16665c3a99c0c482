//! `./x bench` and `./x soak`: the crate `salus-bench`, in the profile that people run.

use anyhow::{Context as _, Result, bail};

use crate::run::{cargo, root, succeed, target_dir};

/// How many steps a round of the walk has.
const STEPS: usize = 1_000;

/// Builds both programs and hands the arguments over. `SALUS_BIN` tells where the program under load is.
pub fn run(command: &str, rest: &[&str]) -> Result<()> {
    if (command, rest.first()) == ("soak", Some(&"messages")) {
        return walk(rest);
    }
    if (command, rest) == ("bench", &["reviews"]) {
        return year();
    }
    if !root().join("crates/salus-bench").exists() {
        bail!("crates/salus-bench is not here: there is nothing to {command} with");
    }
    succeed(&mut cargo(&["build", "--profile", "demo", "--package", "salus"]))?;
    let mut bench = cargo(&["run", "--quiet", "--profile", "demo", "--package", "salus-bench", "--"]);
    succeed(bench.arg(command).args(rest).env("SALUS_BIN", target_dir().join("demo/salus")))
}

/// `./x bench reviews`: a year of made-up logs, how much of the snooping in it is found, and how much of what is found is none. It is a
/// test of `salus`, which also runs with all others.
fn year() -> Result<()> {
    let mut test = cargo(&["test", "--package", "salus", "--lib", "--", "--nocapture"]);
    succeed(test.arg("a_year_of_snooping_is_found_and_little_else"))
}

/// `./x soak messages --rounds N`: the random walk of twenty people through conversations, a thousand steps a round, on both
/// engines. It is a test of `salus`, because after each step it looks into the database too.
fn walk(rest: &[&str]) -> Result<()> {
    let rounds: usize = match rest {
        [_] => 10,
        [_, "--rounds", rounds] => rounds.parse().context("--rounds wants a number")?,
        _ => bail!("./x soak messages [--rounds N]"),
    };
    let mut test = cargo(&["test", "--package", "salus", "--lib", "--", "--ignored", "--nocapture"]);
    test.arg("after_a_long_random_walk").env("SALUS_WALK_STEPS", rounds.saturating_mul(STEPS).to_string());
    succeed(&mut test)
}
