//! A smoke of the real program: a small demo clinic starts, answers, stops when told, and its ledger verifies.

use std::{
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::run::{cargo, ends_well, get, output, root, scratch, succeed, target_dir, terminate};

/// How many of the synthetic patients.
const PATIENTS: &str = "3";

/// Builds the program as tests use it, and says where it is.
pub fn build() -> Result<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_BIN") {
        return Ok(PathBuf::from(told));
    }
    succeed(&mut cargo(&["build", "--quiet", "--package", "salus", "--bin", "salus"]))?;
    Ok(target_dir().join("debug/salus"))
}

/// Starts it, asks it, stops it.
pub fn run() -> Result<()> {
    let salus = build()?;
    let data = scratch("smoke")?.join("demo");
    drop(std::fs::remove_dir_all(&data));
    let mut child = Command::new(&salus)
        .current_dir(root())
        .args(["demo", "--port", "0", "--patients", PATIENTS, "--data-dir"])
        .arg(&data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let answered = port(&mut child).and_then(|port| answers(port, &data));
    terminate(&child)?;
    let ended = ends_well(&mut child, Duration::from_secs(20));
    if ended.is_none() {
        drop(child.kill());
    }
    drop(child.wait());
    answered?;
    ensure!(ended == Some(true), "it did not end well when told to stop");
    let verified =
        output(Command::new(&salus).arg("--config").arg(data.join("salus.toml")).args(["audit", "verify", "--rows"]))?;
    println!("  {}", verified.lines().last().unwrap_or_default());
    Ok(())
}

/// Waits for the line that says it is ready, and reads the port in it.
fn port(child: &mut Child) -> Result<u16> {
    let out = child.stdout.take().context("no output")?;
    let mut lines = BufReader::new(out).lines();
    let ready = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("ready "));
    // Whatever it still says shall have somewhere to go.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    let Some(ready) = ready else { bail!("it ended before it was ready") };
    println!("  {ready}");
    let port = ready.split("localhost:").nth(1).and_then(|rest| rest.split_whitespace().next());
    port.and_then(|port| port.trim_end_matches('/').parse().ok()).with_context(|| format!("no port in '{ready}'"))
}

fn answers(port: u16, data: &Path) -> Result<()> {
    for (path, status, has) in [
        ("/healthz", "200", "ok"),
        ("/readyz", "200", "ready"),
        ("/sign-in", "200", "name=\"password\""),
        ("/home", "303", "location: /sign-in"),
        ("/no-such-page", "404", "content-security-policy"),
    ] {
        let answer = get(port, path)?;
        let first = answer.lines().next().unwrap_or_default();
        ensure!(first.contains(status), "{path} answered '{first}', not {status}");
        ensure!(answer.contains(has), "{path} has no '{has}'");
    }
    let mode = std::fs::metadata(data.join("demo.json"))?.permissions().mode() & 0o777;
    ensure!(mode == 0o600, "demo.json has mode {mode:o}");
    Ok(())
}
