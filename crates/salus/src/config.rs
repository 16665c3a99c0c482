//! `salus.toml`: where things are. Every default is safe and local; an unknown key is an error.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use salus_db::{DbConfig, OwnerConfig, Url, ledger::LedgerUrl};
use salus_vault::{RootKey, SigningSeed};
use serde::Deserialize;

use crate::{access::WebConfig, shell::logo::Logo};

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
    /// The portal's own origins behind such a proxy, such as `https://portal.example.org`.
    pub origins: Vec<String>,
}

/// `[database]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…` with the application's role; empty for a SQLite file in the data folder.
    pub url: String,
    /// The same database with its owner's role, for `salus migrate` alone.
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
    /// With the owner's role, for `salus migrate` and `salus audit purge` alone.
    pub owner_url: String,
}

/// `[look]`: what an administrator can't set on the page for name, phone and colour.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookSettings {
    /// The clinic's logo: a PNG, JPEG or WebP file, best a square.
    pub logo: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "var".into(),
            server: Server::default(),
            database: Database::default(),
            ledger: LedgerDatabase::default(),
            look: LookSettings::default(),
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
            origins: Vec::new(),
        }
    }
}

impl Config {
    /// Reads the file; without one every default holds.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not right", path.display()))
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
        Ok(WebConfig {
            // An IPv4 address may come written as an IPv6 one.
            trusted_proxies: server.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
            origins: server.origins.clone(),
            logo: self.look.logo.as_deref().map(Logo::read).transpose().context("[look] logo")?,
            demo: false,
        })
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
        config.server.tls_certificate = Some("cert.pem".into());
        assert!(config.web().is_err());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Config>("[server]\nbind = \"127.0.0.1:1\"\n").is_ok());
        assert!(toml::from_str::<Config>("[server]\nbimd = \"127.0.0.1:1\"\n").is_err());
    }
}
