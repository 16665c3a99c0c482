//! `audit verify --rows`: does each row still say what it said when it was written?
//!
//! A sealed value that was altered or moved does not open; a bare column, or an older value of the same cell put back,
//! would go unseen. So each change tells the ledger a keyed digest of the whole row, and here the newest digest of each
//! row is compared with the row that is there now.

use std::{collections::BTreeMap, str::FromStr};

use salus_db::{Db, Sql, Values, ledger::Ledger};
use salus_kernel::{AccountId, Instant, PatientId};
use salus_ledger::{Digest, EntryDraft, Outcome};
use salus_vault::RootKey;

use super::{
    RowWritten, Sight, app, columns,
    outcomes::{ANY_TIME, Outcomes},
    tx,
};
use crate::shell::error::Error;

/// What a comparison found.
#[derive(Debug, Default)]
pub struct RowsReport {
    /// Rows compared.
    pub compared: u64,
    /// Changes whose outcome is kept beside the rows and was compared from there; most of them are in the ledger too.
    pub kept: u64,
    /// Kept outcomes that don't open: altered, or put there by somebody without the key.
    pub unopened: u64,
    /// Rows that differ from what was written, as `table id`.
    pub altered: Vec<String>,
    /// Rows that are gone, as `table id`.
    pub gone: Vec<String>,
    /// Rows that no entry knows: counts by table.
    pub unknown: BTreeMap<&'static str, u64>,
}

impl RowsReport {
    /// Whether every row is as it was written.
    pub fn is_intact(&self) -> bool {
        self.altered.is_empty() && self.gone.is_empty() && self.unknown.is_empty() && self.unopened == 0
    }
}

struct LastWritten {
    patient: Option<PatientId>,
    version: u64,
    digest: Digest,
}

/// What was last said of each row, by table and id.
#[derive(Default)]
struct Written(BTreeMap<(&'static str, String), LastWritten>);

impl Written {
    fn note(&mut self, draft: EntryDraft) {
        if draft.outcome != Outcome::Done {
            return;
        }
        let patient = draft.patient.as_deref().and_then(|id| PatientId::from_str(id).ok());
        for row in draft.rows {
            let Some(table) = columns::table(row.table.as_str()) else { continue };
            let newer = self.0.get(&(table.name, row.id.clone())).is_none_or(|known| row.version >= known.version);
            if newer {
                let last = LastWritten { patient, version: row.version, digest: row.digest };
                self.0.insert((table.name, row.id), last);
            }
        }
    }
}

/// Notes every outcome that was recorded by this moment; says whether some entries were emptied.
async fn read_ledger(ledger: &Ledger, now: Instant, written: &mut Written) -> Result<bool, Error> {
    let silent = |error| Error::ledger_silent(&error);
    let mut emptied = false;
    let mut reader = ledger.reader(&Sight::of_run("audit")).await.map_err(silent)?;
    for chain in reader.chains().await.map_err(silent)? {
        let mut next = 0;
        loop {
            let rows = reader.rows(chain, next, 500).await.map_err(silent)?;
            let Some(last) = rows.last() else { break };
            next = last.seq + 1;
            emptied |= rows.iter().any(|row| row.canonical.is_none());
            for row in rows.iter().filter(|row| row.recorded <= now) {
                if let Some(entry) = row.entry() {
                    written.note(entry.draft);
                }
            }
        }
    }
    Ok(emptied)
}

/// The column that a table's rows are named by in the ledger.
const fn key_of(table: &str) -> &str {
    match table.as_bytes() {
        b"patient" => "patient_id",
        b"staff_member" => "account_id",
        b"care_team_member" => "patient_id || ' ' || practitioner_id",
        _ => "id",
    }
}

/// Compares every row that the ledger knows, and counts rows that it does not. Once entries were emptied after six years,
/// rows without an entry are expected and no longer counted.
///
/// The portal may serve meanwhile: rows and kept outcomes are read in one snapshot, the ledger after it and only as far as
/// it was written by `now`. So each change is in both or in neither.
pub async fn compare(db: &Db, ledger: &Ledger, root: &RootKey, now: Instant) -> Result<RowsReport, Error> {
    let vault = app::vault(db, root).await?;
    let key = vault.row_digest_key();
    let mut written = Written::default();
    let mut report = RowsReport::default();
    let mut tx = db.read(&Sight::of_run("audit")).await?;
    let outcomes = Outcomes::open(db.clone(), ledger.clone(), &vault).await?;
    let kept = outcomes.kept(&mut tx, ANY_TIME).await?;
    report.unopened = kept.unopened;
    for kept in kept.opened {
        written.note(kept.draft);
        report.kept += 1;
    }
    let emptied = read_ledger(ledger, now, &mut written).await?;
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut seeing = None;
    for ((table, id), known) in &written.0 {
        let account = AccountId::from_str(id).ok().filter(|_| *table == "account");
        if seeing != Some((known.patient, account)) {
            tx.look_as(&Sight { patient: known.patient, account, ..Sight::of_run("audit") }).await?;
            seeing = Some((known.patient, account));
        }
        let name = format!("{table} {id}");
        match tx::read_row(&mut tx, table, key_of(table), id).await? {
            None => report.gone.push(name),
            Some(columns) => {
                report.compared += 1;
                *counts.entry(table).or_default() += 1;
                let row = RowWritten {
                    table,
                    id: id.clone(),
                    version: i64::try_from(known.version).unwrap_or(0),
                    columns: &columns,
                };
                // After a purge the newest entry of an old row may be gone; what it wrote is then nobody's word any more.
                let version = columns.iter().find_map(|(name, value)| match value {
                    salus_db::Value::Int(Some(version)) if *name == "version" => Some(*version),
                    _ => None,
                });
                let outlived = emptied && version.is_some_and(|version| version > row.version);
                if !outlived && tx::digest(&key, &row) != known.digest {
                    report.altered.push(name);
                }
            }
        }
    }
    if !emptied {
        unknown_rows(&mut tx, &counts, &mut report).await?;
    }
    Ok(report)
}

/// Rows that no entry knows. On PostgreSQL the run counts as an import does: any chart's rows, none of their keys.
async fn unknown_rows(
    tx: &mut salus_db::Reader,
    known: &BTreeMap<&'static str, u64>,
    report: &mut RowsReport,
) -> Result<(), Error> {
    tx.look_as(&Sight::of_run("import")).await?;
    for table in columns::CLINICAL.iter().chain(&["patient"]) {
        let count: Values = tx.one(Sql::owned(format!("SELECT COUNT(*) FROM {table}")), Vec::new()).await?;
        let there = match count.0.first() {
            Some(salus_db::Value::Int(Some(there))) => u64::try_from(*there).unwrap_or(0),
            _ => 0,
        };
        let unknown = there.saturating_sub(known.get(table).copied().unwrap_or(0));
        if unknown > 0 {
            report.unknown.insert(table, unknown);
        }
    }
    Ok(())
}
