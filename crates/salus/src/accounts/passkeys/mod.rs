//! Passkeys (WebAuthn Level 3): the private half of a key stays in a phone, a computer or a stick, which wants a finger, a face or a
//! PIN before it signs. So one passkey is both factors, at an address that no other site can ask in the name of (ADR 0024).
//!
//! Each of the three things that are done with one is a pair of requests: what to sign is asked for, [`super::challenge`] keeps it once;
//! then the form comes with what was signed, and [`relying_party`] looks at it.
//!
//! | Done | By | Then |
//! |---|---|---|
//! | sign in | [`sign_in`] | a session with both factors |
//! | make one | [`adding`] | the account has one more, or has its second step |
//! | say "it is still I" | [`proving`] | the session is proved, as by the password (ADR 0022) |

pub mod adding;
pub mod proving;
mod relying_party;
pub mod sign_in;
pub mod store;
pub mod views;

#[cfg(test)]
mod tests;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use salus_kernel::ActionType;
use salus_vault::{Discloses, Opens};
use serde::Deserialize;
use serde_json::Value;
use webauthn_rs::prelude::{AuthenticationResult, Passkey};

use crate::{
    access::{App, columns::passkey},
    shell::error::Error,
};
use relying_party::RelyingParty;

/// The portal, as passkeys know it; not found where it has no name to make them for.
async fn relying_party(app: &App) -> Result<RelyingParty, Error> {
    RelyingParty::at(&app.web().public_url, &app.clinic().await.name).ok_or(Error::NotFound)
}

/// What a form sends once the browser has signed.
#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    both: String,
}

/// What the browser is to do, for the script that asks it.
fn to_do(options: &Value) -> Response {
    Json(options).into_response()
}

/// Why there is nothing to do, for the script to show.
fn nothing_to_do(status: StatusCode, problem: &str) -> Response {
    (status, Json(serde_json::json!({ "problem": problem }))).into_response()
}

/// A passkey's public half, as it is kept.
fn open<A>(row: &store::PasskeyRow, with: &impl Discloses<A>) -> Result<Passkey, Error>
where
    A: ActionType + Opens<passkey::Credential>,
{
    let text = row.credential.open_bytes(with)?;
    serde_json::from_slice(&text).map_err(|_| Error::broken("a passkey that can't be read"))
}

/// The same after it was used, where that changes anything: its count of signatures went up, or it is kept in more places.
fn after_use(mut key: Passkey, used: &AuthenticationResult) -> Result<Option<Vec<u8>>, Error> {
    match key.update_credential(used) {
        Some(true) => kept(&key).map(Some),
        _ => Ok(None),
    }
}

fn kept(key: &Passkey) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(key).map_err(|_| Error::broken("a passkey that can't be kept"))
}
