//! Test results, vital signs and answers.

use serde_json::Value;

use super::amount;
use super::concept::{code_of, codes, each_words, loinc, words};
use super::parts::{Code, Line, Link, Status, Tone, date, hidden, notes, span_of};
use super::status::status;
use super::{test_names, title};
use crate::json::Node;
use crate::{ResourceType, When};

/// How a value stands to what is usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// "High", "Low", "Normal", "Critical, high" …
    pub word: String,
    /// How it should look.
    pub tone: Tone,
    /// True when the source said nothing and Salus compared the value with the range.
    pub computed: bool,
}

/// One measure within a result, such as the upper blood pressure.
#[derive(Clone, PartialEq)]
pub struct ObservationPart {
    /// The plain name.
    pub name: String,
    /// Its codes.
    pub codes: Vec<Code>,
    /// The value in words, with its unit.
    pub value: Option<String>,
    /// The value as a number, if it is one.
    pub number: Option<f64>,
    /// The unit in words; empty when it says nothing.
    pub unit: String,
    /// How it stands to what is usual.
    pub flag: Option<Flag>,
    /// The usual range in words.
    pub range: Option<String>,
    /// Why there is no value.
    pub absent: Option<String>,
}

/// A result with all that a page of its own shows.
#[derive(Clone, PartialEq)]
pub struct ObservationValue {
    /// The plain name.
    pub name: String,
    /// The name that the lab uses, when it is another.
    pub official_name: Option<String>,
    /// Its codes, for trends.
    pub codes: Vec<Code>,
    /// The category's code, such as `laboratory` or `vital-signs`.
    pub category: Option<String>,
    /// When it was measured.
    pub when: Option<When>,
    /// Its state.
    pub status: Option<Status>,
    /// The value in words with its unit; for a blood pressure "105/89 mmHg"; else the parts', one after another.
    pub value: Option<String>,
    /// The value as a number, if it is one.
    pub number: Option<f64>,
    /// The unit in words; empty when it says nothing.
    pub unit: String,
    /// How it stands to what is usual; for a result with parts, the most serious one of theirs.
    pub flag: Option<Flag>,
    /// The usual range in words.
    pub range: Option<String>,
    /// Why there is no value.
    pub absent: Option<String>,
    /// The measures within.
    pub parts: Vec<ObservationPart>,
    /// Results that belong to this one.
    pub members: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Who did it.
    pub performers: Vec<Link>,
    /// Where on the body.
    pub body_site: Option<String>,
    /// How.
    pub method: Option<String>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(ObservationPart, ObservationValue);

impl ObservationValue {
    /// Reads an Observation.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let own = part(node);
        let parts: Vec<ObservationPart> = node.each("component").map(part).collect();
        let value = own.value.clone().or_else(|| blood_pressure(&parts)).or_else(|| all_parts(&parts));
        let flag = own.flag.clone().or_else(|| most_serious(&parts));
        let official = words(node.get("code")).filter(|official| *official != own.name);
        Self {
            name: own.name,
            official_name: official,
            codes: own.codes,
            category: node.each("category").find_map(code_of).map(str::to_owned),
            when: span_of(node, "effective")
                .first()
                .or_else(|| date(node.get("effectiveInstant")))
                .or_else(|| date(node.get("issued"))),
            status: node
                .text_of("status")
                .filter(|code| *code != "final")
                .map(|code| status(ResourceType::Observation, code)),
            value,
            number: own.number,
            unit: own.unit,
            flag,
            range: own.range,
            absent: own.absent,
            parts,
            members: Link::each(node, "hasMember"),
            encounter: Link::read(node.get("encounter")),
            performers: Link::each(node, "performer"),
            body_site: words(node.get("bodySite")),
            method: words(node.get("method")),
            note: notes(node),
        }
    }

    /// What to say for the value: itself, why it is missing, or that there is none.
    pub fn value_or_reason(&self) -> String {
        self.value.clone().or_else(|| self.absent.clone()).unwrap_or_else(|| "No value was recorded".to_owned())
    }

    pub(crate) fn line(&self) -> Line {
        let flag = self.flag.as_ref().map(|flag| Status { word: flag.word.clone(), tone: flag.tone });
        let mut line = Line::new(self.name.clone())
            .when(self.when)
            .status(self.status.as_ref().or(flag.as_ref()))
            .fact("Result", Some(self.value_or_reason()))
            .fact("Usual range", self.range.clone());
        if self.value.is_some() && self.parts.len() > 1 {
            for part in &self.parts {
                line = line.fact(
                    "Part",
                    Some(format!(
                        "{}: {}",
                        part.name,
                        part.value.as_deref().or(part.absent.as_deref()).unwrap_or("No value")
                    )),
                );
            }
        }
        line.fact("Official name", self.official_name.clone()).note(self.note.clone())
    }
}

/// The plain name of a test from its concept.
pub(crate) fn test_name(concept: Node<'_>) -> Option<String> {
    loinc(concept).and_then(test_names::by_code).map(str::to_owned).or_else(|| {
        let full = words(concept)?;
        let short = title::capital(&test_names::shorter(&full));
        Some(if short.is_empty() { full } else { short })
    })
}

fn part(node: Node<'_>) -> ObservationPart {
    let quantity = node.get("valueQuantity");
    let number = quantity.get("value").number().or_else(|| node.get("valueInteger").number());
    ObservationPart {
        name: test_name(node.get("code")).unwrap_or_else(|| "Test result".to_owned()),
        codes: codes(node.get("code")),
        value: value(node),
        number,
        unit: amount::unit_of(quantity),
        flag: stated_flag(node).or_else(|| computed_flag(node)),
        range: ranges(node),
        absent: absent(node),
    }
}

/// `value[x]` in words.
fn value(node: Node<'_>) -> Option<String> {
    let of = |name: &str| node.get(name);
    amount::quantity(of("valueQuantity"))
        .or_else(|| words(of("valueCodeableConcept")))
        .or_else(|| node.owned("valueString"))
        .or_else(|| of("valueBoolean").flag().map(|yes| if yes { "Yes" } else { "No" }.to_owned()))
        .or_else(|| of("valueInteger").number_text())
        .or_else(|| amount::range(of("valueRange")))
        .or_else(|| amount::ratio(of("valueRatio")))
        .or_else(|| node.owned("valueTime"))
        .or_else(|| node.owned("valueDateTime"))
        .or_else(|| {
            let period = of("valuePeriod");
            match (period.text_of("start"), period.text_of("end")) {
                (Some(start), Some(end)) => Some(format!("{start} to {end}")),
                (Some(start), None) => Some(format!("Since {start}")),
                (None, Some(end)) => Some(format!("Until {end}")),
                (None, None) => None,
            }
        })
        .or_else(|| of("valueSampledData").exists().then(|| "A series of measurements".to_owned()))
}

/// "105/89 mmHg" from the upper and the lower pressure.
fn blood_pressure(parts: &[ObservationPart]) -> Option<String> {
    let find = |loinc: &str| parts.iter().find(|part| part.codes.iter().any(|code| code.code == loinc));
    let (upper, lower) = (find("8480-6")?, find("8462-4")?);
    Some(amount::join(&format!("{:.0}/{:.0}", upper.number?.round(), lower.number?.round()), &upper.unit))
}

fn all_parts(parts: &[ObservationPart]) -> Option<String> {
    let said: Vec<String> =
        parts.iter().filter_map(|part| Some(format!("{}: {}", part.name, part.value.as_deref()?))).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn most_serious(parts: &[ObservationPart]) -> Option<Flag> {
    let weight = |flag: &Flag| match flag.tone {
        Tone::Bad => 3,
        Tone::Warn => 2,
        Tone::Ok => 1,
        Tone::Quiet => 0,
    };
    let worst = parts.iter().filter_map(|part| part.flag.as_ref()).max_by_key(|flag| weight(flag))?;
    // "Normal" of the whole is only said when every part has been judged.
    let whole = worst.tone != Tone::Ok || parts.iter().all(|part| part.flag.is_some());
    whole.then(|| worst.clone())
}

fn stated_flag(node: Node<'_>) -> Option<Flag> {
    let concept = node.first("interpretation");
    let flag = |word: &str, tone| Some(Flag { word: word.to_owned(), tone, computed: false });
    match concept.each("coding").filter_map(|coding| coding.text_of("code")).find_map(interpretation) {
        Some((word, tone)) => flag(word, tone),
        None => flag(&words(concept)?, Tone::Quiet),
    }
}

fn interpretation(code: &str) -> Option<(&'static str, Tone)> {
    use Tone::{Bad, Ok, Quiet, Warn};
    Some(match code {
        "N" => ("Normal", Ok),
        "H" | "H>" | "HX" => ("High", Warn),
        "L" | "L<" | "LX" => ("Low", Warn),
        "HH" | "HU" => ("Critical, high", Bad),
        "LL" | "LU" => ("Critical, low", Bad),
        "AA" => ("Critical", Bad),
        "A" => ("Not normal", Warn),
        ">" => ("Above what can be measured", Warn),
        "<" => ("Below what can be measured", Warn),
        "POS" => ("Positive", Warn),
        "NEG" => ("Negative", Quiet),
        "DET" => ("Found", Warn),
        "ND" => ("Not found", Quiet),
        "IND" | "E" => ("Unclear", Warn),
        "RR" | "WR" | "R" => ("Reacted", Warn),
        "NR" => ("Did not react", Quiet),
        "B" => ("Better", Ok),
        "U" => ("Up", Quiet),
        "D" => ("Down", Quiet),
        "W" => ("Worse", Warn),
        "S" => ("Medicine should work", Quiet),
        "I" => ("Medicine may work", Quiet),
        _ => return None,
    })
}

/// Compares the value with the one range that is for everybody; says nothing when in doubt.
fn computed_flag(node: Node<'_>) -> Option<Flag> {
    let quantity = node.get("valueQuantity");
    let number = quantity.get("value").number()?;
    let mut usual = node.each("referenceRange").filter(|range| is_usual(*range));
    let range = usual.next()?;
    if usual.next().is_some() || range.get("age").exists() || range.get("appliesTo").exists() {
        return None;
    }
    let bound = |name: &str| {
        let bound = range.get(name);
        let value = bound.get("value").number()?;
        same_unit(quantity, bound).then_some(value)
    };
    let written = |name: &str| range.get(name).get("value").exists();
    let (low, high) = (bound("low"), bound("high"));
    if (written("low") && low.is_none()) || (written("high") && high.is_none()) {
        return None;
    }
    let below = low.is_some_and(|low| number < low);
    let above = high.is_some_and(|high| number > high);
    let (word, tone) = match quantity.text_of("comparator") {
        None if below => ("Low", Tone::Warn),
        None if above => ("High", Tone::Warn),
        None if low.is_some() || high.is_some() => ("Normal", Tone::Ok),
        // "less than 3" is surely low only when 3 is not yet in the range.
        Some("<" | "<=") if below => ("Low", Tone::Warn),
        Some(">" | ">=") if above => ("High", Tone::Warn),
        _ => return None,
    };
    Some(Flag { word: word.to_owned(), tone, computed: true })
}

/// A range without a type is the normal one.
fn is_usual(range: Node<'_>) -> bool {
    let kind = range.get("type");
    !kind.exists() || code_of(kind) == Some("normal")
}

fn same_unit(one: Node<'_>, other: Node<'_>) -> bool {
    let unit = |quantity: Node<'_>| amount::unit_of(quantity);
    match (one.text_of("code"), other.text_of("code")) {
        (Some(one), Some(other)) => one == other,
        _ => unit(other).is_empty() || unit(one) == unit(other),
    }
}

fn ranges(node: Node<'_>) -> Option<String> {
    let said: Vec<String> = node
        .each("referenceRange")
        .filter_map(|range| {
            let text = range.owned("text").or_else(|| amount::range(range))?;
            let kind = Some(range.get("type")).filter(|kind| code_of(*kind) != Some("normal")).and_then(words);
            let mut whom = each_words(range, "appliesTo");
            whom.extend(amount::range(range.get("age")).map(|age| format!("age {age}")));
            let label: Vec<String> = kind.into_iter().chain(whom).collect();
            Some(if label.is_empty() { text } else { format!("{}: {text}", label.join(", ")) })
        })
        .collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn absent(node: Node<'_>) -> Option<String> {
    let concept = node.get("dataAbsentReason");
    let word = match code_of(concept) {
        Some("unknown" | "temp-unknown") => "Not known",
        Some("asked-unknown") => "Asked, but not known",
        Some("not-asked") => "Not asked",
        Some("asked-declined") => "Asked, but not answered",
        Some("masked" | "not-permitted") => "Hidden for privacy",
        Some("not-applicable") => "Does not apply",
        Some("unsupported") => "The source can't give this",
        Some("as-text") => "See the text of the report",
        Some("error" | "not-a-number" | "negative-infinity" | "positive-infinity") => "Could not be measured",
        Some("not-performed") => "Not done",
        _ => return words(concept),
    };
    Some(word.to_owned())
}
