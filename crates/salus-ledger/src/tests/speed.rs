//! A measurement, not a test of right or wrong: `cargo test -p salus-ledger --release -- --ignored --nocapture`.

use std::time::Instant;

use super::{CHAIN_A, at, chain, clinic, draft, key, keys, stored};
use crate::*;

#[test]
#[ignore = "takes long in a debug build"]
fn a_million_entries_are_written_and_verified_in_seconds() {
    let mut writer = ChainWriter::new(clinic(), chain(CHAIN_A));
    let (mut evidence, mut rows) = (Evidence::new(clinic(), &keys()), Vec::new());
    let begin = Instant::now();
    for n in 0..1_000_000 {
        rows.push(writer.append(draft(n), at(n)).unwrap());
        if n % 256 == 255 {
            evidence.checkpoint(&writer.checkpoint(&key(), at(n)).unwrap().note);
        }
    }
    eprintln!("written, signed and notes checked: {:?}", begin.elapsed());
    let rows: Vec<_> = rows.iter().map(|row| stored(chain(CHAIN_A), row)).collect();
    let begin = Instant::now();
    let mut verifier = Verifier::new(evidence);
    rows.iter().for_each(|row| verifier.entry(row));
    let report = verifier.finish();
    eprintln!("verified: {:?}", begin.elapsed());
    assert!(report.is_intact());
    assert_eq!(report.entries(), 1_000_000);
}
