//! What is kept of people who work in health care, of organizations and places: their rows are not sealed, because they
//! are public, so what is not public about them is left out.

use salus_fhir::ResourceType;
use serde_json::Value;

/// Leaves out what is private. Someone who treats patients may be a patient elsewhere.
pub(super) fn keep_public(kind: ResourceType, resource: &mut Value) {
    use ResourceType as T;
    let Some(fields) = resource.as_object_mut() else { return };
    match kind {
        T::Practitioner => {
            const KEPT: [&str; 10] = [
                "resourceType",
                "id",
                "meta",
                "active",
                "identifier",
                "name",
                "telecom",
                "address",
                "qualification",
                "communication",
            ];
            fields.retain(|name, _| KEPT.contains(&name.as_str()));
            for name in ["identifier", "telecom", "address"] {
                if let Some(Value::Array(items)) = fields.get_mut(name) {
                    items.retain(|item| !(at_home(item) || private_number(item)));
                }
            }
        }
        // A narrative and what is contained may hold anything.
        T::PractitionerRole | T::Organization | T::Location => {
            fields.retain(|name, _| name != "text" && name != "contained")
        }
        _ => {}
    }
}

fn at_home(item: &Value) -> bool {
    matches!(item.get("use").and_then(Value::as_str), Some("home" | "old"))
}

/// A number that the state or an employer knows someone by, and not their profession.
fn private_number(identifier: &Value) -> bool {
    const PRIVATE: [&str; 9] = ["SS", "SB", "DL", "PPN", "TAX", "MR", "MI", "NI", "EN"];
    let codings = identifier
        .get("type")
        .and_then(|kind| kind.get("coding"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    codings.iter().any(|coding| coding.get("code").and_then(Value::as_str).is_some_and(|code| PRIVATE.contains(&code)))
        || identifier.get("system").and_then(Value::as_str) == Some("http://hl7.org/fhir/sid/us-ssn")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_profession_stays() {
        let mut doctor = json!({
            "resourceType": "Practitioner", "id": "1", "birthDate": "1960-01-01", "gender": "female", "photo": [{}], "text": { "div": "x" },
            "extension": [{ "url": "x" }], "contained": [{}], "name": [{ "family": "Park" }],
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": "1" }, { "system": "http://hl7.org/fhir/sid/us-ssn", "value": "2" },
                { "type": { "coding": [{ "code": "DL" }] }, "value": "3" }],
            "telecom": [{ "value": "1", "use": "home" }, { "value": "2", "use": "work" }, { "value": "3" }],
            "address": [{ "city": "Here", "use": "home" }],
        });
        keep_public(ResourceType::Practitioner, &mut doctor);
        assert_eq!(
            doctor,
            json!({
                "resourceType": "Practitioner", "id": "1", "name": [{ "family": "Park" }],
                "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": "1" }],
                "telecom": [{ "value": "2", "use": "work" }, { "value": "3" }], "address": [],
            })
        );
        let mut patient = json!({ "resourceType": "Patient", "birthDate": "1960-01-01", "text": {} });
        let before = patient.clone();
        keep_public(ResourceType::Patient, &mut patient);
        assert_eq!(patient, before);
    }
}
