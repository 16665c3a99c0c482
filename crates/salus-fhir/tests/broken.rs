//! Broken files: each is refused with the message, at the place, that `broken/expected.tsv` names, and without a value.
//!
//! The import may use the same files: the table has a row for each with the stage that refuses it (`read` or `check`).

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use salus_fhir::{ResourceType, check, read};

/// A file that must be refused.
pub struct Broken {
    /// The file.
    pub file: PathBuf,
    /// Who refuses it: `read` or `check`.
    pub stage: String,
    /// Where.
    pub path: String,
    /// A part of the message.
    pub what: String,
}

/// Every broken file with what is expected of it.
pub fn broken_files() -> Result<Vec<Broken>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("broken");
    let table = fs::read_to_string(folder.join("expected.tsv"))?;
    let mut found = Vec::new();
    for row in table.lines().skip(1) {
        let mut cells = row.split('\t').map(str::to_owned);
        let mut cell = || cells.next().ok_or("a row of expected.tsv is too short");
        found.push(Broken { file: folder.join(cell()?), stage: cell()?, path: cell()?, what: cell()? });
    }
    Ok(found)
}

#[test]
fn every_broken_file_is_refused_with_its_message() -> Result<(), Box<dyn Error>> {
    let files = broken_files()?;
    assert!(files.len() >= 50);
    let mut wrong = Vec::new();
    for broken in &files {
        let name = broken.file.display();
        let mut problems = Vec::new();
        let result = read::entries(fs::File::open(&broken.file)?, |entry| {
            if let Some(kind) = entry.kind
                && let Err(found) = check(kind, &entry.resource)
            {
                problems.extend(found);
            }
            Ok::<(), ()>(())
        });
        let error = result.as_ref().err().and_then(read::Stopped::read_error);
        let (path, message) = match broken.stage.as_str() {
            "read" => {
                assert!(error.is_none_or(|error| error.line.is_some()), "{name}");
                error.map(|error| (error.path.clone(), error.to_string())).unwrap_or_default()
            }
            "check" => {
                assert!(error.is_none(), "{name}: {error:?}");
                assert!(problems.len() < 2, "{name}: {problems:?}");
                problems.first().map(|problem| (problem.path.clone(), problem.to_string())).unwrap_or_default()
            }
            other => return Err(format!("{other} is not a stage").into()),
        };
        if path != broken.path || !message.contains(&broken.what) {
            wrong.push(format!("{name}: {message}"));
        }
        for value in ["Zebra", "zebra", "Zebr", "1980", "p1", "00000000"] {
            assert!(!message.contains(value), "{name} tells a value: {message}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // No file without a row.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("broken");
    let count = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
        .count();
    assert_eq!(count, files.len());
    Ok(())
}

#[test]
fn a_resource_that_is_too_large_is_refused_early() {
    let text = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{{"resourceType":"Patient","id":"{}"}}}}]}}"#,
        "x".repeat(5000)
    );
    let limits = read::Limits { resource_bytes: 1000 };
    let result = read::entries_within(limits, text.as_bytes(), |_| Ok::<(), ()>(()));
    let message = result.err().and_then(|stopped| stopped.read_error().map(ToString::to_string)).unwrap_or_default();
    assert_eq!(message, "line 1, Bundle.entry[0].resource.id: this resource is too large");
    // Many small ones are not.
    let entry = r#"{"resource":{"resourceType":"Patient","id":"1"}}"#;
    let text = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{}]}}"#, vec![entry; 500].join(","));
    assert_eq!(
        read::entries_within(limits, text.as_bytes(), |_| Ok::<(), ()>(())).map(|summary| summary.entries).ok(),
        Some(500)
    );
    let lines = r#"{"resourceType":"Patient","id":"1"}"#.to_owned() + "\n";
    assert_eq!(
        read::entries_within(limits, lines.repeat(500).as_bytes(), |_| Ok::<(), ()>(()))
            .map(|summary| summary.entries)
            .ok(),
        Some(500)
    );
}

#[test]
fn the_caller_can_stop() {
    let text = r#"{"resourceType":"Patient"}"#;
    let result = read::entries(text.as_bytes(), |_| Err("enough"));
    assert!(matches!(result, Err(read::Stopped::Caller("enough"))));
}

#[test]
fn forms_that_are_fine() -> Result<(), Box<dyn Error>> {
    let count = |text: &[u8]| -> Result<(read::Shape, usize, Vec<Option<ResourceType>>), String> {
        let mut kinds = Vec::new();
        let summary = read::entries(text, |entry| {
            kinds.push(entry.kind);
            Ok::<(), ()>(())
        })
        .map_err(|stopped| stopped.to_string())?;
        Ok((summary.shape, summary.entries, kinds))
    };
    let patient = Some(ResourceType::Patient);
    // A mark at the start, the type at the end, an entry nobody reads.
    let text = "\u{feff}{\"entry\":[{\"resource\":{\"resourceType\":\"Patient\"}},{\"resource\":{\"resourceType\":\"Claim\"}}],\"type\":\"collection\",\"resourceType\":\"Bundle\"}";
    assert_eq!(count(text.as_bytes())?, (read::Shape::Bundle, 2, vec![patient, None]));
    // One resource over several lines.
    assert_eq!(count(b"{\n \"resourceType\": \"Patient\"\n}\n")?, (read::Shape::Lines, 1, vec![patient]));
    // Lines with Windows ends and a blank one.
    assert_eq!(
        count(b"{\"resourceType\":\"Patient\"}\r\n\r\n{\"resourceType\":\"Patient\"}")?,
        (read::Shape::Lines, 2, vec![patient, patient])
    );
    // A List has entries too, and is not a Bundle.
    assert_eq!(
        count(
            b"{\"entry\":[{\"item\":{\"reference\":\"Patient/1\"}}],\"resourceType\":\"List\",\"status\":\"current\"}"
        )?,
        (read::Shape::Lines, 1, vec![None])
    );
    assert_eq!(
        count(b"{\"resourceType\":\"List\",\"entry\":[{\"item\":{\"reference\":\"Patient/1\"}}]}")?,
        (read::Shape::Lines, 1, vec![None])
    );
    // A Bundle with nothing in it.
    assert_eq!(count(b"{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}")?, (read::Shape::Bundle, 0, vec![]));
    Ok(())
}
