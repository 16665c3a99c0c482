//! What the staff's pages about patients receive.

use askama::Template;

use crate::shell::urls;
use crate::shell::view::{Field, Place, Problem, SAMPLE_LONG_NAME, SAMPLE_RTL_NAME, View, problems};
use crate::shell::words::{self, filters};

/// A patient in a list of the staff: name, birth date and the end of the record number tell people apart. What else there
/// is to know stands in the chart, and is not opened for a list.
#[derive(Clone)]
pub struct PatientLine {
    /// Full name.
    pub name: String,
    /// The chart, when this account may open it.
    pub url: Option<String>,
    /// Birth date, in words.
    pub born: String,
    /// Age, in words; empty when it can't be told, and for who has died.
    pub age: String,
    /// The end of the record number, the rest masked: "•••• 4182".
    pub mrn: String,
    /// Why this account may open the chart: "In your care".
    pub relation: String,
}

/// Patient search.
#[derive(Clone, Template)]
#[template(path = "staff/templates/search.html")]
pub struct PatientSearch {
    /// What was searched for.
    pub query: Field,
    /// What was found; none before the first search.
    pub found: Option<Vec<PatientLine>>,
    /// Whether there are more than the page shows, in either list.
    pub more: bool,
    /// The patients in this practitioner's care, below the form before a search.
    pub mine: Vec<PatientLine>,
}

impl PatientSearch {
    fn problems(&self) -> Vec<Problem> {
        problems([("query", &self.query.problem)])
    }

    fn found_count(&self) -> u64 {
        self.found.as_ref().map_or(0, |found| u64::try_from(found.len()).unwrap_or(u64::MAX))
    }
}

impl View for PatientSearch {
    fn title(&self) -> String {
        words::t("staff-patients-title")
    }

    fn place(&self) -> Place {
        Place::Patients
    }

    fn has_problems(&self) -> bool {
        self.query.problem.is_some()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let form = Self { query: Field::empty(), found: None, more: false, mine: sample_patient_lines(6) };
        let error =
            Self { query: Field::wrong("a", words::t("staff-problem-short")), mine: Vec::new(), ..form.clone() };
        let found = Self {
            query: Field::typed("okafor"),
            found: Some(sample_patient_lines(3)),
            mine: Vec::new(),
            ..form.clone()
        };
        let none = Self { query: Field::typed("okafro 3/14/1985"), found: Some(Vec::new()), ..found.clone() };
        let many =
            Self { query: Field::typed("ma"), found: Some(sample_patient_lines(50)), more: true, ..found.clone() };
        let mut odd = sample_patient_lines(2);
        let line = PatientLine { url: None, relation: String::new(), ..sample_patient_line(0) };
        odd.push(PatientLine { name: SAMPLE_LONG_NAME.to_owned(), ..line.clone() });
        odd.push(PatientLine { name: "ليلى عبد الرحمن".to_owned(), ..line.clone() });
        odd.push(PatientLine { name: "Sunny 🌻 Day".to_owned(), ..line });
        let odd = Self { found: Some(odd), query: Field::typed(SAMPLE_RTL_NAME), ..found.clone() };
        vec![("form", form), ("error", error), ("found", found), ("none", none), ("50-rows", many), ("long-names", odd)]
    }
}

/// A patient for samples.
pub fn sample_patient_line(n: usize) -> PatientLine {
    let names =
        ["Maya Okafor", "Gabriel Blanda", "Nadia Greenfelder", "Elvis Christiansen", "Juliane Hammes", "Ward Gerhold"];
    let ages = ["41", "67", "29", "8", "73", "55"];
    let name = names.iter().cycle().nth(n).copied().unwrap_or_default();
    let age = ages.iter().cycle().nth(n).copied().unwrap_or_default();
    PatientLine {
        name: name.to_owned(),
        url: Some(urls::record(format!("0197f2c4-8a3e-7b10-9c55-{n:012}"))),
        born: "March 14, 1985".to_owned(),
        age: format!("{age} years"),
        mrn: format!("•••• {:04}", 4_182 + n),
        relation: "In your care".to_owned(),
    }
}

/// Patients for samples.
pub fn sample_patient_lines(count: usize) -> Vec<PatientLine> {
    (0..count).map(sample_patient_line).collect()
}
