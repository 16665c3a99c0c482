//! A first bad row, and what the rows after it say about how it got there.
//!
//! When entry 7 is not where it should be, only the rest of the chain tells whether it was deleted (it never comes),
//! moved (it comes later), or pushed aside by an intruder (it comes next). So the class is decided at the end.

use super::report::Fault;
use crate::{
    entry::Entry,
    hash::{Digest, leaf_hash},
};

/// The first row at which a chain no longer follows from itself.
#[derive(Debug)]
pub(super) struct Suspect {
    /// Which place.
    pub seq: u64,
    /// How it was noticed.
    pub why: String,
    first_guess: Fault,
    /// What stands there instead: the number inside the entry, and its leaf.
    intruder: Option<(u64, Digest)>,
    /// The entry that belongs there came later.
    expected_later: bool,
    /// The intruder's number came again: with the same content, or with another.
    again: Option<bool>,
}

impl Suspect {
    /// A suspect whose class nothing later can change.
    pub fn certain(fault: Fault, seq: u64, why: &str) -> Self {
        Self { seq, why: String::from(why), first_guess: fault, intruder: None, expected_later: false, again: None }
    }

    /// A suspect with what stands in its place, for the rows after it to explain.
    pub fn perhaps(fault: Fault, seq: u64, intruder: Option<(u64, Digest)>, why: &str) -> Self {
        Self { intruder, ..Self::certain(fault, seq, why) }
    }

    /// Looks at a row that comes after.
    pub fn witness(&mut self, canonical: Option<&[u8]>) {
        let open = matches!(self.first_guess, Fault::Edited | Fault::Deleted);
        // An emptied row says nothing about itself.
        let Some(canonical) = canonical else { return };
        let Some(Ok(entry)) = open.then(|| Entry::from_canonical(canonical)) else { return };
        self.expected_later |= entry.seq == self.seq;
        if let Some((number, leaf)) = self.intruder
            && number == entry.seq
        {
            self.again = Some(leaf == leaf_hash(canonical));
        }
    }

    /// The class, once all rows have been seen.
    pub fn verdict(&self) -> Fault {
        match (self.first_guess, self.again) {
            (Fault::Edited | Fault::Deleted, Some(true)) => Fault::Duplicated,
            (Fault::Edited | Fault::Deleted, Some(false)) if self.expected_later => Fault::Inserted,
            (Fault::Edited | Fault::Deleted, Some(false)) => Fault::Edited,
            (Fault::Edited, None) if self.expected_later && self.intruder.is_none() => Fault::Inserted,
            (Fault::Edited | Fault::Deleted, None) if self.expected_later => Fault::Reordered,
            (guess, _) => guess,
        }
    }
}
