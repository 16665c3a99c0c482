//! Where a record comes from.

use serde_json::Value;

use super::concept::{code_of, words};
use super::parts::{Line, Link, date, hidden, span_of};
use crate::When;
use crate::json::Node;

/// Someone or something that had a part in it.
#[derive(Clone, PartialEq)]
pub struct Agent {
    /// Who.
    pub who: Option<Link>,
    /// What part: "Put together by", "Written by" …
    pub part: String,
    /// For whom.
    pub on_behalf_of: Option<Link>,
}

/// Where records come from.
#[derive(Clone, PartialEq)]
pub struct ProvenanceDetails {
    /// What was done: "Record created" …
    pub title: String,
    /// When it was done.
    pub when: Option<When>,
    /// When that was written down.
    pub recorded: Option<When>,
    /// By whom.
    pub agents: Vec<Agent>,
    /// How many records it is about.
    pub targets: usize,
}

hidden!(Agent, ProvenanceDetails);

impl ProvenanceDetails {
    /// Reads a Provenance.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let activity = node.get("activity");
        let recorded = date(node.get("recorded"));
        Self {
            title: match code_of(activity) {
                Some("CREATE") => "Record created".to_owned(),
                Some("UPDATE" | "REVISE") => "Record changed".to_owned(),
                Some("APPEND") => "Record added to".to_owned(),
                Some("DELETE" | "NULLIFY") => "Record taken out".to_owned(),
                _ => words(activity).unwrap_or_else(|| "Source of the record".to_owned()),
            },
            when: span_of(node, "occurred").first().or(recorded),
            recorded,
            agents: node.each("agent").map(agent).collect(),
            targets: node.each("target").count(),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let agents: Vec<String> = self
            .agents
            .iter()
            .filter_map(|agent| Some(format!("{} {}", agent.part, agent.who.as_ref()?.text.as_deref()?)))
            .collect();
        let count = if self.targets == 1 { "1 record".to_owned() } else { format!("{} records", self.targets) };
        Line::new(self.title.clone())
            .when(self.when)
            .list("By", &agents)
            .fact("About", Some(count))
            .date("Written down", self.recorded)
    }
}

fn agent(node: Node<'_>) -> Agent {
    let part = match code_of(node.get("type")) {
        Some("assembler") => "Put together by".to_owned(),
        Some("author" | "AUT") => "Written by".to_owned(),
        Some("transmitter") => "Sent by".to_owned(),
        Some("enterer" | "ENT") => "Typed in by".to_owned(),
        Some("performer" | "PRF") => "Done by".to_owned(),
        Some("verifier" | "VRF") => "Checked by".to_owned(),
        Some("legal" | "LA") => "Signed by".to_owned(),
        Some("attester") => "Confirmed by".to_owned(),
        Some("informant" | "INF") => "Told by".to_owned(),
        Some("custodian" | "CST") => "Kept by".to_owned(),
        Some("composer") => "Composed by".to_owned(),
        _ => words(node.get("type")).map_or_else(|| "By".to_owned(), |word| format!("{word}:")),
    };
    Agent { who: Link::read(node.get("who")), part, on_behalf_of: Link::read(node.get("onBehalfOf")) }
}
