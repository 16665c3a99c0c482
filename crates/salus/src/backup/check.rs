//! Looking a restored clinic over, before it is put into service.

use anyhow::{Context as _, bail};
use salus_db::{
    copy::{Pages, Target},
    ledger::Ledger,
};
use salus_kernel::{ClinicId, Instant};
use salus_ledger::{Report, VerifyingKey};
use salus_vault::RootKey;

use super::frames::{Sum, TableSum};
use crate::{
    access::{
        columns,
        rows::{self, RowsReport},
        seals::{Seals, SealsReport},
    },
    audit_command,
};

/// Reads back what was put in: each table must be what it was when it was copied. With the root key also every seal.
pub(super) async fn tables(
    target: &mut Target,
    store: &str,
    told: &[TableSum],
    root: Option<&RootKey>,
) -> anyhow::Result<SealsReport> {
    let mut seals = match root {
        Some(root) => Some(Seals::begin(target.reader(), root).await.context("the keys in the archive")?),
        None => None,
    };
    for table in target.tables.clone() {
        let (mut sum, mut pages) = (Sum::default(), Pages::default());
        let entry = columns::table(&table.name);
        loop {
            let rows = pages.next(target.reader(), &table).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                sum.add(row);
                if let (Some(seals), Some(entry)) = (&mut seals, entry) {
                    seals.look_at(entry, &table.columns, row);
                }
            }
        }
        let here = sum.of_table(store, &table.name);
        match told.iter().find(|told| told.table == table.name) {
            Some(told) if *told == here => {}
            Some(told) if told.rows != here.rows => {
                bail!("{} has {} rows, and the archive says {}", table.name, here.rows, told.rows)
            }
            Some(_) => bail!("the rows of {} are not those that were copied", table.name),
            // A table of a later version has nothing in it yet.
            None if here.rows == 0 => {}
            None => bail!("{} has rows, and the archive says nothing of it", table.name),
        }
    }
    if let Some(gone) = told.iter().find(|told| !target.tables.iter().any(|table| table.name == told.table)) {
        bail!("the archive has a table {} that this program does not know", gone.table);
    }
    Ok(seals.map(|seals| seals.report).unwrap_or_default())
}

/// What the ledger and the row digests in it say.
pub(super) struct Findings {
    pub(super) ledger: Report,
    pub(super) rows: RowsReport,
}

impl Findings {
    pub(super) fn is_intact(&self) -> bool {
        self.ledger.is_intact() && self.rows.is_intact()
    }
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.ledger.findings.iter().map(|finding| format!("ledger: {finding}")).collect();
        lines.extend(self.rows.altered.iter().map(|row| format!("altered: {row}")));
        lines.extend(self.rows.gone.iter().map(|row| format!("gone: {row}")));
        lines.extend(self.rows.unknown.iter().map(|(table, rows)| format!("unknown: {rows} rows of {table}")));
        if self.rows.unopened > 0 {
            lines.push(format!("unopened: {} kept outcomes", self.rows.unopened));
        }
        lines
    }
}

/// Verifies the ledger with its own key, and each row against what the ledger says was written by the time of the copy.
pub(super) async fn ledger(
    db: &salus_db::Db,
    ledger: &Ledger,
    root: &RootKey,
    clinic: ClinicId,
    key: &VerifyingKey,
    made_at: Instant,
) -> anyhow::Result<Findings> {
    let verified = audit_command::verify(ledger, clinic, std::slice::from_ref(key), &[]).await?;
    let rows = rows::compare(db, ledger, root, made_at).await?;
    Ok(Findings { ledger: verified, rows })
}
