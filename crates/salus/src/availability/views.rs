//! What the pages of availability receive.

use askama::Template;

use crate::{
    locations::day_in_words,
    shell::{
        urls,
        view::{Choice, Field, LinkLine, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, View, problems},
        words::{self, filters},
    },
};

/// A box to tick.
#[derive(Clone)]
pub struct Box {
    /// Its name in the form; ticked, it sends `yes`.
    pub name: String,
    /// What people read.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// Everybody who can be booked.
#[derive(Clone, Template)]
#[template(path = "availability/templates/index.html")]
pub struct People {
    /// The people.
    pub lines: Vec<LinkLine>,
}

impl View for People {
    fn title(&self) -> String {
        words::t("availability-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let of = |names: &[&str]| Self {
            lines: names.iter().map(|name| LinkLine::new(*name, urls::availability("0"), "")).collect(),
        };
        vec![
            ("normal", of(&["Dr. Lena Park", "Dr. Omar Haddad"])),
            ("empty", of(&[])),
            ("long-names", of(&[SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, "Sunny 🌻"])),
        ]
    }
}

/// A day that differs.
#[derive(Clone)]
pub struct DayLine {
    /// Its id.
    pub id: String,
    /// The day, in words.
    pub when: String,
    /// What is different.
    pub what: String,
    /// For colleagues; may be empty.
    pub note: String,
}

/// A day as it will be.
#[derive(Clone)]
pub struct ComingLine {
    /// The day, in words.
    pub when: String,
    /// Hours by place, or why there are none.
    pub what: Vec<String>,
    /// Whether somebody can be booked.
    pub free: bool,
}

/// Day off or extra hours, to choose from.
pub fn kinds(chosen: &str) -> Vec<Choice> {
    let choice = |kind: &str, id: &str| Choice::new(kind, words::t(id), chosen == kind);
    vec![choice("off", "availability-kind-off"), choice("extra", "availability-kind-extra")]
}

/// The form of a day that differs.
#[derive(Clone)]
pub struct DayForm {
    /// Day off or extra hours.
    pub kinds: Vec<Choice>,
    /// What is wrong with that.
    pub kind_problem: Option<String>,
    /// The day.
    pub date: Field,
    /// The places to choose from.
    pub places: Vec<Choice>,
    /// What is wrong with the place.
    pub place_problem: Option<String>,
    /// The extra hours.
    pub hours: Field,
    /// For colleagues.
    pub note: Field,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
    /// Why a day was not taken away.
    pub refused: Option<String>,
}

impl DayForm {
    /// Nothing typed yet.
    pub fn empty(places: Vec<Choice>) -> Self {
        Self {
            kinds: kinds("off"),
            kind_problem: None,
            date: Field::empty(),
            places,
            place_problem: None,
            hours: Field::empty(),
            note: Field::empty(),
            stale: false,
            refused: None,
        }
    }

    /// In the order of the fields.
    pub fn problems(&self) -> Vec<Problem> {
        problems([
            ("kind-1", &self.kind_problem),
            ("date", &self.date.problem),
            ("place", &self.place_problem),
            ("hours", &self.hours.problem),
            ("note", &self.note.problem),
        ])
    }
}

/// One practitioner's weeks and days.
#[derive(Clone, Template)]
#[template(path = "availability/templates/practitioner.html")]
pub struct Practitioner {
    /// Whose.
    pub id: String,
    /// The name.
    pub name: String,
    /// Each schedule.
    pub schedules: Vec<LinkLine>,
    /// Days that differ.
    pub days: Vec<DayLine>,
    /// The coming days as they will be.
    pub coming: Vec<ComingLine>,
    /// Whether there is a place to be at.
    pub has_places: bool,
    /// The form of a day that differs.
    pub form: DayForm,
    /// The version that the page was made of.
    pub version: String,
}

impl Practitioner {
    fn problems(&self) -> Vec<Problem> {
        self.form.problems()
    }
}

impl View for Practitioner {
    fn title(&self) -> String {
        words::t("availability-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.form.stale || self.form.refused.is_some() || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let day = |what: &str, note: &str| DayLine {
            id: "01890000-0000-7000-8000-000000000000".to_owned(),
            when: "Monday, November\u{a0}30, 2026".to_owned(),
            what: what.to_owned(),
            note: note.to_owned(),
        };
        let coming =
            |when: &str, what: &str, free| ComingLine { when: when.to_owned(), what: vec![what.to_owned()], free };
        let week = "Monday 8:00\u{a0}am to noon; Tuesday 1:00\u{a0}pm to 5:00\u{a0}pm. From November\u{a0}22, 2026";
        let places = vec![Choice::new("0", "Riverside Clinic (Pacific\u{a0}Time)", true)];
        let normal = Self {
            id: "0".to_owned(),
            name: "Dr. Lena Park".to_owned(),
            schedules: vec![LinkLine::new("Riverside Clinic", urls::schedule("0"), week)],
            days: vec![
                day(&words::t("availability-day-off"), "Conference"),
                day("9:00\u{a0}am to noon, Riverside Clinic", ""),
            ],
            coming: vec![
                coming("Monday, November\u{a0}30, 2026", &words::t("availability-day-off"), false),
                coming(
                    "Tuesday, December\u{a0}1, 2026",
                    "1:00\u{a0}pm to 5:00\u{a0}pm Pacific\u{a0}Time, Riverside Clinic",
                    true,
                ),
                coming("Wednesday, December\u{a0}2, 2026", &words::t("availability-coming-nothing"), false),
            ],
            has_places: true,
            form: DayForm::empty(places),
            version: "3".to_owned(),
        };
        let empty = Self { schedules: Vec::new(), days: Vec::new(), ..normal.clone() };
        let no_places = Self { has_places: false, ..empty.clone() };
        let wrong = words::t("availability-problem-date");
        let error = Self {
            form: DayForm {
                kind_problem: Some(words::t("availability-problem-kind")),
                date: Field::wrong("soon", wrong),
                place_problem: Some(words::t("availability-problem-place")),
                hours: Field::wrong("all day", words::t("availability-problem-steps")),
                note: Field::wrong("x", words::t1("availability-problem-note", "most", 120_i64)),
                ..normal.form.clone()
            },
            ..normal.clone()
        };
        let stale = Self { form: DayForm { stale: true, ..normal.form.clone() }, ..normal.clone() };
        let refused = Self {
            form: DayForm { refused: Some("It overlaps.".to_owned()), ..normal.form.clone() },
            ..normal.clone()
        };
        let long = Self { name: SAMPLE_LONG_NAME.to_owned(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("no-places", no_places),
            ("error", error),
            ("stale", stale),
            ("refused", refused),
            ("long-names", long),
        ]
    }
}

/// One schedule's form.
#[derive(Clone, Template)]
#[template(path = "availability/templates/schedule.html")]
pub struct ScheduleForm {
    /// Its id; empty for a new one.
    pub id: String,
    /// Whose.
    pub practitioner: String,
    /// The name.
    pub name: String,
    /// The places to choose from.
    pub places: Vec<Choice>,
    /// What is wrong with the place.
    pub place_problem: Option<String>,
    /// Kinds of visits.
    pub boxes: Vec<Box>,
    /// What is wrong with them.
    pub box_problem: Option<String>,
    /// The first day.
    pub from: Field,
    /// The last day.
    pub until: Field,
    /// The windows of each day, Monday first.
    pub hours: [Field; 7],
    /// The version that the form was made of.
    pub version: String,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
}

impl ScheduleForm {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self {
            id: String::new(),
            practitioner: String::new(),
            name: String::new(),
            places: Vec::new(),
            place_problem: None,
            boxes: Vec::new(),
            box_problem: None,
            from: Field::empty(),
            until: Field::empty(),
            hours: std::array::from_fn(|_| Field::empty()),
            version: String::new(),
            stale: false,
        }
    }

    fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    fn target(&self) -> String {
        if self.is_new() { urls::availability_new(&self.practitioner) } else { urls::schedule(&self.id) }
    }

    fn days(&self) -> Vec<(String, String, &Field)> {
        let numbered = self.hours.iter().enumerate();
        numbered.map(|(day, field)| (format!("hours-{}", day + 1), day_in_words(day), field)).collect()
    }

    fn problems(&self) -> Vec<Problem> {
        let [one, two, three, four, five, six, seven] = &self.hours;
        problems([
            ("place", &self.place_problem),
            ("from", &self.from.problem),
            ("until", &self.until.problem),
            ("types", &self.box_problem),
            ("hours-1", &one.problem),
            ("hours-2", &two.problem),
            ("hours-3", &three.problem),
            ("hours-4", &four.problem),
            ("hours-5", &five.problem),
            ("hours-6", &six.problem),
            ("hours-7", &seven.problem),
        ])
    }
}

impl View for ScheduleForm {
    fn title(&self) -> String {
        words::t(if self.is_new() { "availability-new-title" } else { "availability-edit-title" })
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let tick = |label: &str, ticked| Box { name: format!("type-{label}"), label: label.to_owned(), ticked };
        let new = Self {
            practitioner: "0".to_owned(),
            name: "Dr. Lena Park".to_owned(),
            places: vec![
                Choice::new("", words::t("availability-place-choose"), true),
                Choice::new("0", "Riverside Clinic (Pacific\u{a0}Time)", false),
            ],
            boxes: vec![tick("Check-up", true), tick("Phone-call", false)],
            from: Field::typed("11/22/2026"),
            version: "0".to_owned(),
            ..Self::empty()
        };
        let normal =
            Self { id: "0".to_owned(), hours: std::array::from_fn(|_| Field::typed("8:00 am to noon")), ..new.clone() };
        let none = Self { boxes: Vec::new(), ..new.clone() };
        let wrong = || words::t("availability-problem-date");
        let error = Self {
            place_problem: Some(words::t("availability-problem-place")),
            box_problem: Some(words::t("availability-problem-types")),
            from: Field::wrong("x", wrong()),
            until: Field::wrong("y", wrong()),
            hours: std::array::from_fn(|_| Field::wrong("8:03 am to noon", words::t("availability-problem-steps"))),
            ..normal.clone()
        };
        let stale = Self { stale: true, ..normal.clone() };
        let long = Self {
            name: SAMPLE_LONG_NAME.to_owned(),
            boxes: vec![tick(SAMPLE_LONG_NAME, true), tick(SAMPLE_RTL_NAME, true)],
            ..normal.clone()
        };
        vec![
            ("new", new),
            ("normal", normal),
            ("no-visit-types", none),
            ("error", error),
            ("stale", stale),
            ("long-names", long),
        ]
    }
}
