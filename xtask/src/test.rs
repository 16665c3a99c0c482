//! `./x test`: everything that CI runs, in order, and one line of numbers at the end.
//!
//! Each step answers one question and counts: a step with tests counts its tests, any other counts as one. All of them
//! run, also after one that failed, so that a run tells everything it can. What they print goes to `target/test-logs`.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    arch, bless, check, deps,
    results::Results,
    run::{Said, cargo, is_ci, logged, root, scratch, succeed, target_dir, told},
    smoke, walls,
};

/// How many rounds a soak has here; by hand it has more.
const SOAK_ROUNDS: &str = "3";
/// The longest that one step may take.
const PATIENCE: Duration = Duration::from_secs(45 * 60);

/// What came of a step.
#[derive(Default)]
struct Outcome {
    passed: u64,
    failed: u64,
    skipped: u64,
    /// Said beside the numbers.
    note: String,
}

impl Outcome {
    fn one(outcome: Result<()>) -> Self {
        match outcome {
            Ok(()) => Self { passed: 1, ..Self::default() },
            Err(error) => Self { failed: 1, note: format!("{error:#}"), ..Self::default() },
        }
    }

    fn skipped(note: String) -> Self {
        Self { skipped: 1, note, ..Self::default() }
    }
}

/// What later steps need of earlier ones.
struct Run {
    logs: PathBuf,
    tests: Option<Results>,
    golden: bless::Snapshot,
}

type Step = (&'static str, &'static str, fn(&mut Run) -> Result<Outcome>);

const STEPS: &[Step] = &[
    ("format", "Does it read well: is it formatted?", |run| {
        quiet(run, "format", &mut cargo(&["fmt", "--all", "--check", "--", "-l", "--color", "never"]))
    }),
    ("architecture", "Does it read well: are the rules of the house kept?", |_| Ok(Outcome::one(arch::run()))),
    ("dependencies", "Are dependencies sound: bans, licences, sources?", |_| Ok(Outcome::one(deps::run()))),
    ("clippy", "Does it read well: has clippy anything to say?", |run| quiet(run, "clippy", &mut check::clippy())),
    ("build", "Does it compile?", |run| quiet(run, "build", cargo(TESTS).arg("--no-run"))),
    ("tests", "Does it work?", tests),
    ("engines", "Did both engines run the same tests?", engines),
    ("golden", "Are the golden files fresh?", golden),
    ("smoke", "Does the program start, serve and stop?", |_| Ok(Outcome::one(smoke::run()))),
    ("browser", "Does it work in a browser, on both engines?", browser),
    ("walls", "Does a test fail when a wall is gone?", |run| {
        numbers(walls::measured(&[], walls::Effort::Once, &run.logs.join("walls.txt")))
    }),
    (
        "soak",
        "Is everything acknowledged on record after kill -9, is everybody told, is nobody booked twice, do two processes agree?",
        soak,
    ),
];

/// The tests of every crate but those that drive a browser.
const TESTS: &[&str] = &["test", "--workspace", "--exclude", "salus-browser", "--no-fail-fast"];

/// All steps, or those that are named.
pub fn run(names: &[&str]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|step| step.0 == **name)) {
        let known: Vec<&str> = STEPS.iter().map(|step| step.0).collect();
        bail!("there is no step '{unknown}'; the steps are: {}", known.join(", "));
    }
    if is_ci() {
        forget_former_clones();
    }
    let logs = scratch("test-logs")?;
    for old in fs::read_dir(&logs)?.flatten() {
        drop(fs::remove_file(old.path()));
    }
    let mut run = Run { logs, tests: None, golden: bless::Snapshot::take()? };
    let steps: Vec<&Step> = STEPS.iter().filter(|step| names.is_empty() || names.contains(&step.0)).collect();
    let begun = Instant::now();
    let mut lines = Vec::new();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for ((name, question, step), number) in steps.iter().zip(1..) {
        println!("\n── {number}/{} {name}: {question}", steps.len());
        let step_begun = Instant::now();
        let outcome = step(&mut run).unwrap_or_else(|error| Outcome::one(Err(error)));
        let word = if outcome.failed > 0 {
            "FAILED"
        } else if outcome.passed == 0 {
            "skipped"
        } else {
            "ok"
        };
        let line = format!("{word:<8}{name:<14}{:>14}  {}", told(step_begun.elapsed()), outcome.note);
        println!("{}", line.trim_end());
        lines.push(line);
        passed += outcome.passed;
        failed += outcome.failed;
        skipped += outcome.skipped;
    }
    println!("\n── All of it: {}. Logs are in target/test-logs.", told(begun.elapsed()));
    for line in lines {
        println!("{}", line.trim_end());
    }
    let and_skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    println!("\n{passed} passed, {failed} failed{and_skipped}");
    if failed == 0 { Ok(()) } else { bail!("not everything passed") }
}

/// `./x t NAME`: the tests whose name contains it, in every crate but the browser's.
pub fn by_name(names: &[&str]) -> Result<()> {
    if names.is_empty() {
        bail!("which tests? ./x t NAME");
    }
    succeed(cargo(TESTS).arg("--").args(names))
}

/// A step that is fine or not, with its output in the log and, when it failed, here.
fn quiet(run: &Run, name: &str, command: &mut Command) -> Result<Outcome> {
    let log = run.logs.join(format!("{name}.txt"));
    let said = logged(command, &log, PATIENCE, |_| false)?;
    if !said.ok {
        show_end(&said.text, 60);
    }
    Ok(Outcome::one(if said.ok { Ok(()) } else { Err(anyhow::anyhow!("see target/test-logs/{name}.txt")) }))
}

/// A step made of tests, run as strictly as under CI: nothing is skipped.
fn with_tests(run: &Run, name: &str, command: &mut Command) -> Result<(Outcome, Results)> {
    let log = run.logs.join(format!("{name}.txt"));
    let shown =
        |line: &str| line.starts_with("     Running") || line.starts_with("   Doc-tests") || line.ends_with("FAILED");
    let said = logged(command.env("CI", "true"), &log, PATIENCE, shown)?;
    let results = Results::read(&said.text);
    Ok((judged(name, &said, &results), results))
}

fn judged(name: &str, said: &Said, results: &Results) -> Outcome {
    let mut outcome = Outcome {
        passed: results.passed,
        failed: results.failed,
        skipped: results.skipped,
        note: format!("{} tests", results.passed),
    };
    if !said.ok {
        show_failures(&said.text);
        outcome.note = format!("see target/test-logs/{name}.txt");
        // It did not compile, or was stopped.
        outcome.failed = outcome.failed.max(1);
    }
    outcome
}

fn tests(run: &mut Run) -> Result<Outcome> {
    // Also those that take too long for whoever runs a test by its name: all patients of testdata, on pages.
    let (outcome, results) = with_tests(run, "tests", cargo(TESTS).args(["--", "--include-ignored"]))?;
    run.tests = Some(results);
    Ok(outcome)
}

fn engines(run: &mut Run) -> Result<Outcome> {
    let Some(results) = &run.tests else { return Ok(Outcome::skipped("the step 'tests' did not run".into())) };
    Ok(both_engines(results))
}

fn both_engines(results: &Results) -> Outcome {
    let ([sqlite, postgres], wrong) = results.engines();
    for line in wrong.iter().chain(&results.others) {
        println!("  {line}");
    }
    let note = format!("{sqlite} on SQLite, {postgres} on PostgreSQL");
    // An engine that was skipped is a failure, however quiet it was.
    let same = sqlite == postgres && sqlite > 0 && wrong.is_empty() && results.skipped == 0;
    if same {
        Outcome { passed: 1, note, ..Outcome::default() }
    } else {
        Outcome { failed: 1, note, ..Outcome::default() }
    }
}

fn golden(run: &mut Run) -> Result<Outcome> {
    let Some(results) = &run.tests else { return Ok(Outcome::skipped("the step 'tests' did not run".into())) };
    Ok(Outcome::one(run.golden.is_fresh(results)))
}

fn browser(run: &mut Run) -> Result<Outcome> {
    if !root().join("crates/salus-browser").exists() {
        return Ok(Outcome::skipped("crates/salus-browser is not here".into()));
    }
    let salus = smoke::build()?;
    let (mut outcome, results) =
        with_tests(run, "browser", cargo(&["test", "--package", "salus-browser"]).env("SALUS_BIN", salus))?;
    if outcome.failed == 0 {
        let same = both_engines(&results);
        outcome.passed += same.passed;
        outcome.failed += same.failed;
        outcome.note = format!("{}: {}", outcome.note, same.note);
    }
    Ok(outcome)
}

fn soak(run: &mut Run) -> Result<Outcome> {
    if !root().join("crates/salus-bench").exists() {
        return Ok(Outcome::skipped("crates/salus-bench is not here".into()));
    }
    let salus = smoke::build()?;
    let bench = ["run", "--quiet", "--package", "salus-bench", "--", "soak"];
    let mut all = Outcome::default();
    for (name, rest) in [
        ("soak-kill", &["kill"][..]),
        ("soak-mail", &["mail", "--engine", "sqlite"]),
        ("soak-booking", &["booking", "--people", "24"]),
        ("soak-nodes", &["nodes"]),
        ("soak-booking-kill", &["booking", "--kill", "--people", "8", "--engine", "sqlite"]),
    ] {
        let mut command = cargo(&bench);
        command.args(rest).args(["--rounds", SOAK_ROUNDS]).env("SALUS_BIN", &salus);
        let outcome = quiet(run, name, &mut command)?;
        all.passed += outcome.passed;
        all.failed += outcome.failed;
        all.note = format!("{}{}", all.note, outcome.note);
    }
    Ok(all)
}

fn numbers(outcome: Result<(u64, u64)>) -> Result<Outcome> {
    let (passed, failed) = outcome?;
    Ok(Outcome { passed, failed, note: format!("{passed} walls"), ..Outcome::default() })
}

/// The last lines of what a command said.
fn show_end(text: &str, most: usize) {
    let lines: Vec<&str> = text.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(most)) {
        println!("  {line}");
    }
}

/// What libtest says of the tests that failed; the end of everything when it did not get there.
fn show_failures(text: &str) {
    let mut shown = 0;
    let mut inside = false;
    for line in text.lines() {
        if line == "failures:" {
            inside = true;
        } else if line.starts_with("test result:") {
            inside = false;
        }
        if inside && shown < 400 {
            println!("  {line}");
            shown += 1;
        }
    }
    if shown == 0 {
        show_end(text, 60);
    }
}

/// Under CI the folder for compiled things outlives the clones. Dependencies stay; what former clones compiled of this
/// workspace would never be used again and would fill the disk.
fn forget_former_clones() {
    for profile in ["debug", "demo", "release"] {
        for part in ["deps", "incremental", "build", ".fingerprint"] {
            for entry in fs::read_dir(target_dir().join(profile).join(part)).into_iter().flatten().flatten() {
                if entry.file_name().to_str().is_some_and(walls::ours) {
                    let path = entry.path();
                    drop(if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_or_missing_engine_fails() {
        let of = |text: &str| both_engines(&Results::read(text));
        let both = "test a::sqlite ... ok\ntest a::postgres ... ok\n";
        assert_eq!(of(both).failed, 0);
        assert_eq!(of("").failed, 1);
        assert_eq!(of("test a::sqlite ... ok\n").failed, 1);
        assert_eq!(of(&format!("{both}skipped: PostgreSQL is not here\n")).failed, 1);
        assert_eq!(of("test a::sqlite ... ok\ntest b::postgres ... ok\n").failed, 1);
    }
}
