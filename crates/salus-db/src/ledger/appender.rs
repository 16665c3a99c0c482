//! The one writer: takes what waits, gives it places, stores it in one commit, answers, and signs now and then.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use salus_kernel::{ChainId, Instant};
use salus_ledger::{
    Appended, ChainState, ChainWriter, Checkpoint, Digest, EntryDraft, Manifest, Micros, ResumeError, StoredEntry,
    VerifyingKey,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{LedgerConfig, LedgerError, Message, Position, Request, lease::Lease, to_i64, to_u64};
use crate::{Db, DbError, Sight, Sql, Tx, Value, args, row, sql};

/// The most drafts that one commit waits for.
const BATCH: usize = 256;
/// How long it waits after a signature that failed, in microseconds.
const SIGN_AGAIN_AFTER: i64 = 10 * salus_kernel::SECOND;
/// How long it waits at the end for readers to be done.
const LAST_READERS: Duration = Duration::from_secs(3);
/// How often the writer looks at the clock.
const TICK: Duration = Duration::from_millis(500);

const LAST_CHECKPOINT: Sql =
    sql!("SELECT note, frontier FROM checkpoint WHERE chain_id = $1 ORDER BY size DESC LIMIT 1");
const ENTRIES_AFTER: Sql =
    sql!("SELECT seq, canonical, leaf, head FROM entry WHERE chain_id = $1 AND seq >= $2 ORDER BY seq");
const NEW_CHECKPOINT: Sql = sql!("INSERT INTO checkpoint (chain_id, size, note, frontier) VALUES ($1, $2, $3, $4)");
const LATEST_OF_ALL: Sql = sql!(
    "
    SELECT c.note FROM checkpoint c
     WHERE c.size = (SELECT MAX(d.size) FROM checkpoint d WHERE d.chain_id = c.chain_id)
     ORDER BY c.chain_id"
);
const LAST_MANIFEST: Sql = sql!("SELECT note FROM manifest ORDER BY number DESC LIMIT 1");
const NEW_MANIFEST: Sql = sql!("INSERT INTO manifest (number, note) VALUES ($1, $2)");

struct StoredRow {
    seq: i64,
    canonical: Option<Vec<u8>>,
    leaf: Vec<u8>,
    head: Vec<u8>,
}
row!(StoredRow { seq, canonical, leaf, head });

type Answer = oneshot::Sender<Result<Vec<Position>, LedgerError>>;

/// What the task owns.
pub(super) struct Appender {
    config: LedgerConfig,
    main: Db,
    write: Db,
    read: Db,
    commits: Arc<AtomicU64>,
    keys: Vec<VerifyingKey>,
    /// The chain that is ours.
    lease: Option<Lease>,
    /// The chain as it is stored. `None` after a failure: then it is read again before anything is added.
    writer: Option<ChainWriter>,
    /// A renewal under way. The main database may be busy for a while; appending does not wait for it.
    renewal: Option<JoinHandle<Result<Lease, DbError>>>,
    /// When the last signature failed.
    not_signed_at: Option<Instant>,
}

impl Appender {
    pub(super) async fn start(
        config: LedgerConfig,
        main: Db,
        write: Db,
        read: Db,
        commits: Arc<AtomicU64>,
    ) -> Result<Self, LedgerError> {
        let mut keys = vec![config.key.verifying_key().clone()];
        keys.extend(config.former_keys.iter().cloned());
        let mut appender = Self {
            config,
            main,
            write,
            read,
            commits,
            keys,
            lease: None,
            writer: None,
            renewal: None,
            not_signed_at: None,
        };
        match appender.ready().await {
            Ok(_) => Ok(appender),
            Err(error) => {
                if let Some(lease) = appender.lease.take() {
                    lease.release(&appender.main).await?;
                }
                Err(error)
            }
        }
    }

    fn now(&self) -> Instant {
        (self.config.clock)()
    }

    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = tick.tick() => self.look_at_clock().await,
                message = messages.recv() => match message {
                    Some(message) => if self.take(message, &mut messages).await { return },
                    None => {
                        // Nobody can ask any more.
                        if let Err(error) = self.close().await {
                            tracing::error!("The ledger did not close well: {}", told(&error));
                        }
                        return;
                    }
                },
            }
        }
    }

    /// Handles a message and everything that waits behind it; true when that was the last.
    async fn take(&mut self, first: Message, messages: &mut mpsc::Receiver<Message>) -> bool {
        let mut batch: Vec<Request> = Vec::new();
        let mut drafts_waiting = 0;
        let mut next = Some(first);
        let mut other = None;
        while let Some(message) = next {
            match message {
                Message::Append(request) => {
                    drafts_waiting += request.drafts.len();
                    batch.push(request);
                }
                message => {
                    other = Some(message);
                    break;
                }
            }
            let full = drafts_waiting >= BATCH || !self.config.group_commit;
            next = if full { None } else { messages.try_recv().ok() };
        }
        if !batch.is_empty() {
            self.append(batch).await;
        }
        match other {
            None | Some(Message::Append(_)) => false,
            Some(Message::Checkpoint { answer }) => {
                let outcome = self.checkpoint().await;
                drop(answer.send(outcome));
                false
            }
            Some(Message::Close { answer }) => {
                // Who asked before now is served; who asks later is refused.
                messages.close();
                while let Some(message) = messages.recv().await {
                    match message {
                        Message::Append(request) => self.append(vec![request]).await,
                        Message::Checkpoint { answer } | Message::Close { answer } => drop(answer.send(Ok(()))),
                    }
                }
                drop(answer.send(self.close().await));
                true
            }
        }
    }

    /// Stores a batch in one commit and answers everybody in it.
    async fn append(&mut self, batch: Vec<Request>) {
        let now = self.now();
        let (chain_id, mut writer) = match self.ready().await {
            Ok(ready) => ready,
            Err(error) => return refuse(batch.into_iter().map(|request| request.answer), &error),
        };
        let mut rows = Rows::new(chain_id, now);
        let mut answers = Vec::with_capacity(batch.len());
        for Request { drafts, about, answer } in batch {
            // All of a caller's drafts or none: a trial, thrown away if one of them is no entry.
            let mut trial = writer.clone();
            // The chain may have changed since the intent was written, and a place means nothing in another chain, nor
            // in an older copy of this one that ends before it.
            let there = |intent: &Position| intent.chain == chain_id && intent.seq < trial.next_seq();
            let about = about.filter(there).map(|intent| intent.seq);
            let taken: Result<Vec<_>, _> = drafts
                .into_iter()
                .map(|draft| EntryDraft { about: about.or(draft.about), ..draft })
                .map(|draft| Ok((draft.clone(), trial.append(draft, micros(now))?)))
                .collect();
            match taken {
                Ok(taken) => {
                    let positions: Vec<Position> =
                        taken.iter().map(|(_, entry)| Position { chain: chain_id, seq: entry.seq }).collect();
                    for (draft, entry) in taken {
                        rows.push(&draft, entry);
                    }
                    writer = trial;
                    answers.push((positions, answer));
                }
                Err(error) => drop(answer.send(Err(LedgerError::Invalid(error)))),
            }
        }
        if answers.is_empty() {
            return;
        }
        match self.store(rows).await {
            Ok(()) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.writer = Some(writer);
                for (positions, answer) in answers {
                    drop(answer.send(Ok(positions)));
                }
                self.sign_if_due().await;
            }
            Err(error) => {
                // Perhaps it was stored and only the answer got lost: read what stands there before going on.
                self.writer = None;
                refuse(answers.into_iter().map(|(_, answer)| answer), &LedgerError::Db(error));
            }
        }
    }

    async fn store(&self, rows: Rows) -> Result<(), DbError> {
        let mut tx = self.write.begin(&Sight::of_run("ledger")).await?;
        insert(&mut tx, "entry", ENTRY_COLUMNS, rows.entries).await?;
        insert(&mut tx, "entry_patient", PATIENT_COLUMNS, rows.patients).await?;
        tx.commit().await
    }

    /// The chain that is ours and a copy of its state as it is stored.
    ///
    /// One that does not fit together is left alone, for `audit verify` to name; then another one is taken.
    async fn ready(&mut self) -> Result<(ChainId, ChainWriter), LedgerError> {
        loop {
            let now = self.now();
            let mut lease = match self.lease.take() {
                Some(lease) => lease,
                None => {
                    self.writer = None;
                    Lease::take(&self.main, now, (self.config.random)()).await?
                }
            };
            if !lease.holds(now) {
                // Overslept. If nobody has taken the chain meanwhile, it is still ours.
                match lease.renew(&self.main, now).await {
                    Ok(()) => {}
                    Err(DbError::Stale) => {
                        tracing::warn!("The ledger's chain has gone to another writer; taking another one");
                        continue;
                    }
                    Err(error) => {
                        self.lease = Some(lease);
                        return Err(error.into());
                    }
                }
            }
            let chain = lease.chain;
            if let Some(writer) = &self.writer {
                self.lease = Some(lease);
                return Ok((chain, writer.clone()));
            }
            match self.resume(chain).await {
                Ok(writer) => {
                    self.writer = Some(writer.clone());
                    self.lease = Some(lease);
                    return Ok((chain, writer));
                }
                Err(LedgerError::Damaged(why)) => {
                    tracing::error!(%chain, "A chain of the ledger is damaged and stays as it is: {why}");
                    lease.abandon(&self.main).await?;
                }
                Err(error) => {
                    self.lease = Some(lease);
                    return Err(error);
                }
            }
        }
    }

    /// From the last checkpoint's frontier and the entries after it: at most some hundred rows.
    async fn resume(&self, chain: ChainId) -> Result<ChainWriter, LedgerError> {
        let damaged = |error: &dyn std::fmt::Display| LedgerError::Damaged(error.to_string());
        let mut reader = self.read.read(&Sight::of_run("ledger")).await?;
        let last: Option<(String, Vec<u8>)> = reader.maybe(LAST_CHECKPOINT, args![chain]).await?;
        let last = match last {
            None => None,
            Some((note, frontier)) => {
                Some((Checkpoint::open(&note, &self.keys).map_err(|error| damaged(&error))?, frontier))
            }
        };
        let size = last.as_ref().map_or(0, |(checkpoint, _)| checkpoint.size);
        let after: Vec<StoredRow> = reader.all(ENTRIES_AFTER, args![chain, to_i64(size)]).await?;
        let after = after.into_iter().map(|row| StoredEntry {
            chain: chain_of(chain),
            seq: to_u64(row.seq),
            canonical: row.canonical,
            leaf: Digest::from_slice(&row.leaf).unwrap_or(Digest::ZERO),
            head: Digest::from_slice(&row.head).unwrap_or(Digest::ZERO),
            index: None,
        });
        ChainWriter::resume(
            clinic(&self.config),
            chain_of(chain),
            last.as_ref().map(|(checkpoint, frontier)| (checkpoint, frontier.as_slice())),
            after,
        )
        .map_err(|error: ResumeError| damaged(&error))
    }

    /// Keeps the lease, and signs when 60 seconds have passed.
    async fn look_at_clock(&mut self) {
        let now = self.now();
        if let Some(renewal) = self.renewal.take_if(|renewal| renewal.is_finished()) {
            match renewal.await {
                Ok(Ok(renewed)) if self.lease.as_ref().is_some_and(|lease| lease.chain == renewed.chain) => {
                    self.lease = Some(renewed);
                }
                // Gone to another writer; the next entry takes another chain.
                Ok(Err(DbError::Stale)) => self.lease = None,
                Ok(Err(error)) => tracing::warn!("The ledger's chain could not be kept; trying again: {error}"),
                Ok(Ok(_)) | Err(_) => {}
            }
        }
        if let Some(lease) = self.lease.as_ref().filter(|lease| lease.renewal_due(now))
            && self.renewal.is_none()
        {
            let (mut lease, main) = (lease.clone(), self.main.clone());
            self.renewal = Some(tokio::spawn(async move { lease.renew(&main, now).await.map(|()| lease) }));
        }
        self.sign_if_due().await;
    }

    async fn sign_if_due(&mut self) {
        let now = self.now();
        if self.not_signed_at.is_some_and(|failed| now.since(failed) < SIGN_AGAIN_AFTER) {
            return;
        }
        if self.writer.as_ref().is_some_and(|writer| writer.checkpoint_due(micros(now))) {
            self.not_signed_at = match self.checkpoint().await {
                Ok(()) => None,
                Err(error) => {
                    // Entries stand; only the signature is late.
                    tracing::error!("The ledger's checkpoint failed and will be tried again: {}", told(&error));
                    Some(now)
                }
            };
        }
    }

    /// Signs the chain, then the list of all chains.
    async fn checkpoint(&mut self) -> Result<(), LedgerError> {
        let now = micros(self.now());
        let (chain, mut writer) = self.ready().await?;
        if writer.next_seq() == 0 {
            return Ok(());
        }
        let sealed =
            writer.checkpoint(&self.config.key, now).map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let size = to_i64(sealed.checkpoint.size);
        let mut tx = self.write.begin(&Sight::of_run("ledger")).await?;
        match tx.execute(NEW_CHECKPOINT, args![chain, size, &sealed.note, &sealed.frontier]).await {
            Ok(_) => tx.commit().await?,
            // Nothing new since the last one, which says the same.
            Err(DbError::Taken(_)) => drop(tx),
            Err(error) => return Err(error.into()),
        }
        // Only now: a checkpoint that could not be stored is due again.
        self.writer = Some(writer);
        self.manifest(now).await
    }

    async fn manifest(&self, now: Micros) -> Result<(), LedgerError> {
        let damaged = |error: &dyn std::fmt::Display| LedgerError::Damaged(error.to_string());
        // Another process may take the same number; then its manifest comes before ours.
        for _ in 0..16 {
            let mut reader = self.read.read(&Sight::of_run("ledger")).await?;
            let notes: Vec<(String,)> = reader.all(LATEST_OF_ALL, Vec::new()).await?;
            let previous: Option<(String,)> = reader.maybe(LAST_MANIFEST, Vec::new()).await?;
            drop(reader);
            let chains = notes
                .iter()
                .map(|(note,)| Checkpoint::open(note, &self.keys).map(|checkpoint| ChainState::from(&checkpoint)))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| damaged(&error))?;
            let previous = previous
                .map(|(note,)| Manifest::open(&note, &self.keys))
                .transpose()
                .map_err(|error| damaged(&error))?;
            let manifest =
                Manifest::new(clinic(&self.config), previous.as_ref(), now, chains).map_err(|error| damaged(&error))?;
            let note = manifest.sign(&self.config.key).map_err(|error| damaged(&error))?;
            let mut tx = self.write.begin(&Sight::of_run("ledger")).await?;
            match tx.execute(NEW_MANIFEST, args![to_i64(manifest.number()), note]).await {
                Ok(_) => return Ok(tx.commit().await?),
                Err(DbError::Taken(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DbError::Stale.into())
    }

    async fn close(&mut self) -> Result<(), LedgerError> {
        let signed = if self.writer.is_some() { self.checkpoint().await } else { Ok(()) };
        if let Some(renewal) = self.renewal.take() {
            drop(renewal.await);
        }
        if let Some(lease) = self.lease.take() {
            lease.release(&self.main).await?;
        }
        // Whoever still reads keeps a connection; that is no reason not to end.
        for db in [&self.write, &self.read] {
            drop(tokio::time::timeout(LAST_READERS, db.close()).await);
        }
        signed
    }
}

fn refuse(answers: impl Iterator<Item = Answer>, error: &LedgerError) {
    let why: Arc<str> = told(error).into();
    tracing::error!("The ledger could not be written: {why}");
    for answer in answers {
        drop(answer.send(Err(LedgerError::NotWritten(Arc::clone(&why)))));
    }
}

/// An error with its causes, which hold no values.
fn told(error: &LedgerError) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}

const fn micros(now: Instant) -> Micros {
    Micros(now.micros())
}

const fn chain_of(chain: ChainId) -> salus_ledger::ChainId {
    salus_ledger::ChainId::new(chain.uuid())
}

const fn clinic(config: &LedgerConfig) -> salus_ledger::ClinicId {
    salus_ledger::ClinicId::new(config.clinic.uuid())
}

const ENTRY_COLUMNS: &[&str] = &[
    "chain_id",
    "seq",
    "canonical",
    "leaf",
    "head",
    "recorded_at",
    "kind",
    "action",
    "account_id",
    "patient_id",
    "request_id",
];
const PATIENT_COLUMNS: &[&str] = &["chain_id", "seq", "patient_id"];

/// The rows of a batch, in the order of the columns above.
struct Rows {
    chain: ChainId,
    now: Instant,
    entries: Vec<Vec<Value>>,
    patients: Vec<Vec<Value>>,
}

impl Rows {
    const fn new(chain: ChainId, now: Instant) -> Self {
        Self { chain, now, entries: Vec::new(), patients: Vec::new() }
    }

    fn push(&mut self, draft: &EntryDraft, entry: Appended) {
        let seq = to_i64(entry.seq);
        self.entries.push(args![
            self.chain,
            seq,
            entry.canonical,
            entry.leaf.as_bytes(),
            entry.head.as_bytes(),
            self.now,
            draft.kind.word(),
            draft.action.as_str(),
            draft.actor.account(),
            draft.patient.as_deref(),
            uuid::Uuid::from_bytes(draft.request).hyphenated().to_string(),
        ]);
        let mut patients: Vec<&str> = draft.patients.iter().map(String::as_str).collect();
        patients.sort_unstable();
        patients.dedup();
        self.patients.extend(patients.into_iter().map(|patient| args![self.chain, seq, patient]));
    }
}

/// Inserts rows, many to a statement: three texts per table, so that each is prepared once.
async fn insert(tx: &mut Tx, table: &str, columns: &[&str], mut rows: Vec<Vec<Value>>) -> Result<(), DbError> {
    for size in [64, 8, 1] {
        while rows.len() >= size {
            let rest = rows.split_off(size);
            let mut numbers = 1..;
            let tuples: Vec<String> = rows
                .iter()
                .map(|_| {
                    let places: Vec<String> =
                        numbers.by_ref().take(columns.len()).map(|number: u32| format!("${number}")).collect();
                    format!("({})", places.join(", "))
                })
                .collect();
            let text = format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), tuples.join(", "));
            tx.execute(Sql::owned(text), rows.into_iter().flatten().collect()).await?;
            rows = rest;
        }
    }
    Ok(())
}
