//! Addresses of the portal, spelled out: this crate sees it from outside, as a bookmark does.

pub const HOME: &str = "/home";
pub const SIGN_IN: &str = "/sign-in";
pub const CODE: &str = "/sign-in/code";
pub const RECOVERY: &str = "/sign-in/recovery";
pub const ENROLL: &str = "/enroll";
pub const STAFF: &str = "/staff";
pub const PATIENTS: &str = "/staff/patients";
pub const AUDIT: &str = "/audit";
pub const SETTINGS: &str = "/settings";
pub const GALLERY: &str = "/dev/gallery";

/// The record's sections, and what a look at each is called in "Who opened my record".
pub const SECTIONS: [(&str, &str); 17] = [
    ("results", "Opened your results"),
    ("medicines", "Opened your medicines"),
    ("problems", "Opened your health problems"),
    ("allergies", "Opened your allergies"),
    ("immunizations", "Opened your vaccines"),
    ("encounters", "Opened your visits and their notes"),
    ("documents", "Opened your documents"),
    ("observations", "Opened your results"),
    ("procedures", "Opened your procedures"),
    ("imaging", "Opened your devices and images"),
    ("medicine-administrations", "Opened your medicines"),
    ("care-team", "Opened your care team, goals and plans"),
    ("care-plans", "Opened your care team, goals and plans"),
    ("goals", "Opened your care team, goals and plans"),
    ("devices", "Opened your devices and images"),
    ("coverage", "Opened your insurance"),
    ("provenance", "Opened where your record came from"),
];

pub fn record(patient: &str) -> String {
    format!("/p/{patient}/record")
}

pub fn section(patient: &str, section: &str) -> String {
    format!("/p/{patient}/record/{section}")
}

pub fn profile(patient: &str) -> String {
    format!("/p/{patient}/profile")
}

pub fn access_log(patient: &str) -> String {
    format!("/p/{patient}/access-log")
}
