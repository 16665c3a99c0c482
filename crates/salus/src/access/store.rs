//! The floor's own queries: keys, and whether a chart is closed.

use salus_db::{Reader, Tx, args, sql};
use salus_kernel::{Instant, PatientId, Subject};
use salus_vault::{DataKey, Vault};

use super::{Floor, Sight};
use crate::shell::error::Error;

const KEY: salus_db::Sql = sql!(
    "SELECT version, wrapped FROM subject_key
      WHERE subject_kind = $1 AND subject_id = $2 AND destroyed_at IS NULL
      ORDER BY version DESC LIMIT 1"
);
const ERASED: salus_db::Sql = sql!(
    "SELECT destroyed_at FROM subject_key WHERE subject_kind = $1 AND subject_id = $2 ORDER BY version DESC LIMIT 1"
);
const NEW_KEY: salus_db::Sql = sql!(
    "INSERT INTO subject_key (subject_kind, subject_id, version, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)"
);

/// A subject's wrapped key, in a transaction that may see it.
pub(super) async fn wrapped_key(tx: &mut Reader, subject: Subject) -> Result<(i64, Vec<u8>), Error> {
    Ok(tx.one(KEY, args![subject.kind(), subject.id()]).await?)
}

/// When a subject's newest key was destroyed, if it was: what it sealed is unreadable from then on.
pub(super) async fn erased_at(tx: &mut Reader, subject: Subject) -> Result<Option<Instant>, Error> {
    let newest: Option<(Option<Instant>,)> = tx.maybe(ERASED, args![subject.kind(), subject.id()]).await?;
    Ok(newest.and_then(|(destroyed,)| destroyed))
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

/// Whether a patient has died.
pub(super) async fn has_died(floor: &Floor, patient: PatientId) -> Result<bool, Error> {
    const DECEASED: salus_db::Sql = sql!("SELECT deceased FROM patient WHERE patient_id = $1");
    let sight = Sight { patient: Some(patient), ..Sight::default() };
    let (deceased,): (bool,) = floor.db().read(&sight).await?.one(DECEASED, args![patient]).await?;
    Ok(deceased)
}
