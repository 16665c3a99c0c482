//! Imaging studies: X-rays, ultrasound and the like.

use serde_json::Value;

use super::concept::{coding_words, each_words};
use super::parts::{Line, Link, Status, date, hidden, notes};
use super::status::status;
use super::title::from_code;
use crate::json::Node;
use crate::{ResourceType, When};

/// Images taken together.
#[derive(Clone, PartialEq)]
pub struct Series {
    /// "X-ray", "Ultrasound" …
    pub kind: Option<String>,
    /// Where on the body.
    pub body_site: Option<String>,
    /// In the source's words.
    pub description: Option<String>,
    /// The titles of the images.
    pub images: Vec<String>,
    /// How many images.
    pub count: Option<u64>,
}

/// An imaging study.
#[derive(Clone, PartialEq)]
pub struct ImagingDetails {
    /// What was done.
    pub title: String,
    /// "X-ray", "Ultrasound" …
    pub kinds: Vec<String>,
    /// Where on the body.
    pub body_sites: Vec<String>,
    /// When.
    pub when: Option<When>,
    /// Its state.
    pub status: Option<Status>,
    /// How many images.
    pub count: Option<u64>,
    /// The series.
    pub series: Vec<Series>,
    /// Why.
    pub reasons: Vec<String>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(Series, ImagingDetails);

impl ImagingDetails {
    /// Reads an ImagingStudy.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let series: Vec<Series> = node.each("series").map(series).collect();
        let mut kinds: Vec<String> = Vec::new();
        for kind in
            node.each("modality").filter_map(modality).chain(series.iter().filter_map(|series| series.kind.clone()))
        {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let mut body_sites: Vec<String> = series.iter().filter_map(|series| series.body_site.clone()).collect();
        body_sites.dedup();
        let title = each_words(node, "procedureCode")
            .into_iter()
            .next()
            .or_else(|| node.owned("description"))
            .or_else(|| kinds.first().cloned());
        Self {
            title: title.unwrap_or_else(|| "Imaging study".to_owned()),
            kinds,
            body_sites,
            when: date(node.get("started")),
            status: node
                .text_of("status")
                .filter(|code| *code != "available")
                .map(|code| status(ResourceType::ImagingStudy, code)),
            count: count(node.get("numberOfInstances")),
            series,
            reasons: each_words(node, "reasonCode"),
            encounter: Link::read(node.get("encounter")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.title.clone())
            .when(self.when)
            .status(self.status.as_ref())
            .list("Kind", &self.kinds)
            .list("Where on the body", &self.body_sites)
            .fact("Images", self.count.map(|count| count.to_string()))
            .list("Reason", &self.reasons)
            .note(self.note.clone())
    }
}

fn count(node: Node<'_>) -> Option<u64> {
    node.integer().and_then(|count| u64::try_from(count).ok())
}

fn series(node: Node<'_>) -> Series {
    Series {
        kind: modality(node.get("modality")),
        body_site: coding_words(node.get("bodySite")).map(|site| body_part(&site)),
        description: node.owned("description"),
        images: node.each("instance").filter_map(|instance| instance.owned("title")).collect(),
        count: count(node.get("numberOfInstances")),
    }
}

/// SNOMED's "Knee region structure" is the knee.
fn body_part(site: &str) -> String {
    if matches!(site, "Thoracic structure" | "Thoracic" | "Thorax structure") {
        return "Chest".to_owned();
    }
    let site =
        site.strip_prefix("Structure of region of ").or_else(|| site.strip_prefix("Structure of ")).unwrap_or(site);
    let site = site.strip_prefix("Bone structure of ").unwrap_or(site);
    let site = site.strip_suffix(" region structure").or_else(|| site.strip_suffix(" structure")).unwrap_or(site);
    super::title::capital(site)
}

fn modality(coding: Node<'_>) -> Option<String> {
    let code = coding.text_of("code");
    let word = match code.unwrap_or_default() {
        "CR" | "DX" | "RG" | "DR" => "X-ray",
        "IO" | "PX" => "Dental X-ray",
        "CT" => "CT scan",
        "MR" => "MRI scan",
        "US" => "Ultrasound",
        "MG" => "Mammogram",
        "PT" => "PET scan",
        "NM" => "Nuclear scan",
        "XA" | "RF" => "X-ray film",
        "ECG" => "Heart tracing (ECG)",
        "ES" => "Endoscopy",
        "BMD" => "Bone density scan",
        "OP" | "OPT" => "Eye imaging",
        _ => return coding_words(coding).or_else(|| code.map(from_code)),
    };
    Some(word.to_owned())
}
