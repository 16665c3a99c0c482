//! What the pages of results receive: panels, one report, the history of one test.

use askama::Template;

use super::*;

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
    /// Who sees it, for whom may know.
    pub privacy: Option<Privacy>,
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
            privacy: Some(Privacy::sample(Section::Results)),
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
