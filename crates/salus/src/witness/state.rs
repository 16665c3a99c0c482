//! Whether somebody elsewhere remembers the ledger, as `salus doctor` and operators want to know it.

use std::{fmt, path::Path};

use anyhow::Context as _;
use salus_kernel::{Instant, MINUTE};
use serde::{Deserialize, Serialize};

use crate::{config::Config, files};

/// In the data folder.
const FILE: &str = "witness.json";
/// A newest anchor older than this is an alarm.
pub(super) const TOO_OLD: i64 = 15 * MINUTE;

/// What the portal remembers of its witness.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Remembered {
    /// When a manifest was last accepted, in microseconds.
    pub accepted_at: Option<i64>,
    /// Why the last one was refused, if it was.
    pub refused: Option<String>,
}

pub(super) fn remember(data_dir: &Path, remembered: &Remembered) -> anyhow::Result<()> {
    files::replace(&data_dir.join(FILE), &format!("{}\n", serde_json::to_string(remembered)?))
}

pub(super) fn remembered(data_dir: &Path) -> anyhow::Result<Remembered> {
    let path = data_dir.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Remembered::default()),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// How it stands with the witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// There is none: a warning.
    None,
    /// A manifest was accepted less than 15 minutes ago.
    Fresh {
        /// How long ago, in whole minutes.
        minutes: i64,
    },
    /// None was accepted for 15 minutes or ever: an alarm.
    Stale {
        /// How long ago the last one was, in whole minutes.
        minutes: Option<i64>,
    },
    /// The witness says no: an alarm. The ledger went back, or has two pasts.
    Refused {
        /// In the witness's words.
        why: String,
    },
    /// The file that says so can't be read: an alarm.
    Unreadable {
        /// Why not.
        why: String,
    },
}

/// How it stands with the witness of this configuration.
pub fn state(config: &Config, now: Instant) -> State {
    if config.witness.url.is_empty() {
        return State::None;
    }
    match remembered(&config.data_dir) {
        Err(error) => State::Unreadable { why: format!("{error:#}") },
        Ok(Remembered { refused: Some(why), .. }) => State::Refused { why },
        Ok(Remembered { accepted_at: None, .. }) => State::Stale { minutes: None },
        Ok(Remembered { accepted_at: Some(at), .. }) => {
            let age = now.since(Instant::from_micros(at));
            let minutes = age / MINUTE;
            if age > TOO_OLD { State::Stale { minutes: Some(minutes) } } else { State::Fresh { minutes } }
        }
    }
}

impl State {
    /// Whether somebody must look now.
    pub const fn is_alarm(&self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Refused { .. } | Self::Unreadable { .. })
    }
    /// Whether somebody should do something some day.
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str(
                "nobody elsewhere remembers the ledger: who can rewrite this machine can rewrite the past unseen ([witness] url)",
            ),
            Self::Fresh { minutes } => write!(f, "the witness accepted a manifest {minutes} minutes ago"),
            Self::Stale { minutes: None } => f.write_str("the witness has not accepted a manifest yet; does the portal serve?"),
            Self::Stale { minutes: Some(minutes) } => {
                write!(f, "the witness accepted a manifest last {minutes} minutes ago; does the portal serve, and does the witness?")
            }
            Self::Refused { why } => write!(f, "the witness refuses the ledger: {why}"),
            Self::Unreadable { why } => write!(f, "what the witness said can't be read: {why}"),
        }
    }
}
