//! Reports on test results.

use serde_json::Value;

use super::concept::{code_of, codes, each_words};
use super::note::Attachment;
use super::observation::test_name;
use super::parts::{Code, Line, Link, Status, date, hidden, span_of};
use super::status::status;
use crate::json::Node;
use crate::{ResourceType, When};

/// A report with links to its results.
#[derive(Clone, PartialEq)]
pub struct ReportDetails {
    /// The plain name.
    pub title: String,
    /// Its codes.
    pub codes: Vec<Code>,
    /// "Lab", "Imaging" …
    pub category: Option<String>,
    /// When the tests were done.
    pub when: Option<When>,
    /// When the report came out.
    pub issued: Option<When>,
    /// Its state, unless final.
    pub status: Option<Status>,
    /// The results.
    pub results: Vec<Link>,
    /// What it comes down to.
    pub conclusion: Option<String>,
    /// The same in codes.
    pub conclusion_codes: Vec<String>,
    /// The report as a document.
    pub forms: Vec<Attachment>,
    /// Who made it.
    pub performers: Vec<Link>,
    /// The images.
    pub imaging: Vec<Link>,
    /// The visit.
    pub encounter: Option<Link>,
}

hidden!(ReportDetails);

impl ReportDetails {
    /// Reads a DiagnosticReport.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let issued = date(node.get("issued"));
        Self {
            title: test_name(node.get("code")).unwrap_or_else(|| "Report".to_owned()),
            codes: codes(node.get("code")),
            category: node.each("category").find_map(|category| match code_of(category) {
                Some(code) => category_word(code).map(str::to_owned).or_else(|| super::concept::words(category)),
                None => super::concept::words(category),
            }),
            when: span_of(node, "effective").first().or(issued),
            issued,
            status: node
                .text_of("status")
                .filter(|code| *code != "final")
                .map(|code| status(ResourceType::DiagnosticReport, code)),
            results: Link::each(node, "result"),
            conclusion: node.owned("conclusion"),
            conclusion_codes: each_words(node, "conclusionCode"),
            forms: node.each("presentedForm").map(Attachment::read).collect(),
            performers: Link::each(node, "performer"),
            imaging: Link::each(node, "imagingStudy"),
            encounter: Link::read(node.get("encounter")),
        }
    }

    pub(crate) fn line(&self) -> Line {
        let count = match self.results.len() {
            0 => None,
            1 => Some("1 result".to_owned()),
            count => Some(format!("{count} results")),
        };
        Line::new(self.title.clone())
            .when(self.when)
            .status(self.status.as_ref())
            .fact("Kind", self.category.clone())
            .fact("Holds", count)
            .list("Conclusion", &self.conclusion_codes)
            .note(self.conclusion.clone())
    }
}

/// The table of diagnostic service sections, and US Core's categories.
fn category_word(code: &str) -> Option<&'static str> {
    Some(match code {
        "LAB" | "laboratory" | "CH" | "HM" | "SR" | "MB" | "LP26436-1" => "Lab",
        "RAD" | "IMG" | "imaging" | "LP29684-5" => "Imaging",
        "PAT" | "SP" | "CP" | "LP7839-6" => "Pathology",
        "CUS" | "CTH" | "EC" | "LP29708-2" => "Heart",
        "GE" => "Genetics",
        "OTH" => "Other",
        _ => return None,
    })
}
