//! Follows one chain row by row, with a memory that does not grow with it.

use std::collections::{BTreeSet, VecDeque};

use super::{
    IndexColumns, StoredEntry,
    epochs::{Declared, Doubt, Missing},
    evidence::{Claim, Claims, Source},
    purged::{Beginning, Purge, emptied},
    report::{ChainReport, Fault, Finding, Restored},
    suspect::Suspect,
};
use crate::{
    canonical::DecodeError,
    entry::{Entry, Kind, System},
    epoch::Epoch,
    hash::{Digest, chain_head, leaf_hash},
    merkle::Frontier,
    words::{ChainId, ClinicId, Micros, len64},
};

/// How many leaves are kept, to tell a copy from a forgery.
const REMEMBERED: usize = 1024;

/// The state of a chain that is being read.
pub(super) struct ChainCheck {
    clinic: ClinicId,
    pub chain: ChainId,
    claims: Claims,
    tolerance: i64,
    /// Whether there are keys: then a purge counts only once it is signed.
    vouched: bool,
    rows: u64,
    head: Digest,
    frontier: Frontier,
    recent: VecDeque<Digest>,
    suspect: Option<Suspect>,
    index: Option<Finding>,
    clock: Option<Finding>,
    pub first_recorded: Option<Micros>,
    latest: Option<Micros>,
    agreed: (u64, Option<Micros>),
    signed: u64,
    anchored: u64,
    open: BTreeSet<u64>,
    restores: Vec<u64>,
    declared: Vec<Declared>,
    restored: Vec<Restored>,
    purged: Beginning,
    emptied: Option<Finding>,
    emptied_rows: u64,
    purges: Vec<Purge>,
    cutoff: Option<Micros>,
}

/// What there is to say of a chain that was read.
pub(super) struct Done {
    pub report: ChainReport,
    pub findings: Vec<Finding>,
    /// The emptied rows with which it begins: judged when all purges are known.
    pub purged: Beginning,
    /// The latest cutoff of the purges in it that count.
    pub cutoff: Option<Micros>,
    /// The restores in it that count.
    pub restored: Vec<Restored>,
    /// Its end is known from elsewhere and not here: judged when all restores are known.
    pub doubt: Option<Doubt>,
}

impl ChainCheck {
    pub fn new(clinic: ClinicId, chain: ChainId, claims: Claims, tolerance: i64, vouched: bool) -> Self {
        let mut check = Self {
            clinic,
            chain,
            claims,
            tolerance,
            vouched,
            rows: 0,
            head: Digest::ZERO,
            frontier: Frontier::new(),
            recent: VecDeque::new(),
            suspect: None,
            index: None,
            clock: None,
            first_recorded: None,
            latest: None,
            agreed: (0, None),
            signed: 0,
            anchored: 0,
            open: BTreeSet::new(),
            restores: Vec::new(),
            declared: Vec::new(),
            restored: Vec::new(),
            purged: Beginning::default(),
            emptied: None,
            emptied_rows: 0,
            purges: Vec::new(),
            cutoff: None,
        };
        check.suspect = check.compare_claims();
        check
    }

    /// Takes the next row, in the order of the column `seq`.
    pub fn row(&mut self, row: &StoredEntry) {
        self.rows = self.rows.saturating_add(1);
        self.emptied_rows = self.emptied_rows.saturating_add(u64::from(row.canonical.is_none()));
        match &mut self.suspect {
            Some(suspect) => suspect.witness(row.canonical.as_deref()),
            None => self.suspect = self.judge(row).err(),
        }
    }

    /// Accepts the row as the next one, or says what is the matter.
    fn judge(&mut self, row: &StoredEntry) -> Result<(), Suspect> {
        let next = self.frontier.size();
        let Some(canonical) = &row.canonical else { return self.judge_purged(row) };
        let leaf = leaf_hash(canonical);
        let leaf_fits = leaf == row.leaf;
        let entry = Entry::from_canonical(canonical);
        let inside = entry.as_ref().ok().map(|entry| entry.seq);
        let intruder = inside.map(|number| (number, leaf));

        self.judge_number(row.seq, &leaf)?;
        if !leaf_fits {
            return Err(Suspect::perhaps(Fault::Edited, next, intruder, "its bytes do not fit its leaf"));
        }
        let entry = entry.map_err(|error| not_canonical(next, &error))?;
        if (entry.clinic, entry.chain) != (self.clinic, self.chain) {
            return Err(Suspect::certain(Fault::Inserted, next, "it says that it belongs to another chain"));
        }
        if entry.seq > next {
            return Err(Suspect::perhaps(Fault::Deleted, next, intruder, "a later entry stands in its place"));
        }
        if entry.seq < next {
            let fault = self.copy_or_forgery(entry.seq, &leaf);
            return Err(Suspect::certain(fault, next, "an earlier number stands in its place"));
        }
        let head = chain_head(&self.head, &leaf);
        if head != row.head {
            return Err(Suspect::perhaps(
                Fault::Edited,
                next,
                intruder,
                "its head does not follow from the one before",
            ));
        }
        self.accept(&entry, leaf, head);
        self.compare_index(&entry, row.index.as_ref());
        self.compare_claims().map_or(Ok(()), Err)
    }

    fn judge_number(&self, seq: u64, leaf: &Digest) -> Result<(), Suspect> {
        let next = self.frontier.size();
        if seq > next {
            return Err(Suspect::perhaps(Fault::Deleted, next, None, "its number is not there"));
        }
        if seq < next {
            return Err(Suspect::certain(self.copy_or_forgery(seq, leaf), seq, "its number is there twice"));
        }
        Ok(())
    }

    /// Accepts a row without bytes by its leaf. Whether it may be without them is decided when all purges are known,
    /// except that a purge begins at the chain's beginning.
    fn judge_purged(&mut self, row: &StoredEntry) -> Result<(), Suspect> {
        let next = self.frontier.size();
        self.judge_number(row.seq, &row.leaf)?;
        let head = chain_head(&self.head, &row.leaf);
        if head != row.head {
            return Err(Suspect::perhaps(Fault::Edited, next, None, "its head does not follow from the one before"));
        }
        self.append(row.leaf, head);
        if self.purged.rows == next {
            self.purged.push(row.column_recorded());
        } else {
            let chain = self.chain;
            self.emptied.get_or_insert_with(|| emptied(chain, next, String::from("it follows one that has its bytes")));
        }
        self.first_recorded.get_or_insert(row.column_recorded());
        self.compare_claims().map_or(Ok(()), Err)
    }

    fn append(&mut self, leaf: Digest, head: Digest) {
        self.head = head;
        self.frontier.append(leaf);
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(leaf);
    }

    fn accept(&mut self, entry: &Entry, leaf: Digest, head: Digest) {
        self.append(leaf, head);
        self.first_recorded.get_or_insert(entry.recorded);
        match entry.draft.kind {
            Kind::Change => {
                self.open.insert(entry.seq);
            }
            Kind::System(System::RestoreEpoch) => {
                self.restores.push(entry.seq);
                let declared = |epoch| Declared::new(entry.seq, entry.recorded, epoch);
                self.declared.extend(Epoch::of(entry).map(declared));
            }
            Kind::System(System::Purge) => self.purges.extend(Purge::of(entry)),
            Kind::Outcome => {
                entry.draft.about.map(|about| self.open.remove(&about));
            }
            _ => {}
        }
        match self.latest {
            Some(latest) if latest.since(entry.recorded) > self.tolerance => {
                self.clock.get_or_insert_with(|| Finding {
                    fault: Fault::ClockWentBack,
                    chain: Some(self.chain),
                    seq: Some(entry.seq),
                    since: Some(latest),
                    until: Some(entry.recorded),
                    why: format!("it is dated {}, after an entry of {latest}", entry.recorded),
                });
            }
            latest => self.latest = latest.max(Some(entry.recorded)),
        }
    }

    fn compare_index(&mut self, entry: &Entry, index: Option<&IndexColumns>) {
        let Some(column) = index.and_then(|index| index.differs_from(entry)) else { return };
        self.index.get_or_insert_with(|| Finding {
            fault: Fault::IndexColumnDiffers,
            chain: Some(self.chain),
            seq: Some(entry.seq),
            since: None,
            until: None,
            why: format!("the column {column} says something else"),
        });
    }

    /// Holds the chain as it is now against every claim about this size.
    fn compare_claims(&mut self) -> Option<Suspect> {
        let size = self.frontier.size();
        let claims = self.claims.remove(&size)?;
        let root = self.frontier.root();
        let fits = |claim: &Claim| claim.root.is_none_or(|r| r == root) && claim.head.is_none_or(|h| h == self.head);
        if !claims.iter().all(fits) {
            let why = format!("up to {size} entries agree with each other and not with what was signed or is known");
            return Some(Suspect::certain(Fault::Forked, self.agreed.0, &why));
        }
        let vouched = |at_least: Source| claims.iter().filter(move |claim| claim.source >= at_least);
        if vouched(Source::Signed).next().is_some() {
            let time = vouched(Source::Signed).filter_map(|claim| claim.time).min();
            self.signed = size;
            self.agreed = (size, time.or(self.agreed.1));
            if time.is_some() && self.vouched {
                self.settle(size, time);
            }
        }
        if let Some(made) = claims.iter().filter_map(|claim| claim.made).min() {
            self.purged.stamp(size, made);
        }
        if vouched(Source::Anchor).next().is_some() {
            self.anchored = size;
        }
        None
    }

    /// The purges and restores before this size are settled: they count, or never will.
    fn settle(&mut self, size: u64, signed: Option<Micros>) {
        let ready = self.purges.extract_if(.., |purge| purge.seq < size);
        let cutoff = ready.filter_map(|purge| purge.counts(signed, self.tolerance)).max();
        self.cutoff = self.cutoff.max(cutoff);
        let ready = self.declared.extract_if(.., |declared| declared.seq < size);
        self.restored.extend(ready.map(|declared| declared.counts(self.chain, signed, self.tolerance)));
    }

    /// A leaf that stood at that place before is a copy; another one is a forgery. Too long ago: taken for a copy.
    fn copy_or_forgery(&self, seq: u64, leaf: &Digest) -> Fault {
        let back = self.frontier.size().saturating_sub(seq);
        let index = len64(self.recent.len()).checked_sub(back).and_then(|index| usize::try_from(index).ok());
        match index.and_then(|index| self.recent.get(index)) {
            Some(known) if known != leaf => Fault::Inserted,
            _ => Fault::Duplicated,
        }
    }

    /// The chain has no more rows.
    pub fn finish(mut self) -> Done {
        let size = self.frontier.size();
        let suspect = self.suspect.take().or_else(|| self.shorter_than_claimed(size));
        let rolled_back = if suspect.is_none() { self.shorter_than_known(size) } else { None };
        if !self.vouched {
            self.settle(suspect.as_ref().map_or(size, |suspect| suspect.seq), None);
        }
        let until = self.claims.values().flatten().filter_map(|claim| claim.time).max().max(self.latest);
        let finding = |suspect: Suspect| Finding {
            fault: suspect.verdict(),
            chain: Some(self.chain),
            seq: Some(suspect.seq),
            since: self.agreed.1,
            until,
            why: suspect.why,
        };
        let doubt = rolled_back.map(|(suspect, known, latest)| {
            let what = Missing::End { chain: self.chain, size, root: self.frontier.root(), known };
            Doubt { finding: finding(suspect), what, latest }
        });
        let broken = suspect.map(finding);
        let report = ChainReport {
            chain: self.chain,
            entries: self.rows,
            signed: self.signed,
            anchored: self.anchored,
            open_changes: len64(self.open.len()),
            oldest_open: self.open.first().copied(),
            restores: self.restores,
            emptied: self.emptied_rows,
            undated: 0,
        };
        let findings = broken.into_iter().chain(self.emptied).chain(self.index).chain(self.clock).collect();
        Done { report, findings, purged: self.purged, cutoff: self.cutoff, restored: self.restored, doubt }
    }

    fn shorter_than_claimed(&self, size: u64) -> Option<Suspect> {
        let of_here = |claims: &[Claim]| claims.iter().any(|claim| claim.source != Source::Anchor);
        let (claimed, _) = self.claims.range(size..).rev().find(|(_, claims)| of_here(claims))?;
        let why = format!("a checkpoint or manifest here counts {claimed} entries, there are {size}");
        Some(Suspect::certain(Fault::Truncated, size, &why))
    }

    /// The same by what is known from elsewhere, with the largest size known, and when it was last known to be larger.
    fn shorter_than_known(&self, size: u64) -> Option<(Suspect, u64, Option<Micros>)> {
        let (known, _) = self.claims.range(size..).next_back()?;
        let why = format!("{known} entries are known from elsewhere, there are {size}");
        let times = self.claims.range(size..).flat_map(|(_, claims)| claims).map(|claim| claim.latest);
        // A claim without a time is explained by no restore.
        let latest = times.collect::<Option<Vec<_>>>().and_then(|times| times.into_iter().max());
        Some((Suspect::certain(Fault::RolledBack, size, &why), *known, latest))
    }
}

fn not_canonical(seq: u64, error: &DecodeError) -> Suspect {
    Suspect::certain(Fault::NotCanonical, seq, &error.to_string())
}
