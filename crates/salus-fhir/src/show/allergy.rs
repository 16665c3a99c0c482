//! Allergies and things a patient doesn't tolerate.

use serde_json::Value;

use super::concept::{code_of, each_words, words};
use super::condition::certainty;
use super::parts::{Line, Status, Tone, date, hidden, notes, span_of};
use super::status::status;
use crate::json::Node;
use crate::{ResourceType, When};

/// What happened once.
#[derive(Clone, PartialEq)]
pub struct Reaction {
    /// The signs, such as "Hives".
    pub signs: Vec<String>,
    /// "Mild", "Moderate" or "Severe".
    pub severity: Option<&'static str>,
    /// In the source's words.
    pub description: Option<String>,
    /// When.
    pub when: Option<When>,
}

/// An allergy.
#[derive(Clone, PartialEq)]
pub struct AllergyDetails {
    /// To what.
    pub substance: String,
    /// "Allergy" or "Intolerance".
    pub kind: Option<&'static str>,
    /// "Food", "Medicine", "Surroundings", "Biologic".
    pub categories: Vec<&'static str>,
    /// Its state.
    pub status: Option<Status>,
    /// How sure it is, unless confirmed.
    pub certainty: Option<Status>,
    /// How dangerous it may become.
    pub criticality: Option<Status>,
    /// The worst reaction so far.
    pub severity: Option<&'static str>,
    /// What happened.
    pub reactions: Vec<Reaction>,
    /// Since when.
    pub began: Option<When>,
    /// The last time.
    pub last: Option<When>,
    /// When it was written down.
    pub recorded: Option<When>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(Reaction, AllergyDetails);

impl AllergyDetails {
    /// Reads an AllergyIntolerance.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let reactions: Vec<Reaction> = node.each("reaction").map(reaction).collect();
        let rank = |severity: &&str| match *severity {
            "Severe" => 2,
            "Moderate" => 1,
            _ => 0,
        };
        let from_reaction = || node.each("reaction").find_map(|reaction| words(reaction.get("substance")));
        Self {
            substance: words(node.get("code")).or_else(from_reaction).unwrap_or_else(|| "Allergy".to_owned()),
            kind: match node.text_of("type") {
                Some("allergy") => Some("Allergy"),
                Some("intolerance") => Some("Intolerance"),
                _ => None,
            },
            categories: node.each("category").filter_map(|category| category.text().and_then(self::category)).collect(),
            status: code_of(node.get("clinicalStatus")).map(|code| status(ResourceType::AllergyIntolerance, code)),
            certainty: code_of(node.get("verificationStatus")).and_then(certainty),
            criticality: node.text_of("criticality").and_then(criticality),
            severity: reactions.iter().filter_map(|reaction| reaction.severity).max_by_key(rank),
            reactions,
            began: span_of(node, "onset").first(),
            last: date(node.get("lastOccurrence")),
            recorded: date(node.get("recordedDate")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let signs: Vec<String> = self.reactions.iter().flat_map(|reaction| reaction.signs.iter().cloned()).collect();
        Line::new(self.substance.clone())
            .when(self.began.or(self.recorded))
            .status(self.certainty.as_ref().or(self.status.as_ref()))
            .list("Reaction", &signs)
            .fact("Severity", self.severity)
            .fact("Risk", self.criticality.as_ref().map(|risk| risk.word.clone()))
            .fact("Kind", (!self.categories.is_empty()).then(|| self.categories.join(", ")))
            .date("Last time", self.last)
            .note(self.note.clone())
    }
}

fn reaction(node: Node<'_>) -> Reaction {
    Reaction {
        signs: each_words(node, "manifestation"),
        severity: match node.text_of("severity") {
            Some("mild") => Some("Mild"),
            Some("moderate") => Some("Moderate"),
            Some("severe") => Some("Severe"),
            _ => None,
        },
        description: node.owned("description"),
        when: date(node.get("onset")),
    }
}

fn category(code: &str) -> Option<&'static str> {
    Some(match code {
        "food" => "Food",
        "medication" => "Medicine",
        "environment" => "Surroundings",
        "biologic" => "Biologic",
        _ => return None,
    })
}

fn criticality(code: &str) -> Option<Status> {
    let (word, tone) = match code {
        "low" => ("Low risk", Tone::Quiet),
        "high" => ("High risk", Tone::Bad),
        "unable-to-assess" => ("Risk not known", Tone::Quiet),
        _ => return None,
    };
    Some(Status { word: word.to_owned(), tone })
}
