//! What the page of colleagues who get back in receives.

use askama::Template;

use crate::shell::{
    urls,
    view::{Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View},
    words::{self, filters},
};

/// A colleague for whom one person vouched.
#[derive(Clone)]
pub struct Vouched {
    /// Whose account.
    pub account: String,
    /// The name.
    pub name: String,
    /// What they work as, in words.
    pub role: String,
    /// Who vouched, and when.
    pub vouched: String,
    /// Whether it was the reader.
    pub own: bool,
    /// What became of link and code that are on their way already; empty where none are.
    pub on_the_way: String,
}

/// Colleagues who wait for a second person.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/colleagues.html")]
pub struct Colleagues {
    /// Who.
    pub lines: Vec<Vouched>,
    /// Until when the reader's own address is new; empty where it is not.
    pub waits: String,
}

impl View for Colleagues {
    fn title(&self) -> String {
        words::t("recovery-colleagues-title")
    }
    fn place(&self) -> Place {
        Place::Home
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let when = "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time";
        let line = |name: &str, own, again| Vouched {
            account: SAMPLE_PATIENT.to_owned(),
            name: name.to_owned(),
            role: words::t("clinic-role-nurse"),
            vouched: words::t_with("recovery-vouched", [("by", "Ada Stone".into()), ("when", when.into())]),
            own,
            on_the_way: if again { words::t("recovery-approve-again") } else { String::new() },
        };
        let normal = Self {
            lines: vec![
                line("Dana Whitfield", false, false),
                line(SAMPLE_LONG_NAME, false, true),
                line(SAMPLE_RTL_NAME, true, false),
            ],
            waits: String::new(),
        };
        let empty = Self { lines: Vec::new(), waits: String::new() };
        let settling = Self { waits: when.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("settling", settling)]
    }
}
