//! The root key: 32 random bytes in a file that only its owner may read.

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use zeroize::Zeroizing;

use crate::{bytes::derive, random};

const ROOT: &str = "salus-root-v1 ";
const SIGNING: &str = "salus-ledger-signing-v1 ";

/// Why the root key file was refused.
#[derive(Debug, thiserror::Error)]
pub enum CannotUseRoot {
    /// There is no such file, or it can't be read.
    #[error("the key file can't be read: {0}")]
    Unreadable(#[source] io::Error),
    /// Others may read it: it may have been copied.
    #[error(
        "the key file can be read by others (mode {mode:04o}); make it 0400, and treat the key as seen if others had access"
    )]
    Exposed {
        /// The permission bits found.
        mode: u32,
    },
    /// Not what `salus` writes.
    #[error("the key file is not the Salus key that belongs there")]
    Malformed,
    /// It exists; a key file is never overwritten.
    #[error("a key file is there already; it is never overwritten")]
    Exists,
}

/// The key above all keys. Lives outside the database; losing it loses everything, so it is backed up wrapped.
pub struct RootKey(Zeroizing<[u8; 32]>);

/// The seed of the key that signs the ledger's checkpoints (Ed25519), in a file of its own.
pub struct SigningSeed(Zeroizing<[u8; 32]>);

impl SigningSeed {
    /// Makes a new seed file with mode 0400; never overwrites one.
    pub fn create(path: &Path) -> Result<Self, CannotUseRoot> {
        write_new(path, SIGNING).map(Self)
    }
    /// Reads a seed file; refuses one that its group or others may read.
    pub fn load(path: &Path) -> Result<Self, CannotUseRoot> {
        read(path, SIGNING).map(Self)
    }
    /// The seed.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn write_new(path: &Path, mark: &str) -> Result<Zeroizing<[u8; 32]>, CannotUseRoot> {
    let key = Zeroizing::new(random::<32>());
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(|error| {
        match error.kind() {
            io::ErrorKind::AlreadyExists => CannotUseRoot::Exists,
            _ => CannotUseRoot::Unreadable(error),
        }
    })?;
    let text = Zeroizing::new(format!("{mark}{}\n", hex::encode(key.as_ref())));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(CannotUseRoot::Unreadable)?;
    Ok(key)
}

fn read(path: &Path, mark: &str) -> Result<Zeroizing<[u8; 32]>, CannotUseRoot> {
    let mut file = fs::File::open(path).map_err(CannotUseRoot::Unreadable)?;
    let mode = file.metadata().map_err(CannotUseRoot::Unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(CannotUseRoot::Exposed { mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(CannotUseRoot::Unreadable)?;
    let digits = text.trim_end().strip_prefix(mark).ok_or(CannotUseRoot::Malformed)?;
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, key.as_mut()).map_err(|_| CannotUseRoot::Malformed)?;
    Ok(key)
}

impl RootKey {
    /// Makes a new key file with mode 0400; never overwrites one.
    pub fn create(path: &Path) -> Result<Self, CannotUseRoot> {
        write_new(path, ROOT).map(Self)
    }

    /// Reads a key file; refuses one that its group or others may read.
    pub fn load(path: &Path) -> Result<Self, CannotUseRoot> {
        read(path, ROOT).map(Self)
    }

    /// The key of one database file: `main` or `ledger`.
    pub fn file_key(&self, which: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.0, &[b"salus-file-v1", which.as_bytes()])
    }

    pub(crate) fn wrapping_key(&self) -> Zeroizing<[u8; 32]> {
        derive(&self.0, &[b"salus-clinic-key-wrap-v1"])
    }

    #[cfg(test)]
    pub(crate) fn known(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let made = RootKey::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o400);
        assert!(RootKey::load(&path).unwrap().file_key("main") == made.file_key("main"));
        assert!(made.file_key("main") != made.file_key("ledger"));
        for mode in [0o440, 0o404, 0o444, 0o644, 0o420] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(RootKey::load(&path), Err(CannotUseRoot::Exposed { .. })), "mode {mode:o}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(RootKey::load(&path).is_ok());
    }

    #[test]
    fn a_root_key_is_never_overwritten_and_never_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        RootKey::create(&path).unwrap();
        assert!(matches!(RootKey::create(&path), Err(CannotUseRoot::Exists)));
        for text in ["", "salus-root-v1 ", "salus-root-v1 abcd", "00", "salus-root-v2 00"] {
            let path = folder.path().join("bad.key");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(RootKey::load(&path), Err(CannotUseRoot::Malformed)), "{text}");
        }
    }
}
