//! What is written down of visits, and what is wrong with it. The rules stand here a second time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use salus::access::{Clock, founding::Opened};
use salus_db::{Sight, Sql, row, sql};

use super::{
    patient::Refused,
    practice::{Kind, Practice, STEP, Week},
};
use crate::ground::Demo;

const VISITS: Sql = sql!(
    "SELECT id, patient_id, practitioner_id, location_id, service_id, start_at, end_at, busy_from, busy_until, state, held_until,
            state_at, created_at, updated_at
       FROM appointment ORDER BY busy_from, id"
);
const STEPS: Sql = sql!("SELECT actor_id, step, holder, expires_at FROM occupancy ORDER BY actor_id, step");

/// A visit, as stored.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Its id.
    pub id: String,
    /// Whose.
    pub patient_id: String,
    practitioner_id: String,
    location_id: String,
    /// What kind.
    pub service_id: String,
    /// When it begins.
    pub start_at: i64,
    end_at: i64,
    busy_from: i64,
    busy_until: i64,
    /// Where it stands.
    pub state: String,
    held_until: Option<i64>,
    /// Since when it is called off.
    pub state_at: Option<i64>,
    created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}
row!(Visit {
    id,
    patient_id,
    practitioner_id,
    location_id,
    service_id,
    start_at,
    end_at,
    busy_from,
    busy_until,
    state,
    held_until,
    state_at,
    created_at,
    updated_at
});

/// Five minutes that are taken.
#[derive(Clone, Debug)]
pub struct Step {
    actor_id: String,
    step: i64,
    holder: String,
    expires_at: Option<i64>,
}
row!(Step { actor_id, step, holder, expires_at });

/// All of it, at a moment.
#[derive(Clone, Debug)]
pub struct Books {
    /// Visits, by their time.
    pub visits: Vec<Visit>,
    /// What is taken.
    pub steps: Vec<Step>,
    now: i64,
}

impl Step {
    /// Which visit has it.
    pub fn holder(&self) -> &str {
        &self.holder
    }
}

impl Visit {
    /// Where it is.
    pub fn place(&self) -> &str {
        &self.location_id
    }
    /// Whether it will be, or its time is kept at this moment.
    fn is_live(&self, now: i64) -> bool {
        self.is_booked() || self.held_until.is_some_and(|until| until > now)
    }
    /// Whether it will be.
    pub fn is_booked(&self) -> bool {
        self.state == "booked"
    }
    fn overlaps(&self, busy: &std::ops::Range<i64>) -> bool {
        self.busy_from < busy.end && busy.start < self.busy_until
    }
}

impl Books {
    /// Reads them.
    pub async fn read(demo: &Demo, clock: &Clock) -> Result<Self> {
        let Opened { db, ledger } = demo.open(std::sync::Arc::clone(clock), true).await?;
        let mut tx = db.read(&Sight::of_run("audit")).await?;
        let (visits, steps) = (tx.all(VISITS, Vec::new()).await?, tx.all(STEPS, Vec::new()).await?);
        drop(tx);
        ledger.close().await?;
        db.close().await;
        Ok(Self { visits, steps, now: clock().micros() })
    }

    /// Those that will be.
    pub fn booked(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(|visit| visit.is_booked())
    }

    /// Times that were kept and were not confirmed until now.
    pub fn run_out(&self) -> impl Iterator<Item = &Visit> {
        self.visits.iter().filter(|visit| visit.held_until.is_some_and(|until| until <= self.now))
    }

    /// Times that are kept.
    pub fn kept(&self) -> usize {
        self.visits.iter().filter(|visit| visit.held_until.is_some_and(|until| until > self.now)).count()
    }

    /// Whether nobody has this visit's time.
    pub fn is_free(&self, visit: &Visit) -> bool {
        let busy = visit.busy_from..visit.busy_until;
        !self.visits.iter().any(|other| other.is_live(self.now) && other.overlaps(&busy))
    }

    /// Visits that are at once, steps without a visit, and visits without their steps.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut live: Vec<&Visit> = self.visits.iter().filter(|visit| visit.is_live(self.now)).collect();
        live.sort_by(|a, b| (&a.practitioner_id, a.busy_from).cmp(&(&b.practitioner_id, b.busy_from)));
        let mut last: Option<&Visit> = None;
        for visit in &live {
            if let Some(before) = last
                .filter(|before| before.practitioner_id == visit.practitioner_id && visit.busy_from < before.busy_until)
            {
                faults.push(format!("two visits at once: {} and {}", before.id, visit.id));
            }
            last = last
                .filter(|before| {
                    before.practitioner_id == visit.practitioner_id && before.busy_until > visit.busy_until
                })
                .or(Some(visit));
        }
        let mut steps: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for step in &self.steps {
            if !seen.insert((&step.actor_id, step.step)) {
                faults.push(format!("a step that two have: {}", step.step));
            }
            steps.entry(step.holder.as_str()).or_default().push(step);
        }
        for visit in &live {
            let wanted: Vec<i64> = (visit.busy_from / STEP..visit.busy_until / STEP).collect();
            let has = steps.remove(visit.id.as_str()).unwrap_or_default();
            let well = has.iter().all(|step| {
                step.actor_id == visit.practitioner_id
                    && step.expires_at == visit.held_until.filter(|_| !visit.is_booked())
            });
            if !well || has.iter().map(|step| step.step).collect::<Vec<_>>() != wanted {
                faults.push(format!(
                    "a {} visit has {} steps of {}: {}",
                    visit.state,
                    has.len(),
                    wanted.len(),
                    visit.id
                ));
            }
        }
        for (holder, left) in steps {
            // What was kept and has run out may lie there until somebody wants it.
            if left.iter().any(|step| step.expires_at.is_none_or(|at| at > self.now)) {
                faults.push(format!("{} steps of a visit that is not on: {holder}", left.len()));
            }
        }
        faults
    }

    /// Visits of a week that are longer, shorter or elsewhere than they may be.
    pub fn misplaced(&self, practice: &Practice, week: &Week) -> Vec<String> {
        let fits = |visit: &Visit| {
            let kind = practice.kinds.iter().find(|kind| kind.id == visit.service_id)?;
            let busy = kind.busy(visit.start_at);
            let place = week.openings.iter().find(|opening| {
                opening.place == visit.location_id
                    && opening.hours.start <= visit.start_at
                    && visit.end_at <= opening.hours.end
            })?;
            (visit.end_at == kind.end(visit.start_at)
                && (visit.busy_from, visit.busy_until) == (busy.start, busy.end)
                && visit.practitioner_id == practice.practitioner
                && visit.start_at % STEP == 0)
                .then_some(place)
        };
        let ours = self.booked().filter(|visit| week.has(visit.start_at) && fits(visit).is_none());
        ours.map(|visit| format!("a visit outside of the hours, or of another length: {}", visit.id)).collect()
    }

    /// A time of a week at which one more visit of this kind would fit.
    pub fn room_for(&self, practice: &Practice, week: &Week, kind: &Kind) -> Option<i64> {
        let live: Vec<&Visit> = self.visits.iter().filter(|visit| visit.is_live(self.now)).collect();
        let free = |start: &i64| !live.iter().any(|visit| visit.overlaps(&kind.busy(*start)));
        practice.starts(week, kind).map(|(_, start)| start).find(free)
    }

    /// Whether somebody had a part of a time while somebody else was told that it is taken. `released` has when times were
    /// given back.
    pub fn explains(&self, refused: &Refused, kind: &Kind, released: &BTreeMap<&str, i64>) -> bool {
        let busy = kind.busy(refused.start);
        let (asked, answered) = refused.between;
        self.visits.iter().any(|visit| {
            let given_back = released.get(visit.id.as_str()).copied().or(visit.held_until);
            visit.overlaps(&busy) && visit.created_at <= answered && given_back.is_none_or(|until| until > asked)
        })
    }
}

/// A booked visit with its steps, and books that have some, for tests.
#[cfg(test)]
pub mod made_up {
    use super::{Books, STEP, Step, Visit};

    pub fn visit(id: &str, from: i64, steps: i64) -> (Visit, Vec<Step>) {
        let visit = Visit {
            id: id.to_owned(),
            patient_id: format!("patient of {id}"),
            practitioner_id: "vic".to_owned(),
            location_id: "here".to_owned(),
            service_id: "talk".to_owned(),
            start_at: from * STEP,
            end_at: (from + steps) * STEP,
            busy_from: from * STEP,
            busy_until: (from + steps) * STEP,
            state: "booked".to_owned(),
            held_until: None,
            state_at: None,
            created_at: 0,
            updated_at: 0,
        };
        let step = |step| Step { actor_id: "vic".to_owned(), step, holder: id.to_owned(), expires_at: None };
        (visit, (from..from + steps).map(step).collect())
    }

    pub fn books(of: Vec<(Visit, Vec<Step>)>) -> Books {
        let (visits, steps): (Vec<_>, Vec<_>) = of.into_iter().unzip();
        Books { visits, steps: steps.into_iter().flatten().collect(), now: 100 * STEP }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        made_up::{books, visit},
        *,
    };

    #[test]
    fn what_is_wrong_is_found_and_what_is_right_is_not() {
        let good = || vec![visit("a", 200, 6), visit("b", 206, 4)];
        assert!(books(good()).faults().is_empty());
        let found = |change: fn(&mut Books)| {
            let mut books = books(good());
            change(&mut books);
            books.faults().join("\n")
        };
        assert!(found(|it| it.visits.push(visit("c", 204, 3).0)).contains("at once"));
        assert!(found(|it| it.visits.push(visit("c", 190, 60).0)).contains("at once"), "one around all others");
        assert!(found(|it| it.visits.push(visit("c", 300, 3).0)).contains("0 steps of 3"));
        assert!(found(|it| drop(it.steps.remove(0))).contains("5 steps of 6"));
        assert!(found(|it| it.steps[0].expires_at = Some(9)).contains("6 steps of 6"), "a booked visit that runs out");
        assert!(found(|it| it.visits[0].state = "cancelled".into()).contains("not on"));
        assert!(found(|it| it.steps.push(it.steps[0].clone())).contains("two have"));
        // A time that is kept counts, and one that has run out does not.
        let kept = |until: i64| {
            let (mut visit, mut steps) = visit("c", 205, 3);
            (visit.state, visit.held_until) = ("held".into(), Some(until));
            steps.iter_mut().for_each(|step| step.expires_at = Some(until));
            steps.retain(|step| step.step > 209);
            (visit, steps)
        };
        let with = |until: i64| {
            let mut all = good();
            all.push(kept(until));
            books(all).faults().join("\n")
        };
        assert!(with(101 * STEP).contains("at once"));
        assert_eq!(with(99 * STEP), "");
    }

    #[test]
    fn a_refusal_needs_somebody_who_had_the_time_then() {
        let kind = Kind { id: "talk".into(), minutes: 20, before: 0, after: 0 };
        let (mut b, _) = visit("b", 206, 4);
        b.created_at = 50;
        let explained = |visit: &Visit, start: i64, between: (i64, i64), released: &[(&str, i64)]| {
            let released = released.iter().copied().collect();
            books(vec![(visit.clone(), Vec::new())]).explains(
                &Refused { start: start * STEP, between },
                &kind,
                &released,
            )
        };
        assert!(explained(&b, 203, (60, 70), &[]));
        assert!(!explained(&b, 202, (60, 70), &[]), "beside it");
        assert!(!explained(&b, 203, (30, 40), &[]), "before it was there");
        assert!(!explained(&b, 203, (60, 70), &[("b", 55)]), "after it was given back");
        assert!(explained(&b, 203, (60, 70), &[("b", 65)]));
    }
}
