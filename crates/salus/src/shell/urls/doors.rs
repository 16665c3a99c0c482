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
