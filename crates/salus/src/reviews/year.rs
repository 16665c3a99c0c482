//! Years of made-up logs of small towns, with snooping in them: how much of it is found, and how much of what is found is none. The same
//! [`looks`] and [`signs`](super::signs) as at night; how an entry of the ledger becomes a look is tested through the front door.
//!
//! `./x bench reviews` prints it. What it can't tell: how much snooping there is in a real clinic, on which precision hangs more than on
//! anything here; so it is measured with much of it and with little, and beside it how many lines a year are none. Made up are: Zipf
//! last names (the most frequent one has three in a hundred), households of one to four, addresses spelled alike, and work: visits, calls of
//! which four in ten leave nothing behind, wrong namesakes, bills of long ago. Snoops without a record of their own, whose address nobody
//! knows, count among those that are missed. Of colleagues who are patients the records are watched: a reason is asked each time, by construction here;
//! that it is asked is tested elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet};

use salus_kernel::{AccountId, Instant, MINUTE, PatientId};
use serde_json::json;

use super::{
    looks::{self, BEFORE, BILLED_WITHIN, Deed, Known, Look, Own},
    signs::Likeness,
};
use crate::testing::Dice;

const DAY: i64 = 24 * 60 * MINUTE;
/// Working days of a year.
const DAYS: usize = 260;
const PATIENTS: usize = 3000;
const STREETS: usize = 120;
const NAMES: usize = 300;
/// At the front desk, with bills, and nurses.
const STAFF: [usize; 3] = [3, 2, 3];

/// Why somebody looked, as only the one who made it up knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Why {
    Work,
    /// At somebody in the own house.
    Household,
    /// At somebody of the same name who lives elsewhere.
    Relative,
    /// At somebody on the own street, up to a hundred houses away.
    Neighbour,
    /// At a colleague: a reason is asked.
    Colleague,
    /// At somebody with whom nothing connects them.
    Stranger,
    /// At fifteen and more within an hour.
    Many,
}

impl Why {
    const SNOOPING: [Self; 6] =
        [Self::Household, Self::Relative, Self::Neighbour, Self::Colleague, Self::Stranger, Self::Many];
}

struct Person {
    id: PatientId,
    like: Likeness,
    name: usize,
    street: usize,
    house: usize,
}

struct Colleague {
    account: AccountId,
    bills: bool,
    /// Their own record, where they are a patient here.
    own: Option<usize>,
    name: usize,
    like: Likeness,
}

struct Town {
    people: Vec<Person>,
    staff: Vec<Colleague>,
    watched: HashSet<PatientId>,
}

fn bytes(number: usize) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
    bytes
}

fn start() -> Instant {
    Instant::from_micros(1_767_600_000_000_000) // Monday, January 5, 2026, 8:00 UTC
}

/// A last name by a Zipf law.
fn a_name(dice: &mut Dice) -> usize {
    let weights: Vec<usize> = (0..NAMES).map(|rank| 100_000 / (rank + 10)).collect();
    let mut at = dice.below(weights.iter().sum());
    weights.iter().position(|weight| at.checked_sub(*weight).map(|rest| at = rest).is_none()).unwrap()
}

/// A number below so many, for a moment.
fn number(dice: &mut Dice, many: usize) -> i64 {
    i64::try_from(dice.below(many)).unwrap()
}

/// A moment of a working day: five a week.
fn at(dice: &mut Dice, day: i64) -> Instant {
    start().plus((day + 2 * day.div_euclid(5)) * DAY + number(dice, 9 * 60) * MINUTE)
}

impl Town {
    fn of(dice: &mut Dice) -> Self {
        let mut people: Vec<Person> = Vec::new();
        while people.len() < PATIENTS {
            let (name, street, house) = (a_name(dice), dice.below(STREETS), 1 + dice.below(300));
            for _ in 0..1 + dice.below(4) {
                // Who moved in keeps another name.
                let name = if dice.percent(15) { a_name(dice) } else { name };
                let like = Likeness::of_record(&json!({
                    "resourceType": "Patient",
                    "name": [{ "family": format!("Name{name}") }],
                    "address": [{ "line": [format!("{house} Street{street} Road")], "postalCode": format!("837{:02}", street % 4) }],
                }));
                people.push(Person { id: PatientId::new(start(), bytes(people.len())), like, name, street, house });
            }
        }
        let [desk, bills, nurses] = STAFF;
        let staff: Vec<Colleague> = (0..desk + bills + nurses)
            .map(|place| {
                let own = dice.percent(60).then(|| dice.below(people.len()));
                let name = own.map_or_else(|| a_name(dice), |own| people[own].name);
                let work = Likeness::of_colleague(&format!("Kim Name{name}"));
                Colleague {
                    account: AccountId::new(start(), bytes(place)),
                    bills: (desk..desk + bills).contains(&place),
                    like: own.map_or_else(|| work.clone(), |own| work.clone().and(&people[own].like)),
                    own,
                    name,
                }
            })
            .collect();
        let watched = staff.iter().filter_map(|one| one.own).map(|own| people[own].id).collect();
        Self { people, staff, watched }
    }

    /// Whom somebody is curious about. Of whom nobody knows where they live, anybody may be the neighbour.
    fn victim(&self, dice: &mut Dice, snoop: &Colleague, why: Why) -> Option<usize> {
        let own = snoop.own.map(|own| &self.people[own]);
        let all = |fits: &dyn Fn(&Person) -> bool| -> Vec<usize> {
            (0..self.people.len()).filter(|at| Some(*at) != snoop.own && fits(&self.people[*at])).collect()
        };
        let of = match (why, own) {
            (Why::Household, Some(own)) => all(&|person| (own.street, own.house) == (person.street, person.house)),
            // Who lives together mostly shares a name.
            (Why::Relative, _) | (Why::Household, None) => {
                all(&|person| person.name == snoop.name && own.is_none_or(|own| own.street != person.street))
            }
            (Why::Neighbour, Some(own)) => {
                all(&|person| own.street == person.street && (1..=100).contains(&own.house.abs_diff(person.house)))
            }
            (Why::Colleague, _) => {
                self.staff.iter().filter_map(|other| other.own).filter(|own| Some(*own) != snoop.own).collect()
            }
            _ => all(&|_| true),
        };
        (!of.is_empty()).then(|| dice.of(&of))
    }
}

/// What a year brought.
struct Year {
    looks: Vec<(Look, Why)>,
    deeds: Vec<Deed>,
    visits: Vec<(PatientId, Instant)>,
    incidents: BTreeMap<Why, usize>,
}

impl Year {
    /// A year with so many incidents of each kind.
    fn of(town: &Town, dice: &mut Dice, incidents: usize) -> Self {
        let mut year = Self { looks: Vec::new(), deeds: Vec::new(), visits: Vec::new(), incidents: BTreeMap::new() };
        let [desk, bills, nurses] = STAFF;
        for day in 0..i64::try_from(DAYS).unwrap() {
            let look = |year: &mut Self, who: usize, whose: usize, at: Instant| {
                let Colleague { account, bills, .. } = town.staff[who];
                year.looks.push((Look { at, account, patient: town.people[whose].id, bills }, Why::Work));
            };
            let deed = |year: &mut Self, whose: usize, at: Instant| {
                let account = AccountId::new(start(), bytes(999));
                year.deeds.push(Deed { at, patient: town.people[whose].id, account, own: Own::Yes });
            };
            // Visits: booked by phone or at home, received, seen, billed.
            for _ in 0..40 {
                let (whose, when) = (dice.below(PATIENTS), at(dice, day));
                let (before, later) = (3 + number(dice, 40), 1 + number(dice, 45));
                let booked = at(dice, day - before);
                year.visits.push((town.people[whose].id, when));
                deed(&mut year, whose, booked);
                if dice.percent(50) {
                    look(&mut year, dice.below(desk), whose, booked.plus(-MINUTE));
                }
                look(&mut year, dice.below(desk), whose, when);
                look(&mut year, desk + bills + dice.below(nurses), whose, when);
                let billed = at(dice, day + later);
                look(&mut year, desk + dice.below(bills), whose, billed);
            }
            // The phone: of most calls something comes, of others nothing is written down.
            for _ in 0..15 {
                let (whose, when) = (dice.below(PATIENTS), at(dice, day));
                look(&mut year, dice.below(desk), whose, when);
                if dice.percent(60) {
                    deed(&mut year, whose, when.plus(3 * MINUTE));
                }
            }
            // A namesake is opened by mistake; an insurer writes about an old bill; a nurse looks up a visit of long ago.
            for _ in 0..3 {
                let name = town.people[dice.below(PATIENTS)].name;
                let namesakes: Vec<usize> = (0..PATIENTS).filter(|at| town.people[*at].name == name).collect();
                let (who, whose, when) = (dice.below(desk), dice.of(&namesakes), at(dice, day));
                look(&mut year, who, whose, when);
            }
            for (who, often) in [(desk + dice.below(bills), 4), (desk + bills + dice.below(nurses), 2)] {
                for _ in 0..often {
                    let (whose, when) = (dice.below(PATIENTS), at(dice, day));
                    look(&mut year, who, whose, when);
                }
            }
        }
        for why in Why::SNOOPING {
            for _ in 0..incidents {
                let snoop = &town.staff[dice.below(town.staff.len())];
                let day = number(dice, DAYS);
                let when = at(dice, day);
                let many = if why == Why::Many { 15 + dice.below(20) } else { 1 };
                let whose: Vec<usize> = (0..many).filter_map(|_| town.victim(dice, snoop, why)).collect();
                if !whose.is_empty() {
                    *year.incidents.entry(why).or_default() += 1;
                }
                for (minute, whose) in (0..).zip(whose) {
                    let (account, bills) = (snoop.account, snoop.bills);
                    let patient = town.people[whose].id;
                    year.looks.push((Look { at: when.plus(minute * MINUTE), account, patient, bills }, why));
                }
            }
        }
        year
    }
}

/// What stood out in years.
#[derive(Default)]
struct Found {
    /// Lines that somebody has to judge.
    lines: usize,
    /// Of these, snooping.
    right: usize,
    /// Incidents of which a line tells, or a reason was asked.
    incidents: BTreeMap<Why, usize>,
    looks: usize,
    unexplained: usize,
    /// Looks for which a reason was asked, at most one an hour.
    reasons: usize,
}

impl Found {
    /// Goes through a year as the nights do; or without asking what explains a look.
    fn add(&mut self, town: &Town, year: &Year, explained: bool) {
        let mut days: BTreeMap<i64, Vec<(Look, Why)>> = BTreeMap::new();
        for (look, why) in &year.looks {
            days.entry(look.at.since(start()).div_euclid(DAY)).or_default().push((*look, *why));
        }
        let person: HashMap<PatientId, &Person> = town.people.iter().map(|person| (person.id, person)).collect();
        let staff: HashMap<AccountId, &Colleague> = town.staff.iter().map(|person| (person.account, person)).collect();
        for (day, looks) in days {
            let all: Vec<Look> = looks.iter().map(|(look, _)| *look).collect();
            let open = if explained {
                let (from, until) = (start().plus(day * DAY), start().plus((day + 1) * DAY));
                let within = |at: Instant, before: i64, after: i64| at >= from.plus(-before) && at < until.plus(after);
                let deeds: Vec<Deed> = year.deeds.iter().filter(|deed| within(deed.at, BEFORE, 0)).copied().collect();
                let visits: Vec<_> =
                    year.visits.iter().filter(|(_, at)| within(*at, BILLED_WITHIN, BILLED_WITHIN)).copied().collect();
                Known::of(&deeds, &visits).unexplained(&all)
            } else {
                all.clone()
            };
            self.looks += all.len();
            self.unexplained += open.len();
            let why_of = |account: AccountId, patient: PatientId| {
                let mut whys = looks.iter().filter(|(look, _)| (look.account, look.patient) == (account, patient));
                whys.find_map(|(_, why)| (*why != Why::Work).then_some(*why))
            };
            for pair in looks::pairs(&all).into_iter().filter(|pair| town.watched.contains(&pair.patient)) {
                self.reasons += 1;
                if why_of(pair.account, pair.patient) == Some(Why::Colleague) {
                    *self.incidents.entry(Why::Colleague).or_default() += 1;
                }
            }
            for pair in looks::pairs(&open) {
                if staff[&pair.account].like.signs(&person[&pair.patient].like).is_empty() {
                    continue;
                }
                self.lines += 1;
                if let Some(why) = why_of(pair.account, pair.patient) {
                    self.right += 1;
                    *self.incidents.entry(why).or_default() += usize::from(![Why::Many, Why::Colleague].contains(&why));
                }
            }
            for burst in looks::bursts(&open) {
                self.lines += 1;
                let own = looks.iter().any(|(look, why)| *why == Why::Many && look.account == burst.account);
                self.right += usize::from(own);
                *self.incidents.entry(Why::Many).or_default() += usize::from(own);
            }
        }
    }

    fn none(&self) -> usize {
        self.lines - self.right
    }
    fn precision(&self) -> usize {
        percent(self.right, self.lines)
    }
}

fn percent(part: usize, of: usize) -> usize {
    (part * 100).checked_div(of).unwrap_or(0)
}

#[test]
fn a_year_of_snooping_is_found_and_little_else() {
    const TOWNS: usize = 4;
    let [mut much, mut little, mut naive] = [Found::default(), Found::default(), Found::default()];
    let mut incidents: BTreeMap<Why, usize> = BTreeMap::new();
    for seed in 1..=TOWNS {
        let mut dice = Dice(0x5eed_0000 + u64::try_from(seed).unwrap());
        let town = Town::of(&mut dice);
        let year = Year::of(&town, &mut dice, 12);
        much.add(&town, &year, true);
        naive.add(&town, &year, false);
        year.incidents.into_iter().for_each(|(why, count)| *incidents.entry(why).or_default() += count);
        little.add(&town, &Year::of(&town, &mut dice, 2), true);
    }
    let recall = |why: &Why| percent(much.incidents.get(why).copied().unwrap_or(0), incidents[why]);
    let mut told = format!(
        "{TOWNS} towns, a year each: {} looks a year by who may open every record, of which {} % nothing explains\n",
        much.looks / TOWNS,
        percent(much.unexplained, much.looks)
    );
    for why in incidents.keys() {
        told += &format!("  found of {:<10} {:>3} % of {}\n", format!("{why:?}"), recall(why), incidents[why]);
    }
    told += &format!(
        "lines that are none: {} a year; without asking what explains a look: {}\n\
         precision with 72 incidents a year: {} %; with 12: {} %; without asking: {} %\n\
         lines to judge: {} a year with 72 incidents, {} with 12\n\
         reasons asked at colleagues' own records: {} a year\n",
        much.none() / TOWNS,
        naive.none() / TOWNS,
        much.precision(),
        little.precision(),
        naive.precision(),
        much.lines / TOWNS,
        little.lines / TOWNS,
        much.reasons / TOWNS,
    );
    println!("{told}");
    assert!(much.none() / TOWNS <= 45, "more than one false line a week: {told}");
    assert!(naive.none() >= 5 * much.none(), "{told}");
    assert!(much.precision() >= 40 && little.precision() >= 10, "{told}");
    for (why, least) in [(Why::Household, 60), (Why::Relative, 60), (Why::Neighbour, 5), (Why::Many, 75)] {
        assert!(recall(&why) >= least, "{why:?}: {told}");
    }
}
