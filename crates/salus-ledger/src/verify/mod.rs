//! Reads a ledger back and says what is wrong with it, and just as plainly what it could not have seen.
//!
//! First the [`Evidence`]: trusted keys, checkpoints, manifests, points known from elsewhere. Then the rows, chain by
//! chain, each in the order of its numbers. Memory grows with checkpoints, chains and emptied rows, not with entries.
//!
//! | what was done to the rows | rows alone | + signed checkpoints | + anchor kept elsewhere |
//! |---|---|---|---|
//! | edited, deleted, inserted, reordered, doubled | seen | seen | seen |
//! | the same, all hashes made anew | **not seen** | seen while a later checkpoint survives | seen |
//! | the end cut off, an older copy put back | **not seen** | seen while a newer checkpoint survives | seen |
//! | the same with the key, checkpoints made anew | **not seen** | **not seen** | seen up to the anchor |
//! | emptied before its time | seen | seen | seen |
//! | never written at all | **never** | **never** | **never** |
//!
//! That something known from elsewhere is not here is no theft when a restore from backup was declared and signed
//! ([`crate::Epoch`]); the report says so and since when.
//!
//! An emptied row has its leaf and no bytes. The leaf proves its place as before; why the bytes are gone, a signed
//! [`crate::System::Purge`] entry must say.

mod chain;
mod epochs;
mod evidence;
mod purged;
mod report;
mod suspect;

use std::collections::BTreeSet;

use chain::ChainCheck;
use epochs::{Doubt, Missing};
use evidence::Source;
pub use evidence::{Anchor, Evidence};
use purged::Beginning;
pub use report::{ChainReport, Fault, Finding, Report, Restored, Signatures};

use crate::{
    entry::Entry,
    hash::Digest,
    words::{ChainId, Micros},
};

/// How long before the latest manifest a chain that it does not list may have begun: 10 minutes.
const UNLISTED_FOR: i64 = 600_000_000;

/// A row of the ledger as the database returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The column `chain`.
    pub chain: ChainId,
    /// The column `seq`.
    pub seq: u64,
    /// The entry's bytes; none after a purge.
    pub canonical: Option<Vec<u8>>,
    /// The column `leaf`; when it is not 32 bytes long, [`Digest::ZERO`] stands for it.
    pub leaf: Digest,
    /// The column `head`, likewise.
    pub head: Digest,
    /// The columns that repeat parts of the entry for searching; none in an export, but of a purged row the time.
    pub index: Option<IndexColumns>,
}

impl StoredEntry {
    /// The column `recorded`; without one, the end of time, which no purge reaches.
    pub(crate) fn column_recorded(&self) -> Micros {
        self.index.as_ref().map_or(Micros(i64::MAX), |index| index.recorded)
    }
}

/// The columns beside an entry that repeat parts of it. Nobody else notices when they are altered, and beside a purged
/// one nobody at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexColumns {
    /// [`Entry::recorded`].
    pub recorded: Micros,
    /// [`crate::Kind::word`].
    pub kind: String,
    /// The action.
    pub action: String,
    /// [`crate::Actor::account`].
    pub account: Option<String>,
    /// The patient.
    pub patient: Option<String>,
    /// The patients of a list, when they are repeated anywhere (in a table of their own, in any order).
    pub patients: Option<Vec<String>>,
}

impl IndexColumns {
    /// The columns that belong to this entry.
    pub fn of(entry: &Entry) -> Self {
        let draft = &entry.draft;
        Self {
            recorded: entry.recorded,
            kind: String::from(draft.kind.word()),
            action: String::from(draft.action.as_str()),
            account: draft.actor.account().map(String::from),
            patient: draft.patient.clone(),
            patients: Some(draft.patients.clone()),
        }
    }

    /// The name of the first column that says something else than the entry.
    fn differs_from(&self, entry: &Entry) -> Option<&'static str> {
        let right = Self::of(entry);
        let set = |list: &Option<Vec<String>>| list.iter().flatten().cloned().collect::<BTreeSet<_>>();
        let differs = [
            ("recorded", self.recorded != right.recorded),
            ("kind", self.kind != right.kind),
            ("action", self.action != right.action),
            ("account", self.account != right.account),
            ("patient", self.patient != right.patient),
            ("patients", self.patients.is_some() && set(&self.patients) != set(&right.patients)),
        ];
        differs.into_iter().find_map(|(column, differs)| differs.then_some(column))
    }
}

/// Reads rows and keeps the first thing wrong of each chain.
pub struct Verifier {
    evidence: Evidence,
    current: Option<ChainCheck>,
    done: Vec<(ChainReport, Beginning)>,
    /// Up to when purges that count have emptied.
    cutoff: Option<Micros>,
    findings: Vec<Finding>,
    restored: Vec<Restored>,
    doubts: Vec<Doubt>,
    seen: BTreeSet<ChainId>,
}

impl Verifier {
    /// Starts on the rows; all evidence must be in by now.
    pub const fn new(evidence: Evidence) -> Self {
        Self {
            evidence,
            current: None,
            done: Vec::new(),
            cutoff: None,
            findings: Vec::new(),
            restored: Vec::new(),
            doubts: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Takes the next row: one chain after the other, within a chain ascending by the column `seq`.
    pub fn entry(&mut self, row: &StoredEntry) {
        if self.current.as_ref().is_none_or(|current| current.chain != row.chain) {
            self.end_chain();
            self.begin_chain(row.chain);
        }
        if let Some(current) = &mut self.current {
            current.row(row);
        }
    }

    fn begin_chain(&mut self, chain: ChainId) {
        if !self.seen.insert(chain) {
            let why = String::from("its rows come in several pieces");
            let finding =
                Finding { fault: Fault::Reordered, chain: Some(chain), seq: None, since: None, until: None, why };
            self.findings.push(finding);
        }
        let claims = self.evidence.claims.remove(&chain).unwrap_or_default();
        let vouched = self.evidence.signatures() == Signatures::Checked;
        self.current = Some(ChainCheck::new(self.evidence.clinic, chain, claims, self.evidence.tolerance, vouched));
    }

    fn end_chain(&mut self) {
        let Some(chain) = self.current.take() else { return };
        self.check_listed(&chain);
        let done = chain.finish();
        self.done.push((done.report, done.purged));
        self.cutoff = self.cutoff.max(done.cutoff);
        self.findings.extend(done.findings);
        self.restored.extend(done.restored);
        self.doubts.extend(done.doubt);
    }

    /// A chain that began long before the latest manifest and is not in it was smuggled in.
    fn check_listed(&mut self, chain: &ChainCheck) {
        let (Some(manifest), Some(began)) = (&self.evidence.last_manifest, chain.first_recorded) else { return };
        let listed = manifest.chains().iter().any(|state| state.chain == chain.chain);
        if !listed && manifest.time().since(began) > UNLISTED_FOR {
            self.findings.push(Finding {
                fault: Fault::Inserted,
                chain: Some(chain.chain),
                seq: Some(0),
                since: None,
                until: None,
                why: format!(
                    "it begins on {began} and manifest {} of {} has no such chain",
                    manifest.number(),
                    manifest.time()
                ),
            });
        }
    }

    /// There are no more rows: what is wrong, and what is missing altogether.
    pub fn finish(mut self) -> Report {
        self.end_chain();
        self.evidence.close();
        for (report, purged) in &mut self.done {
            report.undated = purged.undated(self.cutoff);
            if let Some(finding) = purged.unaccounted(report.chain, self.cutoff, self.evidence.tolerance) {
                // The first of its sort alone: one in the middle comes after it.
                self.findings.retain(|other| other.fault != Fault::Emptied || other.chain != finding.chain);
                self.findings.push(finding);
            }
        }
        for (chain, claims) in std::mem::take(&mut self.evidence.claims) {
            let Some((size, last)) = claims.last_key_value().filter(|(size, _)| **size > 0) else { continue };
            let finding = Finding {
                fault: Fault::ChainMissing,
                chain: Some(chain),
                seq: Some(0),
                since: None,
                until: last.iter().filter_map(|claim| claim.time).max(),
                why: format!("{size} entries are signed or known from elsewhere, there are none"),
            };
            let all: Vec<_> = claims.values().flatten().collect();
            if all.iter().any(|claim| claim.source != Source::Anchor) {
                self.findings.push(finding);
            } else {
                let times = all.iter().map(|claim| claim.latest).collect::<Option<Vec<_>>>();
                let latest = times.and_then(|times| times.into_iter().max());
                self.doubts.push(Doubt { finding, what: Missing::Chain { chain, known: *size }, latest });
            }
        }
        self.doubts.append(&mut self.evidence.doubts);
        for doubt in self.doubts {
            self.findings.extend(doubt.settle(&mut self.restored));
        }
        let signatures = self.evidence.signatures();
        let mut findings = self.findings;
        findings.append(&mut self.evidence.findings);
        // A broken chain comes before a bad signature on it, and both before what concerns the ledger as a whole.
        findings.sort_by_key(|finding| {
            (finding.chain.is_none(), !finding.fault.breaks_chain(), finding.chain, finding.seq)
        });
        Report {
            clinic: self.evidence.clinic,
            chains: self.done.into_iter().map(|(report, _)| report).collect(),
            checkpoints: self.evidence.checkpoints,
            manifests: self.evidence.manifests,
            anchors: self.evidence.anchors,
            signatures,
            restored: self.restored,
            findings,
        }
    }
}
