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
    patient.follow("main article a.s-alone").await;
    patient.shows("Hidden: entries that are marked as sensitive").await;
    patient.shows("It was given until this day").await;
    checked(&patient, &view, "caregiver-preview").await;
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

browser_test! {
once: async fn a_caregiver_asks_by_the_keyboard_alone(test: &Test) {
    request(test, View::NARROW.by_keyboard(), ("Leo Reyes", "3 14 2019")).await;
}
}

browser_test! {
once: async fn a_caregiver_asks_on_a_phone_without_scripts(test: &Test) {
    request(test, View::PHONE.without_scripts(), ("Mia Reyes", "5 2 2018")).await;
}
}

browser_test! {
async fn a_caregiver_asks_on_a_wide_screen(test: &Test) {
    request(test, View::WIDE, ("Noa Reyes", "7 30 2020")).await;
}
}

/// A mother asks the clinic, with a photo of the papers; the front desk compares and says yes; she begins.
async fn request(test: &Test, view: View, (name, born): (&str, &str)) {
    let (given, family) = name.split_once(' ').expect("two names");
    let desk = test.browser(view).await;
    desk.sign_in_by_hand(test.demo.person("front-desk", 0)).await;
    desk.open("/staff/charts/new").await;
    desk.fill("given", given).await;
    desk.fill("family", family).await;
    desk.fill("birth_date", born).await;
    desk.click("#sex-1").await;
    desk.submit().await;

    let carla = test.browser(view).await;
    carla.open("/acting-for").await;
    carla.sign_in_here(test.demo.person("caregiver", 0)).await;
    carla.follow("main a[href='/acting-for/ask']").await;
    checked(&carla, &view, "ask-caregiver").await;
    carla.expect_on_console("status of 422");
    carla.fill("name", name).await;
    carla.submit().await;
    carla.shows("Choose why you may act for them").await;
    assert_eq!(carla.value("name").await, name);
    checked(&carla, &view, "ask-caregiver-error").await;
    carla.fill("birth_date", born).await;
    carla.click("#basis-1").await;
    carla.click("#visits").await;
    carla.fill("note", "I am the mother").await;
    carla.submit().await;
    carla.shows("We have your request").await;
    let asked = carla.path().await;
    // A file that is no photo is said beside the field; a photo is shown.
    carla.choose_file("file", "docs/browsers.md").await;
    carla.follow("main form[enctype] button").await;
    carla.shows("not a photo that we can open").await;
    checked(&carla, &view, "asked-caregiver-error").await;
    carla.choose_file("file", "docs/screens/home-390.png").await;
    carla.follow("main form[enctype] button").await;
    carla.shows("The photo is added").await;
    let drawn =
        "return [...document.querySelectorAll('.s-photos img')].every((it) => it.complete && it.naturalWidth > 0)";
    if view.scripts {
        carla.until("a photo", drawn).await;
    }
    checked(&carla, &view, "asked-caregiver").await;

    desk.open("/staff").await;
    desk.follow("main a[href='/staff/caregivers']").await;
    desk.shows(name).await;
    checked(&desk, &view, "caregiver-requests").await;
    let one = format!("/staff/caregivers/{}", asked.rsplit('/').next().expect("an id"));
    desk.follow(&format!("main a[href='{one}']")).await;
    desk.shows("I am the mother").await;
    checked(&desk, &view, "caregiver-request").await;
    desk.follow("main table a[href*='/caregivers/asked/']").await;
    desk.expect_on_console("status of 422");
    desk.submit().await;
    desk.shows("Choose how you checked it").await;
    checked(&desk, &view, "caregiver-compare-error").await;
    desk.click("#basis-1").await;
    desk.click("#evidence-2").await;
    desk.submit().await;
    desk.shows("You said yes").await;

    carla.open("/acting-for").await;
    carla.shows("We said yes").await;
    carla.follow(&format!("main a[href='{asked}']")).await;
    checked(&carla, &view, "asked-caregiver-yes").await;
    carla.follow("main form[action$='/begin'] button").await;
    carla.shows(&format!("You are acting for {name}")).await;
    assert!(carla.path().await.starts_with("/p/"), "{}", carla.path().await);
}
