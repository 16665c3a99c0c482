//! Who can be booked, one practitioner's weeks, and the form of one schedule.

use std::collections::{BTreeSet, HashMap};

use axum::extract::Path;
use jiff::civil::Date;
use salus_kernel::{
    ActionType, Instant, PractitionerId, ResourceId,
    actions::{ChangeAvailability, ViewAvailability},
};

use super::{
    coming::Day,
    model::{Clash, Plan, STEP, Window},
    offering::places,
    store::{self, Schedule, Wish},
    views::{Box, ComingLine, DayForm, DayLine, People, Practitioner, ScheduleForm},
};
use crate::{
    access::{Posted, Worklist},
    clinic,
    locations::{self, Hours, Open, day_in_words},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::Form,
        urls,
        view::{Choice, Field, LinkLine},
        words,
    },
    visit_types::{self, Offered},
};

/// Everybody who can be booked.
pub async fn index(list: Worklist<ViewAvailability>) -> PageResult {
    let people = clinic::treating(&mut list.read().await?).await?;
    let lines = people.into_iter().map(|who| LinkLine::new(who.name, urls::availability(who.id), "")).collect();
    page::show(&list, &People { lines })
}

/// Today at the clinic: what is over is not shown, and nothing is added before it.
pub(super) async fn today<A: ActionType>(list: &Worklist<A>) -> Date {
    dates::on(list.now(), &list.app().clinic().await.zone())
}

pub(super) fn known<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

/// One practitioner's weeks and days.
pub async fn practitioner(list: Worklist<ViewAvailability>, Path(id): Path<String>) -> PageResult {
    let view = practitioner_view(&list, known(&id)?, None).await?;
    page::show(&list, &view)
}

/// The page of one practitioner; `typed` is a form for a day that was not taken.
pub(super) async fn practitioner_view<A: ActionType>(
    list: &Worklist<A>,
    id: PractitionerId,
    typed: Option<DayForm>,
) -> Result<Practitioner, Error> {
    let today = today(list).await;
    let mut tx = list.read().await?;
    let who = store::who(&mut tx, id).await?;
    let version = store::version(&mut tx, id).await?.to_string();
    let schedules = store::schedules(&mut tx, id).await?;
    let plan = store::plan(&mut tx, id, today).await?;
    let days = store::days(&mut tx, id, today).await?;
    let (places, known) = places(&mut tx, today).await?;
    drop(tx);
    let line =
        |schedule: &Schedule| Ok(LinkLine::new(&schedule.place, urls::schedule(schedule.id), told(schedule, &plan)?));
    let day = |day: &store::Day| {
        let when = dates::date_with_weekday(day.date()?);
        let what = match (day.extra()?, &day.place) {
            (Some(extra), Some(place)) => words::t_with(
                "availability-day-extra-line",
                [("hours", extra.span.in_words().into()), ("place", place.clone().into())],
            ),
            _ => words::t("availability-day-off"),
        };
        Ok(DayLine { id: day.id.to_string(), when, what, note: day.note.clone() })
    };
    Ok(Practitioner {
        id: id.to_string(),
        name: who.name,
        schedules: schedules.iter().map(line).collect::<Result<_, Error>>()?,
        days: days.iter().map(day).collect::<Result<_, Error>>()?,
        coming: plan.coming(today, COMING, &known).iter().map(|day| coming_line(day, &places)).collect(),
        has_places: !places.is_empty(),
        form: typed.unwrap_or_else(|| DayForm::empty(places_to_choose(&places, ""))),
        version,
    })
}

/// How many days are shown as they will be.
const COMING: usize = 14;

/// A day as it will be: hours by place, or why there are none.
fn coming_line(day: &Day, places: &[Open]) -> ComingLine {
    let named = |id: ResourceId| places.iter().find(|place| place.id == id).map_or("", |place| place.name.as_str());
    let mut what: Vec<String> = Vec::new();
    if day.off {
        what.push(words::t("availability-day-off"));
    }
    what.extend(day.closed.iter().map(|place| words::t1("availability-coming-closed", "place", named(*place))));
    let at: BTreeSet<ResourceId> = day.openings.iter().map(|opening| opening.location).collect();
    for place in at {
        let here: Vec<_> = day.openings.iter().filter(|opening| opening.location == place).collect();
        let hours: Vec<String> = here.iter().map(|opening| opening.span.in_words()).collect();
        let zone = here.first().map(|opening| dates::zone_name(&dates::zone(&opening.zone))).unwrap_or_default();
        let given = [("hours", hours.join(", ").into()), ("zone", zone.into()), ("place", named(place).into())];
        what.push(words::t_with("availability-coming-line", given));
    }
    if what.is_empty() {
        what.push(words::t("availability-coming-nothing"));
    }
    ComingLine { when: dates::date_with_weekday(day.date), what, free: !day.openings.is_empty() }
}

pub(super) fn places_to_choose(places: &[Open], chosen: &str) -> Vec<Choice> {
    let none = Choice::new("", words::t("availability-place-choose"), chosen.is_empty());
    let place = |place: &Open| {
        let id = place.id.to_string();
        let zone = dates::zone_name(&dates::zone(&place.timezone));
        let chosen = id == chosen;
        Choice::new(id, format!("{} ({zone})", place.name), chosen)
    };
    std::iter::once(none).chain(places.iter().map(place)).collect()
}

/// "Monday 8:00 am to noon; Tuesday …. From November 22, 2026".
fn told(schedule: &Schedule, plan: &Plan) -> Result<String, Error> {
    let windows = plan.windows.iter().filter(|window| window.schedule == schedule.id);
    let hours: Vec<String> =
        windows.map(|window| format!("{} {}", day_in_words(window.weekday), window.span.in_words())).collect();
    let from = dates::date(schedule.from()?);
    let when = match schedule.until()? {
        Some(until) => {
            words::t_with("availability-from-until", [("from", from.into()), ("until", dates::date(until).into())])
        }
        None => words::t1("availability-from", "from", from),
    };
    Ok(format!("{}. {when}", hours.join("; ")))
}

/// What the form of a schedule can choose from.
struct Choices {
    places: Vec<Open>,
    types: Vec<Offered>,
}

async fn choices<A: ActionType>(list: &Worklist<A>) -> Result<Choices, Error> {
    let mut tx = list.read().await?;
    Ok(Choices { places: locations::open(&mut tx).await?, types: visit_types::offered(&mut tx).await? })
}

impl Choices {
    fn boxes(&self, ticked: impl Fn(&str) -> bool) -> Vec<Box> {
        let of = |offered: &Offered| {
            let id = offered.id.to_string();
            Box { ticked: ticked(&id), name: format!("type-{id}"), label: offered.what.name.clone() }
        };
        self.types.iter().map(of).collect()
    }
}

/// The empty form: from today on, for every kind of visit.
pub async fn new(list: Worklist<ViewAvailability>, Path(id): Path<String>) -> PageResult {
    let id: PractitionerId = known(&id)?;
    let mut tx = list.read().await?;
    let who = store::who(&mut tx, id).await?;
    let version = store::version(&mut tx, id).await?.to_string();
    drop(tx);
    let choices = choices(&list).await?;
    let form = ScheduleForm {
        practitioner: id.to_string(),
        name: who.name,
        places: places_to_choose(&choices.places, ""),
        boxes: choices.boxes(|_| true),
        from: Field::typed(short(today(&list).await)),
        version,
        ..ScheduleForm::empty()
    };
    page::show(&list, &form)
}

pub(super) fn short(date: Date) -> String {
    date.strftime("%-m/%-d/%Y").to_string()
}

/// One schedule's form.
pub async fn edit(list: Worklist<ViewAvailability>, Path(id): Path<String>) -> PageResult {
    let mut tx = list.read().await?;
    let schedule = store::schedule(&mut tx, known(&id)?).await?;
    let who = store::who(&mut tx, schedule.practitioner).await?;
    let version = store::version(&mut tx, schedule.practitioner).await?.to_string();
    let plan = store::plan(&mut tx, schedule.practitioner, Date::MAX).await?;
    drop(tx);
    let choices = choices(&list).await?;
    let hours = |day: usize| {
        let windows = plan.windows.iter().filter(|window| window.schedule == schedule.id && window.weekday == day);
        windows.map(|window| window.span.in_words().replace('\u{a0}', " ")).collect::<Vec<_>>().join(", ")
    };
    let form = ScheduleForm {
        id: schedule.id.to_string(),
        practitioner: schedule.practitioner.to_string(),
        name: who.name,
        places: places_to_choose(&choices.places, &schedule.location.to_string()),
        boxes: choices.boxes(|id| schedule.services.split(' ').any(|service| service == id)),
        from: Field::typed(short(schedule.from()?)),
        until: Field::typed(schedule.until()?.map(short).unwrap_or_default()),
        hours: std::array::from_fn(|day| Field::typed(hours(day))),
        version,
        ..ScheduleForm::empty()
    };
    page::show(&list, &form)
}

/// What the form says, or the form again with every problem.
fn read(
    form: &Form,
    id: ResourceId,
    who: PractitionerId,
    choices: &Choices,
) -> Result<Wish, std::boxed::Box<ScheduleForm>> {
    let names: [String; 7] = std::array::from_fn(|day| format!("hours-{}", day + 1));
    let text = |name: &str| form.text(name);
    let place = choices.places.iter().find(|place| place.id.to_string() == text("place"));
    let from = dates::typed(text("from"));
    let until = match text("until").trim() {
        "" => Ok(None),
        typed => dates::typed(typed).map(Some).ok_or("availability-problem-date"),
    };
    let until = until.and_then(|until| match (from, until) {
        (Some(from), Some(until)) if until < from => Err("availability-problem-order"),
        _ => Ok(until),
    });
    let ticked = form.ticked("type-");
    let services: Vec<String> =
        choices.types.iter().map(|offered| offered.id.to_string()).filter(|id| ticked.contains(&id.as_str())).collect();
    let hours = Hours::parse(std::array::from_fn(|day| names.get(day).map_or("", |name| text(name))));
    let mut hour_problems: [Option<String>; 7] = std::array::from_fn(|_| None);
    match &hours {
        Ok(hours) if hours.is_empty() => {
            if let Some(first) = hour_problems.first_mut() {
                *first = Some(words::t("availability-problem-no-hours"));
            }
        }
        Ok(hours) => {
            for (day, problem) in hour_problems.iter_mut().enumerate() {
                let steps = hours.day(day).iter().all(|span| span.start % STEP == 0 && span.end % STEP == 0);
                *problem = (!steps).then(|| words::t("availability-problem-steps"));
            }
        }
        Err(problems) => {
            for (told, problem) in hour_problems.iter_mut().zip(problems.iter()) {
                *told = problem.as_ref().map(locations::NoHours::in_words);
            }
        }
    }
    let fine = hour_problems.iter().all(Option::is_none);
    if let (Some(place), Some(from), Ok(until), Ok(hours), true, false) =
        (place, from, until, &hours, fine, services.is_empty())
    {
        let window = |weekday: usize, span: locations::Span| Window {
            schedule: id,
            location: place.id,
            zone: place.timezone.clone(),
            weekday,
            span,
            from,
            until,
        };
        let windows = (0..7).flat_map(|day| hours.day(day).iter().map(move |span| (day, *span)));
        let windows = windows.map(|(day, span)| window(day, span)).collect();
        return Ok(Wish { id, practitioner: who, location: place.id, services, from, until, windows });
    }
    let typed = as_typed(form, choices);
    let mut told = hour_problems.into_iter();
    Err(std::boxed::Box::new(ScheduleForm {
        place_problem: place.is_none().then(|| words::t("availability-problem-place")),
        box_problem: services.is_empty().then(|| words::t("availability-problem-types")),
        from: Field { problem: from.is_none().then(|| words::t("availability-problem-date")), ..typed.from },
        until: Field { problem: until.err().map(words::t), ..typed.until },
        hours: typed.hours.map(|field| Field { problem: told.next().flatten(), ..field }),
        ..typed
    }))
}

/// The form with what was typed, and no problem.
fn as_typed(form: &Form, choices: &Choices) -> ScheduleForm {
    let ticked = form.ticked("type-");
    ScheduleForm {
        places: places_to_choose(&choices.places, form.text("place")),
        boxes: choices.boxes(|id| ticked.contains(&id)),
        from: Field::typed(form.text("from")),
        until: Field::typed(form.text("until")),
        hours: std::array::from_fn(|day| Field::typed(form.text(&format!("hours-{}", day + 1)))),
        version: form.text("version").to_owned(),
        ..ScheduleForm::empty()
    }
}

/// What something is at once with, in words.
pub(super) fn clash_in_words(clash: &Clash, places: &[Open]) -> String {
    let names: HashMap<ResourceId, &str> = places.iter().map(|place| (place.id, place.name.as_str())).collect();
    let (when, span, place) = match clash {
        Clash::Window(window) => (day_in_words(window.weekday), window.span, window.location),
        Clash::Extra(extra) => (dates::date(extra.date), extra.span, extra.location),
    };
    let place = names.get(&place).map_or_else(|| words::t("availability-place-closed"), |name| (*name).to_owned());
    words::t_with(
        "availability-problem-overlap",
        [("when", when.into()), ("hours", span.in_words().into()), ("place", place.into())],
    )
}

/// Adds a schedule.
pub async fn add(list: Worklist<ChangeAvailability>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let who = store::who(&mut list.read().await?, known(&id)?).await?;
    let id = ResourceId::new(list.now(), salus_vault::random());
    save(&list, &form, id, &who, true).await
}

/// Changes a schedule: its windows are replaced as a whole. Visits that are booked already stay booked.
pub async fn change(
    list: Worklist<ChangeAvailability>,
    Path(id): Path<String>,
    Posted(form): Posted<Form>,
) -> PageResult {
    let mut tx = list.read().await?;
    let schedule = store::schedule(&mut tx, known(&id)?).await?;
    let who = store::who(&mut tx, schedule.practitioner).await?;
    drop(tx);
    save(&list, &form, schedule.id, &who, false).await
}

async fn save(
    list: &Worklist<ChangeAvailability>,
    form: &Form,
    id: ResourceId,
    who: &store::Who,
    is_new: bool,
) -> PageResult {
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let choices = choices(list).await?;
    let of_this = |view: ScheduleForm| ScheduleForm {
        id: if is_new { String::new() } else { id.to_string() },
        practitioner: who.id.to_string(),
        name: who.name.clone(),
        ..view
    };
    let wish = match read(form, id, who.id, &choices) {
        Ok(wish) => wish,
        Err(view) => return page::again(list, &of_this(*view)),
    };
    let now: Instant = list.now();
    let today = today(list).await;
    let mut change = list.begin().await?;
    if !store::take(&mut change, who.id, version, now).await? {
        drop(change);
        let version = store::version(&mut list.read().await?, who.id).await?.to_string();
        return page::again(list, &ScheduleForm { version, stale: true, ..of_this(as_typed(form, &choices)) });
    }
    let plan = store::plan(&mut change, who.id, today).await?;
    let clashes: Vec<(usize, Clash)> = wish
        .windows
        .iter()
        .filter_map(|window| plan.clash_of_window(window).map(|clash| (window.weekday, clash)))
        .collect();
    if !clashes.is_empty() {
        drop(change);
        let mut view = of_this(as_typed(form, &choices));
        for (day, clash) in &clashes {
            if let Some(field) = view.hours.get_mut(*day) {
                field.problem.get_or_insert_with(|| clash_in_words(clash, &choices.places));
            }
        }
        return page::again(list, &view);
    }
    if is_new {
        store::add(&mut change, &wish, now).await?;
    } else {
        store::change(&mut change, &wish, now).await?;
    }
    change.commit().await?;
    Ok(see_other_with(&urls::availability(who.id), Flash::ScheduleSaved))
}

/// Takes a schedule away.
pub async fn end(list: Worklist<ChangeAvailability>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let schedule = store::schedule(&mut list.read().await?, known(&id)?).await?;
    let mut change = list.begin().await?;
    if !store::take(&mut change, schedule.practitioner, version, list.now()).await? {
        drop(change);
        let typed = DayForm { stale: true, ..DayForm::empty(places_to_choose(&choices(&list).await?.places, "")) };
        let view = practitioner_view(&list, schedule.practitioner, Some(typed)).await?;
        return page::again(&list, &view);
    }
    store::end(&mut change, schedule.id, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(&urls::availability(schedule.practitioner), Flash::ScheduleEnded))
}
