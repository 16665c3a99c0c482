//! SQL of taking changes back: what an account signs in with, noted and put back.

use salus_db::{DbError, Reader, Tx, args, row, sql};
use salus_kernel::{AccountId, Instant, ResourceId, Subject};
use salus_vault::Phi;
use serde::{Deserialize, Serialize};

use super::{Changed, Undo, ends_at};
use crate::{
    access::{
        Change, Visitor,
        columns::{account, account_undo},
    },
    accounts::{
        address::store as address,
        passkeys::store as passkeys,
        password,
        providers::store::{self as providers, Connection},
        store as accounts,
    },
    shell::error::Error,
};

/// The word of a row that takes nothing back: an address that was put out by one that did.
pub const UNDONE: &str = "undone";

/// An app, as it stands in its row.
#[derive(Serialize, Deserialize)]
struct App {
    id: String,
    kind: String,
    secret: Vec<u8>,
    created_at: Instant,
    confirmed_at: Option<Instant>,
    last_step: i64,
    key_version: i64,
}
row!(App { id, kind, secret, created_at, confirmed_at, last_step, key_version });

/// A passkey, as it stands in its row.
#[derive(Serialize, Deserialize)]
struct Passkey {
    id: String,
    credential_index: String,
    credential: Vec<u8>,
    name: Vec<u8>,
    created_at: Instant,
    last_used_at: Option<Instant>,
    key_version: i64,
}
row!(Passkey { id, credential_index, credential, name, created_at, last_used_at, key_version });

/// A recovery code, as it stands in its row.
#[derive(Serialize, Deserialize)]
struct Code {
    number: i64,
    code_hash: Vec<u8>,
    made_at: Instant,
    used_at: Option<Instant>,
}
row!(Code { number, code_hash, made_at, used_at });

/// What an account signs in with.
#[derive(Serialize, Deserialize)]
pub struct Before {
    /// The address's blind index.
    pub email_index: String,
    /// When the address was last changed.
    pub email_changed_at: Option<Instant>,
    password_hash: String,
    apps: Vec<App>,
    passkeys: Vec<Passkey>,
    codes: Vec<Code>,
    #[serde(default)]
    connections: Vec<Connection>,
}

impl Before {
    /// As it is sealed.
    pub fn kept(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|_| Error::broken("what was before a change can't be kept"))
    }
    /// As it was sealed.
    pub fn open(text: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(text).map_err(|_| Error::broken("what was before a change can't be read"))
    }
}

const LOGIN: salus_db::Sql =
    sql!("SELECT email, email_index, email_changed_at, password_hash FROM account WHERE id = $1");
const APPS: salus_db::Sql = sql!(
    "SELECT id, kind, secret, created_at, confirmed_at, last_step, key_version FROM authenticator
      WHERE account_id = $1 AND confirmed_at IS NOT NULL ORDER BY id"
);
const PASSKEYS: salus_db::Sql = sql!(
    "SELECT id, credential_index, credential, name, created_at, last_used_at, key_version FROM passkey
      WHERE account_id = $1 ORDER BY id"
);
const CODES: salus_db::Sql =
    sql!("SELECT number, code_hash, made_at, used_at FROM recovery_code WHERE account_id = $1 ORDER BY number");

/// What the account signs in with now, and its address.
pub async fn present(tx: &mut Reader, account: AccountId) -> Result<(Before, Phi<account::Email>), Error> {
    type Login = (Vec<u8>, String, Option<Instant>, String);
    let (email, email_index, email_changed_at, password_hash): Login = tx.one(LOGIN, args![account]).await?;
    let before = Before {
        email_index,
        email_changed_at,
        password_hash,
        apps: tx.all(APPS, args![account]).await?,
        passkeys: tx.all(PASSKEYS, args![account]).await?,
        codes: tx.all(CODES, args![account]).await?,
        connections: providers::all(tx, account).await?,
    };
    Ok((before, Phi::sealed(account.to_string(), Subject::Account(account), email)))
}

/// A row of its own, sealed.
pub struct NewUndo {
    /// Its id.
    pub id: ResourceId,
    /// Finds it by the link.
    pub key: String,
    /// What was changed.
    pub about: &'static str,
    /// The address before.
    pub email: Vec<u8>,
    /// All the rest before.
    pub before: Vec<u8>,
    /// The version of the key that seals both.
    pub key_version: i64,
}

const ADD: salus_db::Sql = sql!(
    "INSERT INTO account_undo (id, account_id, key, about, email, before, created_at, ends_at, key_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
const BY_KEY: salus_db::Sql = sql!(
    "SELECT id, account_id, about, created_at FROM account_undo WHERE key = $1 AND ends_at > $2 AND about <> 'undone'"
);
const BY_ID: salus_db::Sql =
    sql!("SELECT email, before, created_at FROM account_undo WHERE id = $1 AND account_id = $2 AND about <> 'undone'");
const FORGET_SINCE: salus_db::Sql = sql!("DELETE FROM account_undo WHERE account_id = $1 AND created_at >= $2");
const LAST: salus_db::Sql = sql!("SELECT MAX(created_at) FROM account_undo WHERE account_id = $1");
const LATER: salus_db::Sql = sql!(
    "SELECT id, before FROM account_undo WHERE account_id = $1 AND created_at > $2 AND about <> 'undone' ORDER BY created_at"
);
const LEFT: salus_db::Sql =
    sql!("SELECT COUNT(*) FROM account_undo WHERE account_id = $1 AND ends_at > $2 AND about <> 'undone'");
const FORGET: salus_db::Sql = sql!("DELETE FROM account_undo WHERE account_id = $1");
const FORGET_APPS: salus_db::Sql = sql!("DELETE FROM authenticator WHERE account_id = $1");
const FORGET_CODES: salus_db::Sql = sql!("DELETE FROM recovery_code WHERE account_id = $1");
const LOGIN_BACK: salus_db::Sql = sql!(
    "UPDATE account SET email = $2, key_version = $3, email_index = $4, email_changed_at = $5, password_hash = $6,
            password_changed_at = $7, updated_at = $7, version = version + 1, entry = $8
      WHERE id = $1 AND status = 'active'"
);
const APP_BACK: salus_db::Sql = sql!(
    "INSERT INTO authenticator (id, account_id, kind, secret, created_at, confirmed_at, last_step, key_version, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"
);
const PASSKEY_BACK: salus_db::Sql = sql!(
    "INSERT INTO passkey (id, account_id, credential_index, credential, name, created_at, last_used_at, key_version, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING"
);
const CODE_BACK: salus_db::Sql =
    sql!("INSERT INTO recovery_code (account_id, number, code_hash, made_at, used_at) VALUES ($1, $2, $3, $4, $5)");

/// The moment of a change that is made now, under the account's row: after every other of the account's. A request's own moment
/// would not do: it is that of its first byte, and clocks of two processes differ.
pub async fn moment(tx: &mut Reader, account: AccountId, now: Instant) -> Result<Instant, Error> {
    let (last,): (Option<Instant>,) = tx.one(LAST, args![account]).await?;
    Ok(last.map_or(now, |last| now.max(last.plus(1))))
}

/// Adds one.
pub async fn add(tx: &mut Tx, account: AccountId, new: NewUndo, now: Instant) -> Result<(), Error> {
    let NewUndo { id, key, about, email, before, key_version } = new;
    tx.execute(ADD, args![id, account, key, about, email, before, now, ends_at(now), key_version]).await?;
    Ok(())
}

/// What the link with this look-up key takes back. Looking uses nothing up.
pub(super) async fn by_key(visitor: &Visitor, key: &str) -> Result<Option<Undo>, Error> {
    type Found = (ResourceId, AccountId, String, Instant);
    let found: Option<Found> = visitor.read(&[key]).await?.maybe(BY_KEY, args![key, visitor.now()]).await?;
    let undo = |(id, account, about, at): Found| Some(Undo { id, account, changed: Changed::from_word(&about)?, at });
    Ok(found.and_then(undo))
}

/// What is put back.
pub struct Kept {
    /// The address.
    pub email: Phi<account_undo::Email>,
    /// All the rest.
    pub before: Phi<account_undo::Before>,
    /// When the change was made.
    pub created_at: Instant,
}

/// Reads one that is about to be used, under the account's row.
pub async fn take(tx: &mut Tx, id: ResourceId, account: AccountId) -> Result<Option<Kept>, Error> {
    let row: Option<(Vec<u8>, Vec<u8>, Instant)> = tx.maybe(BY_ID, args![id, account]).await?;
    let subject = Subject::Account(account);
    Ok(row.map(|(email, before, created_at)| Kept {
        email: Phi::sealed(id.to_string(), subject, email),
        before: Phi::sealed(id.to_string(), subject, before),
        created_at,
    }))
}

/// The address that is put back.
pub struct Address {
    /// Sealed, and the version of the key.
    pub sealed: (Vec<u8>, i64),
    /// Since when it is new, if it is.
    pub moved_at: Option<Instant>,
}

/// What was before each later change, oldest first.
pub async fn later(
    tx: &mut Reader,
    account: AccountId,
    since: Instant,
) -> Result<Vec<Phi<account_undo::Before>>, Error> {
    let rows: Vec<(ResourceId, Vec<u8>)> = tx.all(LATER, args![account, since]).await?;
    let sealed = |(id, before): (ResourceId, _)| Phi::sealed(id.to_string(), Subject::Account(account), before);
    Ok(rows.into_iter().map(sealed).collect())
}

/// Puts address and password back, once the second steps are; false when the address is somebody else's by now, or the account was
/// closed. A link to choose another password that was asked for before is void.
pub async fn put_back_login(
    change: &mut Change<'_>,
    account: AccountId,
    then: &Before,
    address: Address,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    let (sealed, key_version) = address.sealed;
    // A password alone would let its holder set up a second step: without one there is none that fits.
    let whole = accounts::has_second_step(change, account).await?;
    let hash = if whole { then.password_hash.as_str() } else { password::NOBODY };
    let index = then.email_index.as_str();
    let values = args![account, sealed, key_version, index, address.moved_at, hash, now, entry];
    match change.one_row(LOGIN_BACK, values).await {
        Ok(()) => {}
        Err(DbError::Stale | DbError::Taken(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("account", &account.to_string()).await?;
    Ok(true)
}

/// Puts the second steps back. What is there still stays as it is: a passkey's count of signatures goes on. A code that was used,
/// of the app or on paper, stays used, as what was before later changes says. A passkey that somebody else has made theirs in the
/// meantime stays theirs.
pub async fn put_back_factors(
    tx: &mut Tx,
    account: AccountId,
    then: &Before,
    present: &Before,
    later: &[Before],
) -> Result<(), Error> {
    tx.execute(FORGET_APPS, args![account]).await?;
    let since = || later.iter().chain(std::iter::once(present));
    for app in &then.apps {
        let same = |other: &&App| other.id == app.id;
        let last = since().flat_map(|before| &before.apps).filter(same).map(|app| app.last_step).max();
        let last = app.last_step.max(last.unwrap_or_default());
        let (id, kind, secret) = (app.id.as_str(), app.kind.as_str(), app.secret.clone());
        let values = args![id, account, kind, secret, app.created_at, app.confirmed_at, last, app.key_version];
        tx.execute(APP_BACK, values).await?;
    }
    let among = |keys: &[Passkey], id: &str| keys.iter().any(|key| key.id == id);
    for key in present.passkeys.iter().filter(|key| !among(&then.passkeys, &key.id)) {
        passkeys::remove(tx, &key.id, account).await?;
    }
    for key in then.passkeys.iter().filter(|key| !among(&present.passkeys, &key.id)) {
        let (id, index) = (key.id.as_str(), key.credential_index.as_str());
        let (credential, name) = (key.credential.clone(), key.name.clone());
        let values = args![id, account, index, credential, name, key.created_at, key.last_used_at, key.key_version];
        tx.execute(PASSKEY_BACK, values).await?;
    }
    let among = |all: &[Connection], id: &str| all.iter().any(|one| one.id == id);
    for one in present.connections.iter().filter(|one| !among(&then.connections, &one.id)) {
        providers::remove(tx, &one.id, account).await?;
    }
    for one in then.connections.iter().filter(|one| !among(&present.connections, &one.id)) {
        providers::add(tx, account, one).await?;
    }
    let hashes = |before: &Before| before.codes.iter().map(|code| code.code_hash.clone()).collect::<Vec<_>>();
    if hashes(then) != hashes(present) {
        tx.execute(FORGET_CODES, args![account]).await?;
        for code in &then.codes {
            let same = |other: &&Code| other.code_hash == code.code_hash;
            let used = later.iter().flat_map(|before| &before.codes).filter(same).find_map(|code| code.used_at);
            let values = args![account, code.number, code.code_hash.clone(), code.made_at, code.used_at.or(used)];
            tx.execute(CODE_BACK, values).await?;
        }
    }
    Ok(())
}

/// A change that was taken back, and those after it, can't be taken back any more; nor is an address confirmed that was asked for.
pub async fn forget_since(tx: &mut Tx, account: AccountId, since: Instant) -> Result<(), Error> {
    tx.execute(FORGET_SINCE, args![account, since]).await?;
    address::forget(tx, account).await?;
    Ok(())
}

/// Whether there is more that can be taken back.
pub async fn any_left(tx: &mut Reader, account: AccountId, now: Instant) -> Result<bool, Error> {
    let (count,): (i64,) = tx.one(LEFT, args![account, now]).await?;
    Ok(count > 0)
}

/// Nothing that was before can be put back: somebody at the clinic has seen who it is.
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    tx.execute(FORGET, args![account]).await?;
    address::forget(tx, account).await?;
    Ok(())
}
