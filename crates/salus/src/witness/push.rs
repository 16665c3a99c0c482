//! The portal's side: hands each new manifest to the witness, and never lets anybody wait for it.

use std::time::Duration;

use anyhow::{Context as _, bail};
use salus_db::{Sight, ledger::Ledger};
use salus_kernel::{Instant, MINUTE, SECOND};
use tokio::task::JoinHandle;

use super::state::{self, Remembered, TOO_OLD};
use crate::{access::Clock, config::Config};

/// How often the ledger is asked for a new manifest.
const LOOK: Duration = Duration::from_secs(5);
/// How long the witness may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// When a manifest is sent once more although nothing is new: that the witness is there is news, too.
const AGAIN: i64 = 5 * MINUTE;
/// When a manifest is sent once more that was not taken.
const RETRY: i64 = 30 * SECOND;

/// What sends manifests.
pub(super) struct Pusher {
    client: reqwest::Client,
    url: reqwest::Url,
    ledger: Ledger,
    config: Config,
    clock: Clock,
    sent: Option<(String, Instant)>,
    failed: Option<Instant>,
}

/// Begins to send manifests to the witness in the configuration; nothing when there is none.
pub fn start(config: &Config, ledger: Ledger, clock: Clock) -> anyhow::Result<Option<JoinHandle<()>>> {
    let Some(mut pusher) = Pusher::new(config, ledger, clock)? else { return Ok(None) };
    Ok(Some(tokio::spawn(async move {
        let mut tick = tokio::time::interval(LOOK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            pusher.look().await;
        }
    })))
}

/// Where notes are posted to.
pub(super) fn address(url: &str) -> anyhow::Result<reqwest::Url> {
    let url: reqwest::Url = url.parse().context("[witness] url")?;
    let here = url.host_str().is_some_and(|host| {
        let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|host| host.is_loopback())
    });
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        bail!("[witness] url begins with https://, unless the witness is on this machine");
    }
    url.join("/notes").context("[witness] url")
}

impl Pusher {
    pub(super) fn new(config: &Config, ledger: Ledger, clock: Clock) -> anyhow::Result<Option<Self>> {
        let settings = &config.witness;
        if settings.url.is_empty() {
            return Ok(None);
        }
        let url = address(&settings.url)?;
        let mut client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let Some(path) = &settings.certificate {
            let pem = std::fs::read(path).with_context(|| path.display().to_string())?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem).context("[witness] certificate")?;
            client = client.tls_certs_only(certificates);
        }
        let client = client.build().context("[witness]")?;
        Ok(Some(Self { client, url, ledger, config: config.clone(), clock, sent: None, failed: None }))
    }

    /// Looks for something to send, and sends it.
    pub(super) async fn look(&mut self) {
        let now = (self.clock)();
        let note = match self.newest().await {
            Ok(Some(note)) => note,
            Ok(None) => return,
            Err(error) => return tracing::warn!("The ledger's newest manifest can't be read: {error}"),
        };
        let known = self.sent.as_ref().is_some_and(|(sent, at)| *sent == note && now.since(*at) < AGAIN);
        let waits = self.failed.is_some_and(|failed| now.since(failed) < RETRY);
        if known || waits {
            return;
        }
        let outcome = self.send(&note).await;
        let mut remembered = state::remembered(&self.config.data_dir).unwrap_or_default();
        match outcome {
            Ok(()) => {
                remembered = Remembered { accepted_at: Some(now.micros()), refused: None };
                self.sent = Some((note, now));
                self.failed = None;
            }
            Err(Failure::Refused(why)) => {
                tracing::error!("The witness refuses the ledger's newest manifest: {why}");
                remembered.refused = Some(why);
                self.failed = Some(now);
            }
            Err(Failure::Silent(why)) => {
                let since = remembered.accepted_at.map_or(i64::MAX, |at| now.since(Instant::from_micros(at)));
                if since > TOO_OLD {
                    tracing::error!("The witness has taken no manifest for more than 15 minutes: {why}");
                } else {
                    tracing::warn!("The witness did not take a manifest; trying again: {why}");
                }
                self.failed = Some(now);
            }
        }
        if let Err(error) = state::remember(&self.config.data_dir, &remembered) {
            tracing::error!("What the witness said can't be kept: {error:#}");
        }
    }

    async fn newest(&self) -> Result<Option<String>, salus_db::ledger::LedgerError> {
        self.ledger.reader(&Sight::of_run("audit")).await?.last_manifest().await
    }

    async fn send(&self, note: &str) -> Result<(), Failure> {
        /// More is not read of what a stranger answers.
        const LONGEST: usize = 500;
        let silent = |error: reqwest::Error| Failure::Silent(in_words(&error));
        let answer = self.client.post(self.url.clone()).body(note.to_owned()).send().await.map_err(silent)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        if !matches!(status.as_u16(), 403 | 409) {
            return Err(Failure::Silent(format!("it answered {status}")));
        }
        let mut answer = answer;
        let mut why = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(silent)? {
            why.extend(part);
            if why.len() >= LONGEST {
                break;
            }
        }
        let why: String = String::from_utf8_lossy(&why).chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        Err(Failure::Refused(why))
    }
}

enum Failure {
    /// It is there and says no.
    Refused(String),
    /// It is not there, or not well.
    Silent(String),
}

fn in_words(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
