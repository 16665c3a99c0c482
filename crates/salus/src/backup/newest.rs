//! The newest backup that was made here, as a small file in the data folder: so that somebody notices when there is none.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use salus_kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::files;

/// Its name in the data folder.
pub const FILE: &str = "backup.json";

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// When it was whole and on the disk, in microseconds.
    ended_at: i64,
    /// Where it was written to.
    pub file: PathBuf,
}

impl Newest {
    /// When it was whole and on the disk.
    pub fn ended_at(&self) -> Instant {
        Instant::from_micros(self.ended_at)
    }
}

/// The newest backup of the clinic in this data folder, if one was made.
pub fn newest(data_dir: &Path) -> anyhow::Result<Option<Newest>> {
    let path = data_dir.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Remembers one that is whole. A crash leaves what was remembered before, or this.
pub(super) fn remember(data_dir: &Path, file: &Path, now: Instant) -> anyhow::Result<()> {
    let newest = Newest { ended_at: now.micros(), file: std::path::absolute(file)? };
    files::replace(&data_dir.join(FILE), &format!("{}\n", serde_json::to_string(&newest)?))
}
