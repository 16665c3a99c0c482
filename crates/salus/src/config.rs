//! `salus.toml`: where things are. Every default is safe and local; an unknown key is an error.

mod providers;
mod unknown;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

pub use providers::ProviderSettings;

use anyhow::{Context, bail};
use axum::http::Uri;
use salus_db::{DbConfig, OwnerConfig, Url, ledger::LedgerUrl};
use salus_kernel::Instant;
use salus_ports::Ports;
use salus_vault::{RootKey, SigningSeed};
use serde::Deserialize;

use crate::{
    access::{Breached, WebConfig},
    config_email::{self, EmailSettings, VendorSettings},
    shell::logo::Logo,
    witness::config::WitnessSettings,
};

/// Every setting with its default: what `salus config example` prints, and what `salus init` begins with.
pub const EXAMPLE: &str = include_str!("../../../salus.example.toml");

/// All of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where keys and, on SQLite, the two database files are.
    pub data_dir: PathBuf,
    /// The web side.
    pub server: Server,
    /// The main database.
    pub database: Database,
    /// The ledger's database.
    pub ledger: LedgerDatabase,
    /// What pages look like.
    pub look: LookSettings,
    /// What people choose to sign in with.
    pub passwords: PasswordSettings,
    /// Where else whoever works here may sign in.
    pub sign_in_with: Vec<ProviderSettings>,
    /// What is promised to whoever registers.
    pub registration: RegistrationSettings,
    /// `[messages]`
    pub messages: MessageSettings,
    /// Where mail goes.
    pub email: EmailSettings,
    /// Who outside the clinic receives data.
    pub vendors: Vec<VendorSettings>,
    /// Who remembers the ledger elsewhere.
    pub witness: WitnessSettings,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Where to listen.
    pub bind: SocketAddr,
    /// The certificate chain, as PEM; with it the portal speaks TLS 1.3, and 1.2 with modern suites.
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's key, as PEM.
    pub tls_key: Option<PathBuf>,
    /// Addresses of proxies in front: they end TLS, and their `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How many proxies there are in a row, where the outer ones have no address that could be named. 0: all are named.
    pub trusted_hops: u8,
    /// The portal's own origins behind such a proxy, such as `https://portal.example.org`.
    pub origins: Vec<String>,
    /// Where people reach the portal: links on paper and in mail begin with it. Empty for the first of `origins`, or for
    /// this machine.
    pub public_url: String,
}

/// `[database]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…` with the application's role; empty for a SQLite file in the data folder.
    pub url: String,
    /// The same database with its owner's role, for `salus migrate`, `backup` and `restore` alone.
    pub owner_url: String,
}

/// `[ledger]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedgerDatabase {
    /// `postgres://…` with the role that may only insert; empty for a SQLite file in the data folder.
    pub url: String,
    /// With the role that may only read.
    pub reader_url: String,
    /// With the owner's role, for `salus migrate`, `audit purge`, `backup` and `restore` alone.
    pub owner_url: String,
}

/// `[look]`: what an administrator can't set on the page for name, phone and colour.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookSettings {
    /// The clinic's logo: a PNG, JPEG or WebP file, best a square.
    pub logo: Option<PathBuf>,
    /// Where "Leave now" leads; empty for [`LEAVE_TO`].
    pub leave_to: String,
}

/// Where "Leave now" leads, unless the clinic chose another place: a page that anybody may have open.
const LEAVE_TO: &str = "https://www.weather.gov/";

impl LookSettings {
    fn leave_to(&self) -> anyhow::Result<String> {
        if self.leave_to.is_empty() {
            return Ok(LEAVE_TO.to_owned());
        }
        let url: Uri = self.leave_to.parse().context("[look] leave_to")?;
        if url.scheme_str() != Some("https") || url.host().is_none_or(str::is_empty) {
            bail!("[look] leave_to has to be like {LEAVE_TO}, and is {}", self.leave_to);
        }
        Ok(self.leave_to.clone())
    }
}

/// `[passwords]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordSettings {
    /// A list of passwords that were found in breaches: [`crate::access::Breached`].
    pub breached: Option<PathBuf>,
}

/// `[registration]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrationSettings {
    /// Within how many working days the front desk finds out who registered.
    pub answer_days: u8,
}

impl Default for RegistrationSettings {
    fn default() -> Self {
        Self { answer_days: 2 }
    }
}

/// `[messages]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageSettings {
    /// Within how many working days the care team usually answers.
    pub answer_days: u8,
}

impl Default for MessageSettings {
    fn default() -> Self {
        Self { answer_days: 2 }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "var".into(),
            server: Server::default(),
            database: Database::default(),
            ledger: LedgerDatabase::default(),
            look: LookSettings::default(),
            passwords: PasswordSettings::default(),
            sign_in_with: Vec::new(),
            registration: RegistrationSettings::default(),
            messages: MessageSettings::default(),
            email: EmailSettings::default(),
            vendors: Vec::new(),
            witness: WitnessSettings::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
            trusted_hops: 0,
            origins: Vec::new(),
            public_url: String::new(),
        }
    }
}

impl Server {
    /// Where people reach the portal. A request's own `Host` is whatever its sender wrote, so no link is made from it.
    fn public_url(&self) -> anyhow::Result<String> {
        if self.public_url.is_empty() {
            let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
            let here = || format!("{scheme}://localhost:{}", self.bind.port());
            return Ok(self.origins.first().cloned().unwrap_or_else(here));
        }
        let url: Uri = self.public_url.parse().context("[server] public_url")?;
        let (scheme, host) = (url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default());
        let private = scheme == "https" || (scheme == "http" && ["localhost", "127.0.0.1", "[::1]"].contains(&host));
        if !private || host.is_empty() || url.query().is_some() || !matches!(url.path(), "" | "/") {
            bail!("[server] public_url has to be like https://portal.example.org, and is {}", self.public_url);
        }
        Ok(self.public_url.trim_end_matches('/').to_owned())
    }
}

impl Config {
    /// The file that counts: the one that was named, else `salus.toml` where the program was started.
    pub fn file(named: Option<&Path>) -> Option<&Path> {
        let here = Path::new("salus.toml");
        named.or_else(|| here.exists().then_some(here))
    }

    /// Reads the file, or `salus.toml` where the program was started; without one every default holds.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = Self::file(path) else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
        toml::from_str(&text)
            .map_err(|refusal| anyhow::anyhow!("{}", unknown::with_suggestion(&refusal.to_string())))
            .with_context(|| format!("{} is not right", path.display()))
    }

    /// The web side's part of it. Plain HTTP is for loopback, or for behind a proxy that was named.
    pub fn web(&self) -> anyhow::Result<WebConfig> {
        let server = &self.server;
        if server.tls_certificate.is_some() != server.tls_key.is_some() {
            bail!("tls_certificate and tls_key come together");
        }
        if server.tls_certificate.is_none() && !server.bind.ip().is_loopback() && server.trusted_proxies.is_empty() {
            bail!(
                "without a certificate Salus listens on loopback only, or behind a proxy named in trusted_proxies; {} is neither",
                server.bind
            );
        }
        if server.trusted_hops > 0 && server.trusted_proxies.is_empty() {
            bail!("trusted_hops counts from a proxy that is named: name the nearest one in trusted_proxies");
        }
        Ok(WebConfig {
            // An IPv4 address may come written as an IPv6 one.
            trusted_proxies: server.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
            trusted_hops: server.trusted_hops,
            origins: server.origins.clone(),
            public_url: server.public_url()?,
            registration_days: self.registration.answer_days,
            message_days: self.messages.answer_days,
            logo: self.look.logo.as_deref().map(Logo::read).transpose().context("[look] logo")?,
            breached: match &self.passwords.breached {
                Some(path) => Breached::open(path).context("[passwords] breached")?,
                None => Breached::default(),
            },
            leave_to: self.look.leave_to()?,
            providers: providers::all(&self.sign_in_with)?,
            demo: false,
            mail: None,
        })
    }

    /// The outside world. Refused where data would leave the machine without an agreement that holds now.
    pub fn ports(&self, now: Instant) -> anyhow::Result<Ports> {
        let today = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        config_email::ports(&self.email, &self.vendors, &self.data_dir, today)
    }

    /// The root key.
    pub fn root(&self) -> anyhow::Result<RootKey> {
        let path = self.data_dir.join("root.key");
        RootKey::load(&path).with_context(|| path.display().to_string())
    }
    /// The seed of the ledger's signing key.
    pub fn seed(&self) -> anyhow::Result<SigningSeed> {
        let path = self.data_dir.join("ledger-signing.key");
        SigningSeed::load(&path).with_context(|| path.display().to_string())
    }
    /// The main database, as the application opens it.
    pub fn main(&self, root: &RootKey) -> DbConfig {
        DbConfig::new(if self.database.url.is_empty() {
            self.main_file(root)
        } else {
            Url::Postgres { url: self.database.url.clone() }
        })
    }
    /// The main database, as its owner opens it.
    pub fn main_owner(&self, root: &RootKey) -> OwnerConfig {
        OwnerConfig {
            url: if self.database.url.is_empty() {
                self.main_file(root)
            } else {
                Url::Postgres { url: self.database.owner_url.clone() }
            },
        }
    }
    /// The ledger, as the application opens it.
    pub fn ledger(&self, root: &RootKey) -> LedgerUrl {
        match self.ledger_file(root) {
            Url::Sqlite { path, key } => LedgerUrl::Sqlite { path, key },
            Url::Postgres { url } => LedgerUrl::Postgres { writer: url, reader: self.ledger.reader_url.clone() },
        }
    }
    /// The ledger, as its owner opens it.
    pub fn ledger_owner(&self, root: &RootKey) -> OwnerConfig {
        OwnerConfig {
            url: match self.ledger_file(root) {
                Url::Postgres { .. } => Url::Postgres { url: self.ledger.owner_url.clone() },
                file => file,
            },
        }
    }

    fn main_file(&self, root: &RootKey) -> Url {
        Url::Sqlite { path: self.data_dir.join("salus.db"), key: *root.file_key("main") }
    }
    fn ledger_file(&self, root: &RootKey) -> Url {
        if self.ledger.url.is_empty() {
            Url::Sqlite { path: self.data_dir.join("ledger.db"), key: *root.file_key("ledger") }
        } else {
            Url::Postgres { url: self.ledger.url.clone() }
        }
    }
}

/// Makes roles and databases of a clinic's own in a PostgreSQL cluster, with random passwords.
pub async fn provision(admin: &str, name: &str) -> anyhow::Result<salus_db::Provisioned> {
    let word = || hex::encode(salus_vault::random::<12>());
    Ok(salus_db::provision(admin, name, &[word(), word(), word(), word(), word()]).await?)
}

/// Settings with the addresses of such databases taken in.
pub fn with_postgres(example: &str, made: &salus_db::Provisioned) -> String {
    let (main, ledger) = example.split_once("\n[ledger]\n").unwrap_or((example, ""));
    let set =
        |text: &str, key: &str, value: &str| text.replacen(&format!("#{key} = \"\""), &format!("{key} = {value:?}"), 1);
    let main = set(&set(main, "url", &made.app), "owner_url", &made.owner);
    let ledger = set(
        &set(&set(ledger, "url", &made.ledger_writer), "reader_url", &made.ledger_reader),
        "owner_url",
        &made.ledger_owner,
    );
    format!("{main}\n[ledger]\n{ledger}")
}

/// The role in an address, for grants.
pub fn role_in(url: &str) -> String {
    url.split_once("://").and_then(|(_, rest)| rest.split([':', '@']).next()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_or_behind_a_named_proxy() {
        let mut config = Config::default();
        assert!(config.web().is_ok());
        config.server.bind = "0.0.0.0:8080".parse().unwrap();
        assert!(config.web().is_err(), "ASVS V12.2.1");
        config.server.trusted_proxies = vec!["10.0.0.1".parse().unwrap(), "::ffff:10.0.0.2".parse().unwrap()];
        let proxies: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        assert_eq!(config.web().unwrap().trusted_proxies, proxies);
        config.server.trusted_hops = 2;
        assert_eq!(config.web().unwrap().trusted_hops, 2);
        config.server.trusted_proxies.clear();
        config.server.bind = "127.0.0.1:8080".parse().unwrap();
        assert!(config.web().is_err(), "hops of nobody");
        config.server.trusted_hops = 0;
        assert!(config.web().is_ok());
        config.server.tls_certificate = Some("cert.pem".into());
        assert!(config.web().is_err());
    }

    #[test]
    fn links_lead_where_the_settings_say() {
        let url = |told: &str, origins: &[&str]| {
            let mut config = Config::default();
            config.server.public_url = told.to_owned();
            config.server.origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
            config.web().map(|web| web.public_url).ok()
        };
        assert_eq!(url("", &[]).as_deref(), Some("http://localhost:8080"));
        assert_eq!(url("", &["https://one.example", "https://two.example"]).as_deref(), Some("https://one.example"));
        assert_eq!(url("https://portal.example.org/", &[]).as_deref(), Some("https://portal.example.org"));
        assert_eq!(url("http://localhost:9000", &[]).as_deref(), Some("http://localhost:9000"));
        for wrong in
            ["portal.example.org", "http://portal.example.org", "https://x.org/path", "https://x.org?a=b", "ftp://x"]
        {
            assert_eq!(url(wrong, &[]), None, "{wrong}");
        }
    }
}
