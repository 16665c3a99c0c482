//! What of a record is often nobody's business but the patient's: mental health, substance use, sexual and reproductive
//! health, violence, genetics, and whatever its source labels so.
//!
//! The rules are data, `rules.tsv`, and say of themselves that counsel has yet to review them. They look at everything that a
//! resource says, notes included, and would rather call too much sensitive than too little.

use std::sync::LazyLock;

use base64::Engine as _;
use serde_json::Value;

const RULES: &str = include_str!("rules.tsv");

/// The rules, by what they look at.
#[derive(Default)]
struct Rules {
    labels: Vec<&'static str>,
    icd10: Vec<&'static str>,
    loinc: Vec<&'static str>,
    /// Each with a space before it, and a whole word with one behind it.
    words: Vec<String>,
}

static PARSED: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = Rules::default();
    for (_, how, what) in lines() {
        match how {
            "label" => rules.labels.push(what),
            "icd10" => rules.icd10.push(what),
            "loinc" => rules.loinc.push(what),
            "word" => rules.words.push(format!(" {what} ")),
            _ => rules.words.push(format!(" {what}")),
        }
    }
    rules
});

/// Class, how and what of each rule.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let rules = RULES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rules.filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}

/// Whether a rule calls a resource sensitive.
pub fn is_sensitive(resource: &Value) -> bool {
    let mut said = String::from(" ");
    is_coded(resource, &mut said) || PARSED.words.iter().any(|word| said.contains(word.as_str()))
}

/// Looks at every code, and takes down what there is to read.
fn is_coded(resource: &Value, said: &mut String) -> bool {
    let mut waiting = vec![resource];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                if code_is_sensitive(value) || is_labelled(value) {
                    return true;
                }
                for (name, value) in fields {
                    match value {
                        // What people are called tells nothing of the patient's health.
                        _ if PEOPLE.contains(&name.as_str()) => {}
                        Value::String(text) if name == "data" => {
                            let dense: String = text.split_ascii_whitespace().collect();
                            let bytes = base64::engine::general_purpose::STANDARD.decode(dense).unwrap_or_default();
                            plain(&String::from_utf8_lossy(&bytes), said);
                        }
                        Value::String(text) if is_read(name) => plain(text, said),
                        other => waiting.push(other),
                    }
                }
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    false
}

/// Fields that name people.
const PEOPLE: [&str; 16] = [
    "subject",
    "patient",
    "beneficiary",
    "subscriber",
    "performer",
    "participant",
    "author",
    "authenticator",
    "requester",
    "recorder",
    "asserter",
    "actor",
    "individual",
    "member",
    "who",
    "onBehalfOf",
];

/// Whether a resource, or what it contains, has a label of its source.
fn is_labelled(value: &Value) -> bool {
    let security = value.pointer("/meta/security").and_then(Value::as_array).into_iter().flatten();
    let of_documents = value.get("securityLabel").and_then(Value::as_array).into_iter().flatten();
    let codings = of_documents.filter_map(|concept| concept.get("coding")?.as_array()).flatten();
    security.chain(codings).filter_map(|label| label.get("code")?.as_str()).any(|code| PARSED.labels.contains(&code))
}

/// Whether a field of this name holds something to read, and not a code or an address.
fn is_read(name: &str) -> bool {
    let read = [
        "display",
        "text",
        "title",
        "description",
        "div",
        "valueString",
        "comment",
        "name",
        "summary",
        "conclusion",
        "patientInstruction",
        "detail",
    ];
    read.contains(&name)
}

fn code_is_sensitive(coding: &Value) -> bool {
    let part = |name: &str| coding.get(name).and_then(Value::as_str);
    let (Some(system), Some(code)) = (part("system"), part("code")) else { return false };
    match system {
        "http://hl7.org/fhir/sid/icd-10-cm" | "http://hl7.org/fhir/sid/icd-10" | "urn:oid:2.16.840.1.113883.6.90" => {
            // Some sources leave the dot out.
            let code = code.replace('.', "");
            PARSED.icd10.iter().any(|begin| code.starts_with(&begin.replace('.', "")))
        }
        "http://loinc.org" | "urn:oid:2.16.840.1.113883.6.1" => PARSED.loinc.contains(&code),
        _ => false,
    }
}

/// Adds a text in small letters, word by word with a space behind each; it does not run into the next one.
fn plain(text: &str, said: &mut String) {
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        said.extend(word.chars().flat_map(char::to_lowercase));
        said.push(' ');
    }
    said.push_str("| ");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_rule_is_one() {
        let hows = ["label", "icd10", "loinc", "stem", "word"];
        let mut seen = std::collections::BTreeSet::new();
        for (class, how, what) in lines() {
            assert!(!class.is_empty() && hows.contains(&how) && !what.is_empty(), "{class} {how} {what}");
            assert!(seen.insert((how, what)), "{how} {what} twice");
            if matches!(how, "stem" | "word") {
                let mut as_read = String::new();
                plain(what, &mut as_read);
                assert_eq!(as_read, format!("{what} | "), "no text is read like that");
            }
        }
        assert!(seen.len() > 150, "{}", seen.len());
        assert!(RULES.contains("REVIEW WITH COUNSEL"));
    }

    fn condition(system: &str, code: &str, display: &str) -> Value {
        json!({ "resourceType": "Condition", "code": { "coding": [{ "system": system, "code": code, "display": display }] },
                "subject": { "reference": "Patient/1", "display": "Hope Chlamydia Sexual" } })
    }

    #[test]
    fn finds_what_is_sensitive() {
        let (icd, loinc, snomed) = ("http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org", "http://snomed.info/sct");
        for sensitive in [
            condition(icd, "F32.1", "x"),
            condition(icd, "F11.20", "x"),
            condition(icd, "Z30.09", "x"),
            condition(icd, "A56.01", "x"),
            condition(icd, "Z113", "x"),
            condition("urn:oid:2.16.840.1.113883.6.90", "F32.1", "x"),
            json!({ "resourceType": "DocumentReference", "securityLabel": [{ "coding": [{ "code": "R" }] }] }),
            json!({ "resourceType": "Observation", "contained": [{ "meta": { "security": [{ "code": "PSY" }] } }] }),
            condition(loinc, "44261-6", "x"),
            condition(snomed, "72892002", "Normal pregnancy (finding)"),
            condition(snomed, "1", "Major DEPRESSIVE disorder"),
            condition(snomed, "1", "HIV-1 RNA"),
            condition(snomed, "1", "Alcohol-use disorder"),
            json!({ "resourceType": "Observation", "meta": { "security": [{ "code": "R" }] } }),
            json!({ "resourceType": "MedicationRequest", "medicationCodeableConcept": { "text": "Etonogestrel 68 MG Drug Implant" } }),
            json!({ "resourceType": "DocumentReference", "content": [{ "attachment": {
                "data": base64::engine::general_purpose::STANDARD.encode("Here for birth\ncontrol.") } }] }),
            json!({ "resourceType": "Encounter", "type": [{ "text": "Prenatal visit" }] }),
        ] {
            assert!(is_sensitive(&sensitive), "{sensitive}");
        }
        for plain in [
            condition(icd, "J45.20", "Mild asthma"),
            condition(icd, "E11.9", "Type 2 diabetes"),
            condition(loinc, "2339-0", "Glucose"),
            condition(snomed, "1", "Hearing aids"),
            condition(snomed, "1", "Broken arm"),
            json!({ "resourceType": "Observation", "performer": [{ "display": "Dr. Heroina Cocaine" }] }),
            condition(snomed, "1", "Asexual reproduction of Toxoplasma"),
            // Across two texts no words follow one another.
            json!({ "resourceType": "Condition", "code": { "text": "mental" }, "note": [{ "text": "health" }] }),
            json!({ "resourceType": "Immunization", "vaccineCode": { "text": "HPV, quadrivalent" } }),
        ] {
            assert!(!is_sensitive(&plain), "{plain}");
        }
    }
}
