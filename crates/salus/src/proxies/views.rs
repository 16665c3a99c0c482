//! What the pages of caregivers receive.

use askama::Template;

use super::giving;
use crate::access::AgeRule;
use crate::shell::{
    urls,
    view::{
        ChartBanner, Choice, Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, problems,
        sample_banner, sample_phone,
    },
    words::{self, filters},
};

/// Why no code can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Who is not grown up, at this age, comes to the front desk.
    TooYoung(AgeRule),
    /// The person has died.
    Deceased,
    /// The chart doesn't say the whole birth date.
    NoBirthDate,
    /// There are as many as there can be.
    Full,
    /// The patient's own address is new.
    NewAddress,
}

impl Refused {
    /// In words; the clinic's telephone number follows.
    pub fn words(self) -> String {
        words::t(match self {
            Self::TooYoung(rule) => return giving::with_ages("proxies-refused-too-young", rule),
            Self::Deceased => "proxies-refused-deceased",
            Self::NoBirthDate => "proxies-refused-no-birth-date",
            Self::Full => "proxies-refused-full",
            Self::NewAddress => "proxies-refused-new-address",
        })
    }
}

/// Something that can be given.
#[derive(Clone)]
pub struct Tick {
    /// The field's name.
    pub name: &'static str,
    /// What it is.
    pub label: String,
    /// What it opens.
    pub hint: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// The form for a code.
#[derive(Clone)]
pub struct Ask {
    /// What the caregiver is called.
    pub name: Field,
    /// Why they may; none where the patient asks.
    pub bases: Vec<Choice>,
    /// What the reasons mean at which age.
    pub basis_hint: String,
    /// What is wrong with that.
    pub basis_problem: Option<String>,
    /// How the desk knows; none where the patient asks.
    pub evidence: Vec<Choice>,
    /// What is wrong with that.
    pub evidence_problem: Option<String>,
    /// What is given.
    pub ticks: Vec<Tick>,
    /// What is wrong with that.
    pub scopes_problem: Option<String>,
    /// For how long.
    pub months: Vec<Choice>,
    /// What is wrong with that.
    pub months_problem: Option<String>,
}

/// Somebody who acts for the patient, will, or did.
#[derive(Clone)]
pub struct Line {
    /// The row.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What who asked for it calls them, where that differs.
    pub called: Option<String>,
    /// Why they may.
    pub basis: String,
    /// What they were given.
    pub scopes: Vec<String>,
    /// Since when and until when.
    pub when: String,
    /// Who works here and made the code.
    pub by: Option<String>,
}

/// Who acts for a patient.
#[derive(Clone, Template)]
#[template(path = "proxies/templates/list.html")]
pub struct Caregivers {
    /// The patient's id.
    pub patient: String,
    /// Who that is, for staff.
    pub banner: Option<ChartBanner>,
    /// Who acts for them now.
    pub active: Vec<Line>,
    /// Whose code waits.
    pub offered: Vec<Line>,
    /// Who did.
    pub ended: Vec<Line>,
    /// The form, or why there is none.
    pub ask: Result<Ask, Refused>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Caregivers {
    /// The words for who reads: the patient, or the front desk.
    fn said(&self, id: &str) -> String {
        if self.banner.is_some() { words::t(&format!("{id}-desk")) } else { words::t(id) }
    }

    fn problems(&self) -> Vec<Problem> {
        let Ok(ask) = &self.ask else { return Vec::new() };
        problems([
            ("name", &ask.name.problem),
            ("basis-1", &ask.basis_problem),
            ("evidence-1", &ask.evidence_problem),
            ("visits", &ask.scopes_problem),
            ("months-1", &ask.months_problem),
        ])
    }
}

impl View for Caregivers {
    fn title(&self) -> String {
        words::t("proxies-title")
    }
    fn place(&self) -> Place {
        if self.banner.is_some() { Place::Patients } else { Place::More }
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let scopes = |all: &[&str]| all.iter().map(|word| words::t(&format!("proxies-scope-{word}"))).collect();
        let since = words::t_with(
            "proxies-since",
            [("since", "November 24, 2026".into()), ("until", "November 24, 2027".into())],
        );
        let rosa = Line {
            id: "0197f2c4-0001".to_owned(),
            name: "Rosa Okafor".to_owned(),
            called: Some("My daughter Rosa".to_owned()),
            basis: words::t("proxies-basis-own"),
            scopes: scopes(&["visits", "messages"]),
            when: since,
            by: None,
        };
        let waiting = Line {
            name: "Ben".to_owned(),
            called: None,
            when: words::t1("proxies-code-until", "day", "December 1, 2026"),
            ..rosa.clone()
        };
        let over = Line { when: words::t1("proxies-ended", "day", "November 2, 2026"), ..rosa.clone() };
        let tick = |name: &'static str| Tick {
            name,
            label: words::t(&format!("proxies-scope-{name}")),
            hint: words::t(&format!("proxies-scope-{name}-hint")),
            ticked: false,
        };
        let month =
            |count: i64| Choice::new(count.to_string(), words::t1("proxies-months", "count", count), count == 12);
        let ask = Ask {
            name: Field::empty(),
            bases: Vec::new(),
            basis_hint: String::new(),
            basis_problem: None,
            evidence: Vec::new(),
            evidence_problem: None,
            ticks: ["visits", "messages", "clinical", "medicines", "billing", "documents", "sensitive"]
                .map(tick)
                .to_vec(),
            scopes_problem: None,
            months: [6, 12, 18].map(month).to_vec(),
            months_problem: None,
        };
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: None,
            active: vec![rosa.clone()],
            offered: vec![waiting],
            ended: vec![over.clone()],
            ask: Ok(ask.clone()),
            clinic_phone: sample_phone(),
        };
        let empty = Self { active: Vec::new(), offered: Vec::new(), ended: Vec::new(), ..normal.clone() };
        let error = Self {
            ask: Ok(Ask {
                name: Field::wrong("", words::t("proxies-problem-name")),
                scopes_problem: Some(words::t("proxies-problem-scopes")),
                months_problem: Some(words::t("proxies-problem-months")),
                ..ask.clone()
            }),
            ..empty.clone()
        };
        let choice = |word: &str, of: &str| Choice::new(word, words::t(&format!("proxies-{of}-{word}")), false);
        let desk_ask = Ask {
            bases: ["parent", "guardian"].map(|word| choice(word, "basis")).to_vec(),
            basis_hint: giving::with_ages("proxies-basis-hint", AgeRule::FIRST),
            evidence: ["seen", "paper"].map(|word| choice(word, "evidence")).to_vec(),
            ..ask
        };
        let desk = Self {
            banner: Some(sample_banner()),
            active: vec![Line { by: Some("Rosa Desk".to_owned()), ..rosa.clone() }],
            ask: Ok(desk_ask.clone()),
            ..normal.clone()
        };
        let desk_error = Self {
            ask: Ok(Ask {
                basis_problem: Some(words::t("proxies-problem-basis")),
                evidence_problem: Some(words::t("proxies-problem-evidence")),
                ..desk_ask
            }),
            ..desk.clone()
        };
        let moved = Self { ask: Err(Refused::NewAddress), ..empty.clone() };
        let young = Self { ask: Err(Refused::TooYoung(AgeRule::FIRST)), ..empty.clone() };
        let named = |name: &str| Line { name: name.to_owned(), called: Some(name.to_owned()), ..rosa.clone() };
        let long = Self { active: vec![named(SAMPLE_LONG_NAME), named(SAMPLE_RTL_NAME)], ..normal.clone() };
        let many = Self { ended: vec![over; 50], ..normal.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("error", error),
            ("desk", desk),
            ("desk-error", desk_error),
            ("too-young", young),
            ("new-address", moved),
            ("long-names", long),
            ("50-rows", many),
        ]
    }
}

/// What somebody sees from a day on.
#[derive(Clone)]
pub struct Stage {
    /// From which.
    pub title: String,
    /// What they can open, and what that is.
    pub parts: Vec<(String, String)>,
    /// What is left out.
    pub hidden: Vec<String>,
    /// Why it changes then.
    pub why: Option<String>,
}

/// What somebody who acts for a patient sees today, and later.
#[derive(Clone, Template)]
#[template(path = "proxies/templates/preview.html")]
pub struct Preview {
    /// The patient's id.
    pub patient: String,
    /// Who that is, for staff.
    pub banner: Option<ChartBanner>,
    /// Who acts.
    pub name: String,
    /// Why they may.
    pub basis: String,
    /// The patient has died.
    pub deceased: bool,
    /// One after the other.
    pub stages: Vec<Stage>,
}

impl View for Preview {
    fn title(&self) -> String {
        words::t("proxies-preview-see")
    }
    fn place(&self) -> Place {
        if self.banner.is_some() { Place::Patients } else { Place::More }
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let part =
            |word: &str| (words::t(&format!("proxies-scope-{word}")), words::t(&format!("proxies-scope-{word}-hint")));
        let hidden = |ids: &[&str]| ids.iter().map(|id| words::t(&format!("proxies-preview-{id}"))).collect();
        let from = |day: &str| words::t1("proxies-preview-from", "day", day);
        let today = Stage {
            title: words::t("proxies-preview-today"),
            parts: ["visits", "messages", "clinical", "sensitive"].map(part).to_vec(),
            hidden: hidden(&["private"]),
            why: None,
        };
        let teenager = Stage {
            title: from("March 14, 2031"),
            parts: ["visits", "messages", "clinical"].map(part).to_vec(),
            hidden: hidden(&["sensitive", "private"]),
            why: Some(words::t("proxies-preview-why-hidden")),
        };
        let end = Stage {
            title: from("December 1, 2031"),
            parts: Vec::new(),
            hidden: Vec::new(),
            why: Some(words::t("proxies-preview-why-until")),
        };
        let desk = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            banner: Some(sample_banner()),
            name: SAMPLE_RTL_NAME.to_owned(),
            basis: words::t("proxies-basis-guardian"),
            deceased: false,
            stages: vec![today.clone(), teenager, end.clone()],
        };
        let normal = Self {
            banner: None,
            name: SAMPLE_LONG_NAME.to_owned(),
            basis: words::t("proxies-basis-own"),
            stages: vec![today, end.clone()],
            ..desk.clone()
        };
        let nothing = Self {
            stages: vec![Stage { title: words::t("proxies-preview-today"), why: None, ..end }],
            deceased: true,
            ..normal.clone()
        };
        vec![("normal", normal), ("desk", desk), ("nothing", nothing)]
    }
}

/// The code, to hand on.
#[derive(Clone, Template)]
#[template(path = "proxies/templates/slip.html")]
pub struct Slip {
    /// The patient's id.
    pub patient: String,
    /// The patient made it.
    pub own: bool,
    /// For the desk to tell slips apart.
    pub initials: String,
    /// The code.
    pub code: String,
    /// The address as a picture.
    pub qr_svg: String,
    /// The address.
    pub link: String,
    /// Where to make an account.
    pub register: String,
    /// What is given.
    pub scopes: Vec<String>,
    /// Until when it counts.
    pub until: String,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Slip {
    fn title(&self) -> String {
        words::t("proxies-slip-title")
    }
    fn place(&self) -> Place {
        if self.own { Place::More } else { Place::Patients }
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let link = "https://portal.example.org/acting-for";
        let own = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            own: true,
            initials: "MO".to_owned(),
            code: "7KQM-2X4T-9RWD".to_owned(),
            qr_svg: crate::shell::qr::svg(link).unwrap_or_default(),
            link: link.to_owned(),
            register: "https://portal.example.org/register".to_owned(),
            scopes: ["visits", "messages"].map(|word| words::t(&format!("proxies-scope-{word}"))).to_vec(),
            until: "Tuesday, December\u{a0}1, 2026".to_owned(),
            clinic_name: "Riverside Clinic".to_owned(),
            clinic_phone: sample_phone(),
        };
        let desk = Self { own: false, ..own.clone() };
        vec![("normal", own), ("desk", desk)]
    }
}

/// Somebody for whom one acts.
#[derive(Clone)]
pub struct Person {
    /// The row.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their start page.
    pub url: String,
    /// What one was given.
    pub scopes: Vec<String>,
    /// Until when.
    pub until: String,
    /// From when on without sensitive entries.
    pub shrinks: Option<String>,
}

/// For whom one acts, and the form with a code.
#[derive(Clone, Template)]
#[template(path = "proxies/templates/acting_for.html")]
pub struct ActingFor {
    /// The reader's own start page, if they have a record of their own.
    pub own: Option<String>,
    /// The reader works here, and acts for nobody with this account.
    pub staff: bool,
    /// For whom.
    pub people: Vec<Person>,
    /// What one asked the clinic for.
    pub asked: Vec<super::requests::views::Line>,
    /// The code, as typed.
    pub code: Field,
    /// The date of birth, as typed.
    pub birth_date: Field,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl ActingFor {
    fn problems(&self) -> Vec<Problem> {
        problems([("slip", &self.code.problem), ("birth_date", &self.birth_date.problem)])
    }
}

impl View for ActingFor {
    fn title(&self) -> String {
        words::t("proxies-acting-title")
    }
    fn place(&self) -> Place {
        Place::More
    }
    fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
    fn samples() -> Vec<(&'static str, Self)> {
        let person = |name: &str| Person {
            id: "0197f2c4-0001".to_owned(),
            name: name.to_owned(),
            url: urls::patient_home(SAMPLE_PATIENT),
            scopes: ["visits", "clinical"].map(|word| words::t(&format!("proxies-scope-{word}"))).to_vec(),
            until: words::t1("proxies-until", "day", "November 24, 2027"),
            shrinks: Some(words::t1("proxies-shrinks", "day", "March 14, 2027")),
        };
        let asked = |name: &str, state: &str| super::requests::views::Line {
            url: urls::asked_caregiver(SAMPLE_PATIENT),
            name: name.to_owned(),
            state: words::t(&format!("proxies-asked-state-{state}")),
            waits: state == "granted",
        };
        let normal = Self {
            own: Some(urls::patient_home(SAMPLE_PATIENT)),
            staff: false,
            people: vec![person("Leo Okafor")],
            asked: vec![asked("Ada Okafor", "granted"), asked(SAMPLE_RTL_NAME, "open")],
            code: Field::empty(),
            birth_date: Field::empty(),
            clinic_phone: sample_phone(),
        };
        let empty = Self { own: None, people: Vec::new(), asked: Vec::new(), ..normal.clone() };
        let error = Self {
            code: Field::wrong("7KQM", words::t("proxies-problem-code")),
            birth_date: Field::wrong("March", words::t("proxies-problem-birth-date")),
            ..empty.clone()
        };
        let no_match = Self {
            code: Field::wrong("7KQM-2X4T-9RWD", words::t("proxies-problem-no-match")),
            birth_date: Field::typed("3 14 2019"),
            ..normal.clone()
        };
        let long = Self { people: vec![person(SAMPLE_LONG_NAME), person(SAMPLE_RTL_NAME)], ..normal.clone() };
        let staff = Self { staff: true, ..empty.clone() };
        vec![
            ("normal", normal),
            ("empty", empty),
            ("error", error),
            ("error-no-match", no_match),
            ("long-names", long),
            ("staff", staff),
        ]
    }
}
