//! Places: where people come, in which time zone, when it is open, and on which days it is not.
//!
//! FHIR: Location. Places that came with an import and places that an administrator typed are one list. What the source says
//! (name, address, phone, zone) is in `location`; what only the clinic says (hours, closed days, whether the place is still
//! open) is in tables beside it, so that another import takes nothing of that away. A place is closed, never deleted: visits
//! of years ago still name it. Hours are wall time of the place, and never cross midnight.
//!
//! Start with [`model`].

pub mod views;

mod model;
mod pages;
mod store;
#[cfg(test)]
pub mod tests;

pub use model::{Hours, NoHours, Span, day_in_words, span};
pub use store::{Open, closed_days, open};

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::LOCATIONS, pages::index)
        .get(urls::LOCATIONS_NEW, pages::new)
        .post(urls::LOCATIONS, pages::add, app)
        .get(urls::LOCATION, pages::edit)
        .post(urls::LOCATION, pages::change, app)
        .post(urls::LOCATION_STATE, pages::state, app)
}
