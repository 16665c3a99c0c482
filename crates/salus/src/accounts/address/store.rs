//! SQL of changing the address.

use salus_db::{DbError, Reader, Tx, args, sql};
use salus_kernel::{AccountId, Instant, ResourceId, Subject};
use salus_vault::Phi;

use super::LINK_LASTS;
use crate::{
    access::{Change, columns::email_change},
    shell::error::Error,
};

const FORGET: salus_db::Sql = sql!("DELETE FROM email_change WHERE account_id = $1");
const ASK: salus_db::Sql = sql!(
    "INSERT INTO email_change (id, account_id, key, email, created_at, ends_at, key_version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
const ASKED: salus_db::Sql =
    sql!("SELECT id, key, email, ends_at FROM email_change WHERE account_id = $1 AND ends_at > $2");
const CHANGE: salus_db::Sql = sql!(
    "UPDATE account SET email = $2, key_version = $3, email_index = $4, email_changed_at = $5, updated_at = $5,
            version = version + 1, entry = $6 WHERE id = $1 AND status = 'active'"
);

/// An address that somebody wants to sign in with.
pub struct Asked {
    /// Its row.
    pub id: ResourceId,
    /// A keyed hash of the link's code.
    pub key: String,
    /// The address.
    pub email: Phi<email_change::Email>,
    /// Until when the link works.
    pub ends_at: Instant,
}

/// What the account waits for.
pub async fn asked(tx: &mut Reader, account: AccountId, now: Instant) -> Result<Option<Asked>, Error> {
    let row: Option<(ResourceId, String, Vec<u8>, Instant)> = tx.maybe(ASKED, args![account, now]).await?;
    Ok(row.map(|(id, key, email, ends_at)| Asked {
        email: Phi::sealed(id.to_string(), Subject::Account(account), email),
        id,
        key,
        ends_at,
    }))
}

/// Asks for another address, in place of what was asked for before.
pub async fn ask(
    tx: &mut Tx,
    account: AccountId,
    (id, key): (ResourceId, String),
    (email, key_version): (Vec<u8>, i64),
    now: Instant,
) -> Result<(), Error> {
    forget(tx, account).await?;
    tx.execute(ASK, args![id, account, key, email, now, now.plus(LINK_LASTS), key_version]).await?;
    Ok(())
}

/// Nothing is asked for any more.
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    Ok(tx.execute(FORGET, args![account]).await? == 1)
}

/// Signs the account in with another address from now on; false when the address is somebody's, or the account was closed.
pub async fn change(
    change: &mut Change<'_>,
    account: AccountId,
    (email, key_version): (Vec<u8>, i64),
    index: &str,
    now: Instant,
) -> Result<bool, Error> {
    let entry = change.entry();
    match change.one_row(CHANGE, args![account, email, key_version, index, now, entry]).await {
        Ok(()) => {}
        Err(DbError::Stale | DbError::Taken(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    change.wrote_row("account", &account.to_string()).await?;
    Ok(true)
}
