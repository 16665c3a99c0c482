//! Kinds of visits: how long each takes, how soon and how far ahead it can be had, how people meet, and who chooses it.
//!
//! FHIR: HealthcareService; an appointment names one as its `serviceType`. A kind is retired, never deleted: visits of years ago
//! still name it. Start with [`model`].

pub mod views;

mod model;
mod pages;
mod store;
#[cfg(test)]
pub mod tests;

pub use model::{Meeting, Shown, VisitType};
pub use store::{Offered, offered, row_of};

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::VISIT_TYPES, pages::index)
        .get(urls::VISIT_TYPES_NEW, pages::new)
        .post(urls::VISIT_TYPES, pages::add, app)
        .get(urls::VISIT_TYPE, pages::edit)
        .post(urls::VISIT_TYPE, pages::change, app)
        .post(urls::VISIT_TYPE_STATE, pages::state, app)
}
