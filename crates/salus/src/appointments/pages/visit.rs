//! A patient's visits: the list, one of them, its calendar file, calling it off, and how it goes.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use salus_kernel::{
    Action, ActionType, Relation,
    actions::{
        ArriveVisit, CancelVisit, FulfilVisit, MissVisit, NoteVisit, ReopenVisit, ViewVisitNote, ViewVisitReason,
        ViewVisits,
    },
};
use serde::Deserialize;

use super::{VisitPath, id, line, minutes, place, when, whose, zone};
use crate::{
    access::{Chart, Posted, columns::appointment},
    appointments::{
        book::{self, CannotCancel},
        calendar,
        model::{CancelReason, CannotStep, Side, State, Step},
        store::{self, Visit},
        views::visit::{Cancel, Index, Show, StepButton},
    },
    patients::MayFrame,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::{Choice, Fact, Field, LinkLine, Tag, Tone},
        words,
    },
    visit_types::Meeting,
};

/// The longest note, in characters.
const LONGEST: usize = 1000;

/// A patient's visits.
pub async fn index(chart: Chart<ViewVisits>) -> PageResult {
    let now = chart.now();
    let all = store::of_patient(&mut chart.read().await?, chart.scope(), now).await?;
    let link = |visit: &Visit| LinkLine::new(when(visit), urls::visit(chart.patient(), visit.id), line(visit));
    let coming = |visit: &&Visit| visit.state.still_on() && visit.end > now;
    let kept = all.iter().find(|visit| matches!(visit.state, State::Held { .. }));
    let over = all.iter().filter(|visit| !matches!(visit.state, State::Held { .. }) && !coming(visit));
    let view = Index {
        whose: whose(&chart).await?,
        books: chart.may(Action::BookVisit),
        kept: kept.and_then(|visit| match visit.state {
            State::Held { until } => {
                Some((urls::visit_confirm(chart.patient(), visit.id), dates::time_with_zone(until, &zone(visit))))
            }
            _ => None,
        }),
        upcoming: all.iter().filter(coming).rev().map(link).collect(),
        past: over
            .map(|visit| match tag(visit) {
                tag if tag.tone == Tone::Caution => link(visit).tagged(tag.text, tag.tone),
                _ => link(visit),
            })
            .collect(),
    };
    page::show(&chart, &view)
}

/// Where a visit stands, in a word or two.
pub(super) fn tag(visit: &Visit) -> Tag {
    let (word, tone) = match visit.state {
        State::Held { .. } => ("held", Tone::Plain),
        State::Booked => ("booked", Tone::Good),
        State::Arrived { .. } => ("arrived", Tone::Good),
        State::Fulfilled { .. } => ("fulfilled", Tone::Plain),
        State::Cancelled { reason: CancelReason::Moved, .. } => ("moved", Tone::Caution),
        State::Cancelled { .. } => ("cancelled", Tone::Caution),
        State::NoShow { .. } => ("noshow", Tone::Caution),
    };
    Tag::new(words::t(&format!("visits-state-{word}")), tone)
}

/// One sentence on it: for the patient, and whoever acts for them, what to do, or what became of it; for others who called it
/// off, and why.
pub(in crate::appointments) fn told(visit: &Visit, reader: Relation) -> String {
    match visit.state {
        State::Cancelled { reason: CancelReason::Moved, .. } => words::t("visits-told-moved"),
        State::Cancelled { at, by, reason } => {
            let when = dates::date(dates::on(at, &zone(visit)));
            let given = [("when", when.into()), ("why", reason.in_words().into())];
            let by = if reader == Relation::Myself && by == Side::Patient { "you" } else { by.word() };
            words::t_with(&format!("visits-told-cancelled-{by}"), given)
        }
        _ if !reader.is_of_the_patient() => String::new(),
        State::Arrived { .. } => words::t("visits-told-arrived"),
        State::Fulfilled { .. } => words::t("visits-told-fulfilled"),
        State::NoShow { .. } => words::t("visits-told-noshow"),
        State::Held { .. } | State::Booked => match visit.meeting {
            Meeting::InPerson => words::t("visits-told-come"),
            Meeting::Phone => words::t("visits-told-phone"),
        },
    }
}

/// What staff can say of a visit now.
pub(super) fn steps(visit: &Visit, now: salus_kernel::Instant) -> Vec<StepButton> {
    let all = [("arrive", Step::Arrive), ("fulfil", Step::Fulfil), ("no-show", Step::MarkNoShow), ("undo", Step::Undo)];
    let goes = |step: Step| visit.state.after(step, visit.start, now).is_ok();
    let button = |word: &str| StepButton {
        url: urls::visit_step(visit.patient, visit.id, word),
        label: words::t(&format!("visits-step-{word}")),
    };
    all.into_iter().filter(|(_, step)| goes(*step)).map(|(word, _)| button(word)).collect()
}

/// One visit. A time that is only kept is confirmed first.
pub async fn show(chart: Chart<ViewVisits>, path: VisitPath) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    if let State::Held { until } = visit.state {
        let to = if until > chart.now() {
            urls::visit_confirm(chart.patient(), visit.id)
        } else {
            urls::visits(chart.patient())
        };
        return Ok(see_other(&to));
    }
    let note = match chart.also::<ViewVisitNote>().await? {
        Some(keys) => {
            Some(Field::typed(visit.note.as_ref().map(|note| note.open(&keys)).transpose()?.unwrap_or_default()))
        }
        None => None,
    };
    let reason = match chart.also::<ViewVisitReason>().await? {
        Some(keys) => Some(book::opened::<ViewVisitReason>(&visit, &keys)?),
        None => None,
    };
    let view = Show { note, reason, ..shown(&chart, &visit).await? };
    page::show(&chart, &view)
}

async fn shown<A: ActionType + MayFrame>(chart: &Chart<A>, visit: &Visit) -> Result<Show, Error> {
    let (patient, now, relation) = (chart.patient(), chart.now(), chart.relation());
    let may = |action| chart.may(action);
    let cancel = Step::Cancel(Side::of(relation), CancelReason::Other);
    let can_cancel = visit.state.after(cancel, visit.start, now).is_ok();
    let coming = visit.state == State::Booked && visit.start > now;
    let facts = [
        ("visits-fact-kind", visit.service_name.clone()),
        ("visits-fact-length", words::t1("visits-minutes", "count", minutes(visit))),
        ("visits-fact-with", visit.practitioner_name.clone()),
        (
            "visits-fact-where",
            match visit.meeting {
                Meeting::InPerson => place(visit),
                Meeting::Phone => words::t("visits-we-call"),
            },
        ),
    ];
    let replaces = visit.id.to_string();
    let from = dates::on(visit.start, &zone(visit));
    Ok(Show {
        whose: whose(chart).await?,
        id: visit.id.to_string(),
        when: when(visit),
        tag: tag(visit),
        told: told(visit, relation),
        moved_to: visit.replaced_by.map(|id| urls::visit(patient, id)),
        facts: facts.into_iter().map(|(id, value)| Fact::new(words::t(id), value)).collect(),
        reason: None,
        calendar_url: coming.then(|| urls::visit_calendar(patient, visit.id)),
        move_url: (coming && may(Action::MoveVisit))
            .then(|| urls::visit_times_of(patient, visit.service, visit.practitioner, replaces, from)),
        cancel_url: (can_cancel && may(Action::CancelVisit)).then(|| urls::visit_cancel(patient, visit.id)),
        steps: if may(Action::ArriveVisit) { steps(visit, now) } else { Vec::new() },
        note: None,
        stale: false,
    })
}

/// The visit as a calendar knows it: that there is one, when and where, and nothing else.
pub async fn calendar_file(chart: Chart<ViewVisits>, path: VisitPath) -> Result<Response, Error> {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    if matches!(visit.state, State::Held { .. }) {
        return Err(Error::NotFound);
    }
    let clinic = chart.app().clinic().await;
    let link = chart.app().web().link(&urls::visit(chart.patient(), visit.id));
    let text = calendar::file(&visit, &clinic.name, &link, chart.now());
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"visit.ics\""));
    Ok(response)
}

/// Asks why a visit is called off.
pub async fn cancel_form(chart: Chart<ViewVisits>, path: VisitPath) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    let step = Step::Cancel(Side::of(chart.relation()), CancelReason::Other);
    if visit.state.after(step, visit.start, chart.now()).is_err() {
        return Ok(see_other(&urls::visit(chart.patient(), visit.id)));
    }
    let view = cancelling(&chart, &visit, None).await?;
    page::show(&chart, &view)
}

async fn cancelling<A: ActionType + MayFrame>(
    chart: &Chart<A>,
    visit: &Visit,
    problem: Option<String>,
) -> Result<Cancel, Error> {
    let reasons = CancelReason::of(Side::of(chart.relation())).iter();
    let from = dates::on(visit.start, &zone(visit));
    Ok(Cancel {
        whose: whose(chart).await?,
        id: visit.id.to_string(),
        when: when(visit),
        what: line(visit),
        reasons: reasons.map(|reason| Choice::new(reason.word(), reason.in_words(), false)).collect(),
        problem,
        move_url: urls::visit_times_of(chart.patient(), visit.service, visit.practitioner, visit.id, from),
    })
}

/// Why.
#[derive(Deserialize)]
pub struct Why {
    #[serde(default)]
    reason: String,
}

/// Calls a visit off. Twice is once.
pub async fn cancel(chart: Chart<CancelVisit>, path: VisitPath, Posted(form): Posted<Why>) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    let side = Side::of(chart.relation());
    let reason = CancelReason::from_word(&form.reason).filter(|reason| CancelReason::of(side).contains(reason));
    let again = |problem: String| async {
        let view = cancelling(&chart, &visit, Some(problem)).await?;
        page::again(&chart, &view)
    };
    let Some(reason) = reason else { return again(words::t("visits-problem-why")).await };
    match book::cancel(&chart, visit.id, reason).await {
        Ok(()) => Ok(see_other_with(&urls::visit(chart.patient(), visit.id), Flash::VisitCancelled)),
        Err(CannotCancel::Step(CannotStep::Began)) => again(words::t("visits-cannot-began")).await,
        Err(CannotCancel::Step(_)) => Ok(see_other(&urls::visit(chart.patient(), visit.id))),
        Err(CannotCancel::Broken(error)) => Err(error),
    }
}

/// The day's list to go back to, if it was said there how a visit goes.
#[derive(Deserialize)]
pub struct Said {
    #[serde(default)]
    day: String,
}

/// Says that somebody arrived.
pub async fn arrive(chart: Chart<ArriveVisit>, path: VisitPath, Posted(form): Posted<Said>) -> PageResult {
    say(&chart, path, &form, Step::Arrive).await
}
/// Says that somebody was seen.
pub async fn fulfil(chart: Chart<FulfilVisit>, path: VisitPath, Posted(form): Posted<Said>) -> PageResult {
    say(&chart, path, &form, Step::Fulfil).await
}
/// Says that somebody did not come.
pub async fn no_show(chart: Chart<MissVisit>, path: VisitPath, Posted(form): Posted<Said>) -> PageResult {
    say(&chart, path, &form, Step::MarkNoShow).await
}
/// Takes that back.
pub async fn undo(chart: Chart<ReopenVisit>, path: VisitPath, Posted(form): Posted<Said>) -> PageResult {
    say(&chart, path, &form, Step::Undo).await
}

async fn say<A: ActionType>(chart: &Chart<A>, path: VisitPath, form: &Said, step: Step) -> PageResult {
    let id = id(path)?;
    let to = match form.day.parse::<jiff::civil::Date>() {
        Ok(day) => urls::day(day),
        Err(_) => urls::visit(chart.patient(), id),
    };
    let flash = if book::run(chart, id, step).await? { Flash::VisitSaved } else { Flash::VisitUnchanged };
    Ok(see_other_with(&to, flash))
}

/// What colleagues should know.
#[derive(Deserialize)]
pub struct NoteForm {
    #[serde(default)]
    note: String,
}

/// Saves what colleagues should know.
pub async fn note(chart: Chart<NoteVisit>, path: VisitPath, Posted(form): Posted<NoteForm>) -> PageResult {
    let visit = store::one(&mut chart.read().await?, chart.scope(), id(path)?).await?;
    let text = form.note.trim();
    if text.chars().count() > LONGEST {
        let note = Some(Field::wrong(form.note, words::t("visits-problem-note")));
        let view = Show { note, ..shown(&chart, &visit).await? };
        return page::again(&chart, &view);
    }
    let (sealed, version) = chart.seal::<appointment::Note>(&visit.id.to_string(), text.as_bytes());
    let sealed = (!text.is_empty()).then_some(sealed);
    let mut change = chart.begin().await?;
    if !store::save_note(&mut change, &visit, sealed, version, chart.now()).await? {
        drop(change);
        let visit = store::one(&mut chart.read().await?, chart.scope(), visit.id).await?;
        let view = Show { note: Some(Field::typed(form.note)), stale: true, ..shown(&chart, &visit).await? };
        return page::again(&chart, &view);
    }
    change.commit().await?;
    Ok(see_other_with(&urls::visit(chart.patient(), visit.id), Flash::VisitSaved))
}
