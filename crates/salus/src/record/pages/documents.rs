//! Notes and documents: the list, with the visit that each belongs to.

use std::collections::HashMap;

use salus_fhir::show::{EncounterDetails, NoteDetails};
use salus_kernel::{ResourceId, actions::ViewDocuments};

use super::{WhichPage, pager, telling};
use crate::{
    access::{
        Chart,
        columns::{document_reference, encounter},
    },
    patients,
    record::{names::Wanted, sections, store, views, when},
    shell::{
        page::{self, PageResult},
        urls::{self, Section},
    },
};

/// The list.
pub async fn list(chart: Chart<ViewDocuments>, WhichPage(number): WhichPage) -> PageResult {
    let scope = chart.scope();
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let page = store::page(&mut tx, store::DOCUMENT_REFERENCE, scope, number).await?;
    let mut notes: Vec<(ResourceId, Option<ResourceId>, NoteDetails)> = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let resource = sections::open::<ViewDocuments, document_reference::Resource>(&chart, scope, row)?;
        notes.push((row.id, row.encounter, NoteDetails::read(&resource)));
    }
    let visits: Vec<ResourceId> = notes.iter().filter_map(|(_, visit, _)| *visit).collect();
    let mut titles: HashMap<ResourceId, String> = HashMap::new();
    for (id, row) in store::by_ids(&mut tx, store::ENCOUNTER, scope, &visits).await? {
        let resource = sections::open::<ViewDocuments, encounter::Resource>(&chart, scope, &row)?;
        titles.insert(id, EncounterDetails::read(&resource).title);
    }
    let telling = telling(&chart, &mut tx, Wanted::of(notes.iter().flat_map(|(_, _, note)| &note.authors))).await?;
    drop(tx);

    let lines = notes.iter().map(|(id, visit, note)| views::DocumentLine {
        title: note.title.clone(),
        url: urls::item(chart.patient(), Section::Documents, id),
        when: note.about.start.or(note.when).map(|when| when::brief(when, &telling.zone)).unwrap_or_default(),
        author: telling.names.of_all(&note.authors).unwrap_or_default(),
        visit: visit.and_then(|visit| titles.get(&visit).cloned()).unwrap_or_default(),
    });
    let view = views::Documents {
        patient: chart.patient().to_string(),
        lines: lines.collect(),
        pager: pager(&urls::section(chart.patient(), Section::Documents), &page),
        banner,
    };
    page::show(&chart, &view)
}
