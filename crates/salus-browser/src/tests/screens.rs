//! The pictures in `docs/screens`, made with `SALUS_SCREENS=1`: the main pages with the demo's people.

use std::path::PathBuf;

use crate::{
    browser_test,
    harness::{Browser, Person, Test, View, urls, workspace},
};

/// Pages are cut off below this.
const HIGHEST: u32 = 2_400;

browser_test! {
once: async fn pictures_of_the_main_pages(test: &Test) {
    if std::env::var("SALUS_SCREENS").as_deref() != Ok("1") {
        return;
    }
    let patient = test.patient();
    let chart = patient.chart();
    let newcomer = test.demo.people.iter().find(|person| !person.enrolled).expect("someone without an authenticator");

    let browser = test.browser(View::WIDE).await;
    browser.sign_in(test.demo.person("front-desk", 0)).await;
    find(&browser, patient).await;
    let browser = test.browser(View::WIDE).await;
    browser.sign_in(test.practitioner()).await;
    browser.open(urls::STAFF).await;
    keep(&browser, "staff-home").await;
    find(&browser, patient).await;
    keep(&browser, "staff-search").await;
    browser.follow("main table a[href^='/p/']").await;
    keep(&browser, "chart").await;
    browser.open(&urls::section(chart, "medicines")).await;

    let browser = test.browser(View::WIDE).await;
    browser.open(urls::SIGN_IN).await;
    keep(&browser, "sign-in").await;
    browser.password(patient).await;
    keep(&browser, "second-factor").await;
    browser.password(newcomer).await;
    keep(&browser, "enroll").await;

    browser.sign_in(patient).await;
    for (page, path) in [
        ("home", urls::HOME.to_owned()),
        ("record", urls::record(chart)),
        ("results", urls::section(chart, "results")),
        ("profile", urls::profile(chart)),
        ("access-log", urls::access_log(chart)),
        ("settings", urls::SETTINGS.to_owned()),
    ] {
        browser.open(&path).await;
        keep(&browser, page).await;
    }
    // The newest report with a value out of range and several tests says the most.
    browser.open(&urls::section(chart, "results")).await;
    let report: String = browser
        .script(
            r"const rows = [...document.querySelectorAll('main .s-row')];
              const tests = (row) => Number(row.textContent.match(/(\d+) tests/)?.[1] ?? 0);
              const best = rows.find((row) => row.querySelector('.s-tag--caution, .s-tag--bad') && tests(row) > 4) ?? rows[0];
              return best.querySelector('a').pathname",
        )
        .await;
    browser.open(&report).await;
    keep(&browser, "report").await;

    let browser = test.browser(View::WIDE).await;
    browser.sign_in(test.demo.person("privacy-officer", 0)).await;
    browser.open(urls::AUDIT).await;
    keep(&browser, "audit").await;
    browser.fill("account", &patient.email).await;
    browser.submit().await;
    keep(&browser, "audit-found").await;
}
}

async fn find(browser: &Browser, patient: &Person) {
    browser.open(urls::PATIENTS).await;
    browser.fill("query", patient.plain_name()).await;
    browser.follow("main form[role=search] button").await;
}

/// Keeps a picture of the page at both widths, when pictures are asked for.
pub(super) async fn keep(browser: &Browser, page: &str) {
    if std::env::var("SALUS_SCREENS").as_deref() != Ok("1") {
        return;
    }
    let folder: PathBuf = workspace().join("docs/screens");
    std::fs::create_dir_all(&folder).expect("a folder");
    for view in [View::WIDE, View::PHONE] {
        let picture = browser.picture(view, HIGHEST).await;
        std::fs::write(folder.join(format!("{page}-{}.png", view.width)), picture).expect("a picture");
    }
}
