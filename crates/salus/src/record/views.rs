//! What the pages of the record receive. Staff see the same pages with a [`ChartBanner`] above.

use askama::Template;

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
        let staff = Self { banner: Some(sample_banner()), ..note.clone() };
        vec![("normal", normal), ("note", note), ("empty", empty), ("long-names", long), ("staff", staff)]
    }
}

/// A note for samples.
fn sample_note() -> String {
    "Chief Complaint\n- Here for a yearly check-up.\n\nHistory of Present Illness\nMaya is a 41 year-old woman. She feels well. Blood pressure at home runs 128 to 136 over 80 to 86.\n\nSocial History\nNever smoked. Works as a teacher.\n\nAssessment and Plan\n1. High blood pressure: start lisinopril 10 mg, one tablet a day.\n2. Check the basic metabolic panel in two days.\n   - Call if dizzy.\n3. Flu shot given today.".to_owned()
}

/// A report in the list of results.
#[derive(Clone)]
pub struct ResultLine {
    /// The panel's or test's name.
    pub title: String,
    /// Its page.
    pub url: String,
    /// When, in words.
    pub when: String,
    /// "8 tests, 1 outside the usual range"; a single value in words.
    pub summary: String,
    /// In words whether all is in range.
    pub flag: Option<Tag>,
}

/// Results of one month or day.
#[derive(Clone)]
pub struct ResultGroup {
    /// "November 2026".
    pub heading: String,
    /// The reports.
    pub lines: Vec<ResultLine>,
}

/// The list of results, by month.
#[derive(Clone, Template)]
#[template(path = "record/templates/results.html")]
pub struct ResultsList {
    /// The patient's id.
    pub patient: String,
    /// The reports on this page.
    pub groups: Vec<ResultGroup>,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for ResultsList {
    fn title(&self) -> String {
        section_title(Section::Results)
    }

    fn place(&self) -> Place {
        Place::Results
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let list = urls::section(SAMPLE_PATIENT, Section::Results);
        let line = |title: &str, when: &str, summary: &str, flag: Option<Tag>| ResultLine {
            title: title.to_owned(),
            url: urls::item(SAMPLE_PATIENT, Section::Results, "0197f2c4-0003"),
            when: when.to_owned(),
            summary: summary.to_owned(),
            flag,
        };
        let high = || Some(Tag::new("1 outside range", Tone::Caution));
        let usual = || Some(Tag::new("In range", Tone::Good));
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            groups: vec![
                ResultGroup {
                    heading: "November 2026".to_owned(),
                    lines: vec![
                        line("Basic metabolic panel", "Friday, November 20", "8 tests", high()),
                        line("Lipid panel", "Friday, November 20", "4 tests", usual()),
                    ],
                },
                ResultGroup {
                    heading: "June 2024".to_owned(),
                    lines: vec![
                        line("Complete blood count", "Sunday, June 2", "11 tests", usual()),
                        line("Urine test", "Sunday, June 2", "14 tests", None),
                    ],
                },
            ],
            pager: Pager::new(&list, 1, 50, 4),
            banner: None,
        };
        let empty = Self { groups: Vec::new(), pager: Pager::new(&list, 1, 50, 0), ..normal.clone() };
        let many = Self {
            groups: (0..5)
                .map(|month| ResultGroup {
                    heading: format!(
                        "{} 2026",
                        ["November", "October", "September", "August", "July"].get(month).copied().unwrap_or_default()
                    ),
                    lines: (1..=10)
                        .map(|n| {
                            line(
                                "Basic metabolic panel",
                                &format!("Day {n}"),
                                "8 tests",
                                if n % 3 == 0 { high() } else { usual() },
                            )
                        })
                        .collect(),
                })
                .collect(),
            pager: Pager::new(&list, 1, 50, 812),
            ..normal.clone()
        };
        let long = Self {
            groups: vec![ResultGroup {
                heading: "November 2026".to_owned(),
                lines: vec![
                    line(
                        "Comprehensive metabolic panel with estimated glomerular filtration rate (creatinine-based CKD-EPI 2021)",
                        "Friday, November 20",
                        "37 tests",
                        Some(Tag::new("12 outside the usual range, 2 not done", Tone::Caution)),
                    ),
                    line("تحليل الدم الشامل", "Friday, November 20", SAMPLE_RTL_NAME, usual()),
                    line("Test with 🧪", "Friday, November 20", "1 test", None),
                ],
            }],
            pager: Pager::new(&list, 1, 50, 3),
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long), ("staff", staff)]
    }
}

/// One value in a report.
#[derive(Clone)]
pub struct ValueRow {
    /// The test's name.
    pub test: String,
    /// All results of this test; none when there is only this one.
    pub history: Option<String>,
    /// The value with its unit.
    pub value: String,
    /// The usual range in words; empty when there is none.
    pub range: String,
    /// "High", "Low", "In range"; none without a range.
    pub flag: Option<Tag>,
}

/// One report with its table of values.
#[derive(Clone, Template)]
#[template(path = "record/templates/report.html")]
pub struct Report {
    /// The patient's id.
    pub patient: String,
    /// The panel's name.
    pub heading: String,
    /// Its state in words.
    pub status: Option<Tag>,
    /// When, in words.
    pub when: String,
    /// Who ordered it, the laboratory.
    pub facts: Vec<Fact>,
    /// The values.
    pub values: Vec<ValueRow>,
    /// The report in words.
    pub notes: Vec<Note>,
    /// The visit and others.
    pub links: Vec<LinkGroup>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for Report {
    fn title(&self) -> String {
        words::t("record-report-title")
    }

    fn place(&self) -> Place {
        Place::Results
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let history = || Some(urls::test_history(SAMPLE_PATIENT, "0197f2c4-0004"));
        let value = |test: &str, value: &str, range: &str, flag: Option<(&str, Tone)>| ValueRow {
            test: test.to_owned(),
            history: history(),
            value: value.to_owned(),
            range: range.to_owned(),
            flag: flag.map(|(text, tone)| Tag::new(text, tone)),
        };
        let usual = Some(("In range", Tone::Good));
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            heading: "Basic metabolic panel".to_owned(),
            status: Some(Tag::new("Final", Tone::Plain)),
            when: "Friday, November 20, 2026, 8:12\u{a0}am Pacific\u{a0}Time".to_owned(),
            facts: vec![Fact::new("Ordered by", "Dr. Lena Park"), Fact::new("Laboratory", "Riverside Laboratory")],
            values: vec![
                value("Glucose", "112 mg/dL", "70 to 99", Some(("High", Tone::Caution))),
                value("Potassium", "4.1 mmol/L", "3.5 to 5.1", usual),
                value("Sodium", "139 mmol/L", "136 to 145", usual),
                value("Calcium", "8.1 mg/dL", "8.5 to 10.2", Some(("Low", Tone::Caution))),
                value("Kidney function (eGFR)", "31 mL/min/1.73 m²", "60 or more", Some(("Very low", Tone::Bad))),
                ValueRow { history: None, ..value("Appearance of the sample", "Clear", "", None) },
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
        };
        let words_only = Self {
            heading: "Chest x-ray".to_owned(),
            values: Vec::new(),
            notes: vec![Note {
                heading: "Report".to_owned(),
                by: "Dr. Omar Haddad, November 20, 2026".to_owned(),
                text: "Clear lungs. The heart has its usual size.\n\nNo change since June 2, 2024.".to_owned(),
            }],
            ..normal.clone()
        };
        let empty = Self {
            values: Vec::new(),
            facts: Vec::new(),
            links: Vec::new(),
            status: Some(Tag::new("Not ready yet", Tone::Plain)),
            ..normal.clone()
        };
        let many = Self {
            values: (0..50)
                .map(|n| {
                    value(
                        &format!("Test {n}"),
                        "4.1 mmol/L",
                        "3.5 to 5.1",
                        if n % 7 == 0 { Some(("High", Tone::Caution)) } else { usual },
                    )
                })
                .collect(),
            ..normal.clone()
        };
        let long = Self {
            heading: "Comprehensive metabolic panel with estimated glomerular filtration rate (creatinine-based CKD-EPI 2021)".to_owned(),
            values: vec![
                value("Glomerular filtration rate/1.73 sq M predicted by creatinine-based formula in serum, plasma or blood", "31.123456789 mL/min/{1.73_m2}", "60 or more, except during pregnancy and in children under two years", Some(("Outside the usual range", Tone::Caution))),
                value("السكر في الدم", "١١٢", "", None),
                value("Methicillin-resistant-Staphylococcus-aureus-DNA-presence", "Detected (qualifier value) 🦠", "Not detected", Some(("Not as expected", Tone::Caution))),
            ],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![
            ("normal", normal),
            ("words-only", words_only),
            ("empty", empty),
            ("50-rows", many),
            ("long-names", long),
            ("staff", staff),
        ]
    }
}

/// One result in the history of a test.
#[derive(Clone)]
pub struct HistoryRow {
    /// When, in words.
    pub when: String,
    /// The value with its unit.
    pub value: String,
    /// The usual range in words; empty when there is none.
    pub range: String,
    /// "High", "Low", "In range".
    pub flag: Option<Tag>,
    /// The report it belongs to.
    pub report: Option<String>,
}

/// All results of one test.
#[derive(Clone, Template)]
#[template(path = "record/templates/history.html")]
pub struct TestHistory {
    /// The patient's id.
    pub patient: String,
    /// The test's name.
    pub heading: String,
    /// The results, the newest first.
    pub rows: Vec<HistoryRow>,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for TestHistory {
    fn title(&self) -> String {
        words::t("record-history-title")
    }

    fn place(&self) -> Place {
        Place::Results
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let list = urls::test_history(SAMPLE_PATIENT, "0197f2c4-0004");
        let row = |n: usize| HistoryRow {
            when: format!("November {}, {}", 28 - n % 28, 2026 - n),
            value: format!("{} mg/dL", 112 - n % 30),
            range: "70 to 99".to_owned(),
            flag: Some(if n % 30 < 13 { Tag::new("High", Tone::Caution) } else { Tag::new("In range", Tone::Good) }),
            report: Some(urls::item(SAMPLE_PATIENT, Section::Results, "0197f2c4-0003")),
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            heading: "Glucose".to_owned(),
            rows: (0..5).map(row).collect(),
            pager: Pager::new(&list, 1, 50, 5),
            banner: None,
        };
        let one = Self {
            rows: vec![HistoryRow { report: None, range: String::new(), flag: None, ..row(0) }],
            pager: Pager::new(&list, 1, 50, 1),
            ..normal.clone()
        };
        let many = Self { rows: (0..50).map(row).collect(), pager: Pager::new(&list, 1, 50, 120), ..normal.clone() };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("one", one), ("50-rows", many), ("staff", staff)]
    }
}

/// A visit that happened, with what belongs to it.
#[derive(Clone, Template)]
#[template(path = "record/templates/encounter.html")]
pub struct EncounterPage {
    /// The patient's id.
    pub patient: String,
    /// "Yearly check-up".
    pub heading: String,
    /// Its state in words.
    pub status: Option<Tag>,
    /// When, in words, with the zone of the place.
    pub when: String,
    /// With whom, where, why.
    pub facts: Vec<Fact>,
    /// The notes.
    pub notes: Vec<Note>,
    /// Results, medicines, procedures and vaccines of this visit, by kind.
    pub links: Vec<LinkGroup>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for EncounterPage {
    fn title(&self) -> String {
        words::t("record-visit-title")
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let item = |section: Section| urls::item(SAMPLE_PATIENT, section, "0197f2c4-0001");
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            heading: "Yearly check-up".to_owned(),
            status: Some(Tag::new("Finished", Tone::Plain)),
            when: "Wednesday, November 18, 2026, 10:20 to 10:45\u{a0}am Pacific\u{a0}Time".to_owned(),
            facts: vec![
                Fact::new("With", "Dr. Lena Park"),
                Fact::new("Where", "Riverside Clinic, Portland"),
                Fact::new("Why", "Yearly check-up"),
            ],
            notes: vec![Note {
                heading: "Progress note".to_owned(),
                by: "Dr. Lena Park, November 18, 2026".to_owned(),
                text: sample_note(),
            }],
            links: vec![
                LinkGroup {
                    heading: section_title(Section::Results),
                    lines: vec![
                        LinkLine::new("Basic metabolic panel", item(Section::Results), "8 tests")
                            .tagged("1 outside range", Tone::Caution),
                    ],
                },
                LinkGroup {
                    heading: section_title(Section::Medicines),
                    lines: vec![LinkLine::new("Lisinopril 10 mg tablet", item(Section::Medicines), "One tablet a day")],
                },
                LinkGroup {
                    heading: section_title(Section::Immunizations),
                    lines: vec![LinkLine::new("Flu shot", item(Section::Immunizations), "")],
                },
            ],
            banner: None,
        };
        let empty = Self { facts: Vec::new(), notes: Vec::new(), links: Vec::new(), ..normal.clone() };
        let long = Self {
            heading: "Encounter for problem (procedure) with referral to pulmonary rehabilitation".to_owned(),
            facts: vec![Fact::new("With", SAMPLE_LONG_NAME), Fact::new("Where", SAMPLE_RTL_NAME)],
            ..normal.clone()
        };
        let many = Self {
            links: vec![LinkGroup {
                heading: section_title(Section::Observations),
                lines: (0..50)
                    .map(|n| LinkLine::new(format!("Test {n}"), item(Section::Observations), "4.1 mmol/L"))
                    .collect(),
            }],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("long-names", long), ("50-rows", many), ("staff", staff)]
    }
}

/// A document in the list.
#[derive(Clone)]
pub struct DocumentLine {
    /// Its title or kind.
    pub title: String,
    /// Its page.
    pub url: String,
    /// When, in words.
    pub when: String,
    /// Who wrote it; empty when not known.
    pub author: String,
    /// The visit it belongs to; empty when none.
    pub visit: String,
}

/// The list of notes and documents.
#[derive(Clone, Template)]
#[template(path = "record/templates/documents.html")]
pub struct Documents {
    /// The patient's id.
    pub patient: String,
    /// The documents on this page.
    pub lines: Vec<DocumentLine>,
    /// Which part of the list this is.
    pub pager: Pager,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for Documents {
    fn title(&self) -> String {
        section_title(Section::Documents)
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let list = urls::section(SAMPLE_PATIENT, Section::Documents);
        let line = |n: usize| DocumentLine {
            title: ["Progress note", "Visit summary", "Discharge letter"]
                .get(n % 3)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            url: urls::item(SAMPLE_PATIENT, Section::Documents, "0197f2c4-0005"),
            when: format!("November {}, 2026", 28 - n % 28),
            author: "Dr. Lena Park".to_owned(),
            visit: "Yearly check-up".to_owned(),
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            lines: (0..3).map(line).collect(),
            pager: Pager::new(&list, 1, 50, 3),
            banner: None,
        };
        let empty = Self { lines: Vec::new(), pager: Pager::new(&list, 1, 50, 0), ..normal.clone() };
        let many =
            Self { lines: (0..50).map(line).collect(), pager: Pager::new(&list, 1, 50, 1_693), ..normal.clone() };
        let long = Self {
            lines: vec![
                DocumentLine {
                    title:
                        "History and physical note with evaluation and plan, amended after review by the tumor board"
                            .to_owned(),
                    author: SAMPLE_LONG_NAME.to_owned(),
                    ..line(0)
                },
                DocumentLine {
                    title: "رسالة".to_owned(),
                    author: SAMPLE_RTL_NAME.to_owned(),
                    visit: String::new(),
                    ..line(1)
                },
                DocumentLine {
                    title: "Letter ✉️".to_owned(), author: String::new(), visit: String::new(), ..line(2)
                },
            ],
            pager: Pager::new(&list, 1, 50, 3),
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long), ("staff", staff)]
    }
}

/// Someone who takes care of the patient.
#[derive(Clone)]
pub struct TeamMember {
    /// The name.
    pub name: String,
    /// The role in words.
    pub role: String,
    /// Where they work; empty when not known.
    pub place: String,
    /// Their telephone number; empty when not known.
    pub phone: String,
}

/// A team with its people.
#[derive(Clone)]
pub struct Team {
    /// The team's name.
    pub name: String,
    /// Since when, or from when to when, in words.
    pub when: String,
    /// Its state in words.
    pub status: Option<Tag>,
    /// Its page in the record, if any.
    pub url: Option<String>,
    /// Its people.
    pub members: Vec<TeamMember>,
}

/// The people who take care of the patient.
#[derive(Clone, Template)]
#[template(path = "record/templates/care_team.html")]
pub struct CareTeams {
    /// The patient's id.
    pub patient: String,
    /// The teams, the present ones first.
    pub teams: Vec<Team>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for CareTeams {
    fn title(&self) -> String {
        section_title(Section::CareTeam)
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let member = |name: &str, role: &str| TeamMember {
            name: name.to_owned(),
            role: role.to_owned(),
            place: "Riverside Clinic, Portland".to_owned(),
            phone: sample_team_phone(),
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            teams: vec![
                Team {
                    name: "Primary care".to_owned(),
                    when: "Since June 2, 2024".to_owned(),
                    status: Some(Tag::new("Active", Tone::Good)),
                    url: None,
                    members: vec![member("Dr. Lena Park", "Family doctor"), member("Jamie Ruiz, RN", "Nurse")],
                },
                Team {
                    name: "Physical therapy".to_owned(),
                    when: "January 4 to March 30, 2023".to_owned(),
                    status: Some(Tag::new("Ended", Tone::Plain)),
                    url: None,
                    members: vec![TeamMember {
                        phone: String::new(),
                        place: String::new(),
                        ..member("Omar Haddad", "Physical therapist")
                    }],
                },
            ],
            banner: None,
        };
        let empty = Self { teams: Vec::new(), ..normal.clone() };
        let long = Self {
            teams: vec![Team {
                name: "Care team for chronic obstructive pulmonary disease and heart failure".to_owned(),
                when: String::new(),
                status: None,
                url: None,
                members: vec![
                    member(SAMPLE_LONG_NAME, "Consultant in pulmonary rehabilitation and sleep medicine"),
                    member(SAMPLE_RTL_NAME, "Nurse"),
                    member("Sunny 🌻", "Family member"),
                ],
            }],
            ..normal.clone()
        };
        let many = Self {
            teams: vec![Team {
                members: (0..50).map(|n| member(&format!("Dr. Number {n}"), "Doctor")).collect(),
                name: "Hospital stay".to_owned(),
                when: String::new(),
                status: None,
                url: None,
            }],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("long-names", long), ("50-rows", many), ("staff", staff)]
    }
}

fn sample_team_phone() -> String {
    "(503) 555-0117".to_owned()
}

/// A goal.
#[derive(Clone)]
pub struct GoalLine {
    /// The goal in words.
    pub text: String,
    /// Its page.
    pub url: Option<String>,
    /// How it stands, in words.
    pub status: Option<Tag>,
    /// Target, by when, for which problem.
    pub facts: Vec<Fact>,
}

/// The patient's goals.
#[derive(Clone, Template)]
#[template(path = "record/templates/goals.html")]
pub struct Goals {
    /// The patient's id.
    pub patient: String,
    /// The goals, the present ones first.
    pub goals: Vec<GoalLine>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
}

impl View for Goals {
    fn title(&self) -> String {
        section_title(Section::Goals)
    }

    fn place(&self) -> Place {
        Place::Record
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let goal = |text: &str, status: Tag| GoalLine {
            text: text.to_owned(),
            url: Some(urls::item(SAMPLE_PATIENT, Section::Goals, "0197f2c4-0006")),
            status: Some(status),
            facts: vec![Fact::new("Target", "Below 130 over 80"), Fact::new("By", "March 1, 2027")],
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            goals: vec![
                goal("Lower blood pressure", Tag::new("In progress", Tone::Good)),
                goal("Walk 30 minutes a day", Tag::new("Reached", Tone::Plain)),
            ],
            banner: None,
        };
        let empty = Self { goals: Vec::new(), ..normal.clone() };
        let long = Self {
            goals: vec![
                goal(
                    "Maintain a hemoglobin A1c below seven percent while avoiding low blood sugar, and keep walking with the group every Wednesday",
                    Tag::new("In progress", Tone::Good),
                ),
                GoalLine {
                    url: None, facts: Vec::new(), status: None, ..goal("هدف 🎯", Tag::new("", Tone::Plain))
                },
            ],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("long-names", long), ("staff", staff)]
    }
}
