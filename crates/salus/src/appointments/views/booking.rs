//! What the steps of booking receive: kind, time, confirming.

use askama::Template;

use super::{SAMPLE_VISIT, Whose, sample_own, sample_staff};
use crate::shell::{
    urls,
    view::{Choice, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, problems},
    words::{self, filters},
};

/// The kind of visit, and with whom.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/new.html")]
pub struct Start {
    /// Whose.
    pub whose: Whose,
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// Who can be booked, after "whoever is free first".
    pub people: Vec<Choice>,
    /// What is wrong with the choice.
    pub problem: Option<String>,
}

impl Start {
    fn problems(&self) -> Vec<Problem> {
        problems([("service-1", &self.problem)])
    }
}

impl View for Start {
    fn title(&self) -> String {
        words::t("visits-new-title")
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let kinds = vec![
            Choice::new("a", "Check-up (30 minutes, in person)", false),
            Choice::new("b", "Follow-up (20 minutes, by phone)", false),
        ];
        let people = vec![
            Choice::new("", words::t("visits-anybody"), true),
            Choice::new("x", "Dr. Lena Park", false),
            Choice::new("y", SAMPLE_LONG_NAME, false),
        ];
        let normal = Self { whose: sample_own(), kinds, people, problem: None };
        let error = Self { problem: Some(words::t("visits-problem-kind")), ..normal.clone() };
        let empty = Self { kinds: Vec::new(), people: Vec::new(), ..normal.clone() };
        let staff = Self { whose: sample_staff(), ..normal.clone() };
        vec![("normal", normal), ("error", error), ("empty", empty), ("staff", staff)]
    }
}

/// A time that can be had, as a button.
#[derive(Clone)]
pub struct TimeButton {
    /// What the button sends: moment, practitioner and place.
    pub value: String,
    /// "9:30 am".
    pub label: String,
    /// The day and the zone, for who does not see under which heading it stands.
    pub spoken: String,
}

/// The times at one place.
#[derive(Clone)]
pub struct PlaceTimes {
    /// "Riverside Main, Central Time".
    pub place: String,
    /// The times.
    pub times: Vec<TimeButton>,
}

/// The times of a day.
#[derive(Clone)]
pub struct DayTimes {
    /// "Tuesday, December 1".
    pub day: String,
    /// For the heading's id.
    pub number: String,
    /// By place.
    pub places: Vec<PlaceTimes>,
}

/// A form's fields that lead from step to step.
#[derive(Clone, Default)]
pub struct Way {
    /// The kind of visit.
    pub service: String,
    /// With whom; empty for whoever is free.
    pub who: String,
    /// The visit that is moved; empty for a new one.
    pub replaces: String,
    /// The first day that is shown.
    pub from: String,
}

/// The free times of a week.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/times.html")]
pub struct Times {
    /// Whose.
    pub whose: Whose,
    /// What leads here.
    pub way: Way,
    /// "Check-up, 30 minutes, in person".
    pub kind: String,
    /// "With Dr. Lena Park".
    pub with: String,
    /// When the visit that is moved would have been.
    pub moving: Option<String>,
    /// "November 30 to December 6".
    pub week: String,
    /// The days with times.
    pub days: Vec<DayTimes>,
    /// The first time of all, while this week is not the one that has it.
    pub soonest: Option<TimeButton>,
    /// The week before.
    pub earlier: Option<String>,
    /// The week after.
    pub later: Option<String>,
    /// Somebody was faster.
    pub problem: Option<String>,
    /// Times near the one that is gone.
    pub nearest: Vec<TimeButton>,
    /// Where kind and practitioner are chosen.
    pub change_url: String,
}

impl Times {
    fn problems(&self) -> Vec<Problem> {
        problems([("nearest-title", &self.problem)])
    }
    fn back_words(&self) -> String {
        words::t(if self.moving.is_some() { "visits-back-one" } else { "visits-back-kind" })
    }
}

pub(super) fn sample_time(label: &str) -> TimeButton {
    TimeButton {
        value: "1780000200000000 x y".to_owned(),
        label: label.replace(' ', "\u{a0}"),
        spoken: "Tuesday, December\u{a0}1, 2026, Central\u{a0}Time".to_owned(),
    }
}

impl View for Times {
    fn title(&self) -> String {
        words::t(if self.way.replaces.is_empty() { "visits-times-title" } else { "visits-move-title" })
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let times = ["9:00 am", "9:30 am", "10:00 am", "10:30 am", "11:00 am", "1:00 pm", "1:30 pm", "3:00 pm"];
        let place = |name: &str| PlaceTimes {
            place: format!("{name}, Central\u{a0}Time"),
            times: times.iter().map(|time| sample_time(time)).collect(),
        };
        let day = |number: &str, day: &str, places: Vec<PlaceTimes>| DayTimes {
            day: day.to_owned(),
            number: number.to_owned(),
            places,
        };
        let normal = Self {
            whose: sample_own(),
            way: Way { service: "a".to_owned(), from: "2026-11-30".to_owned(), ..Way::default() },
            kind: "Check-up, 30 minutes, in person".to_owned(),
            with: "With Dr. Lena Park".to_owned(),
            moving: None,
            week: "November\u{a0}30 to December\u{a0}6".to_owned(),
            days: vec![
                day("1", "Tuesday, December\u{a0}1", vec![place("Riverside Main")]),
                day("2", "Wednesday, December\u{a0}2", vec![place("Riverside Main"), place("Riverside North")]),
            ],
            soonest: None,
            earlier: None,
            later: Some(urls::visit_times_of(SAMPLE_PATIENT, SAMPLE_VISIT, "", "", "2026-12-08")),
            problem: None,
            nearest: Vec::new(),
            change_url: urls::visit_new(SAMPLE_PATIENT),
        };
        let soonest = TimeButton {
            label: "Thursday, December\u{a0}10, 9:00\u{a0}am Central\u{a0}Time".to_owned(),
            ..sample_time("9:00 am")
        };
        let empty = Self { days: Vec::new(), later: None, ..normal.clone() };
        let none_this_week = Self { days: Vec::new(), soonest: Some(soonest.clone()), ..normal.clone() };
        let taken = Self {
            problem: Some(words::t("visits-problem-taken")),
            nearest: vec![soonest.clone(), soonest.clone(), soonest],
            ..normal.clone()
        };
        let moving = Self {
            way: Way { replaces: "b".to_owned(), ..normal.way.clone() },
            moving: Some("Monday, November\u{a0}30, 2026, 2:00\u{a0}pm Central\u{a0}Time".to_owned()),
            ..normal.clone()
        };
        let long = Self {
            with: format!("With {SAMPLE_LONG_NAME}"),
            days: vec![day("1", "Tuesday, December\u{a0}1", vec![place(SAMPLE_LONG_NAME), place(SAMPLE_RTL_NAME)])],
            ..normal.clone()
        };
        let many = Self {
            days: (0..7)
                .map(|n| day(&n.to_string(), &format!("December\u{a0}{}", n + 1), vec![place("Main"), place("North")]))
                .collect(),
            ..normal.clone()
        };
        let staff = Self { whose: sample_staff(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("none-this-week", none_this_week),
            ("taken", taken),
            ("moving", moving),
            ("long-names", long),
            ("many", many),
            ("staff", staff),
        ]
    }
}

/// The last step: what was chosen, what it is about, and the button.
#[derive(Clone, Template)]
#[template(path = "appointments/templates/confirm.html")]
pub struct Confirm {
    /// Whose.
    pub whose: Whose,
    /// The visit that is kept.
    pub id: String,
    /// What leads here.
    pub way: Way,
    /// "Tuesday, December 1, 2026, 9:00 am Central Time".
    pub when: String,
    /// "Check-up, 30 minutes".
    pub kind: String,
    /// With whom.
    pub with: String,
    /// Where, or that the clinic calls.
    pub place: String,
    /// Until when the time is kept: "9:10 am Central Time".
    pub until: String,
    /// How many seconds that is, for the countdown.
    pub seconds: u64,
    /// When the visit that is moved would have been.
    pub moving: Option<String>,
    /// What it is about.
    pub reason: Field,
    /// Whether the reader may read what was typed before.
    pub reads_reason: bool,
    /// The time is somebody else's by now.
    pub gone: Option<String>,
    /// Times near it.
    pub nearest: Vec<TimeButton>,
}

impl Confirm {
    fn problems(&self) -> Vec<Problem> {
        problems([("nearest-title", &self.gone), ("reason", &self.reason.problem)])
    }
    fn hint(&self) -> String {
        words::t(&self.whose.id("visits-about-hint"))
    }
    fn action(&self) -> String {
        let (patient, id) = (&self.whose.patient, &self.id);
        if self.moving.is_some() { urls::visit_move(patient, id) } else { urls::visit_confirm(patient, id) }
    }
}

impl View for Confirm {
    fn title(&self) -> String {
        words::t(if self.moving.is_some() { "visits-confirm-move-title" } else { "visits-confirm-title" })
    }
    fn place(&self) -> Place {
        self.whose.place()
    }
    fn has_problems(&self) -> bool {
        self.gone.is_some() || self.reason.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            whose: sample_own(),
            id: "v".to_owned(),
            way: Way::default(),
            when: "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Central\u{a0}Time".to_owned(),
            kind: "Check-up, 30 minutes".to_owned(),
            with: "Dr. Lena Park".to_owned(),
            place: "Riverside Main".to_owned(),
            until: "9:10\u{a0}am Central\u{a0}Time".to_owned(),
            seconds: 600,
            moving: None,
            reason: Field::empty(),
            reads_reason: true,
            gone: None,
            nearest: Vec::new(),
        };
        let error = Self { reason: Field::wrong("", words::t("visits-problem-about")), ..normal.clone() };
        let near = |label: &str| TimeButton { label: label.to_owned(), ..sample_time("9:30 am") };
        let gone = Self {
            gone: Some(words::t("visits-problem-taken")),
            reason: Field::typed("My knee hurts when I climb stairs."),
            nearest: vec![
                near("Tuesday, December\u{a0}1, 9:30\u{a0}am Central\u{a0}Time"),
                near("Tuesday, December\u{a0}1, 10:00\u{a0}am Central\u{a0}Time"),
                near("Wednesday, December\u{a0}2, 9:00\u{a0}am Central\u{a0}Time"),
            ],
            ..normal.clone()
        };
        let nothing_near = Self { nearest: Vec::new(), ..gone.clone() };
        let moving = Self {
            moving: Some("Monday, November\u{a0}30, 2026, 2:00\u{a0}pm Central\u{a0}Time".to_owned()),
            reason: Field::typed("My knee hurts."),
            ..normal.clone()
        };
        let long = Self { with: SAMPLE_LONG_NAME.to_owned(), place: SAMPLE_RTL_NAME.to_owned(), ..normal.clone() };
        let staff = Self { whose: sample_staff(), reads_reason: false, ..normal.clone() };
        vec![
            ("normal", normal),
            ("error", error),
            ("gone", gone),
            ("gone-nothing-near", nothing_near),
            ("moving", moving),
            ("long-names", long),
            ("staff", staff),
        ]
    }
}
