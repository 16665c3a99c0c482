//! Visits that happened.

use serde_json::Value;

use super::concept::{each_words, words};
use super::parts::{Line, Link, Span, Status, hidden};
use super::status::status;
use crate::ResourceType;
use crate::json::Node;

/// A visit.
#[derive(Clone, PartialEq)]
pub struct EncounterDetails {
    /// What it was, such as "General examination of patient".
    pub title: String,
    /// What kind in plain words: "Office visit", "Emergency visit", "Hospital stay" …
    pub kind: Option<String>,
    /// From when to when.
    pub span: Span,
    /// Its state, unless done.
    pub status: Option<Status>,
    /// Why.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Link>,
    /// What was found.
    pub diagnoses: Vec<Link>,
    /// Who was there: the care providers.
    pub participants: Vec<Link>,
    /// Where.
    pub locations: Vec<Link>,
    /// At which organization.
    pub organization: Option<Link>,
}

hidden!(EncounterDetails);

impl EncounterDetails {
    /// Reads an Encounter.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let kind = kind(node.get("class"));
        let reasons = each_words(node, "reasonCode");
        let title = each_words(node, "type")
            .into_iter()
            .next()
            .map(|title| plainer(&title))
            .or_else(|| words(node.get("serviceType")));
        Self {
            title: title.or_else(|| kind.clone()).unwrap_or_else(|| "Visit".to_owned()),
            kind,
            span: Span::read(node.get("period")),
            status: node
                .text_of("status")
                .filter(|code| *code != "finished")
                .map(|code| status(ResourceType::Encounter, code)),
            reasons,
            reason_links: Link::each(node, "reasonReference"),
            diagnoses: node.each("diagnosis").filter_map(|item| Link::read(item.get("condition"))).collect(),
            participants: node.each("participant").filter_map(|item| Link::read(item.get("individual"))).collect(),
            locations: node.each("location").filter_map(|item| Link::read(item.get("location"))).collect(),
            organization: Link::read(node.get("serviceProvider")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.title.clone())
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("Kind", self.kind.clone().filter(|kind| *kind != self.title))
            .list("Reason", &self.reasons)
            .list("With", &self.participants.iter().filter_map(|link| link.text.clone()).collect::<Vec<_>>())
            .list(
                "At",
                &self
                    .locations
                    .iter()
                    .chain(&self.organization)
                    .filter_map(|link| link.text.clone())
                    .take(1)
                    .collect::<Vec<_>>(),
            )
            .date("Ended", self.span.end.filter(|end| Some(*end) != self.span.start))
    }
}

/// What coders call a visit, as patients would.
fn plainer(title: &str) -> String {
    let plain = match title {
        "Encounter for symptom" => "Visit for a symptom",
        "Encounter for check up" => "Check-up",
        "Encounter for problem" => "Visit for a health problem",
        "General examination of patient" => "General check-up",
        "Emergency room admission" | "Emergency hospital admission" => "Emergency room visit",
        "Ambulatory visit" | "Ambulatory encounter" => "Office visit",
        "Follow-up encounter" => "Follow-up visit",
        "Well child visit" => "Well child visit",
        "Prenatal initial visit" => "First pregnancy visit",
        "Prenatal visit" => "Pregnancy visit",
        "Postnatal visit" => "Visit after birth",
        "Hospital admission" | "Inpatient stay" => "Hospital stay",
        "Admission to intensive care unit" => "Intensive care stay",
        "Patient encounter procedure" | "Encounter" => "Visit",
        other => return other.to_owned(),
    };
    plain.to_owned()
}

fn kind(class: Node<'_>) -> Option<String> {
    let word = match class.text_of("code") {
        Some("AMB") => "Office visit",
        Some("EMER") => "Emergency visit",
        Some("IMP" | "ACUTE" | "NONAC") => "Hospital stay",
        Some("OBSENC") => "Hospital stay to be watched",
        Some("SS") => "Same-day hospital visit",
        Some("PRENC") => "Before a hospital stay",
        Some("HH") => "Home visit",
        Some("VR") => "Video or phone visit",
        Some("FLD") => "Visit outside the clinic",
        _ => return super::concept::coding_words(class),
    };
    Some(word.to_owned())
}
