//! Emptied rows: after six years and with a signed purge they are as good as whole ones, otherwise they are missed.

use super::{CHAIN_A, CHAIN_B, Dice, Ledger, chain, clinic, draft, key, keys, stored, word};
use crate::*;

const DAY: i64 = 86_400_000_000;
const YEAR: i64 = 366 * DAY;

/// When the `n`th entry of the old days was written: ten a day from 2026 on.
fn old(n: u64) -> Micros {
    Micros(super::START + i64::try_from(n).unwrap() * (DAY / 10))
}

fn later(n: i64) -> Micros {
    Micros(super::START + 7 * YEAR + n * 1_000_000)
}

fn purge_draft(cutoff: Option<Micros>) -> EntryDraft {
    let command = Actor::new(ActorKind::Command, "audit-purge");
    let kind = Kind::System(System::Purge);
    let (action, purpose) = (word("purge-ledger"), word("operations"));
    EntryDraft { cutoff, ..EntryDraft::new(kind, [4; 16], command, action, purpose, Outcome::Done) }
}

/// Two chains from the old days; seven years later somebody purges in the second one, and work goes on.
pub struct Story {
    /// How many old entries each chain has.
    old: [u64; 2],
    /// After how many of them a checkpoint is made, besides the one at the end.
    every: u64,
    cutoff: Option<Micros>,
    /// When the purge says that it was written, and when it is signed (a manifest with it).
    dated: Micros,
    signed: Option<Micros>,
    /// How many entries each chain loses.
    emptied: [usize; 2],
}

impl Story {
    fn honest() -> Self {
        let dated = later(0);
        Self { old: [40, 25], every: 8, cutoff: Some(old(20)), dated, signed: Some(dated), emptied: [20, 20] }
    }

    fn ledger(&self) -> Ledger {
        let mut ledger =
            Ledger { chains: vec![Vec::new(), Vec::new()], checkpoints: Vec::new(), manifests: Vec::new() };
        let mut writers = [CHAIN_A, CHAIN_B].map(|id| ChainWriter::new(clinic(), chain(id)));
        let sign = |ledger: &mut Ledger, writer: &mut ChainWriter, now| {
            ledger.checkpoints.push(writer.checkpoint(&key(), now).unwrap().checkpoint);
            let manifest = Manifest::new(clinic(), ledger.manifests.last(), now, ledger.latest_states()).unwrap();
            ledger.manifests.push(manifest);
        };
        for (which, writer) in writers.iter_mut().enumerate() {
            for n in 0..self.old[which] {
                let row = writer.append(draft(n), old(n)).unwrap();
                ledger.chains[which].push(stored(writer.chain(), &row));
                if (n + 1) % self.every == 0 || n + 1 == self.old[which] {
                    sign(&mut ledger, writer, old(n));
                }
            }
        }
        let [first, second] = &mut writers;
        let row = second.append(purge_draft(self.cutoff), self.dated).unwrap();
        ledger.chains[1].push(stored(second.chain(), &row));
        if let Some(signed) = self.signed {
            sign(&mut ledger, second, signed);
        }
        let row = first.append(draft(0), later(9)).unwrap();
        ledger.chains[0].push(stored(first.chain(), &row));
        for (rows, emptied) in ledger.chains.iter_mut().zip(self.emptied) {
            rows.iter_mut().take(emptied).for_each(|row| row.canonical = None);
        }
        ledger
    }
}

/// What, in which chain, and where.
type Found = (Fault, String, u64);

fn first(report: &Report) -> Option<Found> {
    report.first().map(|f| (f.fault, f.chain.unwrap().to_string(), f.seq.unwrap()))
}

fn emptied_at(id: &str, seq: u64) -> Option<Found> {
    Some((Fault::Emptied, String::from(id), seq))
}

/// Ledgers, and where the first entry is that was emptied and should not have been.
pub fn cases() -> Vec<(Ledger, Option<Found>)> {
    let honest = Story::honest;
    let story = |story: Story, wanted| (story.ledger(), wanted);
    let altered = |change: fn(&mut Ledger), wanted| {
        let mut ledger = honest().ledger();
        change(&mut ledger);
        (ledger, wanted)
    };
    // The newest cutoff that a purge of that day may have.
    let newest = Micros(later(0).0 - SIX_YEARS);
    vec![
        story(honest(), None),
        // A purge may empty less than it could, and twice is no harm; nothing at all, too.
        story(Story { emptied: [3, 0], ..honest() }, None),
        story(Story { emptied: [0, 0], ..honest() }, None),
        // One more than the cutoff reaches.
        story(Story { emptied: [21, 20], ..honest() }, emptied_at(CHAIN_A, 20)),
        story(Story { emptied: [20, 21], ..honest() }, emptied_at(CHAIN_B, 20)),
        // Even the purge itself.
        story(Story { emptied: [20, 26], ..honest() }, emptied_at(CHAIN_A, 0)),
        // No cutoff; one that is a microsecond too young; one that is just old enough.
        story(Story { cutoff: None, ..honest() }, emptied_at(CHAIN_A, 0)),
        story(Story { cutoff: Some(Micros(newest.0 + 1)), ..honest() }, emptied_at(CHAIN_A, 0)),
        story(Story { cutoff: Some(newest), emptied: [40, 25], ..honest() }, None),
        // Not signed, or signed by a clock that does not believe its date.
        story(Story { signed: None, ..honest() }, emptied_at(CHAIN_A, 0)),
        story(Story { signed: Some(Micros(old(20).0 + SIX_YEARS - 2_000_001)), ..honest() }, emptied_at(CHAIN_A, 0)),
        story(Story { signed: Some(Micros(old(20).0 + SIX_YEARS - 2_000_000)), ..honest() }, None),
        // In the middle, although it is old enough; the same behind a beginning that is emptied rightly.
        altered(|ledger| ledger.chains[0][22].canonical = None, emptied_at(CHAIN_A, 22)),
        altered(|ledger| *ledger = Story { emptied: [0, 20], ..Story::honest() }.with_hole(5), emptied_at(CHAIN_A, 5)),
        // Young ones whose column says that they are old: the checkpoint before them was made at 23.
        altered(
            |ledger| {
                for row in &mut ledger.chains[0][20..30] {
                    row.canonical = None;
                    row.index.as_mut().unwrap().recorded = old(3);
                }
            },
            emptied_at(CHAIN_A, 24),
        ),
        // An emptied row still stands in the chain and in the tree.
        altered(|ledger| ledger.chains[0][7].leaf = Digest::ZERO, Some((Fault::Edited, String::from(CHAIN_A), 7))),
        altered(
            |ledger| {
                ledger.chains[0].remove(7);
                super::renumber(&mut ledger.chains[0]);
            },
            Some((Fault::Edited, String::from(CHAIN_A), 7)),
        ),
        altered(
            |ledger| {
                ledger.chains[0].remove(7);
            },
            Some((Fault::Deleted, String::from(CHAIN_A), 7)),
        ),
        altered(
            |ledger| {
                let mut head = Digest::ZERO;
                ledger.chains[0][2].leaf = Digest::ZERO;
                for row in &mut ledger.chains[0] {
                    row.head = chain_head(&head, &row.leaf);
                    head = row.head;
                }
            },
            Some((Fault::Forked, String::from(CHAIN_A), 0)),
        ),
        // The purge was altered: then it is none.
        altered(|ledger| ledger.chains[1][25].canonical.as_mut().unwrap()[120] ^= 1, emptied_at(CHAIN_A, 0)),
    ]
}

impl Story {
    fn with_hole(&self, hole: usize) -> Ledger {
        let mut ledger = self.ledger();
        ledger.chains[0][hole].canonical = None;
        ledger
    }
}

/// A story by lot, and its end by a slower reckoning than the verifier's.
pub struct Case {
    pub ledger: Ledger,
    wanted: Option<Found>,
}

impl Case {
    pub fn rolled(dice: &mut Dice) -> Self {
        let mut number =
            |from: u64, to: u64| from + u64::try_from(dice.roll(usize::try_from(to - from).unwrap())).unwrap();
        let old_sizes = [number(1, 60), number(1, 60)];
        let every = number(1, 20);
        let cutoff = Micros(old(number(0, 60)).0 + i64::try_from(number(0, 3)).unwrap() - 1);
        let emptied = [number(0, old_sizes[0] + 1), number(0, old_sizes[1] + 1)];
        // Half of the purges come a little too early.
        let dated = Micros(cutoff.0 + SIX_YEARS + i64::try_from(number(0, 2)).unwrap() - 1);
        let lied_from = [number(0, 90), number(0, 90)];
        let story = Story {
            old: old_sizes,
            every,
            cutoff: Some(cutoff),
            dated,
            signed: Some(dated),
            emptied: emptied.map(|n| usize::try_from(n).unwrap()),
        };
        let mut ledger = story.ledger();
        for (which, rows) in ledger.chains.iter_mut().enumerate() {
            for row in rows.iter_mut().filter(|row| row.canonical.is_none() && row.seq >= lied_from[which]) {
                row.index.as_mut().unwrap().recorded = Micros(0);
            }
        }
        let counts = dated.since(cutoff) >= SIX_YEARS;
        let bad = |which: usize, n: u64| {
            let signed_at = |n: u64| n > 0 && n.is_multiple_of(every);
            let behind = (1..=n).rfind(|size| signed_at(*size)).map(|size| old(size - 1));
            !counts
                || (n < lied_from[which] && old(n) >= cutoff)
                || behind.is_some_and(|made| made.since(cutoff) >= 2_000_000)
        };
        let wanted = [CHAIN_A, CHAIN_B]
            .into_iter()
            .enumerate()
            .find_map(|(which, id)| (0..emptied[which]).find(|n| bad(which, *n)).and_then(|n| emptied_at(id, n)));
        Self { ledger, wanted }
    }
}

#[test]
fn what_is_emptied_rightly_is_intact_and_what_is_not_is_named() {
    for (number, (ledger, wanted)) in cases().into_iter().enumerate() {
        let report = ledger.verify(ledger.evidence());
        assert_eq!(first(&report), wanted, "case {number}: {report}");
        let mut out = std::io::BufReader::new(std::io::Cursor::new(ledger.export()));
        let exported = verify_export(&mut out, &keys(), |_| ()).unwrap();
        assert_eq!(first(&exported), wanted, "case {number}, exported");
    }
}

#[test]
fn by_lot_the_first_row_that_should_not_be_empty_is_named() {
    let (mut intact, mut found) = (0, 0);
    for round in 0..600 {
        let Case { ledger, wanted } = Case::rolled(&mut Dice(round));
        let report = ledger.verify(ledger.evidence());
        assert_eq!(first(&report), wanted, "round {round}: {report}");
        *if wanted.is_none() { &mut intact } else { &mut found } += 1;
    }
    assert!(intact > 60 && found > 60, "{intact} {found}");
}

#[test]
fn the_report_says_what_an_emptied_row_can_no_longer_prove() {
    let ledger = Story::honest().ledger();
    let mut evidence = ledger.evidence();
    ledger.anchors(&mut evidence);
    let report = ledger.verify(evidence);
    assert!(report.is_intact(), "{report}");
    assert_eq!(
        report.chains.iter().map(|chain| (chain.emptied, chain.undated)).collect::<Vec<_>>(),
        [(20, 4), (20, 4)]
    );
    let limits = report.limits();
    assert!(limits[0].contains("20 of 41 entries were emptied"), "{limits:?}");
    assert!(limits[1].contains("that the last 4 of its emptied entries were old enough"), "{limits:?}");
    // And what it must not claim: another word in a column of an emptied row is not seen.
    let mut altered = ledger.clone();
    altered.chains[0][3].index.as_mut().unwrap().patient = Some(String::from("somebody-else"));
    assert!(altered.verify(altered.evidence()).is_intact());
}

#[test]
fn without_keys_a_purge_counts_unsigned_and_nobody_vouches() {
    let ledger = Story { signed: None, ..Story::honest() }.ledger();
    let report = ledger.verify(Evidence::new(clinic(), &[]));
    assert!(report.is_intact(), "{report}");
    assert_eq!(report.signatures, Signatures::NotChecked);
    // With a key and no notes there is no signed purge.
    assert_eq!(first(&ledger.verify(Evidence::new(clinic(), &keys()))), emptied_at(CHAIN_A, 0));
}

#[test]
fn the_worst_of_a_chain_is_still_said_first() {
    let mut ledger = Story { emptied: [21, 20], ..Story::honest() }.ledger();
    ledger.chains[0][30].canonical.as_mut().unwrap()[90] ^= 1;
    let report = ledger.verify(ledger.evidence());
    let faults: Vec<_> = report.findings.iter().map(|finding| (finding.fault, finding.seq)).collect();
    assert_eq!(faults, [(Fault::Emptied, Some(20)), (Fault::Edited, Some(30))]);
    assert_eq!(
        report.first().unwrap().to_string(),
        format!(
            "chain {CHAIN_A}, entry 20: emptied (it is dated 2026-11-24T09:00:00Z, and purges reach up to \
             2026-11-24T09:00:00Z). What it said is lost, and perhaps what others after it said; that they were there, \
             in this order, is not."
        )
    );
}

/// A small ledger for the published vectors.
pub fn published() -> Ledger {
    Story { old: [5, 4], every: 3, cutoff: Some(old(3)), emptied: [3, 2], ..Story::honest() }.ledger()
}

/// The purge of the published vectors.
pub fn published_draft() -> EntryDraft {
    EntryDraft { count: Some(5), ..purge_draft(Some(old(3))) }
}
