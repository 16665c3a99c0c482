//! SQL of passkeys.

use salus_db::{DbError, Reader, Tx, args, row, sql};
use salus_kernel::{AccountId, Instant, Subject};
use salus_vault::Phi;

use crate::{access::columns::passkey, shell::error::Error};

/// So many, and no more, has an account.
pub const MOST: usize = 20;

/// One passkey.
pub struct PasskeyRow {
    /// Its row.
    pub id: String,
    /// The public key, and what was last seen of it.
    pub credential: Phi<passkey::Credential>,
    /// What its owner calls it.
    pub name: Phi<passkey::Name>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
    /// Counts changes.
    pub version: i64,
}

struct Row {
    id: String,
    account_id: AccountId,
    credential: Vec<u8>,
    name: Vec<u8>,
    created_at: Instant,
    last_used_at: Option<Instant>,
    version: i64,
}
row!(Row { id, account_id, credential, name, created_at, last_used_at, version });

/// A new one, sealed.
pub struct NewPasskey<'a> {
    /// Its row.
    pub id: &'a str,
    /// Whose.
    pub account: AccountId,
    /// Finds it at sign-in.
    pub index: &'a str,
    /// The public key.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub name: Vec<u8>,
    /// The version of the key that seals both.
    pub key_version: i64,
}

const ALL: salus_db::Sql = sql!(
    "SELECT id, account_id, credential, name, created_at, last_used_at, version FROM passkey
      WHERE account_id = $1 ORDER BY created_at DESC, id DESC"
);
const OWNER: salus_db::Sql = sql!("SELECT account_id, id FROM passkey WHERE credential_index = $1");
const ADD: salus_db::Sql = sql!(
    "INSERT INTO passkey (id, account_id, credential_index, credential, name, created_at, key_version, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1)"
);
const USED: salus_db::Sql = sql!(
    "UPDATE passkey SET credential = $3, key_version = $4, last_used_at = $5, version = version + 1 WHERE id = $1 AND version = $2"
);
const SEEN: salus_db::Sql = sql!("UPDATE passkey SET last_used_at = $2 WHERE id = $1");
const REMOVE: salus_db::Sql = sql!("DELETE FROM passkey WHERE id = $1 AND account_id = $2");

/// An account's passkeys, newest first.
pub async fn all(tx: &mut Reader, account: AccountId) -> Result<Vec<PasskeyRow>, Error> {
    let rows: Vec<Row> = tx.all(ALL, args![account]).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let owner = Subject::Account(row.account_id);
            PasskeyRow {
                credential: Phi::sealed(row.id.clone(), owner, row.credential),
                name: Phi::sealed(row.id.clone(), owner, row.name),
                id: row.id,
                created_at: row.created_at,
                last_used_at: row.last_used_at,
                version: row.version,
            }
        })
        .collect())
}

/// Whose passkey it is, and which row, by the blind index of its own id.
pub async fn owner(tx: &mut Reader, index: &str) -> Result<Option<(AccountId, String)>, Error> {
    Ok(tx.maybe(OWNER, args![index]).await?)
}

/// Adds one; false when somebody has it already.
pub async fn add(tx: &mut Tx, new: NewPasskey<'_>, now: Instant) -> Result<bool, Error> {
    let values = args![new.id, new.account, new.index, new.credential, new.name, now, new.key_version];
    match tx.one_row(ADD, values).await {
        Ok(()) => Ok(true),
        Err(DbError::Taken(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// It signed; false when a count went up elsewhere at the same moment, or it was removed. What counts nothing may sign in several
/// places at once.
pub async fn used(
    tx: &mut Tx,
    row: &PasskeyRow,
    now: Instant,
    after: Option<Vec<u8>>,
    seal: impl FnOnce(&[u8]) -> (Vec<u8>, i64),
) -> Result<bool, Error> {
    let changed = match after {
        Some(plain) => {
            let (sealed, key_version) = seal(&plain);
            tx.execute(USED, args![row.id.as_str(), row.version, sealed, key_version, now]).await?
        }
        None => tx.execute(SEEN, args![row.id.as_str(), now]).await?,
    };
    Ok(changed == 1)
}

/// Removes one of the account's; false when there is none such.
pub async fn remove(tx: &mut Tx, id: &str, account: AccountId) -> Result<bool, Error> {
    Ok(tx.execute(REMOVE, args![id, account]).await? == 1)
}
