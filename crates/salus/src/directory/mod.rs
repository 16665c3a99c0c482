//! People and places: who works here, who else is named in records, and where they work.
//!
//! FHIR: Practitioner, PractitionerRole, Organization, Location. Public facts; nothing here is about a patient.

pub mod views;

mod pages;
mod store;

#[cfg(test)]
mod tests;

use crate::{
    access::{App, Feature, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get(urls::DIRECTORY, pages::index).only_with(Feature::Directory, app)
}
