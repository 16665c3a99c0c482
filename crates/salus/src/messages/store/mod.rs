//! SQL of messages.

mod drafts;
mod inbox;
mod threads;
mod write;

pub use drafts::{Draft, NewDraft, draft, drafts, empty_draft, put_draft};
pub use inbox::{Waiting, inbox, waiting};
pub use threads::{Listed, Message, count, list, messages, thread, unread};
pub use write::{NewMessage, claim, close, hold, insert_message, insert_thread, mark_read, sent};

use crate::{messages::model::Topic, shell::error::Error};

fn topic(word: &str) -> Result<Topic, Error> {
    Topic::from_word(word).ok_or_else(|| Error::broken("a conversation about nothing that we know"))
}

fn count_of(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
