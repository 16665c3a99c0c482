//! The practitioner whom everybody wants: two places in different zones, three kinds of visits that don't fit each other. Set
//! up by an administrator through pages. When she works is computed here a second time, apart from the portal's own code.

use std::{net::SocketAddr, ops::Range, time::Duration};

use anyhow::{Context as _, Result, ensure};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use salus::{access::Clock, shell::urls};

use super::super::between;
use crate::people::{Browser, Page, Person};

/// Five minutes, in microseconds.
pub const STEP: i64 = 5 * MINUTE;
const MINUTE: i64 = 60 * 1_000_000;
/// How long a page of the setting up may take.
const PATIENCE: Duration = Duration::from_secs(60);
const WHO: &str = "Dr. Lena Park";
/// Name, minutes, minutes before and after.
const KINDS: [(&str, i64, i64, i64); 3] = [("Short visit", 20, 0, 5), ("Visit", 30, 5, 0), ("Long visit", 45, 5, 10)];
/// Name, zone, and from when until when every weekday, by the place's clock. When Boston ends, Denver begins: it is noon in one and
/// ten in the other, and time before and after a visit reaches over.
const PLACES: [(&str, &str, i8, i8, &str); 2] = [
    ("Riverside Clinic Boston", "America/New_York", 8, 12, "8 am to noon"),
    ("Riverside Clinic Denver", "America/Denver", 10, 15, "10 am to 3 pm"),
];
/// A day has room for about twenty.
const PEOPLE_A_DAY: usize = 40;
/// How many weeks take turns.
const WEEKS: i64 = 10;

/// A kind of visit.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its id.
    pub id: String,
    /// How long it is.
    pub minutes: i64,
    /// What she needs before it.
    pub before: i64,
    /// What she needs after it.
    pub after: i64,
}

impl Kind {
    /// When a visit that begins then ends.
    pub fn end(&self, start: i64) -> i64 {
        start + self.minutes * MINUTE
    }
    /// What it takes of the practitioner.
    pub fn busy(&self, start: i64) -> Range<i64> {
        start - self.before * MINUTE..self.end(start) + self.after * MINUTE
    }
}

/// Hours at a place.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The place's id.
    pub place: String,
    /// From when until when, in microseconds.
    pub hours: Range<i64>,
}

/// Who is booked, for what and where.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Who.
    pub practitioner: String,
    /// For what.
    pub kinds: Vec<Kind>,
    places: Vec<String>,
    days: i64,
}

/// A time that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// When it begins, in microseconds.
    pub start: i64,
    /// As a button sends it.
    pub pick: String,
}

impl Time {
    /// What a button sends.
    pub fn of(pick: &str) -> Option<Self> {
        Some(Self { start: pick.split(' ').next()?.parse().ok()?, pick: pick.to_owned() })
    }
}

/// A week in which everybody wants to come.
#[derive(Clone, Debug)]
pub struct Week {
    /// Its first day.
    pub monday: Date,
    /// When she works.
    pub openings: Vec<Opening>,
}

impl Week {
    /// Whether a moment is within it, wherever.
    pub fn has(&self, moment: i64) -> bool {
        let first = self.openings.iter().map(|opening| opening.hours.start).min();
        let last = self.openings.iter().map(|opening| opening.hours.end).max();
        first.zip(last).is_some_and(|(first, last)| (first..last).contains(&moment))
    }
}

impl Practice {
    /// Sets it up, as an administrator does, with as many days a week as are too few for so many people.
    pub async fn set_up(host: SocketAddr, administrator: &Person, people: usize, clock: &Clock) -> Result<Self> {
        let days = i64::try_from(people.checked_div(PEOPLE_A_DAY).unwrap_or(0))?.clamp(1, 5);
        let mut browser = Browser::sign_in(host, administrator, clock).await?;
        let mut kinds = Vec::new();
        for (name, minutes, before, after) in KINDS {
            let [m, b, a] = [minutes, before, after].map(|number| number.to_string());
            let fields = [
                ("name", name),
                ("minutes", &m),
                ("before", &b),
                ("after", &a),
                ("soonest", "1"),
                ("furthest", "120"),
                ("meeting", "in-person"),
                ("shown", "patients"),
            ];
            post(&mut browser, host, urls::VISIT_TYPES_NEW, urls::VISIT_TYPES, &fields).await?;
            let id = id_behind(&mut browser, host, urls::VISIT_TYPES, name).await?;
            kinds.push(Kind { id, minutes, before, after });
        }
        let practitioner = id_behind(&mut browser, host, urls::AVAILABILITY, WHO).await?;
        let weeks = urls::availability(&practitioner);
        // What the demo gave her goes.
        let page = look(&mut browser, host, &weeks).await?;
        let schedules = page.text.split("href=\"/clinic/schedules/").skip(1);
        let schedules: Vec<String> = schedules.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        for schedule in schedules {
            let form = urls::schedule(&schedule);
            let version = version(&mut browser, host, &form).await?;
            post(&mut browser, host, &form, &urls::schedule_end(&schedule), &[("version", &version)]).await?;
        }
        let mut places = Vec::new();
        let today = today(clock);
        let from = format!("{}/{}/{}", today.month(), today.day(), today.year());
        for (name, _, _, _, hours) in PLACES {
            let place = id_behind(&mut browser, host, urls::LOCATIONS, name).await?;
            let form = urls::availability_new(&practitioner);
            let version = version(&mut browser, host, &form).await?;
            let ticks: Vec<String> = kinds.iter().map(|kind| format!("type-{}", kind.id)).collect();
            let hours_of: Vec<String> = (1..=days).map(|day| format!("hours-{day}")).collect();
            let mut fields = vec![("place", place.as_str()), ("from", &from), ("version", &version)];
            fields.extend(ticks.iter().map(|tick| (tick.as_str(), "yes")));
            fields.extend(hours_of.iter().map(|day| (day.as_str(), hours)));
            post(&mut browser, host, &form, &form, &fields).await?;
            places.push(place);
        }
        Ok(Self { practitioner, kinds, places, days })
    }

    /// The week whose turn it is in a round.
    pub fn week(&self, round: u32, clock: &Clock) -> Result<Week> {
        let today = today(clock);
        // A Monday that is at least three days away: nothing in it is too soon.
        let days = 7 - i64::from(today.weekday().to_monday_zero_offset()) + 7;
        let monday = today.checked_add((days + 7 * (i64::from(round) % WEEKS)).days())?;
        let mut openings = Vec::new();
        for day in 0..self.days {
            let date = monday.checked_add(day.days())?;
            for (place, (_, zone, from, until, _)) in self.places.iter().zip(PLACES) {
                let zone = TimeZone::get(zone)?;
                let at = |hour: i8| {
                    let moment = date.at(hour, 0, 0, 0).to_zoned(zone.clone())?;
                    anyhow::Ok(moment.timestamp().as_microsecond())
                };
                openings.push(Opening { place: place.clone(), hours: at(from)?..at(until)? });
            }
        }
        Ok(Week { monday, openings })
    }

    /// Every time of a week at which a visit of a kind may begin, whoever is booked.
    pub fn starts<'a>(&'a self, week: &'a Week, kind: &'a Kind) -> impl Iterator<Item = (&'a Opening, i64)> {
        week.openings.iter().flat_map(move |opening| {
            let starts = std::iter::successors(Some(opening.hours.start), |at| Some(at + STEP));
            starts.take_while(move |at| kind.end(*at) <= opening.hours.end).map(move |at| (opening, at))
        })
    }

    /// One of them, by chance.
    pub fn any_time(&self, week: &Week, kind: &Kind) -> Option<Time> {
        let all: Vec<(&Opening, i64)> = self.starts(week, kind).collect();
        let (opening, start) = any_of(&all)?;
        Some(Time { start: *start, pick: format!("{start} {} {}", self.practitioner, opening.place) })
    }
}

/// One of them, by chance.
pub fn any_of<T>(all: &[T]) -> Option<&T> {
    let last = u64::try_from(all.len()).ok()?.checked_sub(1)?;
    all.get(usize::try_from(between(0, last)).ok()?)
}

fn today(clock: &Clock) -> Date {
    let now = jiff::Timestamp::from_microsecond(clock().micros()).unwrap_or_default();
    now.to_zoned(TimeZone::UTC).date()
}

async fn look(browser: &mut Browser, host: SocketAddr, path: &str) -> Result<Page> {
    let page = browser.look(host, path, PATIENCE).await?;
    ensure!(page.status == 200, "{path}: status {} {}", page.status, page.location);
    Ok(page)
}

async fn id_behind(browser: &mut Browser, host: SocketAddr, path: &str, text: &str) -> Result<String> {
    let page = look(browser, host, path).await?;
    Ok(page.id_behind(text).with_context(|| format!("no link {text} on {path}"))?.to_owned())
}

async fn version(browser: &mut Browser, host: SocketAddr, path: &str) -> Result<String> {
    let page = look(browser, host, path).await?;
    Ok(page.hidden("version").with_context(|| format!("no version on {path}"))?.to_owned())
}

async fn post(browser: &mut Browser, host: SocketAddr, form: &str, path: &str, fields: &[(&str, &str)]) -> Result<()> {
    look(browser, host, form).await?;
    let page = browser.submit(host, path, fields, PATIENCE).await?;
    ensure!(page.status == 303, "POST {path}: status {} {}", page.status, page.text);
    Ok(())
}
