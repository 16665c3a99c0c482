//! Organizations, places, addresses and ways to reach someone.

use serde_json::Value;

use super::concept::each_words;
use super::parts::{Line, Link, Status, hidden};
use super::status::status;
use super::title::proper_name;
use crate::ResourceType;
use crate::json::Node;

/// A telephone number, an e-mail address or the like.
#[derive(Clone, PartialEq, Eq)]
pub struct Telecom {
    /// "Phone", "Email" …
    pub label: &'static str,
    /// The kind's code, such as `phone`.
    pub kind: String,
    /// The number or address, easy to read.
    pub text: String,
    /// "Home", "Work", "Cell" …, if said.
    pub at: Option<&'static str>,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Its lines, ready to show.
    pub lines: Vec<String>,
    /// "Home", "Work" …, if said.
    pub at: Option<&'static str>,
    /// The city.
    pub city: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The ZIP code.
    pub postal_code: Option<String>,
}

impl Telecom {
    pub(crate) fn each(node: Node<'_>) -> Vec<Self> {
        node.each("telecom").filter_map(Self::read).collect()
    }

    fn read(node: Node<'_>) -> Option<Self> {
        let value = node.text_of("value")?;
        let kind = node.text_of("system").unwrap_or("other");
        let label = match kind {
            "phone" => "Phone",
            "fax" => "Fax",
            "email" => "Email",
            "pager" => "Pager",
            "url" => "Website",
            "sms" => "Text message",
            _ => "Other",
        };
        let text = if matches!(kind, "phone" | "fax" | "sms" | "pager") { us_number(value) } else { value.to_owned() };
        Some(Self { label, kind: kind.to_owned(), text, at: at(node) })
    }
}

/// Ten digits as people write them: `978-372-8000`.
fn us_number(text: &str) -> String {
    let digits = text.strip_prefix("+1").unwrap_or(text);
    let parts = (digits.get(..3), digits.get(3..6), digits.get(6..));
    match parts {
        (Some(area), Some(office), Some(line))
            if digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{area}-{office}-{line}")
        }
        _ => text.to_owned(),
    }
}

fn at(node: Node<'_>) -> Option<&'static str> {
    match node.text_of("use")? {
        "home" => Some("Home"),
        "work" => Some("Work"),
        "mobile" => Some("Cell"),
        "temp" => Some("For now"),
        "old" => Some("Old"),
        "billing" => Some("For bills"),
        _ => None,
    }
}

impl Address {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        let (city, state, postal_code) =
            (node.text_of("city").map(proper_name), node.owned("state"), node.text_of("postalCode").map(zip));
        let mut lines: Vec<String> = node.each("line").filter_map(|line| line.text().map(proper_name)).collect();
        let tail: Vec<String> = state.iter().chain(&postal_code).cloned().collect();
        let town: Vec<String> = city.iter().cloned().chain((!tail.is_empty()).then(|| tail.join(" "))).collect();
        if !town.is_empty() {
            lines.push(town.join(", "));
        }
        lines.extend(node.owned("country").filter(|country| !matches!(country.as_str(), "US" | "USA")));
        if lines.is_empty() {
            lines.extend(
                node.text_of("text")
                    .into_iter()
                    .flat_map(str::lines)
                    .map(str::trim)
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned),
            );
        }
        (!lines.is_empty()).then_some(Self { lines, at: at(node), city, state, postal_code })
    }

    /// In one line, with commas.
    pub fn one_line(&self) -> String {
        self.lines.join(", ")
    }
}

/// Nine digits as ZIP+4.
fn zip(text: &str) -> String {
    match (text.get(..5), text.get(5..)) {
        (Some(five), Some(four)) if text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{five}-{four}")
        }
        _ => text.to_owned(),
    }
}

/// An organization.
#[derive(Clone, PartialEq)]
pub struct OrganizationDetails {
    /// Its name.
    pub name: String,
    /// What it is, such as "Healthcare Provider".
    pub types: Vec<String>,
    /// How to reach it.
    pub telecom: Vec<Telecom>,
    /// Where it is.
    pub addresses: Vec<Address>,
    /// "Not active", if so.
    pub status: Option<Status>,
}

impl OrganizationDetails {
    /// Reads an Organization.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        Self {
            name: node
                .text_of("name")
                .or_else(|| node.each("alias").find_map(Node::text))
                .map_or_else(|| "Organization".to_owned(), proper_name),
            types: each_words(node, "type"),
            telecom: Telecom::each(node),
            addresses: node.each("address").filter_map(Address::read).collect(),
            status: (node.get("active").flag() == Some(false)).then(|| status(ResourceType::Organization, "inactive")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .status(self.status.as_ref())
            .list("Kind", &self.types)
            .fact("Address", self.addresses.first().map(Address::one_line))
            .fact("Phone", phone(&self.telecom))
    }
}

/// A place.
#[derive(Clone, PartialEq)]
pub struct LocationDetails {
    /// Its name.
    pub name: String,
    /// What it is.
    pub types: Vec<String>,
    /// How to find it, in words.
    pub description: Option<String>,
    /// How to reach it.
    pub telecom: Vec<Telecom>,
    /// Where it is.
    pub address: Option<Address>,
    /// Latitude and longitude.
    pub position: Option<(f64, f64)>,
    /// Whose it is.
    pub organization: Option<Link>,
    /// Its state, unless active.
    pub status: Option<Status>,
}

impl LocationDetails {
    /// Reads a Location.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let position = node.get("position");
        let name = node
            .text_of("name")
            .or_else(|| node.each("alias").find_map(Node::text))
            .or_else(|| node.text_of("description"));
        Self {
            name: name.map_or_else(|| "Place".to_owned(), proper_name),
            types: each_words(node, "type"),
            description: node.owned("description"),
            telecom: Telecom::each(node),
            address: Address::read(node.get("address")),
            position: position.get("latitude").number().zip(position.get("longitude").number()),
            organization: Link::read(node.get("managingOrganization")),
            status: node
                .text_of("status")
                .filter(|code| *code != "active")
                .map(|code| status(ResourceType::Location, code)),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .status(self.status.as_ref())
            .list("Kind", &self.types)
            .fact("Address", self.address.as_ref().map(Address::one_line))
            .fact("Phone", phone(&self.telecom))
            .note(self.description.clone().filter(|description| *description != self.name))
    }
}

pub(crate) fn phone(telecom: &[Telecom]) -> Option<String> {
    telecom.iter().find(|telecom| telecom.kind == "phone").map(|telecom| telecom.text.clone())
}

hidden!(Telecom, Address, OrganizationDetails, LocationDetails);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Address, Node, us_number};

    #[test]
    fn reads_well() {
        assert_eq!(us_number("9783728000"), "978-372-8000");
        assert_eq!(us_number("+44 20 7946 0000"), "+44 20 7946 0000");
        let value = json!({"line": ["145 WARD HILL AVENUE"], "city": "BRADFORD", "state": "MA", "postalCode": "018356928", "country": "US"});
        let address = Address::read(Node::of(&value));
        assert_eq!(
            address.map(|address| address.one_line()).as_deref(),
            Some("145 Ward Hill Avenue, Bradford, MA 01835-6928")
        );
    }
}
