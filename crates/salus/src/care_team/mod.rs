//! Care team: who treats a patient, and may therefore read the whole chart. The front desk puts people on it and takes them
//! off; the patient and the team see who is on it, and who was.
//!
//! What an import brings as FHIR's CareTeam is a page of the record and grants nothing; this is what grants. FHIR:
//! Practitioner by a CareTeam.participant with its period.

mod pages;
mod store;
pub mod views;

pub use store::NewMember; // used by accounts
pub use store::{Member, members}; // used by messages

#[cfg(test)]
mod tests;

use crate::access::{App, Routes};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get("/p/{patient}/care-team", pages::team).post("/p/{patient}/care-team", pages::add, app).post(
        "/p/{patient}/care-team/end",
        pages::end,
        app,
    )
}
