//! At which addresses an account's holder is told: the present one, and those that the account left within the last 72 hours.

use salus_db::{Reader, args, sql};
use salus_kernel::{AccountId, Instant, ResourceId, Subject, actions::SendNotice};
use salus_vault::Phi;

use crate::{
    access::{
        JobError, OfAccount,
        columns::{account, account_undo},
    },
    shell::error::Error,
};

const ADDRESS: salus_db::Sql = sql!("SELECT email, status FROM account WHERE id = $1");
const LEFT: salus_db::Sql = sql!("SELECT id, email FROM account_undo WHERE id = $1 AND account_id = $2");
const LEFT_SINCE: salus_db::Sql = sql!(
    "SELECT id, email FROM account_undo
      WHERE account_id = $1 AND about = 'address' AND created_at > $2 ORDER BY created_at LIMIT 1"
);
const EARLIER: salus_db::Sql = sql!(
    "SELECT id FROM account_undo
      WHERE account_id = $1 AND about = 'address' AND created_at <= $2 AND ends_at > $2 ORDER BY created_at"
);
const PUT_OUT: salus_db::Sql =
    sql!("SELECT id FROM account_undo WHERE account_id = $1 AND about = 'undone' AND ends_at > $2 ORDER BY created_at");

/// The address that a letter goes to: this one that was left, or else that of whoever had the account when it happened, which may
/// have moved while the letter waited. None where nobody is told any more.
pub async fn of(
    of: &mut OfAccount<SendNotice>,
    account: AccountId,
    to: Option<ResourceId>,
    at: Instant,
) -> Result<Option<String>, JobError> {
    let row: Option<(Vec<u8>, String)> = of.tx.maybe(ADDRESS, args![account]).await.map_err(Error::from)?;
    let (present, status) = row.ok_or(JobError::GiveUp("gone"))?;
    if status != "active" {
        return Ok(None);
    }
    let left: Option<(ResourceId, Vec<u8>)> = match to {
        Some(id) => of.tx.maybe(LEFT, args![id, account]).await,
        None => of.tx.maybe(LEFT_SINCE, args![account, at]).await,
    }
    .map_err(Error::from)?;
    let subject = Subject::Account(account);
    Ok(match left {
        Some((id, email)) => Some(Phi::<account_undo::Email>::sealed(id.to_string(), subject, email).open(of)?),
        None if to.is_some() => None,
        None => Some(Phi::<account::Email>::sealed(account.to_string(), subject, present).open(of)?),
    })
}

/// The addresses that the account left within the 72 hours before.
pub async fn earlier(tx: &mut Reader, account: AccountId, at: Instant) -> Result<Vec<ResourceId>, Error> {
    let rows: Vec<(ResourceId,)> = tx.all(EARLIER, args![account, at]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The addresses that a link has put out within the 72 hours before.
pub async fn put_out(tx: &mut Reader, account: AccountId, at: Instant) -> Result<Vec<ResourceId>, Error> {
    let rows: Vec<(ResourceId,)> = tx.all(PUT_OUT, args![account, at]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
