//! What the pages of visits, documents, care teams and goals receive.

use askama::Template;

use super::*;

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
    /// Who sees it, for whom may know.
    pub privacy: Option<Privacy>,
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
            privacy: Some(Privacy::sample(Section::Encounters)),
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
