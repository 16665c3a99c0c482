//! A clock that runs ahead of the machine's, for programs under load: what waits for minutes is due at once.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context as _, Result};
use salus::access::Clock;
use salus_kernel::MINUTE;

use super::clock;

/// Where Debian has libfaketime, the one for programs with threads.
const FAKETIME: (&str, &str) = ("/usr/lib", "faketime/libfaketimeMT.so.1");

/// So many minutes ahead.
pub struct MovedClock {
    library: PathBuf,
    minutes: Arc<AtomicI64>,
}

impl MovedClock {
    /// One that is right, until it is moved.
    pub fn new() -> Result<Self> {
        let library = library(Path::new(FAKETIME.0)).context("libfaketime is not here: apt-get install libfaketime")?;
        Ok(Self { library, minutes: Arc::default() })
    }

    /// Moves it. Programs that run already are not told.
    pub fn advance(&self, minutes: i64) {
        self.minutes.fetch_add(minutes, Ordering::Relaxed);
    }

    /// The same clock in this process.
    pub fn clock(&self) -> Clock {
        let (minutes, machine) = (Arc::clone(&self.minutes), clock());
        Arc::new(move || machine().plus(minutes.load(Ordering::Relaxed).saturating_mul(MINUTE)))
    }

    /// A program that is about to start is told the time by it. Only the time of day is moved: timers run on.
    pub(super) fn tells(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME", format!("+{}m", self.minutes.load(Ordering::Relaxed)))
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}

fn library(within: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(within).ok()?;
    folders.filter_map(|entry| Some(entry.ok()?.path().join(FAKETIME.1))).find(|library| library.exists())
}
