//! SQL of the clinic itself and of the people who work here.

use salus_db::{DbError, Reader, Sql, args, row, sql};
use salus_kernel::{Instant, Role};

use super::look::Look;
use crate::{
    access::{Change, ClinicFace},
    shell::error::Error,
};

/// Somebody who works here, as colleagues know them.
pub struct StaffRow {
    /// The name.
    pub name: String,
    /// What they work as.
    pub role: Role,
    /// Whether they may sign in.
    pub active: bool,
    /// Since when the account is here.
    pub created_at: Instant,
}
row!(StaffRow { name: name, role: role, active: active, created_at: created_at });

const STAFF: Sql = sql!(
    "SELECT name, role, active, created_at FROM staff_member ORDER BY active DESC, name, account_id LIMIT $1 OFFSET $2"
);
const HOW_MANY: Sql = sql!("SELECT COUNT(*) FROM staff_member");
const SAVE: Sql = sql!(
    "UPDATE clinic SET name = $2, phone = $3, brand = $4, updated_at = $5, version = version + 1 WHERE id = $1 AND version = $6"
);

/// A page of the staff, and how many there are.
pub async fn staff(tx: &mut Reader, page: u64, size: u32) -> Result<(Vec<StaffRow>, u64), Error> {
    let (count,): (i64,) = tx.one(HOW_MANY, Vec::new()).await?;
    let before = i64::try_from(page.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(i64::from(size));
    let rows = tx.all(STAFF, args![size, before]).await?;
    Ok((rows, u64::try_from(count).unwrap_or(0)))
}

/// Writes the clinic's look; false when somebody else was faster.
pub async fn save(
    tx: &mut Change<'_>,
    clinic: &ClinicFace,
    look: &Look,
    version: i64,
    now: Instant,
) -> Result<bool, Error> {
    let saved = tx.one_row(SAVE, args![clinic.id, &look.name, &look.phone, &look.colour, now, version]).await;
    match saved {
        Ok(()) => {}
        Err(DbError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    tx.wrote_row("clinic", "id", &clinic.id.to_string()).await?;
    Ok(true)
}
