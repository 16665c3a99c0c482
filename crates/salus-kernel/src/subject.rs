//! Whom data is about, and what people are to each other.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AccountId, PatientId, ThreadId};

/// Whose key seals a value: each patient, each account, each conversation, and the clinic itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A patient's record.
    Patient(PatientId),
    /// What a login alone may read: its factors, its parked forms, its e-mail address.
    Account(AccountId),
    /// A conversation: its key is wrapped for those who may read it.
    Thread(ThreadId),
    /// The clinic: what belongs to no one person.
    Clinic,
}

impl Subject {
    /// `patient`, `account`, `thread` or `clinic`: as stored.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Patient(_) => "patient",
            Self::Account(_) => "account",
            Self::Thread(_) => "thread",
            Self::Clinic => "clinic",
        }
    }
    /// The id as stored; the clinic has none.
    pub fn id(self) -> String {
        match self {
            Self::Patient(id) => id.to_string(),
            Self::Account(id) => id.to_string(),
            Self::Thread(id) => id.to_string(),
            Self::Clinic => String::new(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// All of them, in the order of the access matrix.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word in tables, in the ledger and in generated documents.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            /// The reverse of [`Self::word`].
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What someone works as at the clinic. An account has at most one; patients have none.
    Role {
        /// Treats patients.
        Practitioner = "practitioner",
        /// Treats patients, together with practitioners.
        Nurse = "nurse",
        /// Welcomes and books.
        FrontDesk = "front-desk",
        /// Sends bills and speaks with insurers; reads no clinical notes.
        Biller = "biller",
        /// Runs the clinic's settings and accounts; reads no charts.
        Administrator = "administrator",
        /// Reviews who looked at what; reads no charts.
        PrivacyOfficer = "privacy-officer",
    }
}

impl Role {
    /// Whether somebody in this role can be on a patient's care team.
    pub const fn treats(self) -> bool {
        matches!(self, Self::Practitioner | Self::Nurse)
    }
}

words! {
    /// What an account is to what it asks for: the only thing that policy looks at.
    Relation {
        /// The chart is their own.
        Myself = "self",
        /// Acts for the patient, as far as the patient or the clinic gave it.
        Caregiver = "caregiver",
        /// A practitioner with a dated place on the patient's care team.
        CareTeam = "care-team",
        /// Treats patients, not this one, and opened the record in an emergency less than an hour ago.
        Emergency = "emergency",
        /// Works at the front desk.
        FrontDesk = "front-desk",
        /// Sends the bills.
        Biller = "biller",
        /// Administers the clinic.
        Administrator = "administrator",
        /// Guards privacy.
        PrivacyOfficer = "privacy-officer",
        /// A practitioner who is not on this patient's care team.
        Practitioner = "practitioner",
        /// A nurse who is not on this patient's care team.
        Nurse = "nurse",
    }
}

impl Relation {
    /// Whether somebody speaks as the patient, or for them: what they do is the patient's side of it.
    pub const fn is_of_the_patient(self) -> bool {
        matches!(self, Self::Myself | Self::Caregiver)
    }
}

words! {
    /// A part of what a caregiver can be given.
    Scope {
        /// See, book, move and cancel visits.
        Visits = "visits",
        /// Read and write messages.
        Messages = "messages",
        /// Read the record: problems, results, vaccines and all that has no part of its own here.
        Clinical = "clinical",
        /// See medicines.
        Medicines = "medicines",
        /// See insurance and bills.
        Billing = "billing",
        /// Read notes and documents.
        Documents = "documents",
        /// Also what a rule marks as sensitive, in the parts that were given. What a person keeps private it does not open.
        Sensitive = "sensitive",
    }
}

/// How far somebody sees into what is kept private in a record that is open to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reach {
    /// Nothing of it.
    #[default]
    Plain,
    /// What a rule marks as sensitive.
    Sensitive,
    /// Everything.
    All,
}

impl Reach {
    /// As stored and compared: what is kept at a number that is higher is not seen.
    pub const fn number(self) -> i64 {
        match self {
            Self::Plain => 0,
            Self::Sensitive => 1,
            Self::All => 2,
        }
    }
}

/// What a caregiver was given: a set of [`Scope`]s. Stored as their words with spaces between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// None of them.
    pub const NONE: Self = Self(0);

    const fn bit(scope: Scope) -> u8 {
        match scope {
            Scope::Visits => 1,
            Scope::Messages => 1 << 1,
            Scope::Clinical => 1 << 2,
            Scope::Medicines => 1 << 3,
            Scope::Billing => 1 << 4,
            Scope::Documents => 1 << 5,
            Scope::Sensitive => 1 << 6,
        }
    }
    /// Whether it is among them.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }
    /// Whether there are none. The sensitive part of nothing is nothing.
    pub const fn is_empty(self) -> bool {
        self.without(Scope::Sensitive).0 == 0
    }
    /// The same without one of them.
    pub const fn without(self, scope: Scope) -> Self {
        Self(self.0 & !Self::bit(scope))
    }
    /// The scopes in their order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }
    /// As stored.
    pub fn words(self) -> String {
        self.iter().map(Scope::word).collect::<Vec<_>>().join(" ")
    }
    /// The reverse; a word that nobody knows gives nothing.
    pub fn from_words(words: &str) -> Self {
        words.split(' ').filter_map(Scope::from_word).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | Self::bit(scope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_stored_as_words() {
        let some: Scopes = [Scope::Billing, Scope::Visits].into_iter().collect();
        assert_eq!(some.words(), "visits billing");
        assert_eq!(Scopes::from_words("visits billing"), some);
        assert_eq!(Scopes::from_words("billing  visits everything"), some);
        assert!(some.contains(Scope::Visits) && !some.contains(Scope::Clinical));
        let all: Scopes = Scope::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), 7);
        assert!(Scopes::from_words("").is_empty() && Scopes::NONE.is_empty());
        let sensitive = Scopes::from_words("sensitive");
        assert!(sensitive.is_empty() && sensitive.contains(Scope::Sensitive), "the sensitive part of nothing");
        assert_eq!(all.without(Scope::Sensitive).iter().count(), 6);
    }
}
