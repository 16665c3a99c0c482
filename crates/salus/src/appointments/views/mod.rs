//! What the pages of visits receive.

pub mod booking;
pub mod day;
pub mod visit;

use crate::shell::view::{ChartBanner, Place};

/// Whose pages these are: the patient's own, or a chart that staff look at.
#[derive(Clone)]
pub struct Whose {
    /// The patient's id.
    pub patient: String,
    /// Who that is, when staff look.
    pub banner: Option<ChartBanner>,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Whose {
    /// Whether the reader is the patient.
    pub fn own(&self) -> bool {
        self.banner.is_none()
    }

    /// Where in the navigation these pages belong.
    pub fn place(&self) -> Place {
        if self.own() { Place::Visits } else { Place::Patients }
    }

    /// The words for the reader: `-own` for the patient.
    pub fn id(&self, id: &str) -> String {
        if self.own() { format!("{id}-own") } else { id.to_owned() }
    }
}

/// A visit of the sample patient's.
pub(super) const SAMPLE_VISIT: &str = "0192f3a0-0000-7000-8000-0000000000c1";

pub(super) fn sample_own() -> Whose {
    use crate::shell::view::{SAMPLE_PATIENT, sample_phone};
    Whose { patient: SAMPLE_PATIENT.to_owned(), banner: None, clinic_phone: sample_phone() }
}

pub(super) fn sample_staff() -> Whose {
    Whose { banner: Some(crate::shell::view::sample_banner()), ..sample_own() }
}
