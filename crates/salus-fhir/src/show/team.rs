//! Care teams.

use serde_json::Value;

use super::concept::each_words;
use super::parts::{Line, Link, Span, Status, hidden};
use super::status::status;
use crate::ResourceType;
use crate::json::Node;
use crate::references::Target;

/// Someone on a care team.
#[derive(Clone, PartialEq)]
pub struct Member {
    /// Who.
    pub who: Option<Link>,
    /// What they do, such as "Healthcare professional".
    pub roles: Vec<String>,
    /// From when to when.
    pub span: Span,
    /// True when this is the patient.
    pub is_patient: bool,
}

/// A care team.
#[derive(Clone, PartialEq)]
pub struct CareTeamDetails {
    /// Its name.
    pub name: String,
    /// From when to when.
    pub span: Span,
    /// Its state.
    pub status: Option<Status>,
    /// Who is on it.
    pub members: Vec<Member>,
    /// Why it exists.
    pub reasons: Vec<String>,
    /// Whose it is.
    pub organizations: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
}

hidden!(Member, CareTeamDetails);

impl CareTeamDetails {
    /// Reads a CareTeam.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let subject = node.get("subject").text_of("reference");
        let reasons = each_words(node, "reasonCode");
        let name = node.owned("name").or_else(|| reasons.first().map(|reason| format!("Care team for {reason}")));
        Self {
            name: name
                .or_else(|| each_words(node, "category").into_iter().next())
                .unwrap_or_else(|| "Care team".to_owned()),
            span: Span::read(node.get("period")),
            status: node.text_of("status").map(|code| status(ResourceType::CareTeam, code)),
            members: node.each("participant").map(|participant| member(participant, subject)).collect(),
            reasons,
            organizations: Link::each(node, "managingOrganization"),
            encounter: Link::read(node.get("encounter")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let others = self.members.iter().filter(|member| !member.is_patient);
        let named: Vec<String> = others.clone().filter_map(|member| member.who.as_ref()?.text.clone()).collect();
        let count = match others.count() {
            0 => None,
            1 => Some("1 person".to_owned()),
            count => Some(format!("{count} people")),
        };
        Line::new(self.name.clone())
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("Members", if named.is_empty() { count } else { Some(named.join(", ")) })
            .list("For", &self.reasons)
            .date("Began", self.span.start)
            .date("Ended", self.span.end)
    }
}

fn member(node: Node<'_>, subject: Option<&str>) -> Member {
    let reference = node.get("member").text_of("reference");
    let named = reference.and_then(Target::parse).and_then(|target| target.type_name()) == Some("Patient");
    Member {
        who: Link::read(node.get("member")),
        roles: each_words(node, "role"),
        span: Span::read(node.get("period")),
        is_patient: named || (reference.is_some() && reference == subject),
    }
}
