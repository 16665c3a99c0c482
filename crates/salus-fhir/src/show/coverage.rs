//! Insurance.

use serde_json::Value;

use super::concept::{code_of, words};
use super::parts::{Line, Link, Span, Status, hidden};
use super::status::status;
use crate::ResourceType;
use crate::json::Node;

/// An insurance.
#[derive(Clone, PartialEq)]
pub struct CoverageDetails {
    /// Who pays.
    pub payors: Vec<Link>,
    /// The plan's name.
    pub plan: Option<String>,
    /// The plan's number.
    pub plan_number: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The member's number.
    pub member_id: Option<String>,
    /// What kind: "Health insurance", "Public health care" …
    pub kind: Option<String>,
    /// Who holds it.
    pub subscriber: Option<Link>,
    /// What the patient is to them.
    pub relationship: Option<String>,
    /// From when to when.
    pub span: Span,
    /// Its state.
    pub status: Option<Status>,
}

hidden!(CoverageDetails);

impl CoverageDetails {
    /// Reads a Coverage.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let class = |code: &str| node.each("class").find(|class| code_of(class.get("type")) == Some(code));
        let plan = class("plan");
        let member = node.each("identifier").find(|identifier| crate::facts::has_type(*identifier, "MB"));
        Self {
            payors: Link::each(node, "payor"),
            plan: plan.and_then(|plan| plan.owned("name").or_else(|| plan.owned("value"))),
            plan_number: plan.and_then(|plan| plan.owned("value")),
            group: class("group").and_then(|group| group.owned("name").or_else(|| group.owned("value"))),
            member_id: node.owned("subscriberId").or_else(|| member.and_then(|member| member.owned("value"))),
            kind: match code_of(node.get("type")) {
                Some("HIP") => Some("Health insurance".to_owned()),
                Some("PUBLICPOL") => Some("Public health care".to_owned()),
                Some("EHCPOL") => Some("Extended health care".to_owned()),
                Some("DENTAL" | "DENTPRG") => Some("Dental insurance".to_owned()),
                Some("VISPOL") => Some("Vision insurance".to_owned()),
                Some("AUTOPOL") => Some("Car insurance".to_owned()),
                Some("WCBPOL") => Some("Work injury insurance".to_owned()),
                Some("pay") => Some("Paid by the patient".to_owned()),
                _ => words(node.get("type")),
            },
            subscriber: Link::read(node.get("subscriber")),
            relationship: words(node.get("relationship")),
            span: Span::read(node.get("period")),
            status: node.text_of("status").map(|code| status(ResourceType::Coverage, code)),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let payor = self.payors.iter().find_map(|payor| payor.text.clone());
        let title = payor.clone().or_else(|| self.plan.clone()).or_else(|| self.kind.clone());
        Line::new(title.clone().unwrap_or_else(|| "Insurance".to_owned()))
            .when(self.span.first())
            .status(self.status.as_ref())
            .fact("Plan", self.plan.clone().filter(|plan| Some(plan) != title.as_ref()))
            .fact("Group", self.group.clone())
            .fact("Member number", self.member_id.clone())
            .fact("Kind", self.kind.clone().filter(|kind| Some(kind) != title.as_ref()))
            .date("Began", self.span.start)
            .date("Ended", self.span.end)
    }
}
