//! What the pages of a forgotten password receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{Field, Layout, Problem, SecretField, View, problems, sample_phone},
    words::{self, filters},
};

/// Asks for a link to choose another password.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/forgotten.html")]
pub struct Forgotten {
    /// The address.
    pub email: Field,
    /// What stands above the form: when to try again.
    pub message: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Forgotten {
    fn problems(&self) -> Vec<Problem> {
        problems([("email", &self.email.problem)])
    }
}

impl View for Forgotten {
    fn title(&self) -> String {
        words::t("accounts-forgotten-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self { email: Field::empty(), message: String::new(), clinic_phone: sample_phone() };
        let error = Self { email: Field::wrong("maya", words::t("accounts-problem-email")), ..normal.clone() };
        let throttled = Self {
            email: Field::typed("maya@example.org"),
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error), ("throttled", throttled)]
    }
}

/// What happens next, after somebody asked.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/forgotten_sent.html")]
pub struct ForgottenSent {
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for ForgottenSent {
    fn title(&self) -> String {
        words::t("registrations-sent-title")
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("normal", Self { clinic_phone: sample_phone() })]
    }
}

/// Chooses another password.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/reset.html")]
pub struct Reset {
    /// Where the form goes.
    pub action: String,
    /// The password.
    pub password: SecretField,
    /// The password again.
    pub again: SecretField,
}

impl Reset {
    fn problems(&self) -> Vec<Problem> {
        problems([("password", &self.password.problem), ("again", &self.again.problem)])
    }
}

impl View for Reset {
    fn title(&self) -> String {
        words::t("accounts-reset-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal =
            Self { action: urls::reset("sample"), password: SecretField::empty(), again: SecretField::empty() };
        let error = Self {
            password: SecretField::wrong(words::t("accounts-problem-password-short")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error)]
    }
}
