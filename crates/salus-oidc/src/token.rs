//! Whether a provider really said so: signature first, then every claim (OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725).

use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use salus_kernel::{Instant, MINUTE, SECOND};
use serde::Deserialize;

use crate::{Failure, Identity};

/// Signatures that are believed: by a key that has a public half, never by a shared secret, never none. Others that the library
/// knows are asked for by nobody.
const SIGNED_BY: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::EdDSA,
];
/// By how much two clocks may differ.
const SKEW: i64 = MINUTE;
/// How old a token may be. It comes straight from the provider and is one attempt's; but some date theirs five minutes back (Entra ID).
const FRESH: i64 = 15 * MINUTE;

/// What a token has to say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub second_step: &'a [String],
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Words,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    auth_time: Option<i64>,
    #[serde(default)]
    acr: Option<String>,
    #[serde(default)]
    amr: Option<Words>,
}

/// One word, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl Words {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }
    /// Whether it is this, and nothing besides.
    fn is(&self, word: &str) -> bool {
        !self.all().is_empty() && self.all().iter().all(|one| one == word)
    }
}

/// The token's header. It says how it is signed, and by which of the provider's keys; what else it says is not believed.
pub fn header(token: &str) -> Result<Header, Failure> {
    let header = decode_header(token).map_err(|_| Failure::Token("not a token"))?;
    if !SIGNED_BY.contains(&header.alg) {
        return Err(Failure::Token("signed in a way that is not believed"));
    }
    // A token that is for something else says so (RFC 8725, section 3.11).
    if header.typ.as_ref().is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) || header.crit.is_some() {
        return Err(Failure::Token("a token for something else"));
    }
    Ok(header)
}

/// The one key that the header means.
fn key<'a>(header: &Header, keys: &'a JwkSet) -> Option<&'a Jwk> {
    let signs = |key: &&Jwk| {
        key.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
            && key.common.key_algorithm.is_none_or(|named| named.to_string() == format!("{:?}", header.alg))
    };
    match &header.kid {
        Some(kid) => keys.find(kid).filter(signs),
        None => {
            let mut fitting = keys.keys.iter().filter(signs);
            fitting.next().filter(|_| fitting.next().is_none())
        }
    }
}

/// Whom the token names.
pub fn identity(
    token: &str,
    header: &Header,
    keys: &JwkSet,
    expected: &Expected<'_>,
    now: Instant,
) -> Result<Identity, Failure> {
    let wrong = |why| Err(Failure::Token(why));
    let Some(key) = key(header, keys) else { return wrong("signed by a key that the provider does not have") };
    let key = DecodingKey::from_jwk(key).map_err(|_| Failure::Token("the provider's key can't be read"))?;
    let mut only = Validation::new(header.alg);
    // Looked at below, by the portal's own clock, with all others.
    only.required_spec_claims.clear();
    (only.validate_exp, only.validate_nbf, only.validate_aud) = (false, false, false);
    let claims = decode::<Claims>(token, &key, &only).map_err(|_| Failure::Token("the signature is not right"))?.claims;

    if claims.iss != expected.issuer {
        return wrong("another issuer's");
    }
    if !claims.aud.is(expected.client_id) || claims.azp.is_some_and(|party| party != expected.client_id) {
        return wrong("for somebody else");
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return wrong("for another attempt");
    }
    let at = |seconds: i64| Instant::from_micros(seconds.saturating_mul(SECOND));
    if now >= at(claims.exp).plus(SKEW) {
        return wrong("too late");
    }
    let begins = claims.nbf.map_or(at(claims.iat), |begins| at(begins).max(at(claims.iat)));
    if begins > now.plus(SKEW) || now.since(at(claims.iat)) > FRESH {
        return wrong("of another time");
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 || claims.sub.chars().any(char::is_control) {
        return wrong("without a name for whom it names");
    }
    let shown = claims.amr.iter().flat_map(Words::all).chain(&claims.acr);
    let second_step = shown.into_iter().any(|word| expected.second_step.contains(word));
    Ok(Identity {
        issuer: claims.iss,
        subject: claims.sub,
        signed_in_at: claims.auth_time.map(at).filter(|then| *then <= now.plus(SKEW)),
        second_step,
    })
}
