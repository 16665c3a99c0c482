//! A patient's conversations.

use askama::Template;

use super::{SAMPLE_ID, SAMPLE_RTL_TEXT, SAMPLE_WHEN};
use crate::shell::{
    urls,
    view::{ChartBanner, Pager, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, Tag, Tone, View, sample_banner, sample_phone},
    words::{self, filters},
};

/// A conversation in the list.
#[derive(Clone)]
pub struct Line {
    /// Its page.
    pub url: String,
    /// In the words of who began it.
    pub subject: String,
    /// What it is about.
    pub topic: String,
    /// When something was last written, and by which side, in words.
    pub last: String,
    /// How many messages the reader's side has not read.
    pub unread: u64,
    /// That it is closed, that it waits, that there is a draft.
    pub tags: Vec<Tag>,
}

/// A patient's conversations, the newest first.
#[derive(Clone, Template)]
#[template(path = "messages/templates/list.html")]
pub struct List {
    /// Whose chart.
    pub patient: String,
    /// Who that is, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// The conversations.
    pub lines: Vec<Line>,
    /// The pages.
    pub pager: Pager,
    /// Whether there is the draft of a new conversation.
    pub has_draft: bool,
    /// Whether a new message would be read by somebody.
    pub somebody_reads: bool,
    /// Within how many working days the team usually answers.
    pub answer_days: u64,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for List {
    fn title(&self) -> String {
        words::t("messages-title")
    }

    fn place(&self) -> Place {
        Place::Messages
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |subject: &str, unread: u64, tags: Vec<Tag>| Line {
            url: urls::thread(SAMPLE_PATIENT, SAMPLE_ID),
            subject: subject.to_owned(),
            topic: words::t("messages-topic-medicines"),
            last: words::t1("messages-last-team", "when", SAMPLE_WHEN),
            unread,
            tags,
        };
        let lines = vec![
            line("Is the new tablet right for me?", 2, Vec::new()),
            line("Letter for my employer", 0, vec![Tag::new(words::t("messages-tag-draft"), Tone::Caution)]),
            line("My knee", 0, vec![Tag::new(words::t("messages-tag-waiting"), Tone::Plain)]),
            line("Flu shot", 0, vec![Tag::new(words::t("messages-tag-closed"), Tone::Plain)]),
        ];
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: None,
            pager: Pager::new(&urls::messages(SAMPLE_PATIENT), 1, 50, 4),
            lines,
            has_draft: false,
            somebody_reads: true,
            answer_days: 2,
            clinic_phone: sample_phone(),
        };
        let empty =
            Self { lines: Vec::new(), pager: Pager::new(&urls::messages(SAMPLE_PATIENT), 1, 50, 0), ..normal.clone() };
        let nobody = Self { somebody_reads: false, ..empty.clone() };
        let draft = Self { has_draft: true, ..normal.clone() };
        let long = Self {
            lines: vec![line(SAMPLE_LONG_NAME, 120, Vec::new()), line(SAMPLE_RTL_TEXT, 1, Vec::new())],
            ..normal.clone()
        };
        let many = Self {
            lines: (0..50).map(|_| line("My knee", 0, Vec::new())).collect(),
            pager: Pager::new(&urls::messages(SAMPLE_PATIENT), 2, 50, 812),
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        let staff_empty = Self { banner: Some(sample_banner()), ..empty.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("nobody-reads", nobody),
            ("draft", draft),
            ("long-names", long),
            ("50-rows", many),
            ("staff", staff),
            ("staff-empty", staff_empty),
        ]
    }
}
