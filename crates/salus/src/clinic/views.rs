//! What the administrator's pages receive.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Field, Pager, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, Tag, Tone, View, problems};
use crate::shell::words::{self, filters};

/// An account of the staff. The address and the sessions are the account's own, and no list opens them.
#[derive(Clone)]
pub struct StaffLine {
    /// The name.
    pub name: String,
    /// What they do here, in words.
    pub role: String,
    /// Since when the account is here, in words.
    pub since: String,
    /// How the account stands, in words.
    pub state: Tag,
}

/// The staff's accounts.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/staff.html")]
pub struct StaffAccounts {
    /// The accounts on this page.
    pub lines: Vec<StaffLine>,
    /// Which part of the list this is.
    pub pager: Pager,
}

impl View for StaffAccounts {
    fn title(&self) -> String {
        words::t("clinic-staff-title")
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let line = |name: &str, role: &str, state: Tag| StaffLine {
            name: name.to_owned(),
            role: role.to_owned(),
            since: "November 20, 2026".to_owned(),
            state,
        };
        let active = || Tag::new(words::t("clinic-staff-active"), Tone::Good);
        let pager = |total| Pager::new(urls::CLINIC_STAFF, 1, 50, total);
        let normal = Self {
            lines: vec![
                line("Dr. Lena Park", "Doctor or nurse", active()),
                line("Dr. Omar Haddad", "Doctor or nurse", active()),
                line("Jamie Ruiz", "Front desk", active()),
                line("Ada Stone", "Administrator", active()),
                line("Priya Nair", "Privacy officer", active()),
                line("Sam Cole", "Doctor or nurse", Tag::new(words::t("clinic-staff-closed"), Tone::Plain)),
            ],
            pager: pager(6),
        };
        let empty = Self { lines: Vec::new(), pager: pager(0) };
        let many = Self {
            lines: (0..50).map(|n| line(&format!("Dr. Number {n}"), "Doctor or nurse", active())).collect(),
            pager: pager(120),
        };
        let long = Self {
            lines: vec![
                line(SAMPLE_LONG_NAME, "Privacy officer", active()),
                line(SAMPLE_RTL_NAME, "Doctor or nurse", active()),
                line("Sunny 🌻", "Doctor or nurse", active()),
            ],
            pager: pager(3),
        };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long)]
    }
}

/// The clinic's name, phone and colour.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/look.html")]
pub struct ClinicLook {
    /// The name.
    pub name: Field,
    /// The telephone number.
    pub phone: Field,
    /// The colour as `#0b5563`; empty for the portal's own colours.
    pub colour: Field,
    /// Which version of the clinic's look the form was filled from.
    pub version: String,
    /// Whether somebody else saved in the meantime.
    pub stale: bool,
}

impl ClinicLook {
    fn problems(&self) -> Vec<Problem> {
        problems([("name", &self.name.problem), ("phone", &self.phone.problem), ("colour", &self.colour.problem)])
    }
}

impl View for ClinicLook {
    fn title(&self) -> String {
        words::t("clinic-look-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            name: Field::typed("Riverside Clinic"),
            phone: Field::typed("(503) 555-0100"),
            colour: Field::typed("#0b5563"),
            version: "4".to_owned(),
            stale: false,
        };
        let contrast = Self {
            colour: Field::wrong(
                "#7fd1ae",
                words::t_with("clinic-problem-contrast", [("ratio", "1.8".into()), ("needed", "4.5".into())]),
            ),
            ..normal.clone()
        };
        let error = Self {
            name: Field::wrong("", words::t("clinic-problem-name")),
            phone: Field::wrong("call us", words::t("clinic-problem-phone")),
            colour: Field::wrong("teal", words::t("clinic-problem-colour")),
            ..normal.clone()
        };
        let stale = Self {
            name: Field::typed("Riverside Family Clinic"),
            version: "5".to_owned(),
            stale: true,
            ..normal.clone()
        };
        let long = Self { name: Field::typed(SAMPLE_LONG_NAME), ..normal.clone() };
        vec![
            ("normal", normal),
            ("error-contrast", contrast),
            ("error-fields", error),
            ("stale", stale),
            ("long-names", long),
        ]
    }
}
