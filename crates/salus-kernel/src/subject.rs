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
