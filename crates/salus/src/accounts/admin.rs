//! Accounts without the web: for the demo and for tests. People make theirs by an invite or by asking for one.

use salus_db::{args, sql};
use salus_kernel::{AccountId, PatientId, PractitionerId, ResourceId, Role, Subject};
use salus_vault::normal;

use super::{
    making::{self, AccountRow},
    password::{self, NewPassword},
    store,
    totp::TotpSecret,
};
use crate::{
    access::{RowWritten, RunChange, SystemRun, columns::authenticator},
    care_team::NewMember,
    clinic::NewPractitioner,
    shell::error::Error,
};

/// A new account.
pub struct NewAccount {
    /// Where the person is reached; unique.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// Checked already.
    pub password: NewPassword,
    /// What they work as, and who they are as a practitioner; patients have neither.
    pub staff: Option<(Role, Option<PractitionerId>)>,
}

/// Makes an account.
pub async fn create(run: &SystemRun, change: &mut RunChange<'_>, new: NewAccount) -> Result<AccountId, Error> {
    let now = run.now();
    let id = AccountId::new(now, salus_vault::random());
    let id_text = id.to_string();
    let key = change.key_for(Subject::Account(id)).await?;
    let row = AccountRow {
        id,
        key: &key,
        email: &new.email,
        email_index: run.vault().index("account.email", &normal::email(&new.email)),
        name: &new.name,
        password_hash: password::hash(new.password, &tokio::sync::Semaphore::new(1)).await?,
        now,
        entry: change.entry(),
    };
    let columns = row.columns();
    change.insert(None, &RowWritten { table: "account", id: id_text.clone(), version: 1, columns: &columns }).await?;
    if let Some((role, practitioner)) = new.staff {
        let columns = row.staff(role, practitioner);
        change.insert(None, &RowWritten { table: "staff_member", id: id_text, version: 1, columns: &columns }).await?;
    }
    Ok(id)
}

/// The account with this address, by its blind index.
pub async fn by_email(change: &mut RunChange<'_>, index: &str) -> Result<AccountId, Error> {
    const FIND: salus_db::Sql = sql!("SELECT id FROM account WHERE email_index = $1");
    let (id,): (AccountId,) = change.tx.one(FIND, args![index]).await?;
    Ok(id)
}

/// Binds an account to its own chart.
pub async fn grant_own_chart(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    account: AccountId,
    patient: PatientId,
) -> Result<(), Error> {
    let (id, columns) = making::own_chart(account, patient, run.now(), change.entry());
    change.insert(Some(patient), &RowWritten { table: "access_grant", id, version: 1, columns: &columns }).await
}

/// Puts a practitioner on a patient's care team from now on.
pub async fn assign(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    practitioner: PractitionerId,
    patient: PatientId,
) -> Result<(), Error> {
    let member = NewMember::of(patient, practitioner, run.now(), change.entry());
    change.insert(Some(patient), &member.row()).await
}

/// Gives an account a confirmed authenticator without a phone: for the demo and for tests.
pub async fn enroll(run: &SystemRun, change: &mut RunChange<'_>, account: AccountId) -> Result<TotpSecret, Error> {
    const CONFIRM: salus_db::Sql = sql!("UPDATE authenticator SET confirmed_at = $2 WHERE id = $1");
    let secret = TotpSecret::fresh();
    let id = ResourceId::new(run.now(), salus_vault::random()).to_string();
    change.look_at_account(account).await?;
    let key = change.key_for(Subject::Account(account)).await?;
    let sealed = (key.seal::<authenticator::Secret>(&id, secret.as_bytes()), i64::from(key.version()));
    store::add_authenticator(&mut change.tx, &id, account, sealed, run.now()).await?;
    change.tx.execute(CONFIRM, args![id, run.now()]).await?;
    Ok(secret)
}

/// Makes a practitioner of the clinic's own.
pub async fn practitioner(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    name: &str,
    npi: &str,
) -> Result<PractitionerId, Error> {
    let id = PractitionerId::new(run.now(), salus_vault::random());
    let new = NewPractitioner::named(id, name, Some(npi));
    let index = run.vault().index("import", &format!("clinic|Practitioner/{id}"));
    let digest = run.vault().digest("import", new.resource.as_bytes());
    new.insert(&mut change.tx, index.as_str(), digest, run.now()).await?;
    Ok(id)
}

/// Makes a place of the clinic's own.
pub async fn location(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    name: &str,
    timezone: &str,
    address: &[&str],
    phone: &str,
) -> Result<String, Error> {
    const INSERT: salus_db::Sql = sql!(
        "INSERT INTO location (id, source_index, content_digest, name, timezone, resource, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)"
    );
    let id = ResourceId::new(run.now(), salus_vault::random()).to_string();
    let resource = serde_json::json!({
        "resourceType": "Location", "id": id, "status": "active", "name": name,
        "telecom": [{ "system": "phone", "value": phone }],
        "address": { "line": [address.first()], "city": address.get(1), "state": address.get(2), "postalCode": address.get(3) },
    })
    .to_string();
    let index = run.vault().index("import", &format!("clinic|Location/{id}")).into_string();
    let digest = run.vault().digest("import", resource.as_bytes());
    change.tx.execute(INSERT, args![id.as_str(), index, digest, name, timezone, resource, run.now()]).await?;
    Ok(id)
}

/// Says what a practitioner does where.
pub async fn practitioner_role(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    practitioner: (PractitionerId, &str),
    location: (&str, &str),
    specialty: &str,
) -> Result<(), Error> {
    const INSERT: salus_db::Sql = sql!(
        "INSERT INTO practitioner_role (id, source_index, content_digest, name, resource, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $6, 1)"
    );
    let id = ResourceId::new(run.now(), salus_vault::random()).to_string();
    let resource = serde_json::json!({
        "resourceType": "PractitionerRole", "id": id, "active": true,
        "practitioner": { "reference": format!("Practitioner/{}", practitioner.0), "display": practitioner.1 },
        "location": [{ "reference": format!("Location/{}", location.0), "display": location.1 }],
        "specialty": [{ "text": specialty }],
    })
    .to_string();
    let index = run.vault().index("import", &format!("clinic|PractitionerRole/{id}")).into_string();
    let digest = run.vault().digest("import", resource.as_bytes());
    change.tx.execute(INSERT, args![id, index, digest, specialty, resource, run.now()]).await?;
    Ok(())
}
