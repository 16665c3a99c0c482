//! SQL of records opened in an emergency.

use salus_db::{DbError, Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, ResourceId, Subject};
use salus_vault::Phi;

use super::model::{OPEN_FOR, Verdict};
use crate::{
    access::{Change, PatientScope, RowWritten, columns::emergency_access},
    shell::error::Error,
};

/// One time that a record was opened.
pub struct Opened {
    /// Its id.
    pub id: ResourceId,
    /// Whose record.
    pub patient: PatientId,
    /// Who opened it.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// When.
    pub starts_at: Instant,
    /// When it was signed off.
    pub reviewed_at: Option<Instant>,
    /// Who did.
    pub reviewer: Option<String>,
    verdict: Option<String>,
    reason: Vec<u8>,
    kind: Option<String>,
}
row!(Opened {
    id,
    patient: patient_id,
    account: account_id,
    name,
    starts_at,
    reviewed_at,
    reviewer,
    verdict,
    reason,
    kind
});

impl Opened {
    /// Whether it is a watched record, opened by who may open all.
    pub fn is_watched(&self) -> bool {
        self.kind.is_some()
    }
    /// What was said of it.
    pub fn verdict(&self) -> Option<Verdict> {
        self.verdict.as_deref().and_then(Verdict::from_word)
    }
    /// Why it could not wait, closed.
    pub fn reason(&self) -> Phi<emergency_access::Reason> {
        Phi::sealed(self.id.to_string(), Subject::Patient(self.patient), self.reason.clone())
    }
}

// What waits comes first, the oldest of it before the others; then what was signed off, the newest first.
const LIST: Sql = sql!(
    "SELECT e.id AS id, e.patient_id AS patient_id, e.account_id AS account_id, m.name AS name, e.starts_at AS starts_at,
            e.reviewed_at AS reviewed_at, r.name AS reviewer, e.verdict AS verdict, e.reason AS reason, e.kind AS kind
       FROM emergency_access e
       JOIN staff_member m ON m.account_id = e.account_id
       LEFT JOIN staff_member r ON r.account_id = e.reviewed_by
      ORDER BY CASE WHEN e.reviewed_at IS NULL THEN 0 ELSE 1 END, COALESCE(e.reviewed_at, 0) DESC, e.starts_at, e.id
      LIMIT $1"
);
const WAITING: Sql = sql!("SELECT COUNT(*) FROM emergency_access WHERE reviewed_at IS NULL");
const WHOSE: Sql = sql!("SELECT account_id FROM emergency_access WHERE id = $1 AND reviewed_at IS NULL");
const SIGN: Sql = sql!(
    "UPDATE emergency_access SET reviewed_at = $2, reviewed_by = $3, verdict = $4, updated_at = $2, version = version + 1, entry = $5
      WHERE id = $1 AND reviewed_at IS NULL"
);

/// All of them, as far as a page has room.
pub async fn list(tx: &mut Reader, most: usize) -> Result<Vec<Opened>, Error> {
    Ok(tx.all(LIST, args![i64::try_from(most).unwrap_or(i64::MAX)]).await?)
}

/// How many wait to be signed off.
pub async fn waiting(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Why a record is opened that is not the opener's to open, or is watched.
pub struct Why {
    /// Sealed, and under which version of the patient's key.
    pub reason: (Vec<u8>, i64),
    /// It is watched, and they may open all.
    pub watched: bool,
}

/// Opens a record to an account, for an hour from now.
pub async fn open(
    change: &mut Change<'_>,
    scope: PatientScope,
    account: AccountId,
    id: ResourceId,
    Why { reason: (reason, key_version), watched }: Why,
    now: Instant,
) -> Result<(), Error> {
    let entry = change.entry();
    let columns = [
        ("id", id.into()),
        ("patient_id", scope.patient().into()),
        ("account_id", account.into()),
        ("reason", reason.into()),
        ("starts_at", now.into()),
        ("ends_at", now.plus(OPEN_FOR).into()),
        ("reviewed_at", None::<Instant>.into()),
        ("reviewed_by", None::<AccountId>.into()),
        ("verdict", None::<String>.into()),
        ("updated_at", now.into()),
        ("key_version", key_version.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
        ("kind", watched.then(|| "watched".to_owned()).into()),
    ];
    change.insert(&RowWritten { table: "emergency_access", id: id.to_string(), version: 1, columns: &columns }).await
}

/// What came of signing off.
pub enum Signed {
    /// It is signed off.
    Now,
    /// It was already, or there is no such.
    Before,
    /// It is one's own.
    Own,
}

/// Says whether it was right. Nobody does so for themselves.
pub async fn sign(
    change: &mut Change<'_>,
    id: ResourceId,
    by: AccountId,
    verdict: Verdict,
    now: Instant,
) -> Result<Signed, Error> {
    match change.maybe::<(AccountId,)>(WHOSE, args![id]).await? {
        None => return Ok(Signed::Before),
        Some((whose,)) if whose == by => return Ok(Signed::Own),
        Some(_) => {}
    }
    let entry = change.entry();
    match change.one_row(SIGN, args![id, now, by, verdict.word(), entry]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(Signed::Before),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("emergency_access", &id.to_string()).await?;
    Ok(Signed::Now)
}
