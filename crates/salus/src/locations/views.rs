//! What the pages of places receive.

use askama::Template;

use super::model::day_in_words;
use crate::shell::{
    typed, urls,
    view::{Choice, Field, LinkLine, Pager, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tone, View, problems},
    words::{self, filters},
};

/// Every place.
#[derive(Clone, Template)]
#[template(path = "locations/templates/index.html")]
pub struct Locations {
    /// The places on this page.
    pub lines: Vec<LinkLine>,
    /// Which part of the list this is.
    pub pager: Pager,
}

impl View for Locations {
    fn title(&self) -> String {
        words::t("locations-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let pager = |total| Pager::new(urls::LOCATIONS, 1, 50, total);
        let line = |name: &str, note: &str| LinkLine::new(name, urls::location("0"), note);
        let zone = "Pacific\u{a0}Time";
        let normal = Self {
            lines: vec![
                line("Riverside Clinic", zone),
                line("Riverside Clinic, Boise", &format!("Mountain\u{a0}Time. {}", words::t("locations-no-hours"))),
                line("Old Mill Office", zone).tagged(words::t("locations-closed"), Tone::Plain),
            ],
            pager: pager(3),
        };
        let empty = Self { lines: Vec::new(), pager: pager(0) };
        let many = Self { lines: (0..50).map(|n| line(&format!("Place {n}"), zone)).collect(), pager: pager(120) };
        let long = Self {
            lines: [SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, "Sunny 🌻 Side"].map(|name| line(name, zone)).to_vec(),
            pager: pager(3),
        };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long)]
    }
}

/// One place's form.
#[derive(Clone, Template)]
#[template(path = "locations/templates/form.html")]
pub struct LocationForm {
    /// Its id; empty for a new one.
    pub id: String,
    /// Its name as stored; empty for a new one.
    pub heading: String,
    /// The name.
    pub name: Field,
    /// The address, line by line.
    pub address: Field,
    /// The phone.
    pub phone: Field,
    /// The zones to choose from.
    pub zones: Vec<Choice>,
    /// What is wrong with the zone.
    pub zone_problem: Option<String>,
    /// The hours of each day, Monday first.
    pub hours: [Field; 7],
    /// The closed days, line by line.
    pub closures: Field,
    /// The version that the form was made of.
    pub version: String,
    /// Whether the place is closed for good.
    pub closed: bool,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
}

impl LocationForm {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self {
            id: String::new(),
            heading: String::new(),
            name: Field::empty(),
            address: Field::empty(),
            phone: Field::empty(),
            zones: Vec::new(),
            zone_problem: None,
            hours: std::array::from_fn(|_| Field::empty()),
            closures: Field::empty(),
            version: String::new(),
            closed: false,
            stale: false,
        }
    }

    fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    fn target(&self) -> String {
        if self.is_new() { urls::LOCATIONS.to_owned() } else { urls::location(&self.id) }
    }

    /// Each day's field, with its id and label.
    fn days(&self) -> Vec<(String, String, &Field)> {
        let numbered = self.hours.iter().enumerate();
        numbered.map(|(day, field)| (format!("hours-{}", day + 1), day_in_words(day), field)).collect()
    }

    fn problems(&self) -> Vec<Problem> {
        let [one, two, three, four, five, six, seven] = &self.hours;
        problems([
            ("name", &self.name.problem),
            ("address", &self.address.problem),
            ("phone", &self.phone.problem),
            ("timezone", &self.zone_problem),
            ("hours-1", &one.problem),
            ("hours-2", &two.problem),
            ("hours-3", &three.problem),
            ("hours-4", &four.problem),
            ("hours-5", &five.problem),
            ("hours-6", &six.problem),
            ("hours-7", &seven.problem),
            ("closures", &self.closures.problem),
        ])
    }
}

impl View for LocationForm {
    fn title(&self) -> String {
        words::t(if self.is_new() { "locations-new-title" } else { "locations-edit-title" })
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let new = Self { zones: typed::zones("America/Los_Angeles"), ..Self::empty() };
        let week = ["8:00 am to noon, 1:00 pm to 5:00 pm"; 5];
        let normal = Self {
            id: "01890000-0000-7000-8000-000000000000".to_owned(),
            heading: "Riverside Clinic".to_owned(),
            name: Field::typed("Riverside Clinic"),
            address: Field::typed("400 Hill Road\nBoise, ID 83702"),
            phone: Field::typed("208-555-0100"),
            hours: std::array::from_fn(|day| Field::typed(week.get(day).copied().unwrap_or_default())),
            closures: Field::typed("12/25/2026 Christmas\n1/1/2027 New Year"),
            version: "4".to_owned(),
            ..new.clone()
        };
        let error = Self {
            name: Field::wrong("", words::t("locations-problem-name")),
            address: Field::wrong("1\n2\n3\n4\n5\n6", words::t("locations-problem-address")),
            phone: Field::wrong("call us", words::t("locations-problem-phone")),
            zone_problem: Some(words::t("locations-problem-zone")),
            hours: std::array::from_fn(|_| {
                Field::wrong("8 to 5", words::t1("locations-problem-hours-unreadable", "part", "8 to 5"))
            }),
            closures: Field::wrong("Christmas", words::t1("locations-problem-closure-day", "line", "Christmas")),
            ..normal.clone()
        };
        let stale = Self { version: "5".to_owned(), stale: true, ..normal.clone() };
        let closed = Self { closed: true, ..normal.clone() };
        let long = Self {
            heading: SAMPLE_LONG_NAME.to_owned(),
            name: Field::typed(SAMPLE_LONG_NAME),
            address: Field::typed(SAMPLE_RTL_NAME),
            ..normal.clone()
        };
        vec![
            ("new", new),
            ("normal", normal),
            ("error", error),
            ("stale", stale),
            ("closed", closed),
            ("long-names", long),
        ]
    }
}
