//! Keys, sealed values and blind indexes: the cryptography of Salus, over one library (AWS-LC), with no database.
//!
//! ```text
//! root key (a file, 0400)
//!   ├── file keys of the two SQLite databases
//!   └── clinic key, by version          wrapped by the root key, kept in the database
//!         ├── blind-index keys, row-digest key
//!         └── data key, one per Subject   wrapped by the clinic key; a conversation's by its holder's data key
//!               └── column key            derived per (table, column)
//!                     └── Phi<Column>     AES-256-GCM, bound to its place
//! ```
//!
//! Formats and test vectors: `docs/formats.md`, `vectors/sealed.json`. Invariant: no key type prints, serialises or
//! clones, and all are wiped when dropped. Invariant: a value opens only at the place it was sealed for.

mod bytes;
mod index;
mod keys;
mod phi;
mod root;
mod seal;

pub use index::{BlindIndex, IndexKey, normal};
pub use keys::{ClinicKey, DataKey, Vault};
pub use phi::{Discloses, Opens, Phi};
pub use root::{CannotUseRoot, RootKey, SigningSeed};
pub use seal::{CannotOpen, Place};

/// Fresh random bytes from the operating system by way of AWS-LC.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // A machine that has no randomness must not make keys: AWS-LC aborts rather than return an error here.
    let filled = aws_lc_rs::rand::fill(&mut bytes);
    assert!(filled.is_ok(), "the operating system gives no random bytes");
    bytes
}

/// SHA-256, for secrets that are random already (session tokens, recovery codes are not: see the accounts slice).
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    out
}

/// SHA-1, for looking a password up in a published list that has no other hash. It keeps nothing secret and proves nothing.
pub fn sha1_of_published_lists(bytes: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    out.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    out
}

/// Compares secrets in a time that does not depend on where they differ.
pub fn same(left: &[u8], right: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(left, right).is_ok()
}
