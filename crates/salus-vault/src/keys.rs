//! The keys between the root key and a value, and the vault that makes and unwraps them.

use salus_kernel::{Column, Subject};
use zeroize::Zeroizing;

use crate::{
    BlindIndex, CannotOpen, IndexKey, Place, RootKey,
    bytes::{derive, mac},
    random, seal,
};

/// The clinic's key: wraps data keys, and gives the index and digest keys. Wrapped by the root key at rest.
pub struct ClinicKey {
    version: u32,
    key: Zeroizing<[u8; 32]>,
}

impl ClinicKey {
    /// A new random key.
    pub fn fresh(version: u32) -> Self {
        Self { version, key: Zeroizing::new(random()) }
    }
    /// The key wrapped for the database.
    pub fn wrap(&self, root: &RootKey) -> Vec<u8> {
        seal::seal(&root.wrapping_key(), self.version, clinic_place(), self.key.as_ref())
    }
    /// The key again, from the database.
    pub fn unwrap(root: &RootKey, version: u32, wrapped: &[u8]) -> Result<Self, CannotOpen> {
        let key = Zeroizing::new(seal::open(&root.wrapping_key(), version, clinic_place(), wrapped)?);
        Ok(Self { version, key: thirty_two(&key)? })
    }
}

fn clinic_place() -> Place<'static> {
    Place { table: "clinic_key", column: "wrapped", row: "", subject: Subject::Clinic }
}

fn thirty_two(bytes: &[u8]) -> Result<Zeroizing<[u8; 32]>, CannotOpen> {
    <[u8; 32]>::try_from(bytes).map(Zeroizing::new).map_err(|_| CannotOpen::Misplaced)
}

/// One subject's key: opens that subject's values and no other's.
pub struct DataKey {
    subject: Subject,
    version: u32,
    key: Zeroizing<[u8; 32]>,
}

impl DataKey {
    /// Whose key this is.
    pub fn subject(&self) -> Subject {
        self.subject
    }
    /// Stands beside every value sealed with it.
    pub fn version(&self) -> u32 {
        self.version
    }
    /// Seals a value for one row of one column.
    pub fn seal<C: Column>(&self, row: &str, plain: &[u8]) -> Vec<u8> {
        self.seal_at(C::TABLE, C::NAME, row, plain)
    }
    /// As [`Self::seal`], for code that goes over the column registry.
    pub fn seal_at(&self, table: &str, column: &str, row: &str, plain: &[u8]) -> Vec<u8> {
        let place = Place { table, column, row, subject: self.subject };
        seal::seal(&self.column_key(table, column), self.version, place, plain)
    }
    /// Opens a value; application code opens through [`crate::Phi`], which asks for a guard.
    pub fn open_at(&self, table: &str, column: &str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let place = Place { table, column, row, subject: self.subject };
        seal::open(&self.column_key(table, column), self.version, place, sealed)
    }
    /// A new key for what this key's holder may open, and its wrapped form for the database: a conversation's.
    pub fn new_key_within(&self, subject: Subject, version: u32) -> (Self, Vec<u8>) {
        let key = Self { subject, version, key: Zeroizing::new(random()) };
        let (table, column) = KEY_WITHIN;
        let wrapped = self.seal_at(table, column, &row_within(subject, version), key.key.as_ref());
        (key, wrapped)
    }
    /// The same key again, from the database.
    pub fn unwrap_within(&self, subject: Subject, version: u32, wrapped: &[u8]) -> Result<Self, CannotOpen> {
        let (table, column) = KEY_WITHIN;
        let key = Zeroizing::new(self.open_at(table, column, &row_within(subject, version), wrapped)?);
        Ok(Self { subject, version, key: thirty_two(&key)? })
    }
    fn column_key(&self, table: &str, column: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.key, &[b"salus-column-v1", table.as_bytes(), column.as_bytes()])
    }

    #[cfg(test)]
    pub(crate) fn known(subject: Subject, version: u32, key: [u8; 32]) -> Self {
        Self { subject, version, key: Zeroizing::new(key) }
    }
    #[cfg(test)]
    pub(crate) fn seal_known(&self, table: &str, column: &str, row: &str, plain: &[u8], nonce: [u8; 12]) -> Vec<u8> {
        let place = Place { table, column, row, subject: self.subject };
        seal::seal_with(&self.column_key(table, column), self.version, place, plain, nonce)
    }
}

/// The clinic's keys at hand: makes and unwraps data keys, computes blind indexes and row digests.
pub struct Vault {
    clinic: ClinicKey,
}

impl Vault {
    /// A vault under this clinic key.
    pub fn new(clinic: ClinicKey) -> Self {
        Self { clinic }
    }
    /// The clinic key's version: stands beside blind indexes.
    pub fn version(&self) -> u32 {
        self.clinic.version
    }
    /// A new data key and its wrapped form for the database.
    pub fn new_data_key(&self, subject: Subject, version: u32) -> (DataKey, Vec<u8>) {
        let key = DataKey { subject, version, key: Zeroizing::new(random()) };
        let wrapped = seal::seal(
            &self.wrapping_key(),
            self.clinic.version,
            key_place(subject, &version.to_string()),
            key.key.as_ref(),
        );
        (key, wrapped)
    }
    /// A data key from the database. Only `access/` calls this, after the ledger has the entry.
    pub fn unwrap_data_key(&self, subject: Subject, version: u32, wrapped: &[u8]) -> Result<DataKey, CannotOpen> {
        let row = version.to_string();
        let key =
            Zeroizing::new(seal::open(&self.wrapping_key(), self.clinic.version, key_place(subject, &row), wrapped)?);
        Ok(DataKey { subject, version, key: thirty_two(&key)? })
    }
    /// The blind index of a normalised value; `purpose` is the table and column it stands in.
    pub fn index(&self, purpose: &str, value: &str) -> BlindIndex {
        self.index_key(purpose).of(value)
    }
    /// The key behind [`Self::index`], for many values of one purpose.
    pub fn index_key(&self, purpose: &str) -> IndexKey {
        IndexKey::new(self.clinic.version, derive(&self.clinic.key, &[b"salus-blind-index-v1", purpose.as_bytes()]))
    }
    /// A keyed digest for comparing contents without keeping them: import digests, throttle keys, form tokens.
    pub fn digest(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&derive(&self.clinic.key, &[b"salus-digest-v1", purpose.as_bytes()]), message)
    }
    /// The key of the row digests in the ledger.
    pub fn row_digest_key(&self) -> Zeroizing<[u8; 32]> {
        derive(&self.clinic.key, &[b"salus-row-digest-v1"])
    }
    fn wrapping_key(&self) -> Zeroizing<[u8; 32]> {
        derive(&self.clinic.key, &[b"salus-data-key-wrap-v1"])
    }
}

/// Where a key stands that another data key wraps.
const KEY_WITHIN: (&str, &str) = ("thread_key", "wrapped");

fn row_within(subject: Subject, version: u32) -> String {
    format!("{} {version}", subject.id())
}

fn key_place(subject: Subject, row: &str) -> Place<'_> {
    Place { table: "subject_key", column: "wrapped", row, subject }
}
