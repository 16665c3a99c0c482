//! The vocabulary of Salus: ids, moments, people's roles, actions and the shape of a protected column.
//!
//! Everything depends on this crate, so it stays tiny. Invariant: no I/O, no clock, no randomness beyond what a caller
//! passes in. Nothing here waits.

mod action;
mod column;
mod id;
mod instant;
mod subject;

pub use action::{Action, ActionType, Kind, actions};
pub use column::{Archetype, Class, Column, ColumnEntry, TableEntry};
pub use id::*;
pub use instant::{Instant, MINUTE, SECOND};
pub use subject::{Reach, Relation, Role, Scope, Scopes, Subject};
