//! What the front desk's pages of requests receive.

use askama::Template;

use super::{
    super::{REASONS, store::State},
    Photo,
};
use crate::{
    access::AgeRule,
    proxies::{
        giving,
        views::{Refused, Tick},
    },
    registrations::{Likeness, Proposed},
    shell::{
        urls,
        view::{
            ChartBanner, Choice, Fact, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View,
            Waiting, problems, sample_banner, sample_phone,
        },
        words::{self, filters},
    },
};

/// Who waits, and who was answered.
#[derive(Clone, Template)]
#[template(path = "proxies/requests/templates/queue.html")]
pub struct Queue {
    /// Who waits, the longest first.
    pub waiting: Vec<Waiting>,
    /// Who was answered, the latest first.
    pub decided: Vec<Waiting>,
    /// Whether more wait than are shown.
    pub more: bool,
}

impl View for Queue {
    fn title(&self) -> String {
        words::t("proxies-queue-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let line = |who: &str, name: &str, state: State, late| Waiting {
            url: urls::caregiver_request(SAMPLE_PATIENT),
            name: who.to_owned(),
            about: name.to_owned(),
            since: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            state: words::t(&format!("proxies-desk-state-{}", state.word())),
            late,
        };
        let empty = Self { waiting: Vec::new(), decided: Vec::new(), more: false };
        let normal = Self {
            waiting: vec![
                line("Rosa Okafor", "Leo Okafor", State::Open, true),
                line(SAMPLE_RTL_NAME, SAMPLE_LONG_NAME, State::Open, false),
            ],
            decided: vec![
                line("Ben Ruiz", "Ana Ruiz", State::Granted, false),
                line("Sam Stranger", "Ana Ruiz", State::Refused, false),
                line("Zoe Park", "Lena Park", State::Begun, false),
            ],
            more: false,
        };
        let many = Self {
            waiting: (0..50).map(|_| line("Rosa Okafor", "Leo Okafor", State::Open, false)).collect(),
            more: true,
            ..normal.clone()
        };
        vec![("empty", empty), ("normal", normal), ("50-rows", many)]
    }
}

/// A request, and the charts that it could be about.
#[derive(Clone, Template)]
#[template(path = "proxies/requests/templates/one.html")]
pub struct One {
    /// The request's id.
    pub request: String,
    /// Who asks.
    pub asker: Vec<Fact>,
    /// Their own chart.
    pub asker_chart: Option<String>,
    /// Whom for, and why.
    pub wish: Vec<Fact>,
    /// The photos.
    pub photos: Vec<Photo>,
    /// Where it stands.
    pub state: State,
    /// Who answered, and when.
    pub decided: Option<String>,
    /// How the desk knew.
    pub evidence: Option<String>,
    /// Why not, as they read it.
    pub reason: Option<String>,
    /// Who acts for the patient, once somebody said yes.
    pub chart: Option<String>,
    /// Which charts it could be about.
    pub proposed: Vec<Proposed>,
    /// The charts were left out: the form for a no was not right.
    pub charts_hidden: bool,
    /// Why one can say no.
    pub reasons: Vec<Choice>,
    /// What is wrong with that.
    pub problem: Option<String>,
}

impl One {
    fn problems(&self) -> Vec<Problem> {
        problems([("reason-1", &self.problem)])
    }
    fn state_words(&self) -> String {
        words::t(&format!("proxies-desk-state-{}", self.state.word()))
    }
}

fn sample_asker(who: &str, known: &str) -> Vec<Fact> {
    vec![
        Fact::new(words::t("registrations-name"), who),
        Fact::new(words::t("proxies-asker-account"), words::t(known)),
        Fact::new(words::t("registrations-phone-unverified"), "(503) 555-0142"),
        Fact::new(words::t("proxies-asked-since"), "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time"),
    ]
}

fn sample_wish(name: &str) -> Vec<Fact> {
    vec![
        Fact::new(words::t("registrations-name"), name),
        Fact::new(words::t("registrations-birth-date"), "March 14, 2019 (7 years)"),
        Fact::new(words::t("proxies-desk-says"), words::t("proxies-ask-basis-parent")),
        Fact::new(words::t("proxies-desk-wants"), "Visits\nMessages"),
        Fact::new(words::t("proxies-desk-note"), "I am Leo’s mother. The birth certificate is in the photos."),
    ]
}

impl View for One {
    fn title(&self) -> String {
        words::t("proxies-one-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let proposed = |name: &str, like| Proposed {
            url: urls::grant_caregiver(SAMPLE_PATIENT, SAMPLE_PATIENT),
            name: name.to_owned(),
            born: "March 14, 2019".to_owned(),
            mrn: "•••• 4182".to_owned(),
            like,
        };
        let empty = Self {
            request: SAMPLE_PATIENT.to_owned(),
            asker: sample_asker("Rosa Okafor", "proxies-asker-unknown"),
            asker_chart: None,
            wish: sample_wish("Leo Okafor"),
            photos: Vec::new(),
            state: State::Open,
            decided: None,
            evidence: None,
            reason: None,
            chart: None,
            proposed: Vec::new(),
            charts_hidden: false,
            reasons: REASONS.map(|word| Choice::new(word, words::t(&format!("proxies-reason-{word}")), false)).to_vec(),
            problem: None,
        };
        let normal = Self {
            asker: sample_asker(SAMPLE_RTL_NAME, "proxies-asker-known"),
            asker_chart: Some(urls::profile(SAMPLE_PATIENT)),
            photos: Photo::samples(2),
            proposed: vec![proposed("Leo Okafor", Likeness::Same), proposed(SAMPLE_LONG_NAME, Likeness::OnlyDate)],
            ..empty.clone()
        };
        let error =
            Self { problem: Some(words::t("registrations-problem-reason")), charts_hidden: true, ..empty.clone() };
        let when = "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time";
        let decided = words::t_with("registrations-decided", [("by", "Jamie Ruiz".into()), ("when", when.into())]);
        let refused = Self {
            state: State::Refused,
            decided: Some(decided.clone()),
            reason: Some(words::t("proxies-reason-papers")),
            ..empty.clone()
        };
        let granted = Self {
            state: State::Granted,
            decided: Some(decided),
            evidence: Some(words::t("proxies-evidence-photos")),
            chart: Some(urls::caregivers(SAMPLE_PATIENT)),
            ..empty.clone()
        };
        vec![("no-charts", empty), ("normal", normal), ("error", error), ("refused", refused), ("granted", granted)]
    }
}

/// Why nobody can say yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It was answered already.
    Decided,
    /// It is for the own chart of who asks.
    Own,
    /// Who asked said another date of birth.
    OtherDate,
    /// Nobody can be given anything in this chart.
    Refused(Refused),
}

impl Closed {
    fn words(self) -> String {
        match self {
            Self::Decided => words::t("registrations-closed-decided"),
            Self::Own => words::t("proxies-closed-own"),
            Self::OtherDate => words::t("proxies-closed-date"),
            Self::Refused(why) => why.words(),
        }
    }
}

/// A request beside a chart.
#[derive(Clone, Template)]
#[template(path = "proxies/requests/templates/compare.html")]
pub struct Compare {
    /// Whose chart.
    pub patient: String,
    /// The request's id.
    pub request: String,
    /// Whose chart, above the page.
    pub banner: ChartBanner,
    /// Who asks.
    pub asker: Vec<Fact>,
    /// Their own chart.
    pub asker_chart: Option<String>,
    /// Whom for, and why.
    pub wish: Vec<Fact>,
    /// What the chart says.
    pub in_chart: Vec<Fact>,
    /// The photos.
    pub photos: Vec<Photo>,
    /// They changed since they were looked at.
    pub photos_changed: bool,
    /// What is like and what isn't.
    pub like: Likeness,
    /// How many other charts have this date of birth and last name.
    pub others: u64,
    /// Whether the desk has to say that it looked twice.
    pub suspect: bool,
    /// Why nobody can say yes.
    pub closed: Option<Closed>,
    /// Why they may.
    pub bases: Vec<Choice>,
    /// What the reasons mean at which age.
    pub basis_hint: String,
    /// What is wrong with that.
    pub basis_problem: Option<String>,
    /// How the desk knows.
    pub evidence: Vec<Choice>,
    /// What is wrong with that.
    pub evidence_problem: Option<String>,
    /// What is given.
    pub ticks: Vec<Tick>,
    /// What is wrong with that.
    pub scopes_problem: Option<String>,
    /// For how long.
    pub months: Vec<Choice>,
    /// What is wrong with that.
    pub months_problem: Option<String>,
    /// Whether somebody said that they looked twice.
    pub sure: bool,
    /// What is wrong with that.
    pub sure_problem: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Compare {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("basis-1", &self.basis_problem),
            ("evidence-1", &self.evidence_problem),
            ("visits", &self.scopes_problem),
            ("months-1", &self.months_problem),
            ("sure-1", &self.sure_problem),
        ])
    }
    /// Which photos stand on the page: a yes is for these.
    fn seen(&self) -> String {
        self.photos.iter().map(|photo| photo.id.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl View for Compare {
    fn title(&self) -> String {
        words::t("proxies-compare-title")
    }
    fn place(&self) -> Place {
        Place::Registrations
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty() || self.photos_changed
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let choice = |kind: &str, word: &str| Choice::new(word, words::t(&format!("proxies-{kind}-{word}")), false);
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            request: SAMPLE_PATIENT.to_owned(),
            banner: sample_banner(),
            asker: sample_asker("Rosa Okafor", "proxies-asker-known"),
            asker_chart: Some(urls::profile(SAMPLE_PATIENT)),
            wish: sample_wish("Leo Okafor"),
            in_chart: vec![
                Fact::new(words::t("registrations-name"), "Leo Okafor"),
                Fact::new(words::t("registrations-birth-date"), "March 14, 2019 (7 years)"),
                Fact::new(words::t("registrations-mrn"), "MRN-004182"),
            ],
            photos: Photo::samples(2),
            photos_changed: false,
            like: Likeness::Same,
            others: 0,
            suspect: false,
            closed: None,
            basis_hint: giving::with_ages("proxies-basis-hint", AgeRule::FIRST),
            bases: ["parent", "guardian"].map(|word| choice("basis", word)).to_vec(),
            basis_problem: None,
            evidence: ["seen", "paper", "photos"].map(|word| choice("evidence", word)).to_vec(),
            evidence_problem: None,
            ticks: super::sample_ticks(&["visits", "messages"]),
            scopes_problem: None,
            months: crate::proxies::giving::months_choices(false, ""),
            months_problem: None,
            sure: false,
            sure_problem: None,
            clinic_phone: sample_phone(),
        };
        let twin = Self { like: Likeness::Twin, others: 1, suspect: true, photos: Vec::new(), ..normal.clone() };
        let error = Self {
            basis_problem: Some(words::t("proxies-problem-basis")),
            evidence_problem: Some(words::t("proxies-problem-evidence")),
            scopes_problem: Some(words::t("proxies-problem-scopes")),
            months_problem: Some(words::t("proxies-problem-months")),
            sure_problem: Some(words::t("proxies-problem-sure")),
            photos_changed: true,
            ..twin.clone()
        };
        let closed = |why| Self { closed: Some(why), ..normal.clone() };
        vec![
            ("normal", normal.clone()),
            ("twin", twin),
            ("error", error),
            ("other-date", closed(Closed::OtherDate)),
            ("full", closed(Closed::Refused(Refused::Full))),
            ("own", closed(Closed::Own)),
            ("decided", closed(Closed::Decided)),
        ]
    }
}
