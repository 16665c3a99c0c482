//! What the privacy officer's pages receive.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{
    Choice, Fact, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tag, Tone, View, problems,
};
use crate::shell::words::{self, filters};

/// An entry of the ledger, in words.
#[derive(Clone)]
pub struct EntryLine {
    /// When, with the zone.
    pub when: String,
    /// Who: a name, or what stands for one.
    pub who: String,
    /// As what: role or relation.
    pub role: String,
    /// The action in words.
    pub what: String,
    /// Whose record, by the end of its number; empty when nobody's.
    pub patient: String,
    /// Why, in words; empty when none was given.
    pub purpose: String,
    /// From which network address.
    pub address: String,
    /// How it ended, in words.
    pub outcome: Tag,
    /// The entry's place in its chain, by the end of the chain's number: "…1d0a4b77/18204".
    pub reference: String,
}

/// How the chains of the ledger stand.
#[derive(Clone)]
pub struct ChainStatus {
    /// Whether every chain ends as it was last signed, or goes on from there.
    pub sound: bool,
    /// The state in one sentence.
    pub summary: String,
    /// Entries, chains, last checkpoint, how to check it all.
    pub facts: Vec<Fact>,
}

/// What a search found.
#[derive(Clone)]
pub struct Found {
    /// The entries on this page.
    pub entries: Vec<EntryLine>,
    /// "Entries 51 to 100".
    pub showing: String,
    /// Where the pages before the one before ended: posted with the same filters, shows the page before.
    pub previous: Option<String>,
    /// The same for the page after.
    pub next: Option<String>,
}

/// Audit search: filters, what was found, the chains' state.
#[derive(Clone, Template)]
#[template(path = "audit/templates/search.html")]
pub struct AuditSearch {
    /// First day, as typed.
    pub from: Field,
    /// Last day, as typed.
    pub to: Field,
    /// Whose account: name, e-mail or id, as typed.
    pub account: Field,
    /// Whose record: record number or id, as typed.
    pub patient: Field,
    /// Actions to choose from; the first means all.
    pub actions: Vec<Choice>,
    /// What was found; none before the first search.
    pub found: Option<Found>,
    /// How the chains stand.
    pub chain: ChainStatus,
}

impl AuditSearch {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("from", &self.from.problem),
            ("to", &self.to.problem),
            ("account", &self.account.problem),
            ("patient", &self.patient.problem),
        ])
    }

    fn action(&self) -> &str {
        self.actions.iter().find(|choice| choice.chosen).map_or("", |choice| choice.value.as_str())
    }
}

impl View for AuditSearch {
    fn title(&self) -> String {
        words::t("audit-title")
    }

    fn place(&self) -> Place {
        Place::Audit
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let entry = |n: usize| EntryLine {
            when: format!("November 22, 2026, 8:{:02}\u{a0}am Pacific\u{a0}Time", n % 60),
            who: "Dr. Lena Park".to_owned(),
            role: "Doctor, care team".to_owned(),
            what: "Opened results".to_owned(),
            patient: "…1e0a4b77".to_owned(),
            purpose: "Treatment".to_owned(),
            address: "203.0.113.7".to_owned(),
            outcome: Tag::new("Done", Tone::Good),
            reference: format!("…2b9c41d0/{}", 18_204 - n),
        };
        let form = Self {
            from: Field::typed("11/15/2026"),
            to: Field::typed("11/22/2026"),
            account: Field::empty(),
            patient: Field::empty(),
            actions: vec![
                Choice::new("", words::t("audit-action-all"), true),
                Choice::new("sign-in", "Signed in", false),
                Choice::new("view-results", "Opened results", false),
            ],
            found: None,
            chain: ChainStatus {
                sound: true,
                summary: words::t("audit-chain-fits"),
                facts: vec![
                    Fact::new("Entries", "18,204 in 2 chains"),
                    Fact::new("Last checkpoint", "Today, 8:59\u{a0}am Pacific\u{a0}Time"),
                    Fact::new(words::t("audit-chain-full"), words::t("audit-chain-full-how")),
                ],
            },
        };
        let refused = EntryLine {
            outcome: Tag::new("Refused", Tone::Bad),
            what: "Tried to open a record".to_owned(),
            purpose: String::new(),
            ..entry(3)
        };
        let found = Self {
            patient: Field::typed("MRN-004182"),
            found: Some(Found {
                entries: vec![entry(0), entry(1), refused],
                showing: "3 entries".to_owned(),
                previous: None,
                next: None,
            }),
            ..form.clone()
        };
        let none = Self {
            account: Field::typed("nobody@example.org"),
            found: Some(Found { entries: Vec::new(), showing: String::new(), previous: None, next: None }),
            ..form.clone()
        };
        let many = Self {
            found: Some(Found {
                entries: (0..50).map(entry).collect(),
                showing: "Entries 51 to 100".to_owned(),
                previous: Some(String::new()),
                next: Some("1795372200000000.0197f2c4-8a3e-7b10-9c55-2f6d1e0a4b77.18104".to_owned()),
            }),
            ..form.clone()
        };
        let error = Self {
            from: Field::wrong("22.11.26", words::t("audit-problem-date")),
            to: Field::wrong("11/1/2026", words::t("audit-problem-order")),
            ..form.clone()
        };
        let broken = Self {
            chain: ChainStatus {
                sound: false,
                summary: words::t1("audit-chain-torn", "chain", "…2b9c41d0"),
                ..form.chain.clone()
            },
            ..form.clone()
        };
        let long = Self {
            found: Some(Found {
                entries: vec![
                    EntryLine {
                        who: SAMPLE_LONG_NAME.to_owned(),
                        address: "2001:0db8:85a3:0000:0000:8a2e:0370:7334".to_owned(),
                        ..entry(0)
                    },
                    EntryLine { who: SAMPLE_RTL_NAME.to_owned(), ..entry(1) },
                    EntryLine { who: "Sunny 🌻".to_owned(), ..entry(2) },
                ],
                showing: "3 entries".to_owned(),
                previous: None,
                next: None,
            }),
            ..form.clone()
        };
        vec![
            ("form", form),
            ("found", found),
            ("none", none),
            ("50-rows", many),
            ("error", error),
            ("chain-broken", broken),
            ("long-names", long),
        ]
    }
}
