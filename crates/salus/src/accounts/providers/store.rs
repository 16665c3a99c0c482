//! SQL of what accounts are called elsewhere.

use salus_db::{Reader, Tx, args, row, sql};
use salus_kernel::{AccountId, ActionType, Instant, Subject};
use salus_vault::{Discloses, Opens, Phi};
use serde::{Deserialize, Serialize};

use crate::{access::columns::federated_identity, shell::error::Error};

/// A connection with an account elsewhere, as it stands in its row.
#[derive(Serialize, Deserialize)]
pub struct Connection {
    /// Its row.
    pub id: String,
    /// Finds it by issuer and subject.
    pub identity_index: String,
    /// Both, sealed: what is in the row of one account opens in no other's.
    pub identity: Vec<u8>,
    /// The provider's name in the settings, when it was made.
    pub provider: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used.
    pub last_used_at: Option<Instant>,
    /// The version of the key that seals it.
    pub key_version: i64,
}
row!(Connection { id, identity_index, identity, provider, created_at, last_used_at, key_version });

impl Connection {
    /// Issuer and subject, where it is one of this account. One that was put here from another's does not open.
    pub fn identity<A>(&self, account: AccountId, holder: &impl Discloses<A>) -> Option<String>
    where
        A: ActionType + Opens<federated_identity::Identity>,
    {
        type Identity = Phi<federated_identity::Identity>;
        let kept = Identity::sealed(self.id.clone(), Subject::Account(account), self.identity.clone());
        kept.open(holder)
            .inspect_err(|error| tracing::error!(%error, row = self.id, "A connection is not this account's"))
            .ok()
    }
}

const ALL: salus_db::Sql = sql!(
    "SELECT id, identity_index, identity, provider, created_at, last_used_at, key_version FROM federated_identity
      WHERE account_id = $1 ORDER BY id"
);
const OWNER: salus_db::Sql = sql!("SELECT account_id, id FROM federated_identity WHERE identity_index = $1");
const ADD: salus_db::Sql = sql!(
    "INSERT INTO federated_identity (id, account_id, identity_index, identity, provider, created_at, last_used_at, key_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
);
const SEEN: salus_db::Sql = sql!("UPDATE federated_identity SET last_used_at = $3 WHERE id = $1 AND account_id = $2");
const REMOVE: salus_db::Sql = sql!("DELETE FROM federated_identity WHERE id = $1 AND account_id = $2");
const FORGET: salus_db::Sql = sql!("DELETE FROM federated_identity WHERE account_id = $1");

/// An account's connections.
pub async fn all(tx: &mut Reader, account: AccountId) -> Result<Vec<Connection>, Error> {
    Ok(tx.all(ALL, args![account]).await?)
}

/// The one of a provider.
pub async fn with(tx: &mut Reader, account: AccountId, provider: &str) -> Result<Option<Connection>, Error> {
    Ok(all(tx, account).await?.into_iter().find(|connection| connection.provider == provider))
}

/// Whose account it is, and by which row.
pub async fn owner(tx: &mut Reader, index: &str) -> Result<Option<(AccountId, String)>, Error> {
    Ok(tx.maybe(OWNER, args![index]).await?)
}

/// Adds one, or puts it back as it was; false when it is somebody's already.
pub async fn add(tx: &mut Tx, account: AccountId, one: &Connection) -> Result<bool, Error> {
    let (id, index, provider) = (one.id.as_str(), one.identity_index.as_str(), one.provider.as_str());
    let identity = one.identity.clone();
    let values = args![id, account, index, identity, provider, one.created_at, one.last_used_at, one.key_version];
    Ok(tx.execute(ADD, values).await? == 1)
}

/// It was used; false when it is gone.
pub async fn seen(tx: &mut Tx, id: &str, account: AccountId, now: Instant) -> Result<bool, Error> {
    Ok(tx.execute(SEEN, args![id, account, now]).await? == 1)
}

/// Removes one; false when there is none such.
pub async fn remove(tx: &mut Tx, id: &str, account: AccountId) -> Result<bool, Error> {
    Ok(tx.execute(REMOVE, args![id, account]).await? == 1)
}

/// Removes all of an account.
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    tx.execute(FORGET, args![account]).await?;
    Ok(())
}
