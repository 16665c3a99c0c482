//! What somebody who acts for a patient sees today, and after the birthday: by the same reckoning as the guard's, day by day.

use axum::{extract::FromRequestParts, http::request::Parts};
use jiff::civil::Date;
use salus_kernel::{Relation, ResourceId, Scope, Scopes, actions::ViewCaregivers};

use super::{
    giving,
    pages::{Time, basis_in_words},
    store::{self, Caregiver, State},
    views::{Preview, Stage},
};
use crate::{
    access::{AgeStage, App, Chart, id_in_path},
    patients,
    shell::{
        dates,
        error::Error,
        page::{self, PageResult},
        words,
    },
};

/// The row in an address.
pub struct InPath(ResourceId);

impl FromRequestParts<App> for InPath {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        id_in_path(parts, app, "caregiver").await.map(Self)
    }
}

/// What one of them sees.
pub async fn page(chart: Chart<ViewCaregivers>, InPath(id): InPath) -> PageResult {
    let mut tx = chart.read().await?;
    let person = patients::person(&chart, &mut tx).await?;
    let row = store::one(&mut tx, chart.scope(), id, chart.now()).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let zone = chart.app().clinic().await.zone();
    let own = chart.relation() == Relation::Myself;
    let time = Time { ages: chart.app().ages().await, birth: person.birth(), today: dates::on(chart.now(), &zone) };
    let called = match &row.account_name {
        Some(name) => name.open(&chart)?,
        None => row.name.open(&chart)?,
    };
    let view = Preview {
        patient: chart.patient().to_string(),
        banner: if own { None } else { Some(patients::banner_of(&person, &chart).await) },
        name: called,
        basis: basis_in_words(row.basis, own),
        stages: stages(&time, &row, &zone),
    };
    page::show(&chart, &view)
}

/// Today, and each day on which it changes, until nothing is left.
fn stages(time: &Time, row: &Caregiver, zone: &jiff::tz::TimeZone) -> Vec<Stage> {
    let (since, end) = (time.since(row, zone), dates::on(row.ends_at, zone));
    let of_age = |stage| time.birth.and_then(|birth| time.ages.reached(birth.earliest, stage, since));
    let mut days: Vec<Date> =
        [of_age(AgeStage::Teen), of_age(AgeStage::Adult), Some(end)].into_iter().flatten().collect();
    days.retain(|day| *day > time.today);
    days.sort_unstable();
    let scopes_on = |day: Date| {
        let over = row.state == State::Ended || day >= end;
        if over { Scopes::default() } else { time.given_on(row, day, zone).unwrap_or_default() }
    };
    let now = words::t(if row.state == State::Offered { "proxies-preview-begun" } else { "proxies-preview-today" });
    let mut last = scopes_on(time.today);
    let mut stages = vec![stage(now, last, None)];
    for day in days {
        let scopes = scopes_on(day);
        if scopes == last {
            continue;
        }
        let why = if day == end { words::t("proxies-preview-until") } else { words::t("proxies-preview-age") };
        stages.push(stage(words::t1("proxies-preview-from", "day", dates::date(day)), scopes, Some(why)));
        last = scopes;
    }
    stages
}

fn stage(title: String, scopes: Scopes, why: Option<String>) -> Stage {
    let part = |scope: Scope| (giving::in_words(scope), words::t(&format!("proxies-scope-{}-hint", scope.word())));
    let hidden = [("proxies-preview-sensitive", !scopes.contains(Scope::Sensitive)), ("proxies-preview-private", true)];
    Stage {
        title,
        parts: scopes.iter().map(part).collect(),
        hidden: hidden.into_iter().filter(|(_, is)| *is).map(|(id, _)| words::t(id)).collect(),
        why,
    }
}
