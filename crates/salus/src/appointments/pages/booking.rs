//! The steps of booking: the kind of visit, the time, confirming.

use axum::{extract::Query, http::StatusCode};
use jiff::{ToSpan, civil::Date};
use salus_kernel::{
    Action, ActionType, Instant, MINUTE, PractitionerId, Relation, ResourceId,
    actions::{BookVisit, HoldVisit, MoveVisit, ViewVisitReason, ViewVisits},
};
use serde::Deserialize;

use super::{Nothing, VisitPath, id, kind_in_words, minutes, place, seconds, when, whose, with_status, zone};
use crate::{
    access::{Chart, Posted, columns::appointment},
    appointments::{
        book::{self, Confirmed, Free, Kept, Offer},
        free::Range,
        model::State,
        store::{self, Visit},
        views::booking::{Confirm, DayTimes, PlaceTimes, Start, TimeButton, Times, Way},
    },
    availability, clinic,
    patients::MayFrame,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Choice, Field},
        words,
    },
};

const DAY: i64 = 24 * 60 * MINUTE;
/// The longest text on what a visit is about, in characters.
const LONGEST: usize = 1000;

/// What leads from step to step, in the address: ids and a day.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    service: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    replaces: String,
    #[serde(default)]
    from: String,
}

/// The kind of visit, and with whom.
pub async fn new(chart: Chart<ViewVisits>, Query(asked): Query<Asked>) -> PageResult {
    let view = start(&chart, &asked, None).await?;
    page::show(&chart, &view)
}

async fn start<A: ActionType + MayFrame>(
    chart: &Chart<A>,
    asked: &Asked,
    problem: Option<String>,
) -> Result<Start, Error> {
    let kinds = book::kinds(chart).await?;
    let people = {
        let mut tx = chart.read().await?;
        let today = dates::on(chart.now(), &chart.app().clinic().await.zone());
        let mut booked: Vec<PractitionerId> = Vec::new();
        for kind in &kinds {
            booked.extend(availability::offering(&mut tx, kind.id, today).await?.iter().map(|one| one.practitioner));
        }
        let mut people = clinic::treating(&mut tx).await?;
        people.retain(|person| booked.contains(&person.id));
        people
    };
    let kind_in_words = |what: &crate::visit_types::VisitType| {
        let how = super::how(what.meeting);
        let given = [("name", what.name.clone().into()), ("minutes", what.minutes.into()), ("how", how.into())];
        words::t_with("visits-kind-line", given)
    };
    let only = kinds.len() == 1;
    let kind = |id: String, label: String| Choice::new(id.clone(), label, only || id == asked.service);
    let person = |id: String, name: String| Choice::new(id.clone(), name, id == asked.who);
    Ok(Start {
        whose: whose(chart).await?,
        kinds: kinds.iter().map(|it| kind(it.id.to_string(), kind_in_words(&it.what))).collect(),
        people: std::iter::once(Choice::new("", words::t("visits-anybody"), asked.who.is_empty()))
            .chain(people.into_iter().map(|it| person(it.id.to_string(), it.name)))
            .collect(),
        problem,
    })
}

/// The free times of a week.
pub async fn times(chart: Chart<ViewVisits>, Query(asked): Query<Asked>) -> PageResult {
    let Some(offer) = offer(&chart, &asked).await? else {
        let view = start(&chart, &asked, Some(words::t("visits-problem-kind"))).await?;
        return page::again(&chart, &view);
    };
    let view = week(&chart, &offer, &asked, None).await?;
    page::show(&chart, &view)
}

/// What is asked for; nothing when there is no such kind. The visit to be moved is the patient's own, and still to come.
async fn offer<A: ActionType>(chart: &Chart<A>, asked: &Asked) -> Result<Option<Offer>, Error> {
    let Ok(service) = asked.service.parse::<ResourceId>() else { return Ok(None) };
    let replaces = match asked.replaces.as_str() {
        "" => None,
        text => {
            let old = text.parse().map_err(|_| Error::NotFound)?;
            let old = store::one(&mut chart.read().await?, chart.scope(), old).await?;
            (old.state == State::Booked).then_some(old.id)
        }
    };
    book::offer(chart, service, replaces).await
}

fn who(asked: &Asked) -> Option<PractitionerId> {
    asked.who.parse().ok()
}

/// The week that begins on the asked day, with what is asked kept for the next step.
async fn week<A: ActionType + MayFrame>(
    chart: &Chart<A>,
    offer: &Offer,
    asked: &Asked,
    taken: Option<Instant>,
) -> Result<Times, Error> {
    let clinic = chart.app().clinic().await;
    let today = dates::on(offer.range.from, &clinic.zone());
    let last = dates::on(offer.range.until, &clinic.zone());
    let first = asked.from.parse::<Date>().unwrap_or(today).clamp(today, last);
    let after = first.checked_add(7.days()).unwrap_or(first);
    // A day longer on both ends: elsewhere it is another day already. What is shown is cut by the place's own days.
    let midnight = |date: Date| {
        let at = date.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp().as_microsecond());
        Instant::from_micros(at.unwrap_or_default())
    };
    let within = Range { from: midnight(first).plus(-DAY), until: midnight(after).plus(DAY) };
    let mut free = offer.times(chart, who(asked), within).await?;
    let local = |time: &Free| dates::on(time.start, &offer.zone_of(time.location));
    let old = match offer.replaces {
        Some(old) => Some(store::one(&mut chart.read().await?, chart.scope(), old).await?),
        None => None,
    };
    // A visit does not move to where it is.
    let moves = |time: &Free| !old.iter().any(|old| (old.start, old.practitioner) == (time.start, time.practitioner));
    free.retain(|time| (first..after).contains(&local(time)) && moves(time));
    let soonest = offer.soonest(chart, who(asked), offer.range.from).await?;
    let way = Way {
        service: offer.kind.id.to_string(),
        who: asked.who.clone(),
        replaces: offer.replaces.map(|id| id.to_string()).unwrap_or_default(),
        from: first.to_string(),
    };
    let patient = chart.patient();
    let page_of = |date: Date| {
        let Way { service, who, replaces, .. } = &way;
        urls::visit_times_of(patient, service, who, replaces, date)
    };
    let before = first.checked_sub(7.days()).unwrap_or(first).max(today);
    let nearest = match taken {
        Some(time) => offer.nearest(chart, who(asked), time).await?,
        None => Vec::new(),
    };
    let with = offer.people.iter().find(|person| Some(person.practitioner) == who(asked));
    let what = &offer.kind.what;
    let whole = |time: &Free| button(time, dates::day_and_time(time.start, &offer.zone_of(time.location)), offer);
    Ok(Times {
        whose: whose(chart).await?,
        kind: kind_in_words(&what.name, what.minutes, what.meeting),
        with: with.map_or_else(
            || words::t("visits-with-anybody"),
            |person| words::t1("visits-with-who", "who", person.name.clone()),
        ),
        moving: old.as_ref().map(when),
        week: {
            let last = after.yesterday().unwrap_or(after);
            words::t_with("visits-week", [("from", dates::date(first).into()), ("until", dates::date(last).into())])
        },
        soonest: soonest.filter(|time| !(first..after).contains(&local(time))).map(|time| whole(&time)),
        days: days(offer, free),
        earlier: (first > today).then(|| page_of(before)),
        later: (after <= last).then(|| page_of(after)),
        problem: taken.map(|_| words::t("visits-problem-taken")),
        nearest: nearest.iter().map(whole).collect(),
        change_url: match offer.replaces {
            Some(old) => urls::visit(patient, old),
            None => urls::visit_new_of(patient, &way.service, &way.who),
        },
        way,
    })
}

fn button(time: &Free, label: String, offer: &Offer) -> TimeButton {
    let zone = offer.zone_of(time.location);
    TimeButton {
        value: format!("{} {} {}", time.start.micros(), time.practitioner, time.location),
        label,
        spoken: format!("{}, {}", dates::day(time.start, &zone), dates::zone_name(&zone)),
    }
}

/// By the place's own days, and by place; where several people are free at once, the first of them.
fn days(offer: &Offer, free: Vec<Free>) -> Vec<DayTimes> {
    let mut days: Vec<DayTimes> = Vec::new();
    let mut seen: Vec<(Instant, ResourceId)> = Vec::new();
    let place = |id: ResourceId| {
        let name = offer.places.iter().find(|place| place.id == id).map(|place| place.name.clone()).unwrap_or_default();
        format!("{name}, {}", dates::zone_name(&offer.zone_of(id)))
    };
    let mut free = free;
    free.sort_by_key(|time| (dates::on(time.start, &offer.zone_of(time.location)), time.start));
    for time in free {
        if seen.contains(&(time.start, time.location)) {
            continue;
        }
        seen.push((time.start, time.location));
        let zone = offer.zone_of(time.location);
        let day = dates::day(time.start, &zone);
        if days.last().is_none_or(|last| last.day != day) {
            days.push(DayTimes { number: days.len().to_string(), day, places: Vec::new() });
        }
        let Some(today) = days.last_mut() else { continue };
        let name = place(time.location);
        let at = button(&time, dates::time(time.start, &zone), offer);
        match today.places.iter_mut().find(|place| place.place == name) {
            Some(place) => place.times.push(at),
            None => today.places.push(PlaceTimes { place: name, times: vec![at] }),
        }
    }
    days
}

/// A time that was picked.
#[derive(Deserialize)]
pub struct Picked {
    #[serde(default)]
    service: String,
    #[serde(default)]
    who: String,
    #[serde(default)]
    replaces: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    pick: String,
    /// What was typed already, where the first time was gone.
    #[serde(default)]
    reason: String,
    /// The visit whose time was gone.
    #[serde(default)]
    again: String,
}

/// Keeps a time, and goes on to confirming it.
pub async fn hold(chart: Chart<HoldVisit>, Posted(form): Posted<Picked>) -> PageResult {
    let asked = Asked { service: form.service, who: form.who, replaces: form.replaces, from: form.from };
    let Some(offer) = offer(&chart, &asked).await? else {
        let view = start(&chart, &asked, Some(words::t("visits-problem-kind"))).await?;
        return page::again(&chart, &view);
    };
    let mut parts = form.pick.split(' ');
    let picked = parts.next().and_then(book::moment).zip(parts.next().and_then(|id| id.parse().ok()));
    let Some(((start, practitioner), location)) = picked.zip(parts.next().and_then(|id| id.parse().ok())) else {
        return Err(Error::Malformed);
    };
    // Whoever has a visit with a patient reads the record: nobody gets there by booking it with themselves as the desk does.
    if chart.relation() == Relation::FrontDesk && chart.session().practitioner == Some(practitioner) {
        let view = self::start(&chart, &asked, Some(words::t("visits-problem-with-oneself"))).await?;
        return page::again(&chart, &view);
    }
    let reason: String = form.reason.chars().take(LONGEST).collect();
    match book::keep(&chart, &offer, Free { start, practitioner, location }, reason.trim()).await? {
        Kept::Here(id) => Ok(see_other(&urls::visit_confirm(chart.patient(), id))),
        // Where a text was typed, the page that has it comes again.
        Kept::Taken => match form.again.parse::<ResourceId>() {
            Ok(again) => {
                let visit = store::one(&mut chart.read().await?, chart.scope(), again).await?;
                gone(&chart, &visit, Field::typed(form.reason), start).await
            }
            Err(_) => {
                let view = week(&chart, &offer, &asked, Some(start)).await?;
                Ok(with_status(page::show(&chart, &view)?, StatusCode::CONFLICT))
            }
        },
    }
}

/// The page on which somebody confirms, again: the time is gone, what was typed is not.
async fn gone<A: ActionType + MayFrame>(chart: &Chart<A>, visit: &Visit, reason: Field, wanted: Instant) -> PageResult {
    let offer = book::offer(chart, visit.service, visit.replaces).await?;
    let nearest = match &offer {
        Some(offer) => offer.nearest(chart, None, wanted).await?,
        None => Vec::new(),
    };
    let nearest = offer.iter().flat_map(|offer| {
        nearest.iter().map(|time| button(time, dates::day_and_time(time.start, &offer.zone_of(time.location)), offer))
    });
    let nearest = nearest.collect();
    let view =
        Confirm { gone: Some(words::t("visits-problem-taken")), nearest, ..confirming(chart, visit, reason).await? };
    Ok(with_status(page::show(chart, &view)?, StatusCode::CONFLICT))
}

async fn confirming<A: ActionType + MayFrame>(
    chart: &Chart<A>,
    visit: &Visit,
    reason: Field,
) -> Result<Confirm, Error> {
    let moving = match visit.replaces {
        Some(old) => Some(when(&store::one(&mut chart.read().await?, chart.scope(), old).await?)),
        None => None,
    };
    let until = match visit.state {
        State::Held { until } => until,
        _ => chart.now(),
    };
    let zone = zone(visit);
    Ok(Confirm {
        whose: whose(chart).await?,
        id: visit.id.to_string(),
        way: Way {
            service: visit.service.to_string(),
            who: String::new(),
            replaces: visit.replaces.map(|id| id.to_string()).unwrap_or_default(),
            from: dates::on(visit.start, &zone).to_string(),
        },
        when: when(visit),
        kind: kind_in_words(&visit.service_name, minutes(visit), visit.meeting),
        with: visit.practitioner_name.clone(),
        place: place(visit),
        until: dates::time_with_zone(until, &zone),
        seconds: seconds(chart.now(), until),
        moving,
        reason,
        reads_reason: chart.may(Action::ViewVisitReason),
        gone: None,
        nearest: Vec::new(),
    })
}

/// What was chosen, what it is about, and the button.
pub async fn confirm(chart: Chart<ViewVisits>, path: VisitPath) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    if !matches!(visit.state, State::Held { .. }) {
        return Ok(see_other(&urls::visit(chart.patient(), visit.id)));
    }
    let reason = match chart.also::<ViewVisitReason>().await? {
        Some(keys) => book::opened::<ViewVisitReason>(&visit, &keys)?,
        None => String::new(),
    };
    let view = confirming(&chart, &visit, Field::typed(reason)).await?;
    page::show(&chart, &view)
}

/// What a visit is about.
#[derive(Deserialize)]
pub struct About {
    #[serde(default)]
    reason: String,
}

/// Books the time that is kept.
pub async fn book(chart: Chart<BookVisit>, path: VisitPath, Posted(form): Posted<About>) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    match visit.replaces {
        None => finish(&chart, visit, form, |_| Ok(None)).await,
        Some(_) => Ok(see_other(&urls::visit_confirm(chart.patient(), visit.id))),
    }
}

/// Books the time that is kept, and calls off the visit that moves to it.
pub async fn move_here(chart: Chart<MoveVisit>, path: VisitPath, Posted(form): Posted<About>) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    let row = visit.id.to_string();
    let note = |old: &Visit| {
        let text = old.note.as_ref().map(|note| note.open_bytes(&chart)).transpose()?;
        Ok(text.map(|text| chart.seal::<appointment::Note>(&row, &text)))
    };
    match visit.replaces {
        Some(_) => finish(&chart, visit, form, note).await,
        None => Ok(see_other(&urls::visit_confirm(chart.patient(), visit.id))),
    }
}

async fn finish<A: ActionType + MayFrame>(
    chart: &Chart<A>,
    visit: Visit,
    form: About,
    note: impl Fn(&Visit) -> Result<Option<(Vec<u8>, i64)>, Error>,
) -> PageResult {
    let reason = form.reason.trim();
    let problem = match reason.chars().count() {
        // Who books for somebody else may not know; and who can't read what was said before need not replace it.
        0 if chart.relation().is_of_the_patient()
            && (visit.replaces.is_none() || chart.may(Action::ViewVisitReason)) =>
        {
            Some("visits-problem-about")
        }
        count if count > LONGEST => Some("visits-problem-about-long"),
        _ => None,
    };
    if let (State::Held { .. }, Some(problem)) = (visit.state, problem) {
        let view = confirming(chart, &visit, Field::wrong(form.reason, words::t(problem))).await?;
        return page::again(chart, &view);
    }
    let to = urls::visit(chart.patient(), visit.id);
    match book::confirm(chart, visit.id, reason, note).await? {
        Confirmed::Booked => {
            let flash = if visit.replaces.is_some() { Flash::VisitMoved } else { Flash::VisitBooked };
            Ok(see_other_with(&to, flash))
        }
        Confirmed::Gone => gone(chart, &visit, Field::typed(form.reason), visit.start).await,
        Confirmed::NothingToMove => {
            book::give_up(chart, visit.id).await?;
            Ok(see_other_with(&urls::visits(chart.patient()), Flash::VisitNotMoved))
        }
    }
}

/// Keeps the time no longer, and goes back to the times.
pub async fn release(chart: Chart<HoldVisit>, path: VisitPath, Posted(_): Posted<Nothing>) -> PageResult {
    let visit = book::give_up(&chart, id(path)?).await?;
    let replaces = visit.replaces.map(|id| id.to_string()).unwrap_or_default();
    let day = dates::on(visit.start, &zone(&visit));
    Ok(see_other(&urls::visit_times_of(chart.patient(), visit.service, "", replaces, day)))
}
