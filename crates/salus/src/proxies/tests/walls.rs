//! What nobody gets by trying. THR-07, ASVS V8.2.2, V8.3.1, V8.3.2.

use salus_kernel::Scope;
use serde_json::json;

use super::*;
use crate::{salus_test, shell::urls::Section};

salus_test! {
async fn a_code_is_worth_nothing_without_the_date_and_works_once(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let (rosa, mallory) = (somebody(&w, "Rosa Ruiz").await, somebody(&w, "Mallory M").await);
    shows_code(&mallory, "7KQM-2X4T-9RWD", "3 14 1985").await.is(422).shows("don’t match");
    shows_code(&mallory, "7KQM", "x").await.is(422).shows("Enter the 12").shows("Enter a date");
    let first = code(&ana, ana.patient, &asked("Rosa", &["clinical"])).await;
    for _ in 0..5 {
        let page = shows_code(&mallory, &first, "3 15 1985").await;
        page.is(422).shows("don’t match").holds(&first).hides("Ana");
    }
    // Who only tries is nobody's caregiver in the ledger.
    let lines = w.ledger_of_account(mallory.account).await;
    let tried = lines.iter().filter(|line| line.contains("accept-caregiver")).count();
    assert!(tried >= 5 && !lines.iter().any(|line| line.contains("accept-caregiver caregiver")), "{lines:?}");
    // Five wrong dates end it, also for who knows the right one.
    shows_code(&rosa, &first, "3 14 1985").await.is(422).shows("no longer works");
    let second = code(&ana, ana.patient, &asked("Rosa", &["clinical"])).await;
    shows_code(&ana, &second, "3 14 1985").await.is(422).shows("your own record");
    shows_code(&rosa, &second, "3 14 1985").await.is(303);
    shows_code(&mallory, &second, "3 14 1985").await.is(422).shows("no longer works");
    mallory.get(&urls::record(ana.patient)).await.is_not_found();
    rosa.get(&urls::record(ana.patient)).await.is_ok();
    // A week later, and taken back.
    let late = code(&ana, ana.patient, &asked("Ben", &["visits"])).await;
    w.advance(7 * 24 * 60 * salus_kernel::MINUTE);
    for person in [&ana, &mallory] {
        w.sign_in(person).await;
    }
    shows_code(&mallory, &late, "3 14 1985").await.is(422).shows("no longer works");
    let back = code(&ana, ana.patient, &asked("Ben", &["visits"])).await;
    let page = ana.get(&urls::caregivers(ana.patient)).await;
    let waiting = page.body.split("codes-title").nth(2).expect("codes");
    let id = waiting.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    ana.post(&urls::end_caregiver(ana.patient), &[("id", id)]).await.is(303);
    shows_code(&mallory, &back, "3 14 1985").await.is(422).shows("no longer works");
    let desk = w.staff("Jamie Desk", salus_kernel::Role::FrontDesk).await;
    let work = code(&ana, ana.patient, &asked("Jamie", &["visits"])).await;
    shows_code(&desk, &work, "3 14 1985").await.is(422).shows("work account");
}
}

salus_test! {
async fn of_many_who_show_a_code_at_once_one_gets_in(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let mut people = Vec::new();
    for number in 0..6 {
        people.push(somebody(&w, &format!("Person {number}")).await);
    }
    let code = code(&ana, ana.patient, &asked("Rosa", &["visits"])).await;
    let tries = people.iter().map(|person| shows_code(person, &code, "3 14 1985"));
    let pages = futures_util::future::join_all(tries).await;
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1, "{:?}", pages.iter().map(|page| page.status).collect::<Vec<_>>());
    let mut inside = 0;
    for person in &people {
        inside += usize::from(person.get(&urls::visits(ana.patient)).await.status == 200);
    }
    assert_eq!(inside, 1);
}
}

salus_test! {
async fn a_caregiver_gives_nothing_on(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &all).await;
    rosa.get(&urls::record(ana.patient)).await.is_ok();
    rosa.get(&urls::caregivers(ana.patient)).await.is_not_found();
    rosa.get(urls::SETTINGS).await.is_ok();
    rosa.post(&urls::caregivers(ana.patient), &asked("Mallory", &["visits"])).await.is_not_found();
    rosa.post(&urls::end_caregiver(ana.patient), &[("id", "x")]).await.is_not_found();
    rosa.get(&urls::access_log(ana.patient)).await.is_not_found();
    rosa.get(&urls::invites(ana.patient)).await.is_not_found();
    // And stops nobody else.
    let ben = caregiver(&w, "Ben Okafor", &ana, &["visits"]).await;
    let his = first_id(&ben.get(urls::ACTING_FOR).await);
    rosa.post(urls::ACTING_FOR_STOP, &[("id", &his)]).await.goes_to(urls::ACTING_FOR);
    ben.get(&urls::visits(ana.patient)).await.is_ok();
}
}

salus_test! {
async fn what_was_not_given_leaves_no_trace_on_any_page(w: World) {
    // A crawl from the start page over every link: no count, no line, no link of what was not given.
    let ana = w.patient("Ana Ruiz").await;
    w.one_of_each(ana.patient, "kanari").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    w.a_conversation(&ana, ana.patient, "kanari").await;
    let each = [
        (vec!["visits"], "/visits"),
        (vec!["messages"], "/messages"),
        (vec!["medicines"], "/record/medicines"),
        (vec!["billing"], "/record/coverage"),
        (vec!["documents"], "/record/documents"),
        (vec!["visits", "clinical"], "/record/problems"),
    ];
    let begin = format!("/p/{}", ana.patient);
    for (scopes, own) in each {
        let person = caregiver(&w, &format!("Cara {}", scopes.join(" ")), &ana, &scopes).await;
        let closed: Vec<&str> = [
            ("visits", "/visits"),
            ("messages", "/messages"),
            ("medicines", "/record/medicines"),
            ("billing", "/record/coverage"),
            ("documents", "/record/documents"),
            ("clinical", "/record/problems"),
            ("nobody", "/access-log"),
            ("nobody", "/caregivers"),
        ]
        .into_iter()
        .filter(|(scope, _)| !scopes.contains(scope))
        .map(|(_, path)| path)
        .collect();
        let (mut todo, mut seen) = (vec![begin.clone()], std::collections::BTreeSet::new());
        while let Some(url) = todo.pop() {
            if !seen.insert(url.clone()) {
                continue;
            }
            let page = person.get(&url).await;
            assert!(page.status == 200 || page.status == 303, "{url} is a dead end: {}", page.status);
            for closed in &closed {
                assert!(!page.body.contains(&format!("{begin}{closed}")), "{url} leads to {closed}");
            }
            let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
            todo.extend(links.filter(|link| link.starts_with(&begin) && !link.contains(".ics")).map(|link| link.replace("&#38;", "&")));
        }
        assert!(seen.iter().any(|url| url.contains(own)), "{scopes:?}: {seen:?}");
    }
}
}

salus_test! {
async fn what_somebody_gave_ends_with_what_they_were(w: World) {
    use salus_kernel::Role;
    let ana = w.patient("Ana Ruiz").await;
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &["visits"]).await;
    let waiting = code(&ana, ana.patient, &asked("Ben", &["visits"])).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2020-01-02").await;
    let at_desk = code(&desk, leo, &asked_at_desk("Luis", "parent", &["visits"])).await;
    let given = code(&desk, ana.patient, &asked_at_desk("Cara", "adult", &["visits"])).await;
    let cara = somebody(&w, "Cara Giver").await;
    shows_code(&cara, &given, "3 14 1985").await.is(303);
    rosa.get(&urls::visits(ana.patient)).await.is_ok();
    // Whoever was the wrong person let in nobody; whom the desk let in stays.
    desk.get(&urls::unlink(ana.patient)).await.is_ok();
    desk.post(&urls::unlink(ana.patient), &[]).await.goes_to(&urls::invites(ana.patient));
    rosa.get(&urls::visits(ana.patient)).await.is_not_found();
    let ben = somebody(&w, "Ben Okafor").await;
    shows_code(&ben, &waiting, "3 14 1985").await.is(422).shows("no longer works");
    cara.get(&urls::visits(ana.patient)).await.is_ok();
    // And codes of somebody who works here no longer.
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    grace.get(urls::CLINIC_STAFF).await.is_ok();
    let account = desk.account.to_string();
    grace.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "no")]).await.is(303);
    shows_code(&ben, &at_desk, "1 2 2020").await.is(422).shows("no longer works");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_page_names_no_entry_that_was_not_given(w: World) {
    // A medicine says for which problem it is, and at which visit it was ordered: both by name in the source.
    let ana = w.patient("Ana Ruiz").await;
    let problem = w.row("condition", ana.patient, Some(w.now()), json!({ "resourceType": "Condition", "code": { "text": "Kanari" } })).await;
    let medicine = json!({
        "resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": { "text": "Sertraline" },
        "reasonReference": [{ "reference": format!("Condition/{problem}"), "display": "Kanari" }],
    });
    let medicine = w.row("medication_request", ana.patient, Some(w.now()), medicine).await;
    let page = urls::item(ana.patient, Section::Medicines, medicine);
    ana.get(&page).await.is_ok().shows("Sertraline").shows("Kanari");
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &["medicines"]).await;
    rosa.get(&page).await.is_ok().shows("Sertraline").hides("Kanari");
    let ben = caregiver(&w, "Ben Okafor", &ana, &["medicines", "clinical"]).await;
    ben.get(&page).await.is_ok().shows("Kanari");
}
}

salus_test! {
async fn with_a_death_it_ends(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &["visits"]).await;
    rosa.get(&urls::visits(ana.patient)).await.is_ok();
    died(&w, ana.patient).await;
    rosa.get(&urls::visits(ana.patient)).await.is_not_found();
    rosa.get(urls::ACTING_FOR).await.is_ok().hides("Ana Ruiz");
}
}

salus_test! {
async fn raw_sql_as_the_application_gives_nobody_access(w: World) {
    let Some(raw) = &w.raw else { return };
    let ana = w.patient("Ana Ruiz").await;
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &["visits"]).await;
    let mallory = somebody(&w, "Mallory M").await;
    let set = |name: &str, value: &str| format!("SELECT set_config('salus.{name}', '{value}', false); ");
    let run = async |sql: String| salus_db::testing::raw(&raw.app, &sql).await;
    let (patient, hers) = (ana.patient.to_string(), rosa.account.to_string());
    let who = |account: &str| format!("{}{}", set("account", account), set("patient", &patient));
    let count = async |sql: String| run(sql).await.expect("a statement");
    let mallorys = mallory.account.to_string();
    assert_eq!(count(format!("{}UPDATE related_person SET state = 'ended', ended_at = 1", set("account", &mallorys))).await, 0, "ends what is not theirs");
    for (sql, why) in [
        (format!("{}UPDATE related_person SET scopes = 'visits clinical'", who(&hers)), "widens what was given"),
        (format!("{}UPDATE related_person SET ends_at = ends_at + 1", who(&hers)), "makes it longer"),
        (format!("{}UPDATE related_person SET patient_id = 'x'", who(&hers)), "moves it to another patient"),
        (format!("{}UPDATE related_person SET account_id = '{}'", who(&hers), mallory.account), "hands it on"),
        (format!("{}DELETE FROM related_person", who(&hers)), "deletes it"),
    ] {
        assert!(run(sql).await.is_err(), "the application {why}");
    }
    let columns = "id, patient_id, account_id, key, proof, basis, scopes, evidence, name, account_name, patient_name, account_key_version, state, wrong_dates, made_by, created_at, offer_ends_at, starts_at, ends_at, ended_at, ended_by, updated_at, key_version, version, entry";
    let insert = |id: &str, account: &str, made_by: &str, state: &str| {
        let (name, version, since) = if account == "NULL" { ("NULL", "NULL", "NULL") } else { ("name", "1", "1") };
        format!("INSERT INTO related_person ({columns}) SELECT '{id}', patient_id, {account}, '{id}', proof, basis, scopes, NULL, name, {name}, {name}, {version}, '{state}', 0, '{made_by}', 1, 2, {since}, 3, NULL, NULL, 1, 1, 1, '' FROM related_person LIMIT 1")
    };
    let anas = ana.account.to_string();
    // The statement is right: the patient herself may make a code. A caregiver may not, and nobody lets somebody in.
    assert_eq!(count(format!("{}{}", who(&anas), insert("one", "NULL", &anas, "offered"))).await, 1);
    assert!(run(format!("{}{}", who(&hers), insert("two", "NULL", &hers, "offered"))).await.is_err(), "a caregiver makes a code");
    for account in [&mallorys, &anas] {
        let active = insert("three", &format!("'{account}'"), account, "active");
        assert!(run(format!("{}{active}", who(account))).await.is_err(), "somebody lets themselves in");
    }
    // And what is hers she can end, once.
    let end = format!("{}UPDATE related_person SET state = 'ended', ended_at = 1 WHERE account_id = '{hers}'", set("account", &hers));
    assert_eq!(count(end.clone()).await, 1);
    assert_eq!(count(end).await, 0, "ended twice");
}
}
