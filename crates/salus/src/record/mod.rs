//! The record: everything that was written down about a patient, by kind.
//!
//! FHIR: Condition, AllergyIntolerance, MedicationRequest, MedicationAdministration, Immunization, DiagnosticReport,
//! Observation, Procedure, Encounter, DocumentReference, CareTeam, Goal, CarePlan, Device, ImagingStudy, Coverage and
//! Provenance: one table each, all of one shape, so that [`store`] reads them all with the same statements.
//!
//! Start with [`sections`]: it says which action opens which column. [`entry`] puts one resource into words;
//! [`pages`] has one handler for the plain sections and a file for each that looks different.

pub mod views;

mod entry;
mod names;
mod pages;
mod sections;
mod store;
mod when;

#[cfg(test)]
pub(crate) mod tests;

pub use entry::{Entry, Telling, flags_tag};
pub use names::{Names, Wanted, local, phone};
pub use pages::results::{OpenReport, summary};
pub use sections::{SectionType, open, read};
pub use store::{Closed, Count, Mixed, counts, newest};
pub use when::{Timing, brief, day, full};

use crate::access::{App, Routes};

/// The slice's routes. Each section has its own, because each has its own action.
pub fn routes(app: &App) -> Routes {
    use pages::{documents, index, item, list, private, results, teams, visit};
    use sections as s;
    Routes::new()
        .get("/p/{patient}/private", private::list)
        .post("/p/{patient}/private", private::change, app)
        .get("/p/{patient}/record", index::index)
        .get("/p/{patient}/record/problems", list::<s::Problems>)
        .get("/p/{patient}/record/problems/{id}", item::<s::Problems>)
        .get("/p/{patient}/record/allergies", list::<s::Allergies>)
        .get("/p/{patient}/record/allergies/{id}", item::<s::Allergies>)
        .get("/p/{patient}/record/medicines", list::<s::Medicines>)
        .get("/p/{patient}/record/medicines/{id}", item::<s::Medicines>)
        .get("/p/{patient}/record/medicine-administrations", list::<s::MedicineAdministrations>)
        .get("/p/{patient}/record/medicine-administrations/{id}", item::<s::MedicineAdministrations>)
        .get("/p/{patient}/record/immunizations", list::<s::Immunizations>)
        .get("/p/{patient}/record/immunizations/{id}", item::<s::Immunizations>)
        .get("/p/{patient}/record/results", results::list)
        .get("/p/{patient}/record/results/{id}", results::report)
        .get("/p/{patient}/record/observations", list::<s::Observations>)
        .get("/p/{patient}/record/observations/{id}", item::<s::Observations>)
        .get("/p/{patient}/record/observations/{id}/history", results::history)
        .get("/p/{patient}/record/procedures", list::<s::Procedures>)
        .get("/p/{patient}/record/procedures/{id}", item::<s::Procedures>)
        .get("/p/{patient}/record/encounters", list::<s::Encounters>)
        .get("/p/{patient}/record/encounters/{id}", visit::visit)
        .get("/p/{patient}/record/documents", documents::list)
        .get("/p/{patient}/record/documents/{id}", item::<s::Documents>)
        .get("/p/{patient}/record/care-team", teams::care_teams)
        .get("/p/{patient}/record/care-team/{id}", item::<s::CareTeam>)
        .get("/p/{patient}/record/goals", teams::goals)
        .get("/p/{patient}/record/goals/{id}", item::<s::Goals>)
        .get("/p/{patient}/record/care-plans", list::<s::CarePlans>)
        .get("/p/{patient}/record/care-plans/{id}", item::<s::CarePlans>)
        .get("/p/{patient}/record/devices", list::<s::Devices>)
        .get("/p/{patient}/record/devices/{id}", item::<s::Devices>)
        .get("/p/{patient}/record/imaging", list::<s::Imaging>)
        .get("/p/{patient}/record/imaging/{id}", item::<s::Imaging>)
        .get("/p/{patient}/record/coverage", list::<s::Coverage>)
        .get("/p/{patient}/record/coverage/{id}", item::<s::Coverage>)
        .get("/p/{patient}/record/provenance", list::<s::Provenance>)
        .get("/p/{patient}/record/provenance/{id}", item::<s::Provenance>)
}
