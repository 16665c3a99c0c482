//! What the home pages receive: a patient's, an account's without a patient, the staff's.

use askama::Template;
use salus_kernel::{Action, Role};

use crate::access::Duties;

use crate::registrations::State;
use crate::shell::urls::{self, Section};
use crate::shell::view::{
    LinkLine, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, Tone, View, sample_phone,
};
use crate::shell::words::{self, filters};
use crate::staff::views::{PatientLine, sample_patient_lines};

/// What matters most, in the large card: the visit that comes next, or else the newest thing in the record.
#[derive(Clone)]
pub struct Card {
    /// "Your next visit", "Your newest result".
    pub kicker: String,
    /// Its heading.
    pub heading: String,
    /// Lines under the heading: date in words, who, where.
    pub lines: Vec<String>,
    /// "Fri".
    pub weekday: String,
    /// "20".
    pub day: String,
    /// "Nov".
    pub month: String,
    /// The button: "See this result".
    pub button: String,
    /// Where the button leads.
    pub url: String,
}

/// A section with the number of its entries.
#[derive(Clone)]
pub struct SectionCount {
    /// The section.
    pub section: Section,
    /// How many entries it has.
    pub count: u64,
}

/// One of the places to go on to.
#[derive(Clone)]
pub struct Quick {
    /// Where it leads.
    pub url: String,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Its words.
    pub text: String,
}

/// A patient's home.
#[derive(Clone, Template)]
#[template(path = "home/templates/patient.html")]
pub struct PatientHome {
    /// The patient's id.
    pub patient: String,
    /// "Good morning, Maya".
    pub greeting: String,
    /// One sentence on what matters now.
    pub summary: String,
    /// What matters most; none for an empty record without a visit to come.
    pub card: Option<Card>,
    /// Where to go on.
    pub quick: Vec<Quick>,
    /// Whether the reader may read what is new in the record, and not only some of its sections.
    pub reads: bool,
    /// Newest results and visits; no more than six.
    pub news: Vec<LinkLine>,
    /// Sections with counts; the page shows those that have entries.
    pub sections: Vec<SectionCount>,
    /// Who opened the record of late: "Your record was opened 4 times in the last 30 days." Only the patient is told.
    pub looks: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl PatientHome {
    fn has_entries(&self) -> bool {
        self.sections.iter().any(|line| line.count > 0)
    }
}

impl View for PatientHome {
    fn title(&self) -> String {
        words::t("home-title")
    }

    fn place(&self) -> Place {
        Place::Home
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let item = |section: Section| urls::item(SAMPLE_PATIENT, section, "0197f2c4-0001");
        let newest = Card {
            kicker: "Your newest result".to_owned(),
            heading: "Basic metabolic panel".to_owned(),
            lines: vec![
                "Friday, November 20, 8:12\u{a0}am Pacific\u{a0}Time".to_owned(),
                "8 tests, 1 outside the usual range".to_owned(),
            ],
            weekday: "Fri".to_owned(),
            day: "20".to_owned(),
            month: "Nov".to_owned(),
            button: "See this result".to_owned(),
            url: item(Section::Results),
        };
        let news = vec![
            LinkLine::new("Lipid panel", item(Section::Results), "Result, November 20").tagged("New", Tone::Plain),
            LinkLine::new("Visit with Dr. Lena Park", item(Section::Encounters), "Yearly check-up, November 18")
                .tagged("New", Tone::Plain),
            LinkLine::new("Flu shot", item(Section::Immunizations), "Given on November 18"),
            LinkLine::new("Lisinopril 10 mg", item(Section::Medicines), "Ordered on November 18"),
        ];
        let counts = [312, 14, 6, 2, 21, 48, 96, 812, 17, 3, 0, 1, 2, 1, 0, 4, 1];
        let link = |url, icon, id: &str| Quick { url, icon, text: words::t(id) };
        let quick = vec![
            Quick {
                url: urls::messages(SAMPLE_PATIENT),
                icon: "message",
                text: words::t_with("home-quick-messages-own", [("count", 2.into()), ("number", "2".into())]),
            },
            link(urls::visit_new(SAMPLE_PATIENT), "calendar", "home-quick-book-own"),
            link(urls::section(SAMPLE_PATIENT, Section::Results), "flask", "home-quick-results-own"),
            link(urls::section(SAMPLE_PATIENT, Section::Medicines), "pill", "home-quick-medicines-own"),
            link(urls::record(SAMPLE_PATIENT), "document", "home-quick-record-own"),
            link(urls::access_log(SAMPLE_PATIENT), "eye", "home-quick-access-own"),
        ];
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            greeting: "Good morning, Maya".to_owned(),
            summary: "You have 2 new results since you were last here.".to_owned(),
            card: Some(newest.clone()),
            quick: quick.clone(),
            reads: true,
            news: news.clone(),
            sections: Section::ALL
                .into_iter()
                .zip(counts)
                .map(|(section, count)| SectionCount { section, count })
                .collect(),
            looks: Some(words::t1("home-looks", "count", 4)),
            clinic_phone: sample_phone(),
        };
        let visit = Self {
            card: Some(Card {
                kicker: words::t("home-next-visit"),
                heading: "Check-up with Dr. Lena Park, Riverside Main".to_owned(),
                lines: vec![
                    "Tuesday, December\u{a0}1, 2026, 9:00\u{a0}am Pacific\u{a0}Time".to_owned(),
                    words::t("visits-told-come"),
                ],
                weekday: "Tue".to_owned(),
                day: "1".to_owned(),
                month: "Dec".to_owned(),
                button: words::t("home-newest-visit-see"),
                url: urls::visit(SAMPLE_PATIENT, "0197f2c4-0001"),
            }),
            ..normal.clone()
        };
        let empty = Self {
            summary: "There is nothing in your record yet.".to_owned(),
            card: None,
            news: Vec::new(),
            sections: Section::ALL.into_iter().map(|section| SectionCount { section, count: 0 }).collect(),
            looks: Some(words::t1("home-looks", "count", 0)),
            ..normal.clone()
        };
        let long = Self {
            greeting: format!("Good morning, {SAMPLE_LONG_NAME}"),
            card: Some(Card {
                heading: "Comprehensive metabolic panel with estimated glomerular filtration rate (creatinine-based CKD-EPI 2021)".to_owned(),
                lines: vec![format!("Ordered by Dr. {SAMPLE_LONG_NAME}")],
                ..newest.clone()
            }),
            news: vec![
                LinkLine::new(format!("Visit with Dr. {SAMPLE_LONG_NAME}"), item(Section::Encounters), "November 18").tagged("New", Tone::Plain),
                LinkLine::new("Hydrochlorothiazide/amlodipine/valsartan/otherextraordinarilylongsubstancename", item(Section::Medicines), "Ordered on November 18"),
            ],
            ..normal.clone()
        };
        let rtl = Self {
            greeting: "Good morning, ليلى".to_owned(),
            card: Some(Card { heading: format!("زيارة مع {SAMPLE_RTL_NAME}"), ..newest }),
            news: vec![
                LinkLine::new(SAMPLE_RTL_NAME, item(Section::Encounters), "زيارة سنوية").tagged("New", Tone::Plain),
            ],
            ..normal.clone()
        };
        // A caregiver who was given visits alone.
        let caregiver = Self {
            greeting: "Good morning, Rosa".to_owned(),
            summary: String::new(),
            quick: quick.iter().skip(1).take(1).cloned().collect(),
            reads: false,
            news: Vec::new(),
            sections: Vec::new(),
            looks: None,
            ..visit.clone()
        };
        let emoji = Self { greeting: "Good morning, Sunny 🌻".to_owned(), ..normal.clone() };
        vec![
            ("normal", normal),
            ("visit", visit),
            ("empty", empty),
            ("long-names", long),
            ("right-to-left", rtl),
            ("emoji", emoji),
            ("caregiver", caregiver),
        ]
    }
}

/// The home of an account that is not linked to a patient.
#[derive(Clone, Template)]
#[template(path = "home/templates/unlinked.html")]
pub struct UnlinkedHome {
    /// Where the registration stands from which the account came, if it came from one.
    pub registered: Option<Registered>,
    /// "Good morning, Maya".
    pub greeting: String,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

/// Where a registration stands, for whoever registered.
#[derive(Clone)]
pub struct Registered {
    /// Its state.
    pub state: State,
    /// Why it was refused or unbound, in words.
    pub reason: Option<String>,
    /// Since when the front desk has it.
    pub since: String,
    /// Within how many working days the desk answers.
    pub days: u64,
}

impl View for UnlinkedHome {
    fn title(&self) -> String {
        words::t("home-title")
    }

    fn place(&self) -> Place {
        Place::Home
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            registered: None,
            greeting: "Good afternoon, Maya".to_owned(),
            clinic_name: "Riverside Clinic".to_owned(),
            clinic_phone: sample_phone(),
        };
        let registered = |state, reason: Option<&str>| Self {
            registered: Some(Registered {
                state,
                reason: reason.map(words::t),
                since: "Monday, November 23, 2026, 9:10\u{a0}am Central\u{a0}Time".to_owned(),
                days: 2,
            }),
            ..normal.clone()
        };
        vec![
            ("normal", normal.clone()),
            ("waiting", registered(State::Waiting, None)),
            ("refused", registered(State::Refused, Some("registrations-reason-not-proven"))),
            ("unlinked", registered(State::Unlinked, Some("registrations-reason-unlinked"))),
        ]
    }
}

/// The staff's home: what each role does here.
#[derive(Clone, Template)]
#[template(path = "home/templates/staff.html")]
pub struct StaffHome {
    /// "Good morning, Dr. Park".
    pub greeting: String,
    /// What this account does here.
    pub duties: Vec<Duties>,
    /// The patients in this practitioner's care, the last seen first; at most twenty.
    pub patients: Vec<PatientLine>,
    /// How many patients are in this practitioner's care.
    pub patients_total: u64,
    /// How many visits there are today, for whoever sees the day's list.
    pub visits_today: u64,
    /// How many conversations wait for an answer, for those who treat patients; none where the clinic has no messages.
    pub messages_waiting: Option<u64>,
    /// How many people who registered wait, for the front desk.
    pub registrations_waiting: u64,
    /// How many patients want to be let back in, for the front desk.
    pub recoveries_waiting: u64,
    /// How many ask to act for somebody.
    pub caregivers_waiting: u64,
    /// How many colleagues asked to be let back in and nobody has vouched for, for an administrator.
    pub colleagues_asking: u64,
    /// For how many colleagues somebody vouched, and the reader could be the second person.
    pub colleagues_waiting: u64,
    /// How many roles of the clinic's own wait for a second person, who could be the reader.
    pub roles_waiting: u64,
    /// How many records opened in an emergency wait to be signed off, for a privacy officer.
    pub emergencies_waiting: u64,
    /// How many looks wait for judgement, and weeks for a sign-off, for a privacy officer.
    pub reviews_waiting: u64,
    /// How many staff accounts there are, for an administrator.
    pub staff_total: u64,
    /// How many background jobs were given up, for an administrator.
    pub jobs_given_up: u64,
    /// The state of the audit log in one line, for a privacy officer.
    pub audit_state: String,
}

impl StaffHome {
    fn may(&self, action: Action) -> bool {
        self.duties.iter().any(|duties| duties.may(action))
    }

    fn treats(&self) -> bool {
        self.duties.iter().any(|duties| duties.base().treats())
    }

    /// Whether there is anything beside patients and visits.
    fn has_more(&self) -> bool {
        use Action::{
            MakeChart, SearchAudit, ViewCaregiverRequests, ViewClinic, ViewEmergencies, ViewJobs, ViewRecoveries,
            ViewRegistrations, ViewReviews, ViewStaff,
        };
        let more = [
            ViewRegistrations,
            ViewCaregiverRequests,
            ViewRecoveries,
            MakeChart,
            ViewStaff,
            ViewClinic,
            ViewJobs,
            ViewEmergencies,
            ViewReviews,
            SearchAudit,
        ];
        self.colleagues_waiting > 0 || self.roles_waiting > 0 || more.into_iter().any(|action| self.may(action))
    }
}

impl View for StaffHome {
    fn title(&self) -> String {
        words::t("home-title")
    }

    fn place(&self) -> Place {
        Place::Home
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let practitioner = Self {
            greeting: "Good morning, Dr. Park".to_owned(),
            duties: vec![Duties::of(Role::Practitioner)],
            patients: sample_patient_lines(8),
            patients_total: 8,
            visits_today: 7,
            messages_waiting: Some(3),
            registrations_waiting: 3,
            recoveries_waiting: 2,
            caregivers_waiting: 1,
            colleagues_asking: 0,
            colleagues_waiting: 0,
            roles_waiting: 0,
            emergencies_waiting: 1,
            reviews_waiting: 2,
            staff_total: 0,
            jobs_given_up: 0,
            audit_state: String::new(),
        };
        let empty = Self { patients: Vec::new(), patients_total: 0, ..practitioner.clone() };
        let many = Self { patients: sample_patient_lines(50), patients_total: 312, ..practitioner.clone() };
        let desk = Self {
            greeting: "Good morning, Jamie".to_owned(),
            duties: vec![Duties::of(Role::FrontDesk)],
            patients: Vec::new(),
            patients_total: 0,
            ..practitioner.clone()
        };
        let administrator = Self {
            duties: vec![Duties::of(Role::Administrator)],
            registrations_waiting: 3,
            staff_total: 7,
            ..desk.clone()
        };
        let officer = Self {
            duties: vec![Duties::of(Role::PrivacyOfficer)],
            staff_total: 7,
            audit_state: "18,204 entries, last checked today at 8:00\u{a0}am Pacific\u{a0}Time: nothing missing"
                .to_owned(),
            ..desk.clone()
        };
        let all = Self {
            greeting: format!("Good morning, {SAMPLE_LONG_NAME}"),
            duties: [Role::Practitioner, Role::FrontDesk, Role::Administrator, Role::PrivacyOfficer]
                .map(Duties::of)
                .to_vec(),
            registrations_waiting: 3,
            colleagues_asking: 1,
            colleagues_waiting: 1,
            roles_waiting: 1,
            emergencies_waiting: 1,
            reviews_waiting: 2,
            staff_total: 7,
            jobs_given_up: 3,
            audit_state: officer.audit_state.clone(),
            ..practitioner.clone()
        };
        vec![
            ("practitioner", practitioner),
            ("practitioner-empty", empty),
            ("practitioner-50-rows", many),
            ("front-desk", desk),
            ("administrator", administrator),
            ("privacy-officer", officer),
            ("all-roles", all),
        ]
    }
}
