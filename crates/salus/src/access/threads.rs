//! Keys of conversations: each is wrapped by the data key of its patient, so only a guard that holds that key opens one.

use std::{collections::HashMap, marker::PhantomData};

use salus_db::{Reader, args, row, sql};
use salus_kernel::{ActionType, Column, Instant, PatientId, Subject, ThreadId, actions::WriteMessage};
use salus_vault::{DataKey, Discloses};

use super::{Change, Chart, RowWritten, worklist::Keys};
use crate::shell::error::Error;

/// The first version of a conversation's key.
const FIRST: u32 = 1;

/// A guard together with the keys of some conversations.
pub struct WithThreads<'a, A, G> {
    guard: &'a G,
    keys: HashMap<Subject, DataKey>,
    action: PhantomData<fn() -> A>,
}

impl<'a, A: ActionType, G: Discloses<A>> WithThreads<'a, A, G> {
    fn of(guard: &'a G) -> Self {
        Self { guard, keys: HashMap::new(), action: PhantomData }
    }

    /// Seals what somebody wrote in a conversation; there is no key when nobody can open it any more.
    pub fn seal<C: Column>(&self, thread: ThreadId, row: &str, plain: &str) -> Result<(Vec<u8>, i64), Error> {
        let key = self.keys.get(&Subject::Thread(thread)).ok_or(Error::NotFound)?;
        Ok((key.seal::<C>(row, plain.as_bytes()), i64::from(key.version())))
    }

    /// Adds the keys of these conversations of one patient.
    async fn add(&mut self, tx: &mut Reader, patient: PatientId, threads: &[ThreadId]) -> Result<(), Error> {
        let Some(holder) = self.guard.key_of(Subject::Patient(patient)) else { return Ok(()) };
        for thread in threads {
            let Some(row) = tx.maybe::<KeyRow>(KEY, args![*thread, patient, patient]).await? else { continue };
            let subject = Subject::Thread(*thread);
            let version = u32::try_from(row.version).map_err(|_| Error::broken("a thread's key without a version"))?;
            self.keys.insert(subject, holder.unwrap_within(subject, version, &row.wrapped)?);
        }
        Ok(())
    }
}

impl<A: ActionType, G: Discloses<A>> Discloses<A> for WithThreads<'_, A, G> {
    fn key_of(&self, subject: Subject) -> Option<&DataKey> {
        self.keys.get(&subject).or_else(|| self.guard.key_of(subject))
    }
}

struct KeyRow {
    version: i64,
    wrapped: Vec<u8>,
}
row!(KeyRow { version: version, wrapped: wrapped });

const KEY: salus_db::Sql = sql!(
    "SELECT version, wrapped FROM thread_key
      WHERE thread_id = $1 AND patient_id = $2 AND holder_kind = 'patient' AND holder_id = $3
      ORDER BY version DESC LIMIT 1"
);

impl<A: ActionType> Chart<A> {
    /// What opens these conversations of the chart; others than the chart's own are passed over.
    pub async fn threads(&self, tx: &mut Reader, threads: &[ThreadId]) -> Result<WithThreads<'_, A, Self>, Error> {
        let mut keys = WithThreads::of(self);
        keys.add(tx, self.patient(), threads).await?;
        Ok(keys)
    }
}

/// The key of a conversation that is about to begin.
pub struct NewThread<'a> {
    /// Seals its subject and its first message.
    pub keys: WithThreads<'a, WriteMessage, Chart<WriteMessage>>,
    thread: ThreadId,
    wrapped: Vec<u8>,
    key_version: i64,
}

impl Chart<WriteMessage> {
    /// A new key for a new conversation, wrapped by the chart's key.
    pub fn new_thread(&self, thread: ThreadId) -> NewThread<'_> {
        let (key, wrapped) = self.patient_key.new_key_within(Subject::Thread(thread), FIRST);
        let mut keys = WithThreads::of(self);
        keys.keys.insert(Subject::Thread(thread), key);
        NewThread { keys, thread, wrapped, key_version: i64::from(self.patient_key.version()) }
    }
}

impl NewThread<'_> {
    /// Writes the wrapped key, once the conversation's own row is written.
    pub async fn write_key(self, change: &mut Change<'_>, patient: PatientId, now: Instant) -> Result<(), Error> {
        let version = i64::from(FIRST);
        let columns = vec![
            ("thread_id", self.thread.into()),
            ("patient_id", patient.into()),
            ("holder_kind", "patient".into()),
            ("holder_id", patient.into()),
            ("version", version.into()),
            ("wrapped", self.wrapped.into()),
            ("key_version", self.key_version.into()),
            ("created_at", now.into()),
            ("entry", change.entry().into()),
        ];
        let id = format!("{} {patient} {version}", self.thread);
        change.insert(&RowWritten { table: "thread_key", id, version, columns: &columns }).await
    }
}

impl<A: ActionType> Keys<'_, A> {
    /// What opens these conversations of patients whom the ledger has named.
    pub async fn threads(
        &self,
        tx: &mut Reader,
        threads: &[(PatientId, ThreadId)],
    ) -> Result<WithThreads<'_, A, Self>, Error> {
        let mut keys = WithThreads::of(self);
        for (patient, thread) in threads {
            keys.add(tx, *patient, &[*thread]).await?;
        }
        Ok(keys)
    }
}
