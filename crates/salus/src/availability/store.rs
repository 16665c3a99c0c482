//! SQL of practitioners' weeks and of days that differ.

use std::collections::HashMap;

use jiff::civil::Date;
use salus_db::{Reader, Sql, Value, args, row, sql};
use salus_kernel::{Instant, PractitionerId, ResourceId};

use super::model::{Extra, Plan, Window};
use crate::{
    access::{Change, RowWritten},
    locations::Span,
    shell::error::Error,
};

/// Somebody who works here and treats patients.
pub struct Who {
    /// As a practitioner.
    pub id: PractitionerId,
    /// The name.
    pub name: String,
}
row!(Who { id, name });

/// One practitioner at one place.
pub struct Schedule {
    /// Its id.
    pub id: ResourceId,
    /// Who.
    pub practitioner: PractitionerId,
    /// Where.
    pub location: ResourceId,
    /// The place's name.
    pub place: String,
    /// Ids of kinds of visits, with spaces between them.
    pub services: String,
    valid_from: String,
    valid_until: Option<String>,
}
row!(Schedule { id, practitioner: practitioner_id, location: location_id, place, services, valid_from, valid_until });

fn day(text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::broken("a stored day that is no day"))
}

impl Schedule {
    /// The first day.
    pub fn from(&self) -> Result<Date, Error> {
        day(&self.valid_from)
    }
    /// The last day.
    pub fn until(&self) -> Result<Option<Date>, Error> {
        self.valid_until.as_deref().map(day).transpose()
    }
}

/// A day that differs.
pub struct Day {
    /// Its id.
    pub id: ResourceId,
    /// Whose.
    pub practitioner: PractitionerId,
    /// Where the extra hours are.
    pub location: Option<ResourceId>,
    /// The place's name and zone.
    pub place: Option<String>,
    zone: Option<String>,
    on_date: String,
    start_minute: Option<i64>,
    end_minute: Option<i64>,
    /// For colleagues.
    pub note: String,
}
row!(Day {
    id,
    practitioner: practitioner_id,
    location: location_id,
    place,
    zone,
    on_date,
    start_minute,
    end_minute,
    note
});

impl Day {
    /// When.
    pub fn date(&self) -> Result<Date, Error> {
        day(&self.on_date)
    }
    /// The extra hours.
    pub fn extra(&self) -> Result<Option<Extra>, Error> {
        let span = self.start_minute.zip(self.end_minute).and_then(|(start, end)| Span::new(start, end));
        let (Some(location), Some(zone), Some(span)) = (self.location, &self.zone, span) else { return Ok(None) };
        Ok(Some(Extra { location, zone: zone.clone(), date: self.date()?, span }))
    }
}

struct WindowRow {
    practitioner_id: PractitionerId,
    schedule_id: ResourceId,
    location_id: ResourceId,
    zone: String,
    weekday: i64,
    start_minute: i64,
    end_minute: i64,
    valid_from: String,
    valid_until: Option<String>,
}
row!(WindowRow {
    practitioner_id,
    schedule_id,
    location_id,
    zone,
    weekday,
    start_minute,
    end_minute,
    valid_from,
    valid_until
});

impl WindowRow {
    fn window(self) -> Result<Window, Error> {
        let broken = || Error::broken("a stored window that is none");
        Ok(Window {
            schedule: self.schedule_id,
            location: self.location_id,
            zone: self.zone,
            weekday: usize::try_from(self.weekday - 1).map_err(|_| broken())?,
            span: Span::new(self.start_minute, self.end_minute).ok_or_else(broken)?,
            from: day(&self.valid_from)?,
            until: self.valid_until.as_deref().map(day).transpose()?,
        })
    }
}

const WHO: Sql = sql!(
    "SELECT practitioner_id AS id, name FROM staff_member WHERE practitioner_id = $1 AND active = TRUE ORDER BY name LIMIT 1"
);
const VERSION: Sql = sql!("SELECT version FROM availability WHERE id = $1");
const SCHEDULES: Sql = sql!(
    "SELECT s.id AS id, s.practitioner_id AS practitioner_id, s.location_id AS location_id, l.name AS place, s.services AS services,
            s.valid_from AS valid_from, s.valid_until AS valid_until
       FROM schedule s JOIN location l ON l.id = s.location_id
      WHERE s.practitioner_id = $1 AND s.removed_at IS NULL ORDER BY s.valid_from, l.name, s.id"
);
const SCHEDULE: Sql = sql!(
    "SELECT s.id AS id, s.practitioner_id AS practitioner_id, s.location_id AS location_id, l.name AS place, s.services AS services,
            s.valid_from AS valid_from, s.valid_until AS valid_until
       FROM schedule s JOIN location l ON l.id = s.location_id WHERE s.id = $1 AND s.removed_at IS NULL"
);
const WINDOWS: Sql = sql!(
    "SELECT w.practitioner_id AS practitioner_id, w.schedule_id AS schedule_id, w.location_id AS location_id, l.timezone AS zone, w.weekday AS weekday,
            w.start_minute AS start_minute, w.end_minute AS end_minute, w.valid_from AS valid_from, w.valid_until AS valid_until
       FROM availability_window w JOIN location l ON l.id = w.location_id
      WHERE (CAST($1 AS TEXT) IS NULL OR w.practitioner_id = $1) AND w.removed_at IS NULL ORDER BY w.weekday, w.start_minute, w.id"
);
const DAYS: Sql = sql!(
    "SELECT e.id AS id, e.practitioner_id AS practitioner_id, e.location_id AS location_id, l.name AS place, l.timezone AS zone, e.on_date AS on_date,
            e.start_minute AS start_minute, e.end_minute AS end_minute, e.note AS note
       FROM availability_exception e LEFT JOIN location l ON l.id = e.location_id
      WHERE (CAST($1 AS TEXT) IS NULL OR e.practitioner_id = $1) AND e.removed_at IS NULL AND e.on_date >= $2 ORDER BY e.on_date, e.start_minute, e.id"
);
const TAKE: Sql = sql!(
    "INSERT INTO availability (id, updated_at, version, entry) VALUES ($1, $2, $3 + 1, $4)
     ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, entry = excluded.entry, version = availability.version + 1
      WHERE availability.version = $3"
);
const SAVE: Sql = sql!(
    "UPDATE schedule SET location_id = $2, services = $3, valid_from = $4, valid_until = $5, updated_at = $6,
                         version = version + 1, entry = $7
      WHERE id = $1 AND removed_at IS NULL"
);
const END: Sql = sql!(
    "UPDATE schedule SET removed_at = $2, updated_at = $2, version = version + 1, entry = $3 WHERE id = $1 AND removed_at IS NULL"
);
const OF_SCHEDULE: Sql = sql!("SELECT id FROM availability_window WHERE schedule_id = $1 AND removed_at IS NULL");
const END_WINDOW: Sql = sql!(
    "UPDATE availability_window SET removed_at = $2, updated_at = $2, version = version + 1, entry = $3 WHERE id = $1"
);
const END_DAY: Sql = sql!(
    "UPDATE availability_exception SET removed_at = $3, updated_at = $3, version = version + 1, entry = $4
      WHERE id = $1 AND practitioner_id = $2 AND removed_at IS NULL"
);

/// Somebody who works here and treats patients.
pub async fn who(tx: &mut Reader, id: PractitionerId) -> Result<Who, Error> {
    Ok(tx.one(WHO, args![id]).await?)
}
/// The version of everything about one practitioner; 0 while there is nothing.
pub async fn version(tx: &mut Reader, id: PractitionerId) -> Result<i64, Error> {
    Ok(tx.maybe::<(i64,)>(VERSION, args![id]).await?.map_or(0, |(version,)| version))
}
/// A practitioner's schedules.
pub async fn schedules(tx: &mut Reader, id: PractitionerId) -> Result<Vec<Schedule>, Error> {
    Ok(tx.all(SCHEDULES, args![id]).await?)
}
/// One schedule.
pub async fn schedule(tx: &mut Reader, id: ResourceId) -> Result<Schedule, Error> {
    Ok(tx.one(SCHEDULE, args![id]).await?)
}
/// A practitioner's days that differ, from a day on.
pub async fn days(tx: &mut Reader, id: PractitionerId, from: Date) -> Result<Vec<Day>, Error> {
    Ok(tx.all(DAYS, args![id, from.to_string()]).await?)
}

/// Everything about one practitioner, from a day on.
pub async fn plan(tx: &mut Reader, id: PractitionerId, from: Date) -> Result<Plan, Error> {
    Ok(plans(tx, Some(id), from).await?.remove(&id).unwrap_or_default())
}

/// Everything about one practitioner or about each who has hours, from a day on.
pub async fn plans(
    tx: &mut Reader,
    who: Option<PractitionerId>,
    from: Date,
) -> Result<HashMap<PractitionerId, Plan>, Error> {
    let mut plans: HashMap<PractitionerId, Plan> = HashMap::new();
    let windows: Vec<WindowRow> = tx.all(WINDOWS, args![who]).await?;
    for row in windows {
        plans.entry(row.practitioner_id).or_default().windows.push(row.window()?);
    }
    let days: Vec<Day> = tx.all(DAYS, args![who, from.to_string()]).await?;
    for day in days {
        let plan = plans.entry(day.practitioner).or_default();
        match day.extra()? {
            Some(extra) => plan.extras.push(extra),
            None => plan.off.push(day.date()?),
        }
    }
    Ok(plans)
}

/// Takes a practitioner's availability for this change; false when somebody else was faster. Nobody else writes until this change
/// is committed or dropped.
pub async fn take(tx: &mut Change<'_>, id: PractitionerId, known: i64, now: Instant) -> Result<bool, Error> {
    let entry = tx.entry();
    if (known != 0 && version(tx, id).await? == 0) || tx.execute(TAKE, args![id, now, known, entry]).await? != 1 {
        return Ok(false);
    }
    tx.wrote_row("availability", &id.to_string()).await?;
    Ok(true)
}

/// A schedule as a form says it.
pub struct Wish {
    /// Its id.
    pub id: ResourceId,
    /// Who.
    pub practitioner: PractitionerId,
    /// Where.
    pub location: ResourceId,
    /// Which kinds of visits.
    pub services: Vec<String>,
    /// The first day.
    pub from: Date,
    /// The last one.
    pub until: Option<Date>,
    /// Its windows.
    pub windows: Vec<Window>,
}

/// The rows of a schedule and of its windows, by table, with their ids.
pub fn rows_of(wish: &Wish, now: Instant, entry: &str) -> Vec<NewRow> {
    let schedule = vec![
        ("id", wish.id.into()),
        ("practitioner_id", wish.practitioner.into()),
        ("location_id", wish.location.into()),
        ("services", wish.services.join(" ").into()),
        ("valid_from", wish.from.to_string().into()),
        ("valid_until", wish.until.map(|until| until.to_string()).into()),
        ("removed_at", None::<Instant>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", entry.into()),
    ];
    let schedule = NewRow { table: "schedule", id: wish.id.to_string(), columns: schedule };
    std::iter::once(schedule).chain(window_rows(wish, now, entry)).collect()
}

fn window_rows(wish: &Wish, now: Instant, entry: &str) -> Vec<NewRow> {
    let row = |window: &Window| {
        let id = ResourceId::new(now, salus_vault::random());
        let columns = vec![
            ("id", id.into()),
            ("schedule_id", wish.id.into()),
            ("practitioner_id", wish.practitioner.into()),
            ("location_id", window.location.into()),
            ("weekday", (i64::try_from(window.weekday).unwrap_or(0) + 1).into()),
            ("start_minute", window.span.start.into()),
            ("end_minute", window.span.end.into()),
            ("valid_from", window.from.to_string().into()),
            ("valid_until", window.until.map(|until| until.to_string()).into()),
            ("removed_at", None::<Instant>.into()),
            ("created_at", now.into()),
            ("updated_at", now.into()),
            ("version", 1_i64.into()),
            ("entry", entry.into()),
        ];
        NewRow { table: "availability_window", id: id.to_string(), columns }
    };
    wish.windows.iter().map(row).collect()
}

/// A row that is not there yet.
pub struct NewRow {
    table: &'static str,
    id: String,
    columns: Vec<(&'static str, Value)>,
}

impl NewRow {
    /// As it is written.
    pub fn row(&self) -> RowWritten<'_> {
        RowWritten { table: self.table, id: self.id.clone(), version: 1, columns: &self.columns }
    }
}

/// Adds a schedule, in a change that has taken the practitioner's availability.
pub async fn add(tx: &mut Change<'_>, wish: &Wish, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    for row in rows_of(wish, now, &entry) {
        tx.insert(&row.row()).await?;
    }
    Ok(())
}

/// Changes a schedule and replaces its windows.
pub async fn change(tx: &mut Change<'_>, wish: &Wish, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    let until = wish.until.map(|until| until.to_string());
    let values = args![wish.id, wish.location, wish.services.join(" "), wish.from.to_string(), until, now, entry];
    if !tx.save_row("schedule", wish.id, SAVE, values).await? {
        return Err(Error::NotFound);
    }
    end_windows(tx, wish.id, now).await?;
    add_windows(tx, wish, now).await
}

/// Takes a schedule away; its rows stay.
pub async fn end(tx: &mut Change<'_>, id: ResourceId, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    if !tx.save_row("schedule", id, END, args![id, now, entry]).await? {
        return Err(Error::NotFound);
    }
    end_windows(tx, id, now).await
}

async fn end_windows(tx: &mut Change<'_>, schedule: ResourceId, now: Instant) -> Result<(), Error> {
    let rows: Vec<(ResourceId,)> = tx.all(OF_SCHEDULE, args![schedule]).await?;
    for (id,) in rows {
        let entry = tx.entry();
        tx.save_row("availability_window", id, END_WINDOW, args![id, now, entry]).await?;
    }
    Ok(())
}

async fn add_windows(tx: &mut Change<'_>, wish: &Wish, now: Instant) -> Result<(), Error> {
    let entry = tx.entry();
    for row in window_rows(wish, now, &entry) {
        tx.insert(&row.row()).await?;
    }
    Ok(())
}

/// Adds a day off, or extra hours on a day.
pub async fn add_day(
    tx: &mut Change<'_>,
    practitioner: PractitionerId,
    date: Date,
    extra: Option<&Extra>,
    note: &str,
    now: Instant,
) -> Result<(), Error> {
    let id = ResourceId::new(now, salus_vault::random());
    let columns = [
        ("id", id.into()),
        ("practitioner_id", practitioner.into()),
        ("kind", if extra.is_some() { "extra" } else { "off" }.into()),
        ("location_id", extra.map(|extra| extra.location).into()),
        ("on_date", date.to_string().into()),
        ("start_minute", extra.map(|extra| extra.span.start).into()),
        ("end_minute", extra.map(|extra| extra.span.end).into()),
        ("note", note.into()),
        ("removed_at", None::<Instant>.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
        ("version", 1_i64.into()),
        ("entry", tx.entry().into()),
    ];
    tx.insert(&RowWritten { table: "availability_exception", id: id.to_string(), version: 1, columns: &columns }).await
}

/// Takes such a day away; its row stays.
pub async fn end_day(
    tx: &mut Change<'_>,
    practitioner: PractitionerId,
    id: ResourceId,
    now: Instant,
) -> Result<bool, Error> {
    let entry = tx.entry();
    tx.save_row("availability_exception", id, END_DAY, args![id, practitioner, now, entry]).await
}
