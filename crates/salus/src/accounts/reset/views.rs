//! What the pages of a forgotten password receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{Field, Layout, Problem, SecretField, View, problems, sample_phone},
    words::{self, filters},
};

/// What somebody has not got any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// They forgot the password.
    Password,
    /// They have neither app nor passkey nor recovery code.
    SecondStep,
}

impl Lost {
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "forgotten",
            Self::SecondStep => "lost",
        }
    }
}

/// Asks for a link: to choose another password, or to ask the clinic.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/forgotten.html")]
pub struct Forgotten {
    /// Which of the two.
    pub what: Lost,
    /// The address.
    pub email: Field,
    /// What stands above the form: when to try again.
    pub message: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Forgotten {
    fn action(&self) -> &'static str {
        match self.what {
            Lost::Password => urls::FORGOTTEN,
            Lost::SecondStep => urls::LOST,
        }
    }
    fn says(&self, what: &str) -> String {
        words::t(&format!("accounts-{}-{what}", self.what.word()))
    }
    fn problems(&self) -> Vec<Problem> {
        problems([("email", &self.email.problem)])
    }
}

impl View for Forgotten {
    fn title(&self) -> String {
        self.says("title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal =
            Self { what: Lost::Password, email: Field::empty(), message: String::new(), clinic_phone: sample_phone() };
        let lost = Self { what: Lost::SecondStep, ..normal.clone() };
        let error = Self { email: Field::wrong("maya", words::t("accounts-problem-email")), ..normal.clone() };
        let throttled = Self {
            email: Field::typed("maya@example.org"),
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        vec![("normal", normal), ("lost", lost), ("error", error), ("throttled", throttled)]
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
    /// Where whoever has lost the second step goes on.
    pub lost: String,
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
        let normal = Self {
            action: urls::reset("sample"),
            lost: urls::reset_lost("sample"),
            password: SecretField::empty(),
            again: SecretField::empty(),
        };
        let error = Self {
            password: SecretField::wrong(words::t("accounts-problem-password-short")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error)]
    }
}
