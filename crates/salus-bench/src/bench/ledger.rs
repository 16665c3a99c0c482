//! What the ledger takes: appends a second with one and with many writers, with and without group commit.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use salus::access::{Clock, founding::Opened};
use salus_db::ledger::Ledger;
use salus_kernel::{AccountId, PatientId, uuid_v7};
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome, Relation, Resource, Word};
use tokio::task::JoinSet;

use super::{
    Plan,
    numbers::{micros, number, percentile},
    report::LedgerLine,
};
use crate::ground::Demo;

/// How many write at once.
const WRITERS: [usize; 2] = [1, 64];
/// How often each way has its turn.
const TURNS: u32 = 4;

struct Way {
    writers: usize,
    group: bool,
    entries: usize,
    commits: u64,
    time: Duration,
    micros: Vec<u32>,
}

/// Measures each way in turn, so that whatever else this machine does hits all.
pub async fn measure(demo: &Demo, plan: &Plan, clock: &Clock) -> Result<Vec<LedgerLine>> {
    let together = demo.open(Arc::clone(clock), true).await?;
    let alone = demo.open(Arc::clone(clock), false).await?;
    let mut ways: Vec<Way> = WRITERS
        .into_iter()
        .flat_map(|writers| {
            [true, false].map(|group| Way {
                writers,
                group,
                entries: 0,
                commits: 0,
                time: Duration::ZERO,
                micros: Vec::new(),
            })
        })
        .collect();
    eprintln!("{}: ledger", demo.engine.word());
    for _ in 0..TURNS {
        for way in &mut ways {
            let ledger = if way.group { &together.ledger } else { &alone.ledger };
            turn(way, ledger, plan.ledger / TURNS, clock).await?;
        }
    }
    for Opened { db, ledger } in [together, alone] {
        ledger.close().await?;
        db.close().await;
    }
    let line = |mut way: Way| LedgerLine {
        engine: demo.engine.word(),
        writers: way.writers,
        group_commit: way.group,
        per_second: number(way.entries) / way.time.as_secs_f64(),
        entries_per_commit: number(way.entries) / f64::from(u32::try_from(way.commits.max(1)).unwrap_or(u32::MAX)),
        p50_ms: f64::from(percentile(&mut way.micros, 50)) / 1000.0,
        p99_ms: f64::from(percentile(&mut way.micros, 99)) / 1000.0,
    };
    Ok(ways.into_iter().map(line).collect())
}

async fn turn(way: &mut Way, ledger: &Ledger, time: Duration, clock: &Clock) -> Result<()> {
    let (begun, commits) = (Instant::now(), ledger.commits());
    let mut running = JoinSet::new();
    for _ in 0..way.writers {
        let (ledger, clock) = (ledger.clone(), Arc::clone(clock));
        running.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < time {
                let asked = Instant::now();
                ledger.append(vec![look(&clock)?]).await?;
                times.push(micros(asked.elapsed()));
            }
            anyhow::Ok(times)
        });
    }
    while let Some(done) = running.join_next().await {
        let times = done??;
        way.entries += times.len();
        way.micros.extend(times);
    }
    way.time += begun.elapsed();
    way.commits += ledger.commits().saturating_sub(commits);
    Ok(())
}

/// What a look at a chart leaves: as long as a real one.
fn look(clock: &Clock) -> Result<EntryDraft> {
    let now = clock();
    let account = AccountId::new(now, salus_vault::random());
    let request = uuid_v7(now, salus_vault::random()).into_bytes();
    let actor = Actor::new(ActorKind::Account, &account.to_string());
    let mut draft = EntryDraft::new(
        Kind::Read,
        request,
        actor,
        Word::new("view-problems")?,
        Word::new("patient-request")?,
        Outcome::Allowed,
    );
    draft.relation = Relation::Myself;
    draft.patient = Some(PatientId::new(now, salus_vault::random()).to_string());
    draft.resource = Some(Resource { kind: Word::new("Condition")?, id: None });
    draft.address = Some([127, 0, 0, 1].into());
    draft.user_agent = Some(salus_vault::random::<140>().to_vec());
    draft.session = Some(salus_ledger::Digest::new(salus_vault::random()));
    Ok(draft)
}
