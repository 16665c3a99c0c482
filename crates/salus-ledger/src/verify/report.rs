//! What a verification found, in types and in plain words.

use std::fmt;

use crate::{
    epoch::Epoch,
    words::{ChainId, ClinicId, Micros},
};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// An entry's bytes or hashes were altered where they stand.
    Edited,
    /// Entries are gone from the middle.
    Deleted,
    /// There is an entry (or a chain) that nobody wrote then.
    Inserted,
    /// Entries stand in another order.
    Reordered,
    /// An entry stands there twice.
    Duplicated,
    /// The end is gone, and something in the ledger itself still proves it.
    Truncated,
    /// All that is here agrees, and something kept elsewhere proves that there was more: an older copy was put back.
    RolledBack,
    /// The entries agree with each other and not with what was signed: the past was written anew.
    Forked,
    /// A checkpoint or manifest that no trusted key has signed, or that is none.
    BadSignature,
    /// An entry claims to be older than one before it, by more than is tolerated.
    ClockWentBack,
    /// A column that repeats part of an entry says something else than the entry.
    IndexColumnDiffers,
    /// Hashes fit, but the bytes are not a canonical entry.
    NotCanonical,
    /// An entry has lost its bytes before its time; its leaf is still there.
    Emptied,
    /// A whole chain is gone.
    ChainMissing,
    /// The manifests have a gap, or end too early.
    ManifestMissing,
}

impl Fault {
    /// Whether entries are in doubt; the others leave every entry as it was written.
    pub const fn breaks_chain(self) -> bool {
        !matches!(self, Self::ClockWentBack | Self::IndexColumnDiffers | Self::BadSignature | Self::ManifestMissing)
    }

    /// The fault in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
            Self::Duplicated => "duplicated",
            Self::Truncated => "cut off at the end",
            Self::RolledBack => "an older copy was put back",
            Self::Forked => "rewritten",
            Self::BadSignature => "not signed by a trusted key",
            Self::ClockWentBack => "the clock went back",
            Self::IndexColumnDiffers => "a search column differs",
            Self::NotCanonical => "not a canonical entry",
            Self::Emptied => "emptied",
            Self::ChainMissing => "the chain is missing",
            Self::ManifestMissing => "a manifest is missing",
        }
    }
}

/// One thing that is wrong: the first of its sort in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// In which chain; none when it is about the ledger as a whole.
    pub chain: Option<ChainId>,
    /// The first entry concerned.
    pub seq: Option<u64>,
    /// The last moment up to which a signature or an anchor agrees; none when there is no such moment.
    pub since: Option<Micros>,
    /// The end of the doubtful time; none when it goes on to the end.
    pub until: Option<Micros>,
    /// How it was noticed.
    pub why: String,
}

impl Finding {
    /// Which time can no longer be trusted, in words.
    pub fn window(&self) -> String {
        let to = self.until.map_or_else(|| String::from("the end"), |until| until.to_string());
        match (self.fault, self.since) {
            (Fault::IndexColumnDiffers, _) => String::from(
                "The entry itself is as it was written; searches and lists by that column are not to be trusted.",
            ),
            (Fault::Emptied, _) => String::from(
                "What it said is lost, and perhaps what others after it said; that they were there, in this order, is not.",
            ),
            (Fault::ClockWentBack, Some(since)) => {
                format!("Times between {to} and {since} are in doubt; what was written, and in which order, is not.")
            }
            (Fault::BadSignature, _) => {
                String::from("It proves nothing; what it would have proven rests on the others.")
            }
            (Fault::ManifestMissing, Some(since)) => {
                format!("Whole chains may have come and gone unseen between {since} and {to}.")
            }
            (Fault::ManifestMissing, None) => format!("Whole chains may have come and gone unseen up to {to}."),
            (_, Some(since)) => {
                format!("What was recorded in this chain from {since} to {to} can no longer be trusted.")
            }
            (_, None) => format!(
                "Nothing recorded in this chain up to {to} can be trusted: no signature or anchor before this point agrees."
            ),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.chain, self.seq) {
            (Some(chain), Some(seq)) => write!(f, "chain {chain}, entry {seq}")?,
            (Some(chain), None) => write!(f, "chain {chain}")?,
            _ => write!(f, "the ledger")?,
        }
        write!(f, ": {} ({}). {}", self.fault.words(), self.why, self.window())
    }
}

/// Whether signatures were held against keys that the caller trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// Yes.
    Checked,
    /// No key was given: the hashes agree or don't, but nobody vouches for them.
    NotChecked,
}

/// What was seen of one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// Which.
    pub chain: ChainId,
    /// How many rows were read.
    pub entries: u64,
    /// Up to which size a checkpoint or manifest signed by a trusted key agrees.
    pub signed: u64,
    /// Up to which size something kept elsewhere agrees. Beyond it, who can rewrite the ledger and its keys goes unseen.
    pub anchored: u64,
    /// Changes that were announced and have no outcome: the process died, or they are under way.
    pub open_changes: u64,
    /// The first of these.
    pub oldest_open: Option<u64>,
    /// Entries that declare a restore from backup, whether or not they count: see [`Report::restored`].
    pub restores: Vec<u64>,
    /// How many rows have lost their bytes, rightly or not.
    pub emptied: u64,
    /// How many of these are old enough only by a column that nobody vouches for.
    pub undated: u64,
}

/// A restore from backup that was declared and counts. It explains why something known from elsewhere is gone; whether
/// the restore itself was right, people must judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The chain that declares it.
    pub chain: ChainId,
    /// The entry.
    pub seq: u64,
    /// When it was written.
    pub when: Micros,
    /// What it says.
    pub epoch: Epoch,
    /// Chains that were longer, by what is known from elsewhere, and how long: what the restore explains.
    pub beyond: Vec<(ChainId, u64)>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whose ledger.
    pub clinic: ClinicId,
    /// What was seen of each chain.
    pub chains: Vec<ChainReport>,
    /// How many checkpoints were read, good or bad.
    pub checkpoints: u64,
    /// How many manifests were read, good or bad.
    pub manifests: u64,
    /// How many points kept elsewhere were given.
    pub anchors: u64,
    /// Whether anybody vouches.
    pub signatures: Signatures,
    /// Restores from backup that were declared and count.
    pub restored: Vec<Restored>,
    /// What is wrong: first the chains, by id and entry, then the ledger as a whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing is wrong, as far as could be seen. See [`Report::limits`] for how far that is.
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }

    /// The first thing wrong.
    pub fn first(&self) -> Option<&Finding> {
        self.findings.first()
    }

    /// How many entries were read.
    pub fn entries(&self) -> u64 {
        self.chains.iter().map(|chain| chain.entries).sum()
    }

    /// What this verification could not have seen, in words; empty only when everything is signed and anchored.
    pub fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        if self.signatures == Signatures::NotChecked {
            limits.push(String::from("No trusted key was given: a ledger rewritten as a whole would look the same."));
        }
        for chain in &self.chains {
            let (id, all) = (chain.chain, chain.entries);
            if chain.emptied > 0 {
                limits.push(format!(
                    "Chain {id}: {} of {all} entries were emptied: what they said is gone, and what the columns beside \
                     them say can't be checked.",
                    chain.emptied
                ));
            }
            if chain.undated > 0 {
                limits.push(format!(
                    "Chain {id}: that the last {} of its emptied entries were old enough is said by such a column alone.",
                    chain.undated
                ));
            }
            let loose = all.saturating_sub(chain.signed);
            if loose > 0 && self.signatures == Signatures::Checked {
                limits.push(format!(
                    "Chain {id}: the last {loose} of {all} entries are not signed yet; they could be rewritten or cut off unseen."
                ));
            }
            let unanchored = all.saturating_sub(chain.anchored);
            if unanchored > 0 {
                limits.push(format!(
                    "Chain {id}: {unanchored} of {all} entries lie beyond what is known from elsewhere; whoever can drop \
                     checkpoints, put an older copy back or holds the key could have changed them unseen."
                ));
            }
        }
        limits
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, seq, when, epoch: Epoch { made, reason, .. }, .. } = self;
        write!(f, "restored on {when} from a backup of {made} ({reason}; chain {chain}, entry {seq}). ")?;
        write!(f, "What was recorded between these two moments is gone.")?;
        for (chain, known) in &self.beyond {
            let here = self.epoch.chains.iter().find(|named| named.chain == *chain).map_or(0, |named| named.size);
            write!(f, " Chain {chain} ended at {here} entries; {known} are known from elsewhere.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entries, chains) = (self.entries(), self.chains.len());
        writeln!(
            f,
            "{entries} entries in {chains} chains, {} checkpoints, {} manifests, {} anchors",
            self.checkpoints, self.manifests, self.anchors
        )?;
        self.findings.iter().try_for_each(|finding| writeln!(f, "BAD  {finding}"))?;
        if self.is_intact() {
            writeln!(f, "Nothing wrong was found.")?;
        }
        for chain in self.chains.iter().filter(|chain| chain.open_changes > 0) {
            writeln!(f, "OPEN chain {}: {} changes without an outcome", chain.chain, chain.open_changes)?;
        }
        self.restored.iter().try_for_each(|restored| writeln!(f, "NOTE {restored}"))?;
        for chain in &self.chains {
            let counts = |seq: &&u64| !self.restored.iter().any(|by| (by.chain, by.seq) == (chain.chain, **seq));
            for seq in chain.restores.iter().filter(counts) {
                let id = chain.chain;
                writeln!(
                    f,
                    "NOTE chain {id}: entry {seq} declares a restore and explains nothing: not signed, or not whole"
                )?;
            }
        }
        self.limits().iter().try_for_each(|limit| writeln!(f, "NOTE {limit}"))
    }
}
