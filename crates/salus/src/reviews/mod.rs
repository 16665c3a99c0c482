//! Reviews: looks at records that nothing explains, week by week, and who signs the week off (HIP-11, THR-01).
//!
//! Whoever works at the front desk or with bills can open every patient's page, and a nurse every patient's visits: they have to.
//! Curiosity looks the same in the ledger, except that nothing was done about the patient around that time, and that the two are
//! connected. So once a night each look is held against what explains it (a visit, something that was done), and what remains
//! against what connects the two ([`signs`]). What is left is few, and a person judges it: nothing here says that somebody did wrong.
//!
//! Start with [`looks`]: what a look is, and what explains it. [`night`] goes through the ledger day by day. All but `night`,
//! `store` and `pages` is pure, so that `year` can measure it on a year of made-up logs: `./x bench reviews`.

mod looks;
mod model;
mod night;
mod pages;
mod signs;
mod store;
pub mod views;
mod watched;

#[cfg(test)]
pub mod tests;
#[cfg(test)]
mod year;

pub use night::go_on; // used by jobs
pub use store::waiting_count; // used by staff

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::REVIEWS, pages::weeks)
        .get("/audit/reviews/{id}", pages::week)
        .post("/audit/reviews/{id}/sign", pages::sign, app)
        .post("/audit/findings/{id}", pages::judge, app)
        .get(urls::WATCHED, watched::list)
        .post(urls::WATCHED, watched::begin, app)
        .post("/audit/watched/{id}/end", watched::end, app)
}
