//! The keyed digest of a row as it was written: finds a bare column altered behind the portal's back.

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};

use crate::{hash::Digest, words::len64};

/// HMAC-SHA-256 over table, id, version and every column, each behind its length.
///
/// The columns may come in any order; they are digested in the order of their names. A column that is NULL is left
/// out, which is something else than an empty one. `docs/formats.md` has the bytes.
pub fn digest_row(key: &[u8; 32], table: &str, id: &str, version: u64, columns: &[(&str, &[u8])]) -> Digest {
    let mut columns = columns.to_vec();
    columns.sort_unstable();
    let mut mac = Context::with_key(&Key::new(HMAC_SHA256, key));
    let mut part = |bytes: &[u8]| {
        mac.update(&len64(bytes.len()).to_be_bytes());
        mac.update(bytes);
    };
    part(b"salus-row-v1");
    part(table.as_bytes());
    part(id.as_bytes());
    part(&version.to_be_bytes());
    part(&len64(columns.len()).to_be_bytes());
    for (name, value) in columns {
        part(name.as_bytes());
        part(value);
    }
    let mut out = [0; 32];
    out.copy_from_slice(mac.sign().as_ref());
    Digest::new(out)
}
