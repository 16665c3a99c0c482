//! "Who opened my record" through the front door.

use salus_kernel::{Action, MINUTE, PatientId, RequestId, Role};
use salus_ledger::{Actor, ActorKind, EntryDraft, Kind, Outcome, Relation, Word};

use crate::{
    salus_test,
    shell::urls,
    testing::{Person, World},
};

fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

/// Looks into a chart, as the guard writes them down.
async fn looks(
    w: &World,
    person: &Person,
    role: Role,
    relation: Relation,
    patient: PatientId,
    action: Action,
    times: usize,
) {
    let mut drafts = Vec::new();
    for _ in 0..times {
        let mut actor = Actor::new(ActorKind::Account, &person.account.to_string());
        actor.roles = vec![word(role.word())];
        let request = RequestId::new(w.now(), salus_vault::random());
        let mut draft = EntryDraft::new(
            Kind::Read,
            request.uuid().into_bytes(),
            actor,
            word(action.word()),
            word("treatment"),
            Outcome::Allowed,
        );
        (draft.relation, draft.patient) = (relation, Some(patient.to_string()));
        drafts.push(draft);
    }
    for some in drafts.chunks(100) {
        w.ledger.append(some.to_vec()).await.unwrap();
    }
}

salus_test! {
async fn looks_are_told_by_day_name_and_kind(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let jamie = w.staff("Jamie Cole", Role::FrontDesk).await;
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewMedicines, 1).await;
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewResults, 3).await;
    jamie.get(urls::STAFF_PATIENTS).await.is_ok();
    jamie.post(urls::STAFF_PATIENTS, &[("query", "ruiz")]).await.is_ok();

    let page = ana.get(&urls::access_log(ana.patient)).await;
    page.is_ok().shows("Sunday, November 22, 2026");
    page.shows("Dr. Lena Park , Doctor or nurse, in your care team Opened your medicines").shows("Opened your results 3 times, the last at 9:01 am Central Time").shows("Reason: Treatment");
    page.shows("Jamie Cole , Front desk Saw your name in a list of patients");
    // The own look at this page is there as well: it was written down first.
    page.shows("You Opened this list").shows("Your own look");
    page.shows("A program of the clinic , Import Added to your record").shows("Changed who may open your record");
    page.hides("Newest").hides("Older");
}
}

salus_test! {
async fn a_copy_to_keep_has_each_look_and_wants_the_password(w: World) {
    // ASVS V7.5.3, V1.2.10. A caregiver who calls herself a formula.
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park, \"MD\"").await;
    let cara = w.caregiver("=HYPERLINK(\"https://evil.example\")", &ana, &["visits"]).await;
    cara.get(&urls::visits(ana.patient)).await.is_ok();
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewResults, 3).await;
    park.get(&urls::access_log(ana.patient)).await.is_not_found();
    let copy = urls::access_log_copy(ana.patient);
    ana.get(&urls::access_log(ana.patient)).await.is_ok().holds(&format!("href=\"{copy}\""));
    ana.get(&copy).await.is_ok().shows("Save the file");
    let page = ana.post(&copy, &[]).await;
    assert_eq!(page.is_ok().headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(page.headers["content-disposition"], "attachment; filename=\"who-opened-my-record.csv\"");
    // Read back by a reader.
    let mut file = csv::Reader::from_reader(page.body.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(file.headers().unwrap().iter().collect::<Vec<_>>(), ["Date", "Time", "Time zone", "Who", "As what", "What", "Why", "Refused"]);
    let rows: Vec<Vec<String>> = file.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let of = |who: &str, what: &str| rows.iter().filter(|row| row[3] == who && row[5] == what).collect::<Vec<_>>();
    let results = of("Dr. Lena Park, \"MD\"", "Opened your results");
    assert_eq!(results.len(), 3, "{rows:?}");
    assert_eq!((results[0][0].as_str(), results[0][2].as_str(), results[0][6].as_str()), ("2026-11-22", "UTC-06:00", "Treatment"));
    assert!(of("Dr. Lena Park, \"MD\"", "Tried to open who opened your record").iter().all(|row| row[7] == "Yes"), "{rows:?}");
    assert!(rows.iter().any(|row| row[3] == "'=HYPERLINK(\"https://evil.example\")" && row[4] == "Acting for you"), "{rows:?}");
    assert!(!rows.iter().flatten().any(|cell| cell.starts_with('=')), "{rows:?}");
    // The copy itself was written down before it was made.
    assert_eq!(of("You", "Saved a copy of this list").len(), 1, "{rows:?}");
    // A quarter of an hour later the password comes first; and nobody else takes one away.
    w.advance(16 * MINUTE);
    ana.get(&copy).await.is_ok();
    ana.post(&copy, &[]).await.goes_to(urls::STILL_YOU);
    w.sign_in(&cara).await;
    w.sign_in(&park).await;
    for other in [&cara, &park, &w.patient("Ben Okafor").await] {
        other.get(&copy).await.is_not_found();
        other.get(urls::SETTINGS).await.is_ok();
        other.post(&copy, &[]).await.is_not_found();
    }
}
}

salus_test! {
async fn more_looks_than_a_batch_are_all_in_the_copy(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewResults, 777).await;
    let copy = urls::access_log_copy(ana.patient);
    ana.get(&copy).await.is_ok();
    let page = ana.post(&copy, &[]).await;
    assert_eq!(page.is_ok().body.matches("Opened your results").count(), 777);
    page.hides("There are older looks");
}
}

salus_test! {
async fn the_home_page_counts_looks_by_others(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let home = format!("/p/{}", ana.patient);
    // Neither the own looks nor refusals nor lists count.
    park.get(&urls::access_log(ana.patient)).await.is_not_found();
    park.get(urls::STAFF_PATIENTS).await.is_ok();
    park.post(urls::STAFF_PATIENTS, &[("query", "ruiz")]).await.is_ok();
    ana.get(&home).await.is_ok().shows("Nobody at the clinic opened your record in the last 30 days.");
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewResults, 4).await;
    ana.get(&home).await.is_ok().shows("Your record was opened 4 times in the last 30 days by people at the clinic.");
    looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, Action::ViewResults, 600).await;
    ana.get(&home).await.is_ok().shows("times or more");
    w.advance(31 * 24 * 60 * MINUTE);
    w.sign_in(&ana).await;
    ana.get(&home).await.is_ok().shows("Nobody at the clinic opened");
}
}

salus_test! {
async fn refusals_are_told_and_other_patients_are_not_named(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let haddad = w.practitioner("Dr. Omar Haddad").await;
    ben.get(&urls::access_log(ana.patient)).await.is_not_found();
    haddad.get(&urls::access_log(ana.patient)).await.is_not_found();
    let page = ana.get(&urls::access_log(ana.patient)).await;
    page.is_ok().shows("Someone who does not work here Tried to open who opened your record").shows("Dr. Omar Haddad , Doctor or nurse, not in your care team").shows("Refused");
    page.hides("Okafor").hides(&ben.account.to_string()).hides(&ben.patient.to_string());
    // Ben's own list has nothing of it.
    ben.get(&urls::access_log(ben.patient)).await.is_ok().hides("Haddad").hides("Tried");
}
}

salus_test! {
async fn only_the_patient_sees_the_list(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    w.assign(&park, ana.patient).await;
    park.get(&urls::access_log(ana.patient)).await.is_not_found();
    for role in [Role::FrontDesk, Role::Administrator, Role::PrivacyOfficer] {
        w.staff("Ada Stone", role).await.get(&urls::access_log(ana.patient)).await.is_not_found();
    }
    w.browser().get(&urls::access_log(ana.patient)).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn older_days_are_a_page_further(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let day = 24 * 60 * MINUTE;
    // Ten days with more than a page of kinds of looks in all.
    for _ in 0..10 {
        for action in Action::ALL.iter().take(14) {
            looks(&w, &park, Role::Practitioner, Relation::CareTeam, ana.patient, *action, 3).await;
        }
        w.advance(day);
    }
    w.sign_in(&ana).await;
    let first = ana.get(&urls::access_log(ana.patient)).await;
    first.is_ok().shows("Wednesday, December 2, 2026").shows("Tuesday, December 1, 2026").shows("Older").hides("Newest").hides("November 22");
    let older = first.body.split("href=\"").filter_map(|part| part.split('"').next()).find(|url| url.contains("?before=")).unwrap().to_owned();
    let mut pages = 1;
    let (mut url, mut all) = (older, first.text());
    loop {
        let page = ana.get(&url).await;
        page.is_ok().shows("Newest");
        all.push_str(&page.text());
        pages += 1;
        match page.body.split("href=\"").filter_map(|part| part.split('"').next()).find(|url| url.contains("?before=")) {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert!(pages > 2, "{pages}");
    // Every look of every day, once: each day is whole on one page.
    assert_eq!(all.matches("Opened your results 3 times").count(), 10, "{all}");
    assert_eq!(all.matches("Sunday, November 22, 2026").count(), 1);
    // An address that was cut short shows the beginning.
    ana.get(&format!("{}?before=rubbish", urls::access_log(ana.patient))).await.is_ok().shows("Wednesday, December 2, 2026");
}
}
