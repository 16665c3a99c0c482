//! Plain words for pages: what a resource says, in American English that a patient can read.
//!
//! [`line`] gives one row of a list for any type; the `…Details` structs give what a page of its own shows. All are
//! owned and hold no JSON. Text comes out as it is and must be escaped by the template.

mod allergy;
mod amount;
mod concept;
mod condition;
mod coverage;
mod device;
mod dosage;
mod encounter;
mod goal;
mod imaging;
mod immunization;
mod literal;
mod medication;
mod note;
mod observation;
mod parts;
mod patient;
mod people;
mod places;
mod plan;
mod procedure;
mod provenance;
mod report;
mod status;
mod team;
mod test_names;
mod title;

use serde_json::Value;

pub use allergy::{AllergyDetails, Reaction};
pub use condition::ConditionDetails;
pub use coverage::CoverageDetails;
pub use device::DeviceDetails;
pub use encounter::EncounterDetails;
pub use goal::GoalDetails;
pub use imaging::{ImagingDetails, Series};
pub use immunization::ImmunizationDetails;
pub use medication::{AdministrationDetails, MedicationDetails};
pub use note::{Attachment, NoteDetails};
pub use observation::{Flag, ObservationPart, ObservationValue};
pub use parts::{Code, Line, Link, Span, Status, Tone};
pub use patient::{Contact, Language, PatientDetails};
pub use people::{PractitionerDetails, RoleDetails};
pub use places::{Address, LocationDetails, OrganizationDetails, Telecom};
pub use plan::{Activity, CarePlanDetails};
pub use procedure::ProcedureDetails;
pub use provenance::{Agent, ProvenanceDetails};
pub use report::ReportDetails;
pub use team::{CareTeamDetails, Member};

use crate::ResourceType;

/// One row of a list, for a resource of any type. The title is never empty.
pub fn line(kind: ResourceType, resource: &Value) -> Line {
    use ResourceType as T;
    let mut line = match kind {
        T::Patient => PatientDetails::read(resource).line(),
        T::Practitioner => PractitionerDetails::read(resource).line(),
        T::PractitionerRole => RoleDetails::read(resource).line(),
        T::Organization => OrganizationDetails::read(resource).line(),
        T::Location => LocationDetails::read(resource).line(),
        T::Encounter => EncounterDetails::read(resource).line(),
        T::Condition => ConditionDetails::read(resource).line(),
        T::AllergyIntolerance => AllergyDetails::read(resource).line(),
        T::MedicationRequest => MedicationDetails::read(resource).line(),
        T::MedicationAdministration => AdministrationDetails::read(resource).line(),
        T::Immunization => ImmunizationDetails::read(resource).line(),
        T::Observation => ObservationValue::read(resource).line(),
        T::DiagnosticReport => ReportDetails::read(resource).line(),
        T::DocumentReference => NoteDetails::read(resource).line(),
        T::Procedure => ProcedureDetails::read(resource).line(),
        T::CareTeam => CareTeamDetails::read(resource).line(),
        T::CarePlan => CarePlanDetails::read(resource).line(),
        T::Goal => GoalDetails::read(resource).line(),
        T::Device => DeviceDetails::read(resource).line(),
        T::ImagingStudy => ImagingDetails::read(resource).line(),
        T::Coverage => CoverageDetails::read(resource).line(),
        T::Provenance => ProvenanceDetails::read(resource).line(),
    };
    if line.title.trim().is_empty() {
        kind.one().clone_into(&mut line.title);
    }
    line
}
