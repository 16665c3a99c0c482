//! The pages of the record. The two generic handlers here serve every section without a shape of its own.

pub mod documents;
pub mod index;
pub mod private;
pub mod results;
pub mod teams;
pub mod visit;

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use salus_db::Reader;
use salus_kernel::{ActionType, ResourceId};

use super::{
    entry::{Entry, Telling},
    names::{Names, Wanted},
    sections::{self, SectionType},
    store::{self, Page},
    views,
};
use crate::{
    access::{App, Chart, id_in_path},
    patients,
    shell::{
        error::Error,
        page::{self, PageResult},
        urls,
        view::Pager,
    },
};

/// Which page of a list is asked for: `?page=3`. What is no number is the first page.
#[derive(Debug, Clone, Copy)]
pub struct WhichPage(pub u64);

impl FromRequestParts<App> for WhichPage {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

impl WhichPage {
    pub(super) fn of(query: &str) -> Self {
        let number = query.split('&').find_map(|pair| pair.strip_prefix("page=")).and_then(|text| text.parse().ok());
        Self(number.filter(|number| *number > 0).unwrap_or(1))
    }
}

/// The entry that an address names. What is no id is no entry.
#[derive(Debug, Clone, Copy)]
pub struct WhichEntry(pub ResourceId);

impl FromRequestParts<App> for WhichEntry {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        id_in_path(parts, app, "id").await.map(Self)
    }
}

/// What turns entries into words, with the names that they need.
async fn telling<A: ActionType>(chart: &Chart<A>, tx: &mut Reader, wanted: Wanted) -> Result<Telling, Error> {
    Ok(Telling {
        patient: chart.patient(),
        zone: chart.app().clinic().await.zone(),
        names: Names::look_up(tx, wanted).await?,
        open: urls::Section::ALL.into_iter().filter(|section| chart.may(section.action())).collect(),
    })
}

fn pager(list: &str, page: &Page) -> Pager {
    Pager::new(list, page.number, store::PAGE, page.total)
}

/// One section as a list.
pub async fn list<S: SectionType>(chart: Chart<S::Action>, WhichPage(number): WhichPage) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let page = store::page(&mut tx, S::SQL, chart.scope(), number).await?;
    let mut entries: Vec<(ResourceId, Entry)> = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        entries.push((row.id, sections::read::<S>(&chart, chart.scope(), row)?));
    }
    let telling =
        telling(&chart, &mut tx, Wanted::of(entries.iter().flat_map(|(_, entry)| entry.names_in_list()))).await?;
    drop(tx);
    let view = views::SectionList {
        patient: chart.patient().to_string(),
        section: S::SECTION,
        rows: entries.iter().map(|(id, entry)| telling.row(S::SECTION, *id, entry)).collect(),
        pager: pager(&urls::section(chart.patient(), S::SECTION), &page),
        banner,
    };
    page::show(&chart, &view)
}

/// One entry of a section.
pub async fn item<S: SectionType>(chart: Chart<S::Action>, WhichEntry(id): WhichEntry) -> PageResult {
    let mut tx = chart.read().await?;
    let row = store::one(&mut tx, S::SQL, chart.scope(), id).await?;
    let entry = sections::read::<S>(&chart, chart.scope(), &row)?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let telling = telling(&chart, &mut tx, Wanted::of(entry.names_on_page())).await?;
    let privacy = private::privacy(&chart, &mut tx, S::SECTION, id).await?;
    drop(tx);
    page::show(&chart, &telling.item(S::SECTION, id, &entry, banner, privacy))
}
