//! Outcomes: what a change tells the ledger after its commit, kept beside the rows until the ledger has it.
//!
//! ```text
//! intent in the ledger ─▶ rows and outcome, one transaction ─▶ outcome in the ledger ─▶ (later) the kept one goes
//!                                                          ✗ a process that dies here leaves it for the next start
//! ```
//!
//! Kept outcomes are sealed under the clinic's key: who can write to the database and has no key can't make one, and so
//! can't make an altered row look as if a change were only unfinished.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use salus_db::{
    Db, Reader, Sql, Tx, args,
    ledger::{Filter, Ledger, LedgerRow, Position},
    row, sql,
};
use salus_kernel::{ClinicId, Instant, MINUTE, RequestId, Subject};
use salus_ledger::{Entry, EntryDraft, Micros};
use salus_vault::{DataKey, Vault};

use super::{Sight, columns::ledger_outcome, store};
use crate::shell::error::Error;

/// So many told outcomes are forgotten together, in one transaction.
const TOGETHER: usize = 64;
/// How many drafts the ledger takes at once.
const AT_ONCE: usize = 64;
/// What a moment has to be before, when all of them are meant.
pub(super) const ANY_TIME: Instant = Instant::from_micros(i64::MAX);
/// An outcome this old is not on its way any more.
pub(super) const NOT_ON_ITS_WAY: i64 = MINUTE;

const CLINIC: Sql = sql!("SELECT id FROM clinic");
const KEEP: Sql =
    sql!("INSERT INTO ledger_outcome (intent, part, draft, key_version, created_at) VALUES ($1, $2, $3, $4, $5)");
const KEPT: Sql = sql!("SELECT intent, part, draft FROM ledger_outcome WHERE created_at < $1 ORDER BY intent, part");
const FORGET: Sql = sql!("DELETE FROM ledger_outcome WHERE intent = $1");
const FORGET_PART: Sql = sql!("DELETE FROM ledger_outcome WHERE intent = $1 AND part = $2");

struct KeptRow {
    intent: String,
    part: i64,
    draft: Vec<u8>,
}
row!(KeptRow { intent, part, draft });

/// The outcomes of this process, and those that another one left.
pub(super) struct Outcomes {
    db: Db,
    ledger: Ledger,
    clinic: ClinicId,
    key: DataKey,
    /// In the ledger, and still kept.
    told: Mutex<Vec<Position>>,
    /// When the ledger last refused one, in microseconds, or 0: what is owed is told when it takes entries again.
    owing: AtomicI64,
    /// One settles at a time, so that nothing is told twice.
    settling: tokio::sync::Mutex<()>,
}

/// An outcome that was kept.
pub(super) struct Kept {
    intent: Position,
    part: i64,
    pub(super) draft: EntryDraft,
}

/// What is kept, in the order of intents and parts.
#[derive(Default)]
pub(super) struct AllKept {
    pub(super) opened: Vec<Kept>,
    /// Rows that don't open: altered, or put there by somebody without the key. They stay, for whoever looks into it.
    pub(super) unopened: u64,
}

impl Outcomes {
    pub(super) async fn open(db: Db, ledger: Ledger, vault: &Vault) -> Result<Self, Error> {
        let mut tx = db.read(&Sight::of_run("setup")).await?;
        let (clinic,): (ClinicId,) = tx.one(CLINIC, Vec::new()).await?;
        let key = store::key(&mut tx, vault, Subject::Clinic).await?;
        drop(tx);
        let (told, owing, settling) = (Mutex::default(), AtomicI64::new(0), tokio::sync::Mutex::default());
        Ok(Self { db, ledger, clinic, key, told, owing, settling })
    }

    /// Keeps outcomes in the transaction of the rows they speak of, commits, and tells the ledger.
    ///
    /// Whoever asked may leave meanwhile (a browser that hangs up, a time limit): what was begun here is finished. Once
    /// the rows are committed this succeeds, also when the ledger refuses: the change is done, and its outcome follows.
    pub(super) async fn commit(
        self: &Arc<Self>,
        tx: Tx,
        intent: Position,
        drafts: Vec<EntryDraft>,
        now: Instant,
    ) -> Result<(), Error> {
        let this = Arc::clone(self);
        let finished = tokio::spawn(async move {
            this.commit_untold(tx, intent, &drafts, now).await?;
            this.tell(intent, drafts, now).await;
            Ok(())
        });
        finished.await.map_err(|_| Error::broken("a commit that did not come to its end"))?
    }

    /// The first half: what is on disk when the process dies between the two.
    pub(super) async fn commit_untold(
        &self,
        mut tx: Tx,
        intent: Position,
        drafts: &[EntryDraft],
        now: Instant,
    ) -> Result<(), Error> {
        self.keep(&mut tx, intent, drafts, now).await?;
        Ok(tx.commit().await?)
    }

    async fn keep(&self, tx: &mut Tx, intent: Position, drafts: &[EntryDraft], now: Instant) -> Result<(), Error> {
        for (draft, part) in drafts.iter().zip(0_i64..) {
            // In the ledger's own bytes, as the entry after the intent.
            let entry = Entry {
                clinic: salus_ledger::ClinicId::new(self.clinic.uuid()),
                chain: salus_ledger::ChainId::new(intent.chain.uuid()),
                seq: intent.seq.saturating_add(1),
                recorded: Micros(now.micros()),
                draft: draft.clone(),
            };
            let bytes = entry.canonical().map_err(|_| Error::broken("an outcome that is no entry"))?;
            let sealed = self.key.seal::<ledger_outcome::Draft>(&place(&intent.to_string(), part), &bytes);
            tx.execute(KEEP, args![intent.to_string(), part, sealed, i64::from(self.key.version()), now]).await?;
        }
        Ok(())
    }

    /// The second half. What the ledger refuses stays kept, and is told later.
    async fn tell(self: &Arc<Self>, intent: Position, drafts: Vec<EntryDraft>, now: Instant) {
        if let Err(error) = self.append(intent, drafts).await {
            tracing::error!("The ledger did not take the outcome of a change that is done; it is kept: {error}");
            self.owe(now);
            return;
        }
        let many = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(intent);
            told.len() >= TOGETHER
        };
        let before = now.plus(-NOT_ON_ITS_WAY);
        let owing = self.owing.load(Ordering::Relaxed);
        let owed = owing != 0 && owing < before.micros();
        if many || owed {
            // Only tidying up: nobody waits for it.
            let this = Arc::clone(self);
            tokio::spawn(async move { this.tidy(owed.then_some(owing), before).await });
        }
    }

    /// Notes that the ledger refused an outcome at this moment.
    pub(super) fn owe(&self, now: Instant) {
        self.owing.fetch_max(now.micros(), Ordering::Relaxed);
    }

    async fn tidy(&self, owing: Option<i64>, before: Instant) {
        if let Err(error) = self.forget_told().await {
            tracing::warn!("Outcomes that the ledger has could not be removed yet: {error}");
        }
        let Some(owing) = owing else { return };
        match self.settle(before).await {
            // A later refusal stays owed.
            Ok(()) => drop(self.owing.compare_exchange(owing, 0, Ordering::Relaxed, Ordering::Relaxed)),
            Err(error) => tracing::warn!("Outcomes that the ledger has not could not be told yet: {error}"),
        }
    }

    async fn append(&self, intent: Position, drafts: Vec<EntryDraft>) -> Result<(), Error> {
        for some in drafts.chunks(AT_ONCE) {
            self.ledger.append_about(intent, some.to_vec()).await.map_err(|error| Error::ledger_silent(&error))?;
        }
        Ok(())
    }

    /// Removes kept outcomes that the ledger has.
    pub(super) async fn forget_told(&self) -> Result<(), Error> {
        let told = std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        let forgotten = self.forget(&told).await;
        if forgotten.is_err() {
            self.told.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
        }
        forgotten
    }

    async fn forget(&self, intents: &[Position]) -> Result<(), Error> {
        if intents.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin(&Sight::of_run("ledger")).await?;
        for intent in intents {
            tx.execute(FORGET, args![intent.to_string()]).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Tells the ledger what was kept before this moment and is not there: at the start, for a process that died between
    /// its two commits.
    pub(super) async fn settle(&self, before: Instant) -> Result<(), Error> {
        let _alone = self.settling.lock().await;
        let kept = self.kept(&mut self.db.read(&Sight::of_run("ledger")).await?, before).await?;
        let mut late: Vec<Position> = Vec::new();
        for kept in &kept.opened {
            if !self.is_in_ledger(kept).await? {
                self.append(kept.intent, vec![kept.draft.clone()]).await?;
                if late.last() != Some(&kept.intent) {
                    late.push(kept.intent);
                }
            }
        }
        if !kept.opened.is_empty() {
            let mut tx = self.db.begin(&Sight::of_run("ledger")).await?;
            for kept in &kept.opened {
                tx.execute(FORGET_PART, args![kept.intent.to_string(), kept.part]).await?;
            }
            tx.commit().await?;
        }
        if !late.is_empty() {
            tracing::info!(changes = late.len(), "The ledger now has outcomes that were committed and not told");
        }
        Ok(())
    }

    /// What is kept since before this moment. What does not open is nobody's word.
    pub(super) async fn kept(&self, tx: &mut Reader, before: Instant) -> Result<AllKept, Error> {
        let rows: Vec<KeptRow> = tx.all(KEPT, args![before]).await?;
        let mut all = AllKept::default();
        for row in rows {
            let open = || {
                let bytes = self.key.open_at(TABLE, DRAFT, &place(&row.intent, row.part), &row.draft).ok()?;
                let draft = Entry::from_canonical(&bytes).ok()?.draft;
                Some(Kept { intent: row.intent.parse().ok()?, part: row.part, draft })
            };
            match open() {
                Some(kept) => all.opened.push(kept),
                None => all.unopened = all.unopened.saturating_add(1),
            }
        }
        if all.unopened > 0 {
            tracing::error!(count = all.unopened, "Kept outcomes don't open: they were altered or put there");
        }
        Ok(all)
    }

    async fn is_in_ledger(&self, kept: &Kept) -> Result<bool, Error> {
        let filter = Filter {
            request: Some(RequestId::from_uuid(uuid::Uuid::from_bytes(kept.draft.request))),
            kind: Some(kept.draft.kind.word().to_owned()),
            ..Filter::default()
        };
        // Two changes of one request may say the same; then their intents tell them apart, as long as the chain is the same.
        let says_it = |row: &LedgerRow| {
            row.entry().is_some_and(|entry| {
                let its_intent = row.chain != kept.intent.chain || entry.draft.about == Some(kept.intent.seq);
                its_intent && EntryDraft { about: kept.draft.about, ..entry.draft } == kept.draft
            })
        };
        let silent = |error| Error::ledger_silent(&error);
        let mut reader = self.ledger.reader(&Sight::of_run("ledger")).await.map_err(silent)?;
        let mut before = None;
        loop {
            let rows = reader.search(&filter, before, 200).await.map_err(silent)?;
            let Some(last) = rows.last() else { return Ok(false) };
            before = Some(last.mark());
            if rows.iter().any(says_it) {
                return Ok(true);
            }
        }
    }
}

const TABLE: &str = <ledger_outcome::Draft as salus_kernel::Column>::TABLE;
const DRAFT: &str = <ledger_outcome::Draft as salus_kernel::Column>::NAME;

/// The row's name inside its seal.
fn place(intent: &str, part: i64) -> String {
    format!("{intent} {part}")
}
