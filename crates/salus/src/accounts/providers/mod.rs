//! Signing in elsewhere (OpenID Connect): whoever works here may show who they are to a provider that the clinic runs or trusts, and
//! comes back named (ADR 0029). The protocol is `salus-oidc`; here is what it means for an account.
//!
//! | Done there | By | Then |
//! |---|---|---|
//! | sign in | [`pages::signed_in`] | a session: with both factors where the provider saw two, else the second step is asked |
//! | connect | [`pages::connected`] | the account can be signed in to from there |
//! | say "it is still I" | [`pages::proved`] | the session is proved, as by the password (ADR 0022) |
//!
//! Invariant: an account is found by issuer and subject alone, and only where its owner connected it: never by an address, which
//! somebody else may have tomorrow (ASVS V6.8.1, V10.5.2); and what is compared is sealed for its account. Invariant: an answer counts once, in the browser that began, for what it
//! began with.

pub mod pages;
pub mod store;

#[cfg(test)]
mod tests;

use axum::{http::HeaderMap, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use salus_kernel::{Instant, MINUTE};
use salus_oidc::{Answer, Attempt, Failure, Identity, Provider};
use salus_vault::BlindIndex;
use serde::{Deserialize, Serialize};

use super::{
    challenge::{Challenge, Purpose},
    pages::set_cookie,
};
use crate::{
    access::{App, cookie, no_cookie},
    shell::{error::Error, page::see_other, urls},
};

/// The cookie of a browser that is away: what it began with is made from it, and from nothing that the provider sees.
const COOKIE: &str = "__Host-salus-away";
/// By how much the provider's clock may be behind.
const SKEW: i64 = MINUTE;

/// The provider of this name, if the clinic has one.
fn named<'a>(app: &'a App, key: &str) -> Option<&'a Provider> {
    app.web().providers.iter().find(|provider| provider.key() == key)
}

/// What is remembered while a browser is away.
#[derive(Default, Serialize, Deserialize)]
struct Away {
    /// Where to go on.
    next: String,
    /// Whether both steps are wanted.
    both: String,
    /// When it was begun.
    begun: i64,
}

impl Away {
    /// Whether somebody was asked who they are since it was begun; nothing where the provider does not say.
    fn asked_since(&self, named: &Identity) -> Option<bool> {
        named.signed_in_at.map(|at| at.micros() >= self.begun - SKEW)
    }
}

/// A way that was begun: where it leads, and the cookie that goes with it.
struct Begun {
    address: String,
    cookie: String,
}

impl Begun {
    /// Sends the browser there.
    fn go(&self) -> Response {
        self.with(see_other(&self.address))
    }
    fn with(&self, mut response: Response) -> Response {
        set_cookie(&mut response, &self.cookie);
        response
    }
}

type Digest<'a> = Box<dyn Fn(&str, &[u8]) -> [u8; 32] + Send + Sync + 'a>;
type Index<'a> = Box<dyn Fn(&str, &str) -> BlindIndex + Send + Sync + 'a>;

/// A way to a provider and back, of one browser and for one purpose.
struct Way<'a> {
    app: &'a App,
    provider: &'a Provider,
    purpose: Purpose,
    /// Whose it is besides the browser's: the session's, where there is one.
    whose: String,
    /// The guard's, with the clinic's key.
    digest: Digest<'a>,
    /// The same.
    index: Index<'a>,
    now: Instant,
}

/// Where a way ends that led nowhere.
enum Lost {
    /// It was not begun in this browser, or too long ago, or it was gone already.
    Late,
    /// The provider names nobody.
    Failed(Failure),
}

impl Lost {
    fn word(&self) -> &'static str {
        match self {
            Self::Late => "provider-late",
            Self::Failed(failure) => failure.word(),
        }
    }
    /// Which words say so.
    fn text(&self) -> &'static str {
        match self {
            Self::Late | Self::Failed(Failure::Answer | Failure::Code) => "accounts-problem-provider-late",
            Self::Failed(Failure::Silent(_)) => "accounts-problem-provider-silent",
            Self::Failed(Failure::Declined(_)) => "accounts-problem-provider-declined",
            Self::Failed(Failure::Refused(_)) => "accounts-problem-provider-refused",
            Self::Failed(Failure::Token(_)) => "accounts-problem-provider-token",
        }
    }
}

impl Way<'_> {
    fn back(&self) -> String {
        let key = self.provider.key();
        self.app.web().link(&match self.purpose {
            Purpose::Connect => urls::connect_with_back(key),
            Purpose::ProveThere => urls::still_you_with_back(key),
            _ => urls::sign_in_with_back(key),
        })
    }

    /// The attempt's secrets: made anew from the cookie each time, so that none is kept.
    fn attempt(&self, cookie: &str) -> Attempt {
        let whole = format!("{} {} {} {cookie}", self.purpose.word(), self.provider.key(), self.whose);
        let secret = |what: &str| BASE64_URL_SAFE_NO_PAD.encode((self.digest)(what, whole.as_bytes()));
        Attempt {
            state: secret("provider-state"),
            nonce: secret("provider-nonce"),
            verifier: secret("provider-verifier").into(),
            redirect: self.back(),
        }
    }

    fn challenge(&self, cookie: &str) -> Challenge {
        let whose = format!("{} {} {cookie}", self.provider.key(), self.whose);
        Challenge::of(self.purpose, &whose, &self.index)
    }

    /// Begins it.
    async fn begin(&self, away: Away) -> Result<Result<Begun, Lost>, Error> {
        let cookie = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::random::<32>());
        let address = match self.provider.address(&self.attempt(&cookie), self.now).await {
            Ok(address) => address,
            Err(failure) => return Ok(Err(self.lost(failure))),
        };
        let away = Away { begun: self.now.micros(), ..away };
        let state = serde_json::to_string(&away).map_err(|_| Error::broken("a way that can't be kept"))?;
        self.challenge(&cookie).keep(self.app, &state, self.now).await?;
        let seconds = self.purpose.lasts() / MINUTE * 60;
        let cookie = format!("{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
        Ok(Ok(Begun { address, cookie }))
    }

    /// Whom the provider names, and where they were going.
    async fn end(&self, headers: &HeaderMap, answer: &Answer) -> Result<(Away, Result<Identity, Lost>), Error> {
        let late = || Ok((Away::default(), Err(Lost::Late)));
        let Some(cookie) = cookie(headers, COOKIE) else { return late() };
        let Some(kept) = self.challenge(cookie).take(self.app, self.now).await? else { return late() };
        let away = serde_json::from_str(&kept).unwrap_or_default();
        let named = self.provider.identity(&self.attempt(cookie), answer, self.now).await;
        Ok((away, named.map_err(|failure| self.lost(failure))))
    }

    fn lost(&self, failure: Failure) -> Lost {
        // Nobody who signs in sees why; whoever runs the portal has to.
        tracing::warn!(provider = self.provider.key(), ?failure, "A sign-in provider named nobody");
        Lost::Failed(failure)
    }
}

/// Whom a provider named, as one text. No issuer has a line break in it.
fn whole(named: &Identity) -> String {
    format!("{}\n{}", named.issuer, named.subject)
}

/// Finds an account by that.
fn index_of(named: &Identity, index: impl Fn(&str, &str) -> BlindIndex) -> BlindIndex {
    index("federated-identity", &whole(named))
}

/// The browser is back.
fn at_home(mut response: Response) -> Response {
    set_cookie(&mut response, &no_cookie(COOKIE));
    response
}
