//! `./x coldstart`: how long a newcomer waits. Clones the last commit, empties what cargo keeps, runs `./x demo` there,
//! and stops the clock when the sign-in page answers.
//!
//! Packages that the machine has stay: to measure their installation too, run it on a fresh machine.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::run::{ends_well, free_port, get, pause, root, scratch, succeed, terminate, told};

/// The longest anybody should wait.
const PATIENCE: Duration = Duration::from_secs(45 * 60);

/// Arguments go to `./x demo`, such as `--patients 20`.
pub fn run(rest: &[&str]) -> Result<()> {
    let folder = scratch("coldstart")?;
    for name in ["clone", "cargo", "data"] {
        drop(std::fs::remove_dir_all(folder.join(name)));
    }
    let clone = folder.join("clone");
    succeed(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&clone))?;
    let port = free_port()?.to_string();
    let begun = Instant::now();
    let mut demo = Command::new(clone.join("x"));
    demo.current_dir(&clone).args(["demo", "--port", &port, "--data-dir"]).arg(folder.join("data")).args(rest);
    demo.env("CARGO_HOME", folder.join("cargo")).env_remove("CARGO_TARGET_DIR").env_remove("CI");
    let mut child = demo.stdin(Stdio::null()).spawn()?;
    let port: u16 = port.parse()?;
    let outcome = loop {
        if let Ok(Some(status)) = child.try_wait() {
            bail!("./x demo ended before it was ready ({status})");
        }
        if get(port, "/sign-in").is_ok_and(|page| page.contains("name=\"password\"")) {
            break Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE {
            break Err(anyhow::anyhow!("no sign-in page after {}", told(PATIENCE)));
        }
        pause(Duration::from_millis(200));
    };
    terminate(&child)?;
    if ends_well(&mut child, Duration::from_secs(30)).is_none() {
        drop(child.kill());
    }
    let took = outcome?;
    println!("From ./x demo to the sign-in page: {} ({} s)", told(took), took.as_secs());
    Ok(())
}
