//! SQL of the homes.

use salus_db::{Reader, Sql, args, sql};
use salus_kernel::Instant;

use crate::{access::Session, shell::error::Error};

const LAST_HERE: Sql = sql!("SELECT MAX(last_seen) FROM session WHERE account_id = $1 AND id < $2 AND stage = 'full'");

/// When the account was here before this session, if ever.
pub async fn last_here(tx: &mut Reader, session: &Session) -> Result<Option<Instant>, Error> {
    let (seen,): (Option<Instant>,) = tx.one(LAST_HERE, args![session.account, session.id]).await?;
    Ok(seen)
}
