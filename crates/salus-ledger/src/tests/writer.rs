//! The writing end: numbers without gaps, checkpoints in time, and a restart that continues where it stopped.

use super::{CHAIN_A, CHAIN_B, at, chain, clinic, draft, key, stored};
use crate::*;

fn writer() -> ChainWriter {
    ChainWriter::new(clinic(), chain(CHAIN_A))
}

#[test]
fn a_checkpoint_is_due_after_256_entries_or_a_minute() {
    let mut writer = writer();
    assert!(!writer.checkpoint_due(at(1_000)), "nothing to sign");
    for n in 0..255 {
        writer.append(draft(n), at(0)).unwrap();
    }
    assert!(!writer.checkpoint_due(at(59)));
    assert!(writer.checkpoint_due(at(60)));
    writer.append(draft(255), at(0)).unwrap();
    assert!(writer.checkpoint_due(at(0)));
    writer.checkpoint(&key(), at(1)).unwrap();
    assert!(!writer.checkpoint_due(at(1_000)), "nothing new");
    writer.append(draft(256), at(2)).unwrap();
    assert!(!writer.checkpoint_due(at(60)));
    assert!(writer.checkpoint_due(at(61)));
}

#[test]
fn a_writer_taken_up_again_goes_on_as_if_it_had_never_stopped() {
    let mut first = writer();
    let mut rows = Vec::new();
    let mut checkpoints: Vec<(u64, Option<SealedCheckpoint>)> = vec![(0, None)];
    for n in 0..70 {
        rows.push(stored(first.chain(), &first.append(draft(n), at(n)).unwrap()));
        if n % 13 == 0 {
            checkpoints.push((n + 1, Some(first.checkpoint(&key(), at(n)).unwrap())));
        }
    }
    for (size, sealed) in checkpoints {
        let last = sealed.as_ref().map(|sealed| (&sealed.checkpoint, sealed.frontier.as_slice()));
        let after = rows.iter().skip(usize::try_from(size).unwrap()).cloned();
        let mut second = ChainWriter::resume(clinic(), chain(CHAIN_A), last, after).unwrap();
        let mut first = first.clone();
        assert_eq!((second.next_seq(), second.root(), second.head()), (70, first.root(), first.head()));
        assert_eq!(second.append(draft(70), at(70)), first.append(draft(70), at(70)));
    }
}

#[test]
fn a_writer_does_not_continue_what_was_tampered_with() {
    let mut first = writer();
    let rows: Vec<_> = (0..10).map(|n| stored(chain(CHAIN_A), &first.append(draft(n), at(n)).unwrap())).collect();
    let sealed = first.checkpoint(&key(), at(9)).unwrap();
    let more: Vec<_> = (10..15).map(|n| stored(chain(CHAIN_A), &first.append(draft(n), at(n)).unwrap())).collect();
    let resume = |chain, frontier: &[u8], after: Vec<StoredEntry>| {
        ChainWriter::resume(clinic(), chain, Some((&sealed.checkpoint, frontier)), after)
            .map(|writer| writer.next_seq())
    };
    let a = chain(CHAIN_A);
    assert_eq!(resume(a, &sealed.frontier, more.clone()), Ok(15));
    assert_eq!(resume(chain(CHAIN_B), &sealed.frontier, more.clone()), Err(ResumeError::OtherChain));
    let mut frontier = sealed.frontier.clone();
    frontier[20] ^= 1;
    assert_eq!(resume(a, &frontier, more.clone()), Err(ResumeError::Frontier));
    let mut gap = more.clone();
    gap.remove(1);
    assert_eq!(resume(a, &sealed.frontier, gap), Err(ResumeError::Entry(12)));
    let mut edited = more;
    edited[2].canonical.as_mut().unwrap()[40] ^= 1;
    assert_eq!(resume(a, &sealed.frontier, edited), Err(ResumeError::Entry(12)));
    assert!(ChainWriter::resume(clinic(), a, None, rows.into_iter().skip(1)).is_err());
}

#[test]
fn a_writer_goes_on_behind_what_was_purged() {
    let mut first = writer();
    let rows: Vec<_> = (0..9).map(|n| stored(first.chain(), &first.append(draft(n), at(n)).unwrap())).collect();
    let emptied = |which: &[usize]| {
        let mut rows = rows.clone();
        which.iter().for_each(|which| rows[*which].canonical = None);
        rows
    };
    let resume = |rows| ChainWriter::resume(clinic(), chain(CHAIN_A), None, rows);
    for rows in [emptied(&[0]), emptied(&[0, 1, 2, 3]), emptied(&[0, 1, 2, 3, 4, 5, 6, 7, 8])] {
        let second = resume(rows).unwrap();
        assert_eq!((second.next_seq(), second.root(), second.head()), (9, first.root(), first.head()));
        assert!(second.checkpoint_due(at(9)), "nobody knows how long they have waited");
    }
    assert_eq!(resume(emptied(&[0, 2])).unwrap_err(), ResumeError::Entry(2));
    let mut forged = emptied(&[0, 1]);
    forged[1].leaf = Digest::ZERO;
    assert_eq!(resume(forged).unwrap_err(), ResumeError::Entry(1));
}

#[test]
fn a_refused_draft_takes_no_number() {
    let mut writer = writer();
    let mut bad = draft(0);
    bad.patient = Some(String::new());
    assert_eq!(writer.append(bad, at(0)), Err(Invalid::Id));
    assert_eq!(writer.append(draft(0), at(0)).unwrap().seq, 0);
}
