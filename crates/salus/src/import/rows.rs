//! What a row holds: every column of the registry, sealed where the registry says so.

use salus_db::Value;
use salus_fhir::{Facts, ResourceType, show};
use salus_kernel::{Instant, PatientId, ResourceId};
use salus_vault::{DataKey, Vault, normal};
use serde_json::Value as Json;

use super::{input::Source, stored};
use crate::access::columns::patient;

/// The purpose of import identities' blind indexes and of content digests.
pub(super) const PURPOSE: &str = "import";

/// A row about to be written.
pub(super) struct Prepared {
    pub(super) patient: Option<PatientId>,
    pub(super) kind: ResourceType,
    pub(super) id: ResourceId,
    pub(super) version: i64,
    pub(super) columns: Vec<(&'static str, Value)>,
}

impl Prepared {
    /// Rows in the order in which they can be written: people and places, then each patient's own row before the record.
    pub(super) fn order(&self) -> (Option<PatientId>, bool, &'static str, bool) {
        (self.patient, self.kind != ResourceType::Patient, stored::table(self.kind), self.version > 1)
    }
}

/// What every row has.
pub(super) struct Common<'a> {
    pub(super) id: ResourceId,
    pub(super) index: String,
    pub(super) digest: [u8; 32],
    pub(super) version: i64,
    pub(super) created: Instant,
    pub(super) now: Instant,
    /// The canonical text of the resource, with references rewritten.
    pub(super) text: &'a [u8],
}

/// People and places: public, so nothing is sealed.
pub(super) fn shared(
    kind: ResourceType,
    common: Common<'_>,
    resource: &Json,
    facts: &Facts,
    zone: Option<String>,
) -> Vec<(&'static str, Value)> {
    let mut columns: Vec<(&'static str, Value)> = vec![
        ("id", common.id.into()),
        ("source_index", common.index.into()),
        ("content_digest", common.digest.into()),
        ("name", show::line(kind, resource).title.replace(char::is_control, " ").into()),
        ("timezone", zone.into()),
        ("resource", String::from_utf8_lossy(common.text).into_owned().into()),
        ("created_at", common.created.into()),
        ("updated_at", common.now.into()),
        ("version", common.version.into()),
    ];
    if kind == ResourceType::Practitioner {
        columns.push(("npi", npi(facts).into()));
    }
    columns
}

/// A chart.
pub(super) fn chart(
    common: Common<'_>,
    key: &DataKey,
    resource: &Json,
    number: &str,
    mrn_index: String,
    entry: &str,
) -> Vec<(&'static str, Value)> {
    let details = show::PatientDetails::read(resource);
    let row = common.id.to_string();
    let birth_date = resource.get("birthDate").and_then(Json::as_str).map(str::trim).unwrap_or_default();
    vec![
        ("patient_id", common.id.into()),
        ("source_index", common.index.into()),
        ("mrn_index", mrn_index.into()),
        ("content_digest", common.digest.into()),
        ("name", key.seal::<patient::Name>(&row, plain_name(&details).as_bytes()).into()),
        ("birth_date", key.seal::<patient::BirthDate>(&row, birth_date.as_bytes()).into()),
        ("mrn", key.seal::<patient::Mrn>(&row, number.as_bytes()).into()),
        ("resource", key.seal::<patient::Resource>(&row, common.text).into()),
        ("deceased", details.deceased.into()),
        ("key_version", key.version().into()),
        ("created_at", common.created.into()),
        ("updated_at", common.now.into()),
        ("version", common.version.into()),
        ("entry", entry.into()),
    ]
}

/// A chart that was made here, for the same row as an imported one.
pub struct ChartMadeHere<'a> {
    /// Whose.
    pub patient: PatientId,
    /// The blind index of an identity that no import has.
    pub source_index: String,
    /// The blind index of the record number.
    pub mrn_index: String,
    /// The keyed digest of the resource.
    pub digest: [u8; 32],
    /// The patient's key.
    pub key: &'a DataKey,
    /// FHIR Patient.
    pub resource: &'a Json,
    /// The same as text.
    pub text: &'a [u8],
    /// The record number.
    pub number: &'a str,
    /// The moment.
    pub now: Instant,
    /// The ledger's place of the entry under which the row is written.
    pub entry: &'a str,
}

impl ChartMadeHere<'_> {
    /// The row.
    pub fn columns(self) -> Vec<(&'static str, Value)> {
        let common = Common {
            id: ResourceId::from_uuid(self.patient.uuid()),
            index: self.source_index,
            digest: self.digest,
            version: 1,
            created: self.now,
            now: self.now,
            text: self.text,
        };
        chart(common, self.key, self.resource, self.number, self.mrn_index, self.entry)
    }
}

/// Something in a record.
pub(super) fn record(
    kind: ResourceType,
    common: Common<'_>,
    key: &DataKey,
    patient: PatientId,
    facts: &Facts,
    encounter: Option<ResourceId>,
    entry: &str,
) -> Vec<(&'static str, Value)> {
    let sealed = key.seal_at(stored::table(kind), "resource", &common.id.to_string(), common.text);
    vec![
        ("id", common.id.into()),
        ("patient_id", patient.into()),
        ("source_index", common.index.into()),
        ("content_digest", common.digest.into()),
        ("event_at", facts.event.into()),
        ("state", state(facts).into()),
        ("encounter_id", encounter.into()),
        ("resource", sealed.into()),
        ("key_version", key.version().into()),
        ("created_at", common.created.into()),
        ("updated_at", common.now.into()),
        ("version", common.version.into()),
        ("entry", entry.into()),
    ]
}

/// The national provider identifier. What is no number would stand in a column that is not sealed, so it is none.
pub(super) fn npi(facts: &Facts) -> Option<String> {
    facts.npi.first().filter(|npi| npi.len() == 10 && npi.bytes().all(|byte| byte.is_ascii_digit())).cloned()
}

/// Given names and family name; what comes before and after them is shown on the profile.
fn plain_name(details: &show::PatientDetails) -> String {
    let words: Vec<&str> = details.given.iter().map(String::as_str).chain(details.family.as_deref()).collect();
    if words.is_empty() { details.name.clone() } else { words.join(" ") }
}

/// The state's code, empty where there is none. The column is not sealed, so what is not like a code stays out of it.
fn state(facts: &Facts) -> String {
    let like_a_code =
        |code: &&String| code.len() <= 32 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    facts.state.as_ref().filter(like_a_code).cloned().unwrap_or_default()
}

/// The blind index of a record number.
pub(super) fn mrn_index(vault: &Vault, number: &str) -> String {
    vault.index("patient.mrn", &normal::mrn(number)).into_string()
}

/// The record number of a patient whose source has none: the same at every import, and it tells nothing.
pub(super) fn made_number(vault: &Vault, source: &Source, identity: &str, attempt: u32) -> String {
    number_from(vault.digest("import.mrn", format!("{}|{identity}|{attempt}", source.name()).as_bytes()))
}

/// A record number out of a keyed digest.
pub fn number_from(digest: [u8; 32]) -> String {
    // Crockford's digits: no I, L, O or U, which are easily taken for something else.
    const DIGITS: [char; 32] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N',
        'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let digits = digest.iter().take(8).filter_map(|byte| DIGITS.get(usize::from(byte % 32)));
    format!("S-{}", digits.collect::<String>())
}

/// The zone that a Location names, if there is such a zone.
pub(super) fn zone(resource: &Json) -> Option<String> {
    const TIMEZONE: &str = "http://hl7.org/fhir/StructureDefinition/timezone";
    let extensions = resource.get("extension")?.as_array()?;
    let named = extensions.iter().find(|extension| extension.get("url").and_then(Json::as_str) == Some(TIMEZONE))?;
    let name = ["valueCode", "valueString"].iter().find_map(|field| named.get(field)?.as_str())?.trim();
    jiff::tz::TimeZone::get(name).is_ok().then(|| name.to_owned())
}
