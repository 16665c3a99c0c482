//! State codes in plain words.

use crate::ResourceType;
use crate::show::parts::{Status, Tone};
use crate::show::title::from_code;

/// A state's word and how it should look.
pub(crate) fn status(kind: ResourceType, code: &str) -> Status {
    let (word, tone) = match words(kind, code) {
        Some(found) => found,
        None => {
            return Status { word: from_code(code), tone: Tone::Quiet };
        }
    };
    Status { word: word.to_owned(), tone }
}

fn words(kind: ResourceType, code: &str) -> Option<(&'static str, Tone)> {
    use ResourceType as T;
    use Tone::{Bad, Ok, Quiet, Warn};
    Some(match (kind, code) {
        (_, "entered-in-error") => ("Entered by mistake", Bad),
        (_, "unknown") => ("Not known", Quiet),
        (T::Encounter, "planned") => ("Planned", Ok),
        (T::Encounter, "arrived") => ("Checked in", Ok),
        (T::Encounter, "triaged") => ("Waiting to be seen", Ok),
        (T::Encounter, "in-progress") => ("Going on now", Ok),
        (T::Encounter, "onleave") => ("On leave", Warn),
        (T::Encounter, "finished") => ("Done", Quiet),
        (T::Condition, "active") => ("Active", Ok),
        (T::Condition, "recurrence") => ("Came back", Warn),
        (T::Condition, "relapse") => ("Got worse again", Warn),
        (T::Condition, "inactive") => ("Not active", Quiet),
        (T::Condition, "remission") => ("In remission", Quiet),
        (T::Condition, "resolved") => ("Over", Quiet),
        (T::AllergyIntolerance, "active") => ("Active", Warn),
        (T::AllergyIntolerance, "inactive") => ("Not active", Quiet),
        (T::AllergyIntolerance, "resolved") => ("Over", Quiet),
        (T::MedicationRequest, "active") => ("Active", Ok),
        (T::MedicationRequest, "stopped") => ("Stopped", Quiet),
        (T::MedicationRequest, "completed") => ("Finished", Quiet),
        (T::MedicationRequest, "draft") => ("Not sent yet", Quiet),
        (T::MedicationAdministration, "completed") => ("Given", Quiet),
        (T::MedicationAdministration | T::Immunization, "not-done") => ("Not given", Warn),
        (T::Immunization, "completed") => ("Given", Ok),
        (T::Observation | T::DiagnosticReport, "registered") => ("Waiting for results", Warn),
        (T::DiagnosticReport, "partial") => ("Some results are in", Warn),
        (T::Observation | T::DiagnosticReport, "preliminary") => ("Early result", Warn),
        (T::Observation | T::DiagnosticReport, "final") => ("Final", Quiet),
        (T::Observation | T::DiagnosticReport | T::DocumentReference, "amended") => ("Changed", Warn),
        (T::Observation | T::DiagnosticReport, "corrected") => ("Corrected", Warn),
        (T::DiagnosticReport, "appended") => ("Added to", Warn),
        (T::DocumentReference, "current") => ("Current", Quiet),
        (T::DocumentReference, "superseded") => ("Replaced by a newer one", Warn),
        (T::Procedure, "preparation") => ("Being prepared", Ok),
        (T::Procedure, "not-done") => ("Not done", Warn),
        (T::Procedure, "completed") => ("Done", Quiet),
        (T::CarePlan, "revoked") => ("Stopped", Quiet),
        (T::CarePlan, "completed") => ("Finished", Quiet),
        (T::Goal, "proposed") => ("Suggested", Quiet),
        (T::Goal, "accepted") => ("Agreed", Ok),
        (T::Goal, "active") => ("Working on it", Ok),
        (T::Goal, "completed") => ("Finished", Quiet),
        (T::Goal, "rejected") => ("Not wanted", Quiet),
        (T::ImagingStudy, "registered") => ("Waiting for images", Warn),
        (T::ImagingStudy, "available") => ("Images are ready", Quiet),
        (T::Coverage, "active") => ("Active", Ok),
        (T::Coverage, "cancelled") => ("Ended", Quiet),
        (T::Coverage, "draft") => ("Not active yet", Warn),
        (T::Device, "active") => ("In use", Ok),
        (T::Device, "inactive") => ("No longer used", Quiet),
        (T::CareTeam, "active") => ("Active", Ok),
        (T::CareTeam, "inactive") => ("Ended", Quiet),
        (T::Patient, "inactive") => ("Record not active", Warn),
        (_, "active") => ("Active", Ok),
        (_, "inactive") => ("Not active", Quiet),
        (_, "cancelled") => ("Canceled", Warn),
        (_, "on-hold" | "suspended") => ("On hold", Warn),
        (_, "in-progress") => ("Going on now", Ok),
        (_, "proposed" | "planned") => ("Planned", Quiet),
        (_, "completed" | "finished") => ("Done", Quiet),
        (_, "stopped") => ("Stopped", Quiet),
        (_, "draft") => ("Draft", Quiet),
        (_, "not-started") => ("Not started", Quiet),
        (_, "scheduled") => ("Scheduled", Ok),
        (_, "not-done") => ("Not done", Warn),
        _ => return None,
    })
}
