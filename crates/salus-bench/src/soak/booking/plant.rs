//! Whether the checks see anything: what must not be is put there on purpose, at the end, and has to be found.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use salus::access::founding::Opened;
use salus_db::{Sight, Sql, args, sql};
use salus_kernel::{PatientId, ResourceId};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::Barrier,
};

use super::{
    books::Books,
    patient::{Asked, Ground, Patient},
    practice::STEP,
};
use crate::ground::Demo;

/// How long a server is waited for that never answers.
const SHORT: Duration = Duration::from_millis(300);

// A visit that begins five minutes after another one, and takes no steps.
const AT_ONCE: Sql = sql!(
    "INSERT INTO appointment (id, patient_id, practitioner_id, location_id, service_id, start_at, end_at, busy_from, busy_until,
            timezone, meeting, state, booked_by, created_at, updated_at, key_version, version, entry)
     SELECT $2, patient_id, practitioner_id, location_id, service_id, start_at + $3, end_at + $3, busy_from + $3, busy_until + $3,
            timezone, meeting, state, booked_by, created_at, updated_at, key_version, version, entry
       FROM appointment WHERE id = $1"
);
const FIRST_STEP: Sql = sql!(
    "INSERT INTO occupancy (actor_id, step, holder, expires_at)
     SELECT practitioner_id, busy_from / $2, id, NULL FROM appointment WHERE id = $1"
);

/// What was planted.
#[derive(Default)]
pub struct Planted {
    /// Found.
    pub seen: usize,
    /// Not found, in words.
    pub unseen: Vec<&'static str>,
}

impl Planted {
    fn note(&mut self, what: &'static str, seen: bool) {
        if seen {
            self.seen += 1;
        } else {
            self.unseen.push(what);
        }
    }
}

/// Puts each there, and looks.
pub async fn plant(demo: &Demo, ground: &Arc<Ground>, people: &mut Vec<Patient>) -> Result<Planted> {
    let mut planted = Planted::default();
    let mut patient = people.pop().context("nobody")?;
    let week = Arc::new(ground.practice.week(0, &ground.clock)?);
    let time = ground.practice.any_time(&week, patient.kind(&ground.practice)?).context("no time")?;
    let Asked::Kept(id) = patient.hold(ground, &week, &time).await? else { anyhow::bail!("a free time is taken") };
    patient.confirm(ground, &id).await?;
    planted.note("nothing but what is right", Books::read(demo, &ground.clock).await?.faults().is_empty());

    let opened = demo.open(Arc::clone(&ground.clock), true).await?;
    let sight = Sight { patient: Some(patient.chart.parse::<PatientId>()?), ..Sight::default() };
    let mut tx = opened.db.begin(&sight).await?;
    let twice = tx.execute(FIRST_STEP, args![id.as_str(), STEP]).await;
    planted.note("raw SQL that takes a step twice", twice.is_err());
    drop(tx);
    let mut tx = opened.db.begin(&sight).await?;
    let other = ResourceId::new((ground.clock)(), salus_vault::random());
    tx.execute(AT_ONCE, args![id.as_str(), other, STEP]).await?;
    tx.commit().await?;
    let Opened { db, ledger } = opened;
    ledger.close().await?;
    db.close().await;
    let faults = Books::read(demo, &ground.clock).await?.faults().join("\n");
    planted.note("two visits at once", faults.contains("two visits at once"));
    planted.note("a visit without steps", faults.contains(" has 0 steps of "));

    for (what, answer) in [
        ("a server that answers 503", Some("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")),
        ("a server that answers 500", Some("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n")),
        ("a server that never answers", None),
    ] {
        let hosts = vec![server(answer).await?];
        let practice = ground.practice.clone();
        let broken = Arc::new(Ground { hosts, practice, clock: Arc::clone(&ground.clock), patience: SHORT });
        let start = Arc::new(Barrier::new(1));
        let story;
        (patient, story) = patient.storm(broken, Arc::clone(&week), start).await;
        planted.note(what, story.booked.is_none() && story.faults.len() == 1);
    }
    people.push(patient);
    Ok(planted)
}

/// Answers everything in one way, or nothing at all.
async fn server(answer: Option<&'static str>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = vec![0; 16 * 1024];
            let Ok(1..) = stream.read(&mut asked).await else { continue };
            if let Some(answer) = answer {
                drop(stream.write_all(answer.as_bytes()).await);
            }
            open.push(stream);
        }
    });
    Ok(address)
}
