//! Emergencies: whoever treats patients, and not this one, opens a record for an hour ("break-glass", HIP-03), with a reason and
//! the password again. The privacy officer is told at once, and signs it off or does not. Beside them: why somebody opens a watched record who
//! may open every record ([`watched`]).
//!
//! Invariant: a record that is open so is read; written is at most that somebody arrived, was seen or did not come, because nurses
//! receive patients anyway. What may be done is [`crate::access::policy`]'s alone. The hour is the table's constraint. FHIR: AuditEvent with the purpose of use BTG.

mod model;
mod pages;
mod store;
pub mod views;
mod watched;

#[cfg(test)]
pub mod tests;

pub use store::waiting; // used by staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get("/p/{patient}/emergency", pages::form)
        .post("/p/{patient}/emergency", pages::open, app)
        .get("/p/{patient}/reason", watched::form)
        .post("/p/{patient}/reason", watched::say, app)
        .get(urls::EMERGENCIES, pages::review)
        .post("/audit/emergencies/{id}", pages::sign, app)
}
