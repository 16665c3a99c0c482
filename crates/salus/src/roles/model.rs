//! What a role of the clinic's own is made of. Pure.

use std::collections::BTreeSet;

use salus_kernel::{Action, Role};

use crate::access::{
    Duty,
    policy::{of_role, who_may},
};

/// The longest name of a role.
pub const LONGEST: usize = 60;

/// What a role is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What the clinic calls it.
    pub name: String,
    /// The role of ours that it stands on.
    pub base: Role,
    /// What it does of that one's work.
    pub keeps: BTreeSet<Action>,
    /// What it does of others' work.
    pub borrows: BTreeSet<Action>,
}

/// On what a role can stand. Whoever looks at what others did looks at all of it.
pub const CAN_STAND_ON: [Role; 5] =
    [Role::Practitioner, Role::Nurse, Role::FrontDesk, Role::Biller, Role::Administrator];

/// All that a role does by itself, of what can be kept.
pub fn own(base: Role) -> BTreeSet<Action> {
    Duty::ALL.iter().flat_map(|duty| duty.own_of(base)).collect()
}

/// What these parts of a role's work are made of.
pub fn kept(base: Role, duties: &[Duty]) -> BTreeSet<Action> {
    duties.iter().flat_map(|duty| duty.own_of(base)).collect()
}

/// What these parts of others' work are made of.
pub fn borrowed(base: Role, duties: &[Duty]) -> BTreeSet<Action> {
    duties.iter().flat_map(|duty| duty.lent_to(base)).collect()
}

/// As stored.
pub fn as_words(actions: &BTreeSet<Action>) -> String {
    actions.iter().map(|action| action.word()).collect::<Vec<_>>().join(" ")
}

/// The reverse.
pub fn from_words(words: &str) -> BTreeSet<Action> {
    words.split_whitespace().filter_map(Action::from_word).collect()
}

/// Something that a role does: for everybody, or for patients in its care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// What.
    pub action: Action,
    /// For every patient, where the role itself does it for those in its care.
    pub for_all: bool,
}

/// All that a role does, as people compare it. What is borrowed and done by itself already is said once.
pub fn items(base: Role, keeps: &BTreeSet<Action>, borrows: &BTreeSet<Action>) -> BTreeSet<Item> {
    let by_itself = |action: Action| who_may(action).includes(of_role(base)) && keeps.contains(&action);
    let kept = keeps.iter().map(|action| Item { action: *action, for_all: false });
    let more = borrows.iter().filter(|action| !by_itself(**action));
    let more = more.map(|action| Item { action: *action, for_all: own(base).contains(action) && base.treats() });
    kept.chain(more).collect()
}

/// All that a role of ours does, as people compare it: also what no other can keep.
pub fn of_base(base: Role) -> BTreeSet<Item> {
    items(base, &Duty::whole(base).collect(), &BTreeSet::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_what_is_said() {
        let base = Role::Nurse;
        let before = items(base, &own(base), &BTreeSet::new());
        let keeps: BTreeSet<Action> = own(base).into_iter().filter(|action| *action != Action::ViewDocuments).collect();
        let after = items(base, &keeps, &borrowed(base, &[Duty::Visits, Duty::Invites]));
        let lost: Vec<Action> = before.difference(&after).map(|item| item.action).collect();
        assert_eq!(lost, [Action::ViewDocuments]);
        let gained: Vec<(Action, bool)> = after.difference(&before).map(|item| (item.action, item.for_all)).collect();
        assert!(gained.contains(&(Action::BookVisit, true)) && gained.contains(&(Action::InvitePatient, false)));
        assert!(
            gained.iter().all(|(action, _)| *action != Action::ViewVisits),
            "a nurse sees everybody's visits anyway"
        );
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for base in Role::ALL {
            assert_eq!(from_words(&as_words(&own(*base))), own(*base));
        }
        assert_eq!(from_words("no-such-word view-day"), BTreeSet::from([Action::ViewDay]));
    }
}
