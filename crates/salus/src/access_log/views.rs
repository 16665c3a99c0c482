//! What "Who opened my record" receives.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, sample_phone};
use crate::shell::words::{self, filters};

/// One look, or several of the same kind taken together.
#[derive(Clone)]
pub struct Look {
    /// The time of day with its zone, or "12 times" for looks taken together.
    pub time: String,
    /// Who looked: a name, "You", or "A program of the clinic".
    pub who: String,
    /// What they do here, in words; empty for the patient.
    pub role: String,
    /// What was looked at or done, in plain words: "Opened your results".
    pub what: String,
    /// Why, in words: "Treatment".
    pub purpose: String,
    /// Whether it was refused.
    pub refused: bool,
    /// Whether it was the patient.
    pub you: bool,
}

/// The looks of one day.
#[derive(Clone)]
pub struct Day {
    /// "Sunday, November 22, 2026".
    pub heading: String,
    /// The looks, the newest first.
    pub looks: Vec<Look>,
}

/// Who opened the record, by day.
#[derive(Clone, Template)]
#[template(path = "access_log/templates/index.html")]
pub struct AccessLog {
    /// The patient's id.
    pub patient: String,
    /// The days on this page, the newest first.
    pub days: Vec<Day>,
    /// The beginning of the list, when this is not it.
    pub newest: Option<String>,
    /// What comes after this page, if anything.
    pub older: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for AccessLog {
    fn title(&self) -> String {
        words::t("access-log-title")
    }

    fn place(&self) -> Place {
        Place::AccessLog
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let list = urls::access_log(SAMPLE_PATIENT);
        let look = |time: &str, who: &str, role: &str, what: &str, purpose: &str| Look {
            time: time.to_owned(),
            who: who.to_owned(),
            role: role.to_owned(),
            what: what.to_owned(),
            purpose: purpose.to_owned(),
            refused: false,
            you: who == "You",
        };
        let at = |time: &str| format!("{time}\u{a0}am Pacific\u{a0}Time");
        let doctor = "Doctor or nurse, in your care team";
        let day = |heading: &str, looks: Vec<Look>| Day { heading: heading.to_owned(), looks };
        let refused = Look {
            refused: true,
            ..look(
                &at("9:31"),
                "Omar Haddad",
                "Doctor or nurse, not in your care team",
                "Tried to open your record",
                "",
            )
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            days: vec![
                day(
                    "Sunday, November 22, 2026",
                    vec![
                        look(&at("8:12"), "You", "", "Opened your results", ""),
                        look(&at("8:02"), "Dr. Lena Park", doctor, "Opened your medicines", "Treatment"),
                        look(
                            "12 times",
                            "Jamie Ruiz",
                            "Front desk",
                            "Saw your name in a list of patients",
                            "Running the clinic",
                        ),
                    ],
                ),
                day(
                    "Friday, November 20, 2026",
                    vec![
                        look(
                            &at("4:40"),
                            "A program of the clinic",
                            "Import",
                            "Added to your record",
                            "Running the clinic",
                        ),
                        refused,
                    ],
                ),
            ],
            newest: None,
            older: None,
            clinic_phone: sample_phone(),
        };
        let empty = Self { days: Vec::new(), ..normal.clone() };
        let many = Self {
            days: (0..5)
                .map(|n| {
                    let looks = (0..10)
                        .map(|m| {
                            look(&at(&format!("8:{m:02}")), "Dr. Lena Park", doctor, "Opened your results", "Treatment")
                        })
                        .collect();
                    day(&format!("November {}, 2026", 22 - n), looks)
                })
                .collect(),
            newest: Some(list.clone()),
            older: Some(list),
            ..normal.clone()
        };
        let long = Self {
            days: vec![day(
                "Sunday, November 22, 2026",
                vec![
                    look(
                        &at("8:12"),
                        SAMPLE_LONG_NAME,
                        "Consultant in pulmonary rehabilitation and sleep medicine, in your care team",
                        "Opened the notes of your visit",
                        "Treatment",
                    ),
                    look(&at("8:12"), SAMPLE_RTL_NAME, doctor, "Opened your medicines", "Treatment"),
                    look(&at("8:12"), "Sunny 🌻", doctor, "Opened your medicines", "Treatment"),
                ],
            )],
            ..normal.clone()
        };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long)]
    }
}

/// What the file is, and the button.
#[derive(Clone, Template)]
#[template(path = "access_log/templates/copy.html")]
pub struct Copy {
    /// The patient's id.
    pub patient: String,
}

impl View for Copy {
    fn title(&self) -> String {
        words::t("access-log-copy-title")
    }

    fn place(&self) -> Place {
        Place::AccessLog
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("normal", Self { patient: SAMPLE_PATIENT.to_owned() })]
    }
}
