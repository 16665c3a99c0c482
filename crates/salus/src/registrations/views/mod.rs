//! What the pages of registrations receive: the person's here, the front desk's in [`desk`].

pub mod desk;

use askama::Template;

use crate::shell::{
    urls,
    view::{Field, Layout, Problem, SAMPLE_RTL_NAME, SecretField, View, problems, sample_phone},
    words::{self, filters},
};

/// Somebody asks for an account.
#[derive(Clone, Default, Template)]
#[template(path = "registrations/templates/ask.html")]
pub struct Ask {
    /// The name.
    pub name: Field,
    /// The date of birth.
    pub birth_date: Field,
    /// The address.
    pub email: Field,
    /// The phone; may be empty.
    pub phone: Field,
    /// What stands above the form: when to try again.
    pub message: String,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Ask {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("name", &self.name.problem),
            ("birth_date", &self.birth_date.problem),
            ("email", &self.email.problem),
            ("phone", &self.phone.problem),
        ])
    }
}

impl View for Ask {
    fn title(&self) -> String {
        words::t("registrations-ask-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal =
            Self { clinic_name: "Riverside Clinic".to_owned(), clinic_phone: sample_phone(), ..Self::default() };
        let error = Self {
            name: Field::wrong("", words::t("registrations-problem-name")),
            birth_date: Field::wrong("tomorrow", words::t("registrations-problem-birth-date")),
            email: Field::wrong("maya", words::t("accounts-problem-email")),
            phone: Field::wrong("ring me", words::t("registrations-problem-phone")),
            ..normal.clone()
        };
        let young = Self {
            name: Field::typed(SAMPLE_RTL_NAME),
            birth_date: Field::wrong("3 14 2012", words::t1("registrations-problem-young", "adult", 18)),
            email: Field::typed("maya@example.org"),
            ..normal.clone()
        };
        let throttled = Self {
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error), ("too-young", young), ("throttled", throttled)]
    }
}

/// What happens next, after somebody asked.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/sent.html")]
pub struct Sent {
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Sent {
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

/// The form behind the mailed link.
#[derive(Clone, Template)]
#[template(path = "registrations/templates/verify.html")]
pub struct Verify {
    /// Where the form goes.
    pub action: String,
    /// The date of birth.
    pub birth_date: Field,
    /// The password.
    pub password: SecretField,
    /// The password again.
    pub again: SecretField,
    /// What stands above the form: when to try again.
    pub message: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Verify {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("birth_date", &self.birth_date.problem),
            ("password", &self.password.problem),
            ("again", &self.again.problem),
        ])
    }
}

impl View for Verify {
    fn title(&self) -> String {
        words::t("registrations-verify-title")
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn layout(&self) -> Layout {
        Layout::Gate
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            action: urls::verify("sample"),
            birth_date: Field::empty(),
            password: SecretField::empty(),
            again: SecretField::empty(),
            message: String::new(),
            clinic_phone: sample_phone(),
        };
        let error = Self {
            birth_date: Field::wrong("3 15 1985", words::t("registrations-problem-no-match")),
            password: SecretField::wrong(words::t("accounts-problem-password-short")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error)]
    }
}
