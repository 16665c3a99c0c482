//! Reads FHIR R4: streams bundles and NDJSON, checks resources, finds the facts an import needs, and puts records into plain words.
//!
//! The way of a file: [`read::entries`] hands out one resource at a time, [`check`] says whether it is sound,
//! [`facts`] gives what is stored beside it, [`references::rewrite`] points it at local rows, and [`show`] turns it
//! into plain American English for a page.
//!
//! Invariant: no I/O but the reader that is passed in, no clock, no randomness, no async.
//! Invariant: errors and problems name a path and what was expected, never a value, because a value may be health
//! information.
//! Invariant: nothing here panics, whatever the JSON looks like.

pub mod check;
mod facts;
mod json;
mod kind;
pub mod read;
pub mod references;
mod sensitive;
pub mod show;
mod when;

pub use check::{Problem, check};
pub use facts::{Facts, facts, identity};
pub use kind::{ResourceType, UnknownType};
pub use sensitive::is_sensitive;
pub use when::When;
