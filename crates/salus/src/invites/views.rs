//! What the pages of invites receive.

use askama::Template;

use crate::shell::{
    urls,
    view::{
        ChartBanner, Choice, Field, Layout, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME,
        SecretField, Tag, Tone, View, problems, sample_banner, sample_phone,
    },
    words::{self, filters},
};

/// A patient redeems a printed slip.
#[derive(Clone, Template)]
#[template(path = "invites/templates/redeem.html")]
pub struct Redeem {
    /// The slip's code, as typed.
    pub code: Field,
    /// The date of birth, as typed.
    pub birth_date: Field,
    /// The address to sign in with.
    pub email: Field,
    /// The password.
    pub password: SecretField,
    /// The password again.
    pub again: SecretField,
    /// What stands above the form; empty for nothing.
    pub message: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Redeem {
    fn problems(&self) -> Vec<Problem> {
        problems([
            ("slip", &self.code.problem),
            ("birth_date", &self.birth_date.problem),
            ("email", &self.email.problem),
            ("password", &self.password.problem),
            ("again", &self.again.problem),
        ])
    }
}

impl View for Redeem {
    fn title(&self) -> String {
        words::t("invites-redeem-title")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            code: Field::empty(),
            birth_date: Field::empty(),
            email: Field::empty(),
            password: SecretField::empty(),
            again: SecretField::empty(),
            message: String::new(),
            clinic_phone: sample_phone(),
        };
        let no_match = Self {
            code: Field::wrong("7KQM-2X4T-9RWD", words::t("invites-problem-no-match")),
            birth_date: Field::typed("3 14 1985"),
            email: Field::typed("maya.okafor@example.org"),
            ..normal.clone()
        };
        let fields = Self {
            code: Field::wrong("7KQM", words::t("invites-problem-code")),
            birth_date: Field::wrong("March", words::t("invites-problem-birth-date")),
            email: Field::wrong("maya", words::t("accounts-problem-email")),
            password: SecretField::wrong(words::t("accounts-problem-password-short")),
            again: SecretField::wrong(words::t("accounts-problem-password-again")),
            ..normal.clone()
        };
        let throttled = Self {
            message: words::t1("accounts-problem-throttled", "time", "10:42\u{a0}am Central\u{a0}Time"),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", no_match), ("error-fields", fields), ("throttled", throttled)]
    }
}

/// Somebody who will work here makes an account.
#[derive(Clone, Template)]
#[template(path = "invites/templates/join.html")]
pub struct Join {
    /// Where the form goes.
    pub action: String,
    /// The name that colleagues and patients will read.
    pub name: String,
    /// What the person will work as.
    pub role: String,
    /// The address to sign in with.
    pub email: Field,
    /// The password.
    pub password: SecretField,
    /// The password again.
    pub again: SecretField,
}

impl Join {
    fn problems(&self) -> Vec<Problem> {
        problems([("email", &self.email.problem), ("password", &self.password.problem), ("again", &self.again.problem)])
    }
}

impl View for Join {
    fn title(&self) -> String {
        words::t("invites-join-title")
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn layout(&self) -> Layout {
        Layout::Gate
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            action: urls::join("sample"),
            name: "Dana Whitfield".to_owned(),
            role: words::t("clinic-role-nurse"),
            email: Field::empty(),
            password: SecretField::empty(),
            again: SecretField::empty(),
        };
        let error = Self {
            email: Field::wrong("dana@riverside.example", words::t("invites-problem-email-taken")),
            password: SecretField::wrong(words::t("accounts-problem-password-weak")),
            ..normal.clone()
        };
        let long = Self { name: SAMPLE_LONG_NAME.to_owned(), ..normal.clone() };
        let rtl = Self { name: SAMPLE_RTL_NAME.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("error", error), ("long-names", long), ("right-to-left", rtl)]
    }
}

/// Why a chart can't be opened by a slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody under this age has a login of their own yet.
    TooYoung(i16),
    /// The person has died.
    Deceased,
    /// The chart doesn't say the whole birth date.
    NoBirthDate,
}

impl Refused {
    fn words(self) -> String {
        words::t(match self {
            Self::TooYoung(adult) => return words::t1("invites-refused-too-young", "adult", adult),
            Self::Deceased => "invites-refused-deceased",
            Self::NoBirthDate => "invites-refused-no-birth-date",
        })
    }
}

/// An invite to a chart.
#[derive(Clone)]
pub struct Line {
    /// When it was made.
    pub made: String,
    /// By whom.
    pub by: String,
    /// How the desk knew who the person is.
    pub evidence: String,
    /// What became of it.
    pub state: Tag,
    /// Until when it counts, or when it was decided.
    pub until: String,
}

/// The invites to a chart, and the form for a new one.
#[derive(Clone, Template)]
#[template(path = "invites/templates/patient.html")]
pub struct PatientInvites {
    /// Whose chart.
    pub patient: String,
    /// Who that is.
    pub banner: ChartBanner,
    /// The invites, newest first.
    pub lines: Vec<Line>,
    /// Whether one of them still counts.
    pub open: bool,
    /// Whether somebody signs in to the chart already: a slip then lets them back in.
    pub has_login: bool,
    /// Whether the reader may part the two.
    pub unlinks: bool,
    /// Why there can be no new one.
    pub refused: Option<Refused>,
    /// The ways in which the desk can know who somebody is.
    pub evidence: Vec<Choice>,
    /// What is wrong with the form.
    pub problem: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl PatientInvites {
    fn problems(&self) -> Vec<Problem> {
        problems([("evidence-1", &self.problem)])
    }
}

impl View for PatientInvites {
    fn title(&self) -> String {
        words::t("invites-desk-title")
    }

    fn place(&self) -> Place {
        Place::Patients
    }

    fn has_problems(&self) -> bool {
        self.problem.is_some()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let choice = |word: &str| Choice {
            value: word.to_owned(),
            label: words::t(&format!("invites-evidence-{word}")),
            chosen: false,
        };
        let line = |state: &str, tone| Line {
            made: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            by: "Jamie Ruiz".to_owned(),
            evidence: words::t("invites-evidence-photo-id"),
            state: Tag::new(words::t(&format!("invites-state-{state}")), tone),
            until: "Monday, December 7, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
        };
        let empty = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: sample_banner(),
            lines: Vec::new(),
            open: false,
            has_login: false,
            unlinks: true,
            refused: None,
            evidence: vec![choice("photo-id"), choice("known-here"), choice("other-document"), choice("call-back")],
            problem: None,
            clinic_phone: sample_phone(),
        };
        let open = Self {
            lines: vec![line("open", Tone::Caution), line("dead", Tone::Bad), line("withdrawn", Tone::Plain)],
            open: true,
            ..empty.clone()
        };
        let error = Self { problem: Some(words::t("invites-problem-evidence")), ..empty.clone() };
        let login = Self { lines: vec![line("redeemed", Tone::Good)], has_login: true, ..empty.clone() };
        let young = Self { refused: Some(Refused::TooYoung(18)), ..empty.clone() };
        let many = Self { lines: (0..50).map(|_| line("ended", Tone::Plain)).collect(), ..empty.clone() };
        vec![
            ("empty", empty),
            ("open", open),
            ("error", error),
            ("has-login", login),
            ("too-young", young),
            ("50-rows", many),
        ]
    }
}

/// The printed slip.
#[derive(Clone, Template)]
#[template(path = "invites/templates/slip.html")]
pub struct Slip {
    /// Whose chart, for the way back; not on paper.
    pub patient: String,
    /// Whether it lets somebody back in to an account that is there.
    pub back: bool,
    /// So that the desk can tell two slips in a printer apart; a name would say too much.
    pub initials: String,
    /// The code, in groups of four.
    pub code: String,
    /// A picture of the link.
    pub qr_svg: String,
    /// The link.
    pub link: String,
    /// The last day.
    pub until: String,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Slip {
    fn title(&self) -> String {
        words::t(if self.back { "invites-slip-back-title" } else { "invites-slip-title" })
    }

    fn place(&self) -> Place {
        Place::Patients
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let link = "https://portal.riverside.example/invite".to_owned();
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            back: false,
            initials: "MO".to_owned(),
            code: "7KQM-2X4T-9RWD".to_owned(),
            qr_svg: crate::shell::qr::svg(&link).unwrap_or_default(),
            link,
            until: "Wednesday, December 9, 2026".to_owned(),
            clinic_name: "Riverside Clinic".to_owned(),
            clinic_phone: sample_phone(),
        };
        let back = Self { back: true, ..normal.clone() };
        vec![("normal", normal), ("back-in", back)]
    }
}
