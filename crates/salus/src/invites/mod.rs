//! Invites: the first door. The front desk prints a slip for a chart; whoever has the slip and knows the date of birth
//! makes an account that opens this chart. Somebody who will work here gets a link instead.
//!
//! What proves an invite is the floor's, [`crate::access::invites`]. Here are the pages: the desk's list and slip for a
//! chart, the patient's form, and the form behind a link. Until code and date of birth match, a page says nothing about
//! any chart, not even whether one exists.

mod desk;
mod redeem;
mod store;
pub mod views;

pub use desk::{EVIDENCE, may_sign_in}; // used by registrations
pub use redeem::{Made, make}; // used by registrations
pub use store::withdraw; // used by registrations
pub use views::Refused; // used by registrations

#[cfg(test)]
mod tests;

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// How long a printed slip counts: two weeks (NIST SP 800-63A-4 allows 21 days for what comes by mail).
const SLIP_LASTS: i64 = 14 * 24 * 60 * salus_kernel::MINUTE;

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .get(urls::INVITE, redeem::slip_form)
        .post(urls::INVITE, redeem::slip, app)
        .get("/join/{code}", redeem::link_form)
        .post("/join/{code}", redeem::link, app)
        .get("/p/{patient}/invites", desk::list)
        .post("/p/{patient}/invites", desk::make, app)
        .post("/p/{patient}/invites/withdraw", desk::withdraw, app)
        .post("/p/{patient}/invites/sign-out", desk::sign_out, app)
}
