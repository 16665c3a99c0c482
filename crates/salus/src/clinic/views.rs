//! What the administrator's pages receive.

pub mod ages;

use askama::Template;
use salus_kernel::Action;

use crate::access::Feature;
use crate::shell::urls;
use crate::shell::view::{
    Choice, Field, Pager, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone, View, problems,
};
use crate::shell::words::{self, filters};

/// A part of the settings.
#[derive(Clone)]
pub struct Tile {
    /// Where it is.
    pub url: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// What it is called.
    pub title: String,
    /// What is there.
    pub note: String,
}

/// What an administrator sets up.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/index.html")]
pub struct ClinicIndex {
    /// The parts.
    pub tiles: Vec<Tile>,
}

impl ClinicIndex {
    /// Every part that somebody changes who may do so.
    pub fn of(may: impl Fn(Action) -> bool) -> Self {
        let tile = |changes, url, icon, title, note| {
            may(changes).then(|| Tile { url, icon, title: words::t(title), note: words::t(note) })
        };
        let tiles = [
            tile(Action::ChangeClinic, urls::CLINIC_LOOK, "steps", "clinic-look-title", "clinic-look-note"),
            tile(
                Action::ChangeVisitTypes,
                urls::VISIT_TYPES,
                "calendar",
                "visit-types-title",
                "clinic-visit-types-note",
            ),
            tile(
                Action::ChangeAvailability,
                urls::AVAILABILITY,
                "people",
                "availability-title",
                "clinic-availability-note",
            ),
            tile(Action::ChangePools, urls::POOLS, "list", "pools-title", "clinic-pools-note"),
            tile(Action::ChangeLocations, urls::LOCATIONS, "home", "locations-title", "clinic-locations-note"),
            tile(Action::ChangeAges, urls::CLINIC_AGES, "people", "clinic-ages-title", "clinic-ages-note"),
            tile(
                Action::ChangeFeatures,
                urls::CLINIC_FEATURES,
                "flag",
                "clinic-features-title",
                "clinic-features-note",
            ),
        ];
        Self { tiles: tiles.into_iter().flatten().collect() }
    }
}

impl View for ClinicIndex {
    fn title(&self) -> String {
        words::t("clinic-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn samples() -> Vec<(&'static str, Self)> {
        vec![("normal", Self::of(|_| true)), ("a-part", Self::of(|action| action == Action::ChangePools))]
    }
}

/// One switch.
#[derive(Clone)]
pub struct FeatureForm {
    /// Its word in the form.
    pub key: &'static str,
    /// What it is called.
    pub name: String,
    /// What it does.
    pub note: String,
    /// How it is now.
    pub state: Tag,
    /// On and off.
    pub choices: Vec<Choice>,
    /// The version that the form was made of.
    pub version: String,
}

/// The switches.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/features.html")]
pub struct Features {
    /// One for each feature.
    pub forms: Vec<FeatureForm>,
    /// Whether somebody else switched in the meantime.
    pub stale: bool,
    /// Why a switch was not turned; empty for nothing.
    pub refusal: String,
}

impl View for Features {
    fn title(&self) -> String {
        words::t("clinic-features-title")
    }

    fn place(&self) -> Place {
        Place::Clinic
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.refusal.is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = |feature: &Feature| FeatureForm::new(*feature, true, 0, None);
        let normal = Self { forms: Feature::ALL.iter().map(form).collect(), stale: false, refusal: String::new() };
        let stale = Self { stale: true, ..normal.clone() };
        let refused = Self { refusal: words::t("clinic-feature-own-passkey"), ..normal.clone() };
        vec![("normal", normal), ("stale", stale), ("refused", refused)]
    }
}

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
    /// Whether it can sign in.
    pub active: bool,
    /// The account, where the reader may close and open it, and give it another role.
    pub account: Option<String>,
}

/// A link that still works: for somebody who was invited and has not come yet.
#[derive(Clone)]
pub struct OpenInvite {
    /// The invite.
    pub id: String,
    /// The name.
    pub name: String,
    /// What they do here, or will, in words.
    pub role: String,
    /// Until when the link counts.
    pub until: String,
}

/// A colleague who has lost what they sign in with.
#[derive(Clone)]
pub struct Returning {
    /// The account, where the reader may do something about it.
    pub account: Option<String>,
    /// The name.
    pub name: String,
    /// What they do here, in words.
    pub role: String,
    /// Where it stands, in words.
    pub state: String,
    /// Whether the reader can be the first of two.
    pub vouches: bool,
}

/// The staff's accounts.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/staff.html")]
pub struct StaffAccounts {
    /// The accounts on this page.
    pub lines: Vec<StaffLine>,
    /// Who gets back in.
    pub returning: Vec<Returning>,
    /// The links that still work.
    pub invites: Vec<OpenInvite>,
    /// The form that invites somebody, for who may; they also close and open accounts.
    pub form: Option<InviteForm>,
    /// Until when their address is new and they invite nobody; empty where it is not.
    pub waits: String,
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
            active: state.tone == Tone::Good,
            account: Some("01890000-0000-7000-8000-000000000000".to_owned()),
            state,
        };
        let active = || Tag::new(words::t("clinic-staff-active"), Tone::Good);
        let pager = |total| Pager::new(urls::CLINIC_STAFF, 1, 50, total);
        let normal = Self {
            lines: vec![
                line("Dr. Lena Park", "Doctor", active()),
                line("Dr. Omar Haddad", "Doctor", active()),
                line("Jamie Ruiz", "Front desk", active()),
                line("Ada Stone", "Administrator", active()),
                line("Priya Nair", "Privacy officer", active()),
                line("Sam Cole", "Doctor", Tag::new(words::t("clinic-staff-closed"), Tone::Plain)),
            ],
            returning: [("Dr. Omar Haddad", "asked"), ("Jamie Ruiz", "vouched"), ("Ada Stone", "approved")]
                .map(|(name, state)| Returning {
                    account: Some("01890000-0000-7000-8000-000000000000".to_owned()),
                    name: name.to_owned(),
                    role: words::t("clinic-role-practitioner"),
                    state: words::t_with(
                        &format!("clinic-returning-{state}"),
                        [
                            ("by", "Grace Kim".into()),
                            ("when", "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".into()),
                        ],
                    ),
                    vouches: state == "asked",
                })
                .to_vec(),
            invites: vec![OpenInvite {
                id: "01890000-0000-7000-8000-000000000001".to_owned(),
                name: "Dana Whitfield".to_owned(),
                role: words::t("clinic-role-nurse"),
                until: "Wednesday, December 2, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
            }],
            form: Some(InviteForm::empty()),
            waits: String::new(),
            pager: pager(6),
        };
        let empty = Self {
            lines: Vec::new(),
            returning: Vec::new(),
            invites: Vec::new(),
            form: Some(InviteForm::empty()),
            waits: String::new(),
            pager: pager(0),
        };
        let many = Self {
            lines: (0..50).map(|n| line(&format!("Dr. Number {n}"), "Doctor", active())).collect(),
            pager: pager(120),
            ..empty.clone()
        };
        let long = Self {
            lines: vec![
                line(SAMPLE_LONG_NAME, "Privacy officer", active()),
                line(SAMPLE_RTL_NAME, "Doctor", active()),
                line("Sunny 🌻", "Doctor", active()),
            ],
            pager: pager(3),
            ..normal.clone()
        };
        let reader = Self { form: None, invites: Vec::new(), ..normal.clone() };
        let when = "Wednesday, November 25, 2026, 10:20\u{a0}am Central\u{a0}Time".to_owned();
        let waits = Self { waits: when, ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("50-rows", many),
            ("long-names", long),
            ("reader", reader),
            ("new-address", waits),
        ]
    }
}

/// The form that invites somebody to work here.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/invite.html")]
pub struct InviteForm {
    /// The name that colleagues and patients will read.
    pub name: Field,
    /// What the person will work as.
    pub roles: Vec<Choice>,
    /// What is wrong with that.
    pub role_problem: Option<String>,
    /// The national number of who treats patients.
    pub npi: Field,
}

impl InviteForm {
    fn empty() -> Self {
        Self { name: Field::empty(), roles: super::posts::role_choices(""), role_problem: None, npi: Field::empty() }
    }

    fn problems(&self) -> Vec<Problem> {
        problems([("name", &self.name.problem), ("role-1", &self.role_problem), ("npi", &self.npi.problem)])
    }
}

impl View for InviteForm {
    fn title(&self) -> String {
        words::t("clinic-invite-title")
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self::empty();
        let error = Self {
            name: Field::wrong("", words::t("clinic-problem-person-name")),
            role_problem: Some(words::t("clinic-problem-role")),
            npi: Field::wrong("12345", words::t("clinic-problem-npi")),
            ..normal.clone()
        };
        vec![("normal", normal), ("error", error)]
    }
}

/// The form that gives somebody another role.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/role.html")]
pub struct RoleForm {
    /// Whose account.
    pub account: String,
    /// Who.
    pub name: String,
    /// What they work as now, in words.
    pub now: String,
    /// What they are to work as.
    pub roles: Vec<Choice>,
    /// What is wrong with that.
    pub role_problem: Option<String>,
    /// The national number of who treats patients, where the clinic does not know them as a practitioner yet.
    pub npi: Option<Field>,
}

impl RoleForm {
    fn problems(&self) -> Vec<Problem> {
        let npi = self.npi.as_ref().and_then(|npi| npi.problem.clone());
        problems([("role-1", &self.role_problem), ("npi", &npi)])
    }
}

impl View for RoleForm {
    fn title(&self) -> String {
        words::t("clinic-role-title")
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            account: "01890000-0000-7000-8000-000000000000".to_owned(),
            name: "Jamie Ruiz".to_owned(),
            now: words::t("clinic-role-front-desk"),
            roles: InviteForm::empty()
                .roles
                .into_iter()
                .chain([Choice::new(SAMPLE_PATIENT, "Medical assistant", true)])
                .collect(),
            role_problem: None,
            npi: Some(Field::empty()),
        };
        let error = Self {
            role_problem: Some(words::t("clinic-problem-role")),
            npi: Some(Field::wrong("12345", words::t("clinic-problem-npi"))),
            ..normal.clone()
        };
        let long = Self { name: SAMPLE_LONG_NAME.to_owned(), npi: None, ..normal.clone() };
        vec![("normal", normal), ("error", error), ("long-names", long)]
    }
}

/// The link for somebody who was invited, shown once.
#[derive(Clone, Template)]
#[template(path = "clinic/templates/invite_link.html")]
pub struct InviteLink {
    /// Who.
    pub name: String,
    /// What they will work as, in words.
    pub role: String,
    /// The link.
    pub link: String,
    /// Until when it counts.
    pub until: String,
}

impl View for InviteLink {
    fn title(&self) -> String {
        words::t("clinic-invite-link-title")
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            name: "Dana Whitfield".to_owned(),
            role: words::t("clinic-role-nurse"),
            link: format!(
                "https://portal.riverside.example{}",
                urls::join("9uYx2Jm0vK1t5qL8sB3nC6dF7gH4jW0zXaRbTcEdVfU")
            ),
            until: "Wednesday, December 2, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
        };
        let long = Self { name: SAMPLE_LONG_NAME.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("long-names", long)]
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
