//! What the entries are held against: signed checkpoints and manifests, and points known from elsewhere.

use std::collections::BTreeMap;

use super::{
    epochs::{Doubt, Missing},
    report::{Fault, Finding, Signatures},
};
use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    hash::Digest,
    keys::VerifyingKey,
    manifest::{Manifest, ManifestError},
    note::{NoteError, SignedNote},
    words::{ChainId, ClinicId, Micros},
};

/// How far a clock may go back before it is reported: 2 seconds.
const CLOCK_TOLERANCE: i64 = 2_000_000;

/// A point of a chain that was kept where the ledger's own machine can't reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Which chain.
    pub chain: ChainId,
    /// How many entries it had.
    pub size: u64,
    /// Its Merkle root then.
    pub root: Option<Digest>,
    /// Its head then.
    pub head: Option<Digest>,
    /// When that was.
    pub time: Option<Micros>,
}

/// Where a claim about a chain comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Unsigned,
    Signed,
    Anchor,
}

/// "At this size the chain had this root and head."
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub root: Option<Digest>,
    pub head: Option<Digest>,
    /// When somebody said so.
    pub time: Option<Micros>,
    /// When somebody last said so.
    pub latest: Option<Micros>,
    /// When the chain itself was signed at this size: what comes behind it is not older. A manifest may be later.
    pub made: Option<Micros>,
    pub source: Source,
}

impl Claim {
    fn of(checkpoint: &Checkpoint, source: Source) -> Self {
        let Checkpoint { root, head, time, .. } = *checkpoint;
        let time = Some(time);
        Self { root: Some(root), head: Some(head), time, latest: time, made: time, source }
    }
}

/// The claims about one chain, by size.
pub(super) type Claims = BTreeMap<u64, Vec<Claim>>;

/// Everything that is known before the first entry is read. Its size grows with checkpoints, not with entries.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub(super) clinic: ClinicId,
    pub(super) tolerance: i64,
    pub(super) claims: BTreeMap<ChainId, Claims>,
    pub(super) last_manifest: Option<Manifest>,
    pub(super) checkpoints: u64,
    pub(super) manifests: u64,
    pub(super) anchors: u64,
    pub(super) findings: Vec<Finding>,
    /// Manifests known from elsewhere that are not here.
    pub(super) doubts: Vec<Doubt>,
    keys: Vec<VerifyingKey>,
    manifest_anchors: BTreeMap<u64, Manifest>,
}

impl Evidence {
    /// Starts with the keys that the caller trusts from elsewhere, never with keys found beside the ledger.
    ///
    /// Without keys the notes are read but vouch for nothing, and the report says so.
    pub fn new(clinic: ClinicId, trusted: &[VerifyingKey]) -> Self {
        Self {
            clinic,
            tolerance: CLOCK_TOLERANCE,
            claims: BTreeMap::new(),
            last_manifest: None,
            checkpoints: 0,
            manifests: 0,
            anchors: 0,
            findings: Vec::new(),
            doubts: Vec::new(),
            keys: trusted.to_vec(),
            manifest_anchors: BTreeMap::new(),
        }
    }

    /// Sets by how many microseconds a clock may go back unreported (2 seconds if not set).
    pub const fn tolerate_clock(&mut self, micros: i64) {
        self.tolerance = micros;
    }

    /// Takes a point known from elsewhere on the caller's word.
    pub fn anchor(&mut self, anchor: &Anchor) {
        self.anchors = self.anchors.saturating_add(1);
        let Anchor { chain, size, root, head, time } = *anchor;
        self.claim(chain, size, Claim { root, head, time, latest: time, made: None, source: Source::Anchor });
    }

    /// Takes a checkpoint that was kept elsewhere. An anchor that does not open is the caller's mistake, not a finding.
    pub fn anchor_checkpoint(&mut self, note: &str) -> Result<(), CheckpointError> {
        let checkpoint = Checkpoint::open(note, &self.keys)?;
        if checkpoint.clinic != self.clinic {
            return Err(CheckpointError::Malformed("another clinic's"));
        }
        self.anchors = self.anchors.saturating_add(1);
        self.claim(checkpoint.chain, checkpoint.size, Claim::of(&checkpoint, Source::Anchor));
        Ok(())
    }

    /// Takes a manifest that was kept elsewhere: an anchor for every chain in it, and for the row of manifests.
    pub fn anchor_manifest(&mut self, note: &str) -> Result<(), ManifestError> {
        let manifest = Manifest::open(note, &self.keys)?;
        if manifest.clinic() != self.clinic {
            return Err(ManifestError::Malformed("another clinic's"));
        }
        self.anchors = self.anchors.saturating_add(1);
        self.claim_all(&manifest, Source::Anchor);
        self.manifest_anchors.insert(manifest.number(), manifest);
        Ok(())
    }

    /// Takes a checkpoint stored with the ledger, in any order.
    pub fn checkpoint(&mut self, note: &str) {
        self.checkpoints = self.checkpoints.saturating_add(1);
        let parsed = SignedNote::parse(note).ok().and_then(|note| Checkpoint::parse(note.text()).ok());
        let checkpoint = parsed.filter(|checkpoint| checkpoint.clinic == self.clinic);
        match (checkpoint, self.verify(note)) {
            (Some(checkpoint), Ok(source)) => {
                self.claim(checkpoint.chain, checkpoint.size, Claim::of(&checkpoint, source));
            }
            (Some(Checkpoint { chain, size, time, .. }), Err(error)) => {
                self.bad_note(Some(chain), Some(size), Some(time), format!("checkpoint: {error}"));
            }
            (None, _) => self.bad_note(None, None, None, String::from("a checkpoint that is none of this clinic's")),
        }
    }

    /// Takes a manifest stored with the ledger; in the order of their numbers.
    pub fn manifest(&mut self, note: &str) {
        self.manifests = self.manifests.saturating_add(1);
        let parsed = SignedNote::parse(note).ok().and_then(|note| Manifest::parse(note.text()).ok());
        let manifest = parsed.filter(|manifest| manifest.clinic() == self.clinic);
        match (manifest, self.verify(note)) {
            (Some(manifest), Ok(source)) => {
                self.follow(&manifest);
                self.claim_all(&manifest, source);
                self.last_manifest = Some(manifest);
            }
            (Some(manifest), Err(error)) => {
                let why = format!("manifest {}: {error}", manifest.number());
                self.bad_note(None, None, Some(manifest.time()), why);
            }
            (None, _) => self.bad_note(None, None, None, String::from("a manifest that is none of this clinic's")),
        }
    }

    pub(super) fn signatures(&self) -> Signatures {
        if self.keys.is_empty() { Signatures::NotChecked } else { Signatures::Checked }
    }

    /// Whether the manifests end before one that is known from elsewhere.
    pub(super) fn close(&mut self) {
        let Some((number, anchor)) = self.manifest_anchors.last_key_value() else { return };
        let (number, time) = (*number, anchor.time());
        let last = self.last_manifest.as_ref();
        if last.is_none_or(|last| last.number() < number) {
            let why = format!("manifest {number} is known from elsewhere and not here");
            let since = last.map(Manifest::time);
            self.doubt(Fault::ManifestMissing, number, (since, time), why);
        }
    }

    fn verify(&self, note: &str) -> Result<Source, NoteError> {
        if self.keys.is_empty() {
            return Ok(Source::Unsigned);
        }
        SignedNote::parse(note)?.verify(&self.keys)?;
        Ok(Source::Signed)
    }

    fn claim(&mut self, chain: ChainId, size: u64, claim: Claim) {
        let claims = self.claims.entry(chain).or_default().entry(size).or_default();
        // An idle chain is listed alike in every manifest: once is enough.
        let known = |old: &&mut Claim| (old.root, old.head) == (claim.root, claim.head) && old.source >= claim.source;
        match claims.iter_mut().find(known) {
            Some(old) => {
                old.made = [old.made, claim.made].into_iter().flatten().min();
                old.latest = old.latest.max(claim.latest);
            }
            None => claims.push(claim),
        }
    }

    fn claim_all(&mut self, manifest: &Manifest, source: Source) {
        let time = Some(manifest.time());
        for state in manifest.chains() {
            let (root, head) = (Some(state.root), Some(state.head));
            self.claim(state.chain, state.size, Claim { root, head, time, latest: time, made: None, source });
        }
    }

    /// Holds a manifest against the one before it and against what is known from elsewhere.
    fn follow(&mut self, next: &Manifest) {
        let (number, until) = (next.number(), Some(next.time()));
        let last = self.last_manifest.take();
        let since = last.as_ref().map(Manifest::time);
        let expected = last.as_ref().map_or(0, |last| last.number().saturating_add(1));
        let previous = last.as_ref().map_or(Digest::ZERO, Manifest::hash);
        if number > expected {
            let why = format!("manifest {expected} is not there, {number} is");
            self.report(Fault::ManifestMissing, None, (since, until), why);
        } else if number < expected {
            let again = last.as_ref().is_some_and(|last| last == next);
            let fault = if again { Fault::Duplicated } else { Fault::Forked };
            self.report(fault, None, (since, until), format!("manifest {number} stands there again"));
        } else if next.previous() != previous {
            let why = format!("manifest {number} follows another one than is stored");
            self.report(Fault::Forked, None, (since, until), why);
        }
        if let Some(known) = self.manifest_anchors.get(&number).filter(|anchor| *anchor != next).map(Manifest::time) {
            let why = format!("manifest {number} is another one than is known from elsewhere");
            self.doubt(Fault::Forked, number, (None, known), why);
        }
        for old in last.iter().flat_map(|last| last.chains()) {
            let window = (since, until);
            match next.chains().iter().find(|state| state.chain == old.chain) {
                None => {
                    let why = format!("manifest {number} no longer lists it");
                    self.report(Fault::ChainMissing, Some((old.chain, None)), window, why);
                }
                Some(state) if state.size < old.size => {
                    let why = format!("manifest {number} lists {} entries, the one before {}", state.size, old.size);
                    self.report(Fault::RolledBack, Some((old.chain, Some(state.size))), window, why);
                }
                Some(_) => {}
            }
        }
    }

    /// A manifest is known from elsewhere, last at this time, and is not here.
    fn doubt(&mut self, fault: Fault, number: u64, (since, known): (Option<Micros>, Micros), why: String) {
        let finding = Finding { fault, chain: None, seq: None, since, until: Some(known), why };
        self.doubts.push(Doubt { finding, what: Missing::Manifest { number }, latest: Some(known) });
    }

    fn bad_note(&mut self, chain: Option<ChainId>, size: Option<u64>, time: Option<Micros>, why: String) {
        self.findings.push(Finding { fault: Fault::BadSignature, chain, seq: size, since: None, until: time, why });
    }

    fn report(
        &mut self,
        fault: Fault,
        at: Option<(ChainId, Option<u64>)>,
        (since, until): (Option<Micros>, Option<Micros>),
        why: String,
    ) {
        let (chain, seq) = (at.map(|(chain, _)| chain), at.and_then(|(_, seq)| seq));
        self.findings.push(Finding { fault, chain, seq, since, until, why });
    }
}
