//! What the pages of another address receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{Field, Layout, Problem, SAMPLE_RTL_NAME, View, problems, sample_phone},
    words::{self, filters},
};

/// An address that was asked for, and not confirmed yet.
#[derive(Clone)]
pub struct Waiting {
    /// The address.
    pub email: String,
    /// Until when the link works, in words.
    pub until: String,
}

/// Asks for another address.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/address.html")]
pub struct ChangeAddress {
    /// The address as it is.
    pub present: String,
    /// The new one.
    pub email: Field,
    /// What stands above the form: when to try again.
    pub message: String,
    /// What was asked for and waits.
    pub waiting: Option<Waiting>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl ChangeAddress {
    fn problems(&self) -> Vec<Problem> {
        problems([("email", &self.email.problem)])
    }
}

impl View for ChangeAddress {
    fn title(&self) -> String {
        words::t("accounts-address-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty() || !self.message.is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            present: "maya.okafor@example.org".to_owned(),
            email: Field::empty(),
            message: String::new(),
            waiting: None,
            clinic_phone: sample_phone(),
        };
        let until = "Saturday, November 21, 2026, 10:20\u{a0}am Central\u{a0}Time".to_owned();
        let waiting = Some(Waiting { email: "maya@example.com".to_owned(), until });
        let error = Self { email: Field::wrong("maya", words::t("accounts-problem-email")), ..normal.clone() };
        let throttled = Self {
            email: Field::typed("maya@example.com"),
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        let long = Self {
            present: format!("{}@example.org", "maya.okafor.".repeat(12)),
            email: Field::typed(SAMPLE_RTL_NAME),
            ..normal.clone()
        };
        let waits = Self { waiting, ..normal.clone() };
        vec![("normal", normal), ("waiting", waits), ("error", error), ("throttled", throttled), ("long-names", long)]
    }
}

/// Asks whether the address that got the mail is the one to sign in with.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/address_confirm.html")]
pub struct ConfirmAddress {
    /// Where the form goes.
    pub action: String,
    /// The address as it is.
    pub present: String,
    /// The new one.
    pub email: String,
}

impl View for ConfirmAddress {
    fn title(&self) -> String {
        words::t("accounts-address-confirm-title")
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            action: urls::address_confirm("sample"),
            present: "maya.okafor@example.org".to_owned(),
            email: "maya@example.com".to_owned(),
        };
        let long = Self { email: format!("{}@example.org", "maya.okafor.".repeat(12)), ..normal.clone() };
        vec![("normal", normal), ("long-names", long)]
    }
}
