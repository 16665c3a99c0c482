//! A restore that was declared explains what is gone; nothing else is explained by it.

use super::{CHAIN_A, CHAIN_B, Ledger, at, chain, clinic, key, keys, stored, word};
use crate::*;

/// Where a restore continues: a chain of its own.
const CHAIN_C: &str = "0193a5b2-7c00-7000-8000-00000000000c";

/// Two chains with 20 and 5 entries, and what an archive of it had: 8 and 5.
fn before_and_archive() -> (Ledger, Ledger) {
    let before = Ledger::new([20, 5], 8);
    let mut archive = before.clone();
    archive.chains[0].truncate(8);
    let kept = |chain_id: ChainId, size: u64| chain_id != chain(CHAIN_A) || size <= 8;
    archive.checkpoints.retain(|checkpoint| kept(checkpoint.chain, checkpoint.size));
    archive.manifests.retain(|manifest| manifest.chains().iter().all(|state| kept(state.chain, state.size)));
    (before, archive)
}

fn epoch_of(archive: &Ledger) -> Epoch {
    let of = |rows: &Vec<StoredEntry>| EpochChain {
        chain: rows[0].chain,
        size: u64::try_from(rows.len()).unwrap(),
        root: root_of(&rows.iter().map(|row| row.leaf).collect::<Vec<_>>()),
    };
    Epoch {
        archive: String::from("0193a5b2-7c00-7000-8000-0000000000ba"),
        made: at(8),
        digest: Digest::new([3; 32]),
        reason: word("disk-failure"),
        chains: archive.chains.iter().filter(|rows| !rows.is_empty()).map(of).collect(),
        manifest: archive.manifests.last().map(|manifest| (manifest.number(), manifest.hash())),
        lost: Vec::new(),
    }
}

/// Writes the epoch as the first entry of a new chain, at this time, and goes on for two entries; signs both chains.
fn declare(ledger: &mut Ledger, epoch: &Epoch, now: u64, sign: bool) {
    let mut writer = ChainWriter::new(clinic(), chain(CHAIN_C));
    let draft = epoch.draft([9; 16], Actor::new(ActorKind::Command, "restore")).unwrap();
    let mut rows = vec![stored(writer.chain(), &writer.append(draft, at(now)).unwrap())];
    rows.push(stored(writer.chain(), &writer.append(super::draft(5), at(now + 1)).unwrap()));
    if sign {
        let signed = writer.checkpoint(&key(), at(now + 2)).unwrap().checkpoint;
        let mut states = ledger.manifests.last().unwrap().chains().to_vec();
        states.push(ChainState::from(&signed));
        ledger.checkpoints.push(signed);
        let manifest = Manifest::new(clinic(), ledger.manifests.last(), at(now + 2), states).unwrap();
        ledger.manifests.push(manifest);
    }
    ledger.chains.push(rows);
}

/// Verified with everything that left the machine before it was restored.
fn with_anchors(ledger: &Ledger, before: &Ledger) -> Report {
    let mut evidence = ledger.evidence();
    before.anchors(&mut evidence);
    ledger.verify(evidence)
}

fn first(report: &Report) -> Option<Fault> {
    report.first().map(|finding| finding.fault)
}

#[test]
fn an_epoch_says_in_the_ledger_what_it_says_here() {
    let (_, archive) = before_and_archive();
    let epoch = Epoch { lost: epoch_of(&archive).chains, ..epoch_of(&archive) };
    let mut writer = ChainWriter::new(clinic(), chain(CHAIN_C));
    let draft = epoch.draft([9; 16], Actor::new(ActorKind::Command, "restore")).unwrap();
    let row = writer.append(draft, at(30)).unwrap();
    let entry = Entry::from_canonical(&row.canonical).unwrap();
    assert_eq!(Epoch::of(&entry), Some(epoch));
    let mut other = entry.clone();
    other.draft.kind = Kind::Read;
    assert_eq!(Epoch::of(&other), None);
}

#[test]
fn a_declared_restore_is_told_and_not_taken_for_a_theft() {
    let (before, mut archive) = before_and_archive();
    let epoch = epoch_of(&archive);
    declare(&mut archive, &epoch, 30, true);
    let report = with_anchors(&archive, &before);
    assert!(report.is_intact(), "{report}");
    let text = report.to_string();
    let wanted = format!("NOTE restored on {} from a backup of {} (disk-failure;", at(30), at(8));
    assert!(text.contains(&wanted), "{text}");
    assert!(text.contains("ended at 8 entries; 20 are known from elsewhere"), "{text}");
    // Also to somebody without an anchor.
    assert_eq!(archive.verify(archive.evidence()).restored.len(), 1);
}

#[test]
fn without_the_epoch_it_is_a_rollback_to_who_has_an_anchor() {
    let (before, archive) = before_and_archive();
    assert_eq!(first(&with_anchors(&archive, &before)), Some(Fault::RolledBack));
    assert!(archive.verify(archive.evidence()).is_intact(), "nobody can know");
}

#[test]
fn an_epoch_explains_exactly_what_it_names() {
    let (before, archive) = before_and_archive();
    let right = epoch_of(&archive);
    let alter = |alter: fn(&mut Epoch)| {
        let mut ledger = archive.clone();
        let mut epoch = right.clone();
        alter(&mut epoch);
        declare(&mut ledger, &epoch, 30, true);
        first(&with_anchors(&ledger, &before))
    };
    assert_eq!(alter(|_| {}), None);
    assert_eq!(alter(|epoch| epoch.chains[0].size = 7), Some(Fault::RolledBack));
    assert_eq!(alter(|epoch| epoch.chains[0].root = Digest::new([1; 32])), Some(Fault::RolledBack));
    assert_eq!(alter(|epoch| epoch.chains.clear()), Some(Fault::RolledBack));
    assert_eq!(alter(|epoch| epoch.manifest = Some((99, Digest::ZERO))), Some(Fault::ManifestMissing));
}

#[test]
fn an_epoch_that_nobody_signed_explains_nothing() {
    let (before, mut archive) = before_and_archive();
    let epoch = epoch_of(&archive);
    declare(&mut archive, &epoch, 30, false);
    let report = with_anchors(&archive, &before);
    assert_eq!(first(&report), Some(Fault::RolledBack));
    assert!(report.to_string().contains("declares a restore and explains nothing"), "{report}");
}

#[test]
fn an_epoch_explains_nothing_that_was_known_after_it() {
    let (before, archive) = before_and_archive();
    for (declared, wanted) in [(20, None), (18, Some(Fault::RolledBack))] {
        let mut ledger = archive.clone();
        // The last that left the machine was signed at 19.
        declare(&mut ledger, &epoch_of(&archive), declared, true);
        assert_eq!(first(&with_anchors(&ledger, &before)), wanted, "declared at {declared}");
    }
    // Nor does one that dates itself later than it was signed: an old epoch can't be kept for a later theft.
    let mut ledger = archive.clone();
    declare(&mut ledger, &epoch_of(&archive), 40, true);
    let mut evidence = Evidence::new(clinic(), &keys());
    let early = |time| Micros(at(time).0);
    for manifest in &ledger.manifests {
        let time =
            if manifest.number() == ledger.manifests.last().unwrap().number() { early(12) } else { manifest.time() };
        let again = Manifest::new(clinic(), None, time, manifest.chains().to_vec()).unwrap();
        evidence.manifest(&again.sign(&key()).unwrap());
    }
    before.anchors(&mut evidence);
    let report = ledger.verify(evidence);
    assert!(report.findings.iter().any(|finding| finding.fault == Fault::RolledBack), "{report}");
}

#[test]
fn a_chain_that_the_archive_did_not_have_is_explained_and_one_that_it_had_is_not() {
    let (before, archive) = before_and_archive();
    let mut younger = archive.clone();
    // The archive is from before chain B began.
    younger.chains.pop();
    younger.checkpoints.retain(|checkpoint| checkpoint.chain != chain(CHAIN_B));
    let first_manifest = ChainState::from(younger.checkpoints.last().unwrap());
    younger.manifests = vec![Manifest::new(clinic(), None, at(7), [first_manifest]).unwrap()];
    let anchors = |ledger: &Ledger| {
        let mut evidence = ledger.evidence();
        for checkpoint in &before.checkpoints {
            evidence.anchor_checkpoint(&checkpoint.sign(&key()).unwrap()).unwrap();
        }
        ledger.verify(evidence)
    };
    assert!(anchors(&younger).findings.iter().any(|finding| finding.fault == Fault::ChainMissing));
    let mut declared = younger.clone();
    declare(&mut declared, &epoch_of(&younger), 30, true);
    let report = anchors(&declared);
    assert!(report.is_intact(), "{report}");
    assert!(report.to_string().contains(&format!("Chain {CHAIN_B} ended at 0 entries; 5 are known")), "{report}");

    // Taken out after it had been restored.
    let mut stolen = archive.clone();
    declare(&mut stolen, &epoch_of(&archive), 30, true);
    stolen.chains.remove(1);
    stolen.checkpoints.retain(|checkpoint| checkpoint.chain != chain(CHAIN_B));
    stolen.manifests.clear();
    assert!(anchors(&stolen).findings.iter().any(|finding| finding.fault == Fault::ChainMissing));
}

#[test]
fn a_second_theft_after_a_restore_is_seen() {
    let (before, archive) = before_and_archive();
    let mut ledger = archive.clone();
    declare(&mut ledger, &epoch_of(&archive), 30, true);
    let mut evidence = ledger.evidence();
    before.anchors(&mut evidence);
    // The new chain had ten entries when somebody last looked.
    let known = Anchor { chain: chain(CHAIN_C), size: 10, root: None, head: None, time: Some(at(40)) };
    evidence.anchor(&known);
    assert_eq!(first(&ledger.verify(evidence)), Some(Fault::RolledBack));
}
