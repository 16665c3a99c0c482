//! Booking a visit, and the clinic's day: in few steps, on a narrow screen, without scripts.

use std::sync::Arc;

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Person, Test, View, urls},
};

use super::screens::keep;

browser_test! {
async fn a_visit_is_booked_moved_received_and_cancelled(test: &Test) {
    let patient = test.demo.person("patient", 1);
    let browser = test.browser(View::WIDE).await;
    browser.sign_in(patient).await;
    let visit = book(&browser, patient, "My knee hurts when I climb stairs.", true).await;
    browser.open(urls::HOME).await;
    browser.shows("Your next visit").await;
    keep(&browser, "home-visit").await;
    browser.open(&format!("{}/visits", patient.home())).await;
    looked(&browser, "visits").await;

    // Moving: the reason is there already.
    browser.open(&visit).await;
    browser.follow("main a[href*='/visits/times']").await;
    browser.shows("You keep the visit on").await;
    looked(&browser, "visit-move").await;
    browser.follow("main .s-times .s-time").await;
    assert_eq!(browser.value("reason").await, "My knee hurts when I climb stairs.");
    browser.follow("main form[action$='/move'] button").await;
    browser.shows("The visit is moved").await;
    let moved = browser.path().await;
    assert_ne!(moved, visit);
    browser.open(&visit).await;
    browser.shows("This visit was moved").await;

    // The clinic: the day, and the chart's visit.
    let desk = test.browser(View::WIDE).await;
    desk.sign_in(test.demo.person("front-desk", 0)).await;
    desk.open("/staff/day").await;
    looked(&desk, "").await;
    desk.open(&moved).await;
    desk.shows("Booked").await;
    assert!(!desk.text().await.contains("knee"), "the front desk reads what the visit is about");
    looked(&desk, "visit-desk").await;
    let day: String = desk.script(
        "return new Date(document.querySelector('h1').textContent.replace(/\\u00a0/g, ' ').replace(/, \\d+:.*/, '')).toLocaleDateString('en-CA')",
    ).await;
    desk.open(&format!("/staff/day?on={day}")).await;
    desk.shows(patient.name.split_whitespace().last().expect("a name")).await;
    keep(&desk, "day").await;
    looked(&desk, "").await;

    desk.open(&moved).await;
    desk.follow("main a[href$='/cancel']").await;
    desk.expect_on_console("status of 422");
    desk.submit().await;
    desk.shows("Choose why").await;
    looked(&desk, "visit-cancel").await;
    desk.click("input[value=practitioner-away]").await;
    desk.submit().await;
    desk.shows("Canceled by the clinic").await;
    browser.open(&moved).await;
    browser.shows("The practitioner is away").await;
    looked(&browser, "visit-cancelled").await;
}
}

browser_test! {
async fn a_visit_is_booked_without_scripts_on_a_narrow_screen(test: &Test) {
    let patient = test.demo.person("patient", 2);
    let browser = test.browser(View::NARROW.without_scripts()).await;
    browser.sign_in(patient).await;
    let visit = book(&browser, patient, "A cough that will not go.", false).await;
    browser.open(&format!("{visit}/cancel")).await;
    browser.click("input[value=better]").await;
    browser.submit().await;
    browser.shows("You canceled this visit").await;
}
}

/// Books the first time that is offered, from home; gives the visit's address. Six steps are enough.
async fn book(browser: &Arc<Browser>, patient: &Person, reason: &str, scripts: bool) -> String {
    let look = async |page: &str| {
        if scripts {
            looked(browser, page).await;
        }
    };
    browser.open(&patient.home()).await;
    let mut steps = 0;
    let mut step = async |css: &str| {
        browser.follow(css).await;
        steps += 1;
    };
    step("main a[href$='/visits/new']").await;
    look("visit-new").await;
    browser.click("input[name=service]").await;
    step("main form button[type=submit]").await;
    look("visit-times").await;
    step("main .s-times .s-time").await;
    browser.shows("keep this time for you").await;
    look("visit-confirm").await;
    browser.expect_on_console("status of 422");
    browser.follow("main form[action$='/confirm'] button").await;
    browser.shows("Write in a few words").await;
    look("").await;
    browser.fill("reason", reason).await;
    step("main form[action$='/confirm'] button").await;
    browser.shows("The visit is booked").await;
    browser.shows(reason).await;
    look("visit").await;
    assert!(steps <= 6, "{steps} steps");
    browser.path().await
}

/// axe finds nothing, and where pictures are asked for a page with a name is kept.
async fn looked(browser: &Arc<Browser>, page: &str) {
    axe::finds_nothing(browser).await;
    if !page.is_empty() {
        keep(browser, page).await;
    }
}
