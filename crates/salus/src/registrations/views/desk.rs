//! What the front desk's pages receive.

use askama::Template;

use super::super::{desk::REASONS, likeness::Likeness, store::State};
use crate::shell::{
    urls,
    view::{
        ChartBanner, Choice, Fact, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View,
        Waiting, problems, sample_banner,
    },
    words::{self, filters},
};

/// Who waits, and who was decided about.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/queue.html")]
pub struct Queue {
    /// Who waits, the longest first.
    pub waiting: Vec<Waiting>,
    /// Who was decided about, the latest first.
    pub decided: Vec<Waiting>,
    /// Whether more wait than are shown.
    pub more: bool,
}

impl View for Queue {
    fn title(&self) -> String {
        words::t("registrations-queue-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, state: State, late| Waiting {
            url: urls::registration(SAMPLE_PATIENT),
            name: name.to_owned(),
            about: "March 14, 1985 (41 years)".to_owned(),
            since: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            state: words::t(&format!("registrations-state-{}", state.word())),
            late,
        };
        let empty = Self { waiting: Vec::new(), decided: Vec::new(), more: false };
        let normal = Self {
            waiting: vec![
                line("Maya Okafor", State::Waiting, true),
                line(SAMPLE_RTL_NAME, State::Unlinked, false),
                line(SAMPLE_LONG_NAME, State::Waiting, false),
            ],
            decided: vec![line("Ben Ruiz", State::Linked, false), line("Sam Stranger", State::Refused, false)],
            more: false,
        };
        let many = Self {
            waiting: (0..50).map(|_| line("Maya Okafor", State::Waiting, false)).collect(),
            more: true,
            ..normal.clone()
        };
        vec![("empty", empty), ("normal", normal), ("50-rows", many)]
    }
}

/// A chart that it could be.
#[derive(Clone)]
pub struct Proposed {
    /// Where the two stand side by side.
    pub url: String,
    /// The name in the chart.
    pub name: String,
    /// The date of birth in the chart.
    pub born: String,
    /// The end of the record number.
    pub mrn: String,
    /// What is like and what isn't.
    pub like: Likeness,
}

impl Proposed {
    /// What is like and what isn't, in a word or two.
    pub fn like_words(&self) -> String {
        words::t(&format!("registrations-like-{}", self.like.word()))
    }
}

/// What somebody typed.
#[derive(Clone)]
pub struct Typed {
    /// As facts.
    pub facts: Vec<Fact>,
    /// Whether the name says that there is a relative of the same name.
    pub suffix: bool,
}

/// The form that turns somebody down.
#[derive(Clone, Default)]
pub struct Refusal {
    /// What was chosen.
    pub chosen: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Whether the charts are left out: this page is about the answer.
    pub without_charts: bool,
}

/// Somebody who registered, and the charts that it could be.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/one.html")]
pub struct One {
    /// Whose.
    pub account: String,
    /// What they typed.
    pub typed: Typed,
    /// Where it stands.
    pub state: State,
    /// Who decided and when.
    pub decided: Option<String>,
    /// What the person was told.
    pub reason: Option<String>,
    /// The chart that the account opens.
    pub chart: Option<String>,
    /// Charts that it could be, the likelier first.
    pub proposed: Vec<Proposed>,
    /// Why somebody can be turned down.
    pub reasons: Vec<Choice>,
    /// The form.
    pub refusal: Refusal,
}

impl One {
    fn problems(&self) -> Vec<Problem> {
        problems([("reason-1", &self.refusal.problem)])
    }
    fn state_words(&self) -> String {
        words::t(&format!("registrations-state-{}", self.state.word()))
    }
}

impl View for One {
    fn title(&self) -> String {
        words::t("registrations-one-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn has_problems(&self) -> bool {
        self.refusal.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let proposed = |name: &str, like| Proposed {
            url: urls::compare(SAMPLE_PATIENT, SAMPLE_PATIENT),
            name: name.to_owned(),
            born: "March 14, 1985".to_owned(),
            mrn: "•••• 4182".to_owned(),
            like,
        };
        let empty = Self {
            account: SAMPLE_PATIENT.to_owned(),
            typed: Typed { facts: sample_facts("Maya Okafor Jr."), suffix: true },
            state: State::Waiting,
            decided: None,
            reason: None,
            chart: None,
            proposed: Vec::new(),
            reasons: REASONS
                .map(|word| Choice::new(word, words::t(&format!("registrations-reason-{word}")), false))
                .to_vec(),
            refusal: Refusal::default(),
        };
        let normal = Self {
            proposed: vec![
                proposed("Maya Okafor", Likeness::Same),
                proposed("Zoe Okafor", Likeness::Twin),
                proposed("Maya Okafor Sr.", Likeness::Junior),
                proposed(SAMPLE_LONG_NAME, Likeness::OnlyDate),
            ],
            ..empty.clone()
        };
        let error = Self {
            refusal: Refusal {
                problem: Some(words::t("registrations-problem-reason")),
                without_charts: true,
                ..Refusal::default()
            },
            ..empty.clone()
        };
        let when = "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time";
        let decided = words::t_with("registrations-decided", [("by", "Jamie Ruiz".into()), ("when", when.into())]);
        let refused = Self {
            state: State::Refused,
            decided: Some(decided.clone()),
            reason: Some(words::t("registrations-reason-not-proven")),
            ..empty.clone()
        };
        let linked = Self {
            state: State::Linked,
            decided: Some(decided),
            chart: Some(urls::profile(SAMPLE_PATIENT)),
            ..empty.clone()
        };
        vec![("no-charts", empty), ("normal", normal), ("error", error), ("refused", refused), ("linked", linked)]
    }
}

fn sample_facts(name: &str) -> Vec<Fact> {
    vec![
        Fact::new(words::t("registrations-name"), name),
        Fact::new(words::t("registrations-birth-date"), "March 14, 1985 (41 years)"),
        Fact::new(words::t("registrations-email-verified"), "maya.okafor@example.org"),
        Fact::new(words::t("registrations-phone-unverified"), "(503) 555-0142"),
    ]
}

/// Why the two can't be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The desk has decided already.
    Decided,
    /// Somebody signs in to the chart already.
    Taken,
    /// Nobody under this age has a login of their own yet.
    TooYoung(i16),
    /// The person has died.
    Deceased,
}

impl Closed {
    fn words(self) -> String {
        words::t(match self {
            Self::Decided => "registrations-closed-decided",
            Self::Taken => "registrations-closed-taken",
            Self::TooYoung(adult) => return words::t1("invites-refused-too-young", "adult", adult),
            Self::Deceased => "invites-refused-deceased",
        })
    }
}

/// Somebody who registered beside a chart.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/compare.html")]
pub struct Compare {
    /// Whose chart.
    pub patient: String,
    /// Who registered.
    pub account: String,
    /// Whose chart, above the page.
    pub banner: ChartBanner,
    /// What somebody typed.
    pub typed: Vec<Fact>,
    /// What the chart says.
    pub in_chart: Vec<Fact>,
    /// What is like and what isn't.
    pub like: Likeness,
    /// How many other charts have this date of birth and last name.
    pub others: u64,
    /// Whether one of the names says that there is a relative of the same name.
    pub suffix: bool,
    /// Whether the desk has to say that it looked twice.
    pub suspect: bool,
    /// Why they can't be bound.
    pub closed: Option<Closed>,
    /// The ways in which the desk can know who somebody is.
    pub evidence: Vec<Choice>,
    /// What is wrong with that.
    pub evidence_problem: Option<String>,
    /// Whether somebody said that they looked twice.
    pub sure: bool,
    /// What is wrong with that.
    pub sure_problem: Option<String>,
}

/// Whether somebody looked twice.
pub fn sure_choices(sure: bool) -> Vec<Choice> {
    vec![
        Choice::new("yes", words::t("registrations-sure-yes"), sure),
        Choice::new("no", words::t("registrations-sure-no"), false),
    ]
}

impl Compare {
    fn problems(&self) -> Vec<Problem> {
        problems([("evidence-1", &self.evidence_problem), ("sure-1", &self.sure_problem)])
    }
}

impl View for Compare {
    fn title(&self) -> String {
        words::t("registrations-compare-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let same = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            account: SAMPLE_PATIENT.to_owned(),
            banner: sample_banner(),
            typed: sample_facts("Maya Okafor"),
            in_chart: vec![
                Fact::new(words::t("registrations-name"), "Maya Okafor"),
                Fact::new(words::t("registrations-birth-date"), "March 14, 1985 (41 years)"),
                Fact::new(words::t("registrations-mrn"), "MRN-004182"),
                Fact::new(words::t("registrations-contact"), "(503) 555-0142"),
                Fact::new(words::t("registrations-address"), "812 River Road\nPortland, OR 97202"),
            ],
            like: Likeness::Same,
            others: 0,
            suffix: false,
            suspect: false,
            closed: None,
            evidence: crate::invites::EVIDENCE
                .map(|word| Choice::new(word, words::t(&format!("invites-evidence-{word}")), false))
                .to_vec(),
            evidence_problem: None,
            sure: false,
            sure_problem: None,
        };
        let twin = Self { like: Likeness::Twin, others: 1, suspect: true, ..same.clone() };
        let error = Self {
            suffix: true,
            like: Likeness::Junior,
            evidence_problem: Some(words::t("invites-problem-evidence")),
            sure_problem: Some(words::t("registrations-problem-sure")),
            ..twin.clone()
        };
        let closed = |closed| Self { closed: Some(closed), ..same.clone() };
        vec![
            ("same", same.clone()),
            ("twin", twin),
            ("error", error),
            ("taken", closed(Closed::Taken)),
            ("decided", closed(Closed::Decided)),
            ("too-young", closed(Closed::TooYoung(18))),
        ]
    }
}

/// Whether to unbind whoever signs in to a chart.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/unlink.html")]
pub struct Unlink {
    /// Whose chart.
    pub patient: String,
    /// Whose chart, above the page.
    pub banner: ChartBanner,
    /// How many accounts sign in to it.
    pub bound: u64,
    /// Where they act for somebody because of this chart: who acts there has to be looked at.
    pub acts: Vec<String>,
}

impl View for Unlink {
    fn title(&self) -> String {
        words::t("registrations-unlink-title")
    }
    fn place(&self) -> Place {
        Place::Patients
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self { patient: SAMPLE_PATIENT.to_owned(), banner: sample_banner(), bound: 1, acts: Vec::new() };
        let nobody = Self { bound: 0, ..normal.clone() };
        let acts = Self { acts: vec![urls::caregivers(SAMPLE_PATIENT); 2], ..normal.clone() };
        vec![("normal", normal), ("nobody", nobody), ("acts", acts)]
    }
}

/// A new chart.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/new_chart.html")]
pub struct NewChart {
    /// First and middle names.
    pub given: Field,
    /// The last name.
    pub family: Field,
    /// The date of birth.
    pub birth_date: Field,
    /// The ways to say what sex somebody is.
    pub sexes: Vec<Choice>,
    /// What is wrong with that.
    pub sex_problem: Option<String>,
    /// The address; may be empty.
    pub email: Field,
    /// The phone; may be empty.
    pub phone: Field,
    /// The record number; we make one when it is empty.
    pub mrn: Field,
    /// Who registered and is compared with the new chart next.
    pub registration: Option<String>,
    /// Charts like this one, with their links: is this another person?
    pub alike: Vec<(String, String)>,
}

impl NewChart {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("given", &self.given.problem),
            ("family", &self.family.problem),
            ("birth_date", &self.birth_date.problem),
            ("sex-1", &self.sex_problem),
            ("phone", &self.phone.problem),
            ("email", &self.email.problem),
            ("mrn", &self.mrn.problem),
            ("another-1", &self.another_problem()),
        ])
    }
    fn another_problem(&self) -> Option<String> {
        (!self.alike.is_empty()).then(|| words::t("registrations-problem-alike"))
    }
    fn another(&self) -> Vec<Choice> {
        vec![Choice::new("yes", words::t("registrations-another-yes"), false)]
    }
}

impl View for NewChart {
    fn title(&self) -> String {
        words::t("registrations-chart-title")
    }
    fn place(&self) -> Place {
        if self.registration.is_some() { Place::Registrations } else { Place::Patients }
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let sexes = ["female", "male", "other", "unknown"];
        let empty = Self {
            given: Field::empty(),
            family: Field::empty(),
            birth_date: Field::empty(),
            sexes: sexes.map(|word| Choice::new(word, words::t(&format!("registrations-sex-{word}")), false)).to_vec(),
            sex_problem: None,
            email: Field::empty(),
            phone: Field::empty(),
            mrn: Field::empty(),
            registration: None,
            alike: Vec::new(),
        };
        let error = Self {
            given: Field::wrong("", words::t("registrations-problem-given")),
            family: Field::wrong("", words::t("registrations-problem-family")),
            birth_date: Field::wrong("soon", words::t("registrations-problem-birth-date")),
            sex_problem: Some(words::t("registrations-problem-sex")),
            mrn: Field::wrong("MRN-004182", words::t("registrations-problem-mrn-taken")),
            ..empty.clone()
        };
        let alike = Self {
            given: Field::typed("Maya"),
            family: Field::typed("Okafor"),
            birth_date: Field::typed("3/14/1985"),
            registration: Some(SAMPLE_PATIENT.to_owned()),
            alike: vec![
                ("Maya Okafor".to_owned(), urls::profile(SAMPLE_PATIENT)),
                (SAMPLE_RTL_NAME.to_owned(), urls::profile(SAMPLE_PATIENT)),
            ],
            ..empty.clone()
        };
        vec![("empty", empty), ("error", error), ("alike", alike)]
    }
}
