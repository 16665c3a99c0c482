//! The list of kinds of visits, and the form of one.

use axum::extract::{Path, Query};
use salus_kernel::{
    ResourceId,
    actions::{ChangeVisitTypes, ViewVisitTypes},
};
use serde::Deserialize;

use super::{
    model::{self, Meeting, Problems, Shown, VisitType},
    store::{self, Stored},
    views::{VisitTypeForm, VisitTypes, meetings, shown},
};
use crate::{
    access::{Posted, Worklist},
    shell::{
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::Form,
        urls,
        view::{Field, LinkLine, Pager, Tone},
        words,
    },
};

/// How many kinds of visits a page shows.
const PAGE: u32 = 50;

/// `?page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    #[serde(default)]
    page: String,
}

/// Every kind of visit, those that can be chosen first.
pub async fn index(list: Worklist<ViewVisitTypes>, Query(query): Query<Page>) -> PageResult {
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let (rows, total) = store::page(&mut list.read().await?, page, PAGE).await?;
    let lines = rows.iter().map(line).collect();
    page::show(&list, &VisitTypes { lines, pager: Pager::new(urls::VISIT_TYPES, page, u64::from(PAGE), total) })
}

fn line(row: &Stored) -> LinkLine {
    let minutes = words::t1("visit-types-minutes", "count", u64::try_from(row.what.minutes).unwrap_or(0));
    let words = [
        minutes,
        words::t(&format!("visit-types-meeting-{}", row.what.meeting.word())),
        words::t(&format!("visit-types-shown-{}", row.what.shown.word())),
    ];
    let line = LinkLine::new(&row.what.name, urls::visit_type(row.id), words.join(", "));
    if row.retired_at.is_some() { line.tagged(words::t("visit-types-retired"), Tone::Plain) } else { line }
}

/// The empty form: half an hour, at the clinic, for patients to choose.
pub async fn new(list: Worklist<ViewVisitTypes>) -> PageResult {
    page::show(&list, &VisitTypeForm::fresh())
}

/// One kind's form.
pub async fn edit(list: Worklist<ViewVisitTypes>, Path(id): Path<String>) -> PageResult {
    let row = store::one(&mut list.read().await?, known(&id)?).await?;
    page::show(&list, &as_stored(&row))
}

fn known(id: &str) -> Result<ResourceId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}

fn as_stored(row: &Stored) -> VisitTypeForm {
    let number = |number: i64| Field::typed(number.to_string());
    VisitTypeForm {
        id: row.id.to_string(),
        heading: row.what.name.clone(),
        name: Field::typed(&row.what.name),
        minutes: number(row.what.minutes),
        before: number(row.what.before),
        after: number(row.what.after),
        soonest: number(row.what.soonest_hours),
        furthest: number(row.what.furthest_days),
        meetings: meetings(Some(row.what.meeting)),
        meeting_problem: None,
        shown: shown(Some(row.what.shown)),
        shown_problem: None,
        version: row.version.to_string(),
        retired: row.retired_at.is_some(),
        stale: false,
    }
}

/// The form with what was typed, and what is wrong with it.
fn as_typed(form: &Form, problems: Problems) -> VisitTypeForm {
    let wrong = |is: bool, id: &str, least: i64, most: i64| {
        is.then(|| words::t_with(id, [("least", least.into()), ("most", most.into())]))
    };
    let minutes = |is: bool, least: i64, most: i64| wrong(is, "visit-types-problem-minutes", least, most);
    let field = |name: &str, problem: Option<String>| Field { value: form.text(name).to_owned(), problem };
    let furthest = wrong(problems.furthest, "visit-types-problem-furthest", 1, model::FURTHEST);
    let never = problems.never.then(|| words::t("visit-types-problem-never"));
    VisitTypeForm {
        id: String::new(),
        heading: String::new(),
        name: field(
            "name",
            problems
                .name
                .then(|| words::t1("visit-types-problem-name", "most", i64::try_from(model::NAME).unwrap_or(0))),
        ),
        minutes: field("minutes", minutes(problems.minutes, model::STEP, model::LONGEST.0)),
        before: field("before", minutes(problems.before, 0, model::LONGEST.1)),
        after: field("after", minutes(problems.after, 0, model::LONGEST.1)),
        soonest: field("soonest", wrong(problems.soonest, "visit-types-problem-soonest", 0, model::SOONEST)),
        furthest: field("furthest", furthest.or(never)),
        meetings: meetings(Meeting::from_word(form.text("meeting"))),
        meeting_problem: problems.meeting.then(|| words::t("visit-types-problem-meeting")),
        shown: shown(Shown::from_word(form.text("shown"))),
        shown_problem: problems.shown.then(|| words::t("visit-types-problem-shown")),
        version: form.text("version").to_owned(),
        retired: false,
        stale: false,
    }
}

/// Adds a kind of visit.
pub async fn add(list: Worklist<ChangeVisitTypes>, Posted(form): Posted<Form>) -> PageResult {
    let new = match VisitType::parse(&form) {
        Ok(new) => new,
        Err(problems) => return page::again(&list, &as_typed(&form, problems)),
    };
    let mut change = list.begin().await?;
    store::add(&mut change, ResourceId::new(list.now(), salus_vault::random()), &new, list.now()).await?;
    change.commit().await?;
    Ok(see_other_with(urls::VISIT_TYPES, Flash::VisitTypeSaved))
}

/// Changes a kind of visit, unless a field is wrong or somebody else saved in the meantime; what was typed stays in either
/// case. Visits that are booked already keep what they were booked with.
pub async fn change(
    list: Worklist<ChangeVisitTypes>,
    Path(id): Path<String>,
    Posted(form): Posted<Form>,
) -> PageResult {
    let id = known(&id)?;
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let row = store::one(&mut list.read().await?, id).await?;
    let of_this = |view: VisitTypeForm| VisitTypeForm {
        id: id.to_string(),
        heading: row.what.name.clone(),
        retired: row.retired_at.is_some(),
        ..view
    };
    let new = match VisitType::parse(&form) {
        Ok(new) => new,
        Err(problems) => return page::again(&list, &of_this(as_typed(&form, problems))),
    };
    let mut change = list.begin().await?;
    if store::change(&mut change, id, version, &new, list.now()).await? {
        change.commit().await?;
        return Ok(see_other_with(urls::VISIT_TYPES, Flash::VisitTypeSaved));
    }
    drop(change);
    let version = store::one(&mut list.read().await?, id).await?.version.to_string();
    let typed = of_this(as_typed(&form, Problems::default()));
    page::again(&list, &VisitTypeForm { version, stale: true, ..typed })
}

/// Takes a kind of visit off the lists, or puts it back.
pub async fn state(list: Worklist<ChangeVisitTypes>, Path(id): Path<String>, Posted(form): Posted<Form>) -> PageResult {
    let id = known(&id)?;
    let retires = match form.text("offered") {
        "no" => true,
        "yes" => false,
        _ => return Err(Error::Malformed),
    };
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    store::one(&mut list.read().await?, id).await?;
    let mut change = list.begin().await?;
    if store::retire(&mut change, id, version, retires.then(|| list.now()), list.now()).await? {
        change.commit().await?;
        let flash = if retires { Flash::VisitTypeRetired } else { Flash::VisitTypeBack };
        return Ok(see_other_with(urls::VISIT_TYPES, flash));
    }
    drop(change);
    let row = store::one(&mut list.read().await?, id).await?;
    page::again(&list, &VisitTypeForm { stale: true, ..as_stored(&row) })
}
