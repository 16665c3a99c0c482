//! `audit verify --rows`: does each row still say what it said when it was written?
//!
//! A sealed value that was altered or moved does not open; a bare column, or an older value of the same cell put back,
//! would go unseen. So each change tells the ledger a keyed digest of the whole row, and here the newest digest of each
//! row is compared with the row that is there now.

use std::{collections::BTreeMap, str::FromStr};

use salus_db::{
    Db, Sql, Values,
    ledger::{Filter, Ledger, LedgerReader},
};
use salus_kernel::{AccountId, Instant, PatientId};
use salus_ledger::{Digest, EntryDraft, Epoch, Outcome};
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

/// What was said of one row.
#[derive(Default)]
struct Said {
    patient: Option<PatientId>,
    /// The newest version and its digest.
    last: Option<(u64, Digest)>,
    /// What may or may not be in the rows that are looked at: written as they were taken, or lost in a restore.
    perhaps: Vec<(u64, Digest)>,
}

/// What was said of each row, by table and id.
#[derive(Default)]
struct Written(BTreeMap<(&'static str, String), Said>);

impl Written {
    fn note(&mut self, draft: EntryDraft, certain: bool) {
        if draft.outcome != Outcome::Done {
            return;
        }
        let patient = draft.patient.as_deref().and_then(|id| PatientId::from_str(id).ok());
        for row in draft.rows {
            let Some(table) = columns::table(row.table.as_str()) else { continue };
            let said = self.0.entry((table.name, row.id)).or_default();
            let newer = said.last.is_none_or(|(version, _)| row.version >= version);
            if !certain {
                said.perhaps.push((row.version, row.digest));
                said.patient = said.patient.or(patient);
            } else if newer {
                said.last = Some((row.version, row.digest));
                said.patient = patient;
            }
        }
    }
}

/// From when until when what was written is gone: from the making of a backup until it was restored.
async fn lost(reader: &mut LedgerReader) -> Result<Vec<(Instant, Instant)>, Error> {
    let silent = |error| Error::ledger_silent(&error);
    let epochs = Filter { kind: Some("restore-epoch".to_owned()), ..Filter::default() };
    let (mut lost, mut before) = (Vec::new(), None);
    loop {
        let rows = reader.search(&epochs, before, 200).await.map_err(silent)?;
        let Some(last) = rows.last() else { return Ok(lost) };
        before = Some(last.mark());
        for entry in rows.iter().filter_map(|row| row.entry()) {
            let window = |epoch: Epoch| (Instant::from_micros(epoch.made.0), Instant::from_micros(entry.recorded.0));
            lost.extend(Epoch::of(&entry).map(window));
        }
    }
}

/// Notes every outcome, for certain if it was recorded by this moment and not lost since; says whether some entries were
/// emptied.
async fn read_ledger(ledger: &Ledger, now: Instant, written: &mut Written) -> Result<bool, Error> {
    let silent = |error| Error::ledger_silent(&error);
    let mut emptied = false;
    let mut reader = ledger.reader(&Sight::of_run("audit")).await.map_err(silent)?;
    let lost = lost(&mut reader).await?;
    for chain in reader.chains().await.map_err(silent)? {
        let mut next = 0;
        loop {
            let rows = reader.rows(chain, next, 500).await.map_err(silent)?;
            let Some(last) = rows.last() else { break };
            next = last.seq + 1;
            emptied |= rows.iter().any(|row| row.canonical.is_none());
            for row in &rows {
                let gone = lost.iter().any(|(from, until)| *from < row.recorded && row.recorded <= *until);
                if let Some(entry) = row.entry() {
                    written.note(entry.draft, row.recorded <= now && !gone);
                }
            }
        }
    }
    Ok(emptied)
}

/// Compares every row that the ledger knows, and counts rows that it does not. Once entries were emptied after six years,
/// rows without an entry are expected and no longer counted.
///
/// The portal may serve meanwhile: rows and kept outcomes are read in one snapshot and the ledger after it. What was told
/// to the ledger by `now` is in the rows; of what was told later a row may be as it was before or after. The same holds for
/// what was told between the making of a backup and its restore.
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
        written.note(kept.draft, true);
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
        match tx::read_row(&mut tx, table, id).await? {
            None if known.last.is_none() => {}
            None => report.gone.push(name),
            Some(columns) => {
                report.compared += 1;
                *counts.entry(table).or_default() += 1;
                let last = known.last.map_or(0, |(version, _)| i64::try_from(version).unwrap_or(0));
                let is = |(version, digest): &(u64, Digest)| {
                    let version = i64::try_from(*version).unwrap_or(0);
                    tx::digest(&key, &RowWritten { table, id: id.clone(), version, columns: &columns }) == *digest
                };
                // After a purge the newest entry of an old row may be gone; what it wrote is then nobody's word any more.
                let version = tx::version(&columns);
                let outlived = emptied && version.is_some_and(|version| version > last);
                if !outlived && !known.last.iter().chain(&known.perhaps).any(is) {
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

/// What gives access, beside the record: whoever adds a row here lets somebody in.
const ACCESS: [&str; 13] = [
    "account",
    "staff_member",
    "access_grant",
    "care_team_member",
    "related_person",
    "caregiver_request",
    "emergency_access",
    "invite",
    "recovery",
    "registration",
    "appointment",
    "age_rule",
    "custom_role",
];

/// Messages and what belongs to them: nobody shall have said what they did not say.
const MESSAGES: [&str; 5] =
    ["communication_thread", "thread_key", "communication", "communication_receipt", "communication_draft"];

/// Rows that no entry knows. On PostgreSQL charts are counted as an import sees them: all their rows, none of their keys.
async fn unknown_rows(
    tx: &mut salus_db::Reader,
    known: &BTreeMap<&'static str, u64>,
    report: &mut RowsReport,
) -> Result<(), Error> {
    let charts = columns::CLINICAL.iter().chain(&["patient"]).map(|table| (*table, "import"));
    for (table, run) in charts.chain(ACCESS.into_iter().chain(MESSAGES).map(|table| (table, "audit"))) {
        tx.look_as(&Sight::of_run(run)).await?;
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
