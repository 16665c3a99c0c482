//! What the pages of signing in receive, and those that set an account up.

use askama::Template;

use super::own::samples_elsewhere;
use crate::shell::urls;
use crate::shell::view::{Field, Layout, Problem, SecretField, View, problems, sample_phone};
use crate::shell::words::{self, filters};

/// Sign-in: e-mail and password.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/sign_in.html")]
pub struct SignIn {
    /// E-mail address; typed text is kept.
    pub email: Field,
    /// Password; never shown again.
    pub password: SecretField,
    /// Where to go afterwards: a path of ours, or empty.
    pub next: String,
    /// What stands above the form when the session ended or the tries ran out; empty for nothing.
    pub message: String,
    /// Whether passkeys can be had at the portal's address.
    pub passkeys: bool,
    /// Where else people who work here may sign in: name and address.
    pub providers: Vec<(String, String)>,
    /// Whether people without a slip can ask for an account.
    pub registers: bool,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl SignIn {
    fn problems(&self) -> Vec<Problem> {
        problems([("email", &self.email.problem), ("password", &self.password.problem)])
    }
}

impl View for SignIn {
    fn title(&self) -> String {
        words::t("accounts-sign-in-title")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty() || !self.message.is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            email: Field::empty(),
            password: SecretField::empty(),
            next: "/home".to_owned(),
            message: String::new(),
            passkeys: true,
            providers: Vec::new(),
            registers: true,
            clinic_phone: sample_phone(),
        };
        let error = Self {
            email: Field::typed("maya.okafor@example.org"),
            password: SecretField::wrong(words::t("accounts-problem-no-match")),
            ..normal.clone()
        };
        let empty_fields = Self {
            email: Field::wrong("maya.okafor", words::t("accounts-problem-email")),
            password: SecretField::wrong(words::t("accounts-problem-password-missing")),
            ..normal.clone()
        };
        let throttled = Self {
            email: Field::typed("maya.okafor@example.org"),
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        let elsewhere = Self { providers: samples_elsewhere(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("elsewhere", elsewhere),
            ("error", error),
            ("error-fields", empty_fields),
            ("throttled", throttled),
        ]
    }
}

/// The second step: a passkey, or a code from the authenticator app.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/second_factor.html")]
pub struct SecondFactor {
    /// Whether there is an app.
    pub app: bool,
    /// Whether there is a passkey.
    pub passkey: bool,
    /// The code; never shown again.
    pub code: SecretField,
    /// Where to go afterwards: a path of ours, or empty.
    pub next: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl SecondFactor {
    fn problems(&self) -> Vec<Problem> {
        problems([("code", &self.code.problem)])
    }
}

impl View for SecondFactor {
    fn title(&self) -> String {
        words::t(match (self.app, self.passkey) {
            (true, true) => "accounts-code-title-either",
            (true, false) => "accounts-code-title",
            (false, _) => "accounts-code-title-passkey",
        })
    }

    fn has_problems(&self) -> bool {
        self.code.problem.is_some()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let (code, next) = (SecretField::empty(), String::new());
        let normal = Self { app: true, passkey: false, code, next, clinic_phone: sample_phone() };
        let error = Self { code: SecretField::wrong(words::t("accounts-problem-code")), ..normal.clone() };
        let used = Self { code: SecretField::wrong(words::t("accounts-problem-code-used")), ..normal.clone() };
        let both = Self { passkey: true, ..normal.clone() };
        let no_app = Self { app: false, ..both.clone() };
        vec![
            ("normal", normal),
            ("error", error),
            ("error-used", used),
            ("passkey-too", both),
            ("passkey-only", no_app),
        ]
    }
}

/// A recovery code instead of the app's code.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/recovery.html")]
pub struct Recovery {
    /// Whether it is a code of a sheet, and the only way.
    pub sheet: bool,
    /// The recovery code; never shown again.
    pub code: SecretField,
    /// Where to go afterwards: a path of ours, or empty.
    pub next: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Recovery {
    fn problems(&self) -> Vec<Problem> {
        problems([("code", &self.code.problem)])
    }
}

impl View for Recovery {
    fn title(&self) -> String {
        words::t(if self.sheet { "accounts-sheet-ask" } else { "accounts-recovery-title" })
    }

    fn has_problems(&self) -> bool {
        self.code.problem.is_some()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal =
            Self { sheet: false, code: SecretField::empty(), next: String::new(), clinic_phone: sample_phone() };
        let error = Self { code: SecretField::wrong(words::t("accounts-problem-recovery")), ..normal.clone() };
        let sheet = Self { sheet: true, ..normal.clone() };
        vec![("normal", normal), ("error", error), ("sheet", sheet)]
    }
}

/// First sign-in, or a new phone: the authenticator app is set up and confirmed by a code.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/enroll.html")]
pub struct Enroll {
    /// "Step 1 of 3"; empty outside the first sign-in.
    pub step: String,
    /// Where the form goes.
    pub action: String,
    /// Which app this is, where it takes another one's place; else empty.
    pub factor: String,
    /// Whether a sheet of codes will do as well.
    pub sheet: bool,
    /// Whether there is an app whose place it takes.
    pub replaces: bool,
    /// What stands above the form when a passkey was not made; empty for nothing.
    pub message: String,
    /// Whether a passkey may be made instead.
    pub passkeys: bool,
    /// Whether the clinic wants one of whoever works here.
    pub wanted: bool,
    /// The QR picture as SVG that we made ourselves; put into the page as it is.
    pub qr_svg: String,
    /// The secret as text, in groups of four.
    pub secret: String,
    /// The account's name as the app will show it.
    pub account: String,
    /// The confirming code; never shown again.
    pub code: SecretField,
}

impl Enroll {
    fn problems(&self) -> Vec<Problem> {
        problems([("code", &self.code.problem)])
    }
}

impl View for Enroll {
    fn title(&self) -> String {
        words::t(if self.factor.is_empty() { "accounts-enroll-first" } else { "accounts-enroll-title" })
    }

    fn has_problems(&self) -> bool {
        self.code.problem.is_some() || !self.message.is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            step: words::t_with("accounts-step", [("step", 2.into()), ("steps", 3.into())]),
            action: urls::ENROLL.to_owned(),
            factor: String::new(),
            sheet: true,
            replaces: false,
            message: String::new(),
            passkeys: true,
            wanted: false,
            qr_svg: sample_qr(),
            secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
            account: "maya.okafor@example.org".to_owned(),
            code: SecretField::empty(),
        };
        let error = Self { code: SecretField::wrong(words::t("accounts-problem-code")), ..normal.clone() };
        let long = Self {
            account: "wilhelmina-alexandrina.featherstonehaugh-cholmondeley@department-of-correspondence.example.org"
                .to_owned(),
            ..normal.clone()
        };
        let other = Self {
            step: String::new(),
            action: urls::FACTORS_APP.to_owned(),
            factor: "0192f3a0-0000-7000-8000-0000000000f1".to_owned(),
            replaces: true,
            passkeys: false,
            ..normal.clone()
        };
        let more = Self { replaces: false, ..other.clone() };
        let failed = Self { message: words::t("accounts-problem-passkey-made"), ..normal.clone() };
        let all = [
            ("normal", normal),
            ("error", error),
            ("failed", failed),
            ("another", other),
            ("one-more", more),
            ("long-names", long),
        ];
        all.into()
    }
}

/// A picture that stands for a QR code in samples.
fn sample_qr() -> String {
    let mut squares = String::new();
    for y in 0..29_u32 {
        for x in 0..29_u32 {
            let eye = |left: u32, top: u32| {
                let (dx, dy) = (x.wrapping_sub(left), y.wrapping_sub(top));
                (dx < 7 && dy < 7)
                    .then(|| dx == 0 || dy == 0 || dx == 6 || dy == 6 || (2..5).contains(&dx) && (2..5).contains(&dy))
            };
            let dark = eye(0, 0).or(eye(22, 0)).or(eye(0, 22)).unwrap_or((x * 7 + y * 13 + x * y) % 5 < 2);
            if dark {
                squares.push_str(&format!("M{x},{y}h1v1h-1z"));
            }
        }
    }
    format!(
        "<svg viewBox=\"-3 -3 35 35\" width=\"220\" height=\"220\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-3,-3h35v35h-35z\"/><path fill=\"#000\" d=\"{squares}\"/></svg>"
    )
}

/// The recovery codes, shown once.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/recovery_codes.html")]
pub struct RecoveryCodes {
    /// "Step 3 of 3"; empty outside the first sign-in.
    pub step: String,
    /// Ten codes.
    pub codes: Vec<String>,
    /// When they were made, in words.
    pub made: String,
    /// The clinic's name, for the printed sheet.
    pub clinic_name: String,
    /// Where to go on.
    pub go: String,
}

impl View for RecoveryCodes {
    fn title(&self) -> String {
        words::t("accounts-codes-title")
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let codes = (1_u32..=10)
            .map(|n| format!("{:04x}-{:04x}-{:04x}", n * 6_131 % 65_536, n * 40_503 % 65_536, n * 25_717 % 65_536))
            .collect();
        let normal = Self {
            step: words::t_with("accounts-step", [("step", 3.into()), ("steps", 3.into())]),
            codes,
            made: "Sunday, November 22, 2026".to_owned(),
            clinic_name: "Riverside Clinic".to_owned(),
            go: urls::HOME.to_owned(),
        };
        let others = Self { step: String::new(), go: urls::FACTORS.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("others", others)]
    }
}

/// A sheet of codes, for those who have no phone.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/sheet.html")]
pub struct Sheet {
    /// "Step 2 of 2"; empty outside the first sign-in.
    pub step: String,
    /// The codes, in order.
    pub codes: Vec<String>,
    /// When they were made, in words.
    pub made: String,
    /// The clinic's name, for the printed sheet.
    pub clinic_name: String,
    /// What follows.
    pub after: AfterSheet,
}

/// After a sheet one of its codes is asked for, by its number: it counts once somebody has it.
#[derive(Clone)]
pub struct AfterSheet {
    /// Where the form goes.
    pub action: &'static str,
    /// Whether it is the first one.
    pub first: bool,
    /// Which code.
    pub number: u32,
    /// The code; never shown again.
    pub code: SecretField,
}

impl Sheet {
    fn problems(&self) -> Vec<Problem> {
        problems([("code", &self.after.code.problem)])
    }
}

impl View for Sheet {
    fn title(&self) -> String {
        words::t("accounts-sheet")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let code = |n: u64| format!("{:03} {:03} {:04}", n * 617 % 1000, n * 431 % 1000, n * 7919 % 10_000);
        let after = AfterSheet { action: urls::ENROLL_SHEET, first: true, number: 7, code: SecretField::empty() };
        let normal = Self {
            step: words::t_with("accounts-step", [("step", 2.into()), ("steps", 2.into())]),
            codes: (1..=40).map(code).collect(),
            made: "Sunday, November 22, 2026".to_owned(),
            clinic_name: "Riverside Clinic".to_owned(),
            after: after.clone(),
        };
        let wrong = SecretField::wrong(words::t1("accounts-problem-sheet", "number", 7));
        let error = Self { after: AfterSheet { code: wrong, ..after.clone() }, ..normal.clone() };
        let other = AfterSheet { action: urls::FACTORS_SHEET, first: false, ..after };
        let others = Self { step: String::new(), after: other, ..normal.clone() };
        vec![("normal", normal), ("error", error), ("others", others)]
    }
}

/// A password of one's own.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/password.html")]
pub struct ChoosePassword {
    /// "Step 1 of 3"; empty outside the first sign-in.
    pub step: String,
    /// Where the form goes.
    pub action: String,
    /// The account's e-mail, so that password managers know whose it is.
    pub email: String,
    /// The old password, when it is asked for.
    pub old: Option<SecretField>,
    /// The new one.
    pub password: SecretField,
    /// The new one again.
    pub again: SecretField,
}

impl ChoosePassword {
    fn problems(&self) -> Vec<Problem> {
        let none = None;
        let old = self.old.as_ref().map_or(&none, |old| &old.problem);
        problems([("old", old), ("password", &self.password.problem), ("again", &self.again.problem)])
    }
}

impl View for ChoosePassword {
    fn title(&self) -> String {
        words::t("accounts-password-title")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            step: words::t_with("accounts-step", [("step", 1.into()), ("steps", 3.into())]),
            action: urls::SETTINGS_PASSWORD.to_owned(),
            email: "maya.okafor@example.org".to_owned(),
            old: None,
            password: SecretField::empty(),
            again: SecretField::empty(),
        };
        let short =
            Self { password: SecretField::wrong(words::t("accounts-problem-password-short")), ..normal.clone() };
        let weak = Self {
            password: SecretField::wrong(words::t("accounts-problem-password-weak")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        let change = Self { step: String::new(), old: Some(SecretField::empty()), ..normal.clone() };
        vec![("normal", normal), ("error-short", short), ("error-weak", weak), ("change", change)]
    }
}
