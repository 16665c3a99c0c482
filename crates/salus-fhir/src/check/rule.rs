//! How a rule is written down.

/// One element of a resource or a data type.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) list: bool,
}

/// What an element holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A code; when the list isn't empty, one of these.
    Code(&'static [&'static str]),
    /// A CodeableConcept; when the list isn't empty, a coding has one of these codes.
    Concept(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A whole number, 0 or more.
    Count,
    /// Any number.
    Number,
    /// A date, perhaps partial.
    Date,
    /// A date, perhaps partial, perhaps with a time.
    DateTime,
    /// A full date and time.
    Instant,
    /// A time of day.
    Time,
    /// Base64.
    Base64,
    /// A reference; when the list isn't empty, to one of these types.
    Reference(&'static [&'static str]),
    /// An object with these elements.
    Parts(&'static [Field]),
    /// `name[x]`: at most one of these, named `name` and the suffix.
    Choice(&'static [(&'static str, Kind)]),
}

const fn field(name: &'static str, kind: Kind, required: bool, list: bool) -> Field {
    Field { name, kind, required, list }
}

/// 0..1
pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    field(name, kind, false, false)
}

/// 1..1
pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    field(name, kind, true, false)
}

/// 0..*
pub(super) const fn many(name: &'static str, kind: Kind) -> Field {
    field(name, kind, false, true)
}

/// 1..*
pub(super) const fn some(name: &'static str, kind: Kind) -> Field {
    field(name, kind, true, true)
}
