//! What the page of the care team receives.

use askama::Template;

use crate::shell::{
    urls,
    view::{
        ChartBanner, Choice, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, problems,
        sample_banner, sample_phone,
    },
    words::{self, filters},
};

/// Somebody who is on the team, or was.
#[derive(Clone)]
pub struct Line {
    /// Who, for the form that takes them off.
    pub practitioner: String,
    /// Their name.
    pub name: String,
    /// What they work as here; empty for who does not any more.
    pub role: String,
    /// Since when.
    pub since: String,
    /// Until when.
    pub until: Option<String>,
}

/// Who treats a patient, and may therefore read the chart.
#[derive(Clone, Template)]
#[template(path = "care_team/templates/team.html")]
pub struct Team {
    /// Whose chart.
    pub patient: String,
    /// Who that is, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// Whether the reader is the patient.
    pub own: bool,
    /// Who is on the team.
    pub now: Vec<Line>,
    /// Who was.
    pub before: Vec<Line>,
    /// Who else could be, after a choice that is nobody; empty when nobody could.
    pub choices: Vec<Choice>,
    /// Whether the reader puts people on the team and takes them off.
    pub may_change: bool,
    /// What is wrong with the form.
    pub problem: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Team {
    fn problems(&self) -> Vec<Problem> {
        problems([("practitioner", &self.problem)])
    }
}

impl View for Team {
    fn title(&self) -> String {
        words::t(if self.own { "care-team-title-own" } else { "care-team-title" })
    }

    fn place(&self) -> Place {
        match (self.own, self.may_change) {
            (true, _) => Place::More,
            (false, true) => Place::Patients,
            (false, false) => Place::Record,
        }
    }

    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, role: &str, until: Option<&str>| Line {
            practitioner: "0192f3a0-0000-7000-8000-0000000000a1".to_owned(),
            name: name.to_owned(),
            role: words::t(&format!("clinic-role-{role}")),
            since: "March\u{a0}2, 2026".to_owned(),
            until: until.map(str::to_owned),
        };
        let choices = vec![
            Choice::new("", words::t("care-team-choose"), true),
            Choice::new("a", "Dana Whitfield, Nurse", false),
            Choice::new("b", "Dr. Omar Haddad, Doctor", false),
        ];
        let empty = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: Some(sample_banner()),
            own: false,
            now: Vec::new(),
            before: Vec::new(),
            choices,
            may_change: true,
            problem: None,
            clinic_phone: sample_phone(),
        };
        let normal = Self {
            now: vec![line("Dr. Lena Park", "practitioner", None), line("Dana Whitfield", "nurse", None)],
            before: vec![line("Dr. Omar Haddad", "practitioner", Some("June\u{a0}1, 2026"))],
            ..empty.clone()
        };
        let error = Self { problem: Some(words::t("care-team-problem-who")), ..normal.clone() };
        let nobody_else = Self { choices: Vec::new(), ..normal.clone() };
        let own = Self { banner: None, own: true, may_change: false, choices: Vec::new(), ..normal.clone() };
        let own_empty = Self { now: Vec::new(), before: Vec::new(), ..own.clone() };
        let staff = Self { banner: Some(sample_banner()), own: false, ..own.clone() };
        let names = Self {
            now: vec![line(SAMPLE_LONG_NAME, "practitioner", None), line(SAMPLE_RTL_NAME, "nurse", None)],
            ..normal.clone()
        };
        let many =
            Self { now: (0..50).map(|_| line("Dr. Lena Park", "practitioner", None)).collect(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("error", error),
            ("nobody-else", nobody_else),
            ("own", own),
            ("own-empty", own_empty),
            ("staff-reads", staff),
            ("long-names", names),
            ("50-rows", many),
        ]
    }
}
