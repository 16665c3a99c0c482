//! Both engines, through the same door as the application; on PostgreSQL also with raw SQL, as an attacker would.

mod connections;
mod files;
mod ledger;
mod migrations;
mod provision;
mod transactions;
mod walls;

use salus_kernel::{AccountId, Archetype, Instant, PatientId, PractitionerId, TableEntry};

use crate::{Db, DbError, Sight, Sql, Tx, Value, args, sql, testing::TestDbs};

/// Runs a test on SQLite and on PostgreSQL, each with fresh databases.
macro_rules! on_both {
    (async fn $name:ident($dbs:ident: TestDbs) $body:block) => {
        mod $name {
            use super::*;

            async fn body($dbs: TestDbs) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let dbs = TestDbs::sqlite(&registry()).await;
                let closer = dbs.closer();
                body(dbs).await;
                closer.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(dbs) = TestDbs::postgres(&registry()).await {
                    body(dbs).await;
                }
            }
        }
    };
}
pub(crate) use on_both;

const CLINICAL: [&str; 17] = [
    "encounter",
    "condition",
    "allergy_intolerance",
    "medication_request",
    "medication_administration",
    "immunization",
    "observation",
    "diagnostic_report",
    "document_reference",
    "procedure",
    "care_team",
    "care_plan",
    "goal",
    "device",
    "imaging_study",
    "coverage",
    "provenance",
];

/// The archetypes as the application declares them; columns are the application's own test.
pub(crate) fn registry() -> Vec<TableEntry> {
    use Archetype::{Account, Chart, Keys, Lookup, Record, Ruled, Runner, Shared, Token};
    let others = [
        ("clinic", Shared),
        ("clinic_key", Keys),
        ("subject_key", Keys),
        ("account", Account),
        ("staff_member", Shared),
        ("access_grant", Account),
        ("care_team_member", Chart),
        ("related_person", Chart),
        ("emergency_access", Chart),
        ("access_review", Ruled),
        ("access_finding", Ruled),
        ("watched_record", Ruled),
        ("authenticator", Account),
        ("recovery_code", Account),
        ("passkey", Account),
        ("email_change", Account),
        ("federated_identity", Account),
        ("account_undo", Account),
        ("session", Token),
        ("throttle", Lookup),
        ("passkey_challenge", Lookup),
        ("registration", Account),
        ("invite", Lookup),
        ("recovery", Lookup),
        ("parked_form", Account),
        ("caregiver_request", Account),
        ("caregiver_photo", Account),
        ("ledger_lease", Shared),
        ("ledger_outcome", Keys),
        ("job", Runner),
        ("practitioner", Shared),
        ("practitioner_role", Shared),
        ("organization", Shared),
        ("location", Shared),
        ("location_opening", Shared),
        ("location_closure", Shared),
        ("healthcare_service", Shared),
        ("appointment", Chart),
        ("actor_lock", Shared),
        ("occupancy", Shared),
        ("pool", Shared),
        ("pool_member", Shared),
        ("availability", Shared),
        ("schedule", Shared),
        ("availability_window", Shared),
        ("availability_exception", Shared),
        ("feature", Shared),
        ("age_rule", Shared),
        ("custom_role", Shared),
        ("patient", Chart),
        ("communication_thread", Chart),
        ("thread_key", Chart),
        ("communication", Chart),
        ("communication_receipt", Chart),
        ("communication_draft", Chart),
        ("security_label", Chart),
    ];
    let clinical = CLINICAL.map(|name| (name, Record));
    others.into_iter().chain(clinical).map(|(name, archetype)| TableEntry { name, archetype, columns: &[] }).collect()
}

pub(crate) fn at(micros: i64) -> Instant {
    Instant::from_micros(1_780_000_000_000_000 + micros)
}

pub(crate) fn ten(byte: u8) -> [u8; 10] {
    [byte; 10]
}

pub(crate) fn patient(byte: u8) -> PatientId {
    PatientId::new(at(0), ten(byte))
}

pub(crate) fn account(byte: u8) -> AccountId {
    AccountId::new(at(0), ten(byte))
}

pub(crate) fn practitioner(byte: u8) -> PractitionerId {
    PractitionerId::new(at(0), ten(byte))
}

pub(crate) fn sees_patient(byte: u8) -> Sight {
    Sight { patient: Some(patient(byte)), ..Sight::default() }
}

pub(crate) const NEW_CLINIC: Sql = sql!(
    "
    INSERT INTO clinic (id, name, phone, brand, timezone, created_at, updated_at, version)
    VALUES ($1, $2, '', '', 'America/New_York', $3, $3, 1)"
);
pub(crate) const NEW_PATIENT: Sql = sql!(
    "
    INSERT INTO patient (patient_id, source_index, mrn_index, content_digest, name, birth_date, mrn, resource, deceased,
                         key_version, created_at, updated_at, version, entry)
    VALUES ($1, $2, $2, $3, $3, $3, $3, $3, FALSE, 1, $4, $4, 1, '')"
);
pub(crate) const NEW_CONDITION: Sql = sql!(
    "
    INSERT INTO condition (id, patient_id, source_index, content_digest, event_at, state, encounter_id, resource,
                           key_version, created_at, updated_at, version, entry)
    VALUES ($1, $2, $1, $3, NULL, 'active', NULL, $3, 1, $4, $4, 1, '')"
);
pub(crate) const CONDITIONS: Sql = sql!("SELECT id FROM condition ORDER BY id");

pub(crate) async fn add_patient(tx: &mut Tx, byte: u8) -> Result<u64, DbError> {
    tx.execute(NEW_PATIENT, args![patient(byte), format!("v1:{byte:02x}"), vec![byte], at(0)]).await
}

/// Two patients with one condition each.
pub(crate) async fn two_patients(db: &Db) {
    for byte in [1, 2] {
        let mut tx = db.begin(&sees_patient(byte)).await.unwrap();
        add_patient(&mut tx, byte).await.unwrap();
        let id = format!("condition-{byte}");
        tx.execute(NEW_CONDITION, args![id, patient(byte), vec![byte], at(0)]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

pub(crate) async fn texts(db: &Db, sight: &Sight, sql: Sql, values: Vec<Value>) -> Vec<String> {
    let rows: Vec<(String,)> = db.read(sight).await.unwrap().all(sql, values).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}
