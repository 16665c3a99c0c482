//! `./x bench` and `./x soak`: the crate `salus-bench`, in the profile that people run.

use anyhow::{Result, bail};

use crate::run::{cargo, root, succeed, target_dir};

/// Builds both programs and hands the arguments over. `SALUS_BIN` tells where the program under load is.
pub fn run(command: &str, rest: &[&str]) -> Result<()> {
    if !root().join("crates/salus-bench").exists() {
        bail!("crates/salus-bench is not here: there is nothing to {command} with");
    }
    succeed(&mut cargo(&["build", "--profile", "demo", "--package", "salus"]))?;
    let mut bench = cargo(&["run", "--quiet", "--profile", "demo", "--package", "salus-bench", "--"]);
    succeed(bench.arg(command).args(rest).env("SALUS_BIN", target_dir().join("demo/salus")))
}
