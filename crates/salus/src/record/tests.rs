//! The record through its front door, on both engines. What should be there is counted by other code: plain `serde_json`.

use std::{
    collections::{BTreeMap, HashMap},
    io::{Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::tz::TimeZone;
use salus_fhir::{When, show::Span};
use salus_kernel::{Action, Instant, MINUTE, PatientId, Role};
use serde_json::{Value, json};

use super::{
    names, store,
    when::{self, Timing},
};
use crate::{
    accounts::admin,
    import::{Input, Silent, Source, import_file},
    salus_test,
    shell::urls::{self, Section},
    testing::{Page, Person, World},
};

/// Takes a file in.
pub(crate) async fn import(w: &World, name: &str, bytes: Vec<u8>) {
    let bytes: Arc<[u8]> = bytes.into();
    let length = u64::try_from(bytes.len()).unwrap();
    let input = Input::new(name, length, move || Ok(Box::new(Cursor::new(Arc::clone(&bytes)))));
    let run = w.run("import", Action::ImportRecords).await;
    import_file(&run, &Source::default(), &input, &Silent).await.unwrap();
}

/// A file of these resources, which refer to each other as `Type/id`.
pub(crate) async fn import_resources(w: &World, resources: &[Value]) {
    let entries: Vec<Value> = resources
        .iter()
        .map(|resource| json!({ "fullUrl": format!("https://ehr.example.org/r4/{}/{}", text(resource, "resourceType"), text(resource, "id")), "resource": resource }))
        .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    import(w, "test.json", bundle.to_string().into_bytes()).await;
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Everybody with a chart.
pub(crate) async fn charts(w: &World) -> Vec<PatientId> {
    let run = w.run("directory", Action::FindPatients).await;
    let mut tx = run.read().await.unwrap();
    let rows: Vec<(PatientId,)> = tx
        .all(salus_db::Sql::owned("SELECT patient_id FROM patient ORDER BY patient_id".to_owned()), Vec::new())
        .await
        .unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

/// An account, signed in, whose own chart this is.
pub(crate) async fn owner(w: &World, name: &str, patient: PatientId) -> Person {
    let mut person = w.account(name, None, None).await;
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    admin::grant_own_chart(&run, &mut change, person.account, patient).await.unwrap();
    change.commit().await.unwrap();
    person.patient = patient;
    w.sign_in(&person).await;
    person
}

/// Someone whose record these resources are; the patient is `Patient/p`.
pub(crate) async fn with_record(w: &World, resources: &[Value]) -> Person {
    let patient = json!({ "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1985-03-14",
        "name": [{ "use": "official", "family": "Okafor", "given": ["Maya"] }] });
    let all: Vec<Value> = std::iter::once(patient).chain(resources.iter().cloned()).collect();
    import_resources(w, &all).await;
    let chart = *charts(w).await.last().unwrap();
    owner(w, "Maya Okafor", chart).await
}

fn me() -> Value {
    json!({ "reference": "Patient/p" })
}

/// One resource of each kind, with the words its page shows.
fn one_of_each() -> Vec<(Section, Value, &'static str)> {
    let snomed =
        |display: &str| json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "1", "display": display }] });
    let clinical = |system: &str| json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": "active" }] });
    vec![
        (
            Section::Problems,
            json!({ "resourceType": "Condition", "id": "1", "subject": me(), "code": snomed("Asthma (disorder)"), "clinicalStatus": clinical("condition-clinical"), "onsetDateTime": "2019-03-01", "encounter": { "reference": "Encounter/1" } }),
            "Asthma",
        ),
        (
            Section::Allergies,
            json!({ "resourceType": "AllergyIntolerance", "id": "1", "patient": me(), "code": snomed("Penicillin"), "clinicalStatus": clinical("allergyintolerance-clinical"), "reaction": [{ "manifestation": [snomed("Hives")], "severity": "severe" }] }),
            "Penicillin",
        ),
        (
            Section::Medicines,
            json!({ "resourceType": "MedicationRequest", "id": "1", "subject": me(), "status": "active", "intent": "order", "medicationCodeableConcept": snomed("Lisinopril 10 MG Oral Tablet"), "authoredOn": "2026-11-18", "requester": { "reference": "Practitioner/d" }, "encounter": { "reference": "Encounter/1" } }),
            "Lisinopril 10 MG Oral Tablet",
        ),
        (
            Section::MedicineAdministrations,
            json!({ "resourceType": "MedicationAdministration", "id": "1", "subject": me(), "status": "completed", "medicationCodeableConcept": snomed("Ibuprofen 200 MG"), "effectiveDateTime": "2026-11-18T17:00:00Z", "context": { "reference": "Encounter/1" } }),
            "Ibuprofen 200 MG",
        ),
        (
            Section::Immunizations,
            json!({ "resourceType": "Immunization", "id": "1", "patient": me(), "status": "completed", "vaccineCode": snomed("Influenza vaccine"), "occurrenceDateTime": "2026-11-18", "encounter": { "reference": "Encounter/1" } }),
            "Influenza vaccine",
        ),
        (
            Section::Results,
            json!({ "resourceType": "DiagnosticReport", "id": "1", "subject": me(), "status": "final", "code": snomed("Sugar panel"), "effectiveDateTime": "2026-11-18T16:30:00Z", "result": [{ "reference": "Observation/1" }], "encounter": { "reference": "Encounter/1" }, "conclusion": "A little high." }),
            "Sugar panel",
        ),
        (
            Section::Observations,
            json!({ "resourceType": "Observation", "id": "1", "subject": me(), "status": "final", "code": { "coding": [{ "system": "http://example.org/tests", "code": "sugar", "display": "Sugar in blood" }] }, "effectiveDateTime": "2026-11-18T16:30:00Z", "valueQuantity": { "value": 112, "unit": "mg/dL", "code": "mg/dL", "system": "http://unitsofmeasure.org" }, "referenceRange": [{ "low": { "value": 70, "code": "mg/dL" }, "high": { "value": 99, "code": "mg/dL" } }], "encounter": { "reference": "Encounter/1" } }),
            "Sugar in blood",
        ),
        (
            Section::Procedures,
            json!({ "resourceType": "Procedure", "id": "1", "subject": me(), "status": "completed", "code": snomed("Blood draw (procedure)"), "performedPeriod": { "start": "2026-11-18T16:20:00Z", "end": "2026-11-18T16:25:00Z" }, "encounter": { "reference": "Encounter/1" } }),
            "Blood draw",
        ),
        (
            Section::Encounters,
            json!({ "resourceType": "Encounter", "id": "1", "subject": me(), "status": "finished", "class": { "code": "AMB" }, "type": [{ "text": "Yearly check-up" }], "period": { "start": "2026-11-18T17:20:00Z", "end": "2026-11-18T17:45:00Z" }, "location": [{ "location": { "reference": "Location/l" } }], "participant": [{ "individual": { "reference": "Practitioner/d" } }], "reasonCode": [{ "text": "Yearly visit" }] }),
            "Yearly check-up",
        ),
        (
            Section::Documents,
            json!({ "resourceType": "DocumentReference", "id": "1", "subject": me(), "status": "current", "type": { "text": "Progress note" }, "date": "2026-11-18T18:00:00Z", "author": [{ "reference": "Practitioner/d" }], "content": [{ "attachment": { "contentType": "text/plain", "data": "U2hlIGZlZWxzIHdlbGwu" } }], "context": { "encounter": [{ "reference": "Encounter/1" }] } }),
            "Progress note",
        ),
        (
            Section::CareTeam,
            json!({ "resourceType": "CareTeam", "id": "1", "subject": me(), "status": "active", "name": "Primary care", "participant": [{ "member": me() }, { "role": [{ "text": "Family doctor" }], "member": { "reference": "Practitioner/d" } }] }),
            "Primary care",
        ),
        (
            Section::Goals,
            json!({ "resourceType": "Goal", "id": "1", "subject": me(), "lifecycleStatus": "active", "description": { "text": "Walk every day" }, "startDate": "2026-11-01" }),
            "Walk every day",
        ),
        (
            Section::CarePlans,
            json!({ "resourceType": "CarePlan", "id": "1", "subject": me(), "status": "active", "intent": "plan", "title": "Asthma plan", "activity": [{ "detail": { "status": "in-progress", "description": "Breathing exercises" } }], "goal": [{ "reference": "Goal/1" }] }),
            "Asthma plan",
        ),
        (
            Section::Devices,
            json!({ "resourceType": "Device", "id": "1", "patient": me(), "status": "active", "type": { "text": "Inhaler" }, "manufacturer": "Acme" }),
            "Inhaler",
        ),
        (
            Section::Imaging,
            json!({ "resourceType": "ImagingStudy", "id": "1", "subject": me(), "status": "available", "started": "2026-11-18", "procedureCode": [{ "text": "Chest picture" }], "encounter": { "reference": "Encounter/1" } }),
            "Chest picture",
        ),
        (
            Section::Coverage,
            json!({ "resourceType": "Coverage", "id": "1", "beneficiary": me(), "status": "active", "payor": [{ "display": "Blue Shield" }], "period": { "start": "2026-01-01" } }),
            "Blue Shield",
        ),
        (
            Section::Provenance,
            json!({ "resourceType": "Provenance", "id": "1", "target": [me()], "recorded": "2026-11-18T18:00:00Z", "activity": { "text": "Sent from the hospital" }, "agent": [{ "who": { "reference": "Organization/o" } }] }),
            "Sent from the hospital",
        ),
    ]
}

fn people_and_places() -> Vec<Value> {
    vec![
        json!({ "resourceType": "Practitioner", "id": "d", "name": [{ "family": "Park", "given": ["Lena"], "prefix": ["Dr."] }], "telecom": [{ "system": "phone", "value": "5035550117" }], "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893" }] }),
        json!({ "resourceType": "Organization", "id": "o", "name": "Riverside Hospital" }),
        json!({ "resourceType": "Location", "id": "l", "name": "Riverside Clinic, Portland", "status": "active", "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "America/Los_Angeles" }] }),
    ]
}

async fn maya(w: &World) -> Person {
    let resources: Vec<Value> =
        people_and_places().into_iter().chain(one_of_each().into_iter().map(|(_, resource, _)| resource)).collect();
    with_record(w, &resources).await
}

/// The links of a page that lead to entries of a section.
fn entries(page: &Page, section: Section) -> Vec<String> {
    let list = format!("/record/{}/", section.slug());
    let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.contains(&list) && !link.ends_with("/history")).map(str::to_owned).collect()
}

salus_test! {
async fn every_statement_is_understood(w: World) {
    for sql in store::every().into_iter().chain(names::every()) {
        if let Err(error) = w.db.prepare(sql.text()).await {
            panic!("{error:?}: {}", sql.text());
        }
    }
    // Each leaves out what is kept private, as often as it names a table.
    for sql in store::every() {
        let (text, of) = (sql.text(), |what: &str| sql.text().matches(what).count());
        let entries = of("patient_id = $1") - of("l.patient_id = $1");
        let without = of("id NOT IN (SELECT l.target FROM security_label l");
        assert!(entries > 0 && entries == without, "shows what is kept private: {text}");
    }
}
}

salus_test! {
async fn each_section_has_its_list_its_pages_and_its_entry(w: World) {
    let maya = maya(&w).await;
    let ben = w.patient("Ben Okafor").await;
    let index = maya.get(&urls::record(maya.patient)).await;
    index.is_ok().shows("Results Laboratory tests and reports 1 entries");
    for (section, _, title) in one_of_each() {
        let address = urls::section(maya.patient, section);
        assert!(index.body.contains(&format!("href=\"{address}\"")), "{address}");
        let list = maya.get(&address).await;
        list.is_ok().shows(title);
        let items = entries(&list, section);
        assert_eq!(items.len(), 1, "{address}");
        let page = maya.get(&items[0]).await;
        page.is_ok().shows(title).hides("shell-").hides("[record");

        ben.get(&address).await.is_not_found();
        ben.get(&items[0]).await.is_not_found();
        let id = items[0].rsplit('/').next().unwrap();
        ben.get(&urls::item(ben.patient, section, id)).await.is_not_found();
        maya.get(&urls::item(maya.patient, section, "not-an-id")).await.is_not_found();
        ben.get(&urls::section(ben.patient, section)).await.is_ok().hides(title);
    }
    let told = w.ledger_of(maya.patient).await;
    for action in ["view-problems", "view-allergies", "view-medicines", "view-immunizations", "view-results", "view-procedures", "view-encounters",
        "view-documents", "view-care-plans", "view-devices", "view-coverage", "view-provenance"] {
        assert!(told.contains(&format!("read {action} self allowed")), "{action}: {told:#?}");
    }
}
}

salus_test! {
async fn staff_in_the_care_team_see_who_the_chart_belongs_to(w: World) {
    let maya = maya(&w).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let haddad = w.practitioner("Dr. Omar Haddad").await;
    let desk = w.staff("Jamie Cole", Role::FrontDesk).await;
    w.assign(&park, maya.patient).await;

    park.get(&urls::record(maya.patient)).await.is_ok().shows("Maya Okafor").shows("Born March 14, 1985 (41 years)").shows("Sex Female").shows("Allergies Penicillin (severe)");
    for (section, _, title) in one_of_each() {
        let address = urls::section(maya.patient, section);
        // Only the first page looks for allergies, so only it says what there is.
        let list = park.get(&address).await;
        list.is_ok().shows("Maya Okafor").shows(title).hides("None on record");
        park.get(&entries(&list, section)[0]).await.is_ok().shows("Maya Okafor").shows(title);
        haddad.get(&address).await.is_not_found();
        desk.get(&address).await.is_not_found();
    }
    maya.get(&urls::section(maya.patient, Section::Problems)).await.hides("s-chart");
    assert!(w.ledger_of(maya.patient).await.contains(&"read view-allergies care-team allowed".to_owned()));
}
}

salus_test! {
async fn a_visit_is_told_with_its_place_its_notes_and_what_was_done(w: World) {
    let maya = maya(&w).await;
    let list = maya.get(&urls::section(maya.patient, Section::Encounters)).await;
    list.shows("Yearly check-up November 18, 2026").shows("With Dr. Lena Park").shows("Where Riverside Clinic, Portland");
    let visit = maya.get(&entries(&list, Section::Encounters)[0]).await;
    visit.is_ok().shows("Wednesday, November 18, 2026, 9:20 to 9:45 am Pacific Time").shows("Why Yearly visit");
    visit.shows("Progress note Dr. Lena Park, November 18, 2026 She feels well.");
    visit.shows("Results Sugar panel 112 mg/dL 1 outside range").shows("Medicines Lisinopril 10 MG Oral Tablet").shows("Vaccines Influenza vaccine").shows("Procedures Blood draw");
    visit.shows("Problems Asthma").shows("Imaging Chest picture").shows("Medicines given Ibuprofen 200 MG");
    // The measurement is in the report, so it is not told twice.
    visit.hides("Measurements").hides("Sugar in blood");
    let told = w.ledger_of(maya.patient).await;
    for action in ["view-encounters", "view-results", "view-medicines", "view-immunizations", "view-procedures", "view-devices", "view-problems"] {
        assert!(told.contains(&format!("read {action} self allowed")), "{action}");
    }
    // Notes want the password again where the list of documents does (V7.5.3): here are links to them, and no words of them.
    w.advance(16 * MINUTE);
    let visit = maya.get(&entries(&list, Section::Encounters)[0]).await;
    visit.is_ok().shows("Yearly check-up").hides("She feels well").hides("Progress note");
    let note = visit.body.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|link| link.contains("/record/documents/")).unwrap().to_owned();
    maya.get(&note).await.goes_to(urls::STILL_YOU);
}
}

salus_test! {
async fn results_are_told_by_month_with_values_ranges_and_words(w: World) {
    let maya = maya(&w).await;
    let list = maya.get(&urls::section(maya.patient, Section::Results)).await;
    list.is_ok().shows("November 2026 Sugar panel Wednesday, November 18 · 112 mg/dL 1 outside range");
    let report = maya.get(&entries(&list, Section::Results)[0]).await;
    report.is_ok().shows("Wednesday, November 18, 2026, 10:30 am Central Time").shows("Conclusion A little high.");
    report.shows("Sugar in blood Value 112 mg/dL Usual range 70 to 99 mg/dL In words High");
    let history = report.body.split("href=\"").find_map(|rest| rest.split('"').next().filter(|link| link.ends_with("/history"))).unwrap().to_owned();
    maya.get(&history).await.is_ok().shows("Sugar in blood").shows("Showing 1 to 1 of 1").shows("November 18, 2026 Value 112 mg/dL");
}
}

salus_test! {
async fn all_results_of_one_test_stand_together_the_newest_first(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let code = |code: &str| json!({ "coding": [{ "system": "http://example.org/tests", "code": code, "display": format!("Test {code}") }] });
    let day = |n: i64| w.now().plus(-n * 24 * 60 * MINUTE);
    // With a unit: four digits alone also stand in ids by chance.
    let many = |value: i64| json!({ "value": value, "unit": "vim" });
    let mut first = None;
    for n in 0..53 {
        let at = day(n).timestamp().to_string();
        let value = json!({ "resourceType": "Observation", "status": "final", "code": code("a"), "effectiveDateTime": at, "valueQuantity": many(1000 + n) });
        let id = w.row("observation", ana.patient, Some(day(n)), value).await;
        first.get_or_insert(id);
    }
    // Another test that mentions the code's letters, and one of somebody else.
    w.row("observation", ana.patient, Some(day(0)), json!({ "resourceType": "Observation", "status": "final", "code": code("b"), "valueQuantity": many(7777) })).await;
    let ben = w.patient("Ben Okafor").await;
    w.row("observation", ben.patient, Some(day(0)), json!({ "resourceType": "Observation", "status": "final", "code": code("a"), "valueQuantity": many(8888) })).await;

    let address = urls::test_history(ana.patient, first.unwrap());
    let page = ana.get(&address).await;
    page.is_ok().shows("Test a").shows("Showing 1 to 50 of 53");
    let text = page.text();
    assert!(text.find("1000 vim").unwrap() < text.find("1049 vim").unwrap());
    for other in ["1050 vim", "7777 vim", "8888 vim"] {
        assert!(!text.contains(other), "{other}: {text}");
    }
    let second = ana.get(&urls::page(&address, 2)).await;
    second.shows("Showing 51 to 53 of 53").shows("1052 vim");
    assert!(!second.text().contains("1049 vim"));
    ana.get(&urls::page(&address, 99)).await.shows("Showing 1 to 50 of 53");
    ben.get(&address).await.is_not_found();
    ben.get(&urls::test_history(ben.patient, first.unwrap())).await.is_not_found();
}
}

salus_test! {
async fn lists_have_pages_and_what_has_no_date_comes_last(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let procedure = |name: &str| json!({ "resourceType": "Procedure", "status": "completed", "code": { "text": name } });
    w.row("procedure", ana.patient, None, procedure("Undated")).await;
    for n in 0..50_i64 {
        w.row("procedure", ana.patient, Some(w.now().plus(-n * MINUTE)), procedure(&format!("Number {n}."))).await;
    }
    let address = urls::section(ana.patient, Section::Procedures);
    let first = ana.get(&address).await;
    first.is_ok().shows("Showing 1 to 50 of 51").shows("Number 0.").shows("Number 49.").hides("Undated");
    assert_eq!(entries(&first, Section::Procedures).len(), 50);
    assert!(first.body.find("Number 0.").unwrap() < first.body.find("Number 1.").unwrap());
    ana.get(&format!("{address}?page=2")).await.shows("Showing 51 to 51 of 51").shows("Undated");
    for bad in ["page=0", "page=-1", "page=x", "page=", "page=3", "page=99999999999999999999999", "page=18446744073709551615", "page=1&page=2", "%ff", "page=%32"] {
        ana.get(&format!("{address}?{bad}")).await.is_ok().shows("Showing 1 to 50 of 51");
    }
}
}

salus_test! {
async fn teams_and_goals_are_shown_whole_and_medicines_begin_with_those_taken(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    for n in 0..60 {
        w.row("goal", ana.patient, None, json!({ "resourceType": "Goal", "lifecycleStatus": "active", "status": "active", "description": { "text": format!("Goal {n}.") } })).await;
        w.row("care_team", ana.patient, None, json!({ "resourceType": "CareTeam", "status": "active", "name": format!("Team {n}.") })).await;
    }
    assert_eq!(entries(&ana.get(&urls::section(ana.patient, Section::Goals)).await, Section::Goals).len(), 60);
    assert_eq!(entries(&ana.get(&urls::section(ana.patient, Section::CareTeam)).await, Section::CareTeam).len(), 60);

    let medicine = |name: &str, status: &str| json!({ "resourceType": "MedicationRequest", "status": status, "medicationCodeableConcept": { "text": name } });
    w.row("medication_request", ana.patient, Some(w.now()), medicine("Newer but stopped", "stopped")).await;
    w.row("medication_request", ana.patient, Some(w.now().plus(-MINUTE)), medicine("Older but taken", "active")).await;
    let body = ana.get(&urls::section(ana.patient, Section::Medicines)).await.body;
    assert!(body.find("Older but taken").unwrap() < body.find("Newer but stopped").unwrap());
}
}

/// `SALUS_TEST_DATA`, else `testdata/` of the workspace.
fn testdata() -> PathBuf {
    std::env::var_os("SALUS_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from)
}

/// How many resources of each type a file has.
pub(crate) fn counted(json: &[u8]) -> BTreeMap<String, usize> {
    let bundle: Value = serde_json::from_slice(json).unwrap();
    let mut counts = BTreeMap::new();
    for entry in bundle["entry"].as_array().unwrap() {
        *counts.entry(text(&entry["resource"], "resourceType").to_owned()).or_default() += 1;
    }
    counts
}

/// The smallest lifelong record.
pub(crate) fn smallest_lifelong() -> Vec<u8> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(testdata().join("synthea")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort_by_key(|file| std::fs::metadata(file).unwrap().len());
    let mut json = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&files[0]).unwrap()).read_to_end(&mut json).unwrap();
    json
}

/// Each section of the record, and what it shows.
pub(crate) const TYPES: [(Section, &str); 17] = [
    (Section::Problems, "Condition"),
    (Section::Allergies, "AllergyIntolerance"),
    (Section::Medicines, "MedicationRequest"),
    (Section::MedicineAdministrations, "MedicationAdministration"),
    (Section::Immunizations, "Immunization"),
    (Section::Results, "DiagnosticReport"),
    (Section::Observations, "Observation"),
    (Section::Procedures, "Procedure"),
    (Section::Encounters, "Encounter"),
    (Section::Documents, "DocumentReference"),
    (Section::CareTeam, "CareTeam"),
    (Section::Goals, "Goal"),
    (Section::CarePlans, "CarePlan"),
    (Section::Devices, "Device"),
    (Section::Imaging, "ImagingStudy"),
    (Section::Coverage, "Coverage"),
    (Section::Provenance, "Provenance"),
];

/// What a section shows, page after page: each link, and how often.
pub(crate) async fn shown(w: &World, person: &Person, section: Section) -> HashMap<String, u64> {
    let mut found: HashMap<String, u64> = HashMap::new();
    let mut next = Some(urls::section(person.patient, section));
    let mut number = 1;
    while let Some(address) = next {
        let page = person.get(&address).await;
        page.is_ok().hides("[record");
        for link in entries(&page, section) {
            *found.entry(link).or_default() += 1;
        }
        number += 1;
        let on = urls::page(&urls::section(person.patient, section), number);
        next = page.body.contains(&format!("href=\"{on}\" rel=\"next\"")).then_some(on);
        w.advance(MINUTE / 60);
    }
    found
}

salus_test! {
async fn as_many_things_are_shown_as_the_source_has(w: World) {
    let json = smallest_lifelong();
    let counts = counted(&json);
    import(&w, "lifelong.json", json).await;
    let person = owner(&w, "A Patient", charts(&w).await[0]).await;
    for (section, kind) in TYPES {
        let expected = counts.get(kind).copied().unwrap_or(0);
        let found = shown(&w, &person, section).await;
        assert_eq!(found.len(), expected, "{kind}");
        assert!(found.values().all(|times| *times == 1), "{kind} twice");
        for link in found.keys().take(15) {
            person.get(link).await.is_ok().hides("[record");
        }
    }
}
}

#[test]
fn days_are_told_as_far_as_they_are_known() {
    let west = crate::shell::dates::zone("America/Los_Angeles");
    let plain = |text: String| text.replace('\u{a0}', " ");
    let at = |text: &str| When::parse(text);
    let span = |start: &str, end: &str| Timing::during(Span { start: at(start), end: at(end) });
    let cases = [
        (
            Timing::at(at("2026-11-25T18:20:00Z")),
            "November 25, 2026",
            "Wednesday, November 25, 2026, 10:20 am Pacific Time",
        ),
        (Timing::at(at("2026-11-25")), "November 25, 2026", "Wednesday, November 25, 2026"),
        (Timing::at(at("2026-11")), "November 2026", "November 2026"),
        (Timing::at(at("2026")), "2026", "2026"),
        (Timing::at(None), "", ""),
        (Timing::at(None).or_words(Some("in childhood".to_owned())), "in childhood", "in childhood"),
        (Timing::lasting(Span { start: at("2026-11"), end: None }, true), "Since November 2026", "Since November 2026"),
        (
            Timing::lasting(Span { start: at("2026-11-25T18:20:00Z"), end: None }, true),
            "Since November 25, 2026",
            "Since Wednesday, November 25, 2026",
        ),
        (
            Timing::lasting(Span { start: at("2026-11-25T18:20:00Z"), end: at("2026-11-26T18:20:00Z") }, true),
            "November 25 to November 26, 2026",
            "Wednesday, November 25 to Thursday, November 26, 2026",
        ),
        (Timing::during(Span::default()), "", ""),
        (
            Timing::lasting(Span { start: None, end: at("2026-11-25") }, true),
            "Until November 25, 2026",
            "Until Wednesday, November 25, 2026",
        ),
        (
            span("2021-02-03", "2021-02-13"),
            "February 3 to February 13, 2021",
            "Wednesday, February 3 to Saturday, February 13, 2021",
        ),
        (
            span("2020-12-30", "2021-01-02"),
            "December 30, 2020 to January 2, 2021",
            "Wednesday, December 30, 2020 to Saturday, January 2, 2021",
        ),
        (
            span("2026-11-25T18:20:00Z", "2026-11-25T18:45:00Z"),
            "November 25, 2026",
            "Wednesday, November 25, 2026, 10:20 to 10:45 am Pacific Time",
        ),
        (
            span("2026-11-25T18:20:00Z", "2026-11-25T20:45:00Z"),
            "November 25, 2026",
            "Wednesday, November 25, 2026, 10:20 am to 12:45 pm Pacific Time",
        ),
        (
            span("2026-11-25T18:20:00Z", "2026-11-25T18:20:30Z"),
            "November 25, 2026",
            "Wednesday, November 25, 2026, 10:20 am Pacific Time",
        ),
        (
            span("2026-11-26T07:50:00Z", "2026-11-26T08:10:00Z"),
            "November 25 to November 26, 2026",
            "Wednesday, November 25, 2026, 11:50 pm Pacific Time to Thursday, November 26, 2026, 12:10 am Pacific Time",
        ),
    ];
    for (timing, brief, full) in cases {
        assert_eq!((plain(timing.brief(&west)).as_str(), plain(timing.full(&west)).as_str()), (brief, full));
    }
    assert_eq!(plain(when::in_month(When::Date(2026, 11, 25), &west)), "Wednesday, November 25");
    assert_eq!(when::month(When::Year(2026), &TimeZone::UTC), "2026");
}

#[test]
fn references_lead_only_to_our_own_rows() {
    let id = salus_kernel::ResourceId::new(Instant::from_micros(1_700_000_000_000_000), [7; 10]);
    let reference = format!("Practitioner/{id}");
    assert_eq!(names::local(&reference), Some(("Practitioner", id)));
    for text in [
        "Practitioner/123",
        "Practitioner/2b1149df-e8d7-437a-b676-011dc0551dde",
        "#x",
        "urn:uuid:2b1149df-e8d7-437a-b676-011dc0551dde",
        "",
    ] {
        assert_eq!(names::local(text), None, "{text}");
    }
    assert_eq!(names::local(&format!("https://other.example.org/{reference}")), None);
}

/// A link is shown to whoever may follow it: what a section's address is called, and what its handler asks for, are one action.
#[test]
fn each_section_s_address_says_what_its_handler_asks() {
    let asked = super::sections::ACTIONS;
    assert_eq!(asked.len(), Section::ALL.len());
    for (section, action) in asked {
        assert_eq!(section.action(), *action, "{}", section.slug());
    }
}
