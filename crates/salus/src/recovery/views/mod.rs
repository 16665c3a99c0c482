//! What the pages of getting back in receive.

pub mod colleagues;
pub mod desk;

use askama::Template;

use super::model::WANTED;
use crate::shell::{
    urls,
    view::{Choice, Layout, Problem, SecretField, View, problems, sample_phone},
    words::{self, filters},
};

/// Asks the clinic to let somebody back in.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/ask.html")]
pub struct Ask {
    /// Where the form goes.
    pub action: String,
    /// How the person can be checked.
    pub wanted: Vec<Choice>,
    /// What is wrong with that.
    pub problem: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Ask {
    fn problems(&self) -> Vec<Problem> {
        problems([("wanted-1", &self.problem)])
    }
}

impl View for Ask {
    fn title(&self) -> String {
        words::t("recovery-ask-title")
    }
    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let choice = |word| Choice::new(word, words::t(&format!("recovery-wanted-{word}")), false);
        let normal = Self {
            action: urls::reset_lost("sample"),
            wanted: WANTED.map(choice).to_vec(),
            problem: None,
            clinic_phone: sample_phone(),
        };
        let error = Self { problem: Some(words::t("recovery-problem-wanted")), ..normal.clone() };
        vec![("normal", normal), ("error", error)]
    }
}

/// Comes back in: the code that was said, and another password.
#[derive(Clone, Template)]
#[template(path = "recovery/templates/back_in.html")]
pub struct BackIn {
    /// Where the form goes.
    pub action: String,
    /// What stands above the form: when to try again.
    pub message: String,
    /// The code.
    pub code: SecretField,
    /// The password.
    pub password: SecretField,
    /// The password again.
    pub again: SecretField,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl BackIn {
    fn problems(&self) -> Vec<Problem> {
        problems([("code", &self.code.problem), ("password", &self.password.problem), ("again", &self.again.problem)])
    }
}

impl View for BackIn {
    fn title(&self) -> String {
        words::t("recovery-back-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            action: urls::back_in("sample"),
            message: String::new(),
            code: SecretField::empty(),
            password: SecretField::empty(),
            again: SecretField::empty(),
            clinic_phone: sample_phone(),
        };
        let error = Self {
            code: SecretField::wrong(words::t("recovery-problem-code")),
            password: SecretField::wrong(words::t("accounts-problem-password-short")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        let wrong = Self { code: SecretField::wrong(words::t("recovery-problem-wrong")), ..normal.clone() };
        let throttled = Self {
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error), ("wrong", wrong), ("throttled", throttled)]
    }
}
