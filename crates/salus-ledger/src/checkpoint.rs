//! A checkpoint: one chain's size, root and head, signed (C2SP tlog-checkpoint).

use crate::{
    hash::Digest,
    keys::{SigningKey, VerifyingKey},
    note::{NoteError, SignedNote},
    words::{ChainId, ClinicId, Micros, decimal, signed_decimal},
};

/// What a chain was at a moment: whoever keeps this elsewhere can tell later whether the past is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose ledger.
    pub clinic: ClinicId,
    /// Which chain.
    pub chain: ChainId,
    /// How many entries.
    pub size: u64,
    /// The Merkle root over their leaves.
    pub root: Digest,
    /// When it was signed.
    pub time: Micros,
    /// The chain's head.
    pub head: Digest,
}

/// Why a text is not a checkpoint of this ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note itself.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The lines in the note.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
}

impl Checkpoint {
    /// The name under which the log is known to witnesses: `salus/<clinic>/<chain>`.
    pub fn origin(&self) -> String {
        format!("salus/{}/{}", self.clinic, self.chain)
    }

    /// The text that is signed: origin, size, root, and two extension lines.
    pub fn text(&self) -> String {
        let (size, root, time, head) = (self.size, self.root.to_base64(), self.time.0, self.head.to_base64());
        format!("{}\n{size}\n{root}\ntime {time}\nhead {head}\n", self.origin())
    }

    /// The checkpoint as a signed note.
    pub fn sign(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        Ok(SignedNote::sign(&self.text(), key)?)
    }

    /// Reads a note that one of these keys has signed.
    pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        note.verify(keys)?;
        Self::parse(note.text())
    }

    /// Reads the text of a note without believing it.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        use CheckpointError::Malformed;
        let mut lines = text.split('\n');
        let mut line = || lines.next().ok_or(Malformed("too few lines"));
        let origin = line()?.strip_prefix("salus/").ok_or(Malformed("origin"))?;
        let (clinic, chain) = origin.split_once('/').ok_or(Malformed("origin"))?;
        let checkpoint = Self {
            clinic: clinic.parse().map_err(|_| Malformed("clinic"))?,
            chain: chain.parse().map_err(|_| Malformed("chain"))?,
            size: decimal(line()?).ok_or(Malformed("size"))?,
            root: Digest::from_base64(line()?).ok_or(Malformed("root"))?,
            time: line()?.strip_prefix("time ").and_then(signed_decimal).map(Micros).ok_or(Malformed("time"))?,
            head: line()?.strip_prefix("head ").and_then(Digest::from_base64).ok_or(Malformed("head"))?,
        };
        // Anything else (a line more, another spelling) would not be what we sign.
        if checkpoint.text() == text { Ok(checkpoint) } else { Err(Malformed("more than a checkpoint")) }
    }
}
