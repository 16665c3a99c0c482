//! What the day's list receives.

use askama::Template;

use super::{SAMPLE_VISIT, visit::StepButton};
use crate::shell::{
    urls,
    view::{
        Choice, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone, View, problems,
    },
    words::{self, filters},
};

/// One visit of the day.
#[derive(Clone)]
pub struct Line {
    /// "9:00 am".
    pub time: String,
    /// The patient's name; that the record was erased, where it was.
    pub name: String,
    /// "March 14, 1985".
    pub born: String,
    /// The kind of visit.
    pub kind: String,
    /// Where, or that it is by phone.
    pub place: String,
    /// Where it stands.
    pub tag: Tag,
    /// The visit's page.
    pub url: String,
    /// What can be said of it.
    pub steps: Vec<StepButton>,
}

/// The visits of one practitioner.
#[derive(Clone)]
pub struct Column {
    /// For the heading's id.
    pub number: String,
    /// Whose.
    pub name: String,
    /// In order.
    pub lines: Vec<Line>,
}

/// A day at the clinic.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/day.html")]
pub struct Day {
    /// "Tuesday, December 1, 2026".
    pub date: String,
    /// The same for addresses.
    pub on: String,
    /// The day in the form, and what is wrong with it.
    pub typed: Field,
    /// Whether it is today.
    pub today: bool,
    /// The day before.
    pub before: String,
    /// The day after.
    pub after: String,
    /// Whom to show.
    pub people: Vec<Choice>,
    /// Which place.
    pub places: Vec<Choice>,
    /// By practitioner.
    pub columns: Vec<Column>,
}

impl Day {
    fn problems(&self) -> Vec<Problem> {
        problems([("on", &self.typed.problem)])
    }
}

impl View for Day {
    fn title(&self) -> String {
        words::t("visits-day-title")
    }
    fn place(&self) -> Place {
        Place::Today
    }
    fn has_problems(&self) -> bool {
        self.typed.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let step = StepButton::sample;
        let line = |time: &str, name: &str, state: &str, tone: Tone, steps: Vec<StepButton>| Line {
            time: time.replace(' ', "\u{a0}"),
            name: name.to_owned(),
            born: "March\u{a0}14, 1985".to_owned(),
            kind: "Check-up".to_owned(),
            place: "Riverside Main".to_owned(),
            tag: Tag::new(words::t(&format!("visits-state-{state}")), tone),
            url: urls::visit(SAMPLE_PATIENT, SAMPLE_VISIT),
            steps,
        };
        let booked = || vec![step("arrive")];
        let lines = vec![
            line("8:30 am", "Ana Ruiz", "fulfilled", Tone::Plain, vec![step("undo")]),
            line("9:00 am", "Maya Okafor", "arrived", Tone::Good, vec![step("fulfil"), step("undo")]),
            line("9:30 am", "Ben Okafor", "booked", Tone::Plain, booked()),
            line("10:00 am", "Joe Miller", "cancelled", Tone::Caution, Vec::new()),
        ];
        let choices =
            |first: &str, other: &str| vec![Choice::new("", words::t(first), true), Choice::new("x", other, false)];
        let normal = Self {
            date: "Tuesday, December\u{a0}1, 2026".to_owned(),
            on: "2026-12-01".to_owned(),
            typed: Field::typed("12/1/2026"),
            today: true,
            before: format!("{}?on=2026-11-30", urls::DAY),
            after: format!("{}?on=2026-12-02", urls::DAY),
            people: choices("visits-day-everybody", "Dr. Lena Park"),
            places: choices("visits-day-everywhere", "Riverside Main"),
            columns: vec![
                Column { number: "1".to_owned(), name: "Dr. Lena Park".to_owned(), lines: lines.clone() },
                Column { number: "2".to_owned(), name: "Dr. Omar Haddad".to_owned(), lines: lines.clone() },
            ],
        };
        let empty = Self { columns: Vec::new(), today: false, ..normal.clone() };
        let error = Self { typed: Field::wrong("someday", words::t("visits-problem-day")), ..empty.clone() };
        let own =
            Self { people: Vec::new(), columns: normal.columns.iter().take(1).cloned().collect(), ..normal.clone() };
        let names = vec![
            line("9:00 am", SAMPLE_LONG_NAME, "booked", Tone::Plain, booked()),
            line("9:30 am", SAMPLE_RTL_NAME, "booked", Tone::Plain, booked()),
        ];
        let long = Self {
            columns: vec![Column { number: "1".to_owned(), name: SAMPLE_LONG_NAME.to_owned(), lines: names }],
            ..normal.clone()
        };
        let many = (0..50).map(|_| line("9:00 am", "Ana Ruiz", "booked", Tone::Plain, booked())).collect();
        let many = Self {
            columns: vec![Column { number: "1".to_owned(), name: "Dr. Lena Park".to_owned(), lines: many }],
            ..normal.clone()
        };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("error", error),
            ("own", own),
            ("long-names", long),
            ("50-rows", many),
        ]
    }
}
