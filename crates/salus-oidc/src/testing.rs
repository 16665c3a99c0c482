//! A provider on this machine, for tests: it signs in whoever it is told to, and lies on request.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test can do nothing about it; of the crate's own tests nothing is expected here"
)]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use reqwest::Url;
use salus_kernel::{Instant, SECOND};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{Attempt, Settings};

/// What the portal is called there.
pub const CLIENT: &str = "salus-at-riverside";
/// With which it proves that.
pub const SECRET: &str = "a secret & a half";

/// An attempt of a browser, that comes back to this address.
pub fn attempt(number: u8, redirect: &str) -> Attempt {
    let secret = |what: &str| format!("{what}-{number}-0123456789012345678901234567890123456789");
    Attempt {
        state: secret("state"),
        nonce: secret("nonce"),
        verifier: secret("verifier").into(),
        redirect: redirect.to_owned(),
    }
}

/// A lie, or a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    /// The token is another issuer's.
    Issuer,
    /// The answer in the address names another issuer.
    AnswerIssuer,
    /// The answer in the address names none, though the provider says that it does.
    NoAnswerIssuer,
    /// The provider's document names another issuer.
    Document,
    /// The token is for another client.
    Audience,
    /// The token is for this client and another one.
    Audiences,
    /// The token was made for another party.
    Party,
    /// The token has another attempt's nonce.
    Nonce,
    /// The token has none.
    NoNonce,
    /// The token ended.
    Expired,
    /// The token counts from tomorrow.
    NotYet,
    /// The token was made an hour ago, and counts for a day.
    Old,
    /// The token has no signature, and says so.
    Unsigned,
    /// The token is signed with the public key, as if that were a shared secret.
    SharedSecret,
    /// The token is signed by another key under the same name.
    OtherKey,
    /// The token is signed by a key that it brings along.
    OwnKey,
    /// The token is signed by a key of a name that nobody knows.
    UnknownKey,
    /// What is said was changed after it was signed.
    Changed,
    /// The token says that it is for logging out.
    Logout,
    /// The token names nobody.
    Nobody,
    /// The token is dated five minutes back, as Entra ID does: no lie.
    DatedBack,
    /// The provider takes its code as often as it comes: what is once is once by us alone.
    Again,
    /// No token is in the answer.
    NoToken,
    /// The answer has no end.
    Endless,
    /// The answer leads elsewhere.
    Elsewhere,
}

impl Twist {
    /// Each lie.
    pub const ALL: [Self; 23] = [
        Self::Issuer,
        Self::AnswerIssuer,
        Self::NoAnswerIssuer,
        Self::Document,
        Self::Audience,
        Self::Audiences,
        Self::Party,
        Self::Nonce,
        Self::NoNonce,
        Self::Expired,
        Self::NotYet,
        Self::Old,
        Self::Unsigned,
        Self::SharedSecret,
        Self::OtherKey,
        Self::OwnKey,
        Self::UnknownKey,
        Self::Changed,
        Self::Logout,
        Self::Nobody,
        Self::NoToken,
        Self::Endless,
        Self::Elsewhere,
    ];
}

/// How somebody signs in at the provider.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// Who.
    pub subject: String,
    /// When, in seconds; nothing when the provider does not say.
    pub auth_time: Option<i64>,
    /// With what.
    pub amr: Vec<String>,
    /// A lie.
    pub twist: Option<Twist>,
}

impl SignIn {
    /// Somebody who showed a password and a second step just now.
    pub fn of(subject: &str, now: Instant) -> Self {
        let (auth_time, amr) = (Some(now.micros() / SECOND), vec!["pwd".to_owned(), "mfa".to_owned()]);
        Self { subject: subject.to_owned(), auth_time, amr, twist: None }
    }
    /// The same, and the provider lies.
    #[must_use]
    pub fn with(self, twist: Twist) -> Self {
        Self { twist: Some(twist), ..self }
    }
    /// The same, without a second step.
    #[must_use]
    pub fn without_second_step(self) -> Self {
        Self { amr: vec!["pwd".to_owned()], ..self }
    }
}

#[derive(Clone, Default)]
struct Code {
    sign_in: SignIn,
    nonce: String,
    challenge: String,
    redirect: String,
}

struct Inside {
    issuer: String,
    now: Box<dyn Fn() -> Instant + Send + Sync>,
    key: KeyPair,
    codes: Mutex<BTreeMap<String, Code>>,
    twist: Mutex<Option<Twist>>,
    asked: Mutex<Vec<&'static str>>,
}

/// The provider; gone when this is dropped.
pub struct Fake {
    inside: Arc<Inside>,
    server: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn held<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fake {
    /// Begins to listen on this machine.
    ///
    /// # Panics
    ///
    /// When it can't: a test can do nothing about it.
    pub async fn start(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
        let inside = Arc::new(Inside {
            issuer,
            now: Box::new(now),
            key,
            codes: Mutex::default(),
            twist: Mutex::default(),
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&inside));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { inside, server }
    }

    /// How the clinic describes it.
    pub fn settings(&self, key: &str) -> Settings {
        Settings {
            key: key.to_owned(),
            name: "Example Sign-in".to_owned(),
            issuer: self.inside.issuer.clone(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.to_owned().into()),
            second_step: vec!["mfa".to_owned()],
            asks_anew: true,
        }
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<&'static str> {
        held(&self.inside.asked).clone()
    }

    /// Somebody follows the portal's address, signs in, and comes back: the address that they come back to.
    ///
    /// # Panics
    ///
    /// When the portal's address is not one to this provider, or lacks something.
    pub fn signs_in(&self, address: &str, sign_in: SignIn) -> String {
        let url: Url = address.parse().expect("an address");
        assert!(address.starts_with(&format!("{}/authorize?", self.inside.issuer)), "{address} leads elsewhere");
        let of = |name: &str| {
            let mut found = url.query_pairs().filter(|(key, _)| key == name);
            let value = found.next().map(|(_, value)| value.into_owned());
            assert!(found.next().is_none(), "{name} twice in {address}");
            value
        };
        let needs = |name: &str| of(name).unwrap_or_else(|| panic!("no {name} in {address}"));
        assert_eq!((needs("response_type").as_str(), needs("client_id").as_str()), ("code", CLIENT));
        assert_eq!((needs("scope").as_str(), needs("code_challenge_method").as_str()), ("openid", "S256"));
        let mut codes = held(&self.inside.codes);
        let code = format!("code-{}", codes.len());
        let (redirect, state) = (needs("redirect_uri"), needs("state"));
        let twist = sign_in.twist;
        let entry =
            Code { sign_in, nonce: needs("nonce"), challenge: needs("code_challenge"), redirect: redirect.clone() };
        codes.insert(code.clone(), entry);
        *held(&self.inside.twist) = twist;
        let mut back: Url = redirect.parse().expect("an address to come back to");
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
        match twist {
            Some(Twist::NoAnswerIssuer) => {}
            Some(Twist::AnswerIssuer) => drop(back.query_pairs_mut().append_pair("iss", "https://other.example")),
            _ => drop(back.query_pairs_mut().append_pair("iss", &self.inside.issuer)),
        }
        back.into()
    }
}

async fn document(State(inside): State<Arc<Inside>>) -> Json<Value> {
    held(&inside.asked).push("document");
    let lies = *held(&inside.twist) == Some(Twist::Document);
    let issuer = if lies { "https://other.example".to_owned() } else { inside.issuer.clone() };
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{}/authorize", inside.issuer),
        "token_endpoint": format!("{}/token", inside.issuer),
        "jwks_uri": format!("{}/keys", inside.issuer),
        "authorization_response_iss_parameter_supported": true,
    }))
}

fn public(key: &KeyPair) -> Jwk {
    let signs = EncodingKey::from_ec_der(key.serialized_der());
    let mut public = Jwk::from_encoding_key(&signs, Algorithm::ES256).expect("a public key");
    public.common.key_id = Some("the-key".to_owned());
    public
}

async fn keys(State(inside): State<Arc<Inside>>) -> Json<Value> {
    held(&inside.asked).push("keys");
    Json(json!({ "keys": [public(&inside.key)] }))
}

async fn token(
    State(inside): State<Arc<Inside>>,
    headers: HeaderMap,
    Form(fields): Form<BTreeMap<String, String>>,
) -> Response {
    held(&inside.asked).push("token");
    let refused = |why: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response();
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    // `client:secret`, each as in a form.
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = base64::prelude::BASE64_STANDARD.encode(format!("{CLIENT}:a+secret+%26+a+half"));
    if basic != format!("Basic {known}") {
        return refused("invalid_client");
    }
    let found = held(&inside.codes).get(field("code")).cloned();
    let Some(code) = found else { return refused("invalid_grant") };
    if code.sign_in.twist != Some(Twist::Again) {
        held(&inside.codes).insert(field("code").to_owned(), Code::default());
    }
    let shown = BASE64_URL_SAFE_NO_PAD.encode(salus_vault::sha256(field("code_verifier").as_bytes()));
    if shown != code.challenge || field("redirect_uri") != code.redirect || field("grant_type") != "authorization_code"
    {
        return refused("invalid_grant");
    }
    match code.sign_in.twist {
        Some(Twist::NoToken) => return Json(json!({ "access_token": "x" })).into_response(),
        Some(Twist::Endless) => return Json(json!({ "id_token": "x".repeat(300_000) })).into_response(),
        Some(Twist::Elsewhere) => {
            return (StatusCode::FOUND, [("location", format!("{}/keys", inside.issuer))]).into_response();
        }
        _ => {}
    }
    let tokens = json!({ "access_token": "never-used", "token_type": "Bearer", "id_token": signed(&inside, &code) });
    Json(tokens).into_response()
}

fn signed(inside: &Inside, code: &Code) -> String {
    let now = (inside.now)().micros() / SECOND;
    let sign_in = &code.sign_in;
    let mut claims = json!({
        "iss": inside.issuer, "sub": sign_in.subject, "aud": CLIENT, "nonce": code.nonce,
        "iat": now, "exp": now + 300, "amr": sign_in.amr,
    });
    if let Some(at) = sign_in.auth_time {
        claims["auth_time"] = at.into();
    }
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some("the-key".to_owned());
    let mut key = EncodingKey::from_ec_der(inside.key.serialized_der());
    let other = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
    match sign_in.twist {
        Some(Twist::Issuer) => claims["iss"] = "https://other.example".into(),
        Some(Twist::Audience) => claims["aud"] = "another-client".into(),
        Some(Twist::Audiences) => claims["aud"] = json!([CLIENT, "another-client"]),
        Some(Twist::Party) => claims["azp"] = "another-client".into(),
        Some(Twist::Nonce) => claims["nonce"] = "of-another-attempt".into(),
        Some(Twist::NoNonce) => drop(claims.as_object_mut().and_then(|all| all.remove("nonce"))),
        Some(Twist::Expired) => claims["exp"] = (now - 120).into(),
        Some(Twist::NotYet) => claims["nbf"] = (now + 86_400).into(),
        Some(Twist::Old) => (claims["iat"], claims["exp"]) = ((now - 3600).into(), (now + 86_400).into()),
        Some(Twist::DatedBack) => claims["iat"] = (now - 301).into(),
        Some(Twist::Nobody) => claims["sub"] = "".into(),
        Some(Twist::OtherKey) => key = EncodingKey::from_ec_der(other().serialized_der()),
        Some(Twist::OwnKey) => {
            let own = other();
            header.jwk = Some(public(&own));
            header.kid = None;
            key = EncodingKey::from_ec_der(own.serialized_der());
        }
        Some(Twist::UnknownKey) => header.kid = Some("another-key".to_owned()),
        Some(Twist::Logout) => header.typ = Some("logout+jwt".to_owned()),
        Some(Twist::SharedSecret) => {
            header.alg = Algorithm::HS256;
            let text = serde_json::to_string(&public(&inside.key)).expect("text");
            key = EncodingKey::from_secret(text.as_bytes()).expect("a secret");
        }
        _ => {}
    }
    let token = encode(&header, &claims, &key).expect("a token");
    let parts: Vec<&str> = token.split('.').collect();
    let (Some(head), Some(body), Some(signature)) = (parts.first(), parts.get(1), parts.get(2)) else { return token };
    match sign_in.twist {
        Some(Twist::Unsigned) => {
            let head = BASE64_URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
            format!("{head}.{body}.")
        }
        Some(Twist::Changed) => {
            claims["sub"] = format!("not-{}", sign_in.subject).into();
            format!("{head}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
        }
        _ => token,
    }
}
