//! `bench`: the chart page with and without its guard, the ledger, the start, visits.

mod bare;
mod cpu;
mod ledger;
mod load;
pub mod numbers;
mod pages;
mod report;
mod start;
mod visits;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use crate::{
    Common,
    ground::{Demo, Den, clock},
};
use report::Report;

/// What the command line asks for.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    common: Common,
    /// Under a minute: whether it runs at all, and whether the ratio is above a loose floor.
    #[arg(long)]
    quick: bool,
    /// One part alone.
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Seconds for each variant of a page at each number of connections.
    #[arg(long, default_value_t = 6)]
    seconds: u32,
    /// Also with a part of the guard, step by step: where the time goes.
    #[arg(long)]
    ladder: bool,
    /// Numbers of connections.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// How many synthetic patients are in the clinic.
    #[arg(long, default_value_t = 8)]
    patients: u32,
    /// Also as JSON, into this file.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// A part of it.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The chart page with and without its guard.
    Pages,
    /// What the ledger takes.
    Ledger,
    /// Start and idle memory.
    Start,
    /// Free times, and booking.
    Visits,
}

/// How long what runs.
pub struct Plan {
    /// Numbers of connections.
    pub connections: Vec<usize>,
    /// One slice of one variant.
    pub slice: Duration,
    /// How often each variant has its turn.
    pub turns: u32,
    /// Whether parts of the guard are measured too.
    pub ladder: bool,
    /// Writing to the ledger in one way.
    pub ledger: Duration,
    /// How many starts.
    pub starts: u32,
    /// How long nobody asks before memory is read.
    pub idle: Duration,
    /// How often free times are looked for.
    pub lookups: usize,
    /// How many turns each way of booking has.
    pub bookings: usize,
}

impl Plan {
    fn of(options: &Options) -> Self {
        if options.quick {
            return Self {
                connections: vec![1, 64],
                slice: Duration::from_millis(250),
                turns: 4,
                ladder: false,
                ledger: Duration::from_millis(200),
                starts: 1,
                idle: Duration::from_millis(500),
                lookups: 20,
                bookings: 1,
            };
        }
        let turns = 12;
        let slice = Duration::from_secs(options.seconds.into()) / turns;
        Self {
            connections: options.connections.clone(),
            slice,
            turns,
            ladder: options.ladder,
            ledger: Duration::from_secs(2),
            starts: 5,
            idle: Duration::from_secs(2),
            lookups: 300,
            bookings: 8,
        }
    }
}

/// Measures, prints, and says whether all is above the floors.
pub async fn run(options: Options) -> Result<bool> {
    let plan = Plan::of(&options);
    let wanted = |part| options.only.is_none_or(|only| only == part);
    let mut report = Report::begin(options.quick);
    for engine in options.common.engine.each() {
        let den = Den::new(options.common.dir.as_deref())?;
        let patients = if options.quick { options.patients.min(4) } else { options.patients };
        let demo = Demo::make(&den, *engine, patients, &options.common.testdata)?;
        if wanted(Part::Pages) {
            report.pages.extend(Box::pin(pages::measure(&demo, &plan, &clock())).await?);
        }
        if wanted(Part::Ledger) {
            report.ledger.extend(Box::pin(ledger::measure(&demo, &plan, &clock())).await?);
        }
        if wanted(Part::Start) {
            report.start.push(start::measure(&demo, &plan).await?);
        }
        if wanted(Part::Visits) {
            report.visits.push(Box::pin(visits::measure(&demo, &plan, &clock())).await?);
        }
    }
    report.end();
    println!("{report}");
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?).with_context(|| file.display().to_string())?;
    }
    Ok(report.is_above_floors())
}
