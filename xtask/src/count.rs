//! `./x count`: how many tests there are, by crate and engine.

use std::{collections::BTreeMap, process::Command};

use anyhow::Result;
use serde_json::Value;

use crate::run::{cargo, output};

/// Builds every test and asks each binary for its list.
pub fn run() -> Result<()> {
    let built = output(&mut cargo(&["test", "--workspace", "--no-run", "--message-format", "json"]))?;
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for line in built.lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        let Some(program) = message.get("executable").and_then(Value::as_str) else { continue };
        let is_test = message.get("profile").and_then(|profile| profile.get("test")).and_then(Value::as_bool);
        if is_test != Some(true) {
            continue;
        }
        let package = message.get("package_id").and_then(Value::as_str).unwrap_or_default();
        let package = package.split('#').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
        let list = output(Command::new(program).args(["--list", "--format", "terse"]))?;
        let [sqlite, postgres, other] = counts.entry(package).or_default();
        for name in list.lines().filter_map(|line| line.strip_suffix(": test")) {
            *match name {
                name if name.ends_with("sqlite") => &mut *sqlite,
                name if name.ends_with("postgres") => &mut *postgres,
                _ => &mut *other,
            } += 1;
        }
    }
    println!("{:<16}{:>10}{:>12}{:>10}", "", "SQLite", "PostgreSQL", "neither");
    for (package, [sqlite, postgres, other]) in &counts {
        println!("{package:<16}{sqlite:>10}{postgres:>12}{other:>10}");
    }
    let sum = |column: usize| counts.values().filter_map(|row| row.get(column)).sum::<usize>();
    println!("{:<16}{:>10}{:>12}{:>10}", "", sum(0), sum(1), sum(2));
    Ok(())
}
