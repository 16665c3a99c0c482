//! SQL of roles of the clinic's own.

use std::collections::BTreeSet;

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{AccountId, Action, Instant, MINUTE, ResourceId, Role};

use super::model::{self, Wish};
use crate::{
    access::{Change, RowWritten},
    shell::error::Error,
};

/// How long a second person has: what nobody said yes to by then is said anew.
const WAITS_FOR: i64 = 7 * 24 * 60 * MINUTE;

/// What a role is, or is to be.
pub struct OwnRole {
    /// The row: what was said once.
    pub id: ResourceId,
    /// The role.
    pub role_id: ResourceId,
    /// What the clinic calls it.
    pub name: String,
    /// The role of ours that it stands on.
    pub base: Role,
    keeps: String,
    borrows: String,
    state: String,
    /// Who said so.
    pub proposed_by: AccountId,
    /// What they are called.
    pub proposer: Option<String>,
    /// When.
    pub proposed_at: Instant,
    /// How many have it.
    pub holders: i64,
}
row!(OwnRole {
    id: id,
    role_id: role_id,
    name: name,
    base: base,
    keeps: keeps,
    borrows: borrows,
    state: state,
    proposed_by: proposed_by,
    proposer: proposer,
    proposed_at: proposed_at,
    holders: holders,
});

impl OwnRole {
    /// Whether it counts; else it waits for a second person.
    pub fn counts(&self) -> bool {
        self.state == "current"
    }
    /// What it does of its own role's work.
    pub fn keeps(&self) -> BTreeSet<Action> {
        model::from_words(&self.keeps)
    }
    /// What it does of others' work.
    pub fn borrows(&self) -> BTreeSet<Action> {
        model::from_words(&self.borrows)
    }
    /// Whether it is this already.
    pub fn is(&self, wish: &Wish) -> bool {
        self.name == wish.name && self.keeps() == wish.keeps && self.borrows() == wish.borrows
    }
    /// All that it does, as people compare it.
    pub fn items(&self) -> BTreeSet<model::Item> {
        model::items(self.base, &self.keeps(), &self.borrows())
    }
}

const LIVE: Sql = sql!(
    "SELECT o.id AS id, o.role_id AS role_id, o.name AS name, o.base AS base, o.keeps AS keeps, o.borrows AS borrows, o.state AS state,
            o.proposed_by AS proposed_by, m.name AS proposer, o.proposed_at AS proposed_at,
            (SELECT COUNT(*) FROM staff_member h WHERE h.custom_role_id = o.role_id AND h.active = TRUE) AS holders
       FROM custom_role o LEFT JOIN staff_member m ON m.account_id = o.proposed_by
      WHERE o.state = 'current' OR (o.state = 'proposed' AND o.proposed_at > $1 AND m.role = 'administrator'
                                    AND m.custom_role_id IS NULL AND m.active = TRUE)
      ORDER BY o.name, o.role_id, o.state"
);
const WAITS: Sql = sql!("SELECT id FROM custom_role WHERE role_id = $1 AND state = 'proposed'");
const HOLDERS: Sql =
    sql!("SELECT account_id FROM staff_member WHERE custom_role_id = $1 AND active = TRUE ORDER BY account_id");
const WAITING_FOR: Sql = sql!(
    "SELECT COUNT(*) FROM custom_role o
       JOIN staff_member p ON p.account_id = o.proposed_by AND p.role = 'administrator' AND p.custom_role_id IS NULL AND p.active = TRUE
      WHERE o.state = 'proposed' AND o.proposed_by <> $1 AND o.proposed_at > $2
        AND NOT EXISTS (SELECT 1 FROM staff_member m WHERE m.account_id = $1 AND m.custom_role_id = o.role_id)"
);
const DECIDE: Sql = sql!(
    "UPDATE custom_role SET state = $2, decided_at = $3, decided_by = $4, updated_at = $3, version = version + 1, entry = $5
      WHERE id = $1 AND state = 'proposed'"
);
const LEAVE: Sql = sql!(
    "UPDATE custom_role SET state = $2, updated_at = $3, version = version + 1, entry = $4
      WHERE id = $1 AND state = 'current'
        AND ($2 = 'replaced' OR NOT EXISTS (SELECT 1 FROM staff_member m
                                             WHERE m.custom_role_id = custom_role.role_id AND m.active = TRUE))"
);

/// Every role that counts, and every one that waits for a second person: not for long, nor once whoever said it is no administrator any more.
pub async fn live(tx: &mut Reader, now: Instant) -> Result<Vec<OwnRole>, Error> {
    Ok(tx.all(LIVE, args![now.plus(-WAITS_FOR)]).await?)
}

/// Every role that counts.
pub async fn current(tx: &mut Reader, now: Instant) -> Result<Vec<OwnRole>, Error> {
    Ok(live(tx, now).await?.into_iter().filter(OwnRole::counts).collect())
}

/// How many roles wait for a second person, who could be this one.
pub async fn proposed_for(tx: &mut Reader, account: AccountId, now: Instant) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(WAITING_FOR, args![account, now.plus(-WAITS_FOR)]).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Who has a role and may sign in.
pub async fn holders(tx: &mut Reader, role: ResourceId) -> Result<Vec<AccountId>, Error> {
    let rows: Vec<(AccountId,)> = tx.all(HOLDERS, args![role]).await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// Says what a role is to be. What was said before and waits is taken back. False when somebody else says so in this moment.
pub async fn propose(
    tx: &mut Change<'_>,
    role: ResourceId,
    wish: &Wish,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    if let Some((before,)) = tx.maybe::<(ResourceId,)>(WAITS, args![role]).await?
        && !decide(tx, before, "withdrawn", by, now).await?
    {
        return Ok(false);
    }
    let id = ResourceId::new(now, salus_vault::random()).to_string();
    let columns = [
        ("id", id.as_str().into()),
        ("role_id", role.into()),
        ("name", (&wish.name).into()),
        ("base", wish.base.word().into()),
        ("keeps", model::as_words(&wish.keeps).into()),
        ("borrows", model::as_words(&wish.borrows).into()),
        ("state", "proposed".into()),
        ("proposed_at", now.into()),
        ("proposed_by", by.into()),
        ("decided_at", None::<Instant>.into()),
        ("decided_by", None::<String>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", tx.entry().into()),
    ];
    tx.insert_unless_taken(&RowWritten { table: "custom_role", id: id.clone(), version: 1, columns: &columns }).await
}

/// What becomes of what was said; false when that was decided meanwhile.
pub async fn decide(
    tx: &mut Change<'_>,
    id: ResourceId,
    state: &'static str,
    by: AccountId,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    tx.save_row("custom_role", id, DECIDE, args![id, state, now, by, entry]).await
}

/// A role counts no longer: another is in its place, or none; false when that was decided meanwhile.
pub async fn leave(tx: &mut Change<'_>, id: ResourceId, state: &'static str, now: Instant) -> Result<bool, Error> {
    let entry = tx.entry();
    tx.save_row("custom_role", id, LEAVE, args![id, state, now, entry]).await
}
