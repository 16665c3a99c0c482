//! What can be done, as types, so that a handler's signature reads as a sentence.
//!
//! Each action is declared once, here, with the words that an auditor would use. Who may do it is in the application's
//! `access/policy.rs`: an exhaustive match, so that a new action does not compile until somebody has answered.

/// What an action does to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Looks, and changes nothing.
    Read,
    /// Changes something.
    Change,
}

impl Kind {
    /// `read` or `change`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Change => "change",
        }
    }
}

/// An action at the level of types: `Chart<ViewRecord>`.
pub trait ActionType: Send + Sync + 'static {
    /// The same action as a value.
    const ACTION: Action;
}

/// The action types themselves.
pub mod actions {
    use super::{Action, ActionType};

    macro_rules! declare {
        ($($(#[$doc:meta])* $name:ident => $word:literal ($kind:ident, $resource:literal)),+ $(,)?) => {
            $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $name;
              impl ActionType for $name { const ACTION: Action = Action::$name; })+

            pub(super) mod values {
                use super::super::Kind;
                /// One thing that someone can do; see [`crate::actions`] for the types.
                #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
                pub enum Action { $($(#[$doc])* $name),+ }
                impl Action {
                    /// All of them.
                    pub const ALL: &'static [Self] = &[$(Self::$name),+];
                    /// The word in the ledger and in generated documents.
                    pub const fn word(self) -> &'static str { match self { $(Self::$name => $word),+ } }
                    /// Looks or changes.
                    pub const fn kind(self) -> Kind { match self { $(Self::$name => Kind::$kind),+ } }
                    /// The FHIR resource type (or our own noun) that the ledger names.
                    pub const fn resource(self) -> &'static str { match self { $(Self::$name => $resource),+ } }
                    /// The reverse of [`Self::word`].
                    pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$name),)+ _ => None } }
                }
            }
        };
    }

    declare! {
        // a patient's record
        /// See the patient's start page: what comes next, and what is new.
        ViewHome => "view-home" (Read, "Patient"),
        /// See the list of the record's parts and how much is in each.
        ViewRecord => "view-record" (Read, "Patient"),
        /// See name, birth date, contact and other personal details.
        ViewProfile => "view-profile" (Read, "Patient"),
        /// See problems and health concerns.
        ViewProblems => "view-problems" (Read, "Condition"),
        /// See allergies.
        ViewAllergies => "view-allergies" (Read, "AllergyIntolerance"),
        /// See medicines ordered and given.
        ViewMedicines => "view-medicines" (Read, "MedicationRequest"),
        /// See vaccinations.
        ViewImmunizations => "view-immunizations" (Read, "Immunization"),
        /// See test results, reports and measurements.
        ViewResults => "view-results" (Read, "DiagnosticReport"),
        /// See procedures.
        ViewProcedures => "view-procedures" (Read, "Procedure"),
        /// See past visits and their notes.
        ViewEncounters => "view-encounters" (Read, "Encounter"),
        /// See the list of documents, and read notes.
        ViewDocuments => "view-documents" (Read, "DocumentReference"),
        /// See care teams, goals and care plans.
        ViewCarePlans => "view-care-plans" (Read, "CarePlan"),
        /// See devices and imaging studies.
        ViewDevices => "view-devices" (Read, "Device"),
        /// See insurance.
        ViewCoverage => "view-coverage" (Read, "Coverage"),
        /// See where the record's entries came from.
        ViewProvenance => "view-provenance" (Read, "Provenance"),
        /// See who opened the record.
        ViewAccessLog => "view-access-log" (Read, "AuditEvent"),
        /// Take away who opened the record, as a file.
        ExportAccessLog => "export-access-log" (Read, "AuditEvent"),
        /// See which invites to the record there are.
        ViewInvites => "view-invites" (Read, "Account"),
        /// Invite the patient to sign in and read the own record, or take an invite back.
        InvitePatient => "invite-patient" (Change, "Account"),
        /// Sign the patient out, wherever they are signed in.
        SignPatientOut => "sign-patient-out" (Change, "Session"),
        /// Compare somebody who registered with this record.
        CompareAccount => "compare-account" (Read, "Account"),
        /// Bind somebody's account to this record, or unbind it.
        LinkAccount => "link-account" (Change, "Account"),
        /// See who acts for the patient.
        ViewCaregivers => "view-caregivers" (Read, "RelatedPerson"),
        /// Make a code with which somebody can act for the patient.
        InviteCaregiver => "invite-caregiver" (Change, "RelatedPerson"),
        /// Say that somebody acts for the patient no longer.
        EndCaregiver => "end-caregiver" (Change, "RelatedPerson"),
        /// Compare somebody's request to act for a patient with this record.
        CompareCaregiver => "compare-caregiver" (Read, "RelatedPerson"),
        /// Say yes to somebody's request to act for the patient.
        GrantCaregiver => "grant-caregiver" (Change, "RelatedPerson"),
        /// See what of the record is kept from those who act for the patient.
        ViewLabels => "view-labels" (Read, "Meta"),
        /// Keep an entry from those who act for the patient, or show it to them again.
        ChangeLabels => "change-labels" (Change, "Meta"),
        /// See who treats the patient.
        ViewCareTeam => "view-care-team" (Read, "CareTeam"),
        /// Put somebody on the care team, or take somebody off.
        ChangeCareTeam => "change-care-team" (Change, "CareTeam"),
        /// See the form with which a record is opened in an emergency.
        AskEmergency => "ask-emergency" (Read, "Patient"),
        /// Open a record in an emergency, for an hour.
        OpenEmergency => "open-emergency" (Change, "Patient"),
        /// See the form that asks why a watched record is opened.
        AskReason => "ask-reason" (Read, "Patient"),
        /// Say why a watched record is opened, for an hour.
        GiveReason => "give-reason" (Change, "Patient"),
        /// See planned visits: when, where and with whom.
        ViewVisits => "view-visits" (Read, "Appointment"),
        /// See what the patient said that a visit is about.
        ViewVisitReason => "view-visit-reason" (Read, "Appointment"),
        /// See what colleagues wrote for a visit.
        ViewVisitNote => "view-visit-note" (Read, "Appointment"),
        /// Keep a time for a visit while its form is filled in, or give it back.
        HoldVisit => "hold-visit" (Change, "Appointment"),
        /// Book a visit.
        BookVisit => "book-visit" (Change, "Appointment"),
        /// Move a visit to another time.
        MoveVisit => "move-visit" (Change, "Appointment"),
        /// Cancel a visit.
        CancelVisit => "cancel-visit" (Change, "Appointment"),
        /// Say that somebody arrived.
        ArriveVisit => "arrive-visit" (Change, "Appointment"),
        /// Say that somebody was seen.
        FulfilVisit => "fulfil-visit" (Change, "Appointment"),
        /// Say that somebody did not come.
        MissVisit => "miss-visit" (Change, "Appointment"),
        /// Take back that somebody arrived, was seen or did not come.
        ReopenVisit => "reopen-visit" (Change, "Appointment"),
        /// Write a note for a visit.
        NoteVisit => "note-visit" (Change, "Appointment"),
        /// See the list of conversations, and the form for a new one.
        ViewMessages => "view-messages" (Read, "Communication"),
        /// Read a conversation; that it was read is kept beside it.
        ReadThread => "read-thread" (Read, "Communication"),
        /// Write a message.
        WriteMessage => "write-message" (Change, "Communication"),
        /// Keep the draft of a message, or throw it away.
        SaveDraft => "save-draft" (Change, "Communication"),
        /// Take a conversation to answer it, or give it back.
        ClaimThread => "claim-thread" (Change, "Communication"),
        /// Close a conversation, or open it again.
        CloseThread => "close-thread" (Change, "Communication"),

        // across patients
        /// Find patients by name, birth date or record number.
        FindPatients => "find-patients" (Read, "Patient"),
        /// See a day's visits.
        ViewDay => "view-day" (Read, "Appointment"),
        /// See the conversations of patients in one's care.
        ViewInbox => "view-inbox" (Read, "Communication"),
        /// See who registered and is waiting for the front desk.
        ViewRegistrations => "view-registrations" (Read, "Account"),
        /// Turn somebody down who registered, or take them up again.
        DecideRegistration => "decide-registration" (Change, "Account"),
        /// Make a chart for somebody who has none.
        MakeChart => "make-chart" (Change, "Patient"),
        /// See who has lost what they sign in with and waits for the front desk.
        ViewRecoveries => "view-recoveries" (Read, "Account"),
        /// Let somebody back in who has lost what they sign in with, or say no.
        DecideRecovery => "decide-recovery" (Change, "Account"),
        /// See who asks to act for a patient, and the papers that go with it.
        ViewCaregiverRequests => "view-caregiver-requests" (Read, "RelatedPerson"),
        /// Say no to somebody's request to act for a patient.
        RefuseCaregiver => "refuse-caregiver" (Change, "RelatedPerson"),
        /// Look through the ledger.
        SearchAudit => "search-audit" (Read, "AuditEvent"),
        /// See who opened records in an emergency, and why.
        ViewEmergencies => "view-emergencies" (Read, "AuditEvent"),
        /// Say whether it was right that a record was opened in an emergency.
        SignEmergency => "sign-emergency" (Change, "AuditEvent"),
        /// Go through the ledger for looks that nothing explains.
        FindUnusual => "find-unusual" (Read, "AuditEvent"),
        /// See which looks at records nothing explains, week by week.
        ViewReviews => "view-reviews" (Read, "AuditEvent"),
        /// Say what came of a look that nothing explained.
        JudgeFinding => "judge-finding" (Change, "AuditEvent"),
        /// Sign a week of looks off.
        SignReview => "sign-review" (Change, "AuditEvent"),
        /// See which records are watched.
        ViewWatched => "view-watched" (Read, "AuditEvent"),
        /// Have a record watched, or no longer.
        ChangeWatched => "change-watched" (Change, "AuditEvent"),
        /// See who works here and what they may do.
        ViewStaff => "view-staff" (Read, "Account"),
        /// Invite somebody to work here, or take an invite back.
        InviteStaff => "invite-staff" (Change, "Account"),
        /// Let somebody who works here sign in, or no longer.
        ChangeStaff => "change-staff" (Change, "Account"),
        /// Gives somebody who works here another role.
        ChangeRole => "change-role" (Change, "Account"),
        /// Say, as the first of two, that a colleague is to be let back in.
        VouchColleague => "vouch-colleague" (Change, "Account"),
        /// See which colleagues wait for a second person.
        ViewVouched => "view-vouched" (Read, "Account"),
        /// Let a colleague back in, as the second of two, or say no.
        ConfirmColleague => "confirm-colleague" (Change, "Account"),
        /// Say, as the first of two, what a role of the clinic's own is to be.
        ProposeRole => "propose-role" (Change, "PractitionerRole"),
        /// See which roles wait for a second person.
        ViewProposed => "view-proposed" (Read, "PractitionerRole"),
        /// Have a role be what somebody else said, or say no.
        ConfirmRole => "confirm-role" (Change, "PractitionerRole"),
        /// See the clinic's settings, and its name, phone and colour in a form.
        ViewClinic => "view-clinic" (Read, "Organization"),
        /// Change the clinic's name, phone and colour.
        ChangeClinic => "change-clinic" (Change, "Organization"),
        /// See every place, with hours and closed days.
        ViewLocations => "view-locations" (Read, "Location"),
        /// Add, change or close a place.
        ChangeLocations => "change-locations" (Change, "Location"),
        /// See every kind of visit.
        ViewVisitTypes => "view-visit-types" (Read, "HealthcareService"),
        /// Add, change or retire a kind of visit.
        ChangeVisitTypes => "change-visit-types" (Change, "HealthcareService"),
        /// Switch on or off what a clinic may not want.
        ChangeFeatures => "change-features" (Change, "Organization"),
        /// Say from which ages on a record is the child's own.
        ChangeAges => "change-ages" (Change, "Organization"),
        /// See when practitioners can be booked.
        ViewAvailability => "view-availability" (Read, "Schedule"),
        /// Change when a practitioner can be booked.
        ChangeAvailability => "change-availability" (Change, "Schedule"),
        /// See who answers.
        ViewPools => "view-pools" (Read, "Group"),
        /// Change who answers.
        ChangePools => "change-pools" (Change, "Group"),
        /// See what works in the background, and what was given up.
        ViewJobs => "view-jobs" (Read, "Task"),
        /// Have a job that was given up run again.
        RunJobAgain => "run-job-again" (Change, "Task"),

        // one's own account
        /// See the own account's home page and settings.
        ViewOwnAccount => "view-own-account" (Read, "Account"),
        /// See the people and places of the clinic.
        ViewDirectory => "view-directory" (Read, "Organization"),
        /// See for whom one acts.
        ViewActingFor => "view-acting-for" (Read, "RelatedPerson"),
        /// Ask the clinic to act for somebody, with papers, or take it back.
        AskCaregiver => "ask-caregiver" (Change, "RelatedPerson"),
        /// Use a code to act for somebody.
        AcceptCaregiver => "accept-caregiver" (Change, "RelatedPerson"),
        /// Act for somebody no longer.
        LeaveCaregiver => "leave-caregiver" (Change, "RelatedPerson"),
        /// See the own sessions.
        ViewOwnSessions => "view-own-sessions" (Read, "Session"),
        /// End one or all of the own sessions.
        EndOwnSessions => "end-own-sessions" (Change, "Session"),
        /// Change how the own pages look.
        ChangeOwnSettings => "change-own-settings" (Change, "Account"),
        /// See with what one signs in.
        ViewOwnFactors => "view-own-factors" (Read, "Account"),
        /// Set up another authenticator app, or make other recovery codes.
        ChangeFactor => "change-factor" (Change, "Account"),
        /// Sign in with another address from now on.
        ChangeEmail => "change-email" (Change, "Account"),
        /// Take back what was changed about how one signs in, with a mailed link.
        UndoChange => "undo-change" (Change, "Account"),
        /// See the page that asks for the password again.
        AskPassword => "ask-password" (Read, "Session"),
        /// Say the password again, before something that matters.
        SayPassword => "say-password" (Change, "Session"),
        /// Set up a second factor or recovery codes.
        EnrollFactor => "enroll-factor" (Change, "Account"),
        /// See the page that asks for the second factor.
        AskFactor => "ask-factor" (Read, "Session"),
        /// Sign in, with either factor.
        SignIn => "sign-in" (Change, "Session"),
        /// Sign out.
        SignOut => "sign-out" (Change, "Session"),
        /// Set up anew everything that one signs in with, once the clinic knows who asks.
        RecoverAccount => "recover-account" (Change, "Account"),
        /// Make an account with an invite.
        RedeemInvite => "redeem-invite" (Change, "Account"),
        /// Ask for an account.
        Register => "register" (Change, "Account"),
        /// Ask for a link that lets one choose another password.
        AskForReset => "ask-for-reset" (Change, "Account"),

        // commands
        /// Read a file of FHIR resources into the record.
        ImportRecords => "import-records" (Change, "Bundle"),
        /// Make or change accounts from the command line.
        ManageAccounts => "manage-accounts" (Change, "Account"),

        // jobs
        /// Tell an account's holder, by mail, that something happened to it.
        SendNotice => "send-notice" (Change, "Account"),
        /// Mail a link: to verify an address, or to choose another password.
        SendLink => "send-link" (Change, "Account"),
        /// Empty a registration that nobody went on with.
        ForgetRegistration => "forget-registration" (Change, "Account"),
    }
}

pub use actions::values::Action;
