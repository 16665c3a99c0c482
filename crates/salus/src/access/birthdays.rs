//! Whoever acts for a child, and the child, hear of it before it ends or shrinks by itself, and on the day.
//!
//! Nobody writes down when that is: a moment in a row would tell birthdays to whoever reads the file. So each process looks
//! once an hour, opens a date of birth for this alone, and tells each person once: a letter's job says what it is about as a
//! keyed hash, and is kept for longer than a day of telling lasts.

use std::collections::HashSet;

use jiff::civil::Date;
use salus_db::{Sql, args, row, sql};
use salus_kernel::{AccountId, Action, Instant, JobId, PatientId, RequestId, Scopes, Subject};
use salus_ledger::{Actor, ActorKind, Kind, Outcome};

use super::{
    App, Asked, Change, Job, Sight,
    ages::{Basis, Born},
    audit::{self, Line, Who},
    caregivers::owners,
    jobs, store,
};
use crate::shell::{dates, error::Error};

/// When people are told: so many days before the end, and until this many. A portal that stood still for some days tells late.
const TELLING: [(i32, i32); 3] = [(FIRST_LETTER, FIRST_LETTER - 6), (14, 8), (0, -6)];
/// How many days before the first letter goes out.
pub(super) const FIRST_LETTER: i32 = 60;

struct Row {
    patient_id: PatientId,
    account_id: AccountId,
    basis: String,
    scopes: String,
    starts_at: Instant,
    ends_at: Instant,
}
row!(Row {
    patient_id: patient_id,
    account_id: account_id,
    basis: basis,
    scopes: scopes,
    starts_at: starts_at,
    ends_at: ends_at
});

const BY_AGE: Sql = sql!(
    "SELECT patient_id, account_id, basis, scopes, starts_at, ends_at FROM related_person
      WHERE state = 'active' AND basis IN ('parent', 'teen', 'guardian') AND ends_at > $1 ORDER BY id"
);
const TOLD: Sql = sql!("SELECT id FROM job WHERE dedupe_key = $1");

/// Whom a letter goes to, and what it says.
pub struct OfAge {
    /// Whose account.
    pub account: AccountId,
    /// Whether it changed, and does not only come near.
    pub changed: bool,
    /// The moment.
    pub at: Instant,
    /// The same for the same account and the same news.
    pub once: String,
}

impl App {
    /// Tells whom it is time to tell, with letters of this kind. A record that does not open keeps nobody else from being told.
    pub async fn tell_of_ages<J: Job>(&self, letter: impl Fn(OfAge) -> J) -> Result<(), Error> {
        let now = self.now();
        let rows: Vec<Row> = self.db().read(&Sight::of_run("jobs")).await?.all(BY_AGE, args![now]).await?;
        let mut told = HashSet::new();
        for row in rows {
            match self.due_of_age(&row, now).await {
                Ok(due) => {
                    for of_age in due.into_iter().filter(|of_age| told.insert(of_age.once.clone())) {
                        let account = of_age.account;
                        self.enqueue_of_age(account, &letter(of_age), now).await?;
                    }
                }
                Err(error) => tracing::error!("Whether a birthday is near could not be seen: {error}"),
            }
        }
        Ok(())
    }

    /// Whom to tell of what changes for one caregiver, if it is time.
    async fn due_of_age(&self, row: &Row, now: Instant) -> Result<Vec<OfAge>, Error> {
        let subject = Subject::Patient(row.patient_id);
        let Some(basis) = Basis::from_word(&row.basis) else { return Ok(Vec::new()) };
        let (ages, zone) = (self.ages().await, self.clinic().await.zone());
        let today = dates::on(now, &zone);
        let mut tx = self.db().read(&Sight { patient: Some(row.patient_id), ..Sight::of_run("jobs") }).await?;
        if store::erased_at(&mut tx, subject).await?.is_some() {
            return Ok(Vec::new());
        }
        let key = store::key(&mut tx, self.vault(), subject).await?;
        let Some(born) = Born::of_living(&mut tx, &key).await? else { return Ok(Vec::new()) };
        let changes =
            ages.changes(basis, Scopes::from_words(&row.scopes), born.birth(), dates::on(row.starts_at, &zone));
        // What comes after its own end changes nothing any more.
        let end = dates::on(row.ends_at, &zone);
        let coming = changes.iter().map(|(day, _)| *day).filter(|day| *day < end);
        let due: Vec<(Date, i32)> = coming.filter_map(|day| Some((day, telling(day, today)?))).collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let owners = owners(&mut tx, row.patient_id, now).await?;
        let of_age = |account: AccountId, (day, stage): (Date, i32)| {
            let what = format!("{} {account} {day} {stage}", row.patient_id);
            let once = hex::encode(self.vault().digest("caregiver-age", what.as_bytes()));
            OfAge { account, changed: stage == 0, at: now, once }
        };
        let people: Vec<AccountId> = owners.into_iter().chain([row.account_id]).collect();
        Ok(due.into_iter().flat_map(|due| people.iter().map(move |account| of_age(*account, due))).collect())
    }

    /// Leaves a letter, unless it was left before. In the ledger it is a letter like any other.
    async fn enqueue_of_age<J: Job>(&self, account: AccountId, job: &J, now: Instant) -> Result<(), Error> {
        let key = jobs::key(job);
        let before: Option<(JobId,)> = self.db().read(&Sight::of_run("jobs")).await?.maybe(TOLD, args![key]).await?;
        if before.is_some() {
            return Ok(());
        }
        let who = Who { actor: Actor::new(ActorKind::Job, J::NAME), session: None };
        let asked = Asked::by_itself(RequestId::new(now, salus_vault::random()), now);
        let action = Action::SendNotice;
        let line = Line { who: &who, asked: &asked, action, relation: None, role: None, patient: None };
        let mut draft = line.of_account(self, account);
        let entry = audit::append(self, draft.clone()).await?;
        draft.kind = Kind::Outcome;
        draft.outcome = Outcome::Done;
        let mut change = Change::under(self, &Sight::of_run("jobs"), entry, draft, now).await?;
        change.enqueue(job).await?;
        change.commit().await
    }
}

/// Which telling it is time for, by the days that are left: named by the day with which it begins.
fn telling(end: Date, today: Date) -> Option<i32> {
    let left = today.until(end).ok()?.get_days();
    TELLING.into_iter().find(|(first, last)| (*last..=*first).contains(&left)).map(|(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_three_times_each_for_a_week() {
        let end: Date = "2027-03-01".parse().unwrap();
        let told: Vec<(i32, Option<i32>)> = (-8..62)
            .rev()
            .map(|left| (left, telling(end, end.saturating_sub(jiff::ToSpan::days(left)))))
            .filter(|(_, stage)| stage.is_some())
            .collect();
        assert_eq!(told.len(), 21);
        assert_eq!(told.first(), Some(&(60, Some(60))));
        assert_eq!(told.last(), Some(&(-6, Some(0))));
        assert!(told.iter().all(|(left, stage)| stage.is_some_and(|first| (first - 6..=first).contains(left))));
    }
}
