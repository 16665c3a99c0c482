//! "Who opened my record": the ledger of one patient, in words that the patient would use.
//!
//! Every line is an entry that was committed before anything was shown. Several looks of the same kind by the same person
//! on one day are taken together. Staff are named; another patient never is: who does not work here and tried is
//! "Someone who does not work here".
//!
//! Start with [`model`]: what an entry says to a patient.

pub mod views;

mod copy;
mod model;
mod pages;
#[cfg(test)]
mod tests;

pub use pages::looks_lately; // used by home

use crate::access::{App, Routes};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get("/p/{patient}/access-log", pages::index).get("/p/{patient}/access-log/copy", copy::page).post(
        "/p/{patient}/access-log/copy",
        copy::file,
        app,
    )
}
