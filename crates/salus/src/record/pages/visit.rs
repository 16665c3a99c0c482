//! A visit that happened, with its notes and with everything that was written down at it.

use std::collections::HashSet;

use salus_kernel::{
    Action, ActionType, ResourceId,
    actions::{
        ViewDevices, ViewDocuments, ViewEncounters, ViewImmunizations, ViewMedicines, ViewProblems, ViewProcedures,
        ViewResults,
    },
};
use salus_vault::Discloses;

use super::{WhichEntry, telling};
use crate::{
    access::{Chart, PatientScope, columns::document_reference},
    patients,
    record::{
        entry::Entry,
        names::{Wanted, local},
        sections::{self as s, SectionType},
        store::{self, Closed, Mixed},
        views,
    },
    shell::{
        error::Error,
        page::{self, PageResult},
        urls::{self, Section},
        view::{LinkGroup, LinkLine},
    },
};

use super::results::{OpenReport, summary};

/// An entry with its id.
type Told = (ResourceId, Entry);

/// The rows of a visit, by section, all still closed.
struct AtVisit(Vec<Mixed>);

impl AtVisit {
    fn of(&self, section: Section) -> impl Iterator<Item = &Closed> {
        self.0.iter().filter(move |mixed| mixed.section == section).map(|mixed| &mixed.row)
    }
    fn has(&self, sections: &[Section]) -> bool {
        self.0.iter().any(|mixed| sections.contains(&mixed.section))
    }
    fn read<S: SectionType>(&self, keys: &impl Discloses<S::Action>, scope: PatientScope) -> Result<Vec<Told>, Error> {
        self.of(S::SECTION).map(|row| Ok((row.id, s::read::<S>(keys, scope, row)?))).collect()
    }
}

/// The same person doing something else on this page, when there is something to see. What is not there is not asked for,
/// so the ledger says what was shown.
async fn also<B: ActionType>(
    chart: &Chart<ViewEncounters>,
    at: &AtVisit,
    sections: &[Section],
) -> Result<Option<impl Discloses<B>>, Error> {
    if at.has(sections) { chart.also::<B>().await } else { Ok(None) }
}

/// One visit.
pub async fn visit(chart: Chart<ViewEncounters>, WhichEntry(id): WhichEntry) -> PageResult {
    let scope = chart.scope();
    let mut tx = chart.read().await?;
    let (row, rows) = store::visit(&mut tx, scope, id).await?;
    let at = AtVisit(rows);
    let banner = patients::banner(&chart, &mut tx).await?;
    let privacy = super::private::privacy(&chart, &mut tx, Section::Encounters, id).await?;
    let entry = s::read::<s::Encounters>(&chart, scope, &row)?;
    // Notes are opened as notes: for them the password may be asked first, and then links lead to where it is.
    let documents = also::<ViewDocuments>(&chart, &at, &[Section::Documents]).await?;
    let mut notes: Vec<Entry> = Vec::new();
    if let Some(keys) = &documents {
        for row in at.of(Section::Documents) {
            let resource = s::open::<ViewDocuments, document_reference::Resource>(keys, scope, row)?;
            notes.push(<s::Documents as SectionType>::read(&resource));
        }
    }
    let named = entry.names_on_page().chain(notes.iter().flat_map(|note| note.names_on_page()));
    let telling = telling(&chart, &mut tx, Wanted::of(named)).await?;
    drop(tx);

    // One commit of the ledger for all of them.
    let (results, medicines, immunizations, procedures, devices, problems) = tokio::try_join!(
        also::<ViewResults>(&chart, &at, &[Section::Results, Section::Observations]),
        also::<ViewMedicines>(&chart, &at, &[Section::Medicines, Section::MedicineAdministrations]),
        also::<ViewImmunizations>(&chart, &at, &[Section::Immunizations]),
        also::<ViewProcedures>(&chart, &at, &[Section::Procedures]),
        also::<ViewDevices>(&chart, &at, &[Section::Imaging]),
        also::<ViewProblems>(&chart, &at, &[Section::Problems]),
    )?;

    let mut links: Vec<LinkGroup> = Vec::new();
    let mut group = |section: Section, lines: Vec<LinkLine>| {
        if !lines.is_empty() {
            links.push(LinkGroup { heading: views::section_title(section), lines });
        }
    };
    if documents.is_none() && chart.may(Action::ViewDocuments) {
        let closed = |id: ResourceId| {
            LinkLine::new(
                crate::shell::words::t("record-note-text"),
                urls::item(chart.patient(), Section::Documents, id),
                "",
            )
        };
        group(Section::Documents, at.of(Section::Documents).map(|row| closed(row.id)).collect());
    }
    let line = |section: Section, (id, entry): &Told| {
        let note = telling.row(section, *id, entry).facts.into_iter().map(|fact| fact.value).next().unwrap_or_default();
        let mut line = LinkLine::new(entry.title.clone(), urls::item(chart.patient(), section, id), note);
        line.tag = entry.status.clone();
        line
    };
    if let Some(keys) = &problems {
        group(
            Section::Problems,
            at.read::<s::Problems>(keys, scope)?.iter().map(|it| line(Section::Problems, it)).collect(),
        );
    }
    if let Some(keys) = &results {
        let (reports, measurements) = reports_and_measurements(&chart, keys, &at)?;
        group(Section::Results, reports);
        group(Section::Observations, measurements.iter().map(|it| line(Section::Observations, it)).collect());
    }
    if let Some(keys) = &medicines {
        group(
            Section::Medicines,
            at.read::<s::Medicines>(keys, scope)?.iter().map(|it| line(Section::Medicines, it)).collect(),
        );
        let given = at.read::<s::MedicineAdministrations>(keys, scope)?;
        group(
            Section::MedicineAdministrations,
            given.iter().map(|it| line(Section::MedicineAdministrations, it)).collect(),
        );
    }
    if let Some(keys) = &immunizations {
        group(
            Section::Immunizations,
            at.read::<s::Immunizations>(keys, scope)?.iter().map(|it| line(Section::Immunizations, it)).collect(),
        );
    }
    if let Some(keys) = &procedures {
        group(
            Section::Procedures,
            at.read::<s::Procedures>(keys, scope)?.iter().map(|it| line(Section::Procedures, it)).collect(),
        );
    }
    if let Some(keys) = &devices {
        group(
            Section::Imaging,
            at.read::<s::Imaging>(keys, scope)?.iter().map(|it| line(Section::Imaging, it)).collect(),
        );
    }
    links.extend(telling.links(id, &entry));

    let view = views::EncounterPage {
        patient: chart.patient().to_string(),
        heading: entry.title.clone(),
        status: entry.status.clone(),
        when: entry.timing.full(&telling.zone_of(&entry)),
        facts: telling.facts(&entry),
        notes: notes.iter().flat_map(|note| told_note(&telling, note)).collect(),
        links,
        banner,
        privacy,
    };
    page::show(&chart, &view)
}

/// The texts of a note, each under the note's own name where the file has none.
fn told_note(telling: &crate::record::Telling, note: &Entry) -> Vec<views::Note> {
    let generic = crate::shell::words::t("record-note-text");
    let mut told = telling.notes(note);
    for text in &mut told {
        if text.heading == generic {
            text.heading.clone_from(&note.title);
        }
    }
    told
}

/// The reports of a visit as lines, and the measurements that are in none of them.
fn reports_and_measurements(
    chart: &Chart<ViewEncounters>,
    keys: &impl Discloses<ViewResults>,
    at: &AtVisit,
) -> Result<(Vec<LinkLine>, Vec<Told>), Error> {
    let scope = chart.scope();
    let mut values = std::collections::HashMap::new();
    for row in at.of(Section::Observations) {
        values.insert(row.id, super::results::value(keys, scope, row)?);
    }
    let mut reported: HashSet<ResourceId> = HashSet::new();
    let mut lines = Vec::new();
    for row in at.of(Section::Results) {
        let report = OpenReport::open(keys, scope, row)?;
        reported.extend(report.details.results.iter().filter_map(|link| Some(local(link.reference.as_deref()?)?.1)));
        let (text, tag) = summary(&report, &values);
        let mut line =
            LinkLine::new(report.details.title.clone(), urls::item(chart.patient(), Section::Results, report.id), text);
        line.tag = tag;
        lines.push(line);
    }
    let order = at.of(Section::Observations).map(|row| row.id).filter(|id| !reported.contains(id));
    let alone = order.filter_map(|id| Some((id, Entry::from(values.get(&id)?.clone())))).collect();
    Ok((lines, alone))
}
