//! A phone in software: makes passkeys and signs with them as WebAuthn Level 3 says (sections 5.8.1, 6.1, 6.5.4), and can be told to
//! do it wrong.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use serde_json::{Value, json};

use super::{Browser, Page, World};
use crate::shell::urls;

/// Where the portal of tests is.
pub const ORIGIN: &str = "https://portal.example.org";

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const KEY_INSIDE: u8 = 0x40;

/// One passkey in one phone.
#[derive(Clone)]
pub struct SoftKey {
    pub pair: std::sync::Arc<EcdsaKeyPair>,
    pub id: Vec<u8>,
    /// The user handle it was made for; some phones leave it out where they were told which passkeys may answer.
    pub user: Vec<u8>,
    /// The counter of signatures, as it will say next.
    pub count: u32,
    /// What it says it signs for.
    pub how: How,
}

/// How it signs; [`How::rightly`], but for what a test changes.
#[derive(Clone)]
pub struct How {
    pub origin: &'static str,
    pub portal: &'static str,
    pub verified: bool,
    pub present: bool,
    pub kind: &'static str,
    pub spoilt: bool,
    pub handle: bool,
}

impl How {
    pub fn rightly() -> Self {
        let (origin, portal, kind) = (ORIGIN, "portal.example.org", "webauthn.get");
        Self { origin, portal, verified: true, present: true, kind, spoilt: false, handle: true }
    }
}

/// What the browser was asked, as JSON.
pub fn asked(page: &Page) -> Value {
    serde_json::from_str::<Value>(&page.is_ok().body).unwrap()["publicKey"].clone()
}

fn client_data(kind: &str, origin: &str, challenge: &Value) -> Vec<u8> {
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into_bytes()
}

fn bytes(text: &Value) -> Vec<u8> {
    B64.decode(text.as_str().unwrap()).unwrap()
}

impl SoftKey {
    /// Makes one as it was asked; gives it, and what the form sends.
    pub fn make(asked: &Value) -> (Self, String) {
        Self::make_so(asked, How { kind: "webauthn.create", ..How::rightly() })
    }

    pub fn make_so(asked: &Value, how: How) -> (Self, String) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = salus_vault::random::<16>().to_vec();
        let user = bytes(&asked["user"]["id"]);
        let mut key = Self { pair: pair.into(), id, user, count: 0, how };
        let point = key.pair.public_key().as_ref();
        // COSE: kty EC2, alg ES256, crv P-256, x, y (RFC 9053, sections 2.1 and 7.1).
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend_from_slice(&point[1..33]);
        cose.extend_from_slice(&[0x22, 0x58, 0x20]);
        cose.extend_from_slice(&point[33..65]);
        let mut data = key.data(KEY_INSIDE);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(key.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&key.id);
        data.extend_from_slice(&cose);
        let mut object = vec![0xa3];
        for text in ["fmt", "none", "attStmt"] {
            object.push(0x60 | u8::try_from(text.len()).unwrap());
            object.extend_from_slice(text.as_bytes());
        }
        object.push(0xa0);
        object.push(0x68);
        object.extend_from_slice(b"authData");
        object.extend_from_slice(&[0x58, u8::try_from(data.len()).unwrap()]);
        object.extend_from_slice(&data);
        let client = client_data(key.how.kind, key.how.origin, &asked["challenge"]);
        let shown = json!({
            "id": B64.encode(&key.id), "rawId": B64.encode(&key.id), "type": "public-key",
            "response": { "clientDataJSON": B64.encode(client), "attestationObject": B64.encode(object), "transports": ["internal"] },
            "clientExtensionResults": {},
        });
        key.how = How::rightly();
        key.count = 1;
        (key, shown.to_string())
    }

    /// Signs what it was asked; gives what the form sends.
    pub fn sign(&mut self, asked: &Value) -> String {
        // A browser that can't read an id gives up, also one of another key.
        assert!(asked["allowCredentials"].as_array().unwrap().iter().all(|allowed| !bytes(&allowed["id"]).is_empty()));
        let client = client_data(self.how.kind, self.how.origin, &asked["challenge"]);
        let data = self.data(0);
        let mut message = data.clone();
        message.extend_from_slice(digest(&SHA256, &client).as_ref());
        let mut signature = self.pair.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec();
        if self.how.spoilt {
            *signature.last_mut().unwrap() ^= 1;
        }
        self.count += 1;
        let mut shown = json!({
            "id": B64.encode(&self.id), "rawId": B64.encode(&self.id), "type": "public-key",
            "response": {
                "clientDataJSON": B64.encode(client), "authenticatorData": B64.encode(data),
                "signature": B64.encode(signature), "userHandle": B64.encode(&self.user),
            },
            "clientExtensionResults": {},
        });
        if !self.how.handle {
            shown["response"].as_object_mut().unwrap().remove("userHandle");
        }
        shown.to_string()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.how.portal.as_bytes()).as_ref().to_vec();
        let flag = |wanted: bool, flag: u8| if wanted { flag } else { 0 };
        data.push(flags | flag(self.how.present, PRESENT) | flag(self.how.verified, VERIFIED));
        data.extend_from_slice(&self.count.to_be_bytes());
        data
    }
}

impl Browser {
    /// Adds a passkey to the account of whoever is signed in here.
    pub async fn add_passkey(&self, name: &str) -> SoftKey {
        self.get(urls::PASSKEY_ADD).await.is_ok();
        let (key, shown) = SoftKey::make(&asked(&self.post(urls::PASSKEY_ADD_ASK, &[]).await));
        self.post(urls::PASSKEY_ADD, &[("name", name), ("credential", &shown)]).await.goes_to(urls::FACTORS);
        key
    }

    /// What a passkey is to sign so that it signs in here.
    pub async fn ask_for_passkey(&self) -> Value {
        self.get(urls::SIGN_IN).await.is_ok();
        asked(&self.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await)
    }

    /// Shows what a passkey signed.
    pub async fn show_passkey(&self, shown: &str) -> Page {
        self.post(urls::SIGN_IN_PASSKEY, &[("credential", shown)]).await
    }
}

impl World {
    /// Signs in with a passkey, in a new browser.
    pub async fn sign_in_by(&self, key: &mut SoftKey) -> (Browser, Page) {
        let browser = self.browser();
        let asked = browser.ask_for_passkey().await;
        let page = browser.show_passkey(&key.sign(&asked)).await;
        (browser, page)
    }
}
