//! Who may do what: the whole policy, on one screen.
//!
//! One exhaustive match over actions; an action that nobody has answered for does not compile. The code that asks says
//! what it does ([`Action`]), never who may: that is here alone. Printed as `docs/generated/access.txt`.

use salus_kernel::{Action, Relation, Role};

/// The relations to which an action is allowed.
#[derive(Debug, Clone, Copy)]
pub struct Who(&'static [Relation]);

impl Who {
    /// Whether someone who stands in this relation may.
    pub fn includes(self, relation: Relation) -> bool {
        self.0.contains(&relation)
    }
}

use Relation::{Administrator, Biller, CareTeam, Emergency, FrontDesk, Myself, Nurse, Practitioner, PrivacyOfficer};

/// Reads of the record by the patient, those who treat them, and whoever opened it in an emergency.
const CHART: Who = Who(&[Myself, CareTeam, Emergency]);
/// The same, the front desk and the biller: who the person is and how to reach them.
const CONTACT: Who = Who(&[Myself, CareTeam, Emergency, FrontDesk, Biller]);
/// What patients and those who treat them say to each other.
const TALK: Who = Who(&[Myself, CareTeam]);
/// One's own account, whoever one is.
const OWN: Who = Who(&[Myself]);

/// What someone who works here is to patients in general.
pub const fn of_role(role: Role) -> Relation {
    match role {
        Role::Practitioner => Relation::Practitioner,
        Role::Nurse => Relation::Nurse,
        Role::FrontDesk => Relation::FrontDesk,
        Role::Biller => Relation::Biller,
        Role::Administrator => Relation::Administrator,
        Role::PrivacyOfficer => Relation::PrivacyOfficer,
    }
}

/// Who may do this?
pub const fn who_may(action: Action) -> Who {
    match action {
        // a patient's record
        Action::ViewRecord => CHART,
        Action::ViewProfile => CONTACT,
        Action::ViewProblems => CHART,
        Action::ViewAllergies => CHART,
        Action::ViewMedicines => CHART,
        Action::ViewImmunizations => CHART,
        Action::ViewResults => CHART,
        Action::ViewProcedures => CHART,
        Action::ViewEncounters => CHART,
        Action::ViewDocuments => CHART,
        Action::ViewCarePlans => CHART,
        Action::ViewDevices => CHART,
        Action::ViewCoverage => Who(&[Myself, CareTeam, Emergency, Biller]),
        Action::ViewProvenance => CHART,
        Action::ViewAccessLog => Who(&[Myself]),
        Action::ViewInvites | Action::InvitePatient => Who(&[FrontDesk]),
        Action::CompareAccount | Action::LinkAccount => Who(&[FrontDesk]),
        Action::ViewCareTeam => Who(&[Myself, CareTeam, Emergency, FrontDesk]),
        Action::ChangeCareTeam => Who(&[FrontDesk]),
        // Whoever treats patients. Who may read the record anyway is led there.
        Action::AskEmergency | Action::OpenEmergency => Who(&[CareTeam, Emergency, Practitioner, Nurse]),
        // A nurse receives patients whose chart is not open to them: times, and no reasons.
        Action::ViewVisits => Who(&[Myself, CareTeam, Emergency, FrontDesk, Nurse]),
        Action::HoldVisit | Action::BookVisit | Action::MoveVisit | Action::CancelVisit => {
            Who(&[Myself, CareTeam, FrontDesk])
        }
        Action::ViewVisitReason => CHART,
        Action::ViewVisitNote | Action::NoteVisit => Who(&[CareTeam]),
        Action::ArriveVisit | Action::FulfilVisit | Action::MissVisit | Action::ReopenVisit => {
            Who(&[CareTeam, Emergency, FrontDesk, Nurse])
        }
        Action::ViewMessages | Action::ReadThread | Action::WriteMessage | Action::SaveDraft => TALK,
        Action::ClaimThread | Action::CloseThread => Who(&[CareTeam]),

        // across patients
        Action::FindPatients => Who(&[Practitioner, Nurse, FrontDesk, Biller]),
        Action::ViewDay => Who(&[Practitioner, Nurse, FrontDesk]),
        Action::ViewInbox => Who(&[Practitioner, Nurse]),
        Action::ViewRegistrations | Action::DecideRegistration => Who(&[FrontDesk]),
        Action::MakeChart => Who(&[FrontDesk]),
        Action::SearchAudit => Who(&[PrivacyOfficer]),
        Action::ViewEmergencies | Action::SignEmergency => Who(&[PrivacyOfficer]),
        Action::ViewStaff => Who(&[Administrator, PrivacyOfficer]),
        Action::InviteStaff | Action::ChangeStaff => Who(&[Administrator]),
        Action::ViewClinic => Who(&[Administrator]),
        Action::ChangeClinic => Who(&[Administrator]),
        Action::ViewLocations | Action::ChangeLocations => Who(&[Administrator]),
        Action::ViewVisitTypes | Action::ChangeVisitTypes => Who(&[Administrator]),
        Action::ChangeFeatures => Who(&[Administrator]),
        Action::ViewAvailability | Action::ChangeAvailability => Who(&[Administrator]),
        Action::ViewPools | Action::ChangePools => Who(&[Administrator]),
        Action::ViewJobs => Who(&[Administrator]),
        Action::RunJobAgain => Who(&[Administrator]),

        // one's own account
        Action::ViewOwnAccount => OWN,
        Action::ViewDirectory => OWN,
        Action::ViewOwnSessions => OWN,
        Action::EndOwnSessions => OWN,
        Action::ChangeOwnSettings => OWN,
        Action::EnrollFactor => OWN,
        Action::AskFactor => OWN,
        Action::SignIn => OWN,
        Action::SignOut => OWN,
        Action::RedeemInvite => OWN,
        Action::Register => OWN,
        Action::AskForReset => OWN,

        // commands: no web page does these
        Action::ImportRecords => Who(&[]),
        Action::ManageAccounts => Who(&[]),

        // jobs: what follows from a change, under their own names
        Action::SendNotice => Who(&[]),
        Action::SendLink => Who(&[]),
        Action::ForgetRegistration => Who(&[]),
    }
}

/// The access matrix: action by relation, as committed in `docs/generated/access.txt`.
pub fn matrix() -> String {
    let mut out =
        String::from("Who may do what. Generated from access/policy.rs; a change here is a change of policy.\n\n");
    out.push_str(&format!("{:<22}", ""));
    for relation in Relation::ALL {
        out.push_str(&format!("{:<17}", relation.word()));
    }
    for action in Action::ALL {
        out.push_str(&format!("\n{:<22}", action.word()));
        for relation in Relation::ALL {
            out.push_str(&format!("{:<17}", if who_may(*action).includes(*relation) { "yes" } else { "." }));
        }
    }
    let mut out: String = out.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    out.push_str("\n\"self\" is a patient in their own chart, and everybody in their own account.\n");
    out
}
