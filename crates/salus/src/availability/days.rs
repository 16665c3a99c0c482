//! Days that differ from the week: days off, and extra hours.

use axum::extract::Path;
use jiff::civil::Date;
use salus_kernel::{PractitionerId, ResourceId, actions::ChangeAvailability};

use super::{
    model::{Clash, Extra, STEP},
    pages::{clash_in_words, known, places_to_choose, practitioner_view, today},
    store,
    views::{DayForm, kinds},
};
use crate::{
    access::{Posted, Worklist},
    locations::{self, Open},
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::{self, Form},
        urls,
        view::Field,
        words,
    },
};

/// The longest note.
const NOTE: usize = 120;

/// What the form says.
struct Wish {
    date: Date,
    extra: Option<Extra>,
    note: String,
}

fn as_typed(form: &Form, places: &[Open]) -> DayForm {
    DayForm {
        kinds: kinds(form.text("kind")),
        date: Field::typed(form.text("date")),
        hours: Field::typed(form.text("hours")),
        note: Field::typed(form.text("note")),
        ..DayForm::empty(places_to_choose(places, form.text("place")))
    }
}

fn read(form: &Form, today: Date, places: &[Open]) -> Result<Wish, Box<DayForm>> {
    let wrong = |id: &'static str| Some(words::t(id));
    let mut view = as_typed(form, places);
    let kind = form.text("kind");
    if !["off", "extra"].contains(&kind) {
        view.kind_problem = wrong("availability-problem-kind");
    }
    let date = dates::typed(form.text("date"));
    view.date.problem = match date {
        None => wrong("availability-problem-date"),
        Some(date) if date < today => wrong("availability-problem-past"),
        Some(_) => None,
    };
    let note = typed::note(form.text("note"), NOTE);
    if note.is_none() {
        view.note.problem = Some(words::t1("availability-problem-note", "most", i64::try_from(NOTE).unwrap_or(0)));
    }
    let mut extra = None;
    if kind == "extra" {
        let place = places.iter().find(|place| place.id.to_string() == form.text("place"));
        if place.is_none() {
            view.place_problem = wrong("availability-problem-place");
        }
        let span = locations::span(form.text("hours"));
        view.hours.problem = match &span {
            Err(problem) => Some(problem.in_words()),
            Ok(span) if span.start % STEP != 0 || span.end % STEP != 0 => wrong("availability-problem-steps"),
            Ok(_) => None,
        };
        extra = place.zip(span.ok()).zip(date).map(|((place, span), date)| Extra {
            location: place.id,
            zone: place.timezone.clone(),
            date,
            span,
        });
    }
    match (date, note) {
        (Some(date), Some(note)) if view.problems().is_empty() => Ok(Wish { date, extra, note }),
        _ => Err(Box::new(view)),
    }
}

/// Adds a day off, or extra hours on a day.
pub async fn add(list: Worklist<ChangeAvailability>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let id: PractitionerId = known(&id)?;
    let today = today(&list).await;
    let mut tx = list.read().await?;
    store::who(&mut tx, id).await?;
    let places = locations::open(&mut tx).await?;
    drop(tx);
    let wish = match read(&form, today, &places) {
        Ok(wish) => wish,
        Err(typed) => return again(&list, id, *typed).await,
    };
    let mut change = list.begin().await?;
    if !store::take(&mut change, id, version, list.now()).await? {
        drop(change);
        return again(&list, id, DayForm { stale: true, ..as_typed(&form, &places) }).await;
    }
    let plan = store::plan(&mut change, id, today).await?;
    let mut typed = as_typed(&form, &places);
    match &wish.extra {
        Some(extra) => {
            let clash = plan.clash_of_extra(extra);
            typed.hours.problem = clash.as_ref().map(|clash| clash_in_words(clash, &places));
        }
        None if plan.off.contains(&wish.date) => {
            typed.date.problem = Some(words::t("availability-problem-off-already"))
        }
        None => {}
    }
    if !typed.problems().is_empty() {
        drop(change);
        return again(&list, id, typed).await;
    }
    store::add_day(&mut change, id, wish.date, wish.extra.as_ref(), &wish.note, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(&urls::availability(id), Flash::DaySaved))
}

async fn again(list: &Worklist<ChangeAvailability>, id: PractitionerId, typed: DayForm) -> PageResult {
    let view = practitioner_view(list, id, Some(typed)).await?;
    page::again(list, &view)
}

/// Takes such a day away, unless extra hours of that day would then be at once with the week's.
pub async fn remove(
    list: Worklist<ChangeAvailability>,
    Path(id): Path<String>,
    Posted(form): Posted<Form>,
) -> PageResult {
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let id: PractitionerId = known(&id)?;
    let day: ResourceId = known(form.text("day"))?;
    let today = today(&list).await;
    let mut tx = list.read().await?;
    store::who(&mut tx, id).await?;
    let places = locations::open(&mut tx).await?;
    let days = store::days(&mut tx, id, today).await?;
    let plan = store::plan(&mut tx, id, today).await?;
    drop(tx);
    let empty = || DayForm::empty(places_to_choose(&places, ""));
    let Some(found) = days.into_iter().find(|other| other.id == day) else {
        return again(&list, id, DayForm { stale: true, ..empty() }).await;
    };
    let clash: Option<Clash> = if found.extra()?.is_none() { plan.clash_without_day_off(found.date()?) } else { None };
    if let Some(clash) = clash {
        let refused = Some(clash_in_words(&clash, &places));
        return again(&list, id, DayForm { refused, ..empty() }).await;
    }
    let mut change = list.begin().await?;
    let taken = store::take(&mut change, id, version, list.now()).await?;
    if !taken || !store::end_day(&mut change, id, day, list.now()).await? {
        drop(change);
        return again(&list, id, DayForm { stale: true, ..empty() }).await;
    }
    change.commit().await?;
    Ok(see_other_with(&urls::availability(id), Flash::DayRemoved))
}
