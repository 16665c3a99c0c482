//! Why somebody opens a watched record, who may open every record: asked before anything of it is shown, for an hour (THR-02). The
//! privacy officer is told at once, and signs it off or does not.

use axum::extract::Query;
use salus_kernel::{
    Action, ActionType, ResourceId,
    actions::{AskReason, GiveReason},
};
use serde::Deserialize;

use super::{
    pages::too_short_or_long,
    store::{self, Why},
    views::Reason,
};
use crate::{
    access::{Chart, Posted, columns::emergency_access},
    accounts,
    notices::{self, About},
    shell::{
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::Field,
    },
};

/// Where to go on afterwards.
#[derive(Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// Where to go on: where they wanted to go, or to what they may see of the chart.
fn onwards<A: ActionType>(chart: &Chart<A>, next: &str) -> String {
    match accounts::safe_next(next) {
        urls::HOME if chart.may(Action::ViewProfile) => urls::profile(chart.patient()),
        urls::HOME if chart.may(Action::ViewVisits) => urls::visits(chart.patient()),
        urls::HOME => urls::STAFF.to_owned(),
        next => next.to_owned(),
    }
}

fn view<A: ActionType>(chart: &Chart<A>, reason: Field, next: String) -> Reason {
    Reason { patient: chart.patient().to_string(), reason, text_kept: next.starts_with("/kept/"), next }
}

/// The form. Who has said why, or need not, goes on.
pub async fn form(chart: Chart<AskReason>, Query(wanted): Query<Wanted>) -> PageResult {
    let next = onwards(&chart, &wanted.next);
    if !chart.reason_missing() {
        return Ok(see_other(&next));
    }
    page::show(&chart, &view(&chart, Field::empty(), next))
}

/// Why, and where to go on.
#[derive(Deserialize)]
pub struct Form {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    next: String,
}

/// Opens the record for an hour, and tells the privacy officer.
pub async fn say(chart: Chart<GiveReason>, Posted(form): Posted<Form>) -> PageResult {
    let next = onwards(&chart, &form.next);
    if !chart.reason_missing() {
        return Ok(see_other(&next)); // sent twice
    }
    let reason = form.reason.trim();
    if let Some(problem) = too_short_or_long(reason) {
        return page::again(&chart, &view(&chart, Field::wrong(form.reason, problem), next));
    }
    let (now, own) = (chart.now(), chart.session().account);
    let id = ResourceId::new(now, salus_vault::random());
    let why = Why { reason: chart.seal::<emergency_access::Reason>(&id.to_string(), reason.as_bytes()), watched: true };
    let mut change = chart.begin().await?;
    store::open(&mut change, chart.scope(), own, id, why, now).await?;
    notices::tell_guards(&mut change, About::Watched, now).await?;
    change.commit().await?;
    Ok(see_other_with(&next, Flash::ReasonGiven))
}
