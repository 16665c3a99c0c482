//! An epoch: the entry by which a restore from backup is declared, so that a shorter past is not taken for a theft.
//!
//! It is an entry like any other, of kind [`System::RestoreEpoch`]; what it names stands in its rows, in words that no
//! table of a database has. A verifier believes one only when it is signed, and always shows it.

use crate::{
    entry::{Actor, Entry, EntryDraft, Kind, Outcome, Resource, RowVersion, System},
    hash::Digest,
    words::{ChainId, Micros, Word, WordError},
};

const CHAIN: &str = "epoch:chain";
const MANIFEST: &str = "epoch:manifest";
const ARCHIVE: &str = "epoch:archive";
const LOST: &str = "epoch:lost";

/// A restore from backup, in the words of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// The archive's id.
    pub archive: String,
    /// When the archive was made: what was written after this is gone.
    pub made: Micros,
    /// The digest of the archive's manifest.
    pub digest: Digest,
    /// Why, in a word.
    pub reason: Word,
    /// Every chain that came out of the archive, with its size and root. None of them is continued.
    pub chains: Vec<EpochChain>,
    /// The number and hash of the newest manifest that came out of the archive.
    pub manifest: Option<(u64, Digest)>,
    /// Sizes and roots that were known from elsewhere when the archive was restored, and are gone.
    pub lost: Vec<EpochChain>,
}

/// One chain, as an epoch names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochChain {
    /// Which.
    pub chain: ChainId,
    /// How many entries.
    pub size: u64,
    /// The Merkle root over their leaves.
    pub root: Digest,
}

impl Epoch {
    /// The entry that declares it.
    pub fn draft(&self, request: [u8; 16], actor: Actor) -> Result<EntryDraft, WordError> {
        let row = |table: &str, id: String, version: u64, digest: Digest| {
            Ok(RowVersion { table: Word::new(table)?, id, version, digest })
        };
        let made = u64::try_from(self.made.0).unwrap_or(0);
        let mut rows = vec![row(ARCHIVE, self.archive.clone(), made, self.digest)?];
        for (table, chains) in [(CHAIN, &self.chains), (LOST, &self.lost)] {
            for known in chains {
                rows.push(row(table, known.chain.to_string(), known.size, known.root)?);
            }
        }
        if let Some((number, hash)) = self.manifest {
            rows.push(row(MANIFEST, number.to_string(), number, hash)?);
        }
        let (kind, action) = (Kind::System(System::RestoreEpoch), Word::new("restore-backup")?);
        let mut draft = EntryDraft::new(kind, request, actor, action, self.reason.clone(), Outcome::Done);
        draft.resource = Some(Resource { kind: Word::new("Backup")?, id: Some(self.archive.clone()) });
        draft.rows = rows;
        Ok(draft)
    }

    /// What an entry declares; none when it is no epoch, or does not say all that one says.
    pub fn of(entry: &Entry) -> Option<Self> {
        let draft = &entry.draft;
        if draft.kind != Kind::System(System::RestoreEpoch) || draft.outcome != Outcome::Done {
            return None;
        }
        let named = |table: &'static str| draft.rows.iter().filter(move |row| row.table.as_str() == table);
        let chains = |table: &'static str| {
            let chain = |row: &RowVersion| {
                Some(EpochChain { chain: row.id.parse().ok()?, size: row.version, root: row.digest })
            };
            named(table).map(chain).collect::<Option<Vec<_>>>()
        };
        let archive = named(ARCHIVE).next()?;
        Some(Self {
            archive: archive.id.clone(),
            made: Micros(i64::try_from(archive.version).ok()?),
            digest: archive.digest,
            reason: draft.purpose.clone(),
            chains: chains(CHAIN)?,
            manifest: named(MANIFEST).next().map(|row| (row.version, row.digest)),
            lost: chains(LOST)?,
        })
    }
}
