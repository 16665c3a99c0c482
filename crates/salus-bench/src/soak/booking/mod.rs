//! `soak booking`: everybody wants the same practitioner in the same week, at once, through the front door; on PostgreSQL two
//! processes serve. `--kill` kills them meanwhile.
//!
//! A round: everybody asks for a time, by chance or as offered → whoever is refused takes one of the nearest, or stops → whoever
//! has nothing takes what is left, until nothing is → the database is compared with what people were told → everybody calls their
//! visit off, so that the next round begins with nothing. Visits of 20, 30 and 45 minutes with time before and after don't fit
//! each other, so almost every wish overlaps others without being the same.

mod books;
mod kill;
mod patient;
mod plant;
mod practice;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use salus::access::Clock;
use salus_db::Engine;
use tokio::{sync::Barrier, task::JoinSet};

use super::{SHOWN, between, tell};
use crate::{
    Common,
    bench::numbers::{micros, percentile},
    ground::{Demo, Den, Portal, clock},
};
use books::Books;
use patient::{Ground, Patient, Story};
use practice::{Practice, Week};

/// How long an answer may take: longer than the portal's own patience, so that its refusal is seen.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the command line asks for.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    common: Common,
    /// How often everybody wants a visit.
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// How many want one.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// Kill the program meanwhile, in each round once.
    #[arg(long)]
    kill: bool,
}

/// What was found on one engine.
#[derive(Default)]
struct Findings {
    rounds: u32,
    booked: usize,
    refused: usize,
    released: usize,
    nothing: usize,
    unexplained: usize,
    room: usize,
    wrong: usize,
    unexpected: usize,
    holds: Vec<u32>,
    confirms: Vec<u32>,
    cancels: Vec<u32>,
}

/// Runs it on each engine, and says whether nothing was wrong.
pub async fn run(options: Options) -> Result<bool> {
    let mut well = true;
    for engine in options.common.engine.each() {
        well &= if options.kill {
            Box::pin(kill::run(&options, *engine)).await?
        } else {
            Box::pin(book(&options, *engine)).await?
        };
    }
    Ok(well)
}

/// How many processes serve the clinic: a SQLite file has one.
fn servers(engine: Engine) -> usize {
    match engine {
        Engine::Sqlite => 1,
        Engine::Postgres => 2,
    }
}

async fn serve(demo: &Demo) -> Result<Vec<Portal>> {
    let mut portals = Vec::new();
    for number in 0..servers(demo.engine) {
        portals.push(demo.serve_beside(number).await?);
    }
    Ok(portals)
}

/// The practitioner's hours, and everybody signed in.
async fn set_up(
    demo: &Demo,
    portals: &[Portal],
    wanted: Vec<crate::people::Person>,
    clock: &Clock,
) -> Result<(Ground, Vec<Patient>)> {
    let host = portals.first().context("nobody serves")?.address;
    let administrator = demo.of_role("administrator").next().context("no administrator in the demo")?;
    let practice = Practice::set_up(host, administrator, wanted.len(), clock).await?;
    let people = Patient::sign_in(wanted, host, clock).await?;
    let hosts = portals.iter().map(|portal| portal.address).collect();
    Ok((Ground { hosts, practice, clock: Arc::clone(clock), patience: PATIENCE }, people))
}

async fn book(options: &Options, engine: Engine) -> Result<bool> {
    let begun = Instant::now();
    let den = Den::new(options.common.dir.as_deref())?;
    let demo = Demo::make(&den, engine, 1, &options.common.testdata)?;
    let clock = clock();
    let wanted = patient::people(&demo, options.people, &clock).await?;
    let portals = serve(&demo).await?;
    let (ground, mut people) = set_up(&demo, &portals, wanted, &clock).await?;
    let ground = Arc::new(ground);
    eprintln!("{}: {} people are signed in, {:.0} s", engine.word(), people.len(), begun.elapsed().as_secs_f64());
    let mut found = Findings::default();
    for round in 1..=options.rounds {
        people = Box::pin(one_round(&demo, &ground, people, round, &mut found)).await?;
        if round % 10 == 0 || round == options.rounds {
            eprintln!("{}: round {round} of {}, {} booked", engine.word(), options.rounds, found.booked);
        }
    }
    let (verified, said) = demo.command(&["audit", "verify", "--rows"])?;
    if !verified {
        tell(&demo, options.rounds, &format!("audit verify --rows failed:\n{}", said.trim()));
    }
    let planted = Box::pin(plant::plant(&demo, &ground, &mut people)).await?;
    for one in &planted.unseen {
        tell(&demo, options.rounds, &format!("planted, and not found: {one}"));
    }
    drop(portals);
    let deadlocks = deadlocks(&demo);
    println!(
        "{}: {}, {deadlocks} deadlocks, {} verify failures, {} of {} planted finds seen, {:.0} s",
        engine.word(),
        in_words(&mut found, people.len(), servers(engine)),
        usize::from(!verified),
        planted.seen,
        planted.seen + planted.unseen.len(),
        begun.elapsed().as_secs_f64()
    );
    ensure!(found.booked > 0 && found.refused > 0, "nobody was booked, or nobody refused, so nothing was tested");
    let wrong = [found.unexplained, found.room, found.wrong, found.unexpected, deadlocks, planted.unseen.len()];
    Ok(wrong == [0; 6] && verified)
}

fn in_words(found: &mut Findings, people: usize, servers: usize) -> String {
    let mut ms = |of: fn(&mut Findings) -> &mut Vec<u32>| {
        let times = of(found);
        let [half, most, worst] = [50, 99, 100].map(|part| f64::from(percentile(times, part)) / 1000.0);
        format!("{half:.0}/{most:.0}/{worst:.0} ms of {}", times.len())
    };
    let holds = ms(|found| &mut found.holds);
    let confirms = ms(|found| &mut found.confirms);
    let cancels = ms(|found| &mut found.cancels);
    format!(
        "{} rounds of {people} people at {servers} servers, {} booked, {} times refused, {} given back, {} found nothing left; \
         p50/p99/longest: hold {holds}, confirm {confirms}, cancel {cancels}; {} refusals without a reason, {} times room was left, \
         {} wrong rows, {} unexpected or missing answers",
        found.rounds,
        found.booked,
        found.refused,
        found.released,
        found.nothing,
        found.unexplained,
        found.room,
        found.wrong,
        found.unexpected
    )
}

/// What PostgreSQL says of changes that waited for each other; it ends one of them.
fn deadlocks(demo: &Demo) -> usize {
    demo.cluster.as_ref().map_or(0, |cluster| cluster.log().matches("deadlock detected").count())
}

async fn one_round(
    demo: &Demo,
    ground: &Arc<Ground>,
    people: Vec<Patient>,
    round: u32,
    found: &mut Findings,
) -> Result<Vec<Patient>> {
    let week = Arc::new(ground.practice.week(round, &ground.clock)?);
    let start = Arc::new(Barrier::new(people.len()));
    let mut running = JoinSet::new();
    for patient in people {
        running.spawn(patient.storm(Arc::clone(ground), Arc::clone(&week), Arc::clone(&start)));
    }
    let after_storm = running.join_all().await;
    let mut running = JoinSet::new();
    for (patient, story) in after_storm {
        running.spawn(patient.leftovers(Arc::clone(ground), Arc::clone(&week), story));
    }
    let mut all = running.join_all().await;

    let books = Books::read(demo, &ground.clock).await?;
    let mut wrong = compared(&books, ground, &week, &all, found)?;
    for (patient, story) in &mut all {
        if let Some((id, _)) = &story.booked
            && let Err(error) = patient.sees_booked(ground, id).await
        {
            story.faults.push(format!("{error:#}"));
        }
    }
    let (all, cancels) = everybody_cancels(ground, all).await;
    found.cancels.extend(cancels);
    let books = Books::read(demo, &ground.clock).await?;
    wrong.extend(books.faults());
    wrong.extend(books.booked().map(|visit| format!("still booked: {}", visit.id)));
    if books.kept() > 0 {
        wrong.push(format!("{} times are kept that nobody asked for", books.kept()));
    }

    found.rounds += 1;
    found.wrong += wrong.len();
    for one in wrong.iter().take(SHOWN) {
        tell(demo, round, one);
    }
    let mut shown = 0;
    let mut people = Vec::new();
    for (patient, story) in all {
        for one in &story.faults {
            if shown < SHOWN {
                tell(demo, round, one);
            }
            shown += 1;
        }
        found.unexpected += story.faults.len();
        found.booked += usize::from(story.booked.is_some());
        found.refused += story.refused.len();
        found.released += story.released.len();
        found.nothing += usize::from(story.nothing_left);
        found.holds.extend(story.holds);
        found.confirms.extend(story.confirms);
        people.push(patient);
    }
    Ok(people)
}

/// What is written down, against what people were told.
fn compared(
    books: &Books,
    ground: &Ground,
    week: &Week,
    all: &[(Patient, Story)],
    found: &mut Findings,
) -> Result<Vec<String>> {
    let practice = &ground.practice;
    let mut wrong = books.faults();
    wrong.extend(books.misplaced(practice, week));
    // Everybody who was told so has a visit, and nobody else has. The nearest times may be in another week.
    let told: BTreeSet<(&str, i64)> =
        all.iter().filter_map(|(_, story)| story.booked.as_ref().map(|(id, start)| (id.as_str(), *start))).collect();
    let written: BTreeSet<(&str, i64)> = books.booked().map(|visit| (visit.id.as_str(), visit.start_at)).collect();
    wrong.extend(told.difference(&written).map(|(id, _)| format!("told, and not written down: {id}")));
    wrong.extend(written.difference(&told).map(|(id, _)| format!("written down, and nobody was told: {id}")));
    // Whoever was refused was refused because of somebody.
    let released: BTreeMap<&str, i64> =
        all.iter().flat_map(|(_, story)| &story.released).map(|(id, at)| (id.as_str(), *at)).collect();
    for (patient, story) in all {
        let kind = patient.kind(practice)?;
        let unexplained = story.refused.iter().filter(|refused| !books.explains(refused, kind, &released));
        for refused in unexplained {
            found.unexplained += 1;
            wrong.push(format!("{} is said to be taken, and nobody has it", refused.start));
        }
    }
    // As many are booked as fit: where somebody still wants a visit of a kind, there is no room for one.
    for (number, kind) in practice.kinds.iter().enumerate() {
        let mut wanting = all.iter().filter(|(patient, story)| {
            story.nothing_left && patient.number.checked_rem(practice.kinds.len()) == Some(number)
        });
        if wanting.next().is_some()
            && let Some(start) = books.room_for(practice, week, kind)
        {
            found.room += 1;
            wrong.push(format!("nothing is offered any more, and {start} is free"));
        }
    }
    Ok(wrong)
}

/// Everybody calls their visit off, at once.
async fn everybody_cancels(ground: &Arc<Ground>, all: Vec<(Patient, Story)>) -> (Vec<(Patient, Story)>, Vec<u32>) {
    let mut running = JoinSet::new();
    for (mut patient, mut story) in all {
        let ground = Arc::clone(ground);
        running.spawn(async move {
            let begun = Instant::now();
            let done = match &story.booked {
                Some((id, _)) => patient.cancel(&ground, id).await.map(|()| Some(micros(begun.elapsed()))),
                None => Ok(None),
            };
            let took = done.unwrap_or_else(|error| {
                story.faults.push(format!("{error:#}"));
                None
            });
            ((patient, story), took)
        });
    }
    let (all, times): (Vec<_>, Vec<Option<u32>>) = running.join_all().await.into_iter().unzip();
    (all, times.into_iter().flatten().collect())
}
