//! `/clinic/jobs`: how many jobs are in which state, and the ones that were given up, each with "Run again".

use axum::extract::Query;
use salus_kernel::{
    JobId,
    actions::{RunJobAgain, ViewJobs},
};
use serde::Deserialize;

use super::{
    store,
    views::{JobLine, Jobs, kind_in_words, why_in_words},
};
use crate::{
    access::{Posted, Worklist},
    shell::{
        dates,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        urls,
        view::Pager,
    },
};

/// How many jobs a page shows.
const PAGE: u32 = 50;

/// `?page=`.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    #[serde(default)]
    page: String,
}

/// The page.
pub async fn list(list: Worklist<ViewJobs>, Query(query): Query<Page>) -> PageResult {
    let page = query.page.parse().unwrap_or(1_u64).clamp(1, 10_000);
    let zone = list.app().clinic().await.zone();
    let mut tx = list.read().await?;
    let counts = store::counts(&mut tx).await?;
    let rows = store::given_up(&mut tx, page, PAGE).await?;
    let count = |state: &str| {
        let found = counts.iter().find(|(known, _)| known == state);
        found.and_then(|(_, count)| u64::try_from(*count).ok()).unwrap_or(0)
    };
    let lines = rows
        .into_iter()
        .map(|row| JobLine {
            id: row.id.to_string(),
            version: row.version.to_string(),
            what: kind_in_words(&row.kind),
            happened: dates::day_and_time(row.created_at, &zone),
            given_up: dates::day_and_time(row.updated_at, &zone),
            tries: u64::try_from(row.attempts).unwrap_or(0),
            why: why_in_words(&row.last_error),
        })
        .collect();
    let view = Jobs {
        waiting: count("queued"),
        running: count("running"),
        done: count("done"),
        given_up: count("given-up"),
        lines,
        pager: Pager::new(urls::JOBS, page, u64::from(PAGE), count("given-up")),
    };
    page::show(&list, &view)
}

/// What "Run again" sends.
#[derive(Deserialize)]
pub struct AgainForm {
    #[serde(default)]
    job: String,
    #[serde(default)]
    version: String,
}

/// Queues a job again, unless somebody else was faster.
pub async fn again(list: Worklist<RunJobAgain>, Posted(form): Posted<AgainForm>) -> PageResult {
    let gone = || Ok(see_other_with(urls::JOBS, Flash::JobGone));
    let (Ok(job), Ok(version)) = (form.job.parse::<JobId>(), form.version.parse::<i64>()) else { return gone() };
    let mut tx = list.begin().await?;
    if !store::again(&mut tx, job, version, list.now()).await? {
        return gone();
    }
    tx.commit().await?;
    list.app().wake_jobs();
    Ok(see_other_with(urls::JOBS, Flash::JobRunsAgain))
}
