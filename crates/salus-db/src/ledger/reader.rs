//! Reading the ledger: the patient's page, the auditor's search, and the verifier, page by page.

use std::collections::BTreeMap;

use salus_kernel::{ChainId, Instant, PatientId, Role};
use salus_ledger::{Digest, Entry, IndexColumns, Micros, StoredEntry};

use super::{LedgerError, Position, to_i64, to_u64};
use crate::{Db, Reader, Sight, Sql, Value, args, row, sql};

/// One line of the ledger as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The chain.
    pub chain: ChainId,
    /// The place in it.
    pub seq: u64,
    /// When the writer took it in.
    pub recorded: Instant,
    /// The sort of line, as a word.
    pub kind: String,
    /// What was done, as a word.
    pub action: String,
    /// Who, when it was an account.
    pub account: Option<String>,
    /// Whose chart, when it was one.
    pub patient: Option<String>,
    /// Whose, when it was a list. Filled for the verifier; elsewhere read it from [`LedgerRow::entry`].
    pub patients: Vec<String>,
    /// The request.
    pub request: String,
    /// The entry's bytes; none after a purge.
    pub canonical: Option<Vec<u8>>,
    /// Its leaf.
    pub leaf: Vec<u8>,
    /// The chain's head after it.
    pub head: Vec<u8>,
}

struct Stored {
    chain_id: ChainId,
    seq: i64,
    recorded_at: Instant,
    kind: String,
    action: String,
    account_id: Option<String>,
    patient_id: Option<String>,
    request_id: String,
    canonical: Option<Vec<u8>>,
    leaf: Vec<u8>,
    head: Vec<u8>,
}
row!(Stored { chain_id, seq, recorded_at, kind, action, account_id, patient_id, request_id, canonical, leaf, head });

impl From<Stored> for LedgerRow {
    fn from(row: Stored) -> Self {
        Self {
            chain: row.chain_id,
            seq: to_u64(row.seq),
            recorded: row.recorded_at,
            kind: row.kind,
            action: row.action,
            account: row.account_id,
            patient: row.patient_id,
            patients: Vec::new(),
            request: row.request_id,
            canonical: row.canonical,
            leaf: row.leaf,
            head: row.head,
        }
    }
}

impl LedgerRow {
    /// Where it stands.
    pub const fn position(&self) -> Position {
        Position { chain: self.chain, seq: self.seq }
    }

    /// Where a page ends that ends with this row.
    pub const fn mark(&self) -> Mark {
        Mark { recorded: self.recorded, chain: self.chain, seq: self.seq }
    }

    /// The entry itself; none after a purge, or when its bytes are no entry (`audit verify` says which).
    pub fn entry(&self) -> Option<Entry> {
        Entry::from_canonical(self.canonical.as_deref()?).ok()
    }

    /// The row in the verifier's words.
    pub fn stored(&self) -> StoredEntry {
        StoredEntry {
            chain: salus_ledger::ChainId::new(self.chain.uuid()),
            seq: self.seq,
            canonical: self.canonical.clone(),
            leaf: Digest::from_slice(&self.leaf).unwrap_or(Digest::ZERO),
            head: Digest::from_slice(&self.head).unwrap_or(Digest::ZERO),
            index: Some(IndexColumns {
                recorded: Micros(self.recorded.micros()),
                kind: self.kind.clone(),
                action: self.action.clone(),
                account: self.account.clone(),
                patient: self.patient.clone(),
                patients: Some(self.patients.clone()),
            }),
        }
    }
}

/// The end of a page; the next one begins below it. As text: `<micros>.<chain>.<seq>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    recorded: Instant,
    chain: ChainId,
    seq: u64,
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.recorded.micros(), self.chain, self.seq)
    }
}

impl std::str::FromStr for Mark {
    type Err = salus_kernel::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = salus_kernel::NotAnId;
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(bad);
        Ok(Self {
            recorded: Instant::from_micros(part()?.parse().map_err(|_| bad)?),
            chain: part()?.parse()?,
            seq: part()?.parse().map_err(|_| bad)?,
        })
    }
}

/// What to look for; everything that is set must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this patient, alone or in a list.
    pub patient: Option<PatientId>,
    /// By this account.
    pub account: Option<salus_kernel::AccountId>,
    /// This action's word.
    pub action: Option<String>,
    /// This kind's word.
    pub kind: Option<String>,
    /// Of this request.
    pub request: Option<salus_kernel::RequestId>,
    /// Recorded at this moment or later.
    pub from: Option<Instant>,
    /// Recorded before this moment.
    pub until: Option<Instant>,
}

const COLUMNS: &str =
    "chain_id, seq, recorded_at, kind, action, account_id, patient_id, request_id, canonical, leaf, head";
const CHAINS: Sql = sql!("SELECT DISTINCT chain_id FROM entry ORDER BY chain_id");
const PATIENTS: Sql = sql!(
    "SELECT seq, patient_id FROM entry_patient WHERE chain_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq, patient_id"
);
const CHECKPOINTS: Sql = sql!("SELECT note FROM checkpoint ORDER BY chain_id, size");
const LAST_MANIFEST: Sql = sql!("SELECT note FROM manifest ORDER BY number DESC LIMIT 1");
const MANIFESTS: Sql = sql!("SELECT note FROM manifest ORDER BY number");

/// A read transaction on the ledger.
#[derive(Debug)]
pub struct LedgerReader {
    reader: Reader,
    sight: Sight,
}

impl LedgerReader {
    pub(super) async fn begin(read: &Db, sight: &Sight) -> Result<Self, LedgerError> {
        Ok(Self { reader: read.read(sight).await?, sight: sight.clone() })
    }

    /// PostgreSQL asks this of every row (see [`super::owner`]); SQLite has no such wall, so it is asked here as well.
    fn sees_all(&self) -> bool {
        self.sight.role == Some(Role::PrivacyOfficer) || matches!(self.sight.run, Some("ledger" | "audit"))
    }

    /// Who looked at this chart, newest first.
    pub async fn entries_of_patient(
        &mut self,
        patient: PatientId,
        before: Option<Mark>,
        limit: u32,
    ) -> Result<Vec<LedgerRow>, LedgerError> {
        self.search(&Filter { patient: Some(patient), ..Filter::default() }, before, limit).await
    }

    /// Entries that fit, newest first. Without the right to see all, only about the open patient or by the own account.
    pub async fn search(
        &mut self,
        filter: &Filter,
        before: Option<Mark>,
        limit: u32,
    ) -> Result<Vec<LedgerRow>, LedgerError> {
        let own_patient = filter.patient.is_some() && filter.patient == self.sight.patient;
        let own_account = filter.account.is_some() && filter.account == self.sight.account;
        if !(self.sees_all() || own_patient || own_account) {
            return Ok(Vec::new());
        }
        let mut conditions: Vec<String> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut add = |condition: &str, value: Value| {
            values.push(value);
            conditions.push(condition.replace('?', &format!("${}", values.len())));
        };
        if let Some(patient) = filter.patient {
            add(
                "(chain_id, seq) IN (SELECT chain_id, seq FROM entry WHERE patient_id = ?
                               UNION SELECT chain_id, seq FROM entry_patient WHERE patient_id = ?)",
                patient.into(),
            );
        }
        if let Some(account) = filter.account {
            add("account_id = ?", account.into());
        }
        if let Some(action) = &filter.action {
            add("action = ?", action.into());
        }
        if let Some(kind) = &filter.kind {
            add("kind = ?", kind.into());
        }
        if let Some(request) = filter.request {
            add("request_id = ?", request.into());
        }
        if let Some(from) = filter.from {
            add("recorded_at >= ?", from.into());
        }
        if let Some(until) = filter.until {
            add("recorded_at < ?", until.into());
        }
        if let Some(mark) = before {
            values.extend(args![mark.recorded, mark.chain, to_i64(mark.seq)]);
            let last = values.len();
            conditions.push(format!(
                "(recorded_at, chain_id, seq) < (${}, ${}, ${last})",
                last.saturating_sub(2),
                last.saturating_sub(1)
            ));
        }
        values.push(limit.into());
        let all = if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
        let text = format!(
            "SELECT {COLUMNS} FROM entry WHERE {all} ORDER BY recorded_at DESC, chain_id DESC, seq DESC LIMIT ${}",
            values.len()
        );
        let rows: Vec<Stored> = self.reader.all(Sql::owned(text), values).await?;
        Ok(rows.into_iter().map(LedgerRow::from).collect())
    }

    /// One entry, if it may be seen.
    pub async fn at(&mut self, position: Position) -> Result<Option<LedgerRow>, LedgerError> {
        let rows = self.page(position.chain, position.seq, 1).await?;
        let own = |row: &LedgerRow| {
            let patient = self.sight.patient.map(|id| id.to_string());
            let account = self.sight.account.map(|id| id.to_string());
            (patient.is_some()
                && (row.patient == patient || patient.as_ref().is_some_and(|id| row.patients.contains(id))))
                || (account.is_some() && row.account == account)
        };
        let sees_all = self.sees_all();
        Ok(rows.into_iter().next().filter(|row| row.seq == position.seq && (sees_all || own(row))))
    }

    /// All chains, for who sees all.
    pub async fn chains(&mut self) -> Result<Vec<ChainId>, LedgerError> {
        if !self.sees_all() {
            return Ok(Vec::new());
        }
        let chains: Vec<(ChainId,)> = self.reader.all(CHAINS, Vec::new()).await?;
        Ok(chains.into_iter().map(|(chain,)| chain).collect())
    }

    /// A page of a chain in its order, from `seq` on, for who sees all. The next page begins after the last row's
    /// number; an empty one is the end.
    pub async fn rows(&mut self, chain: ChainId, seq: u64, limit: u32) -> Result<Vec<LedgerRow>, LedgerError> {
        if !self.sees_all() {
            return Ok(Vec::new());
        }
        self.page(chain, seq, limit).await
    }

    async fn page(&mut self, chain: ChainId, seq: u64, limit: u32) -> Result<Vec<LedgerRow>, LedgerError> {
        let text = format!("SELECT {COLUMNS} FROM entry WHERE chain_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3");
        let rows: Vec<Stored> = self.reader.all(Sql::owned(text), args![chain, to_i64(seq), limit]).await?;
        let mut rows: Vec<LedgerRow> = rows.into_iter().map(LedgerRow::from).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(rows) };
        let named: Vec<(i64, String)> =
            self.reader.all(PATIENTS, args![chain, to_i64(first.seq), to_i64(last.seq)]).await?;
        let mut patients: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (seq, patient) in named {
            patients.entry(to_u64(seq)).or_default().push(patient);
        }
        for row in &mut rows {
            row.patients = patients.remove(&row.seq).unwrap_or_default();
        }
        Ok(rows)
    }

    /// All signed checkpoints, chain by chain, for who sees all.
    pub async fn checkpoints(&mut self) -> Result<Vec<String>, LedgerError> {
        self.notes(CHECKPOINTS).await
    }

    /// The newest manifest, if there is one yet.
    pub async fn last_manifest(&mut self) -> Result<Option<String>, LedgerError> {
        Ok(self.notes(LAST_MANIFEST).await?.pop())
    }

    /// All signed manifests by number, for who sees all.
    pub async fn manifests(&mut self) -> Result<Vec<String>, LedgerError> {
        self.notes(MANIFESTS).await
    }

    async fn notes(&mut self, sql: Sql) -> Result<Vec<String>, LedgerError> {
        if !self.sees_all() {
            return Ok(Vec::new());
        }
        let notes: Vec<(String,)> = self.reader.all(sql, Vec::new()).await?;
        Ok(notes.into_iter().map(|(note,)| note).collect())
    }
}
