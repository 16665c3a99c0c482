//! Audit: the privacy officer searches the ledger, and sees whether its chains still end as they were signed.
//!
//! The officer reads no charts: a record is told by the end of its number, never by a name. Looking for a record number
//! or an address goes through blind indexes, so that searching opens nothing. What is searched for is posted, and every
//! search is itself an entry.
//!
//! Start with [`filters`]: what can be asked. [`lines`] says what an entry means, [`chains`] how the chains stand.

pub mod views;

mod chains;
mod filters;
mod lines;
mod pages;
#[cfg(test)]
mod tests;

pub use lines::ending; // used by emergency
pub use pages::state_in_a_line; // used by staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get(urls::AUDIT, pages::form).post(urls::AUDIT, pages::search, app)
}
