//! Says whether a resource is sound in the fields that Salus reads: types, required elements, dates, references, codes.
//!
//! What Salus doesn't read isn't looked at. Beyond R4's own rules, everything that goes into a patient's record must
//! name the patient, as US Core demands.

mod clinical;
mod codes;
mod orders;
mod parts;
mod people;
mod rule;
mod walk;

use serde_json::Value;

use crate::ResourceType;
use rule::Field;

/// One thing that is wrong. Holds no value of the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The element, from the resource's type: `Patient.name[0].given`.
    pub path: String,
    /// What is expected, in plain words.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// Checks a resource against the rules of its type; gives all problems, at most 100.
pub fn check(kind: ResourceType, resource: &Value) -> Result<(), Vec<Problem>> {
    let problems = walk::resource(kind, rules(kind), resource);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn rules(kind: ResourceType) -> &'static [Field] {
    use ResourceType as T;
    match kind {
        T::Patient => people::PATIENT,
        T::Practitioner => people::PRACTITIONER,
        T::PractitionerRole => people::PRACTITIONER_ROLE,
        T::Organization => people::ORGANIZATION,
        T::Location => people::LOCATION,
        T::CareTeam => people::CARE_TEAM,
        T::Coverage => people::COVERAGE,
        T::Encounter => clinical::ENCOUNTER,
        T::Condition => clinical::CONDITION,
        T::AllergyIntolerance => clinical::ALLERGY_INTOLERANCE,
        T::Observation => clinical::OBSERVATION,
        T::DiagnosticReport => clinical::DIAGNOSTIC_REPORT,
        T::DocumentReference => clinical::DOCUMENT_REFERENCE,
        T::Procedure => clinical::PROCEDURE,
        T::ImagingStudy => clinical::IMAGING_STUDY,
        T::Provenance => clinical::PROVENANCE,
        T::MedicationRequest => orders::MEDICATION_REQUEST,
        T::MedicationAdministration => orders::MEDICATION_ADMINISTRATION,
        T::Immunization => orders::IMMUNIZATION,
        T::CarePlan => orders::CARE_PLAN,
        T::Goal => orders::GOAL,
        T::Device => orders::DEVICE,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;
    use crate::ResourceType as T;

    fn found(kind: T, value: &serde_json::Value) -> Vec<String> {
        check(kind, value).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_the_place_and_never_the_value() {
        let problems = found(
            T::Patient,
            &json!({"resourceType": "Patient", "gender": "Zebra", "birthDate": "31.12.1980", "name": [{"given": "Zebra"}], "active": "Zebra"}),
        );
        assert!(problems.iter().all(|problem| !problem.contains("Zebra") && !problem.contains("1980")), "{problems:?}");
        let expected = [
            "Patient.active: should be true or false",
            "Patient.name[0].given: should be a list",
            "Patient.gender: should be one of male, female, other, unknown",
            "Patient.birthDate: should be a date like 1985, 1985-03 or 1985-03-14",
        ];
        for line in expected {
            assert!(problems.iter().any(|problem| problem == line), "{line} not in {problems:?}");
        }
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
    }

    #[test]
    fn required_elements_and_choices() {
        assert_eq!(
            found(
                T::Immunization,
                &json!({"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "x"}, "patient": {}})
            ),
            [
                "Immunization.patient: needs a reference, an identifier or a display",
                "Immunization.occurrence[x]: is missing"
            ]
        );
        let twice = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient/1"},
            "valueString": "a", "valueBoolean": true});
        assert_eq!(found(T::Observation, &twice), ["Observation.value[x]: is there more than once"]);
        assert_eq!(
            found(T::Observation, &json!({"resourceType": "Patient"})),
            ["Observation.resourceType: should be Observation"]
        );
        assert_eq!(found(T::Observation, &json!(["a"])), ["Observation: should be an object"]);
    }

    #[test]
    fn a_primitive_may_be_absent_with_a_reason() {
        let value = json!({"resourceType": "Procedure", "_status": {"extension": [{"url": "x", "valueCode": "unknown"}]},
            "subject": {"reference": "Patient/1"}});
        assert_eq!(found(T::Procedure, &value), Vec::<String>::new());
    }

    #[test]
    fn references_point_to_the_right_type() {
        let value =
            json!({"resourceType": "Procedure", "status": "completed", "subject": {"reference": "Medication/1"}});
        assert_eq!(found(T::Procedure, &value), ["Procedure.subject.reference: should point to Patient or Group"]);
        let value =
            json!({"resourceType": "Procedure", "status": "completed", "subject": {"reference": "not a reference"}});
        assert_eq!(
            found(T::Procedure, &value),
            ["Procedure.subject.reference: should be a reference like Patient/123 or urn:uuid:…"]
        );
    }
}
