//! The ledger's database: appended to by one task per process, read under row-level security, emptied after six years.
//!
//! ```text
//! many tasks ── append(drafts) ──▶ queue ──▶ ONE writer task ── one commit for all that waits ──▶ positions back
//!                                                │ every 256 entries, 60 s, shutdown
//!                                                └▶ checkpoint, then manifest
//! ```
//!
//! The format is [`salus_ledger`]'s; here are only rows. The writer leases a chain (`lease.rs`) and takes it up where
//! its last checkpoint and the entries after it end.
//!
//! Invariant: an answer with a position means that the entry is on disk.

mod appender;
mod lease;
mod owner;
mod reader;

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use owner::{SIX_YEARS, migrate, purge};
pub use reader::{Filter, LedgerReader, LedgerRow, Mark};
use salus_kernel::{ChainId, ClinicId, Instant};
use salus_ledger::{EntryDraft, SigningKey, VerifyingKey};
use tokio::sync::{mpsc, oneshot};

use crate::{
    Db, DbConfig, DbError, Sight, Url,
    migrate::{LEDGER, refuse_unless_current},
};
use appender::Appender;

/// What the time is: handed in, so that tests move it.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Where the ledger's database is.
#[derive(Clone)]
pub enum LedgerUrl {
    /// A file of its own, with a key of its own.
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its key.
        key: [u8; 32],
    },
    /// A database of its own, with a role that may only insert and one that may only read.
    Postgres {
        /// The address with the inserting role.
        writer: String,
        /// The address with the reading role.
        reader: String,
    },
}

impl fmt::Debug for LedgerUrl {
    /// Without keys and passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite { .. } => "Sqlite(..)",
            Self::Postgres { .. } => "Postgres(..)",
        })
    }
}

/// Everything that the ledger needs to be written and read.
#[derive(Clone)]
pub struct LedgerConfig {
    /// Where it is.
    pub url: LedgerUrl,
    /// Whose it is.
    pub clinic: ClinicId,
    /// Signs checkpoints and manifests.
    pub key: Arc<SigningKey>,
    /// Keys that signed before: without them a chain from before a rotation can't be taken up again.
    pub former_keys: Vec<VerifyingKey>,
    /// The time.
    pub clock: Clock,
    /// Ten random bytes, for the id of a new chain and of this writer.
    pub random: Arc<dyn Fn() -> [u8; 10] + Send + Sync>,
    /// Whether all that waits shares one commit. Off only to measure what it saves.
    pub group_commit: bool,
}

impl fmt::Debug for LedgerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerConfig")
            .field("url", &self.url)
            .field("clinic", &self.clinic)
            .field("key", &self.key)
            .field("group_commit", &self.group_commit)
            .finish_non_exhaustive()
    }
}

/// Where an entry stands. Rows carry it as text: `<chain>/<seq>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The chain.
    pub chain: ChainId,
    /// The place in it, from 0.
    pub seq: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.chain, self.seq)
    }
}

impl std::str::FromStr for Position {
    type Err = salus_kernel::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (chain, seq) = text.split_once('/').ok_or(salus_kernel::NotAnId)?;
        let position = Self { chain: chain.parse()?, seq: seq.parse().map_err(|_| salus_kernel::NotAnId)? };
        if position.to_string() == text { Ok(position) } else { Err(salus_kernel::NotAnId) }
    }
}

/// Why something is not in the ledger. Whatever it is: what was to follow must not happen.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The draft can't be an entry.
    #[error("the entry is not valid: {0}")]
    Invalid(#[from] salus_ledger::Invalid),
    /// Storing failed. The entry may stand there nevertheless (an answer got lost); nothing may follow from it.
    #[error("the ledger could not be written: {0}")]
    NotWritten(Arc<str>),
    /// The ledger was closed, or its writer died.
    #[error("the ledger is closed")]
    Closed,
    /// What is stored does not fit together, or does not fit the keys.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// Younger entries than six years are not emptied.
    #[error("entries stay for six years")]
    TooYoung,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The open ledger of this process. Clones share the one writer.
#[derive(Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Message>,
    read: Db,
    commits: Arc<AtomicU64>,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ledger(..)")
    }
}

/// What the writer is asked.
enum Message {
    Append(Request),
    Checkpoint { answer: oneshot::Sender<Result<(), LedgerError>> },
    Close { answer: oneshot::Sender<Result<(), LedgerError>> },
}

/// Drafts of one caller: all of them are written or none.
struct Request {
    drafts: Vec<EntryDraft>,
    /// The intent whose outcomes they are.
    about: Option<Position>,
    answer: oneshot::Sender<Result<Vec<Position>, LedgerError>>,
}

/// How many messages may wait before callers wait to hand theirs in.
const QUEUE: usize = 1024;

impl Ledger {
    /// Opens the ledger, leases a chain through the main database, and starts the writer.
    pub async fn open(config: LedgerConfig, main: &Db) -> Result<Self, LedgerError> {
        let (write, read) = match &config.url {
            LedgerUrl::Sqlite { path, key } => {
                let db = Db::connect(&DbConfig::new(Url::Sqlite { path: path.clone(), key: *key })).await?;
                (db.clone(), db)
            }
            LedgerUrl::Postgres { writer, reader } => {
                let connect = |url: &String, readers| DbConfig { url: Url::Postgres { url: url.clone() }, readers };
                (Db::connect(&connect(writer, 1)).await?, Db::connect(&connect(reader, 8)).await?)
            }
        };
        refuse_unless_current(&read, LEDGER).await?;
        let (queue, messages) = mpsc::channel(QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        let appender = Appender::start(config, main.clone(), write, read.clone(), Arc::clone(&commits)).await?;
        tokio::spawn(appender.run(messages));
        Ok(Self { queue, read, commits })
    }

    /// Writes entries down and waits until they are on disk: all of these or none, in this order, one after the other.
    pub async fn append(&self, drafts: Vec<EntryDraft>) -> Result<Vec<Position>, LedgerError> {
        self.append_of(drafts, None).await
    }

    /// The same for outcomes of an intent. They name its place when they come into the same chain; else the request
    /// alone says what belongs together.
    pub async fn append_about(&self, intent: Position, drafts: Vec<EntryDraft>) -> Result<Vec<Position>, LedgerError> {
        self.append_of(drafts, Some(intent)).await
    }

    async fn append_of(&self, drafts: Vec<EntryDraft>, about: Option<Position>) -> Result<Vec<Position>, LedgerError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        self.ask(|answer| Message::Append(Request { drafts, about, answer })).await
    }

    /// Signs the chain as it is now, whether or not that is due.
    pub async fn checkpoint(&self) -> Result<(), LedgerError> {
        self.ask(|answer| Message::Checkpoint { answer }).await
    }

    /// Writes what waits, signs a last checkpoint, and gives the chain back. Appending fails from here on.
    pub async fn close(&self) -> Result<(), LedgerError> {
        self.ask(|answer| Message::Close { answer }).await
    }

    /// Begins to read, seeing what `sight` sees: a patient the entries about them, an account its own, the privacy
    /// officer (and the runs `audit` and `ledger`) everything.
    pub async fn reader(&self, sight: &Sight) -> Result<LedgerReader, LedgerError> {
        LedgerReader::begin(&self.read, sight).await
    }

    /// How many commits of entries there were since the start: fewer than entries, when they come together.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<T, LedgerError>>) -> Message,
    ) -> Result<T, LedgerError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(message(answer)).await.map_err(|_| LedgerError::Closed)?;
        answered.await.map_err(|_| LedgerError::Closed)?
    }
}

/// BIGINT and back: numbers of entries never reach 2^63.
fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn to_u64(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
