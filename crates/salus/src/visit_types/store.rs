//! SQL of kinds of visits.

use salus_db::{DbError, FromRow, Reader, Row, Sql, Value, args, sql};
use salus_kernel::{Instant, ResourceId};

use super::model::VisitType;
use crate::{
    access::{Change, RowWritten},
    shell::error::Error,
};

/// A kind of visit, as stored.
pub struct Stored {
    /// Its id.
    pub id: ResourceId,
    /// What it is.
    pub what: VisitType,
    /// Since when nobody can choose it any more.
    pub retired_at: Option<Instant>,
    /// Counts changes.
    pub version: i64,
}

impl FromRow for Stored {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            id: row.column("id")?,
            what: VisitType {
                name: row.column("name")?,
                minutes: row.column("minutes")?,
                before: row.column("minutes_before")?,
                after: row.column("minutes_after")?,
                soonest_hours: row.column("soonest_hours")?,
                furthest_days: row.column("furthest_days")?,
                meeting: row.id("meeting")?,
                shown: row.id("shown")?,
            },
            retired_at: row.column("retired_at")?,
            version: row.column("version")?,
        })
    }
}

const ALL: Sql = sql!(
    "SELECT id, name, minutes, minutes_before, minutes_after, soonest_hours, furthest_days, meeting, shown, retired_at, version
       FROM healthcare_service ORDER BY CASE WHEN retired_at IS NULL THEN 0 ELSE 1 END, name, id LIMIT $1 OFFSET $2"
);
const HOW_MANY: Sql = sql!("SELECT COUNT(*) FROM healthcare_service");
const ONE: Sql = sql!(
    "SELECT id, name, minutes, minutes_before, minutes_after, soonest_hours, furthest_days, meeting, shown, retired_at, version
       FROM healthcare_service WHERE id = $1"
);
const OFFERED: Sql = sql!(
    "SELECT id, name, minutes, minutes_before, minutes_after, soonest_hours, furthest_days, meeting, shown, retired_at, version
       FROM healthcare_service WHERE retired_at IS NULL ORDER BY name, id"
);
const SAVE: Sql = sql!(
    "UPDATE healthcare_service
        SET name = $3, minutes = $4, minutes_before = $5, minutes_after = $6, soonest_hours = $7, furthest_days = $8, meeting = $9,
            shown = $10, updated_at = $11, version = version + 1, entry = $12
      WHERE id = $1 AND version = $2"
);
const RETIRE: Sql = sql!(
    "UPDATE healthcare_service SET retired_at = $3, updated_at = $4, version = version + 1, entry = $5
      WHERE id = $1 AND version = $2"
);

/// A page of all kinds of visits, those that can be chosen first, and how many there are.
pub async fn page(tx: &mut Reader, page: u64, size: u32) -> Result<(Vec<Stored>, u64), Error> {
    let (count,): (i64,) = tx.one(HOW_MANY, Vec::new()).await?;
    let before = i64::try_from(page.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(i64::from(size));
    Ok((tx.all(ALL, args![size, before]).await?, u64::try_from(count).unwrap_or(0)))
}

/// One kind of visit.
pub async fn one(tx: &mut Reader, id: ResourceId) -> Result<Stored, Error> {
    Ok(tx.one(ONE, args![id]).await?)
}

/// A kind of visit that can be chosen.
pub struct Offered {
    /// Its id.
    pub id: ResourceId,
    /// What it is.
    pub what: VisitType,
}

/// Every kind of visit that is not retired, by name; whether patients see it is in each.
pub async fn offered(tx: &mut Reader) -> Result<Vec<Offered>, Error> {
    let rows: Vec<Stored> = tx.all(OFFERED, Vec::new()).await?;
    Ok(rows.into_iter().map(|row| Offered { id: row.id, what: row.what }).collect())
}

/// The row of a new kind of visit.
pub fn row_of(id: ResourceId, new: &VisitType, now: Instant, entry: String) -> Vec<(&'static str, Value)> {
    vec![
        ("id", id.into()),
        ("name", (&new.name).into()),
        ("minutes", new.minutes.into()),
        ("minutes_before", new.before.into()),
        ("minutes_after", new.after.into()),
        ("soonest_hours", new.soonest_hours.into()),
        ("furthest_days", new.furthest_days.into()),
        ("meeting", new.meeting.word().into()),
        ("shown", new.shown.word().into()),
        ("retired_at", None::<Instant>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ]
}

/// Adds a kind of visit.
pub async fn add(tx: &mut Change<'_>, id: ResourceId, new: &VisitType, now: Instant) -> Result<(), Error> {
    let columns = row_of(id, new, now, tx.entry());
    tx.insert(&RowWritten { table: "healthcare_service", id: id.to_string(), version: 1, columns: &columns }).await
}

/// Changes a kind of visit; false when somebody else was faster.
pub async fn change(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    new: &VisitType,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    let values = args![
        id,
        version,
        &new.name,
        new.minutes,
        new.before,
        new.after,
        new.soonest_hours,
        new.furthest_days,
        new.meeting.word(),
        new.shown.word(),
        now,
        entry
    ];
    tx.save_row("healthcare_service", id, SAVE, values).await
}

/// Takes a kind of visit off the lists, or puts it back; false when somebody else was faster.
pub async fn retire(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    retired_at: Option<Instant>,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    tx.save_row("healthcare_service", id, RETIRE, args![id, version, retired_at, now, entry]).await
}
