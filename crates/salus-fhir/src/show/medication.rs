//! Medicines: what was prescribed and what was given.

use serde_json::Value;

use super::concept::{each_words, words};
use super::parts::{Line, Link, Span, Status, date, hidden, notes, span_of};
use super::status::status;
use super::{amount, dosage};
use crate::json::Node;
use crate::{ResourceType, When};

/// A prescription.
#[derive(Clone, PartialEq)]
pub struct MedicationDetails {
    /// The medicine.
    pub name: String,
    /// The medicine's own record, when it has one.
    pub medicine: Option<Link>,
    /// Its state.
    pub status: Option<Status>,
    /// How to take it, one sentence for each step, such as "Take 1, 4 times a day".
    pub instructions: Vec<String>,
    /// What else to mind.
    pub also: Vec<String>,
    /// True when it is to be taken only when needed.
    pub as_needed: bool,
    /// How many refills are allowed.
    pub refills: Option<u32>,
    /// How much is handed out.
    pub quantity: Option<String>,
    /// How long that lasts.
    pub supply: Option<String>,
    /// When it was prescribed.
    pub authored: Option<When>,
    /// While it may be picked up.
    pub valid: Span,
    /// Who prescribed it.
    pub requester: Option<Link>,
    /// Why.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// True when it says NOT to take the medicine.
    pub do_not_take: bool,
    /// Remarks.
    pub note: Option<String>,
}

/// A medicine that was given.
#[derive(Clone, PartialEq)]
pub struct AdministrationDetails {
    /// The medicine.
    pub name: String,
    /// When.
    pub span: Span,
    /// Its state, unless given as planned.
    pub status: Option<Status>,
    /// How much and how.
    pub dose: Option<String>,
    /// Why.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Who gave it.
    pub performers: Vec<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(MedicationDetails, AdministrationDetails);

/// The medicine's name: from the code, the reference's display, or the resource contained.
fn name(node: Node<'_>) -> String {
    let reference = node.get("medicationReference");
    let contained = || {
        let id = reference.text_of("reference")?.strip_prefix('#')?;
        let medicine = node.each("contained").find(|inner| inner.text_of("id") == Some(id))?;
        words(medicine.get("code"))
    };
    let name = words(node.get("medicationCodeableConcept")).or_else(|| Link::read(reference)?.text).or_else(contained);
    name.map_or_else(|| "Medicine".to_owned(), |name| without_application(&name))
}

/// RxNorm puts the number of the drug's application first: `NDA020800 0.3 ML Epinephrine`.
fn without_application(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, rest)) => match first.strip_prefix("NDA") {
            Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => rest.to_owned(),
            _ => name.to_owned(),
        },
        None => name.to_owned(),
    }
}

impl MedicationDetails {
    /// Reads a MedicationRequest.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let name = name(node);
        let dispense = node.get("dispenseRequest");
        let (mut instructions, mut also, mut as_needed) = (Vec::new(), Vec::new(), false);
        let mut steps: Vec<Node<'_>> = node.each("dosageInstruction").collect();
        steps.sort_by_key(|step| step.get("sequence").integer().unwrap_or(i64::MAX));
        for step in steps {
            let said = dosage::read(step, &name);
            instructions.extend(said.sentence);
            also.extend(said.also.into_iter().filter(|line| !line.is_empty()));
            as_needed |= said.as_needed;
        }
        Self {
            medicine: Link::read(node.get("medicationReference")),
            status: node.text_of("status").map(|code| status(ResourceType::MedicationRequest, code)),
            instructions,
            also,
            as_needed,
            refills: dispense.get("numberOfRepeatsAllowed").integer().and_then(|count| u32::try_from(count).ok()),
            quantity: amount::quantity(dispense.get("quantity")),
            supply: amount::duration(dispense.get("expectedSupplyDuration")),
            authored: date(node.get("authoredOn")),
            valid: Span::read(dispense.get("validityPeriod")),
            requester: Link::read(node.get("requester")),
            reasons: each_words(node, "reasonCode"),
            reason_links: Link::each(node, "reasonReference"),
            encounter: Link::read(node.get("encounter")),
            do_not_take: node.get("doNotPerform").flag().unwrap_or(false),
            note: notes(node),
            name,
        }
    }

    /// The refills in words: "No refills", "3 refills".
    pub fn refill_words(&self) -> Option<String> {
        Some(match self.refills? {
            0 => "No refills".to_owned(),
            1 => "1 refill".to_owned(),
            count => format!("{count} refills"),
        })
    }

    pub(crate) fn line(&self) -> Line {
        let how = if self.do_not_take {
            Some("Do not take this medicine".to_owned())
        } else {
            (!self.instructions.is_empty()).then(|| self.instructions.join(". Then: "))
        };
        Line::new(self.name.clone())
            .when(self.authored)
            .status(self.status.as_ref())
            .fact("How to take it", how)
            .fact("Also", (!self.also.is_empty()).then(|| self.also.join(". ")))
            .fact("Refills", self.refill_words())
            .fact("Amount", self.quantity.clone())
            .fact("Supply", self.supply.clone())
            .list("Reason", &self.reasons)
            .fact("Prescribed by", self.requester.as_ref().and_then(|link| link.text.clone()))
            .date("Prescribed", self.authored)
            .date("Refill until", self.valid.end)
            .note(self.note.clone())
    }
}

impl AdministrationDetails {
    /// Reads a MedicationAdministration.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let dosage = node.get("dosage");
        let dose: Vec<String> = amount::quantity(dosage.get("dose"))
            .into_iter()
            .chain(words(dosage.get("route")))
            .chain(words(dosage.get("site")))
            .collect();
        Self {
            name: name(node),
            span: span_of(node, "effective"),
            status: node
                .text_of("status")
                .filter(|code| *code != "completed")
                .map(|code| status(ResourceType::MedicationAdministration, code)),
            dose: dosage.owned("text").or_else(|| (!dose.is_empty()).then(|| dose.join(", "))),
            reasons: each_words(node, "reasonCode"),
            reason_links: Link::each(node, "reasonReference"),
            encounter: Link::read(node.get("context")),
            performers: node.each("performer").filter_map(|performer| Link::read(performer.get("actor"))).collect(),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("Dose", self.dose.clone())
            .list("Reason", &self.reasons)
            .date("Ended", self.span.end.filter(|end| Some(*end) != self.span.start))
            .note(self.note.clone())
    }
}
