//! SQL of patients.

use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{PatientId, Subject};
use salus_vault::Phi;

use crate::{
    access::{PatientScope, columns::patient},
    shell::error::Error,
};

/// Who a chart belongs to, still sealed.
pub struct PatientRow {
    /// The person's name.
    pub name: Phi<patient::Name>,
    /// The birth date.
    pub birth_date: Phi<patient::BirthDate>,
    /// The clinic's number for the person.
    pub mrn: Phi<patient::Mrn>,
    /// All the rest.
    pub resource: Phi<patient::Resource>,
    /// Whether the person has died.
    pub deceased: bool,
}

struct Sealed {
    name: Vec<u8>,
    birth_date: Vec<u8>,
    mrn: Vec<u8>,
    resource: Vec<u8>,
    deceased: bool,
}
row!(Sealed { name: name, birth_date: birth_date, mrn: mrn, resource: resource, deceased: deceased });

const PATIENT: Sql = sql!("SELECT name, birth_date, mrn, resource, deceased FROM patient WHERE patient_id = $1");

/// The patient of a chart.
pub async fn patient(tx: &mut Reader, scope: PatientScope) -> Result<PatientRow, Error> {
    let row: Sealed = tx.one(PATIENT, args![scope.patient()]).await?;
    let id = scope.patient().to_string();
    Ok(PatientRow {
        name: Phi::sealed(id.clone(), scope.subject(), row.name),
        birth_date: Phi::sealed(id.clone(), scope.subject(), row.birth_date),
        mrn: Phi::sealed(id.clone(), scope.subject(), row.mrn),
        resource: Phi::sealed(id, scope.subject(), row.resource),
        deceased: row.deceased,
    })
}

const RESOURCE: Sql = sql!("SELECT resource FROM patient WHERE patient_id = $1");

/// All the rest of a patient whom the ledger has named on a list.
pub async fn resource(tx: &mut Reader, listed: PatientId) -> Result<Phi<patient::Resource>, Error> {
    let (resource,): (Vec<u8>,) = tx.one(RESOURCE, args![listed]).await?;
    Ok(Phi::sealed(listed.to_string(), Subject::Patient(listed), resource))
}
