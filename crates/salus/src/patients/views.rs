//! What the profile page receives.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{
    ChartBanner, Fact, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, View, sample_banner, sample_phone,
};
use crate::shell::words::{self, filters};

/// Facts under a heading.
#[derive(Clone)]
pub struct FactGroup {
    /// The heading: "Who you are", "How we reach you".
    pub heading: String,
    /// The facts; those without a value are left out by the handler.
    pub facts: Vec<Fact>,
}

/// Name, birth date, contact and what else the clinic knows about the person.
#[derive(Clone, Template)]
#[template(path = "patients/templates/profile.html")]
pub struct Profile {
    /// The facts, grouped.
    pub groups: Vec<FactGroup>,
    /// Who the chart belongs to, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// Where it says who treats the patient, for whom may.
    pub team_url: Option<String>,
    /// Where the desk invites the patient to sign in, for whom may.
    pub invites_url: Option<String>,
    /// Where it says who acts for the patient, for whom may.
    pub caregivers_url: Option<String>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl View for Profile {
    fn title(&self) -> String {
        words::t("patients-profile-title")
    }

    fn place(&self) -> Place {
        if self.banner.is_some() { Place::Record } else { Place::More }
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let normal = Self {
            groups: vec![
                FactGroup {
                    heading: words::t("patients-who"),
                    facts: vec![
                        Fact::new("Name", "Maya Okafor"),
                        Fact::new("Birth date", "March 14, 1985 (41 years)"),
                        Fact::new("Sex", "Female"),
                        Fact::new("Record number", "MRN-004182"),
                        Fact::new("Language", "English"),
                    ],
                },
                FactGroup {
                    heading: words::t("patients-contact"),
                    facts: vec![
                        Fact::new("Address", "812 River Road\nPortland, OR 97202"),
                        Fact::new("Home phone", "(503) 555-0142"),
                        Fact::new("Email", "maya.okafor@example.org"),
                    ],
                },
                FactGroup {
                    heading: words::t("patients-more"),
                    facts: vec![Fact::new("Race", "Black or African American"), Fact::new("Married", "Yes")],
                },
            ],
            banner: None,
            team_url: Some(urls::care_team(SAMPLE_PATIENT)),
            invites_url: None,
            caregivers_url: Some(urls::caregivers(SAMPLE_PATIENT)),
            clinic_phone: sample_phone(),
        };
        let empty = Self {
            groups: vec![FactGroup {
                heading: words::t("patients-who"),
                facts: vec![Fact::new("Name", "Maya Okafor")],
            }],
            ..normal.clone()
        };
        let long = Self {
            groups: vec![FactGroup {
                heading: words::t("patients-who"),
                facts: vec![
                    Fact::new("Name", SAMPLE_LONG_NAME),
                    Fact::new("Name at birth", "ليلى عبد الرحمن"),
                    Fact::new(
                        "Email",
                        "wilhelmina-alexandrina.featherstonehaugh-cholmondeley@correspondence.example.org",
                    ),
                    Fact::new("Nickname", "Sunny 🌻"),
                ],
            }],
            ..normal.clone()
        };
        let staff = Self { banner: Some(sample_banner()), ..normal.clone() };
        vec![("normal", normal), ("empty", empty), ("long-names", long), ("staff", staff)]
    }
}
