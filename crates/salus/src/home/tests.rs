//! The homes, through the front door on both engines.

use salus_kernel::{MINUTE, Role};
use serde_json::json;

use crate::{
    salus_test,
    shell::urls::{self, Section},
};

salus_test! {
async fn each_goes_to_their_own_home(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    ana.get(urls::HOME).await.goes_to(&urls::patient_home(ana.patient));
    ana.get(&urls::patient_home(ana.patient)).await.is_ok().shows("Good morning, Ana").shows("There is nothing in your record yet.");

    let park = w.practitioner("Dr. Lena Park").await;
    park.get(urls::HOME).await.goes_to(urls::STAFF);
    park.get(&urls::patient_home(ana.patient)).await.is_not_found();
    w.assign(&park, ana.patient).await;
    park.get(&urls::patient_home(ana.patient)).await.goes_to(&urls::record(ana.patient));
    park.get(&urls::more(ana.patient)).await.goes_to(&urls::record(ana.patient));
    w.staff("Jamie Cole", Role::FrontDesk).await.get(&urls::patient_home(ana.patient)).await.is_not_found();

    let nobody = w.account("Noor Haddad", None, None).await;
    w.sign_in(&nobody).await;
    nobody.get(urls::HOME).await.is_ok().shows("Good morning, Noor").shows("Your account is not linked to a record yet");
    nobody.get(&urls::patient_home(ana.patient)).await.is_not_found();
}
}

salus_test! {
async fn home_tells_what_is_newest_and_what_is_new(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let home = urls::patient_home(ana.patient);
    let day = |days: i64| w.now().plus(-days * 24 * 60 * MINUTE);
    let visit = |title: &str, days: i64| json!({ "resourceType": "Encounter", "status": "finished", "type": [{ "text": title }], "period": { "start": day(days).timestamp().to_string() } });
    let report = |title: &str, days: i64| json!({ "resourceType": "DiagnosticReport", "status": "final", "code": { "text": title }, "effectiveDateTime": day(days).timestamp().to_string() });
    w.row("encounter", ana.patient, Some(day(3)), visit("Yearly check-up", 3)).await;
    w.row("diagnostic_report", ana.patient, Some(day(2)), report("Sugar panel", 2)).await;
    w.row("condition", ana.patient, Some(day(2)), json!({ "resourceType": "Condition", "code": { "text": "Asthma" } })).await;

    let page = ana.get(&home).await;
    page.is_ok().shows("This is what the clinic has written down about your health.");
    page.shows("Your newest result Sugar panel Friday, November 20, 2026").shows("Fri 20 Nov").shows("See this result");
    page.shows("Yearly check-up Visit, November 19, 2026").shows("Problems 1 entries").shows("Visits 1 entries").hides("Asthma");
    page.shows("555 0100");

    // At the next sign-in there is nothing new, until something comes.
    w.advance(2 * MINUTE);
    ana.get(&home).await.is_ok();
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    ana.get(&home).await.shows("Nothing new since you were last here.");
    w.advance(MINUTE);
    w.row("encounter", ana.patient, Some(day(1)), visit("Emergency room visit", 1)).await;
    w.row("observation", ana.patient, Some(day(1)), json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Weight" } })).await;
    let page = ana.get(&home).await;
    page.shows("There are 2 new entries in your record since you were last here.").shows("Your last visit Emergency room visit").shows("See this visit");
    page.shows("Sugar panel Result, November 20, 2026");

    let told = w.ledger_of(ana.patient).await;
    for action in ["view-home", "view-results", "view-encounters"] {
        assert!(told.contains(&format!("read {action} self allowed")), "{action} is not written down");
    }
}
}

salus_test! {
async fn nothing_is_asked_for_that_is_not_there(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    ana.get(&urls::patient_home(ana.patient)).await.is_ok();
    let told = w.ledger_of(ana.patient).await;
    assert!(!told.iter().any(|line| line.contains("view-results") || line.contains("view-encounters")), "{told:#?}");
    ana.get(&urls::more(ana.patient)).await.is_ok().shows("Care team");
    assert!(ana.get(&urls::more(ana.patient)).await.body.contains(&urls::section(ana.patient, Section::CareTeam)));
}
}
