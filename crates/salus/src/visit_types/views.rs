//! What the pages of kinds of visits receive.

use askama::Template;

use super::model::{Meeting, Shown};
use crate::shell::{
    urls,
    view::{Choice, Field, LinkLine, Pager, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tone, View, problems},
    words::{self, filters},
};

/// Every kind of visit.
#[derive(Clone, Template)]
#[template(path = "visit_types/templates/index.html")]
pub struct VisitTypes {
    /// The kinds on this page.
    pub lines: Vec<LinkLine>,
    /// Which part of the list this is.
    pub pager: Pager,
}

impl View for VisitTypes {
    fn title(&self) -> String {
        words::t("visit-types-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let pager = |total| Pager::new(urls::VISIT_TYPES, 1, 50, total);
        let line = |name: &str| LinkLine::new(name, urls::visit_type("0"), "30 minutes, in person, patients and staff");
        let normal = Self {
            lines: vec![
                line("Check-up"),
                line("Phone call with your doctor"),
                line("House call").tagged(words::t("visit-types-retired"), Tone::Plain),
            ],
            pager: pager(3),
        };
        let empty = Self { lines: Vec::new(), pager: pager(0) };
        let long =
            Self { lines: [SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, "Flu shot 💉"].map(line).to_vec(), pager: pager(3) };
        vec![("normal", normal), ("empty", empty), ("long-names", long)]
    }
}

/// How people meet, to choose from.
pub fn meetings(chosen: Option<Meeting>) -> Vec<Choice> {
    let choice = |meeting: Meeting| {
        let label = words::t(&format!("visit-types-meets-{}", meeting.word()));
        Choice::new(meeting.word(), label, chosen == Some(meeting))
    };
    Meeting::ALL.map(choice).to_vec()
}

/// Who chooses, to choose from.
pub fn shown(chosen: Option<Shown>) -> Vec<Choice> {
    let choice = |shown: Shown| {
        let label = words::t(&format!("visit-types-chosen-by-{}", shown.word()));
        Choice::new(shown.word(), label, chosen == Some(shown))
    };
    Shown::ALL.map(choice).to_vec()
}

/// One kind's form.
#[derive(Clone, Template)]
#[template(path = "visit_types/templates/form.html")]
pub struct VisitTypeForm {
    /// Its id; empty for a new one.
    pub id: String,
    /// Its name as stored; empty for a new one.
    pub heading: String,
    /// The name.
    pub name: Field,
    /// How long it takes.
    pub minutes: Field,
    /// How long nothing else may be before it.
    pub before: Field,
    /// How long nothing else may be after it.
    pub after: Field,
    /// In how many hours it can be had at the soonest.
    pub soonest: Field,
    /// In how many days it can be had at the latest.
    pub furthest: Field,
    /// How people meet.
    pub meetings: Vec<Choice>,
    /// What is wrong with that.
    pub meeting_problem: Option<String>,
    /// Who chooses it.
    pub shown: Vec<Choice>,
    /// What is wrong with that.
    pub shown_problem: Option<String>,
    /// The version that the form was made of.
    pub version: String,
    /// Whether it is off the lists.
    pub retired: bool,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
}

impl VisitTypeForm {
    /// Half an hour, at the clinic, from tomorrow on, for patients to choose.
    pub fn fresh() -> Self {
        Self {
            id: String::new(),
            heading: String::new(),
            name: Field::empty(),
            minutes: Field::typed("30"),
            before: Field::typed("0"),
            after: Field::typed("0"),
            soonest: Field::typed("24"),
            furthest: Field::typed("90"),
            meetings: meetings(Some(Meeting::InPerson)),
            meeting_problem: None,
            shown: shown(Some(Shown::Patients)),
            shown_problem: None,
            version: String::new(),
            retired: false,
            stale: false,
        }
    }

    fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    fn target(&self) -> String {
        if self.is_new() { urls::VISIT_TYPES.to_owned() } else { urls::visit_type(&self.id) }
    }

    fn problems(&self) -> Vec<Problem> {
        problems([
            ("name", &self.name.problem),
            ("minutes", &self.minutes.problem),
            ("before", &self.before.problem),
            ("after", &self.after.problem),
            ("soonest", &self.soonest.problem),
            ("furthest", &self.furthest.problem),
            ("meeting-1", &self.meeting_problem),
            ("shown-1", &self.shown_problem),
        ])
    }
}

impl View for VisitTypeForm {
    fn title(&self) -> String {
        words::t(if self.is_new() { "visit-types-new-title" } else { "visit-types-edit-title" })
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let new = Self::fresh();
        let normal = Self {
            id: "01890000-0000-7000-8000-000000000000".to_owned(),
            heading: "Check-up".to_owned(),
            name: Field::typed("Check-up"),
            version: "2".to_owned(),
            ..new.clone()
        };
        let minutes =
            || words::t_with("visit-types-problem-minutes", [("least", 5_i64.into()), ("most", 480_i64.into())]);
        let error = Self {
            name: Field::wrong("", words::t1("visit-types-problem-name", "most", 80_i64)),
            minutes: Field::wrong("32", minutes()),
            before: Field::wrong("-5", minutes()),
            after: Field::wrong("x", minutes()),
            soonest: Field::typed("48"),
            furthest: Field::wrong("2", words::t("visit-types-problem-never")),
            meetings: meetings(None),
            meeting_problem: Some(words::t("visit-types-problem-meeting")),
            shown: shown(None),
            shown_problem: Some(words::t("visit-types-problem-shown")),
            ..normal.clone()
        };
        let stale = Self { version: "3".to_owned(), stale: true, ..normal.clone() };
        let retired = Self { retired: true, ..normal.clone() };
        let long =
            Self { heading: SAMPLE_LONG_NAME.to_owned(), name: Field::typed(SAMPLE_LONG_NAME), ..normal.clone() };
        vec![
            ("new", new),
            ("normal", normal),
            ("error", error),
            ("stale", stale),
            ("retired", retired),
            ("long-names", long),
        ]
    }
}
