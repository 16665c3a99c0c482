//! What was measured, as a table and as JSON.

use std::fmt;

use serde::Serialize;

/// Guarded requests for each bare one that `./x bench` aims at, with 64 connections.
const TARGET: f64 = 0.6;
/// What a quick run must reach: it shares its machine with whatever else runs.
const FLOOR: f64 = 0.35;
/// Seconds to the first page.
const START: f64 = 0.5;
/// Idle memory: 80 MB, in MiB.
const MEMORY: f64 = 80_000_000.0 / (1024.0 * 1024.0);
/// Milliseconds for the free times of four weeks.
const FREE: f64 = 5.0;
/// Where the target counts.
const CROWD: usize = 64;

/// All of it.
#[derive(Serialize)]
pub struct Report {
    quick: bool,
    profile: &'static str,
    cores: usize,
    load_at_begin: String,
    load_at_end: String,
    /// Pages.
    pub pages: Vec<PageLine>,
    /// The ledger.
    pub ledger: Vec<LedgerLine>,
    /// Start and memory.
    pub start: Vec<StartLine>,
    /// Free times, and booking.
    pub visits: Vec<VisitsLine>,
}

/// One variant of a page.
#[derive(Serialize)]
pub struct Speed {
    /// Answers.
    pub requests: usize,
    /// Answers a second.
    pub per_second: f64,
    /// Half of them came within.
    pub p50_ms: f64,
    /// All but one in a hundred came within.
    pub p99_ms: f64,
    /// Processor time for each answer, of program and database.
    pub cpu_micros: f64,
}

/// One page at one number of connections.
#[derive(Serialize)]
pub struct PageLine {
    /// Which engine.
    pub engine: &'static str,
    /// Which page.
    pub page: &'static str,
    /// How long it is.
    pub bytes: usize,
    /// How many asked at once.
    pub connections: usize,
    /// With session, policy and ledger.
    pub guarded: Speed,
    /// Without.
    pub bare: Speed,
    /// Guarded answers for each bare one.
    pub ratio: f64,
    /// Processor time of a bare answer for each of a guarded one: what the ratio is on a machine with nothing else to do.
    pub cpu_ratio: f64,
    /// A quarter of the pairs of slices were below.
    pub quarter: f64,
    /// A quarter of the pairs of slices were above.
    pub three_quarters: f64,
    /// The time that each part of the guard takes, where it was asked for.
    pub ladder: Vec<Rung>,
}

/// The page with the guard up to some part of it.
#[derive(Serialize)]
pub struct Rung {
    /// Up to which.
    pub upto: &'static str,
    /// Processor time for each answer, of program and database.
    pub micros: f64,
}

/// One way of writing to the ledger.
#[derive(Serialize)]
pub struct LedgerLine {
    /// Which engine.
    pub engine: &'static str,
    /// How many wrote at once.
    pub writers: usize,
    /// Whether all that waits shares a commit.
    pub group_commit: bool,
    /// Entries a second.
    pub per_second: f64,
    /// How many shared one.
    pub entries_per_commit: f64,
    /// Half of them stood within.
    pub p50_ms: f64,
    /// All but one in a hundred stood within.
    pub p99_ms: f64,
}

/// Starts on one engine.
#[derive(Serialize)]
pub struct StartLine {
    /// Which engine.
    pub engine: &'static str,
    /// How many.
    pub starts: u32,
    /// To the first page, in the middle of them.
    pub first_page_s: f64,
    /// To the first page, at worst.
    pub slowest_s: f64,
    /// Resident when nobody asks, at most.
    pub idle_mib: f64,
}

/// Visits on one engine.
#[derive(Serialize)]
pub struct VisitsLine {
    /// Which engine.
    pub engine: &'static str,
    /// How many visits are on the schedule.
    pub booked: i64,
    /// How many days free times are looked for.
    pub days: i64,
    /// How many there are.
    pub free: usize,
    /// Half of the lookups took less.
    pub p50_ms: f64,
    /// All but one in a hundred took less.
    pub p99_ms: f64,
    /// Visits booked a second through the front door.
    pub guarded_per_second: f64,
    /// The same rows a second, inserted and no more.
    pub bare_per_second: f64,
    /// Visits booked for each that was inserted.
    pub ratio: f64,
}

fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

impl Report {
    /// An empty one.
    pub fn begin(quick: bool) -> Self {
        Self {
            quick,
            profile: if cfg!(debug_assertions) { "debug" } else { "optimised" },
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            load_at_begin: load(),
            load_at_end: String::new(),
            pages: Vec::new(),
            ledger: Vec::new(),
            start: Vec::new(),
            visits: Vec::new(),
        }
    }

    /// Notes how busy the machine is now.
    pub fn end(&mut self) {
        self.load_at_end = load();
    }

    fn in_a_crowd(&self) -> impl Iterator<Item = &PageLine> {
        self.pages.iter().filter(|line| line.connections == CROWD)
    }

    /// Whether a quick run got as far as it must. Other runs only tell.
    pub fn is_above_floors(&self) -> bool {
        !self.quick || self.in_a_crowd().all(|line| line.ratio >= FLOOR)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, cores, load_at_begin, load_at_end, .. } = self;
        writeln!(
            f,
            "\n{profile} build, {cores} cores shared with the load, load average {load_at_begin} before and {load_at_end} after."
        )?;
        writeln!(
            f,
            "Ratios compare what ran in turn within one process; absolute numbers are this machine's at this moment.\n"
        )?;
        if !self.pages.is_empty() {
            writeln!(f, "{:<36}{:<36}bare", "", "with guard")?;
            writeln!(
                f,
                "{:<9}{:<13}{:>6}{:>6}  {:>8}{:>9}{:>9}{:>8}  {:>8}{:>9}{:>9}{:>8}  {:>6}{:>12}{:>7}",
                "engine",
                "page",
                "bytes",
                "conn",
                "per s",
                "p50 ms",
                "p99 ms",
                "cpu µs",
                "per s",
                "p50 ms",
                "p99 ms",
                "cpu µs",
                "ratio",
                "quartiles",
                "cpu"
            )?;
        }
        for line in &self.pages {
            write!(f, "{:<9}{:<13}{:>6}{:>6}", line.engine, line.page, line.bytes, line.connections)?;
            for side in [&line.guarded, &line.bare] {
                let Speed { per_second, p50_ms, p99_ms, cpu_micros, .. } = side;
                write!(f, "  {per_second:>8.0}{p50_ms:>9.2}{p99_ms:>9.2}{cpu_micros:>8.0}")?;
            }
            let quartiles = format!("{:.2}–{:.2}", line.quarter, line.three_quarters);
            writeln!(f, "  {:>6.2}{quartiles:>12}{:>7.2}", line.ratio, line.cpu_ratio)?;
        }
        for line in self.pages.iter().filter(|line| !line.ladder.is_empty()) {
            write!(
                f,
                "{} {}, {} connections, processor µs for each answer:",
                line.engine, line.page, line.connections
            )?;
            let mut before = 0.0;
            for rung in &line.ladder {
                write!(f, "  {} {:.0} (+{:.0})", rung.upto, rung.micros, rung.micros - before)?;
                before = rung.micros;
            }
            writeln!(f)?;
        }
        for line in self.in_a_crowd() {
            let (goal, word) = if self.quick { (FLOOR, "floor") } else { (TARGET, "target") };
            let verdict = if line.ratio >= goal { "reached" } else { "SHORT" };
            writeln!(
                f,
                "{} {}: {word} {goal} at {CROWD} connections {verdict} ({:.2})",
                line.engine, line.page, line.ratio
            )?;
        }
        if !self.ledger.is_empty() {
            writeln!(
                f,
                "\n{:<9}{:>8}  {:<13}{:>11}{:>16}{:>9}{:>9}",
                "engine", "writers", "group commit", "appends/s", "entries/commit", "p50 ms", "p99 ms"
            )?;
        }
        for line in &self.ledger {
            writeln!(
                f,
                "{:<9}{:>8}  {:<13}{:>11.0}{:>16.1}{:>9.2}{:>9.2}",
                line.engine,
                line.writers,
                if line.group_commit { "yes" } else { "no" },
                line.per_second,
                line.entries_per_commit,
                line.p50_ms,
                line.p99_ms
            )?;
        }
        if !self.start.is_empty() {
            writeln!(f, "\n{:<9}{:>8}{:>14}{:>11}{:>10}", "engine", "starts", "first page s", "slowest s", "idle MiB")?;
        }
        for line in &self.start {
            let fast = if line.first_page_s < START { "" } else { "  SHORT: slower than 0.5 s" };
            let small = if line.idle_mib < MEMORY { "" } else { "  SHORT: more than 80 MB" };
            writeln!(
                f,
                "{:<9}{:>8}{:>14.3}{:>11.3}{:>10.1}{fast}{small}",
                line.engine, line.starts, line.first_page_s, line.slowest_s, line.idle_mib
            )?;
        }
        if !self.visits.is_empty() {
            writeln!(
                f,
                "\n{:<9}{:>8}{:>6}{:>6}{:>9}{:>9}{:>12}{:>12}{:>7}",
                "engine", "visits", "days", "free", "p50 ms", "p99 ms", "booked/s", "inserted/s", "ratio"
            )?;
        }
        for line in &self.visits {
            let fast = if line.p50_ms < FREE { "" } else { "  SHORT: slower than 5 ms" };
            writeln!(
                f,
                "{:<9}{:>8}{:>6}{:>6}{:>9.2}{:>9.2}{:>12.0}{:>12.0}{:>7.2}{fast}",
                line.engine,
                line.booked,
                line.days,
                line.free,
                line.p50_ms,
                line.p99_ms,
                line.guarded_per_second,
                line.bare_per_second,
                line.ratio
            )?;
        }
        Ok(())
    }
}
