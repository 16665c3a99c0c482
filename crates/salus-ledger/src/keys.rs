//! The keys that sign the ledger: Ed25519, named as C2SP signed notes name them.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::hash::sha256;

/// C2SP's byte for plain Ed25519 over the note's text.
const ED25519_NOTE: u8 = 0x01;

/// Why something is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Empty, or with spaces, plus signs or control characters.
    #[error("a key's name must not be empty nor contain spaces, plus signs or control characters")]
    Name,
    /// Not the bytes of an Ed25519 key.
    #[error("not an Ed25519 key")]
    Key,
    /// Not `name+id+key`, or the id does not belong to the name and key.
    #[error("not a verifier key of the form name+id+key")]
    Vkey,
}

/// The ledger's private key. It never lies beside the ledger.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: VerifyingKey,
}

impl SigningKey {
    /// The key that grows from 32 secret random bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::new(name, Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Key)?)
    }

    /// The key in a PKCS#8 document (DER).
    pub fn from_pkcs8(name: &str, der: &[u8]) -> Result<Self, KeyError> {
        Self::new(name, Ed25519KeyPair::from_pkcs8(der).map_err(|_| KeyError::Key)?)
    }

    fn new(name: &str, pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let key = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Key)?;
        Ok(Self { public: VerifyingKey::new(name, key)?, pair })
    }

    /// The public half.
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.name)
    }
}

/// A public key with its name: what an auditor needs, and all they need.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    key: [u8; 32],
    id: [u8; 4],
}

impl VerifyingKey {
    /// Names a public key.
    pub fn new(name: &str, key: [u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let hash = sha256(&[name.as_bytes(), b"\n", &[ED25519_NOTE], &key]);
        let id = *hash.as_bytes().first_chunk().ok_or(KeyError::Key)?;
        Ok(Self { name: String::from(name), key, id })
    }

    /// Reads the text form `name+id+key`: the id in hex, the key in base64 behind the byte 0x01.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Vkey);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::Vkey)?;
        let Some((&ED25519_NOTE, key)) = key.split_first() else { return Err(KeyError::Vkey) };
        let parsed = Self::new(name, key.try_into().map_err(|_| KeyError::Vkey)?)?;
        if hex::encode(parsed.id) == id { Ok(parsed) } else { Err(KeyError::Vkey) }
    }

    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's short id: not a secret, not a fingerprint, only a way to tell keys of one name apart.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key).verify(text, signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = std::iter::once(ED25519_NOTE).chain(self.key).collect();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}
