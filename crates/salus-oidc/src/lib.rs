//! OpenID Connect, as a client (OpenID Connect Core 1.0, the code flow; RFC 7636, RFC 9207): somebody signs in elsewhere and comes
//! back with a code, for which the provider tells us who it was.
//!
//! | Step | By |
//! |---|---|
//! | where the provider is, and its keys | [`discovery`] |
//! | the address to which the browser is sent | [`Provider::address`] |
//! | what it came back with, for an identity | [`Provider::identity`] |
//! | whether the provider really said so | [`token`] |
//!
//! Invariant: tokens stay in this crate; what leaves it is an [`Identity`]. Invariant: no address is asked that the clinic's settings
//! or the provider's own document, under the same issuer, do not name; none is followed elsewhere.
//!
//! Nothing here knows an account, a session or the database: secrets of an attempt come from the portal.

mod discovery;
mod token;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::{StatusCode, Url, header};
use salus_kernel::Instant;
use serde::Deserialize;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use discovery::{Found, Metadata};
use token::Expected;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// More is not read of what a provider answers.
const LONGEST: usize = 256 * 1024;

/// What the clinic says of a provider.
#[derive(Clone)]
pub struct Settings {
    /// What it is called in addresses: letters, digits and dashes.
    pub key: String,
    /// What it is called on the page.
    pub name: String,
    /// Its issuer, to the letter: `https://login.example.org`.
    pub issuer: String,
    /// What the portal is called there.
    pub client_id: String,
    /// With which the portal proves that; a public client has none.
    pub client_secret: Option<Zeroizing<String>>,
    /// Words of the provider, in `amr` or `acr`, that say somebody showed a second step there.
    pub second_step: Vec<String>,
    /// Whether it asks anew who somebody is when it is told to, and says when it did (`prompt=login`, `max_age`, `auth_time`).
    pub asks_anew: bool,
}

/// A provider that people may sign in with.
pub struct Provider {
    settings: Settings,
    issuer: Url,
    client: reqwest::Client,
    known: Mutex<Found>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

/// One way there and back: three secrets that only the portal can make again, for this browser.
pub struct Attempt {
    /// Comes back in the address (RFC 6749, section 10.12).
    pub state: String,
    /// Comes back inside the token.
    pub nonce: String,
    /// Whose hash is sent ahead (RFC 7636): 43 to 128 characters.
    pub verifier: Zeroizing<String>,
    /// Where the browser comes back to.
    pub redirect: String,
}

/// What a browser came back with.
#[derive(Debug, Default, Deserialize)]
pub struct Answer {
    /// For which the provider says who it was.
    #[serde(default)]
    pub code: String,
    /// The attempt's.
    #[serde(default)]
    pub state: String,
    /// Whose answer it is (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
    /// Why there is no code.
    #[serde(default)]
    pub error: String,
}

/// Whom a provider named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who says so.
    pub issuer: String,
    /// What they are called there, for good; never their address, which may be somebody else's tomorrow.
    pub subject: String,
    /// When they last showed there who they are, where the provider says so.
    pub signed_in_at: Option<Instant>,
    /// Whether they showed a second step there.
    pub second_step: bool,
}

/// Why nobody was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The provider does not answer, or not what it should: for the log.
    Silent(String),
    /// Whoever was asked there said no, or the provider did: its own word for it, for the log.
    Declined(String),
    /// The provider does not take the portal's word: the secret ended, or the address to come back to is not known there.
    Refused(String),
    /// The answer is not one to this attempt, or not this provider's.
    Answer,
    /// The code is not one, or it was used.
    Code,
    /// The token is not what it should be, and why.
    Token(&'static str),
}

impl Failure {
    /// For the ledger.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Silent(_) => "provider-silent",
            Self::Declined(_) => "provider-declined",
            Self::Refused(_) => "provider-refused",
            Self::Answer => "provider-answer",
            Self::Code => "provider-code",
            Self::Token(_) => "provider-token",
        }
    }
}

impl Provider {
    /// A provider, as the settings describe it; nothing is asked of it yet.
    ///
    /// # Errors
    ///
    /// In words for whoever wrote the settings.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let Settings { key, name, issuer, client_id, .. } = &settings;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.is_empty() || key.len() > 40 || !key.bytes().all(plain) {
            return Err(format!("key has lower-case letters, digits and dashes, and is {key:?}"));
        }
        if name.trim().is_empty() || client_id.is_empty() {
            return Err("name and client_id are needed".to_owned());
        }
        let url: Url = issuer.parse().map_err(|_| format!("issuer is no address: {issuer}"))?;
        if !discovery::is_private(&url) || url.query().is_some() || url.fragment().is_some() {
            return Err(format!("issuer begins with https://, unless the provider is on this machine: {issuer}"));
        }
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { issuer: url, settings, client, known: Mutex::default() })
    }

    /// What it is called in addresses.
    pub fn key(&self) -> &str {
        &self.settings.key
    }
    /// What it is called on the page.
    pub fn name(&self) -> &str {
        &self.settings.name
    }
    /// Its issuer, to the letter.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Whether it is there, and says that it is the one that the settings mean.
    pub async fn is_there(&self, now: Instant) -> Result<(), Failure> {
        self.known(now, None).await.map(drop)
    }

    /// Whether it asks anew when it is told to.
    pub fn asks_anew(&self) -> bool {
        self.settings.asks_anew
    }
    /// Whether anything that it says counts as a second step.
    pub fn sees_second_step(&self) -> bool {
        !self.settings.second_step.is_empty()
    }

    /// Where the browser is sent. Whoever is signed in there already shows once more who they are, where the provider can ask.
    pub async fn address(&self, attempt: &Attempt, now: Instant) -> Result<String, Failure> {
        let metadata = self.known(now, None).await?.metadata;
        let mut url = metadata.authorization_endpoint;
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::sha256(attempt.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            // Who it is, and nothing else of them.
            .append_pair("scope", "openid")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &attempt.redirect)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if self.settings.asks_anew {
            url.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        Ok(url.into())
    }

    /// Whom the provider names for what the browser came back with.
    pub async fn identity(&self, attempt: &Attempt, answer: &Answer, now: Instant) -> Result<Identity, Failure> {
        if !salus_vault::same(answer.state.as_bytes(), attempt.state.as_bytes()) {
            return Err(Failure::Answer);
        }
        let metadata = self.known(now, None).await?.metadata;
        // A code of one provider is never handed to another (RFC 9700, section 4.4).
        let says_who = metadata.authorization_response_iss_parameter_supported;
        match &answer.iss {
            Some(issuer) if *issuer == self.settings.issuer => {}
            None if !says_who => {}
            _ => return Err(Failure::Answer),
        }
        if !answer.error.is_empty() {
            return Err(Failure::Declined(word(&answer.error)));
        }
        if answer.code.is_empty() {
            return Err(Failure::Answer);
        }
        let token = self.token(&metadata, attempt, &answer.code).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &attempt.nonce,
            second_step: &self.settings.second_step,
        };
        let header = token::header(&token)?;
        let keys = self.known(now, header.kid.as_deref()).await?.keys;
        token::identity(&token, &header, &keys, &expected, now)
    }

    /// The ID token for a code.
    async fn token(&self, metadata: &Metadata, attempt: &Attempt, code: &str) -> Result<Zeroizing<String>, Failure> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Refusal {
            error: String,
        }
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", attempt.redirect.as_str()),
            ("code_verifier", attempt.verifier.as_str()),
        ];
        let mut request = self.client.post(metadata.token_endpoint.clone());
        match &self.settings.client_secret {
            Some(secret) if metadata.takes("client_secret_basic") => {
                // RFC 6749, section 2.3.1: both are encoded as in a form first.
                let part = |text: &str| {
                    let pair = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
                    pair.trim_start_matches('=').to_owned()
                };
                let both = Zeroizing::new(format!("{}:{}", part(&self.settings.client_id), part(secret)));
                request =
                    request.header(header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(both.as_bytes())));
            }
            Some(secret) => {
                fields.extend([("client_id", self.settings.client_id.as_str()), ("client_secret", secret.as_str())])
            }
            None => fields.push(("client_id", &self.settings.client_id)),
        }
        let body = serde_urlencoded::to_string(fields).map_err(|error| Failure::Silent(error.to_string()))?;
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let (status, bytes) = discovery::answer(request).await?;
        match status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                let said: Refusal = serde_json::from_slice(&bytes).unwrap_or_default();
                return Err(match said.error.as_str() {
                    "invalid_grant" => Failure::Code,
                    other => Failure::Refused(word(other)),
                });
            }
            other => return Err(Failure::Silent(format!("{} answered {other}", metadata.token_endpoint))),
        }
        let tokens: Tokens = serde_json::from_slice(&bytes).map_err(|_| Failure::Token("no ID token in the answer"))?;
        Ok(tokens.id_token.into())
    }
}

/// A word of a provider, as it may stand in a log.
fn word(said: &str) -> String {
    said.chars().filter(char::is_ascii_graphic).take(40).collect()
}
