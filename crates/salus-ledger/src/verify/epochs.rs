//! Restores that were declared, and what they explain: that something known from elsewhere is not here any more.

use super::report::{Finding, Restored};
use crate::{
    epoch::Epoch,
    hash::Digest,
    words::{ChainId, Micros},
};

/// An epoch in a chain that is being read; it counts once it is signed.
#[derive(Debug)]
pub(super) struct Declared {
    /// Its place.
    pub seq: u64,
    recorded: Micros,
    epoch: Epoch,
}

impl Declared {
    /// The epoch that this entry is, read at this place.
    pub const fn new(seq: u64, recorded: Micros, epoch: Epoch) -> Self {
        Self { seq, recorded, epoch }
    }

    /// The epoch as it counts. One that dates itself later than it was signed explains nothing newer than that.
    pub fn counts(self, chain: ChainId, signed: Option<Micros>, tolerance: i64) -> Restored {
        let signed = signed.map_or(i64::MAX, |signed| signed.0.saturating_add(tolerance));
        let when = Micros(self.recorded.0.min(signed));
        Restored { chain, seq: self.seq, when, epoch: self.epoch, beyond: Vec::new() }
    }
}

/// Something that is known from elsewhere and is not here: a finding, unless a restore explains it.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    /// What there is to report if nothing explains it.
    pub finding: Finding,
    /// What is not here.
    pub what: Missing,
    /// When it was last known; none when nobody knows.
    pub latest: Option<Micros>,
}

/// What is not here.
#[derive(Debug, Clone, Copy)]
pub(super) enum Missing {
    /// The end of a chain that has this size and root now, and was known to have had another size.
    End { chain: ChainId, size: u64, root: Digest, known: u64 },
    /// A whole chain, known to have had this size.
    Chain { chain: ChainId, known: u64 },
    /// A manifest.
    Manifest { number: u64 },
}

impl Doubt {
    /// The finding, unless one of these restores explains it; that one then says so.
    ///
    /// A restore explains what is beyond the archive and older than itself: a chain that has exactly the size and root
    /// that the archive had, a chain that the archive did not have, a later manifest than the archive's.
    pub fn settle(self, restored: &mut [Restored]) -> Option<Finding> {
        let explains = |restored: &&mut Restored| {
            let named = |chain| restored.epoch.chains.iter().find(|named| named.chain == chain);
            let fits = match self.what {
                Missing::End { chain, size, root, .. } => {
                    named(chain).is_some_and(|named| (named.size, named.root) == (size, root))
                }
                Missing::Chain { chain, .. } => named(chain).is_none(),
                Missing::Manifest { number } => restored.epoch.manifest.is_none_or(|(last, _)| last < number),
            };
            fits && self.latest.is_some_and(|latest| latest <= restored.when)
        };
        let Some(by) = restored.iter_mut().find(explains) else { return Some(self.finding) };
        if let Missing::End { chain, known, .. } | Missing::Chain { chain, known } = self.what {
            by.beyond.push((chain, known));
        }
        None
    }
}
