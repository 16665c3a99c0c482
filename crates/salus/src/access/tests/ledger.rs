//! Nothing is shown that is not written down, and what is written down can't change unseen.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use salus_db::{Sight, args, ledger::Position, sql};
use salus_kernel::{Action, MINUTE, PatientId, RequestId, ResourceId, Role};

use crate::{
    access::{
        App, Asked, Change, WebConfig,
        audit::{Line, Who},
        columns::CLINICAL,
        founding, rows,
    },
    audit_command, salus_test,
    shell::urls::{self, Section},
    testing::World,
};

salus_test! {
async fn a_look_leaves_its_entry_before_it_shows_anything(w: World) {
    // HIP-06, AUD-10, ONC-25.
    let ana = w.patient("Ana Ruiz").await;
    w.row("condition", ana.patient, Some(w.now()), crate::testing::resource(Section::Problems, ana.patient, "asthma")).await;
    let before = w.ledger_of(ana.patient).await.len();
    ana.get(&urls::section(ana.patient, Section::Problems)).await.is_ok().shows("Asthma");
    let entries = w.ledger_of(ana.patient).await;
    assert_eq!(&entries[before..], ["read view-problems self allowed"]);

    // The ledger takes nothing any more: nothing is shown any more.
    w.ledger.close().await.unwrap();
    let page = ana.get(&urls::section(ana.patient, Section::Problems)).await;
    page.is(503).hides("Asthma");
    ana.get("/settings").await.is(503).hides("Ana Ruiz");
    let visitor = w.browser();
    visitor.get("/sign-in").await.is_ok();
    visitor.post("/sign-in", &[("email", &ana.email), ("password", crate::testing::PASSWORD)]).await.is(503);
}
}

salus_test! {
async fn a_list_names_exactly_whom_it_showed(w: World) {
    // AUD-02, HIP-20.
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let ben = w.chart("Ben Okafor", "1990-01-02").await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    rosa.get("/staff/patients").await.is_ok();
    rosa.post("/staff/patients", &[("query", "ruiz")]).await.is_ok().shows("Ana Ruiz").hides("Ben Okafor");
    assert!(w.ledger_of(ana).await.iter().any(|line| line == "read find-patients front-desk allowed"), "the ledger does not name whom the list showed");
    assert!(!w.ledger_of(ben).await.iter().any(|line| line.contains("find-patients")));
}
}

salus_test! {
async fn the_whole_ledger_verifies_and_exports(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    for (section, id) in w.one_of_each(ana.patient, "sample").await {
        ana.get(&urls::item(ana.patient, section, id)).await.is_ok();
    }
    w.ledger.checkpoint().await.unwrap();
    let clinic = w.app.clinic().await.id;
    let key = founding::signing_key(clinic, &w.seed).unwrap();
    let report = audit_command::verify(&w.ledger, clinic, std::slice::from_ref(key.verifying_key()), &[]).await.unwrap();
    assert!(report.is_intact(), "{report}");
    assert!(report.entries() > 50);
}
}

salus_test! {
async fn a_row_altered_behind_the_portal_s_back_is_found(w: World) {
    // HIP-07: what AES-GCM can't see, because the column is bare or the value is an older one of the same cell.
    let ana = w.patient("Ana Ruiz").await;
    let rows = w.one_of_each(ana.patient, "sample").await;
    let report = rows::compare(&w.db, &w.ledger, &w.root, w.now()).await.unwrap();
    assert!(report.is_intact() && report.compared >= 18, "{report:?}");

    let sight = salus_db::Sight { patient: Some(ana.patient), ..Default::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE condition SET state = 'resolved' WHERE patient_id = $1"), salus_db::args![ana.patient]).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE observation SET event_at = event_at + 1 WHERE patient_id = $1"), salus_db::args![ana.patient]).await.unwrap();
    tx.commit().await.unwrap();
    let report = rows::compare(&w.db, &w.ledger, &w.root, w.now()).await.unwrap();
    let id = |section: Section| rows.iter().find(|(other, _)| *other == section).unwrap().1;
    assert_eq!(report.altered, [format!("condition {}", id(Section::Problems)), format!("observation {}", id(Section::Observations))]);
    assert!(report.gone.is_empty());
}
}

salus_test! {
async fn whoever_lets_somebody_in_behind_the_portal_s_back_is_found(w: World) {
    w.an_invite_of_each_kind().await;
    let lena = w.practitioner("Dr. Lena Park").await;
    let ben = w.chart("Ben Okafor", "1990-01-02").await;
    w.assign(&lena, ben).await;
    let compare = async || rows::compare(&w.db, &w.ledger, &w.root, w.now()).await.unwrap();
    let report = compare().await;
    assert!(report.is_intact(), "{report:?}");

    // A copy of a row under another key, as the application's role can make it.
    let at = w.now().micros();
    for (table, run, sql) in [
        ("access_grant", "accounts", format!("INSERT INTO access_grant (id, account_id, patient_id, basis, starts_at, ends_at, created_at, entry) SELECT '018f0000-0000-7000-8000-000000000001', account_id, '{ben}', 'self', {at}, NULL, {at}, entry FROM access_grant")),
        ("account", "accounts", "INSERT INTO account SELECT '018f0000-0000-7000-8000-000000000002', email, 'v1:00', name, password_hash, status, reading_font, colour_scheme, password_changed_at, created_at, updated_at, key_version, version, entry, email_changed_at FROM account ORDER BY id LIMIT 1".to_owned()),
        ("staff_member", "accounts", format!("INSERT INTO staff_member (account_id, name, role, practitioner_id, active, created_at, version, entry) SELECT '018f0000-0000-7000-8000-000000000002', name, 'administrator', NULL, TRUE, {at}, 1, entry FROM staff_member ORDER BY account_id LIMIT 1")),
        ("care_team_member", "accounts", format!("INSERT INTO care_team_member (patient_id, practitioner_id, starts_at, ends_at, basis, created_at, entry) SELECT '{}', practitioner_id, {at}, NULL, 'assigned', {at}, entry FROM care_team_member", w.chart("Kim Young", "1991-01-02").await)),
        ("invite", "accounts", "INSERT INTO invite (id, key, proof, kind, patient_id, role, practitioner_id, for_account, name, evidence, state, wrong_dates, made_by, created_at, ends_at, decided_at, account_id, version, entry) SELECT '018f0000-0000-7000-8000-000000000003', 'v1:00', proof, kind, patient_id, role, practitioner_id, for_account, name, evidence, 'open', 0, made_by, created_at, ends_at, decided_at, account_id, version, entry FROM invite WHERE kind = 'staff'".to_owned()),
    ] {
        let mut tx = w.db.begin(&Sight::of_run(run)).await.unwrap();
        let rows = tx.execute(salus_db::Sql::owned(sql), Vec::new()).await.unwrap_or_else(|error| panic!("{table}: {error:?}"));
        tx.commit().await.unwrap();
        assert_eq!(rows, 1, "{table}");
        let report = compare().await;
        assert_eq!(report.unknown.get(table), Some(&1), "{table}: {report:?}");
        assert!(report.altered.is_empty() && report.gone.is_empty(), "{report:?}");
    }
}
}

/// Resolves a problem as a process does that dies before it tells the ledger: the place of its intent.
async fn resolve_and_die(w: &World, patient: PatientId, id: ResourceId) -> Position {
    let asked = Asked {
        request: RequestId::new(w.now(), salus_vault::random()),
        now: w.now(),
        address: Ipv4Addr::LOCALHOST.into(),
        agent: String::new(),
    };
    let who = Who::command("test");
    let action = Action::ChangeOwnSettings;
    let line = Line { who: &who, asked: &asked, action, relation: None, role: None, patient: Some(patient) };
    let entry = line.intent(&w.app, None).await.unwrap();
    let sight = Sight { patient: Some(patient), ..Sight::default() };
    let mut change = Change::begin(&w.app, &sight, entry, &line).await.unwrap();
    let resolve = sql!("UPDATE condition SET state = 'resolved', version = version + 1 WHERE id = $1");
    change.one_row(resolve, args![id]).await.unwrap();
    change.wrote_row("condition", &id.to_string()).await.unwrap();
    change.commit_untold().await.unwrap();
    entry
}

salus_test! {
async fn an_outcome_that_the_ledger_refused_is_told_when_it_takes_entries_again(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let sample = crate::testing::resource(Section::Problems, ana.patient, "asthma");
    let id = w.row("condition", ana.patient, Some(w.now()), sample).await;
    resolve_and_die(&w, ana.patient, id).await;
    w.app.outcomes.owe(w.now());
    ana.get("/settings").await.is_ok();
    let save = async || {
        ana.post("/settings", &[("font", "atkinson"), ("scheme", "dark")]).await.goes_to("/settings");
    };
    let told = async || {
        w.ledger_of(ana.patient).await.contains(&"outcome change-own-settings none done".to_owned())
    };
    // What is a minute old is not on its way any more.
    save().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!told().await);
    w.advance(2 * MINUTE);
    save().await;
    for _ in 0..100 {
        if told().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(told().await);
}
}

salus_test! {
async fn a_change_whose_process_died_before_its_outcome_is_told_at_the_next_start(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let sample = crate::testing::resource(Section::Problems, ana.patient, "asthma");
    let id = w.row("condition", ana.patient, Some(w.now()), sample).await;
    w.app.outcomes.forget_told().await.unwrap();

    let entry = resolve_and_die(&w, ana.patient, id).await;
    let sight = Sight { patient: Some(ana.patient), ..Sight::default() };

    // Nobody takes the change for an alteration, and nobody has told the ledger.
    let outcomes = async || {
        let lines = w.ledger_of(ana.patient).await;
        lines.into_iter().filter(|line| line.starts_with("outcome change-own-settings")).collect::<Vec<_>>()
    };
    let compare = async || rows::compare(&w.db, &w.ledger, &w.root, w.now()).await.unwrap();
    let report = compare().await;
    assert!(report.is_intact() && report.kept == 1, "{report:?}");
    assert_eq!(outcomes().await.len(), 0);

    let start = async || {
        let now = w.now();
        App::open(w.db.clone(), w.ledger.clone(), &w.root, Arc::new(move || now), WebConfig::default()).await.unwrap()
    };
    drop(start().await);
    assert_eq!(outcomes().await, ["outcome change-own-settings none done"]);
    drop(start().await);
    assert_eq!(outcomes().await.len(), 1);
    let report = compare().await;
    assert!(report.is_intact() && report.kept == 0, "{report:?}");

    // Who has the database and no key can't make an alteration look unfinished.
    let kept = async || -> Vec<u8> {
        let read = sql!("SELECT draft FROM ledger_outcome ORDER BY intent LIMIT 1");
        let mut tx = w.db.read(&Sight::of_run("ledger")).await.unwrap();
        tx.one::<(Vec<u8>,)>(read, vec![]).await.unwrap().0
    };
    ana.get("/settings").await.is_ok();
    ana.post("/settings", &[("font", "atkinson"), ("scheme", "dark")]).await.goes_to("/settings");
    let stolen = kept().await;
    let mut tx = w.db.begin(&sight).await.unwrap();
    let alter = sql!("UPDATE condition SET state = 'active', version = version + 1 WHERE id = $1");
    tx.one_row(alter, args![id]).await.unwrap();
    let plant = sql!("INSERT INTO ledger_outcome (intent, part, draft, key_version, created_at) VALUES ($1, 0, $2, 1, 0)");
    tx.execute(plant, args![entry.to_string(), stolen]).await.unwrap();
    tx.commit().await.unwrap();
    let report = compare().await;
    assert_eq!((report.altered, report.unopened), (vec![format!("condition {id}")], 1));
    drop(start().await);
    let report = compare().await;
    assert_eq!((report.altered, report.unopened), (vec![format!("condition {id}")], 1));
}
}

salus_test! {
async fn a_value_moved_to_another_row_or_patient_does_not_open(w: World) {
    // ENC-02 through the front door: every clinical table.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let hers = w.one_of_each(ana.patient, "anas").await;
    let his = w.one_of_each(ben.patient, "bens").await;
    assert_eq!(CLINICAL.len(), hers.len());
    for ((section, own), (_, other)) in his.iter().zip(&hers) {
        let table = crate::testing::table_of(*section);
        let read = salus_db::Sql::owned(format!("SELECT resource FROM {table} WHERE id = $1"));
        let write = salus_db::Sql::owned(format!("UPDATE {table} SET resource = $2 WHERE id = $1"));
        let of = |patient| salus_db::Sight { patient: Some(patient), ..Default::default() };
        let (stolen,): (Vec<u8>,) = w.db.read(&of(ana.patient)).await.unwrap().one(read, salus_db::args![*other]).await.unwrap();
        let mut tx = w.db.begin(&of(ben.patient)).await.unwrap();
        tx.execute(write, salus_db::args![*own, stolen]).await.unwrap();
        tx.commit().await.unwrap();
        ben.get(&urls::item(ben.patient, section, own)).await.is(500).hides("anas");
    }
}
}

salus_test! {
async fn two_hundred_looks_at_once_leave_two_hundred_entries(w: World) {
    let ana = std::sync::Arc::new(w.patient("Ana Ruiz").await);
    let before = w.ledger_of(ana.patient).await.len();
    let url = urls::record(ana.patient);
    let looks: Vec<_> = (0..200).map(|_| {
        let (browser, url) = (ana.browser.copy(), url.clone());
        tokio::spawn(async move { browser.get(&url).await.status })
    }).collect();
    for look in looks {
        assert_eq!(look.await.unwrap(), 200);
    }
    let entries = w.ledger_of(ana.patient).await;
    assert_eq!(entries[before..].iter().filter(|line| line.contains("view-record")).count(), 200);
}
}

salus_test! {
async fn strangers_can_t_flood_the_ledger(w: World) {
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let nobody = w.browser();
    let before = w.ledger_all().await.len();
    for _ in 0..300 {
        nobody.get(&urls::record(ana)).await.goes_to("/sign-in");
    }
    w.advance(2 * MINUTE);
    nobody.get(&urls::record(ana)).await.goes_to("/sign-in");
    let all = w.ledger_all().await;
    let new = &all[before..];
    assert!(new.len() < 100, "{} entries", new.len());
    assert!(new.iter().any(|line| line.starts_with("counted-refusals")));
}
}
