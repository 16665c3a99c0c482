//! The small vocabulary of an entry: who keeps the log, which chain, when, and words from a fixed alphabet.

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// Why a text is not the word, the id or the like that it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// Not the 36 characters of a lower-case, hyphenated UUID.
    #[error("not a lower-case hyphenated UUID")]
    NotUuid,
    /// Empty, longer than 64 bytes, or with characters other than letters, digits and `- _ . : /`.
    #[error("not a word: 1 to 64 of A-Z a-z 0-9 - _ . : /")]
    NotWord,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID; its text is the lower-case hyphenated form.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            /// Accepts one spelling only, so that an id has one text.
            fn from_str(text: &str) -> Result<Self, WordError> {
                let id = Uuid::try_parse(text).map_err(|_| WordError::NotUuid)?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(WordError::NotUuid) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

uuid_id! {
    /// The clinic whose ledger this is.
    ClinicId
}
uuid_id! {
    /// One chain of the ledger: one writer at a time, numbers without gaps.
    ChainId
}

/// A word of the ledger's language: `view-appointments`, `front-desk`, `MedicationRequest`.
///
/// No spaces and nothing outside ASCII, so that a word can't be mistaken for another one that looks like it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(String);

impl Word {
    /// Takes 1 to 64 of `A-Z a-z 0-9 - _ . : /`.
    pub fn new(text: &str) -> Result<Self, WordError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/');
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(String::from(text)))
        } else {
            Err(WordError::NotWord)
        }
    }

    /// The word as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Word {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        Self::new(text)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Micros(pub i64);

impl Micros {
    /// How many microseconds this moment is after `earlier`; negative when it is before.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

/// A length as the format writes it.
pub(crate) fn len64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Reads an unsigned decimal with no sign, no leading zero and no space.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Reads a signed decimal in its one spelling.
pub(crate) fn signed_decimal(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
