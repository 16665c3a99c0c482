//! Faults that are no attack on rows: clocks, forged bytes, lost chains and manifests, and the words for them.

use super::{CHAIN_A, CHAIN_B, Ledger, at, chain, clinic, draft, key, keys, stored, word};
use crate::*;

fn faults(report: &Report) -> Vec<Fault> {
    report.findings.iter().map(|finding| finding.fault).collect()
}

fn nothing_given() -> Evidence {
    Evidence::new(clinic(), &keys())
}

#[test]
fn a_sound_ledger_is_intact_and_has_no_limits_once_it_is_anchored() {
    let ledger = Ledger::new([40, 17], 8);
    let mut evidence = ledger.evidence();
    ledger.anchors(&mut evidence);
    let report = ledger.verify(evidence);
    assert!(report.is_intact(), "{report}");
    assert_eq!(report.limits(), Vec::<String>::new());
    assert_eq!(report.entries(), 57);
    assert_eq!(
        report.chains.iter().map(|chain| (chain.signed, chain.anchored)).collect::<Vec<_>>(),
        [(40, 40), (17, 17)]
    );
}

#[test]
fn changes_without_an_outcome_are_counted_and_no_fault() {
    let mut ledger = Ledger::new([12, 2], 8);
    // Entry 11 announces a change; nothing follows. In the second chain entry 1 does.
    let report = ledger.verify(ledger.evidence());
    let open: Vec<_> = report.chains.iter().map(|chain| (chain.open_changes, chain.oldest_open)).collect();
    assert_eq!(open, [(1, Some(11)), (1, Some(1))]);
    assert!(report.is_intact());
    ledger.chains.clear();
    assert!(ledger.verify(nothing_given()).is_intact());
}

fn write(drafts: impl IntoIterator<Item = (EntryDraft, Micros)>) -> Vec<StoredEntry> {
    let mut writer = ChainWriter::new(clinic(), chain(CHAIN_A));
    drafts.into_iter().map(|(draft, now)| stored(chain(CHAIN_A), &writer.append(draft, now).unwrap())).collect()
}

fn verify(rows: &[StoredEntry], evidence: Evidence) -> Report {
    let mut verifier = Verifier::new(evidence);
    rows.iter().for_each(|row| verifier.entry(row));
    verifier.finish()
}

#[test]
fn a_clock_that_goes_back_is_reported_beyond_the_tolerance() {
    let back = |micros: i64| write([(draft(0), at(100)), (draft(3), Micros(at(100).0 - micros)), (draft(5), at(101))]);
    assert!(verify(&back(2_000_000), nothing_given()).is_intact());
    let report = verify(&back(2_000_001), nothing_given());
    assert_eq!(faults(&report), [Fault::ClockWentBack]);
    assert_eq!(report.first().unwrap().seq, Some(1));
    let mut patient = nothing_given();
    patient.tolerate_clock(3_000_000);
    assert!(verify(&back(2_000_001), patient).is_intact());
}

#[test]
fn bytes_that_are_no_entry_are_no_entry_even_when_their_hashes_fit() {
    let mut rows = write((0..3).map(|n| (draft(n), at(n))));
    rows[1].canonical = Some(vec![0xf6]);
    rows[1].leaf = leaf_hash(&[0xf6]);
    rows[1].head = chain_head(&rows[0].head, &rows[1].leaf);
    rows[2].head = chain_head(&rows[1].head, &rows[2].leaf);
    let report = verify(&rows, nothing_given());
    assert_eq!((faults(&report), report.first().unwrap().seq), (vec![Fault::NotCanonical], Some(1)));
}

#[test]
fn an_entry_of_another_chain_is_an_intruder() {
    let ledger = Ledger::new([9, 9], 4);
    let mut rows = ledger.chains[0].clone();
    rows[4] = StoredEntry { chain: rows[4].chain, ..ledger.chains[1][4].clone() };
    assert_eq!(faults(&verify(&rows, nothing_given())), [Fault::Inserted]);
}

#[test]
fn a_chain_that_no_manifest_knows_was_smuggled_in() {
    let mut ledger = Ledger::new([9, 9], 4);
    let late = Micros(at(8).0 + 3_600_000_000);
    let states: Vec<_> =
        ledger.manifests.last().unwrap().chains().iter().copied().filter(|s| s.chain == chain(CHAIN_A)).collect();
    ledger.manifests = vec![Manifest::new(clinic(), None, late, states).unwrap()];
    ledger.checkpoints.clear();
    let report = ledger.verify(ledger.evidence());
    assert_eq!(faults(&report), [Fault::Inserted]);
    assert_eq!(report.first().unwrap().chain, Some(chain(CHAIN_B)));
}

#[test]
fn manifests_are_missed_wherever_they_are_missing() {
    let ledger = Ledger::new([40, 40], 8);
    let without = |which: usize| {
        let mut ledger = ledger.clone();
        ledger.manifests.remove(which);
        ledger.verify(ledger.evidence())
    };
    assert_eq!(faults(&without(0)), [Fault::ManifestMissing]);
    assert_eq!(faults(&without(2)), [Fault::ManifestMissing]);
    assert_eq!(faults(&without(4)), [], "the end can be cut off unseen, without an anchor");
    let mut cut = ledger.clone();
    cut.manifests.pop();
    let mut evidence = ledger.clone().evidence_of(&cut.manifests);
    ledger.anchors(&mut evidence);
    assert_eq!(faults(&ledger.verify(evidence)), [Fault::ManifestMissing]);
}

impl Ledger {
    fn evidence_of(self, manifests: &[Manifest]) -> Evidence {
        Self { manifests: manifests.to_vec(), ..self }.evidence()
    }
}

#[test]
fn a_chain_that_vanishes_from_a_manifest_or_shrinks_in_it_is_missed() {
    let ledger = Ledger::new([16, 16], 8);
    let [first, second] = &ledger.manifests[..] else { panic!("two manifests") };
    let signed = |states: Vec<ChainState>| {
        let next = Manifest::new(clinic(), Some(first), second.time(), states).unwrap();
        let mut ledger = ledger.clone();
        ledger.manifests = vec![first.clone(), next];
        ledger.verify(ledger.evidence())
    };
    assert_eq!(faults(&signed(vec![second.chains()[0]])), [Fault::ChainMissing]);
    let shrunk = ChainState { size: 0, root: Frontier::new().root(), head: Digest::ZERO, ..second.chains()[0] };
    assert_eq!(faults(&signed(vec![shrunk, second.chains()[1]])), [Fault::RolledBack]);
}

#[test]
fn two_signed_histories_are_a_fork_whoever_tells_them() {
    let ledger = Ledger::new([16, 16], 8);
    let mut evidence = ledger.evidence();
    let anchor = Anchor { chain: chain(CHAIN_A), size: 11, root: None, head: Some(Digest::ZERO), time: None };
    evidence.anchor(&anchor);
    let report = ledger.verify(evidence);
    assert_eq!(faults(&report), [Fault::Forked]);
    let first = report.first().unwrap();
    assert_eq!((first.seq, first.since), (Some(8), Some(at(7))), "the last signed point before it agrees");
}

#[test]
fn a_foreign_or_garbled_note_is_no_signature() {
    let ledger = Ledger::new([8, 8], 8);
    let mut evidence = ledger.evidence();
    evidence.checkpoint("nothing");
    evidence.manifest("nothing");
    let other =
        Checkpoint { clinic: "0193a5b2-7c00-7000-8000-00000000c22c".parse().unwrap(), ..ledger.checkpoints[0].clone() };
    evidence.checkpoint(&other.sign(&key()).unwrap());
    assert!(evidence.anchor_checkpoint(&other.sign(&key()).unwrap()).is_err());
    assert_eq!(faults(&ledger.verify(evidence)), [Fault::BadSignature; 3]);
}

#[test]
fn a_restore_is_listed_and_excuses_nothing() {
    let mut restore = draft(3);
    restore.kind = Kind::System(System::RestoreEpoch);
    restore.action = word("restore");
    let rows = write([(draft(0), at(0)), (restore, at(1))]);
    let mut evidence = nothing_given();
    let anchor = Anchor { chain: chain(CHAIN_A), size: 9, root: Some(Digest::ZERO), head: None, time: Some(at(9)) };
    evidence.anchor(&anchor);
    let report = verify(&rows, evidence);
    assert_eq!(report.chains[0].restores, [1]);
    assert_eq!(faults(&report), [Fault::RolledBack]);
}

#[test]
fn the_worst_is_said_first_and_in_words() {
    let mut ledger = Ledger::new([24, 9], 8);
    ledger.chains[0][2].index.as_mut().unwrap().patient = None;
    ledger.chains[0][19].canonical.as_mut().unwrap()[90] ^= 1;
    let report = ledger.verify(ledger.evidence());
    assert_eq!(faults(&report), [Fault::Edited, Fault::IndexColumnDiffers]);
    let words = report.first().unwrap().to_string();
    assert_eq!(
        words,
        format!(
            "chain {CHAIN_A}, entry 19: edited (its bytes do not fit its leaf). What was recorded in this chain \
             from 2026-11-22T09:00:15Z to 2026-11-22T09:00:23Z can no longer be trusted."
        )
    );
}
