//! SQL of pools.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Instant, ResourceId, Role};

use crate::{
    access::{Change, RowWritten},
    shell::error::Error,
};

/// A pool.
pub struct Pool {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Since when nothing goes to it any more.
    pub closed_at: Option<Instant>,
    /// Counts changes, those of its members too.
    pub version: i64,
    /// How many people are in it.
    pub members: i64,
}
row!(Pool { id, name, purpose, closed_at, version, members });

/// Somebody who works here, and whether they are in the pool.
pub struct Colleague {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// Whether they are in it.
    pub member: bool,
}
row!(Colleague { account, name, role, member });

const ALL: Sql = sql!(
    "SELECT p.id AS id, p.name AS name, p.purpose AS purpose, p.closed_at AS closed_at, p.version AS version,
            (SELECT COUNT(*) FROM pool_member m JOIN staff_member s ON s.account_id = m.account_id AND s.active = TRUE
              WHERE m.pool_id = p.id AND m.left_at IS NULL) AS members
       FROM pool p ORDER BY CASE WHEN p.closed_at IS NULL THEN 0 ELSE 1 END, p.name, p.id LIMIT 500"
);
const ONE: Sql = sql!(
    "SELECT p.id AS id, p.name AS name, p.purpose AS purpose, p.closed_at AS closed_at, p.version AS version,
            (SELECT COUNT(*) FROM pool_member m JOIN staff_member s ON s.account_id = m.account_id AND s.active = TRUE
              WHERE m.pool_id = p.id AND m.left_at IS NULL) AS members
       FROM pool p WHERE p.id = $1"
);
const COLLEAGUES: Sql = sql!(
    "SELECT s.account_id AS account, s.name AS name, s.role AS role,
            EXISTS (SELECT 1 FROM pool_member m WHERE m.pool_id = $1 AND m.account_id = s.account_id AND m.left_at IS NULL) AS member
       FROM staff_member s WHERE s.active = TRUE ORDER BY s.name, s.account_id"
);
const SAVE: Sql = sql!(
    "UPDATE pool SET name = $3, purpose = $4, updated_at = $5, version = version + 1, entry = $6 WHERE id = $1 AND version = $2"
);
const CLOSE: Sql = sql!(
    "UPDATE pool SET closed_at = $3, updated_at = $4, version = version + 1, entry = $5 WHERE id = $1 AND version = $2"
);
const MEMBERSHIP: Sql = sql!("SELECT id FROM pool_member WHERE pool_id = $1 AND account_id = $2 AND left_at IS NULL");
const LEAVE: Sql = sql!("UPDATE pool_member SET left_at = $2, version = version + 1, entry = $3 WHERE id = $1");

/// Every pool, the open ones first.
pub async fn all(tx: &mut Reader) -> Result<Vec<Pool>, Error> {
    Ok(tx.all(ALL, Vec::new()).await?)
}
/// One pool.
pub async fn one(tx: &mut Reader, id: ResourceId) -> Result<Pool, Error> {
    Ok(tx.one(ONE, args![id]).await?)
}
/// Everybody who works here; who is in the pool is told.
pub async fn colleagues(tx: &mut Reader, id: Option<ResourceId>) -> Result<Vec<Colleague>, Error> {
    Ok(tx.all(COLLEAGUES, args![id.map(|id| id.to_string()).unwrap_or_default()]).await?)
}

/// A pool as a form says it.
pub struct Wish {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Who is in it.
    pub members: Vec<AccountId>,
}

/// Adds a pool.
pub async fn add(tx: &mut Change<'_>, id: ResourceId, wish: &Wish, now: Instant) -> Result<(), Error> {
    let columns = [
        ("id", id.into()),
        ("name", (&wish.name).into()),
        ("purpose", (&wish.purpose).into()),
        ("closed_at", None::<Instant>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", tx.entry().into()),
    ];
    tx.insert(&RowWritten { table: "pool", id: id.to_string(), version: 1, columns: &columns }).await?;
    members(tx, id, wish, now).await
}

/// Changes a pool; false when somebody else was faster.
pub async fn change(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    wish: &Wish,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    if !tx.save_row("pool", id, SAVE, args![id, version, &wish.name, &wish.purpose, now, entry]).await? {
        return Ok(false);
    }
    members(tx, id, wish, now).await?;
    Ok(true)
}

/// Closes a pool, or opens it again; false when somebody else was faster.
pub async fn close(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    closed_at: Option<Instant>,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    tx.save_row("pool", id, CLOSE, args![id, version, closed_at, now, entry]).await
}

/// Members come and go. The pool's own row was written first, in this transaction: two don't write here at once.
async fn members(tx: &mut Change<'_>, id: ResourceId, wish: &Wish, now: Instant) -> Result<(), Error> {
    for colleague in colleagues(tx, Some(id)).await? {
        let account = colleague.account;
        match (wish.members.contains(&account), colleague.member) {
            (true, false) => {
                let row = ResourceId::new(now, salus_vault::random());
                let columns = [
                    ("id", row.into()),
                    ("pool_id", id.into()),
                    ("account_id", account.into()),
                    ("joined_at", now.into()),
                    ("left_at", None::<Instant>.into()),
                    ("version", 1_i64.into()),
                    ("entry", tx.entry().into()),
                ];
                let row = RowWritten { table: "pool_member", id: row.to_string(), version: 1, columns: &columns };
                tx.insert(&row).await?;
            }
            (false, true) => {
                let (row,): (ResourceId,) = tx.one(MEMBERSHIP, args![id, account]).await?;
                let entry = tx.entry();
                tx.save_row("pool_member", row, LEAVE, args![row, now, entry]).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
