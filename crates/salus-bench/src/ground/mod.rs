//! What measurements stand on: a folder, processes that end with us, a PostgreSQL server, a mail server, a demo clinic.

mod clock;
mod crowd;
mod demo;
mod den;
mod mail;
mod postgres;

pub use clock::MovedClock;
pub use demo::{Demo, Portal};
pub use den::{Den, Process};
pub use mail::MailServer;
pub use postgres::Cluster;

use std::{net::TcpListener, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use salus::access::Clock;
use salus_kernel::Instant;

/// The program under load: `SALUS_BIN`, or the one beside this.
pub fn binary() -> Result<PathBuf> {
    if let Some(told) = std::env::var_os("SALUS_BIN") {
        return std::fs::canonicalize(&told).with_context(|| format!("SALUS_BIN is {}", told.display()));
    }
    let beside = std::env::current_exe()?.with_file_name("salus");
    if !beside.exists() {
        bail!("{} is not built; SALUS_BIN names another one", beside.display());
    }
    Ok(beside)
}

/// A free port of 127.0.0.1. Somebody else may take it before it is used; then the program says so.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The machine's clock, which the programs under load run on.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
pub fn clock() -> Clock {
    Arc::new(|| Instant::from(jiff::Timestamp::now()))
}

/// Waits for another process: nothing tells us when it is done.
#[expect(clippy::disallowed_methods, reason = "real processes live on the real clock")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
