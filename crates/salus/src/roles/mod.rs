//! Roles of the clinic's own: what somebody who works here does, where none of our roles fits (ADR 0034).
//!
//! An administrator says what such a role is to be: what it keeps of one of ours, and what it borrows. Somebody else confirms it, and
//! nobody who has it; until then nothing changes. Who has it does that from the next request on. Start with [`model`]; what follows
//! from it is the guards' ([`crate::access::Duties`]).

pub mod views;

mod deciding;
mod model;
mod pages;
mod store;
#[cfg(test)]
pub mod tests;

pub use store::{OwnRole, current, proposed_for}; // used by clinic and staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::CLINIC_ROLES, pages::roles)
        .get(urls::CLINIC_ROLES_NEW, pages::new)
        .post(urls::CLINIC_ROLES_NEW, pages::propose, app)
        .get("/clinic/roles/{id}", pages::edit)
        .post("/clinic/roles/{id}", pages::propose_change, app)
        .post("/clinic/roles/{id}/end", pages::end, app)
        .get(urls::PROPOSED_ROLES, deciding::list)
        .post("/staff/roles/{id}", deciding::confirm, app)
        .post("/staff/roles/{id}/refuse", deciding::refuse, app)
}
