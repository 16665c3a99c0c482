//! SQL of the record. The clinical tables all have the same columns, so one set of statements serves them all.
//!
//! Invariant: every statement about a patient says whose rows it reads, `patient_id = $1`, and `$1` comes from a guard.

use std::collections::HashMap;

use salus_db::{DbError, FromRow, Reader, Row, Sql, args, row, sql};
use salus_kernel::{Column, Instant, ResourceId, uuid_v7};
use salus_vault::Phi;

use crate::{
    access::PatientScope,
    shell::{error::Error, urls::Section},
};

/// How many entries a page of a list shows.
pub const PAGE: u64 = 50;
/// Pages beyond this one are nobody's; it keeps numbers from the address small.
const LAST_PAGE: u64 = 1_000_000;

/// The statements of one clinical table, all alike.
pub struct Statements {
    /// One page of the list, with the number of all entries beside each row.
    page: Sql,
    /// The whole list.
    all: Sql,
    /// One entry.
    one: Sql,
    /// Entries by their ids.
    by_ids: Sql,
    /// Entries of these visits.
    at_visits: Sql,
}

/// The ids in `$2`, of which there are `$3`: each is 36 characters long, and they stand there without a gap. Both engines
/// read it, and it stays one text however many ids there are. Materialized, because PostgreSQL would otherwise cut the
/// text anew for every pair of rows that it compares.
macro_rules! wanted {
    () => {
        "WITH RECURSIVE place (n) AS (
             SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < CAST($3 AS BIGINT)),
         wanted (wish) AS MATERIALIZED (
             SELECT substr(CAST($2 AS TEXT), n * 36 + 1, 36) FROM place)
         "
    };
}
/// Without what is kept private from whoever reads: `$n` is how far they see. On PostgreSQL row-level security says it again.
macro_rules! shown {
    ($of:literal, $reach:literal) => {
        concat!(
            " AND ",
            $of,
            "id NOT IN (SELECT l.target FROM security_label l
                  WHERE l.patient_id = $1 AND l.ended_at IS NULL AND l.reach > $",
            $reach,
            ")"
        )
    };
}
/// Newest first; what has no date comes last, on both engines.
macro_rules! order {
    (newest) => {
        " ORDER BY event_at DESC NULLS LAST, id"
    };
    (present) => {
        " ORDER BY CASE WHEN state IN ('active', 'recurrence', 'relapse', 'in-progress', 'on-hold', 'proposed', 'planned', 'accepted')
                        THEN 0 ELSE 1 END, event_at DESC NULLS LAST, id"
    };
}

macro_rules! statements {
    ($table:literal, $order:ident) => {
        Statements {
            page: sql!(concat!(
                "SELECT id, event_at, state, encounter_id, resource,
                        (SELECT COUNT(*) FROM ",
                $table,
                " counted WHERE counted.patient_id = $1",
                shown!("counted.", "4"),
                ") AS total
                   FROM ",
                $table,
                " WHERE patient_id = $1",
                shown!("", "4"),
                order!($order),
                " LIMIT $2 OFFSET $3"
            )),
            all: sql!(concat!(
                "SELECT id, event_at, state, encounter_id, resource FROM ",
                $table,
                " WHERE patient_id = $1",
                shown!("", "2"),
                order!($order)
            )),
            one: sql!(concat!(
                "SELECT id, event_at, state, encounter_id, resource FROM ",
                $table,
                " WHERE patient_id = $1 AND id = $2",
                shown!("", "3")
            )),
            by_ids: sql!(concat!(
                wanted!(),
                "SELECT id, event_at, state, encounter_id, resource FROM wanted CROSS JOIN ",
                $table,
                " WHERE patient_id = $1 AND id = wish",
                shown!("", "4")
            )),
            at_visits: sql!(concat!(
                wanted!(),
                "SELECT id, event_at, state, encounter_id, resource FROM wanted CROSS JOIN ",
                $table,
                " WHERE patient_id = $1 AND encounter_id = wish",
                shown!("", "4")
            )),
        }
    };
}

/// Conditions, those that are there first.
pub const CONDITION: Statements = statements!("condition", present);
/// Allergies, those that are there first.
pub const ALLERGY_INTOLERANCE: Statements = statements!("allergy_intolerance", present);
/// Medicines ordered, those being taken first.
pub const MEDICATION_REQUEST: Statements = statements!("medication_request", present);
/// Medicines given.
pub const MEDICATION_ADMINISTRATION: Statements = statements!("medication_administration", newest);
/// Vaccines.
pub const IMMUNIZATION: Statements = statements!("immunization", newest);
/// Reports.
pub const DIAGNOSTIC_REPORT: Statements = statements!("diagnostic_report", newest);
/// Measurements.
pub const OBSERVATION: Statements = statements!("observation", newest);
/// Procedures.
pub const PROCEDURE: Statements = statements!("procedure", newest);
/// Visits.
pub const ENCOUNTER: Statements = statements!("encounter", newest);
/// Notes and documents.
pub const DOCUMENT_REFERENCE: Statements = statements!("document_reference", newest);
/// Care teams, the present ones first.
pub const CARE_TEAM: Statements = statements!("care_team", present);
/// Goals, the present ones first.
pub const GOAL: Statements = statements!("goal", present);
/// Care plans, the present ones first.
pub const CARE_PLAN: Statements = statements!("care_plan", present);
/// Devices, those in use first.
pub const DEVICE: Statements = statements!("device", present);
/// Imaging studies.
pub const IMAGING_STUDY: Statements = statements!("imaging_study", newest);
/// Insurance, the present one first.
pub const COVERAGE: Statements = statements!("coverage", present);
/// Where entries came from.
pub const PROVENANCE: Statements = statements!("provenance", newest);

/// A row whose resource is still sealed.
pub struct Closed {
    /// The entry's id.
    pub id: ResourceId,
    /// When it happened, as far as lists sort by it.
    pub event_at: Option<Instant>,
    /// The resource's status word.
    pub state: String,
    /// The visit it belongs to.
    pub encounter: Option<ResourceId>,
    sealed: Vec<u8>,
}
row!(Closed { id: id, event_at: event_at, state: state, encounter: encounter_id, sealed: resource });

impl Closed {
    /// The resource, for whoever may open it. `C` is the column of the table that the row was read from; with another
    /// one it does not open.
    pub fn resource<C: Column>(&self, scope: PatientScope) -> Phi<C> {
        Phi::sealed(self.id.to_string(), scope.subject(), self.sealed.clone())
    }
}

struct Counted {
    row: Closed,
    total: i64,
}

impl FromRow for Counted {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { total: row.column("total")?, row: Closed::from_row(row)? })
    }
}

/// One page of a list.
pub struct Page {
    /// Its rows.
    pub rows: Vec<Closed>,
    /// Its number, from 1.
    pub number: u64,
    /// How many rows the whole list has.
    pub total: u64,
}

/// A page of a table. A page that does not exist is the first page.
pub async fn page(tx: &mut Reader, of: Statements, scope: PatientScope, number: u64) -> Result<Page, Error> {
    let number = if (1..=LAST_PAGE).contains(&number) { number } else { 1 };
    let size = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let before = |number: u64| i64::try_from(number.saturating_sub(1).saturating_mul(PAGE)).unwrap_or(i64::MAX);
    let mut rows: Vec<Counted> =
        tx.all(of.page.clone(), args![scope.patient(), size, before(number), scope.reach()]).await?;
    let number = if rows.is_empty() && number > 1 {
        rows = tx.all(of.page, args![scope.patient(), size, before(1), scope.reach()]).await?;
        1
    } else {
        number
    };
    let total = rows.first().map_or(0, |first| whole(first.total));
    Ok(Page { rows: rows.into_iter().map(|counted| counted.row).collect(), number, total })
}

/// Every row of a table.
pub async fn all(tx: &mut Reader, of: Statements, scope: PatientScope) -> Result<Vec<Closed>, Error> {
    Ok(tx.all(of.all, args![scope.patient(), scope.reach()]).await?)
}

/// One row, if it is in this chart.
pub async fn one(tx: &mut Reader, of: Statements, scope: PatientScope, id: ResourceId) -> Result<Closed, Error> {
    Ok(tx.one(of.one, args![scope.patient(), id, scope.reach()]).await?)
}

/// The rows with these ids, as far as they are in this chart.
pub async fn by_ids(
    tx: &mut Reader,
    of: Statements,
    scope: PatientScope,
    ids: &[ResourceId],
) -> Result<HashMap<ResourceId, Closed>, Error> {
    let rows = listed(tx, of.by_ids, scope, ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The rows that belong to these visits.
pub async fn at_visits(
    tx: &mut Reader,
    of: Statements,
    scope: PatientScope,
    visits: &[ResourceId],
) -> Result<Vec<Closed>, Error> {
    listed(tx, of.at_visits, scope, visits).await
}

async fn listed(tx: &mut Reader, sql: Sql, scope: PatientScope, ids: &[ResourceId]) -> Result<Vec<Closed>, Error> {
    let mut ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.all(sql, args![scope.patient(), ids.concat(), i64::try_from(ids.len()).unwrap_or(0), scope.reach()]).await?)
}

macro_rules! each_section {
    ($head:expr, $select:literal, $tail:expr, $(($slug:literal, $table:literal)),+ $(,)?) => {
        concat!($head, each_section!(@ $select, $tail, $(($slug, $table)),+))
    };
    (@ $select:literal, $tail:expr, ($slug:literal, $table:literal), $($rest:tt),+) => {
        concat!("SELECT '", $slug, "' AS section, ", $select, " FROM ", $table, " WHERE patient_id = $1", $tail, " UNION ALL ",
            each_section!(@ $select, $tail, $($rest),+))
    };
    (@ $select:literal, $tail:expr, ($slug:literal, $table:literal)) => {
        concat!("SELECT '", $slug, "' AS section, ", $select, " FROM ", $table, " WHERE patient_id = $1", $tail)
    };
}

/// How much is in a section.
pub struct Count {
    /// Which.
    pub section: Section,
    /// How many entries.
    pub all: u64,
    /// How many of them came since a moment.
    pub fresh: u64,
}

struct CountRow {
    section: String,
    entries: i64,
    fresh: i64,
}
row!(CountRow { section: section, entries: entries, fresh: fresh });

// Ids begin with the moment when the row was made (RFC 9562, version 7), and the index that counts holds them: what is
// new is found without reading a row.
const COUNTS: Sql = sql!(each_section!(
    "",
    "COUNT(*) AS entries, COUNT(CASE WHEN id > $2 THEN 1 END) AS fresh",
    shown!("", "3"),
    ("problems", "condition"),
    ("allergies", "allergy_intolerance"),
    ("medicines", "medication_request"),
    ("medicine-administrations", "medication_administration"),
    ("immunizations", "immunization"),
    ("results", "diagnostic_report"),
    ("observations", "observation"),
    ("procedures", "procedure"),
    ("encounters", "encounter"),
    ("documents", "document_reference"),
    ("care-team", "care_team"),
    ("goals", "goal"),
    ("care-plans", "care_plan"),
    ("devices", "device"),
    ("imaging", "imaging_study"),
    ("coverage", "coverage"),
    ("provenance", "provenance"),
));

/// How much is in each section, in the sections' order, and how much of it came after a moment.
pub async fn counts(tx: &mut Reader, scope: PatientScope, since: Option<Instant>) -> Result<Vec<Count>, Error> {
    /// Sorts behind every id, whatever the database calls order.
    const NEVER: &str = "g";
    let bound = since.map_or_else(|| NEVER.to_owned(), |since| uuid_v7(since, [0; 10]).to_string());
    let rows: Vec<CountRow> = tx.all(COUNTS, args![scope.patient(), bound, scope.reach()]).await?;
    let count = |section: Section| match rows.iter().find(|row| row.section == section.slug()) {
        Some(row) => Count { section, all: whole(row.entries), fresh: whole(row.fresh) },
        None => Count { section, all: 0, fresh: 0 },
    };
    Ok(Section::ALL.into_iter().map(count).collect())
}

/// A closed row of some section.
pub struct Mixed {
    /// Which.
    pub section: Section,
    /// The row.
    pub row: Closed,
}

struct MixedRow {
    section: String,
    row: Closed,
}

impl FromRow for MixedRow {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { section: row.column("section")?, row: Closed::from_row(row)? })
    }
}

/// Rows of several sections, newest first.
async fn mixed(tx: &mut Reader, sql: Sql, values: Vec<salus_db::Value>) -> Result<Vec<Mixed>, Error> {
    let rows: Vec<MixedRow> = tx.all(sql, values).await?;
    let mut rows: Vec<Mixed> = rows
        .into_iter()
        .filter_map(|MixedRow { section, row }| Some(Mixed { section: Section::from_slug(&section)?, row }))
        .collect();
    rows.sort_by(|left, right| right.row.event_at.cmp(&left.row.event_at).then(left.row.id.cmp(&right.row.id)));
    Ok(rows)
}

const VISIT: Sql = sql!(each_section!(
    concat!(
        "SELECT 'encounters' AS section, id, event_at, state, encounter_id, resource FROM encounter WHERE patient_id = $1 AND id = $2",
        shown!("", "3"),
        " UNION ALL "
    ),
    "id, event_at, state, encounter_id, resource",
    concat!(" AND encounter_id = $2", shown!("", "3")),
    ("documents", "document_reference"),
    ("results", "diagnostic_report"),
    ("observations", "observation"),
    ("medicines", "medication_request"),
    ("medicine-administrations", "medication_administration"),
    ("immunizations", "immunization"),
    ("procedures", "procedure"),
    ("imaging", "imaging_study"),
    ("problems", "condition"),
));

/// A visit and everything that was written down at it.
pub async fn visit(tx: &mut Reader, scope: PatientScope, id: ResourceId) -> Result<(Closed, Vec<Mixed>), Error> {
    let mut rows = mixed(tx, VISIT, args![scope.patient(), id, scope.reach()]).await?;
    let own = rows.iter().position(|row| row.section == Section::Encounters).ok_or(Error::NotFound)?;
    let visit = rows.remove(own).row;
    Ok((visit, rows))
}

// Each branch is a query of its own, so that its index gives the newest without sorting.
const NEWEST: Sql = sql!(concat!(
    "SELECT * FROM (SELECT 'results' AS section, id, event_at, state, encounter_id, resource FROM diagnostic_report
                     WHERE patient_id = $1 AND event_at IS NOT NULL",
    shown!("", "3"),
    " ORDER BY event_at DESC, id LIMIT $2) AS results
     UNION ALL
     SELECT * FROM (SELECT 'encounters' AS section, id, event_at, state, encounter_id, resource FROM encounter
                     WHERE patient_id = $1 AND event_at IS NOT NULL",
    shown!("", "3"),
    " ORDER BY event_at DESC, id LIMIT $2) AS encounters"
));

/// The newest reports and visits, newest first.
pub async fn newest(tx: &mut Reader, scope: PatientScope, of_each: u32) -> Result<Vec<Mixed>, Error> {
    mixed(tx, NEWEST, args![scope.patient(), of_each, scope.reach()]).await
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// Every statement of this file, for the test that prepares them on both engines, and sees that each leaves out what is kept
/// private.
#[cfg(test)]
pub fn every() -> Vec<Sql> {
    let mut every = vec![COUNTS, VISIT, NEWEST];
    for section in Section::ALL {
        let Statements { page, all, one, by_ids, at_visits } = statements(section);
        every.extend([page, all, one, by_ids, at_visits]);
    }
    every
}

/// The statements of a section's table.
#[cfg(test)]
const fn statements(section: Section) -> Statements {
    match section {
        Section::Problems => CONDITION,
        Section::Allergies => ALLERGY_INTOLERANCE,
        Section::Medicines => MEDICATION_REQUEST,
        Section::MedicineAdministrations => MEDICATION_ADMINISTRATION,
        Section::Immunizations => IMMUNIZATION,
        Section::Results => DIAGNOSTIC_REPORT,
        Section::Observations => OBSERVATION,
        Section::Procedures => PROCEDURE,
        Section::Encounters => ENCOUNTER,
        Section::Documents => DOCUMENT_REFERENCE,
        Section::CareTeam => CARE_TEAM,
        Section::Goals => GOAL,
        Section::CarePlans => CARE_PLAN,
        Section::Devices => DEVICE,
        Section::Imaging => IMAGING_STUDY,
        Section::Coverage => COVERAGE,
        Section::Provenance => PROVENANCE,
    }
}
