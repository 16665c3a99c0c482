//! The form for a new conversation.

use askama::Template;

use super::{SAMPLE_RTL_TEXT, SAMPLE_WHEN, Writing, sample_writing, topics};
use crate::{
    messages::model::Topic,
    shell::{
        urls,
        view::{
            ChartBanner, Field, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, sample_banner,
            sample_phone,
        },
        words::{self, filters},
    },
};

/// A new conversation.
#[derive(Clone, Template)]
#[template(path = "messages/templates/new.html")]
pub struct New {
    /// Whose chart.
    pub patient: String,
    /// Who that is, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// Who will read it: names with what they work as.
    pub readers: Vec<String>,
    /// The form.
    pub form: Writing,
    /// That this form was sent already, with other words.
    pub sent_before: bool,
    /// Within how many working days the team usually answers.
    pub answer_days: u64,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for New {
    fn title(&self) -> String {
        words::t("messages-new-title")
    }

    fn place(&self) -> Place {
        Place::Messages
    }

    fn has_problems(&self) -> bool {
        !self.form.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: None,
            readers: vec!["Dr. Lena Park, Doctor".to_owned(), "Dana Whitfield, Nurse".to_owned()],
            form: sample_writing(),
            sent_before: false,
            answer_days: 2,
            clinic_phone: sample_phone(),
        };
        let draft = Self {
            form: Writing {
                topics: topics(Some(Topic::Medicines)),
                subject: Field::typed("Is the new tablet right for me?"),
                body: Field::typed("Hello Dr. Park,\n\nsince Monday I feel dizzy in the morning."),
                saved: Some(words::t1("messages-draft-saved", "when", SAMPLE_WHEN)),
                ..sample_writing()
            },
            ..normal.clone()
        };
        let error = Self {
            form: Writing {
                topic_problem: Some(words::t("messages-problem-topic")),
                subject: Field::wrong("", words::t("messages-problem-subject")),
                body: Field::wrong("", words::t("messages-problem-body")),
                ..sample_writing()
            },
            ..normal.clone()
        };
        let nobody = Self { readers: Vec::new(), ..normal.clone() };
        let nobody_draft = Self { readers: Vec::new(), ..draft.clone() };
        let sent_before = Self { sent_before: true, ..draft.clone() };
        let long = Self {
            readers: vec![format!("{SAMPLE_LONG_NAME}, Doctor"), format!("{SAMPLE_RTL_NAME}, Nurse")],
            form: Writing {
                subject: Field::typed(SAMPLE_RTL_TEXT),
                body: Field::typed(SAMPLE_RTL_TEXT),
                ..sample_writing()
            },
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![
            ("normal", normal),
            ("draft", draft),
            ("error", error),
            ("nobody-reads", nobody),
            ("nobody-reads-draft", nobody_draft),
            ("sent-before", sent_before),
            ("long-names", long),
            ("staff", staff),
        ]
    }
}
