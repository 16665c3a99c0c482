//! Somebody who wants a visit: asks for times, has one kept, confirms it; takes another one where somebody was faster.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use salus::{access::Clock, shell::urls};
use tokio::{sync::Barrier, task::JoinSet, time::Instant};

use super::practice::{Kind, Practice, Time, Week, any_of};
use crate::{
    bench::numbers::micros,
    ground::Demo,
    people::{Browser, Page, Person},
    soak::between,
};

/// How many sign in at once.
const SIGN_IN: usize = 4;
/// How often somebody tries again where somebody else was faster, before giving up for now.
const TRIES: usize = 6;
/// How often somebody takes one of the times that are left, before that counts as never ending.
const LEFT: usize = 60;

/// What everybody knows.
pub struct Ground {
    /// Where it is served.
    pub hosts: Vec<SocketAddr>,
    /// Who is booked.
    pub practice: Practice,
    /// The time.
    pub clock: Clock,
    /// How long an answer may take.
    pub patience: Duration,
}

impl Ground {
    /// One of the processes that serve.
    pub fn host(&self) -> io::Result<SocketAddr> {
        any_of(&self.hosts).copied().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
    fn now(&self) -> i64 {
        (self.clock)().micros()
    }
}

/// Somebody who wants a visit.
pub struct Patient {
    /// Signed in.
    pub browser: Browser,
    /// Their own chart.
    pub chart: String,
    /// How to sign in again.
    pub person: Person,
    /// Which kind of visit they want.
    pub number: usize,
}

/// What came of asking for a time.
pub enum Asked {
    /// It is kept, as this visit.
    Kept(String),
    /// It is not to be had; these are.
    Taken(Vec<Time>),
}

/// Somebody was told that a time is taken.
#[derive(Debug)]
pub struct Refused {
    /// Which time, for which kind.
    pub start: i64,
    /// Before the question was sent, and when the answer was there.
    pub between: (i64, i64),
}

/// What came of somebody's wish in one round.
#[derive(Default)]
pub struct Story {
    /// The visit that was booked, and when it begins.
    pub booked: Option<(String, i64)>,
    /// Every time that was taken.
    pub refused: Vec<Refused>,
    /// Times that were given back, and when that was answered.
    pub released: Vec<(String, i64)>,
    /// No time is left for this kind of visit.
    pub nothing_left: bool,
    /// How long it took to have a time kept, in microseconds.
    pub holds: Vec<u32>,
    /// How long it took to confirm.
    pub confirms: Vec<u32>,
    /// Answers that nobody expected, and those that never came.
    pub faults: Vec<String>,
}

impl Patient {
    /// Signs people in.
    pub async fn sign_in(people: Vec<Person>, host: SocketAddr, clock: &Clock) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        let mut waiting = people.into_iter().enumerate();
        let mut running = JoinSet::new();
        loop {
            while running.len() < SIGN_IN
                && let Some((number, person)) = waiting.next()
            {
                let clock = Arc::clone(clock);
                running.spawn(async move {
                    let from = Some(network(number));
                    let browser = Browser::sign_in_from(host, &person, &clock, from.as_deref()).await?;
                    let chart = person.patient.clone().context("somebody without a chart")?;
                    anyhow::Ok(Self { browser, chart, person, number })
                });
            }
            match running.join_next().await {
                Some(done) => all.push(done??),
                None => return Ok(all),
            }
        }
    }

    /// The kind of visit that they want.
    pub fn kind<'a>(&self, practice: &'a Practice) -> Result<&'a Kind> {
        let number = self.number.checked_rem(practice.kinds.len()).unwrap_or(0);
        practice.kinds.get(number).context("no kinds of visits")
    }

    /// What is offered in a week.
    pub async fn times(&mut self, ground: &Ground, week: &Week) -> Result<Vec<Time>> {
        let kind = &self.kind(&ground.practice)?.id;
        let path = urls::visit_times_of(&self.chart, kind, &ground.practice.practitioner, "", week.monday);
        let page = self.browser.look(ground.host()?, &path, ground.patience).await.context("no page of times")?;
        anyhow::ensure!(page.status == 200, "a page of times: {}", told(&page));
        Ok(buttons(&page.text, "class=\"s-time\" type=\"submit\" name=\"pick\" value=\""))
    }

    /// Asks for a time.
    pub async fn hold(&mut self, ground: &Ground, week: &Week, time: &Time) -> Result<Asked> {
        let fields = [
            ("service", self.kind(&ground.practice)?.id.as_str()),
            ("who", &ground.practice.practitioner),
            ("replaces", ""),
            ("from", &week.monday.to_string()),
            ("pick", &time.pick),
        ];
        let path = urls::visit_hold(&self.chart);
        let page =
            self.browser.submit(ground.host()?, &path, &fields, ground.patience).await.context("keeping a time")?;
        let begin = urls::visits(&self.chart);
        match page.status {
            303 => {
                let id =
                    page.location.strip_prefix(&format!("{begin}/")).and_then(|rest| rest.strip_suffix("/confirm"));
                Ok(Asked::Kept(id.with_context(|| format!("keeping a time: {}", told(&page)))?.to_owned()))
            }
            409 => {
                let near =
                    page.text.split("id=\"nearest-title\"").nth(1).and_then(|rest| rest.split("</section>").next());
                let near = near.context("a time is taken, and nothing about others")?;
                let near = buttons(near, "name=\"pick\" value=\"");
                anyhow::ensure!(near.len() <= 3, "{} nearest times", near.len());
                anyhow::ensure!(!near.iter().any(|other| other.start == time.start), "a time that is taken is offered");
                Ok(Asked::Taken(near))
            }
            _ => anyhow::bail!("keeping a time: {}", told(&page)),
        }
    }

    /// Confirms a time that is kept.
    pub async fn confirm(&mut self, ground: &Ground, id: &str) -> Result<()> {
        let path = urls::visit_confirm(&self.chart, id);
        self.done(ground, &path, &[("reason", "It hurts")], &urls::visit(&self.chart, id)).await
    }

    /// Gives a time back that is kept.
    pub async fn release(&mut self, ground: &Ground, id: &str) -> Result<()> {
        let path = urls::visit_release(&self.chart, id);
        self.done(ground, &path, &[], &format!("/p/{}/visits/times", self.chart)).await
    }

    /// Calls a visit off.
    pub async fn cancel(&mut self, ground: &Ground, id: &str) -> Result<()> {
        let path = urls::visit_cancel(&self.chart, id);
        self.done(ground, &path, &[("reason", "better")], &urls::visit(&self.chart, id)).await
    }

    async fn done(&mut self, ground: &Ground, path: &str, fields: &[(&str, &str)], to: &str) -> Result<()> {
        let page = self.browser.submit(ground.host()?, path, fields, ground.patience).await;
        let page = page.with_context(|| step_of(path))?;
        anyhow::ensure!(page.status == 303 && page.location.starts_with(to), "{}: {}", step_of(path), told(&page));
        Ok(())
    }

    /// Whether the visit's page shows it as one that can be called off: booked, and still to come.
    pub async fn sees_booked(&mut self, ground: &Ground, id: &str) -> Result<()> {
        let page = self.browser.look(ground.host()?, &urls::visit(&self.chart, id), ground.patience).await?;
        anyhow::ensure!(page.status == 200, "a visit's page: {}", told(&page));
        let cancel = format!("href=\"{}\"", urls::visit_cancel(&self.chart, id));
        anyhow::ensure!(page.text.contains(&cancel), "a visit that was booked is not shown as booked");
        Ok(())
    }

    /// Everybody at once: one time by chance, or one that was offered; where it is taken, one of the nearest, and then again.
    pub async fn storm(mut self, ground: Arc<Ground>, week: Arc<Week>, start: Arc<Barrier>) -> (Self, Story) {
        let mut story = Story::default();
        let wish = self.wish(&ground, &week).await;
        start.wait().await;
        let told = match wish {
            Ok(Some(time)) => self.book(&ground, &week, time, &mut story).await,
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        story.faults.extend(told.err().map(|error| format!("{error:#}")));
        (self, story)
    }

    async fn wish(&mut self, ground: &Ground, week: &Week) -> Result<Option<Time>> {
        if between(0, 1) == 0 {
            return Ok(ground.practice.any_time(week, self.kind(&ground.practice)?));
        }
        Ok(any_of(&self.times(ground, week).await?).cloned())
    }

    async fn book(&mut self, ground: &Ground, week: &Week, first: Time, story: &mut Story) -> Result<()> {
        let mut wanted = Some(first);
        for _ in 0..TRIES {
            let Some(time) = wanted.take() else { break };
            match self.asked(ground, week, &time, story).await? {
                Asked::Kept(id) if between(0, 11) == 0 => {
                    // Thinks better of it, and then wants another one.
                    self.release(ground, &id).await?;
                    story.released.push((id, ground.now()));
                    wanted = ground.practice.any_time(week, self.kind(&ground.practice)?);
                }
                Asked::Kept(id) => return self.confirmed(ground, id, &time, story).await,
                Asked::Taken(near) if between(0, 7) > 0 => wanted = any_of(&near).cloned(),
                Asked::Taken(_) => {}
            }
        }
        Ok(())
    }

    /// After the storm: whoever has nothing takes whatever is left, until nothing is.
    pub async fn leftovers(mut self, ground: Arc<Ground>, week: Arc<Week>, mut story: Story) -> (Self, Story) {
        if story.booked.is_none() && story.faults.is_empty() {
            let told = self.take_what_is_left(&ground, &week, &mut story).await;
            story.faults.extend(told.err().map(|error| format!("{error:#}")));
        }
        (self, story)
    }

    async fn take_what_is_left(&mut self, ground: &Ground, week: &Week, story: &mut Story) -> Result<()> {
        for _ in 0..LEFT {
            let left = self.times(ground, week).await?;
            let Some(time) = any_of(&left) else {
                story.nothing_left = true;
                return Ok(());
            };
            if let Asked::Kept(id) = self.asked(ground, week, time, story).await? {
                return self.confirmed(ground, id, time, story).await;
            }
        }
        anyhow::bail!("times are offered and taken, and that {LEFT} times")
    }

    async fn asked(&mut self, ground: &Ground, week: &Week, time: &Time, story: &mut Story) -> Result<Asked> {
        let (before, begun) = (ground.now(), Instant::now());
        let asked = self.hold(ground, week, time).await?;
        story.holds.push(micros(begun.elapsed()));
        if let Asked::Taken(_) = asked {
            story.refused.push(Refused { start: time.start, between: (before, ground.now()) });
        }
        Ok(asked)
    }

    async fn confirmed(&mut self, ground: &Ground, id: String, time: &Time, story: &mut Story) -> Result<()> {
        let begun = Instant::now();
        self.confirm(ground, &id).await?;
        story.confirms.push(micros(begun.elapsed()));
        story.booked = Some((id, time.start));
        Ok(())
    }

    /// Signs in again, where the session has ended meanwhile.
    pub async fn look_in(&mut self, ground: &Ground) -> Result<Page> {
        let path = urls::visits(&self.chart);
        let page = self.browser.look(ground.host()?, &path, ground.patience).await?;
        if page.status == 200 {
            return Ok(page);
        }
        anyhow::ensure!(page.status == 303 && page.location.starts_with("/sign-in"), "own visits: {}", told(&page));
        let from = Some(network(self.number));
        self.browser = Browser::sign_in_from(ground.host()?, &self.person, &ground.clock, from.as_deref()).await?;
        let page = self.browser.look(ground.host()?, &path, ground.patience).await?;
        anyhow::ensure!(page.status == 200, "own visits: {}", told(&page));
        Ok(page)
    }
}

/// The people of a demo and a crowd with charts of their own, as many as are wanted.
pub async fn people(demo: &Demo, wanted: usize, clock: &Clock) -> Result<Vec<Person>> {
    let mut people: Vec<Person> = demo.of_role("patient").filter(|one| one.patient.is_some()).cloned().collect();
    people.truncate(wanted);
    let more = wanted.saturating_sub(people.len());
    people.extend(demo.crowd(more, clock).await?);
    Ok(people)
}

/// What an answer was, without what is on the page.
fn told(page: &Page) -> String {
    let without_ids = page.location.split('/').filter(|part| part.len() != 36).collect::<Vec<_>>().join("/");
    format!("unexpected status {} {without_ids}", page.status).trim_end().to_owned()
}

/// Each has a network of their own, out of fd00::/8, which nobody routes.
fn network(number: usize) -> String {
    const OURS: u128 = 0xfd5a_0000_0000_0000_0000_0000_0000_0000;
    let number = u128::try_from(number).unwrap_or_default();
    std::net::Ipv6Addr::from_bits(OURS | (number << 80) | 1).to_string()
}

fn step_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn buttons(text: &str, before: &str) -> Vec<Time> {
    text.split(before).skip(1).filter_map(|rest| Time::of(rest.split('"').next()?)).collect()
}
