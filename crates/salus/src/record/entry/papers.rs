//! Reports, notes and documents.

use salus_fhir::show::{Attachment, NoteDetails, ReportDetails};

use super::{Entry, On};
use crate::{record::when::Timing, shell::words};

impl From<ReportDetails> for Entry {
    fn from(it: ReportDetails) -> Self {
        let mut entry = Self::new(it.title, Timing::at(it.when))
            .status(it.status)
            .names("record-fact-report-by", it.performers, On::Page)
            .known("record-fact-kind", it.category)
            .day("record-fact-issued", it.issued)
            .list("record-fact-conclusion", &it.conclusion_codes, On::Page)
            .note("record-fact-conclusion", it.conclusion);
        entry = with_files(entry, it.forms, "record-report-text", &[], None);
        entry.related("record-section-imaging", it.imaging).related("record-links-visit", it.encounter)
    }
}

impl From<NoteDetails> for Entry {
    fn from(it: NoteDetails) -> Self {
        let timing = match it.about.start {
            Some(start) => Timing::At(start),
            None => Timing::at(it.when),
        };
        let description = it.description.filter(|text| *text != it.title);
        let entry = Self::new(it.title, timing)
            .status(it.status)
            .names("record-fact-written-by", it.authors.clone(), On::Both)
            .list("record-fact-kind", &it.categories, On::Page)
            .names("record-fact-kept-by", it.custodian.into_iter().collect(), On::Page)
            .day("record-fact-written", it.when)
            .note("record-fact-about", description);
        with_files(entry, it.attachments, "record-note-text", &it.authors, it.when)
            .related("record-links-visit", it.encounters)
    }
}

/// Files that are text are shown; of others we say what they are.
fn with_files(
    mut entry: Entry,
    files: Vec<Attachment>,
    heading_id: &str,
    by: &[salus_fhir::show::Link],
    when: Option<salus_fhir::When>,
) -> Entry {
    for file in files {
        let kind = file.kind();
        entry = match file.text {
            Some(text) if !text.trim().is_empty() => entry.writing(
                file.title.unwrap_or_else(|| words::t(heading_id)),
                by.to_vec(),
                when.or(file.created),
                text,
            ),
            _ => {
                let name = file.title.map_or_else(|| kind.to_owned(), |title| format!("{title} ({kind})"));
                entry.known("record-fact-file", Some(name))
            }
        };
    }
    entry
}
