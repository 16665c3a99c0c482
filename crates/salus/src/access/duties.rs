//! What somebody who works here does: all that their role may, or what a role of the clinic's own names.
//!
//! A role of the clinic's own stands on one of ours: it *keeps* some of what that one may, and *borrows* what others may. Whoever does
//! something borrowed does it as the role that lends it, for that one request: with its proofs, its walls in the database
//! and its word in the ledger. So the policy stays the policy ([`super::policy`]), and nothing is allowed here that it does not allow to
//! somebody. Who comes in and what they may do is lent to nobody, nor what looks at what others did. ADR 0034.

use salus_kernel::{Action, Relation, Role};

use super::policy::{Standing, of_role, who_may};

/// Who lends.
const LENDERS: [Role; 3] = [Role::FrontDesk, Role::Biller, Role::Administrator];

/// What whoever works here does, whatever their role names: the second of two, and what a record asks of whoever opens it.
pub const ALWAYS: [Action; 8] = [
    Action::ViewVouched,
    Action::ConfirmColleague,
    Action::ViewProposed,
    Action::ConfirmRole,
    Action::AskEmergency,
    Action::OpenEmergency,
    Action::AskReason,
    Action::GiveReason,
];

macro_rules! duties {
    ($($(#[$doc:meta])* $name:ident => $word:literal [$($action:ident),+ $(,)?]),+ $(,)?) => {
        /// Actions that make sense together, as somebody who gives work out would say it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Duty { $($(#[$doc])* $name),+ }
        impl Duty {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// As in a form's field.
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $word),+ } }
            /// What it is made of.
            pub const fn actions(self) -> &'static [Action] { match self { $(Self::$name => &[$(Action::$action),+]),+ } }
        }
    };
}

duties! {
    /// Finding patients, and how to reach them.
    Patients => "patients" [FindPatients, ViewProfile],
    /// The day's list, and who has come.
    Day => "day" [ViewDay, ViewVisits, ArriveVisit, FulfilVisit, MissVisit, ReopenVisit],
    /// Booking and moving visits; for who treats them also why somebody comes, and what is noted for it.
    Visits => "visits" [
        ViewVisits, HoldVisit, BookVisit, MoveVisit, CancelVisit, ViewVisitReason, ViewVisitNote, NoteVisit,
    ],
    /// The record, without notes; and what of it is kept private.
    Record => "record" [
        ViewHome, ViewRecord, ViewProblems, ViewAllergies, ViewMedicines, ViewImmunizations, ViewResults, ViewProcedures,
        ViewEncounters, ViewCarePlans, ViewDevices, ViewProvenance, ViewLabels, ChangeLabels,
    ],
    /// Notes and other documents.
    Documents => "documents" [ViewDocuments],
    /// Writing with patients.
    Messages => "messages" [ViewInbox, ViewMessages, ReadThread, SaveDraft, WriteMessage, ClaimThread, CloseThread],
    /// Insurance.
    Coverage => "coverage" [ViewCoverage],
    /// Who is on a care team.
    CareTeam => "care-team" [ViewCareTeam, ChangeCareTeam],
    /// First slips for patients.
    Invites => "invites" [ViewProfile, ViewInvites, InvitePatient, SignPatientOut],
    /// People who registered or want to be let back in, and charts for who has none.
    Registrations => "registrations" [
        ViewProfile, ViewRegistrations, DecideRegistration, CompareAccount, LinkAccount, MakeChart, ViewRecoveries, DecideRecovery,
    ],
    /// Who acts for whom.
    Caregivers => "caregivers" [
        ViewCaregivers, EndCaregiver, InviteCaregiver, CompareCaregiver, GrantCaregiver, ViewCaregiverRequests, RefuseCaregiver,
    ],
    /// The clinic's look, and from which ages on a record is the child's own.
    Clinic => "clinic" [ViewClinic, ChangeClinic, ChangeAges],
    /// What is switched on: with what people sign in is among it, so it is lent to nobody.
    Features => "features" [ViewClinic, ChangeFeatures],
    /// Places.
    Locations => "locations" [ViewClinic, ViewLocations, ChangeLocations],
    /// Kinds of visits.
    VisitTypes => "visit-types" [ViewClinic, ViewVisitTypes, ChangeVisitTypes],
    /// When practitioners can be booked.
    Availability => "availability" [ViewClinic, ViewAvailability, ChangeAvailability],
    /// Who answers messages.
    Pools => "pools" [ViewClinic, ViewPools, ChangePools],
    /// Background work.
    Jobs => "jobs" [ViewJobs, RunJobAgain],
    /// Seeing who works here, and what they may do.
    Colleagues => "colleagues" [ViewStaff],
    /// Who comes in, and as what: an administrator's alone, and of no role of a clinic's own. So there is always one left.
    People => "people" [InviteStaff, ChangeStaff, ChangeRole, VouchColleague, ProposeRole],
    /// The audit log.
    Audit => "audit" [SearchAudit],
    /// Judging what others looked at.
    Reviews => "reviews" [
        ViewEmergencies, SignEmergency, ViewReviews, JudgeFinding, SignReview, ViewWatched, ChangeWatched,
    ],
}

impl Duty {
    /// The reverse of [`Self::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|duty| duty.word() == word)
    }
    /// What is in no part above this one: whoever does none of it does not do this part. The rest only goes with it.
    fn heart(self) -> impl Iterator<Item = Action> {
        let home = |action: &Action| Self::ALL.iter().copied().find(|it| it.actions().contains(action));
        self.actions().iter().copied().filter(move |action| home(action) == Some(self))
    }
    /// All that a role does by itself.
    pub fn whole(role: Role) -> impl Iterator<Item = Action> {
        Self::ALL.iter().flat_map(|duty| duty.actions()).copied().filter(move |action| is_own(role, *action))
    }
    /// What of it a role does by itself, and can keep: nothing where it is no work of its own.
    pub fn own_of(self, role: Role) -> impl Iterator<Item = Action> {
        let offered = self != Self::People && self.heart().any(|action| is_own(role, action));
        self.actions().iter().copied().filter(move |action| offered && is_own(role, *action))
    }
    /// What of it a role can borrow: nothing where it does all of it, for every patient, by itself.
    pub fn lent_to(self, role: Role) -> impl Iterator<Item = Action> {
        let lends = move |action: Action| lender(role, action).is_some();
        let more = move |action: Action| lends(action) && !who_may(action).includes(of_role(role));
        let offered = self.heart().any(more);
        self.actions().iter().copied().filter(move |action| offered && lends(*action))
    }
}

/// Whether a role does this by itself: for everybody, or for patients in its care.
fn is_own(role: Role, action: Action) -> bool {
    let who = who_may(action);
    let in_care = [Relation::CareTeam, Relation::Emergency];
    who.includes(of_role(role)) || (role.treats() && in_care.into_iter().any(|relation| who.includes(relation)))
}

/// Who lends this to somebody of that role. Whoever looks at what others did does none of it; and nobody who treats patients says
/// themselves whom they treat, because a record opens to who does.
fn lender(role: Role, action: Action) -> Option<Role> {
    let own_care = role.treats() && action == Action::ChangeCareTeam;
    if role == Role::PrivacyOfficer
        || own_care
        || action == Action::ChangeFeatures
        || Duty::People.actions().contains(&action)
    {
        return None;
    }
    LENDERS.into_iter().filter(|lender| *lender != role).find(|lender| who_may(action).includes(of_role(*lender)))
}

/// What somebody who works here does.
#[derive(Debug, Clone)]
pub struct Duties {
    base: Role,
    own: Option<Named>,
}

/// What a role of the clinic's own names.
#[derive(Debug, Clone, Default)]
struct Named {
    counts: bool,
    keeps: Vec<Action>,
    borrows: Vec<Action>,
}

impl Duties {
    /// A role of ours.
    pub fn of(base: Role) -> Self {
        Self { base, own: None }
    }
    /// A role of the clinic's own, as its row has it: words of actions. What is no word of ours counts for nothing.
    fn named(base: Role, keeps: &str, borrows: &str) -> Self {
        let actions = |words: &str| {
            let actions = words.split_whitespace().filter_map(Action::from_word);
            actions.filter(|action| !Duty::People.actions().contains(action)).collect()
        };
        Self { base, own: Some(Named { counts: true, keeps: actions(keeps), borrows: actions(borrows) }) }
    }
    /// As the database has it: a role of ours, and which of the clinic's own stands on it, with what that names while it counts.
    pub fn stored<T>(base: Role, own: Option<T>, named: Option<(&str, &str)>) -> Self {
        match (own, named) {
            (None, _) => Self::of(base),
            (Some(_), Some((keeps, borrows))) => Self::named(base, keeps, borrows),
            (Some(_), None) => Self::nothing(base),
        }
    }
    /// A role of the clinic's own that does not count any more: whoever has it does nothing.
    fn nothing(base: Role) -> Self {
        Self { base, own: Some(Named::default()) }
    }
    /// The role that it stands on.
    pub fn base(&self) -> Role {
        self.base
    }
    /// As what they do this across patients: as who lends it, else as what they are.
    pub fn hat(&self, action: Action) -> Option<Role> {
        let own = || Some(self.base).filter(|base| self.keeps(action) && who_may(action).includes(of_role(*base)));
        self.lender(action).or_else(own)
    }
    /// Whether they do this across patients.
    pub fn may(&self, action: Action) -> bool {
        self.hat(action).is_some()
    }
    /// As what they do this in a chart to which they stand so: as that, else as who lends it.
    pub(super) fn in_chart(&self, action: Action, standing: Standing) -> Option<(Role, Standing)> {
        // In an emergency the whole record is open, whatever they read on other days: it is written down, and looked at.
        let emergency = standing.relation == Relation::Emergency && self.counts();
        if (emergency || self.keeps(action)) && who_may(action).includes(standing) {
            return Some((self.base, standing));
        }
        self.lender(action).map(|role| (role, of_role(role).into()))
    }
    /// Whether whoever treats patients does this for those in their care.
    pub fn may_in_care(&self, action: Action) -> bool {
        self.base.treats() && self.in_chart(action, Relation::CareTeam.into()).is_some()
    }
    fn counts(&self) -> bool {
        self.own.as_ref().is_none_or(|named| named.counts)
    }
    fn keeps(&self, action: Action) -> bool {
        let always = self.counts() && ALWAYS.contains(&action);
        self.own.as_ref().is_none_or(|named| always || named.keeps.contains(&action))
    }
    fn lender(&self, action: Action) -> Option<Role> {
        let named = self.own.as_ref()?;
        // Whoever opens a record by something borrowed is asked why, as who lends it is.
        let opens = |action: &Action| lender(self.base, *action).is_some_and(|role| role != Role::Administrator);
        let asked = matches!(action, Action::AskReason | Action::GiveReason) && named.borrows.iter().any(opens);
        if asked || named.borrows.contains(&action) { lender(self.base, action) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(actions: impl Iterator<Item = Action>) -> String {
        actions.map(Action::word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn all_that_staff_may_do_is_somebodys_work() {
        for action in Action::ALL {
            let staff = Role::ALL.iter().any(|role| is_own(*role, *action));
            let named = Duty::ALL.iter().any(|duty| duty.actions().contains(action));
            assert_eq!(staff, named || ALWAYS.contains(action), "{}", action.word());
            assert!(!(named && ALWAYS.contains(action)), "{}", action.word());
        }
        for duty in Duty::ALL {
            assert_eq!(Duty::from_word(duty.word()), Some(*duty));
            assert!(duty.heart().next().is_some(), "{}", duty.word());
            let kept = Role::ALL.iter().any(|role| duty.own_of(*role).next().is_some());
            assert_eq!(kept, *duty != Duty::People, "{}", duty.word());
        }
    }

    #[test]
    fn a_role_of_ours_is_what_the_policy_says() {
        for (role, action) in Role::ALL.iter().flat_map(|role| Action::ALL.iter().map(move |action| (*role, *action))) {
            let duties = Duties::of(role);
            assert_eq!(duties.may(action), who_may(action).includes(of_role(role)), "{role:?} {action:?}");
            // Keeping all of it changes nothing but who decides about people.
            if Duty::People.actions().contains(&action) {
                continue;
            }
            let all = Duties::named(role, &words(Action::ALL.iter().copied()), "");
            for relation in Relation::ALL {
                let standing = Standing::from(*relation);
                let may = |duties: &Duties| duties.in_chart(action, standing).map(|(_, standing)| standing.relation);
                assert_eq!(may(&duties), Some(*relation).filter(|relation| who_may(action).includes(*relation)));
                assert_eq!(may(&duties), may(&all), "{role:?} {action:?} {relation:?}");
            }
        }
    }

    #[test]
    fn who_comes_in_and_what_others_looked_at_is_lent_to_nobody() {
        let everything = words(Action::ALL.iter().copied());
        let kept = Duties::named(Role::Administrator, &everything, &everything);
        assert!(Duty::People.actions().iter().all(|action| !kept.may(*action)), "nor kept");
        for role in Role::ALL {
            let duties = Duties::named(*role, "", &everything);
            for duty in [Duty::People, Duty::Audit, Duty::Reviews, Duty::Record, Duty::Documents, Duty::Messages] {
                assert_eq!(duty.lent_to(*role).next(), None, "{role:?} {duty:?}");
                for action in duty.actions() {
                    let nobody = Standing::from(of_role(*role));
                    assert!(!duties.may(*action) && duties.in_chart(*action, nobody).is_none(), "{role:?} {action:?}");
                }
            }
        }
        let officer = Duties::named(Role::PrivacyOfficer, "", &everything);
        let may: Vec<Action> = Action::ALL.iter().copied().filter(|action| officer.may(*action)).collect();
        assert_eq!(may, [Action::ViewVouched, Action::ConfirmColleague, Action::ViewProposed, Action::ConfirmRole]);
    }

    #[test]
    fn what_is_borrowed_is_done_as_who_lends_it() {
        let borrowed = words(Duty::Visits.lent_to(Role::Nurse));
        let nurse = Duties::named(Role::Nurse, &words(Duty::Visits.own_of(Role::Nurse)), &borrowed);
        let of = |standing: Relation| {
            nurse.in_chart(Action::BookVisit, standing.into()).map(|(role, it)| (role, it.relation))
        };
        assert_eq!(of(Relation::CareTeam), Some((Role::Nurse, Relation::CareTeam)), "in their own care first");
        assert_eq!(of(Relation::Nurse), Some((Role::FrontDesk, Relation::FrontDesk)));
        // Without borrowing, keeping it is for those in their care alone.
        let kept = Duties::named(Role::Nurse, &words(Duty::Visits.own_of(Role::Nurse)), "");
        assert!(kept.in_chart(Action::BookVisit, Relation::Nurse.into()).is_none());
        assert!(kept.in_chart(Action::BookVisit, Relation::CareTeam.into()).is_some());
        // And what is neither kept nor borrowed is nobody's.
        assert!(!kept.may(Action::ViewInbox) && !kept.may(Action::FindPatients));
        assert_eq!(nurse.hat(Action::GiveReason), Some(Role::FrontDesk), "asked why, as who lends it is");
        let pools = Duties::named(Role::Practitioner, "", &words(Duty::Pools.lent_to(Role::Practitioner)));
        assert!(pools.may(Action::ChangePools) && !pools.may(Action::GiveReason), "who opens nothing says no reason");
    }

    #[test]
    fn nobody_lends_themselves_a_record() {
        for role in Role::ALL.iter().filter(|role| role.treats()) {
            assert!(
                Duty::CareTeam.lent_to(*role).all(|action| action != Action::ChangeCareTeam),
                "who treats whom is others' to say"
            );
        }
        assert_eq!(Duty::Features.lent_to(Role::FrontDesk).next(), None, "with what people sign in");
        assert_eq!(Duty::Invites.own_of(Role::Nurse).next(), None, "who sees how to reach a patient makes no slips");
    }

    #[test]
    fn in_an_emergency_the_whole_record_is_open() {
        let nurse = Duties::named(Role::Nurse, "view-day", "");
        let of = |relation: Relation| nurse.in_chart(Action::ViewDocuments, relation.into());
        assert!(of(Relation::CareTeam).is_none() && of(Relation::Emergency).is_some());
        let gone = Duties::nothing(Role::Nurse);
        for action in Action::ALL {
            let any = Relation::ALL.iter().any(|relation| gone.in_chart(*action, (*relation).into()).is_some());
            assert!(!any && !gone.may(*action), "{action:?}");
        }
    }
}
