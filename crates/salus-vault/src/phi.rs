//! `Phi`: protected health information as a type.

use std::{fmt, marker::PhantomData};

use salus_kernel::{Column, Subject};

use crate::{CannotOpen, DataKey};

/// Declared beside an action: this action may see that column.
///
/// Front desk's list opens the name, never the reason; what is not declared does not compile.
#[diagnostic::on_unimplemented(
    message = "the action `{Self}` does not declare that it opens the column `{C}`",
    note = "add the column to the action's line in access/opens.rs, if the action's people should see it"
)]
pub trait Opens<C: Column> {}

/// Someone whose access is on record, and who therefore holds keys: the guards in the application's `access/`.
pub trait Discloses<A> {
    /// The data key of this subject, if the access on record covers it.
    fn key_of(&self, subject: Subject) -> Option<&DataKey>;
}

/// A value about a patient's health or identity, still sealed. It knows its column and its place, does not print,
/// serialise or compare, and opens only for someone whose access is on record and whose action may see that column.
pub struct Phi<C: Column> {
    row: Box<str>,
    subject: Subject,
    sealed: Box<[u8]>,
    column: PhantomData<fn() -> C>,
}

impl<C: Column> Phi<C> {
    /// As read from its row.
    pub fn sealed(row: impl Into<Box<str>>, subject: Subject, sealed: Vec<u8>) -> Self {
        Self { row: row.into(), subject, sealed: sealed.into(), column: PhantomData }
    }

    /// Opens a text.
    pub fn open<A: Opens<C>>(&self, guard: &impl Discloses<A>) -> Result<String, CannotOpen> {
        String::from_utf8(self.open_bytes(guard)?).map_err(|_| CannotOpen::NotText)
    }

    /// Opens bytes.
    pub fn open_bytes<A: Opens<C>>(&self, guard: &impl Discloses<A>) -> Result<Vec<u8>, CannotOpen> {
        let key = guard.key_of(self.subject).ok_or(CannotOpen::NoKey)?;
        key.open_at(C::TABLE, C::NAME, &self.row, &self.sealed)
    }
}

impl<C: Column> fmt::Debug for Phi<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phi({}.{})", C::TABLE, C::NAME)
    }
}
// Deliberately absent: Display, Serialize, Deref, PartialEq, Into<T>.
