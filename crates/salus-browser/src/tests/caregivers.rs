//! A patient lets somebody act for them, and keeps something from them: made, used, seen and ended, by the keyboard alone at 320 px, and on a phone without scripts.

use crate::{
    browser_test,
    harness::{Browser, Test, View, urls},
};

use super::first_day::checked;

browser_test! {
once: async fn a_caregiver_is_let_in_by_the_keyboard_alone(test: &Test) {
    journey(test, View::NARROW.by_keyboard(), 1).await;
}
}

browser_test! {
once: async fn a_caregiver_is_let_in_on_a_phone_without_scripts(test: &Test) {
    journey(test, View::PHONE.without_scripts(), 3).await;
}
}

browser_test! {
async fn a_caregiver_is_let_in_on_a_wide_screen(test: &Test) {
    journey(test, View::WIDE, 0).await;
}
}

async fn journey(test: &Test, view: View, number: usize) {
    let (person, carla) = (test.demo.person("patient", number), test.demo.person("caregiver", 0));
    let home = format!("/p/{}", person.chart());
    let patient = test.browser(view).await;
    patient.sign_in_by_hand(person).await;
    patient.open(&format!("{home}/profile")).await;
    let born = patient.text().await;
    let born =
        born.split("Birth date").nth(1).and_then(|rest| rest.split('(').next()).expect("a date").trim().to_owned();
    patient.open(&format!("{home}/more")).await;
    checked(&patient, &view, "more").await;
    patient.follow("main a[href$='/caregivers']").await;
    patient.expect_on_console("status of 422");
    patient.fill("name", "Carla, my niece").await;
    patient.follow("main form[action$='/caregivers'] button").await;
    patient.shows("Tick at least one thing").await;
    assert_eq!(patient.value("name").await, "Carla, my niece");
    checked(&patient, &view, "caregivers-error").await;
    patient.click("#visits").await;
    patient.click("#medicines").await;
    patient.follow("main form[action$='/caregivers'] button").await;
    patient.shows("Help someone here").await;
    checked(&patient, &view, "caregiver-code").await;
    let code = patient.inner(".s-secret").await;

    let caregiver = test.browser(view).await;
    caregiver.open("/acting-for").await;
    caregiver.sign_in_here(carla).await;
    assert_eq!(caregiver.path().await, "/acting-for");
    caregiver.expect_on_console("status of 422");
    caregiver.fill("slip", &code).await;
    caregiver.fill("birth_date", "1 2 1903").await;
    caregiver.follow("main form[action='/acting-for'] button").await;
    caregiver.shows("don’t match").await;
    checked(&caregiver, &view, "acting-for-error").await;
    caregiver.fill("birth_date", &born).await;
    caregiver.follow("main form[action='/acting-for'] button").await;
    caregiver.shows("You can help now").await;
    caregiver.shows("You are acting for").await;
    assert_eq!(caregiver.path().await, home);
    checked(&caregiver, &view, "acting-home").await;
    caregiver.open(&format!("{home}/record/medicines")).await;
    caregiver.shows("You are acting for").await;
    checked(&caregiver, &view, "acting-medicines").await;
    caregiver.expect_on_console("status of 404");
    // One of them is nobody else's business, for a while.
    let medicine = open_medicine(&patient, &home).await;
    patient.follow("main form[action$='/private'] button[value=yes]").await;
    patient.shows("Private now").await;
    assert_eq!(patient.path().await, medicine);
    checked(&patient, &view, "private-entry").await;
    caregiver.open(&medicine).await;
    assert_eq!(caregiver.status().await, 404);
    patient.open(&format!("{home}/private")).await;
    checked(&patient, &view, "private-entries").await;
    patient.follow("main form[action$='/private'] button[type=submit]").await;
    patient.shows("can see it now").await;
    caregiver.open(&medicine).await;
    assert_eq!(caregiver.status().await, 200);
    caregiver.open(&format!("{home}/record/problems")).await;
    assert_eq!(caregiver.status().await, 404);
    caregiver.open(&format!("{home}/visits")).await;
    caregiver.follow("main .s-acting a").await;
    assert_eq!(caregiver.path().await, "/acting-for");
    checked(&caregiver, &view, "acting-for").await;

    patient.open(&format!("{home}/caregivers")).await;
    patient.shows("Carla Reyes").await;
    checked(&patient, &view, "caregivers").await;
    let desk = test.browser(view).await;
    desk.sign_in(test.demo.person("front-desk", 0)).await;
    desk.open(&format!("{home}/caregivers")).await;
    desk.shows("Why may they act for this patient?").await;
    checked(&desk, &view, "caregivers-desk").await;
    patient.open(&urls::access_log(person.chart())).await;
    patient.shows("Acting for you").await;
    patient.open(&format!("{home}/caregivers")).await;
    patient.follow("main form[action$='/caregivers/end'] button").await;
    patient.shows("They see nothing more").await;
    caregiver.open(&format!("{home}/visits")).await;
    assert_eq!(caregiver.status().await, 404);
}

/// Opens the first medicine that caregivers see: its path.
async fn open_medicine(patient: &Browser, home: &str) -> String {
    let list = format!("{home}/record/medicines");
    patient.open(&list).await;
    let links =
        format!("return [...document.querySelectorAll(\"main a[href^='{list}/']\")].map((link) => link.pathname)");
    for medicine in patient.script::<Vec<String>>(&links).await {
        patient.open(&medicine).await;
        if patient.text().await.contains("Caregivers too, if they were given") {
            return medicine;
        }
    }
    panic!("no medicine that caregivers see")
}
