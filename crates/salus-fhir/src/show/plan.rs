//! Care plans.

use serde_json::Value;

use super::concept::{code_of, words};
use super::parts::{Line, Link, Span, Status, date, hidden, notes};
use super::status::status;
use crate::json::Node;
use crate::{ResourceType, When};

/// Something to do.
#[derive(Clone, PartialEq)]
pub struct Activity {
    /// What.
    pub name: String,
    /// Its state.
    pub status: Option<Status>,
    /// When, in words.
    pub scheduled: Option<String>,
    /// The record of it, when it has one.
    pub link: Option<Link>,
}

/// A care plan.
#[derive(Clone, PartialEq)]
pub struct CarePlanDetails {
    /// What it is about, such as "Wound care".
    pub title: String,
    /// In the source's words.
    pub description: Option<String>,
    /// From when to when.
    pub span: Span,
    /// When it was made.
    pub created: Option<When>,
    /// Its state.
    pub status: Option<Status>,
    /// What to do.
    pub activities: Vec<Activity>,
    /// What it is for.
    pub goals: Vec<Link>,
    /// The conditions it is about.
    pub addresses: Vec<Link>,
    /// Who helps.
    pub care_teams: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(Activity, CarePlanDetails);

impl CarePlanDetails {
    /// Reads a CarePlan.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        // US Core wants the category `assess-plan` on every plan: it says nothing.
        let category =
            node.each("category").filter(|category| code_of(*category) != Some("assess-plan")).find_map(words);
        Self {
            title: node.owned("title").or(category).unwrap_or_else(|| "Care plan".to_owned()),
            description: node.owned("description"),
            span: Span::read(node.get("period")),
            created: date(node.get("created")),
            status: node.text_of("status").map(|code| status(ResourceType::CarePlan, code)),
            activities: node.each("activity").map(activity).collect(),
            goals: Link::each(node, "goal"),
            addresses: Link::each(node, "addresses"),
            care_teams: Link::each(node, "careTeam"),
            encounter: Link::read(node.get("encounter")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let to_do: Vec<String> = self.activities.iter().map(|activity| activity.name.clone()).collect();
        Line::new(self.title.clone())
            .when(self.span.first().or(self.created))
            .status(self.status.as_ref())
            .list("What to do", &to_do)
            .list("For", &self.addresses.iter().filter_map(|link| link.text.clone()).collect::<Vec<_>>())
            .date("Began", self.span.start)
            .date("Ended", self.span.end)
            .note(self.description.clone().or_else(|| self.note.clone()))
    }
}

fn activity(node: Node<'_>) -> Activity {
    let detail = node.get("detail");
    let link = Link::read(node.get("reference"));
    let name =
        words(detail.get("code")).or_else(|| detail.owned("description")).or_else(|| link.as_ref()?.text.clone());
    Activity {
        name: name.unwrap_or_else(|| "Activity".to_owned()),
        status: detail.text_of("status").map(|code| status(ResourceType::CarePlan, code)),
        scheduled: detail.owned("scheduledString").or_else(|| super::dosage::often(detail.get("scheduledTiming"))),
        link,
    }
}
