//! Handlers of messages.

mod claim;
mod drafts;
mod inbox;
mod list;
mod write;

mod thread;

pub use claim::{claim, close};
pub use drafts::{save_draft, save_new_draft};
pub use inbox::inbox;
pub use list::list;
pub use thread::read;
pub use write::{begin, form, reply};

use jiff::tz::TimeZone;
use salus_kernel::{Action, ActionType, MessageId, ThreadId};
use salus_vault::{Discloses, Opens};
use serde::Deserialize;

use super::{
    model::{self, Topic, Unfit},
    store::Draft,
    views::{self, Writing},
};
use crate::{
    access::{
        Chart,
        columns::{communication, communication_draft, communication_thread, related_person},
    },
    care_team,
    clinic::role_in_words,
    patients::MayFrame,
    shell::{dates, error::Error, view::Field, words},
};

/// Actions whose page shows a whole conversation.
pub trait ShowsThread:
    MayFrame + Opens<communication_thread::SubjectLine> + Opens<communication::Body> + Opens<related_person::AccountName>
{
}
impl<A> ShowsThread for A where
    A: MayFrame
        + Opens<communication_thread::SubjectLine>
        + Opens<communication::Body>
        + Opens<related_person::AccountName>
{
}

/// Actions whose page shows what somebody has begun to write.
pub trait ShowsDraft: ActionType + Opens<communication_draft::SubjectLine> + Opens<communication_draft::Body> {}
impl<A> ShowsDraft for A where A: ActionType + Opens<communication_draft::SubjectLine> + Opens<communication_draft::Body>
{}

/// The form with what was begun.
fn of_draft<A: ShowsDraft>(draft: &Draft, keys: &impl Discloses<A>, zone: &TimeZone) -> Result<Writing, Error> {
    Ok(Writing {
        topics: views::topics(draft.topic),
        topic_problem: None,
        subject: Field::typed(draft.subject.open(keys)?),
        body: Field::typed(draft.body.open(keys)?),
        submission: draft.submission.to_string(),
        saved: Some(words::t1("messages-draft-saved", "when", dates::day_and_time(draft.saved_at, zone))),
    })
}

/// What a form of ours sends: whatever of it the form has.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    topic: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    submission: String,
    #[serde(default)]
    discard: String,
    #[serde(default)]
    from: String,
    /// Whether the page saves it by itself.
    #[serde(default)]
    itself: String,
}

impl Typed {
    fn topic(&self) -> Option<Topic> {
        Topic::from_word(&self.topic)
    }

    /// The form's number; one that is none of ours counts as a new one.
    fn submission<A: ActionType>(&self, chart: &Chart<A>) -> MessageId {
        self.submission.parse().unwrap_or_else(|_| fresh(chart))
    }

    /// The form again, as it was typed.
    fn again(&self, submission: MessageId) -> Writing {
        Writing {
            topics: views::topics(self.topic()),
            topic_problem: None,
            subject: Field::typed(&self.subject),
            body: Field::typed(&self.body),
            submission: submission.to_string(),
            saved: None,
        }
    }

    /// The message, or what is wrong with it, beside the field.
    fn body(&self, form: &mut Writing) -> Option<String> {
        let fault = |unfit| match unfit {
            Unfit::Empty => words::t("messages-problem-body"),
            Unfit::TooLong(count) => words::t1("messages-problem-body-long", "count", words::number(many(count))),
        };
        model::body(&self.body).map_err(|unfit| form.body.problem = Some(fault(unfit))).ok()
    }

    /// Topic and subject, or what is wrong with them.
    fn heading(&self, form: &mut Writing) -> Option<(Topic, String)> {
        let fault = |unfit| match unfit {
            Unfit::Empty => words::t("messages-problem-subject"),
            Unfit::TooLong(count) => words::t1("messages-problem-subject-long", "count", words::number(many(count))),
        };
        let topic = self.topic();
        if topic.is_none() {
            form.topic_problem = Some(words::t("messages-problem-topic"));
        }
        let subject = model::subject(&self.subject).map_err(|unfit| form.subject.problem = Some(fault(unfit))).ok();
        topic.zip(subject)
    }
}

fn many(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// A new form's number.
fn fresh<A: ActionType>(chart: &Chart<A>) -> MessageId {
    MessageId::new(chart.now(), salus_vault::random())
}

/// A conversation's id out of the path.
fn thread_id(text: &str) -> Result<ThreadId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Who reads what a patient writes: who is on the care team now, works here and treats patients. Names with what they are.
async fn readers<A: ActionType>(chart: &Chart<A>, tx: &mut salus_db::Reader) -> Result<Vec<String>, Error> {
    let members = care_team::members(tx, chart.scope()).await?;
    let now = members.into_iter().filter(|member| member.ends_at.is_none_or(|end| end > chart.now()));
    let reads = now.filter(|member| member.does(Action::ReadThread));
    let reads = reads.filter_map(|member| member.role.map(|role| (member.name, role)));
    Ok(reads.map(|(name, role)| format!("{name}, {}", role_in_words(role))).collect())
}
