//! Blind indexes: exact look-up of a sealed value by a keyed hash of its normal form.
//!
//! What it leaks to a thief of the database without the key: which rows have equal values, and nothing else.

use std::fmt;

use zeroize::Zeroizing;

use crate::bytes::mac;

/// The key of one purpose's indexes.
pub struct IndexKey {
    version: u32,
    key: Zeroizing<[u8; 32]>,
}

impl IndexKey {
    pub(crate) fn new(version: u32, key: Zeroizing<[u8; 32]>) -> Self {
        Self { version, key }
    }
    /// The index of a value that is in its normal form.
    pub fn of(&self, value: &str) -> BlindIndex {
        let tag = mac(&self.key, value.as_bytes());
        BlindIndex(format!("v{}:{}", self.version, hex::encode(tag)))
    }
}

/// `v<key version>:<64 hex digits>`: as stored. The version stands beside the value from the first day.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BlindIndex(String);

impl BlindIndex {
    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// As stored.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindIndex(...)")
    }
}

/// Normal forms, so that what people type finds what was stored.
pub mod normal {
    use unicode_normalization::UnicodeNormalization;

    /// An e-mail address: NFKC, trimmed, lower case.
    pub fn email(text: &str) -> String {
        text.trim().nfkc().collect::<String>().to_lowercase()
    }

    /// A phone number in E.164 as far as it can be told: `+` and digits; ten digits are American.
    pub fn phone(text: &str) -> String {
        let text: String = text.nfkc().collect();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match (text.trim_start().starts_with('+'), digits.len()) {
            (false, 10) => format!("+1{digits}"),
            _ => format!("+{digits}"),
        }
    }

    /// A medical record number: NFKC, without spaces and hyphens, upper case.
    pub fn mrn(text: &str) -> String {
        text.nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase()
    }

    /// A name or a word of one, for the in-memory directory: no case, no accents, no punctuation.
    pub fn name(text: &str) -> String {
        text.nfkd()
            .filter(|c| c.is_alphanumeric() || c.is_whitespace())
            .collect::<String>()
            .to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn what_people_type_finds_what_was_stored() {
            assert_eq!(super::email("  Ana.Ruiz@Example.ORG "), "ana.ruiz@example.org");
            assert_eq!(super::email("ａna@example.org"), "ana@example.org");
            assert_eq!(super::phone("(617) 555-0100"), "+16175550100");
            assert_eq!(super::phone("+1 617 555 0100"), "+16175550100");
            assert_eq!(super::phone("1-617-555-0100"), "+16175550100");
            assert_eq!(super::mrn(" ab-12 34"), "AB1234");
            assert_eq!(super::name("O'Kon,  ÉLANOR "), "okon elanor");
        }
    }
}
