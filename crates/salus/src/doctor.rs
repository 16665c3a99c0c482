//! `salus doctor`: everything that the portal needs, a line for each, with what to do. Changes nothing.

mod machine;
#[cfg(test)]
mod tests;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::ExitCode};

use salus_db::{Db, ledger::LedgerUrl};
use salus_kernel::{Instant, Role};
use salus_oidc::Failure;

use crate::{
    access::{
        Clock,
        founding::{self, Opened, State},
    },
    config::Config,
    config_email::{self, EmailKind},
    demo::say,
    shell::error::chain,
    witness,
};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Good,
    /// Works, and somebody should do something.
    Warn,
    /// Does not work.
    Bad,
}

/// A check, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// How it went.
    pub finding: Finding,
    /// What was seen, and what to do.
    pub told: String,
}

impl Check {
    fn good(what: &'static str, told: impl Into<String>) -> Self {
        Self { what, finding: Finding::Good, told: told.into() }
    }
    fn warn(what: &'static str, told: impl Into<String>) -> Self {
        Self { what, finding: Finding::Warn, told: told.into() }
    }
    fn bad(what: &'static str, told: impl Into<String>) -> Self {
        Self { what, finding: Finding::Bad, told: told.into() }
    }
}

/// Checks, prints, and fails when something does not work.
pub async fn run(file: Option<&Path>, clock: Clock) -> anyhow::Result<ExitCode> {
    let checks = checks(file, clock).await;
    for check in &checks {
        let word = match check.finding {
            Finding::Good => "ok  ",
            Finding::Warn => "warn",
            Finding::Bad => "FAIL",
        };
        say(&format!("{word}  {:<12} {}", check.what, check.told));
    }
    let failed = checks.iter().any(|check| check.finding == Finding::Bad);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// All checks, in the order in which one would mend things.
pub async fn checks(file: Option<&Path>, clock: Clock) -> Vec<Check> {
    let file = Config::file(file);
    let config = match Config::load(file) {
        Ok(config) => config,
        Err(error) => return vec![Check::bad("settings", format!("{error:#}"))],
    };
    let mut checks = vec![settings(&config, file), reachable(&config), folder(&config.data_dir)];
    checks.extend(machine::certificate(&config, clock()));
    checks.extend(machine::room(&config));
    checks.push(machine::newest_backup(&config, clock()));
    checks.push(passwords(&config));
    checks.push(mail(&config, clock()));
    checks.push(witness(&config, clock()));
    checks.extend(providers(&config, clock()).await);
    match keys_and_databases(&config, clock).await {
        Ok(more) => checks.extend(more),
        Err(check) => checks.push(check),
    }
    checks
}

fn settings(config: &Config, file: Option<&Path>) -> Check {
    let secrets = !config.database.url.is_empty() || !config.ledger.url.is_empty();
    let mode = file.and_then(|file| fs::metadata(file).ok()).map(|meta| meta.permissions().mode() & 0o077);
    match (config.web(), file) {
        (Err(error), _) => Check::bad("settings", format!("{error:#}")),
        (Ok(_), Some(file)) if secrets && mode.is_some_and(|mode| mode != 0) => {
            Check::warn("settings", format!("{} holds passwords and others may read it: chmod 600", file.display()))
        }
        (Ok(_), Some(file)) => Check::good("settings", format!("{} is understood", file.display())),
        (Ok(_), None) => Check::good("settings", "no file: every default holds"),
    }
}

fn reachable(config: &Config) -> Check {
    let Ok(web) = config.web() else { return Check::bad("address", "see settings") };
    let here = web.public_url.starts_with("http://localhost");
    match here {
        true if config.server.bind.ip().is_loopback() && config.server.trusted_proxies.is_empty() => Check::warn(
            "address",
            format!("{}: only this machine. For patients set a certificate or a proxy, and public_url", web.public_url),
        ),
        true => Check::bad("address", "links on paper would point to this machine: set public_url"),
        false if behind_a_stranger(config, &web.public_url) => Check::warn(
            "address",
            format!(
                "{}: a proxy speaks TLS for this portal, and [server] trusted_proxies does not name it. So everybody seems to \
                 come from the proxy: wrong passwords of one slow all others down, and the ledger has no address. Set \
                 trusted_proxies = [\"127.0.0.1\"], or the address from which the proxy comes",
                web.public_url
            ),
        ),
        false if web.public_url.starts_with("https://") => Check::good("address", web.public_url),
        false => Check::bad("address", format!("{} is not https: set public_url", web.public_url)),
    }
}

/// Patients come by https, the portal speaks plain HTTP on loopback, and nobody said who is in between.
fn behind_a_stranger(config: &Config, public_url: &str) -> bool {
    let server = &config.server;
    let plain = server.tls_certificate.is_none() && server.bind.ip().is_loopback();
    public_url.starts_with("https://") && plain && server.trusted_proxies.is_empty()
}

fn folder(data_dir: &Path) -> Check {
    match fs::metadata(data_dir) {
        Err(error) => Check::bad("data folder", format!("{}: {error}. `salus init` makes it", data_dir.display())),
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
            Check::warn("data folder", format!("others may look into {}: chmod 700", data_dir.display()))
        }
        Ok(_) => Check::good("data folder", data_dir.display().to_string()),
    }
}

/// Which passwords nobody may choose.
fn passwords(config: &Config) -> Check {
    match config.web() {
        Err(_) => Check::bad("passwords", "see settings"),
        Ok(web) if web.breached.is_there() => {
            Check::good("passwords", "those that were found in breaches elsewhere are refused")
        }
        Ok(_) => Check::good(
            "passwords",
            "the 30,000 commonest are refused. With a list in [passwords] breached, so are those of breaches elsewhere",
        ),
    }
}

/// Whether mail goes out, and whether whoever carries it may.
fn mail(config: &Config, now: Instant) -> Check {
    match (config.ports(now), config.email.kind) {
        (Err(error), _) => Check::bad("mail", format!("{error:#}")),
        (Ok(_), EmailKind::Local) => Check::warn(
            "mail",
            format!(
                "is not sent: it lies in {} for 30 days, with addresses in it. In [email] set kind = \"smtp\", host and from",
                config_email::files(&config.data_dir).display()
            ),
        ),
        (Ok(_), EmailKind::Smtp) => Check::good("mail", format!("goes to {}", config.email.host)),
    }
}

fn witness(config: &Config, now: Instant) -> Check {
    let state = witness::state(config, now);
    match (state.is_alarm(), state.is_warning()) {
        (true, _) => Check::bad("witness", state.to_string()),
        (_, true) => Check::warn("witness", state.to_string()),
        _ => Check::good("witness", state.to_string()),
    }
}

/// Whether each provider is there, where people who work here may sign in: without it their passwords work.
async fn providers(config: &Config, now: Instant) -> Vec<Check> {
    let Ok(web) = config.web() else { return Vec::new() };
    let mut checks = Vec::new();
    for (provider, settings) in web.providers.iter().zip(&config.sign_in_with) {
        let secret = settings
            .client_secret_file
            .as_ref()
            .filter(|path| fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0));
        checks.push(match (provider.is_there(now).await, secret) {
            (Err(Failure::Silent(why)), _) => Check::warn(
                "sign-in",
                format!("{}: {why}. Until it answers people sign in with their passwords", provider.issuer()),
            ),
            (Err(failure), _) => Check::warn("sign-in", format!("{}: {failure:?}", provider.issuer())),
            (Ok(()), Some(path)) => Check::warn("sign-in", format!("others may read {}: chmod 600", path.display())),
            (Ok(()), None) => Check::good("sign-in", format!("{} answers", provider.issuer())),
        });
    }
    checks
}

/// Every one of these needs the one before.
async fn keys_and_databases(config: &Config, clock: Clock) -> Result<Vec<Check>, Check> {
    let mut checks = Vec::new();
    let root = config.root().map_err(|error| Check::bad("keys", format!("{error:#}")))?;
    let seed = config.seed().map_err(|error| Check::bad("keys", format!("{error:#}")))?;
    checks.push(Check::good("keys", "both are there, and only their owner may read them"));
    let engine = |postgres: bool| if postgres { "PostgreSQL" } else { "SQLite, encrypted" };

    let main = config.main(&root);
    let failed = |what, told: String| {
        let hint =
            if told.contains("migrate") { String::new() } else { "; is it running, and is the address right?".into() };
        Check::bad(what, format!("{told}{hint}"))
    };
    let db = Db::open(&main).await.map_err(|error| failed("database", chain(&error)))?;
    db.close().await;
    checks.push(Check::good("database", format!("{}, up to date", engine(!config.database.url.is_empty()))));

    let url = config.ledger(&root);
    let postgres = matches!(url, LedgerUrl::Postgres { .. });
    let opened = founding::open(&main, url, &seed, clock.clone(), true).await;
    let Opened { db, ledger } = opened.map_err(|error| failed("ledger", chain(&error)))?;
    checks.push(Check::good("ledger", format!("{}, takes entries", engine(postgres))));
    let state = founding::state(&db, clock()).await;
    let closed = ledger.close().await;
    db.close().await;
    closed.map_err(|error| failed("ledger", chain(&error)))?;
    checks.push(match state {
        Ok(State { clinic, administrators: 0, invited: false }) => Check::bad(
            "people",
            format!(
                "nobody can administer {clinic}: salus invite-staff --name NAME --role {}",
                Role::Administrator.word()
            ),
        ),
        Ok(State { clinic, administrators: 0, invited: true }) => {
            Check::warn("people", format!("the first administrator of {clinic} has a link and has not used it yet"))
        }
        Ok(State { clinic, administrators: 1, .. }) => Check::warn(
            "people",
            format!("{clinic} has one administrator: invite a second one, for the day the first one's phone is lost"),
        ),
        Ok(State { clinic, administrators, .. }) => {
            Check::good("people", format!("{clinic} has {administrators} administrators"))
        }
        Err(error) => Check::bad("people", chain(&error)),
    });
    Ok(checks)
}
