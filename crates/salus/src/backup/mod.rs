//! Backup and restore: the whole clinic in one file that opens with the recovery key alone, and back again, verified.
//!
//! ```text
//! data folder, databases ──save──▶ frames ──age──▶ one file             (public half: recovery.pub)
//! one file ──age──▶ frames ──restore──▶ empty databases ──▶ counts, seals, ledger, rows ──▶ an epoch in the ledger
//! ```
//!
//! The file's format is in `docs/formats.md`, why it is as it is in ADR 0016. Business data comes first and the ledger
//! second, so that every row has its entry. Memory stays small however large the clinic is.

mod archive;
mod check;
mod frames;
mod newest;
pub mod recovery;
mod restore;
mod save;
#[cfg(test)]
mod tests;

pub use newest::{FILE as NEWEST, Newest, newest};
pub use restore::{RestoreArgs, Restored, restore};
pub use save::{BackupArgs, Saved, save};

/// The files of the data folder that the archive holds, in this order; `recovery.pub` when there is one.
const FILES: [&str; 3] = ["root.key", "ledger-signing.key", recovery::FILE];
