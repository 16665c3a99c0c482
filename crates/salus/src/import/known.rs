//! What the first pass learnt: every resource of the file by its names, with its local id and what is stored already.

use std::collections::{HashMap, HashSet};

use salus_fhir::ResourceType;
use salus_kernel::ResourceId;

use super::{identity::Key, stored::Held};

/// One resource of the file.
pub(super) struct Entry {
    pub(super) kind: ResourceType,
    pub(super) id: ResourceId,
    pub(super) before: Before,
    /// What may name its patient, the likeliest first: tells whose record it is, for those who refer to it.
    pub(super) patient: Box<[Key]>,
}

/// What the database had of it before this import.
pub(super) enum Before {
    /// Nothing.
    New,
    /// This row.
    Held(Box<Held>),
    /// A row that belongs to another identity with the same NPI: references lead there, and nothing is written.
    SameNpi,
}

/// All of a file.
#[derive(Default)]
pub(super) struct Known {
    entries: HashMap<Key, Entry>,
    aliases: HashMap<Key, Option<Key>>,
    unread: HashSet<Key>,
    numbered: HashMap<ResourceId, u32>,
    /// What a rule calls sensitive.
    sensitive: HashSet<ResourceId>,
    any_record: bool,
    late_patient: bool,
}

impl Known {
    /// Takes one in; false when there is one with this identity already.
    pub(super) fn add(&mut self, key: Key, aliases: &[Key], entry: Entry) -> bool {
        match entry.kind {
            ResourceType::Patient => self.late_patient |= self.any_record,
            kind => self.any_record |= kind.is_clinical(),
        }
        for alias in aliases.iter().filter(|alias| **alias != key) {
            // A name that two resources have means neither of them.
            self.aliases
                .entry(*alias)
                .and_modify(|known| *known = known.filter(|known| *known == key))
                .or_insert(Some(key));
        }
        self.entries.insert(key, entry).is_none()
    }

    /// Notes something of a type that is not kept: references to it lead nowhere.
    pub(super) fn leave_out(&mut self, key: Key) {
        self.unread.insert(key);
    }

    pub(super) fn is_left_out(&self, key: Key) -> bool {
        self.unread.contains(&key)
    }

    /// The resource with this identity.
    pub(super) fn entry(&self, key: Key) -> Option<&Entry> {
        self.entries.get(&key)
    }

    /// The resource with this identity or this other name.
    pub(super) fn named(&self, key: Key) -> Option<&Entry> {
        self.entry(key).or_else(|| self.entry((*self.aliases.get(&key)?)?))
    }

    /// Notes which of the record numbers made for a patient was free; the first one is not noted.
    pub(super) fn number(&mut self, patient: ResourceId, attempt: u32) {
        if attempt > 0 {
            self.numbered.insert(patient, attempt);
        }
    }

    /// Notes that a rule calls an entry sensitive.
    pub(super) fn sensitive(&mut self, id: ResourceId) {
        self.sensitive.insert(id);
    }

    /// Whether a rule calls it so.
    pub(super) fn is_sensitive(&self, id: ResourceId) -> bool {
        self.sensitive.contains(&id)
    }

    /// Which of the record numbers made for a patient is theirs.
    pub(super) fn numbered(&self, patient: ResourceId) -> u32 {
        self.numbered.get(&patient).copied().unwrap_or(0)
    }

    /// Whether a patient comes after something in a record: then patients must be written first, in a round of their own.
    pub(super) fn patients_come_late(&self) -> bool {
        self.late_patient
    }
}
