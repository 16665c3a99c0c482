//! `soak booking --kill`: people book and call off while the program is killed at random moments, between keeping a time and
//! confirming it, and between a change and the mail about it.
//!
//! A round: load → SIGKILL (on PostgreSQL of both processes, one shortly after the other) → the database against what was answered →
//! restart, eleven minutes later by the program's clock, so that every time that was kept has run out → somebody else takes such a
//! time. What was sent and not answered may have happened or not. At the end the program runs until no mail is left to send.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use salus::access::{Clock, founding::Opened};
use salus_db::{Engine, Sight, Sql, row, sql};
use serde::Deserialize;
use tokio::task::JoinSet;

use super::{
    Options, SHOWN, between,
    books::Books,
    patient::{self, Asked, Ground, Patient},
    practice::{Time, Week, any_of},
    serve, set_up, tell,
};
use crate::ground::{Demo, Den, MailServer, MovedClock, Portal};

/// The shortest and longest that the program is under load before it is killed, in milliseconds.
const LIVES: (u64, u64) = (300, 1500);
/// The longest time between the end of one process and the end of the other, in milliseconds.
const APART: u64 = 200;
/// How far the clock moves with each restart: a time is kept for ten minutes.
const MINUTES: i64 = 11;
/// The longest that somebody thinks about a time that is kept, in milliseconds.
const THINKS: u64 = 60;
/// How many visits somebody has at once, at most.
const MOST: usize = 3;
/// How many times that have run out somebody else takes, in each round.
const TAKEN: usize = 3;
/// How often `audit verify --rows` runs: it reads everything.
const VERIFY: u32 = 10;
/// How long mail may take at the end.
const MAIL: Duration = Duration::from_secs(90);

const JOBS: Sql = sql!("SELECT id, kind, body, state FROM job WHERE kind = 'notices.tell-owner'");
const OWNERS: Sql = sql!("SELECT account_id, patient_id FROM access_grant WHERE basis = 'self' AND ends_at IS NULL");

struct JobRow {
    id: String,
    body: String,
    state: String,
}
row!(JobRow { id, body, state });

/// What a notice says of itself.
#[derive(Deserialize)]
struct Body {
    account: String,
    about: String,
    at: i64,
}

/// What was answered last about a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Booked,
    Cancelled,
}

/// What was sent and not answered.
enum Open {
    Confirm(String),
    Cancel(String),
}

struct Client {
    patient: Patient,
    known: BTreeMap<String, Known>,
    open: Option<Open>,
    booked: usize,
    cancelled: usize,
    unexpected: Vec<String>,
}

/// Mail about visits, by its job.
#[derive(Default)]
struct Notices {
    /// When what each is about happened, by chart.
    of: BTreeMap<String, Vec<i64>>,
    /// Their jobs.
    jobs: Vec<String>,
    waiting: usize,
}

/// What was found on one engine.
#[derive(Default)]
struct Findings {
    kept: usize,
    waiting: usize,
    open: usize,
    taken_over: usize,
    wrong: usize,
    unexpected: usize,
    not_verified: usize,
}

/// Runs it, and says whether nothing was wrong.
pub async fn run(options: &Options, engine: Engine) -> Result<bool> {
    let begun = Instant::now();
    let den = Den::new(options.common.dir.as_deref())?;
    let server = MailServer::start(&den)?;
    let mut demo = Demo::make(&den, engine, 1, &options.common.testdata)?;
    let moved = MovedClock::new()?;
    let clock = moved.clock();
    (demo.mail_port, demo.clock) = (Some(server.port), Some(moved));
    let wanted = patient::people(&demo, options.people, &clock).await?;
    let mut portals = serve(&demo).await?;
    let (mut ground, people) = set_up(&demo, &portals, wanted, &clock).await?;
    let client = |patient| Client {
        patient,
        known: BTreeMap::new(),
        open: None,
        booked: 0,
        cancelled: 0,
        unexpected: Vec::new(),
    };
    let mut clients: Vec<Client> = people.into_iter().map(client).collect();
    let mut found = Findings::default();
    // One week for all: what runs out in one round is in the way in the next.
    let week = Arc::new(ground.practice.week(2, &clock)?);
    for round in 1..=options.rounds {
        let under = Arc::new(ground);
        let load = tokio::spawn(load(clients, Arc::clone(&under), Arc::clone(&week)));
        tokio::time::sleep(Duration::from_millis(between(LIVES.0, LIVES.1))).await;
        kill(portals).await?;
        clients = load.await?;
        let mut wrong = Box::pin(after(&demo, &clock, &mut clients, &mut found)).await?;
        if let Some(clock) = &demo.clock {
            clock.advance(MINUTES);
        }
        portals = serve(&demo).await?;
        let hosts = portals.iter().map(|portal| portal.address).collect();
        ground =
            Ground { hosts, practice: under.practice.clone(), clock: Arc::clone(&clock), patience: under.patience };
        wrong.extend(Box::pin(run_out(&demo, &ground, &week, &mut clients, &mut found)).await?);
        if round % VERIFY == 0 || round == options.rounds {
            let (verified, said) = demo.command(&["audit", "verify", "--rows"])?;
            if !verified {
                found.not_verified += 1;
                tell(&demo, round, &format!("audit verify --rows failed:\n{}", said.trim()));
            }
            eprintln!("{}: round {round} of {}", engine.word(), options.rounds);
        }
        found.wrong += wrong.len();
        for client in &mut clients {
            found.unexpected += client.unexpected.len();
            wrong.append(&mut client.unexpected);
        }
        for one in wrong.iter().take(SHOWN) {
            tell(&demo, round, one);
        }
    }
    let (mails, again, wrong) = Box::pin(until_all_are_told(&demo, &server, &clock)).await?;
    drop(portals);
    for one in wrong.iter().take(SHOWN) {
        tell(&demo, options.rounds, one);
    }
    found.wrong += wrong.len();
    let booked: usize = clients.iter().map(|client| client.booked).sum();
    let cancelled: usize = clients.iter().map(|client| client.cancelled).sum();
    println!(
        "{}: {} rounds of {} people at {} servers, {booked} bookings and {cancelled} cancellations answered; when it was killed \
         {} times were kept, {} mails were waiting, {} requests were without an answer; {} times that had run out were somebody \
         else's at once; {mails} mails, {again} of them the same message again; {} wrong, {} unexpected answers, {} verify \
         failures, {:.0} s",
        engine.word(),
        options.rounds,
        clients.len(),
        super::servers(engine),
        found.kept,
        found.waiting,
        found.open,
        found.taken_over,
        found.wrong,
        found.unexpected,
        found.not_verified,
        begun.elapsed().as_secs_f64()
    );
    ensure!(booked > 0, "nobody was booked, so nothing was tested");
    Ok([found.wrong, found.unexpected, found.not_verified] == [0; 3])
}

async fn kill(portals: Vec<Portal>) -> Result<()> {
    tokio::task::spawn_blocking(move || {
        for portal in portals {
            portal.process.kill()?;
            crate::ground::pause(Duration::from_millis(between(0, APART)));
        }
        anyhow::Ok(())
    })
    .await?
}

async fn load(clients: Vec<Client>, ground: Arc<Ground>, week: Arc<Week>) -> Vec<Client> {
    let mut running = JoinSet::new();
    for mut client in clients {
        let (ground, week) = (Arc::clone(&ground), Arc::clone(&week));
        running.spawn(async move {
            // The end of a connection is the end of it.
            if let Err(error) = client.go_on(&ground, &week).await
                && error.chain().all(|cause| cause.downcast_ref::<io::Error>().is_none())
            {
                client.unexpected.push(format!("{error:#}"));
            }
            client
        });
    }
    running.join_all().await
}

impl Client {
    /// Books, and calls off, and leaves times unconfirmed, until the server is gone.
    async fn go_on(&mut self, ground: &Ground, week: &Week) -> Result<()> {
        let mut wanted: Option<Time> = None;
        loop {
            let on: Vec<String> =
                self.known.iter().filter(|(_, known)| **known == Known::Booked).map(|(id, _)| id.clone()).collect();
            if on.len() >= MOST || (!on.is_empty() && between(0, 2) == 0) {
                let id = any_of(&on).context("a visit")?.clone();
                self.open = Some(Open::Cancel(id.clone()));
                self.patient.cancel(ground, &id).await?;
                self.open = None;
                self.known.insert(id, Known::Cancelled);
                self.cancelled += 1;
                continue;
            }
            let time = match wanted.take() {
                Some(time) => time,
                None => {
                    let kind = self.patient.kind(&ground.practice)?;
                    ground.practice.any_time(week, kind).context("no hours")?
                }
            };
            match self.patient.hold(ground, week, &time).await? {
                Asked::Kept(id) => {
                    tokio::time::sleep(Duration::from_millis(between(0, THINKS))).await;
                    // Some forget to.
                    if between(0, 4) > 0 {
                        self.book(ground, id).await?;
                    }
                }
                Asked::Taken(near) => wanted = any_of(&near).cloned(),
            }
        }
    }

    async fn book(&mut self, ground: &Ground, id: String) -> Result<()> {
        self.open = Some(Open::Confirm(id.clone()));
        self.patient.confirm(ground, &id).await?;
        self.open = None;
        self.known.insert(id, Known::Booked);
        self.booked += 1;
        Ok(())
    }

    /// What is written down, against what was answered; what was not answered is known from here on.
    fn compare(&mut self, books: &Books) -> Vec<String> {
        let mut wrong = Vec::new();
        let open = self.open.take();
        let mut left: BTreeMap<String, Known> = self.known.clone();
        for visit in books.visits.iter().filter(|visit| visit.patient_id == self.patient.chart) {
            let now = match visit.state.as_str() {
                "held" => None,
                "booked" => Some(Known::Booked),
                "cancelled" => Some(Known::Cancelled),
                other => {
                    wrong.push(format!("a visit is {other}"));
                    None
                }
            };
            let known = left.remove(&visit.id);
            let may = match &open {
                Some(Open::Confirm(id)) if *id == visit.id => known.is_none() && now != Some(Known::Cancelled),
                Some(Open::Cancel(id)) if *id == visit.id => known.is_some() && now.is_some(),
                _ => known == now,
            };
            if !may {
                wrong.push(format!("a visit is {}, and that was not what was answered: {}", visit.state, visit.id));
            }
            if let Some(now) = now {
                self.known.insert(visit.id.clone(), now);
            }
        }
        wrong.extend(left.keys().map(|id| format!("answered, and not written down: {id}")));
        wrong
    }
}

/// What the killed program left behind.
async fn after(demo: &Demo, clock: &Clock, clients: &mut [Client], found: &mut Findings) -> Result<Vec<String>> {
    let books = Books::read(demo, clock).await?;
    let notices = Notices::read(demo, clock).await?;
    let mut wrong = books.faults();
    wrong.extend(notices.wrong(&books));
    found.kept += books.kept();
    found.waiting += notices.waiting;
    found.open += clients.iter().filter(|client| client.open.is_some()).count();
    for client in clients.iter_mut() {
        wrong.extend(client.compare(&books));
    }
    Ok(wrong)
}

/// Times that were kept have run out: somebody else takes some of them. Everybody finds their visits on their page.
async fn run_out(
    demo: &Demo,
    ground: &Ground,
    week: &Week,
    clients: &mut [Client],
    found: &mut Findings,
) -> Result<Vec<String>> {
    let books = Books::read(demo, &ground.clock).await?;
    let mut wrong = Vec::new();
    if books.kept() > 0 {
        wrong.push(format!("{} times are still kept after {MINUTES} minutes", books.kept()));
    }
    for client in clients.iter_mut() {
        let page = client.patient.look_in(ground).await?;
        let shown = |id: &str| page.text.contains(&format!("/visits/{id}\""));
        let on = client.known.iter().filter(|(_, known)| **known == Known::Booked);
        wrong.extend(on.filter(|(id, _)| !shown(id)).map(|(id, _)| format!("booked, and not on the page: {id}")));
    }
    let steps: BTreeSet<&str> = books.steps.iter().map(|step| step.holder()).collect();
    // Those first whose steps lie there still.
    let mut left: Vec<_> = books.run_out().filter(|visit| books.is_free(visit)).collect();
    left.sort_by_key(|visit| !steps.contains(visit.id.as_str()));
    for visit in left.into_iter().take(TAKEN) {
        let wants = |client: &&mut Client| {
            let kind = client.patient.kind(&ground.practice).ok();
            client.patient.chart != visit.patient_id && kind.is_some_and(|kind| kind.id == visit.service_id)
        };
        let Some(client) = clients.iter_mut().find(wants) else { continue };
        let pick = format!("{} {} {}", visit.start_at, ground.practice.practitioner, visit.place());
        let time = Time { start: visit.start_at, pick };
        match client.patient.hold(ground, week, &time).await? {
            Asked::Kept(id) => {
                client.book(ground, id.clone()).await?;
                client.patient.cancel(ground, &id).await?;
                client.known.insert(id, Known::Cancelled);
                client.cancelled += 1;
                found.taken_over += usize::from(steps.contains(visit.id.as_str()));
            }
            Asked::Taken(_) => wrong.push(format!("a time that has run out is not free: {}", visit.id)),
        }
    }
    Ok(wrong)
}

impl Notices {
    async fn read(demo: &Demo, clock: &Clock) -> Result<Self> {
        let Opened { db, ledger } = demo.open(Arc::clone(clock), true).await?;
        let jobs: Vec<JobRow> = db.read(&Sight::of_run("jobs")).await?.all(JOBS, Vec::new()).await?;
        let owners: Vec<(String, String)> = db.read(&Sight::of_run("audit")).await?.all(OWNERS, Vec::new()).await?;
        ledger.close().await?;
        db.close().await;
        let owners: BTreeMap<String, String> = owners.into_iter().collect();
        let mut notices = Self::default();
        for job in jobs {
            let body: Body = serde_json::from_str(&job.body)?;
            let Some(chart) = owners.get(&body.account).filter(|_| body.about == "news") else { continue };
            notices.of.entry(chart.clone()).or_default().push(body.at);
            notices.waiting += usize::from(job.state != "done");
            notices.jobs.push(job.id);
        }
        Ok(notices)
    }

    /// Whoever was booked is told once, and whose visit was called off once more.
    fn wrong(&self, books: &Books) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut happened: BTreeMap<&str, (usize, Vec<i64>)> = BTreeMap::new();
        for visit in books.visits.iter().filter(|visit| visit.state != "held") {
            let (count, moments) = happened.entry(visit.patient_id.as_str()).or_default();
            *count += if visit.is_booked() { 1 } else { 2 };
            moments.push(visit.state_at.unwrap_or(visit.updated_at));
        }
        let nothing = Vec::new();
        for (chart, (count, moments)) in &happened {
            let told = self.of.get(*chart).unwrap_or(&nothing);
            if told.len() != *count {
                wrong.push(format!("{count} changes, and {} notices, of one patient", told.len()));
            }
            wrong.extend(
                moments.iter().filter(|at| !told.contains(at)).map(|at| format!("no notice of the change at {at}")),
            );
        }
        let strangers = self.of.keys().filter(|chart| !happened.contains_key(chart.as_str()));
        wrong.extend(strangers.map(|chart| format!("notices to somebody to whom nothing happened: {chart}")));
        wrong
    }
}

/// Waits until no mail is left: how many there were, how many the same again, and what is wrong.
async fn until_all_are_told(demo: &Demo, server: &MailServer, clock: &Clock) -> Result<(usize, usize, Vec<String>)> {
    let begun = Instant::now();
    let notices = loop {
        let notices = Notices::read(demo, clock).await?;
        if notices.waiting == 0 || begun.elapsed() > MAIL {
            break notices;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let mut wrong = Vec::new();
    if notices.waiting > 0 {
        wrong.push(format!("{} mails are still waiting", notices.waiting));
    }
    wrong.extend(notices.wrong(&Books::read(demo, clock).await?));
    let mut delivered: BTreeMap<String, usize> = BTreeMap::new();
    for mail in server.mails()? {
        let text = String::from_utf8_lossy(&mail).into_owned();
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap_or_default();
        *delivered.entry(id.split('@').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let counts: Vec<usize> = notices.jobs.iter().map(|job| delivered.get(job).copied().unwrap_or(0)).collect();
    let never = counts.iter().filter(|count| **count == 0).count();
    if never > 0 {
        wrong.push(format!("{never} notices were never delivered"));
    }
    let again = counts.iter().map(|count| count.saturating_sub(1)).sum();
    Ok((counts.iter().sum(), again, wrong))
}

#[cfg(test)]
mod tests {
    use super::{super::books::made_up, *};
    use crate::people::{Browser, Person};

    fn client() -> Client {
        let chart = "patient of a".to_owned();
        let nobody = || String::new();
        let person = Person {
            role: nobody(),
            email: nobody(),
            password: nobody(),
            totp_secret: nobody(),
            patient: None,
            enrolled: true,
        };
        let patient = Patient { browser: Browser::default(), chart, person, number: 0 };
        Client { patient, known: BTreeMap::new(), open: None, booked: 0, cancelled: 0, unexpected: Vec::new() }
    }

    fn books(state: &str) -> Books {
        let (mut visit, steps) = made_up::visit("a", 200, 6);
        visit.state = state.to_owned();
        visit.state_at = (state == "cancelled").then_some(7);
        made_up::books(vec![(visit, steps)])
    }

    #[test]
    fn what_was_answered_is_there_and_what_was_not_asked_is_not() {
        let wrong = |known: Option<Known>, open: Option<Open>, books: &Books| {
            let mut client = client();
            client.known.extend(known.map(|known| ("a".to_owned(), known)));
            client.open = open;
            client.compare(books).join("\n")
        };
        let (confirm, cancel) = (|| Some(Open::Confirm("a".into())), || Some(Open::Cancel("a".into())));
        let (booked, cancelled, none) = (Some(Known::Booked), Some(Known::Cancelled), made_up::books(Vec::new()));
        // Answered: so it is, and nothing else.
        assert_eq!(wrong(booked, None, &books("booked")), "");
        assert_eq!(wrong(cancelled, None, &books("cancelled")), "");
        assert!(wrong(booked, None, &books("held")).contains("not what was answered"));
        assert!(wrong(booked, None, &books("cancelled")).contains("not what was answered"));
        assert!(wrong(cancelled, None, &books("booked")).contains("not what was answered"));
        assert!(wrong(booked, None, &none).contains("not written down"));
        // Sent and not answered: either.
        assert_eq!(wrong(None, confirm(), &books("booked")), "");
        assert_eq!(wrong(None, confirm(), &books("held")), "");
        assert_eq!(wrong(booked, cancel(), &books("booked")), "");
        assert_eq!(wrong(booked, cancel(), &books("cancelled")), "");
        assert!(wrong(booked, cancel(), &books("held")).contains("not what was answered"));
        // Never asked for.
        assert!(wrong(None, None, &books("booked")).contains("not what was answered"));
        assert!(wrong(None, None, &books("arrived")).contains("is arrived"));
    }

    #[test]
    fn a_notice_that_is_missing_or_doubled_is_seen() {
        let wrong = |state: &str, told: &[i64]| {
            let mut notices = Notices::default();
            notices.of.insert("patient of a".to_owned(), told.to_vec());
            notices.wrong(&books(state)).join("\n")
        };
        assert_eq!(wrong("booked", &[0]), "");
        assert_eq!(wrong("cancelled", &[0, 7]), "");
        assert!(wrong("booked", &[]).contains("1 changes, and 0 notices"));
        assert!(wrong("booked", &[0, 1]).contains("1 changes, and 2 notices"));
        assert!(wrong("booked", &[3]).contains("no notice of the change at 0"));
        assert!(wrong("cancelled", &[0]).contains("2 changes, and 1 notices"));
        assert!(wrong("held", &[0]).contains("nothing happened"));
    }
}
