//! What the pages of messages receive.

mod inbox;
mod list;
mod new;
mod thread;

pub use inbox::{Inbox, Tab, Waiting, address as inbox_address};
pub use list::{Line, List};
pub use new::New;
pub use thread::{Bubble, Can, ClaimBox, Day, Thread};

use super::model::Topic;
use crate::shell::{
    view::{Choice, Field, Problem, problems},
    words,
};

/// What somebody writes: a new conversation, or an answer, which has neither topic nor subject.
#[derive(Clone)]
pub struct Writing {
    /// What it can be about.
    pub topics: Vec<Choice>,
    /// What is wrong with the choice.
    pub topic_problem: Option<String>,
    /// The subject.
    pub subject: Field,
    /// The message.
    pub body: Field,
    /// The form's own number: sent twice, it counts once.
    pub submission: String,
    /// When the draft was saved, if there is one.
    pub saved: Option<String>,
}

impl Writing {
    /// Nothing typed yet; `topic` is the one that is chosen.
    pub fn empty(submission: String, topic: Option<Topic>) -> Self {
        Self {
            topics: topics(topic),
            topic_problem: None,
            subject: Field::empty(),
            body: Field::empty(),
            submission,
            saved: None,
        }
    }

    fn problems(&self) -> Vec<Problem> {
        problems([("topic", &self.topic_problem), ("subject", &self.subject.problem), ("body", &self.body.problem)])
    }

    /// Whether somebody typed something that must not get lost.
    pub fn has_text(&self) -> bool {
        !self.body.value.trim().is_empty() || !self.subject.value.trim().is_empty()
    }
}

/// The topics, after a choice that is none.
pub fn topics(chosen: Option<Topic>) -> Vec<Choice> {
    let first = Choice::new("", words::t("messages-topic-choose"), chosen.is_none());
    let each = |topic: Topic| Choice::new(topic.word(), topic_in_words(topic), chosen == Some(topic));
    std::iter::once(first).chain(Topic::all().map(each)).collect()
}

/// A topic as patients say it.
pub fn topic_in_words(topic: Topic) -> String {
    words::t(&format!("messages-topic-{}", topic.word()))
}

const SAMPLE_ID: &str = "0192f3a0-0000-7000-8000-0000000000a1";
const SAMPLE_WHEN: &str = "Sunday, November 22, 2026, 9:10\u{a0}am Central\u{a0}Time";
const SAMPLE_RTL_TEXT: &str = "صباح الخير دكتورة، لدي سؤال عن الدواء الجديد. هل آخذه قبل الأكل أم بعده؟ (500 mg)";

fn sample_writing() -> Writing {
    Writing::empty(SAMPLE_ID.to_owned(), None)
}
