//! Who may do what: the whole policy, on one screen.
//!
//! One exhaustive match over actions; an action that nobody has answered for does not compile. The code that asks says
//! what it does ([`Action`]), never who may: that is here alone. Printed as `docs/generated/access.txt`.

use salus_kernel::{Action, Relation, Role};

/// The relations to which an action is allowed, and which of them say their password again first, when they have not for a
/// quarter of an hour: a screen that somebody left open does no harm that lasts (ASVS V7.5.1, V7.5.3).
#[derive(Debug, Clone, Copy)]
pub struct Who {
    may: &'static [Relation],
    prove: &'static [Relation],
}

const fn may(relations: &'static [Relation]) -> Who {
    Who { may: relations, prove: &[] }
}

impl Who {
    const fn proved(self) -> Self {
        Self { prove: self.may, ..self }
    }
    const fn proved_by(self, relations: &'static [Relation]) -> Self {
        Self { prove: relations, ..self }
    }
    /// Whether someone who stands in this relation may.
    pub fn includes(self, relation: Relation) -> bool {
        self.may.contains(&relation)
    }
    /// Whether someone who stands in this relation proves first that it is still they.
    pub fn wants_proof(self, relation: Relation) -> bool {
        self.prove.contains(&relation)
    }
}

use Relation::{Administrator, Biller, CareTeam, Emergency, FrontDesk, Myself, Nurse, Practitioner, PrivacyOfficer};

/// Reads of the record by the patient, those who treat them, and whoever opened it in an emergency.
const CHART: Who = may(&[Myself, CareTeam, Emergency]);
/// The same, the front desk and the biller: who the person is and how to reach them.
const CONTACT: Who = may(&[Myself, CareTeam, Emergency, FrontDesk, Biller]);
/// What patients and those who treat them say to each other.
const TALK: Who = may(&[Myself, CareTeam]);
/// One's own account, whoever one is.
const OWN: Who = may(&[Myself]);

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
        // Notes are what is read at somebody's left screen; whoever treats reads them all day.
        Action::ViewDocuments => CHART.proved_by(&[Myself]),
        Action::ViewCarePlans => CHART,
        Action::ViewDevices => CHART,
        Action::ViewCoverage => may(&[Myself, CareTeam, Emergency, Biller]),
        Action::ViewProvenance => CHART,
        Action::ViewAccessLog => may(&[Myself]),
        Action::ViewInvites => may(&[FrontDesk]),
        Action::InvitePatient => may(&[FrontDesk]).proved(),
        Action::CompareAccount => may(&[FrontDesk]),
        Action::LinkAccount => may(&[FrontDesk]).proved(),
        Action::ViewCareTeam => may(&[Myself, CareTeam, Emergency, FrontDesk]),
        Action::ChangeCareTeam => may(&[FrontDesk]).proved(),
        // Whoever treats patients. Who may read the record anyway is led there.
        Action::AskEmergency | Action::OpenEmergency => may(&[CareTeam, Emergency, Practitioner, Nurse]),
        // A nurse receives patients whose chart is not open to them: times, and no reasons.
        Action::ViewVisits => may(&[Myself, CareTeam, Emergency, FrontDesk, Nurse]),
        Action::HoldVisit | Action::BookVisit | Action::MoveVisit | Action::CancelVisit => {
            may(&[Myself, CareTeam, FrontDesk])
        }
        Action::ViewVisitReason => CHART,
        Action::ViewVisitNote | Action::NoteVisit => may(&[CareTeam]),
        Action::ArriveVisit | Action::FulfilVisit | Action::MissVisit | Action::ReopenVisit => {
            may(&[CareTeam, Emergency, FrontDesk, Nurse])
        }
        Action::ViewMessages | Action::ReadThread | Action::SaveDraft => TALK,
        Action::WriteMessage => TALK.proved_by(&[Myself]),
        Action::ClaimThread | Action::CloseThread => may(&[CareTeam]),

        // across patients
        Action::FindPatients => may(&[Practitioner, Nurse, FrontDesk, Biller]),
        Action::ViewDay => may(&[Practitioner, Nurse, FrontDesk]),
        Action::ViewInbox => may(&[Practitioner, Nurse]),
        Action::ViewRegistrations | Action::DecideRegistration => may(&[FrontDesk]),
        Action::MakeChart => may(&[FrontDesk]),
        Action::SearchAudit => may(&[PrivacyOfficer]),
        Action::ViewEmergencies | Action::SignEmergency => may(&[PrivacyOfficer]),
        Action::ViewStaff => may(&[Administrator, PrivacyOfficer]),
        Action::InviteStaff | Action::ChangeStaff => may(&[Administrator]).proved(),
        Action::ViewClinic => may(&[Administrator]),
        Action::ChangeClinic => may(&[Administrator]).proved(),
        Action::ViewLocations => may(&[Administrator]),
        Action::ChangeLocations => may(&[Administrator]).proved(),
        Action::ViewVisitTypes => may(&[Administrator]),
        Action::ChangeVisitTypes => may(&[Administrator]).proved(),
        Action::ChangeFeatures => may(&[Administrator]).proved(),
        Action::ViewAvailability => may(&[Administrator]),
        Action::ChangeAvailability => may(&[Administrator]).proved(),
        Action::ViewPools => may(&[Administrator]),
        Action::ChangePools => may(&[Administrator]).proved(),
        Action::ViewJobs => may(&[Administrator]),
        Action::RunJobAgain => may(&[Administrator]).proved(),

        // one's own account
        Action::ViewOwnAccount => OWN,
        Action::ViewDirectory => OWN,
        Action::ViewOwnSessions => OWN,
        Action::EndOwnSessions => OWN,
        Action::ChangeOwnSettings => OWN,
        Action::ViewOwnFactors => OWN,
        Action::ChangeFactor => OWN.proved(),
        Action::AskPassword | Action::SayPassword => OWN,
        Action::EnrollFactor => OWN,
        Action::AskFactor => OWN,
        Action::SignIn => OWN,
        Action::SignOut => OWN,
        Action::RedeemInvite => OWN,
        Action::Register => OWN,
        Action::AskForReset => OWN,

        // commands: no web page does these
        Action::ImportRecords => may(&[]),
        Action::ManageAccounts => may(&[]),

        // jobs: what follows from a change, under their own names
        Action::SendNotice => may(&[]),
        Action::SendLink => may(&[]),
        Action::ForgetRegistration => may(&[]),
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
            let who = who_may(*action);
            let word = match who.includes(*relation) {
                true if who.wants_proof(*relation) => "proved",
                true => "yes",
                false => ".",
            };
            out.push_str(&format!("{word:<17}"));
        }
    }
    let mut out: String = out.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    out.push_str("\n\"self\" is a patient in their own chart, and everybody in their own account.\n");
    out.push_str("\"proved\": yes, for who said their password within the last 15 minutes.\n");
    out
}
