//! SQL of the administrator's page about jobs.

use salus_db::{DbError, Reader, args, row, sql};
use salus_kernel::{Instant, JobId};

use crate::{access::Change, shell::error::Error};

/// A job that was given up.
pub struct GivenUp {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Why, as a word.
    pub last_error: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When what it follows from happened.
    pub created_at: Instant,
    /// When it was given up.
    pub updated_at: Instant,
    /// Counts changes.
    pub version: i64,
}
row!(GivenUp { id, kind, last_error, attempts, created_at, updated_at, version });

const COUNTS: salus_db::Sql = sql!("SELECT state, COUNT(*) FROM job GROUP BY state");
const COUNT: salus_db::Sql = sql!("SELECT COUNT(*) FROM job WHERE state = 'given-up'");
const GIVEN_UP: salus_db::Sql = sql!(
    "SELECT id, kind, last_error, attempts, created_at, updated_at, version FROM job
      WHERE state = 'given-up' ORDER BY updated_at DESC, id LIMIT $1 OFFSET $2"
);
// Its time begins anew, and so do its tries.
const AGAIN: salus_db::Sql = sql!(
    "UPDATE job SET state = 'queued', attempts = 0, queued_at = $3, run_after = $3, updated_at = $3, version = version + 1
      WHERE id = $1 AND version = $2 AND state = 'given-up'"
);

/// How many jobs are in which state.
pub async fn counts(tx: &mut Reader) -> Result<Vec<(String, i64)>, Error> {
    Ok(tx.all(COUNTS, Vec::new()).await?)
}

/// How many jobs wait for somebody, for an administrator.
pub async fn given_up_count(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(COUNT, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A page of those that were given up, newest first.
pub async fn given_up(tx: &mut Reader, page: u64, size: u32) -> Result<Vec<GivenUp>, Error> {
    let before = i64::try_from(page.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(i64::from(size));
    Ok(tx.all(GIVEN_UP, args![size, before]).await?)
}

/// Queues one of them again; false when it is not given up any more.
pub async fn again(tx: &mut Change<'_>, job: JobId, version: i64, now: Instant) -> Result<bool, Error> {
    match tx.one_row(AGAIN, args![job, version, now]).await {
        Ok(()) => Ok(true),
        Err(DbError::Stale) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
