//! Vaccines.

use serde_json::Value;

use super::amount;
use super::concept::{each_words, words};
use super::parts::{Line, Link, Status, date, hidden, notes};
use super::status::status;
use crate::json::Node;
use crate::{ResourceType, When};

/// A vaccine that was given, or not.
#[derive(Clone, PartialEq)]
pub struct ImmunizationDetails {
    /// The vaccine.
    pub name: String,
    /// When.
    pub when: Option<When>,
    /// When, where the source has only words.
    pub when_text: Option<String>,
    /// Its state, unless given.
    pub status: Option<Status>,
    /// Why it wasn't given.
    pub reason: Option<String>,
    /// Against what.
    pub diseases: Vec<String>,
    /// "Dose 2 of 3".
    pub dose: Option<String>,
    /// How much.
    pub amount: Option<String>,
    /// Where on the body.
    pub site: Option<String>,
    /// The lot number.
    pub lot: Option<String>,
    /// When the lot expires.
    pub expires: Option<When>,
    /// Who made it.
    pub manufacturer: Option<Link>,
    /// Who gave it.
    pub performers: Vec<Link>,
    /// Where.
    pub location: Option<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// True when the record comes from who gave it, false when it was told.
    pub first_hand: Option<bool>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(ImmunizationDetails);

impl ImmunizationDetails {
    /// Reads an Immunization.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let protocol = node.first("protocolApplied");
        let number = |name: &str| {
            protocol
                .get(&format!("{name}PositiveInt"))
                .number_text()
                .or_else(|| protocol.owned(&format!("{name}String")))
        };
        Self {
            name: words(node.get("vaccineCode")).unwrap_or_else(|| "Vaccine".to_owned()),
            when: date(node.get("occurrenceDateTime")).or_else(|| date(node.get("recorded"))),
            when_text: node.owned("occurrenceString"),
            status: node
                .text_of("status")
                .filter(|code| *code != "completed")
                .map(|code| status(ResourceType::Immunization, code)),
            reason: words(node.get("statusReason")),
            diseases: each_words(protocol, "targetDisease"),
            dose: number("doseNumber").map(|dose| match number("seriesDoses") {
                Some(of) => format!("Dose {dose} of {of}"),
                None => format!("Dose {dose}"),
            }),
            amount: amount::quantity(node.get("doseQuantity")),
            site: words(node.get("site")),
            lot: node.owned("lotNumber"),
            expires: date(node.get("expirationDate")),
            manufacturer: Link::read(node.get("manufacturer")),
            performers: node.each("performer").filter_map(|performer| Link::read(performer.get("actor"))).collect(),
            location: Link::read(node.get("location")),
            encounter: Link::read(node.get("encounter")),
            first_hand: node.get("primarySource").flag(),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.when)
            .status(self.status.as_ref())
            .fact("When", self.when_text.clone())
            .fact("Dose", self.dose.clone())
            .list("Against", &self.diseases)
            .fact("Why not", self.reason.clone())
            .fact("Where on the body", self.site.clone())
            .fact("Made by", self.manufacturer.as_ref().and_then(|link| link.text.clone()))
            .fact("Lot number", self.lot.clone())
            .note(self.note.clone())
    }
}
