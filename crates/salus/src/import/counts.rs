//! What an import did, counted by type.

use std::{collections::BTreeMap, fmt};

use salus_fhir::ResourceType;

/// How many resources of one type were new, changed, or the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were not there before.
    pub new: u64,
    /// Rows with another content than before.
    pub changed: u64,
    /// Rows that stayed as they were.
    pub same: u64,
}

impl Tally {
    /// All of them.
    pub const fn all(self) -> u64 {
        self.new + self.changed + self.same
    }
}

/// What was done with everything in a file, or in several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of the types that Salus keeps.
    pub types: BTreeMap<ResourceType, Tally>,
    /// Of the types that it does not keep: only counted.
    pub unread: BTreeMap<String, u64>,
    /// References to something that was never imported; they stay as they were written.
    pub unresolved: u64,
    /// Marks that keep an entry from those who act for a patient, because a rule calls it sensitive.
    pub private: u64,
}

impl Counts {
    /// Adds another file's.
    pub fn add(&mut self, other: &Self) {
        for (kind, tally) in &other.types {
            let sum = self.types.entry(*kind).or_default();
            sum.new += tally.new;
            sum.changed += tally.changed;
            sum.same += tally.same;
        }
        for (name, count) in &other.unread {
            *self.unread.entry(name.clone()).or_default() += count;
        }
        self.unresolved += other.unresolved;
        self.private += other.private;
    }

    /// All types together.
    pub fn total(&self) -> Tally {
        self.types.values().fold(Tally::default(), |sum, one| Tally {
            new: sum.new + one.new,
            changed: sum.changed + one.changed,
            same: sum.same + one.same,
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} new, {} changed, {} the same", grouped(self.new), grouped(self.changed), grouped(self.same))
    }
}

impl fmt::Display for Counts {
    /// A line for each type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, tally) in &self.types {
            writeln!(f, "{kind} {tally}")?;
        }
        for (name, count) in &self.unread {
            writeln!(f, "{name} {} left out: Salus does not keep this type", grouped(*count))?;
        }
        if self.unresolved > 0 {
            writeln!(
                f,
                "{} references lead to something that was not imported; they stay as written",
                grouped(self.unresolved)
            )?;
        }
        if self.private > 0 {
            writeln!(f, "{} marks keep sensitive entries from those who act for a patient", grouped(self.private))?;
        }
        Ok(())
    }
}

/// `17262` as `17,262`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_sentence() {
        let mut counts = Counts::default();
        counts.types.insert(ResourceType::Observation, Tally { new: 17_262, changed: 0, same: 0 });
        counts.unread.insert("Claim".to_owned(), 1_000_000);
        counts.unresolved = 12;
        counts.private = 1234;
        let mut twice = counts.clone();
        twice.add(&counts);
        assert_eq!(
            counts.to_string(),
            "Observation 17,262 new, 0 changed, 0 the same\n\
             Claim 1,000,000 left out: Salus does not keep this type\n\
             12 references lead to something that was not imported; they stay as written\n\
             1,234 marks keep sensitive entries from those who act for a patient\n"
        );
        assert_eq!((twice.total().all(), twice.unresolved, twice.private), (34_524, 24, 2468));
        assert_eq!([0, 999, 1000].map(grouped), ["0", "999", "1,000"]);
    }
}
