//! A sentence about what just happened, carried over one redirect in a cookie that holds a fixed word and nothing else.

use super::view::Tone;

/// The cookie.
pub const COOKIE: &str = "__Host-salus-flash";

macro_rules! flashes {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What just happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flash { $($(#[$doc])* $name),+ }
        impl Flash {
            /// The word in the cookie, and the end of the message's id.
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $word),+ } }
            /// The reverse.
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$name),)+ _ => None } }
        }
    };
}

flashes! {
    /// One session was ended.
    SessionEnded = "session-ended",
    /// Settings were saved.
    SettingsSaved = "settings-saved",
    /// The password was changed.
    PasswordChanged = "password-changed",
    /// One asked for another address.
    AddressAsked = "address-asked",
    /// One keeps the address.
    AddressKept = "address-kept",
    /// One signs in with another address from now on.
    AddressChanged = "address-changed",
    /// A change was taken back.
    PutBack = "put-back",
    /// A change was taken back, and earlier ones stand.
    PutBackSince = "put-back-since",
    /// A change was taken back, and no second step is left.
    PutBackAtDesk = "put-back-at-desk",
    /// Another authenticator app counts.
    AppChanged = "app-changed",
    /// A passkey was added.
    PasskeyAdded = "passkey-added",
    /// A passkey was removed.
    PasskeyRemoved = "passkey-removed",
    /// One signs in from another service as well.
    Connected = "connected",
    /// One does so no more.
    Disconnected = "disconnected",
    /// The account there is somebody else's here, or one is connected already.
    TakenThere = "taken-there",
    /// Nobody was named there.
    NotConnected = "not-connected",
    /// A passkey was not right.
    PasskeyNotRight = "passkey-not-right",
    /// A passkey was another account's.
    PasskeyOther = "passkey-other",
    /// The only second step there is was not removed.
    OnlyFactor = "only-factor",
    /// Another password was chosen with a mailed link.
    PasswordReset = "password-reset",
    /// One does not ask to be let back in any more.
    RecoveryWithdrawn = "recovery-withdrawn",
    /// Somebody else has decided who is let back in.
    RecoveryDecided = "recovery-decided",
    /// Somebody was not let back in.
    RecoveryRefused = "recovery-refused",
    /// One vouched for a colleague.
    ColleagueVouched = "colleague-vouched",
    /// Nobody vouches for a colleague any more.
    ColleagueStopped = "colleague-stopped",
    /// A patient was signed out everywhere.
    PatientSignedOut = "patient-signed-out",
    /// An invite was taken back.
    InviteWithdrawn = "invite-withdrawn",
    /// An entry is kept from those who act for the patient.
    EntryPrivate = "entry-private",
    /// They see an entry again.
    EntryShown = "entry-shown",
    /// The other side keeps it.
    EntryStillPrivate = "entry-still-private",
    /// Somebody acts for the patient no longer.
    CaregiverEnded = "caregiver-ended",
    /// One acts for somebody from now on.
    CaregiverAccepted = "caregiver-accepted",
    /// One asked the clinic to act for somebody.
    CaregiverAsked = "caregiver-asked",
    /// One took that back.
    CaregiverNotAsked = "caregiver-not-asked",
    /// The clinic's yes counts no longer.
    CaregiverNotBegun = "caregiver-not-begun",
    /// The desk said yes to somebody who asked.
    CaregiverGranted = "caregiver-granted",
    /// The desk said no.
    CaregiverRefused = "caregiver-refused",
    /// A photo was added.
    PhotoAdded = "photo-added",
    /// A photo came after the answer.
    PhotoLate = "photo-late",
    /// A photo was thrown away.
    PhotoRemoved = "photo-removed",
    /// One acts for somebody no longer.
    CaregiverLeft = "caregiver-left",
    /// A record was opened in an emergency.
    EmergencyOpened = "emergency-opened",
    /// The privacy officer said whether that was right.
    EmergencySigned = "emergency-signed",
    /// Somebody said why they open a watched record.
    ReasonGiven = "reason-given",
    /// The privacy officer said what came of a look.
    FindingJudged = "finding-judged",
    /// What was said of a look was not noted: somebody else was faster, or it was said for good.
    FindingNotJudged = "finding-not-judged",
    /// A week of looks was signed off.
    ReviewSigned = "review-signed",
    /// Something of the week still waits, or somebody else was faster.
    ReviewNotSigned = "review-not-signed",
    /// A record is watched.
    Watched = "watched",
    /// A record is watched no longer.
    WatchedEnded = "watched-ended",
    /// Somebody who works here can no longer sign in.
    StaffClosed = "staff-closed",
    /// A sheet of codes is the second step.
    SheetCounts = "sheet-counts",
    /// Few recovery codes are left.
    FewCodes = "few-codes",
    /// Few codes of a sheet are left.
    FewOfSheet = "few-of-sheet",
    /// Somebody who works here has another role.
    RoleChanged = "role-changed",
    /// What a role is to be waits for a second person.
    RoleProposed = "role-proposed",
    /// That was taken back.
    RoleWithdrawn = "role-withdrawn",
    /// A role is no more.
    RoleEnded = "role-ended",
    /// Somebody has a role that was to be no more.
    RoleInUse = "role-in-use",
    /// A second person said yes.
    RoleConfirmed = "role-confirmed",
    /// A second person said no.
    RoleRefused = "role-refused",
    /// What a role is to be was decided meanwhile.
    RoleDecided = "role-decided",
    /// Somebody who works here has the role that they had.
    RoleKept = "role-kept",
    /// Somebody who works here can sign in again.
    StaffOpened = "staff-opened",
    /// The clinic's look was saved.
    ClinicSaved = "clinic-saved",
    /// Somebody who registered was turned down.
    RegistrationRefused = "registration-refused",
    /// Somebody who registered is looked at again.
    RegistrationReopened = "registration-reopened",
    /// Somebody else decided a moment ago.
    RegistrationDecided = "registration-decided",
    /// An account was bound to a chart.
    AccountLinked = "account-linked",
    /// Nobody signs in to the chart any more.
    AccountUnlinked = "account-unlinked",
    /// Somebody is on a care team.
    CareTeamSaved = "care-team-saved",
    /// Somebody is not on a care team any more.
    CareTeamEnded = "care-team-ended",
    /// A visit was booked.
    VisitBooked = "visit-booked",
    /// A visit was moved.
    VisitMoved = "visit-moved",
    /// A visit could not be moved: it is not on any more.
    VisitNotMoved = "visit-not-moved",
    /// A visit was called off.
    VisitCancelled = "visit-cancelled",
    /// What was said of a visit was saved.
    VisitSaved = "visit-saved",
    /// Somebody else was faster.
    VisitUnchanged = "visit-unchanged",
    /// A message was sent.
    MessageSent = "message-sent",
    /// A draft was saved.
    DraftSaved = "draft-saved",
    /// A draft was thrown away.
    DraftGone = "draft-gone",
    /// Somebody answers a conversation from now on.
    ThreadTaken = "thread-taken",
    /// Somebody gave a conversation back.
    ThreadGivenBack = "thread-given-back",
    /// Somebody else was faster.
    ThreadOthers = "thread-others",
    /// A conversation was closed.
    ThreadClosed = "thread-closed",
    /// A conversation was opened again.
    ThreadOpened = "thread-opened",
    /// A place was saved.
    LocationSaved = "location-saved",
    /// A place was closed for good.
    LocationClosed = "location-closed",
    /// A place was opened again.
    LocationOpened = "location-opened",
    /// A kind of visit was saved.
    VisitTypeSaved = "visit-type-saved",
    /// A kind of visit can't be chosen any more.
    VisitTypeRetired = "visit-type-retired",
    /// A kind of visit can be chosen again.
    VisitTypeBack = "visit-type-back",
    /// What counts at which age was decided anew.
    AgesSaved = "ages-saved",
    /// A feature was switched on.
    FeatureOn = "feature-on",
    /// A feature was switched off.
    FeatureOff = "feature-off",
    /// A schedule was saved.
    ScheduleSaved = "schedule-saved",
    /// A schedule was taken away.
    ScheduleEnded = "schedule-ended",
    /// A day that differs was added.
    DaySaved = "day-saved",
    /// A day that differs was taken away.
    DayRemoved = "day-removed",
    /// A pool was saved.
    PoolSaved = "pool-saved",
    /// A pool was closed.
    PoolClosed = "pool-closed",
    /// A pool was opened again.
    PoolOpened = "pool-opened",
    /// A job was queued again.
    JobRunsAgain = "job-runs-again",
    /// A job was not given up any more.
    JobGone = "job-gone",
}

impl Flash {
    /// Whether it tells of something that was not done, or wants a next step.
    pub fn tone(self) -> Tone {
        match self {
            Self::NotConnected
            | Self::TakenThere
            | Self::PasskeyNotRight
            | Self::PasskeyOther
            | Self::OnlyFactor
            | Self::PutBack
            | Self::PutBackSince
            | Self::PutBackAtDesk
            | Self::RegistrationDecided
            | Self::RecoveryDecided
            | Self::RoleDecided
            | Self::RoleInUse
            | Self::EntryStillPrivate
            | Self::VisitNotMoved
            | Self::VisitUnchanged
            | Self::ThreadOthers
            | Self::FewCodes
            | Self::FewOfSheet
            | Self::CaregiverNotBegun
            | Self::PhotoLate
            | Self::JobGone
            | Self::FindingNotJudged
            | Self::ReviewNotSigned => Tone::Caution,
            _ => Tone::Good,
        }
    }
}
