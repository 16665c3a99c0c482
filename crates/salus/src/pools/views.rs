//! What the pages of pools receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{Field, LinkLine, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tone, View, problems},
    words::{self, filters},
};

/// Every pool.
#[derive(Clone, Template)]
#[template(path = "pools/templates/index.html")]
pub struct Pools {
    /// The pools.
    pub lines: Vec<LinkLine>,
}

impl View for Pools {
    fn title(&self) -> String {
        words::t("pools-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str| LinkLine::new(name, urls::pool("0"), "3 people");
        let normal =
            Self { lines: vec![line("Nurses"), line("Old team").tagged(words::t("pools-closed"), Tone::Plain)] };
        let long = Self { lines: [SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, "Refills 💊"].map(line).to_vec() };
        vec![("normal", normal), ("empty", Self { lines: Vec::new() }), ("long-names", long)]
    }
}

/// Somebody who may be in a pool.
#[derive(Clone)]
pub struct Member {
    /// The box's name.
    pub field: String,
    /// The person's name.
    pub name: String,
    /// What they do here.
    pub role: String,
    /// Whether they are in it.
    pub ticked: bool,
}

/// One pool's form.
#[derive(Clone, Template)]
#[template(path = "pools/templates/form.html")]
pub struct PoolForm {
    /// Its id; empty for a new one.
    pub id: String,
    /// Its name as stored; empty for a new one.
    pub heading: String,
    /// The name.
    pub name: Field,
    /// What it is for.
    pub purpose: Field,
    /// Who may be in it.
    pub members: Vec<Member>,
    /// The version that the form was made of.
    pub version: String,
    /// Whether nothing goes to it any more.
    pub closed: bool,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
}

impl PoolForm {
    /// Nothing typed yet.
    pub fn empty() -> Self {
        Self {
            id: String::new(),
            heading: String::new(),
            name: Field::empty(),
            purpose: Field::empty(),
            members: Vec::new(),
            version: String::new(),
            closed: false,
            stale: false,
        }
    }

    fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    fn target(&self) -> String {
        if self.is_new() { urls::POOLS.to_owned() } else { urls::pool(&self.id) }
    }

    fn problems(&self) -> Vec<Problem> {
        problems([("name", &self.name.problem), ("purpose", &self.purpose.problem)])
    }
}

impl View for PoolForm {
    fn title(&self) -> String {
        words::t(if self.is_new() { "pools-new-title" } else { "pools-edit-title" })
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let member = |name: &str, ticked| Member {
            field: format!("member-{}", name.len()),
            name: name.to_owned(),
            role: words::t("clinic-role-nurse"),
            ticked,
        };
        let new = Self { members: vec![member("Nia Nurse", false), member("Jo Nurse", true)], ..Self::empty() };
        let normal = Self {
            id: "0".to_owned(),
            heading: "Nurses".to_owned(),
            name: Field::typed("Nurses"),
            purpose: Field::typed("Questions about medicines and results"),
            version: "2".to_owned(),
            ..new.clone()
        };
        let error = Self {
            name: Field::wrong("", words::t1("pools-problem-name", "most", 80_i64)),
            purpose: Field::wrong("x", words::t1("pools-problem-purpose", "most", 300_i64)),
            ..normal.clone()
        };
        let stale = Self { stale: true, ..normal.clone() };
        let closed = Self { closed: true, ..normal.clone() };
        let long = Self {
            heading: SAMPLE_LONG_NAME.to_owned(),
            members: vec![member(SAMPLE_LONG_NAME, true), member(SAMPLE_RTL_NAME, false)],
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
