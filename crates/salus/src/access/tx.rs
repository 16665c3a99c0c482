//! `Change`: the only way a row changes, with its outcome in the ledger once the commit is known.

use std::ops::{Deref, DerefMut};

use salus_db::{DbError, Reader, Sql, Tx, Value, Values, ledger::Position};
use salus_kernel::Instant;
use salus_ledger::{EntryDraft, Kind, Outcome, Resource, RowVersion, digest_row};
use salus_vault::Vault;
use zeroize::Zeroizing;

use super::{Floor, Job, Sight, audit, audit::Line, columns, jobs};
use crate::shell::error::Error;

/// How many rows one outcome entry names; more rows make more entries, all in one commit of the ledger.
pub(super) const ROWS_PER_ENTRY: usize = 500;

/// A write transaction under an entry that is committed already.
pub struct Change<'a> {
    floor: &'a Floor,
    tx: Tx,
    entry: Position,
    now: Instant,
    outcome: EntryDraft,
    rows: Vec<RowVersion>,
    digest_key: Zeroizing<[u8; 32]>,
    enqueued: bool,
}

/// A row as it is written: every column of the registry, by name.
pub struct RowWritten<'a> {
    /// As in SQL.
    pub table: &'static str,
    /// The row's id.
    pub id: String,
    /// The row's version after this.
    pub version: i64,
    /// Name and value of each column.
    pub columns: &'a [(&'static str, Value)],
}

impl Deref for Change<'_> {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}
impl DerefMut for Change<'_> {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl<'a> Change<'a> {
    pub(super) async fn begin(
        floor: &'a Floor,
        sight: &Sight,
        entry: Position,
        line: &Line<'_>,
    ) -> Result<Self, Error> {
        Self::under(floor, sight, entry, line.draft(floor, Kind::Outcome, Outcome::Done), line.asked.now).await
    }

    /// The same with an outcome that was drafted before.
    pub(super) async fn under(
        floor: &'a Floor,
        sight: &Sight,
        entry: Position,
        outcome: EntryDraft,
        now: Instant,
    ) -> Result<Self, Error> {
        Ok(Self {
            tx: floor.db().begin(sight).await?,
            floor,
            entry,
            now,
            outcome,
            rows: Vec::new(),
            digest_key: floor.vault().row_digest_key(),
            enqueued: false,
        })
    }

    /// The entry under which rows are written, as they carry it: `chain/seq`.
    pub fn entry(&self) -> String {
        format!("{}/{}", self.entry.chain, self.entry.seq)
    }

    /// The request's moment.
    pub(super) fn now(&self) -> Instant {
        self.now
    }
    pub(super) fn vault(&self) -> &Vault {
        self.floor.vault()
    }

    /// Notes a row that was just written, so that the outcome carries its digest.
    pub fn wrote(&mut self, row: &RowWritten<'_>) {
        let digest = digest(&self.digest_key, row);
        self.rows.push(RowVersion {
            table: audit::word(row.table),
            id: row.id.clone(),
            version: u64::try_from(row.version).unwrap_or(0),
            digest,
        });
    }

    /// Notes a row that was just updated: reads it back whole, as the registry names its columns.
    pub async fn wrote_row(&mut self, table: &'static str, id: &str) -> Result<(), Error> {
        let columns = read_row(&mut self.tx, table, id).await?.ok_or(Error::NotFound)?;
        let version = version(&columns).unwrap_or(1);
        self.wrote(&RowWritten { table, id: id.to_owned(), version, columns: &columns });
        Ok(())
    }

    /// Runs an update of one row that says which version it read, and notes the row; false when somebody else was faster, and
    /// then this change can only be dropped.
    pub async fn save_row(
        &mut self,
        table: &'static str,
        id: impl std::fmt::Display,
        sql: Sql,
        values: Vec<Value>,
    ) -> Result<bool, Error> {
        match self.tx.one_row(sql, values).await {
            Ok(()) => {}
            Err(DbError::Stale) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.wrote_row(table, &id.to_string()).await?;
        Ok(true)
    }

    /// Inserts a row whose columns are all named, and notes it.
    pub async fn insert(&mut self, row: &RowWritten<'_>) -> Result<(), Error> {
        insert_row(&mut self.tx, row).await?;
        self.wrote(row);
        Ok(())
    }
    /// The same, unless a unique column holds what it must not: false, and then this change can only be dropped.
    pub async fn insert_unless_taken(&mut self, row: &RowWritten<'_>) -> Result<bool, Error> {
        match insert_row(&mut self.tx, row).await {
            Ok(()) => {
                self.wrote(row);
                Ok(true)
            }
            Err(DbError::Taken(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What follows from this change, to be done once it is committed; what was asked for twice is done once.
    pub async fn enqueue<J: Job>(&mut self, job: &J) -> Result<(), Error> {
        let entry = self.entry();
        jobs::enqueue(&mut self.tx, job, self.now, entry).await?;
        self.enqueued = true;
        Ok(())
    }

    /// Says what this change is about, where the entry before it could not know: the ledger's outcome names it.
    pub fn concerns(&mut self, kind: &str, id: &str) {
        self.outcome.resource = Some(Resource { kind: audit::word(kind), id: Some(id.to_owned()) });
    }

    /// Commits, then tells the ledger what was written. The outcome is kept beside the rows until it is told.
    pub async fn commit(mut self) -> Result<(), Error> {
        let drafts = self.outcomes();
        self.floor.outcomes.commit(self.tx, self.entry, drafts, self.now).await?;
        if self.enqueued {
            self.floor.due.notify_one();
        }
        Ok(())
    }

    /// Commits as a process does that dies before it tells the ledger.
    #[cfg(test)]
    pub(super) async fn commit_untold(mut self) -> Result<(), Error> {
        let drafts = self.outcomes();
        self.floor.outcomes.commit_untold(self.tx, self.entry, &drafts, self.now).await
    }

    fn outcomes(&mut self) -> Vec<EntryDraft> {
        let mut outcomes = Vec::new();
        let mut rows = std::mem::take(&mut self.rows);
        loop {
            let rest = rows.split_off(rows.len().min(ROWS_PER_ENTRY));
            outcomes.push(EntryDraft { rows, ..self.outcome.clone() });
            if rest.is_empty() {
                return outcomes;
            }
            rows = rest;
        }
    }
}

/// A row's version, where its table has one. What gives access has none and is only ever ended: made, it is 1, ended, it
/// is 2, so that the ledger tells the two apart in whichever order its chains are read.
pub(super) fn version(columns: &[(&'static str, Value)]) -> Option<i64> {
    let of = |wanted: &str| columns.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
    match (of("version"), of("ends_at")) {
        (Some(Value::Int(version)), _) => *version,
        (None, Some(Value::Int(ends_at))) => Some(1 + i64::from(ends_at.is_some())),
        _ => None,
    }
}

/// The column, or what is made of columns, by which the ledger names a table's rows.
const fn key_of(table: &str) -> &str {
    match table.as_bytes() {
        b"patient" => "patient_id",
        b"feature" => "name",
        b"staff_member" | b"registration" => "account_id",
        b"thread_key" => "thread_id || ' ' || holder_id || ' ' || version",
        b"communication_receipt" => "communication_id || ' ' || account_id",
        b"care_team_member" => "patient_id || ' ' || practitioner_id || ' ' || starts_at",
        _ => "id",
    }
}

/// A whole row, as the registry names its columns.
pub(super) async fn read_row(
    tx: &mut Reader,
    table: &str,
    id: &str,
) -> Result<Option<Vec<(&'static str, Value)>>, Error> {
    let columns = columns::table(table).ok_or_else(|| Error::broken("a table that is not in the registry"))?.columns;
    let names: Vec<&'static str> = columns.iter().map(|column| column.name).collect();
    let sql = Sql::owned(format!("SELECT {} FROM {table} WHERE {} = $1", names.join(", "), key_of(table)));
    let row: Option<Values> = tx.maybe(sql, vec![Value::from(id)]).await?;
    Ok(row.map(|Values(values)| names.into_iter().zip(values).collect()))
}

/// Inserts a row that names every column of the registry.
pub(super) async fn insert_row(tx: &mut Tx, row: &RowWritten<'_>) -> Result<(), DbError> {
    debug_assert!(complete(row), "a row of {} misses a column of the registry", row.table);
    let names: Vec<&str> = row.columns.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=names.len()).map(|number| format!("${number}")).collect();
    let sql = Sql::owned(format!("INSERT INTO {} ({}) VALUES ({})", row.table, names.join(", "), places.join(", ")));
    tx.execute(sql, row.columns.iter().map(|(_, value)| value.clone()).collect()).await?;
    Ok(())
}

fn complete(row: &RowWritten<'_>) -> bool {
    columns::table(row.table).is_some_and(|table| {
        table.columns.iter().all(|column| row.columns.iter().any(|(name, _)| *name == column.name))
    })
}

/// The keyed digest of a row: each column as its own bytes, and NULL left out.
pub(super) fn digest(key: &[u8; 32], row: &RowWritten<'_>) -> salus_ledger::Digest {
    let encoded: Vec<(&str, Vec<u8>)> =
        row.columns.iter().filter_map(|(name, value)| bytes(value).map(|bytes| (*name, bytes))).collect();
    let columns: Vec<(&str, &[u8])> = encoded.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    digest_row(key, row.table, &row.id, u64::try_from(row.version).unwrap_or(0), &columns)
}

/// A value's bytes in a row digest: text as UTF-8, a number or yes/no as 8 bytes big-endian, bytes as they are.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Text(text) => text.as_ref().map(|text| text.as_bytes().to_vec()),
        Value::Int(number) => number.map(|number| number.to_be_bytes().to_vec()),
        Value::Bool(yes) => yes.map(|yes| i64::from(yes).to_be_bytes().to_vec()),
        Value::Bytes(bytes) => bytes.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_ended_is_newer_than_what_was_made() {
        let now = Instant::from_micros(5);
        let row = |ends_at: Option<Instant>| vec![("id", Value::from("x")), ("ends_at", ends_at.into())];
        assert_eq!(version(&row(None)), Some(1));
        assert_eq!(version(&row(Some(now))), Some(2));
        let counted = [row(Some(now)), vec![("version", 7_i64.into())]].concat();
        assert_eq!(version(&counted), Some(7));
        assert_eq!(version(&[("id", Value::from("x"))]), None);
    }
}
