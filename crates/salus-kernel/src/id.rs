//! Ids are types: passing an account where a patient belongs does not compile.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Instant;

/// The text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

/// A version 7 UUID from a moment and ten random bytes, which the caller draws (tests pass a counter).
///
/// Source: RFC 9562, section 5.7: 48 bits of milliseconds, then 74 random bits around the version and variant marks.
pub fn uuid_v7(now: Instant, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id for something made now; see [`uuid_v7`].
            pub fn new(now: Instant, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }
            /// The id as a UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
            /// Takes a UUID that is known to name one of these.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            /// Reads the lower-case hyphenated form and no other, so that each id has exactly one text.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let uuid = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if uuid.hyphenated().to_string() == text { Ok(Self(uuid)) } else { Err(NotAnId) }
            }
        }
    )+};
}

id! {
    /// One clinic: one instance, one database.
    ClinicId,
    /// A login: who someone is to Salus. Bound to people by rows, never by name.
    AccountId,
    /// A person with a chart.
    PatientId,
    /// A person who treats patients here.
    PractitionerId,
    /// One signed-in browser.
    SessionId,
    /// A row of a clinical table, whatever its resource type.
    ResourceId,
    /// A chain of the ledger.
    ChainId,
    /// One request or one run of a command: stands in the log, on error pages and in ledger entries.
    RequestId,
    /// An invite: to work here, or to read one's own chart.
    InviteId,
    /// A form kept for someone whose session ended before it was sent.
    ParkedFormId,
    /// A job that waits, runs or ran.
    JobId,
    /// A conversation between a patient and the care team.
    ThreadId,
    /// One message of a conversation.
    MessageId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_text() {
        let id = PatientId::new(Instant::from_micros(1_700_000_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse::<PatientId>(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<PatientId>().is_err());
        assert!(id.uuid().simple().to_string().parse::<PatientId>().is_err());
        assert!("x".parse::<PatientId>().is_err());
    }
}
