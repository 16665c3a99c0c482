//! Which action opens which sealed column. What is not declared here does not compile where it is opened.

use salus_kernel::{Action, ActionType, Column, actions};
use salus_vault::Opens;

use super::columns as c;

/// One line of `docs/generated/opens.txt`.
pub struct OpensLine {
    /// The action.
    pub action: Action,
    /// Its columns, as `table.column`.
    pub columns: &'static [(&'static str, &'static str)],
}

macro_rules! opens {
    ($($action:ident => $($table:ident::$column:ident),+;)+) => {
        $($(impl Opens<c::$table::$column> for actions::$action {})+)+
        /// Every declaration, in order.
        pub const OPENS: &[OpensLine] = &[$(OpensLine {
            action: <actions::$action as ActionType>::ACTION,
            columns: &[$((<c::$table::$column as Column>::TABLE, <c::$table::$column as Column>::NAME)),+],
        }),+];
    };
}

opens! {
    ViewHome => account::Name;
    ViewRecord => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, allergy_intolerance::Resource, account::Name;
    ViewProfile => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    ViewProblems => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, condition::Resource, account::Name;
    ViewAllergies => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, allergy_intolerance::Resource, account::Name;
    ViewMedicines => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, medication_request::Resource, medication_administration::Resource, account::Name;
    ViewImmunizations => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, immunization::Resource, account::Name;
    ViewResults => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, diagnostic_report::Resource, observation::Resource, account::Name;
    ViewProcedures => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, procedure::Resource, account::Name;
    ViewEncounters => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, encounter::Resource, account::Name;
    // A note is listed with the visit that it belongs to.
    ViewDocuments => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, document_reference::Resource, encounter::Resource, account::Name;
    ViewCarePlans => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, care_team::Resource, care_plan::Resource, goal::Resource, account::Name;
    ViewDevices => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, device::Resource, imaging_study::Resource, account::Name;
    ViewCoverage => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, coverage::Resource, account::Name;
    ViewProvenance => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, provenance::Resource, account::Name;
    ExportAccessLog => patient::Name, patient::BirthDate, patient::Mrn, account::Name, related_person::AccountName;
    ViewAccessLog => patient::Name, patient::BirthDate, patient::Mrn, account::Name, related_person::AccountName;

    ViewInvites => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    InvitePatient => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    SignPatientOut => account::Name;

    ViewCaregivers => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, related_person::Name, related_person::AccountName;
    InviteCaregiver => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, related_person::Name, related_person::AccountName;
    EndCaregiver => account::Name;
    // Side by side: who asks to act for a patient and what they typed, and what the chart says.
    CompareCaregiver => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, caregiver_request::AccountName, caregiver_request::Phone, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note;
    GrantCaregiver => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, caregiver_request::AccountName, caregiver_request::Phone, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note;

    // What is kept private has a name; and what names it is found by looking through the record.
    ViewLabels => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, encounter::Resource, condition::Resource, allergy_intolerance::Resource, medication_request::Resource, medication_administration::Resource, immunization::Resource, observation::Resource, diagnostic_report::Resource, document_reference::Resource, procedure::Resource, care_team::Resource, care_plan::Resource, goal::Resource, device::Resource, imaging_study::Resource, coverage::Resource, provenance::Resource;
    ChangeLabels => account::Name, encounter::Resource, condition::Resource, allergy_intolerance::Resource, medication_request::Resource, medication_administration::Resource, immunization::Resource, observation::Resource, diagnostic_report::Resource, document_reference::Resource, procedure::Resource, care_team::Resource, care_plan::Resource, goal::Resource, device::Resource, imaging_study::Resource, coverage::Resource, provenance::Resource;
    ViewCareTeam => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    ChangeCareTeam => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;

    // The own address, so that a password manager knows whose password is asked.
    AskEmergency => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, account::Email;
    OpenEmergency => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, account::Email;
    // Who it is, a reason gives away no more than the search did.
    AskReason => account::Name;
    GiveReason => account::Name;
    ViewVisits => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    ViewVisitReason => appointment::Reason;
    ViewVisitNote => appointment::Note;
    // A visit that is moved keeps what was said of it.
    HoldVisit => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, appointment::Reason;
    BookVisit => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    MoveVisit => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, appointment::Note;
    CancelVisit => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    ArriveVisit => account::Name;
    FulfilVisit => account::Name;
    MissVisit => account::Name;
    ReopenVisit => account::Name;
    NoteVisit => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name;
    ViewMessages => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, communication_thread::SubjectLine, communication_draft::SubjectLine, communication_draft::Body, account::Name;
    ReadThread => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, communication_thread::SubjectLine, communication::Body, communication_draft::SubjectLine, communication_draft::Body, account::Name, related_person::AccountName;
    // A form that comes back shows the conversation and what was typed; of other conversations nothing.
    WriteMessage => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, communication_thread::SubjectLine, communication::Body, account::Name, related_person::AccountName;
    SaveDraft => communication_draft::SubjectLine, communication_draft::Body, account::Name;
    ClaimThread => account::Name;
    CloseThread => account::Name;

    // Side by side: what somebody typed, and what the chart says.
    CompareAccount => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, registration::Name, registration::BirthDate, registration::Email, registration::Phone;
    LinkAccount => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, registration::Name, registration::BirthDate, registration::Email, registration::Phone;

    ViewInbox => patient::Name, patient::BirthDate, patient::Mrn, communication_thread::SubjectLine, account::Name;

    ViewRegistrations => patient::Name, patient::BirthDate, patient::Mrn, account::Name, registration::Name, registration::BirthDate, registration::Email, registration::Phone;
    DecideRegistration => patient::Name, patient::BirthDate, patient::Mrn, account::Name, registration::Name, registration::BirthDate, registration::Email, registration::Phone;
    // Whom to call, on the number in the chart.
    ViewRecoveries => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, recovery::Name;
    DecideRecovery => patient::Name, patient::BirthDate, patient::Mrn, patient::Resource, account::Name, recovery::Name;
    ViewCaregiverRequests => patient::Name, patient::BirthDate, patient::Mrn, account::Name, caregiver_request::AccountName, caregiver_request::Phone, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note, caregiver_photo::Photo;
    RefuseCaregiver => patient::Name, patient::BirthDate, patient::Mrn, account::Name, caregiver_request::AccountName, caregiver_request::Phone, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note;
    MakeChart => patient::Name, patient::BirthDate, patient::Mrn, account::Name;

    FindPatients => patient::Name, patient::BirthDate, patient::Mrn, account::Name;
    ViewDay => patient::Name, patient::BirthDate, patient::Mrn, account::Name;
    SearchAudit => account::Name;
    // The reason, and no name: the officer reads no charts.
    ViewEmergencies => emergency_access::Reason, account::Name;
    SignEmergency => account::Name;
    // Last names and addresses, for nothing but comparing them.
    FindUnusual => patient::Resource;
    // How the two are connected, and no name.
    ViewReviews => access_finding::Signs, account::Name;
    JudgeFinding => account::Name;
    SignReview => account::Name;
    ViewWatched => account::Name;
    ChangeWatched => account::Name;
    ViewStaff => account::Name;
    InviteStaff => account::Name;
    ChangeStaff => account::Name;
    ChangeRole => account::Name;
    VouchColleague => account::Name;
    ViewVouched => account::Name;
    ConfirmColleague => account::Name;
    ProposeRole => account::Name;
    ViewProposed => account::Name;
    ConfirmRole => account::Name;
    ViewClinic => account::Name;
    ChangeClinic => account::Name;
    ViewLocations => account::Name;
    ChangeLocations => account::Name;
    ViewVisitTypes => account::Name;
    ChangeVisitTypes => account::Name;
    ChangeFeatures => account::Name;
    ChangeAges => account::Name;
    ViewAvailability => account::Name;
    ChangeAvailability => account::Name;
    ViewPools => account::Name;
    ChangePools => account::Name;
    ViewJobs => account::Name;
    RunJobAgain => account::Name;

    ViewOwnAccount => account::Name, account::Email, parked_form::Body;
    ViewDirectory => account::Name;
    ViewActingFor => account::Name, related_person::PatientName, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note, caregiver_request::Phone, caregiver_photo::Photo;
    AskCaregiver => account::Name, caregiver_request::Name, caregiver_request::BirthDate, caregiver_request::Note, caregiver_request::Phone;
    // The code that the front desk left for exactly this account, and the date of birth that was typed when asking.
    AcceptCaregiver => account::Name, related_person::PatientName, caregiver_request::Name, caregiver_request::Code, caregiver_request::BirthDate;
    LeaveCaregiver => account::Name;
    ViewOwnSessions => account::Name, session::UserAgent;
    EndOwnSessions => account::Name;
    ChangeOwnSettings => account::Name, account::Email;
    EnrollFactor => account::Name, account::Email, authenticator::Secret;
    ViewOwnFactors => account::Name, account::Email, passkey::Name;
    ChangeFactor => account::Name, account::Email, authenticator::Secret, passkey::Credential, passkey::Name, federated_identity::Identity;
    ChangeEmail => account::Name, account::Email, email_change::Email;
    UndoChange => account::Email, account_undo::Email, account_undo::Before;
    AskPassword => account::Name, account::Email, passkey::Credential;
    SayPassword => account::Name, account::Email, authenticator::Secret, passkey::Credential, federated_identity::Identity;
    // Whether the holder was here with such a browser before.
    SignIn => authenticator::Secret, passkey::Credential, federated_identity::Identity, session::UserAgent;
    // The account is called what the chart is called, once code and date of birth have matched.
    // One that registered is called what they typed, and reached where they said.
    // Whoever chooses another password by a link can take it back from the address of before.
    // Whoever has lost the second step is known to the front desk by the account's name.
    RedeemInvite => patient::Name, registration::Name, registration::Email, account::Email, account::Name;

    SendNotice => account::Email, account_undo::Email;
    // The date of birth becomes a part of the link's keyed hash.
    SendLink => account::Email, email_change::Email, registration::Email, registration::BirthDate;
}
