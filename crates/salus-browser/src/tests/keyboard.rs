//! Everything by the keyboard alone, and the focus always in sight.

use std::{collections::BTreeSet, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;
use thirtyfour::Key;

use crate::{
    browser_test,
    checks::{focus, none, walk},
    harness::{Test, View, urls},
};

browser_test! {
async fn from_sign_in_to_a_result_by_the_keyboard_alone(test: &Test) {
    let person = test.demo.person("patient", 2);
    let browser = test.browser(View::WIDE).await;
    // Chromium notes that it did what signing out asks for.
    browser.expect_on_console("Clear-Site-Data");
    browser.open(urls::SIGN_IN).await;
    browser.tab_to("#email").await;
    browser.type_keys(&person.email).await;
    browser.tab_to("#password").await;
    browser.type_keys(&person.password).await;
    browser.press(Key::Enter).await;
    browser.arrives_at(urls::CODE).await;

    browser.tab_to("#code").await;
    browser.type_keys(&browser.code_of(person).await).await;
    browser.press(Key::Enter).await;
    browser.arrives_at(&person.home()).await;

    // The first stop jumps over header and navigation.
    browser.press(Key::Tab).await;
    assert_eq!(browser.focus().await.place, "a “Skip to main content”");
    browser.press(Key::Enter).await;
    browser.press(Key::Tab).await;
    assert!(browser.script::<bool>("return !!document.activeElement.closest('main')").await, "Tab goes on in the page's own part");

    let results = urls::section(person.chart(), "results");
    browser.tab_to(&format!("a[href='{results}']")).await;
    browser.press(Key::Enter).await;
    browser.arrives_at(&results).await;
    browser.tab_to(&format!("main a[href^='{results}/']")).await;
    let to: String = browser.script("return document.activeElement.pathname").await;
    browser.press(Key::Enter).await;
    browser.arrives_at(&to).await;
    browser.shows("Values").await;

    // And out again.
    browser.tab_to(".s-account__out button").await;
    browser.press(Key::Enter).await;
    browser.arrives_at("/sign-out").await;
}
}

browser_test! {
async fn a_form_with_problems_leads_to_its_first_field(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    browser.expect_on_console("status of 422");
    browser.open(urls::SIGN_IN).await;
    browser.tab_to("#email").await;
    browser.type_keys("someone").await;
    browser.press(Key::Enter).await;
    browser.until("the summary of problems", "return !!document.activeElement?.matches('[data-problems]')").await;
    browser.tab_to("a[href='#email']").await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.focus().await.place.split(' ').next(), Some("input#email"));
    let kept: String = browser.script("return document.activeElement.value").await;
    assert_eq!(kept, "someone");
}
}

browser_test! {
once: async fn the_focus_is_in_sight_on_every_page_of_a_patient(test: &Test) {
    every_stop_is_seen(test, &["patient"]).await;
}
}

browser_test! {
once: async fn the_focus_is_in_sight_on_every_page_of_the_staff(test: &Test) {
    every_stop_is_seen(test, &["practitioner", "nurse", "front-desk", "biller", "administrator", "privacy-officer"]).await;
}
}

async fn every_stop_is_seen(test: &Test, roles: &[&str]) {
    let browser = test.browser(View::WIDE).await;
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    for role in roles {
        let pages = walk::reachable(&browser, test.demo.person(role, 0)).await;
        for page in walk::unseen(&mut seen, pages) {
            for view in [View::WIDE, View::PHONE] {
                browser.open(&page).await;
                // Lists of fifty have fifty links of the same make: a few are enough.
                browser.thin_out().await;
                let (faults, stops) = focus::faults(&browser, view).await;
                all.extend(faults);
                assert!(stops >= 3, "{page} has {stops} stops");
            }
        }
    }
    none("faults of the focus", &all);
}

browser_test! {
once: async fn a_button_that_no_key_comes_to_stops_a_journey(test: &Test) {
    let browser = test.browser(View::NARROW.by_keyboard()).await;
    browser.open(urls::SIGN_IN).await;
    let button = "main form:not([data-passkey]) button[type=submit]";
    browser.script::<()>(&format!("document.querySelector('{button}').tabIndex = -1")).await;
    let pressed = AssertUnwindSafe(browser.click(button)).catch_unwind().await;
    assert!(pressed.is_err(), "the keyboard pressed what it can't come to");
}
}
