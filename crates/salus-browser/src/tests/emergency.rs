//! A record that opens in an emergency, by the keyboard alone, and what the privacy officer makes of it without scripts.

use crate::{
    browser_test,
    checks::{axe, focus},
    harness::{Test, View, urls},
};

use super::screens::keep;

browser_test! {
async fn a_record_is_opened_in_an_emergency_and_signed_off(test: &Test) {
    let (patient, practitioner) = (test.demo.person("patient", 1), test.practitioner());
    let doctor = test.browser(View::NARROW).await;
    doctor.sign_in(practitioner).await;
    doctor.expect_on_console("status of 404");
    doctor.open(&format!("{}/record", patient.home())).await;
    doctor.shows("We can’t find this page").await;
    let form = format!("{}/emergency", patient.home());
    doctor.open(&form).await;
    doctor.shows("for one hour").await;
    axe::finds_nothing(&doctor).await;
    keep(&doctor, "emergency").await;
    doctor.expect_on_console("status of 422");
    focus::tab_to(&doctor, "#reason").await;
    doctor.type_keys("Chest pain, and I need to know the medicines.").await;
    focus::follow(&doctor, "main form button[type=submit]").await;
    doctor.shows("This is not your password").await;
    axe::finds_nothing(&doctor).await;
    assert_eq!(doctor.value("reason").await, "Chest pain, and I need to know the medicines.");
    focus::tab_to(&doctor, "#password").await;
    doctor.type_keys(&practitioner.password).await;
    focus::follow(&doctor, "main form button[type=submit]").await;
    doctor.shows("You opened this record in an emergency").await;
    axe::finds_nothing(&doctor).await;
    keep(&doctor, "emergency-open").await;

    let officer = test.browser(View::NARROW.without_scripts()).await;
    officer.sign_in(test.demo.person("privacy-officer", 0)).await;
    officer.open(urls::HOME).await;
    officer.follow("main a[href$='/emergencies']").await;
    officer.shows("Chest pain").await;
    assert!(!officer.text().await.contains(patient.plain_name()), "the officer reads whose record it was");
    keep(&officer, "emergencies").await;
    officer.follow("main form[action='/audit'] button").await;
    officer.shows("Opened a record in an emergency").await;
    officer.open("/audit/emergencies").await;
    officer.follow("main button[value=justified]").await;
    officer.shows("It was right, says").await;
}
}
