//! What the page about ages receives.

use askama::Template;

use crate::{
    access::AgeRule,
    shell::{
        urls,
        view::{Choice, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tag, Tone, View, problems},
        words::{self, filters},
    },
};

/// A rule about ages.
#[derive(Clone)]
pub struct AgePart {
    /// The card's heading.
    pub title: String,
    /// What it says.
    pub says: Vec<String>,
    /// Where it comes from.
    pub notes: Vec<String>,
    /// Whether somebody went through it with counsel.
    pub tag: Tag,
}

/// A version of the rule.
#[derive(Clone)]
pub struct AgeLine {
    /// What it said.
    pub says: String,
    /// Where it comes from.
    pub notes: Vec<String>,
    /// It was decided anew before it began.
    pub void: bool,
}

/// From which ages on a record is the child's own.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/ages.html")]
pub struct Ages {
    /// What counts now.
    pub now: AgePart,
    /// What will.
    pub next: Option<AgePart>,
    /// When a change would begin, in words.
    pub begins: Vec<String>,
    /// The ages for a teenager.
    pub teens: Vec<Choice>,
    /// What is wrong with that.
    pub teen_problem: Option<String>,
    /// The ages for a grown-up.
    pub adults: Vec<Choice>,
    /// What is wrong with that.
    pub adult_problem: Option<String>,
    /// Which law the clinic follows.
    pub law: Field,
    /// Who reviewed it.
    pub counsel: Field,
    /// How many were decided when the form was made.
    pub version: String,
    /// Whether somebody else decided in the meantime.
    pub stale: bool,
    /// What was decided, the newest first.
    pub before: Vec<AgeLine>,
}

impl Ages {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("teen", &self.teen_problem),
            ("adult", &self.adult_problem),
            ("law", &self.law.problem),
            ("counsel", &self.counsel.problem),
        ])
    }
}

impl View for Ages {
    fn title(&self) -> String {
        words::t("clinic-ages-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let years = |years: i16, chosen: bool| {
            Choice::new(years.to_string(), words::t1("clinic-ages-years", "years", years), chosen)
        };
        let first = AgePart {
            title: words::t("clinic-ages-now"),
            says: super::super::ages::in_words(AgeRule::FIRST),
            notes: ["clinic-ages-first", "clinic-ages-first-next"].map(words::t).to_vec(),
            tag: Tag::new(words::t("clinic-ages-unreviewed"), Tone::Caution),
        };
        let empty = Self {
            now: first.clone(),
            next: None,
            begins: vec![words::t("clinic-ages-at-once")],
            teens: AgeRule::TEENS.iter().map(|age| years(*age, *age == 12)).collect(),
            teen_problem: None,
            adults: AgeRule::ADULTS.iter().map(|age| years(*age, *age == 18)).collect(),
            adult_problem: None,
            law: Field::empty(),
            counsel: Field::empty(),
            version: "0".to_owned(),
            stale: false,
            before: Vec::new(),
        };
        let by = |by: &str| words::t_with("clinic-ages-by", [("by", by.into()), ("day", "November 30, 2026".into())]);
        let law = words::t1("clinic-ages-law", "law", "Washington, RCW 70.02");
        let line = |by_whom: &str, void| AgeLine {
            says: words::t_with(
                "clinic-ages-line",
                [("teen", 13.into()), ("adult", 18.into()), ("day", "January 30, 2027".into())],
            ),
            notes: vec![law.clone(), by(by_whom)],
            void,
        };
        let next = AgePart {
            title: words::t1("clinic-ages-next", "day", "January 30, 2027"),
            says: super::super::ages::in_words(AgeRule { teen: 13, adult: 18 }),
            notes: vec![
                law.clone(),
                words::t1("clinic-ages-counsel-was", "counsel", SAMPLE_LONG_NAME),
                by("Ada Stone"),
            ],
            tag: Tag::new(words::t("clinic-ages-reviewed"), Tone::Good),
        };
        let normal = Self {
            next: Some(next),
            begins: ["later", "waits"]
                .map(|id| words::t1(&format!("clinic-ages-{id}"), "day", "January 30, 2027"))
                .to_vec(),
            law: Field::typed("Washington, RCW 70.02"),
            before: vec![line("Ada Stone", false), line(SAMPLE_RTL_NAME, true)],
            ..empty.clone()
        };
        let error = Self {
            teen_problem: Some(words::t("clinic-ages-problem-teen")),
            adult_problem: Some(words::t("clinic-ages-problem-adult")),
            law: Field::wrong("", words::t1("clinic-ages-problem-law", "most", 200)),
            counsel: Field::wrong(SAMPLE_LONG_NAME, words::t1("clinic-ages-problem-counsel", "most", 200)),
            ..normal.clone()
        };
        let stale = Self { stale: true, ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("error", error), ("stale", stale)]
    }
}
