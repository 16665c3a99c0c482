//! From the start of the program on an existing database to its first page, and how much memory it has when nobody asks.

use anyhow::Result;

use super::{Plan, numbers::percentile, report::StartLine};
use crate::{ground::Demo, http};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// Starts it some times.
pub async fn measure(demo: &Demo, plan: &Plan) -> Result<StartLine> {
    let mut seconds = Vec::new();
    let mut memory = Vec::new();
    eprintln!("{}: start", demo.engine.word());
    for _ in 0..plan.starts {
        let portal = demo.serve().await?;
        seconds.push(portal.first_page.as_secs_f64());
        http::shows(portal.address, "/sign-in").await;
        tokio::time::sleep(plan.idle).await;
        memory.push(f64::from(u32::try_from(portal.memory()?).unwrap_or(u32::MAX)) / MEBIBYTE);
    }
    Ok(StartLine {
        engine: demo.engine.word(),
        starts: plan.starts,
        first_page_s: percentile(&mut seconds, 50),
        slowest_s: percentile(&mut seconds, 100),
        idle_mib: percentile(&mut memory, 100),
    })
}
