//! The inbox of somebody who treats patients.

use askama::Template;

use super::{SAMPLE_ID, SAMPLE_RTL_TEXT, SAMPLE_WHEN};
use crate::{
    messages::model::Filter,
    shell::{
        urls,
        view::{Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone, View},
        words::{self, filters},
    },
};

/// A conversation in the inbox.
#[derive(Clone)]
pub struct Waiting {
    /// Its page.
    pub url: String,
    /// Where it is taken or given back.
    pub claim_url: String,
    /// The patient's name.
    pub name: String,
    /// In the words of who began it.
    pub subject: String,
    /// What it is about.
    pub topic: String,
    /// Since when it waits, or when it was last written in.
    pub when: String,
    /// That it waits, that it waits long, that it is answered or closed.
    pub tag: Tag,
    /// Who has it; empty for nobody.
    pub claimed: String,
    /// What can be done: the word of a form, and the button's words.
    pub action: Option<(&'static str, String)>,
}

/// A filter: its words, its address, and whether it is on.
#[derive(Clone)]
pub struct Tab {
    /// Its words.
    pub label: String,
    /// The inbox through it.
    pub url: String,
    /// Whether the page shows it.
    pub current: bool,
}

/// Conversations of patients in somebody's care.
#[derive(Clone, Template)]
#[template(path = "messages/templates/inbox.html")]
pub struct Inbox {
    /// Through which filter.
    pub filter: Filter,
    /// The conversations, what waits longest first.
    pub lines: Vec<Waiting>,
    /// How many wait.
    pub waiting: u64,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Inbox {
    fn tabs(&self) -> Vec<Tab> {
        let tab = |filter: Filter| Tab {
            label: words::t(&format!("messages-filter-{}", filter.word())),
            url: address(filter, 1),
            current: filter == self.filter,
        };
        Filter::all().map(tab).collect()
    }

    fn empty_words(&self) -> String {
        words::t(&format!("messages-inbox-none-{}", self.filter.word()))
    }
}

/// The inbox through a filter.
pub fn address(filter: Filter, page: u64) -> String {
    let list = match filter {
        Filter::All => return urls::page(urls::INBOX, page),
        other => format!("{}?show={}", urls::INBOX, other.word()),
    };
    if page <= 1 { list } else { format!("{list}&page={page}") }
}

impl View for Inbox {
    fn title(&self) -> String {
        words::t("messages-inbox-title")
    }

    fn place(&self) -> Place {
        Place::Messages
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, subject: &str, claimed: &str, action: Option<(&'static str, &str)>, tag: Tag| Waiting {
            url: urls::thread(SAMPLE_PATIENT, SAMPLE_ID),
            claim_url: urls::thread_claim(SAMPLE_PATIENT, SAMPLE_ID),
            name: name.to_owned(),
            subject: subject.to_owned(),
            topic: words::t("messages-topic-medicines"),
            when: SAMPLE_WHEN.to_owned(),
            tag,
            claimed: claimed.to_owned(),
            action: action.map(|(word, id)| (word, words::t(id))),
        };
        let waits = || Tag::new(words::t("messages-tag-waits"), Tone::Plain);
        let late = || Tag::new(words::t("messages-tag-late"), Tone::Caution);
        let take = Some(("take", "messages-claim-take"));
        let back = Some(("give-back", "messages-claim-give-back"));
        let normal = Self {
            filter: Filter::All,
            lines: vec![
                line("Maya Okafor", "Is the new tablet right for me?", "", take, late()),
                line("Ben Ruiz", "Letter for my employer", "Dana Whitfield", None, waits()),
                line("Ana Ruiz", "My knee", "You", back, waits()),
                line("Cleo Young", "Flu shot", "", None, Tag::new(words::t("messages-tag-answered"), Tone::Good)),
            ],
            waiting: 3,
            previous: None,
            next: None,
        };
        let empty = Self { lines: Vec::new(), waiting: 0, ..normal.clone() };
        let none_of_mine = Self { filter: Filter::Mine, ..empty.clone() };
        let long = Self {
            lines: vec![
                line(SAMPLE_LONG_NAME, SAMPLE_LONG_NAME, SAMPLE_LONG_NAME, take, late()),
                line(SAMPLE_RTL_NAME, SAMPLE_RTL_TEXT, SAMPLE_RTL_NAME, take, late()),
            ],
            ..normal.clone()
        };
        let many = Self {
            lines: (0..50).map(|_| line("Maya Okafor", "My knee", "", take, waits())).collect(),
            waiting: 112,
            previous: Some(address(Filter::All, 1)),
            next: Some(address(Filter::All, 3)),
            ..normal.clone()
        };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("none-of-mine", none_of_mine),
            ("long-names", long),
            ("50-rows", many),
        ]
    }
}
