//! What is stored beside a resource: whose it is, when it happened, its state, and by what it is known.

use serde_json::Value;

use crate::json::Node;
use crate::{ResourceType, When};

/// The system of the national provider identifier.
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// The facts of one resource. References are as written in the file; the caller resolves them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The reference to the patient: `subject`, `patient`, `beneficiary`, or the one `target` that names a Patient.
    pub patient: Option<String>,
    /// A Provenance's targets, of which one may be the patient. Empty for other types.
    pub targets: Vec<String>,
    /// The reference to the visit.
    pub encounter: Option<String>,
    /// When it happened, for sorting: microseconds since 1970 began, UTC; a date counts from its start in UTC.
    pub event: Option<i64>,
    /// The same as written, with its precision.
    pub event_text: Option<String>,
    /// The state's code: `status`, `clinicalStatus`, `lifecycleStatus`, or `active` / `inactive`.
    pub state: Option<String>,
    /// The national provider identifiers.
    pub npi: Vec<String>,
    /// The medical record numbers (identifiers of type MR), with the system they count in.
    pub mrn: Vec<(Option<String>, String)>,
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

/// By what a resource is known at its source: the entry's `fullUrl`, else `Type/id`. None when it has neither.
pub fn identity(full_url: Option<&str>, type_name: &str, resource: &Value) -> Option<String> {
    match full_url.map(str::trim).filter(|url| !url.is_empty()) {
        Some(url) => Some(url.to_owned()),
        None => Node::of(resource).text_of("id").map(|id| format!("{type_name}/{id}")),
    }
}

/// The facts of a resource.
pub fn facts(kind: ResourceType, resource: &Value) -> Facts {
    let node = Node::of(resource);
    let event_text = event_text(kind, node);
    let targets: Vec<String> = match kind {
        ResourceType::Provenance => node.each("target").filter_map(|target| target.owned("reference")).collect(),
        _ => Vec::new(),
    };
    let mut facts = Facts {
        patient: patient(kind, node, &targets),
        targets,
        encounter: encounter(kind, node),
        event: event_text.and_then(When::parse).and_then(When::micros),
        event_text: event_text.map(str::to_owned),
        state: state(kind, node),
        ..Facts::default()
    };
    for identifier in node.each("identifier") {
        let Some(value) = identifier.owned("value") else {
            continue;
        };
        if identifier.text_of("system") == Some(NPI) {
            facts.npi.push(value);
        } else if has_type(identifier, "MR") {
            facts.mrn.push((identifier.owned("system"), value));
        }
    }
    facts
}

/// True when the identifier is typed with this code.
pub(crate) fn has_type(identifier: Node<'_>, code: &str) -> bool {
    identifier.get("type").each("coding").any(|coding| coding.text_of("code") == Some(code))
}

fn patient(kind: ResourceType, node: Node<'_>, targets: &[String]) -> Option<String> {
    use ResourceType as T;
    let field = match kind {
        T::Patient | T::Practitioner | T::PractitionerRole | T::Organization | T::Location => {
            return None;
        }
        T::AllergyIntolerance | T::Immunization | T::Device => "patient",
        T::Coverage => "beneficiary",
        T::Provenance => {
            let is_patient = |target: &&String| {
                crate::references::Target::parse(target).is_some_and(|target| target.type_name() == Some("Patient"))
            };
            return targets.iter().find(is_patient).cloned();
        }
        _ => "subject",
    };
    node.get(field).owned("reference")
}

fn encounter(kind: ResourceType, node: Node<'_>) -> Option<String> {
    use ResourceType as T;
    let place = match kind {
        T::MedicationAdministration => node.get("context"),
        T::DocumentReference => node.get("context").first("encounter"),
        _ => node.get("encounter"),
    };
    place.owned("reference")
}

/// The best date for sorting, as written: the first of these that is a date.
fn event_text(kind: ResourceType, node: Node<'_>) -> Option<&str> {
    use ResourceType as T;
    let paths: &[&str] = match kind {
        T::Patient => &["birthDate"],
        T::Practitioner | T::Organization | T::Location => &[],
        T::PractitionerRole | T::Coverage | T::CareTeam => &["period.start", "period.end"],
        T::CarePlan => &["period.start", "created", "period.end"],
        T::Encounter => &["period.start", "period.end"],
        T::Condition => &["onsetDateTime", "onsetPeriod.start", "recordedDate", "abatementDateTime"],
        T::AllergyIntolerance => &["onsetDateTime", "onsetPeriod.start", "recordedDate", "lastOccurrence"],
        T::MedicationRequest => &["authoredOn"],
        T::MedicationAdministration => &["effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end"],
        T::Immunization => &["occurrenceDateTime", "recorded"],
        T::Observation => {
            &["effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "effectivePeriod.end", "issued"]
        }
        T::DiagnosticReport => &["effectiveDateTime", "effectivePeriod.start", "effectivePeriod.end", "issued"],
        T::DocumentReference => &["context.period.start", "date"],
        T::Procedure => &["performedDateTime", "performedPeriod.start", "performedPeriod.end"],
        T::Goal => &["startDate", "statusDate"],
        T::Device => &["manufactureDate"],
        T::ImagingStudy => &["started"],
        T::Provenance => &["occurredDateTime", "occurredPeriod.start", "recorded"],
    };
    paths.iter().find_map(|path| {
        let place = path.split('.').fold(node, |node, name| node.get(name));
        place.text().filter(|text| When::parse(text).is_some())
    })
}

fn state(kind: ResourceType, node: Node<'_>) -> Option<String> {
    use ResourceType as T;
    let coded = |field: &str| node.get(field).each("coding").find_map(|coding| coding.owned("code"));
    match kind {
        T::Condition | T::AllergyIntolerance => {
            // A record entered by mistake has no clinical status.
            coded("verificationStatus").filter(|code| code == "entered-in-error").or_else(|| coded("clinicalStatus"))
        }
        T::Goal => node.owned("lifecycleStatus"),
        T::Patient | T::Practitioner | T::PractitionerRole | T::Organization => {
            node.get("active").flag().map(|active| if active { "active" } else { "inactive" }.to_owned())
        }
        _ => node.owned("status"),
    }
}
