//! A way into JSON that never fails: what is missing or of another type is simply not there.

use serde_json::Value;

/// A place in a resource that may or may not hold something.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a>(Option<&'a Value>);

impl<'a> Node<'a> {
    pub(crate) const fn of(value: &'a Value) -> Self {
        Self(Some(value))
    }

    /// The field with this name.
    pub(crate) fn get(self, name: &str) -> Self {
        Self(self.0.and_then(|value| value.get(name)))
    }

    /// The items of a list. A single object where FHIR wants a list counts as a list of one.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let slice = match self.0 {
            Some(Value::Array(items)) => items.as_slice(),
            Some(Value::Null) | None => &[],
            Some(other) => std::slice::from_ref(other),
        };
        slice.iter().map(Self::of)
    }

    /// The items of the list with this name.
    pub(crate) fn each(self, name: &str) -> impl Iterator<Item = Self> {
        self.get(name).items()
    }

    pub(crate) fn first(self, name: &str) -> Self {
        self.each(name).next().unwrap_or(Self(None))
    }

    /// The text here, without blank ends; blank text is no text.
    pub(crate) fn text(self) -> Option<&'a str> {
        self.0.and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(crate) fn text_of(self, name: &str) -> Option<&'a str> {
        self.get(name).text()
    }

    pub(crate) fn owned(self, name: &str) -> Option<String> {
        self.text_of(name).map(str::to_owned)
    }

    pub(crate) fn number(self) -> Option<f64> {
        self.0.and_then(Value::as_f64)
    }

    pub(crate) fn integer(self) -> Option<i64> {
        self.0.and_then(Value::as_i64)
    }

    pub(crate) fn flag(self) -> Option<bool> {
        self.0.and_then(Value::as_bool)
    }

    /// The number as it was written, so that the places behind the point stay.
    pub(crate) fn number_text(self) -> Option<String> {
        match self.0 {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn exists(self) -> bool {
        !matches!(self.0, None | Some(Value::Null))
    }
}
