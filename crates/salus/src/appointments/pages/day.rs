//! The clinic's day: who comes when, to whom and where.

use std::collections::HashSet;

use axum::extract::Query;
use jiff::{ToSpan, civil::Date};
use salus_kernel::{Instant, MINUTE, PatientId, PractitionerId, Relation, actions::ViewDay};
use serde::Deserialize;

use super::{place, visit, zone};
use crate::{
    access::Worklist,
    appointments::{
        store::{self, Visit},
        views::day::{Column, Day, Line},
    },
    clinic, locations,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult},
        urls,
        view::{Choice, Field},
        words,
    },
    staff,
};

const HOUR: i64 = 60 * MINUTE;

/// Which day, whose, and where.
#[derive(Deserialize, Default)]
pub struct Wanted {
    #[serde(default)]
    on: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    place: String,
}

/// A day at the clinic. A practitioner sees the own visits; who receives patients sees all.
pub async fn day(list: Worklist<ViewDay>, Query(wanted): Query<Wanted>) -> PageResult {
    let clinic = list.app().clinic().await;
    let today = dates::on(list.now(), &clinic.zone());
    let typed = wanted.on.trim();
    let read = if typed.is_empty() { Some(today) } else { typed.parse::<Date>().ok().or_else(|| dates::typed(typed)) };
    let date = read.unwrap_or(today);
    let own = list.relation() == Relation::Practitioner;
    let practitioner = if own { list.session().practitioner } else { wanted.who.parse().ok() };

    let mut tx = list.read().await?;
    let visits = on_day(&mut tx, date, practitioner).await?;
    let treating = clinic::treating(&mut tx).await?;
    let places = locations::open(&mut tx).await?;
    drop(tx);
    let visits: Vec<Visit> =
        visits.into_iter().filter(|it| wanted.place.is_empty() || it.location.to_string() == wanted.place).collect();
    let choice = |id: String, name: String, chosen: &str| Choice::new(id.clone(), name, id == chosen);
    let first = |id: &str, chosen: &str| Choice::new("", words::t(id), chosen.is_empty());
    let people = treating.into_iter().map(|it| choice(it.id.to_string(), it.name, &wanted.who));
    let rooms = places.into_iter().map(|it| choice(it.id.to_string(), it.name, &wanted.place));
    let view = Day {
        date: dates::date_with_weekday(date),
        on: date.to_string(),
        typed: match read {
            Some(date) => Field::typed(date.strftime("%-m/%-d/%Y").to_string()),
            None => Field::wrong(typed, words::t("visits-problem-day")),
        },
        today: date == today,
        before: urls::day_of(date.checked_sub(1.day()).unwrap_or(date), &wanted.who, &wanted.place),
        after: urls::day_of(date.checked_add(1.day()).unwrap_or(date), &wanted.who, &wanted.place),
        people: if own {
            Vec::new()
        } else {
            std::iter::once(first("visits-day-everybody", &wanted.who)).chain(people).collect()
        },
        places: std::iter::once(first("visits-day-everywhere", &wanted.place)).chain(rooms).collect(),
        columns: columns(&list, visits, about_now(date, today)).await?,
    };
    page::show(&list, &view)
}

/// The visits on a day: each by the clock of its own place.
pub(in crate::appointments) async fn on_day(
    tx: &mut salus_db::Reader,
    date: Date,
    practitioner: Option<PractitionerId>,
) -> Result<Vec<Visit>, Error> {
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| Error::Malformed)?;
    let midnight = Instant::from_micros(midnight.timestamp().as_microsecond());
    // A day begins up to 14 hours before it does in Greenwich, and ends up to 12 hours after.
    let (from, until) = (midnight.plus(-14 * HOUR), midnight.plus(36 * HOUR));
    let mut visits = store::between(tx, from, until, practitioner).await?;
    visits.retain(|visit| dates::on(visit.start, &zone(visit)) == date);
    Ok(visits)
}

/// Whether people who come that day have something to do with today: from yesterday until in a week.
fn about_now(date: Date, today: Date) -> bool {
    (today.saturating_sub(1.day())..=today.saturating_add(7.days())).contains(&date)
}

/// By practitioner; each patient's name is opened after an entry that names exactly these patients.
async fn columns(list: &Worklist<ViewDay>, visits: Vec<Visit>, about_now: bool) -> Result<Vec<Column>, Error> {
    // Nobody finds out by leafing through the months who comes here.
    let hidden = if about_now { HashSet::new() } else { list.watched_by_others().await? };
    let mut who: Vec<PatientId> = visits.iter().map(|visit| visit.patient).collect();
    who.sort_unstable();
    who.dedup();
    who.retain(|patient| !hidden.contains(patient));
    let mut disclosed = list.disclose(&who).await?;
    let names = staff::named(&mut disclosed, &who).await?;
    let mut columns: Vec<(PractitionerId, Column)> = Vec::new();
    for visit in &visits {
        let (name, born) = match names.get(&visit.patient) {
            Some(patient) => (patient.name.clone(), patient.born.clone()),
            None if hidden.contains(&visit.patient) => (words::t("visits-day-watched"), String::new()),
            None => (words::t("visits-day-erased"), String::new()),
        };
        let line = Line {
            time: dates::time(visit.start, &zone(visit)),
            name,
            born,
            kind: visit.service_name.clone(),
            place: place(visit),
            tag: visit::tag(visit),
            url: urls::visit(visit.patient, visit.id),
            steps: visit::steps(visit, list.now()),
        };
        match columns.iter_mut().find(|(who, _)| *who == visit.practitioner) {
            Some((_, column)) => column.lines.push(line),
            None => {
                let (number, name) = (columns.len().to_string(), visit.practitioner_name.clone());
                columns.push((visit.practitioner, Column { number, name, lines: vec![line] }));
            }
        }
    }
    columns.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
    Ok(columns.into_iter().map(|(_, column)| column).collect())
}
