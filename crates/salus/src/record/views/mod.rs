//! What the pages of the record receive. Staff see the same pages with a [`ChartBanner`] above.

mod care;
mod private;
mod results;

use askama::Template;

pub use care::{CareTeams, DocumentLine, Documents, EncounterPage, GoalLine, Goals, Team, TeamMember};
pub use private::{Privacy, PrivacyState, Private, PrivateLine};
pub use results::{HistoryRow, Report, ResultGroup, ResultLine, ResultsList, TestHistory, ValueRow};

use crate::home::views::SectionCount;
use crate::shell::urls::{self, Section};
use crate::shell::view::{
    ChartBanner, Fact, LinkGroup, LinkLine, Pager, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone,
    View, sample_banner,
};
use crate::shell::words::{self, filters};

/// The words for a section's name.
pub fn section_title(section: Section) -> String {
    words::t(&format!("record-section-{}", section.slug()))
}

/// Where in the navigation a section belongs.
fn section_place(section: Section) -> Place {
    match section {
        Section::Results => Place::Results,
        Section::Medicines => Place::Medicines,
        _ => Place::Record,
    }
}

/// The record's table of contents; for staff, the chart's first page.
#[derive(Clone, Template)]
#[template(path = "record/templates/index.html")]
pub struct RecordIndex {
    /// The patient's id.
    pub patient: String,
    /// Every section with the number of its entries.
    pub sections: Vec<SectionCount>,
    /// Where it says who the patient is, for whom may.
    pub profile_url: Option<String>,
    /// Where it says what is kept private, for whom may.
    pub private_url: Option<String>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl RecordIndex {
    fn is_empty(&self) -> bool {
        self.sections.iter().all(|line| line.count == 0)
    }
}

impl View for RecordIndex {
    fn title(&self) -> String {
        words::t("record-title")
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let counts = [312, 14, 6, 2, 21, 48, 96, 17_262, 17, 3, 0, 1, 2, 1, 0, 4, 1];
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            sections: Section::ALL
                .into_iter()
                .zip(counts)
                .map(|(section, count)| SectionCount { section, count })
                .collect(),
            profile_url: Some(urls::profile(SAMPLE_PATIENT)),
            private_url: Some(urls::private(SAMPLE_PATIENT)),
            banner: None,
        };
        let empty = Self {
            sections: Section::ALL.into_iter().map(|section| SectionCount { section, count: 0 }).collect(),
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        let mut long = sample_banner();
        long.name = SAMPLE_LONG_NAME.to_owned();
        long.allergies = Some("Penicillin (severe), peanuts, latex, sulfamethoxazole-trimethoprim, shellfish, house dust mite, tree pollen, bee venom".to_owned());
        long.died = Some("Died March 2, 2026".to_owned());
        let long = Self { banner: Some(long), ..normal.clone() };
        let mut rtl = sample_banner();
        rtl.name = SAMPLE_RTL_NAME.to_owned();
        rtl.allergies = Some(String::new());
        let rtl = Self { banner: Some(rtl), ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("staff", staff),
            ("staff-long-names", long),
            ("staff-right-to-left", rtl),
        ]
    }
}

/// One entry in a list.
#[derive(Clone)]
pub struct Row {
    /// What it is.
    pub title: String,
    /// Its page; none when there is nothing more to say.
    pub url: Option<String>,
    /// When, in words; empty when not known.
    pub when: String,
    /// Its state in words.
    pub status: Option<Tag>,
    /// A few facts in small words.
    pub facts: Vec<Fact>,
}

/// One section as a list. Serves every section that has no page of its own shape.
#[derive(Clone, Template)]
#[template(path = "record/templates/section.html")]
pub struct SectionList {
    /// The patient's id.
    pub patient: String,
    /// Which section.
    pub section: Section,
    /// The entries on this page.
    pub rows: Vec<Row>,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for SectionList {
    fn title(&self) -> String {
        section_title(self.section)
    }

    fn place(&self) -> Place {
        section_place(self.section)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let list = |section: Section| urls::section(SAMPLE_PATIENT, section);
        let row = |section: Section, title: &str, when: &str, status: Option<Tag>, facts: &[(&str, &str)]| Row {
            title: title.to_owned(),
            url: Some(urls::item(SAMPLE_PATIENT, section, "0197f2c4-0001")),
            when: when.to_owned(),
            status,
            facts: facts.iter().map(|(label, value)| Fact::new(*label, *value)).collect(),
        };
        let active = || Some(Tag::new("Active", Tone::Good));
        let stopped = || Some(Tag::new("Stopped", Tone::Plain));
        let medicines = vec![
            row(
                Section::Medicines,
                "Lisinopril 10 mg tablet",
                "Since November 18, 2026",
                active(),
                &[("How to take it", "One tablet a day, in the morning"), ("Ordered by", "Dr. Lena Park")],
            ),
            row(
                Section::Medicines,
                "Metformin 500 mg tablet",
                "Since June 2, 2024",
                active(),
                &[("How to take it", "One tablet twice a day, with food"), ("Ordered by", "Dr. Lena Park")],
            ),
            row(
                Section::Medicines,
                "Amoxicillin 250 mg capsule",
                "February 3 to February 13, 2021",
                stopped(),
                &[("Ordered by", "Dr. Omar Haddad")],
            ),
        ];
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            section: Section::Medicines,
            pager: Pager::new(&list(Section::Medicines), 1, 50, 3),
            rows: medicines,
            banner: None,
        };
        let empty = Self {
            section: Section::Allergies,
            rows: Vec::new(),
            pager: Pager::new(&list(Section::Allergies), 1, 50, 0),
            ..normal.clone()
        };
        let many = Self {
            section: Section::Observations,
            rows: (0..50)
                .map(|n| {
                    row(
                        Section::Observations,
                        "Blood pressure",
                        &format!("November {}, 2026", 28 - n % 28),
                        None,
                        &[("Value", "132 over 84 mmHg")],
                    )
                })
                .collect(),
            pager: Pager::new(&list(Section::Observations), 2, 50, 812),
            ..normal.clone()
        };
        let long = Self {
            section: Section::Problems,
            rows: vec![
                row(
                    Section::Problems,
                    "Chronic obstructive pulmonary disease with acute exacerbation and dependence on supplemental oxygen, following occupational exposure",
                    "Since January 12, 1998",
                    active(),
                    &[("Written down by", SAMPLE_LONG_NAME)],
                ),
                row(
                    Section::Problems,
                    "Pneumonoultramicroscopicsilicovolcanoconiosis-and-more-without-any-break",
                    "",
                    Some(Tag::new("No longer there", Tone::Plain)),
                    &[],
                ),
                Row {
                    url: None,
                    ..row(
                        Section::Problems,
                        "ارتفاع ضغط الدم",
                        "Since March 1, 2019",
                        active(),
                        &[("Written down by", SAMPLE_RTL_NAME)],
                    )
                },
                row(Section::Problems, "Feeling 🤒 (as you told us)", "", None, &[]),
            ],
            pager: Pager::new(&list(Section::Problems), 1, 50, 4),
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        let staff_empty = Self { banner: Some(sample_banner()), ..empty.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("50-rows", many),
            ("long-names", long),
            ("staff", staff),
            ("staff-empty", staff_empty),
        ]
    }
}

/// A note: a heading and text whose line breaks are kept.
#[derive(Clone)]
pub struct Note {
    /// The heading: kind of note.
    pub heading: String,
    /// Who wrote it and when; empty when not known.
    pub by: String,
    /// The text.
    pub text: String,
}

/// One entry of the record with all that is known about it.
#[derive(Clone, Template)]
#[template(path = "record/templates/item.html")]
pub struct Item {
    /// The patient's id.
    pub patient: String,
    /// The section it belongs to.
    pub section: Section,
    /// What it is.
    pub heading: String,
    /// Its state in words.
    pub status: Option<Tag>,
    /// When, in words; empty when not known.
    pub when: String,
    /// What is known about it.
    pub facts: Vec<Fact>,
    /// Notes that belong to it.
    pub notes: Vec<Note>,
    /// Other entries that belong with it: the visit, the results.
    pub links: Vec<LinkGroup>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// Who sees it, for whom may know.
    pub privacy: Option<Privacy>,
}

impl View for Item {
    fn title(&self) -> String {
        words::t("record-item-title")
    }

    fn place(&self) -> Place {
        section_place(self.section)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            section: Section::Medicines,
            heading: "Lisinopril 10 mg tablet".to_owned(),
            status: Some(Tag::new("Active", Tone::Good)),
            when: "Since Wednesday, November 18, 2026".to_owned(),
            facts: vec![
                Fact::new("How to take it", "One tablet a day, in the morning"),
                Fact::new("Why", "High blood pressure"),
                Fact::new("Ordered by", "Dr. Lena Park"),
                Fact::new("Came from", "Riverside Clinic"),
            ],
            notes: Vec::new(),
            links: vec![LinkGroup {
                heading: words::t("record-links-visit"),
                lines: vec![LinkLine::new(
                    "Yearly check-up",
                    urls::item(SAMPLE_PATIENT, Section::Encounters, "0197f2c4-0002"),
                    "November 18, 2026",
                )],
            }],
            banner: None,
            privacy: Some(Privacy::sample(Section::Medicines)),
        };
        let note = Self {
            section: Section::Documents,
            heading: "Progress note".to_owned(),
            status: None,
            facts: vec![Fact::new("Written by", "Dr. Lena Park"), Fact::new("Kind", "Evaluation and plan")],
            notes: vec![Note {
                heading: "Note".to_owned(),
                by: "Dr. Lena Park, November 18, 2026".to_owned(),
                text: sample_note(),
            }],
            ..normal.clone()
        };
        let empty = Self {
            heading: "Procedure without a name".to_owned(),
            section: Section::Procedures,
            status: None,
            when: String::new(),
            facts: Vec::new(),
            links: Vec::new(),
            ..normal.clone()
        };
        let long = Self {
            heading: "Comprehensive metabolic panel with estimated glomerular filtration rate (creatinine-based CKD-EPI 2021)".to_owned(),
            facts: vec![
                Fact::new("Ordered by", SAMPLE_LONG_NAME),
                Fact::new("Place", SAMPLE_RTL_NAME),
                Fact::new("Identifier", "urn:oid:2.16.840.1.113883.3.4424.1.1.999999999999999999999999999999999999"),
                Fact::new("Mood", "🙂"),
            ],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), privacy: Some(Privacy::sample_of_staff()), ..note.clone() };
        let of =
            |privacy: Privacy, state: PrivacyState| Privacy { state, by_own: state == PrivacyState::Kept, ..privacy };
        let patient = |state| Self { privacy: Some(of(Privacy::sample(Section::Problems), state)), ..normal.clone() };
        let team = |state| Self {
            banner: Some(sample_banner()),
            privacy: Some(of(Privacy::sample_of_staff(), state)),
            ..normal.clone()
        };
        let nobody = Self { privacy: None, ..normal.clone() };
        vec![
            ("private", patient(PrivacyState::Kept)),
            ("private-by-team", patient(PrivacyState::KeptByOther)),
            ("sensitive", patient(PrivacyState::Sensitive)),
            ("private-with-another", patient(PrivacyState::WithAnother)),
            ("private-by-patient", team(PrivacyState::KeptByOther)),
            ("staff-private", team(PrivacyState::Kept)),
            ("staff-sensitive", team(PrivacyState::Sensitive)),
            ("staff-private-with-another", team(PrivacyState::WithAnother)),
            ("caregiver", nobody),
            ("normal", normal),
            ("note", note),
            ("empty", empty),
            ("long-names", long),
            ("staff", staff),
        ]
    }
}

/// A note for samples.
fn sample_note() -> String {
    "Chief Complaint\n- Here for a yearly check-up.\n\nHistory of Present Illness\nMaya is a 41 year-old woman. She feels well. Blood pressure at home runs 128 to 136 over 80 to 86.\n\nSocial History\nNever smoked. Works as a teacher.\n\nAssessment and Plan\n1. High blood pressure: start lisinopril 10 mg, one tablet a day.\n2. Check the basic metabolic panel in two days.\n   - Call if dizzy.\n3. Flu shot given today.".to_owned()
}
