//! Rows without bytes: what a chain says of them, and whether a purge in the ledger accounts for them.
//!
//! A purge empties a chain from its beginning, never in the middle, so only the emptied beginning needs a reason. The
//! reason is a [`System::Purge`](crate::System::Purge) entry, which may stand in another chain: it is known only when
//! all chains have been read. Until then a [`Beginning`] keeps what the answer depends on.

use super::report::{Fault, Finding};
use crate::{
    entry::{Entry, SIX_YEARS},
    words::{ChainId, Micros},
};

/// The purged rows with which a chain begins.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// How many rows: numbers 0 to this one, without it.
    pub rows: u64,
    /// Each row whose column `recorded` is later than all before it.
    rises: Vec<(u64, Micros)>,
    /// At which sizes the chain was signed, and when.
    stamps: Vec<(u64, Micros)>,
}

impl Beginning {
    /// Takes the next purged row.
    pub fn push(&mut self, recorded: Micros) {
        if self.rises.last().is_none_or(|(_, latest)| recorded > *latest) {
            self.rises.push((self.rows, recorded));
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// Takes a moment at which the chain was signed at a size.
    pub fn stamp(&mut self, size: u64, made: Micros) {
        if self.rows > 0 {
            self.stamps.push((size, made));
        }
    }

    /// The first row that purges up to `cutoff` do not account for.
    ///
    /// Its column says so, or, as nobody vouches for a column, its place: behind a signature that is younger.
    pub fn unaccounted(&self, chain: ChainId, cutoff: Option<Micros>, tolerance: i64) -> Option<Finding> {
        let finding = |seq, why| Some(emptied(chain, seq, why));
        let Some(cutoff) = cutoff else {
            return if self.rows == 0 { None } else { finding(0, String::from("no purge entry that counts says why")) };
        };
        let by_column = self.rises.iter().find(|(_, recorded)| *recorded >= cutoff);
        let late = |(size, made): &&(u64, Micros)| *size < self.rows && made.since(cutoff) >= tolerance;
        match (by_column, self.stamps.iter().find(late)) {
            (Some((seq, recorded)), by_place) if by_place.is_none_or(|(size, _)| seq <= size) => {
                finding(*seq, format!("it is dated {recorded}, and purges reach up to {cutoff}"))
            }
            (_, Some((size, made))) => {
                finding(*size, format!("it follows a checkpoint of {made}, and purges reach up to {cutoff}"))
            }
            (_, None) => None,
        }
    }

    /// How many rows at the end are old enough only by their column: no signature before the cutoff covers them.
    pub fn undated(&self, cutoff: Option<Micros>) -> u64 {
        let before = |(_, made): &&(u64, Micros)| cutoff.is_some_and(|cutoff| *made < cutoff);
        self.rows.saturating_sub(self.stamps.iter().filter(before).map(|(size, _)| *size).max().unwrap_or(0))
    }
}

/// An emptied row that nothing accounts for.
pub(super) fn emptied(chain: ChainId, seq: u64, why: String) -> Finding {
    Finding { fault: Fault::Emptied, chain: Some(chain), seq: Some(seq), since: None, until: None, why }
}

/// A purge entry that was read and is not yet signed.
#[derive(Debug)]
pub(super) struct Purge {
    /// Its place.
    pub seq: u64,
    cutoff: Micros,
    recorded: Micros,
}

impl Purge {
    /// The purge that this entry is.
    pub fn of(entry: &Entry) -> Option<Self> {
        entry.draft.cutoff.map(|cutoff| Self { seq: entry.seq, cutoff, recorded: entry.recorded })
    }

    /// The cutoff, if it is six years before the entry was recorded and, when that is known, before it was signed: an
    /// entry that dates itself into the future empties nothing.
    pub fn counts(&self, signed: Option<Micros>, tolerance: i64) -> Option<Micros> {
        let signed = signed.map_or(i64::MAX, |signed| signed.0.saturating_add(tolerance));
        (self.recorded.0.min(signed).saturating_sub(SIX_YEARS) >= self.cutoff.0).then_some(self.cutoff)
    }
}
