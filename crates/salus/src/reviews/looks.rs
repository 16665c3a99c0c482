//! What a look is, and what explains it. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use salus_db::{ledger::LedgerRow, row};
use salus_kernel::{AccountId, Action, Instant, MINUTE, PatientId, Role};
use salus_ledger::{ActorKind, Kind, Outcome, Relation};

const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What was done about a patient so long before a look explains it: somebody wrote in the evening, and the desk looks in the morning.
pub const BEFORE: i64 = 2 * DAY;
/// A visit so long before or after a look explains it.
const AROUND_VISIT: i64 = 7 * DAY;
/// A visit so long before explains that somebody looks who writes bills.
pub const BILLED_WITHIN: i64 = 90 * DAY;
/// So many records within an hour, which nothing explains, stand out by themselves.
pub const MANY: usize = 10;

/// Somebody who works here opened a record that was not in their care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Instant,
    /// Who.
    pub account: AccountId,
    /// Whose record.
    pub patient: PatientId,
    /// Whether they write bills.
    pub bills: bool,
}

/// Something was done about a patient, by anybody with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// When it was done.
    pub at: Instant,
    /// About whom.
    pub patient: PatientId,
    /// By whom.
    pub account: AccountId,
    /// Whether it explains looks of who did it.
    pub own: Own,
}

/// Whether what somebody did explains that they looked. What costs nothing and nobody notices does not: else who is curious does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// It does: the patient, or whoever they asked for, hears of it.
    Yes,
    /// As long as the visit that was booked still stands.
    WithVisit,
    /// It explains other people's looks alone.
    No,
}

impl Own {
    fn of(action: &str) -> Self {
        match Action::from_word(action) {
            Some(Action::BookVisit | Action::MoveVisit) => Self::WithVisit,
            Some(
                Action::CancelVisit
                | Action::InvitePatient
                | Action::LinkAccount
                | Action::InviteCaregiver
                | Action::GrantCaregiver
                | Action::MakeChart
                | Action::WriteMessage
                | Action::ArriveVisit,
            ) => Self::Yes,
            _ => Self::No,
        }
    }
}

/// What the ledger has of a day, and of what came before it.
#[derive(Debug, Default)]
pub struct Day {
    /// Entries of the day.
    pub entries: i64,
    /// Of these: looks at a record by who works here, in their care or not.
    pub looks: i64,
    /// Of these: refusals of who works here.
    pub refused: i64,
    /// The looks that want to be explained.
    pub open: Vec<Look>,
    /// What was done, also in the days before.
    pub deeds: Vec<Deed>,
    /// Entries of one request about one patient are one look.
    seen: HashSet<(String, PatientId)>,
}

impl Day {
    /// Takes an entry that was recorded before `until`; the day itself begins at `from`, and only what was done counts from before it.
    pub fn take(&mut self, row: &LedgerRow, from: Instant) {
        let today = row.recorded >= from;
        self.entries += i64::from(today);
        let Some(entry) = row.entry() else { return };
        let draft = &entry.draft;
        let account = draft.actor.account().and_then(|account| account.parse().ok());
        let (ActorKind::Account, Some(account)) = (draft.actor.kind, account) else { return };
        let role = draft.actor.roles.first().and_then(|role| Role::from_word(role.as_str()));
        let works_here = role.filter(|_| !matches!(draft.relation, Relation::Myself | Relation::Caregiver));
        // Who is asked why was not turned away.
        let turned_away = matches!(&draft.outcome, Outcome::Refused(why) if why.as_str() != "reason-missing");
        self.refused += i64::from(today && works_here.is_some() && draft.kind == Kind::Refusal && turned_away);
        let Some(patient) = draft.patient.as_deref().and_then(|patient| patient.parse().ok()) else { return };
        match (draft.kind, &draft.outcome) {
            // What wrote nothing was not done.
            (Kind::Outcome, Outcome::Done) if !draft.rows.is_empty() && leaves_a_trace(&row.action) => {
                self.deeds.push(Deed { at: row.recorded, patient, account, own: Own::of(&row.action) });
            }
            (Kind::Read | Kind::Change, Outcome::Allowed) if today => {
                let Some(role) = works_here.filter(|_| !ASKED.iter().any(|own| own.word() == row.action)) else {
                    return;
                };
                if !self.seen.insert((row.request.clone(), patient)) {
                    return;
                }
                self.looks += 1;
                // Who treats the patient has a reason; what is opened in an emergency is judged by itself.
                if draft.relation != Relation::CareTeam && draft.purpose.as_str() != "emergency" {
                    self.open.push(Look { at: row.recorded, account, patient, bills: role == Role::Biller });
                }
            }
            _ => {}
        }
    }
}

/// What is asked before a record opens, or only says why it does.
const ASKED: [Action; 4] = [Action::AskEmergency, Action::OpenEmergency, Action::AskReason, Action::GiveReason];

/// What is done for nobody to see explains nothing: a time that is kept for some minutes, a draft.
fn leaves_a_trace(action: &str) -> bool {
    [Action::HoldVisit, Action::SaveDraft].iter().chain(&ASKED).all(|hidden| hidden.word() != action)
}

/// Somebody said why they open a watched record.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    account: AccountId,
    patient: PatientId,
    from: Instant,
    until: Instant,
}
row!(Said { account: account_id, patient: patient_id, from: starts_at, until: ends_at });

impl Said {
    /// Whether this look is the one they said it of: it is judged by what they said.
    pub fn of(&self, look: &Look) -> bool {
        (self.account, self.patient) == (look.account, look.patient) && (self.from..self.until).contains(&look.at)
    }
}

/// What may explain looks.
#[derive(Debug, Default)]
pub struct Known {
    deeds: HashMap<PatientId, Vec<Deed>>,
    visits: HashMap<PatientId, Vec<Instant>>,
}

impl Known {
    /// What was done, and when visits are or were.
    pub fn of(deeds: &[Deed], visits: &[(PatientId, Instant)]) -> Self {
        let mut known = Self::default();
        for deed in deeds {
            known.deeds.entry(deed.patient).or_default().push(*deed);
        }
        for (patient, at) in visits {
            known.visits.entry(*patient).or_default().push(*at);
        }
        known
    }

    /// Whether a look has a reason that one can see: something was done about the patient in the days before or until the end of this
    /// one, or there is a visit about now.
    fn explains(&self, look: &Look) -> bool {
        let around = |at: Instant, before: i64, after: i64| (look.at.plus(-before)..=look.at.plus(after)).contains(&at);
        let visit = |before: i64, after: i64| {
            self.visits.get(&look.patient).is_some_and(|all| all.iter().any(|at| around(*at, before, after)))
        };
        let counts = |deed: &Deed| match deed.own {
            _ if deed.account != look.account => true,
            Own::Yes => true,
            Own::WithVisit => visit(0, BILLED_WITHIN),
            Own::No => false,
        };
        let deed = |deed: &Deed| around(deed.at, BEFORE, DAY) && counts(deed);
        let before_visit = if look.bills { BILLED_WITHIN } else { AROUND_VISIT };
        visit(before_visit, AROUND_VISIT) || self.deeds.get(&look.patient).is_some_and(|all| all.iter().any(deed))
    }

    /// The looks that nothing explains.
    pub fn unexplained(&self, looks: &[Look]) -> Vec<Look> {
        looks.iter().filter(|look| !self.explains(look)).copied().collect()
    }
}

/// One person's looks at one record on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Who.
    pub account: AccountId,
    /// Whose record.
    pub patient: PatientId,
    /// The first look.
    pub first: Instant,
    /// The last one.
    pub last: Instant,
    /// How many.
    pub looks: i64,
}

/// The looks by who and whose.
pub fn pairs(looks: &[Look]) -> Vec<Pair> {
    let mut pairs: BTreeMap<(AccountId, PatientId), Pair> = BTreeMap::new();
    for Look { at, account, patient, .. } in looks.iter().copied() {
        let pair = pairs.entry((account, patient)).or_insert(Pair { account, patient, first: at, last: at, looks: 0 });
        pair.first = pair.first.min(at);
        pair.last = pair.last.max(at);
        pair.looks += 1;
    }
    pairs.into_values().collect()
}

/// Many records within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Who.
    pub account: AccountId,
    /// Its first look.
    pub first: Instant,
    /// Its last one.
    pub last: Instant,
    /// How many records.
    pub records: usize,
}

/// For each person the hour of the day with most records, where these are [`MANY`].
pub fn bursts(looks: &[Look]) -> Vec<Burst> {
    let mut by_account: BTreeMap<AccountId, Vec<&Look>> = BTreeMap::new();
    for look in looks {
        by_account.entry(look.account).or_default().push(look);
    }
    let busiest = |(account, mut looks): (AccountId, Vec<&Look>)| {
        looks.sort_by_key(|look| look.at);
        let hours = looks.iter().enumerate().map(|(start, first)| {
            let within = looks.iter().skip(start).take_while(|look| look.at.since(first.at) < HOUR);
            let records: HashSet<PatientId> = within.clone().map(|look| look.patient).collect();
            let last = within.last().map_or(first.at, |look| look.at);
            Burst { account, first: first.at, last, records: records.len() }
        });
        hours.max_by_key(|burst| (burst.records, std::cmp::Reverse(burst.first)))
    };
    by_account.into_iter().filter_map(busiest).filter(|burst| burst.records >= MANY).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Instant {
        Instant::from_micros(1_795_372_200_000_000)
    }
    fn account(number: u8) -> AccountId {
        AccountId::new(noon(), [number; 10])
    }
    fn patient(number: u8) -> PatientId {
        PatientId::new(noon(), [number; 10])
    }
    fn look(minutes: i64, whose: u8) -> Look {
        Look { at: noon().plus(minutes * MINUTE), account: account(1), patient: patient(whose), bills: false }
    }

    #[test]
    fn what_was_done_and_what_is_planned_explains_a_look() {
        let explained = |look: Look, deeds: &[Instant], visits: &[Instant]| {
            let deed = |at: &Instant| Deed { at: *at, patient: patient(7), account: account(2), own: Own::No };
            let deeds: Vec<Deed> = deeds.iter().map(deed).collect();
            let visits: Vec<_> = visits.iter().map(|at| (patient(7), *at)).collect();
            Known::of(&deeds, &visits).unexplained(&[look]).is_empty()
        };
        let one = look(0, 7);
        assert!(!explained(one, &[], &[]));
        for (after, known) in [(-3 * DAY, false), (-2 * DAY, true), (-MINUTE, true), (HOUR, true), (2 * DAY, false)] {
            assert_eq!(explained(one, &[noon().plus(after)], &[]), known, "a deed {after} after");
        }
        for (after, known) in [(-8 * DAY, false), (-7 * DAY, true), (7 * DAY, true), (8 * DAY, false)] {
            assert_eq!(explained(one, &[], &[noon().plus(after)]), known, "a visit {after} after");
        }
        let bill = Look { bills: true, ..one };
        assert!(explained(bill, &[], &[noon().plus(-90 * DAY)]) && !explained(bill, &[], &[noon().plus(-91 * DAY)]));
        assert!(!explained(look(0, 8), &[noon()], &[noon()]), "another patient's");
    }

    #[test]
    fn what_somebody_did_explains_their_own_look_where_it_is_noticed() {
        let explained = |own: Own, visits: &[i64]| {
            let deed = Deed { at: noon(), patient: patient(7), account: account(1), own };
            let visits: Vec<_> = visits.iter().map(|after| (patient(7), noon().plus(*after))).collect();
            Known::of(&[deed], &visits).unexplained(&[look(0, 7)]).is_empty()
        };
        assert!(explained(Own::Yes, &[]) && !explained(Own::No, &[]));
        assert!(explained(Own::WithVisit, &[30 * DAY]));
        assert!(!explained(Own::WithVisit, &[]), "booked, and canceled since");
        let all = [("book-visit", Own::WithVisit), ("reopen-visit", Own::No), ("change-care-team", Own::No)];
        assert!(all.iter().all(|(action, own)| Own::of(action) == *own) && Own::of("link-account") == Own::Yes);
    }

    #[test]
    fn looks_of_one_at_one_are_one_pair() {
        let pairs = pairs(&[look(5, 7), look(0, 7), look(3, 8)]);
        let told: Vec<_> = pairs.iter().map(|pair| (pair.looks, pair.first, pair.last)).collect();
        let at = |minutes| noon().plus(minutes * MINUTE);
        assert_eq!(told, [(2, at(0), at(5)), (1, at(3), at(3))]);
    }

    #[test]
    fn many_records_in_an_hour_stand_out_and_many_looks_at_one_do_not() {
        let every =
            |minutes: i64, count: u8| (0..count).map(move |n| look(i64::from(n) * minutes, n)).collect::<Vec<_>>();
        assert!(bursts(&every(1, 9)).is_empty());
        assert!(bursts(&every(7, 40)).is_empty(), "nine in each hour");
        assert!(bursts(&(0..40).map(|n| look(n, 7)).collect::<Vec<_>>()).is_empty());
        let found = bursts(&every(3, 40));
        assert_eq!(found.len(), 1);
        let burst = found[0];
        assert_eq!((burst.records, burst.first, burst.last), (20, noon(), noon().plus(57 * MINUTE)));
    }
}
