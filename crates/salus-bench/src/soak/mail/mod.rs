//! `soak mail`: people ask for accounts while the program and its mail server are killed at random moments; at the end each
//! of them who got an answer was told once.
//!
//! A round: people ask → SIGKILL at a random moment, in some rounds also of the mail server → restart, seven minutes later
//! by the program's clock, so that what the dead process had claimed is due again. At the end the clock is moved until
//! nothing is left to do. No protocol of mail is "exactly once": when the program dies between the server's answer and its
//! own commit, the message goes out again. It is then the same message with the same `Message-ID`, of which a mailbox shows
//! one; these are counted, and anything else is a failure.

mod letters;
mod people;
mod scan;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use salus_db::{Sight, row, sql};

use super::{SHOWN, between, tell};
use crate::{
    Common,
    ground::{Demo, Den, MailServer, MovedClock, Portal},
};
use letters::{Looked, PLANTED};
use people::People;
use scan::Marks;

/// The shortest and longest that the program lives before it is killed, in milliseconds.
const LIVES: (u64, u64) = (200, 1500);
/// The longest that the mail server is away after the program is there again, in milliseconds.
const AWAY: u64 = 600;
/// How far the clock moves with each restart: a dead process's claims end after five minutes.
const MINUTES: i64 = 7;
/// How far it moves when all that is left waits for another try: those are an hour apart at most.
const WAIT_MINUTES: i64 = 70;
/// How often it is moved so, at most, before what is left counts as not done.
const WAITS: usize = 6;
/// How long nothing may arrive before the program counts as quiet.
const QUIET: Duration = Duration::from_millis(1500);

/// What the command line asks for.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    common: Common,
    /// How often to kill.
    #[arg(long, default_value_t = 10)]
    rounds: u32,
}

/// What is in the table of jobs.
struct JobRow {
    kind: String,
    state: String,
    attempts: i64,
    last_error: String,
}
row!(JobRow { kind, state, attempts, last_error });

/// What was found on one engine.
#[derive(Default)]
struct Findings {
    mail_kills: u32,
    again: usize,
    not_done: usize,
    not_verified: usize,
}

/// Runs it on each engine, and says whether everybody was told once.
pub async fn run(options: Options) -> Result<bool> {
    let mut well = true;
    for engine in options.common.engine.each() {
        let begun = Instant::now();
        let den = Den::new(options.common.dir.as_deref())?;
        let mut server = MailServer::start(&den)?;
        let mut demo = Demo::make(&den, *engine, 1, &options.common.testdata)?;
        (demo.mail_port, demo.clock) = (Some(server.port), Some(MovedClock::new()?));
        let marks = Marks::new();
        let planted = marks.planted();
        for (number, message) in planted.iter().enumerate() {
            server.take(&format!("{PLANTED}{number}@example.org"), message)?;
        }
        let (people, found) = Box::pin(rounds(&demo, &mut server, &marks, options.rounds)).await?;
        let looked = letters::look(&server.mails()?, &people.acknowledged, &people.asked, &marks, planted.len());
        for one in looked.wrong.iter().chain(&people.unexpected).take(SHOWN) {
            tell(&demo, options.rounds, one);
        }
        println!(
            "{}: {}, {:.0} s",
            engine.word(),
            in_words(options.rounds, &people, &found, &looked),
            begun.elapsed().as_secs_f64()
        );
        let wrong = [found.not_done, found.not_verified, people.unexpected.len(), looked.wrong.len(), looked.unseen];
        well &= wrong == [0; 5];
        ensure!(!people.acknowledged.is_empty(), "nobody got an answer, so nothing was tested");
    }
    Ok(well)
}

fn in_words(rounds: u32, people: &People, found: &Findings, looked: &Looked) -> String {
    format!(
        "{rounds} rounds ({} with the mail server killed too), {} acknowledged requests, {} deliveries, {} of them the same \
         message again, {} jobs tried more than once; {} not told, {} told by two messages, {} strangers told, {} jobs not \
         done, {} unexpected answers, {} verify failures, {} mails with something typed in them, {} planted ones not seen",
        found.mail_kills,
        people.acknowledged.len(),
        looked.deliveries,
        looked.twice,
        found.again,
        looked.missing,
        looked.split,
        looked.strangers,
        found.not_done,
        people.unexpected.len(),
        found.not_verified,
        looked.leaks,
        looked.unseen
    )
}

async fn rounds(demo: &Demo, server: &mut MailServer, marks: &Marks, rounds: u32) -> Result<(People, Findings)> {
    let (mut people, mut found) = (People::default(), Findings::default());
    for round in 1..=rounds {
        let portal = serve_later(demo, MINUTES).await?;
        let asking = tokio::spawn(people.ask(portal.address, marks.clone()));
        // Since the last round it may be away still.
        tokio::time::sleep(Duration::from_millis(between(0, AWAY))).await;
        server.start_again()?;
        let life = between(LIVES.0, LIVES.1);
        let with_mail = round % 3 == 0;
        let before = if with_mail { between(0, life) } else { life };
        tokio::time::sleep(Duration::from_millis(before)).await;
        if with_mail {
            server.kill()?;
            found.mail_kills += 1;
        }
        tokio::time::sleep(Duration::from_millis(life.saturating_sub(before))).await;
        portal.process.kill()?;
        people = asking.await??;
        if round % 10 == 0 || round == rounds {
            eprintln!("{}: round {round} of {rounds}, {} acknowledged", demo.engine.word(), people.acknowledged.len());
        }
    }
    server.start_again()?;
    let left = Box::pin(until_all_is_done(demo, server, &mut found)).await?;
    for job in left.iter().take(SHOWN) {
        tell(
            demo,
            rounds,
            &format!("a job {} is {} after {} tries ({})", job.kind, job.state, job.attempts, job.last_error),
        );
    }
    found.not_done = left.len();
    let (verified, said) = demo.command(&["audit", "verify", "--rows"])?;
    if !verified {
        tell(demo, rounds, &format!("audit verify --rows failed:\n{}", said.trim()));
    }
    found.not_verified = usize::from(!verified);
    Ok((people, found))
}

/// The clock moves, and the program starts.
async fn serve_later(demo: &Demo, minutes: i64) -> Result<Portal> {
    if let Some(clock) = &demo.clock {
        clock.advance(minutes);
    }
    demo.serve().await
}

/// Serves, and moves the clock, until no mail is left to send. What is left nonetheless is handed back.
async fn until_all_is_done(demo: &Demo, server: &MailServer, found: &mut Findings) -> Result<Vec<JobRow>> {
    let mut left = Vec::new();
    for wait in 0..=WAITS {
        let mut portal = serve_later(demo, if wait == 0 { MINUTES } else { WAIT_MINUTES }).await?;
        let mut last = (server.count(), Instant::now());
        while last.1.elapsed() < QUIET {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if server.count() != last.0 {
                last = (server.count(), Instant::now());
            }
        }
        portal.process.end(Duration::from_secs(20));
        let jobs: Vec<JobRow> = jobs(demo).await?;
        found.again = jobs.iter().filter(|job| job.attempts > 1).count();
        // What is typed is emptied after a day; that mails nothing.
        left = jobs.into_iter().filter(|job| job.state != "done" && job.kind != "registrations.forget").collect();
        if left.is_empty() {
            break;
        }
    }
    Ok(left)
}

async fn jobs(demo: &Demo) -> Result<Vec<JobRow>> {
    const ALL: salus_db::Sql = sql!("SELECT kind, state, attempts, last_error FROM job");
    let clock = demo.clock.as_ref().map_or_else(crate::ground::clock, MovedClock::clock);
    let opened = demo.open(clock, true).await?;
    let mut tx = opened.db.read(&Sight::of_run("jobs")).await?;
    let jobs = tx.all(ALL, Vec::new()).await?;
    drop(tx);
    opened.ledger.close().await?;
    opened.db.close().await;
    Ok(jobs)
}
