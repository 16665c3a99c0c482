//! The record's table of contents; for staff, the chart's first page.

use salus_fhir::show::{AllergyDetails, Tone};
use salus_kernel::{
    Action,
    actions::{ViewAllergies, ViewRecord},
};

use crate::{
    access::{Chart, columns::allergy_intolerance},
    home::views::SectionCount,
    patients,
    record::{sections, store, views},
    shell::{
        error::Error,
        page::{self, PageResult},
        urls, words,
    },
};

/// Every section with the number of its entries.
pub async fn index(chart: Chart<ViewRecord>) -> PageResult {
    let mut tx = chart.read().await?;
    let counts = store::counts(&mut tx, chart.scope(), None).await?;
    let counts: Vec<_> = counts.into_iter().filter(|count| chart.may(count.section.action())).collect();
    let mut banner = patients::banner(&chart, &mut tx).await?;
    if let Some(banner) = &mut banner {
        banner.allergies = allergies(&chart, &mut tx).await?;
    }
    drop(tx);
    let view = views::RecordIndex {
        patient: chart.patient().to_string(),
        sections: counts.iter().map(|count| SectionCount { section: count.section, count: count.all }).collect(),
        private_url: chart.may(Action::ViewLabels).then(|| urls::private(chart.patient())),
        profile_url: chart.may(Action::ViewProfile).then(|| urls::profile(chart.patient())),
        banner,
    };
    page::show(&chart, &view)
}

/// What the patient must not be given, in one line, for those who may see it; the line names what is worst first.
async fn allergies(chart: &Chart<ViewRecord>, tx: &mut salus_db::Reader) -> Result<Option<String>, Error> {
    debug_assert!(!chart.relation().is_of_the_patient(), "the banner is for staff");
    let rows = store::all(tx, store::ALLERGY_INTOLERANCE, chart.scope()).await?;
    let Some(keys) = chart.also::<ViewAllergies>().await? else { return Ok(None) };
    let mut lines = Vec::new();
    for row in rows.iter().filter(|row| !matches!(row.state.as_str(), "inactive" | "resolved" | "entered-in-error")) {
        let resource = sections::open::<ViewAllergies, allergy_intolerance::Resource>(&keys, chart.scope(), row)?;
        lines.extend(line(&AllergyDetails::read(&resource)));
    }
    lines.sort();
    lines.dedup();
    Ok(Some(lines.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")))
}

/// "Penicillin (severe)", with a number that sorts what is worse before what is less; nothing for what was ruled out.
fn line(allergy: &AllergyDetails) -> Option<(u8, String)> {
    let doubted = allergy.certainty.as_ref().is_some_and(|certainty| certainty.tone != Tone::Quiet);
    let substance = allergy.substance.clone();
    let line = match allergy.severity {
        Some("Severe") => (0, words::t1("record-allergy-severe", "substance", substance)),
        Some("Moderate") => (1, substance),
        _ => (2, substance),
    };
    (!doubted).then_some(line)
}
