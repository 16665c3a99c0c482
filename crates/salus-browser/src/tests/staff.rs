//! What the people who work here do, and what stays closed to them.

use std::collections::BTreeSet;

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Test, View, urls},
};

use super::reading::looks;

browser_test! {
async fn a_practitioner_opens_charts_in_their_care_and_no_others(test: &Test) {
    let doctor = test.practitioner();
    let browser = test.browser(View::WIDE).await;
    browser.expect_on_console("status of 404");
    browser.sign_in(doctor).await;
    browser.arrives_at(urls::STAFF).await;
    let mine: Vec<String> = browser
        .script("return [...document.querySelectorAll('main table a[href^=\"/p/\"]')].map((link) => link.pathname.split('/')[2])")
        .await;
    assert!(!mine.is_empty(), "{} has patients", doctor.name);

    // A patient in their care, found by name.
    let name: String = browser.script("return document.querySelector('main table a[href^=\"/p/\"]').textContent.trim()").await;
    search(&browser, &name).await;
    browser.shows("In your care").await;
    axe::finds_nothing(&browser).await;
    let address = browser.path().await;
    assert_eq!(address, urls::PATIENTS, "what was searched for is not in the address");
    let found: String = browser.script("return document.querySelector('main table a[href^=\"/p/\"]').pathname.split('/')[2]").await;
    assert!(mine.contains(&found));
    browser.click("main table a[href^='/p/']").await;
    browser.arrives_at(&urls::record(&found)).await;
    browser.shows(&name).await;
    for (slug, _) in urls::SECTIONS {
        browser.open(&urls::section(&found, slug)).await;
        assert_eq!(browser.status().await, 200, "{slug}");
        assert_eq!(browser.count(".s-chart").await, 1, "whose chart it is stands above {slug}");
    }
    // Who opened it is the patient's own page.
    browser.open(&urls::access_log(&found)).await;
    assert_eq!(browser.status().await, 404);

    // Everybody else's chart is not there.
    let others: Vec<&str> = test.demo.people.iter().filter_map(|person| person.patient.as_deref()).filter(|chart| !mine.iter().any(|own| own == chart)).collect();
    assert!(!others.is_empty(), "someone is not in the care of {}", doctor.name);
    for chart in others {
        for path in [urls::record(chart), urls::section(chart, "results"), urls::profile(chart)] {
            browser.open(&path).await;
            assert_eq!(browser.status().await, 404, "{path}");
            browser.shows("We can’t find this page").await;
        }
    }
}
}

browser_test! {
async fn a_patient_sees_who_looked_and_who_was_refused(test: &Test) {
    let patient = test.demo.person("patient", 1);
    let mut seen = Vec::new();
    for number in 0..2 {
        let doctor = test.demo.person("practitioner", number);
        let browser = test.browser(View::WIDE).await;
        browser.expect_on_console("status of 404");
        browser.sign_in(doctor).await;
        browser.open(&urls::section(patient.chart(), "medicines")).await;
        seen.push((doctor.name.clone(), browser.status().await));
    }
    assert_eq!(seen.iter().filter(|(_, status)| *status == 404).count(), seen.len() - seen.iter().filter(|(_, status)| *status == 200).count());
    let browser = test.browser(View::WIDE).await;
    browser.sign_in(patient).await;
    browser.open(&urls::access_log(patient.chart())).await;
    let text = browser.text().await;
    let looks = looks(&browser).await;
    for (name, status) in seen {
        if status == 200 {
            assert!(looks.iter().any(|(who, what)| *who == name && what == "Opened your medicines"), "{name} in {looks:#?}");
        } else {
            assert!(looks.iter().any(|(who, _)| *who == name) && text.contains("Refused"), "{name}, refused, in {looks:#?}");
        }
    }
}
}

browser_test! {
async fn the_front_desk_finds_anybody_and_opens_no_chart(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    browser.expect_on_console("status of 404");
    browser.expect_on_console("status of 422");
    browser.sign_in(test.demo.person("front-desk", 0)).await;
    let patient = test.patient();
    search(&browser, patient.plain_name()).await;
    browser.shows(patient.plain_name()).await;
    axe::finds_nothing(&browser).await;
    browser.click(&format!("main table a[href='{}']", urls::profile(patient.chart()))).await;
    browser.arrives_at(&urls::profile(patient.chart())).await;
    browser.shows(patient.plain_name()).await;
    for path in [urls::record(patient.chart()), urls::section(patient.chart(), "problems"), urls::access_log(patient.chart()), urls::AUDIT.to_owned()] {
        browser.open(&path).await;
        assert_eq!(browser.status().await, 404, "{path}");
    }
    // Nobody of that name, and too little to search for.
    search(&browser, "Zzyzx Qqq").await;
    browser.shows("No patient found").await;
    axe::finds_nothing(&browser).await;
    search(&browser, "a").await;
    browser.shows("Enter 2 letters or more").await;
    axe::finds_nothing(&browser).await;
}
}

browser_test! {
async fn the_privacy_officer_searches_the_audit_log(test: &Test) {
    // Something to find.
    let patient = test.patient();
    let reader = test.browser(View::WIDE).await;
    reader.sign_in(patient).await;
    reader.open(&urls::section(patient.chart(), "allergies")).await;

    let browser = test.browser(View::WIDE).await;
    browser.expect_on_console("status of 404");
    browser.expect_on_console("status of 422");
    browser.sign_in(test.demo.person("privacy-officer", 0)).await;
    browser.open(urls::AUDIT).await;
    browser.shows("The audit log").await;
    browser.fill("account", &patient.email).await;
    browser.submit().await;
    browser.until("what was found", "return !!document.getElementById('found-title')").await;
    let rows: Vec<String> = browser.script("return [...document.querySelectorAll('tbody tr')].map((row) => row.textContent)").await;
    assert!(rows.iter().any(|row| row.contains("Opened allergies")), "{rows:#?}");
    let accounts: BTreeSet<&str> = rows.iter().filter_map(|row| row.split("Account ").nth(1)?.get(..36)).collect();
    assert_eq!(accounts.len(), 1, "only this account's: {rows:#?}");
    axe::finds_nothing(&browser).await;
    browser.look(View::PHONE).await;
    axe::finds_nothing(&browser).await;
    browser.look(View::WIDE).await;

    browser.fill("from", "the day before").await;
    browser.submit().await;
    browser.shows("Enter a date like").await;
    axe::finds_nothing(&browser).await;

    // The log of looks is all there is: no chart, no search for patients.
    for path in [urls::record(patient.chart()), urls::PATIENTS.to_owned()] {
        browser.open(&path).await;
        assert_eq!(browser.status().await, 404, "{path}");
    }
}
}

async fn search(browser: &Browser, query: &str) {
    browser.open(urls::PATIENTS).await;
    browser.fill("query", query).await;
    browser.follow("main form[role=search] button").await;
    browser.until("an answer", "return !!document.querySelector('#found-title, [data-problems]')").await;
}
