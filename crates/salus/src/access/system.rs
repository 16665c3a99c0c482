//! `SystemRun`: a command at the machine, under its own name. It sees what its name may see, and the ledger has it first.

use std::sync::Arc;

use salus_db::{Db, Reader, Sql, Tx, Value, args, ledger::Ledger, sql};
use salus_kernel::{Action, Instant, PatientId, RequestId, Subject};
use salus_ledger::{EntryDraft, Kind, Outcome, RowVersion};
use salus_vault::{DataKey, RootKey, Vault};
use zeroize::Zeroizing;

use super::{
    Asked, Job, RowWritten, Sight, app,
    audit::{self, word},
    jobs,
    outcomes::{NOT_ON_ITS_WAY, Outcomes},
    store, tx,
};
use crate::shell::error::Error;

/// A command under its own name, with the keys that its work needs.
pub struct SystemRun {
    name: &'static str,
    action: Action,
    db: Db,
    ledger: Ledger,
    vault: Vault,
    outcomes: Arc<Outcomes>,
    now: Instant,
    request: RequestId,
}

impl SystemRun {
    /// Begins a run; writes nothing of its own yet.
    pub async fn new(
        name: &'static str,
        action: Action,
        db: Db,
        ledger: Ledger,
        root: &RootKey,
        now: Instant,
    ) -> Result<Self, Error> {
        let vault = app::vault(&db, root).await?;
        let outcomes = Arc::new(Outcomes::open(db.clone(), ledger.clone(), &vault).await?);
        // The portal may serve: what is younger may be on its way.
        outcomes.settle(now.plus(-NOT_ON_ITS_WAY)).await?;
        let request = RequestId::new(now, salus_vault::random());
        Ok(Self { name, action, db, ledger, vault, outcomes, now, request })
    }
    /// The run's moment.
    pub fn now(&self) -> Instant {
        self.now
    }
    /// For blind indexes and digests.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }
    /// A look before anything is written: what the run may see, and no key.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(self.db.read(&Sight::of_run(self.name)).await?)
    }
    /// Writes down that the run is about to change things, and begins.
    pub async fn begin(&self) -> Result<RunChange<'_>, Error> {
        let entry = self
            .ledger
            .append(vec![self.draft(Kind::Change, Outcome::Allowed)])
            .await
            .map_err(|error| Error::ledger_silent(&error))?;
        let entry = entry.into_iter().next().ok_or_else(|| Error::broken("an entry without a place"))?;
        Ok(RunChange {
            tx: self.db.begin(&Sight::of_run(self.name)).await?,
            run: self,
            entry,
            rows: Vec::new(),
            digest_key: self.vault.row_digest_key(),
        })
    }
    /// Ends the run and closes the databases: the ledger's last checkpoint.
    pub async fn end(self) -> Result<(), Error> {
        self.ledger.close().await.map_err(|error| Error::ledger_silent(&error))?;
        self.db.close().await;
        Ok(())
    }
    fn draft(&self, kind: Kind, outcome: Outcome) -> EntryDraft {
        let asked = Asked::by_itself(self.request, self.now);
        let who = audit::Who::command(self.name);
        let mut draft = EntryDraft::new(
            kind,
            asked.request.uuid().into_bytes(),
            who.actor,
            word(self.action.word()),
            word("operations"),
            outcome,
        );
        draft.resource = Some(salus_ledger::Resource { kind: word(self.action.resource()), id: None });
        draft
    }
}

/// A write transaction of a run.
pub struct RunChange<'a> {
    /// The transaction.
    pub tx: Tx,
    run: &'a SystemRun,
    entry: salus_db::ledger::Position,
    rows: Vec<(Option<PatientId>, RowVersion)>,
    digest_key: Zeroizing<[u8; 32]>,
}

const HAS_KEY: salus_db::Sql =
    sql!("SELECT version FROM subject_key WHERE subject_kind = $1 AND subject_id = $2 AND destroyed_at IS NULL");

impl RunChange<'_> {
    /// The entry under which rows are written, as they carry it.
    pub fn entry(&self) -> String {
        format!("{}/{}", self.entry.chain, self.entry.seq)
    }
    pub(super) fn vault(&self) -> &Vault {
        &self.run.vault
    }
    /// From here on the run also sees this patient's rows.
    pub async fn look_at(&mut self, patient: PatientId) -> Result<(), Error> {
        Ok(self.tx.look_as(&Sight { patient: Some(patient), ..Sight::of_run(self.run.name) }).await?)
    }
    /// From here on the run also sees this account's rows.
    pub async fn look_at_account(&mut self, account: salus_kernel::AccountId) -> Result<(), Error> {
        Ok(self.tx.look_as(&Sight { account: Some(account), ..Sight::of_run(self.run.name) }).await?)
    }
    /// From here on the run may look for imported rows by their source, as an import does.
    pub async fn see_imported(&mut self) -> Result<(), Error> {
        Ok(self.tx.look_as(&Sight::of_run("import")).await?)
    }
    /// From here on the run sees again what its own name sees.
    pub async fn see_own(&mut self) -> Result<(), Error> {
        Ok(self.tx.look_as(&Sight::of_run(self.run.name)).await?)
    }
    /// When the subject's record was made unreadable, if it was.
    pub async fn erased_at(&mut self, subject: Subject) -> Result<Option<Instant>, Error> {
        store::erased_at(&mut self.tx, subject).await
    }
    /// The subject's key; made when there is none yet.
    pub async fn key_for(&mut self, subject: Subject) -> Result<DataKey, Error> {
        match self.tx.maybe::<(i64,)>(HAS_KEY, args![subject.kind(), subject.id()]).await? {
            Some(_) => store::key(&mut self.tx, &self.run.vault, subject).await,
            None => store::new_key(&mut self.tx, &self.run.vault, subject, self.run.now).await,
        }
    }
    /// What follows from this change, to be done by the portal once it is committed.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<(), Error> {
        let entry = self.entry();
        jobs::enqueue(&mut self.tx, job, self.run.now, entry).await
    }
    /// Notes a row that was written, so that the outcome carries its digest.
    pub fn wrote(&mut self, patient: Option<PatientId>, row: &RowWritten<'_>) {
        let digest = tx::digest(&self.digest_key, row);
        let version = u64::try_from(row.version).unwrap_or(0);
        self.rows.push((patient, RowVersion { table: word(row.table), id: row.id.clone(), version, digest }));
    }
    /// Notes a row that was just updated: reads it back whole, as the registry names its columns.
    pub(super) async fn wrote_row(
        &mut self,
        patient: Option<PatientId>,
        table: &'static str,
        id: &str,
    ) -> Result<(), Error> {
        let columns = tx::read_row(&mut self.tx, table, id).await?.ok_or(Error::NotFound)?;
        let version = tx::version(&columns).unwrap_or(1);
        self.wrote(patient, &RowWritten { table, id: id.to_owned(), version, columns: &columns });
        Ok(())
    }
    /// Inserts a row whose columns are all named, and notes it.
    pub async fn insert(&mut self, patient: Option<PatientId>, row: &RowWritten<'_>) -> Result<(), Error> {
        tx::insert_row(&mut self.tx, row).await?;
        self.wrote(patient, row);
        Ok(())
    }
    /// Inserts rows of one table, each with the same columns in the same order, and notes them.
    pub async fn insert_all(&mut self, patient: Option<PatientId>, rows: &[RowWritten<'_>]) -> Result<(), Error> {
        // Few lengths, so that the engines can keep the statements.
        const LENGTHS: [usize; 2] = [32, 4];
        let mut rest = rows;
        while !rest.is_empty() {
            let length = LENGTHS.into_iter().find(|length| *length <= rest.len()).unwrap_or(1);
            let (now, later) = rest.split_at(length);
            insert_rows(&mut self.tx, now).await?;
            for row in now {
                self.wrote(patient, row);
            }
            rest = later;
        }
        Ok(())
    }
    /// Writes all columns of a row that has the version before this one, and notes it. `key` is the column of its id.
    pub async fn update(
        &mut self,
        patient: Option<PatientId>,
        key: &'static str,
        row: &RowWritten<'_>,
    ) -> Result<(), Error> {
        update_row(&mut self.tx, key, row).await?;
        self.wrote(patient, row);
        Ok(())
    }
    /// Keeps nothing, and tells the ledger so.
    pub async fn give_up(self) -> Result<(), Error> {
        let Self { tx, run, entry, .. } = self;
        drop(tx);
        let draft = run.draft(Kind::Outcome, Outcome::Failed);
        run.ledger.append_about(entry, vec![draft]).await.map_err(|error| Error::ledger_silent(&error))?;
        Ok(())
    }
    /// Commits, then tells the ledger what was written, patient by patient.
    pub async fn commit(mut self) -> Result<(), Error> {
        let mut outcomes: Vec<EntryDraft> = Vec::new();
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|(patient, _)| *patient);
        for (patient, row) in rows {
            let patient = patient.map(|patient| patient.to_string());
            match outcomes.last_mut() {
                Some(open) if open.patient == patient && open.rows.len() < tx::ROWS_PER_ENTRY => open.rows.push(row),
                _ => {
                    let draft = self.run.draft(Kind::Outcome, Outcome::Done);
                    outcomes.push(EntryDraft { patient, rows: vec![row], ..draft });
                }
            }
        }
        if outcomes.is_empty() {
            outcomes.push(self.run.draft(Kind::Outcome, Outcome::Done));
        }
        let Self { tx, run, entry, .. } = self;
        run.outcomes.commit(tx, entry, outcomes, run.now).await?;
        if let Err(error) = run.outcomes.forget_told().await {
            tracing::warn!("Outcomes that the ledger has could not be removed yet: {error}");
        }
        Ok(())
    }
}

/// One statement for several rows of one table.
async fn insert_rows(tx: &mut Tx, rows: &[RowWritten<'_>]) -> Result<(), Error> {
    let Some(first) = rows.first() else { return Ok(()) };
    debug_assert!(rows.iter().all(complete), "a row of {} misses a column of the registry", first.table);
    let names: Vec<&str> = first.columns.iter().map(|(name, _)| *name).collect();
    let row = |number: usize| {
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${}", number * names.len() + place)).collect();
        format!("({})", places.join(", "))
    };
    let values: Vec<String> = (0..rows.len()).map(row).collect();
    let sql = Sql::owned(format!("INSERT INTO {} ({}) VALUES {}", first.table, names.join(", "), values.join(", ")));
    let values: Vec<Value> = rows.iter().flat_map(|row| row.columns.iter().map(|(_, value)| value.clone())).collect();
    tx.execute(sql, values).await?;
    Ok(())
}

async fn update_row(tx: &mut Tx, key: &'static str, row: &RowWritten<'_>) -> Result<(), Error> {
    debug_assert!(complete(row), "a row of {} misses a column of the registry", row.table);
    let sets: Vec<String> =
        row.columns.iter().zip(1..).map(|((name, _), place)| format!("{name} = ${place}")).collect();
    let places = row.columns.len();
    let sql = Sql::owned(format!(
        "UPDATE {} SET {} WHERE {key} = ${} AND version = ${}",
        row.table,
        sets.join(", "),
        places + 1,
        places + 2
    ));
    let mut values: Vec<Value> = row.columns.iter().map(|(_, value)| value.clone()).collect();
    values.push(row.id.as_str().into());
    values.push((row.version - 1).into());
    Ok(tx.one_row(sql, values).await?)
}

fn complete(row: &RowWritten<'_>) -> bool {
    super::columns::table(row.table).is_some_and(|table| {
        table.columns.iter().all(|column| row.columns.iter().any(|(name, _)| *name == column.name))
    })
}
