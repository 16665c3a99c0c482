//! The hashes of the ledger: what an entry, a chain and a tree node are hashed as.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A SHA-256 hash, or any other 32 bytes that stand for something larger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Thirty-two zero bytes: the head of a chain before its first entry, the "previous" of the first manifest.
    pub const ZERO: Self = Self([0; 32]);

    /// Wraps 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes a slice that must be exactly 32 bytes long.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Standard base64 with padding, as notes write it.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads standard base64; refuses a missing padding and stray trailing bits.
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&STANDARD.decode(text).ok()?)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The leaf of an entry: `SHA-256(0x00 || canonical)` (RFC 6962, section 2.1).
pub fn leaf_hash(canonical: &[u8]) -> Digest {
    sha256(&[&[0x00], canonical])
}

/// The chain's head after a leaf: `SHA-256("salus-chain-v1" || previous head || leaf)`.
pub fn chain_head(previous: &Digest, leaf: &Digest) -> Digest {
    sha256(&[b"salus-chain-v1", &previous.0, &leaf.0])
}

/// An inner node of the tree: `SHA-256(0x01 || left || right)` (RFC 6962, section 2.1).
pub(crate) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[0x01], &left.0, &right.0])
}

/// SHA-256 over the parts as if they were one.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Digest(out)
}
