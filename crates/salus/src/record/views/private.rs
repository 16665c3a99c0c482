//! What the pages about private entries receive.

use askama::Template;

use super::section_title;
use crate::shell::{
    urls::{self, Section},
    view::{ChartBanner, Pager, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, sample_banner},
    words::{self, filters},
};

/// Who sees an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivacyState {
    /// Whoever was given this part of the record.
    Open,
    /// No caregiver: this side keeps it private.
    Kept,
    /// Caregivers who were given what is sensitive: a rule marked it.
    Sensitive,
    /// No caregiver: the other side keeps it private.
    KeptByOther,
    /// Who sees what it names, which is private.
    WithAnother,
}

/// Who sees an entry, beside it: for the patient, and for those who treat them.
#[derive(Clone)]
pub struct Privacy {
    /// The patient's id.
    pub patient: String,
    /// The section it belongs to.
    pub section: Section,
    /// The entry.
    pub entry: String,
    /// Who sees it.
    pub state: PrivacyState,
    /// Whether this side keeps it.
    pub by_own: bool,
    /// Whether the patient reads this.
    pub of_the_patient: bool,
}

impl Privacy {
    /// Who sees it, in a sentence.
    pub fn says(&self) -> String {
        let state = match self.state {
            PrivacyState::Open => "open",
            PrivacyState::Kept => "kept",
            PrivacyState::Sensitive => "sensitive",
            PrivacyState::KeptByOther => "kept-by-other",
            PrivacyState::WithAnother => "with-another",
        };
        words::t(&format!("record-private-{state}{}", if self.of_the_patient { "" } else { "-staff" }))
    }
    /// Whether there is a button that keeps it.
    pub fn can_keep(&self) -> bool {
        !self.by_own
    }
    /// Whether there is one that shows it again.
    pub fn can_show(&self) -> bool {
        self.by_own || self.state == PrivacyState::Sensitive
    }

    /// What the patient reads beside an entry that is not private.
    pub(super) fn sample(section: Section) -> Self {
        Self {
            patient: SAMPLE_PATIENT.to_owned(),
            section,
            entry: "0197f2c4-0001".to_owned(),
            state: PrivacyState::Open,
            by_own: false,
            of_the_patient: true,
        }
    }

    /// The same for who treats them.
    pub(super) fn sample_of_staff() -> Self {
        Self { of_the_patient: false, ..Self::sample(Section::Problems) }
    }
}

/// An entry that is kept private.
#[derive(Clone)]
pub struct PrivateLine {
    /// What it is.
    pub title: String,
    /// Its page.
    pub url: String,
    /// The section it belongs to.
    pub section: Section,
    /// The entry.
    pub entry: String,
    /// How many entries go with it.
    pub others: u64,
    /// Who keeps it: words' names.
    pub sides: Vec<&'static str>,
    /// Since which day.
    pub since: String,
    /// Whether who reads this may show it again.
    pub can_show: bool,
}

impl PrivateLine {
    fn section_title(&self) -> String {
        section_title(self.section)
    }
    fn since_words(&self) -> String {
        words::t1("record-private-since", "day", self.since.clone())
    }
}

/// What of the record is kept private.
#[derive(Clone, Template)]
#[template(path = "record/templates/private.html")]
pub struct Private {
    /// The patient's id.
    pub patient: String,
    /// The entries.
    pub lines: Vec<PrivateLine>,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for Private {
    fn title(&self) -> String {
        words::t("record-private-title")
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |title: &str, section: Section, others: u64, sides: &[&'static str], can_show: bool| PrivateLine {
            title: title.to_owned(),
            url: urls::item(SAMPLE_PATIENT, section, "0197f2c4-0001"),
            section,
            entry: "0197f2c4-0001".to_owned(),
            others,
            sides: sides.to_vec(),
            since: "November 18, 2026".to_owned(),
            can_show,
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            lines: vec![
                line("Anxiety", Section::Problems, 3, &["record-private-by-rule"], true),
                line("Follow-up visit", Section::Encounters, 1, &["record-private-by-you"], true),
                line("Progress note", Section::Documents, 0, &["record-private-by-team"], false),
            ],
            pager: Pager::new(&urls::private(SAMPLE_PATIENT), 1, 50, 3),
            banner: None,
        };
        let staff = Self {
            lines: vec![
                line("Anxiety", Section::Problems, 3, &["record-private-by-rule", "record-private-by-care-team"], true),
                line("Sleep", Section::Problems, 0, &["record-private-by-patient"], false),
            ],
            banner: Some(sample_banner()),
            ..normal.clone()
        };
        let none = Pager::new(&urls::private(SAMPLE_PATIENT), 1, 50, 0);
        let empty = Self { lines: Vec::new(), pager: none, ..normal.clone() };
        let staff_empty = Self { banner: Some(sample_banner()), ..empty.clone() };
        let long = Self {
            lines: [SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, "🙂"]
                .map(|title| line(title, Section::MedicineAdministrations, 12_345, &["record-private-by-you"], true))
                .to_vec(),
            ..normal.clone()
        };
        let many = Self {
            pager: Pager::new(&urls::private(SAMPLE_PATIENT), 2, 50, 312),
            lines: (0..50).map(|_| line("Anxiety", Section::Problems, 0, &["record-private-by-rule"], true)).collect(),
            ..normal.clone()
        };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("long-names", long),
            ("50-rows", many),
            ("staff", staff),
            ("staff-empty", staff_empty),
        ]
    }
}
