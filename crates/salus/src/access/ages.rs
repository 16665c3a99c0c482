//! What counts at which age, and since when: the clinic's rule of how old a child is when the record becomes their own.
//!
//! States differ, and change their laws. So the rule is the clinic's own, reviewed with counsel, and has versions: each begins
//! on a day, late enough for everybody it takes something from to be told before ([`super::birthdays`]). What has ended with an
//! age has ended: a later rule does not give it back, nor make it last longer, because each row is looked at along the whole line of
//! rules. ADR 0031.

use std::sync::Arc;

use jiff::{ToSpan, civil::Date};
use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{ActionType, Column, Scope, Scopes, Subject, actions::ChangeAges};
use salus_vault::DataKey;

use super::{Floor, Sight, Worklist, birthdays::FIRST_LETTER, columns};
use crate::shell::error::Error;

/// How many days there are between a change of the rule and its beginning, where it can take something from somebody: a day more than
/// the first letter goes out before.
const NOTICE: i32 = FIRST_LETTER + 1;

/// From which age on what is whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRule {
    /// A child's visits and results are the child's own: what a parent was given ends, and the two come to the front desk.
    pub teen: i16,
    /// Grown up: nobody acts for somebody because they are a child.
    pub adult: i16,
}

impl AgeRule {
    /// Before somebody at the clinic has said otherwise. Twelve is the youngest age at which a state lets minors agree to care
    /// of some kind by themselves.
    pub const FIRST: Self = Self { teen: 12, adult: 18 };
    /// What a clinic can choose for the first of them.
    pub const TEENS: [i16; 7] = [10, 11, 12, 13, 14, 15, 16];
    /// And for the second: where people come of age.
    pub const ADULTS: [i16; 3] = [18, 19, 21];

    /// Whether somebody who is so old is a teenager.
    pub fn is_teenager(self, age: i16) -> bool {
        (self.teen..self.adult).contains(&age)
    }
    const fn age(self, milestone: Milestone) -> i16 {
        match milestone {
            Milestone::Teen => self.teen,
            Milestone::Adult => self.adult,
        }
    }
}

/// What one grows into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Milestone {
    /// A teenager.
    Teen,
    /// Grown up.
    Adult,
}

/// Why somebody may act for a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The patient, who is grown up, wants it.
    Adult,
    /// A parent of a child.
    Parent,
    /// A parent of a teenager who wants it.
    Teen,
    /// A court said so.
    Guardian,
    /// A power of attorney.
    Attorney,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Adult, Self::Parent, Self::Teen, Self::Guardian, Self::Attorney];

    /// As stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Adult => "adult",
            Self::Parent => "parent",
            Self::Teen => "teen",
            Self::Guardian => "guardian",
            Self::Attorney => "attorney",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.word() == word)
    }
    /// Whether it can be given for somebody who is so old.
    pub fn fits(self, age: i16, rule: AgeRule) -> bool {
        match self {
            Self::Adult | Self::Attorney => age >= rule.adult,
            Self::Parent => age < rule.teen,
            Self::Teen => rule.is_teenager(age),
            Self::Guardian => true,
        }
    }
    /// With what it ends, if with an age.
    const fn ends_with(self) -> Option<Milestone> {
        match self {
            Self::Parent => Some(Milestone::Teen),
            Self::Teen => Some(Milestone::Adult),
            Self::Adult | Self::Guardian | Self::Attorney => None,
        }
    }
    /// Whether an age decides about it, or about what of it counts.
    pub(super) const fn asks_age(self) -> bool {
        !matches!(self, Self::Adult | Self::Attorney)
    }
}

/// When somebody was born, as far as the chart says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    /// The earliest day that it can have been.
    pub earliest: Date,
    /// It is that day: month and day are known.
    pub exact: bool,
}

impl Birth {
    /// As a chart has it: `YYYY-MM-DD`, or no more than the year or the month.
    pub fn parse(born: &str) -> Option<Self> {
        let earliest = match born.len() {
            4 => format!("{born}-01-01"),
            7 => format!("{born}-01"),
            _ => born.to_owned(),
        };
        Some(Self { earliest: earliest.parse().ok()?, exact: earliest == born })
    }
}

/// A rule, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// From which.
    pub from: Date,
    /// What it says.
    pub rule: AgeRule,
    /// The number of its row; 0 for where every clinic begins.
    pub number: i64,
}

const BEGINNING: Version = Version { from: Date::MIN, rule: AgeRule::FIRST, number: 0 };

/// The rules that have counted, one after the other, and the one that will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ages(Vec<Version>);

impl Default for Ages {
    fn default() -> Self {
        Self(vec![BEGINNING])
    }
}

impl Ages {
    /// The rule on a day.
    pub fn on(&self, day: Date) -> AgeRule {
        self.begun(day).rule
    }
    /// The version that counts on a day.
    pub fn begun(&self, day: Date) -> Version {
        self.0.iter().rev().find(|version| version.from <= day).copied().unwrap_or(BEGINNING)
    }
    /// The version that has not begun on this day.
    pub fn next(&self, today: Date) -> Option<Version> {
        self.0.last().copied().filter(|version| version.from > today)
    }
    /// Whether a version has counted for a day, or will.
    pub fn has(&self, number: i64) -> bool {
        self.0.iter().any(|version| version.number == number)
    }

    /// The first day, from one on, on which somebody is old enough by the rule of that day.
    fn reached(&self, born: Date, milestone: Milestone, since: Date) -> Option<Date> {
        let ends = self.0.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        self.0.iter().zip(ends).find_map(|(version, end)| {
            let day = birthday(born, version.rule.age(milestone))?.max(version.from).max(since);
            end.is_none_or(|end| day < end).then_some(day)
        })
    }

    /// The first day on which what began on another counts no longer, if an age ends it: as the rule of the day on which it began
    /// had it, or a later rule that ends it before. Later rules make nothing last longer.
    pub fn outgrown(&self, basis: Basis, born: Date, since: Date) -> Option<Date> {
        let milestone = basis.ends_with()?;
        let as_begun = birthday(born, self.on(since).age(milestone))?.max(since);
        Some(self.reached(born, milestone, since).map_or(as_begun, |reached| reached.min(as_begun)))
    }

    /// Whether what is sensitive is somebody's own on a day: they have ever been a teenager, by the rules since they were born or by the
    /// one under which this began, and are not grown up by the rule of the day.
    fn is_private(&self, birth: Birth, since: Date, day: Date) -> bool {
        let born = birth.earliest;
        let by = |on: Option<Date>| on.is_none_or(|on| on <= day);
        let teenager = by(self.reached(born, Milestone::Teen, Date::MIN)) || by(birthday(born, self.on(since).teen));
        !birth.exact || (teenager && !by(birthday(born, self.on(day).adult)))
    }

    /// What counts on a day of what was given, if it counts at all. What a teenager agrees to alone is the teenager's, whoever
    /// has custody. A day of birth that is not known ends it early rather than late.
    pub fn given(&self, basis: Basis, scopes: Scopes, birth: Option<Birth>, since: Date, day: Date) -> Option<Scopes> {
        let outgrown = |birth: Birth| self.outgrown(basis, birth.earliest, since).is_none_or(|end| end <= day);
        if basis.ends_with().is_some() && birth.is_none_or(outgrown) {
            return None;
        }
        let private = basis.asks_age() && birth.is_none_or(|birth| self.is_private(birth, since, day));
        Some(if private { scopes.without(Scope::Sensitive) } else { scopes })
    }

    /// The days, after the one on which it begins, on which an age or a rule changes what counts of it, and what counts then.
    pub fn changes(
        &self,
        basis: Basis,
        scopes: Scopes,
        birth: Option<Birth>,
        since: Date,
    ) -> Vec<(Date, Option<Scopes>)> {
        let birthdays = |version: &Version| {
            let on = |age| birth.and_then(|birth| birthday(birth.earliest, age));
            [Some(version.from), on(version.rule.teen), on(version.rule.adult)]
        };
        let mut days: Vec<Date> = self.0.iter().flat_map(birthdays).flatten().filter(|day| *day > since).collect();
        days.sort_unstable();
        let mut last = self.given(basis, scopes, birth, since, since);
        let mut changes = Vec::new();
        for day in days {
            let given = self.given(basis, scopes, birth, since, day);
            if given != last {
                changes.push((day, given));
                last = given;
            }
        }
        changes
    }

    /// The first day on which what is sensitive counts no longer, while the rest does.
    pub fn shrinks(&self, basis: Basis, scopes: Scopes, birth: Option<Birth>, since: Date) -> Option<Date> {
        let changes = self.changes(basis, scopes, birth, since).into_iter();
        let mut less =
            changes.filter(|(_, given)| given.is_some_and(|given| given == scopes.without(Scope::Sensitive)));
        less.next().map(|(day, _)| day).filter(|_| scopes.contains(Scope::Sensitive))
    }

    /// One after the other, as they were decided. What had not begun when the next was decided never does, nor does what began on
    /// the very day on which the next begins. A row that claims to be older than the one before it changes nothing before.
    pub fn of(rows: &[AgeRuleRow]) -> Self {
        let (mut ages, mut decided_on) = (Self::default(), Date::MIN);
        // Where a clinic decided before anybody had ever acted for a child, no other rule has counted for one.
        if let (Some(row), Some(beginning)) =
            (rows.first().filter(|row| row.starts_on == row.decided_on), ages.0.first_mut())
        {
            beginning.rule = AgeRule { teen: row.teen, adult: row.adult };
        }
        for row in rows {
            decided_on = decided_on.max(row.decided_on);
            let from = row.starts_on.max(decided_on);
            ages.0.retain(|version| version.from <= decided_on && version.from < from);
            let rule = AgeRule { teen: row.teen, adult: row.adult };
            ages.0.push(Version { from, rule, number: row.number });
        }
        ages
    }
}

/// The day on which somebody is so many years old. Whoever was born on February 29 is a year older on March 1 of a common
/// year, here and where ages are counted.
fn birthday(born: Date, age: i16) -> Option<Date> {
    let day = born.checked_add(i64::from(age).years()).ok()?;
    if day.day() == born.day() { Some(day) } else { day.tomorrow().ok() }
}

/// What a chart says of when its patient was born: opened to decide, and never shown.
pub(super) struct Born(Option<String>);

impl Born {
    /// Opens it with the patient's key.
    pub(super) fn open(key: &DataKey, sealed: Option<Vec<u8>>) -> Result<Self, Error> {
        type BirthDate = columns::patient::BirthDate;
        let (Subject::Patient(patient), Some(sealed)) = (key.subject(), sealed) else { return Ok(Self(None)) };
        let born = key.open_at(BirthDate::TABLE, BirthDate::NAME, &patient.to_string(), &sealed)?;
        Ok(Self(Some(String::from_utf8_lossy(&born).into_owned())))
    }

    /// Reads it; nothing of who has died.
    pub(super) async fn of_living(tx: &mut Reader, key: &DataKey) -> Result<Option<Self>, Error> {
        const BORN: Sql = sql!("SELECT birth_date, deceased FROM patient WHERE patient_id = $1");
        let (born, deceased): (Option<Vec<u8>>, bool) = tx.one(BORN, args![key.subject().id()]).await?;
        if deceased { Ok(None) } else { Self::open(key, born).map(Some) }
    }

    /// As far as the chart says.
    pub(super) fn birth(&self) -> Option<Birth> {
        Birth::parse(self.0.as_deref()?)
    }
}

/// A version of the rule, as it is stored.
pub struct AgeRuleRow {
    /// Counts them.
    pub number: i64,
    /// From which day on it counts.
    pub starts_on: Date,
    /// See [`AgeRule::teen`].
    pub teen: i16,
    /// See [`AgeRule::adult`].
    pub adult: i16,
    /// Which law the clinic follows.
    pub law: String,
    /// Who reviewed it with the clinic, and when; empty for nobody.
    pub counsel: String,
    /// On which day it was decided.
    pub decided_on: Date,
    /// By whom; empty for somebody whose account is gone.
    pub decided_by: Option<String>,
}

struct Row {
    number: i64,
    starts_on: String,
    teen: i64,
    adult: i64,
    law: String,
    counsel: String,
    decided_on: String,
    decided_by: Option<String>,
}
row!(Row {
    number: number,
    starts_on: starts_on,
    teen: teen,
    adult: adult,
    law: law,
    counsel: counsel,
    decided_on: decided_on,
    decided_by: decided_by,
});

const DECIDED: Sql = sql!(
    "SELECT r.number AS number, r.starts_on AS starts_on, r.teen AS teen, r.adult AS adult, r.law AS law, r.counsel AS counsel,
            r.decided_on AS decided_on, m.name AS decided_by
       FROM age_rule r LEFT JOIN staff_member m ON m.account_id = r.decided_by ORDER BY r.number"
);
/// Whether anybody has ever acted here whom an age could have taken something from.
const ANYBODY: Sql = sql!(
    "SELECT COUNT(*) FROM related_person
      WHERE account_id IS NOT NULL AND basis IN ('parent', 'teen', 'guardian')"
);

/// Every version that there is, the oldest first.
pub async fn decided(tx: &mut Reader) -> Result<Vec<AgeRuleRow>, Error> {
    let rows: Vec<Row> = tx.all(DECIDED, Vec::new()).await?;
    let day = |text: &str| text.parse::<Date>().map_err(|_| Error::broken("a day that is no day"));
    let age = |years: i64| i16::try_from(years).map_err(|_| Error::broken("an age that is none"));
    let version = |row: Row| {
        Ok(AgeRuleRow {
            number: row.number,
            starts_on: day(&row.starts_on)?,
            teen: age(row.teen)?,
            adult: age(row.adult)?,
            law: row.law,
            counsel: row.counsel,
            decided_on: day(&row.decided_on)?,
            decided_by: row.decided_by,
        })
    };
    rows.into_iter().map(version).collect()
}

/// The line of rules, for whoever opens the portal.
pub(super) async fn line(db: &salus_db::Db) -> Result<Ages, Error> {
    Ok(Ages::of(&decided(&mut db.read(&Sight::of_run("setup")).await?).await?))
}

impl Floor {
    /// What counts at which age.
    pub async fn ages(&self) -> Arc<Ages> {
        Arc::clone(&*self.ages.read().await)
    }
    /// Reads it again, after a change.
    pub(super) async fn refresh_ages(&self) -> Result<(), Error> {
        // One after the other, so that of two who read at once the later one's is kept; and nobody waits for a connection with the
        // lock that requests need which have one.
        let _one = self.reading_ages.lock().await;
        let line = Arc::new(line(self.db()).await?);
        *self.ages.write().await = line;
        Ok(())
    }
}

impl<A: ActionType> Worklist<A> {
    /// From which day on a rule that is decided today counts: at once where it takes nothing from anybody, or is the one that counts;
    /// on its own day where it is the one that waits. `None` is any other.
    pub async fn new_ages_begin_on(&self, ages: &Ages, today: Date, wanted: Option<AgeRule>) -> Result<Date, Error> {
        if wanted == Some(ages.on(today)) {
            return Ok(today);
        }
        if let Some(next) = ages.next(today).filter(|next| wanted == Some(next.rule)) {
            return Ok(next.from);
        }
        // What has ended counts as well, and only an audit sees it.
        let mut tx = self.app().db().read(&Sight::of_run("audit")).await?;
        let (acted,): (i64,) = tx.one(ANYBODY, Vec::new()).await?;
        Ok(if acted == 0 { today } else { today.saturating_add(NOTICE.days()) })
    }
}

impl Worklist<ChangeAges> {
    /// Every request counts by the rules as they are now from here on.
    pub async fn refresh_ages(&self) -> Result<(), Error> {
        self.app().refresh_ages().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn decided(number: i64, decided_on: &str, starts_on: &str, teen: i16, adult: i16) -> AgeRuleRow {
        let (law, counsel) = (String::new(), String::new());
        AgeRuleRow {
            number,
            starts_on: day(starts_on),
            teen,
            adult,
            law,
            counsel,
            decided_on: day(decided_on),
            decided_by: None,
        }
    }

    fn known(born: &str) -> Option<Birth> {
        Some(Birth { earliest: day(born), exact: true })
    }

    #[test]
    fn a_reason_fits_some_ages() {
        let fits = |age, rule| {
            Basis::ALL.into_iter().filter(|basis| basis.fits(age, rule)).map(Basis::word).collect::<Vec<_>>()
        };
        let first = AgeRule::FIRST;
        assert_eq!(fits(0, first), ["parent", "guardian"]);
        assert_eq!(fits(11, first), ["parent", "guardian"]);
        assert_eq!(fits(12, first), ["teen", "guardian"]);
        assert_eq!(fits(17, first), ["teen", "guardian"]);
        assert_eq!(fits(18, first), ["adult", "guardian", "attorney"]);
        assert_eq!(fits(99, first), ["adult", "guardian", "attorney"]);
        let other = AgeRule { teen: 14, adult: 19 };
        assert_eq!(fits(13, other), ["parent", "guardian"]);
        assert_eq!(fits(18, other), ["teen", "guardian"]);
    }

    #[test]
    fn a_birthday_is_the_day_on_which_the_years_are_reached() {
        for born in ["2008-02-29", "2014-11-23", "2010-12-31", "2012-03-01"].map(day) {
            for age in [12, 13, 18] {
                let on = birthday(born, age).unwrap();
                assert_eq!(crate::shell::dates::years(born, on), age, "{born}");
                assert_eq!(crate::shell::dates::years(born, on.yesterday().unwrap()), age - 1, "{born}");
            }
        }
    }

    #[test]
    fn what_a_parent_was_given_ends_with_the_first_rule_that_ends_it() {
        let born = day("2014-11-23");
        let end = |rows: &[AgeRuleRow], since: &str| {
            Ages::of(rows).outgrown(Basis::Parent, born, day(since)).unwrap().to_string()
        };
        assert_eq!(end(&[], "2026-01-01"), "2026-11-23");
        // A higher age, in time or too late, makes nothing last longer; what is given anew under it counts by it.
        let in_time = [decided(1, "2026-01-01", "2026-03-03", 13, 18)];
        assert_eq!(end(&in_time, "2026-01-01"), "2026-11-23");
        assert_eq!(end(&in_time, "2026-03-03"), "2027-11-23");
        let late = [decided(1, "2026-12-01", "2027-02-01", 13, 18)];
        assert_eq!(end(&late, "2026-01-01"), "2026-11-23");
        assert_eq!(end(&late, "2027-02-01"), "2027-11-23");
        // A lower age takes nothing away before it begins.
        assert_eq!(end(&[decided(1, "2026-01-01", "2026-03-03", 10, 18)], "2026-01-01"), "2026-03-03");
        // Decided anew before it began.
        let anew = [decided(1, "2026-01-01", "2026-03-03", 10, 18), decided(2, "2026-02-01", "2026-04-03", 12, 18)];
        assert_eq!(end(&anew, "2026-01-01"), "2026-11-23");
        assert!(!Ages::of(&anew).has(1) && Ages::of(&anew).has(2));
        let later = [decided(1, "2026-01-01", "2026-03-03", 10, 18), decided(2, "2026-03-03", "2026-05-03", 13, 18)];
        assert_eq!(end(&later, "2026-01-01"), "2026-03-03");
        assert_eq!(Ages::of(&later).on(day("2026-05-02")).teen, 10);
        let next = Ages::of(&later).next(day("2026-05-02")).unwrap();
        assert_eq!((next.from, next.rule.teen, next.number), (day("2026-05-03"), 13, 2));
        // Who writes a row that claims to be old changes nothing before the last decision.
        let old = [decided(1, "2026-01-01", "2026-03-03", 10, 18), decided(2, "0001-01-01", "0001-01-02", 16, 21)];
        assert_eq!(end(&old, "2025-12-31"), "2026-11-23");
        assert_eq!(Ages::of(&old).on(day("2025-12-31")), AgeRule::FIRST);
    }

    #[test]
    fn what_a_teenager_agrees_to_alone_stays_the_teenager_s() {
        let all = Scopes::from_words("clinical sensitive");
        let sees = |rows: &[AgeRuleRow], birth, since: &str, on: &str| {
            let given = Ages::of(rows).given(Basis::Guardian, all, birth, day(since), day(on));
            given.unwrap().contains(Scope::Sensitive)
        };
        let born = known("2014-11-23");
        assert!(sees(&[], born, "2020-01-01", "2026-11-22"));
        assert!(!sees(&[], born, "2020-01-01", "2026-11-23"));
        assert!(!sees(&[], born, "2020-01-01", "2032-11-22"));
        assert!(sees(&[], born, "2020-01-01", "2032-11-23"));
        // Once it was the teenager's, a higher age gives nothing back, and what is given anew does not open it.
        let higher = [decided(1, "2026-12-01", "2027-02-01", 14, 18)];
        assert!(!sees(&higher, born, "2020-01-01", "2027-02-01"));
        assert!(!sees(&higher, born, "2027-02-01", "2027-02-01"));
        // Whoever never was a teenager by any rule is seen as a child.
        assert!(sees(&higher, known("2015-03-01"), "2027-02-01", "2027-03-02"));
        // A clinic that begins with another age never had teenagers by ours.
        let begins = [decided(1, "2026-12-01", "2026-12-01", 14, 18)];
        assert!(sees(&begins, born, "2026-12-02", "2026-12-02"));
        assert!(!sees(&begins, born, "2026-12-02", "2028-11-23"));
        // Whoever is a teenager again, because people are grown up later, is one.
        let later = [decided(1, "2032-12-01", "2033-02-01", 12, 21)];
        assert!(sees(&later, born, "2020-01-01", "2033-01-31"));
        assert!(!sees(&later, born, "2020-01-01", "2033-02-01"));
        let changes = Ages::of(&later).changes(Basis::Guardian, all, born, day("2020-01-01"));
        let days: Vec<String> = changes.iter().map(|(day, _)| day.to_string()).collect();
        assert_eq!(days, ["2026-11-23", "2032-11-23", "2033-02-01", "2035-11-23"]);
        // A birthday that is not known, or only the year of it.
        assert!(!sees(&[], None, "2020-01-01", "2026-01-01"));
        let year = Birth::parse("2020");
        assert!(!sees(&[], year, "2020-01-01", "2026-01-01"));
        assert_eq!(Ages::default().given(Basis::Parent, all, None, day("2020-01-01"), day("2020-01-01")), None);
        let from = |on: &str| Ages::default().given(Basis::Parent, all, year, day("2020-01-01"), day(on));
        assert_eq!(from("2031-12-31"), Some(all.without(Scope::Sensitive)));
        assert_eq!(from("2032-01-01"), None);
        // Who is grown up chose for themselves, and no age takes it away.
        assert_eq!(Ages::default().given(Basis::Adult, all, None, day("2020-01-01"), day("2020-01-01")), Some(all));
        assert_eq!(Ages::default().changes(Basis::Adult, all, born, day("2020-01-01")), []);
    }
}
