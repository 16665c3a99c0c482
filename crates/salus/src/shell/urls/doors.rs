//! How people come in, and back in.

use std::fmt::Display;

/// A patient redeems a printed slip.
pub const INVITE: &str = "/invite";
/// Somebody asks for an account.
pub const REGISTER: &str = "/register";
/// What happens next, after that.
pub const REGISTER_SENT: &str = "/register/sent";
/// Somebody has forgotten their password.
pub const FORGOTTEN: &str = "/forgotten";
/// What happens next, after that.
pub const FORGOTTEN_SENT: &str = "/forgotten/sent";
/// Asks for a link with which one asks the clinic to be let back in.
pub const LOST: &str = "/lost";
/// What happens next, once the clinic is asked.
pub const LOST_ASKED: &str = "/lost/asked";
/// Takes it back that one asked to be let back in (POST).
pub const SETTINGS_BACK_IN: &str = "/settings/back-in/withdraw";
/// Front desk: who wants to be let back in.
pub const RECOVERIES: &str = "/staff/back-in";
/// Who works here: colleagues who want to be let back in and wait for a second person.
pub const COLLEAGUES: &str = "/staff/colleagues";

/// Asks the clinic to act for somebody.
pub const ASK_CAREGIVER: &str = "/acting-for/ask";
/// Front desk: who asks to act for a patient.
pub const CAREGIVER_REQUESTS: &str = "/staff/caregivers";

/// The same form, with what was asked before (GET).
pub fn ask_caregiver_again(request: impl Display) -> String {
    format!("{ASK_CAREGIVER}?before={request}")
}

/// What one asked for (GET), and one more photo for it (POST).
pub fn asked_caregiver(request: impl Display) -> String {
    format!("/acting-for/asked/{request}")
}

/// Acts for them from now on (POST).
pub fn begin_caregiver(request: impl Display) -> String {
    format!("/acting-for/asked/{request}/begin")
}

/// Takes back that one asked (POST).
pub fn withdraw_caregiver(request: impl Display) -> String {
    format!("/acting-for/asked/{request}/withdraw")
}

/// One's own photo.
pub fn own_photo(request: impl Display, photo: impl Display) -> String {
    format!("/acting-for/asked/{request}/photos/{photo}")
}

/// Throws one's own photo away (POST).
pub fn remove_photo(request: impl Display) -> String {
    format!("/acting-for/asked/{request}/remove")
}

/// Who asks to act for a patient, and the charts that it could be about.
pub fn caregiver_request(request: impl Display) -> String {
    format!("{CAREGIVER_REQUESTS}/{request}")
}

/// A photo of somebody's papers.
pub fn caregiver_photo(request: impl Display, photo: impl Display) -> String {
    format!("{CAREGIVER_REQUESTS}/{request}/photos/{photo}")
}

/// Says no to them (POST).
pub fn refuse_caregiver(request: impl Display) -> String {
    format!("{CAREGIVER_REQUESTS}/{request}/refuse")
}

/// A request beside a chart (GET), and saying yes to it (POST).
pub fn grant_caregiver(patient: impl Display, request: impl Display) -> String {
    format!("/p/{patient}/caregivers/asked/{request}")
}

/// To another provider, to sign in there.
pub fn sign_in_with(provider: &str, next: &str) -> String {
    super::with_next(&format!("/sign-in/with/{provider}"), next)
}

/// Where the browser comes back to from there.
pub fn sign_in_with_back(provider: &str) -> String {
    format!("/sign-in/with/{provider}/back")
}

/// To another provider, to connect an account there.
pub fn connect_with(provider: &str) -> String {
    format!("/settings/sign-in/with/{provider}")
}

/// Where the browser comes back to from there.
pub fn connect_with_back(provider: &str) -> String {
    format!("/settings/sign-in/with/{provider}/back")
}

/// Ends that (POST).
pub fn disconnect(provider: &str) -> String {
    format!("/settings/sign-in/with/{provider}/remove")
}

/// To another provider, to show there that it is still the same person.
pub fn still_you_with(provider: &str, next: &str, both: bool) -> String {
    super::still_you_at(&format!("/still-you/with/{provider}"), next, both)
}

/// Where the browser comes back to from there.
pub fn still_you_with_back(provider: &str) -> String {
    format!("/still-you/with/{provider}/back")
}

/// Where somebody who will work here makes an account, with the code of their link.
pub fn join(code: &str) -> String {
    format!("/join/{code}")
}

/// Where somebody who registered verifies the address, with the code of their link.
pub fn verify(code: &str) -> String {
    format!("/verify/{code}")
}

/// Where somebody chooses another password, with the code of their link.
pub fn reset(code: &str) -> String {
    format!("/reset/{code}")
}

/// The same link, for whoever has lost the second step.
pub fn reset_lost(code: &str) -> String {
    format!("/reset/{code}/lost")
}

/// The mailed link with which one gets back in, once the clinic knows who asks.
pub fn back_in(code: &str) -> String {
    format!("/back-in/{code}")
}

/// Somebody who wants to be let back in (GET), and letting them (POST).
pub fn recovery(account: impl Display) -> String {
    format!("{RECOVERIES}/{account}")
}

/// Says no to them (POST).
pub fn refuse_recovery(account: impl Display) -> String {
    format!("{RECOVERIES}/{account}/refuse")
}

/// Lets a colleague back in, as the second of two (POST).
pub fn colleague(account: impl Display) -> String {
    format!("{COLLEAGUES}/{account}")
}

/// Says no to them, as the second of two (POST).
pub fn refuse_colleague(account: impl Display) -> String {
    format!("{COLLEAGUES}/{account}/refuse")
}
