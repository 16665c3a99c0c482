//! Every address of the portal, made by functions: templates and handlers never spell one out.
//!
//! An address says nothing about health: it holds ids and the fixed names of sections, never a search word.

mod doors;
mod people;
mod privacy;

use std::borrow::Borrow;
use std::fmt::Display;

use salus_kernel::Action;

pub use doors::*;
pub use people::*;
pub use privacy::*;

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

    /// What looking at it is called.
    pub fn action(self) -> Action {
        match self {
            Self::Problems => Action::ViewProblems,
            Self::Allergies => Action::ViewAllergies,
            Self::Medicines | Self::MedicineAdministrations => Action::ViewMedicines,
            Self::Immunizations => Action::ViewImmunizations,
            Self::Results | Self::Observations => Action::ViewResults,
            Self::Procedures => Action::ViewProcedures,
            Self::Encounters => Action::ViewEncounters,
            Self::Documents => Action::ViewDocuments,
            Self::CareTeam | Self::Goals | Self::CarePlans => Action::ViewCarePlans,
            Self::Devices | Self::Imaging => Action::ViewDevices,
            Self::Coverage => Action::ViewCoverage,
            Self::Provenance => Action::ViewProvenance,
        }
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
/// What a passkey is to sign to sign in (POST, JSON).
pub const SIGN_IN_PASSKEY_ASK: &str = "/sign-in/passkey/ask";
/// A passkey instead of password and second factor (POST).
pub const SIGN_IN_PASSKEY: &str = "/sign-in/passkey";
/// Leaves at once, to a page that anybody may have open.
pub const LEAVE: &str = "/leave";
/// Sign-out (POST) and the page after it (GET).
pub const SIGN_OUT: &str = "/sign-out";
/// The page after a session ended by itself.
pub const SESSION_ENDED: &str = "/session/ended";
/// First sign-in: a sheet of codes, for those who have no phone.
pub const ENROLL_SHEET: &str = "/enroll/sheet";
/// First sign-in: the authenticator app.
pub const ENROLL: &str = "/enroll";
/// First sign-in: what passkey the browser is to make (POST, JSON).
pub const ENROLL_PASSKEY_ASK: &str = "/enroll/passkey/ask";
/// First sign-in: a passkey instead of the app (POST).
pub const ENROLL_PASSKEY: &str = "/enroll/passkey";
/// Settings of one's own account.
pub const SETTINGS: &str = "/settings";
/// Asks for the password again, and goes on to a page of ours.
pub const STILL_YOU: &str = "/still-you";
/// What a passkey is to sign instead of the password (POST, JSON).
pub const STILL_YOU_PASSKEY_ASK: &str = "/still-you/passkey/ask";
/// A passkey instead of the password (POST).
pub const STILL_YOU_PASSKEY: &str = "/still-you/passkey";
/// For whom one acts (GET), and a code to act for somebody else (POST).
pub const ACTING_FOR: &str = "/acting-for";
/// Acts for somebody no longer.
pub const ACTING_FOR_STOP: &str = "/acting-for/stop";
/// With what one signs in.
pub const FACTORS: &str = "/settings/sign-in";
/// Another authenticator app.
pub const FACTORS_APP: &str = "/settings/sign-in/app";
/// One more passkey.
pub const PASSKEY_ADD: &str = "/settings/sign-in/passkey";
/// What passkey the browser is to make (POST, JSON).
pub const PASSKEY_ADD_ASK: &str = "/settings/sign-in/passkey/ask";
/// Removes a passkey (POST, field `id`).
pub const PASSKEY_REMOVE: &str = "/settings/sign-in/passkey/remove";
/// Other recovery codes.
pub const FACTORS_CODES: &str = "/settings/sign-in/codes";
/// Another sheet of codes in place of the one somebody has.
pub const FACTORS_SHEET: &str = "/settings/sign-in/sheet";
/// A new password.
pub const SETTINGS_PASSWORD: &str = "/settings/password";
/// Another address to sign in with.
pub const ADDRESS: &str = "/settings/email";
/// Takes back that one asked for another address (POST).
pub const ADDRESS_FORGET: &str = "/settings/email/forget";
/// Why something waits while the address is new.
pub const ADDRESS_NEW: &str = "/settings/email/new";
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
/// The clinic's day.
pub const DAY: &str = "/staff/day";
/// Practitioners and nurses: messages of patients in their care.
pub const INBOX: &str = "/staff/messages";
/// Front desk: who registered and waits.
pub const REGISTRATIONS: &str = "/staff/registrations";
/// Front desk: a chart for somebody who has none.
pub const CHART_NEW: &str = "/staff/charts/new";
/// What an administrator sets up, with links to each.
pub const CLINIC: &str = "/clinic";
/// Places: the list (GET), and a new one (POST).
pub const LOCATIONS: &str = "/clinic/locations";
/// The form of a new place.
pub const LOCATIONS_NEW: &str = "/clinic/locations/new";
/// The pattern of one place: its form (GET), and the changed form (POST).
pub const LOCATION: &str = "/clinic/locations/{id}";
/// The pattern of where a place is closed or opened again (POST, fields `open` and `version`).
pub const LOCATION_STATE: &str = "/clinic/locations/{id}/state";
/// Kinds of visits: the list (GET), and a new one (POST).
pub const VISIT_TYPES: &str = "/clinic/visit-types";
/// The form of a new kind of visit.
pub const VISIT_TYPES_NEW: &str = "/clinic/visit-types/new";
/// The pattern of one kind of visit: its form (GET), and the changed form (POST).
pub const VISIT_TYPE: &str = "/clinic/visit-types/{id}";
/// The pattern of where a kind of visit is retired or put back (POST, fields `offered` and `version`).
pub const VISIT_TYPE_STATE: &str = "/clinic/visit-types/{id}/state";
/// What a clinic may not want: switches (GET), and one of them (POST, fields `feature`, `on` and `version`).
pub const CLINIC_FEATURES: &str = "/clinic/features";
/// From which ages on a record is the child's own (GET), and from now on (POST, fields `teen`, `adult`, `law`, `counsel`,
/// `version`).
pub const CLINIC_AGES: &str = "/clinic/ages";
/// Who can be booked.
pub const AVAILABILITY: &str = "/clinic/availability";
/// The pattern of one practitioner's weeks and days.
pub const AVAILABILITY_OF: &str = "/clinic/availability/{id}";
/// The pattern of a new schedule: its form (GET), and the filled form (POST).
pub const AVAILABILITY_NEW: &str = "/clinic/availability/{id}/new";
/// The pattern of where a day that differs is added (POST).
pub const AVAILABILITY_DAYS: &str = "/clinic/availability/{id}/days";
/// The pattern of where such a day is taken away (POST, fields `day` and `version`).
pub const AVAILABILITY_DAYS_REMOVE: &str = "/clinic/availability/{id}/days/remove";
/// The pattern of one schedule: its form (GET), and the changed form (POST).
pub const SCHEDULE: &str = "/clinic/schedules/{id}";
/// The pattern of where a schedule is taken away (POST, field `version`).
pub const SCHEDULE_END: &str = "/clinic/schedules/{id}/end";
/// Pools: the list (GET), and a new one (POST).
pub const POOLS: &str = "/clinic/pools";
/// The form of a new pool.
pub const POOLS_NEW: &str = "/clinic/pools/new";
/// The pattern of one pool: its form (GET), and the changed form (POST).
pub const POOL: &str = "/clinic/pools/{id}";
/// The pattern of where a pool is closed or opened again (POST, fields `open` and `version`).
pub const POOL_STATE: &str = "/clinic/pools/{id}/state";
/// The clinic's name, phone and colour.
pub const CLINIC_LOOK: &str = "/clinic/look";
/// What works in the background.
pub const JOBS: &str = "/clinic/jobs";
/// Runs a job again that was given up (POST, fields `job` and `version`).
pub const JOBS_AGAIN: &str = "/clinic/jobs/again";

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

/// What of the record is kept from those who act for the patient (GET), and a change of it (POST).
pub fn private(patient: impl Display) -> String {
    format!("/p/{patient}/private")
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

/// A copy of it to keep: what it is (GET), and the file (POST).
pub fn access_log_copy(patient: impl Display) -> String {
    format!("/p/{patient}/access-log/copy")
}

/// Who acts for a patient (GET), and a code for somebody else (POST).
pub fn caregivers(patient: impl Display) -> String {
    format!("/p/{patient}/caregivers")
}

/// What somebody who acts for a patient sees today, and later (GET).
pub fn caregiver(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/caregivers/{id}")
}

/// Says that somebody acts for a patient no longer.
pub fn end_caregiver(patient: impl Display) -> String {
    format!("/p/{patient}/caregivers/end")
}

/// Invites to a chart: which there are (GET), and a new one (POST).
pub fn invites(patient: impl Display) -> String {
    format!("/p/{patient}/invites")
}

/// Signs the patient out, wherever they are signed in (POST).
pub fn sign_patient_out(patient: impl Display) -> String {
    format!("/p/{patient}/invites/sign-out")
}

/// Takes the open invite to a chart back (POST).
pub fn withdraw_invite(patient: impl Display) -> String {
    format!("/p/{patient}/invites/withdraw")
}

/// Who treats the patient (GET), and putting somebody on the team (POST).
pub fn care_team(patient: impl Display) -> String {
    format!("/p/{patient}/care-team")
}

/// Takes somebody off the team (POST).
pub fn care_team_end(patient: impl Display) -> String {
    format!("/p/{patient}/care-team/end")
}

/// A patient's visits.
pub fn visits(patient: impl Display) -> String {
    format!("/p/{patient}/visits")
}

/// Booking: the kind of visit.
pub fn visit_new(patient: impl Display) -> String {
    format!("/p/{patient}/visits/new")
}

/// The same, with what was chosen before.
pub fn visit_new_of(patient: impl Display, service: impl Display, who: impl Display) -> String {
    format!("/p/{patient}/visits/new?service={service}&who={who}")
}

/// Booking: free times.
pub fn visit_times(patient: impl Display) -> String {
    format!("/p/{patient}/visits/times")
}

/// The same, for a kind of visit, with somebody or anybody, in the place of a visit or of none, from a day on.
pub fn visit_times_of(
    patient: impl Display,
    service: impl Display,
    who: impl Display,
    replaces: impl Display,
    from: impl Display,
) -> String {
    format!("/p/{patient}/visits/times?service={service}&who={who}&replaces={replaces}&from={from}")
}

/// Booking: keeps a time (POST).
pub fn visit_hold(patient: impl Display) -> String {
    format!("/p/{patient}/visits/hold")
}

/// One visit.
pub fn visit(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}")
}

/// Booking: confirms the time that is kept (GET and POST).
pub fn visit_confirm(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/confirm")
}

/// The same where another visit is moved to it: booking it (POST).
pub fn visit_move(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/move")
}

/// Booking: keeps the time no longer (POST).
pub fn visit_release(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/release")
}

/// Calls a visit off: asks why (GET), and does it (POST).
pub fn visit_cancel(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/cancel")
}

/// The visit as a calendar file.
pub fn visit_calendar(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/visit.ics")
}

/// How a visit goes (POST, field `step`).
pub fn visit_step(patient: impl Display, id: impl Display, step: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/{step}")
}

/// A note for a visit (POST).
pub fn visit_note(patient: impl Display, id: impl Display) -> String {
    format!("/p/{patient}/visits/{id}/note")
}

/// A day at the clinic.
pub fn day(on: impl Display) -> String {
    format!("{DAY}?on={on}")
}

/// The same, with somebody and at a place.
pub fn day_of(on: impl Display, who: impl Display, place: impl Display) -> String {
    format!("{DAY}?on={on}&who={who}&place={place}")
}

/// A patient's messages (GET), and a new conversation (POST).
pub fn messages(patient: impl Display) -> String {
    format!("/p/{patient}/messages")
}

/// The form for a new conversation.
pub fn messages_new(patient: impl Display) -> String {
    format!("/p/{patient}/messages/new")
}

/// Saves the draft of a new conversation (POST).
pub fn messages_new_draft(patient: impl Display) -> String {
    format!("/p/{patient}/messages/draft")
}

/// One conversation (GET), and an answer in it (POST).
pub fn thread(patient: impl Display, thread: impl Display) -> String {
    format!("/p/{patient}/messages/{thread}")
}

/// Saves the draft of an answer (POST).
pub fn thread_draft(patient: impl Display, thread: impl Display) -> String {
    format!("/p/{patient}/messages/{thread}/draft")
}

/// Takes a conversation, or gives it back (POST).
pub fn thread_claim(patient: impl Display, thread: impl Display) -> String {
    format!("/p/{patient}/messages/{thread}/claim")
}

/// Closes a conversation, or opens it again (POST).
pub fn thread_state(patient: impl Display, thread: impl Display) -> String {
    format!("/p/{patient}/messages/{thread}/state")
}

/// Where somebody says that they sign in with another address from now on, with the code of their link.
pub fn address_confirm(code: &str) -> String {
    format!("/settings/email/confirm/{code}")
}

/// Where somebody takes back what was changed about how they sign in, with the code of their link.
pub fn undo(code: &str) -> String {
    format!("/undo/{code}")
}

/// Somebody who registered, for the front desk.
pub fn registration(account: impl Display) -> String {
    format!("{REGISTRATIONS}/{account}")
}

/// Turns somebody down who registered (POST).
pub fn refuse_registration(account: impl Display) -> String {
    format!("{REGISTRATIONS}/{account}/refuse")
}

/// Takes somebody up again who was turned down (POST).
pub fn reopen_registration(account: impl Display) -> String {
    format!("{REGISTRATIONS}/{account}/reopen")
}

/// The form for a new chart, with what somebody typed who registered.
pub fn chart_for(account: impl Display) -> String {
    format!("{REGISTRATIONS}/{account}/chart")
}

/// Somebody who registered beside a chart (GET), and binding the two (POST).
pub fn compare(patient: impl Display, account: impl Display) -> String {
    format!("/p/{patient}/registrations/{account}")
}

/// Unbinds whoever signs in to a chart: asks (GET), and does it (POST).
pub fn unlink(patient: impl Display) -> String {
    format!("/p/{patient}/unlink")
}

/// One place.
pub fn location(id: impl Display) -> String {
    format!("{LOCATIONS}/{id}")
}

/// Closes a place, or opens it again (POST).
pub fn location_state(id: impl Display) -> String {
    format!("{LOCATIONS}/{id}/state")
}

/// One kind of visit.
pub fn visit_type(id: impl Display) -> String {
    format!("{VISIT_TYPES}/{id}")
}

/// Retires a kind of visit, or puts it back (POST).
pub fn visit_type_state(id: impl Display) -> String {
    format!("{VISIT_TYPES}/{id}/state")
}

/// One practitioner's weeks and days.
pub fn availability(practitioner: impl Display) -> String {
    format!("{AVAILABILITY}/{practitioner}")
}

/// A new schedule of a practitioner.
pub fn availability_new(practitioner: impl Display) -> String {
    format!("{AVAILABILITY}/{practitioner}/new")
}

/// Adds a day that differs (POST).
pub fn availability_days(practitioner: impl Display) -> String {
    format!("{AVAILABILITY}/{practitioner}/days")
}

/// Takes such a day away (POST).
pub fn availability_days_remove(practitioner: impl Display) -> String {
    format!("{AVAILABILITY}/{practitioner}/days/remove")
}

/// One schedule.
pub fn schedule(id: impl Display) -> String {
    format!("/clinic/schedules/{id}")
}

/// Takes a schedule away (POST).
pub fn schedule_end(id: impl Display) -> String {
    format!("/clinic/schedules/{id}/end")
}

/// One pool.
pub fn pool(id: impl Display) -> String {
    format!("{POOLS}/{id}")
}

/// Closes a pool, or opens it again (POST).
pub fn pool_state(id: impl Display) -> String {
    format!("{POOLS}/{id}/state")
}

/// A page of a list: the list's address with `?page=`, and without it for the first.
pub fn page(list: &str, page: u64) -> String {
    if page <= 1 { list.to_owned() } else { format!("{list}?page={page}") }
}

/// Where a text waits that was kept for its owner.
pub fn kept(id: impl Display) -> String {
    format!("/kept/{id}")
}

/// Sign-in that goes on to a page of ours afterwards.
pub fn sign_in_then(next: &str) -> String {
    with_next(SIGN_IN, next)
}

/// The page that says that the session ended, and goes on to a page of ours after sign-in.
pub fn session_ended_then(next: &str) -> String {
    with_next(SESSION_ENDED, next)
}

/// Where somebody says that it is still they, and goes on.
pub fn still_you(next: &str, both_steps: bool) -> String {
    still_you_at(STILL_YOU, next, both_steps)
}

/// The same at another page.
fn still_you_at(page: &str, next: &str, both_steps: bool) -> String {
    with_next(page, next).replacen('?', if both_steps { "?both=yes&" } else { "?" }, 1)
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
