//! What is said of an emergency. Pure.

use salus_kernel::MINUTE;

/// How long a record stays open.
pub const OPEN_FOR: i64 = 60 * MINUTE;
/// After how long without a sign-off it is late (HIP-03).
pub const LATE_AFTER: i64 = 72 * 60 * MINUTE;
/// The shortest and the longest reason, in characters: "yes" is none.
pub const REASON: std::ops::RangeInclusive<usize> = 10..=1000;

/// What the privacy officer says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was right.
    Justified,
    /// It was not, and is followed up.
    NotJustified,
}

impl Verdict {
    /// As stored, in forms, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not-justified",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Justified, Self::NotJustified].into_iter().find(|verdict| verdict.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for verdict in [Verdict::Justified, Verdict::NotJustified] {
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("fine"), None);
    }
}
