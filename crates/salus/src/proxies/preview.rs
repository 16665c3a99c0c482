//! What somebody who acts for a patient sees today, and after the birthday: by the same reckoning as the guard's, day by day.

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_kernel::{Relation, ResourceId, Scope, Scopes, actions::ViewCaregivers};

use super::{
    giving,
    pages::{Time, basis_in_words},
    store::{self, Caregiver, State},
    views::{Preview, Stage},
};
use crate::{
    access::{App, Chart, caregivers::Basis, id_in_path},
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
    let own = chart.relation() == Relation::Myself;
    let time = Time::of(&chart, &person).await;
    let called = match &row.account_name {
        Some(name) => name.open(&chart)?,
        None => row.name.open(&chart)?,
    };
    let view = Preview {
        patient: chart.patient().to_string(),
        banner: if own { None } else { Some(patients::banner_of(&person, &chart).await) },
        name: called,
        basis: basis_in_words(row.basis, own),
        deceased: person.deceased,
        stages: stages(&time, &row),
    };
    page::show(&chart, &view)
}

/// Today, and each day on which it changes, until nothing is left.
fn stages(time: &Time, row: &Caregiver) -> Vec<Stage> {
    let now = if row.state == State::Offered { "proxies-preview-begun" } else { "proxies-preview-today" };
    let (mut last, end) = (time.given(row), dates::on(row.ends_at, &time.zone));
    let mut stages = vec![stage(words::t(now), last, None)];
    for (day, given) in time.changes(row) {
        let why = match given {
            None if day == end => "until",
            None if time.fits(row.basis, day) => "age",
            None if row.basis == Basis::Parent => "teenager",
            None => "adult",
            Some(scopes)
                if last.is_some_and(|last| last.contains(Scope::Sensitive)) && !scopes.contains(Scope::Sensitive) =>
            {
                "hidden"
            }
            Some(_) => "shown",
        };
        let title = words::t1("proxies-preview-from", "day", dates::date(day));
        stages.push(stage(title, given, Some(words::t(&format!("proxies-preview-why-{why}")))));
        last = given;
    }
    stages
}

fn stage(title: String, given: Option<Scopes>, why: Option<String>) -> Stage {
    let scopes = given.unwrap_or_default();
    let part = |scope: Scope| (giving::in_words(scope), words::t(&format!("proxies-scope-{}-hint", scope.word())));
    let others = Scope::ALL.iter().filter(|scope| **scope != Scope::Sensitive && !scopes.contains(**scope));
    let others: Vec<String> = others.map(|scope| giving::in_words(*scope)).collect();
    let mut hidden = Vec::new();
    if !others.is_empty() {
        hidden.push(words::t1("proxies-preview-not", "parts", others.join(", ")));
    }
    if !scopes.contains(Scope::Sensitive) {
        hidden.push(words::t("proxies-preview-sensitive"));
    }
    hidden.push(words::t("proxies-preview-private"));
    Stage { title, parts: scopes.iter().map(part).collect(), hidden, why }
}
