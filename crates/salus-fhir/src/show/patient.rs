//! The patient: name, birth, how to reach them, and what they told about themselves.

use serde_json::Value;

use super::concept::{coding_words, words};
use super::parts::{Line, Link, Status, Tone, date, hidden};
use super::people::{best_name, full};
use super::places::{Address, Telecom, phone};
use super::title::capital;
use crate::json::Node;
use crate::{ResourceType, When, facts};

const RACE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race";
const ETHNICITY: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity";
const BIRTH_SEX: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex";

/// A language the patient speaks.
#[derive(Clone, PartialEq, Eq)]
pub struct Language {
    /// Its name.
    pub name: String,
    /// Its code, such as `es`.
    pub code: Option<String>,
    /// True for the one they like best.
    pub preferred: bool,
}

/// Someone to call.
#[derive(Clone, PartialEq)]
pub struct Contact {
    /// The name.
    pub name: Option<String>,
    /// What they are to the patient.
    pub relationships: Vec<String>,
    /// How to reach them.
    pub telecom: Vec<Telecom>,
    /// Where they live.
    pub address: Option<Address>,
}

/// All that a Patient says.
#[derive(Clone, PartialEq)]
pub struct PatientDetails {
    /// The name as it is said, with prefix and suffix.
    pub name: String,
    /// The given names.
    pub given: Vec<String>,
    /// The family name.
    pub family: Option<String>,
    /// Other names: earlier ones, nicknames.
    pub other_names: Vec<String>,
    /// The day of birth.
    pub birth_date: Option<When>,
    /// "Female", "Male", "Other" or "Not known".
    pub gender: Option<&'static str>,
    /// The sex put down at birth.
    pub birth_sex: Option<String>,
    /// True when the patient has died.
    pub deceased: bool,
    /// When the patient died, if known.
    pub died: Option<When>,
    /// How to reach them.
    pub telecom: Vec<Telecom>,
    /// Where they live.
    pub addresses: Vec<Address>,
    /// What they speak, the preferred one first.
    pub languages: Vec<Language>,
    /// "Married" …
    pub marital_status: Option<String>,
    /// As told.
    pub race: Option<String>,
    /// As told.
    pub ethnicity: Option<String>,
    /// The medical record numbers.
    pub mrn: Vec<String>,
    /// Whom to call.
    pub contacts: Vec<Contact>,
    /// Their own doctors.
    pub general_practitioners: Vec<Link>,
    /// The state of the record, if it isn't active.
    pub status: Option<Status>,
}

hidden!(Language, Contact, PatientDetails);

impl PatientDetails {
    /// Reads a Patient.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let name = best_name(node);
        let said = name.and_then(full);
        let died = date(node.get("deceasedDateTime"));
        let deceased =
            died.is_some() || node.get("deceasedDateTime").exists() || node.get("deceasedBoolean").flag() == Some(true);
        let status = if deceased {
            Some(Status { word: "Deceased".to_owned(), tone: Tone::Quiet })
        } else {
            (node.get("active").flag() == Some(false)).then(|| super::status::status(ResourceType::Patient, "inactive"))
        };
        Self {
            given: name
                .map(|name| name.each("given").filter_map(Node::text).map(str::to_owned).collect())
                .unwrap_or_default(),
            family: name.and_then(|name| name.owned("family")),
            other_names: node.each("name").filter_map(full).filter(|other| Some(other) != said.as_ref()).collect(),
            name: said.unwrap_or_else(|| "Patient without a name".to_owned()),
            birth_date: date(node.get("birthDate")),
            gender: node.text_of("gender").and_then(gender),
            birth_sex: extension(node, BIRTH_SEX).and_then(|sex| match sex.text_of("valueCode")? {
                "F" => Some("Female".to_owned()),
                "M" => Some("Male".to_owned()),
                "UNK" | "OTH" | "ASKU" => Some("Not known".to_owned()),
                _ => None,
            }),
            deceased,
            died,
            telecom: Telecom::each(node),
            addresses: node.each("address").filter_map(Address::read).collect(),
            languages: languages(node),
            marital_status: words(node.get("maritalStatus")).map(|word| marital(&word)),
            race: origin(node, RACE),
            ethnicity: origin(node, ETHNICITY),
            mrn: facts(ResourceType::Patient, resource).mrn.into_iter().map(|(_, value)| value).collect(),
            contacts: node.each("contact").map(contact).collect(),
            general_practitioners: Link::each(node, "generalPractitioner"),
            status,
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.birth_date)
            .status(self.status.as_ref())
            .fact("Gender", self.gender)
            .date("Born", self.birth_date)
            .date("Died", self.died)
            .fact("Language", self.languages.first().map(|language| language.name.clone()))
            .fact("Phone", phone(&self.telecom))
            .fact("Address", self.addresses.first().map(Address::one_line))
            .list("Medical record number", &self.mrn)
    }
}

fn gender(code: &str) -> Option<&'static str> {
    Some(match code {
        "female" => "Female",
        "male" => "Male",
        "other" => "Other",
        "unknown" => "Not known",
        _ => return None,
    })
}

fn marital(word: &str) -> String {
    let plain = match word {
        "M" => "Married",
        "S" => "Never Married",
        "W" => "Widowed",
        "D" => "Divorced",
        "L" => "Legally separated",
        "T" => "Domestic partner",
        "A" => "Annulled",
        "U" => "Unmarried",
        "UNK" => "Not known",
        other => other,
    };
    match plain {
        "Never Married" => "Never married".to_owned(),
        plain => plain.to_owned(),
    }
}

fn extension<'a>(node: Node<'a>, url: &str) -> Option<Node<'a>> {
    node.each("extension").find(|extension| extension.text_of("url") == Some(url))
}

/// Race and ethnicity: the categories, else the text.
fn origin(node: Node<'_>, url: &str) -> Option<String> {
    let extension = extension(node, url)?;
    let part = |name: &'static str| extension.each("extension").filter(move |part| part.text_of("url") == Some(name));
    let mut said: Vec<String> = Vec::new();
    for name in ["ombCategory", "detailed"] {
        for word in part(name).filter_map(|part| coding_words(part.get("valueCoding"))) {
            if !said.contains(&word) {
                said.push(word);
            }
        }
    }
    if said.is_empty() {
        said.extend(
            part("text").filter_map(|part| part.text_of("valueString").map(|text| capital(&text.replace('_', " ")))),
        );
    }
    (!said.is_empty()).then(|| said.join(", "))
}

fn languages(node: Node<'_>) -> Vec<Language> {
    let mut languages: Vec<Language> = node
        .each("communication")
        .filter_map(|item| {
            let concept = item.get("language");
            let code = super::concept::code_of(concept).map(str::to_owned);
            let given = words(concept)?;
            let name = match (code.as_deref(), given.as_str()) {
                (Some(code), given) if given.eq_ignore_ascii_case(code) => {
                    language(code).map_or_else(|| given.to_owned(), str::to_owned)
                }
                (_, "English (United States)" | "English (US)") => "English".to_owned(),
                (_, given) => given.to_owned(),
            };
            Some(Language { name, code, preferred: item.get("preferred").flag().unwrap_or(false) })
        })
        .collect();
    languages.sort_by_key(|language| !language.preferred);
    languages
}

fn language(code: &str) -> Option<&'static str> {
    Some(match code.split('-').next().unwrap_or(code).to_ascii_lowercase().as_str() {
        "en" => "English",
        "es" => "Spanish",
        "zh" => "Chinese",
        "fr" => "French",
        "de" => "German",
        "vi" => "Vietnamese",
        "tl" => "Tagalog",
        "ko" => "Korean",
        "ru" => "Russian",
        "ar" => "Arabic",
        "pt" => "Portuguese",
        "ht" => "Haitian Creole",
        "hi" => "Hindi",
        "it" => "Italian",
        "ja" => "Japanese",
        "pl" => "Polish",
        "fa" => "Persian",
        "he" => "Hebrew",
        _ => return None,
    })
}

fn contact(node: Node<'_>) -> Contact {
    Contact {
        name: full(node.get("name")),
        relationships: super::concept::each_words(node, "relationship"),
        telecom: Telecom::each(node),
        address: Address::read(node.get("address")),
    }
}
