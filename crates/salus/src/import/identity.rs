//! By what names a resource is known, and what a reference may mean.

use salus_fhir::{ResourceType, read::RawEntry, references::Target};
use serde_json::Value;

/// An identity or a name, as 16 bytes of its SHA-256: so a large file's identities stay small.
///
/// Two names with one key would link a result to the wrong person; at 128 bits that takes 2^64 tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 16]);

impl Key {
    pub(super) fn of(name: &str) -> Self {
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(salus_vault::sha256(name.as_bytes())) {
            *to = from;
        }
        Self(key)
    }
}

/// Where relative references of an entry start from: `https://ehr.example.org/fhir/` for
/// `https://ehr.example.org/fhir/Patient/1`.
pub(super) fn base(full_url: Option<&str>) -> Option<&str> {
    let url = full_url?.trim();
    match Target::parse(url)? {
        Target::Named { type_name, id } => {
            url.strip_suffix(id)?.strip_suffix('/')?.strip_suffix(type_name).filter(|base| !base.is_empty())
        }
        _ => None,
    }
}

/// The identities that a reference may mean, the likeliest first; none for what can't lead anywhere.
pub(super) fn candidates(reference: &str, base: Option<&str>) -> Vec<String> {
    match Target::parse(reference) {
        None | Some(Target::Contained(_)) => Vec::new(),
        Some(Target::Urn(urn)) => vec![urn.to_owned()],
        Some(Target::Named { type_name, id }) => {
            let plain = reference.split_once("/_history/").map_or(reference, |(plain, _)| plain);
            if plain.contains("://") {
                return vec![plain.to_owned()];
            }
            let name = format!("{type_name}/{id}");
            base.map(|base| format!("{base}{name}")).into_iter().chain([name.clone()]).collect()
        }
        Some(Target::Conditional { type_name, system, value }) => vec![conditional(type_name, system, value)],
    }
}

fn conditional(type_name: &str, system: &str, value: &str) -> String {
    format!("{type_name}?{system}|{value}")
}

/// The other names of an entry: `Type/id` beside its `fullUrl`, and for people and places what identifies them.
pub(super) fn aliases(kind: ResourceType, entry: &RawEntry) -> Vec<Key> {
    let mut keys = Vec::new();
    if entry.full_url.is_some()
        && let Some(id) = entry.resource.get("id").and_then(Value::as_str)
    {
        keys.push(Key::of(&format!("{kind}/{id}")));
    }
    if !kind.is_clinical() {
        keys.extend(identifiers(kind, &entry.resource));
    }
    keys
}

/// The names by which a conditional reference finds a resource, with the identifier's system and without.
pub(super) fn identifiers(kind: ResourceType, resource: &Value) -> Vec<Key> {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
    let identifiers = resource.get("identifier").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut keys = Vec::new();
    for identifier in identifiers {
        let Some(value) = text(identifier, "value") else { continue };
        keys.push(Key::of(&conditional(kind.name(), "", &value)));
        if let Some(system) = text(identifier, "system").filter(|system| !system.is_empty()) {
            keys.push(Key::of(&conditional(kind.name(), &system, &value)));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_understood() {
        let uuid = "urn:uuid:e94b82d0-2af8-42d4-9cd3-dc1297a1e2a2";
        let there = Some("https://ehr.example.org/r4/");
        assert_eq!(base(Some("https://ehr.example.org/r4/Patient/1")), there);
        assert_eq!((base(Some(uuid)), base(Some("Patient/1")), base(None)), (None, None, None));
        assert_eq!(candidates(uuid, there), [uuid]);
        assert_eq!(candidates("Patient/1/_history/3", None), ["Patient/1"]);
        assert_eq!(candidates("Patient/1", there), ["https://ehr.example.org/r4/Patient/1", "Patient/1"]);
        assert_eq!(candidates("https://else.example.org/Patient/1", there), ["https://else.example.org/Patient/1"]);
        assert_eq!(candidates("Practitioner?identifier=http://npi|7", None), ["Practitioner?http://npi|7"]);
        assert_eq!(candidates("#x", None), Vec::<String>::new());
        assert_eq!(candidates("nonsense", None), Vec::<String>::new());
    }
}
