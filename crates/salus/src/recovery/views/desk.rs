//! What the clinic's pages of getting back in receive.

use askama::Template;

use super::super::model::REASONS;
use crate::{
    invites::EVIDENCE,
    shell::{
        urls,
        view::{
            Choice, Fact, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, Waiting, problems,
        },
        words::{self, filters},
    },
};

/// Who wants back in.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/queue.html")]
pub struct Queue {
    /// About whom somebody has something to do, the longest first.
    pub open: Vec<Waiting>,
    /// About whom somebody decided, the latest first.
    pub decided: Vec<Waiting>,
    /// Whether more wait than are shown.
    pub more: bool,
}

impl View for Queue {
    fn title(&self) -> String {
        words::t("recovery-queue-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, state: &str, late| Waiting {
            url: urls::recovery(SAMPLE_PATIENT),
            name: name.to_owned(),
            about: words::t("recovery-wanted-short-call"),
            since: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            state: words::t(&format!("recovery-state-{state}")),
            late,
        };
        let empty = Self { open: Vec::new(), decided: Vec::new(), more: false };
        let normal = Self {
            open: vec![
                line("Maya Okafor", "waiting", true),
                line(SAMPLE_RTL_NAME, "approved", false),
                line(SAMPLE_LONG_NAME, "waiting", false),
            ],
            decided: vec![line("Ben Ruiz", "done", false), line("Sam Stranger", "refused", false)],
            more: false,
        };
        let many = Self {
            open: (0..50).map(|_| line("Maya Okafor", "waiting", false)).collect(),
            more: true,
            ..normal.clone()
        };
        vec![("empty", empty), ("normal", normal), ("50-rows", many)]
    }
}

/// The chart that an account opens.
#[derive(Clone)]
pub struct Chart {
    /// The chart's page.
    pub url: String,
    /// The name in it.
    pub name: String,
    /// The date of birth in it, in words.
    pub born: String,
    /// The record number.
    pub mrn: String,
    /// Whether the person has died.
    pub deceased: bool,
    /// The numbers in it.
    pub phones: Vec<Fact>,
}

impl Chart {
    fn facts(&self) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new(words::t("registrations-name"), self.name.clone()),
            Fact::new(words::t("registrations-birth-date"), self.born.clone()),
            Fact::new(words::t("registrations-mrn"), self.mrn.clone()),
        ];
        facts.extend(self.phones.iter().cloned());
        facts
    }
}

/// What an account opens, as far as the desk is told.
#[derive(Clone)]
pub enum OfAccount {
    /// This chart.
    Open(Chart),
    /// A chart that was erased.
    Closed,
    /// No chart of its own.
    Nothing,
}

impl OfAccount {
    /// Whether its holder can be let in.
    pub fn can_be_let_in(&self) -> bool {
        match self {
            Self::Open(chart) => !chart.deceased,
            Self::Closed => false,
            Self::Nothing => true,
        }
    }
    /// How the desk can know: nobody is called where there is no number to call.
    pub fn evidence(&self) -> impl Iterator<Item = &'static str> + use<> {
        let phone = matches!(self, Self::Open(chart) if !chart.phones.is_empty());
        EVIDENCE.into_iter().filter(move |word| phone || *word != "call-back")
    }
}

/// Somebody who wants back in, and the form.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/one.html")]
pub struct One {
    /// Whose account.
    pub account: String,
    /// Who asks, when, and where it stands.
    pub facts: Vec<Fact>,
    /// Whether there is something to decide.
    pub open: bool,
    /// What became of link and code that are on their way already; empty where none are.
    pub on_the_way: String,
    /// The chart that the account opens.
    pub chart: OfAccount,
    /// How the desk can know.
    pub evidence: Vec<Choice>,
    /// What is wrong with that.
    pub evidence_problem: Option<String>,
    /// Why not.
    pub reasons: Vec<Choice>,
    /// What is wrong with that.
    pub reason_problem: Option<String>,
}

impl One {
    fn can_be_let_in(&self) -> bool {
        self.chart.can_be_let_in()
    }
    fn problems(&self) -> Vec<Problem> {
        problems([("evidence-1", &self.evidence_problem), ("reason-1", &self.reason_problem)])
    }
}

impl View for One {
    fn title(&self) -> String {
        words::t("recovery-one-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let choice = |prefix: &str, word: &str| Choice::new(word, words::t(&format!("{prefix}-{word}")), false);
        let facts = |state: &str| {
            vec![
                Fact::new(words::t("recovery-name"), "Maya Okafor"),
                Fact::new(words::t("recovery-asked"), "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time"),
                Fact::new(words::t("recovery-wants"), words::t("recovery-wanted-short-call")),
                Fact::new(words::t("recovery-state"), words::t(&format!("recovery-state-{state}"))),
            ]
        };
        let chart = Chart {
            url: urls::profile(SAMPLE_PATIENT),
            name: "Maya Okafor".to_owned(),
            born: "March 14, 1985".to_owned(),
            mrn: "MRN-004182".to_owned(),
            deceased: false,
            phones: vec![Fact::new("Phone (Home)", "(503) 555-0142")],
        };
        let of = |chart: OfAccount| Self {
            account: SAMPLE_PATIENT.to_owned(),
            facts: facts("waiting"),
            open: true,
            on_the_way: String::new(),
            evidence: chart.evidence().map(|word| choice("invites-evidence", word)).collect(),
            evidence_problem: None,
            reasons: REASONS.map(|word| choice("recovery-reason", word)).to_vec(),
            reason_problem: None,
            chart,
        };
        let normal = of(OfAccount::Open(chart.clone()));
        let error = Self { evidence_problem: Some(words::t("invites-problem-evidence")), ..normal.clone() };
        let unsaid = Self { reason_problem: Some(words::t("recovery-problem-reason")), ..normal.clone() };
        let again = Self { on_the_way: words::t("recovery-approve-again"), facts: facts("approved"), ..normal.clone() };
        let ended = Self { on_the_way: words::t("recovery-approve-ended"), facts: facts("ended"), ..normal.clone() };
        let no_phone = of(OfAccount::Open(Chart { phones: Vec::new(), ..chart.clone() }));
        let died = of(OfAccount::Open(Chart { deceased: true, ..chart }));
        let closed = of(OfAccount::Closed);
        let no_chart = of(OfAccount::Nothing);
        let done = Self { open: false, facts: facts("done"), ..normal.clone() };
        vec![
            ("normal", normal),
            ("error", error),
            ("no-reason", unsaid),
            ("again", again),
            ("ended", ended),
            ("no-phone", no_phone),
            ("died", died),
            ("closed", closed),
            ("no-chart", no_chart),
            ("done", done),
        ]
    }
}

/// The code, once.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/ready.html")]
pub struct Ready {
    /// Who gets back in.
    pub name: String,
    /// The code, as it is said.
    pub code: String,
    /// Until when it counts.
    pub until: String,
    /// Where to go on.
    pub done: String,
}

impl View for Ready {
    fn title(&self) -> String {
        words::t("recovery-ready-title")
    }
    fn place(&self) -> Place {
        Place::Home
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            name: "Maya Okafor".to_owned(),
            code: "4821 9937".to_owned(),
            until: "Tuesday, November 24, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            done: urls::RECOVERIES.to_owned(),
        };
        vec![("normal", normal)]
    }
}
