//! Every attack at many random places, by attackers of growing power, seen by verifiers who know more and more.
//!
//! [`expected`] is the promise, and it must hold exactly: what can't be seen must not be claimed either.

use super::{Dice, Ledger, at, bytes, draft, key, keys, rehash, renumber};
use crate::*;

/// What is done to the first chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attack {
    Edit,
    Delete,
    Insert,
    Reorder,
    Duplicate,
    /// The end is cut off.
    Truncate,
    /// Entries are altered in a column that only repeats them.
    AlterIndex,
    /// A checkpoint gets another signature.
    ForgeSignature,
    /// A manifest is taken out of the middle.
    DropManifest,
    /// A chain is taken out whole.
    DropChain,
    /// The whole ledger is put back as it was at an earlier manifest.
    RollBack,
    /// The past is another one from some place on, and goes on further than the true one did.
    Fork,
    /// Nothing at all.
    Nothing,
}

/// What the attacker can do besides writing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    /// Nothing: hashes stay as they were.
    RowsOnly,
    /// Makes all later hashes anew.
    Rehash,
    /// Also drops every checkpoint and manifest that contradicts.
    DropNotes,
    /// Also holds the key, and signs all later checkpoints and manifests anew.
    StolenKey,
}

/// What the verifier is given besides rows and the public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Rows,
    Notes,
    Anchor,
}

const ATTACKS: [Attack; 13] = [
    Attack::Edit,
    Attack::Delete,
    Attack::Insert,
    Attack::Reorder,
    Attack::Duplicate,
    Attack::Truncate,
    Attack::AlterIndex,
    Attack::ForgeSignature,
    Attack::DropManifest,
    Attack::DropChain,
    Attack::RollBack,
    Attack::Fork,
    Attack::Nothing,
];
const POWERS: [Power; 4] = [Power::RowsOnly, Power::Rehash, Power::DropNotes, Power::StolenKey];
const GIVEN: [Given; 3] = [Given::Rows, Given::Notes, Given::Anchor];

/// The faults of which one must be reported first; empty: the verifier must find nothing, because it can't.
fn expected(attack: Attack, power: Power, given: Given) -> &'static [Fault] {
    use {Attack as A, Given as G, Power as P};
    match (attack, power, given) {
        (A::Nothing, ..) => &[],
        // Seen always, by anybody.
        (A::Edit, P::RowsOnly, _) => &[Fault::Edited],
        (A::Delete, P::RowsOnly, _) => &[Fault::Deleted],
        (A::Insert, P::RowsOnly, _) => &[Fault::Inserted],
        (A::Reorder, P::RowsOnly, _) => &[Fault::Reordered],
        (A::Duplicate, P::RowsOnly, _) => &[Fault::Duplicated],
        (A::AlterIndex, ..) => &[Fault::IndexColumnDiffers],
        // A chain beside its data proves nothing against someone who may rewrite both.
        (_, _, G::Rows) => &[],
        (A::ForgeSignature, ..) => &[Fault::BadSignature],
        (A::DropManifest, ..) => &[Fault::ManifestMissing],
        // Seen while a later checkpoint survives. That one row is missing from a rehashed end looks like a cut.
        (A::Truncate, P::RowsOnly | P::Rehash, _) => &[Fault::Truncated],
        // A chain may be younger than the copy.
        (A::RollBack, P::RowsOnly | P::Rehash, _) => &[Fault::Truncated, Fault::ChainMissing],
        (A::DropChain, P::RowsOnly | P::Rehash, _) => &[Fault::ChainMissing],
        (A::Delete, P::Rehash, _) => &[Fault::Forked, Fault::Truncated],
        (_, P::Rehash, _) => &[Fault::Forked],
        // Signed checkpoints in the same database are no defence by themselves.
        (_, _, G::Notes) => &[],
        // An anchor sees it all. Fewer entries than are known from elsewhere: an older copy, as far as one can tell.
        (A::Truncate, ..) => &[Fault::RolledBack],
        (A::RollBack, ..) => &[Fault::RolledBack, Fault::ChainMissing],
        (A::DropChain, ..) => &[Fault::ChainMissing],
        (A::Delete, ..) => &[Fault::Forked, Fault::RolledBack],
        _ => &[Fault::Forked],
    }
}

/// Attacks that make no difference between powers are tried with the first alone.
fn makes_sense(attack: Attack, power: Power) -> bool {
    let one_power = [Attack::AlterIndex, Attack::ForgeSignature, Attack::DropManifest, Attack::Nothing];
    // Who forks makes hashes.
    let needs_hashes = attack == Attack::Fork && power == Power::RowsOnly;
    !needs_hashes && (power == Power::RowsOnly || !one_power.contains(&attack))
}

/// A ledger after an attack, and the evidence that is left of it.
struct Crime {
    ledger: Ledger,
    forged: Option<usize>,
}

fn commit(before: &Ledger, attack: Attack, power: Power, dice: &mut Dice) -> Crime {
    let mut ledger = before.clone();
    let mut forged = None;
    let rows = &mut ledger.chains[0];
    let size = rows.len();
    // Not the last entry: to take that one away is to cut the end off.
    let place = dice.roll(size - 1);
    let numbers_too = dice.roll(2) == 0;
    let mut from = place;
    match attack {
        Attack::Edit => edit(&mut rows[place], power, dice),
        Attack::Delete => {
            rows.remove(place);
        }
        Attack::Insert => {
            let mut row = rows[dice.roll(size)].clone();
            let mut entry = Entry::from_canonical(bytes(&row)).unwrap();
            entry.draft.action = word_of(dice);
            entry.draft.about = None;
            entry.seq = u64::try_from(place).unwrap();
            row.seq = entry.seq;
            row.canonical = entry.canonical().ok();
            row.leaf = leaf_hash(bytes(&row));
            if numbers_too {
                row.head = Digest::new([dice.roll(256).try_into().unwrap(); 32]);
            }
            rows.insert(place + dice.roll(2), row);
            from = place;
        }
        Attack::Reorder => {
            let other = (place + 1 + dice.roll(size - 1)) % size;
            from = place.min(other);
            if power == Power::RowsOnly && numbers_too {
                // Only the bytes change places, the columns stay.
                let (low, high) = (place.min(other), place.max(other));
                let (left, right) = rows.split_at_mut(high);
                std::mem::swap(&mut left[low].canonical, &mut right[0].canonical);
            } else if dice.roll(2) == 0 {
                rows.swap(place, other);
            } else {
                let row = rows.remove(place);
                rows.insert(other, row);
            }
        }
        Attack::Duplicate => {
            let row = rows[place].clone();
            // A copy behind the last entry, hashed as it should be, is a forged new entry: nothing signed is touched.
            from = dice.roll(if power == Power::RowsOnly { size + 1 } else { size });
            rows.insert(from, row);
        }
        Attack::Truncate => {
            rows.truncate(place + 1);
            from = rows.len();
        }
        Attack::AlterIndex => {
            let index = rows[place].index.as_mut().unwrap();
            match dice.roll(6) {
                0 => index.recorded = Micros(index.recorded.0 + 1),
                1 => index.kind = String::from("system"),
                2 => index.action.push('s'),
                3 => index.account = None,
                4 => index.patient = Some(String::from("somebody-else")),
                _ => index.patients = Some(vec![String::from("somebody-else")]),
            }
        }
        Attack::ForgeSignature => forged = Some(dice.roll(ledger.checkpoints.len())),
        Attack::DropManifest => {
            let which = dice.roll(ledger.manifests.len() - 1);
            ledger.manifests.remove(which);
        }
        Attack::DropChain => {
            rows.clear();
            from = 0;
        }
        Attack::RollBack => {
            let then = &before.manifests[dice.roll(before.manifests.len() - 1)];
            for rows in &mut ledger.chains {
                let known = then.chains().iter().find(|state| state.chain == rows[0].chain);
                rows.truncate(known.map_or(0, |state| usize::try_from(state.size).unwrap()));
            }
            ledger.chains.retain(|rows| !rows.is_empty());
            if power == Power::DropNotes || power == Power::StolenKey {
                let there = |chain, size: u64| {
                    let rows = ledger.chains.iter().find(|rows| rows[0].chain == chain);
                    rows.is_some_and(|rows| size <= u64::try_from(rows.len()).unwrap())
                };
                ledger.checkpoints.retain(|checkpoint| there(checkpoint.chain, checkpoint.size));
                ledger.manifests.truncate(usize::try_from(then.number()).unwrap() + 1);
            }
            return Crime { ledger, forged };
        }
        Attack::Fork => {
            let further = dice.roll(9);
            rows.truncate(place);
            for number in place..size + further {
                let mut row = before.chains[0][number % size].clone();
                let mut entry = Entry::from_canonical(bytes(&row)).unwrap();
                entry.draft.action = word_of(dice);
                entry.draft.about = None;
                row.canonical = entry.canonical().ok();
                rows.push(row);
            }
        }
        Attack::Nothing => {}
    }
    let rows = &mut ledger.chains[0];
    if power == Power::RowsOnly {
        // The column `seq` is unique: an attacker who moves rows numbers it anew. A gap may stay a gap.
        let gap_may_stay = attack == Attack::Delete && numbers_too;
        if !gap_may_stay && attack != Attack::Duplicate || (attack == Attack::Duplicate && numbers_too) {
            renumber(rows);
        } else {
            rows.sort_by_key(|row| row.seq);
        }
        return Crime { ledger, forged };
    }
    let from = from.min(rows.len());
    rehash(rows, from);
    if matches!(power, Power::DropNotes | Power::StolenKey) {
        cover_up(&mut ledger, before, from, power);
    }
    Crime { ledger, forged }
}

fn word_of(dice: &mut Dice) -> Word {
    Word::new(&format!("action-{}", dice.roll(1000))).unwrap()
}

/// Alters a row: any bit, or a field with or without a new leaf, or one of the hashes.
fn edit(row: &mut StoredEntry, power: Power, dice: &mut Dice) {
    let mut entry = Entry::from_canonical(bytes(row)).unwrap();
    entry.draft.action = word_of(dice);
    let flip = |digest: Digest, bit: usize| {
        let mut bytes = *digest.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        Digest::new(bytes)
    };
    match if power == Power::RowsOnly { dice.roll(5) } else { 0 } {
        0 => row.canonical = entry.canonical().ok(),
        1 => {
            row.canonical = entry.canonical().ok();
            row.leaf = leaf_hash(bytes(row));
        }
        2 => {
            let bit = dice.roll(bytes(row).len() * 8);
            row.canonical.as_mut().unwrap()[bit / 8] ^= 1 << (bit % 8);
        }
        3 => row.leaf = flip(row.leaf, dice.roll(256)),
        _ => row.head = flip(row.head, dice.roll(256)),
    }
}

/// Takes away every note that contradicts, or signs it anew with the stolen key.
fn cover_up(ledger: &mut Ledger, before: &Ledger, from: usize, power: Power) {
    let rows = &ledger.chains[0];
    let id = before.chains[0][0].chain;
    let lies = |size: u64| size > u64::try_from(from).unwrap();
    let state = |wanted: u64| {
        let size = usize::try_from(wanted).unwrap().min(rows.len());
        let root = root_of(&rows[..size].iter().map(|row| row.leaf).collect::<Vec<_>>());
        let head = size.checked_sub(1).map_or(Digest::ZERO, |last| rows[last].head);
        ChainState { chain: id, size: u64::try_from(size).unwrap(), root, head }
    };
    if power == Power::DropNotes {
        ledger.checkpoints.retain(|checkpoint| checkpoint.chain != id || !lies(checkpoint.size));
        let first = |manifest: &Manifest| !manifest.chains().iter().any(|s| s.chain == id && lies(s.size));
        let keep = ledger.manifests.iter().take_while(|manifest| first(manifest)).count();
        ledger.manifests.truncate(keep);
        return;
    }
    for checkpoint in ledger.checkpoints.iter_mut().filter(|checkpoint| checkpoint.chain == id && lies(checkpoint.size))
    {
        let ChainState { size, root, head, .. } = state(checkpoint.size);
        *checkpoint = Checkpoint { size, root, head, ..checkpoint.clone() };
    }
    let mut again: Vec<Manifest> = Vec::new();
    for manifest in &ledger.manifests {
        let states = manifest.chains().iter().map(|s| if s.chain == id && lies(s.size) { state(s.size) } else { *s });
        let states: Vec<_> = states.filter(|state| !(rows.is_empty() && state.chain == id)).collect();
        again.push(Manifest::new(manifest.clinic(), again.last(), manifest.time(), states).unwrap());
    }
    ledger.manifests = again;
}

fn investigate(crime: &Crime, before: &Ledger, given: Given) -> Report {
    let mut evidence = Evidence::new(super::clinic(), &keys());
    if given != Given::Rows {
        let stranger = SigningKey::from_seed("salus/test-clinic", &[66; 32]).unwrap();
        crime.ledger.manifests.iter().for_each(|manifest| evidence.manifest(&manifest.sign(&key()).unwrap()));
        for (which, checkpoint) in crime.ledger.checkpoints.iter().enumerate() {
            let signer = if crime.forged == Some(which) { &stranger } else { &key() };
            evidence.checkpoint(&checkpoint.sign(signer).unwrap());
        }
    }
    if given == Given::Anchor {
        // The last word that left the machine before the attack.
        evidence.anchor_manifest(&before.manifests.last().unwrap().sign(&key()).unwrap()).unwrap();
    }
    crime.ledger.verify(evidence)
}

/// A ledger after every attack on its rows, for other verifiers to look at.
pub fn crimes(before: &Ledger, dice: &mut Dice) -> Vec<Ledger> {
    let pairs = ATTACKS.into_iter().flat_map(|attack| POWERS.map(|power| (attack, power)));
    let on_rows = |attack| !matches!(attack, Attack::AlterIndex | Attack::ForgeSignature | Attack::Nothing);
    pairs
        .filter(|(attack, power)| on_rows(*attack) && makes_sense(*attack, *power))
        .map(|(attack, power)| commit(before, attack, power, dice).ledger)
        .collect()
}

#[test]
fn what_is_seen_is_exactly_what_is_promised() {
    // More rounds: SALUS_LEDGER_ROUNDS=1000 cargo test -p salus-ledger --release
    try_all(std::env::var("SALUS_LEDGER_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(24));
}

#[test]
#[ignore = "takes a minute; ./x test runs it"]
fn what_is_seen_at_two_hundred_places_is_exactly_what_is_promised() {
    try_all(200);
}

fn try_all(rounds: usize) {
    let ledgers = [Ledger::new([23, 9], 8), Ledger::new([33, 12], 5), Ledger::new([16, 4], 16)];
    for attack in ATTACKS {
        for power in POWERS.into_iter().filter(|power| makes_sense(attack, *power)) {
            for round in 0..rounds {
                let before = &ledgers[round % ledgers.len()];
                let crime = commit(before, attack, power, &mut Dice(u64::try_from(round).unwrap()));
                for given in GIVEN {
                    let report = investigate(&crime, before, given);
                    let (found, wanted) = (report.first().map(|f| f.fault), expected(attack, power, given));
                    let right = found.map_or(wanted.is_empty(), |fault| wanted.contains(&fault));
                    let case = format!("{attack:?} by {power:?} in round {round}, given {given:?}");
                    // An entry that its own attacker left as it was is no crime: two equal neighbours swapped, say.
                    assert!(right || crime.ledger.chains == before.chains, "{case}: expected {wanted:?}\n{report}");
                }
            }
        }
    }
}

/// The tail after the last checkpoint is nobody's but the writer's: it can be rewritten, and the report says so.
#[test]
fn what_is_not_signed_yet_can_be_rewritten_and_the_report_says_so() {
    let mut ledger = Ledger::new([20, 5], 8);
    ledger.checkpoints.retain(|checkpoint| checkpoint.size <= 16);
    ledger.manifests.retain(|manifest| manifest.chains().iter().all(|state| state.size <= 16));
    let mut evidence = ledger.evidence();
    ledger.anchors(&mut evidence);
    ledger.chains[0].truncate(18);
    rehash(&mut ledger.chains[0], 17);
    let report = ledger.verify(evidence);
    assert!(report.is_intact(), "{report}");
    assert_eq!(report.chains[0].signed, 16);
    assert!(report.limits()[0].contains("the last 2 of 18 entries are not signed yet"), "{report}");
}

#[test]
fn an_attacker_who_signs_with_another_key_is_seen_unless_nobody_brings_a_key() {
    let before = Ledger::new([20, 5], 8);
    let mut after = before.clone();
    after.chains[0][3] = {
        let mut row = after.chains[0][3].clone();
        let mut entry = Entry::from_canonical(bytes(&row)).unwrap();
        entry.draft = draft(8);
        entry.draft.about = None;
        row.canonical = entry.canonical().ok();
        row
    };
    rehash(&mut after.chains[0], 3);
    cover_up(&mut after, &before, 3, Power::StolenKey);
    let theirs = SigningKey::from_seed("salus/test-clinic", &[66; 32]).unwrap();
    let evidence = |trusted: &[VerifyingKey]| {
        let mut evidence = Evidence::new(super::clinic(), trusted);
        after.checkpoints.iter().for_each(|checkpoint| evidence.checkpoint(&checkpoint.sign(&theirs).unwrap()));
        evidence
    };
    let report = after.verify(evidence(&keys()));
    assert_eq!(report.first().map(|finding| finding.fault), Some(Fault::BadSignature));
    let report = after.verify(evidence(&[]));
    assert!(report.is_intact());
    assert_eq!(report.signatures, Signatures::NotChecked);
    assert!(report.limits()[0].starts_with("No trusted key was given"));
    assert_eq!(report.chains[0].signed, 0);
    assert!(at(0) < at(1));
}
