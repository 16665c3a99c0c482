//! Visits that are planned: a patient, or somebody at the clinic for them, books, moves and calls off; the clinic's day.
//!
//! FHIR: Appointment. Free times are computed from practitioners' hours ([`crate::availability`]) and from what is taken
//! ([`occupancy`]), and stored nowhere. A time is kept for ten minutes while somebody confirms; a visit that is moved or called
//! off keeps its row. What the visit is about only the patient and those who treat them read. Times are those of the place.
//!
//! Start with [`model`]; the one way in which a visit changes is [`book`].

#[cfg(feature = "bench")]
pub mod bench;
pub mod views;

mod book;
mod calendar;
mod free;
mod model;
mod occupancy;
mod pages;
mod store;
#[cfg(test)]
pub mod tests;

pub use model::{CancelReason, Side};

use salus_kernel::actions::ViewVisits;

use crate::{
    access::{App, Chart, Routes},
    shell::{error::Error, urls},
};

/// The visit that comes next, for a patient's home.
pub struct Next {
    /// When, by the clock of its place.
    pub when: String,
    /// What, with whom and where.
    pub what: String,
    /// What to do, in a sentence.
    pub told: String,
    /// The moment.
    pub start: salus_kernel::Instant,
    /// The zone of its place.
    pub zone: jiff::tz::TimeZone,
    /// Its page.
    pub url: String,
}

/// The visit that comes next; none for whoever may not see visits. Its entry is in the ledger first.
pub async fn next<A: salus_kernel::ActionType>(chart: &Chart<A>) -> Result<Option<Next>, Error> {
    if chart.also::<ViewVisits>().await?.is_none() {
        return Ok(None);
    }
    let visit = store::next(&mut chart.read().await?, chart.scope(), chart.now()).await?;
    Ok(visit.map(|visit| Next {
        when: pages::when(&visit),
        what: pages::line(&visit),
        told: pages::visit::told(&visit, chart.relation()),
        start: visit.start,
        zone: crate::shell::dates::zone(&visit.timezone),
        url: urls::visit(chart.patient(), visit.id),
    }))
}

/// How many visits there are on a day that are on or were: everybody's, or one practitioner's. Nothing is opened.
pub async fn count_on(
    tx: &mut salus_db::Reader,
    day: jiff::civil::Date,
    practitioner: Option<salus_kernel::PractitionerId>,
) -> Result<u64, Error> {
    let visits = pages::day::on_day(tx, day, practitioner).await?;
    let on = visits.iter().filter(|visit| !matches!(visit.state, model::State::Cancelled { .. })).count();
    Ok(u64::try_from(on).unwrap_or(u64::MAX))
}

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get("/p/{patient}/visits", pages::visit::index)
        .get("/p/{patient}/visits/new", pages::booking::new)
        .get("/p/{patient}/visits/times", pages::booking::times)
        .post("/p/{patient}/visits/hold", pages::booking::hold, app)
        .get("/p/{patient}/visits/{id}", pages::visit::show)
        .get("/p/{patient}/visits/{id}/visit.ics", pages::visit::calendar_file)
        .get("/p/{patient}/visits/{id}/confirm", pages::booking::confirm)
        .post("/p/{patient}/visits/{id}/confirm", pages::booking::book, app)
        .post("/p/{patient}/visits/{id}/move", pages::booking::move_here, app)
        .post("/p/{patient}/visits/{id}/release", pages::booking::release, app)
        .get("/p/{patient}/visits/{id}/cancel", pages::visit::cancel_form)
        .post("/p/{patient}/visits/{id}/cancel", pages::visit::cancel, app)
        .post("/p/{patient}/visits/{id}/arrive", pages::visit::arrive, app)
        .post("/p/{patient}/visits/{id}/fulfil", pages::visit::fulfil, app)
        .post("/p/{patient}/visits/{id}/no-show", pages::visit::no_show, app)
        .post("/p/{patient}/visits/{id}/undo", pages::visit::undo, app)
        .post("/p/{patient}/visits/{id}/note", pages::visit::note, app)
        .get(urls::DAY, pages::day::day)
}
