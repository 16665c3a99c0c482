//! The words of getting back in, and the code that is said to the person.

use salus_kernel::{MINUTE, ResourceId};

/// How long link and code count (IDN-08: a day for what comes by mail).
pub const LASTS: i64 = 24 * 60 * MINUTE;
/// How long the first of two waits for the second.
pub const VOUCH_LASTS: i64 = 3 * LASTS;
/// How many wrong codes end them.
pub const WRONG_CODES: i64 = 5;
/// What the code's keyed hash is made for.
const PROOF: &str = "back-in-code";
/// How many digits it has: one try in a hundred million is right, and there are five.
const DIGITS: usize = 8;
/// How many codes there are.
const CODES: u64 = 100_000_000;

/// How somebody can be checked, as they wish it.
pub const WANTED: [&str; 2] = ["call", "desk"];
/// What stands there where a colleague did not ask themselves.
pub const BY_COLLEAGUE: &str = "colleague";
/// Why the clinic can say no.
pub const REASONS: [&str; 3] = ["not-reached", "not-proven", "not-asked"];

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Somebody has to find out who it is.
    Waiting,
    /// Of a colleague: one of two has.
    Vouched,
    /// Link and code are on their way.
    Approved,
    /// They were, and count no more: a day is over, or there were too many wrong codes. Not a word of the table.
    Ended,
    /// The clinic said no.
    Refused,
    /// It is void.
    Withdrawn,
    /// The person is back.
    Done,
}

impl State {
    /// As stored, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Vouched => "vouched",
            Self::Approved => "approved",
            Self::Ended => "ended",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Done => "done",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Vouched, Self::Approved, Self::Refused, Self::Withdrawn, Self::Done];
        all.into_iter().find(|state| state.word() == word)
    }
    /// Whether somebody has something to do.
    pub const fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Vouched | Self::Approved | Self::Ended)
    }
}

/// What is said to the person and never mailed: digits, because they are easy to say and to type.
pub struct SpokenCode(String);

impl SpokenCode {
    /// A fresh one.
    pub fn fresh() -> Self {
        let number = u64::from_le_bytes(salus_vault::random()) % CODES;
        Self(format!("{number:0width$}", width = DIGITS))
    }
    /// As somebody typed it: only the digits count. None when they are too few or too many.
    pub fn typed(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        (digits.len() == DIGITS).then_some(Self(digits))
    }
    /// As it is said: two groups of four.
    pub fn in_groups(&self) -> String {
        let (first, second) = self.0.split_at(DIGITS / 2);
        format!("{first} {second}")
    }
    /// What the row keeps of it.
    pub fn proof(&self, digest: impl Fn(&str, &[u8]) -> [u8; 32], row: ResourceId) -> [u8; 32] {
        digest(PROOF, format!("{row} {}", self.0).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_as_it_is_heard() {
        assert_eq!(CODES.to_string().len(), DIGITS + 1);
        for _ in 0..200 {
            let code = SpokenCode::fresh();
            let said = code.in_groups();
            assert_eq!(said.len(), 9, "{said}");
            for typed in [said.clone(), said.replace(' ', ""), format!(" {} ", said.replace(' ', "-"))] {
                assert_eq!(SpokenCode::typed(&typed).unwrap().0, code.0);
            }
        }
        assert!(SpokenCode::typed("1234 567").is_none() && SpokenCode::typed("1234 5678 9").is_none());
        let codes: std::collections::BTreeSet<String> = (0..200).map(|_| SpokenCode::fresh().0).collect();
        assert!(codes.len() > 190, "ASVS V6.4.1: they are drawn by chance");
    }

    #[test]
    fn every_state_has_a_word() {
        for word in ["waiting", "vouched", "approved", "refused", "withdrawn", "done"] {
            assert_eq!(State::from_word(word).unwrap().word(), word);
        }
        assert!(State::from_word("other").is_none());
    }
}
