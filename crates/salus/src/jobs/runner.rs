//! The runner: takes jobs that are due, runs some of them at a time, notes how each ended. One in each process that serves.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use salus_kernel::MINUTE;
use salus_ports::Ports;
use tokio::{sync::watch, task::JoinHandle};

use super::kinds;
use crate::{
    access::{App, Claimed, JobError, Ran},
    notices::TellOwner,
    reviews,
    shell::error::Error,
};

/// So many at a time.
const TOGETHER: u32 = 8;
/// How often the queue is looked at when nothing rings: another process may have added to it, or a wait may be over.
const EVERY: Duration = Duration::from_secs(5);
/// How long it is kept that a job was done.
const KEEP_DONE: i64 = 30 * 24 * 60 * MINUTE;
/// How long mail lies as files, with people's addresses in it, where no server is named.
const KEEP_FILES: i64 = 30 * 24 * 60 * MINUTE;

/// Runs what is due.
pub struct Runner {
    app: App,
    ports: Ports,
    tidied: AtomicI64,
    looked: AtomicI64,
}

impl Runner {
    /// For this portal, with this outside world.
    pub fn new(app: App, ports: Ports) -> Self {
        Self { app, ports, tidied: AtomicI64::new(0), looked: AtomicI64::new(0) }
    }

    /// Runs some of what is due; how many there were.
    pub async fn round(&self) -> Result<usize, Error> {
        self.look_again().await?;
        self.tidy().await?;
        let claimed = self.app.claim_jobs(TOGETHER).await?;
        let count = claimed.len();
        // Each in a task of its own: one that panics takes nothing else with it.
        let running: Vec<_> = claimed.into_iter().map(|job| (job.clone(), tokio::spawn(self.run(job)))).collect();
        for (job, task) in running {
            let ran = task.await.unwrap_or_else(|_| Ran::before_it_began(JobError::Retry("broken")));
            if let Err(error) = self.end(&job, ran).await {
                // Its lease ends, and then it runs again.
                tracing::error!(kind = job.kind, "How a job ended could not be noted: {error}");
            }
        }
        Ok(count)
    }

    fn run(&self, job: Claimed) -> impl Future<Output = Ran> + Send + 'static {
        let (app, ports) = (self.app.clone(), self.ports.clone());
        async move {
            match kinds::find(&job.kind) {
                None => Ran::before_it_began(JobError::GiveUp("unknown-kind")),
                Some(kind) if job.cut_short && kind.retry.is_over(job.queued_at, app.now()) => {
                    Ran::before_it_began(JobError::GiveUp("cut-short"))
                }
                Some(kind) => (kind.run)(app, job, ports).await,
            }
        }
    }

    async fn end(&self, job: &Claimed, ran: Ran) -> Result<(), Error> {
        let next = match (ran.result, kinds::find(&job.kind)) {
            (Err(JobError::Retry(_)), Some(kind)) => kind.retry.next(job.queued_at, job.tries, self.app.now()),
            _ => None,
        };
        match (ran.result, next) {
            (Ok(()), _) => tracing::debug!(kind = job.kind, "A job is done"),
            (Err(error), Some(_)) => {
                tracing::warn!(kind = job.kind, tries = job.tries, why = error.word(), "A job is tried again later");
            }
            (Err(error), None) => {
                tracing::error!(kind = job.kind, tries = job.tries, why = error.word(), "A job was given up");
            }
        }
        self.app.end_job(job, ran, next).await
    }

    /// Every few seconds: a switch that was turned in another process holds in this one, too.
    async fn look_again(&self) -> Result<(), Error> {
        let now = self.app.now().micros();
        let every = i64::try_from(EVERY.as_micros()).unwrap_or(i64::MAX);
        if now.saturating_sub(self.looked.load(Ordering::Relaxed)) < every {
            return Ok(());
        }
        self.app.look_again().await?;
        self.looked.store(now, Ordering::Relaxed);
        Ok(())
    }

    /// Once an hour.
    async fn tidy(&self) -> Result<(), Error> {
        let now = self.app.now();
        if now.micros().saturating_sub(self.tidied.load(Ordering::Relaxed)) < 60 * MINUTE {
            return Ok(());
        }
        self.app.forget_done_jobs(now.plus(-KEEP_DONE)).await?;
        self.app.sweep().await?;
        if let Err(error) = self.app.tell_of_ages(TellOwner::of_age).await {
            tracing::error!("Nobody could be told of a birthday: {error}");
        }
        if let Err(error) = reviews::go_on(&self.app).await {
            tracing::error!("The ledger could not be gone through: {error}");
        }
        match self.ports.forget_files(now.plus(-KEEP_FILES)).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "Mail that lay as files for 30 days was removed"),
            Err(error) => tracing::warn!("Old mail that lies as files could not be removed: {error}"),
        }
        self.tidied.store(now.micros(), Ordering::Relaxed);
        Ok(())
    }
}

/// A runner at work.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Has a runner work until it is stopped.
pub fn start(app: App, ports: Ports) -> Running {
    let (stop, mut stopping) = watch::channel(false);
    let runner = Runner::new(app, ports);
    let task = tokio::spawn(async move {
        while !*stopping.borrow_and_update() {
            match runner.round().await {
                // There may be more.
                Ok(1..) => continue,
                Ok(0) => {}
                Err(error) => tracing::error!("Jobs could not be looked at: {error}"),
            }
            tokio::select! {
                _ = stopping.changed() => {}
                () = runner.app.until_a_job_is_due() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    });
    Running { stop, task }
}

impl Running {
    /// Takes up nothing more, and waits for what is under way. What would take too long is cut off: its lease ends later,
    /// and it runs again.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(EVERY * 2, &mut self.task).await.is_err() {
            tracing::warn!("A job was still running; it will be run again");
            self.task.abort();
        }
    }
}
