//! Jobs: what follows from a change, run in the background; and the administrator's page about it.
//!
//! What a job is and how one is enqueued is the floor's ([`crate::access::Job`]). Here is the list of kinds, which names
//! slices and so can't be in the floor, the runner, and `/clinic/jobs`, where what was given up waits for somebody.

pub mod views;

mod kinds;
mod pages;
mod runner;
mod store;
#[cfg(test)]
mod tests;

pub use runner::{Runner, Running, start};
pub use store::given_up_count; // used by staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The page's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new().get(urls::JOBS, pages::list).post(urls::JOBS_AGAIN, pages::again, app)
}
