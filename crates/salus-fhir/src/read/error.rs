//! What can go wrong while a file is read, in plain words and without a value from the file.

use std::fmt;

use serde_json::error::Category;

/// The file can't be read: where, and what was expected. Holds no value from the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ReadError {
    /// The entry, from 0, if one had begun.
    pub entry: Option<usize>,
    /// The place in the JSON, such as `Bundle.entry[12].resource.status`; empty at the top.
    pub path: String,
    /// The line in the file, from 1, where reading stopped.
    pub line: Option<usize>,
    /// What is wrong, as part of a sentence.
    pub what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)
    }
}

/// Why [`super::entries`] stopped before the end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped<E> {
    /// The file is at fault.
    #[error(transparent)]
    Read(ReadError),
    /// The function that takes the entries gave up.
    #[error("the reading was stopped")]
    Caller(#[source] E),
}

impl<E> Stopped<E> {
    /// The fault of the file, if it was one.
    pub const fn read_error(&self) -> Option<&ReadError> {
        match self {
            Self::Read(error) => Some(error),
            Self::Caller(_) => None,
        }
    }
}

/// Says in plain words what the JSON reader found. Its messages about syntax are fixed words and hold no values.
pub(super) fn in_words(error: &serde_json::Error, expected: &str) -> String {
    match error.classify() {
        Category::Io => match error.io_error_kind() {
            Some(kind) => format!("the file could not be read ({kind})"),
            None => "the file could not be read".to_owned(),
        },
        Category::Eof => "the file ends too early: it was cut off".to_owned(),
        Category::Data => format!("this should be {expected}"),
        Category::Syntax => {
            let words = error.to_string();
            let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
            match words {
                "recursion limit exceeded" => "the JSON is nested too deeply".to_owned(),
                "invalid unicode code point" => "there is text that is not UTF-8".to_owned(),
                "number out of range" => "there is a number that is too large".to_owned(),
                "lone leading surrogate in hex escape" | "unexpected end of hex escape" | "invalid escape" => {
                    "there is a broken escape (\\) in a text".to_owned()
                }
                words if words.starts_with("control character") => "there is a control character in a text".to_owned(),
                words => format!("this is not sound JSON ({words})"),
            }
        }
    }
}
