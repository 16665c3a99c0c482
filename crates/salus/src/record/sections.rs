//! The record's sections at the level of types: which action opens which column of which table, and how it is read.
//!
//! One generic handler serves every section that has no page of its own shape; what it may open is checked here, where
//! action and column stand side by side.

use salus_db::Reader;
use salus_fhir::{ResourceType, show};
use salus_kernel::{ActionType, Column, ResourceId, actions};
use salus_vault::{Discloses, Opens};
use serde_json::Value;

use super::{
    entry::Entry,
    store::{self, Closed, Statements},
};
use crate::{
    access::{PatientScope, columns as c},
    patients::MayFrame,
    shell::{error::Error, urls::Section},
};

/// An entry of some section, opened.
pub struct Found {
    /// Which.
    pub section: Section,
    /// Its id.
    pub id: ResourceId,
    /// What it is.
    pub resource: Value,
}

/// One section of the record.
pub trait SectionType: Send + Sync + 'static {
    /// Its name in addresses and words.
    const SECTION: Section;
    /// How its table is read.
    const SQL: Statements;
    /// What looking at it is called.
    type Action: ActionType + Opens<Self::Column> + MayFrame;
    /// The sealed column.
    type Column: Column;
    /// What there is to say about one of its resources.
    fn read(resource: &Value) -> Entry;
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident: $table:ident, $statements:ident, $action:ident, $details:ident;)+) => {
        /// Each section, with what its address says and what looking at it is.
        #[cfg(test)]
        pub const ACTIONS: &[(Section, salus_kernel::Action)] =
            &[$((Section::$name, <actions::$action as ActionType>::ACTION)),+];
        /// Opens entries of the whole record, whichever table holds them: these, or all of them.
        pub async fn of_any<A>(
            keys: &impl Discloses<A>,
            tx: &mut Reader,
            scope: PatientScope,
            ids: Option<&[ResourceId]>,
        ) -> Result<Vec<Found>, Error>
        where
            A: ActionType $(+ Opens<c::$table::Resource>)+,
        {
            let mut found = Vec::new();
            $({
                let rows = match ids {
                    Some(ids) => store::by_ids(tx, store::$statements, scope, ids).await?.into_values().collect(),
                    None => store::all(tx, store::$statements, scope).await?,
                };
                for row in &rows {
                    let resource = open::<A, c::$table::Resource>(keys, scope, row)?;
                    found.push(Found { section: Section::$name, id: row.id, resource });
                }
            })+
            Ok(found)
        }
        $(
            $(#[$doc])*
            pub struct $name;
            impl SectionType for $name {
                const SECTION: Section = Section::$name;
                const SQL: Statements = store::$statements;
                // Links are shown by what the section's name in an address says.
                type Action = actions::$action;
                type Column = c::$table::Resource;
                fn read(resource: &Value) -> Entry {
                    Entry::from(show::$details::read(resource))
                }
            }
        )+
    };
}

sections! {
    /// Conditions.
    Problems: condition, CONDITION, ViewProblems, ConditionDetails;
    /// Allergies and intolerances.
    Allergies: allergy_intolerance, ALLERGY_INTOLERANCE, ViewAllergies, AllergyDetails;
    /// Medicines that were ordered.
    Medicines: medication_request, MEDICATION_REQUEST, ViewMedicines, MedicationDetails;
    /// Medicines that were given.
    MedicineAdministrations: medication_administration, MEDICATION_ADMINISTRATION, ViewMedicines, AdministrationDetails;
    /// Vaccines.
    Immunizations: immunization, IMMUNIZATION, ViewImmunizations, ImmunizationDetails;
    /// Reports.
    Results: diagnostic_report, DIAGNOSTIC_REPORT, ViewResults, ReportDetails;
    /// Measurements.
    Observations: observation, OBSERVATION, ViewResults, ObservationValue;
    /// Procedures.
    Procedures: procedure, PROCEDURE, ViewProcedures, ProcedureDetails;
    /// Visits.
    Encounters: encounter, ENCOUNTER, ViewEncounters, EncounterDetails;
    /// Notes and documents.
    Documents: document_reference, DOCUMENT_REFERENCE, ViewDocuments, NoteDetails;
    /// Care teams.
    CareTeam: care_team, CARE_TEAM, ViewCarePlans, CareTeamDetails;
    /// Goals.
    Goals: goal, GOAL, ViewCarePlans, GoalDetails;
    /// Care plans.
    CarePlans: care_plan, CARE_PLAN, ViewCarePlans, CarePlanDetails;
    /// Devices.
    Devices: device, DEVICE, ViewDevices, DeviceDetails;
    /// Imaging studies.
    Imaging: imaging_study, IMAGING_STUDY, ViewDevices, ImagingDetails;
    /// Insurance.
    Coverage: coverage, COVERAGE, ViewCoverage, CoverageDetails;
    /// Where entries came from.
    Provenance: provenance, PROVENANCE, ViewProvenance, ProvenanceDetails;
}

/// Opens a resource of a column: the one place of this slice where clinical rows are unsealed.
pub fn open<A, C>(keys: &impl Discloses<A>, scope: PatientScope, row: &Closed) -> Result<Value, Error>
where
    A: Opens<C>,
    C: Column,
{
    let json = row.resource::<C>(scope).open_bytes(keys)?;
    serde_json::from_slice(&json).map_err(|_| Error::broken("a stored resource is not JSON"))
}

/// What there is to say about a row of a section.
pub fn read<S: SectionType>(
    keys: &impl Discloses<S::Action>,
    scope: PatientScope,
    row: &Closed,
) -> Result<Entry, Error> {
    Ok(S::read(&open::<S::Action, S::Column>(keys, scope, row)?))
}

/// The section in which resources of this FHIR type are shown, by the type's name in a reference.
pub fn of_type(name: &str) -> Option<(Section, ResourceType)> {
    let kind = ResourceType::named(name)?;
    let section = match kind {
        ResourceType::Condition => Section::Problems,
        ResourceType::AllergyIntolerance => Section::Allergies,
        ResourceType::MedicationRequest => Section::Medicines,
        ResourceType::MedicationAdministration => Section::MedicineAdministrations,
        ResourceType::Immunization => Section::Immunizations,
        ResourceType::DiagnosticReport => Section::Results,
        ResourceType::Observation => Section::Observations,
        ResourceType::Procedure => Section::Procedures,
        ResourceType::Encounter => Section::Encounters,
        ResourceType::DocumentReference => Section::Documents,
        ResourceType::CareTeam => Section::CareTeam,
        ResourceType::Goal => Section::Goals,
        ResourceType::CarePlan => Section::CarePlans,
        ResourceType::Device => Section::Devices,
        ResourceType::ImagingStudy => Section::Imaging,
        ResourceType::Coverage => Section::Coverage,
        ResourceType::Provenance => Section::Provenance,
        ResourceType::Patient
        | ResourceType::Practitioner
        | ResourceType::PractitionerRole
        | ResourceType::Organization
        | ResourceType::Location => return None,
    };
    Some((section, kind))
}
