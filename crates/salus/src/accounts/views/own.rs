//! What the pages of one's own account receive.

use askama::Template;

use crate::accounts::passkeys::views::PasskeyLine;
use crate::shell::urls;
use crate::shell::view::{
    Choice, Layout, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, SecretField, View, problems,
    sample_phone,
};
use crate::shell::words::{self, filters};

/// One session in the list.
#[derive(Clone)]
pub struct SessionLine {
    /// Its id, for the button.
    pub id: String,
    /// The device in plain words: "Chrome on a Windows computer".
    pub device: String,
    /// When it was last used, in words.
    pub last_used: String,
    /// When it began, in words.
    pub began: String,
    /// The address it came from.
    pub address: String,
    /// Whether it is this one.
    pub current: bool,
}

/// One's own sessions.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/sessions.html")]
pub struct Sessions {
    /// The sessions, this one first.
    pub sessions: Vec<SessionLine>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Sessions {
    fn title(&self) -> String {
        words::t("accounts-sessions-title")
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |n: u32, device: &str, current: bool| SessionLine {
            id: format!("session-{n}"),
            device: device.to_owned(),
            last_used: if current {
                "Now".to_owned()
            } else {
                format!("Friday, November {n}, 8:12\u{a0}am Pacific Time")
            },
            began: "Thursday, November 5, 7:40\u{a0}pm Pacific Time".to_owned(),
            address: format!("203.0.113.{n}"),
            current,
        };
        let one = Self { sessions: vec![line(22, "Chrome on a Windows computer", true)], clinic_phone: sample_phone() };
        let normal = Self {
            sessions: vec![
                line(22, "Chrome on a Windows computer", true),
                line(20, "Safari on an iPhone", false),
                line(13, "Firefox on a Linux computer", false),
            ],
            ..one.clone()
        };
        let many =
            Self { sessions: (1..=50).map(|n| line(n % 28 + 1, "Safari on an iPad", n == 1)).collect(), ..one.clone() };
        let long = Self {
            sessions: vec![
                line(22, SAMPLE_LONG_NAME, true),
                SessionLine {
                    address: "2001:0db8:85a3:0000:0000:8a2e:0370:7334".to_owned(),
                    ..line(2, "A device that we do not know", false)
                },
            ],
            ..one.clone()
        };
        vec![("normal", normal), ("one", one), ("50-rows", many), ("long-names", long)]
    }
}

/// How many recovery codes are few; of a sheet, which goes with each sign-in, more are.
pub fn few_codes(left: u64, sheet: bool) -> bool {
    left < if sheet { 8 } else { 3 }
}

/// With what one signs in.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/factors.html")]
pub struct Factors {
    /// Whether passkeys can be had at the portal's address.
    pub offered: bool,
    /// The passkeys, newest first.
    pub passkeys: Vec<PasskeyLine>,
    /// Since when there is an authenticator app, in words.
    pub app_since: Option<String>,
    /// How many recovery codes are left.
    pub codes_left: u64,
    /// Whether they are a sheet, and all there is.
    pub sheet: bool,
    /// Where else whoever works here may sign in.
    pub providers: Vec<ProviderCard>,
    /// When the password was last changed, in words.
    pub password_changed: String,
}

/// A provider, and what the account has to do with it.
#[derive(Clone)]
pub struct ProviderCard {
    /// What it is called in addresses.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Since when the account is connected, in words.
    pub since: Option<String>,
    /// When that was last used, in words.
    pub used: Option<String>,
}

/// Two providers, for pictures of a page: name and address.
pub(super) fn samples_elsewhere() -> Vec<(String, String)> {
    [("Okta", "okta"), ("Riverside Health Network single sign-on", "network")]
        .map(|(name, key)| (name.to_owned(), urls::sign_in_with(key, "")))
        .to_vec()
}

impl Factors {
    fn few_codes(&self) -> bool {
        few_codes(self.codes_left, self.sheet)
    }
}

impl View for Factors {
    fn title(&self) -> String {
        words::t("accounts-factors-title")
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            offered: true,
            passkeys: PasskeyLine::samples(),
            app_since: Some("November 5, 2026".to_owned()),
            codes_left: 10,
            sheet: false,
            providers: Vec::new(),
            password_changed: "November 5, 2026".to_owned(),
        };
        let few = Self { codes_left: 0, passkeys: Vec::new(), ..normal.clone() };
        let no_app = Self { app_since: None, ..normal.clone() };
        let long = Self { passkeys: PasskeyLine::long_samples(), ..normal.clone() };
        let sheet = Self { app_since: None, passkeys: Vec::new(), sheet: true, codes_left: 31, ..normal.clone() };
        let card = |name: &str, since: Option<&str>| ProviderCard {
            key: "okta".to_owned(),
            name: name.to_owned(),
            since: since.map(str::to_owned),
            used: since.map(|_| "November 22, 2026".to_owned()),
        };
        let cards = vec![card("Okta", Some("November 5, 2026")), card("Riverside Health Network single sign-on", None)];
        let elsewhere = Self { providers: cards, ..normal.clone() };
        vec![
            ("normal", normal),
            ("elsewhere", elsewhere),
            ("few-codes", few),
            ("no-app", no_app),
            ("sheet", sheet),
            ("long-names", long),
        ]
    }
}

/// Which codes somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// An app's, and saved ones.
    App,
    /// Those of a sheet.
    Sheet,
    /// Saved ones.
    Saved,
}

impl Codes {
    /// What the field is called.
    fn label(self) -> String {
        words::t(match self {
            Self::App => "accounts-still-you-code",
            Self::Sheet => "accounts-sheet-code",
            Self::Saved => "accounts-recovery-label",
        })
    }
    fn hint(self) -> String {
        words::t(match self {
            Self::App => "accounts-still-you-code-hint",
            Self::Sheet => "accounts-sheet-hint",
            Self::Saved => "accounts-recovery-hint",
        })
    }
    /// Whether a keypad has all that they are made of.
    fn are_digits(self) -> bool {
        self == Self::Sheet
    }
    /// What is said of a code that is none of theirs.
    pub fn problem(self) -> String {
        words::t(match self {
            Self::App => "accounts-problem-code-either",
            Self::Sheet => "accounts-problem-sheet-code",
            Self::Saved => "accounts-problem-recovery",
        })
    }
}

/// The password again, before something that matters.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/still_you.html")]
pub struct StillYou {
    /// The reader's own address, so that password managers know whose password is asked.
    pub email: String,
    /// The password; never shown again.
    pub password: SecretField,
    /// The code, where the second step is asked as well.
    pub code: Option<SecretField>,
    /// What it may be.
    pub codes: Codes,
    /// The clinic's telephone number, for who has no code.
    pub clinic_phone: String,
    /// What stands above the form when a passkey was not right; empty for nothing.
    pub message: String,
    /// Whether a passkey may be used instead.
    pub passkey: bool,
    /// Whether something was typed, and waits.
    pub text_kept: bool,
    /// Where else it may be shown: name and address.
    pub providers: Vec<(String, String)>,
    /// Where to go on: a path of ours.
    pub next: String,
}

impl StillYou {
    fn problems(&self) -> Vec<Problem> {
        let code = self.code.clone().unwrap_or_else(SecretField::empty);
        problems([("password", &self.password.problem), ("code", &code.problem)])
    }
}

impl View for StillYou {
    fn title(&self) -> String {
        words::t("accounts-still-you-title")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty() || !self.message.is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            email: "maya.okafor@example.org".to_owned(),
            password: SecretField::empty(),
            code: None,
            codes: Codes::App,
            clinic_phone: sample_phone(),
            message: String::new(),
            passkey: false,
            text_kept: false,
            providers: Vec::new(),
            next: urls::FACTORS_APP.to_owned(),
        };
        let elsewhere = Self { providers: samples_elsewhere(), passkey: true, ..normal.clone() };
        let kept = Self { text_kept: true, passkey: true, ..normal.clone() };
        let failed = Self { message: words::t("accounts-problem-passkey-proof"), ..kept.clone() };
        let error = Self { password: SecretField::wrong(words::t("accounts-problem-password-old")), ..kept.clone() };
        let both = Self { code: Some(SecretField::empty()), ..normal.clone() };
        let saved = Self { codes: Codes::Saved, passkey: true, ..both.clone() };
        let both_wrong = Self { code: Some(SecretField::wrong(Codes::App.problem())), ..both.clone() };
        let sheet_wrong =
            Self { codes: Codes::Sheet, code: Some(SecretField::wrong(Codes::Sheet.problem())), ..both.clone() };
        vec![
            ("normal", normal),
            ("kept", kept),
            ("error", error),
            ("failed", failed),
            ("both", both),
            ("elsewhere", elsewhere),
            ("both-saved", saved),
            ("both-wrong", both_wrong),
            ("both-sheet", sheet_wrong),
        ]
    }
}

/// Settings of one's own account.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/settings.html")]
pub struct Settings {
    /// The account's name.
    pub name: String,
    /// The account's e-mail.
    pub email: String,
    /// Reading font: values `standard` and `atkinson`.
    pub fonts: Vec<Choice>,
    /// Colours: values `device`, `light` and `dark`.
    pub schemes: Vec<Choice>,
    /// How many recovery codes are left.
    pub codes_left: u64,
    /// Whether they are a sheet, and all there is.
    pub sheet: bool,
    /// Whether pages offer to leave at once.
    pub leaves: bool,
    /// When they asked to be let back in, while that is open; empty else.
    pub back_in: String,
    /// The patient whose record is the account's own.
    pub own_patient: Option<String>,
}

impl Settings {
    fn few_codes(&self) -> bool {
        few_codes(self.codes_left, self.sheet)
    }

    /// The choices of fonts, this one chosen.
    pub fn font_choices(chosen: &str) -> Vec<Choice> {
        ["standard", "atkinson"]
            .map(|value| Choice::new(value, words::t(&format!("accounts-font-{value}")), value == chosen))
            .to_vec()
    }

    /// The choices of colours, this one chosen.
    pub fn scheme_choices(chosen: &str) -> Vec<Choice> {
        ["device", "light", "dark"]
            .map(|value| Choice::new(value, words::t(&format!("accounts-scheme-{value}")), value == chosen))
            .to_vec()
    }
}

impl View for Settings {
    fn title(&self) -> String {
        words::t("accounts-settings-title")
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            name: "Maya Okafor".to_owned(),
            email: "maya.okafor@example.org".to_owned(),
            fonts: Self::font_choices("standard"),
            schemes: Self::scheme_choices("device"),
            codes_left: 10,
            sheet: false,
            leaves: true,
            back_in: String::new(),
            own_patient: Some(SAMPLE_PATIENT.to_owned()),
        };
        let asked =
            Self { back_in: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(), ..normal.clone() };
        let few = Self { codes_left: 1, fonts: Self::font_choices("atkinson"), own_patient: None, ..normal.clone() };
        let long = Self { name: SAMPLE_LONG_NAME.to_owned(), codes_left: 0, ..normal.clone() };
        let rtl = Self { name: SAMPLE_RTL_NAME.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("back-in", asked), ("few-codes", few), ("long-names", long), ("right-to-left", rtl)]
    }
}

/// Text that was kept when a session ended, ready to be sent where it was going.
#[derive(Clone, Template)]
#[template(path = "accounts/templates/kept_text.html")]
pub struct KeptText {
    /// Where the form was going.
    pub action: String,
    /// What had been typed, by the fields' names.
    pub fields: Vec<(String, String)>,
    /// The clinic's name.
    pub clinic_name: String,
}

impl KeptText {
    /// A field's name as a label: this page knows the forms that come by no better than by their fields.
    fn label(name: &str) -> String {
        let words = name.replace(['_', '-'], " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// What nobody typed: the form's own number.
    fn of_the_form(name: &str) -> bool {
        name == "submission"
    }

    /// Lines enough to see what was typed, and no more.
    fn rows(value: &str) -> usize {
        (value.lines().count() + value.len() / 60).clamp(1, 8)
    }
}

impl View for KeptText {
    fn title(&self) -> String {
        words::t("accounts-kept-title")
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let normal = Self {
            action: urls::CLINIC_LOOK.to_owned(),
            fields: vec![field("name", "Riverside Clinic"), field("phone", "555 0100")],
            clinic_name: "Riverside Clinic".to_owned(),
        };
        let long = Self { fields: vec![field("query", &SAMPLE_LONG_NAME.repeat(20))], ..normal.clone() };
        let rtl = Self { fields: vec![field("query", SAMPLE_RTL_NAME)], ..normal.clone() };
        vec![("normal", normal), ("long-names", long), ("right-to-left", rtl)]
    }
}
