//! `./x check`: does it read well? Format, clippy, architecture, dependencies.

use anyhow::{Result, bail};

use crate::{
    arch, deps,
    run::{cargo, succeed},
};

/// Every check, also after one that failed.
pub fn run() -> Result<()> {
    let outcomes = [
        ("format", succeed(&mut cargo(&["fmt", "--all", "--check", "--", "-l", "--color", "never"]))),
        ("architecture", arch::run()),
        ("dependencies", deps::run()),
        ("clippy", succeed(&mut clippy())),
    ];
    let mut failed = 0;
    for (name, outcome) in outcomes {
        match outcome {
            Ok(()) => println!("ok      {name}"),
            Err(error) => {
                failed += 1;
                println!("FAILED  {name}: {error:#}");
            }
        }
    }
    if failed == 0 { Ok(()) } else { bail!("{failed} of the checks failed") }
}

/// Every target of every crate, with warnings as errors.
pub fn clippy() -> std::process::Command {
    let mut command = cargo(&["clippy", "--quiet", "--workspace", "--all-targets"]);
    command.args(["--", "-D", "warnings"]);
    command
}
