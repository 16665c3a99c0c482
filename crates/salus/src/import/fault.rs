//! What can be wrong with a file: where it is, and a plain sentence without any value from it.

use std::fmt;

use salus_fhir::{
    Problem,
    read::{RawEntry, ReadError},
};

use crate::shell::error::Error;

/// Why a file was not taken in. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is at fault; the next one may be fine.
    #[error("{file}: {fault}")]
    File {
        /// As the operator named it.
        file: String,
        /// Where and what.
        fault: Fault,
    },
    /// The database, the ledger or the machine failed; the next file would fail as well.
    #[error(transparent)]
    Broken(Error),
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which entry, from 0, as in the path.
    pub entry: Option<usize>,
    /// The line on which the entry begins, from 1.
    pub line: Option<usize>,
    /// The place in the JSON, such as `Bundle.entry[12].resource.status`; empty for the whole file.
    pub path: String,
    /// What is wrong, in plain words.
    pub what: String,
}

impl Fault {
    /// Something about the file as a whole.
    pub(super) fn of_file(what: impl Into<String>) -> Self {
        Self { entry: None, line: None, path: String::new(), what: what.into() }
    }

    /// The first of a resource's problems, with the path from the top of the file.
    pub(super) fn of_problems(entry: &RawEntry, problems: &[Problem]) -> Self {
        let place = Place::of(entry);
        let Some(first) = problems.first() else { return place.fault("", "is not sound") };
        // A problem's path begins with the resource's type, which the entry's own path stands for.
        let inside = first.path.find(['.', '[']).and_then(|at| first.path.get(at..)).unwrap_or_default();
        let what = match problems.len() {
            1 => first.what.clone(),
            2 => format!("{} (and one more problem in this entry)", first.what),
            more => format!("{} (and {} more problems in this entry)", first.what, more - 1),
        };
        place.fault(inside, what)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = self.entry {
            write!(f, "entry {entry}, ")?;
        }
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self { entry: error.entry, line: error.line, path: error.path, what: error.what }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    index: usize,
    line: usize,
    path: String,
}

impl Place {
    pub(super) fn of(entry: &RawEntry) -> Self {
        Self { index: entry.index, line: entry.line, path: entry.path.clone() }
    }

    /// A fault at a place inside the entry: `.subject.reference`, or nothing for the entry itself.
    pub(super) fn fault(&self, inside: &str, what: impl Into<String>) -> Fault {
        Fault {
            entry: Some(self.index),
            line: Some(self.line),
            path: format!("{}{inside}", self.path),
            what: what.into(),
        }
    }
}

/// Why a pass ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file is at fault.
    File(Fault),
    /// Everything else.
    Broken(Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::File(fault)
    }
}
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}
impl From<salus_db::DbError> for Stop {
    fn from(error: salus_db::DbError) -> Self {
        Self::Broken(error.into())
    }
}
