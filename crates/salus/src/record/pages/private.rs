//! What of the record is kept from those who act for the patient: the list, and the button beside each entry.
//!
//! Whatever names an entry goes with it, and whatever names that: a medicine says for which problem it is, a report which
//! values it has. References are sealed, so they are found by opening the record.

use std::collections::HashSet;

use salus_db::Reader;
use salus_fhir::{references, show};
use salus_kernel::{
    Action, ActionType, ResourceId,
    actions::{ChangeLabels, ViewLabels},
};
use serde::Deserialize;

use crate::{
    access::{
        Chart, Posted,
        labels::{self, Mark, Naming, Shown, Side},
    },
    patients,
    record::{
        names::local,
        sections::{self, Found},
        store,
        views::{Privacy, PrivacyState, Private, PrivateLine},
    },
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls::{self, Section},
        view::Pager,
    },
};

use super::WhichPage;

/// What the page of an entry says of who sees it; nothing to those who don't know that there is anything.
pub async fn privacy<A: ActionType>(
    chart: &Chart<A>,
    tx: &mut Reader,
    section: Section,
    entry: ResourceId,
) -> Result<Option<Privacy>, Error> {
    if !chart.may(Action::ViewLabels) {
        return Ok(None);
    }
    let about = labels::of_entry(tx, chart.scope(), entry).await?;
    let own = Side::of(chart.relation());
    let sides: Vec<Side> = about.iter().filter(|mark| mark.root == entry).map(|mark| mark.side).collect();
    let by_own = sides.contains(&own);
    let state = if about.is_empty() {
        PrivacyState::Open
    } else if sides.is_empty() {
        PrivacyState::WithAnother
    } else if sides.iter().any(|side| !own.may_end(*side)) {
        PrivacyState::KeptByOther
    } else if by_own {
        PrivacyState::Kept
    } else {
        PrivacyState::Sensitive
    };
    let (patient, entry) = (chart.patient().to_string(), entry.to_string());
    Ok(Some(Privacy { patient, section, entry, state, by_own, of_the_patient: own == Side::Patient }))
}

/// Everything that is kept private: each entry that is kept for its own sake, with the number of those that go with it.
pub async fn list(chart: Chart<ViewLabels>, WhichPage(number): WhichPage) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let marks = labels::all(&mut tx, chart.scope()).await?;
    let mut seen = HashSet::new();
    let roots: Vec<ResourceId> = marks.iter().map(|mark| mark.root).filter(|root| seen.insert(*root)).collect();
    let pages: Vec<&[ResourceId]> = roots.chunks(usize::try_from(store::PAGE).unwrap_or(usize::MAX)).collect();
    let number = if number > u64::try_from(pages.len()).unwrap_or(0) { 1 } else { number };
    let at = usize::try_from(number.saturating_sub(1)).unwrap_or(0);
    let page: &[ResourceId] = pages.get(at).copied().unwrap_or_default();
    let mut found = sections::of_any(&chart, &mut tx, chart.scope(), Some(page)).await?;
    drop(tx);
    // Whoever may not open one part of the record reads none of its titles here.
    found.retain(|entry| chart.may(entry.section.action()));
    found.sort_by_key(|entry| page.iter().position(|root| *root == entry.id));
    let own = Side::of(chart.relation());
    let zone = chart.app().clinic().await.zone();
    let line = |entry: &Found| {
        let of: Vec<&Mark> = marks.iter().filter(|mark| mark.root == entry.id).collect();
        let others: HashSet<ResourceId> =
            of.iter().map(|mark| mark.target).filter(|target| *target != entry.id).collect();
        let since = of.iter().map(|mark| mark.since).min().map(|since| dates::day(since, &zone));
        let mut sides: Vec<Side> = of.iter().map(|mark| mark.side).collect();
        sides.sort_unstable();
        sides.dedup();
        PrivateLine {
            title: title(entry),
            url: urls::item(chart.patient(), entry.section, entry.id),
            section: entry.section,
            entry: entry.id.to_string(),
            others: u64::try_from(others.len()).unwrap_or(0),
            sides: sides.iter().map(|side| side_word(*side, own)).collect(),
            since: since.unwrap_or_default(),
            can_show: sides.iter().all(|side| own.may_end(*side)),
        }
    };
    let total = u64::try_from(roots.len()).unwrap_or(0);
    let view = Private {
        patient: chart.patient().to_string(),
        lines: found.iter().map(line).collect(),
        pager: Pager::new(&urls::private(chart.patient()), number, store::PAGE, total),
        banner,
    };
    page::show(&chart, &view)
}

fn title(entry: &Found) -> String {
    let kind = entry.resource.get("resourceType").and_then(|name| name.as_str());
    let kind = kind.and_then(salus_fhir::ResourceType::named);
    kind.map(|kind| show::line(kind, &entry.resource).title).unwrap_or_default()
}

/// Who keeps it private, as a word of a list.
fn side_word(side: Side, own: Side) -> &'static str {
    match (side, own) {
        (Side::Rule, _) => "record-private-by-rule",
        (Side::Patient, Side::Patient) => "record-private-by-you",
        (Side::Patient, _) => "record-private-by-patient",
        (Side::Team, Side::Patient) => "record-private-by-team",
        (Side::Team, _) => "record-private-by-care-team",
    }
}

/// What the button beside an entry sends.
#[derive(Deserialize)]
pub struct LabelForm {
    #[serde(default)]
    entry: String,
    /// `no` shows it again.
    #[serde(default)]
    keep: String,
    /// The section whose page the button is on; none is the list.
    #[serde(default)]
    section: String,
}

/// Keeps an entry private with all that names it, or shows it again.
pub async fn change(chart: Chart<ChangeLabels>, Posted(form): Posted<LabelForm>) -> PageResult {
    let entry: ResourceId = form.entry.parse().map_err(|_| Error::NotFound)?;
    let to = match Section::from_slug(&form.section) {
        Some(section) => urls::item(chart.patient(), section, entry),
        None => urls::private(chart.patient()),
    };
    if form.keep == "no" {
        let mut change = chart.begin().await?;
        let flash = match chart.show_again(&mut change, entry).await? {
            Shown::Stale => return Ok(see_other(&to)),
            Shown::Open => Flash::EntryShown,
            Shown::StillPrivate => Flash::EntryStillPrivate,
        };
        change.commit().await?;
        return Ok(see_other_with(&to, flash));
    }
    // Nobody else waits while the record is looked through.
    let record = sections::of_any(&chart, &mut chart.read().await?, chart.scope(), None).await?;
    if !record.iter().any(|found| found.id == entry && chart.may(found.section.action())) {
        return Err(Error::NotFound);
    }
    let mut naming = Naming::default();
    for Found { id, resource, .. } in &record {
        let names = references::all(resource).into_iter().filter_map(local).map(|(_, id)| id).collect();
        naming.add(*id, names, labels::parts(resource));
    }
    let mut change = chart.begin().await?;
    if !chart.keep_private(&mut change, entry, &naming).await? {
        return Ok(see_other(&to));
    }
    change.commit().await?;
    Ok(see_other_with(&to, Flash::EntryPrivate))
}
