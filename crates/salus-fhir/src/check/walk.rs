//! Walks a resource along its rules.

use base64::Engine as _;
use serde_json::{Map, Value};

use super::Problem;
use super::parts::CODING;
use super::rule::{Field, Kind};
use crate::ResourceType;
use crate::references::{Target, is_id};
use crate::when::{When, is_time};

const MOST: usize = 100;

struct Walk {
    path: String,
    problems: Vec<Problem>,
}

/// Checks a resource.
pub(super) fn resource(kind: ResourceType, rules: &[Field], value: &Value) -> Vec<Problem> {
    let mut walk = Walk { path: kind.name().to_owned(), problems: Vec::new() };
    let Some(fields) = value.as_object() else {
        walk.problem("should be an object");
        return walk.problems;
    };
    if fields.get("resourceType").and_then(Value::as_str) != Some(kind.name()) {
        walk.within(".resourceType", |walk| walk.problem(format!("should be {kind}")));
        return walk.problems;
    }
    if let Some(id) = present(fields, "id")
        && !id.as_str().is_some_and(is_id)
    {
        walk.within(".id", |walk| walk.problem("should be an id: 1 to 64 letters, digits, - and ."));
    }
    walk.parts(rules, fields);
    walk.problems
}

fn present<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

impl Walk {
    fn problem(&mut self, what: impl Into<String>) {
        if self.problems.len() < MOST {
            self.problems.push(Problem { path: self.path.clone(), what: what.into() });
        }
    }

    fn within(&mut self, step: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        inside(self);
        self.path.truncate(length);
    }

    fn parts(&mut self, rules: &[Field], fields: &Map<String, Value>) {
        for rule in rules {
            if let Kind::Choice(options) = rule.kind {
                self.choice(rule, options, fields);
                continue;
            }
            // `_name` holds what stands in for a primitive value, such as the reason why it is absent.
            let stand_in =
                fields.get(&format!("_{}", rule.name)).is_some_and(|value| value.is_object() || value.is_array());
            match present(fields, rule.name) {
                None if rule.required && !stand_in => {
                    self.within(&format!(".{}", rule.name), |walk| walk.problem("is missing"))
                }
                None => {}
                Some(value) => self.within(&format!(".{}", rule.name), |walk| walk.field(rule, value, stand_in)),
            }
        }
    }

    fn choice(&mut self, rule: &Field, options: &[(&str, Kind)], fields: &Map<String, Value>) {
        let mut found = 0;
        for (suffix, kind) in options {
            let name = format!("{}{suffix}", rule.name);
            if let Some(value) = present(fields, &name) {
                found += 1;
                self.within(&format!(".{name}"), |walk| walk.value(*kind, value));
            } else if fields.get(&format!("_{name}")).is_some_and(Value::is_object) {
                found += 1;
            }
        }
        if found > 1 || (found == 0 && rule.required) {
            let what = if found > 1 { "is there more than once" } else { "is missing" };
            self.within(&format!(".{}[x]", rule.name), |walk| walk.problem(what));
        }
    }

    fn field(&mut self, rule: &Field, value: &Value, stand_in: bool) {
        if !rule.list {
            return self.value(rule.kind, value);
        }
        let Some(items) = value.as_array() else {
            return self.problem("should be a list");
        };
        if items.is_empty() && rule.required {
            self.problem("needs at least one");
        }
        for (index, item) in items.iter().enumerate() {
            if item.is_null() && stand_in {
                continue;
            }
            self.within(&format!("[{index}]"), |walk| walk.value(rule.kind, item));
        }
    }

    fn value(&mut self, kind: Kind, value: &Value) {
        match kind {
            Kind::Text => self.require(value.is_string(), "should be a text"),
            Kind::Code(codes) => match value.as_str() {
                None => self.problem("should be a code"),
                Some(code) if codes.is_empty() || codes.contains(&code) => {}
                Some(_) => self.problem(one_of(codes)),
            },
            Kind::Concept(codes) => self.concept(codes, value),
            Kind::Flag => self.require(value.is_boolean(), "should be true or false"),
            Kind::Whole => self.require(value.is_i64() || value.is_u64(), "should be a whole number"),
            Kind::Count => self.require(value.is_u64(), "should be a whole number, 0 or more"),
            Kind::Number => self.require(value.is_number(), "should be a number"),
            Kind::Date => {
                let fine = value.as_str().and_then(When::parse).is_some_and(|when| !when.has_time());
                self.require(fine, "should be a date like 1985, 1985-03 or 1985-03-14");
            }
            Kind::DateTime => {
                let fine = value.as_str().and_then(When::parse).is_some();
                self.require(
                    fine,
                    "should be a date like 1985-03-14, or a time with its zone like 1985-03-14T10:20:00Z",
                );
            }
            Kind::Instant => {
                let fine = value.as_str().and_then(When::parse).is_some_and(When::has_time);
                self.require(fine, "should be a time with its zone like 1985-03-14T10:20:00Z");
            }
            Kind::Time => self.require(value.as_str().is_some_and(is_time), "should be a time of day like 10:20:00"),
            Kind::Base64 => self.require(value.as_str().is_some_and(is_base64), "should be base64"),
            Kind::Reference(types) => self.reference(types, value),
            Kind::Parts(rules) => match value.as_object() {
                Some(fields) => self.parts(rules, fields),
                None => self.problem("should be an object"),
            },
            Kind::Choice(_) => {}
        }
    }

    fn require(&mut self, fine: bool, what: &str) {
        if !fine {
            self.problem(what);
        }
    }

    fn concept(&mut self, codes: &[&str], value: &Value) {
        let Some(fields) = value.as_object() else {
            return self.problem("should be an object");
        };
        self.parts(super::parts::CONCEPT, fields);
        let mut written = value
            .get("coding")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|coding| coding.get("code")?.as_str())
            .peekable();
        if !codes.is_empty() && written.peek().is_some() && !written.any(|code| codes.contains(&code)) {
            self.within(".coding", |walk| walk.problem(one_of(codes)));
        }
    }

    fn reference(&mut self, types: &[&str], value: &Value) {
        let Some(fields) = value.as_object() else {
            return self.problem("should be an object");
        };
        self.parts(super::parts::REFERENCE, fields);
        if !["reference", "identifier", "display", "extension"].iter().any(|name| present(fields, name).is_some()) {
            return self.problem("needs a reference, an identifier or a display");
        }
        let Some(reference) = fields.get("reference").and_then(Value::as_str) else {
            return;
        };
        let what = match Target::parse(reference) {
            None => "should be a reference like Patient/123 or urn:uuid:…".to_owned(),
            Some(target) => match target.type_name() {
                Some(name) if !types.is_empty() && !types.contains(&name) => {
                    format!("should point to {}", types.join(" or "))
                }
                _ => return,
            },
        };
        self.within(".reference", |walk| walk.problem(what));
    }
}

fn one_of(codes: &[&str]) -> String {
    format!("should be one of {}", codes.join(", "))
}

/// FHIR allows blanks and line ends in base64.
fn is_base64(text: &str) -> bool {
    let engine = base64::engine::general_purpose::STANDARD;
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let dense: String = text.split_ascii_whitespace().collect();
        return engine.decode(dense).is_ok();
    }
    engine.decode(text).is_ok()
}

/// A Coding stands in places where R4 wants a Coding and not a concept.
pub(super) const CODED: Kind = Kind::Parts(CODING);
