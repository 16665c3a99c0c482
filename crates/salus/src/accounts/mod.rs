//! Accounts: signing in with two factors, setting the second one up, sessions, one's own settings.
//!
//! Ours, not FHIR's (FHIR `Account` is billing). An account is a login; who it is to whom is in grants and staff rows.
//!
//! Start with [`pages::sign_in`]: password, then code, then a session; or [`passkeys`], which are both; or
//! [`providers`], for whoever works here. What slows guessing down is [`throttle`].

pub mod address;
pub mod admin;
mod challenge;
pub mod making;
pub mod passkeys;
pub mod password;
mod providers;
pub mod reset;
mod second_step;
pub mod store;
pub mod throttle;
pub mod totp;
pub mod tries;
pub mod undo;
pub mod views;

#[cfg(test)]
mod factors_tests;
mod pages;
#[cfg(test)]
mod tests;

pub use address::ConfirmAddress; // used by jobs
pub use pages::{safe_next, with_session}; // used by emergency, invites and recovery
pub use reset::ResetPassword; // used by jobs
pub use store::{forget_factors, hold, may_ask, name, renew_login, start_anew, to_reset}; // used by invites and recovery

use crate::{
    access::{App, Routes},
    shell::urls,
};

/// The slice's routes.
pub fn routes(app: &App) -> Routes {
    use pages::{enroll, factors, forgotten, own, sheet, sign_in, still_you};
    use passkeys::{adding, proving, sign_in as by_passkey};
    use providers::pages as there;
    Routes::new()
        .get(urls::ROOT, sign_in::root)
        .get(urls::SIGN_IN, sign_in::form)
        .post(urls::SIGN_IN, sign_in::password, app)
        .post(urls::SIGN_IN_PASSKEY_ASK, by_passkey::ask, app)
        .get(urls::SIGN_IN_PASSKEY, by_passkey::back)
        .post(urls::SIGN_IN_PASSKEY, by_passkey::sign_in, app)
        .get("/sign-in/with/{provider}", there::sign_in)
        .get("/sign-in/with/{provider}/back", there::signed_in)
        .get(urls::SIGN_IN_CODE, sign_in::code_form)
        .post(urls::SIGN_IN_CODE, sign_in::code, app)
        .get(urls::SIGN_IN_RECOVERY, sign_in::recovery_form)
        .post(urls::SIGN_IN_RECOVERY, sign_in::recovery, app)
        .get(urls::FORGOTTEN, forgotten::form)
        .post(urls::FORGOTTEN, forgotten::ask, app)
        .get(urls::FORGOTTEN_SENT, forgotten::sent)
        .get(urls::LOST, forgotten::lost_form)
        .post(urls::LOST, forgotten::lost, app)
        .get("/reset/{code}", forgotten::reset_form)
        .post("/reset/{code}", forgotten::reset, app)
        .get(urls::SIGN_OUT, sign_in::signed_out)
        .post(urls::SIGN_OUT, sign_in::sign_out, app)
        .get(urls::LEAVE, sign_in::leave)
        .get(urls::SESSION_ENDED, sign_in::session_ended)
        .get(urls::ENROLL_SHEET, sheet::form)
        .post(urls::ENROLL_SHEET, sheet::confirm, app)
        .get(urls::ENROLL, enroll::form)
        .post(urls::ENROLL, enroll::confirm, app)
        .post(urls::ENROLL_PASSKEY_ASK, adding::ask_first, app)
        .get(urls::ENROLL_PASSKEY, adding::back_first)
        .post(urls::ENROLL_PASSKEY, adding::first, app)
        .get(urls::SETTINGS, own::settings)
        .post(urls::SETTINGS, own::save_settings, app)
        .get(urls::SETTINGS_PASSWORD, own::password_form)
        .post(urls::SETTINGS_PASSWORD, own::change_password, app)
        .get(urls::ADDRESS, address::form)
        .post(urls::ADDRESS, address::ask, app)
        .post(urls::ADDRESS_FORGET, address::forget, app)
        .get(urls::ADDRESS_NEW, address::settling)
        .get("/settings/email/confirm/{code}", address::confirm)
        .post("/settings/email/confirm/{code}", address::change, app)
        .get("/undo/{code}", undo::form)
        .post("/undo/{code}", undo::put_back, app)
        .get(urls::FACTORS, factors::show)
        .get(urls::FACTORS_APP, factors::app_form)
        .post(urls::FACTORS_APP, factors::app, app)
        .post(urls::FACTORS_CODES, factors::codes, app)
        .get(urls::FACTORS_SHEET, sheet::other)
        .post(urls::FACTORS_SHEET, sheet::confirm_other, app)
        .get("/settings/sign-in/with/{provider}", there::connect)
        .get("/settings/sign-in/with/{provider}/back", there::connected)
        .post("/settings/sign-in/with/{provider}/remove", there::remove, app)
        .get(urls::PASSKEY_ADD, adding::form)
        .post(urls::PASSKEY_ADD, adding::add, app)
        .post(urls::PASSKEY_ADD_ASK, adding::ask, app)
        .post(urls::PASSKEY_REMOVE, adding::remove, app)
        .post(urls::STILL_YOU_PASSKEY_ASK, proving::ask, app)
        .get(urls::STILL_YOU_PASSKEY, proving::back)
        .post(urls::STILL_YOU_PASSKEY, proving::say, app)
        .get("/still-you/with/{provider}", there::prove)
        .get("/still-you/with/{provider}/back", there::proved)
        .get(urls::STILL_YOU, still_you::form)
        .post(urls::STILL_YOU, still_you::say, app)
        .get(urls::SESSIONS, own::sessions)
        .post(urls::SESSIONS_END, own::end_session, app)
        .post(urls::SESSIONS_END_ALL, own::end_all, app)
        .get(urls::SESSION_REMAINING, own::remaining)
        .post(urls::SESSION_EXTEND, own::extend, app)
        .get("/kept/{id}", own::kept)
}
