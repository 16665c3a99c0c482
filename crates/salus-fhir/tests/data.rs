//! The synthetic patients in `testdata/`: everything is read, is sound, gives facts and has a title.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use salus_fhir::references::{Target, all, rewrite};
use salus_fhir::{ResourceType, When, check, facts, read, show};

type Done = Result<(), Box<dyn Error>>;

/// `SALUS_TEST_DATA`, else `testdata/` at the root of the workspace.
fn folder() -> PathBuf {
    std::env::var_os("SALUS_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from)
}

/// Reads every file, unpacked, with its name.
fn each_file(mut use_it: impl FnMut(&str, Box<dyn Read + '_>) -> Done) -> Result<usize, Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder().join("synthea"))?.filter_map(Result::ok).map(|file| file.path()).collect();
    files.sort();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        use_it(&name, Box::new(GzDecoder::new(File::open(file)?)))?;
    }
    let mut count = files.len();
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(folder().join("carebundle-100.tar.gz"))?));
    for file in archive.entries()? {
        let file = file?;
        if file.header().entry_type().is_file() {
            let name = file.path()?.to_string_lossy().into_owned();
            use_it(&name, Box::new(file))?;
            count += 1;
        }
    }
    Ok(count)
}

#[test]
fn everything_is_read_checked_and_shown() -> Done {
    let mut synthea: BTreeMap<String, usize> = BTreeMap::new();
    let mut carebundle: BTreeMap<String, usize> = BTreeMap::new();
    let mut npi = HashSet::new();
    let mut mrn = 0;
    let mut with_patient = 0;
    let (mut notes, mut pressures, mut none) = (0, 0, 0);
    let files = each_file(|name, reader| {
        let mut known = HashSet::new();
        let mut open = Vec::new();
        let summary = read::entries(reader, |entry| -> Done {
            let identity = entry.identity().ok_or_else(|| format!("{name} {}: no identity", entry.path))?;
            assert!(known.insert(identity), "{name} {}: the identity comes twice", entry.path);
            let Some(kind) = entry.kind else {
                return Ok(());
            };
            if let Err(problems) = check(kind, &entry.resource) {
                return Err(format!("{name} {}: {problems:?}", entry.path).into());
            }
            let facts = facts(kind, &entry.resource);
            npi.extend(facts.npi.iter().cloned());
            mrn += facts.mrn.len();
            if kind.is_clinical() && kind != ResourceType::Provenance {
                assert!(facts.patient.is_some(), "{name} {}: no patient", entry.path);
                with_patient += 1;
            }
            if kind == ResourceType::Provenance {
                assert!(!facts.targets.is_empty());
            } else if kind.is_clinical() {
                assert!(facts.event.is_some(), "{name} {}: no date", entry.path);
            }
            if let (Some(text), Some(event)) = (&facts.event_text, facts.event) {
                assert_eq!(When::parse(text).and_then(When::micros), Some(event));
            }
            if !matches!(kind, ResourceType::Patient | ResourceType::Practitioner | ResourceType::Provenance) {
                assert!(facts.state.is_some(), "{name} {}: no state", entry.path);
            }
            let line = show::line(kind, &entry.resource);
            assert!(!line.title.trim().is_empty(), "{name} {}", entry.path);
            assert!(!line.title.contains(['_', '{', '}']), "{name} {}: ugly title", entry.path);
            assert!(!line.title.ends_with("(disorder)") && !line.title.ends_with("(procedure)"));
            for (label, text) in &line.facts {
                assert!(!text.is_empty(), "{name} {}: {label} is empty", entry.path);
                assert!(!text.contains(['{', '_']), "{name} {}: {label} is ugly: {text}", entry.path);
            }
            match kind {
                ResourceType::DocumentReference => {
                    let note = show::NoteDetails::read(&entry.resource);
                    assert!(note.text().is_some_and(|text| text.contains("# Chief Complaint")));
                    assert_eq!(note.attachments.first().map(|file| file.kind()), Some("Text"));
                    notes += 1;
                }
                ResourceType::Observation => {
                    let result = show::ObservationValue::read(&entry.resource);
                    if result.name == "Blood pressure" && !result.parts.is_empty() {
                        let value = result.value.unwrap_or_default();
                        assert!(value.ends_with(" mmHg") && value.contains('/'));
                        pressures += 1;
                    } else if result.value.is_none() {
                        none += 1;
                    }
                }
                _ => {}
            }
            open.extend(all(&entry.resource).into_iter().map(str::to_owned));
            Ok(())
        })
        .map_err(|stopped| match stopped {
            read::Stopped::Read(error) => error.into(),
            read::Stopped::Caller(error) => error,
        })?;
        // Every reference is well formed and leads to an entry of the same file.
        for reference in open {
            assert!(Target::parse(&reference).is_some());
            assert!(known.contains(&reference), "{name}: a reference leads nowhere");
        }
        let into = if name.ends_with(".gz") { &mut synthea } else { &mut carebundle };
        for (type_name, count) in summary.types {
            *into.entry(type_name).or_default() += count;
        }
        Ok(())
    })?;
    assert_eq!(files, 116);
    let counts = |of: &BTreeMap<String, usize>, names: &[&str]| {
        names.iter().map(|name| of.get(*name).copied().unwrap_or_default()).collect::<Vec<_>>()
    };
    let names = [
        "Observation",
        "DiagnosticReport",
        "Encounter",
        "DocumentReference",
        "Immunization",
        "MedicationRequest",
        "AllergyIntolerance",
        "Coverage",
        "ImagingStudy",
        "Patient",
    ];
    assert_eq!(counts(&synthea, &names), [17_262, 1_593, 1_693, 1_693, 933, 433, 28, 50, 54, 16]);
    assert_eq!(counts(&carebundle, &names), [3_400, 500, 100, 0, 0, 141, 23, 0, 0, 100]);
    assert_eq!(
        synthea.keys().filter(|name| ResourceType::named(name).is_none()).collect::<Vec<_>>(),
        ["Claim", "ExplanationOfBenefit", "SupplyDelivery"]
    );
    assert_eq!(npi.len(), 48);
    assert_eq!(mrn, 16);
    assert!(with_patient > 30_000);
    assert_eq!((notes, pressures), (1_693, 636));
    // Some results of the source have neither a value nor a reason why.
    assert_eq!(none, 916);
    Ok(())
}

#[test]
fn references_are_rewritten_and_read_back() -> Done {
    each_file(|name, reader| {
        if !name.starts_with("gertude") {
            return Ok(());
        }
        read::entries(reader, |mut entry| {
            let before = all(&entry.resource).len();
            rewrite(&mut entry.resource, |reference| {
                reference.strip_prefix("urn:uuid:").map(|id| format!("Thing/{id}"))
            });
            let now = all(&entry.resource);
            assert_eq!(now.len(), before);
            assert!(now.iter().all(|reference| reference.starts_with("Thing/")));
            Ok::<(), ()>(())
        })
        .map_err(|stopped| stopped.read_error().map_or_else(String::new, ToString::to_string))?;
        Ok(())
    })?;
    Ok(())
}
