//! A record that opens in an emergency, by the keyboard alone, and what the privacy officer makes of it without scripts.

use crate::{
    browser_test,
    checks::axe,
    harness::{Test, View, urls},
};

use super::screens::keep;

browser_test! {
async fn a_record_is_opened_in_an_emergency_and_signed_off(test: &Test) {
    // Not a doctor: other tests look at what is closed to those.
    let (patient, nurse) = (test.demo.person("patient", 1), test.demo.person("nurse", 0));
    let browser = test.browser(View::NARROW.by_keyboard()).await;
    browser.sign_in(nurse).await;
    browser.expect_on_console("status of 404");
    browser.open(&format!("{}/record", patient.home())).await;
    browser.shows("We can’t find this page").await;
    let form = format!("{}/emergency", patient.home());
    browser.open(&form).await;
    browser.shows("for one hour").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "emergency").await;
    browser.expect_on_console("status of 422");
    browser.fill("reason", "Chest pain, and I need to know the medicines.").await;
    browser.submit().await;
    browser.shows("This is not your password").await;
    axe::finds_nothing(&browser).await;
    assert_eq!(browser.value("reason").await, "Chest pain, and I need to know the medicines.");
    browser.fill("password", &nurse.password).await;
    browser.submit().await;
    browser.shows("You opened this record in an emergency").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "emergency-open").await;

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
