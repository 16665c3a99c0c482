//! The pieces that every kind of record is shown with.

use std::fmt;

use crate::When;
use crate::json::Node;
use crate::show::title::plain;

/// Hides the content from `Debug`, since it is health information and `Debug` ends up in logs.
macro_rules! hidden {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })+
    };
}
pub(crate) use hidden;

/// How a word should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Ok,
    /// Worth a look.
    Warn,
    /// Needs attention.
    Bad,
    /// Of no weight.
    Quiet,
}

/// A state in one or a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The word, such as "Active".
    pub word: String,
    /// How it should look.
    pub tone: Tone,
}

/// One row of a list.
#[derive(Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub title: String,
    /// When it was.
    pub when: Option<When>,
    /// Its state, when it says more than that all went as usual.
    pub status: Option<Status>,
    /// Labels with their texts.
    pub facts: Vec<(&'static str, String)>,
    /// Labels with their dates, for the page to format.
    pub dates: Vec<(&'static str, When)>,
    /// A longer remark.
    pub note: Option<String>,
}

impl Line {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), when: None, status: None, facts: Vec::new(), dates: Vec::new(), note: None }
    }

    pub(crate) fn when(mut self, when: Option<When>) -> Self {
        self.when = when;
        self
    }

    pub(crate) fn status(mut self, status: Option<&Status>) -> Self {
        self.status = status.cloned();
        self
    }

    pub(crate) fn fact(mut self, label: &'static str, text: Option<impl Into<String>>) -> Self {
        if let Some(text) = text.map(Into::into)
            && !text.is_empty()
        {
            self.facts.push((label, text));
        }
        self
    }

    /// Several texts as one fact, with commas between.
    pub(crate) fn list(self, label: &'static str, texts: &[String]) -> Self {
        self.fact(label, (!texts.is_empty()).then(|| texts.join(", ")))
    }

    pub(crate) fn date(mut self, label: &'static str, when: Option<When>) -> Self {
        self.dates.extend(when.map(|when| (label, when)));
        self
    }

    pub(crate) fn note(mut self, note: Option<String>) -> Self {
        self.note = note;
        self
    }
}

/// A reference to another record, and what the source calls it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// The reference as it stands in the resource.
    pub reference: Option<String>,
    /// The name given with it.
    pub text: Option<String>,
}

impl Link {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let link = Self { reference: node.owned("reference"), text: node.text_of("display").map(plain) };
        (link.reference.is_some() || link.text.is_some()).then_some(link)
    }

    pub(crate) fn each(node: Node<'_>, name: &str) -> Vec<Self> {
        node.each(name).filter_map(Self::read).collect()
    }
}

/// A code in its system, for grouping and trends.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code {
    /// The system's URL.
    pub system: Option<String>,
    /// The code.
    pub code: String,
}

/// From when to when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub start: Option<When>,
    /// When it ends.
    pub end: Option<When>,
}

impl Span {
    pub(crate) fn read(node: Node<'_>) -> Self {
        Self { start: date(node.get("start")), end: date(node.get("end")) }
    }

    pub(crate) const fn first(self) -> Option<When> {
        match self.start {
            Some(start) => Some(start),
            None => self.end,
        }
    }
}

/// The date at this place.
pub(crate) fn date(node: Node<'_>) -> Option<When> {
    node.text().and_then(When::parse)
}

/// `nameDateTime`, or `namePeriod` from its start to its end.
pub(crate) fn span_of(node: Node<'_>, name: &str) -> Span {
    match date(node.get(&format!("{name}DateTime"))) {
        Some(when) => Span { start: Some(when), end: None },
        None => Span::read(node.get(&format!("{name}Period"))),
    }
}

/// The texts of all annotations, one a line.
pub(crate) fn notes(node: Node<'_>) -> Option<String> {
    let texts: Vec<&str> = node.each("note").filter_map(|note| note.text_of("text")).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

hidden!(Line, Link);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").finish_non_exhaustive()
    }
}
