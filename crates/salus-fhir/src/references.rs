//! References between resources: finding them, reading them, pointing them elsewhere.

use serde_json::Value;

/// What a reference says, by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// `#x`: a resource contained in this one.
    Contained(&'a str),
    /// `urn:uuid:…` or `urn:oid:…`: the `fullUrl` of another entry.
    Urn(&'a str),
    /// `Type/id`, also at the end of an absolute URL, with or without a version.
    Named {
        /// The type's FHIR name.
        type_name: &'a str,
        /// The id at the source.
        id: &'a str,
    },
    /// `Type?identifier=system|value`.
    Conditional {
        /// The type's FHIR name.
        type_name: &'a str,
        /// The identifier's system; empty when the query gives none.
        system: &'a str,
        /// The identifier's value.
        value: &'a str,
    },
}

impl<'a> Target<'a> {
    /// Reads a reference; none when it is not well formed.
    pub fn parse(reference: &'a str) -> Option<Self> {
        if let Some(name) = reference.strip_prefix('#') {
            return (name.is_empty() || is_id(name)).then_some(Self::Contained(name));
        }
        if let Some(urn) = reference.strip_prefix("urn:") {
            let well_formed = match urn.split_once(':') {
                Some(("uuid", uuid)) => is_uuid(uuid),
                Some(("oid", oid)) => !oid.is_empty() && oid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
                _ => false,
            };
            return well_formed.then_some(Self::Urn(reference));
        }
        if reference.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        if let Some((type_name, query)) = reference.split_once('?') {
            let type_name = type_name.rsplit('/').next().unwrap_or(type_name);
            let token = query.split('&').find_map(|pair| pair.strip_prefix("identifier="))?;
            let (system, value) = token.split_once('|').unwrap_or(("", token));
            return (is_type_name(type_name) && !value.is_empty()).then_some(Self::Conditional {
                type_name,
                system,
                value,
            });
        }
        let plain = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        let (before, id) = plain.rsplit_once('/')?;
        let (base, type_name) = match before.rsplit_once('/') {
            Some((base, type_name)) => (Some(base), type_name),
            None => (None, before),
        };
        let base_is_fine = match base {
            None => true,
            Some(base) => base.starts_with("http://") || base.starts_with("https://"),
        };
        (base_is_fine && is_type_name(type_name) && is_id(id)).then_some(Self::Named { type_name, id })
    }

    /// The type that the reference names, if it names one.
    pub const fn type_name(&self) -> Option<&'a str> {
        match self {
            Self::Named { type_name, .. } | Self::Conditional { type_name, .. } => Some(type_name),
            Self::Contained(_) | Self::Urn(_) => None,
        }
    }
}

/// True for the form of a FHIR resource name, known or not.
pub(crate) fn is_type_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// True for a FHIR id.
pub(crate) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Replaces every reference for which `replace` gives a new one; `#x` is never asked about.
pub fn rewrite(resource: &mut Value, mut replace: impl FnMut(&str) -> Option<String>) {
    let mut waiting = vec![resource];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    match value {
                        Value::String(reference) if name == "reference" => {
                            if !reference.starts_with('#')
                                && let Some(new) = replace(reference)
                            {
                                *reference = new;
                            }
                        }
                        other => waiting.push(other),
                    }
                }
            }
            Value::Array(items) => waiting.extend(items.iter_mut()),
            _ => {}
        }
    }
}

/// Every reference in the resource, in no particular order, `#x` included.
pub fn all(resource: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting = vec![resource];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(reference) if name == "reference" => found.push(reference.as_str()),
                        other => waiting.push(other),
                    }
                }
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Target, all, rewrite};

    #[test]
    fn reads_every_form() {
        let named = |type_name, id| Some(Target::Named { type_name, id });
        assert_eq!(Target::parse("Patient/7"), named("Patient", "7"));
        assert_eq!(Target::parse("Patient/7/_history/2"), named("Patient", "7"));
        assert_eq!(Target::parse("https://ehr.example.org/fhir/r4/Patient/a.b-c"), named("Patient", "a.b-c"));
        assert_eq!(Target::parse("#"), Some(Target::Contained("")));
        assert_eq!(Target::parse("#med1"), Some(Target::Contained("med1")));
        let uuid = "urn:uuid:e94b82d0-2af8-42d4-9cd3-dc1297a1e2a2";
        assert_eq!(Target::parse(uuid), Some(Target::Urn(uuid)));
        assert_eq!(
            Target::parse("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999999999"),
            Some(Target::Conditional {
                type_name: "Practitioner",
                system: "http://hl7.org/fhir/sid/us-npi",
                value: "9999999999"
            })
        );
        for bad in [
            "",
            "Patient",
            "Patient/",
            "/7",
            "patient/7",
            "a/Patient/7",
            "Patient/a b",
            "urn:uuid:7",
            "urn:x",
            "Patient?name=x",
            "Patient/é",
        ] {
            assert_eq!(Target::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn rewrites_everywhere_but_contained() {
        let mut value = json!({
            "subject": {"reference": "Patient/1"},
            "contained": [{"id": "x", "subject": {"reference": "Patient/1"}}],
            "extension": [{"valueReference": {"reference": "#x"}}],
            "note": [{"reference": ["not", "a", "string"]}],
        });
        assert_eq!(all(&value).len(), 3);
        rewrite(&mut value, |reference| {
            assert!(!reference.starts_with('#'));
            (reference == "Patient/1").then(|| "Patient/new".to_owned())
        });
        let mut now = all(&value);
        now.sort_unstable();
        assert_eq!(now, ["#x", "Patient/new", "Patient/new"]);
    }
}
