//! SQL of places.

use std::collections::BTreeSet;

use jiff::civil::Date;
use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{Instant, ResourceId};

use super::model::{Closure, Hours};
use crate::{
    access::{Change, RowWritten},
    shell::error::Error,
};

/// A place, as stored.
pub struct LocationRow {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// The zone in which its times are told.
    pub timezone: String,
    /// FHIR Location.
    pub resource: String,
    /// Counts changes, those of the tables beside it too.
    pub version: i64,
    /// Its hours, as stored; none where the clinic has not said them.
    pub hours: Option<String>,
    /// Since when it is closed for good.
    pub closed_at: Option<Instant>,
}
row!(LocationRow { id, name, timezone, resource, version, hours, closed_at });

impl LocationRow {
    /// When it is open.
    pub fn hours(&self) -> Result<Hours, Error> {
        stored_hours(self.hours.as_deref())
    }
}

fn stored_hours(text: Option<&str>) -> Result<Hours, Error> {
    Hours::from_stored(text.unwrap_or_default()).ok_or_else(|| Error::broken("hours that can't be read"))
}

const PAGE: Sql = sql!(
    "SELECT l.id AS id, l.name AS name, l.timezone AS timezone, l.resource AS resource, l.version AS version,
            o.hours AS hours, o.closed_at AS closed_at
       FROM location l LEFT JOIN location_opening o ON o.id = l.id
      ORDER BY CASE WHEN o.closed_at IS NULL THEN 0 ELSE 1 END, l.name, l.id LIMIT $1 OFFSET $2"
);
const HOW_MANY: Sql = sql!("SELECT COUNT(*) FROM location");
const ONE: Sql = sql!(
    "SELECT l.id AS id, l.name AS name, l.timezone AS timezone, l.resource AS resource, l.version AS version,
            o.hours AS hours, o.closed_at AS closed_at
       FROM location l LEFT JOIN location_opening o ON o.id = l.id WHERE l.id = $1"
);
const OPEN: Sql = sql!(
    "SELECT l.id AS id, l.name AS name, l.timezone AS timezone, o.hours AS hours
       FROM location l LEFT JOIN location_opening o ON o.id = l.id WHERE o.closed_at IS NULL ORDER BY l.name, l.id"
);
const SAVE: Sql = sql!(
    "UPDATE location SET name = $3, timezone = $4, resource = $5, updated_at = $6, version = version + 1
      WHERE id = $1 AND version = $2"
);
const TOUCH: Sql =
    sql!("UPDATE location SET resource = $3, updated_at = $4, version = version + 1 WHERE id = $1 AND version = $2");
const SAY_HOURS: Sql = sql!(
    "INSERT INTO location_opening (id, hours, closed_at, updated_at, version, entry) VALUES ($1, $2, NULL, $3, 1, $4)
     ON CONFLICT (id) DO UPDATE SET hours = excluded.hours, updated_at = excluded.updated_at, entry = excluded.entry,
                                    version = location_opening.version + 1"
);
const CLOSE: Sql = sql!(
    "INSERT INTO location_opening (id, hours, closed_at, updated_at, version, entry) VALUES ($1, '', $2, $3, 1, $4)
     ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, updated_at = excluded.updated_at,
                                    entry = excluded.entry, version = location_opening.version + 1"
);
const CLOSURES: Sql =
    sql!("SELECT id, on_date, note, removed_at FROM location_closure WHERE location_id = $1 ORDER BY on_date");
const CLOSED: Sql =
    sql!("SELECT location_id, on_date FROM location_closure WHERE removed_at IS NULL AND on_date >= $1");
const CHANGE_CLOSURE: Sql = sql!(
    "UPDATE location_closure SET note = $2, removed_at = $3, updated_at = $4, version = version + 1, entry = $5 WHERE id = $1"
);

/// A page of all places, the open ones first, and how many there are.
pub async fn page(tx: &mut Reader, page: u64, size: u32) -> Result<(Vec<LocationRow>, u64), Error> {
    let (count,): (i64,) = tx.one(HOW_MANY, Vec::new()).await?;
    let before = i64::try_from(page.saturating_sub(1)).unwrap_or(i64::MAX).saturating_mul(i64::from(size));
    Ok((tx.all(PAGE, args![size, before]).await?, u64::try_from(count).unwrap_or(0)))
}

/// One place.
pub async fn one(tx: &mut Reader, id: ResourceId) -> Result<LocationRow, Error> {
    Ok(tx.one(ONE, args![id]).await?)
}

/// A place that is not closed for good.
pub struct Open {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// The zone in which its times are told.
    pub timezone: String,
    /// When it is open; empty where nobody has said.
    pub hours: Hours,
}

/// The places that are not closed for good, by name.
pub async fn open(tx: &mut Reader) -> Result<Vec<Open>, Error> {
    struct OpenRow {
        id: ResourceId,
        name: String,
        timezone: String,
        hours: Option<String>,
    }
    row!(OpenRow { id, name, timezone, hours });
    let rows: Vec<OpenRow> = tx.all(OPEN, Vec::new()).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Open { id: row.id, name: row.name, timezone: row.timezone, hours: stored_hours(row.hours.as_deref())? })
        })
        .collect()
}

struct ClosureRow {
    id: ResourceId,
    on_date: String,
    note: String,
    removed_at: Option<Instant>,
}
row!(ClosureRow { id, on_date, note, removed_at });

impl ClosureRow {
    fn date(&self) -> Result<Date, Error> {
        self.on_date.parse().map_err(|_| Error::broken("a closed day that is no day"))
    }
}

/// The days on which a place is closed, from a day on.
pub async fn closures(tx: &mut Reader, location: ResourceId, from: Date) -> Result<Vec<Closure>, Error> {
    let rows: Vec<ClosureRow> = tx.all(CLOSURES, args![location]).await?;
    let days = rows.into_iter().filter(|row| row.removed_at.is_none());
    let days = days.map(|row| Ok(Closure { date: row.date()?, note: row.note })).collect::<Result<Vec<_>, Error>>()?;
    Ok(days.into_iter().filter(|closure| closure.date >= from).collect())
}

/// The closed days of every place, from a day on.
pub async fn closed_days(tx: &mut Reader, from: Date) -> Result<BTreeSet<(ResourceId, Date)>, Error> {
    let rows: Vec<(ResourceId, String)> = tx.all(CLOSED, args![from.to_string()]).await?;
    let day = |text: &str| text.parse().map_err(|_| Error::broken("a closed day that is no day"));
    rows.into_iter().map(|(place, date)| Ok((place, day(&date)?))).collect()
}

/// What is written of a place.
pub struct Written<'a> {
    /// The name.
    pub name: &'a str,
    /// The zone.
    pub timezone: &'a str,
    /// FHIR Location.
    pub resource: &'a str,
    /// When it is open.
    pub hours: &'a Hours,
    /// When it is closed, from `today` on.
    pub closures: &'a [Closure],
    /// Closed days before it stay as they are.
    pub today: Date,
}

/// Adds a place of the clinic's own.
pub async fn add(
    tx: &mut Change<'_>,
    id: ResourceId,
    index: &str,
    digest: [u8; 32],
    new: &Written<'_>,
    now: Instant,
) -> Result<(), Error> {
    let columns = [
        ("id", id.into()),
        ("source_index", index.into()),
        ("content_digest", digest.into()),
        ("name", new.name.into()),
        ("timezone", new.timezone.into()),
        ("resource", new.resource.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
    ];
    tx.insert(&RowWritten { table: "location", id: id.to_string(), version: 1, columns: &columns }).await?;
    beside(tx, id, new, now).await
}

/// Changes a place; false when somebody else was faster, and then this change can only be dropped.
pub async fn change(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    new: &Written<'_>,
    now: Instant,
) -> Result<bool, Error> {
    let values = args![id, version, new.name, new.timezone, new.resource, now];
    if !tx.save_row("location", id, SAVE, values).await? {
        return Ok(false);
    }
    beside(tx, id, new, now).await?;
    Ok(true)
}

/// Closes a place for good, or opens it again; false when somebody else was faster.
pub async fn close(
    tx: &mut Change<'_>,
    id: ResourceId,
    version: i64,
    resource: &str,
    closed_at: Option<Instant>,
    now: Instant,
) -> Result<bool, Error> {
    if !tx.save_row("location", id, TOUCH, args![id, version, resource, now]).await? {
        return Ok(false);
    }
    let entry = tx.entry();
    tx.execute(CLOSE, args![id, closed_at, now, entry]).await?;
    tx.wrote_row("location_opening", &id.to_string()).await?;
    Ok(true)
}

/// Hours and closed days. The place's own row was written first, in this transaction: it is what keeps two from writing here
/// at once.
async fn beside(tx: &mut Change<'_>, id: ResourceId, new: &Written<'_>, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    tx.execute(SAY_HOURS, args![id, new.hours.stored(), now, entry.as_str()]).await?;
    tx.wrote_row("location_opening", &id.to_string()).await?;

    let known: Vec<ClosureRow> = tx.all(CLOSURES, args![id]).await?;
    for row in &known {
        let date = row.date()?;
        let wanted = new.closures.iter().find(|closure| closure.date == date);
        let (note, removed_at) = match wanted {
            Some(closure) if row.removed_at.is_some() || row.note != closure.note => (&closure.note, None),
            None if row.removed_at.is_none() && date >= new.today => (&row.note, Some(now)),
            _ => continue,
        };
        tx.execute(CHANGE_CLOSURE, args![row.id, note, removed_at, now, entry.as_str()]).await?;
        tx.wrote_row("location_closure", &row.id.to_string()).await?;
    }
    for closure in new.closures {
        let on_date = closure.date.to_string();
        if known.iter().any(|row| row.on_date == on_date) {
            continue;
        }
        let row = ResourceId::new(now, salus_vault::random());
        let columns = [
            ("id", row.into()),
            ("location_id", id.into()),
            ("on_date", on_date.into()),
            ("note", (&closure.note).into()),
            ("removed_at", None::<Instant>.into()),
            ("created_at", now.into()),
            ("updated_at", now.into()),
            ("version", 1_i64.into()),
            ("entry", entry.as_str().into()),
        ];
        tx.insert(&RowWritten { table: "location_closure", id: row.to_string(), version: 1, columns: &columns })
            .await?;
    }
    Ok(())
}
