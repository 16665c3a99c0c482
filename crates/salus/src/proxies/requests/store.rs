//! SQL of requests to act for somebody, and of the photos that go with them.

use salus_db::{Reader, Sql, Value, args, row, sql};
use salus_kernel::{AccountId, Instant, PatientId, ResourceId, Scopes, Subject};
use salus_vault::Phi;

use crate::{
    access::{
        Change, RowWritten,
        caregivers::Basis,
        columns::{caregiver_photo, caregiver_request},
    },
    shell::error::Error,
};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The front desk has to find out.
    Open,
    /// The front desk said yes; who asked has not begun yet.
    Granted,
    /// The front desk said no.
    Refused,
    /// Taken back by who asked.
    Withdrawn,
    /// They act for the patient, or did.
    Begun,
}

impl State {
    const ALL: [Self; 5] = [Self::Open, Self::Granted, Self::Refused, Self::Withdrawn, Self::Begun];

    /// As stored, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Begun => "begun",
        }
    }
}

/// A request, still sealed.
pub struct Request {
    /// The row.
    pub id: ResourceId,
    /// Who asks.
    pub account: AccountId,
    /// The chart that the account opens: so the desk knows already who asks.
    pub own_patient: Option<PatientId>,
    /// What the account is called.
    pub account_name: Phi<caregiver_request::AccountName>,
    /// A phone number, as typed; may be empty.
    pub phone: Phi<caregiver_request::Phone>,
    /// Whom for, as typed.
    pub name: Phi<caregiver_request::Name>,
    /// `YYYY-MM-DD`, as typed.
    pub birth_date: Phi<caregiver_request::BirthDate>,
    /// What they wrote; may be empty.
    pub note: Phi<caregiver_request::Note>,
    /// Why they may.
    pub basis: Basis,
    /// What they want to do.
    pub scopes: Scopes,
    /// Where it stands.
    pub state: State,
    /// Why not.
    pub reason: Option<String>,
    /// The code that waits for them.
    pub code: Option<Phi<caregiver_request::Code>>,
    /// How the desk knew.
    pub evidence: Option<String>,
    /// Whose chart it became.
    pub patient: Option<PatientId>,
    /// Since when.
    pub created_at: Instant,
    /// When it was answered.
    pub decided_at: Option<Instant>,
    /// Who answered.
    pub decided_by: Option<String>,
}

struct Row {
    id: ResourceId,
    account_id: AccountId,
    own_patient: Option<PatientId>,
    account_name: Vec<u8>,
    phone: Vec<u8>,
    name: Vec<u8>,
    birth_date: Vec<u8>,
    note: Vec<u8>,
    basis: String,
    scopes: String,
    state: String,
    reason: Option<String>,
    code: Option<Vec<u8>>,
    evidence: Option<String>,
    patient_id: Option<PatientId>,
    created_at: Instant,
    decided_at: Option<Instant>,
    decided_by: Option<String>,
}
row!(Row {
    id: id,
    account_id: account_id,
    own_patient: own_patient,
    account_name: account_name,
    phone: phone,
    name: name,
    birth_date: birth_date,
    note: note,
    basis: basis,
    scopes: scopes,
    state: state,
    reason: reason,
    code: code,
    evidence: evidence,
    patient_id: patient_id,
    created_at: created_at,
    decided_at: decided_at,
    decided_by: decided_by,
});

impl Request {
    fn of(row: Row) -> Result<Self, Error> {
        let (id, subject) = (row.id.to_string(), Subject::Account(row.account_id));
        let state = State::ALL.into_iter().find(|state| state.word() == row.state);
        Ok(Self {
            id: row.id,
            account: row.account_id,
            own_patient: row.own_patient,
            account_name: Phi::sealed(id.clone(), subject, row.account_name),
            phone: Phi::sealed(id.clone(), subject, row.phone),
            name: Phi::sealed(id.clone(), subject, row.name),
            birth_date: Phi::sealed(id.clone(), subject, row.birth_date),
            note: Phi::sealed(id.clone(), subject, row.note),
            basis: Basis::from_word(&row.basis).ok_or_else(|| Error::broken("an unknown basis"))?,
            scopes: Scopes::from_words(&row.scopes),
            state: state.ok_or_else(|| Error::broken("a request in no state"))?,
            reason: row.reason,
            code: row.code.map(|code| Phi::sealed(id, subject, code)),
            evidence: row.evidence,
            patient: row.patient_id,
            created_at: row.created_at,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
        })
    }
}

macro_rules! requests {
    ($where:literal) => {
        sql!(concat!(
            "SELECT r.id AS id, r.account_id AS account_id, r.own_patient AS own_patient, r.account_name AS account_name,
                    r.phone AS phone, r.name AS name, r.birth_date AS birth_date, r.note AS note, r.basis AS basis,
                    r.scopes AS scopes, r.state AS state, r.reason AS reason, r.code AS code, r.evidence AS evidence, r.patient_id AS patient_id,
                    r.created_at AS created_at, r.decided_at AS decided_at, m.name AS decided_by
               FROM caregiver_request r LEFT JOIN staff_member m ON m.account_id = r.decided_by ",
            $where
        ))
    };
}

const ONE: Sql = requests!("WHERE r.id = $1 AND r.state <> 'withdrawn'");
const OWN: Sql =
    requests!("WHERE r.account_id = $1 AND r.state <> 'withdrawn' ORDER BY r.created_at DESC, r.id DESC LIMIT $2");
const OPEN: Sql = requests!("WHERE r.state = 'open' ORDER BY r.created_at, r.id LIMIT $1");
const DECIDED: Sql =
    requests!("WHERE r.state IN ('granted', 'refused', 'begun') ORDER BY r.decided_at DESC, r.id LIMIT $1");
const WAITING: Sql = sql!("SELECT COUNT(*) FROM caregiver_request WHERE state = 'open'");
const SINCE: Sql = sql!(
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END), 0) FROM caregiver_request
      WHERE account_id = $1 AND (created_at > $2 OR state = 'open')"
);

/// One that was not taken back, as far as whoever asks may see it.
pub async fn one(tx: &mut Reader, id: ResourceId) -> Result<Option<Request>, Error> {
    let row: Option<Row> = tx.maybe(ONE, args![id]).await?;
    row.map(Request::of).transpose()
}

/// One's own that were not taken back, the newest first.
pub async fn own(tx: &mut Reader, account: AccountId, most: u32) -> Result<Vec<Request>, Error> {
    let rows: Vec<Row> = tx.all(OWN, args![account, most]).await?;
    rows.into_iter().map(Request::of).collect()
}

/// Those that wait for the desk, the longest first.
pub async fn open(tx: &mut Reader, most: u32) -> Result<Vec<Request>, Error> {
    let rows: Vec<Row> = tx.all(OPEN, args![most]).await?;
    rows.into_iter().map(Request::of).collect()
}

/// Those that were answered, the latest first.
pub async fn decided(tx: &mut Reader, most: u32) -> Result<Vec<Request>, Error> {
    let rows: Vec<Row> = tx.all(DECIDED, args![most]).await?;
    rows.into_iter().map(Request::of).collect()
}

/// How many wait for the front desk.
pub async fn waiting_count(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// How many an account wrote since a moment, and how many of its own are open.
pub async fn counts(tx: &mut Reader, account: AccountId, since: Instant) -> Result<(u64, u64), Error> {
    let (all, open): (i64, i64) = tx.one(SINCE, args![account, since]).await?;
    Ok((u64::try_from(all).unwrap_or(0), u64::try_from(open).unwrap_or(0)))
}

/// What a new request says, sealed for the account that asks.
pub struct New {
    /// The row.
    pub id: ResourceId,
    /// Who asks.
    pub account: AccountId,
    /// The chart that the account opens.
    pub own_patient: Option<PatientId>,
    /// Each sealed under the account's key: who asks, their phone, whom for, the date of birth, the note.
    pub sealed: [Vec<u8>; 5],
    /// Under which version of it.
    pub key_version: i64,
    /// Why they may.
    pub basis: Basis,
    /// What they want to do.
    pub scopes: Scopes,
    /// When.
    pub now: Instant,
}

/// Writes a request.
pub async fn add(change: &mut Change<'_>, new: New) -> Result<(), Error> {
    let id = new.id.to_string();
    let [account_name, phone, name, birth_date, note] = new.sealed;
    let columns: Vec<(&'static str, Value)> = vec![
        ("id", new.id.into()),
        ("account_id", new.account.into()),
        ("own_patient", new.own_patient.into()),
        ("account_name", account_name.into()),
        ("phone", phone.into()),
        ("name", name.into()),
        ("birth_date", birth_date.into()),
        ("note", note.into()),
        ("basis", new.basis.word().into()),
        ("scopes", new.scopes.words().into()),
        ("state", State::Open.word().into()),
        ("reason", None::<String>.into()),
        ("evidence", None::<String>.into()),
        ("code", None::<Vec<u8>>.into()),
        ("patient_id", None::<PatientId>.into()),
        ("decided_by", None::<AccountId>.into()),
        ("created_at", new.now.into()),
        ("decided_at", None::<Instant>.into()),
        ("key_version", new.key_version.into()),
        ("version", 1_i64.into()),
        ("entry", change.entry().into()),
    ];
    change.insert(&RowWritten { table: "caregiver_request", id, version: 1, columns: &columns }).await
}

const END: Sql = sql!(
    "UPDATE caregiver_request SET state = $3, code = NULL, version = version + 1, entry = $4
      WHERE id = $1 AND account_id = $2 AND (state = 'granted' OR (state = 'open' AND $3 = 'withdrawn'))"
);
const REFUSE: Sql = sql!(
    "UPDATE caregiver_request SET state = 'refused', reason = $2, decided_by = $3, decided_at = $4, version = version + 1, entry = $5
      WHERE id = $1 AND state = 'open'"
);
const UNANSWER: Sql = sql!(
    "UPDATE caregiver_request SET state = 'refused', reason = 'call', code = NULL, decided_by = $2, decided_at = $3,
            version = version + 1, entry = $4
      WHERE id = $1 AND state IN ('open', 'granted')"
);
const OF_ACCOUNT: Sql =
    sql!("SELECT id FROM caregiver_request WHERE account_id = $1 AND state IN ('open', 'granted') ORDER BY id");
const GRANT: Sql = sql!(
    "UPDATE caregiver_request SET state = 'granted', evidence = $2, code = $3, patient_id = $4, decided_by = $5, decided_at = $6,
            version = version + 1, entry = $7
      WHERE id = $1 AND state = 'open'"
);

/// Takes one's own back, or says that it has begun; false when it can't be any more.
pub async fn end(change: &mut Change<'_>, id: ResourceId, own: AccountId, state: State) -> Result<bool, Error> {
    let entry = change.entry();
    change.save_row("caregiver_request", id, END, args![id, own, state.word(), entry]).await
}

/// Says no; false when it is not open any more.
pub async fn refuse(
    change: &mut Change<'_>,
    id: ResourceId,
    reason: &str,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    let args = args![id, reason, by, now, change.entry()];
    change.save_row("caregiver_request", id, REFUSE, args).await
}

const BEGUN_BY_PHOTOS: Sql = sql!(
    "SELECT DISTINCT patient_id FROM caregiver_request
      WHERE account_id = $1 AND state = 'begun' AND evidence = 'photos' ORDER BY patient_id"
);

/// For whom an account began to act because it was known by its own chart.
pub async fn begun_by_photos(tx: &mut Reader, account: AccountId) -> Result<Vec<PatientId>, Error> {
    let rows: Vec<(PatientId,)> = tx.all(BEGUN_BY_PHOTOS, args![account]).await?;
    Ok(rows.into_iter().map(|(patient,)| patient).collect())
}

/// Takes back what an account asked, and what it was told yes to and has not begun: it is not who it was taken for.
pub async fn refuse_all_of(
    change: &mut Change<'_>,
    account: AccountId,
    by: AccountId,
    now: Instant,
) -> Result<(), Error> {
    let open: Vec<(ResourceId,)> = change.all(OF_ACCOUNT, args![account]).await?;
    for (id,) in open {
        let args = args![id, by, now, change.entry()];
        change.save_row("caregiver_request", id, UNANSWER, args).await?;
    }
    Ok(())
}

/// A yes.
pub struct Grant {
    /// How the desk knew.
    pub evidence: &'static str,
    /// The code, sealed for the account that asked.
    pub code: Vec<u8>,
    /// Whose chart.
    pub patient: PatientId,
    /// Who says yes.
    pub by: AccountId,
    /// When.
    pub now: Instant,
}

/// Says yes; false when it is not open any more.
pub async fn grant(change: &mut Change<'_>, id: ResourceId, grant: Grant) -> Result<bool, Error> {
    let args = args![id, grant.evidence, grant.code, grant.patient, grant.by, grant.now, change.entry()];
    change.save_row("caregiver_request", id, GRANT, args).await
}

const PHOTOS: Sql = sql!("SELECT id FROM caregiver_photo WHERE request_id = $1 ORDER BY id");
const PHOTO: Sql = sql!("SELECT account_id, photo FROM caregiver_photo WHERE id = $1 AND request_id = $2");
const ADD_PHOTO: Sql = sql!(
    "INSERT INTO caregiver_photo (id, account_id, request_id, photo, created_at, key_version)
     SELECT $1, c.account_id, c.id, $4, $5, $6 FROM caregiver_request c
      WHERE c.id = $3 AND c.account_id = $2 AND c.state = 'open'
        AND (SELECT COUNT(*) FROM caregiver_photo p WHERE p.request_id = c.id) < $7"
);
const REMOVE_PHOTO: Sql = sql!(
    "DELETE FROM caregiver_photo WHERE id = $1 AND request_id = $2 AND account_id = $3
        AND EXISTS (SELECT 1 FROM caregiver_request c WHERE c.id = caregiver_photo.request_id AND c.state = 'open')"
);
const REMOVE_PHOTOS: Sql = sql!("DELETE FROM caregiver_photo WHERE request_id = $1 AND account_id = $2");

/// The photos that go with a request, in their order.
pub async fn photos(tx: &mut Reader, request: ResourceId) -> Result<Vec<ResourceId>, Error> {
    let rows: Vec<(ResourceId,)> = tx.all(PHOTOS, args![request]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One of them.
pub async fn photo(
    tx: &mut Reader,
    request: ResourceId,
    id: ResourceId,
) -> Result<Option<Phi<caregiver_photo::Photo>>, Error> {
    let row: Option<(AccountId, Vec<u8>)> = tx.maybe(PHOTO, args![id, request]).await?;
    Ok(row.map(|(account, photo)| Phi::sealed(id.to_string(), Subject::Account(account), photo)))
}

/// Adds one, sealed under the account's key; false when the request is not open any more, or has as many as it can.
pub async fn add_photo(
    change: &mut Change<'_>,
    (id, request): (ResourceId, ResourceId),
    account: AccountId,
    (photo, key_version): (Vec<u8>, i64),
    now: Instant,
) -> Result<bool, Error> {
    let most = i64::try_from(super::PHOTOS).unwrap_or(0);
    Ok(change.execute(ADD_PHOTO, args![id, account, request, photo, now, key_version, most]).await? == 1)
}

/// Throws one's own away.
pub async fn remove_photo(
    change: &mut Change<'_>,
    request: ResourceId,
    id: ResourceId,
    own: AccountId,
) -> Result<(), Error> {
    change.execute(REMOVE_PHOTO, args![id, request, own]).await?;
    Ok(())
}

/// Throws all of a request away.
pub async fn remove_photos(change: &mut Change<'_>, request: ResourceId, own: AccountId) -> Result<(), Error> {
    change.execute(REMOVE_PHOTOS, args![request, own]).await?;
    Ok(())
}
