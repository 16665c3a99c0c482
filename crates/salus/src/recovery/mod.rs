//! Getting back in: somebody has lost what they sign in with, and the clinic finds out whether it is they (IDN-06, ADR 0026).
//!
//! Who asks opens a mailed link. The front desk decides about patients; about who works here an administrator and then one more person.
//! Whoever says yes is shown a code, once, and says it to the person; the link that belongs to it is mailed. Behind the link, with the code,
//! the person sets up password and second step anew.
//!
//! Invariant: neither the mailbox, nor the code, nor anybody who works here is enough alone. Invariant: what was lost counts until then, and
//! nothing of it after that.

mod asking;
mod colleagues;
mod desk;
mod jobs;
mod model;
mod returning;
mod store;
pub mod views;

#[cfg(test)]
mod tests;

pub use colleagues::vouch; // used by clinic
pub use jobs::LetBackIn; // used by jobs
pub use model::State; // used by clinic
pub use store::{
    Colleague, asked_at, colleagues, colleagues_asking, vouched_for_others, waiting_count, withdraw, withdraw_of,
}; // used by accounts, clinic and staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get("/reset/{code}/lost", asking::form)
        .post("/reset/{code}/lost", asking::ask, app)
        .get(urls::LOST_ASKED, asking::asked)
        .post(urls::SETTINGS_BACK_IN, asking::withdraw, app)
        .get("/back-in/{code}", returning::form)
        .post("/back-in/{code}", returning::come_back, app)
        .get(urls::RECOVERIES, desk::queue)
        .get("/staff/back-in/{account}", desk::one)
        .post("/staff/back-in/{account}", desk::approve, app)
        .post("/staff/back-in/{account}/refuse", desk::refuse, app)
        .get(urls::COLLEAGUES, colleagues::list)
        .post("/staff/colleagues/{account}", colleagues::confirm, app)
        .post("/staff/colleagues/{account}/refuse", colleagues::refuse, app)
}
