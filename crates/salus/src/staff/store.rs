//! SQL of the staff's lists of patients.

use std::collections::HashMap;

use salus_db::{Reader, Sql, Value, args, row, sql};
use salus_kernel::{ActionType, Instant, PatientId, PractitionerId, Subject};
use salus_vault::{Opens, Phi};

use crate::{
    access::{Disclosed, columns::patient},
    shell::{dates, error::Error},
};

const MINE: Sql = sql!(
    "SELECT patient_id, MAX(starts_at) FROM care_team_member
      WHERE practitioner_id = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)
      GROUP BY patient_id ORDER BY MAX(starts_at) DESC, patient_id"
);
const STAFF_COUNT: Sql = sql!("SELECT COUNT(*) FROM staff_member");

/// The patients in a practitioner's care now, the newest first. Ids alone.
pub async fn in_care_of(tx: &mut Reader, practitioner: PractitionerId, now: Instant) -> Result<Vec<PatientId>, Error> {
    let rows: Vec<(PatientId, i64)> = tx.all(MINE, args![practitioner, now]).await?;
    Ok(rows.into_iter().map(|(patient, _)| patient).collect())
}

/// How many people work here.
pub async fn staff_count(tx: &mut Reader) -> Result<u64, Error> {
    let (count,): (i64,) = tx.one(STAFF_COUNT, Vec::new()).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A patient on a list, closed.
pub struct Listed {
    /// Whose chart.
    pub patient: PatientId,
    /// The name.
    pub name: Phi<patient::Name>,
    /// The birth date.
    pub birth_date: Phi<patient::BirthDate>,
    /// The record number.
    pub mrn: Phi<patient::Mrn>,
    /// Whether the person has died.
    pub deceased: bool,
}

struct ListedRow {
    patient_id: PatientId,
    name: Vec<u8>,
    birth_date: Vec<u8>,
    mrn: Vec<u8>,
    deceased: bool,
}
row!(ListedRow { patient_id: patient_id, name: name, birth_date: birth_date, mrn: mrn, deceased: deceased });

/// These patients' rows, in a transaction that may see them.
pub async fn listed(tx: &mut Reader, patients: &[PatientId]) -> Result<Vec<Listed>, Error> {
    if patients.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=patients.len()).map(|number| format!("${number}")).collect();
    let sql = Sql::owned(format!(
        "SELECT patient_id, name, birth_date, mrn, deceased FROM patient WHERE patient_id IN ({})",
        places.join(", ")
    ));
    let rows: Vec<ListedRow> = tx.all(sql, patients.iter().map(|patient| Value::from(*patient)).collect()).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (id, subject) = (row.patient_id.to_string(), Subject::Patient(row.patient_id));
            Listed {
                patient: row.patient_id,
                name: Phi::sealed(id.clone(), subject, row.name),
                birth_date: Phi::sealed(id.clone(), subject, row.birth_date),
                mrn: Phi::sealed(id, subject, row.mrn),
                deceased: row.deceased,
            }
        })
        .collect())
}

/// A patient on a list, opened.
pub struct Named {
    /// The name.
    pub name: String,
    /// The birth date, in words.
    pub born: String,
}

/// Patients whom the ledger has named, by id. Who was erased is not among them.
pub async fn named<A>(
    disclosed: &mut Disclosed<'_, A>,
    patients: &[PatientId],
) -> Result<HashMap<PatientId, Named>, Error>
where
    A: ActionType + Opens<patient::Name> + Opens<patient::BirthDate>,
{
    let rows = listed(&mut disclosed.tx, patients).await?;
    let there = rows.into_iter().filter(|row| !disclosed.erased.contains_key(&row.patient));
    there
        .map(|row| {
            let born = row.birth_date.open(&disclosed.keys)?;
            let born = born.parse().map_or(born, dates::date);
            Ok((row.patient, Named { name: row.name.open(&disclosed.keys)?, born }))
        })
        .collect()
}
