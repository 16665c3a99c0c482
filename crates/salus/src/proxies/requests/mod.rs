//! Requests to act for somebody: who asks says whom for and why they may, and sends photos of the papers; the front desk finds
//! out and answers; who asked begins.
//!
//! Invariant: nobody acts for anybody by what they typed: somebody at the desk says how they knew, beside the chart.
//! Invariant: a yes is an offer as any other (ADR 0023), whose code lies in the request, sealed for the account that asked:
//! it counts for a while, is taken back where the others are, and begins what it gives when its holder begins it. ADR 0030.

mod asking;
mod desk;
mod granting;
mod photos;
mod store;
pub mod views;

pub use asking::lines;
pub use store::{begun_by_photos, refuse_all_of, waiting_count}; // used by registrations and staff, through proxies

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_kernel::{ActionType, MINUTE, ResourceId, Scope};
use salus_vault::Opens;

use crate::{
    access::{App, Routes, columns::caregiver_request, id_in_path},
    shell::{error::Error, urls},
};

/// How many of an account's own may be open at one time.
const OPEN_AT_ONCE: u64 = 5;
/// How many an account may write in thirty days.
const IN_A_MONTH: u64 = 10;
/// Those thirty days.
const MONTH: i64 = 30 * 24 * 60 * MINUTE;
/// How many photos go with a request.
const PHOTOS: usize = 6;
/// How many requests a page shows.
const MOST: u32 = 50;
/// How long a yes waits for its holder.
const YES_LASTS: i64 = MONTH;
/// The longest note to the front desk.
const LONGEST_NOTE: usize = 500;

/// Why the desk can say no: words of the table, of the list on the page, and of what the person reads.
const REASONS: [&str; 6] = ["not-found", "papers", "not-proven", "teen", "own-choice", "call"];

/// Reasons that would tell a stranger whether somebody is a patient here: who is not known by a chart of their own reads one sentence for
/// all of them.
const TELLING: [&str; 5] = ["not-found", "papers", "not-proven", "teen", "own-choice"];

/// What can be asked for. What is sensitive the front desk gives, or nobody.
fn asked_for() -> impl Iterator<Item = Scope> {
    Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Sensitive)
}

/// Actions that open what somebody typed.
trait OpensTyped:
    ActionType
    + Opens<caregiver_request::Name>
    + Opens<caregiver_request::BirthDate>
    + Opens<caregiver_request::Note>
    + Opens<caregiver_request::Phone>
{
}
impl<A> OpensTyped for A where
    A: ActionType
        + Opens<caregiver_request::Name>
        + Opens<caregiver_request::BirthDate>
        + Opens<caregiver_request::Note>
        + Opens<caregiver_request::Phone>
{
}

/// The request in an address. What is no id is no request.
struct InPath(ResourceId);
/// The photo in an address.
struct PhotoInPath(ResourceId);

impl FromRequestParts<App> for InPath {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        id_in_path(parts, app, "request").await.map(Self)
    }
}

impl FromRequestParts<App> for PhotoInPath {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        id_in_path(parts, app, "photo").await.map(Self)
    }
}

/// The routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::ASK_CAREGIVER, asking::form)
        .post(urls::ASK_CAREGIVER, asking::ask, app)
        .get("/acting-for/asked/{request}", asking::one)
        .post_file("/acting-for/asked/{request}", photos::add, app)
        .post("/acting-for/asked/{request}/remove", photos::remove, app)
        .get("/acting-for/asked/{request}/photos/{photo}", photos::mine)
        .post("/acting-for/asked/{request}/withdraw", asking::withdraw, app)
        .post("/acting-for/asked/{request}/begin", asking::begin, app)
        .get(urls::CAREGIVER_REQUESTS, desk::queue)
        .get("/staff/caregivers/{request}", desk::one)
        .get("/staff/caregivers/{request}/photos/{photo}", photos::of_desk)
        .post("/staff/caregivers/{request}/refuse", desk::refuse, app)
        .get("/p/{patient}/caregivers/asked/{request}", granting::page)
        .post("/p/{patient}/caregivers/asked/{request}", granting::grant, app)
}
