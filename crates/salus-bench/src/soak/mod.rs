//! `soak kill`: an outside process that remembers every answer it got, kills the program under load, starts it again, and
//! looks whether the ledger has each of them.
//!
//! A round: load → SIGKILL at a random moment (on PostgreSQL every other round also `pg_ctl -m immediate stop`, before,
//! after or at the same time) → restart → `salus audit verify --rows` → every acknowledged request against the ledger →
//! every acknowledged change against what the settings page shows.

pub mod booking;
pub mod mail;
pub mod nodes;

mod load;
mod record;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use salus_db::Engine;

use crate::{
    Common,
    ground::{Demo, Den, Portal, clock},
};
use load::{Kept, Load};

/// The shortest and longest that the program is under load before it is killed, in milliseconds.
const LIVES: (u64, u64) = (300, 1500);
/// The longest time between the end of the program and the end of its database, in milliseconds.
const APART: u64 = 40;
/// The most findings that are printed of one sort.
const SHOWN: usize = 10;

/// What the command line asks for.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    common: Common,
    /// How often to kill.
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// How many synthetic patients are in the clinic.
    #[arg(long, default_value_t = 3)]
    patients: u32,
}

/// What was found on one engine.
#[derive(Default)]
struct Findings {
    rounds: u32,
    database_stops: u32,
    acknowledged: usize,
    changes: usize,
    missing: usize,
    lost: usize,
    not_verified: usize,
    unexpected: usize,
}

/// Runs it on each engine, and says whether nothing was missing.
pub async fn run(options: Options) -> Result<bool> {
    let mut well = true;
    for engine in options.common.engine.each() {
        let begun = Instant::now();
        let den = Den::new(options.common.dir.as_deref())?;
        let demo = Demo::make(&den, *engine, options.patients, &options.common.testdata)?;
        let found = Box::pin(rounds(demo, options.rounds)).await?;
        println!(
            "{}: {} rounds ({} with the database stopped too), {} acknowledged requests ({} of them changes), {} missing \
             entries, {} lost changes, {} verify failures, {} unexpected answers, {:.0} s",
            engine.word(),
            found.rounds,
            found.database_stops,
            found.acknowledged,
            found.changes,
            found.missing,
            found.lost,
            found.not_verified,
            found.unexpected,
            begun.elapsed().as_secs_f64()
        );
        well &= found.missing == 0 && found.lost == 0 && found.not_verified == 0 && found.unexpected == 0;
        ensure!(found.acknowledged > 0, "nothing was acknowledged, so nothing was tested");
    }
    Ok(well)
}

async fn rounds(mut demo: Demo, rounds: u32) -> Result<Findings> {
    let mut found = Findings::default();
    let portal = demo.serve().await?;
    let mut load = Load::sign_in(&demo, &portal, &clock()).await?;
    let mut portal = Some(portal);
    for round in 1..=rounds {
        let since = clock()();
        let Some(running) = portal.take() else { break };
        let address = running.address;
        let stop_database = demo.engine == Engine::Postgres && round % 2 == 0;
        let under_load = tokio::spawn(load.run(address));
        tokio::time::sleep(Duration::from_millis(between(LIVES.0, LIVES.1))).await;
        (portal, demo) = Box::pin(end_and_begin(running, demo, stop_database)).await?;
        let (acknowledged, unexpected, rested) = under_load.await??;
        load = rested;

        let (verified, said) = demo.command(&["audit", "verify", "--rows"])?;
        if !verified {
            tell(&demo, round, &format!("audit verify --rows failed:\n{}", said.trim()));
        }
        let missing = record::missing(&demo, &acknowledged, since).await?;
        for one in missing.iter().take(SHOWN) {
            tell(&demo, round, &format!("acknowledged, and not on record: {one}"));
        }
        let lost = match &portal {
            Some(portal) => load.lost_changes(portal.address).await?,
            None => Vec::new(),
        };
        for one in lost.iter().chain(&unexpected).take(SHOWN) {
            tell(&demo, round, one);
        }
        found.rounds += 1;
        found.database_stops += u32::from(stop_database);
        found.acknowledged += acknowledged.len();
        found.changes += acknowledged.iter().filter(|one| one.kept == Kept::Change).count();
        found.missing += missing.len();
        found.lost += lost.len();
        found.not_verified += usize::from(!verified);
        found.unexpected += unexpected.len();
        if round % 10 == 0 || round == rounds {
            eprintln!("{}: round {round} of {rounds}, {} acknowledged", demo.engine.word(), found.acknowledged);
        }
    }
    Ok(found)
}

/// Kills the program, and on PostgreSQL perhaps its database too, one shortly after the other; then starts both.
async fn end_and_begin(portal: Portal, mut demo: Demo, stop_database: bool) -> Result<(Option<Portal>, Demo)> {
    let demo = tokio::task::spawn_blocking(move || {
        let wait = Duration::from_millis(between(0, APART));
        let mut program = Some(portal.process);
        if let Some(cluster) = demo.cluster.as_mut().filter(|_| stop_database) {
            if between(0, 1) == 0
                && let Some(program) = program.take()
            {
                program.kill()?;
                crate::ground::pause(wait);
                cluster.stop_immediately()?;
            } else {
                cluster.stop_immediately()?;
                crate::ground::pause(wait);
            }
        }
        if let Some(program) = program.take() {
            program.kill()?;
        }
        if let Some(cluster) = demo.cluster.as_mut().filter(|_| stop_database) {
            cluster.start_again()?;
        }
        anyhow::Ok(demo)
    })
    .await??;
    let portal = demo.serve().await?;
    Ok((Some(portal), demo))
}

fn tell(demo: &Demo, round: u32, what: &str) {
    println!("{}, round {round}: {what}", demo.engine.word());
}

/// A random number from one to another, both included.
fn between(least: u64, most: u64) -> u64 {
    let span = most.saturating_sub(least).saturating_add(1);
    least.saturating_add(u64::from_le_bytes(salus_vault::random()).checked_rem(span).unwrap_or(0))
}
