//! Goals.

use serde_json::Value;

use super::amount;
use super::concept::{code_of, words};
use super::parts::{Line, Link, Status, Tone, date, hidden, notes};
use super::status::status;
use super::{literal, test_names, title};
use crate::json::Node;
use crate::{ResourceType, When};

/// A goal.
#[derive(Clone, PartialEq)]
pub struct GoalDetails {
    /// What is wanted.
    pub description: String,
    /// What will show it: "Hemoglobin A1c: 7% or less".
    pub targets: Vec<String>,
    /// By when.
    pub due: Option<When>,
    /// Since when.
    pub started: Option<When>,
    /// Its state.
    pub status: Option<Status>,
    /// How it goes: "Reached", "Getting better" …
    pub progress: Option<Status>,
    /// What it is about.
    pub addresses: Vec<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(GoalDetails);

impl GoalDetails {
    /// Reads a Goal.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let description = node.get("description");
        let said = description.text_of("text").and_then(from_literal).or_else(|| words(description));
        let targets: Vec<String> = node.each("target").filter_map(target).collect();
        Self {
            description: said.or_else(|| targets.first().cloned()).unwrap_or_else(|| "Goal".to_owned()),
            targets,
            due: node.each("target").find_map(|target| date(target.get("dueDate"))),
            started: date(node.get("startDate")),
            status: node.text_of("lifecycleStatus").map(|code| status(ResourceType::Goal, code)),
            progress: code_of(node.get("achievementStatus")).and_then(progress),
            addresses: Link::each(node, "addresses"),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.description.clone())
            .when(self.started)
            .status(self.progress.as_ref().or(self.status.as_ref()))
            .list("Target", &self.targets)
            .date("Began", self.started)
            .date("By", self.due)
            .note(self.note.clone())
    }
}

/// The sense of a Python dictionary that some sources put here: `{'text': …}` or `{'observation': {…}}`.
fn from_literal(text: &str) -> Option<String> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let value = literal::parse(text)?;
    let node = Node::of(&value);
    if let Some(text) = node.text_of("text") {
        return Some(title::plain(&text.replace("mm[Hg]", "mmHg")));
    }
    let observation = node.get("observation");
    let code = observation.first("codes");
    let full = code.text_of("display").or_else(|| code.text_of("code"))?;
    let name = code
        .text_of("code")
        .and_then(test_names::by_code)
        .map_or_else(|| title::capital(&test_names::shorter(full)), str::to_owned);
    let number = observation.get("value").number_text().or_else(|| observation.owned("value"))?;
    let amount = amount::join(&number, &observation.text_of("unit").map(amount::unit).unwrap_or_default());
    let relation = match observation.text_of("operator")? {
        "<" => "below",
        "<=" => "at or below",
        ">" => "above",
        ">=" => "at or above",
        "=" | "==" => "at",
        "!=" => "not",
        _ => return None,
    };
    Some(format!("{name} {relation} {amount}"))
}

fn target(node: Node<'_>) -> Option<String> {
    let detail = |name: &str| node.get(name);
    let value = amount::quantity(detail("detailQuantity"))
        .or_else(|| amount::range(detail("detailRange")))
        .or_else(|| words(detail("detailCodeableConcept")))
        .or_else(|| node.owned("detailString"))
        .or_else(|| detail("detailBoolean").flag().map(|yes| if yes { "Yes" } else { "No" }.to_owned()))
        .or_else(|| detail("detailInteger").number_text());
    match (super::observation::test_name(node.get("measure")), value) {
        (Some(measure), Some(value)) => Some(format!("{measure}: {value}")),
        (measure, value) => measure.or(value),
    }
}

fn progress(code: &str) -> Option<Status> {
    let (word, tone) = match code {
        "in-progress" => ("Going on now", Tone::Ok),
        "improving" => ("Getting better", Tone::Ok),
        "worsening" => ("Getting worse", Tone::Warn),
        "no-change" => ("No change", Tone::Quiet),
        "achieved" => ("Reached", Tone::Ok),
        "sustaining" => ("Reached and kept", Tone::Ok),
        "not-achieved" => ("Not reached", Tone::Warn),
        "no-progress" => ("No progress", Tone::Warn),
        "not-attainable" => ("Can't be reached", Tone::Warn),
        _ => return None,
    };
    Some(Status { word: word.to_owned(), tone })
}

#[cfg(test)]
mod tests {
    use super::from_literal;

    #[test]
    fn finds_the_sense() {
        for (from, to) in [
            (
                "{'observation': {'codes': [{'system': 'LOINC', 'code': '4548-4', 'display': 'Hemoglobin A1c total in Blood'}], 'operator': '<', 'value': 7}, 'addresses': ['diabetes_stage']}",
                Some("Hemoglobin A1c below 7"),
            ),
            (
                "{'addresses': ['hypertension_dx'], 'text': 'Maintain blood pressure below 140/90 mm[Hg]'}",
                Some("Maintain blood pressure below 140/90 mmHg"),
            ),
            (
                "{'observation': {'codes': [{'display': 'Protein [Mass/volume] in Serum or Plasma'}], 'operator': '>=', 'value': 1, 'unit': 'mg/dL'}}",
                Some("Protein at or above 1 mg/dL"),
            ),
            ("{'else': 1}", None),
            ("{broken", None),
            ("Walk more", None),
        ] {
            assert_eq!(from_literal(from).as_deref(), to, "{from}");
        }
    }
}
