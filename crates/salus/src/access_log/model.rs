//! What an entry of the ledger says to the patient whom it is about. Pure.

use std::collections::HashSet;

use jiff::{civil::Date, tz::TimeZone};
use salus_db::ledger::{LedgerRow, Mark};
use salus_kernel::{AccountId, Instant, Role};
use salus_ledger::{ActorKind, EntryDraft, Outcome, Relation};

use crate::{
    clinic::role_in_words,
    shell::{dates, words},
};

/// How many groups of looks a page has at least, as long as there are so many: days are never split for less.
pub const WANTED: usize = 40;
/// How many entries a page takes together at most, also within one day.
pub const MOST: usize = 1000;

/// What it is called that somebody has to say why they open a watched record.
const ASKED_WHY: &str = "asked-why";

/// Who looked, as far as a patient may know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// The account that asks.
    You,
    /// An account that counts as the patient, and is not the one that asks.
    YouElsewhere,
    /// Someone who works here, by their account: in the role, and in the relation, that they had then.
    Staff {
        /// The account's id.
        account: String,
        /// The role's word.
        role: String,
        /// Whether they were of the care team.
        care_team: bool,
    },
    /// Someone who acts for the patient, by their account.
    Caregiver(String),
    /// Someone with an account who has nothing to do with the patient.
    Stranger,
    /// A job or a command, by its name.
    Program(String),
    /// Not signed in.
    Nobody,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// Where the list goes on after it.
    pub mark: Mark,
    /// Entries of one request are one look.
    request: String,
    who: Who,
    action: String,
    purpose: String,
    refused: bool,
    /// Whether the patient stood in a list, and was not looked at alone.
    listed: bool,
}

impl Line {
    /// Reads a row. After a purge only its columns are left, and they are enough to say who did what.
    pub fn of(row: &LedgerRow, own: AccountId) -> Self {
        let entry = row.entry();
        let draft = entry.as_ref().map(|entry| &entry.draft);
        let who = match (draft, &row.account) {
            (Some(draft), _) => who(draft, own),
            (None, Some(account)) if *account == own.to_string() => Who::You,
            (None, Some(account)) => Who::Staff { account: account.clone(), role: String::new(), care_team: false },
            (None, None) => Who::Nobody,
        };
        let reason = draft.and_then(|draft| match &draft.outcome {
            Outcome::Refused(reason) => Some(reason.as_str()),
            _ => None,
        });
        // Who is asked why, and then says it, was not turned away.
        let asked_why = reason == Some("reason-missing");
        Self {
            at: row.recorded,
            mark: row.mark(),
            request: row.request.clone(),
            who,
            action: if asked_why { ASKED_WHY.to_owned() } else { row.action.clone() },
            purpose: draft.map(|draft| draft.purpose.to_string()).unwrap_or_default(),
            refused: !asked_why && (row.kind == "refusal" || reason.is_some()),
            listed: row.patient.is_none(),
        }
    }

    /// Whether somebody else at the clinic opened the record itself.
    pub fn is_a_look_by_others(&self) -> bool {
        matches!(self.who, Who::Staff { .. }) && !self.refused && !self.listed && self.action != ASKED_WHY
    }

    /// The request that it belongs to.
    pub fn request(&self) -> &str {
        &self.request
    }
}

fn who(draft: &EntryDraft, own: AccountId) -> Who {
    let id = draft.actor.id.clone().unwrap_or_default();
    match draft.actor.kind {
        ActorKind::Account if id == own.to_string() => Who::You,
        ActorKind::Account if draft.relation == Relation::Myself => Who::YouElsewhere,
        ActorKind::Account if draft.relation == Relation::Caregiver => Who::Caregiver(id),
        ActorKind::Account => match draft.actor.roles.first() {
            Some(role) => {
                Who::Staff { account: id, role: role.to_string(), care_team: draft.relation == Relation::CareTeam }
            }
            None => Who::Stranger,
        },
        ActorKind::Job | ActorKind::Command => Who::Program(id),
        ActorKind::Nobody => Who::Nobody,
    }
}

/// Looks of the same kind by the same person on one day.
#[derive(Debug, Clone)]
pub struct Group {
    /// Who.
    pub who: Who,
    /// Whether it was refused.
    pub refused: bool,
    action: String,
    purpose: String,
    last: Instant,
    requests: HashSet<String>,
}

/// The days with their groups, both the newest first. The lines come newest first.
pub fn days(lines: &[Line], zone: &TimeZone) -> Vec<(Date, Vec<Group>)> {
    let mut days: Vec<(Date, Vec<Group>)> = Vec::new();
    for line in lines {
        let date = dates::on(line.at, zone);
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, Vec::new()));
        }
        let Some((_, groups)) = days.last_mut() else { continue };
        let same =
            |group: &&mut Group| group.who == line.who && group.action == line.action && group.refused == line.refused;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.requests.insert(line.request.clone());
            }
            None => groups.push(Group::of(line)),
        }
    }
    days
}

/// How many of the lines make a page: as few whole days as hold [`WANTED`] groups. Nothing means: there are not so many yet.
///
/// The last day may go on in the next batch, so it never counts, unless it alone has [`MOST`] lines.
pub fn page_of(lines: &[Line], zone: &TimeZone) -> Option<usize> {
    let last = dates::on(lines.last()?.at, zone);
    let whole = lines.partition_point(|line| dates::on(line.at, zone) > last);
    let (before, _) = lines.split_at(whole);
    let (mut taken, mut groups) = (0, 0);
    for day in before.chunk_by(|one, next| dates::on(one.at, zone) == dates::on(next.at, zone)) {
        taken += day.len();
        groups += days(day, zone).iter().map(|(_, groups)| groups.len()).sum::<usize>();
        if groups >= WANTED {
            return Some(taken);
        }
    }
    (lines.len() >= MOST).then_some(if whole > 0 { whole } else { lines.len() })
}

/// Each look by itself, in the order of the lines: entries of one request that say the same are one.
pub fn looks(lines: &[Line]) -> Vec<Group> {
    let mut seen = HashSet::new();
    lines.iter().filter(|line| seen.insert((&line.request, &line.action, line.refused))).map(Group::of).collect()
}

impl Group {
    /// One look.
    fn of(line: &Line) -> Self {
        Self {
            who: line.who.clone(),
            refused: line.refused,
            action: line.action.clone(),
            purpose: line.purpose.clone(),
            last: line.at,
            requests: HashSet::from([line.request.clone()]),
        }
    }

    /// When the last of them was.
    pub fn at(&self) -> Instant {
        self.last
    }

    /// What was done, in words.
    pub fn what(&self) -> String {
        what(&self.action, self.refused)
    }

    /// Why, in words; nothing for what was refused.
    pub fn purpose(&self) -> String {
        match (&self.who, self.refused) {
            (_, true) => String::new(),
            (Who::You, _) => words::t("access-log-purpose-own"),
            _ if self.purpose.is_empty() => String::new(),
            _ => words::t(&format!("access-log-purpose-{}", self.purpose)),
        }
    }

    /// When, or how often and when last.
    pub fn time(&self, zone: &TimeZone) -> String {
        let last = dates::time_with_zone(self.last, zone);
        match self.requests.len() {
            0 | 1 => last,
            many => words::t_with(
                "access-log-times",
                [("count", u64::try_from(many).unwrap_or(u64::MAX).into()), ("time", last.into())],
            ),
        }
    }

    /// Who, in words; `name` is the name of a member of the staff, or of a caregiver.
    pub fn name(&self, name: impl FnOnce(&str) -> Option<String>) -> String {
        match &self.who {
            Who::You => words::t("access-log-you"),
            Who::YouElsewhere => words::t("access-log-you-elsewhere"),
            Who::Staff { account, .. } => name(account).unwrap_or_else(|| words::t("access-log-former")),
            Who::Caregiver(account) => name(account).unwrap_or_else(|| words::t("access-log-caregiver")),
            Who::Stranger => words::t("access-log-stranger"),
            Who::Program(_) => words::t("access-log-program"),
            Who::Nobody => words::t("access-log-nobody"),
        }
    }

    /// As what, in words. Of which care team a practitioner was is known only where one chart was asked for.
    pub fn role(&self) -> String {
        match &self.who {
            Who::Staff { role, care_team: true, .. } if role == "practitioner" => words::t("access-log-role-care-team"),
            Who::Staff { role, .. } if role == "practitioner" && self.refused => {
                words::t("access-log-role-not-care-team")
            }
            Who::Staff { role, .. } => Role::from_word(role).map(role_in_words).unwrap_or_default(),
            Who::Caregiver(_) => words::t("access-log-role-caregiver"),
            Who::Program(name) => match name.as_str() {
                "import" => words::t("access-log-program-import"),
                "access-review" => words::t("access-log-program-review"),
                "accounts" => words::t("access-log-program-accounts"),
                _ => name.clone(),
            },
            _ => String::new(),
        }
    }
}

/// An action in words: what was done, or tried. What is not about one patient is never tried on one, and has no words for it.
fn what(action: &str, refused: bool) -> String {
    let kind = if refused { "tried" } else { "action" };
    words::known(&format!("access-log-{kind}-{action}"))
        .map_or_else(|| words::t(&format!("access-log-{kind}-other")), str::to_owned)
}

#[cfg(test)]
mod tests {
    use salus_kernel::{Action, ChainId, MINUTE, PatientId};
    use salus_ledger::{Actor, Entry, Kind, Word};

    use super::*;

    const ZONE: &str = "America/Chicago";

    fn account(number: u8) -> AccountId {
        AccountId::new(Instant::from_micros(1_700_000_000_000_000), [number; 10])
    }

    fn word(text: &str) -> Word {
        Word::new(text).unwrap()
    }

    /// A row as the reader gives it.
    fn row(
        at: Instant,
        request: u8,
        refused: bool,
        actor: Actor,
        relation: Relation,
        action: Action,
        listed: bool,
    ) -> LedgerRow {
        let (kind, outcome) = if refused {
            (Kind::Refusal, Outcome::Refused(word("no-relation")))
        } else {
            (Kind::Read, Outcome::Allowed)
        };
        let seq = u64::from(request);
        let patient = PatientId::new(Instant::from_micros(1_700_000_000_000_000), [9; 10]).to_string();
        let mut draft = EntryDraft::new(kind, [request; 16], actor, word(action.word()), word("treatment"), outcome);
        draft.relation = relation;
        if listed {
            draft.patients = vec![patient.clone()];
        } else {
            draft.patient = Some(patient.clone());
        }
        let chain = ChainId::new(Instant::from_micros(1_700_000_000_000_000), [1; 10]);
        let entry = Entry {
            clinic: salus_ledger::ClinicId::new(chain.uuid()),
            chain: salus_ledger::ChainId::new(chain.uuid()),
            seq,
            recorded: salus_ledger::Micros(at.micros()),
            draft: draft.clone(),
        };
        LedgerRow {
            chain,
            seq,
            recorded: at,
            kind: kind.word().to_owned(),
            action: action.word().to_owned(),
            account: draft.actor.account().map(str::to_owned),
            patient: draft.patient.clone(),
            patients: Vec::new(),
            request: format!("{request}"),
            canonical: Some(entry.canonical().unwrap()),
            leaf: Vec::new(),
            head: Vec::new(),
        }
    }

    fn doctor(number: u8) -> Actor {
        let mut actor = Actor::new(ActorKind::Account, &account(number).to_string());
        actor.roles = vec![word("practitioner")];
        actor
    }

    fn noon(days: i64) -> Instant {
        Instant::from_micros(1_795_372_200_000_000).plus(-days * 24 * 60 * MINUTE) // November 22, 2026, 12:30 pm in Chicago
    }

    fn read(at: Instant, request: u8, actor: Actor, relation: Relation, action: Action) -> LedgerRow {
        row(at, request, false, actor, relation, action, false)
    }

    fn lines(rows: &[LedgerRow]) -> Vec<Line> {
        rows.iter().map(|row| Line::of(row, account(1))).collect()
    }

    #[test]
    fn every_action_has_words() {
        for action in Action::ALL {
            let id = format!("access-log-action-{}", action.word());
            assert!(!words::t(&id).starts_with('['), "{id}");
            assert!(!what(action.word(), true).starts_with('['), "access-log-tried-{}", action.word());
        }
        assert_eq!(what(ASKED_WHY, false), words::t("access-log-action-asked-why"));
        assert!(!what("view-the-future", false).starts_with('['));
        assert!(!what("view-the-future", true).starts_with('['));
    }

    #[test]
    fn every_purpose_has_words() {
        for purpose in ["own", "patient-request", "treatment", "operations", "audit-review", "security"] {
            assert!(!words::t(&format!("access-log-purpose-{purpose}")).starts_with('['), "{purpose}");
        }
    }

    #[test]
    fn looks_of_a_kind_on_a_day_are_taken_together_by_request() {
        let rows = [
            read(noon(0), 6, doctor(2), Relation::CareTeam, Action::ViewResults),
            read(noon(0).plus(-MINUTE), 5, doctor(2), Relation::CareTeam, Action::ViewResults),
            // The same request again: still the same look.
            read(noon(0).plus(-MINUTE), 5, doctor(2), Relation::CareTeam, Action::ViewResults),
            read(noon(0).plus(-2 * MINUTE), 4, doctor(3), Relation::CareTeam, Action::ViewResults),
            read(noon(0).plus(-3 * MINUTE), 3, doctor(2), Relation::CareTeam, Action::ViewMedicines),
            read(noon(1), 2, doctor(2), Relation::CareTeam, Action::ViewResults),
        ];
        let zone = dates::zone(ZONE);
        let days = days(&lines(&rows), &zone);
        assert_eq!(days.iter().map(|(_, groups)| groups.len()).collect::<Vec<_>>(), [3, 1]);
        let times: Vec<String> = days[0].1.iter().map(|group| group.time(&zone).replace('\u{a0}', " ")).collect();
        assert_eq!(
            times,
            ["2 times, the last at 12:30 pm Central Time", "12:28 pm Central Time", "12:27 pm Central Time"]
        );
    }

    #[test]
    fn days_are_the_clinics_days() {
        let late = Instant::from_micros(1_795_412_700_000_000); // November 22, 11:45 pm in Chicago, the 23rd in London
        let rows = [
            read(late, 2, doctor(2), Relation::CareTeam, Action::ViewResults),
            read(late.plus(-60 * MINUTE), 1, doctor(2), Relation::CareTeam, Action::ViewResults),
        ];
        assert_eq!(days(&lines(&rows), &dates::zone(ZONE)).len(), 1);
        assert_eq!(days(&lines(&rows), &dates::zone("Europe/London")).len(), 1);
        assert_eq!(
            days(&lines(&rows), &dates::zone("America/Anchorage"))[0].0,
            jiff::civil::Date::constant(2026, 11, 22)
        );
        assert_eq!(days(&lines(&rows), &dates::zone("Europe/London"))[0].0, jiff::civil::Date::constant(2026, 11, 23));
    }

    #[test]
    fn who_it_was_is_said_as_far_as_a_patient_may_know() {
        let nobody_else = |actor: Actor, relation, refused| {
            let rows = [row(noon(0), 1, refused, actor, relation, Action::ViewRecord, false)];
            let group = days(&lines(&rows), &dates::zone(ZONE)).remove(0).1.remove(0);
            (group.name(|_| Some("Dr. Lena Park".to_owned())), group.role(), group.what())
        };
        let patient = |number| Actor::new(ActorKind::Account, &account(number).to_string());
        let told = |name: &str, role: &str, what: &str| (name.to_owned(), role.to_owned(), what.to_owned());
        assert_eq!(nobody_else(patient(1), Relation::Myself, false), told("You", "", "Opened your record"));
        assert_eq!(nobody_else(patient(7), Relation::Myself, false).0, "Another account linked to you");
        assert_eq!(
            nobody_else(doctor(2), Relation::CareTeam, false),
            told("Dr. Lena Park", "Doctor or nurse, in your care team", "Opened your record")
        );
        assert_eq!(
            nobody_else(doctor(2), Relation::None, true),
            told("Dr. Lena Park", "Doctor or nurse, not in your care team", "Tried to open your record")
        );
        assert_eq!(
            nobody_else(patient(7), Relation::None, true),
            told("Someone who does not work here", "", "Tried to open your record")
        );
        assert_eq!(nobody_else(Actor::new(ActorKind::Command, "import"), Relation::None, false).1, "Import");
    }

    #[test]
    fn lists_refusals_and_own_looks_are_no_looks_by_others() {
        let patient = Actor::new(ActorKind::Account, &account(1).to_string());
        let list = row(noon(0), 1, false, doctor(2), Relation::None, Action::FindPatients, true);
        let refused = row(noon(0), 2, true, doctor(2), Relation::None, Action::ViewRecord, false);
        let own = read(noon(0), 3, patient, Relation::Myself, Action::ViewRecord);
        let look = read(noon(0), 4, doctor(2), Relation::CareTeam, Action::ViewRecord);
        let counts: Vec<bool> = lines(&[list, refused, own, look]).iter().map(Line::is_a_look_by_others).collect();
        assert_eq!(counts, [false, false, false, true]);
    }

    #[test]
    fn an_emptied_entry_still_says_who_and_what() {
        let mut old = read(noon(0), 1, doctor(2), Relation::CareTeam, Action::ViewResults);
        old.canonical = None;
        let group = days(&lines(&[old]), &dates::zone(ZONE)).remove(0).1.remove(0);
        assert_eq!(group.name(|_| Some("Dr. Lena Park".to_owned())), "Dr. Lena Park");
        assert_eq!(
            (group.what(), group.purpose(), group.role()),
            ("Opened your results".to_owned(), String::new(), String::new())
        );
    }

    #[test]
    fn a_page_ends_where_a_day_ends() {
        let zone = dates::zone(ZONE);
        let actions: Vec<Action> = Action::ALL.iter().copied().take(20).collect();
        let of_day =
            |day: i64| actions.iter().map(move |action| read(noon(day), 1, doctor(2), Relation::CareTeam, *action));
        let rows: Vec<LedgerRow> = (0..3).flat_map(of_day).collect();
        assert_eq!(page_of(&lines(&rows), &zone), Some(40));
        assert_eq!(page_of(&lines(&rows[..59]), &zone), Some(40));
        assert_eq!(page_of(&lines(&rows[..40]), &zone), None);
        let more: Vec<LedgerRow> = (0..9).flat_map(of_day).collect();
        assert_eq!(page_of(&lines(&more), &zone), Some(40));
        let one_day: Vec<LedgerRow> =
            (0..MOST).map(|_| read(noon(0), 1, doctor(2), Relation::CareTeam, Action::ViewResults)).collect();
        assert_eq!(page_of(&lines(&one_day), &zone), Some(MOST));
        assert_eq!(page_of(&[], &zone), None);
    }
}
