//! Jobs: what follows from a change and need not happen within it. Enqueued in the change's own transaction.
//!
//! ```text
//! change.enqueue(&TellOwner { account, about, at }).await?;   // a row; no change, no job
//! change.commit().await?;                                     // the runner wakes up
//! ```
//!
//! A job runs at least once: a process that dies in the middle leaves it to the next. So what it does has to be the same
//! when it is done twice; [`JobRun::id`](super::JobRun::id) is the key for that.

use salus_db::{Tx, args, sql};
use salus_kernel::{ActionType, Instant, JobId, MINUTE};
use salus_ports::{Ports, email::SendError};
use serde::{Serialize, de::DeserializeOwned};

use super::JobRun;
use crate::shell::error::Error;

/// Something to do after a change. What it holds is written down bare: ids, words and moments, never a name or a value.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What it does, as the ledger says it; what it may open follows from that.
    type Does: ActionType;
    /// Its name, in the table and in the ledger. A name that was in use stays for a release, so that rows can drain.
    const NAME: &'static str;
    /// How long it is worth trying.
    const RETRY: Retry;

    /// How long to wait before it is due; what is to be done at once waits for nothing.
    const WAIT: i64 = 0;

    /// Of two jobs of this kind that say the same here, one is done.
    fn once(&self) -> String;

    /// Does it.
    fn run(self, run: &JobRun<Self::Does>, ports: &Ports) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// What a job's end can be when it is not a good one. The word is looked up in `locales` and holds nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobError {
    /// Another time it may go.
    Retry(&'static str),
    /// It never will.
    GiveUp(&'static str),
}

impl JobError {
    /// Why.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Retry(word) | Self::GiveUp(word) => word,
        }
    }
}

impl From<SendError> for JobError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TryLater(cause) => Self::Retry(cause.word()),
            SendError::Refused(cause) => Self::GiveUp(cause.word()),
        }
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::GiveUp("gone"),
            Error::LedgerSilent(_) => Self::Retry("ledger-silent"),
            other => {
                tracing::error!("A job met: {other}");
                Self::Retry("broken")
            }
        }
    }
}

impl From<salus_vault::CannotOpen> for JobError {
    fn from(error: salus_vault::CannotOpen) -> Self {
        Error::from(error).into()
    }
}

/// How often and how long a job is tried: after 1, 2, 4 … minutes, then every hour, until it has been waiting too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    longest: i64,
}

const HOUR: i64 = 60 * MINUTE;

impl Retry {
    /// So many hours from when it was queued.
    pub const fn for_hours(hours: i64) -> Self {
        Self { longest: hours.saturating_mul(HOUR) }
    }

    /// The next try after `tries` of them; none when that would be too late.
    pub fn next(self, queued: Instant, tries: i64, now: Instant) -> Option<Instant> {
        let next = now.plus((MINUTE << tries.saturating_sub(1).clamp(0, 6)).min(HOUR));
        (!self.is_over(queued, next)).then_some(next)
    }

    /// Whether a job that was queued then has waited too long by now.
    pub fn is_over(self, queued: Instant, now: Instant) -> bool {
        now.since(queued) > self.longest
    }
}

// Whichever the conflict is, there is such a job. Naming the column would make PostgreSQL ask whether whoever changes
// something may also look at jobs, which they may not.
const ENQUEUE: salus_db::Sql = sql!(
    "INSERT INTO job (id, kind, body, dedupe_key, state, attempts, queued_at, run_after, leased_until, last_error, created_at, updated_at, version, entry)
     VALUES ($1, $2, $3, $4, 'queued', 0, $7, $7, NULL, '', $5, $5, 1, $6) ON CONFLICT DO NOTHING"
);

/// What is the same in jobs of which one is done.
pub(super) fn key<J: Job>(job: &J) -> String {
    format!("{} {}", J::NAME, job.once())
}

/// Writes a job down, unless there is one that says the same.
pub(super) async fn enqueue<J: Job>(tx: &mut Tx, job: &J, now: Instant, entry: String) -> Result<(), Error> {
    let id = JobId::new(now, salus_vault::random());
    let body = serde_json::to_string(job).map_err(|_| Error::broken("a job that can't be written down"))?;
    let key = key(job);
    tx.execute(ENQUEUE, args![id, J::NAME, body, key, now, entry, now.plus(J::WAIT)]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_grow_apart_and_end() {
        let queued = Instant::from_micros(0);
        let retry = Retry::for_hours(72);
        let mut now = queued;
        let mut waits = Vec::new();
        for tries in 1.. {
            let Some(next) = retry.next(queued, tries, now) else { break };
            waits.push(next.since(now) / MINUTE);
            now = next;
        }
        assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(waits.iter().all(|wait| *wait <= 60));
        // A day without a mail server is not the end, three are.
        assert!(now.since(queued) > 71 * HOUR && now.since(queued) <= 72 * HOUR);
        assert_eq!(Retry::for_hours(0).next(queued, 1, queued), None);
        assert_eq!(retry.next(queued, i64::MAX, queued), Some(queued.plus(HOUR)));
    }
}
