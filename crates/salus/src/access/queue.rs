//! The queue of jobs: claimed with a lease, ended, tried again, given up. One text for both engines.
//!
//! A claim is an UPDATE that names the version it read: of two processes one finds the row as it was. What a process that
//! died had claimed is claimed again when its lease is over.

use salus_db::{args, row, sql};
use salus_kernel::{Instant, JobId, MINUTE};
use salus_ledger::{EntryDraft, Outcome};

use super::{App, Ran, Sight, job_run::LONGEST};
use crate::shell::error::Error;

/// How long a claim holds.
pub(super) const LEASE: i64 = 5 * MINUTE;
const _: () = assert!(LONGEST.as_secs() < 5 * 60, "a job may take no longer than its lease");

/// No job waits longer than this by itself: a day and an hour before it begins, an hour between tries. A row that is to wait
/// longer was written by a clock that ran ahead.
const LONGEST_WAIT: i64 = 26 * 60 * MINUTE;
/// No lease lies further ahead; the clocks of two hosts may differ by a minute.
const LONGEST_LEASE: i64 = LEASE + MINUTE;

/// A job that this process may run until its lease ends.
#[derive(Clone)]
pub struct Claimed {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    pub(super) body: String,
    /// How often it was begun since it was queued, this time too.
    pub tries: i64,
    /// Since when it is tried.
    pub queued_at: Instant,
    /// Whether the process that had it before did not come to an end.
    pub cut_short: bool,
    version: i64,
}

struct DueRow {
    id: JobId,
    kind: String,
    body: String,
    state: String,
    attempts: i64,
    queued_at: Instant,
    version: i64,
}
row!(DueRow { id, kind, body, state, attempts, queued_at, version });

const DUE: salus_db::Sql = sql!(
    "SELECT id, kind, body, state, attempts, queued_at, version FROM job
      WHERE (state = 'queued' AND (run_after <= $1 OR run_after > $3))
         OR (state = 'running' AND (leased_until <= $1 OR leased_until > $4))
      ORDER BY run_after, id LIMIT $2"
);
const CLAIM: salus_db::Sql = sql!(
    "UPDATE job SET state = 'running', attempts = attempts + 1, leased_until = $3, updated_at = $2, version = version + 1
      WHERE id = $1 AND version = $4
        AND ((state = 'queued' AND (run_after <= $2 OR run_after > $5))
          OR (state = 'running' AND (leased_until <= $2 OR leased_until > $6)))"
);
const END: salus_db::Sql = sql!(
    "UPDATE job SET state = $3, run_after = $4, last_error = $5, leased_until = NULL, updated_at = $6, version = version + 1
      WHERE id = $1 AND version = $2 AND state = 'running'"
);
const FORGET: salus_db::Sql = sql!("DELETE FROM job WHERE state = 'done' AND updated_at < $1");

impl App {
    /// Up to so many jobs that are due, each this process's own until its lease ends.
    pub async fn claim_jobs(&self, most: u32) -> Result<Vec<Claimed>, Error> {
        let now = self.now();
        let sight = Sight::of_run("jobs");
        let (too_far, too_long) = (now.plus(LONGEST_WAIT), now.plus(LONGEST_LEASE));
        let due: Vec<DueRow> = self.db().read(&sight).await?.all(DUE, args![now, most, too_far, too_long]).await?;
        let mut claimed = Vec::new();
        if due.is_empty() {
            return Ok(claimed);
        }
        let mut tx = self.db().begin(&sight).await?;
        for row in due {
            let until = now.plus(LEASE);
            if tx.execute(CLAIM, args![row.id, now, until, row.version, too_far, too_long]).await? == 1 {
                claimed.push(Claimed {
                    id: row.id,
                    kind: row.kind,
                    body: row.body,
                    tries: row.attempts + 1,
                    queued_at: row.queued_at,
                    cut_short: row.state == "running",
                    version: row.version + 1,
                });
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Notes how a job ended; with `next` it is tried again then. The ledger hears of it as of any other change.
    pub async fn end_job(&self, job: &Claimed, ran: Ran, next: Option<Instant>) -> Result<(), Error> {
        let now = self.now();
        let (state, why) = match (ran.result, next) {
            (Ok(()), _) => ("done", ""),
            (Err(error), Some(_)) => ("queued", error.word()),
            (Err(error), None) => ("given-up", error.word()),
        };
        let outcome = if ran.result.is_ok() { Outcome::Done } else { Outcome::Failed };
        let mut tx = self.db().begin(&Sight::of_run("jobs")).await?;
        tx.one_row(END, args![job.id, job.version, state, next.unwrap_or(now), why, now]).await?;
        match ran.begun {
            Some((entry, draft)) => self.outcomes.commit(tx, entry, vec![EntryDraft { outcome, ..draft }], now).await,
            None => Ok(tx.commit().await?),
        }
    }

    /// Removes jobs that were done before this moment.
    pub async fn forget_done_jobs(&self, before: Instant) -> Result<(), Error> {
        let mut tx = self.db().begin(&Sight::of_run("jobs")).await?;
        tx.execute(FORGET, args![before]).await?;
        Ok(tx.commit().await?)
    }

    /// Returns when there may be something to do.
    pub async fn until_a_job_is_due(&self) {
        self.due.notified().await;
    }

    /// Has the runner look at once.
    pub fn wake_jobs(&self) {
        self.due.notify_one();
    }
}
