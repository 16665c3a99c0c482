//! What every request shares: the databases, the keys, the clock, the clinic's face. Made once, at start.

use std::{net::IpAddr, ops::Deref, path::PathBuf, sync::Arc};

use salus_db::{Db, Reader, ledger::Ledger, row, sql};
use salus_kernel::{ClinicId, Instant, Subject};
use salus_oidc::Provider;
use salus_vault::{ClinicKey, DataKey, RootKey, Vault};
use tokio::sync::{Mutex, Notify, RwLock, Semaphore};

use super::{
    Breached, Sight,
    ages::{self, Ages},
    directory::Directory,
    features::{self, Features},
    outcomes::{ANY_TIME, Outcomes},
    refusals::Refusals,
    store,
};
use crate::shell::{error::Error, logo::Logo};

/// The clock, as an argument: tests move it.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// How the web side behaves.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How many proxies there are in a row, where not all of them have an address that can be named; 0 when all have.
    pub trusted_hops: u8,
    /// The portal's own origins, such as `https://portal.example.org`; what a form may be posted from.
    pub origins: Vec<String>,
    /// Where people reach the portal, such as `https://portal.example.org`: what links outside of pages begin with. Never
    /// taken from a request.
    pub public_url: String,
    /// Within how many days the front desk answers whoever registers, as the pages promise.
    pub registration_days: u8,
    /// Within how many working days the care team usually answers a message, as the pages say.
    pub message_days: u8,
    /// The clinic's logo, when it has one of its own.
    pub logo: Option<Logo>,
    /// Passwords that were found in breaches elsewhere.
    pub breached: Breached,
    /// Where else whoever works here may show who they are.
    pub providers: Arc<[Provider]>,
    /// Where somebody goes who leaves at once, so that whoever comes in sees something else.
    pub leave_to: String,
    /// Whether `/dev/*` exists; only `salus demo` sets it.
    pub demo: bool,
    /// Where mail lies as files, for `/dev/mail`.
    pub mail: Option<PathBuf>,
}

impl WebConfig {
    /// Whether people reach the portal by a name. A passkey is for a name, never for the number of a machine.
    pub fn has_name(&self) -> bool {
        let uri: Option<axum::http::Uri> = self.public_url.parse().ok();
        let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
        !host.is_empty() && host.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
    }
    /// A link to a page of ours, for paper and for mail.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.trim_end_matches('/'))
    }
}

/// The clinic as every page shows it.
#[derive(Debug, Clone)]
pub struct ClinicFace {
    /// The clinic's id, in every ledger entry.
    pub id: ClinicId,
    /// Its name.
    pub name: String,
    /// Where people call.
    pub phone: String,
    /// Its colour, as `#rrggbb`; empty for ours.
    pub brand: String,
    /// The IANA zone of its main place: what has no place of its own is told in this zone.
    pub timezone: String,
    /// Counts changes.
    pub version: i64,
}
row!(ClinicFace { id: id, name: name, phone: phone, brand: brand, timezone: timezone, version: version });

impl ClinicFace {
    /// The zone of its main place.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        crate::shell::dates::zone(&self.timezone)
    }
}

/// The application's state: cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Floor>);

impl Deref for App {
    type Target = Floor;
    fn deref(&self) -> &Floor {
        &self.0
    }
}

/// What [`App`] holds.
pub struct Floor {
    db: Db,
    ledger: Ledger,
    vault: Vault,
    clinic_key: DataKey,
    clinic: RwLock<Arc<ClinicFace>>,
    pub(super) features: RwLock<Arc<Features>>,
    pub(super) ages: RwLock<Arc<Ages>>,
    pub(super) reading_ages: Mutex<()>,
    clock: Clock,
    web: WebConfig,
    /// Argon2id takes 50 ms and 19 MiB each: only so many at once.
    pub passwords: Semaphore,
    /// Rings when a job was queued.
    pub(super) due: Notify,
    pub(super) outcomes: Arc<Outcomes>,
    pub(super) refusals: Refusals,
    pub(super) directory: Directory,
}

const CLINIC: salus_db::Sql = sql!("SELECT id, name, phone, brand, timezone, version FROM clinic");

impl App {
    /// Opens what a running portal needs. The databases are migrated and the clinic is set up already. What a process
    /// that died could not tell the ledger is told first.
    pub async fn open(db: Db, ledger: Ledger, root: &RootKey, clock: Clock, web: WebConfig) -> Result<Self, Error> {
        let vault = vault(&db, root).await?;
        let mut tx = db.read(&Sight::of_run("setup")).await?;
        let clinic_key = store::key(&mut tx, &vault, Subject::Clinic).await?;
        let clinic: ClinicFace = tx.one(CLINIC, Vec::new()).await?;
        drop(tx);
        let (decided, ages) = (features::decided(&db).await?, ages::line(&db).await?);
        let outcomes = Arc::new(Outcomes::open(db.clone(), ledger.clone(), &vault).await?);
        outcomes.settle(ANY_TIME).await?;
        Ok(Self(Arc::new(Floor {
            due: Notify::new(),
            outcomes,
            db,
            ledger,
            vault,
            clinic_key,
            clinic: RwLock::new(Arc::new(clinic)),
            features: RwLock::new(Arc::new(decided)),
            ages: RwLock::new(Arc::new(ages)),
            reading_ages: Mutex::new(()),
            clock,
            web,
            passwords: Semaphore::new(2),
            refusals: Refusals::default(),
            directory: Directory::default(),
        })))
    }
}

/// The vault under the newest clinic key.
pub(super) async fn vault(db: &Db, root: &RootKey) -> Result<Vault, Error> {
    vault_in(&mut db.read(&Sight::of_run("setup")).await?, root).await
}

/// The same in a transaction that may see the key.
pub(super) async fn vault_in(tx: &mut Reader, root: &RootKey) -> Result<Vault, Error> {
    const NEWEST: salus_db::Sql =
        sql!("SELECT version, wrapped FROM clinic_key WHERE retired_at IS NULL ORDER BY version DESC LIMIT 1");
    let (version, wrapped): (i64, Vec<u8>) = tx.one(NEWEST, Vec::new()).await?;
    let version = u32::try_from(version).map_err(|_| Error::broken("a clinic key without a version"))?;
    Ok(Vault::new(ClinicKey::unwrap(root, version, &wrapped)?))
}

impl Floor {
    /// The moment.
    pub fn now(&self) -> Instant {
        (self.clock)()
    }
    /// How the web side behaves.
    pub fn web(&self) -> &WebConfig {
        &self.web
    }
    /// The clinic as every page shows it.
    pub async fn clinic(&self) -> Arc<ClinicFace> {
        Arc::clone(&*self.clinic.read().await)
    }
    /// Reads the clinic's face again, after a change.
    pub(super) async fn refresh_clinic(&self) -> Result<(), Error> {
        // Taken before it is read, so that of two who read at once the later one's is kept.
        let mut face = self.clinic.write().await;
        let mut tx = self.db.read(&Sight::of_run("setup")).await?;
        *face = Arc::new(tx.one::<ClinicFace>(CLINIC, Vec::new()).await?);
        Ok(())
    }
    /// Reads again what another process may have changed: the clinic's face, which features are on, and what counts at which age.
    pub async fn look_again(&self) -> Result<(), Error> {
        self.refresh_clinic().await?;
        self.refresh_features().await?;
        self.refresh_ages().await
    }
    /// Whether the databases answer.
    pub async fn ready(&self) -> Result<(), Error> {
        let mut tx = self.db.read(&Sight::of_run("setup")).await?;
        tx.one::<ClinicFace>(CLINIC, Vec::new()).await?;
        self.ledger.reader(&Sight::of_run("ledger")).await.map_err(|error| Error::ledger_silent(&error))?;
        Ok(())
    }
    /// Ends what must end well: the ledger's last checkpoint, and the files.
    pub async fn shut_down(&self) -> Result<(), Error> {
        // Whatever fails here, the ledger gets its last checkpoint and gives its chain back.
        for tidied in [self.refusals.flush(self).await, self.outcomes.forget_told().await] {
            if let Err(error) = tidied {
                tracing::warn!("Not everything could be put away: {error}");
            }
        }
        self.ledger.close().await.map_err(|error| Error::ledger_silent(&error))?;
        // A connection that closes while the process ends would use libcrypto after its end.
        self.db.close().await;
        Ok(())
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }
    pub(super) fn clinic_key(&self) -> &DataKey {
        &self.clinic_key
    }
}
