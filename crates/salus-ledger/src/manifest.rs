//! A manifest: the signed list of all chains, so that a chain that vanishes whole is missed.

use crate::{
    checkpoint::Checkpoint,
    hash::{Digest, sha256},
    keys::{SigningKey, VerifyingKey},
    note::{NoteError, SignedNote},
    words::{ChainId, ClinicId, Micros, decimal, signed_decimal},
};

const TITLE: &str = "salus manifest v1";

/// All chains of a ledger at a moment, and the manifest before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    clinic: ClinicId,
    number: u64,
    previous: Digest,
    time: Micros,
    chains: Vec<ChainState>,
}

/// What a chain was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainState {
    /// Which chain.
    pub chain: ChainId,
    /// How many entries.
    pub size: u64,
    /// The Merkle root over their leaves.
    pub root: Digest,
    /// The chain's head.
    pub head: Digest,
}

impl From<&Checkpoint> for ChainState {
    fn from(checkpoint: &Checkpoint) -> Self {
        Self { chain: checkpoint.chain, size: checkpoint.size, root: checkpoint.root, head: checkpoint.head }
    }
}

/// Why a text is not a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The note itself.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The lines in the note.
    #[error("not a manifest: {0}")]
    Malformed(&'static str),
}

impl Manifest {
    /// The manifest after `previous` (or the first one), with the chains as they are now; one state per chain.
    pub fn new(
        clinic: ClinicId,
        previous: Option<&Self>,
        time: Micros,
        chains: impl IntoIterator<Item = ChainState>,
    ) -> Result<Self, ManifestError> {
        let mut chains: Vec<_> = chains.into_iter().collect();
        chains.sort_unstable();
        let manifest = Self {
            clinic,
            number: previous.map_or(0, |previous| previous.number.saturating_add(1)),
            previous: previous.map_or(Digest::ZERO, Self::hash),
            time,
            chains,
        };
        if manifest.ascending() { Ok(manifest) } else { Err(ManifestError::Malformed("a chain twice")) }
    }

    /// Whose ledger.
    pub const fn clinic(&self) -> ClinicId {
        self.clinic
    }

    /// The manifest's number: from 0, without gaps.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The hash of the manifest before it; zero bytes for the first.
    pub const fn previous(&self) -> Digest {
        self.previous
    }

    /// When it was signed.
    pub const fn time(&self) -> Micros {
        self.time
    }

    /// The chains, ascending by id.
    pub fn chains(&self) -> &[ChainState] {
        &self.chains
    }

    /// The hash by which the next manifest names this one: SHA-256 over the text without signatures.
    pub fn hash(&self) -> Digest {
        sha256(&[self.text().as_bytes()])
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let (clinic, number, previous, time) = (self.clinic, self.number, self.previous.to_base64(), self.time.0);
        let mut text = format!("{TITLE}\nclinic {clinic}\nnumber {number}\nprevious {previous}\ntime {time}\n");
        for ChainState { chain, size, root, head } in &self.chains {
            text.push_str(&format!("chain {chain} {size} {} {}\n", root.to_base64(), head.to_base64()));
        }
        text
    }

    /// The manifest as a signed note.
    pub fn sign(&self, key: &SigningKey) -> Result<String, ManifestError> {
        Ok(SignedNote::sign(&self.text(), key)?)
    }

    /// Reads a note that one of these keys has signed.
    pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, ManifestError> {
        let note = SignedNote::parse(note)?;
        note.verify(keys)?;
        Self::parse(note.text())
    }

    /// Reads the text of a note without believing it.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        use ManifestError::Malformed;
        let mut lines = text.lines();
        let mut field = |name: &'static str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)).ok_or(Malformed(name))?;
            Ok::<_, ManifestError>(line.strip_prefix(' ').unwrap_or(line))
        };
        field(TITLE)?;
        let manifest = Self {
            clinic: field("clinic")?.parse().map_err(|_| Malformed("clinic"))?,
            number: decimal(field("number")?).ok_or(Malformed("number"))?,
            previous: Digest::from_base64(field("previous")?).ok_or(Malformed("previous"))?,
            time: signed_decimal(field("time")?).map(Micros).ok_or(Malformed("time"))?,
            chains: lines.map(ChainState::parse).collect::<Option<_>>().ok_or(Malformed("chain"))?,
        };
        if manifest.ascending() && manifest.text() == text { Ok(manifest) } else { Err(Malformed("another spelling")) }
    }

    fn ascending(&self) -> bool {
        self.chains.is_sorted_by(|a, b| a.chain < b.chain)
    }
}

impl ChainState {
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("chain ")?.split(' ');
        Some(Self {
            chain: parts.next()?.parse().ok()?,
            size: decimal(parts.next()?)?,
            root: Digest::from_base64(parts.next()?)?,
            head: Digest::from_base64(parts.next()?)?,
        })
    }
}
