//! Sealed bytes: version, algorithm, key version, nonce, ciphertext and tag, bound to one place.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use salus_kernel::Subject;

use crate::{bytes::parts, random};

/// The first byte of every sealed value.
pub(crate) const FORMAT: u8 = 1;
/// AES-256-GCM with a random 96-bit nonce and a 128-bit tag (NIST SP 800-38D).
const AES_GCM: u8 = 1;
/// How every value is sealed today.
const FORM: [u8; 2] = [FORMAT, AES_GCM];
const HEADER: usize = 6;
const NONCE: usize = 12;
const TAG: usize = 16;

/// A sealed value that does not open here. It never says which part was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// Not this key, not this place, or not these bytes any more.
    #[error("a sealed value does not belong where it was found, or was changed")]
    Misplaced,
    /// Sealed by a version or algorithm that this program does not know.
    #[error("a sealed value has an unknown format")]
    UnknownFormat,
    /// The guard that tries to open holds no key of this subject.
    #[error("no key for this subject at hand")]
    NoKey,
    /// The opened bytes are not text.
    #[error("an opened value is not text")]
    NotText,
}

/// Where a sealed value lives: it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// As in SQL.
    pub table: &'a str,
    /// As in SQL.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
    /// Whose key.
    pub subject: Subject,
}

impl Place<'_> {
    /// The associated data: every part of the place and of the header, each with its length.
    fn bound(&self, form: [u8; 2], key_version: u32) -> Vec<u8> {
        parts(&[
            b"salus-sealed",
            &form,
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row.as_bytes(),
            self.subject.kind().as_bytes(),
            self.subject.id().as_bytes(),
            &key_version.to_be_bytes(),
        ])
    }
}

pub(crate) fn seal(key: &[u8; 32], key_version: u32, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
    seal_with(key, key_version, place, plain, random())
}

pub(crate) fn seal_with(
    key: &[u8; 32],
    key_version: u32,
    place: Place<'_>,
    plain: &[u8],
    nonce: [u8; NONCE],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + NONCE + plain.len() + TAG);
    out.extend_from_slice(&FORM);
    out.extend_from_slice(&key_version.to_be_bytes());
    out.extend_from_slice(&nonce);
    let mut body = plain.to_vec();
    let sealed = cipher(key).and_then(|cipher| {
        cipher.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.bound(FORM, key_version)),
            &mut body,
        )
    });
    assert!(sealed.is_ok(), "AES-GCM seals anything under 64 GiB");
    out.append(&mut body);
    out
}

pub(crate) fn open(key: &[u8; 32], key_version: u32, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
    let version = version_of(sealed)?;
    let form = sealed.first_chunk().ok_or(CannotOpen::UnknownFormat)?;
    if version != key_version {
        return Err(CannotOpen::NoKey);
    }
    let (nonce, body) =
        sealed.get(HEADER..).and_then(|rest| rest.split_at_checked(NONCE)).ok_or(CannotOpen::UnknownFormat)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen::UnknownFormat)?;
    let mut body = body.to_vec();
    let length = cipher(key)
        .and_then(|cipher| {
            cipher.open_in_place(nonce, Aad::from(place.bound(*form, version)), &mut body).map(|plain| plain.len())
        })
        .map_err(|_| CannotOpen::Misplaced)?;
    body.truncate(length);
    Ok(body)
}

/// The key version that a sealed value names.
pub(crate) fn version_of(sealed: &[u8]) -> Result<u32, CannotOpen> {
    match sealed {
        [FORMAT, AES_GCM, a, b, c, d, ..] => Ok(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => Err(CannotOpen::UnknownFormat),
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new)
}

#[cfg(test)]
mod tests;
