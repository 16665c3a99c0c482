//! Every address of the portal, made by functions: templates and handlers never spell one out.
//!
//! An address says nothing about health: it holds ids and the fixed names of sections, never a search word.

use std::borrow::Borrow;
use std::fmt::Display;

/// A part of the record that has a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Conditions.
    Problems,
    /// Allergies and intolerances.
    Allergies,
    /// Medicines that were ordered.
    Medicines,
    /// Medicines that were given.
    MedicineAdministrations,
    /// Vaccines.
    Immunizations,
    /// Reports: panels of tests.
    Results,
    /// Single measurements.
    Observations,
    /// Procedures.
    Procedures,
    /// Visits that happened.
    Encounters,
    /// Notes and documents.
    Documents,
    /// People who take care of the patient.
    CareTeam,
    /// Goals.
    Goals,
    /// Care plans.
    CarePlans,
    /// Devices.
    Devices,
    /// Imaging studies.
    Imaging,
    /// Insurance.
    Coverage,
    /// Where the entries came from.
    Provenance,
}

impl Section {
    /// All sections, in the order in which pages list them.
    pub const ALL: [Self; 17] = [
        Self::Results,
        Self::Medicines,
        Self::Problems,
        Self::Allergies,
        Self::Immunizations,
        Self::Encounters,
        Self::Documents,
        Self::Observations,
        Self::Procedures,
        Self::Imaging,
        Self::MedicineAdministrations,
        Self::CareTeam,
        Self::CarePlans,
        Self::Goals,
        Self::Devices,
        Self::Coverage,
        Self::Provenance,
    ];

    /// Its name in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Problems => "problems",
            Self::Allergies => "allergies",
            Self::Medicines => "medicines",
            Self::MedicineAdministrations => "medicine-administrations",
            Self::Immunizations => "immunizations",
            Self::Results => "results",
            Self::Observations => "observations",
            Self::Procedures => "procedures",
            Self::Encounters => "encounters",
            Self::Documents => "documents",
            Self::CareTeam => "care-team",
            Self::Goals => "goals",
            Self::CarePlans => "care-plans",
            Self::Devices => "devices",
            Self::Imaging => "imaging",
            Self::Coverage => "coverage",
            Self::Provenance => "provenance",
        }
    }

    /// The section with this name in an address.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.slug() == slug)
    }

    /// The name of its icon in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Problems => "heart",
            Self::Allergies => "alert",
            Self::Medicines | Self::MedicineAdministrations => "pill",
            Self::Immunizations => "shield",
            Self::Results => "flask",
            Self::Observations => "pulse",
            Self::Procedures => "steps",
            Self::Encounters => "calendar",
            Self::Documents => "document",
            Self::CareTeam => "people",
            Self::Goals => "flag",
            Self::CarePlans => "list",
            Self::Devices => "device",
            Self::Imaging => "image",
            Self::Coverage => "card",
            Self::Provenance => "history",
        }
    }
}

/// The first page; sends people where they belong.
pub const ROOT: &str = "/";
/// The home of whoever is signed in.
pub const HOME: &str = "/home";
/// Sign-in with e-mail and password.
pub const SIGN_IN: &str = "/sign-in";
/// The second factor.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// A recovery code instead of the second factor.
pub const SIGN_IN_RECOVERY: &str = "/sign-in/recovery";
/// Sign-out (POST) and the page after it (GET).
pub const SIGN_OUT: &str = "/sign-out";
/// The page after a session ended by itself.
pub const SESSION_ENDED: &str = "/session/ended";
/// First sign-in: the authenticator app.
pub const ENROLL: &str = "/enroll";
/// First sign-in: the recovery codes.
pub const ENROLL_CODES: &str = "/enroll/codes";
/// First sign-in: a password of one's own.
pub const ENROLL_PASSWORD: &str = "/enroll/password";
/// Settings of one's own account.
pub const SETTINGS: &str = "/settings";
/// A new password.
pub const SETTINGS_PASSWORD: &str = "/settings/password";
/// One's own sessions.
pub const SESSIONS: &str = "/sessions";
/// Ends one session (POST, field `session`).
pub const SESSIONS_END: &str = "/sessions/end";
/// Ends every session, this one too (POST).
pub const SESSIONS_END_ALL: &str = "/sessions/end-all";
/// Seconds left in this session as JSON; does not extend it.
pub const SESSION_REMAINING: &str = "/session/remaining";
/// Extends this session (POST).
pub const SESSION_EXTEND: &str = "/session/extend";
/// People and places of the clinic.
pub const DIRECTORY: &str = "/directory";
/// The staff's home.
pub const STAFF: &str = "/staff";
/// Patient search: form (GET) and search (POST).
pub const STAFF_PATIENTS: &str = "/staff/patients";
/// The staff's accounts.
pub const CLINIC_STAFF: &str = "/clinic/staff";
/// The clinic's name, phone and colour.
pub const CLINIC_LOOK: &str = "/clinic/look";
/// Audit search: form (GET) and search (POST).
pub const AUDIT: &str = "/audit";
/// The clinic's colours as a style sheet.
pub const THEME_CSS: &str = "/theme.css";
/// The clinic's logo.
pub const LOGO: &str = "/logo.png";

/// The clinic's logo, under an address that changes with it.
pub fn logo(tag: &str) -> String {
    format!("{LOGO}?v={tag}")
}

/// A patient's home.
pub fn patient_home(patient: impl Display) -> String {
    format!("/p/{patient}")
}

/// What the phone's bar has no room for.
pub fn more(patient: impl Display) -> String {
    format!("/p/{patient}/more")
}

/// The record's table of contents; for staff, the chart.
pub fn record(patient: impl Display) -> String {
    format!("/p/{patient}/record")
}

/// One section of the record.
pub fn section(patient: impl Display, section: impl Borrow<Section>) -> String {
    format!("/p/{patient}/record/{}", section.borrow().slug())
}

/// One entry of the record.
pub fn item(patient: impl Display, section: impl Borrow<Section>, id: impl Display) -> String {
    format!("/p/{patient}/record/{}/{id}", section.borrow().slug())
}

/// All results of the kind of test that this measurement is one of.
pub fn test_history(patient: impl Display, observation: impl Display) -> String {
    format!("/p/{patient}/record/observations/{observation}/history")
}

/// Name, birth date, contact.
pub fn profile(patient: impl Display) -> String {
    format!("/p/{patient}/profile")
}

/// Who opened my record.
pub fn access_log(patient: impl Display) -> String {
    format!("/p/{patient}/access-log")
}

/// A page of a list: the list's address with `?page=`, and without it for the first.
pub fn page(list: &str, page: u64) -> String {
    if page <= 1 { list.to_owned() } else { format!("{list}?page={page}") }
}

/// Sign-in that goes on to a page of ours afterwards.
pub fn sign_in_then(next: &str) -> String {
    with_next(SIGN_IN, next)
}

/// The page that says that the session ended, and goes on to a page of ours after sign-in.
pub fn session_ended_then(next: &str) -> String {
    with_next(SESSION_ENDED, next)
}

/// A page that knows where to go on to afterwards.
pub fn with_next(page: &str, next: &str) -> String {
    let mut safe = String::with_capacity(next.len());
    for byte in next.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => safe.push(char::from(byte)),
            _ => safe.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{page}?next={safe}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_come_back() {
        for section in Section::ALL {
            assert_eq!(Section::from_slug(section.slug()), Some(section));
        }
        assert_eq!(Section::from_slug("nothing"), None);
    }

    #[test]
    fn next_is_escaped() {
        assert_eq!(sign_in_then("/p/1/record?page=2&x=\"é"), "/sign-in?next=/p/1/record%3Fpage%3D2%26x%3D%22%C3%A9");
    }
}
