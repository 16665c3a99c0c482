//! Names of people, care providers and their roles.

use serde_json::Value;

use super::concept::{each_words, words};
use super::parts::{Line, Link, Span, Status, hidden};
use super::places::{Telecom, phone};
use super::status::status;
use crate::ResourceType;
use crate::json::Node;

/// The name to call someone by: the one in use, not an old one.
pub(crate) fn best_name<'a>(node: Node<'a>) -> Option<Node<'a>> {
    let rank = |name: &Node<'a>| match name.text_of("use") {
        Some("usual") => 0,
        Some("official") => 1,
        None => 2,
        Some("nickname" | "temp") => 3,
        Some(_) => 4,
    };
    node.each("name").filter(|name| full(*name).is_some()).min_by_key(rank)
}

/// A name as it is said: "Dr. Ana Maria Ortiz, MD".
pub(crate) fn full(name: Node<'_>) -> Option<String> {
    let all = |field: &str| name.each(field).filter_map(Node::text).collect::<Vec<_>>().join(" ");
    let family = name.text_of("family").unwrap_or_default();
    let given = all("given");
    if family.is_empty() && given.is_empty() {
        return name.owned("text");
    }
    let said = [all("prefix").as_str(), given.as_str(), family]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let suffix = name.each("suffix").filter_map(Node::text).collect::<Vec<_>>().join(", ");
    Some(if suffix.is_empty() { said } else { format!("{said}, {suffix}") })
}

/// A doctor, nurse or other care provider.
#[derive(Clone, PartialEq)]
pub struct PractitionerDetails {
    /// The name with prefix and suffix.
    pub name: String,
    /// The national provider identifier.
    pub npi: Option<String>,
    /// Diplomas and licenses.
    pub qualifications: Vec<String>,
    /// Languages they speak.
    pub languages: Vec<String>,
    /// How to reach them.
    pub telecom: Vec<Telecom>,
    /// "Not active", if so.
    pub status: Option<Status>,
}

impl PractitionerDetails {
    /// Reads a Practitioner. The specialty stands in the role: see [`RoleDetails`].
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        Self {
            name: best_name(node).and_then(full).unwrap_or_else(|| "Care provider".to_owned()),
            npi: crate::facts(ResourceType::Practitioner, resource).npi.into_iter().next(),
            qualifications: node.each("qualification").filter_map(|item| words(item.get("code"))).collect(),
            languages: each_words(node, "communication"),
            telecom: Telecom::each(node),
            status: (node.get("active").flag() == Some(false)).then(|| status(ResourceType::Practitioner, "inactive")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .status(self.status.as_ref())
            .fact("Provider number (NPI)", self.npi.clone())
            .list("Training", &self.qualifications)
            .list("Languages", &self.languages)
            .fact("Phone", phone(&self.telecom))
    }
}

/// What a care provider does at an organization.
#[derive(Clone, PartialEq)]
pub struct RoleDetails {
    /// The specialties, such as "Cardiology".
    pub specialties: Vec<String>,
    /// The roles, such as "Nurse".
    pub roles: Vec<String>,
    /// Who.
    pub practitioner: Option<Link>,
    /// For whom.
    pub organization: Option<Link>,
    /// Where.
    pub locations: Vec<Link>,
    /// From when to when.
    pub span: Span,
    /// "Not active", if so.
    pub status: Option<Status>,
}

impl RoleDetails {
    /// Reads a PractitionerRole.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        Self {
            specialties: each_words(node, "specialty"),
            roles: each_words(node, "code"),
            practitioner: Link::read(node.get("practitioner")),
            organization: Link::read(node.get("organization")),
            locations: Link::each(node, "location"),
            span: Span::read(node.get("period")),
            status: (node.get("active").flag() == Some(false))
                .then(|| status(ResourceType::PractitionerRole, "inactive")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let name = |link: &Option<Link>| link.as_ref().and_then(|link| link.text.clone());
        let title = self.specialties.first().or(self.roles.first()).cloned().or_else(|| name(&self.practitioner));
        Line::new(title.unwrap_or_else(|| "Role".to_owned()))
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("Name", name(&self.practitioner))
            .list("Role", &self.roles)
            .fact("At", name(&self.organization))
            .date("Until", self.span.end)
    }
}

hidden!(PractitionerDetails, RoleDetails);
