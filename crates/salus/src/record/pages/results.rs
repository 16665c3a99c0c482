//! Results: reports with their values by month, one report with its table, and all results of one test.

use std::collections::HashMap;

use salus_db::Reader;
use salus_fhir::show::{ObservationValue, ReportDetails};
use salus_kernel::{ResourceId, actions::ViewResults};
use salus_vault::Discloses;
use serde_json::Value;

use super::{WhichEntry, WhichPage, pager, telling};
use crate::{
    access::{
        Chart, PatientScope,
        columns::{diagnostic_report, observation},
    },
    patients,
    record::{
        entry::{Entry, flag_tag, flags_tag},
        names::{Wanted, local},
        sections::{self as s, SectionType},
        store::{self, Closed, Page},
        views,
        when::{self, Timing},
    },
    shell::{
        error::Error,
        page::{self, PageResult},
        urls::{self, Section},
        view::Tag,
        words,
    },
};

/// A report that was opened.
pub struct OpenReport {
    /// Its row.
    pub id: ResourceId,
    /// What it says.
    pub details: ReportDetails,
}

impl OpenReport {
    /// Opens a row of `diagnostic_report`.
    pub fn open(keys: &impl Discloses<ViewResults>, scope: PatientScope, row: &Closed) -> Result<Self, Error> {
        let resource = s::open::<ViewResults, diagnostic_report::Resource>(keys, scope, row)?;
        Ok(Self { id: row.id, details: ReportDetails::read(&resource) })
    }

    /// Its values that are in this record.
    fn values(&self) -> impl Iterator<Item = ResourceId> {
        self.details.results.iter().filter_map(|link| Some(local(link.reference.as_deref()?)?.1))
    }

    /// The values of several reports, with one statement.
    pub async fn all_values(
        reports: &[Self],
        keys: &(impl Discloses<ViewResults> + Sync),
        tx: &mut Reader,
        scope: PatientScope,
    ) -> Result<HashMap<ResourceId, ObservationValue>, Error> {
        let ids: Vec<ResourceId> = reports.iter().flat_map(Self::values).collect();
        let rows = store::by_ids(tx, s::Observations::SQL, scope, &ids).await?;
        rows.into_values().map(|row| Ok((row.id, value(keys, scope, &row)?))).collect()
    }
}

pub(super) fn value(
    keys: &impl Discloses<ViewResults>,
    scope: PatientScope,
    row: &Closed,
) -> Result<ObservationValue, Error> {
    Ok(ObservationValue::read(&s::open::<ViewResults, observation::Resource>(keys, scope, row)?))
}

/// "8 tests" and "1 outside range"; for a single test its value.
pub fn summary(report: &OpenReport, values: &HashMap<ResourceId, ObservationValue>) -> (String, Option<Tag>) {
    let own = || report.values().filter_map(|id| values.get(&id));
    let text = match (report.details.results.len(), own().next()) {
        (0, _) => report.details.category.clone().unwrap_or_default(),
        (1, Some(value)) => {
            let said = value.value_or_reason();
            // "2" alone would look like a count.
            if said.chars().any(char::is_alphabetic) { said } else { words::t1("record-single", "value", said) }
        }
        (count, _) => words::t1("record-tests", "count", u64::try_from(count).unwrap_or(u64::MAX)),
    };
    let tag = report.details.status.clone().map(crate::record::entry::tag);
    (text, tag.or_else(|| flags_tag(own())))
}

/// The list, by month.
pub async fn list(chart: Chart<ViewResults>, WhichPage(number): WhichPage) -> PageResult {
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let page = store::page(&mut tx, s::Results::SQL, chart.scope(), number).await?;
    let mut reports = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        reports.push(OpenReport::open(&chart, chart.scope(), row)?);
    }
    let values = OpenReport::all_values(&reports, &chart, &mut tx, chart.scope()).await?;
    drop(tx);

    let zone = chart.app().clinic().await.zone();
    let mut groups: Vec<views::ResultGroup> = Vec::new();
    for report in &reports {
        let heading = report.details.when.map_or_else(|| words::t("record-no-date"), |when| when::month(when, &zone));
        let (summary, flag) = summary(report, &values);
        let line = views::ResultLine {
            title: report.details.title.clone(),
            url: urls::item(chart.patient(), Section::Results, report.id),
            when: report.details.when.map(|when| when::in_month(when, &zone)).unwrap_or_default(),
            summary,
            flag,
        };
        match groups.last_mut() {
            Some(group) if group.heading == heading => group.lines.push(line),
            _ => groups.push(views::ResultGroup { heading, lines: vec![line] }),
        }
    }
    let view = views::ResultsList {
        patient: chart.patient().to_string(),
        groups,
        pager: pager(&urls::section(chart.patient(), Section::Results), &page),
        banner,
    };
    page::show(&chart, &view)
}

/// One report with its table of values.
pub async fn report(chart: Chart<ViewResults>, WhichEntry(id): WhichEntry) -> PageResult {
    let mut tx = chart.read().await?;
    let row = store::one(&mut tx, s::Results::SQL, chart.scope(), id).await?;
    let report = OpenReport::open(&chart, chart.scope(), &row)?;
    let values = OpenReport::all_values(std::slice::from_ref(&report), &chart, &mut tx, chart.scope()).await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let entry = Entry::from(report.details.clone());
    let telling = telling(&chart, &mut tx, Wanted::of(entry.names_on_page())).await?;
    let privacy = super::private::privacy(&chart, &mut tx, Section::Results, id).await?;
    drop(tx);

    let rows = report.details.results.iter().filter_map(|link| {
        let known = link.reference.as_deref().and_then(local).and_then(|(_, id)| Some((id, values.get(&id)?)));
        Some(match known {
            Some((id, value)) => views::ValueRow {
                test: value.name.clone(),
                history: (!value.codes.is_empty()).then(|| urls::test_history(chart.patient(), id)),
                value: value.value_or_reason(),
                range: value.range.clone().unwrap_or_default(),
                flag: value.flag.as_ref().map(flag_tag),
            },
            None => views::ValueRow {
                test: link.text.clone()?,
                history: None,
                value: words::t("record-value-missing"),
                range: String::new(),
                flag: None,
            },
        })
    });
    let view = views::Report {
        patient: chart.patient().to_string(),
        heading: entry.title.clone(),
        status: entry.status.clone(),
        when: entry.timing.full(&telling.zone_of(&entry)),
        facts: telling.facts(&entry),
        values: rows.collect(),
        notes: telling.notes(&entry),
        links: telling.links(id, &entry),
        banner,
        privacy,
    };
    page::show(&chart, &view)
}

/// All results of the test that a measurement is one of, the newest first.
///
/// Which test it is stands in the sealed resource alone, so each measurement of this patient is opened; those that do not
/// mention the code are not read further.
pub async fn history(
    chart: Chart<ViewResults>,
    WhichEntry(id): WhichEntry,
    WhichPage(number): WhichPage,
) -> PageResult {
    let scope = chart.scope();
    let mut tx = chart.read().await?;
    let banner = patients::banner(&chart, &mut tx).await?;
    let rows = store::all(&mut tx, s::Observations::SQL, scope).await?;
    let anchor = value(&chart, scope, rows.iter().find(|row| row.id == id).ok_or(Error::NotFound)?)?;

    let mut same: Vec<(&Closed, ObservationValue)> = Vec::new();
    for row in &rows {
        let json = row.resource::<observation::Resource>(scope).open(&chart)?;
        if !anchor.codes.is_empty() && !anchor.codes.iter().any(|code| may_mention(&json, &code.code)) {
            continue;
        }
        let resource: Value =
            serde_json::from_str(&json).map_err(|_| Error::broken("a stored resource is not JSON"))?;
        let value = ObservationValue::read(&resource);
        if same_test(&anchor, &value) {
            same.push((row, value));
        }
    }

    let page = page_of(same.len(), number);
    let skip = usize::try_from(page.number.saturating_sub(1).saturating_mul(store::PAGE)).unwrap_or(usize::MAX);
    let size = usize::try_from(store::PAGE).unwrap_or(usize::MAX);
    let shown: Vec<(&Closed, ObservationValue)> = same.into_iter().skip(skip).take(size).collect();
    let reports = reports_of(&chart, &mut tx, &shown).await?;
    drop(tx);

    let zone = chart.app().clinic().await.zone();
    let told = |(row, value): (&Closed, ObservationValue)| {
        let own_page = || urls::item(chart.patient(), Section::Observations, row.id);
        let report =
            reports.get(&row.id).map_or_else(own_page, |report| urls::item(chart.patient(), Section::Results, report));
        let when = Timing::at(value.when).brief(&zone);
        views::HistoryRow {
            when: if when.is_empty() { words::t("record-no-date") } else { when },
            value: value.value_or_reason(),
            range: value.range.unwrap_or_default(),
            flag: value.flag.as_ref().map(flag_tag),
            report: Some(report),
        }
    };
    let view = views::TestHistory {
        patient: chart.patient().to_string(),
        heading: anchor.name.clone(),
        rows: shown.into_iter().map(told).collect(),
        pager: pager(&urls::test_history(chart.patient(), id), &page),
        banner,
    };
    page::show(&chart, &view)
}

/// Whether a resource may hold a code. Codes with unusual letters may be escaped in JSON: then we read and see.
fn may_mention(json: &str, code: &str) -> bool {
    let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    !plain || json.contains(code)
}

/// The same test: a code in common, or the same name where there are no codes.
fn same_test(one: &ObservationValue, other: &ObservationValue) -> bool {
    if one.codes.is_empty() || other.codes.is_empty() {
        return one.codes.is_empty() && other.codes.is_empty() && one.name == other.name;
    }
    one.codes.iter().any(|code| other.codes.contains(code))
}

/// A page of a list that is in memory.
fn page_of(total: usize, number: u64) -> Page {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let last = total.div_ceil(store::PAGE).max(1);
    Page { rows: Vec::new(), number: if number <= last { number } else { 1 }, total }
}

/// The report that each of these values belongs to, found among the reports of their visits.
async fn reports_of(
    chart: &Chart<ViewResults>,
    tx: &mut Reader,
    values: &[(&Closed, ObservationValue)],
) -> Result<HashMap<ResourceId, ResourceId>, Error> {
    let visits: Vec<ResourceId> = values.iter().filter_map(|(row, _)| row.encounter).collect();
    let mut reports = HashMap::new();
    for row in store::at_visits(tx, s::Results::SQL, chart.scope(), &visits).await? {
        let report = OpenReport::open(chart, chart.scope(), &row)?;
        reports.extend(report.values().map(|value| (value, report.id)));
    }
    Ok(reports)
}
