//! What was done, given, measured and found.

use salus_fhir::show::{
    AdministrationDetails, EncounterDetails, ImagingDetails, ImmunizationDetails, ObservationValue, ProcedureDetails,
};

use super::{Entry, On, OwnLink, flag_tag};
use crate::record::when::Timing;

impl From<AdministrationDetails> for Entry {
    fn from(it: AdministrationDetails) -> Self {
        Self::new(it.name, Timing::during(it.span))
            .status(it.status)
            .listed("record-fact-dose", it.dose)
            .list("record-fact-why", &it.reasons, On::Both)
            .names("record-fact-given-by", it.performers, On::Both)
            .note("record-fact-remarks", it.note)
            .related("record-links-why", it.reason_links)
            .related("record-links-visit", it.encounter)
    }
}

impl From<ImmunizationDetails> for Entry {
    fn from(it: ImmunizationDetails) -> Self {
        let mut entry = Self::new(it.name, Timing::at(it.when).or_words(it.when_text))
            .status(it.status)
            .listed("record-fact-dose", it.dose)
            .list("record-fact-against", &it.diseases, On::Both)
            .listed("record-fact-why-not", it.reason)
            .known("record-fact-amount", it.amount)
            .known("record-fact-body", it.site)
            .names("record-fact-given-by", it.performers, On::Both)
            .names("record-fact-where", it.location.iter().cloned().collect(), On::Page)
            .names("record-fact-made-by", it.manufacturer.into_iter().collect(), On::Page)
            .known("record-fact-lot", it.lot)
            .day("record-fact-expires", it.expires)
            .known(
                "record-fact-told",
                (it.first_hand == Some(false)).then(|| crate::shell::words::t("record-told-by-patient")),
            )
            .note("record-fact-remarks", it.note)
            .related("record-links-visit", it.encounter);
        entry.places.extend(it.location);
        entry
    }
}

impl From<ObservationValue> for Entry {
    fn from(it: ObservationValue) -> Self {
        let value = it.value_or_reason();
        let tag = it.flag.as_ref().map(flag_tag);
        let mut entry = Self::new(it.name, Timing::at(it.when)).status(it.status);
        // A state worth a word, such as "Corrected", comes before the rating; both stand on the page.
        let both = entry.status.is_some();
        let rating = tag.clone();
        entry.status = entry.status.or(tag);
        entry = entry
            .listed("record-col-value", Some(value))
            .known("record-col-flag", rating.filter(|_| both).map(|tag| tag.text))
            .listed("record-col-range", it.range);
        for part in it.parts {
            let mut said = part.value.or(part.absent).unwrap_or_default();
            for more in part.range.into_iter().chain(part.flag.as_ref().map(|flag| flag_tag(flag).text)) {
                said = if said.is_empty() { more } else { format!("{said} ({more})") };
            }
            if !said.is_empty() {
                entry = entry.labelled(part.name, said);
            }
        }
        entry
            .known("record-fact-official-name", it.official_name)
            .known("record-fact-body", it.body_site)
            .known("record-fact-method", it.method)
            .names("record-fact-done-by", it.performers, On::Page)
            .note("record-fact-remarks", it.note)
            .own_link(OwnLink::TestHistory)
            .related("record-links-parts", it.members)
            .related("record-links-visit", it.encounter)
    }
}

impl From<ProcedureDetails> for Entry {
    fn from(it: ProcedureDetails) -> Self {
        let mut entry = Self::new(it.name, Timing::during(it.span).or_words(it.when_text))
            .status(it.status)
            .list("record-fact-why", &it.reasons, On::Both)
            .listed("record-fact-why-not", it.status_reason)
            .list("record-fact-body", &it.body_sites, On::Both)
            .names("record-fact-done-by", it.performers, On::Both)
            .names("record-fact-where", it.location.iter().cloned().collect(), On::Page)
            .known("record-fact-outcome", it.outcome)
            .list("record-fact-complications", &it.complications, On::Page)
            .list("record-fact-after", &it.follow_up, On::Page)
            .note("record-fact-remarks", it.note)
            .related("record-links-why", it.reason_links)
            .related("record-links-visit", it.encounter);
        entry.places.extend(it.location);
        entry
    }
}

impl From<EncounterDetails> for Entry {
    fn from(it: EncounterDetails) -> Self {
        let kind = it.kind.filter(|kind| *kind != it.title);
        let place: Vec<_> = it.locations.iter().take(1).cloned().collect();
        let at = if place.is_empty() { it.organization.iter().cloned().collect() } else { place };
        let mut entry = Self::new(it.title, Timing::during(it.span))
            .status(it.status)
            .listed("record-fact-kind", kind)
            .names("record-fact-with", it.participants, On::Both)
            .names("record-fact-where", at, On::Both)
            .list("record-fact-why", &it.reasons, On::Both)
            .related("record-links-why", it.reason_links)
            .related("record-links-found", it.diagnoses);
        entry.places = it.locations;
        entry
    }
}

impl From<ImagingDetails> for Entry {
    fn from(it: ImagingDetails) -> Self {
        let mut entry = Self::new(it.title, Timing::at(it.when))
            .status(it.status)
            .list("record-fact-kind", &it.kinds, On::Both)
            .list("record-fact-body", &it.body_sites, On::Both)
            .known("record-fact-images", it.count.map(crate::shell::words::number))
            .list("record-fact-why", &it.reasons, On::Both);
        for series in it.series {
            let parts = series.body_site.into_iter().chain(series.description).chain(series.images);
            let text = parts.collect::<Vec<_>>().join(", ");
            if !text.is_empty() {
                entry =
                    entry.labelled(series.kind.unwrap_or_else(|| crate::shell::words::t("record-fact-series")), text);
            }
        }
        entry.note("record-fact-remarks", it.note).related("record-links-visit", it.encounter)
    }
}
