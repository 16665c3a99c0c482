//! What is in the database already: found by blind indexes, many at a time.

use std::collections::HashMap;

use salus_db::{FromRow, Reader, Sql, Value, row, sql};
use salus_fhir::ResourceType;
use salus_kernel::{Instant, PatientId, ResourceId};

use super::identity::{Key, identifiers};
use crate::shell::error::Error;

/// A type's table.
pub(super) const fn table(kind: ResourceType) -> &'static str {
    use ResourceType as T;
    match kind {
        T::Patient => "patient",
        T::Practitioner => "practitioner",
        T::PractitionerRole => "practitioner_role",
        T::Organization => "organization",
        T::Location => "location",
        T::Encounter => "encounter",
        T::Condition => "condition",
        T::AllergyIntolerance => "allergy_intolerance",
        T::MedicationRequest => "medication_request",
        T::MedicationAdministration => "medication_administration",
        T::Immunization => "immunization",
        T::Observation => "observation",
        T::DiagnosticReport => "diagnostic_report",
        T::DocumentReference => "document_reference",
        T::Procedure => "procedure",
        T::CareTeam => "care_team",
        T::CarePlan => "care_plan",
        T::Goal => "goal",
        T::Device => "device",
        T::ImagingStudy => "imaging_study",
        T::Coverage => "coverage",
        T::Provenance => "provenance",
    }
}

/// The column of a row's id.
pub(super) const fn id_column(kind: ResourceType) -> &'static str {
    match kind {
        ResourceType::Patient => "patient_id",
        _ => "id",
    }
}

/// A row that an identity names already.
pub(super) struct Held {
    pub(super) id: ResourceId,
    pub(super) digest: [u8; 32],
    pub(super) version: i64,
    pub(super) created: Instant,
    /// Whose record it is in; none for people and places.
    pub(super) patient: Option<PatientId>,
    index: String,
}
row!(Held { id, digest: content_digest, version, created: created_at, patient: patient_id, index: source_index });

/// The rows of one type that have these source indexes.
pub(super) async fn held(
    tx: &mut Reader,
    kind: ResourceType,
    indexes: &[String],
) -> Result<HashMap<String, Held>, Error> {
    let patient = match kind {
        ResourceType::Patient => "patient_id",
        kind if kind.is_clinical() => "patient_id",
        _ => "CAST(NULL AS TEXT) AS patient_id",
    };
    let select = format!("{} AS id, content_digest, version, created_at, {patient}, source_index", id_column(kind));
    let rows: Vec<Held> = among(tx, &select, table(kind), "source_index", indexes).await?;
    Ok(rows.into_iter().map(|row| (row.index.clone(), row)).collect())
}

/// The practitioners who have these NPIs, with their source indexes.
pub(super) async fn by_npi(tx: &mut Reader, npis: &[String]) -> Result<HashMap<String, (ResourceId, String)>, Error> {
    let rows: Vec<(String, ResourceId, String)> =
        among(tx, "npi, id, source_index", "practitioner", "npi", npis).await?;
    Ok(rows.into_iter().map(|(npi, id, index)| (npi, (id, index))).collect())
}

/// The patients who have these record numbers, by blind index.
pub(super) async fn by_mrn(tx: &mut Reader, indexes: &[String]) -> Result<HashMap<String, ResourceId>, Error> {
    let rows: Vec<(String, ResourceId)> = among(tx, "mrn_index, patient_id", "patient", "mrn_index", indexes).await?;
    Ok(rows.into_iter().collect())
}

/// Everybody and every place at the clinic by their identifiers, for conditional references; what is not unique is left out.
pub(super) async fn by_identifier(
    tx: &mut Reader,
    kind: ResourceType,
) -> Result<HashMap<Key, Option<ResourceId>>, Error> {
    let sql = Sql::owned(format!("SELECT id, resource FROM {}", table(kind)));
    let rows: Vec<(ResourceId, String)> = tx.all(sql, Vec::new()).await?;
    let mut found = HashMap::new();
    for (id, resource) in rows {
        let resource = serde_json::from_str(&resource).unwrap_or_default();
        for key in identifiers(kind, &resource) {
            found.entry(key).and_modify(|known| *known = None).or_insert(Some(id));
        }
    }
    Ok(found)
}

const CLINIC_ZONE: Sql = sql!("SELECT timezone FROM clinic");
const LOCATION_ZONE: Sql = sql!("SELECT timezone FROM location WHERE id = $1");

/// The zone of the clinic's main place.
pub(super) async fn clinic_zone(tx: &mut Reader) -> Result<String, Error> {
    Ok(tx.one::<(String,)>(CLINIC_ZONE, Vec::new()).await?.0)
}

/// The zone of a place.
pub(super) async fn location_zone(tx: &mut Reader, id: ResourceId) -> Result<String, Error> {
    Ok(tx.one::<(String,)>(LOCATION_ZONE, vec![id.into()]).await?.0)
}

/// `SELECT … WHERE column IN (…)`. Two lengths of list only, so that the engines can keep the statements.
async fn among<T: FromRow>(
    tx: &mut Reader,
    select: &str,
    table: &str,
    column: &str,
    wanted: &[String],
) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    for part in wanted.chunks(256) {
        let length = if part.len() <= 16 { 16 } else { 256 };
        let places: Vec<String> = (1..=length).map(|number| format!("${number}")).collect();
        let sql = Sql::owned(format!("SELECT {select} FROM {table} WHERE {column} IN ({})", places.join(", ")));
        // NULL equals nothing.
        let values = part.iter().map(|value| Value::from(value.as_str()));
        let values = values.chain(std::iter::repeat(Value::Text(None))).take(length).collect();
        found.extend(tx.all::<T>(sql, values).await?);
    }
    Ok(found)
}
