//! One row of each clinical type, so that every route with an id has something of its owner's to show.

use salus_kernel::{PatientId, ResourceId};
use serde_json::{Value, json};

use super::World;
use crate::shell::urls::Section;

/// The table behind a section.
pub fn table_of(section: Section) -> &'static str {
    match section {
        Section::Problems => "condition",
        Section::Allergies => "allergy_intolerance",
        Section::Medicines => "medication_request",
        Section::MedicineAdministrations => "medication_administration",
        Section::Immunizations => "immunization",
        Section::Results => "diagnostic_report",
        Section::Observations => "observation",
        Section::Procedures => "procedure",
        Section::Encounters => "encounter",
        Section::Documents => "document_reference",
        Section::CareTeam => "care_team",
        Section::Goals => "goal",
        Section::CarePlans => "care_plan",
        Section::Devices => "device",
        Section::Imaging => "imaging_study",
        Section::Coverage => "coverage",
        Section::Provenance => "provenance",
    }
}

/// A resource of a section's type whose every text is `mark` and something.
pub fn resource(section: Section, patient: PatientId, mark: &str) -> Value {
    let subject = json!({ "reference": format!("Patient/{patient}") });
    let code = json!({ "text": format!("{mark} {}", section.slug()), "coding": [{ "system": "http://loinc.org", "code": "1234-5", "display": format!("{mark} {}", section.slug()) }] });
    let at = "2026-11-02T15:30:00Z";
    let mut resource = match section {
        Section::Problems => {
            json!({ "resourceType": "Condition", "code": code, "onsetDateTime": at, "note": [{ "text": format!("{mark} note") }] })
        }
        Section::Allergies => {
            json!({ "resourceType": "AllergyIntolerance", "patient": subject, "code": code, "recordedDate": at })
        }
        Section::Medicines => {
            json!({ "resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": code, "authoredOn": at })
        }
        Section::MedicineAdministrations => {
            json!({ "resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": code, "effectiveDateTime": at })
        }
        Section::Immunizations => {
            json!({ "resourceType": "Immunization", "status": "completed", "patient": subject, "vaccineCode": code, "occurrenceDateTime": at })
        }
        Section::Results => {
            json!({ "resourceType": "DiagnosticReport", "status": "final", "code": code, "effectiveDateTime": at, "conclusion": format!("{mark} conclusion") })
        }
        Section::Observations => {
            json!({ "resourceType": "Observation", "status": "final", "code": code, "effectiveDateTime": at, "valueString": format!("{mark} value") })
        }
        Section::Procedures => {
            json!({ "resourceType": "Procedure", "status": "completed", "code": code, "performedDateTime": at })
        }
        Section::Encounters => {
            json!({ "resourceType": "Encounter", "status": "finished", "class": { "code": "AMB" }, "type": [code], "period": { "start": at } })
        }
        Section::Documents => {
            json!({ "resourceType": "DocumentReference", "status": "current", "type": code, "date": at, "content": [{ "attachment": { "contentType": "text/plain", "data": data(&format!("{mark} text of a note")) } }] })
        }
        Section::CareTeam => {
            json!({ "resourceType": "CareTeam", "status": "active", "name": format!("{mark} team"), "period": { "start": at } })
        }
        Section::Goals => {
            json!({ "resourceType": "Goal", "lifecycleStatus": "active", "description": code, "startDate": "2026-11-02" })
        }
        Section::CarePlans => {
            json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": format!("{mark} plan"), "period": { "start": at } })
        }
        Section::Devices => json!({ "resourceType": "Device", "status": "active", "patient": subject, "type": code }),
        Section::Imaging => {
            json!({ "resourceType": "ImagingStudy", "status": "available", "started": at, "procedureCode": [code] })
        }
        Section::Coverage => {
            json!({ "resourceType": "Coverage", "status": "active", "beneficiary": subject, "payor": [{ "display": format!("{mark} payer") }], "subscriberId": format!("{mark}-42") })
        }
        Section::Provenance => {
            json!({ "resourceType": "Provenance", "target": [subject], "recorded": at, "agent": [{ "who": { "display": format!("{mark} source") } }] })
        }
    };
    if let Some(fields) = resource.as_object_mut() {
        fields.entry("subject").or_insert(subject);
    }
    resource
}

fn data(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(text)
}

impl World {
    /// One row in each section of a chart, in the order of [`Section::ALL`].
    pub async fn one_of_each(&self, patient: PatientId, mark: &str) -> Vec<(Section, ResourceId)> {
        let mut rows = Vec::new();
        for section in Section::ALL {
            let id = self.row(table_of(section), patient, Some(self.now()), resource(section, patient, mark)).await;
            rows.push((section, id));
        }
        rows
    }
}
