//! What may be written, by whom. Pure.

use salus_kernel::{AccountId, Relation};

use crate::shell::typed;

/// The most characters of a subject.
pub const LONGEST_SUBJECT: usize = 120;
/// The most characters of a message.
pub const LONGEST_BODY: usize = 10_000;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// All of them, in the order in which pages list them.
            pub fn all() -> impl Iterator<Item = Self> { [$(Self::$variant),+].into_iter() }
            /// As stored, in forms, and the end of the words for it.
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The reverse.
            pub fn from_word(word: &str) -> Option<Self> { Self::all().find(|it| it.word() == word) }
        }
    };
}

words! {
    /// What a conversation is about, in a patient's words.
    Topic {
        /// A question about one's health.
        Health = "health",
        /// Medicines.
        Medicines = "medicines",
        /// Test results.
        Results = "results",
        /// Visits.
        Visits = "visits",
        /// Forms and letters.
        Papers = "papers",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// Who speaks: the patient, or those who treat them.
    Side {
        /// The patient, and whoever acts for them.
        Patient = "patient",
        /// The care team.
        Team = "team",
    }
}

impl Side {
    /// On which side somebody stands who may read and write at all.
    pub fn of(relation: Relation) -> Self {
        if relation.is_of_the_patient() { Self::Patient } else { Self::Team }
    }
    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Patient => Self::Team,
            Self::Team => Self::Patient,
        }
    }
}

words! {
    /// Which conversations an inbox shows.
    Filter {
        /// All, those that wait first.
        All = "all",
        /// Those that wait and that nobody has taken.
        Unclaimed = "unclaimed",
        /// Those that the reader has taken.
        Mine = "mine",
        /// Those that don't wait.
        Answered = "answered",
    }
}

words! {
    /// What is done about who answers.
    Claim {
        /// Takes what nobody has.
        Take = "take",
        /// Takes what somebody else has.
        TakeOver = "take-over",
        /// Gives back what one has.
        GiveBack = "give-back",
    }
}

/// Why a text can't be a subject or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// There is nothing in it.
    Empty,
    /// It has so many characters.
    TooLong(usize),
}

/// A subject: one line.
pub fn subject(text: &str) -> Result<String, Unfit> {
    let clean = cleaned(text).replace(['\n', '\t'], " ");
    let line = typed::line(&clean, usize::MAX).ok_or(Unfit::Empty)?;
    fits(line, LONGEST_SUBJECT)
}

/// A message: lines as they were typed, in any script.
pub fn body(text: &str) -> Result<String, Unfit> {
    let text = cleaned(text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    if text.is_empty() { Err(Unfit::Empty) } else { fits(text.to_owned(), LONGEST_BODY) }
}

fn fits(text: String, longest: usize) -> Result<String, Unfit> {
    let count = text.chars().count();
    if count <= longest { Ok(text) } else { Err(Unfit::TooLong(count)) }
}

/// Every browser sends line ends as two characters; other control characters are nothing that anybody typed.
fn cleaned(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// Who has taken a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Their account.
    pub by: AccountId,
    /// Their name.
    pub name: String,
}

/// Whether somebody can write in a conversation now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CanReply {
    /// They can.
    Yes,
    /// It is closed: a new one can be begun.
    Closed,
    /// Nobody is on the care team who would read it: the patient calls.
    NobodyReads,
    /// Somebody else is answering.
    TakenBy(String),
}

/// Whether `me` can write, on this side of a conversation.
pub fn can_reply(side: Side, me: AccountId, closed: bool, claimed: Option<&Claimed>, readers: usize) -> CanReply {
    match (side, claimed) {
        _ if closed => CanReply::Closed,
        (Side::Patient, _) if readers == 0 => CanReply::NobodyReads,
        (Side::Team, Some(claimed)) if claimed.by != me => CanReply::TakenBy(claimed.name.clone()),
        (Side::Patient | Side::Team, _) => CanReply::Yes,
    }
}

#[cfg(test)]
mod tests {
    use salus_kernel::Instant;

    use super::*;

    #[test]
    fn texts_are_kept_as_typed_up_to_their_length() {
        assert_eq!(body(" \r\nHello\r\n\r\n  there\t👩🏽‍⚕️ \r\n").as_deref(), Ok("Hello\n\n  there\t👩🏽‍⚕️"));
        assert_eq!(body("د. ليلى\u{200f}!").as_deref(), Ok("د. ليلى\u{200f}!"));
        assert_eq!(body("a\u{0}b\u{1b}c").as_deref(), Ok("abc"));
        for nothing in ["", " \r\n\t ", "\u{0}", "\u{200b}", "\u{feff} "] {
            assert_eq!(body(nothing), Err(Unfit::Empty), "{nothing:?}");
            assert_eq!(subject(nothing), Err(Unfit::Empty), "{nothing:?}");
        }
        assert_eq!(body(&"é".repeat(LONGEST_BODY)).map(|text| text.chars().count()), Ok(LONGEST_BODY));
        assert_eq!(body(&"é".repeat(LONGEST_BODY + 1)), Err(Unfit::TooLong(LONGEST_BODY + 1)));
        assert_eq!(subject(" My \r\n knee ").as_deref(), Ok("My knee"));
        assert_eq!(subject(&"x".repeat(121)), Err(Unfit::TooLong(121)));
    }

    #[test]
    fn who_can_write_follows_from_the_conversation_and_the_team() {
        let account = |n: u8| AccountId::new(Instant::from_micros(0), [n; 10]);
        let (me, other) = (account(1), account(2));
        let by = |by| Some(Claimed { by, name: "Dana".to_owned() });
        let ask =
            |side, closed, claimed: Option<Claimed>, readers| can_reply(side, me, closed, claimed.as_ref(), readers);
        for claimed in [None, by(me), by(other)] {
            for readers in [0, 1, 5] {
                for side in [Side::Patient, Side::Team] {
                    assert_eq!(ask(side, true, claimed.clone(), readers), CanReply::Closed);
                }
                let patient = if readers == 0 { CanReply::NobodyReads } else { CanReply::Yes };
                assert_eq!(ask(Side::Patient, false, claimed.clone(), readers), patient);
                let team = match &claimed {
                    Some(claimed) if claimed.by == other => CanReply::TakenBy("Dana".to_owned()),
                    _ => CanReply::Yes,
                };
                assert_eq!(ask(Side::Team, false, claimed.clone(), readers), team);
            }
        }
    }

    #[test]
    fn words_come_back() {
        assert!(Topic::all().all(|topic| Topic::from_word(topic.word()) == Some(topic)));
        assert!(Side::all().all(|side| Side::from_word(side.word()) == Some(side) && side.other().other() == side));
        assert!(Filter::all().all(|filter| Filter::from_word(filter.word()) == Some(filter)));
        assert!(Claim::all().all(|claim| Claim::from_word(claim.word()) == Some(claim)));
        assert_eq!(Topic::from_word("secrets"), None);
    }
}
