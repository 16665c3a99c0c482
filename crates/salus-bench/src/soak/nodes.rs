//! `soak nodes`: two processes serve one clinic on PostgreSQL. What one of them is told, the other obeys at the next request: an
//! account that was closed, another role, a caregiver's grant or a place on the care team that ended, signing out everywhere. And
//! what is counted against guessing is counted for both.
//!
//! A round: everybody signs in → each thing is open over there → it is ended here → the next request over there is refused. The
//! processes change sides with each round.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use salus::{access::Clock, shell::urls};
use salus_db::Engine;

use super::tell;
use crate::{
    Common,
    ground::{Demo, Den, clock},
    http::Connection,
    people::{Browser, Page, Person},
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// When everybody of the crowd was born.
const BORN: &str = "5 17 1980";
/// Wrong passwords that are looked at, of one account from one address.
const FREE_TRIES: usize = 5;

/// What the command line asks for.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    common: Common,
    /// How often each thing is ended.
    #[arg(long, default_value_t = 10)]
    rounds: usize,
}

/// Runs it, and says whether everything was obeyed.
pub async fn run(options: Options) -> Result<bool> {
    ensure!(options.common.engine.each().contains(&Engine::Postgres), "a SQLite file is served by one process");
    let begun = std::time::Instant::now();
    let den = Den::new(options.common.dir.as_deref())?;
    let demo = Demo::make(&den, Engine::Postgres, 1, &options.common.testdata)?;
    let clock = clock();
    // One who is helped, one who signs out, and for each round one whose password is guessed at.
    let crowd = demo.crowd(options.rounds.saturating_add(2), &clock).await?;
    let portals = [demo.serve_beside(0).await?, demo.serve_beside(1).await?];
    let [one, other] = [&portals[0], &portals[1]].map(|portal| portal.address);
    let (mut ended, mut faults) = (0, 0);
    for round in 0..options.rounds {
        if round > 0 {
            next_code(&clock).await;
        }
        let (here, there) = if round % 2 == 0 { (one, other) } else { (other, one) };
        let people = People::of(&demo, &crowd, round)?;
        let outcomes = Box::pin(people.round(here, there, &clock)).await?;
        ended += outcomes.len();
        for fault in outcomes.into_iter().flatten() {
            faults += 1;
            tell(&demo, u32::try_from(round)?, &fault);
        }
    }
    println!(
        "postgres: {} rounds, {ended} things ended on one of two processes, {faults} of them still open on the other, {:.0} s",
        options.rounds,
        begun.elapsed().as_secs_f64()
    );
    ensure!(ended > 0, "nothing was ended, so nothing was tested");
    Ok(faults == 0)
}

/// Waits until sign-in apps show another code: each works once.
async fn next_code(clock: &Clock) {
    let into = clock().seconds().rem_euclid(30);
    tokio::time::sleep(Duration::from_secs(u64::try_from(31 - into).unwrap_or(30))).await;
}

/// Who takes part in a round.
struct People<'a> {
    administrator: &'a Person,
    desk: &'a Person,
    nurse: &'a Person,
    practitioners: [&'a Person; 2],
    caregiver: &'a Person,
    helped: &'a Person,
    leaving: &'a Person,
    guessed: &'a Person,
    round: usize,
}

/// What was found of something that was ended: nothing, or that it is still open.
type Outcome = Option<String>;

impl<'a> People<'a> {
    fn of(demo: &'a Demo, crowd: &'a [Person], round: usize) -> Result<Self> {
        let one = |role: &'static str| demo.of_role(role).next().with_context(|| format!("no {role} in the demo"));
        let mut practitioners = demo.of_role("practitioner");
        let mut practitioner = || practitioners.next().context("too few practitioners in the demo");
        Ok(Self {
            administrator: one("administrator")?,
            desk: one("front-desk")?,
            nurse: one("nurse")?,
            practitioners: [practitioner()?, practitioner()?],
            caregiver: one("caregiver")?,
            helped: crowd.first().context("no crowd")?,
            leaving: crowd.get(1).context("a small crowd")?,
            guessed: crowd.get(round.saturating_add(2)).context("too small a crowd")?,
            round,
        })
    }

    async fn round(&self, here: SocketAddr, there: SocketAddr, clock: &Clock) -> Result<Vec<Outcome>> {
        let chart = self.helped.patient.as_deref().context("a patient without a chart")?;
        let mut administrator = Browser::sign_in(here, self.administrator, clock).await?;
        let mut desk = Browser::sign_in(here, self.desk, clock).await?;
        let mut helped = Browser::sign_in(here, self.helped, clock).await?;
        let mut outcomes = Vec::new();

        let mut nurse = Browser::sign_in(there, self.nurse, clock).await?;
        let staff = open(&mut administrator, here, urls::CLINIC_STAFF).await?;
        let account = account_of(&staff, "Dana Whitfield, RN")?;
        let switch = |active: &'static str| [("account", account.as_str()), ("active", active)];
        let close = async || done(&mut administrator, here, "/clinic/staff/access", &switch("no")).await;
        outcomes.push(refused("a closed account", &mut nurse, there, urls::STAFF_PATIENTS, close).await?);
        done(&mut administrator, here, "/clinic/staff/access", &switch("yes")).await?;

        // The second one is a practitioner again every other round.
        let mut practitioner = Browser::sign_in(there, self.practitioners[1], clock).await?;
        let account = account_of(&staff, "Dr. Samuel Osei")?;
        let role = if self.round.is_multiple_of(2) { "biller" } else { "practitioner" };
        let url = urls::staff_role(&account);
        let give = async || done(&mut administrator, here, &url, &[("role", role)]).await;
        outcomes.push(refused("another role", &mut practitioner, there, urls::STAFF_PATIENTS, give).await?);

        let mut practitioner = Browser::sign_in(there, self.practitioners[0], clock).await?;
        let page = open(&mut desk, here, &urls::care_team(chart)).await?;
        let id = value_before(&page, "Dr. Lena Park")?;
        done(&mut desk, here, &urls::care_team(chart), &[("practitioner", &id)]).await?;
        let url = urls::care_team_end(chart);
        let end = async || done(&mut desk, here, &url, &[("practitioner", &id)]).await;
        outcomes.push(refused("a place on the care team", &mut practitioner, there, &urls::record(chart), end).await?);

        let mut caregiver = Browser::sign_in(there, self.caregiver, clock).await?;
        let url = urls::caregivers(chart);
        open(&mut helped, here, &url).await?;
        let fields = [("name", "Carla Reyes"), ("months", "6"), ("visits", "yes")];
        let page = helped.submit(here, &url, &fields, PATIENCE).await?;
        let code =
            page.text.split("s-secret s-mono\" translate=\"no\">").nth(1).and_then(|rest| rest.split('<').next());
        let code = code.with_context(|| format!("no code for a caregiver: {}", page.status))?;
        open(&mut caregiver, there, urls::ACTING_FOR).await?;
        done(&mut caregiver, there, urls::ACTING_FOR, &[("slip", code), ("birth_date", BORN)]).await?;
        let page = open(&mut helped, here, &url).await?;
        let id = page.hidden("id").context("nobody to end")?.to_owned();
        let end_url = urls::end_caregiver(chart);
        let end = async || done(&mut helped, here, &end_url, &[("id", &id)]).await;
        outcomes.push(refused("a caregiver's grant", &mut caregiver, there, &urls::patient_home(chart), end).await?);

        let mut leaving = Browser::sign_in(here, self.leaving, clock).await?;
        let mut left = leaving.clone();
        let end = async || done(&mut leaving, here, "/sessions/end-all", &[]).await;
        outcomes.push(refused("signing out everywhere", &mut left, there, urls::SETTINGS, end).await?);

        outcomes.push(self.guesses(here, there).await?);
        // What is not ended has to be found.
        let nothing = refused("nothing", &mut caregiver, there, urls::SETTINGS, async || Ok(())).await?;
        ensure!(nothing.is_some(), "a page that is still open was taken for one that is not");
        Ok(outcomes)
    }

    /// Wrong passwords here, and the right one over there: it is not looked at.
    async fn guesses(&self, here: SocketAddr, there: SocketAddr) -> Result<Outcome> {
        let from = format!("198.51.100.{}", self.round.rem_euclid(250));
        let mut guesser = Browser::default();
        let mut sign_in = async |host: SocketAddr, password: &str| -> Result<Page> {
            let mut connection = Connection::open(host).await?;
            let look = guesser.get(host, urls::SIGN_IN, Some(&from));
            guesser.send(&mut connection, &look).await?;
            let fields = [("email", self.guessed.email.as_str()), ("password", password)];
            let post = guesser.post(host, urls::SIGN_IN, &fields, Some(&from))?;
            Ok(guesser.send(&mut connection, &post).await?)
        };
        for _ in 0..FREE_TRIES {
            let page = sign_in(here, "a wrong password").await?;
            ensure!(page.status == 422, "a wrong password was answered with {}", page.status);
        }
        let page = sign_in(there, &self.guessed.password).await?;
        Ok((page.status != 429)
            .then(|| format!("guesses at one process are not counted at the other: {}", page.status)))
    }
}

/// What is open over there is refused at the next request, once it was ended here.
async fn refused(
    what: &str,
    who: &mut Browser,
    there: SocketAddr,
    path: &str,
    end: impl AsyncFnOnce() -> Result<()>,
) -> Result<Outcome> {
    open(who, there, path).await.with_context(|| format!("{what}, before it ended"))?;
    end().await.with_context(|| format!("ending {what}"))?;
    let page = who.look(there, path, PATIENCE).await?;
    let closed = page.status == 404 || (page.status == 303 && page.location.starts_with(urls::SIGN_IN));
    Ok((!closed).then(|| format!("{what} still opens {path} on the other process: {}", page.status)))
}

/// A page that is shown.
async fn open(browser: &mut Browser, host: SocketAddr, path: &str) -> Result<Page> {
    let page = browser.look(host, path, PATIENCE).await?;
    ensure!(page.status == 200, "{path} was answered with {} {}", page.status, page.location);
    Ok(page)
}

/// A form that is taken.
async fn done(browser: &mut Browser, host: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Result<()> {
    let page = browser.submit(host, path, fields, PATIENCE).await?;
    let taken =
        page.status == 303 && !page.location.starts_with(urls::SIGN_IN) && !page.location.starts_with(urls::STILL_YOU);
    ensure!(taken, "{path} was answered with {} {}", page.status, page.location);
    Ok(())
}

/// The account in the row of somebody who works here.
fn account_of(staff: &Page, name: &str) -> Result<String> {
    let row = staff
        .text
        .split(&format!("<bdi>{name}</bdi></th>"))
        .nth(1)
        .with_context(|| format!("{name} does not work here"))?;
    let account = row.split("name=\"account\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok(account.with_context(|| format!("{name} has no account"))?.to_owned())
}

/// The value of the choice with this label.
fn value_before(page: &Page, label: &str) -> Result<String> {
    let before = page.text.split(label).next().filter(|before| before.len() < page.text.len());
    let value = before.and_then(|before| before.rsplit("value=\"").next()).and_then(|rest| rest.split('"').next());
    Ok(value.with_context(|| format!("{label} can't be chosen"))?.to_owned())
}
