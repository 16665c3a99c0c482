//! What the pages of requests receive: here who asks; the front desk's are in [`desk`].

pub mod desk;

use askama::Template;

use super::store::State;
use crate::{
    access::AgeRule,
    proxies::{giving, views::Tick},
    shell::{
        urls,
        view::{
            Choice, Fact, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, problems,
            sample_phone,
        },
        words::{self, filters},
    },
};

/// Whether one can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Yes.
    Open,
    /// Too many are open, or were written of late.
    Enough,
    /// The reader works here, and acts for nobody with this account.
    Work,
}

/// A photo of somebody's papers.
#[derive(Clone)]
pub struct Photo {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// What is drawn: the same, but in samples, which have no photo of anybody.
    pub drawn: String,
}

impl Photo {
    /// One at this address.
    pub fn new(id: impl ToString, url: String) -> Self {
        Self { id: id.to_string(), drawn: url.clone(), url }
    }

    /// Some, all grey.
    fn samples(count: usize) -> Vec<Self> {
        const GREY: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==";
        let sample = Self {
            drawn: GREY.to_owned(),
            ..Self::new(SAMPLE_PATIENT, urls::own_photo(SAMPLE_PATIENT, SAMPLE_PATIENT))
        };
        vec![sample; count]
    }
}

/// Something one asked for, on the list of whom one acts for.
#[derive(Clone)]
pub struct Line {
    /// Its page.
    pub url: String,
    /// Whom for, as typed.
    pub name: String,
    /// Where it stands, in words.
    pub state: String,
    /// The clinic said yes, and one has to begin.
    pub waits: bool,
}

/// The form with which one asks.
#[derive(Clone, Template)]
#[template(path = "proxies/requests/templates/ask.html")]
pub struct Ask {
    /// Whether one can.
    pub turn: Turn,
    /// What is asked of a teenager's family.
    pub teenager: String,
    /// Whom for.
    pub name: Field,
    /// When they were born.
    pub birth_date: Field,
    /// Why one may.
    pub bases: Vec<Choice>,
    /// What is wrong with that.
    pub basis_problem: Option<String>,
    /// What one wants to do.
    pub ticks: Vec<Tick>,
    /// What is wrong with that.
    pub scopes_problem: Option<String>,
    /// How one is reached.
    pub phone: Field,
    /// What the desk shall know.
    pub note: Field,
    /// The clinic knows one by a chart of one's own.
    pub known: bool,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Ask {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("name", &self.name.problem),
            ("birth_date", &self.birth_date.problem),
            ("basis-1", &self.basis_problem),
            ("visits", &self.scopes_problem),
            ("phone", &self.phone.problem),
            ("note", &self.note.problem),
        ])
    }
}

/// Some boxes, for samples.
fn sample_ticks(ticked: &[&str]) -> Vec<Tick> {
    crate::proxies::giving::ticks(super::asked_for(), |scope| ticked.contains(&scope.word()))
}

impl View for Ask {
    fn title(&self) -> String {
        words::t("proxies-ask-title")
    }
    fn place(&self) -> Place {
        Place::More
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let basis = |word: &str| Choice::new(word, words::t(&format!("proxies-ask-basis-{word}")), false);
        let normal = Self {
            teenager: giving::with_ages("proxies-ask-teen", AgeRule::FIRST),
            turn: Turn::Open,
            name: Field::empty(),
            birth_date: Field::empty(),
            bases: ["parent", "guardian", "attorney"].map(basis).to_vec(),
            basis_problem: None,
            ticks: sample_ticks(&[]),
            scopes_problem: None,
            phone: Field::empty(),
            note: Field::empty(),
            known: false,
            clinic_phone: sample_phone(),
        };
        let error = Self {
            name: Field::wrong("", words::t("proxies-problem-name-of")),
            birth_date: Field::wrong("March", words::t("proxies-problem-birth-date")),
            basis_problem: Some(words::t("proxies-problem-ask-basis")),
            scopes_problem: Some(words::t("proxies-problem-ask-scopes")),
            phone: Field::wrong("12", words::t("registrations-problem-phone")),
            note: Field::wrong(SAMPLE_LONG_NAME, words::t("proxies-problem-note")),
            ..normal.clone()
        };
        let enough = Self { turn: Turn::Enough, ..normal.clone() };
        let typed = Self { turn: Turn::Enough, name: Field::typed("Leo Okafor"), ..normal.clone() };
        let work = Self { turn: Turn::Work, ..normal.clone() };
        vec![("normal", normal), ("error", error), ("enough", enough), ("enough-typed", typed), ("staff", work)]
    }
}

/// Where one's own request stands.
#[derive(Clone, Template)]
#[template(path = "proxies/requests/templates/asked.html")]
pub struct Asked {
    /// The request's id.
    pub request: String,
    /// Where it stands.
    pub state: State,
    /// Why not, in words.
    pub reason: Option<String>,
    /// What one typed.
    pub facts: Vec<Fact>,
    /// What one wants to do.
    pub scopes: Vec<String>,
    /// The photos.
    pub photos: Vec<Photo>,
    /// Whether there are as many as there can be.
    pub full: bool,
    /// What is wrong with the last photo.
    pub problem: Option<String>,
    /// The clinic knows one by a chart of one's own.
    pub known: bool,
    /// The last day on which one can begin.
    pub begin_by: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Asked {
    fn problems(&self) -> Vec<Problem> {
        problems([("file", &self.problem)])
    }
    /// Where it stands and what happens next.
    fn lead(&self) -> String {
        words::t(&format!("proxies-asked-lead-{}", self.state.word()))
    }
}

impl View for Asked {
    fn title(&self) -> String {
        words::t("proxies-asked-title")
    }
    fn place(&self) -> Place {
        Place::More
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let facts = |name: &str| {
            vec![
                Fact::new(words::t("proxies-ask-name"), name),
                Fact::new(words::t("registrations-birth-date"), "March 14, 2019"),
                Fact::new(words::t("proxies-ask-basis"), words::t("proxies-ask-basis-parent")),
                Fact::new(words::t("proxies-asked-since"), "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time"),
            ]
        };
        let open = Self {
            request: SAMPLE_PATIENT.to_owned(),
            state: State::Open,
            reason: None,
            facts: facts("Leo Okafor"),
            scopes: ["visits", "messages"].map(|word| words::t(&format!("proxies-scope-{word}"))).to_vec(),
            photos: Vec::new(),
            full: false,
            problem: None,
            known: false,
            begin_by: None,
            clinic_phone: sample_phone(),
        };
        let error = Self { problem: Some(words::t("proxies-problem-photo-pdf")), ..open.clone() };
        let photos = Self { photos: Photo::samples(2), facts: facts(SAMPLE_RTL_NAME), ..open.clone() };
        let full = Self { full: true, photos: Photo::samples(6), ..open.clone() };
        let granted = Self {
            state: State::Granted,
            begin_by: Some("Tuesday, December\u{a0}22, 2026".to_owned()),
            known: true,
            ..open.clone()
        };
        let refused = Self {
            state: State::Refused,
            reason: Some(words::t("proxies-reason-papers")),
            facts: facts(SAMPLE_LONG_NAME),
            ..open.clone()
        };
        let begun = Self { state: State::Begun, ..open.clone() };
        vec![
            ("normal", open),
            ("error", error),
            ("photos", photos),
            ("full", full),
            ("granted", granted),
            ("refused", refused),
            ("begun", begun),
        ]
    }
}
