//! Founding: a clinic's first rows and keys, and opening what is there.

use std::sync::Arc;

use salus_db::{
    Db, DbConfig, args,
    ledger::{Ledger, LedgerConfig, LedgerUrl},
    sql,
};
use salus_kernel::{ClinicId, Instant, Subject};
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome, SigningKey, System};
use salus_vault::{ClinicKey, RootKey, SigningSeed, Vault};

use super::{Sight, app::Clock, audit, store};
use crate::shell::error::Error;

/// What a clinic begins with.
#[derive(Debug, Clone)]
pub struct NewClinic {
    /// Its name.
    pub name: String,
    /// Where people call.
    pub phone: String,
    /// The IANA zone of its main place.
    pub timezone: String,
}

const CLINIC: salus_db::Sql = sql!("SELECT id FROM clinic");
const NEW_CLINIC: salus_db::Sql = sql!(
    "INSERT INTO clinic (id, name, phone, brand, timezone, created_at, updated_at, version) VALUES ($1, $2, $3, '', $4, $5, $5, 1)"
);
const NEW_CLINIC_KEY: salus_db::Sql = sql!("INSERT INTO clinic_key (version, wrapped, created_at) VALUES (1, $1, $2)");

/// Makes the clinic's row and keys in an empty, migrated database; a second call is refused.
pub async fn found(db: &Db, root: &RootKey, clinic: &NewClinic, now: Instant) -> Result<ClinicId, Error> {
    let mut tx = db.begin(&Sight::of_run("setup")).await?;
    if tx.maybe::<(String,)>(CLINIC, Vec::new()).await?.is_some() {
        return Err(Error::broken("this database has its clinic already"));
    }
    let id = ClinicId::new(now, salus_vault::random());
    let key = ClinicKey::fresh(1);
    tx.execute(NEW_CLINIC_KEY, args![key.wrap(root), now]).await?;
    let vault = Vault::new(key);
    store::new_key(&mut tx, &vault, Subject::Clinic, now).await?;
    tx.execute(NEW_CLINIC, args![id, clinic.name.as_str(), clinic.phone.as_str(), clinic.timezone.as_str(), now])
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// The databases of a clinic, open.
pub struct Opened {
    /// The main database.
    pub db: Db,
    /// The ledger, with a leased chain.
    pub ledger: Ledger,
}

/// Opens both databases. The clinic exists.
pub async fn open(
    main: &DbConfig,
    ledger: LedgerUrl,
    seed: &SigningSeed,
    clock: Clock,
    group_commit: bool,
) -> Result<Opened, Error> {
    let db = Db::open(main).await?;
    let mut tx = db.read(&Sight::of_run("setup")).await?;
    let (clinic,): (ClinicId,) = tx.one(CLINIC, Vec::new()).await?;
    drop(tx);
    let config = LedgerConfig {
        url: ledger,
        clinic,
        key: Arc::new(signing_key(clinic, seed)?),
        former_keys: Vec::new(),
        clock,
        random: Arc::new(salus_vault::random),
        group_commit,
    };
    let ledger = Ledger::open(config, &db).await.map_err(|error| Error::ledger_silent(&error))?;
    Ok(Opened { db, ledger })
}

/// The key that signs this clinic's checkpoints.
pub fn signing_key(clinic: ClinicId, seed: &SigningSeed) -> Result<SigningKey, Error> {
    SigningKey::from_seed(&format!("salus/{clinic}"), seed.bytes())
        .map_err(|_| Error::broken("a signing key that can't be used"))
}

/// Writes down that logging started under this program.
pub async fn log_started(ledger: &Ledger, now: Instant, what: &'static str) -> Result<(), Error> {
    let draft = EntryDraft::new(
        Kind::System(System::LogStatus),
        salus_kernel::uuid_v7(now, salus_vault::random()).into_bytes(),
        Actor::new(ActorKind::Command, what),
        audit::word("start-logging"),
        audit::word("operations"),
        Outcome::Done,
    );
    ledger.append(vec![draft]).await.map(drop).map_err(|error| Error::ledger_silent(&error))
}

/// What a check wants to know of a clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its name.
    pub clinic: String,
    /// How many administrators with the whole role can sign in.
    pub administrators: u64,
    /// Whether a link for an administrator still counts.
    pub invited: bool,
}

/// Looks at a clinic that is open.
pub async fn state(db: &Db, now: Instant) -> Result<State, Error> {
    const NAME: salus_db::Sql = sql!("SELECT name FROM clinic");
    const ADMINISTRATORS: salus_db::Sql = sql!(
        "SELECT COUNT(*) FROM staff_member WHERE role = 'administrator' AND custom_role_id IS NULL AND active = TRUE"
    );
    const INVITED: salus_db::Sql = sql!(
        "SELECT COUNT(*) FROM invite WHERE kind = 'staff' AND role = 'administrator' AND state = 'open' AND ends_at > $1"
    );
    let mut tx = db.read(&Sight::of_run("accounts")).await?;
    let (clinic,): (String,) = tx.one(NAME, Vec::new()).await?;
    let (administrators,): (i64,) = tx.one(ADMINISTRATORS, Vec::new()).await?;
    let (invited,): (i64,) = tx.one(INVITED, args![now]).await?;
    Ok(State { clinic, administrators: u64::try_from(administrators).unwrap_or(0), invited: invited > 0 })
}
