//! Import through its front door, on both engines. What should be there is counted by other code: plain `serde_json`.

#![expect(clippy::as_conversions, reason = "numbers in tests are small")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use salus_db::{Sight, Sql, args};
use salus_fhir::ResourceType;
use salus_kernel::{Action, PatientId, Subject};
use serde_json::{Value, json};

use super::{Counts, ImportError, Input, Silent, Source, import_file, stored::table};
use crate::{record::tests as record_pages, salus_test, testing::World};

mod all;

type Snapshot = BTreeMap<&'static str, Vec<(String, i64, String, Vec<u8>)>>;

/// `SALUS_TEST_DATA`, else `testdata/` of the workspace.
fn testdata() -> PathBuf {
    std::env::var_os("SALUS_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from)
}

/// The lifelong records, smallest first.
fn lifelong() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(testdata().join("synthea")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort_by_key(|file| std::fs::metadata(file).unwrap().len());
    files
}

/// The small records, by name.
fn small() -> Vec<(String, Vec<u8>)> {
    let packed = std::fs::File::open(testdata().join("carebundle-100.tar.gz")).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed));
    let mut files = Vec::new();
    for file in archive.entries().unwrap() {
        let mut file = file.unwrap();
        let name = file.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name.ends_with(".json") {
            files.push((name, bytes));
        }
    }
    files.sort();
    files
}

fn of_bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Input {
    let bytes: Arc<[u8]> = bytes.into();
    Input::new(name, bytes.len() as u64, move || Ok(Box::new(Cursor::new(Arc::clone(&bytes)))))
}

fn of_lines(name: &str, lines: &[Value]) -> Input {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    of_bytes(name, text.into_bytes())
}

fn bundle(resources: &[Value]) -> Value {
    let entries: Vec<Value> = resources
        .iter()
        .map(|resource| json!({ "fullUrl": format!("https://ehr.example.org/r4/{}/{}", text(resource, "resourceType"), text(resource, "id")), "resource": resource }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

async fn import(w: &World, input: &Input) -> Result<Counts, ImportError> {
    let run = w.run("import", Action::ImportRecords).await;
    import_file(&run, &Source::default(), input, &Silent).await
}

/// Every row of the tables that imports write, without what is sealed.
async fn snapshot(w: &World) -> Snapshot {
    let run = w.run("import", Action::ImportRecords).await;
    let mut tx = run.read().await.unwrap();
    let mut all = Snapshot::new();
    for kind in ResourceType::ALL {
        let (name, id) = (table(*kind), super::stored::id_column(*kind));
        let sql = Sql::owned(format!("SELECT {id}, version, source_index, content_digest FROM {name} ORDER BY {id}"));
        let rows: Vec<(String, i64, String, Vec<u8>)> = tx.all(sql, Vec::new()).await.unwrap();
        all.insert(name, rows);
    }
    all
}

fn lengths(snapshot: &Snapshot) -> BTreeMap<&'static str, usize> {
    snapshot.iter().filter(|(_, rows)| !rows.is_empty()).map(|(name, rows)| (*name, rows.len())).collect()
}

async fn count(w: &World, run: &'static str, sql: &str) -> i64 {
    let mut tx = w.db.read(&Sight::of_run(run)).await.unwrap();
    tx.one::<(i64,)>(Sql::owned(sql.to_owned()), Vec::new()).await.unwrap().0
}

/// What files hold, counted without any code of ours.
#[derive(Default)]
struct Expected {
    /// Entries of each type, as often as they come.
    entries: BTreeMap<String, u64>,
    /// Different entries of the types that are kept, by table.
    rows: BTreeMap<&'static str, BTreeSet<String>>,
    /// Entries in each patient's record, by the patient's fullUrl and table.
    records: BTreeMap<(String, &'static str), usize>,
    /// References to what is not kept.
    unresolved: u64,
}

impl Expected {
    fn add(&mut self, bytes: &[u8]) {
        let bundle: Value = serde_json::from_slice(bytes).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let kept: BTreeSet<&str> = entries
            .iter()
            .filter(|entry| ResourceType::named(text(&entry["resource"], "resourceType")).is_some())
            .map(|entry| text(entry, "fullUrl"))
            .collect();
        for entry in entries {
            let resource = &entry["resource"];
            let type_name = text(resource, "resourceType");
            *self.entries.entry(type_name.to_owned()).or_default() += 1;
            let Some(kind) = ResourceType::named(type_name) else { continue };
            self.rows.entry(table(kind)).or_default().insert(text(entry, "fullUrl").to_owned());
            self.unresolved +=
                references(resource).iter().filter(|reference| !kept.contains(*reference)).count() as u64;
            let patient = ["subject", "patient", "beneficiary"]
                .iter()
                .map(|field| text(&resource[field], "reference"))
                .find(|found| !found.is_empty());
            let patient =
                if type_name == "Provenance" { Some(text(&resource["target"][0], "reference")) } else { patient };
            if let Some(patient) = patient.filter(|_| kind.is_clinical()) {
                *self.records.entry((patient.to_owned(), table(kind))).or_default() += 1;
            }
        }
    }

    async fn is_there(&self, w: &World) {
        let rows: BTreeMap<&str, usize> = self.rows.iter().map(|(name, urls)| (*name, urls.len())).collect();
        let there = snapshot(w).await;
        assert_eq!(lengths(&there), rows);
        assert_eq!(
            count(w, "import", "SELECT COUNT(*) FROM subject_key WHERE subject_kind = 'patient'").await as usize,
            rows["patient"]
        );
        let run = w.run("import", Action::ImportRecords).await;
        let mut tx = run.read().await.unwrap();
        let mut of_patient: HashMap<String, String> = HashMap::new();
        for (id, _, index, _) in &there["patient"] {
            of_patient.insert(index.clone(), id.clone());
        }
        let mut records: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for kind in ResourceType::ALL.iter().filter(|kind| kind.is_clinical()) {
            let name = table(*kind);
            let sql = Sql::owned(format!("SELECT patient_id, COUNT(*) FROM {name} GROUP BY patient_id"));
            for (patient, count) in tx.all::<(String, i64)>(sql, Vec::new()).await.unwrap() {
                records.insert((patient, name), count);
            }
        }
        let expected: BTreeMap<(String, &str), i64> = self
            .records
            .iter()
            .map(|((url, name), count)| {
                let index = run.vault().index("import", &format!("import|{url}")).into_string();
                ((of_patient[&index].clone(), *name), *count as i64)
            })
            .collect();
        assert_eq!(records, expected);
    }
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(reference) if name == "reference" => vec![reference.as_str()],
                other => references(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn without_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(reference) if name == "reference" => reference.clear(),
                    other => without_references(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_references),
        _ => {}
    }
}

fn unpacked(input: &Input) -> Vec<u8> {
    let mut bytes = Vec::new();
    input.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Imports files twice, and compares with what they hold.
async fn come_in_once(w: &World, inputs: &[Input]) {
    let mut expected = Expected::default();
    inputs.iter().for_each(|input| expected.add(&unpacked(input)));
    come_in_as(w, inputs, &expected).await;
}

/// Imports files twice, and compares with what was counted elsewhere.
async fn come_in_as(w: &World, inputs: &[Input], expected: &Expected) {
    let mut sum = Counts::default();
    let begun = std::time::Instant::now();
    for input in inputs {
        sum.add(&import(w, input).await.unwrap());
    }
    let first = begun.elapsed();
    // Each entry is counted, each row is new once.
    let counted: BTreeMap<String, u64> =
        sum.types.iter().map(|(kind, tally)| (kind.to_string(), tally.all())).chain(sum.unread.clone()).collect();
    assert_eq!(counted, expected.entries);
    assert_eq!(sum.unresolved, expected.unresolved);
    assert_eq!(sum.total().changed, 0);
    let new: BTreeMap<&str, usize> = sum.types.iter().map(|(kind, tally)| (table(*kind), tally.new as usize)).collect();
    assert_eq!(new, expected.rows.iter().map(|(name, urls)| (*name, urls.len())).collect());
    expected.is_there(w).await;
    // The second time nothing changes.
    let before = snapshot(w).await;
    let begun = std::time::Instant::now();
    for input in inputs {
        let total = import(w, input).await.unwrap().total();
        assert_eq!((total.new, total.changed), (0, 0));
    }
    println!("{} resources: {first:.1?}, again: {:.1?}", sum.total().all(), begun.elapsed());
    assert_eq!(snapshot(w).await, before);
    // An import gives nobody access.
    assert_eq!(count(w, "accounts", "SELECT COUNT(*) FROM access_grant").await, 0);
    assert_eq!(count(w, "accounts", "SELECT COUNT(*) FROM care_team_member").await, 0);
}

fn some_files(long: usize, short: usize) -> Vec<Input> {
    let mut inputs: Vec<Input> = lifelong().iter().take(long).map(|path| Input::file(path).unwrap()).collect();
    inputs.extend(small().into_iter().take(short).map(|(name, bytes)| of_bytes(&name, bytes)));
    inputs
}

salus_test! {
async fn files_come_in_whole_and_only_once(w: World) {
    come_in_once(&w, &some_files(3, 20)).await;
}
}

salus_test! {
async fn what_is_stored_is_what_was_written(w: World) {
    let input = some_files(1, 0).remove(0);
    import(&w, &input).await.unwrap();
    let run = w.run("import", Action::ImportRecords).await;
    let bundle: Value = serde_json::from_slice(&unpacked(&input)).unwrap();
    let mut ids: HashMap<String, String> = HashMap::new();
    let all = snapshot(&w).await;
    let by_index: HashMap<&str, (&str, &str)> =
        all.iter().flat_map(|(name, rows)| rows.iter().map(move |row| (row.2.as_str(), (*name, row.0.as_str())))).collect();
    let index = |url: &str| run.vault().index("import", &format!("import|{url}")).into_string();
    for entry in bundle["entry"].as_array().unwrap() {
        let (url, type_name) = (text(entry, "fullUrl"), text(&entry["resource"], "resourceType"));
        if ResourceType::named(type_name).is_some() {
            ids.insert(url.to_owned(), format!("{type_name}/{}", by_index[index(url).as_str()].1));
        }
    }
    let patient: PatientId = all["patient"][0].0.parse().unwrap();
    let mut change = run.begin().await.unwrap();
    let key = change.key_for(Subject::Patient(patient)).await.unwrap();
    let entry_of_run = change.tx.one::<(String,)>(Sql::owned("SELECT entry FROM patient".to_owned()), args![]).await.unwrap().0;
    for entry in bundle["entry"].as_array().unwrap() {
        let (url, resource) = (text(entry, "fullUrl"), &entry["resource"]);
        let Some(kind) = ResourceType::named(text(resource, "resourceType")) else { continue };
        let (name, id) = by_index[index(url).as_str()];
        let stored: Value = if kind.is_clinical() {
            let sql = Sql::owned(format!("SELECT resource, event_at, state, encounter_id, key_version, entry FROM {name} WHERE id = $1"));
            let row: (Vec<u8>, Option<i64>, String, Option<String>, i64, String) = change.tx.one(sql, args![id]).await.unwrap();
            let facts = salus_fhir::facts(kind, resource);
            assert_eq!((row.1, row.4, &row.5), (facts.event, 1, &entry_of_run));
            assert_eq!(row.2, facts.state.unwrap_or_default());
            assert_eq!(row.3.map(|id| format!("Encounter/{id}")), facts.encounter.map(|url| ids[&url].clone()));
            serde_json::from_slice(&key.open_at(name, "resource", id, &row.0).unwrap()).unwrap()
        } else if kind == ResourceType::Patient {
            let sql = Sql::owned("SELECT resource, name, birth_date, mrn, mrn_index, deceased FROM patient".to_owned());
            let row: (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, String, bool) = change.tx.one(sql, args![]).await.unwrap();
            let open = |column: &str, sealed: &[u8]| String::from_utf8(key.open_at("patient", column, id, sealed).unwrap()).unwrap();
            let name = &resource["name"][0];
            assert_eq!(open("name", &row.1), format!("{} {}", text(&json!({ "x": name["given"][0] }), "x"), text(name, "family")));
            assert_eq!(open("birth_date", &row.2), text(resource, "birthDate"));
            let mrn = resource["identifier"].as_array().unwrap().iter().find(|one| one["type"]["coding"][0]["code"] == "MR").unwrap();
            assert_eq!(open("mrn", &row.3), text(mrn, "value"));
            assert_eq!(row.4, run.vault().index("patient.mrn", &salus_vault::normal::mrn(text(mrn, "value"))).into_string());
            assert_eq!(row.5, !resource["deceasedDateTime"].is_null());
            serde_json::from_slice(&key.open_at("patient", "resource", id, &row.0).unwrap()).unwrap()
        } else {
            let sql = Sql::owned(format!("SELECT resource, name FROM {name} WHERE id = $1"));
            let row: (String, String) = change.tx.one(sql, args![id]).await.unwrap();
            assert!(!row.1.is_empty());
            serde_json::from_str(&row.0).unwrap()
        };
        for (was, is) in references(resource).into_iter().zip(references(&stored)) {
            assert_eq!(ids.get(was).map_or(was, String::as_str), is);
        }
        let (mut was, mut is) = (resource.clone(), stored);
        without_references(&mut was);
        without_references(&mut is);
        assert_eq!(was, is);
    }
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM location WHERE timezone <> 'America/Chicago'").await, 0);
    // The ledger has the change and the rows of this patient.
    drop(change);
    assert!(w.ledger_of(patient).await.iter().any(|line| line == "outcome import-records none done"), "{:?}", w.ledger_of(patient).await);
}
}

salus_test! {
async fn lines_in_any_order_lead_to_each_other(w: World) {
    // The same patient as NDJSON, packed: everything backwards, so that every reference leads forward and the patient is last.
    let input = some_files(1, 0).remove(0);
    let bytes = unpacked(&input);
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let mut names: HashMap<String, String> = HashMap::new();
    for entry in bundle["entry"].as_array().unwrap() {
        names.insert(text(entry, "fullUrl").to_owned(), format!("{}/{}", text(&entry["resource"], "resourceType"), text(&entry["resource"], "id")));
    }
    let mut lines: Vec<Value> = bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
    lines.reverse();
    for line in &mut lines {
        salus_fhir::references::rewrite(line, |reference| names.get(reference).cloned());
    }
    let mut expected = Expected::default();
    expected.add(&bytes);
    let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let backwards = of_bytes("backwards.ndjson.gz", packed.finish().unwrap());
    let counts = import(&w, &backwards).await.unwrap();
    assert_eq!(counts.unresolved, expected.unresolved);
    let rows: BTreeMap<&str, usize> = expected.rows.iter().map(|(name, urls)| (*name, urls.len())).collect();
    let before = snapshot(&w).await;
    assert_eq!(lengths(&before), rows);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM observation WHERE encounter_id IS NULL").await, 0);
    // In the first order it is the same.
    lines.reverse();
    let forwards = import(&w, &of_lines("forwards.ndjson", &lines)).await.unwrap();
    assert_eq!((forwards.total().new, forwards.total().changed), (0, 0));
    assert_eq!(snapshot(&w).await, before);
}
}

/// A patient, a visit and a result with recognisable values.
fn zebra() -> Vec<Value> {
    vec![
        json!({ "resourceType": "Patient", "id": "zebra-1", "birthDate": "1980-12-31", "name": [{ "family": "Zebrafamily", "given": ["Zebragiven"] }],
            "identifier": [{ "system": "urn:zebra", "value": "ZEBRA-7", "type": { "coding": [{ "code": "MR" }] } }] }),
        json!({ "resourceType": "Encounter", "id": "zebra-2", "status": "finished", "class": { "code": "AMB" }, "subject": { "reference": "Patient/zebra-1" },
            "period": { "start": "2020-01-02T03:04:05Z" } }),
        json!({ "resourceType": "Observation", "id": "zebra-3", "status": "final", "code": { "text": "Zebracode" }, "subject": { "reference": "Patient/zebra-1" },
            "encounter": { "reference": "Encounter/zebra-2" }, "effectiveDateTime": "2020-01-02", "valueString": "Zebravalue" }),
    ]
}

salus_test! {
async fn a_file_at_fault_leaves_nothing(w: World) {
    let refused = |name: &str, outcome: Result<Counts, ImportError>| match outcome {
        Err(ImportError::File { file, fault }) => {
            assert_eq!(file, name);
            for value in ["zebra", "1980", "00000000"] {
                assert!(!fault.to_string().to_lowercase().contains(value), "{name} tells a value: {fault}");
            }
            fault
        }
        other => panic!("{name}: {other:?}"),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../salus-fhir/broken");
    let table = std::fs::read_to_string(folder.join("expected.tsv")).unwrap();
    let mut seen = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let fault = refused(cells[0], import(&w, &of_bytes(cells[0], std::fs::read(folder.join(cells[0])).unwrap())).await);
        seen += 1;
        match cells[1] {
            // Import unpacks gzip; this one is cut off.
            _ if cells[0].starts_with("08-gzip") => assert!(fault.what.contains("could not be read"), "{fault}"),
            // Some have no id as well, which is found before the end of the file.
            "read" if fault.what.starts_with("needs a fullUrl or an id") => continue,
            "read" => assert_eq!(fault.path, cells[2]),
            _ => {
                let inside = cells[2].split_once('.').map_or(cells[2], |(_, inside)| inside);
                assert!(fault.path.ends_with(&format!(".{inside}")), "{fault}");
                assert!(fault.entry.is_some() && fault.line.is_some(), "{fault}");
            }
        }
        if !cells[0].starts_with("08-gzip") {
            assert!(fault.what.contains(cells[3]), "{fault}");
        }
    }
    assert!(seen >= 20);

    // Sound at the start, at fault at the end.
    let (_, sound) = small().remove(0);
    let cut = &sound[..sound.len() - 2];
    assert!(refused("cut", import(&w, &of_bytes("cut", cut)).await).what.contains("cut off"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&sound).unwrap();
    let packed = packed.finish().unwrap();
    assert!(refused("cut.gz", import(&w, &of_bytes("cut.gz", &packed[..packed.len() / 2])).await).what.contains("could not be read"));
    let mut nobody: Value = serde_json::from_slice(&sound).unwrap();
    let entries = nobody["entry"].as_array_mut().unwrap();
    let index = entries.len();
    entries.push(json!({ "fullUrl": "urn:uuid:11111111-1111-4111-8111-111111111111", "resource": {
        "resourceType": "Procedure", "status": "completed", "subject": { "reference": "Patient/zebra" } } }));
    let fault = refused("nobody", import(&w, &of_bytes("nobody", nobody.to_string().into_bytes())).await);
    assert_eq!(fault.path, format!("Bundle.entry[{index}].resource.subject"));
    assert!(fault.what.starts_with("should lead to a patient"), "{fault}");

    // Two patients, one record number; two resources, one id; no id at all; somebody else's record; another kind of target.
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut lines = zebra();
        change(&mut lines);
        lines
    };
    let number = json!({ "value": "zebra7", "type": { "coding": [{ "code": "MR" }] } });
    let cases: [(&str, Vec<Value>, &str, &str); 6] = [
        ("number", with(&|lines| lines.push(json!({ "resourceType": "Patient", "id": "zebra-9", "identifier": [number] }))), "resource[3].identifier", "another patient has the same"),
        ("twice", with(&|lines| lines.push(lines[2].clone())), "resource[3]", "another entry before this one has the same id"),
        ("no-id", with(&|lines| drop(lines[2].as_object_mut().unwrap().remove("id"))), "resource[2]", "needs a fullUrl or an id"),
        ("group", with(&|lines| lines[2]["subject"]["reference"] = "Group/zebra".into()), "resource[2].subject", "should lead to a patient"),
        ("kind", with(&|lines| lines[2]["subject"]["reference"] = "urn:uuid:11111111-1111-4111-8111-111111111111".into()), "resource[2].subject", "should lead to a patient"),
        ("origin", with(&|lines| lines.push(json!({ "resourceType": "Provenance", "id": "zebra-4", "recorded": "2020-01-01T00:00:00Z",
            "agent": [{ "who": { "display": "Zebra" } }], "target": [{ "reference": "Claim/zebra" }] }))), "resource[3].target", "should lead to a patient"),
    ];
    for (name, lines, path, what) in cases {
        let fault = refused(name, import(&w, &of_lines(name, &lines)).await);
        assert_eq!(fault.path, path, "{name}: {fault}");
        assert!(fault.what.contains(what), "{name}: {fault}");
    }

    // Nothing of any of them is there, and no key for anybody.
    assert_eq!(lengths(&snapshot(&w).await), BTreeMap::new());
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM subject_key WHERE subject_kind = 'patient'").await, 0);
    // Those that had got as far as the ledger failed there as well.
    let ledger = w.ledger_all().await;
    let lines = |text: &str| ledger.iter().filter(|line| line.as_str() == text).count();
    assert_eq!(lines("change import-records none allowed"), lines("outcome import-records none failed"));
    assert_eq!(lines("outcome import-records none done"), 0);
}
}

salus_test! {
async fn what_changes_at_the_source_changes_here(w: World) {
    let mut lines = zebra();
    import(&w, &of_lines("one", &lines)).await.unwrap();
    let before = snapshot(&w).await;
    w.advance(1_000_000);
    lines[2]["valueString"] = "Zebra and more".into();
    lines[0]["name"][0]["family"] = "Newname".into();
    let counts = import(&w, &of_lines("two", &lines)).await.unwrap();
    assert_eq!((counts.total().new, counts.total().changed, counts.total().same), (0, 2, 1));
    let after = snapshot(&w).await;
    assert_eq!(lengths(&after), lengths(&before));
    assert_eq!((after["observation"][0].1, after["patient"][0].1, after["encounter"][0].1), (2, 2, 1));
    assert_eq!((&after["observation"][0].0, &after["patient"][0].0), (&before["observation"][0].0, &before["patient"][0].0));
    assert_eq!(count(&w, "import", "SELECT updated_at - created_at FROM observation").await, 1_000_000);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM subject_key WHERE subject_kind = 'patient'").await, 1);
    // Once more, and nothing happens.
    assert_eq!(import(&w, &of_lines("three", &lines)).await.unwrap().total().same, 3);
    // A result can't move into another record.
    let other = json!({ "resourceType": "Patient", "id": "zebra-8", "name": [{ "text": "Zebra Eight" }] });
    lines[2]["subject"]["reference"] = "Patient/zebra-8".into();
    let moved = import(&w, &of_lines("moved", &[other.clone(), lines[2].clone()])).await.unwrap_err().to_string();
    assert_eq!(moved, "moved: entry 1, line 2, resource[1]: is in another patient's record already");
    // Another source's Patient/zebra-8 is another person, with a made number of their own, the same each time.
    let run = w.run("import", Action::ImportRecords).await;
    for source in ["import", "north", "north"] {
        import_file(&run, &source.parse().unwrap(), &of_lines("eight", std::slice::from_ref(&other)), &Silent).await.unwrap();
    }
    assert_eq!(snapshot(&w).await["patient"].len(), 3);
    // A number that somebody has already is refused, also in another file.
    let taken = json!({ "resourceType": "Patient", "id": "zebra-10", "identifier": lines[0]["identifier"] });
    let fault = import(&w, &of_lines("taken", &[taken])).await.unwrap_err().to_string();
    assert_eq!(fault, "taken: entry 0, line 1, resource[0].identifier: another patient has the same medical record number (an identifier of type MR)");
}
}

salus_test! {
async fn files_lead_to_earlier_files(w: World) {
    const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
    // People and places come first, as a bulk export has them: a file for each type.
    let doctor = |id: &str, name: &str| json!({ "resourceType": "Practitioner", "id": id, "name": [{ "text": name }], "identifier": [{ "system": NPI, "value": "1234567893" }] });
    let place = json!({ "resourceType": "Location", "id": "l1", "name": "Mountain Branch", "identifier": [{ "system": "urn:places", "value": "7" }],
        "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "America/Denver" }] });
    let nowhere = json!({ "resourceType": "Location", "id": "l2", "name": "Somewhere", "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "Not/AZone" }] });
    import(&w, &of_lines("Practitioner.ndjson", &[doctor("d1", "Dr. First")])).await.unwrap();
    import(&w, &of_lines("Location.ndjson", &[place, nowhere])).await.unwrap();
    let mut lines = zebra();
    import(&w, &of_lines("Patient.ndjson", &lines[..1])).await.unwrap();
    lines[1]["participant"] = json!([
        { "individual": { "reference": "Practitioner/d1" } },
        { "individual": { "reference": format!("Practitioner?identifier={NPI}|1234567893") } },
        { "individual": { "reference": "Practitioner?identifier=urn:other|1" } },
    ]);
    lines[1]["location"] = json!([{ "location": { "reference": "Location?identifier=urn:places|7" } }]);
    let counts = import(&w, &of_lines("Encounter.ndjson", &lines[1..2])).await.unwrap();
    assert_eq!(counts.unresolved, 1);
    let counts = import(&w, &of_lines("Observation.ndjson", &lines[2..])).await.unwrap();
    assert_eq!(counts.unresolved, 0);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM observation JOIN encounter ON encounter.id = observation.encounter_id").await, 1);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM location WHERE timezone = 'America/Denver' AND name = 'Mountain Branch'").await, 1);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM location WHERE timezone = 'America/Chicago'").await, 1);

    let all = snapshot(&w).await;
    let run = w.run("import", Action::ImportRecords).await;
    let mut change = run.begin().await.unwrap();
    let key = change.key_for(Subject::Patient(all["patient"][0].0.parse().unwrap())).await.unwrap();
    let sealed: (String, Vec<u8>) = change.tx.one(Sql::owned("SELECT id, resource FROM encounter".to_owned()), args![]).await.unwrap();
    drop(change);
    let visit: Value = serde_json::from_slice(&key.open_at("encounter", "resource", &sealed.0, &sealed.1).unwrap()).unwrap();
    let doctor_row = format!("Practitioner/{}", all["practitioner"][0].0);
    assert_eq!(text(&visit["participant"][0]["individual"], "reference"), doctor_row);
    assert_eq!(text(&visit["participant"][1]["individual"], "reference"), doctor_row);
    assert_eq!(text(&visit["participant"][2]["individual"], "reference"), "Practitioner?identifier=urn:other|1");

    // The same NPI under other names is the same row, and keeps the content of the first, however often they come.
    for _ in 0..2 {
        let counts = import(&w, &of_lines("more", &[doctor("d2", "Dr. Second"), doctor("d3", "Dr. Third")])).await.unwrap();
        assert_eq!(counts.types[&ResourceType::Practitioner].same, 2);
    }
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM practitioner WHERE name = 'Dr. First' AND npi = '1234567893' AND version = 1").await, 1);
    assert_eq!(snapshot(&w).await["practitioner"].len(), 1);
}
}

salus_test! {
async fn relative_references_start_from_the_full_url(w: World) {
    let lines = zebra();
    let counts = import(&w, &of_bytes("bundle", bundle(&lines).to_string().into_bytes())).await.unwrap();
    assert_eq!((counts.total().new, counts.unresolved), (3, 0));
    // Two servers with a Patient/zebra-1 each: each server's own is meant.
    let mut there: Value = serde_json::from_str(&bundle(&lines).to_string().replace("ehr.example.org", "else.example.org").replace("ZEBRA-7", "ZEBRA-8")).unwrap();
    there["entry"].as_array_mut().unwrap().extend(bundle(&lines)["entry"].as_array().unwrap().clone());
    let counts = import(&w, &of_bytes("two", there.to_string().into_bytes())).await.unwrap();
    assert_eq!((counts.total().new, counts.total().same, counts.total().changed, counts.unresolved), (3, 3, 0, 0));
    assert_eq!(count(&w, "import", "SELECT COUNT(DISTINCT patient_id) FROM observation").await, 2);
    assert_eq!(count(&w, "import", "SELECT COUNT(*) FROM observation o JOIN encounter e ON e.id = o.encounter_id AND e.patient_id = o.patient_id").await, 2);
}
}

salus_test! {
async fn what_was_erased_here_does_not_come_back(w: World) {
    let mut lines = zebra();
    import(&w, &of_lines("one", &lines)).await.unwrap();
    let patient: PatientId = snapshot(&w).await["patient"][0].0.parse().unwrap();
    w.erase(patient).await;
    let before = snapshot(&w).await;
    let said = "belongs to a record that was erased here on 2026-11-22; it is not taken in again";
    // The same file, a changed one, and a file with a result alone.
    let again = import(&w, &of_lines("two", &lines)).await.unwrap_err().to_string();
    assert_eq!(again, format!("two: entry 0, line 1, resource[0]: {said}"));
    lines[0]["birthDate"] = "1981-01-01".into();
    let changed = import(&w, &of_lines("three", &lines)).await.unwrap_err().to_string();
    assert_eq!(changed, format!("three: entry 0, line 1, resource[0]: {said}"));
    lines[2]["id"] = "zebra-30".into();
    let more = import(&w, &of_lines("four", &lines[2..])).await.unwrap_err().to_string();
    assert_eq!(more, format!("four: entry 0, line 1, resource[0]: {said}"));
    assert_eq!(snapshot(&w).await, before);
    // Everybody else goes on.
    let other = json!({ "resourceType": "Patient", "id": "other", "name": [{ "text": "Somebody Else" }] });
    assert_eq!(import(&w, &of_lines("five", &[other])).await.unwrap().total().new, 1);
}
}

#[test]
fn an_identity_is_small() {
    // What grows with the number of resources: this, and 16 bytes of key.
    assert!(size_of::<super::known::Entry>() <= 64, "{}", size_of::<super::known::Entry>());
}
