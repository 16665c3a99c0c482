//! Visits: how long free times take to compute on a full calendar, and how many visits can be booked a second through the front
//! door against a bare insert of the same rows.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use salus::{
    access::{Clock, founding::Opened},
    appointments,
    shell::urls,
};
use salus_db::{Db, Sight, Sql, Tx, args, sql};
use salus_kernel::{MINUTE, PatientId, PractitionerId, ResourceId, uuid_v7};
use tokio::task::JoinSet;

use super::{
    Plan,
    numbers::{number, percentile},
    report::VisitsLine,
};
use crate::{
    ground::Demo,
    http::Connection,
    people::{Browser, Person},
};

/// How many visits are on the schedule.
const BOOKED: i64 = 10_000;
/// How far times are looked for.
const DAYS: i64 = 28;
/// How many of those visits lie behind: the others reach as far ahead as they have to.
const PAST: i64 = 2400;
/// How many look-ups come before those that count: the first of each connection open it and fill its memory.
const WARM: usize = 20;
/// How many book at once.
const WORKERS: usize = 4;
/// How many visits each books in a turn.
const EACH: usize = 15;
/// Half hours in which the demo's people can be booked on a weekday: nine to noon and one to five.
const HALVES: [(i8, i8); 14] = [
    (9, 0),
    (9, 30),
    (10, 0),
    (10, 30),
    (11, 0),
    (11, 30),
    (13, 0),
    (13, 30),
    (14, 0),
    (14, 30),
    (15, 0),
    (15, 30),
    (16, 0),
    (16, 30),
];
const HALF: i64 = 30 * MINUTE;
const STEP: i64 = 5 * MINUTE;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

const KIND: Sql = sql!("SELECT id FROM healthcare_service WHERE name = 'Check-up'");
const WHO: Sql = sql!(
    "SELECT s.practitioner_id, s.location_id, l.timezone FROM schedule s JOIN location l ON l.id = s.location_id
      WHERE s.removed_at IS NULL ORDER BY s.id"
);
const VISIT: Sql = sql!(
    "INSERT INTO appointment (id, patient_id, practitioner_id, location_id, service_id, start_at, end_at, busy_from, busy_until,
            timezone, meeting, state, reason, booked_by, created_at, updated_at, key_version, version, entry)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7, $8, 'in-person', 'booked', $9, $10, $11, $11, 1, 2, 'bench/1')"
);
const STEPS: Sql = sql!(
    "WITH RECURSIVE steps (step) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT step + 1 FROM steps WHERE step + 1 < $3)
     INSERT INTO occupancy (actor_id, step, holder, expires_at) SELECT $1, step, $4, NULL FROM steps"
);
// Done already, so that nobody runs it.
const NOTICE: Sql = sql!(
    "INSERT INTO job (id, kind, body, dedupe_key, state, attempts, queued_at, run_after, last_error, created_at, updated_at,
            version, entry)
     VALUES ($1, 'notices.tell-owner', '{}', $1, 'done', 0, $2, $2, '', $2, $2, 1, 'bench/1')"
);

/// Somebody at a place, and a kind of visit.
#[derive(Clone)]
struct Booked {
    practitioner: PractitionerId,
    location: ResourceId,
    zone: String,
    kind: ResourceId,
}

/// Measures both.
pub async fn measure(demo: &Demo, plan: &Plan, clock: &Clock) -> Result<VisitsLine> {
    eprintln!("{}: visits", demo.engine.word());
    let people = demo.crowd(WORKERS, clock).await?;
    let Opened { db, ledger } = demo.open(Arc::clone(clock), true).await?;
    let own = people.first().and_then(|person| person.patient.as_ref()).context("a chart")?.parse()?;
    let practitioners = practitioners(&db).await?;
    let [full, front, bare] = practitioners.as_slice() else { anyhow::bail!("three who can be booked") };
    fill(&db, full, own, clock).await?;
    let (found, mut times) = free_times(&db, full, plan, clock).await?;

    let portal = demo.serve().await?;
    let mut workers = Vec::new();
    for person in people {
        workers.push(Worker::sign_in(portal.address, person, clock).await?);
    }
    let (mut guarded, mut plain) = (Duration::ZERO, Duration::ZERO);
    for turn in 0..plan.bookings {
        let begun = Instant::now();
        workers = through_the_door(workers, front, turn, clock).await?;
        guarded += begun.elapsed();
        let begun = Instant::now();
        inserted(&db, &workers, bare, turn, clock).await?;
        plain += begun.elapsed();
    }
    drop(portal);
    ledger.close().await?;
    db.close().await;
    let count = number(plan.bookings * WORKERS * EACH);
    let (guarded, bare) = (count / guarded.as_secs_f64(), count / plain.as_secs_f64());
    Ok(VisitsLine {
        engine: demo.engine.word(),
        booked: BOOKED,
        days: DAYS,
        free: found,
        p50_ms: percentile(&mut times, 50),
        p99_ms: percentile(&mut times, 99),
        guarded_per_second: guarded,
        bare_per_second: bare,
        ratio: guarded / bare,
    })
}

async fn practitioners(db: &Db) -> Result<Vec<Booked>> {
    let mut tx = db.read(&Sight::of_run("audit")).await?;
    let (kind,): (ResourceId,) = tx.one(KIND, Vec::new()).await?;
    let rows: Vec<(PractitionerId, ResourceId, String)> = tx.all(WHO, Vec::new()).await?;
    let booked = |(practitioner, location, zone)| Booked { practitioner, location, zone, kind };
    Ok(rows.into_iter().take(3).map(booked).collect())
}

/// A calendar in which every other half hour is taken, day and night.
async fn fill(db: &Db, who: &Booked, patient: PatientId, clock: &Clock) -> Result<()> {
    let now = clock().micros().div_euclid(2 * HALF) * 2 * HALF;
    let mut tx = db.begin(&Sight { patient: Some(patient), ..Sight::default() }).await?;
    for place in -PAST..BOOKED - PAST {
        insert(&mut tx, who, patient, now + place * 2 * HALF, clock).await?;
    }
    Ok(tx.commit().await?)
}

/// The rows that a booked visit leaves.
async fn insert(tx: &mut Tx, who: &Booked, patient: PatientId, start: i64, clock: &Clock) -> Result<()> {
    let (now, end) = (clock(), start + HALF);
    let id = ResourceId::new(now, salus_vault::random());
    let reason = salus_vault::random::<90>().to_vec();
    let Booked { practitioner, location, zone, kind } = who;
    let (practitioner, by) = (*practitioner, patient.to_string());
    let values = args![id, patient, practitioner, *location, *kind, start, end, zone, reason, by, now];
    tx.execute(VISIT, values).await?;
    tx.execute(STEPS, args![practitioner, start / STEP, end / STEP, id]).await?;
    Ok(())
}

/// How many there are, and how long it took to find them each time, in milliseconds.
async fn free_times(db: &Db, who: &Booked, plan: &Plan, clock: &Clock) -> Result<(usize, Vec<f64>)> {
    let mut times = Vec::new();
    let mut found = 0;
    let sight = Sight::of_run("audit");
    for look in 0..WARM + plan.lookups {
        let begun = Instant::now();
        let mut tx = db.read(&sight).await?;
        found = appointments::bench::free_times(&mut tx, who.kind, who.practitioner, clock(), DAYS).await?;
        drop(tx);
        if look >= WARM {
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    ensure!(found > 0, "no free time in {DAYS} days, so nothing was computed");
    Ok((found, times))
}

/// When the visit of one worker in one turn begins: nobody is in anybody's way but by the practitioner's lock.
fn slot(who: &Booked, place: usize, clock: &Clock) -> Result<i64> {
    let zone = TimeZone::get(&who.zone)?;
    let today = jiff::Timestamp::from_microsecond(clock().micros())?.to_zoned(zone.clone()).date();
    let days = place.checked_div(HALVES.len()).unwrap_or(0);
    let (hour, minute) = HALVES.get(place.checked_rem(HALVES.len()).unwrap_or(0)).copied().unwrap_or((9, 0));
    let mut day: Date = today.checked_add(2.days())?;
    let mut left = days;
    loop {
        if day.weekday().to_monday_zero_offset() < 5 {
            match left.checked_sub(1) {
                Some(fewer) => left = fewer,
                None => break,
            }
        }
        day = day.tomorrow()?;
    }
    Ok(day.at(hour, minute, 0, 0).to_zoned(zone)?.timestamp().as_microsecond())
}

struct Worker {
    host: SocketAddr,
    browser: Browser,
    chart: PatientId,
    connection: Connection,
}

impl Worker {
    async fn sign_in(host: SocketAddr, person: Person, clock: &Clock) -> Result<Self> {
        let browser = Browser::sign_in(host, &person, clock).await?;
        let chart = person.patient.context("a chart")?.parse()?;
        Ok(Self { host, browser, chart, connection: Connection::open(host).await? })
    }

    async fn book(&mut self, who: &Booked, start: i64) -> Result<()> {
        let pick = format!("{start} {} {}", who.practitioner, who.location);
        let kind = who.kind.to_string();
        let fields = [("service", kind.as_str()), ("who", ""), ("replaces", ""), ("from", ""), ("pick", &pick)];
        let to = self.post(&urls::visit_hold(self.chart), &fields).await?;
        ensure!(to.ends_with("/confirm"), "keeping a time leads to {to}");
        let to = self.post(&to, &[("reason", "It hurts when I climb stairs, since about two weeks")]).await?;
        ensure!(to.starts_with(&urls::visits(self.chart)) && !to.ends_with("/confirm"), "confirming leads to {to}");
        Ok(())
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<String> {
        let request = self.browser.post(self.host, path, fields, None)?;
        let page = tokio::time::timeout(PATIENCE, self.browser.send(&mut self.connection, &request)).await??;
        ensure!(page.status == 303, "booking: status {}", page.status);
        Ok(page.location)
    }
}

async fn through_the_door(workers: Vec<Worker>, who: &Booked, turn: usize, clock: &Clock) -> Result<Vec<Worker>> {
    let mut running = JoinSet::new();
    for (place, mut worker) in workers.into_iter().enumerate() {
        let (who, clock) = (who.clone(), Arc::clone(clock));
        running.spawn(async move {
            for one in 0..EACH {
                worker.book(&who, slot(&who, (turn * WORKERS + place) * EACH + one, &clock)?).await?;
            }
            anyhow::Ok(worker)
        });
    }
    running.join_all().await.into_iter().collect()
}

async fn inserted(db: &Db, workers: &[Worker], who: &Booked, turn: usize, clock: &Clock) -> Result<()> {
    let mut running = JoinSet::new();
    for (place, worker) in workers.iter().enumerate() {
        let (db, who, clock, chart) = (db.clone(), who.clone(), Arc::clone(clock), worker.chart);
        running.spawn(async move {
            for one in 0..EACH {
                let start = slot(&who, (turn * WORKERS + place) * EACH + one, &clock)?;
                let mut tx = db.begin(&Sight { patient: Some(chart), ..Sight::default() }).await?;
                insert(&mut tx, &who, chart, start, &clock).await?;
                let id = uuid_v7(clock(), salus_vault::random()).to_string();
                tx.execute(NOTICE, args![id, clock()]).await?;
                tx.commit().await?;
            }
            anyhow::Ok(())
        });
    }
    running.join_all().await.into_iter().collect()
}
