//! Length-prefixed parts, so that no two lists of parts have the same bytes; and the one key derivation.

use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

/// Each part as a 32-bit big-endian length and its bytes.
pub(crate) fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// HKDF-SHA-256 (RFC 5869) without salt, `info` made by [`parts`], 32 bytes out.
pub(crate) fn derive(key: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let info = parts(info);
    let info = [info.as_slice()];
    let mut out = Zeroizing::new([0; 32]);
    let filled = hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(key)
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out.as_mut()));
    assert!(filled.is_ok(), "HKDF gives 32 bytes from any key");
    out
}

/// HMAC-SHA-256.
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}
