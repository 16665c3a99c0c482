//! What the pages of a patient's visits receive: the list, one visit, calling it off.

use askama::Template;

use super::{SAMPLE_VISIT, Whose, sample_own, sample_staff};
use crate::shell::{
    urls,
    view::{
        Choice, Fact, Field, LinkLine, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone,
        View, problems,
    },
    words::{self, filters},
};

/// A patient's visits.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/index.html")]
pub struct Index {
    /// Whose.
    pub whose: Whose,
    /// Whether the reader books.
    pub books: bool,
    /// Where a time can be confirmed that is kept right now, and until when.
    pub kept: Option<(String, String)>,
    /// Still to come, the next one first.
    pub upcoming: Vec<LinkLine>,
    /// Over, moved or called off, the latest first.
    pub past: Vec<LinkLine>,
}

impl View for Index {
    fn title(&self) -> String {
        words::t(&self.whose.id("visits-title"))
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |when: &str, note: &str| LinkLine::new(when, urls::visit(SAMPLE_PATIENT, SAMPLE_VISIT), note);
        let first = line(
            "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Central\u{a0}Time",
            "Check-up with Dr. Lena Park, Riverside Main",
        );
        let over = line(
            "Monday, November\u{a0}2, 2026, 2:00\u{a0}pm Central\u{a0}Time",
            "Follow-up with Dr. Lena Park, by phone",
        );
        let normal = Self {
            whose: sample_own(),
            books: true,
            kept: None,
            upcoming: vec![first.clone()],
            past: vec![over.clone(), over.clone().tagged(words::t("visits-state-cancelled"), Tone::Caution)],
        };
        let kept = Self {
            kept: Some((
                urls::visit_confirm(SAMPLE_PATIENT, SAMPLE_VISIT),
                "9:10\u{a0}am Central\u{a0}Time".to_owned(),
            )),
            ..normal.clone()
        };
        let empty = Self { upcoming: Vec::new(), past: Vec::new(), ..normal.clone() };
        let long = line(
            "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Central\u{a0}Time",
            &format!("Check-up with {SAMPLE_LONG_NAME}, {SAMPLE_RTL_NAME}"),
        );
        let long = Self { upcoming: vec![long], ..normal.clone() };
        let many = Self { past: vec![over; 50], ..normal.clone() };
        let staff = Self { whose: sample_staff(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("kept", kept),
            ("empty", empty),
            ("long-names", long),
            ("50-rows", many),
            ("staff", staff),
        ]
    }
}

/// A button that says how a visit goes.
#[derive(Clone)]
pub struct StepButton {
    /// Where that is said.
    pub url: String,
    /// Its words.
    pub label: String,
}

impl StepButton {
    /// One for the gallery.
    pub(super) fn sample(word: &str) -> Self {
        Self {
            url: urls::visit_step(SAMPLE_PATIENT, SAMPLE_VISIT, word),
            label: words::t(&format!("visits-step-{word}")),
        }
    }
}

/// One visit.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/show.html")]
pub struct Show {
    /// Whose.
    pub whose: Whose,
    /// The visit's id.
    pub id: String,
    /// "Tuesday, December 1, 2026, 9:00 am Central Time".
    pub when: String,
    /// Where it stands.
    pub tag: Tag,
    /// One sentence on it: what to do, or what became of it.
    pub told: String,
    /// The visit to which this one was moved.
    pub moved_to: Option<String>,
    /// Kind, length, with whom, where.
    pub facts: Vec<Fact>,
    /// What it is about, for those who may read it.
    pub reason: Option<String>,
    /// Where it can be put into a calendar.
    pub calendar_url: Option<String>,
    /// Where it can be moved.
    pub move_url: Option<String>,
    /// Where it can be called off.
    pub cancel_url: Option<String>,
    /// What staff can say of it.
    pub steps: Vec<StepButton>,
    /// What colleagues wrote, for those who may read and write it.
    pub note: Option<Field>,
    /// Somebody else changed it in the meantime.
    pub stale: bool,
}

impl Show {
    fn problems(&self) -> Vec<Problem> {
        problems([("note", &self.note.as_ref().and_then(|note| note.problem.clone()))])
    }
}

impl View for Show {
    fn title(&self) -> String {
        words::t(&self.whose.id("visits-one-title"))
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let fact = |id: &str, value: &str| Fact::new(words::t(id), value);
        let normal = Self {
            whose: sample_own(),
            id: "v".to_owned(),
            when: "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Central\u{a0}Time".to_owned(),
            tag: Tag::new(words::t("visits-state-booked"), Tone::Good),
            told: words::t("visits-told-come"),
            moved_to: None,
            facts: vec![
                fact("visits-fact-kind", "Check-up"),
                fact("visits-fact-length", "30 minutes"),
                fact("visits-fact-with", "Dr. Lena Park"),
                fact("visits-fact-where", "Riverside Main"),
            ],
            reason: Some("My knee hurts when I climb stairs.".to_owned()),
            calendar_url: Some(urls::visit_calendar(SAMPLE_PATIENT, SAMPLE_VISIT)),
            move_url: Some(urls::visit_times(SAMPLE_PATIENT)),
            cancel_url: Some(urls::visit_cancel(SAMPLE_PATIENT, SAMPLE_VISIT)),
            steps: Vec::new(),
            note: None,
            stale: false,
        };
        let over = Self {
            calendar_url: None,
            move_url: None,
            cancel_url: None,
            tag: Tag::new(words::t("visits-state-cancelled"), Tone::Caution),
            told: words::t_with(
                "visits-told-cancelled-clinic",
                [
                    ("when", "November\u{a0}28, 2026".into()),
                    ("why", words::t("visits-reason-practitioner-away").into()),
                ],
            ),
            ..normal.clone()
        };
        let moved = Self {
            moved_to: Some(urls::visit(SAMPLE_PATIENT, SAMPLE_VISIT)),
            tag: Tag::new(words::t("visits-state-moved"), Tone::Plain),
            told: words::t("visits-told-moved"),
            ..over.clone()
        };
        let step = StepButton::sample;
        let staff = Self {
            whose: sample_staff(),
            reason: None,
            steps: vec![step("arrive"), step("fulfil"), step("no-show")],
            ..normal.clone()
        };
        let team = Self {
            reason: normal.reason.clone(),
            note: Some(Field::typed("Bring the X-ray of June.")),
            ..staff.clone()
        };
        let error = Self {
            note: Some(Field::wrong("too long ".repeat(40), words::t("visits-problem-note"))),
            stale: true,
            ..team.clone()
        };
        let long = Self {
            facts: vec![fact("visits-fact-with", SAMPLE_LONG_NAME), fact("visits-fact-where", SAMPLE_RTL_NAME)],
            reason: Some("word ".repeat(100)),
            ..normal.clone()
        };
        vec![
            ("normal", normal),
            ("cancelled", over),
            ("moved", moved),
            ("staff-front-desk", staff),
            ("staff-care-team", team),
            ("staff-error", error),
            ("long-names", long),
        ]
    }
}

/// Calling a visit off.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/cancel.html")]
pub struct Cancel {
    /// Whose.
    pub whose: Whose,
    /// The visit's id.
    pub id: String,
    /// "Tuesday, December 1, 2026, 9:00 am Central Time".
    pub when: String,
    /// "Check-up with Dr. Lena Park".
    pub what: String,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// What is wrong with the choice.
    pub problem: Option<String>,
    /// Where it can be moved.
    pub move_url: String,
}

impl Cancel {
    fn problems(&self) -> Vec<Problem> {
        problems([("reason-1", &self.problem)])
    }
}

impl View for Cancel {
    fn title(&self) -> String {
        words::t("visits-cancel-title")
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::appointments::{CancelReason, Side};
        let reasons = |side| {
            CancelReason::of(side).iter().map(|reason| Choice::new(reason.word(), reason.in_words(), false)).collect()
        };
        let normal = Self {
            whose: sample_own(),
            id: "v".to_owned(),
            when: "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Central\u{a0}Time".to_owned(),
            what: "Check-up with Dr. Lena Park".to_owned(),
            reasons: reasons(Side::Patient),
            problem: None,
            move_url: urls::visit_times(SAMPLE_PATIENT),
        };
        let error = Self { problem: Some(words::t("visits-problem-why")), ..normal.clone() };
        let staff = Self { whose: sample_staff(), reasons: reasons(Side::Clinic), ..normal.clone() };
        vec![("normal", normal), ("error", error), ("staff", staff)]
    }
}
