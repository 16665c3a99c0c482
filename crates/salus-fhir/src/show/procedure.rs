//! Procedures.

use serde_json::Value;

use super::concept::{each_words, words};
use super::parts::{Line, Link, Span, Status, hidden, notes, span_of};
use super::status::status;
use crate::ResourceType;
use crate::json::Node;

/// Something that was done.
#[derive(Clone, PartialEq)]
pub struct ProcedureDetails {
    /// What.
    pub name: String,
    /// When.
    pub span: Span,
    /// When, where the source has only words.
    pub when_text: Option<String>,
    /// Its state, unless done.
    pub status: Option<Status>,
    /// Why it wasn't done.
    pub status_reason: Option<String>,
    /// Why.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Link>,
    /// Where on the body.
    pub body_sites: Vec<String>,
    /// How it went.
    pub outcome: Option<String>,
    /// What went wrong.
    pub complications: Vec<String>,
    /// What is to be done after.
    pub follow_up: Vec<String>,
    /// Who did it.
    pub performers: Vec<Link>,
    /// Where.
    pub location: Option<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(ProcedureDetails);

impl ProcedureDetails {
    /// Reads a Procedure.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        Self {
            name: words(node.get("code")).unwrap_or_else(|| "Procedure".to_owned()),
            span: span_of(node, "performed"),
            when_text: node.owned("performedString"),
            status: node
                .text_of("status")
                .filter(|code| *code != "completed")
                .map(|code| status(ResourceType::Procedure, code)),
            status_reason: words(node.get("statusReason")),
            reasons: each_words(node, "reasonCode"),
            reason_links: Link::each(node, "reasonReference"),
            body_sites: each_words(node, "bodySite"),
            outcome: words(node.get("outcome")),
            complications: each_words(node, "complication"),
            follow_up: each_words(node, "followUp"),
            performers: node.each("performer").filter_map(|performer| Link::read(performer.get("actor"))).collect(),
            location: Link::read(node.get("location")),
            encounter: Link::read(node.get("encounter")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("When", self.when_text.clone())
            .list("Reason", &self.reasons)
            .fact("Why not", self.status_reason.clone())
            .list("Where on the body", &self.body_sites)
            .fact("Outcome", self.outcome.clone())
            .list("Problems", &self.complications)
            .list("After", &self.follow_up)
            .date("Ended", self.span.end.filter(|end| Some(*end) != self.span.start))
            .note(self.note.clone())
    }
}
