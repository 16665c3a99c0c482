//! Staff: the home page of who works here, and finding patients.
//!
//! A search finds ids in the floor's directory; names are opened only after the ledger has named exactly those patients
//! ([`crate::access::Worklist::disclose`]). What was typed travels in the form's body and never in an address. A
//! practitioner may find everybody (to know whom they have before them) and open only the charts of those in their care.
//!
//! Start with [`search`]: what a typed text may mean.

pub mod views;

mod pages;
mod search;
mod store;
#[cfg(test)]
mod tests;

pub use search::masked; // used by registrations
pub use store::{Listed, Named, listed, named}; // used by appointments, messages and registrations

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get(urls::STAFF, pages::home).get(urls::STAFF_PATIENTS, pages::search_form).post(
        urls::STAFF_PATIENTS,
        pages::search,
        app,
    )
}
