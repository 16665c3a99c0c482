//! Who is taken when: one row for each five minutes, under the practitioner's lock. The one way in which time is taken.
//!
//! Keyed by the practitioner and the moment, whatever the place: nobody is at two places at once, and two that want the same
//! five minutes can't both have them, on either engine. Who has them is the id of a visit, and nothing else.

use salus_db::{Reader, Sql, args, sql};
use salus_kernel::{Instant, PractitionerId, ResourceId};

use super::{
    free::{Busy, Range},
    model::STEP,
};
use crate::{access::Change, shell::error::Error};

// One statement, so that the first who comes holds the row and all others wait: two changes that want each other's rows in
// different orders would wait for each other for ever.
const LOCK: Sql = sql!(
    "INSERT INTO actor_lock (actor_id, version) VALUES ($1, 1)
     ON CONFLICT (actor_id) DO UPDATE SET version = actor_lock.version + 1"
);
const CLEAR: Sql = sql!("DELETE FROM occupancy WHERE actor_id = $1 AND expires_at <= $2");
const RELEASE: Sql = sql!("DELETE FROM occupancy WHERE holder = $1");
const TAKE: Sql = sql!(
    "WITH RECURSIVE steps (step) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < $3)
     INSERT INTO occupancy (actor_id, step, holder, expires_at) SELECT $1, step, $4, $5 FROM steps WHERE TRUE
     ON CONFLICT DO NOTHING"
);
const OF_OTHER: Sql =
    sql!("SELECT COUNT(*) FROM occupancy WHERE actor_id = $1 AND step >= $2 AND step < $3 AND holder = $4");
// One row with all of them, put together here: four full weeks are some thousand steps, and a row for each takes ten times as long.
const BUSY: Sql = sql!(
    "SELECT COALESCE(STRING_AGG(CAST(step AS TEXT), ' '), '') FROM occupancy
      WHERE actor_id = $1 AND step >= $2 AND step < $3 AND (expires_at IS NULL OR expires_at > $4) AND holder <> $5"
);

/// What a visit takes.
pub struct Claim {
    /// Of whom.
    pub practitioner: PractitionerId,
    /// The visit.
    pub holder: ResourceId,
    /// When.
    pub busy: Busy,
}

const fn first(of: Busy) -> i64 {
    of.from.micros().div_euclid(STEP)
}
const fn end(of: Busy) -> i64 {
    of.until.micros().div_euclid(STEP)
}

/// Takes the locks of these practitioners for this change, in one order for all.
pub async fn lock(change: &mut Change<'_>, practitioners: &[PractitionerId]) -> Result<(), Error> {
    let mut sorted = practitioners.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for practitioner in sorted {
        change.execute(LOCK, args![practitioner]).await?;
    }
    Ok(())
}

/// Takes the time for a visit, for good or until a moment, in a change that has the lock; false when somebody else has a part
/// of it. What the visit had before is given up. Steps that `instead_of` has count as free: that visit makes room when this one
/// is confirmed.
pub async fn take(
    change: &mut Change<'_>,
    claim: &Claim,
    until: Option<Instant>,
    instead_of: Option<ResourceId>,
    now: Instant,
) -> Result<bool, Error> {
    change.execute(CLEAR, args![claim.practitioner, now]).await?;
    release(change, claim.holder).await?;
    let (first, end) = (first(claim.busy), end(claim.busy));
    let mut taken =
        i64::try_from(change.execute(TAKE, args![claim.practitioner, first, end, claim.holder, until]).await?)
            .unwrap_or(0);
    if let Some(other) = instead_of {
        let (theirs,): (i64,) = change.one(OF_OTHER, args![claim.practitioner, first, end, other]).await?;
        taken += theirs;
    }
    Ok(taken == end - first)
}

/// Gives up what a visit has.
pub async fn release(change: &mut Change<'_>, holder: ResourceId) -> Result<(), Error> {
    change.execute(RELEASE, args![holder]).await?;
    Ok(())
}

/// When somebody is taken within a range, in order; what `but` has counts as free.
pub async fn busy(
    tx: &mut Reader,
    practitioner: PractitionerId,
    within: Range,
    but: Option<ResourceId>,
    now: Instant,
) -> Result<Vec<Busy>, Error> {
    let range = Busy { from: within.from, until: within.until };
    let but = but.map(|id| id.to_string()).unwrap_or_default();
    let (steps,): (String,) = tx.one(BUSY, args![practitioner, first(range), end(range), now, but]).await?;
    let mut steps: Vec<i64> = steps.split(' ').filter_map(|step| step.parse().ok()).collect();
    steps.sort_unstable();
    Ok(stretches(&steps))
}

/// Steps in order, as stretches of time: those that follow one another are one.
fn stretches(steps: &[i64]) -> Vec<Busy> {
    let moment = |step: i64| Instant::from_micros(step.saturating_mul(STEP));
    let together = steps.chunk_by(|one, next| next - one == 1);
    let ends = together.filter_map(|run| Some((run.first()?, run.last()?)));
    ends.map(|(first, last)| Busy { from: moment(*first), until: moment(last + 1) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_follow_one_another_are_one_stretch() {
        let of = |steps: &[i64]| stretches(steps).iter().map(|busy| (first(*busy), end(*busy))).collect::<Vec<_>>();
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[-2, -1, 0, 3, 7, 8]), [(-2, 1), (3, 4), (7, 9)]);
    }
}
