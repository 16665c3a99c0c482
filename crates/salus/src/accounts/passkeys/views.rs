//! What the pages of passkeys receive.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Field, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, View, problems, sample_phone};
use crate::shell::words::{self, filters};

/// One passkey in the list.
#[derive(Clone)]
pub struct PasskeyLine {
    /// Its row, for the button.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was made, in words.
    pub made: String,
    /// When it was last used, in words.
    pub used: Option<String>,
}

impl PasskeyLine {
    /// For the gallery.
    pub fn samples() -> Vec<Self> {
        let line = |n: u32, name: &str, used: Option<&str>| Self {
            id: format!("passkey-{n}"),
            name: name.to_owned(),
            made: "November 5, 2026".to_owned(),
            used: used.map(str::to_owned),
        };
        vec![line(1, "Safari on an iPhone", Some("November 21, 2026")), line(2, "Blue key on my keyring", None)]
    }

    /// The same, with names that are hard to lay out.
    pub fn long_samples() -> Vec<Self> {
        let names = [SAMPLE_LONG_NAME, SAMPLE_RTL_NAME];
        Self::samples().into_iter().zip(names).map(|(line, name)| Self { name: name.to_owned(), ..line }).collect()
    }
}

/// The form for one more passkey.
#[derive(Clone, Template)]
#[template(path = "accounts/passkeys/templates/add.html")]
pub struct AddPasskey {
    /// What it is to be called.
    pub name: Field,
    /// What stands above the form when it did not work; empty for nothing.
    pub message: String,
    /// Where to go on: a path of ours, or empty.
    pub next: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
    /// The clinic wants one of whoever works here.
    pub wanted: bool,
    /// There are as many as there may be.
    pub full: bool,
}

impl AddPasskey {
    fn problems(&self) -> Vec<Problem> {
        problems([("name", &self.name.problem)])
    }
}

impl View for AddPasskey {
    fn title(&self) -> String {
        words::t("accounts-passkey-add-title")
    }

    fn has_problems(&self) -> bool {
        self.name.problem.is_some() || !self.message.is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            name: Field::typed("Chrome on a Windows computer"),
            message: String::new(),
            next: String::new(),
            clinic_phone: sample_phone(),
            wanted: false,
            full: false,
        };
        let error =
            Self { name: Field::wrong(SAMPLE_LONG_NAME, words::t("accounts-problem-passkey-name")), ..normal.clone() };
        let failed = Self { message: words::t("accounts-problem-passkey-made"), ..normal.clone() };
        let full = Self { full: true, ..normal.clone() };
        let wanted = Self { wanted: true, next: urls::STAFF.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("wanted", wanted), ("error", error), ("failed", failed), ("full", full)]
    }
}
