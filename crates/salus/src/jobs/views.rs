//! What the page about jobs receives.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Pager, Place, View};
use crate::shell::words::{self, filters};

/// A job that was given up.
#[derive(Clone)]
pub struct JobLine {
    /// Its id.
    pub id: String,
    /// Which version of it the page shows.
    pub version: String,
    /// What it was to do, in words. Nothing of whom it was about: that is not the administrator's.
    pub what: String,
    /// When that happened which it follows from, in words.
    pub happened: String,
    /// When it was given up, in words.
    pub given_up: String,
    /// How often it was tried.
    pub tries: u64,
    /// Why it did not work, in words.
    pub why: String,
}

/// Jobs in the background.
#[derive(Clone, Template)]
#[template(path = "jobs/templates/jobs.html")]
pub struct Jobs {
    /// How many wait, for the first time or again.
    pub waiting: u64,
    /// How many are under way.
    pub running: u64,
    /// How many were done of late.
    pub done: u64,
    /// How many were given up.
    pub given_up: u64,
    /// Those of this page.
    pub lines: Vec<JobLine>,
    /// Which part of the list this is.
    pub pager: Pager,
}

/// What a kind of job does, in words; its name, when it has none.
pub fn kind_in_words(kind: &str) -> String {
    in_words("jobs-kind", &kind.replace('.', "-")).unwrap_or_else(|| kind.to_owned())
}

/// Why a job did not work, in words.
pub fn why_in_words(word: &str) -> String {
    in_words("jobs-why", word).unwrap_or_else(|| words::t("jobs-why-broken"))
}

fn in_words(prefix: &str, word: &str) -> Option<String> {
    let text = words::t(&format!("{prefix}-{word}"));
    (!text.starts_with('[')).then_some(text)
}

impl View for Jobs {
    fn title(&self) -> String {
        words::t("jobs-title")
    }

    fn place(&self) -> Place {
        Place::Jobs
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |n: usize, why: &str| JobLine {
            id: format!("0197f2c4-8a3e-7b10-9c55-{n:012}"),
            version: "60".to_owned(),
            what: kind_in_words("notices.tell-owner"),
            happened: "Sunday, November 22, 2026, 9:00\u{a0}am Pacific\u{a0}Time".to_owned(),
            given_up: "Wednesday, November 25, 2026, 8:42\u{a0}am Pacific\u{a0}Time".to_owned(),
            tries: 77,
            why: why_in_words(why),
        };
        let pager = |total| Pager::new(urls::JOBS, 1, 50, total);
        let none = Self { waiting: 0, running: 0, done: 412, given_up: 0, lines: Vec::new(), pager: pager(0) };
        let some = Self {
            waiting: 2,
            running: 1,
            given_up: 3,
            lines: vec![line(1, "mail-unreachable"), line(2, "mail-mailbox"), line(3, "mail-agreement")],
            pager: pager(3),
            ..none.clone()
        };
        let many = Self {
            waiting: 17_262,
            given_up: 120,
            lines: (0..50).map(|n| line(n, "mail-sign-in")).collect(),
            pager: pager(120),
            ..some.clone()
        };
        vec![("none", none), ("some", some), ("50-rows", many)]
    }
}

#[cfg(test)]
mod tests {
    use salus_ports::email::Cause;

    use super::*;

    #[test]
    fn every_reason_has_words() {
        let ours = ["gone", "ledger-silent", "broken", "unreadable", "too-long", "unknown-kind", "cut-short"];
        for word in Cause::ALL.into_iter().map(Cause::word).chain(ours) {
            assert!(in_words("jobs-why", word).is_some(), "jobs-why-{word}");
        }
        assert_eq!(why_in_words("something new"), words::t("jobs-why-broken"));
    }
}
