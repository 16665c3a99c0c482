//! What the page that takes a change back receives.

use askama::Template;

use crate::shell::{
    urls,
    view::{Layout, View, sample_phone},
    words::{self, filters},
};

/// Asks whether a change shall be taken back.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/undo.html")]
pub struct TakeBack {
    /// Where the form goes.
    pub action: String,
    /// What was changed and when, in words.
    pub what: String,
    /// Until when it can be taken back.
    pub until: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for TakeBack {
    fn title(&self) -> String {
        words::t("accounts-undo-title")
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let when = "Friday, November 20, 2026, 10:20\u{a0}am Central\u{a0}Time";
        let sample = |changed: &str| Self {
            action: urls::undo("sample"),
            what: words::t1(&format!("accounts-undo-what-{changed}"), "when", when),
            until: "Monday, November 23, 2026, 10:20\u{a0}am Central\u{a0}Time".to_owned(),
            clinic_phone: sample_phone(),
        };
        super::Changed::ALL.into_iter().map(|changed| (changed.word(), sample(changed.word()))).collect()
    }
}
