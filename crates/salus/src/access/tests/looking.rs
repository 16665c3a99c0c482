//! Looking changes nothing. ASVS V3.5.3, V3.5.6, V3.5.7.

use salus_db::{Sight, Sql, Value, Values};
use salus_kernel::PatientId;

use super::routes::{address, everybody, who_waits};
use crate::{
    access::{Access, columns::REGISTRY},
    salus_test,
    testing::{Person, World},
};

/// What a look writes down on purpose.
const WRITTEN: [(&str, &str); 5] = [
    ("session", "that somebody is there, once a minute"),
    ("ledger_lease", "which process writes the ledger: renewed by the clock, whoever looks"),
    ("ledger_outcome", "what the ledger is told next"),
    ("authenticator", "the secret of an app that no code has confirmed: each look at that page is another one"),
    ("communication_receipt", "that a message was read"),
];

/// Every cell of every table that this patient, their account and an auditor may see between them.
async fn everything(w: &World, person: &Person, patient: PatientId) -> Vec<(&'static str, Vec<Vec<Value>>)> {
    let sight = Sight { account: Some(person.account), patient: Some(patient), ..Sight::of_run("audit") };
    let mut tx = w.db.read(&sight).await.unwrap();
    let mut all = Vec::new();
    for table in REGISTRY.iter().filter(|table| WRITTEN.iter().all(|(written, _)| *written != table.name)) {
        let sql = Sql::owned(format!("SELECT * FROM {} ORDER BY 1, 2", table.name));
        let rows: Vec<Values> = tx.all(sql, Vec::new()).await.unwrap();
        all.push((table.name, rows.into_iter().map(|row| row.0).collect()));
    }
    all
}

salus_test! {
async fn a_look_changes_nothing(w: World) {
    let people = everybody(&w).await;
    let patient = people.ana.patient;
    let rows = w.one_of_each(patient, "sample").await;
    let waiting = who_waits(&w, patient).await;
    let bookable = w.bookable(&people.administrator).await;
    let settings = w.settings_rows(&people.administrator).await;
    let visit = bookable.book(&people.ana, &bookable.first_time(&people.ana).await, "knee").await;
    let thread = w.a_conversation(&people.ana, patient, "sample").await;
    w.an_invite_of_each_kind().await;
    let before = everything(&w, &people.ana, patient).await;
    assert!(before.iter().filter(|(_, rows)| !rows.is_empty()).count() > 20, "there is little to change");
    let everyone = [&people.ana, &people.treating, &people.desk, &people.nurse, &people.administrator, &people.officer];
    let mut shown = 0;
    for route in w.routes.iter().filter(|route| route.method == axum::http::Method::GET) {
        let url = match route.access {
            Access::Chart(_) => address(route, &patient.to_string(), &waiting, &visit, &thread, &rows),
            _ => {
                let row = settings.iter().find(|(begin, _)| route.path.starts_with(begin)).map(|(_, id)| id.as_str());
                waiting.in_path(route.path).replace("{id}", row.unwrap_or("x")).replace("{code}", "x")
            }
        };
        for person in everyone {
            // No answer is a script, whatever is asked for, so no other site reads it as one.
            let page = person.get(&format!("{url}?callback=stolen&jsonp=stolen")).await;
            let kind = page.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            assert!(!kind.contains("script") && !page.body.trim_start().starts_with("stolen"), "{url} is a script");
            shown += usize::from(page.status == 200);
        }
        let after = everything(&w, &people.ana, patient).await;
        for ((table, was), (_, is)) in before.iter().zip(&after) {
            assert!(was == is, "GET {url} changes {table}");
        }
    }
    assert!(shown > 150, "only {shown} pages were shown");
    // The same comparison finds a change.
    people.ana.get("/settings").await.is_ok();
    people.ana.post("/settings", &[("font", "atkinson"), ("scheme", "dark")]).await.goes_to("/settings");
    assert!(everything(&w, &people.ana, patient).await != before, "nothing is compared");
}
}

salus_test! {
async fn scripts_are_the_same_for_everybody(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", salus_kernel::Role::FrontDesk).await;
    let nobody = w.browser();
    let mut scripts = 0;
    for asset in salus_assets::all().iter().filter(|asset| asset.content_type.contains("javascript")) {
        let one = nobody.get(asset.path).await;
        one.is_ok();
        for browser in [&ana.browser, &desk.browser] {
            assert_eq!(browser.get(asset.path).await.body, one.body, "{}", asset.name);
        }
        scripts += 1;
    }
    assert!(scripts > 4);
}
}
