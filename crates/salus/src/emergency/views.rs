//! What the pages of emergencies receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{
        ChartBanner, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, SecretField, View,
        problems, sample_banner,
    },
    words::{self, filters},
};

/// The form with which a record is opened.
#[derive(Clone, Template)]
#[template(path = "emergency/templates/open.html")]
pub struct Open {
    /// Whose record.
    pub patient: String,
    /// Who that is.
    pub banner: Option<ChartBanner>,
    /// The reader's own address, so that password managers know whose password is asked.
    pub email: String,
    /// Why it can't wait.
    pub reason: Field,
    /// The reader's own password.
    pub password: SecretField,
}

impl Open {
    fn problems(&self) -> Vec<Problem> {
        problems([("reason", &self.reason.problem), ("password", &self.password.problem)])
    }
}

impl View for Open {
    fn title(&self) -> String {
        words::t("emergency-title")
    }
    fn place(&self) -> Place {
        Place::Patients
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let banner = ChartBanner { allergies: None, links: Vec::new(), ..sample_banner() };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: Some(banner.clone()),
            email: "lena.park@example.org".to_owned(),
            reason: Field::empty(),
            password: SecretField::empty(),
        };
        let error = Self {
            reason: Field::wrong("now", words::t("emergency-problem-reason")),
            password: SecretField::wrong(words::t("emergency-problem-password")),
            ..normal.clone()
        };
        let named = |name: &str| Self {
            banner: Some(ChartBanner { name: name.to_owned(), ..banner.clone() }),
            ..normal.clone()
        };
        let long = Self { reason: Field::typed("word ".repeat(100)), ..named(SAMPLE_LONG_NAME) };
        vec![("normal", normal.clone()), ("error", error), ("long-names", long), ("rtl", named(SAMPLE_RTL_NAME))]
    }
}

/// The form that asks why a watched record is opened.
#[derive(Clone, Template)]
#[template(path = "emergency/templates/reason.html")]
pub struct Reason {
    /// Whose record.
    pub patient: String,
    /// Why it is opened.
    pub reason: Field,
    /// Where to go on.
    pub next: String,
    /// What was typed before waits.
    pub text_kept: bool,
}

impl Reason {
    fn problems(&self) -> Vec<Problem> {
        problems([("reason", &self.reason.problem)])
    }
}

impl View for Reason {
    fn title(&self) -> String {
        words::t("emergency-why-title")
    }
    fn place(&self) -> Place {
        Place::Patients
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            reason: Field::empty(),
            next: urls::profile(SAMPLE_PATIENT),
            text_kept: false,
        };
        let error = Self { reason: Field::wrong("bill", words::t("emergency-problem-reason")), ..normal.clone() };
        let kept = Self { text_kept: true, ..normal.clone() };
        vec![("normal", normal), ("error", error), ("text-kept", kept)]
    }
}

/// One time that a record was opened.
#[derive(Clone)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Who opened it.
    pub name: String,
    /// Their account, for the audit search.
    pub account: String,
    /// Whose record, for the audit search.
    pub patient: String,
    /// The same for readers: the end of its number.
    pub record: String,
    /// When.
    pub when: String,
    /// Why.
    pub reason: String,
    /// It waits for longer than three days.
    pub late: bool,
    /// It is a watched record, opened by who may open all.
    pub watched: bool,
    /// What was said of it, by whom and when.
    pub signed: Option<String>,
    /// The reader opened it.
    pub own: bool,
}

/// What the privacy officer signs off.
#[derive(Clone, Template)]
#[template(path = "emergency/templates/review.html")]
pub struct Review {
    /// What waits, the oldest first.
    pub waiting: Vec<Line>,
    /// What was signed off, the newest first.
    pub signed: Vec<Line>,
    /// There are more.
    pub more: bool,
}

impl View for Review {
    fn title(&self) -> String {
        words::t("emergency-review-title")
    }
    fn place(&self) -> Place {
        Place::Audit
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, reason: &str| Line {
            id: "0192f3a0-0000-7000-8000-0000000000e1".to_owned(),
            name: name.to_owned(),
            account: "0192f3a0-0000-7000-8000-0000000000a1".to_owned(),
            patient: SAMPLE_PATIENT.to_owned(),
            record: "…1e0a4b77".to_owned(),
            when: "Tuesday, December\u{a0}1, 2026, 9:04\u{a0}am Central\u{a0}Time".to_owned(),
            reason: reason.to_owned(),
            late: false,
            watched: false,
            signed: None,
            own: false,
        };
        let said = words::t_with(
            "emergency-signed-justified",
            [("name", "Omar Haddad".into()), ("when", "Tuesday, December\u{a0}1, 2026, 11:30\u{a0}am".into())],
        );
        let first = line("Dr. Lena Park", "Fainted in the waiting room; Dr. Haddad is away.");
        let done = Line { signed: Some(said), ..first.clone() };
        let late = Line { late: true, ..line("Dana Whitfield", "Chest pain, I need the medicines she takes.") };
        let watched = Line { watched: true, ..line("Jamie Ruiz", "She called about the bill of November 3.") };
        let normal = Self { waiting: vec![late, first.clone(), watched], signed: vec![done.clone()], more: false };
        let empty = Self { waiting: Vec::new(), signed: Vec::new(), more: false };
        let own = Self { waiting: vec![Line { own: true, ..first.clone() }], ..empty.clone() };
        let long = Self {
            waiting: vec![line(SAMPLE_LONG_NAME, &"word ".repeat(200)), line(SAMPLE_RTL_NAME, SAMPLE_RTL_NAME)],
            ..empty.clone()
        };
        let many = Self { waiting: vec![first; 50], signed: vec![done; 50], more: true };
        vec![("normal", normal), ("empty", empty), ("own", own), ("long-names", long), ("50-rows", many)]
    }
}
