//! The audit log as a format: entries, hash chains, signed checkpoints, and the verifier that says what they prove.
//!
//! Every access to a chart is an [`Entry`] with one and only one encoding ([`Entry::canonical`]). Entries form chains, one
//! per writing process ([`ChainWriter`]); each chain is at once a hash chain and an RFC 6962 Merkle tree
//! ([`Frontier`]). From time to time its size and root are signed as a [`Checkpoint`], and a [`Manifest`] signs the
//! list of all chains. The [`Verifier`] reads it all back and names the first entry that can't be trusted.
//!
//! ```text
//! EntryDraft ─ append ─▶ Entry ─▶ canonical bytes ─▶ leaf ─┬▶ head   (chain: which entry broke)
//!                                                          └▶ root   (tree: short proofs) ─▶ Checkpoint ─▶ Manifest ─▶ a witness
//! ```
//!
//! What it can't do, it says: a chain that lies beside its data proves nothing against someone who may rewrite both.
//! Only an [`Anchor`], a size and a root kept elsewhere, makes a rewritten past, a cut tail or an older copy visible.
//! `docs/formats.md` explains every byte; `tests/independent.py` is a second verifier made from that page alone.
//!
//! After six years an entry may be emptied: its leaf stays and proves what it proved, and a signed entry in the ledger
//! itself must say that this was done, and up to when.
//!
//! Invariant: no database, no clock, no randomness, no waiting. Time and keys are handed in.

mod canonical;
mod checkpoint;
mod entry;
mod epoch;
mod export;
mod hash;
mod keys;
mod manifest;
mod merkle;
mod note;
mod rows;
mod verify;
mod words;
mod writer;

pub use canonical::{DecodeError, MAX_CANONICAL};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{
    Actor, ActorKind, Entry, EntryDraft, Invalid, Kind, MAX_TEXT, OnBehalfOf, Outcome, Relation, Resource, RowVersion,
    SIX_YEARS, System,
};
pub use epoch::{Epoch, EpochChain};
pub use export::{ExportError, ExportWriter, verify_export};
pub use hash::{Digest, chain_head, leaf_hash};
pub use keys::{KeyError, SigningKey, VerifyingKey};
pub use manifest::{ChainState, Manifest, ManifestError};
pub use merkle::{
    Frontier, ProofError, consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion,
};
pub use note::{NoteError, SignedNote};
pub use rows::digest_row;
pub use verify::{
    Anchor, ChainReport, Evidence, Fault, Finding, IndexColumns, Report, Restored, Signatures, StoredEntry, Verifier,
};
pub use words::{ChainId, ClinicId, Micros, Word, WordError};
pub use writer::{Appended, ChainWriter, DUE_AFTER, DUE_ENTRIES, ResumeError, SealedCheckpoint};

#[cfg(test)]
mod tests;
