//! Who may do what: the whole policy, on one screen.
//!
//! One exhaustive match over actions; an action that nobody has answered for does not compile. The code that asks says
//! what it does ([`Action`]), never who may: that is here alone. Printed as `docs/generated/access.txt`.

use salus_kernel::{Action, Reach, Relation, Role, Scope, Scopes};

/// The relations to which an action is allowed, and which of them say their password again first, when they have not for a
/// quarter of an hour: a screen that somebody left open does no harm that lasts (ASVS V7.5.1, V7.5.3). And which of them wait
/// where the address of the account is new: what can't be taken back is not done before the change itself can't be.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    may: &'static [Relation],
    caregivers: Caregivers,
    prove: &'static [Relation],
    proof: Proof,
    settle: &'static [Relation],
}

/// With what somebody proves that it is still they.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The password.
    Password,
    /// Both steps, as when signing in: where how one signs in changes (ASVS V7.5.1).
    BothSteps,
}

/// Which caregivers may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caregivers {
    /// None.
    None,
    /// Those who were given this.
    With(Scope),
    /// Those who were given a part of the record: the page that leads to its sections shows theirs.
    Reading,
    /// Whoever was given anything.
    Any,
}

/// What somebody is to a patient, and what a caregiver was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What they are.
    pub relation: Relation,
    /// What they were given; nothing to others than caregivers.
    pub scopes: Scopes,
}

impl Standing {
    /// How far they see into what is kept private: caregivers what a rule calls sensitive, where it was given; everybody else
    /// to whom the record is open all of it.
    pub fn reach(self) -> Reach {
        match self.relation {
            Relation::Caregiver if self.scopes.contains(Scope::Sensitive) => Reach::Sensitive,
            Relation::Caregiver => Reach::Plain,
            _ => Reach::All,
        }
    }
}

/// A caregiver of whom no more is known was given nothing.
impl From<Relation> for Standing {
    fn from(relation: Relation) -> Self {
        Self { relation, scopes: Scopes::NONE }
    }
}

const fn may(relations: &'static [Relation]) -> Who {
    Who { may: relations, caregivers: Caregivers::None, prove: &[], proof: Proof::Password, settle: &[] }
}

impl Who {
    /// And caregivers who were given this.
    const fn with(self, scope: Scope) -> Self {
        Self { caregivers: Caregivers::With(scope), ..self }
    }
    /// And caregivers who were given a part of the record.
    const fn with_readers(self) -> Self {
        Self { caregivers: Caregivers::Reading, ..self }
    }
    /// And every caregiver.
    const fn with_any(self) -> Self {
        Self { caregivers: Caregivers::Any, ..self }
    }
    const fn proved(self) -> Self {
        Self { prove: self.may, ..self }
    }
    const fn proved_by_both_steps(self) -> Self {
        Self { proof: Proof::BothSteps, ..self.proved() }
    }
    const fn proved_by(self, relations: &'static [Relation]) -> Self {
        Self { prove: relations, ..self }
    }
    const fn settled_by(self, relations: &'static [Relation]) -> Self {
        Self { settle: relations, ..self }
    }
    /// Whether someone who stands so may.
    pub fn includes(self, standing: impl Into<Standing>) -> bool {
        let Standing { relation, scopes } = standing.into();
        match (relation, self.caregivers) {
            (Relation::Caregiver, Caregivers::With(scope)) => scopes.contains(scope),
            (Relation::Caregiver, Caregivers::Reading) => SECTIONS.iter().any(|scope| scopes.contains(*scope)),
            (Relation::Caregiver, Caregivers::Any) => !scopes.is_empty(),
            (Relation::Caregiver, Caregivers::None) => false,
            _ => self.may.contains(&relation),
        }
    }
    /// With what someone who stands in this relation proves first that it is still they, if they do.
    pub fn wants_proof(self, relation: Relation) -> Option<Proof> {
        Some(self.proof).filter(|_| self.prove.contains(&relation))
    }
    /// Whether someone who stands in this relation waits while their address is new.
    pub fn waits_to_settle(self, relation: Relation) -> bool {
        self.settle.contains(&relation)
    }
}

use Relation::{
    Administrator, Biller, CareTeam, Caregiver, Emergency, FrontDesk, Myself, Nurse, Practitioner, PrivacyOfficer,
};

/// What opens sections of the record.
const SECTIONS: [Scope; 4] = [Scope::Clinical, Scope::Medicines, Scope::Billing, Scope::Documents];

/// Reads of the record by the patient, those who treat them, and whoever opened it in an emergency.
const CHART: Who = may(&[Myself, CareTeam, Emergency]);
/// The same, the front desk and the biller: who the person is and how to reach them.
const CONTACT: Who = may(&[Myself, CareTeam, Emergency, FrontDesk, Biller]);
/// What patients and those who treat them have between them.
const TALK: Who = may(&[Myself, CareTeam]);
/// Whoever works here.
const STAFF: &[Relation] = &[Practitioner, Nurse, FrontDesk, Biller, Administrator, PrivacyOfficer];
/// Whoever may open records of patients with whom they have nothing to do, and who are asked why where a record is watched.
pub const WHO_SAY_WHY: &[Relation] = &[FrontDesk, Biller, Nurse];
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
        Action::ViewHome => CHART.with_any(),
        Action::ViewRecord => CHART.with_readers(),
        Action::ViewProfile => CONTACT.with(Scope::Clinical),
        Action::ViewProblems => CHART.with(Scope::Clinical),
        Action::ViewAllergies => CHART.with(Scope::Clinical),
        Action::ViewMedicines => CHART.with(Scope::Medicines),
        Action::ViewImmunizations => CHART.with(Scope::Clinical),
        Action::ViewResults => CHART.with(Scope::Clinical),
        Action::ViewProcedures => CHART.with(Scope::Clinical),
        Action::ViewEncounters => CHART.with(Scope::Clinical),
        // Notes are what is read at somebody's left screen; whoever treats reads them all day.
        Action::ViewDocuments => CHART.with(Scope::Documents).proved_by(&[Myself, Caregiver]),
        Action::ViewCarePlans => CHART.with(Scope::Clinical),
        Action::ViewDevices => CHART.with(Scope::Clinical),
        Action::ViewCoverage => may(&[Myself, CareTeam, Emergency, Biller]).with(Scope::Billing),
        Action::ViewProvenance => CHART.with(Scope::Clinical),
        Action::ViewAccessLog => may(&[Myself]),
        // A file leaves every wall behind.
        Action::ExportAccessLog => may(&[Myself]).proved().settled_by(&[Myself]),
        Action::ViewInvites => may(&[FrontDesk]),
        Action::InvitePatient => may(&[FrontDesk]).proved(),
        Action::SignPatientOut => may(&[FrontDesk]).proved(),
        Action::CompareAccount => may(&[FrontDesk]),
        Action::LinkAccount => may(&[FrontDesk]).proved(),
        // Who acts for the patient; a caregiver gives nothing on.
        Action::ViewCaregivers | Action::EndCaregiver => may(&[Myself, FrontDesk]),
        // What is given on outlives the change of address that a thief began with.
        Action::InviteCaregiver => may(&[Myself, FrontDesk]).proved().settled_by(&[Myself]),
        Action::CompareCaregiver => may(&[FrontDesk]),
        Action::GrantCaregiver => may(&[FrontDesk]).proved(),
        // Who treats the patient, and the patient: nobody else knows that there is anything. What is shown again is shown for good,
        // so the patient, whose phone lies about, says the password.
        Action::ViewLabels => TALK,
        Action::ChangeLabels => TALK.proved_by(&[Myself]),
        Action::ViewCareTeam => may(&[Myself, CareTeam, Emergency, FrontDesk]).with(Scope::Clinical),
        Action::ChangeCareTeam => may(&[FrontDesk]).proved(),
        // Whoever treats patients. Who may read the record anyway is led there.
        Action::AskEmergency | Action::OpenEmergency => may(&[CareTeam, Emergency, Practitioner, Nurse]),
        // Whoever may open any record says why, where it is watched.
        Action::AskReason | Action::GiveReason => may(WHO_SAY_WHY),
        // A nurse receives patients whose chart is not open to them: times, and no reasons.
        Action::ViewVisits => may(&[Myself, CareTeam, Emergency, FrontDesk, Nurse]).with(Scope::Visits),
        Action::HoldVisit | Action::BookVisit | Action::MoveVisit | Action::CancelVisit => {
            may(&[Myself, CareTeam, FrontDesk]).with(Scope::Visits)
        }
        Action::ViewVisitReason => CHART.with(Scope::Clinical),
        Action::ViewVisitNote | Action::NoteVisit => may(&[CareTeam]),
        Action::ArriveVisit | Action::FulfilVisit | Action::MissVisit | Action::ReopenVisit => {
            may(&[CareTeam, Emergency, FrontDesk, Nurse])
        }
        Action::ViewMessages | Action::ReadThread | Action::SaveDraft => TALK.with(Scope::Messages),
        Action::WriteMessage => TALK.with(Scope::Messages).proved_by(&[Myself, Caregiver]),
        Action::ClaimThread | Action::CloseThread => may(&[CareTeam]),

        // across patients
        Action::FindPatients => may(&[Practitioner, Nurse, FrontDesk, Biller]),
        Action::ViewDay => may(&[Practitioner, Nurse, FrontDesk]),
        Action::ViewInbox => may(&[Practitioner, Nurse]),
        Action::ViewRegistrations | Action::DecideRegistration => may(&[FrontDesk]),
        Action::ViewRecoveries => may(&[FrontDesk]),
        Action::DecideRecovery => may(&[FrontDesk]).proved().settled_by(&[FrontDesk]),
        Action::ViewCaregiverRequests | Action::RefuseCaregiver => may(&[FrontDesk]),
        Action::MakeChart => may(&[FrontDesk]),
        Action::SearchAudit => may(&[PrivacyOfficer]),
        Action::ViewEmergencies | Action::SignEmergency => may(&[PrivacyOfficer]),
        Action::ViewReviews | Action::ViewWatched => may(&[PrivacyOfficer]),
        // What a left screen signs off is never looked at again.
        Action::JudgeFinding | Action::SignReview | Action::ChangeWatched => may(&[PrivacyOfficer]).proved(),
        Action::ViewStaff => may(&[Administrator, PrivacyOfficer]),
        Action::InviteStaff => may(&[Administrator]).proved().settled_by(&[Administrator]),
        Action::ChangeStaff => may(&[Administrator]).proved(),
        // A role that was given outlives the change of address that a thief begins with.
        Action::ChangeRole => may(&[Administrator]).proved().settled_by(&[Administrator]),
        // Two people: an administrator, and whoever else works here. Neither is enough.
        Action::VouchColleague => may(&[Administrator]).proved().settled_by(&[Administrator]),
        Action::ViewVouched => may(STAFF),
        Action::ConfirmColleague => may(STAFF).proved().settled_by(STAFF),
        // The same: what a role of the clinic's own is, one says and another confirms.
        Action::ProposeRole => may(&[Administrator]).proved().settled_by(&[Administrator]),
        Action::ViewProposed => may(STAFF),
        Action::ConfirmRole => may(STAFF).proved().settled_by(STAFF),
        Action::ViewClinic => may(&[Administrator]),
        Action::ChangeClinic => may(&[Administrator]).proved(),
        Action::ViewLocations => may(&[Administrator]),
        Action::ChangeLocations => may(&[Administrator]).proved(),
        Action::ViewVisitTypes => may(&[Administrator]),
        Action::ChangeVisitTypes => may(&[Administrator]).proved(),
        Action::ChangeFeatures | Action::ChangeAges => may(&[Administrator]).proved(),
        Action::ViewAvailability => may(&[Administrator]),
        Action::ChangeAvailability => may(&[Administrator]).proved(),
        Action::ViewPools => may(&[Administrator]),
        Action::ChangePools => may(&[Administrator]).proved(),
        Action::ViewJobs => may(&[Administrator]),
        Action::RunJobAgain => may(&[Administrator]).proved(),

        // one's own account
        Action::ViewOwnAccount => OWN,
        Action::ViewDirectory => OWN,
        Action::ViewActingFor | Action::AskCaregiver | Action::AcceptCaregiver | Action::LeaveCaregiver => OWN,
        Action::ViewOwnSessions => OWN,
        Action::EndOwnSessions => OWN.proved(),
        Action::ChangeOwnSettings => OWN,
        Action::ViewOwnFactors => OWN,
        Action::ChangeFactor | Action::ChangeEmail => OWN.proved_by_both_steps(),
        Action::UndoChange => OWN,
        Action::AskPassword | Action::SayPassword => OWN,
        Action::EnrollFactor => OWN,
        Action::AskFactor => OWN,
        Action::SignIn => OWN,
        Action::SignOut => OWN,
        Action::RecoverAccount => OWN,
        Action::RedeemInvite => OWN,
        Action::Register => OWN,
        Action::AskForReset => OWN,

        // commands: no web page does these
        Action::ImportRecords => may(&[]),
        Action::ManageAccounts => may(&[]),

        // jobs: what follows from a change, under their own names
        Action::SendNotice => may(&[]),
        Action::SendLink => may(&[]),
        Action::FindUnusual => may(&[]),
        Action::ForgetRegistration => may(&[]),
    }
}

/// The access matrix: action by relation, as committed in `docs/generated/access.txt`.
pub fn matrix() -> String {
    let mut out =
        String::from("Who may do what. Generated from access/policy.rs; a change here is a change of policy.\n\n");
    out.push_str(&format!("{:<22}", ""));
    for relation in Relation::ALL {
        out.push_str(&format!("{:<18}", relation.word()));
    }
    for action in Action::ALL {
        out.push_str(&format!("\n{:<22}", action.word()));
        for relation in Relation::ALL {
            let who = who_may(*action);
            let word = match (relation, who.caregivers) {
                (Relation::Caregiver, Caregivers::Any) => "yes",
                (Relation::Caregiver, Caregivers::With(scope)) => scope.word(),
                (Relation::Caregiver, Caregivers::Reading) => "a section",
                _ if who.includes(*relation) => "yes",
                _ => ".",
            };
            let word = match (word, who.wants_proof(*relation)) {
                (".", _) | (_, None) => word.to_owned(),
                ("yes", Some(Proof::Password)) => "proved".to_owned(),
                ("yes", Some(Proof::BothSteps)) => "proved twice".to_owned(),
                (scope, Some(_)) => format!("{scope}, proved"),
            };
            let word = if who.waits_to_settle(*relation) { format!("{word}, settled") } else { word };
            out.push_str(&format!("{word:<18}"));
        }
    }
    let mut out: String = out.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    out.push_str(
        "\nA word under \"caregiver\" is what the caregiver must have been given; \"yes\" there means anything.\n",
    );
    out.push_str("\"a section\" there means clinical, medicines, billing or documents.\n");
    out.push_str("\"self\" is a patient in their own chart, and everybody in their own account.\n");
    out.push_str("\"proved\": yes, for who said their password, or used a passkey, within the last 15 minutes.\n");
    out.push_str("\"proved twice\": yes, for who also showed their second step within the last 15 minutes.\n");
    out.push_str("\"settled\": not within 72 hours of a change of their e-mail address.\n");
    out
}
