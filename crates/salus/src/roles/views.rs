//! What the pages about roles receive.

use askama::Template;
use salus_kernel::Role;

use crate::shell::{
    urls,
    view::{
        Choice, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tag, Tone, View, problems,
    },
    words::{self, filters},
};

/// One line of who may do what.
#[derive(Clone)]
pub struct MayLine {
    /// The action, in words.
    pub what: String,
    /// Yes, no, or for patients in their care; in the order of the columns.
    pub who: Vec<Tag>,
}

/// A role of the clinic's own, in a list.
#[derive(Clone)]
pub struct OwnRoleLine {
    /// Its page, for who says what it is to be.
    pub url: String,
    /// What the clinic calls it.
    pub name: String,
    /// The role that it stands on, in words.
    pub base: String,
    /// How many have it.
    pub holders: u64,
    /// Whether it counts.
    pub state: Tag,
    /// What it does besides the role on which it stands.
    pub gained: Vec<String>,
    /// What it does not do of that.
    pub lost: Vec<String>,
}

/// Who may do what.
#[derive(Clone, Template)]
#[template(path = "roles/templates/roles.html")]
pub struct Roles {
    /// The clinic's own roles.
    pub own: Vec<OwnRoleLine>,
    /// Whether the reader says what one is to be.
    pub proposes: bool,
    /// The roles.
    pub columns: Vec<String>,
    /// The actions.
    pub lines: Vec<MayLine>,
}

impl View for Roles {
    fn title(&self) -> String {
        words::t("clinic-roles-title")
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let columns: Vec<String> =
            Role::ALL.iter().map(|role| words::t(&format!("clinic-role-{}", role.word()))).collect();
        let line = |what: &str| MayLine {
            what: words::t(&format!("clinic-may-{what}")),
            who: [
                ("in-care", Tone::Caution),
                ("in-care", Tone::Caution),
                ("no", Tone::Plain),
                ("no", Tone::Plain),
                ("yes", Tone::Good),
                ("no", Tone::Plain),
            ]
            .map(|(word, tone)| Tag::new(words::t(&format!("clinic-may-{word}")), tone))
            .to_vec(),
        };
        let own = |name: &str, base: &str, holders, state: &str, tone| OwnRoleLine {
            url: urls::own_role(SAMPLE_PATIENT),
            name: name.to_owned(),
            base: words::t(&format!("clinic-role-{base}")),
            holders,
            state: Tag::new(words::t(&format!("roles-state-{state}")), tone),
            gained: vec![words::t("clinic-may-book-visit"), words::t("clinic-may-invite-patient")],
            lost: vec![words::t("clinic-may-view-documents")],
        };
        let normal = Self {
            own: Vec::new(),
            proposes: true,
            columns,
            lines: ["view-record", "view-results", "invite-staff"].map(line).to_vec(),
        };
        let some = Self {
            own: vec![
                own("Medical assistant", "nurse", 3, "counts", Tone::Good),
                own("Office manager", "front-desk", 1, "changes", Tone::Caution),
                own(SAMPLE_LONG_NAME, "biller", 0, "waits", Tone::Caution),
                own(SAMPLE_RTL_NAME, "nurse", 1, "counts", Tone::Good),
            ],
            ..normal.clone()
        };
        let reading = Self { proposes: false, ..some.clone() };
        vec![("normal", normal), ("own-roles", some), ("reading", reading)]
    }
}

/// A part of somebody's work, to tick.
#[derive(Clone)]
pub struct DutyBox {
    /// The field.
    pub field: String,
    /// What it is called.
    pub name: String,
    /// What it is made of, in words.
    pub made_of: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// The form of a role of the clinic's own: first on what it stands, then what it does.
#[derive(Clone, Template)]
#[template(path = "roles/templates/form.html")]
pub struct OwnRoleForm {
    /// The role; empty for a new one.
    pub id: String,
    /// What was said last, of which the form was made.
    pub row: String,
    /// Whether somebody said something else in the meantime.
    pub stale: bool,
    /// What it is called as things are; empty for a new one.
    pub heading: String,
    /// Whether it counts.
    pub state: Option<Tag>,
    /// How many have it.
    pub holders: u64,
    /// Who said what waits for a second person, and when; empty where nothing waits.
    pub waits: String,
    /// On what it can stand, while that is not chosen.
    pub bases: Vec<Choice>,
    /// What is wrong with that.
    pub base_problem: Option<String>,
    /// On what it stands.
    pub base: String,
    /// The same in words.
    pub base_name: String,
    /// What the clinic calls it.
    pub name: Field,
    /// What that role does by itself.
    pub keeps: Vec<DutyBox>,
    /// What it can do besides.
    pub more: Vec<DutyBox>,
    /// What is wrong with what is ticked.
    pub duties_problem: Option<String>,
}

impl OwnRoleForm {
    /// Nothing typed, and nothing known.
    pub fn empty() -> Self {
        Self {
            id: String::new(),
            row: String::new(),
            stale: false,
            heading: String::new(),
            state: None,
            holders: 0,
            waits: String::new(),
            bases: Vec::new(),
            base_problem: None,
            base: String::new(),
            base_name: String::new(),
            name: Field::empty(),
            keeps: Vec::new(),
            more: Vec::new(),
            duties_problem: None,
        }
    }

    fn is_new(&self) -> bool {
        self.id.is_empty()
    }

    fn target(&self) -> String {
        if self.is_new() { urls::CLINIC_ROLES_NEW.to_owned() } else { urls::own_role(&self.id) }
    }

    /// Whether nobody has it and nothing waits, or something waits that can be taken back.
    fn can_end(&self) -> bool {
        !self.is_new() && (!self.waits.is_empty() || self.holders == 0)
    }

    fn problems(&self) -> Vec<Problem> {
        problems([("base-1", &self.base_problem), ("name", &self.name.problem), ("duties", &self.duties_problem)])
    }
}

impl View for OwnRoleForm {
    fn title(&self) -> String {
        words::t(if self.is_new() { "roles-new-title" } else { "roles-edit-title" })
    }

    fn place(&self) -> Place {
        Place::Staff
    }

    fn has_problems(&self) -> bool {
        self.stale || !self.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let duty = |begin: &str, word: &str, what: &str, ticked| DutyBox {
            field: format!("{begin}-{word}"),
            name: words::t(&format!("roles-duty-{word}")),
            made_of: words::t(&format!("clinic-may-{what}")),
            ticked,
        };
        let choice = |role: &Role| Choice::new(role.word(), words::t(&format!("clinic-role-{}", role.word())), false);
        let first = Self { bases: Role::ALL.iter().map(choice).collect(), ..Self::empty() };
        let nothing = Self { base_problem: Some(words::t("roles-problem-base")), ..first.clone() };
        let normal = Self {
            base: "nurse".to_owned(),
            base_name: words::t("clinic-role-nurse"),
            keeps: vec![
                duty("keep", "patients", "find-patients", true),
                duty("keep", "day", "view-day", true),
                duty("keep", "record", "view-record", true),
                duty("keep", "documents", "view-documents", false),
            ],
            more: vec![duty("more", "visits", "book-visit", true), duty("more", "pools", "change-pools", false)],
            ..Self::empty()
        };
        let error = Self {
            name: Field::wrong("", words::t1("roles-problem-name", "most", 60)),
            duties_problem: Some(words::t("roles-problem-nothing")),
            ..normal.clone()
        };
        let known = Self {
            id: SAMPLE_PATIENT.to_owned(),
            heading: "Medical assistant".to_owned(),
            state: Some(Tag::new(words::t("roles-state-counts"), Tone::Good)),
            holders: 3,
            name: Field::typed("Medical assistant"),
            ..normal.clone()
        };
        let when = "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time";
        let waiting = Self {
            state: Some(Tag::new(words::t("roles-state-changes"), Tone::Caution)),
            waits: words::t_with("roles-proposed", [("by", "Ada Stone".into()), ("when", when.into())]),
            ..known.clone()
        };
        let stale = Self { stale: true, ..waiting.clone() };
        let unused = Self { heading: SAMPLE_LONG_NAME.to_owned(), holders: 0, ..known.clone() };
        vec![
            ("first", first),
            ("nothing-chosen", nothing),
            ("normal", normal),
            ("error", error),
            ("known", known),
            ("waiting", waiting),
            ("stale", stale),
            ("long-names", unused),
        ]
    }
}

/// What a role is to be, for a second person.
#[derive(Clone)]
pub struct Proposal {
    /// The row.
    pub id: String,
    /// What it is to be called.
    pub name: String,
    /// What it was called, where that changes.
    pub called_before: String,
    /// On what it stands, in words.
    pub base: String,
    /// Whether there was no such role.
    pub is_new: bool,
    /// How many have it.
    pub holders: u64,
    /// What it does besides: than before, or than the role on which it stands.
    pub gained: Vec<String>,
    /// What it does no longer.
    pub lost: Vec<String>,
    /// All that it does.
    pub all: Vec<String>,
    /// Who said so, and when.
    pub said: String,
    /// Whether that was the reader.
    pub own: bool,
    /// Whether the reader has the role.
    pub has_it: bool,
}

/// Roles that wait for a second person.
#[derive(Clone, Template)]
#[template(path = "roles/templates/proposed.html")]
pub struct Proposed {
    /// Which.
    pub lines: Vec<Proposal>,
    /// Until when the reader's own address is new; empty where it is not.
    pub waits: String,
}

impl View for Proposed {
    fn title(&self) -> String {
        words::t("roles-proposed-title")
    }

    fn place(&self) -> Place {
        Place::Home
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let when = "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time";
        let may = |what: &str| words::t(&format!("clinic-may-{what}"));
        let first = Proposal {
            id: SAMPLE_PATIENT.to_owned(),
            name: "Medical assistant".to_owned(),
            called_before: String::new(),
            base: words::t("clinic-role-nurse"),
            is_new: true,
            holders: 0,
            gained: vec![words::t1("roles-for-all", "what", may("book-visit")), may("invite-patient")],
            lost: vec![may("view-documents")],
            all: vec![may("view-record"), may("view-results"), may("book-visit")],
            said: words::t_with("roles-proposed", [("by", "Ada Stone".into()), ("when", when.into())]),
            own: false,
            has_it: false,
        };
        let change = Proposal {
            name: SAMPLE_LONG_NAME.to_owned(),
            called_before: SAMPLE_RTL_NAME.to_owned(),
            is_new: false,
            holders: 3,
            gained: Vec::new(),
            ..first.clone()
        };
        let own = Proposal { name: "Office manager".to_owned(), own: true, ..first.clone() };
        let has_it = Proposal { name: "Reception".to_owned(), has_it: true, ..change.clone() };
        let normal = Self { lines: vec![first, change, own, has_it], waits: String::new() };
        let empty = Self { lines: Vec::new(), waits: String::new() };
        let settling = Self { waits: when.to_owned(), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("settling", settling)]
    }
}
