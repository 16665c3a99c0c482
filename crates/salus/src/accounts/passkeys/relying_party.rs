//! What a browser is told to sign, and whether it did. The name that passkeys are for comes from the settings, never from a request.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use salus_kernel::AccountId;
use serde_json::Value;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
    },
};

use crate::shell::error::Error;

/// How long somebody may look for the stick; what was asked is forgotten a little later.
const PATIENCE: Duration = Duration::from_secs(300);

/// The portal, as passkeys know it (WebAuthn, section 4: Relying Party).
pub struct RelyingParty(Webauthn);

/// What to sign, for the browser; and what is kept to compare with.
pub struct Asked {
    /// For the browser.
    pub options: Value,
    /// To keep.
    pub state: String,
}

/// Whose passkey a browser shows, as it says itself.
pub struct Claim {
    /// The account. Not every phone says it where it was told which passkeys may answer.
    pub account: Option<AccountId>,
    /// The passkey's own id.
    pub credential: Vec<u8>,
    shown: PublicKeyCredential,
}

impl RelyingParty {
    /// The portal at this address; none where the address is a number, because a passkey is for a name.
    pub fn at(public_url: &str, name: &str) -> Option<Self> {
        let origin = Url::parse(public_url).ok()?;
        let host = origin.domain()?;
        let builder = WebauthnBuilder::new(host, &origin).ok()?;
        builder.rp_name(name).timeout(PATIENCE).build().ok().map(Self)
    }

    /// A new passkey for this account, in something that has none of these yet.
    pub fn ask_for_new(&self, account: AccountId, email: &str, name: &str, there: &[Passkey]) -> Result<Asked, Error> {
        let (options, state) = self
            .0
            .start_passkey_registration(account.uuid(), email, name, None)
            .map_err(|_| Error::broken("a passkey that can't be asked for"))?;
        let mut options = as_json(&options)?;
        // One that is found without a name typed first. The library leaves it to chance.
        let wanted = serde_json::json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
        if let Some(key) = options.pointer_mut("/publicKey/authenticatorSelection") {
            *key = wanted;
        }
        // Said to the browser alone: what is kept names no passkey, and a unique column guards.
        if let Some(key) = options.pointer_mut("/publicKey").and_then(Value::as_object_mut) {
            key.insert("excludeCredentials".to_owned(), named(there));
        }
        Ok(Asked { options, state: kept(&state)? })
    }

    /// The passkey that was made, if it is what was asked for.
    pub fn made(&self, state: &str, shown: &str) -> Option<Passkey> {
        let state: PasskeyRegistration = serde_json::from_str(state).ok()?;
        let shown: RegisterPublicKeyCredential = serde_json::from_str(shown).ok()?;
        self.0.finish_passkey_registration(&shown, &state).ok()
    }

    /// A signature by any passkey that is for this portal, or by one of these.
    pub fn ask(&self, by: &[Passkey]) -> Result<Asked, Error> {
        let (options, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(|_| Error::broken("a signature that can't be asked for"))?;
        let mut options = as_json(&options)?;
        if let Some(all) = options.as_object_mut() {
            // A button was pressed: the browser asks at once instead of waiting for a field.
            all.remove("mediation");
        }
        if let Some(allowed) = options.pointer_mut("/publicKey/allowCredentials") {
            *allowed = named(by);
        }
        Ok(Asked { options, state: kept(&state)? })
    }

    /// Whose passkey is shown, as the browser says. Nothing is proved yet.
    pub fn claim(&self, shown: &str) -> Option<Claim> {
        let shown: PublicKeyCredential = serde_json::from_str(shown).ok()?;
        let account = match shown.get_user_unique_id().filter(|handle| !handle.is_empty()) {
            Some(handle) => Some(AccountId::from_uuid(Uuid::from_slice(handle).ok()?)),
            None => None,
        };
        Some(Claim { account, credential: shown.get_credential_id().to_vec(), shown })
    }

    /// Whether this passkey signed what was asked for: here, now, after a finger, a face or a PIN, and more often than before.
    pub fn check(&self, state: &str, claim: &Claim, key: &Passkey) -> Result<AuthenticationResult, Wrong> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(|_| Wrong::Signature)?;
        let result =
            self.0.finish_discoverable_authentication_v2(&claim.shown, state, key).map_err(|why| match why {
                WebauthnError::CredentialPossibleCompromise => Wrong::Copy,
                _ => Wrong::Signature,
            })?;
        if result.user_verified() { Ok(result) } else { Err(Wrong::Signature) }
    }
}

/// Why a passkey was not right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It did not sign what was asked for.
    Signature,
    /// It did, and counts fewer signatures than it has made: there is a copy of it.
    Copy,
}

impl Wrong {
    /// As in the ledger.
    pub fn word(self) -> &'static str {
        match self {
            Self::Signature => "wrong-passkey",
            Self::Copy => "copied-passkey",
        }
    }
}

/// Passkeys, as a browser is told of them.
fn named(keys: &[Passkey]) -> Value {
    keys.iter().map(|key| serde_json::json!({ "type": "public-key", "id": B64.encode(key.cred_id()) })).collect()
}

fn as_json(options: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(options).map_err(|_| Error::broken("options that are no JSON"))
}

fn kept(state: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(state).map_err(|_| Error::broken("a state that can't be kept"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_for_a_name() {
        for (url, offered) in [
            ("https://portal.example.org", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", false),
            ("https://192.0.2.7", false),
            ("https://[2001:db8::1]", false),
            ("", false),
        ] {
            assert_eq!(RelyingParty::at(url, "Riverside Clinic").is_some(), offered, "{url}");
            // What pages ask before they show a button, and guards before they want one.
            let web = crate::access::WebConfig { public_url: url.to_owned(), ..Default::default() };
            assert_eq!(web.has_name(), offered, "{url}");
        }
    }

    #[test]
    fn a_passkey_is_found_by_itself_and_wants_a_finger_a_face_or_a_pin() {
        let portal = RelyingParty::at("https://portal.example.org", "Riverside Clinic").unwrap();
        let account: AccountId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        let asked = portal.ask_for_new(account, "ana@example.org", "Ana Ruiz", &[]).unwrap().options;
        let key = asked.pointer("/publicKey").unwrap();
        assert_eq!(key.pointer("/rp/id").unwrap(), "portal.example.org");
        assert_eq!(key.pointer("/attestation").unwrap(), "none", "nobody is asked which phone they have");
        assert_eq!(key.pointer("/authenticatorSelection/residentKey").unwrap(), "required");
        assert_eq!(key.pointer("/authenticatorSelection/userVerification").unwrap(), "required");
        let asked = portal.ask(&[]).unwrap().options;
        assert_eq!(asked.pointer("/publicKey/userVerification").unwrap(), "required");
        assert_eq!(asked.pointer("/publicKey/allowCredentials").unwrap(), &serde_json::json!([]));
        assert_eq!(asked.pointer("/mediation"), None);
        // 128 bits at least, and another one each time (ASVS V6.7.2).
        let challenge = asked.pointer("/publicKey/challenge").unwrap().as_str().unwrap().to_owned();
        assert!(challenge.len() >= 22, "{challenge}");
        assert_ne!(portal.ask(&[]).unwrap().options.pointer("/publicKey/challenge").unwrap(), challenge.as_str());
    }
}
