//! Where a provider is (OpenID Connect Discovery 1.0), and its keys; kept for an hour, and read again where a key is new.

use jsonwebtoken::jwk::JwkSet;
use reqwest::{RequestBuilder, StatusCode, Url};
use salus_kernel::{Instant, MINUTE, SECOND};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};

use crate::{Failure, LONGEST, Provider};

/// How long what a provider says of itself is believed.
const LASTS: i64 = 60 * MINUTE;
/// How long nobody makes us ask again for a key that does not exist.
const NOT_AGAIN: i64 = MINUTE;
/// How long somebody who did not answer is not asked again: whoever waits behind another is told at once.
const SILENT: i64 = 10 * SECOND;
/// How long what it said is believed while it does not answer.
const AT_MOST: i64 = 12 * LASTS;

/// What a provider says of itself.
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    issuer: String,
    #[serde(deserialize_with = "address")]
    pub authorization_endpoint: Url,
    #[serde(deserialize_with = "address")]
    pub token_endpoint: Url,
    #[serde(deserialize_with = "address")]
    jwks_uri: Url,
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

impl Metadata {
    /// Whether a secret may be shown so; without a word about it, it is `client_secret_basic`.
    pub fn takes(&self, way: &str) -> bool {
        self.token_endpoint_auth_methods_supported
            .as_ref()
            .map_or(way == "client_secret_basic", |ways| ways.iter().any(|known| known == way))
    }
}

/// What came of asking.
#[derive(Default)]
pub struct Found {
    known: Option<Known>,
    failed: Option<(Instant, Failure)>,
}

/// What is known of a provider, and since when.
#[derive(Debug, Clone)]
pub struct Known {
    pub metadata: Metadata,
    pub keys: JwkSet,
    at: Instant,
}

/// Whether nobody on the way reads along.
pub fn is_private(url: &Url) -> bool {
    let here = url.host_str().is_some_and(|host| {
        let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || ip.is_ok_and(|host| host.is_loopback())
    });
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

/// What somebody answers, up to a length.
pub async fn answer(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Failure> {
    let silent = |error: reqwest::Error| Failure::Silent(error.without_url().to_string());
    let mut answer = request.send().await.map_err(silent)?;
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(silent)? {
        bytes.extend(part);
        if bytes.len() > LONGEST {
            return Err(Failure::Silent("its answer is too long".to_owned()));
        }
    }
    Ok((answer.status(), bytes))
}

impl Provider {
    /// What is known of the provider; asked for when it is not, or too old, or without this key.
    pub(crate) async fn known(&self, now: Instant, key: Option<&str>) -> Result<Known, Failure> {
        // Held while somebody asks: the others wait for the same answer, or the same silence.
        let mut found = self.known.lock().await;
        let within = |at: Instant, longest: i64| (0..longest).contains(&now.since(at));
        let has = |known: &Known| key.is_none_or(|key| known.keys.find(key).is_some());
        let good = |known: &&Known| within(known.at, LASTS) && (has(known) || within(known.at, NOT_AGAIN));
        if let Some(known) = found.known.as_ref().filter(good) {
            return Ok(known.clone());
        }
        let lately = found.failed.as_ref().filter(|(at, _)| within(*at, SILENT)).map(|(_, failure)| failure.clone());
        let failure = match lately {
            Some(failure) => failure,
            None => match self.discover(now).await {
                Ok(known) => {
                    *found = Found { known: Some(known.clone()), failed: None };
                    return Ok(known);
                }
                Err(failure) => {
                    found.failed = Some((now, failure.clone()));
                    failure
                }
            },
        };
        let still = |known: &&Known| within(known.at, AT_MOST) && has(known);
        found.known.as_ref().filter(still).cloned().ok_or(failure)
    }

    async fn discover(&self, now: Instant) -> Result<Known, Failure> {
        let document = format!("{}/.well-known/openid-configuration", self.issuer.as_str().trim_end_matches('/'));
        let document: Url = document.parse().map_err(|_| Failure::Silent("issuer is no address".to_owned()))?;
        let metadata: Metadata = self.read(document).await?;
        // To the letter (ASVS V10.5.3): whoever answers in another's name is not asked further.
        if metadata.issuer != self.settings.issuer {
            return Err(Failure::Silent("it says that it is another issuer".to_owned()));
        }
        // Whoever speaks https leads nowhere else: least of all to what listens on this machine.
        let ours = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        if ours.into_iter().any(|url| !is_private(url) || url.scheme() != self.issuer.scheme()) {
            return Err(Failure::Silent("one of its addresses is not like its issuer's".to_owned()));
        }
        let keys = self.read(metadata.jwks_uri.clone()).await?;
        Ok(Known { metadata, keys, at: now })
    }

    async fn read<T: DeserializeOwned>(&self, url: Url) -> Result<T, Failure> {
        let (status, bytes) = answer(self.client.get(url.clone())).await?;
        if status != StatusCode::OK {
            return Err(Failure::Silent(format!("{url} answered {status}")));
        }
        serde_json::from_slice(&bytes).map_err(|error| Failure::Silent(format!("{url} can't be read: {error}")))
    }
}
