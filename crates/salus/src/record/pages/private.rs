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
        labels::{self, Mark, Side},
    },
    patients,
    record::{
        names::local,
        sections::{self, Found},
        views::{Privacy, Private, PrivateLine},
    },
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls::{self, Section},
    },
};

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
    let patients_own = chart.relation().is_of_the_patient();
    let marks = labels::all(tx, chart.scope()).await?;
    let sides: Vec<Side> = marks.iter().filter(|mark| mark.target == entry).map(|mark| mark.side).collect();
    Ok(Some(Privacy {
        patient: chart.patient().to_string(),
        section,
        entry: entry.to_string(),
        is_kept: !sides.is_empty(),
        by_other: sides.iter().any(|side| is_others(*side, patients_own)),
        of_the_patient: patients_own,
    }))
}

/// Whether the other side keeps it, so that this one can't show it.
fn is_others(side: Side, patients_own: bool) -> bool {
    match side {
        Side::Rule => false,
        Side::Patient => !patients_own,
        Side::Team => patients_own,
    }
}

/// Everything that is kept private: each entry that is kept for its own sake, with the number of those that go with it.
pub async fn list(chart: Chart<ViewLabels>) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let marks = labels::all(&mut tx, chart.scope()).await?;
    let mut roots: Vec<ResourceId> = Vec::new();
    for mark in &marks {
        if !roots.contains(&mark.root) {
            roots.push(mark.root);
        }
    }
    let mut found = sections::of_any(&chart, &mut tx, chart.scope(), Some(&roots)).await?;
    drop(tx);
    found.sort_by_key(|entry| roots.iter().position(|root| *root == entry.id));
    let patients_own = chart.relation().is_of_the_patient();
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
            sides: sides.iter().map(|side| side_word(*side, patients_own)).collect(),
            since: since.unwrap_or_default(),
            can_show: !sides.iter().any(|side| is_others(*side, patients_own)),
        }
    };
    let view = Private { patient: chart.patient().to_string(), lines: found.iter().map(line).collect(), banner };
    page::show(&chart, &view)
}

fn title(entry: &Found) -> String {
    let kind = entry.resource.get("resourceType").and_then(|name| name.as_str());
    let kind = kind.and_then(salus_fhir::ResourceType::named);
    kind.map(|kind| show::line(kind, &entry.resource).title).unwrap_or_default()
}

/// Who keeps it private, as a word of a list.
fn side_word(side: Side, patients_own: bool) -> &'static str {
    match (side, patients_own) {
        (Side::Rule, _) => "record-private-by-rule",
        (Side::Patient, true) => "record-private-by-you",
        (Side::Patient, false) => "record-private-by-patient",
        (Side::Team, true) => "record-private-by-team",
        (Side::Team, false) => "record-private-by-care-team",
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
    let mut change = chart.begin().await?;
    if form.keep == "no" {
        let flash = match chart.show_again(&mut change, entry).await? {
            None => return Ok(see_other(&to)),
            Some(true) => Flash::EntryShown,
            Some(false) => Flash::EntryStillPrivate,
        };
        change.commit().await?;
        return Ok(see_other_with(&to, flash));
    }
    let record = sections::of_any(&chart, &mut change, chart.scope(), None).await?;
    if !record.iter().any(|found| found.id == entry) {
        return Err(Error::NotFound);
    }
    if !chart.keep_private(&mut change, entry, &with_what_names(entry, &record)).await? {
        return Ok(see_other(&to));
    }
    change.commit().await?;
    Ok(see_other_with(&to, Flash::EntryPrivate))
}

/// An entry, whatever names it, and whatever names that.
fn with_what_names(entry: ResourceId, record: &[Found]) -> Vec<ResourceId> {
    let names = |found: &Found| -> Vec<ResourceId> {
        references::all(&found.resource).into_iter().filter_map(local).map(|(_, id)| id).collect()
    };
    let record: Vec<(ResourceId, Vec<ResourceId>)> = record.iter().map(|found| (found.id, names(found))).collect();
    let mut all = vec![entry];
    let mut seen = HashSet::from([entry]);
    loop {
        let before = all.len();
        for (id, names) in &record {
            if names.iter().any(|name| seen.contains(name)) && seen.insert(*id) {
                all.push(*id);
            }
        }
        if all.len() == before {
            return all;
        }
    }
}
