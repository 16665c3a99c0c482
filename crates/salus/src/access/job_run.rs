//! `JobRun<A>`: a job under its own name, doing A. The ledger has it before it opens anything.

use std::{
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use salus_db::{Reader, args, ledger::Position, sql};
use salus_kernel::{AccountId, ActionType, Instant, JobId, RequestId, Subject};
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome};
use salus_ports::Ports;
use salus_vault::{DataKey, Discloses, Vault};

use super::{
    App, Asked, Change, ClinicFace, Job, JobError, Sight,
    audit::{self, Line, Who},
    queue::Claimed,
    store,
};
use crate::shell::error::Error;

/// The longest that one job may take; shorter than its lease, so that no two processes are at it.
pub(super) const LONGEST: Duration = Duration::from_secs(120);

/// A job under its own name.
pub struct JobRun<A> {
    app: App,
    id: JobId,
    who: Who,
    asked: Asked,
    /// What it wrote down and owes an outcome for.
    begun: Mutex<Option<(Position, EntryDraft)>>,
    action: PhantomData<fn() -> A>,
}

impl<A: ActionType> JobRun<A> {
    fn new(app: &App, id: JobId, name: &str) -> Self {
        let now = app.now();
        let request = RequestId::new(now, salus_vault::random());
        Self {
            app: app.clone(),
            id,
            who: Who { actor: Actor::new(ActorKind::Job, name), session: None },
            asked: Asked::by_itself(request, now),
            begun: Mutex::default(),
            action: PhantomData,
        }
    }

    /// The account that signs in with this address, by the address's blind index: nothing is opened.
    pub async fn account_with(&self, address: &str) -> Result<Option<AccountId>, Error> {
        const BY_EMAIL: salus_db::Sql = sql!("SELECT id FROM account WHERE email_index = $1");
        let sight = Sight { token: Some(address.to_owned()), ..Sight::of_run("jobs") };
        let found: Option<(AccountId,)> = self.app.db().read(&sight).await?.maybe(BY_EMAIL, args![address]).await?;
        Ok(found.map(|(account,)| account))
    }

    /// A change to the rows of the account that this job named in the ledger, under an entry of its own: each entry has one
    /// commit.
    pub async fn begin(&self, account: AccountId) -> Result<Change<'_>, Error> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let named = |draft: &EntryDraft| {
            draft.resource.as_ref().and_then(|resource| resource.id.as_deref()) == Some(account.to_string().as_str())
        };
        let Some((_, draft)) = begun.filter(|(_, draft)| named(draft)) else {
            return Err(Error::broken("a job that changes what it did not name"));
        };
        let intent = EntryDraft { kind: Kind::Change, outcome: Outcome::Allowed, ..draft.clone() };
        let entry = audit::append(&self.app, intent).await?;
        let sight = Sight { account: Some(account), ..Sight::of_run("jobs") };
        Change::under(&self.app, &sight, entry, EntryDraft { outcome: Outcome::Done, ..draft }, self.asked.now).await
    }

    pub(super) fn vault(&self) -> &Vault {
        self.app.vault()
    }
    /// The job's id: the same in every try.
    pub fn id(&self) -> JobId {
        self.id
    }
    /// The run's moment.
    pub fn now(&self) -> Instant {
        self.asked.now
    }
    /// The clinic as every page shows it.
    pub async fn clinic(&self) -> Arc<ClinicFace> {
        self.app.clinic().await
    }
    /// A link to a page of ours.
    pub fn link(&self, path: &str) -> String {
        self.app.web().link(path)
    }

    /// Writes down that this job does what it does to that account, then hands out the account's key. One account a run:
    /// a job about two people is two jobs, so that each has an end of its own.
    pub async fn account(&self, account: AccountId) -> Result<OfAccount<A>, Error> {
        let line =
            Line { who: &self.who, asked: &self.asked, action: A::ACTION, relation: None, role: None, patient: None };
        let mut draft = line.of_account(&self.app, account);
        let entry = audit::append(&self.app, draft.clone()).await?;
        draft.kind = Kind::Outcome;
        let before = self.begun.lock().unwrap_or_else(PoisonError::into_inner).replace((entry, draft));
        debug_assert!(before.is_none(), "a job about two accounts");
        let mut tx = self.app.db().read(&Sight { account: Some(account), ..Sight::of_run("jobs") }).await?;
        let key = store::key(&mut tx, self.app.vault(), Subject::Account(account)).await?;
        Ok(OfAccount { tx, key, action: PhantomData })
    }
}

/// One account, as a job sees it.
pub struct OfAccount<A> {
    /// Sees the account's rows.
    pub tx: Reader,
    key: DataKey,
    action: PhantomData<fn() -> A>,
}

impl<A: ActionType> Discloses<A> for OfAccount<A> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        Some(&self.key).filter(|key| key.subject() == subject)
    }
}

/// How a job ended, and what the ledger is owed.
pub struct Ran {
    /// Well, or not.
    pub result: Result<(), JobError>,
    pub(super) begun: Option<(Position, EntryDraft)>,
}

impl Ran {
    /// It ended before it wrote anything down.
    pub fn before_it_began(error: JobError) -> Self {
        Self { result: Err(error), begun: None }
    }
}

/// Runs a claimed job of this kind, for so long and no longer.
pub async fn run_job<J: Job>(app: App, claimed: Claimed, ports: Ports) -> Ran {
    let Ok(job) = serde_json::from_str::<J>(&claimed.body) else {
        return Ran::before_it_began(JobError::GiveUp("unreadable"));
    };
    let run = JobRun::<J::Does>::new(&app, claimed.id, J::NAME);
    let result = tokio::time::timeout(LONGEST, job.run(&run, &ports)).await;
    let begun = run.begun.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ran { result: result.unwrap_or(Err(JobError::Retry("too-long"))), begun }
}
