//! Registrations: the second door. Somebody says name, date of birth and how to reach them; a mailed link verifies the
//! address; the front desk finds out who that is, and binds the account to a chart, makes one, or says no.
//!
//! Invariant: nobody is bound to a chart by what they typed, only by somebody at the desk who says how they knew (IDN-13).
//! Invariant: whether an address has an account shows nowhere but in that address's own mail: the request does the same
//! work for every address, and the job behind it finds out (THR-05).

mod charts;
mod compare;
mod desk;
mod jobs;
mod likeness;
mod register;
mod store;
pub mod views;

#[cfg(test)]
mod tests;

pub use views::desk::{Proposed, sure_choices}; // used by proxies

pub use desk::{born_in_words, charts_like}; // used by proxies
pub use jobs::{ForgetRegistration, VerifyAddress}; // used by jobs
pub use likeness::{Likeness, last_name}; // used by proxies
pub use store::{State, own, waiting_count}; // used by home and staff

use crate::{
    access::{App, Feature, Routes},
    shell::urls,
};

/// How many registrations the desk sees on one page.
const MOST: u32 = 50;
/// How many charts are proposed.
const PROPOSED: usize = 12;

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    // Whoever has a link already, or waits, is still answered where a clinic has closed this door.
    let door = Routes::new()
        .get(urls::REGISTER, register::form)
        .post(urls::REGISTER, register::register, app)
        .get(urls::REGISTER_SENT, register::sent)
        .only_with(Feature::SelfRegistration, app);
    door.and(open_routes(app))
}

fn open_routes(app: &App) -> Routes {
    Routes::new()
        .get("/verify/{code}", register::verify_form)
        .post("/verify/{code}", register::verify, app)
        .get(urls::REGISTRATIONS, desk::queue)
        .get("/staff/registrations/{account}", desk::one)
        .post("/staff/registrations/{account}/refuse", desk::refuse, app)
        .post("/staff/registrations/{account}/reopen", desk::reopen, app)
        .get(urls::CHART_NEW, charts::form)
        .post(urls::CHART_NEW, charts::make, app)
        .get("/staff/registrations/{account}/chart", charts::form_for)
        .get("/p/{patient}/registrations/{account}", compare::page)
        .post("/p/{patient}/registrations/{account}", compare::link, app)
        .get("/p/{patient}/unlink", compare::ask_unlink)
        .post("/p/{patient}/unlink", compare::unlink, app)
}
