//! The writing end of a chain: gives an entry its place, its hashes, and now and then asks for a signature.

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::{Entry, EntryDraft, Invalid},
    hash::{Digest, chain_head, leaf_hash},
    keys::SigningKey,
    merkle::Frontier,
    verify::StoredEntry,
    words::{ChainId, ClinicId, Micros},
};

/// After how many new entries a checkpoint is due.
pub const DUE_ENTRIES: u64 = 256;
/// After how many microseconds a checkpoint is due, when there is anything new.
pub const DUE_AFTER: i64 = 60_000_000;

/// The state of one chain's only writer. It does no I/O: what [`ChainWriter::append`] returns is to be stored at once.
#[derive(Debug, Clone)]
pub struct ChainWriter {
    clinic: ClinicId,
    chain: ChainId,
    head: Digest,
    frontier: Frontier,
    signed_size: u64,
    /// When the last checkpoint was made, or when the first entry after none was.
    since: Option<Micros>,
}

/// An entry with its place and hashes: one row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Its place in the chain.
    pub seq: u64,
    /// Its bytes.
    pub canonical: Vec<u8>,
    /// Its leaf in the tree.
    pub leaf: Digest,
    /// The chain's head after it.
    pub head: Digest,
}

/// A signed checkpoint with what a restart needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The signed note.
    pub note: String,
    /// [`Frontier::to_bytes`] at that size.
    pub frontier: Vec<u8>,
}

/// Why a chain can't be taken up again from what is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError {
    /// The checkpoint is of another clinic or chain.
    #[error("the checkpoint belongs to another chain")]
    OtherChain,
    /// The frontier is not the one whose root was signed.
    #[error("the stored frontier does not lead to the signed root")]
    Frontier,
    /// An entry after the checkpoint is missing or altered.
    #[error("entry {0} does not follow from the one before it")]
    Entry(u64),
}

impl ChainWriter {
    /// A new chain.
    pub const fn new(clinic: ClinicId, chain: ChainId) -> Self {
        Self { clinic, chain, head: Digest::ZERO, frontier: Frontier::new(), signed_size: 0, since: None }
    }

    /// Takes a chain up again: from its last checkpoint, opened with the ledger's keys, and the rows after it in order.
    ///
    /// Both the frontier and the rows are recomputed, so a writer never signs what it did not check. Rows that a purge
    /// has emptied may come first, with no row that has its bytes before them; whether they were old enough is the
    /// verifier's question. The rows' index columns are not looked at.
    pub fn resume(
        clinic: ClinicId,
        chain: ChainId,
        last: Option<(&Checkpoint, &[u8])>,
        after: impl IntoIterator<Item = StoredEntry>,
    ) -> Result<Self, ResumeError> {
        let mut writer = Self::new(clinic, chain);
        if let Some((checkpoint, frontier)) = last {
            if checkpoint.clinic != clinic || checkpoint.chain != chain {
                return Err(ResumeError::OtherChain);
            }
            let frontier = Frontier::from_bytes(frontier).ok_or(ResumeError::Frontier)?;
            if frontier.size() != checkpoint.size || frontier.root() != checkpoint.root {
                return Err(ResumeError::Frontier);
            }
            writer.frontier = frontier;
            writer.head = checkpoint.head;
            writer.signed_size = checkpoint.size;
            writer.since = Some(checkpoint.time);
        }
        let mut whole = false;
        for row in after {
            let wrong = ResumeError::Entry(row.seq);
            let (leaf, recorded) = match &row.canonical {
                Some(canonical) => {
                    let Ok(entry) = Entry::from_canonical(canonical) else { return Err(wrong) };
                    if (entry.clinic, entry.chain, entry.seq) != (clinic, chain, row.seq) {
                        return Err(wrong);
                    }
                    whole = true;
                    (leaf_hash(canonical), entry.recorded)
                }
                None if whole => return Err(wrong),
                // Long ago, so that a signature is due at once.
                None => (row.leaf, Micros(i64::MIN)),
            };
            let head = chain_head(&writer.head, &leaf);
            if (row.chain, row.seq, row.leaf, row.head) != (chain, writer.next_seq(), leaf, head) {
                return Err(wrong);
            }
            writer.push(leaf, head, recorded);
        }
        Ok(writer)
    }

    /// Which chain.
    pub const fn chain(&self) -> ChainId {
        self.chain
    }

    /// The number the next entry gets; also how many there are.
    pub const fn next_seq(&self) -> u64 {
        self.frontier.size()
    }

    /// The chain's head.
    pub const fn head(&self) -> Digest {
        self.head
    }

    /// The Merkle root over all entries so far.
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Gives an entry its place. When storing it fails, drop this writer and [`ChainWriter::resume`] from what is stored.
    ///
    /// `now` is written as it is, also when the clock went back: a log that smooths its times hides something.
    pub fn append(&mut self, draft: EntryDraft, now: Micros) -> Result<Appended, Invalid> {
        let seq = self.next_seq();
        let entry = Entry { clinic: self.clinic, chain: self.chain, seq, recorded: now, draft };
        let canonical = entry.canonical()?;
        let leaf = leaf_hash(&canonical);
        let head = chain_head(&self.head, &leaf);
        self.push(leaf, head, now);
        Ok(Appended { seq, canonical, leaf, head })
    }

    fn push(&mut self, leaf: Digest, head: Digest, recorded: Micros) {
        self.frontier.append(leaf);
        self.head = head;
        self.since.get_or_insert(recorded);
    }

    /// Whether a checkpoint is due: 256 new entries, or 60 seconds and at least one.
    pub fn checkpoint_due(&self, now: Micros) -> bool {
        let new = self.next_seq().saturating_sub(self.signed_size);
        let waited = self.since.map_or(0, |since| now.since(since));
        new >= DUE_ENTRIES || (new > 0 && waited >= DUE_AFTER)
    }

    /// Signs the chain as it is. Call it only when all its entries are stored.
    pub fn checkpoint(&mut self, key: &SigningKey, now: Micros) -> Result<SealedCheckpoint, CheckpointError> {
        let checkpoint = Checkpoint {
            clinic: self.clinic,
            chain: self.chain,
            size: self.next_seq(),
            root: self.root(),
            time: now,
            head: self.head,
        };
        let note = checkpoint.sign(key)?;
        self.signed_size = checkpoint.size;
        self.since = Some(now);
        Ok(SealedCheckpoint { checkpoint, note, frontier: self.frontier.to_bytes() })
    }
}
