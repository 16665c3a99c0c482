//! The floor's own queries: relations and keys.

use salus_db::{Reader, Tx, args, sql};
use salus_kernel::{Instant, PatientId, Relation, Role, Subject};
use salus_vault::{DataKey, Vault};

use super::{Floor, Session};
use crate::shell::error::Error;

const KEY: salus_db::Sql = sql!(
    "SELECT version, wrapped FROM subject_key
      WHERE subject_kind = $1 AND subject_id = $2 AND destroyed_at IS NULL
      ORDER BY version DESC LIMIT 1"
);
const GRANT: salus_db::Sql = sql!(
    "SELECT basis FROM access_grant
      WHERE account_id = $1 AND patient_id = $2 AND starts_at <= $3 AND (ends_at IS NULL OR ends_at > $3)"
);
const ON_CARE_TEAM: salus_db::Sql = sql!(
    "SELECT basis FROM care_team_member
      WHERE patient_id = $1 AND practitioner_id = $2 AND starts_at <= $3 AND (ends_at IS NULL OR ends_at > $3)"
);
const EXISTS: salus_db::Sql = sql!("SELECT version FROM patient WHERE patient_id = $1");
const NEW_KEY: salus_db::Sql = sql!(
    "INSERT INTO subject_key (subject_kind, subject_id, version, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)"
);

/// A subject's wrapped key, in a transaction that may see it.
pub(super) async fn wrapped_key(tx: &mut Reader, subject: Subject) -> Result<(i64, Vec<u8>), Error> {
    Ok(tx.one(KEY, args![subject.kind(), subject.id()]).await?)
}

/// A subject's key, in a transaction that may see it.
pub(super) async fn key(tx: &mut Reader, vault: &Vault, subject: Subject) -> Result<DataKey, Error> {
    let (version, wrapped) = wrapped_key(tx, subject).await?;
    unwrap_with(vault, subject, version, &wrapped)
}

/// Unwraps a key. The entry that allows it stands already.
pub(super) fn unwrap(floor: &Floor, subject: Subject, version: i64, wrapped: &[u8]) -> Result<DataKey, Error> {
    unwrap_with(floor.vault(), subject, version, wrapped)
}

fn unwrap_with(vault: &Vault, subject: Subject, version: i64, wrapped: &[u8]) -> Result<DataKey, Error> {
    let version = u32::try_from(version).map_err(|_| Error::broken("a data key without a version"))?;
    Ok(vault.unwrap_data_key(subject, version, wrapped)?)
}

/// Makes a subject's first key.
pub(super) async fn new_key(tx: &mut Tx, vault: &Vault, subject: Subject, now: Instant) -> Result<DataKey, Error> {
    let (key, wrapped) = vault.new_data_key(subject, 1);
    tx.execute(NEW_KEY, args![subject.kind(), subject.id(), 1_i64, wrapped, now]).await?;
    Ok(key)
}

/// What this account is to this patient now; nothing for strangers, and for patients who don't exist.
pub(super) async fn relation(
    tx: &mut Reader,
    session: &Session,
    patient: PatientId,
    now: Instant,
) -> Result<Option<Relation>, Error> {
    match session.role {
        None => {
            let basis: Option<(String,)> = tx.maybe(GRANT, args![session.account, patient, now]).await?;
            Ok(basis.and_then(|(basis,)| (basis == "self").then_some(Relation::Myself)))
        }
        Some(Role::Practitioner) => {
            let Some(practitioner) = session.practitioner else { return Ok(None) };
            let basis: Option<(String,)> = tx.maybe(ON_CARE_TEAM, args![patient, practitioner, now]).await?;
            Ok(Some(if basis.is_some() { Relation::CareTeam } else { Relation::Practitioner }))
        }
        Some(role) => {
            let there: Option<(i64,)> = tx.maybe(EXISTS, args![patient]).await?;
            Ok(there.map(|_| of_role(role)))
        }
    }
}

/// Whether there is such a patient, in a transaction that may see that one.
pub(super) async fn exists(tx: &mut Reader, patient: PatientId) -> Result<bool, Error> {
    Ok(tx.maybe::<(i64,)>(EXISTS, args![patient]).await?.is_some())
}

/// What someone is to patients in general.
pub(super) const fn of_role(role: Role) -> Relation {
    match role {
        Role::Practitioner => Relation::Practitioner,
        Role::FrontDesk => Relation::FrontDesk,
        Role::Administrator => Relation::Administrator,
        Role::PrivacyOfficer => Relation::PrivacyOfficer,
    }
}
