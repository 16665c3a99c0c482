//! SQL of people who get back in.

use salus_db::{DbError, Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, ResourceId, Role, Subject};
use salus_vault::Phi;

use super::model::{LASTS, State, VOUCH_LASTS, WRONG_CODES};
use crate::{
    access::{Change, Mailed, RowWritten, Visitor, columns::recovery},
    shell::error::Error,
};

/// A request, as the front desk sees it.
pub struct Recovery {
    /// Its id.
    pub id: ResourceId,
    /// Whose account.
    pub account: AccountId,
    /// Whose chart the account opens.
    pub patient: Option<PatientId>,
    /// How the person wants to be checked.
    pub wanted: String,
    /// When they asked.
    pub asked_at: Instant,
    /// Why not, if so.
    pub reason: Option<String>,
    /// When somebody decided.
    pub decided_at: Option<Instant>,
    /// Who did.
    pub decided_by: Option<String>,
    /// Until when link and code count.
    pub ends_at: Option<Instant>,
    wrong_codes: i64,
    state: String,
    name: Vec<u8>,
}
row!(Recovery {
    id: id,
    account: account_id,
    patient: patient_id,
    wanted: wanted,
    asked_at: asked_at,
    reason: reason,
    decided_at: decided_at,
    decided_by: decided_by,
    ends_at: ends_at,
    wrong_codes: wrong_codes,
    state: state,
    name: name,
});

/// Where a request stands now: an approved one ends by itself, and a first yes does not wait for ever.
fn state_at(
    word: &str,
    vouched_at: Option<Instant>,
    ends_at: Option<Instant>,
    wrong_codes: i64,
    now: Instant,
) -> Result<State, Error> {
    match State::from_word(word).ok_or_else(|| Error::broken("a recovery in no state"))? {
        State::Approved if wrong_codes >= WRONG_CODES || ends_at.is_none_or(|ends_at| ends_at <= now) => {
            Ok(State::Ended)
        }
        State::Vouched if vouched_at.is_none_or(|at| at <= now.plus(-VOUCH_LASTS)) => Ok(State::Waiting),
        state => Ok(state),
    }
}

impl Recovery {
    /// Where it stands.
    pub fn state(&self, now: Instant) -> Result<State, Error> {
        state_at(&self.state, None, self.ends_at, self.wrong_codes, now)
    }
    /// Who asks, closed.
    pub fn name(&self) -> Phi<recovery::Name> {
        Phi::sealed(self.id.to_string(), Subject::Account(self.account), self.name.clone())
    }
}

/// Requests of patients, and what tells them apart.
macro_rules! of_patients {
    ($which:literal) => {
        sql!(concat!(
            "SELECT r.id AS id, r.account_id AS account_id, r.patient_id AS patient_id, r.wanted AS wanted, r.asked_at AS asked_at,
                    r.reason AS reason, r.decided_at AS decided_at, m.name AS decided_by, r.ends_at AS ends_at,
                    r.wrong_codes AS wrong_codes, r.state AS state, r.name AS name
               FROM recovery r LEFT JOIN staff_member m ON m.account_id = r.decided_by
              WHERE r.for_staff = FALSE AND ",
            $which
        ))
    };
}

const OF_PATIENTS: Sql = of_patients!(
    "(r.state = 'waiting' OR (r.state = 'approved' AND r.ends_at > $2 AND r.wrong_codes < $3)) ORDER BY r.asked_at, r.id LIMIT $1"
);
const OF_PATIENTS_DECIDED: Sql = of_patients!(
    "(r.state IN ('refused', 'withdrawn', 'done') OR (r.state = 'approved' AND (r.ends_at <= $2 OR r.wrong_codes >= $3)))
     ORDER BY COALESCE(r.decided_at, r.asked_at) DESC, r.id LIMIT $1"
);
const OF_PATIENT: Sql = of_patients!("r.account_id = $1 ORDER BY r.asked_at DESC, r.id DESC LIMIT 1");
const WAITING: Sql = sql!("SELECT COUNT(*) FROM recovery WHERE for_staff = FALSE AND state = 'waiting'");

/// Who waits, the longest first, and for whom link and code are on their way.
pub async fn of_patients(tx: &mut Reader, most: u32, now: Instant) -> Result<Vec<Recovery>, Error> {
    Ok(tx.all(OF_PATIENTS, args![most, now, WRONG_CODES]).await?)
}
/// About whom somebody decided, and whose link ended, the latest first.
pub async fn decided(tx: &mut Reader, most: u32, now: Instant) -> Result<Vec<Recovery>, Error> {
    Ok(tx.all(OF_PATIENTS_DECIDED, args![most, now, WRONG_CODES]).await?)
}
/// What this account asked for last, if it works nowhere here.
pub async fn of_patient(tx: &mut Reader, account: AccountId) -> Result<Option<Recovery>, Error> {
    Ok(tx.maybe(OF_PATIENT, args![account]).await?)
}
/// How many wait for the front desk.
pub async fn waiting_count(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A colleague who gets back in.
pub struct Colleague {
    /// The request.
    pub id: ResourceId,
    /// Whose account.
    pub account: AccountId,
    /// What colleagues call them.
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// When they asked, or somebody vouched for them.
    pub asked_at: Instant,
    /// The first of two.
    pub vouched_by: Option<AccountId>,
    /// What the first is called.
    pub voucher: Option<String>,
    /// When they vouched.
    pub vouched_at: Option<Instant>,
    ends_at: Option<Instant>,
    wrong_codes: i64,
    state: String,
}
row!(Colleague {
    id: id,
    account: account_id,
    name: name,
    role: role,
    asked_at: asked_at,
    vouched_by: vouched_by,
    voucher: voucher,
    vouched_at: vouched_at,
    ends_at: ends_at,
    wrong_codes: wrong_codes,
    state: state,
});

impl Colleague {
    /// Where it stands.
    pub fn state(&self, now: Instant) -> Result<State, Error> {
        state_at(&self.state, self.vouched_at, self.ends_at, self.wrong_codes, now)
    }
}

const COLLEAGUES: Sql = sql!(
    "SELECT r.id AS id, r.account_id AS account_id, m.name AS name, m.role AS role, r.asked_at AS asked_at, r.vouched_by AS vouched_by,
            v.name AS voucher, r.vouched_at AS vouched_at, r.ends_at AS ends_at,
            r.wrong_codes AS wrong_codes, r.state AS state
       FROM recovery r
       JOIN staff_member m ON m.account_id = r.account_id
       LEFT JOIN staff_member v ON v.account_id = r.vouched_by
      WHERE r.for_staff = TRUE AND m.active = TRUE AND r.state IN ('waiting', 'vouched', 'approved')
      ORDER BY r.asked_at, r.id LIMIT 200"
);

/// Every colleague who wants back in, or is on the way.
pub async fn colleagues(tx: &mut Reader) -> Result<Vec<Colleague>, Error> {
    Ok(tx.all(COLLEAGUES, Vec::new()).await?)
}

/// How many colleagues ask for a first yes.
pub async fn colleagues_asking(tx: &mut Reader, now: Instant) -> Result<u64, Error> {
    count(tx, now, |_, state| state == State::Waiting).await
}

/// How many colleagues are not back yet for whom somebody vouched, so that this one could be the second person.
pub async fn vouched_for_others(tx: &mut Reader, own: AccountId, now: Instant) -> Result<u64, Error> {
    count(tx, now, |it, state| state != State::Waiting && it.account != own && it.vouched_by != Some(own)).await
}

async fn count(tx: &mut Reader, now: Instant, which: impl Fn(&Colleague, State) -> bool) -> Result<u64, Error> {
    let mut count = 0;
    for row in colleagues(tx).await? {
        count += u64::from(which(&row, row.state(now)?));
    }
    Ok(count)
}

const OPEN: Sql =
    sql!("SELECT id, asked_at FROM recovery WHERE account_id = $1 AND state IN ('waiting', 'vouched', 'approved')");
const GOING_ON: Sql = sql!(
    "SELECT state, vouched_at, ends_at, wrong_codes, patient_id FROM recovery WHERE account_id = $1 AND state IN ('vouched', 'approved')"
);
const OPEN_OF: Sql = sql!(
    "SELECT id FROM recovery
      WHERE state IN ('waiting', 'vouched', 'approved') AND (account_id = $1 OR vouched_by = $1 OR decided_by = $1) ORDER BY id"
);
const WITHDRAW: Sql = sql!(
    "UPDATE recovery SET state = 'withdrawn', version = version + 1, entry = $2
      WHERE id = $1 AND state IN ('waiting', 'vouched', 'approved')"
);

/// When this account asked to be let back in, while that is open.
pub async fn asked_at(tx: &mut Reader, account: AccountId) -> Result<Option<Instant>, Error> {
    let open: Option<(ResourceId, Instant)> = tx.maybe(OPEN, args![account]).await?;
    Ok(open.map(|(_, at)| at))
}

/// What the clinic is doing about an account that asks again, and that opens this chart: the same that it would do anew.
pub async fn going_on(
    tx: &mut Reader,
    account: AccountId,
    chart: Option<PatientId>,
    now: Instant,
) -> Result<Option<State>, Error> {
    type Row = (String, Option<Instant>, Option<Instant>, i64, Option<PatientId>);
    let row = tx.maybe::<Row>(GOING_ON, args![account]).await?;
    let Some((state, vouched_at, ends_at, wrong_codes, patient)) = row else { return Ok(None) };
    let state = state_at(&state, vouched_at, ends_at, wrong_codes, now)?;
    Ok(Some(state).filter(|state| matches!(state, State::Vouched | State::Approved) && patient == chart))
}

async fn void(change: &mut Change<'_>, id: ResourceId) -> Result<bool, Error> {
    let entry = change.entry();
    if change.execute(WITHDRAW, args![id, entry]).await? == 0 {
        return Ok(false);
    }
    change.wrote_row("recovery", &id.to_string()).await?;
    Ok(true)
}

/// What this account asked for is void; false when it asked for nothing.
pub async fn withdraw(change: &mut Change<'_>, account: AccountId) -> Result<bool, Error> {
    match change.maybe::<(ResourceId, Instant)>(OPEN, args![account]).await? {
        Some((id, _)) => void(change, id).await,
        None => Ok(false),
    }
}

/// What somebody asked for whose account is closed is void, and whomever they were about to let back in.
pub async fn withdraw_of(change: &mut Change<'_>, account: AccountId) -> Result<(), Error> {
    let open: Vec<(ResourceId,)> = change.all(OPEN_OF, args![account]).await?;
    for (id,) in open {
        void(change, id).await?;
    }
    Ok(())
}

const WORKS_HERE: Sql = sql!("SELECT account_id FROM staff_member WHERE account_id = $1");
const OWN_CHART: Sql = sql!(
    "SELECT patient_id FROM access_grant
      WHERE account_id = $1 AND basis = 'self' AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2) ORDER BY id DESC LIMIT 1"
);

/// Whether the account works here.
pub async fn works_here(tx: &mut Reader, account: AccountId) -> Result<bool, Error> {
    Ok(tx.maybe::<(AccountId,)>(WORKS_HERE, args![account]).await?.is_some())
}

/// Whose chart the account opens as its own.
pub async fn own_chart(tx: &mut Reader, account: AccountId, now: Instant) -> Result<Option<PatientId>, Error> {
    let row: Option<(PatientId,)> = tx.maybe(OWN_CHART, args![account, now]).await?;
    Ok(row.map(|(patient,)| patient))
}

/// Who asks.
pub struct New {
    /// The request's id.
    pub id: ResourceId,
    /// Whose account.
    pub account: AccountId,
    /// Whose chart it opens.
    pub patient: Option<PatientId>,
    /// The name, sealed, and the version of the key; of who works here nothing, because colleagues know it.
    pub name: Option<(Vec<u8>, i64)>,
    /// How they want to be checked.
    pub wanted: &'static str,
    /// The first of two, where somebody who works here began it.
    pub vouched_by: Option<AccountId>,
    /// How the first knew.
    pub evidence: Option<&'static str>,
}

/// Adds a request, in place of one that the account made before; false when another one came at the same moment, and then the change
/// can only be dropped.
pub async fn add(change: &mut Change<'_>, new: New, now: Instant) -> Result<bool, Error> {
    withdraw(change, new.account).await?;
    let state = if new.vouched_by.is_some() { State::Vouched } else { State::Waiting };
    let (id, entry, key) = (new.id.to_string(), change.entry(), change.key_of_link(Mailed::BackIn, new.id));
    let for_staff = new.name.is_none();
    let (name, key_version) = new.name.unzip();
    let columns = [
        ("id", new.id.into()),
        ("account_id", new.account.into()),
        ("key", key.into()),
        ("for_staff", for_staff.into()),
        ("patient_id", new.patient.into()),
        ("name", name.into()),
        ("wanted", new.wanted.into()),
        ("state", state.word().into()),
        ("asked_at", now.into()),
        ("vouched_by", new.vouched_by.into()),
        ("vouched_at", new.vouched_by.map(|_| now).into()),
        ("evidence", new.evidence.map(str::to_owned).into()),
        ("reason", None::<String>.into()),
        ("decided_by", None::<AccountId>.into()),
        ("decided_at", None::<Instant>.into()),
        ("proof", None::<Vec<u8>>.into()),
        ("wrong_codes", 0_i64.into()),
        ("ends_at", None::<Instant>.into()),
        ("key_version", key_version.unwrap_or_default().into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    change.insert_unless_taken(&RowWritten { table: "recovery", id, version: 1, columns: &columns }).await
}

const VOUCH: Sql = sql!(
    "UPDATE recovery SET state = 'vouched', vouched_by = $2, vouched_at = $3, evidence = $4, decided_by = NULL, decided_at = NULL,
            proof = NULL, ends_at = NULL, version = version + 1, entry = $5
      WHERE id = $1 AND for_staff = TRUE AND account_id <> $2 AND state IN ('waiting', 'vouched', 'approved')"
);
const APPROVE: Sql = sql!(
    "UPDATE recovery SET state = 'approved', evidence = $2, decided_by = $3, decided_at = $4, proof = $5, wrong_codes = 0, ends_at = $6,
            version = version + 1, entry = $7
      WHERE id = $1 AND for_staff = FALSE AND account_id <> $3 AND state IN ('waiting', 'approved')"
);
const CONFIRM: Sql = sql!(
    "UPDATE recovery SET state = 'approved', decided_by = $2, decided_at = $3, proof = $4, wrong_codes = 0, ends_at = $5,
            version = version + 1, entry = $6
      WHERE id = $1 AND for_staff = TRUE AND account_id <> $2 AND vouched_by <> $2 AND vouched_at > $7 AND state IN ('vouched', 'approved')"
);
const REFUSE: Sql = sql!(
    "UPDATE recovery SET state = 'refused', reason = $2, decided_by = $3, decided_at = $4, version = version + 1, entry = $5
      WHERE id = $1 AND account_id <> $3 AND (vouched_by IS NULL OR vouched_by <> $3) AND state IN ('waiting', 'vouched', 'approved')"
);

async fn changed_to(
    change: &mut Change<'_>,
    id: ResourceId,
    sql: Sql,
    values: Vec<salus_db::Value>,
) -> Result<bool, Error> {
    match change.one_row(sql, values).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("recovery", &id.to_string()).await?;
    Ok(true)
}

/// The first of two says that it is the colleague; false when it was decided meanwhile.
pub async fn vouch(
    change: &mut Change<'_>,
    id: ResourceId,
    by: AccountId,
    evidence: &str,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    changed_to(change, id, VOUCH, args![id, by, now, evidence, entry]).await
}

/// The front desk says that it is the patient, and how it knew.
pub async fn approve(
    change: &mut Change<'_>,
    id: ResourceId,
    (by, evidence): (AccountId, &str),
    proof: [u8; 32],
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    changed_to(change, id, APPROVE, args![id, evidence, by, now, proof, now.plus(LASTS), entry]).await
}

/// The second of two says that it is the colleague, within days of the first. Never the first, and nobody for themselves.
pub async fn confirm(
    change: &mut Change<'_>,
    id: ResourceId,
    by: AccountId,
    proof: [u8; 32],
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    changed_to(change, id, CONFIRM, args![id, by, now, proof, now.plus(LASTS), entry, now.plus(-VOUCH_LASTS)]).await
}

/// Says no.
pub async fn refuse(
    change: &mut Change<'_>,
    id: ResourceId,
    by: AccountId,
    reason: &str,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    changed_to(change, id, REFUSE, args![id, reason, by, now, entry]).await
}

/// What a mailed link leads to.
pub struct Link {
    /// The request.
    pub id: ResourceId,
    /// Whose account.
    pub account: AccountId,
    state: String,
    ends_at: Option<Instant>,
    wrong_codes: i64,
}
row!(Link { id: id, account: account_id, state: state, ends_at: ends_at, wrong_codes: wrong_codes });

impl Link {
    /// Whether a code is taken there.
    pub fn open(&self, now: Instant) -> bool {
        matches!(state_at(&self.state, None, self.ends_at, self.wrong_codes, now), Ok(State::Approved))
    }
}

const BY_KEY: Sql = sql!("SELECT id, account_id, state, ends_at, wrong_codes FROM recovery WHERE key = $1");
const COUNT_A_CODE: Sql = sql!(
    "UPDATE recovery SET wrong_codes = wrong_codes + 1, version = version + 1, entry = $3
      WHERE id = $1 AND state = 'approved' AND ends_at > $2 AND wrong_codes < $4
        AND NOT EXISTS (SELECT 1 FROM staff_member m
                         WHERE m.active = FALSE AND (m.account_id = recovery.decided_by OR m.account_id = recovery.vouched_by))"
);
const OF_CODE: Sql = sql!("SELECT proof, patient_id, asked_at FROM recovery WHERE id = $1");
const DONE: Sql = sql!(
    "UPDATE recovery SET state = 'done', wrong_codes = wrong_codes - 1, version = version + 1, entry = $2
      WHERE id = $1 AND state = 'approved' AND proof = $3"
);
const STILL_APPROVED: Sql =
    sql!("SELECT ends_at FROM recovery WHERE id = $1 AND state = 'approved' AND decided_at = $2 AND ends_at > $3");

/// The request with this look-up key. Looking uses nothing up. Row-level security lets it be seen by who has the key.
pub async fn by_key(visitor: &Visitor, key: &str) -> Result<Option<Link>, Error> {
    Ok(visitor.read(&[key]).await?.maybe(BY_KEY, args![key]).await?)
}

/// What a code is compared with.
pub struct Tried {
    /// The keyed hash of the right one.
    pub proof: Vec<u8>,
    /// Whose chart the account opened then.
    pub patient: Option<PatientId>,
    /// When the person asked.
    pub asked_at: Instant,
}

/// Counts a code before anything is made of it; none when no more are taken.
pub async fn try_code(change: &mut Change<'_>, id: ResourceId, now: Instant) -> Result<Option<Tried>, Error> {
    let entry = change.entry();
    match change.one_row(COUNT_A_CODE, args![id, now, entry, WRONG_CODES]).await {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("recovery", &id.to_string()).await?;
    let (proof, patient, asked_at): (Option<Vec<u8>>, Option<PatientId>, Instant) =
        change.one(OF_CODE, args![id]).await?;
    Ok(proof.map(|proof| Tried { proof, patient, asked_at }))
}

/// The code was right: it is given back, and nobody comes in by it again. False when somebody was faster, or decided anew.
pub async fn done(change: &mut Change<'_>, id: ResourceId, proof: &[u8]) -> Result<bool, Error> {
    let entry = change.entry();
    changed_to(change, id, DONE, args![id, entry, proof.to_vec()]).await
}

/// Until when the link counts that this decision made; nothing when there was another one since.
pub async fn still_approved(
    tx: &mut Reader,
    id: ResourceId,
    decided_at: Instant,
    now: Instant,
) -> Result<Option<Instant>, Error> {
    let row: Option<(Instant,)> = tx.maybe(STILL_APPROVED, args![id, decided_at, now]).await?;
    Ok(row.map(|(ends_at,)| ends_at))
}
