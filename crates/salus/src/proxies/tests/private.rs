//! What is kept private: nothing of it reaches who acts for the patient, on any page, in any count. THR-08, THR-15, ASVS V8.2.3.

use std::collections::BTreeMap;

use salus_kernel::{Action, Role};
use serde_json::{Value, json};

use super::*;
use crate::{
    access::labels::Made,
    import::{Input, Silent, Source, import_file},
    salus_test,
    shell::urls::Section,
};

const ALL: [&str; 6] = ["visits", "messages", "clinical", "medicines", "billing", "documents"];

/// Every page that somebody can come to from a patient's start page, without what is new in each answer.
async fn crawl(person: &Person, patient: PatientId) -> BTreeMap<String, String> {
    let begin = format!("/p/{patient}");
    person.get(&begin).await.is_ok(); // what is said once is said here
    let (mut todo, mut seen) = (vec![begin.clone()], BTreeMap::new());
    while let Some(url) = todo.pop() {
        if seen.contains_key(&url) {
            continue;
        }
        let page = person.get(&url).await;
        assert!(page.status == 200 || page.status == 303, "{url} is a dead end: {}", page.status);
        let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let inside = links.filter(|link| link.starts_with(&begin) && !link.contains(".ics"));
        todo.extend(inside.map(|link| link.replace("&#38;", "&")));
        seen.insert(url, settled(&page.body));
    }
    seen
}

/// A page without what is new in each answer: the tokens of its forms, and the reference at its foot.
fn settled(body: &str) -> String {
    let body = body.split("<p class=\"s-foot__ref\">").next().unwrap_or_default();
    let mut text = String::new();
    for (number, part) in body.split("value=\"").enumerate() {
        match part.split_once('"') {
            Some((value, rest)) if number > 0 && value.len() >= 36 => text.push_str(rest),
            _ => text.push_str(part),
        }
    }
    text
}

/// The first line in which two pages differ.
fn differs<'a>(left: &'a str, right: &'a str) -> Option<(&'a str, &'a str)> {
    if left == right {
        None
    } else {
        Some(left.lines().zip(right.lines()).find(|(left, right)| left != right).unwrap_or(("", "more lines")))
    }
}

/// What a teenager came for alone, in every form that a record has; the visit and the problem are named by the rest.
async fn something_of_ones_own(w: &World, patient: PatientId) -> Vec<(Section, salus_kernel::ResourceId)> {
    let now = Some(w.now());
    let subject = json!({ "reference": format!("Patient/{patient}") });
    let visit = json!({ "resourceType": "Encounter", "status": "finished", "class": { "code": "AMB" }, "type": [{ "text": "Kanari visit" }], "period": { "start": "2026-11-20T15:00:00Z" } });
    let visit = w.row("encounter", patient, now, visit).await;
    let problem = json!({ "resourceType": "Condition", "subject": subject, "code": { "text": "Kanari" } });
    let problem = w.row("condition", patient, now, problem).await;
    let at = json!({ "reference": format!("Encounter/{visit}") });
    let code = json!({ "text": "Kanari test", "coding": [{ "system": "http://loinc.org", "code": "1234-5", "display": "Kanari test" }] });
    let value = json!({ "resourceType": "Observation", "status": "final", "code": code, "encounter": at, "valueString": "kanari" });
    let value = w.row("observation", patient, now, value).await;
    let report = json!({ "resourceType": "DiagnosticReport", "status": "final", "code": { "text": "Kanari panel" }, "result": [{ "reference": format!("Observation/{value}"), "display": "Kanari test" }] });
    let report = w.row("diagnostic_report", patient, now, report).await;
    let medicine = json!({ "resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": { "text": "Kanariol" }, "reasonReference": [{ "reference": format!("Condition/{problem}"), "display": "Kanari" }] });
    let medicine = w.row("medication_request", patient, now, medicine).await;
    let note = json!({ "resourceType": "DocumentReference", "status": "current", "type": { "text": "Kanari note" }, "context": { "encounter": [at] }, "encounter": at, "content": [{ "attachment": { "contentType": "text/plain", "data": "a2FuYXJp" } }] });
    let note = w.row("document_reference", patient, now, note).await;
    let plan = json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan", "title": "Kanari plan", "addresses": [{ "reference": format!("Condition/{problem}") }] });
    let plan = w.row("care_plan", patient, now, plan).await;
    let source = json!({ "resourceType": "Provenance", "target": [{ "reference": format!("MedicationRequest/{medicine}") }], "recorded": "2026-11-20T15:00:00Z", "agent": [{ "who": { "display": "Kanari" } }] });
    let source = w.row("provenance", patient, now, source).await;
    vec![
        (Section::Encounters, visit),
        (Section::Problems, problem),
        (Section::Observations, value),
        (Section::Results, report),
        (Section::Medicines, medicine),
        (Section::Documents, note),
        (Section::CarePlans, plan),
        (Section::Provenance, source),
    ]
}

fn label(entry: salus_kernel::ResourceId, keep: &'static str) -> Vec<(&'static str, String)> {
    vec![("entry", entry.to_string()), ("keep", keep.to_owned())]
}

/// Keeps an entry private from the page that lists what is, or shows it again.
async fn says(person: &Person, patient: PatientId, entry: salus_kernel::ResourceId, keep: &'static str) -> Page {
    person.get(&urls::private(patient)).await.is_ok();
    let fields = label(entry, keep);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    person.post(&urls::private(patient), &fields).await
}

/// A teenager's chart, their own account, their mother who was given all that can be given, and who treats them.
async fn a_teenager(w: &World) -> (PatientId, Person, Person, Person) {
    let leo = w.chart("Leo Ruiz", "2012-05-04").await;
    let own = w.account("Leo Ruiz", None, None).await;
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.expect("a change");
    crate::accounts::admin::grant_own_chart(&run, &mut change, own.account, leo).await.expect("a chart");
    change.commit().await.expect("a commit");
    w.sign_in(&own).await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, leo).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    desk.get(&urls::caregivers(leo)).await.is_ok().hides("Sensitive entries");
    // Ticked by hand all the same.
    let ticked: Vec<&str> = ALL.iter().copied().chain(["sensitive"]).collect();
    let code = code(&desk, leo, &asked_at_desk("Ana", "teen", &ticked)).await;
    let ana = somebody(w, "Ana Ruiz").await;
    shows_code(&ana, &code, "5 4 2012").await.goes_to(&urls::patient_home(leo));
    (leo, own, ana, lena)
}

salus_test! {
async fn a_parent_s_pages_are_the_same_as_if_it_were_not_there(w: World) {
    let (leo, own, ana, lena) = a_teenager(&w).await;
    w.one_of_each(leo, "asthma").await;
    let before = crawl(&ana, leo).await;
    assert!(before.len() > 30 && before.values().any(|page| page.contains("asthma")), "{:?}", before.keys());
    let entries = something_of_ones_own(&w, leo).await;
    // It would be seen.
    let open = crawl(&ana, leo).await;
    assert!(open.values().filter(|page| page.to_lowercase().contains("kanari")).count() >= 8, "{:?}", open.keys());
    let (visit, problem) = (entries[0].1, entries[1].1);
    says(&lena, leo, visit, "yes").await.goes_to(&urls::private(leo));
    says(&own, leo, problem, "yes").await.goes_to(&urls::private(leo));
    let after = crawl(&ana, leo).await;
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (url, page) in &after {
        assert!(!page.to_lowercase().contains("kanari"), "{url} says it");
        assert_eq!(differs(page, &before[url]), None, "{url} is another page than before");
    }
    for (section, id) in &entries {
        ana.get(&urls::item(leo, *section, id)).await.is_not_found();
    }
    ana.get(&urls::test_history(leo, entries[2].1)).await.is_not_found();
    ana.get(&urls::private(leo)).await.is_not_found();
    // The teenager and who treats them see all of it, and that it is private.
    for person in [&own, &lena] {
        for (section, id) in &entries {
            let page = person.get(&urls::item(leo, *section, id)).await;
            page.is_ok().shows("It is private");
        }
        person.get(&urls::private(leo)).await.is_ok().shows("Kanari visit").shows("other entries that belong to it");
    }
    // What names something private tells of it, so it is not shown alone.
    let medicine = entries[4].1;
    own.get(&urls::item(leo, Section::Medicines, medicine)).await.shows("belongs to another entry").hides("Let caregivers see it");
    says(&own, leo, medicine, "no").await.is(303);
    own.get(&urls::private(leo)).await.shows("It stays private");
    ana.get(&urls::item(leo, Section::Medicines, medicine)).await.is_not_found();
    // Neither side shows what the other keeps.
    own.get(&urls::item(leo, Section::Encounters, visit)).await.shows("Your care team chose this").hides("Let caregivers see it");
    says(&own, leo, visit, "no").await.is(303);
    own.get(&urls::private(leo)).await.shows("It stays private");
    says(&lena, leo, problem, "no").await.is(303);
    ana.get(&urls::item(leo, Section::Encounters, visit)).await.is_not_found();
    ana.get(&urls::item(leo, Section::Problems, problem)).await.is_not_found();
    // A report takes along what it reports.
    let (value, report) = (entries[2].1, entries[3].1);
    says(&lena, leo, visit, "no").await.is(303);
    ana.get(&urls::item(leo, Section::Observations, value)).await.is_ok().shows("Kanari test");
    says(&lena, leo, report, "yes").await.is(303);
    ana.get(&urls::item(leo, Section::Observations, value)).await.is_not_found();
    ana.get(&urls::item(leo, Section::Encounters, visit)).await.is_ok().hides("Kanari test");
    says(&lena, leo, report, "no").await.is(303);
    says(&lena, leo, visit, "yes").await.is(303);
    // And each shows its own again, with what went with it.
    says(&lena, leo, visit, "no").await.is(303);
    says(&own, leo, problem, "no").await.is(303);
    ana.get(&urls::item(leo, Section::Encounters, visit)).await.is_ok().shows("Kanari visit").hides("Keep private").hides("Who can see this");
    ana.get(&urls::item(leo, Section::Medicines, entries[4].1)).await.is_ok().shows("Kanariol");
    let log = w.ledger_of(leo).await;
    assert!(log.iter().any(|line| line.starts_with("change change-labels care-team")), "{log:?}");
    assert!(log.iter().any(|line| line.starts_with("change change-labels self")), "{log:?}");
    w.rows_are_intact().await;
}
}

/// A file with something that a rule calls sensitive, and what names it.
fn file(version: &str) -> Input {
    let patient = json!({ "resourceType": "Patient", "id": "p1", "birthDate": "1985-03-14", "name": [{ "family": "Ruiz", "given": ["Ana"] }] });
    let subject = json!({ "reference": "Patient/p1" });
    let problem = json!({ "resourceType": "Condition", "id": "c1", "subject": subject, "code": { "text": format!("Depressive disorder {}", version.split(' ').next().unwrap_or_default()) } });
    let medicine = json!({ "resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order", "subject": subject, "medicationCodeableConcept": { "text": "Somniol" }, "reasonReference": [{ "reference": "Condition/c1" }] });
    let plain =
        json!({ "resourceType": "Condition", "id": "c2", "subject": subject, "code": { "text": "Mild asthma" } });
    let refill = json!({ "resourceType": "MedicationRequest", "id": "m2", "status": "active", "intent": "order", "subject": subject, "medicationCodeableConcept": { "text": "Refill" }, "reasonReference": [{ "reference": "Condition/c1" }] });
    // What names it comes first.
    let mut lines: Vec<Value> = vec![patient, medicine, problem, plain];
    lines.extend(Some(refill).filter(|_| version.ends_with("refill")));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let bytes: std::sync::Arc<[u8]> = text.into_bytes().into();
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    Input::new("file.ndjson", length, move || Ok(Box::new(std::io::Cursor::new(std::sync::Arc::clone(&bytes)))))
}

async fn import(w: &World, version: &str) -> u64 {
    let run = w.run("import", Action::ImportRecords).await;
    import_file(&run, &Source::default(), &file(version), &Silent).await.expect("a file").private
}

salus_test! {
async fn a_rule_keeps_private_what_is_taken_in_until_somebody_shows_it(w: World) {
    assert_eq!(import(&w, "one").await, 2, "the problem, and the medicine that names it");
    assert_eq!(import(&w, "one").await, 0, "once");
    let (patient,): (PatientId,) = {
        let mut tx = w.db.read(&salus_db::Sight::of_run("directory")).await.unwrap();
        tx.one(salus_db::sql!("SELECT patient_id FROM patient"), Vec::new()).await.unwrap()
    };
    let ana = w.account("Ana Ruiz", None, None).await;
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    crate::accounts::admin::grant_own_chart(&run, &mut change, ana.account, patient).await.unwrap();
    change.commit().await.unwrap();
    let ana = Person { patient, ..ana };
    w.sign_in(&ana).await;
    let (rosa, ben) = (
        caregiver(&w, "Rosa Ruiz", &ana, &["clinical", "medicines"]).await,
        caregiver(&w, "Ben Okafor", &ana, &["clinical", "medicines", "sensitive"]).await,
    );
    let (problems, medicines) = (urls::section(patient, Section::Problems), urls::section(patient, Section::Medicines));
    rosa.get(&problems).await.is_ok().shows("Mild asthma").hides("Depressive");
    rosa.get(&medicines).await.is_ok().hides("Somniol");
    ben.get(&problems).await.is_ok().shows("Depressive disorder one");
    ben.get(&medicines).await.is_ok().shows("Somniol");
    ana.get(&urls::private(patient)).await.is_ok().shows("Depressive disorder").shows("Marked automatically").shows("1 other entry that belongs to it");
    ana.get(&urls::caregivers(patient)).await.is_ok().shows("Sensitive entries");
    // What was given of it is not given of what the patient keeps, which takes nothing more than a button.
    let entry = between(&ana.get(&urls::private(patient)).await, "name=\"entry\" value=\"", "\"").parse().unwrap();
    let page = urls::item(patient, Section::Problems, entry);
    ana.get(&page).await.is_ok().shows("only caregivers who were given").shows("Keep private").shows("Let caregivers see it");
    says(&ana, patient, entry, "yes").await.is(303);
    ben.get(&problems).await.is_ok().shows("Mild asthma").hides("Depressive");
    ben.get(&medicines).await.is_ok().hides("Somniol");
    // What comes later and names it is as private, whoever keeps it.
    assert_eq!(import(&w, "one with a refill").await, 2, "for the rule's sake, and for the patient's");
    ben.get(&medicines).await.is_ok().hides("Somniol").hides("Refill");
    // What was shown again stays shown, also when it comes again with other words.
    says(&ana, patient, entry, "no").await.is(303);
    rosa.get(&problems).await.is_ok().shows("Depressive disorder one");
    rosa.get(&medicines).await.is_ok().shows("Somniol").shows("Refill");
    assert_eq!(import(&w, "two").await, 0);
    rosa.get(&problems).await.is_ok().shows("Depressive disorder two");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_guardian_sees_no_sensitive_entry_of_a_teenager(w: World) {
    // 9:00 in Chicago on November 22, 2026: eleven today, twelve tomorrow.
    let leo = w.chart("Leo Ruiz", "2014-11-23").await;
    let problem = json!({ "resourceType": "Condition", "code": { "text": "Kanari" } });
    let problem = w.row("condition", leo, Some(w.now()), problem).await;
    let run = w.run("import", Action::ImportRecords).await;
    let mut change = run.begin().await.unwrap();
    assert_eq!(change.keep_private(leo, &[Made::by_rule(problem)], w.now()).await.unwrap(), 1);
    change.commit().await.unwrap();
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let given = code(&desk, leo, &asked_at_desk("Rosa", "guardian", &["clinical", "sensitive"])).await;
    let without = code(&desk, leo, &asked_at_desk("Luis", "guardian", &["clinical"])).await;
    let (rosa, luis) = (somebody(&w, "Rosa Ruiz").await, somebody(&w, "Luis Ruiz").await);
    shows_code(&rosa, &given, "11 23 2014").await.is(303);
    shows_code(&luis, &without, "11 23 2014").await.is(303);
    let page = urls::item(leo, Section::Problems, problem);
    rosa.get(&page).await.is_ok().shows("Kanari");
    luis.get(&page).await.is_not_found();
    w.advance(24 * 60 * salus_kernel::MINUTE);
    w.sign_in(&rosa).await;
    rosa.get(&urls::record(leo)).await.is_ok();
    rosa.get(&page).await.is_not_found();
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("Health record").hides("Sensitive");
}
}

salus_test! {
async fn raw_sql_as_the_application_sees_and_changes_no_more(w: World) {
    let Some(raw) = &w.raw else { return };
    let (leo, own, ana, lena) = a_teenager(&w).await;
    let entries = something_of_ones_own(&w, leo).await;
    says(&lena, leo, entries[1].1, "yes").await.is(303);
    let set = |name: &str, value: &str| format!("SELECT set_config('salus.{name}', '{value}', false); ");
    let run = async |sql: String| salus_db::testing::raw(&raw.app, &sql).await;
    let patient = leo.to_string();
    let who = |person: &Person| format!("{}{}", set("account", &person.account.to_string()), set("patient", &patient));
    let touch = "UPDATE condition SET entry = entry WHERE patient_id <> ''";
    assert_eq!(run(format!("{}{touch}", who(&ana))).await.unwrap(), 0, "nothing is set: nothing private is seen");
    assert_eq!(run(format!("{}{}{touch}", who(&ana), set("reach", "1"))).await.unwrap(), 0);
    assert_eq!(run(format!("{}{}{touch}", who(&own), set("reach", "2"))).await.unwrap(), 1);
    let end = |by: &Person| format!("UPDATE security_label SET ended_at = 1, ended_by = '{}' WHERE root = target", by.account);
    assert_eq!(run(format!("{}{}", who(&ana), end(&ana))).await.unwrap(), 0, "a caregiver shows it to herself");
    assert_eq!(run(format!("{}{}", who(&own), end(&own))).await.unwrap(), 0, "the patient ends what the team keeps");
    let rule = "UPDATE security_label SET ended_at = 1, ended_by = made_by WHERE side = 'rule'";
    let rule = |by: &Person| rule.replace("made_by", &format!("'{}'", by.account));
    let import = w.run("import", Action::ImportRecords).await;
    let mut open = import.begin().await.unwrap();
    open.keep_private(leo, &[Made::by_rule(entries[0].1)], w.now()).await.unwrap();
    open.commit().await.unwrap();
    let desk = format!("{}{}", who(&lena), set("role", "front-desk"));
    assert_eq!(run(format!("{}{}", who(&ana), rule(&ana))).await.unwrap(), 0, "a caregiver ends what a rule marked");
    assert_eq!(run(format!("{desk}{}", rule(&lena))).await.unwrap(), 0, "the desk ends what a rule marked");
    assert_eq!(run(format!("{}{}", who(&own), rule(&own))).await.unwrap(), 1);
    let insert = |side: &str, by: &Person| {
        format!("INSERT INTO security_label SELECT '{side}{}', patient_id, 'x', 'x', '{side}', 2, '{}', 1, NULL, NULL, 1, '' FROM security_label LIMIT 1", by.account, by.account)
    };
    assert!(run(format!("{}{}", who(&ana), insert("patient", &ana))).await.is_err(), "a caregiver marks");
    assert!(run(format!("{}{}", who(&own), insert("team", &own))).await.is_err(), "the patient marks as the team");
    assert_eq!(run(format!("{}{}", who(&own), insert("patient", &own))).await.unwrap(), 1);
    assert!(run(format!("{}DELETE FROM security_label", who(&own))).await.is_err());
    let practitioner = format!("{}{}", who(&lena), set("role", "practitioner"));
    assert_eq!(run(format!("{practitioner}{}", end(&lena))).await.unwrap(), 1);
    assert_eq!(run(format!("{practitioner}{}", end(&lena))).await.unwrap(), 0, "ended twice");
}
}
