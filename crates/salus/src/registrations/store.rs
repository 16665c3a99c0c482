//! SQL of registrations.

use salus_db::{DbError, Reader, Sql, Value, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, Subject};
use salus_vault::{DataKey, Phi};

use crate::{
    access::{Applicants, Change, PatientScope, RowWritten, columns::registration},
    shell::error::Error,
};

/// Where a registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A link is on its way to the address.
    Mailed,
    /// The front desk has to find out who that is.
    Waiting,
    /// The account opens a chart.
    Linked,
    /// The front desk said no.
    Refused,
    /// It was bound, and is not any more.
    Unlinked,
    /// Nobody went on with it.
    Void,
}

impl State {
    /// As stored, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mailed => "mailed",
            Self::Waiting => "waiting",
            Self::Linked => "linked",
            Self::Refused => "refused",
            Self::Unlinked => "unlinked",
            Self::Void => "void",
        }
    }
    fn from_word(word: &str) -> Result<Self, Error> {
        let all = [Self::Mailed, Self::Waiting, Self::Linked, Self::Refused, Self::Unlinked, Self::Void];
        all.into_iter().find(|state| state.word() == word).ok_or_else(|| Error::broken("a registration in no state"))
    }
    /// Whether somebody at the desk has something to do.
    pub const fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Unlinked)
    }
}

/// What somebody typed.
pub struct Typed<'a> {
    /// The name.
    pub name: &'a str,
    /// `YYYY-MM-DD`.
    pub birth_date: &'a str,
    /// The address.
    pub email: &'a str,
    /// The phone, or nothing.
    pub phone: &'a str,
}

const SAME_ADDRESS: Sql = sql!("SELECT account_id FROM registration WHERE address_index = $1 AND state = 'mailed'");
const EMPTY: Sql = sql!(
    "UPDATE registration SET state = 'void', name = NULL, birth_date = NULL, email = NULL, phone = NULL,
            version = version + 1, entry = $2
      WHERE account_id = $1 AND state = 'mailed'"
);

/// Writes a registration, and voids those before it with the same address whose link nobody used.
pub async fn add(
    change: &mut Change<'_>,
    account: AccountId,
    key: &DataKey,
    address_index: &str,
    typed: &Typed<'_>,
    now: Instant,
) -> Result<(), Error> {
    let before: Vec<(AccountId,)> = change.all(SAME_ADDRESS, args![address_index]).await?;
    for (old,) in before {
        empty(change, old).await?;
    }
    let id = account.to_string();
    let columns: Vec<(&'static str, Value)> = vec![
        ("account_id", account.into()),
        ("address_index", address_index.into()),
        ("name", key.seal::<registration::Name>(&id, typed.name.as_bytes()).into()),
        ("birth_date", key.seal::<registration::BirthDate>(&id, typed.birth_date.as_bytes()).into()),
        ("email", key.seal::<registration::Email>(&id, typed.email.as_bytes()).into()),
        ("phone", key.seal::<registration::Phone>(&id, typed.phone.as_bytes()).into()),
        ("state", State::Mailed.word().into()),
        ("reason", None::<String>.into()),
        ("evidence", None::<String>.into()),
        ("patient_id", None::<PatientId>.into()),
        ("created_at", now.into()),
        ("verified_at", None::<Instant>.into()),
        ("decided_at", None::<Instant>.into()),
        ("decided_by", None::<AccountId>.into()),
        ("key_version", i64::from(key.version()).into()),
        ("version", 1_i64.into()),
        ("entry", change.entry().into()),
    ];
    change.insert(&RowWritten { table: "registration", id, version: 1, columns: &columns }).await
}

/// Empties a registration that nobody went on with; false when somebody did.
pub async fn empty(change: &mut Change<'_>, account: AccountId) -> Result<bool, Error> {
    let entry = change.entry();
    if change.execute(EMPTY, args![account, entry]).await? == 0 {
        return Ok(false);
    }
    change.wrote_row("registration", &account.to_string()).await?;
    Ok(true)
}

struct Row {
    account_id: AccountId,
    name: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    state: String,
    reason: Option<String>,
    patient_id: Option<PatientId>,
    created_at: Instant,
    verified_at: Option<Instant>,
    decided_at: Option<Instant>,
    decided_by: Option<String>,
}
row!(Row {
    account_id: account_id,
    name: name,
    birth_date: birth_date,
    email: email,
    phone: phone,
    state: state,
    reason: reason,
    patient_id: patient_id,
    created_at: created_at,
    verified_at: verified_at,
    decided_at: decided_at,
    decided_by: decided_by,
});

const ONE: Sql = sql!(
    "SELECT r.account_id AS account_id, r.name AS name, r.birth_date AS birth_date, r.email AS email, r.phone AS phone,
            r.state AS state, r.reason AS reason, r.patient_id AS patient_id, r.created_at AS created_at,
            r.verified_at AS verified_at, r.decided_at AS decided_at, m.name AS decided_by
       FROM registration r LEFT JOIN staff_member m ON m.account_id = r.decided_by
      WHERE r.account_id = $1"
);

/// A registration as the desk sees it, still sealed.
pub struct Registration {
    /// The account that asks.
    pub account: AccountId,
    /// The name, as typed.
    pub name: Phi<registration::Name>,
    /// The date of birth, as typed.
    pub birth_date: Phi<registration::BirthDate>,
    /// The verified address.
    pub email: Phi<registration::Email>,
    /// The phone, which nobody verified.
    pub phone: Phi<registration::Phone>,
    /// Where it stands.
    pub state: State,
    /// Why it was refused or unbound.
    pub reason: Option<String>,
    /// The chart that it opens.
    pub patient: Option<PatientId>,
    /// Since when the address is verified.
    pub since: Instant,
    /// When the desk decided.
    pub decided_at: Option<Instant>,
    /// Who decided.
    pub decided_by: Option<String>,
}

impl Registration {
    fn of(row: Row) -> Result<Self, Error> {
        let (id, subject) = (row.account_id.to_string(), Subject::Account(row.account_id));
        let emptied = || Error::broken("a registration that was emptied");
        Ok(Self {
            account: row.account_id,
            name: Phi::sealed(id.clone(), subject, row.name.ok_or_else(emptied)?),
            birth_date: Phi::sealed(id.clone(), subject, row.birth_date.ok_or_else(emptied)?),
            email: Phi::sealed(id.clone(), subject, row.email.ok_or_else(emptied)?),
            phone: Phi::sealed(id, subject, row.phone.ok_or_else(emptied)?),
            state: State::from_word(&row.state)?,
            reason: row.reason,
            patient: row.patient_id,
            since: row.verified_at.unwrap_or(row.created_at),
            decided_at: row.decided_at,
            decided_by: row.decided_by,
        })
    }
}

/// One registration whose address was verified, as the desk has named it in the ledger.
pub async fn one<A>(of: &mut Applicants<A>, account: AccountId) -> Result<Registration, Error> {
    let row: Row = of.tx.maybe(ONE, args![account]).await?.ok_or(Error::NotFound)?;
    if row.verified_at.is_none() {
        return Err(Error::NotFound);
    }
    Registration::of(row)
}

const THERE: Sql = sql!("SELECT state FROM registration WHERE account_id = $1 AND verified_at IS NOT NULL");
const QUEUE: Sql = sql!(
    "SELECT account_id FROM registration WHERE state IN ('waiting', 'unlinked') ORDER BY verified_at, account_id LIMIT $1"
);
const DECIDED: Sql = sql!(
    "SELECT account_id FROM registration WHERE state IN ('linked', 'refused') ORDER BY decided_at DESC, account_id LIMIT $1"
);
const COUNT: Sql = sql!("SELECT COUNT(*) FROM registration WHERE state IN ('waiting', 'unlinked')");

/// Whether the desk may look at it: whose address nobody verified is nobody's business.
pub async fn there(tx: &mut Reader, account: AccountId) -> Result<Option<State>, Error> {
    let row: Option<(String,)> = tx.maybe(THERE, args![account]).await?;
    row.map(|(state,)| State::from_word(&state)).transpose()
}

/// Who waits, the longest first.
pub async fn queue(tx: &mut Reader, most: u32) -> Result<Vec<AccountId>, Error> {
    let rows: Vec<(AccountId,)> = tx.all(QUEUE, args![most]).await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// Who was decided about, the latest first.
pub async fn decided(tx: &mut Reader, most: u32) -> Result<Vec<AccountId>, Error> {
    let rows: Vec<(AccountId,)> = tx.all(DECIDED, args![most]).await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// How many wait for the front desk.
pub async fn waiting_count(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(COUNT, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// What its owner sees of a registration: where it stands, why, and since when.
pub struct Own {
    /// Where it stands.
    pub state: State,
    /// Why it was refused or unbound.
    pub reason: Option<String>,
    /// Since when the address is verified.
    pub since: Instant,
}

const OWN: Sql =
    sql!("SELECT state, reason, verified_at FROM registration WHERE account_id = $1 AND verified_at IS NOT NULL");

/// The registration from which an account came, if it came from one.
pub async fn own(tx: &mut Reader, account: AccountId) -> Result<Option<Own>, Error> {
    let row: Option<(String, Option<String>, Instant)> = tx.maybe(OWN, args![account]).await?;
    row.map(|(state, reason, since)| Ok(Own { state: State::from_word(&state)?, reason, since })).transpose()
}

/// What the desk decides.
pub struct Decision<'a> {
    /// Where it stands from here on.
    pub state: State,
    /// Why, where somebody is told no.
    pub reason: Option<&'a str>,
    /// How the desk knew who the person is.
    pub evidence: Option<&'a str>,
    /// The chart that it opens.
    pub patient: Option<PatientId>,
    /// Who decides.
    pub by: AccountId,
    /// When.
    pub at: Instant,
}

const DECIDE: Sql = sql!(
    "UPDATE registration SET state = $2, reason = $3, evidence = $4, patient_id = $5, decided_by = $6, decided_at = $7,
            version = version + 1, entry = $8
      WHERE account_id = $1 AND state = $9"
);

/// Writes a decision; false when it is not in the state that was seen: somebody else was faster.
pub async fn decide(
    change: &mut Change<'_>,
    account: AccountId,
    seen: State,
    decision: &Decision<'_>,
) -> Result<bool, Error> {
    let entry = change.entry();
    let Decision { state, reason, evidence, patient, by, at } = decision;
    let (reason, evidence) = (reason.map(str::to_owned), evidence.map(str::to_owned));
    let values = args![account, state.word(), reason, evidence, *patient, *by, *at, entry, seen.word()];
    match change.one_row(DECIDE, values).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("registration", &account.to_string()).await?;
    Ok(true)
}

const BOUND: Sql = sql!(
    "SELECT id, account_id FROM access_grant
      WHERE patient_id = $1 AND basis = 'self' AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)
      ORDER BY id"
);
const UNBIND: Sql = sql!("UPDATE access_grant SET ends_at = $2, entry = $3 WHERE id = $1 AND ends_at IS NULL");

/// Which accounts open a chart as their own.
pub async fn bound(tx: &mut Reader, scope: PatientScope, now: Instant) -> Result<Vec<(String, AccountId)>, Error> {
    Ok(tx.all(BOUND, args![scope.patient(), now]).await?)
}

/// Ends one such grant, at once; false when it has ended already.
pub async fn unbind(change: &mut Change<'_>, grant: &str, now: Instant) -> Result<bool, Error> {
    let entry = change.entry();
    match change.one_row(UNBIND, args![grant, now, entry]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("access_grant", grant).await?;
    Ok(true)
}

const ADDRESS: Sql = sql!("SELECT email, birth_date, state, created_at FROM registration WHERE account_id = $1");

/// What a mailed link needs: address and date of birth, as long as nobody used it.
pub struct ToMail {
    /// The address.
    pub email: Phi<registration::Email>,
    /// The date of birth.
    pub birth_date: Phi<registration::BirthDate>,
    /// When it was asked for.
    pub created_at: Instant,
}

struct ToMailRow {
    email: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
    state: String,
    created_at: Instant,
}
row!(ToMailRow { email: email, birth_date: birth_date, state: state, created_at: created_at });

/// The registration to which a link goes; none when it went on, or another one has taken its place.
pub async fn to_mail(tx: &mut Reader, account: AccountId) -> Result<Option<ToMail>, Error> {
    let row: Option<ToMailRow> = tx.maybe(ADDRESS, args![account]).await?;
    let Some(row) = row.filter(|row| row.state == State::Mailed.word()) else { return Ok(None) };
    let (Some(email), Some(birth_date)) = (row.email, row.birth_date) else { return Ok(None) };
    let (id, subject) = (account.to_string(), Subject::Account(account));
    Ok(Some(ToMail {
        email: Phi::sealed(id.clone(), subject, email),
        birth_date: Phi::sealed(id, subject, birth_date),
        created_at: row.created_at,
    }))
}
