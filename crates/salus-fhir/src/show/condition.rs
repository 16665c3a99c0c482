//! Health conditions.

use serde_json::Value;

use super::concept::{code_of, each_words, words};
use super::parts::{Line, Link, Status, date, hidden, notes, span_of};
use super::status::status;
use super::{amount, parts::Tone};
use crate::json::Node;
use crate::{ResourceType, When};

/// A health condition.
#[derive(Clone, PartialEq)]
pub struct ConditionDetails {
    /// Its name.
    pub name: String,
    /// When it began.
    pub began: Option<When>,
    /// When it began, where the source has words or an age: "age 40 years".
    pub began_text: Option<String>,
    /// When it ended.
    pub ended: Option<When>,
    /// When it was written down.
    pub recorded: Option<When>,
    /// Its state.
    pub status: Option<Status>,
    /// How sure it is, unless confirmed: "Maybe" …
    pub certainty: Option<Status>,
    /// How bad.
    pub severity: Option<String>,
    /// Where on the body.
    pub body_sites: Vec<String>,
    /// True for the problem list, false for the diagnosis of one visit.
    pub on_problem_list: bool,
    /// The visit.
    pub encounter: Option<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(ConditionDetails);

impl ConditionDetails {
    /// Reads a Condition.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let onset = span_of(node, "onset");
        let abatement = span_of(node, "abatement");
        let age = amount::duration(node.get("onsetAge")).map(|age| format!("Age {age}"));
        Self {
            name: words(node.get("code")).unwrap_or_else(|| "Health condition".to_owned()),
            began: onset.first(),
            began_text: age.or_else(|| amount::range(node.get("onsetRange"))).or_else(|| node.owned("onsetString")),
            ended: abatement.end.or(abatement.start),
            recorded: date(node.get("recordedDate")),
            status: code_of(node.get("clinicalStatus")).map(|code| status(ResourceType::Condition, code)),
            certainty: code_of(node.get("verificationStatus")).and_then(certainty),
            severity: words(node.get("severity")),
            body_sites: each_words(node, "bodySite"),
            on_problem_list: node.each("category").any(|category| code_of(category) == Some("problem-list-item")),
            encounter: Link::read(node.get("encounter")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.began.or(self.recorded))
            .status(self.certainty.as_ref().filter(|certainty| certainty.tone != Tone::Quiet).or(self.status.as_ref()))
            .fact("Certainty", self.certainty.as_ref().map(|certainty| certainty.word.clone()))
            .fact("Began", self.began_text.clone())
            .fact("Severity", self.severity.clone())
            .list("Where", &self.body_sites)
            .date("Began", self.began)
            .date("Ended", self.ended)
            .note(self.note.clone())
    }
}

/// How sure a diagnosis or an allergy is, unless it is confirmed.
pub(crate) fn certainty(code: &str) -> Option<Status> {
    let (word, tone) = match code {
        "confirmed" => return None,
        "unconfirmed" | "provisional" | "differential" => ("Not confirmed yet", Tone::Quiet),
        "refuted" => ("Ruled out", Tone::Warn),
        "entered-in-error" => ("Entered by mistake", Tone::Bad),
        _ => return None,
    };
    Some(Status { word: word.to_owned(), tone })
}
