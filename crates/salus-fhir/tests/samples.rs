//! One sample of each type, after the examples of the standard: sound, unchanged by reading, and shown in plain words.

use std::collections::BTreeMap;
use std::error::Error;

use salus_fhir::show::{self, Line, Tone};
use salus_fhir::{ResourceType, When, check, facts, read};
use serde_json::Value;

const SAMPLES: &str = include_str!("samples.ndjson");

/// The samples by `Type/id`.
fn samples() -> Result<BTreeMap<String, (ResourceType, Value)>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    read::entries(SAMPLES.as_bytes(), |entry| -> Result<(), Box<dyn Error>> {
        assert_eq!(entry.line, entry.index + 1);
        let kind = entry.kind.ok_or("a type nobody reads")?;
        found.insert(entry.identity().ok_or("no identity")?, (kind, entry.resource));
        Ok(())
    })
    .map_err(|stopped| stopped.to_string())?;
    Ok(found)
}

fn sample(name: &str) -> Result<Value, Box<dyn Error>> {
    Ok(samples()?.remove(name).ok_or_else(|| format!("no sample {name}"))?.1)
}

fn line(name: &str) -> Result<Line, Box<dyn Error>> {
    let (kind, value) = samples()?.remove(name).ok_or_else(|| format!("no sample {name}"))?;
    Ok(show::line(kind, &value))
}

/// What a line says under a label.
fn fact<'a>(line: &'a Line, label: &str) -> &'a str {
    line.facts.iter().find(|(found, _)| *found == label).map_or("", |(_, text)| text)
}

#[test]
fn every_type_is_sound_and_comes_through_unchanged() -> Result<(), Box<dyn Error>> {
    let samples = samples()?;
    for kind in ResourceType::ALL {
        assert!(samples.values().any(|(found, _)| found == kind), "no sample of {kind}");
        assert_eq!(kind.name().parse(), Ok(*kind));
    }
    assert_eq!(samples.len(), SAMPLES.lines().count());
    for ((kind, value), name) in samples.values().zip(samples.keys()) {
        assert_eq!(check(*kind, value), Ok(()), "{name}");
        let again: Value = serde_json::from_str(&serde_json::to_string(value)?)?;
        assert_eq!(again, *value);
        let found = facts(*kind, value);
        let patient = if kind.is_clinical() { Some("Patient/example") } else { None };
        assert_eq!(found.patient.as_deref(), patient, "{name}");
        assert!(!format!("{found:?} {:?} {:?}", show::line(*kind, value), value.get("id")).contains("Amy"));
    }
    for text in SAMPLES.lines() {
        let value: Value = serde_json::from_str(text)?;
        assert!(samples.values().any(|(_, found)| *found == value));
    }
    Ok(())
}

#[test]
fn facts_of_a_record() -> Result<(), Box<dyn Error>> {
    let patient = facts(ResourceType::Patient, &sample("Patient/example")?);
    assert_eq!(patient.mrn, [(Some("urn:oid:1.2.36.146.595.217.0.1".to_owned()), "12345".to_owned())]);
    assert_eq!((patient.event_text.as_deref(), patient.state.as_deref()), (Some("1974-12"), Some("active")));
    assert_eq!(facts(ResourceType::Practitioner, &sample("Practitioner/example")?).npi, ["9941339108"]);
    let given = facts(ResourceType::MedicationAdministration, &sample("MedicationAdministration/example")?);
    assert_eq!((given.event, given.state.as_deref()), (Some(1_768_483_800_000_000), Some("not-done")));
    let source = facts(ResourceType::Provenance, &sample("Provenance/example")?);
    assert_eq!(source.targets.len(), 2);
    assert_eq!(
        facts(ResourceType::DocumentReference, &sample("DocumentReference/example")?).encounter.as_deref(),
        Some("Encounter/example")
    );
    Ok(())
}

#[test]
fn people_and_places() -> Result<(), Box<dyn Error>> {
    let patient = show::PatientDetails::read(&sample("Patient/example")?);
    assert_eq!(patient.name, "Ms. Amy V. Chalmers, PhD");
    assert_eq!(patient.other_names, ["Amy Windsor"]);
    assert_eq!((patient.gender, patient.birth_date), (Some("Female"), Some(When::YearMonth(1974, 12))));
    assert_eq!((patient.race.as_deref(), patient.ethnicity.as_deref()), (Some("White, Asian"), Some("Non hispanic")));
    assert_eq!(
        patient.languages.iter().map(|language| language.name.as_str()).collect::<Vec<_>>(),
        ["Spanish", "English"]
    );
    assert_eq!(
        patient.addresses.iter().map(show::Address::one_line).collect::<Vec<_>>(),
        ["534 Erewhon St, Apt 2, Portland, OR 97201"]
    );
    assert_eq!(
        patient.telecom.iter().map(|telecom| telecom.text.as_str()).collect::<Vec<_>>(),
        ["555-555-0100", "amy@example.org"]
    );
    assert_eq!(patient.contacts.first().and_then(|contact| contact.name.as_deref()), Some("Bénédicte du Marché"));
    assert!(!patient.deceased && patient.status.is_none());
    let doctor = line("Practitioner/example")?;
    assert_eq!((doctor.title.as_str(), fact(&doctor, "Provider number (NPI)")), ("Dr. Adam Careful, MD", "9941339108"));
    let role = line("PractitionerRole/example")?;
    assert_eq!(
        (role.title.as_str(), role.status.map(|status| status.word)),
        ("General medical practice", Some("Not active".to_owned()))
    );
    let clinic = line("Organization/example")?;
    assert_eq!(clinic.title, "Burgers Clinic of Portland LLC");
    assert_eq!(fact(&clinic, "Address"), "1 Main St, Portland, OR 97201-0000");
    assert_eq!(fact(&line("Location/example")?, "Address"), "1 Main St, Portland, OR");
    let team = show::CareTeamDetails::read(&sample("CareTeam/example")?);
    assert_eq!(team.members.iter().map(|member| member.is_patient).collect::<Vec<_>>(), [true, false]);
    Ok(())
}

#[test]
fn results() -> Result<(), Box<dyn Error>> {
    let pressure = show::ObservationValue::read(&sample("Observation/example")?);
    assert_eq!(pressure.value.as_deref(), Some("145/60 mmHg"));
    let flag = pressure.flag.ok_or("no flag")?;
    assert_eq!((flag.word.as_str(), flag.tone, flag.computed), ("High", Tone::Warn, true));
    assert_eq!(pressure.status.map(|status| status.word).as_deref(), Some("Early result"));
    let sugar = show::ObservationValue::read(&sample("Observation/sugar")?);
    assert_eq!((sugar.name.as_str(), sugar.value.as_deref()), ("Glucose", Some("6.3 mmol/L")));
    assert_eq!(
        (sugar.range.as_deref(), sugar.flag.map(|flag| flag.word).as_deref()),
        (Some("3.1 to 6.2 mmol/L"), Some("High"))
    );
    assert_eq!(
        show::ObservationValue::read(&sample("Observation/absent")?).value_or_reason(),
        "Asked, but not answered"
    );
    let report = show::ReportDetails::read(&sample("DiagnosticReport/example")?);
    assert_eq!((report.title.as_str(), report.category.as_deref()), ("Complete blood count (CBC)", Some("Imaging")));
    assert_eq!(
        report.forms.first().map(|form| (form.kind(), form.size, form.text.is_some())),
        Some(("PDF", Some(9), false))
    );
    let note = show::NoteDetails::read(&sample("DocumentReference/example")?);
    assert_eq!(note.text(), Some("café"));
    assert_eq!(note.status.map(|status| status.word).as_deref(), Some("Replaced by a newer one"));
    assert_eq!(note.attachments.get(1).and_then(|file| file.size), Some(3654));
    let images = line("ImagingStudy/example")?;
    assert_eq!(
        (images.title.as_str(), fact(&images, "Kind"), fact(&images, "Where on the body")),
        ("Chest", "CT scan", "Chest")
    );
    Ok(())
}

#[test]
fn a_flag_is_only_computed_when_it_is_sure() -> Result<(), Box<dyn Error>> {
    let word = |change: &dyn Fn(&mut Value)| -> Result<Option<String>, Box<dyn Error>> {
        let mut value = sample("Observation/sugar")?;
        change(&mut value);
        Ok(show::ObservationValue::read(&value).flag.map(|flag| flag.word))
    };
    let set = |value: &mut Value, path: &str, new: Value| {
        if let Some(place) = value.pointer_mut(path) {
            *place = new;
        }
    };
    assert_eq!(word(&|value| set(value, "/valueQuantity/value", 3.0.into()))?.as_deref(), Some("Low"));
    assert_eq!(word(&|value| set(value, "/valueQuantity/value", 6.2.into()))?.as_deref(), Some("Normal"));
    assert_eq!(word(&|value| set(value, "/valueQuantity/code", "mg/dL".into()))?, None);
    assert_eq!(word(&|value| set(value, "/referenceRange/0/type", Value::Null))?.as_deref(), Some("High"));
    let add = |name: &'static str, new: Value| {
        move |value: &mut Value| {
            if let Some(range) = value.pointer_mut("/referenceRange/0").and_then(Value::as_object_mut) {
                range.insert(name.to_owned(), new.clone());
            }
        }
    };
    assert_eq!(word(&add("appliesTo", serde_json::json!([{"text": "Children"}])))?, None);
    assert_eq!(word(&add("type", serde_json::json!({"coding": [{"code": "treatment"}]})))?, None);
    Ok(())
}

#[test]
fn medicines_and_the_rest() -> Result<(), Box<dyn Error>> {
    let medicine = show::MedicationDetails::read(&sample("MedicationRequest/example")?);
    assert_eq!(medicine.name, "Acetaminophen 325 MG Oral Tablet");
    assert_eq!(
        medicine.instructions,
        ["Take 1 to 2 tablets, 1 to 2 times every 4 to 6 hours, as needed for pain", "Then one a day"]
    );
    assert_eq!(medicine.also, ["Do not take more than 10 tablets in 1 day"]);
    assert_eq!(
        (medicine.refill_words().as_deref(), medicine.supply.as_deref(), medicine.as_needed),
        (Some("3 refills"), Some("30 days"), true)
    );
    let given = line("MedicationAdministration/example")?;
    assert_eq!(
        (fact(&given, "Dose"), given.status.as_ref().map(|status| status.word.as_str())),
        ("500 mg, Intravenous route", Some("Not given"))
    );
    let vaccine = line("Immunization/example")?;
    assert_eq!(
        (vaccine.title.as_str(), fact(&vaccine, "Dose"), fact(&vaccine, "Against")),
        ("Fluvax (Influenza)", "Dose 1 of 2", "Influenza")
    );
    let allergy = show::AllergyDetails::read(&sample("AllergyIntolerance/example")?);
    assert_eq!((allergy.substance.as_str(), allergy.severity), ("Cashew nuts", Some("Severe")));
    assert_eq!(allergy.criticality.map(|risk| (risk.word, risk.tone)), Some(("High risk".to_owned(), Tone::Bad)));
    let condition = line("Condition/example")?;
    assert_eq!(
        (condition.title.as_str(), fact(&condition, "Began"), fact(&condition, "Certainty")),
        ("Burn of ear", "Age 52 years", "Not confirmed yet")
    );
    let visit = line("Encounter/example")?;
    assert_eq!(
        (visit.title.as_str(), fact(&visit, "Kind"), fact(&visit, "With")),
        ("Check-up", "Video or phone visit", "Dr. Adam Careful")
    );
    // Marks of HTML stay as they are: the page escapes them.
    assert_eq!(fact(&visit, "Reason"), "Cough <b>and</b> fever");
    let plan = line("CarePlan/example")?;
    assert_eq!(
        (plan.title.as_str(), fact(&plan, "What to do")),
        ("Weight plan", "Weigh yourself, Talk with the dietitian")
    );
    let goal = line("Goal/example")?;
    assert_eq!(
        (goal.title.as_str(), fact(&goal, "Target"), goal.when),
        ("Lose some weight", "Weight: 160 to 180 lbs", Some(When::YearMonth(2026, 1)))
    );
    assert_eq!(line("Device/example")?.title, "Home ECG");
    let insurance = show::CoverageDetails::read(&sample("Coverage/example")?);
    assert_eq!(
        (insurance.plan.as_deref(), insurance.group.as_deref(), insurance.member_id.as_deref()),
        (Some("Full Coverage"), Some("Corporate Baker's Inc."), Some("12345"))
    );
    assert_eq!(line("Procedure/example")?.title, "Excision of appendix");
    assert_eq!(fact(&line("Provenance/example")?, "By"), "Written by Dr. Adam Careful");
    Ok(())
}
