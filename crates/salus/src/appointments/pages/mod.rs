//! The pages of visits: what each shows, and what its forms do.

pub mod booking;
pub mod day;
pub mod visit;

use axum::{extract::Path, response::Response};
use jiff::tz::TimeZone;
use salus_kernel::{ActionType, Instant, ResourceId};
use serde::Deserialize;

use super::{store::Visit, views::Whose};
use crate::{
    access::Chart,
    patients::{self, MayFrame},
    shell::{dates, error::Error, words},
    visit_types::Meeting,
};

/// A patient and a visit out of the path; the patient is the guard's.
pub type VisitPath = Path<(String, String)>;

/// A form with nothing in it but what every form has.
#[derive(Deserialize)]
pub struct Nothing {}

fn id(Path((_, id)): VisitPath) -> Result<ResourceId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

/// Whose pages these are.
async fn whose<A: ActionType + MayFrame>(chart: &Chart<A>) -> Result<Whose, Error> {
    let clinic = chart.app().clinic().await;
    Ok(Whose {
        patient: chart.patient().to_string(),
        banner: patients::banner(chart, &mut chart.read().await?).await?,
        clinic_phone: clinic.phone.clone(),
    })
}

fn how(meeting: Meeting) -> String {
    match meeting {
        Meeting::InPerson => words::t("visits-in-person"),
        Meeting::Phone => words::t("visits-by-phone"),
    }
}

/// "Check-up, 30 minutes, in person".
fn kind_in_words(name: &str, minutes: i64, meeting: Meeting) -> String {
    let given = [("name", name.into()), ("minutes", minutes.into()), ("how", how(meeting).into())];
    words::t_with("visits-summary", given)
}

/// Where a visit is, or that it is by phone.
fn place(visit: &Visit) -> String {
    match visit.meeting {
        Meeting::InPerson => visit.place.clone(),
        Meeting::Phone => words::t("visits-by-phone"),
    }
}

/// "Check-up with Dr. Lena Park, Riverside Main".
pub(super) fn line(visit: &Visit) -> String {
    let given = [
        ("kind", visit.service_name.clone().into()),
        ("who", visit.practitioner_name.clone().into()),
        ("where", place(visit).into()),
    ];
    words::t_with("visits-line", given)
}

fn minutes(visit: &Visit) -> i64 {
    visit.end.since(visit.start) / salus_kernel::MINUTE
}

fn zone(visit: &Visit) -> TimeZone {
    dates::zone(&visit.timezone)
}

/// "Tuesday, December 1, 2026, 9:00 am Central Time": at the place, whoever reads it.
pub(super) fn when(visit: &Visit) -> String {
    dates::day_and_time(visit.start, &zone(visit))
}

/// A page where it was not found, or with the status that says what went wrong.
fn with_status(mut page: Response, status: axum::http::StatusCode) -> Response {
    *page.status_mut() = status;
    page
}

fn seconds(from: Instant, until: Instant) -> u64 {
    u64::try_from(until.since(from) / 1_000_000).unwrap_or(0)
}
