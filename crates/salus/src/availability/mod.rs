//! When practitioners can be booked: weeks at a place, for kinds of visits, and days that differ.
//!
//! FHIR: Schedule. A schedule is one practitioner at one place from a day on, perhaps until another; its windows are rows in the
//! place's wall time, so that a change of the clocks moves nothing. Exceptions are days off, and extra hours on a day. Free times
//! are computed from these and stored nowhere. Nobody is at two places at once: what overlaps is refused, also between places
//! in different zones. One version per practitioner keeps two administrators from writing at once.
//!
//! Start with [`model`].

pub mod views;

mod coming;
mod days;
mod model;
mod offering;
mod pages;
mod store;
#[cfg(test)]
pub mod tests;

pub use coming::{Opening, Places};
pub use model::{Extra, Plan, Window};
pub use offering::{Offering, offering, places};
pub use store::{NewRow, Wish, plan, rows_of};

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::AVAILABILITY, pages::index)
        .get(urls::AVAILABILITY_OF, pages::practitioner)
        .get(urls::AVAILABILITY_NEW, pages::new)
        .post(urls::AVAILABILITY_NEW, pages::add, app)
        .get(urls::SCHEDULE, pages::edit)
        .post(urls::SCHEDULE, pages::change, app)
        .post(urls::SCHEDULE_END, pages::end, app)
        .post(urls::AVAILABILITY_DAYS, days::add, app)
        .post(urls::AVAILABILITY_DAYS_REMOVE, days::remove, app)
}
