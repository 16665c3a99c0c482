//! A closed loop of requests over kept connections: each connection asks again as soon as it has its answer.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tokio::task::JoinSet;

use super::{Plan, cpu, numbers::micros};
use crate::http::Connection;

/// The most requests of one connection in one slice.
const MOST: usize = 20_000;
/// How long each variant runs before anything counts.
const WARM: Duration = Duration::from_millis(300);

/// What came of one variant.
#[derive(Default)]
pub struct Side {
    /// Answers and time of each slice, in order.
    pub slices: Vec<(usize, Duration)>,
    /// Time of each request, in microseconds.
    pub micros: Vec<u32>,
    /// Processor time that the answers took.
    pub cpu: Duration,
}

/// Asks variants in turn, slice by slice, over the same connections, so that whatever else this machine does hits all of
/// them. Runs on a thread of its own, which does nothing else.
pub async fn alternate(
    address: SocketAddr,
    requests: Vec<Arc<Vec<u8>>>,
    connections: usize,
    plan: &Plan,
    database: Option<u32>,
) -> Result<Vec<Side>> {
    let (slice, turns) = (plan.slice, plan.turns);
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut open = Vec::with_capacity(connections);
            for _ in 0..connections {
                open.push(Connection::open(address).await?);
            }
            for request in &requests {
                open = run(open, request, WARM, database, &mut Side::default()).await?;
            }
            let mut variants: Vec<(Arc<Vec<u8>>, Side)> =
                requests.into_iter().map(|request| (request, Side::default())).collect();
            for _ in 0..turns {
                for (request, side) in &mut variants {
                    open = run(open, request, slice, database, side).await?;
                }
                // Back again, so that none always follows the same one.
                variants.reverse();
            }
            if turns % 2 == 1 {
                variants.reverse();
            }
            anyhow::Ok(variants.into_iter().map(|(_, side)| side).collect())
        })
    })
    .await?
}

async fn run(
    open: Vec<Connection>,
    request: &Arc<Vec<u8>>,
    slice: Duration,
    database: Option<u32>,
    side: &mut Side,
) -> Result<Vec<Connection>> {
    let cpu = cpu::spent(database);
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for mut connection in open {
        let request = Arc::clone(request);
        running.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < slice && times.len() < MOST {
                let asked = Instant::now();
                let answer = connection.ask(&request).await.context("no answer under load")?;
                ensure!(answer.status == 200, "status {} under load", answer.status);
                times.push(micros(asked.elapsed()));
            }
            anyhow::Ok((connection, times))
        });
    }
    let (mut back, mut count) = (Vec::new(), 0);
    while let Some(done) = running.join_next().await {
        let (connection, times) = done??;
        count += times.len();
        side.micros.extend(times);
        back.push(connection);
    }
    side.slices.push((count, begun.elapsed()));
    side.cpu += cpu::spent(database).saturating_sub(cpu);
    Ok(back)
}
