//! Records that are watched, why somebody opens one, and the week that is signed off: by the keyboard alone at the desk, and without
//! scripts for the privacy officer.

use std::time::Duration;

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Demo, Test, View, pause, urls},
};

use super::screens::keep;

const DAY: u64 = 24 * 60 * 60;
const REVIEWS: &str = "/audit/reviews";
const WATCHED: &str = "/audit/watched";

browser_test! {
async fn a_curious_look_is_found_and_a_watched_record_asks_why(test: &Test) {
    let Some(demo) = Demo::with_clock(test.demo.engine) else { return };
    let (patient, clerk, officer) =
        (demo.person("patient", 0), demo.person("front-desk", 0), demo.person("privacy-officer", 0));
    let profile = format!("{}/profile", patient.home());
    let desk = test.browser_in(demo, View::NARROW.by_keyboard()).await;
    desk.sign_in_by_hand(clerk).await;
    desk.open(&profile).await;
    desk.shows(patient.plain_name()).await;

    let privacy = test.browser_in(demo, View::NARROW.without_scripts()).await;
    privacy.sign_in_by_hand(officer).await;
    privacy.open(urls::HOME).await;
    privacy.follow("main a[href$='/audit/reviews']").await;
    privacy.shows("Weekly review").await;
    privacy.follow("main a[href$='/audit/watched']").await;
    privacy.shows("No record is watched yet").await;
    privacy.expect_on_console("status of 422");
    privacy.submit().await;
    privacy.shows("Choose whose record it is").await;
    let id = patient.chart();
    privacy.fill("number", id.get(24..).expect("the end of an id")).await;
    privacy.click("#whose option[value=other]").await;
    privacy.submit().await;
    privacy.shows("The record is watched from now on").await;
    assert!(!privacy.text().await.contains(patient.plain_name()), "the officer reads whose record it is");
    keep(&privacy, "watched-records").await;

    desk.open(&profile).await;
    desk.shows("Why do you need this record?").await;
    axe::finds_nothing(&desk).await;
    keep(&desk, "watched-why").await;
    desk.expect_on_console("status of 422");
    desk.fill("reason", "bill").await;
    desk.submit().await;
    desk.shows("Write in a sentence").await;
    axe::finds_nothing(&desk).await;
    assert_eq!(desk.value("reason").await, "bill");
    desk.fill("reason", "She called about her bill of November 3.").await;
    desk.submit().await;
    desk.shows("open to you for an hour").await;
    desk.shows(patient.plain_name()).await;
    assert_eq!(desk.path().await, profile);

    privacy.open(urls::HOME).await;
    privacy.follow("main a[href$='/emergencies']").await;
    privacy.shows("She called about her bill").await;
    privacy.follow("main button[value=justified]").await;
    privacy.shows("It was right, says").await;

    // A week later: what the clerk looked at before anybody watched it.
    demo.advance(8 * DAY);
    let privacy = test.browser_in(demo, View::NARROW.by_keyboard()).await;
    privacy.sign_in_by_hand(officer).await;
    a_week_is_gone_through(&privacy).await;
    axe::finds_nothing(&privacy).await;
    keep(&privacy, "reviews").await;
    privacy.follow("main .s-rows li:last-child a").await;
    privacy.shows("You have this record watched").await;
    axe::finds_nothing(&privacy).await;
    keep(&privacy, "review-week").await;
    privacy.follow("main button[value=reason]").await;
    privacy.shows("That is noted").await;
    privacy.shows("There was a reason, says").await;
    privacy.follow("main form[action$='/sign'] button").await;
    privacy.shows("The week is signed off").await;
    privacy.shows("Signed off by").await;
    axe::finds_nothing(&privacy).await;
    privacy.open(WATCHED).await;
    privacy.follow("main form[action$='/end'] button").await;
    privacy.shows("The record is watched no longer").await;
}
}

/// The program looks at its clock by itself, every few seconds.
async fn a_week_is_gone_through(officer: &Browser) {
    for _ in 0..60 {
        officer.open(REVIEWS).await;
        // The week in which the clerk looked is over.
        if officer.text().await.contains("To sign off") {
            return;
        }
        pause(Duration::from_millis(500));
    }
    panic!("the log was not gone through");
}
