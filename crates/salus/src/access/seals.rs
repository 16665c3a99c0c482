//! Does each sealed value open where it stands? Asked of every value when a clinic comes out of a backup.
//!
//! Values are opened and thrown away at once. A value belongs to somebody whom its own row names, and is bound to the
//! row's own name, so nothing needs to be known of a table but its columns.

use std::collections::HashMap;

use salus_db::{Reader, Sql, Value, row, sql};
use salus_kernel::{Class, Subject, TableEntry};
use salus_vault::{DataKey, RootKey, Vault};

use super::app;
use crate::shell::error::Error;

const KEYS: Sql = sql!(
    "SELECT subject_kind, subject_id, version, wrapped, destroyed_at FROM subject_key ORDER BY subject_id, version"
);

const THREAD_KEYS: Sql =
    sql!("SELECT thread_id, holder_id, version, wrapped FROM thread_key ORDER BY thread_id, holder_id, version");

struct KeyRow {
    subject_kind: String,
    subject_id: String,
    version: i64,
    wrapped: Vec<u8>,
    destroyed_at: Option<i64>,
}
row!(KeyRow { subject_kind, subject_id, version, wrapped, destroyed_at });

/// What was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SealsReport {
    /// Values that opened.
    pub opened: u64,
    /// Values of people whose key was destroyed: nobody can open them any more.
    pub erased: u64,
    /// Values that don't open, as `table.column row`, and keys that don't unwrap.
    pub closed: Vec<String>,
}

impl SealsReport {
    /// Whether every value opened.
    pub fn is_intact(&self) -> bool {
        self.closed.is_empty()
    }
}

/// Every key of a clinic, for as long as its values are looked at.
pub struct Seals {
    keys: HashMap<Subject, Vec<DataKey>>,
    erased: Vec<Subject>,
    /// What was found so far.
    pub report: SealsReport,
}

impl Seals {
    /// Unwraps all keys, in a transaction that sees everything: the owner's.
    pub async fn begin(reader: &mut Reader, root: &RootKey) -> Result<Self, Error> {
        let vault: Vault = app::vault_in(reader, root).await?;
        let mut seals = Self { keys: HashMap::new(), erased: Vec::new(), report: SealsReport::default() };
        let rows: Vec<KeyRow> = reader.all(KEYS, Vec::new()).await?;
        for row in rows {
            let Some(subject) = subject(&row.subject_kind, &row.subject_id) else {
                seals.report.closed.push(format!("subject_key {} {}", row.subject_kind, row.subject_id));
                continue;
            };
            if row.destroyed_at.is_some() {
                seals.erased.push(subject);
                continue;
            }
            let version = u32::try_from(row.version).unwrap_or(0);
            match vault.unwrap_data_key(subject, version, &row.wrapped) {
                Ok(key) => seals.keys.entry(subject).or_default().push(key),
                Err(_) => seals.report.closed.push(format!("subject_key {subject}")),
            }
        }
        seals.erased.sort();
        seals.keys_within(reader).await?;
        Ok(seals)
    }

    /// Unwraps the keys that other data keys wrap: those of conversations.
    async fn keys_within(&mut self, reader: &mut Reader) -> Result<(), Error> {
        let rows: Vec<(String, String, i64, Vec<u8>)> = reader.all(THREAD_KEYS, Vec::new()).await?;
        for (thread, holder, version, wrapped) in rows {
            let (within, holder) = (subject("thread", &thread), subject("patient", &holder));
            let version = u32::try_from(version).unwrap_or(0);
            let holders = holder.and_then(|holder| self.keys.get(&holder)).into_iter().flatten();
            let key = within
                .and_then(|within| holders.filter_map(|key| key.unwrap_within(within, version, &wrapped).ok()).next());
            match (key, holder) {
                (Some(key), _) => self.keys.entry(key.subject()).or_default().push(key),
                (None, Some(holder)) if self.erased.binary_search(&holder).is_ok() => {}
                (None, _) => self.report.closed.push(format!("thread_key {thread}")),
            }
        }
        Ok(())
    }

    /// Opens every sealed value of a row.
    pub fn look_at(&mut self, table: &TableEntry, columns: &[String], row: &[Value]) {
        let sealed: Vec<&str> =
            table.columns.iter().filter(|column| column.class == Class::Sealed).map(|column| column.name).collect();
        if sealed.is_empty() {
            return;
        }
        let value = |name: &str| columns.iter().position(|column| column == name).and_then(|place| row.get(place));
        let text = |name: &str| match value(name) {
            Some(Value::Text(Some(text))) => Some(text.clone()),
            Some(Value::Int(Some(number))) => Some(number.to_string()),
            _ => None,
        };
        let account = if table.name == "account" { text("id") } else { text("account_id") };
        let thread = if table.name == "communication_thread" { text("id") } else { text("thread_id") };
        let subjects: Vec<Subject> = [
            ("patient", text("patient_id")),
            ("account", account),
            ("thread", thread),
            ("clinic", Some(String::new())),
        ]
        .into_iter()
        .filter_map(|(kind, id)| subject(kind, &id?))
        .collect();
        // By what its value is bound to: its id, or for a kept outcome its place.
        let kept = text("intent").zip(text("part")).map(|(intent, part)| format!("{intent} {part}"));
        let names: Vec<String> =
            [text("id"), text("patient_id"), text("account_id"), kept].into_iter().flatten().collect();
        for column in sealed {
            let Some(Value::Bytes(Some(bytes))) = value(column) else { continue };
            let keys = subjects.iter().filter_map(|subject| self.keys.get(subject)).flatten();
            let opens = |key: &DataKey| names.iter().any(|row| key.open_at(table.name, column, row, bytes).is_ok());
            if keys.into_iter().any(opens) {
                self.report.opened += 1;
            } else if subjects.iter().any(|subject| self.erased.binary_search(subject).is_ok()) {
                self.report.erased += 1;
            } else {
                let row = names.first().map_or("", String::as_str);
                self.report.closed.push(format!("{}.{column} {row}", table.name));
            }
        }
    }
}

fn subject(kind: &str, id: &str) -> Option<Subject> {
    match kind {
        "patient" => id.parse().ok().map(Subject::Patient),
        "account" => id.parse().ok().map(Subject::Account),
        "thread" => id.parse().ok().map(Subject::Thread),
        "clinic" => Some(Subject::Clinic),
        _ => None,
    }
}
