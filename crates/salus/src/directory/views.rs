//! What "People and places" receives.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Pager, Place, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, View};
use crate::shell::words::{self, filters};

/// Someone who works here.
#[derive(Clone)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What they do: "Family doctor".
    pub role: String,
    /// Where they work; empty when not known.
    pub places: String,
    /// Their telephone number; empty when not known.
    pub phone: String,
    /// What they do where, one line for each role on record.
    pub roles: Vec<String>,
}

/// A place or an organization.
#[derive(Clone)]
pub struct Location {
    /// The name.
    pub name: String,
    /// The address; line breaks are kept.
    pub address: String,
    /// The telephone number; empty when not known.
    pub phone: String,
    /// Its time zone in words: "Pacific Time"; empty when not known.
    pub zone: String,
}

/// People and places.
#[derive(Clone, Template)]
#[template(path = "directory/templates/index.html")]
pub struct Directory {
    /// Who works here, by name.
    pub staff: Vec<Person>,
    /// Everybody whom records name, by name.
    pub people: Vec<Person>,
    /// Which part of the people this is.
    pub people_pager: Pager,
    /// How many roles are on record, for all people together.
    pub roles_total: u64,
    /// Roles of people whom we do not have.
    pub others: Vec<Person>,
    /// The places, by name.
    pub places: Vec<Location>,
    /// Which part of the places this is.
    pub places_pager: Pager,
    /// The organizations, by name.
    pub organizations: Vec<Location>,
    /// Which part of the organizations this is.
    pub organizations_pager: Pager,
}

impl View for Directory {
    fn title(&self) -> String {
        words::t("directory-title")
    }

    fn place(&self) -> Place {
        Place::Directory
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let person = |name: &str, role: &str, place: &str| Person {
            name: name.to_owned(),
            role: role.to_owned(),
            places: place.to_owned(),
            phone: "(503) 555-0117".to_owned(),
            roles: Vec::new(),
        };
        let pager = |total| Pager::new(urls::DIRECTORY, 1, 50, total);
        let portland = Location {
            name: "Riverside Clinic, Portland".to_owned(),
            address: "12 Water Street, 2nd floor\nPortland, OR 97202".to_owned(),
            phone: "(503) 555-0100".to_owned(),
            zone: "Pacific Time".to_owned(),
        };
        let boise = Location {
            name: "Riverside Clinic, Boise".to_owned(),
            address: "400 Hill Road\nBoise, ID 83702".to_owned(),
            phone: "(208) 555-0100".to_owned(),
            zone: "Mountain Time".to_owned(),
        };
        let haddad = Person {
            roles: vec!["Internal medicine, Riverside Clinic, Boise".to_owned(), "Sports medicine".to_owned()],
            role: String::new(),
            ..person("Dr. Omar Haddad", "", "")
        };
        let organization = Location { name: "Riverside Clinic".to_owned(), zone: String::new(), ..portland.clone() };
        let normal = Self {
            staff: vec![
                person("Dr. Lena Park", "Family doctor", "Riverside Clinic, Portland"),
                Person { phone: String::new(), ..person("Jamie Ruiz", "Front desk", "") },
            ],
            people: vec![
                haddad,
                Person { roles: vec!["Family medicine".to_owned()], ..person("Dr. Lena Park", "", "") },
            ],
            people_pager: pager(2),
            roles_total: 3,
            others: Vec::new(),
            places: vec![boise, portland.clone()],
            places_pager: pager(2),
            organizations: vec![organization],
            organizations_pager: pager(1),
        };
        let empty = Self {
            staff: Vec::new(),
            people: Vec::new(),
            people_pager: pager(0),
            roles_total: 0,
            places: Vec::new(),
            places_pager: pager(0),
            organizations: Vec::new(),
            organizations_pager: pager(0),
            ..normal.clone()
        };
        let many = Self {
            people: (0..50)
                .map(|n| Person {
                    roles: vec!["Family medicine".to_owned()],
                    ..person(&format!("Dr. Number {n}"), "", "")
                })
                .collect(),
            people_pager: pager(165),
            roles_total: 165,
            places: vec![portland.clone(); 50],
            places_pager: pager(76),
            organizations: vec![portland.clone(); 50],
            organizations_pager: pager(114),
            ..normal.clone()
        };
        let long = Self {
            staff: vec![
                person(
                    SAMPLE_LONG_NAME,
                    "Consultant in pulmonary rehabilitation and sleep medicine",
                    "Riverside Clinic, Portland",
                ),
                Person { phone: String::new(), ..person(SAMPLE_RTL_NAME, "Nurse", "") },
                person("Sunny 🌻", "Volunteer", "Boise"),
            ],
            others: vec![Person {
                phone: String::new(),
                roles: vec![SAMPLE_LONG_NAME.to_owned()],
                ..person(SAMPLE_RTL_NAME, "", "")
            }],
            places: vec![Location {
                name: SAMPLE_LONG_NAME.to_owned(),
                zone: String::new(),
                phone: String::new(),
                ..portland
            }],
            ..normal.clone()
        };
        vec![("normal", normal), ("empty", empty), ("50-rows", many), ("long-names", long)]
    }
}
