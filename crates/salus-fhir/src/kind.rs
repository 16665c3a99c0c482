//! The resource types that Salus reads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($name:ident: $one:literal, $many:literal;)+) => {
        /// A FHIR R4 resource type that Salus reads and keeps. Others are counted and named by [`crate::read::entries`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ResourceType {
            $(
                #[doc = concat!("FHIR `", stringify!($name), "`: on screen, \"", $one, "\".")]
                $name,
            )+
        }

        impl ResourceType {
            /// Every type that Salus reads.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The FHIR name, as in `resourceType`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name)),+
                }
            }

            /// The type with this FHIR name, if Salus reads it.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// What one of these is called on screen.
            pub const fn one(self) -> &'static str {
                match self {
                    $(Self::$name => $one),+
                }
            }

            /// What several of these are called on screen.
            pub const fn many(self) -> &'static str {
                match self {
                    $(Self::$name => $many),+
                }
            }
        }
    };
}

kinds! {
    Patient: "Patient", "Patients";
    Practitioner: "Care provider", "Care providers";
    PractitionerRole: "Role", "Roles";
    Organization: "Organization", "Organizations";
    Location: "Place", "Places";
    Encounter: "Visit", "Visits";
    Condition: "Health condition", "Health conditions";
    AllergyIntolerance: "Allergy", "Allergies";
    MedicationRequest: "Medicine", "Medicines";
    MedicationAdministration: "Medicine given", "Medicines given";
    Immunization: "Vaccine", "Vaccines";
    Observation: "Test result", "Test results";
    DiagnosticReport: "Report", "Reports";
    DocumentReference: "Document", "Documents";
    Procedure: "Procedure", "Procedures";
    CareTeam: "Care team", "Care teams";
    CarePlan: "Care plan", "Care plans";
    Goal: "Goal", "Goals";
    Device: "Medical device", "Medical devices";
    ImagingStudy: "Imaging study", "Imaging studies";
    Coverage: "Insurance", "Insurance";
    Provenance: "Source of the record", "Sources of the record";
}

impl ResourceType {
    /// True for what belongs to one patient's record: everything but people, organizations and places.
    pub const fn is_clinical(self) -> bool {
        !matches!(
            self,
            Self::Patient | Self::Practitioner | Self::PractitionerRole | Self::Organization | Self::Location
        )
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is not one of the types that Salus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a FHIR type that Salus reads")]
pub struct UnknownType;

impl FromStr for ResourceType {
    type Err = UnknownType;

    fn from_str(name: &str) -> Result<Self, UnknownType> {
        Self::named(name).ok_or(UnknownType)
    }
}
