//! A patient signs in, reads every part of their record, and finds each look written down.

use std::collections::BTreeSet;

use crate::{
    browser_test,
    harness::{Browser, Person, Test, View, urls},
};

browser_test! {
async fn a_patient_reads_everything_and_finds_each_look_written_down(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    let runs: bool = browser.script("return true").await;
    assert!(runs);
    read_everything(&browser, test.demo.person("patient", 1)).await;
}
}

browser_test! {
once: async fn the_same_without_scripts(test: &Test) {
    let browser = test.browser(View::WIDE.without_scripts()).await;
    browser.open(urls::SIGN_IN).await;
    // The button that shows the password is made by a script: none here, so scripts are off indeed.
    assert_eq!(browser.count("[data-password] button").await, 0);
    read_everything(&browser, test.demo.person("patient", 2)).await;
    assert_eq!(browser.count("[hidden][data-print]").await, browser.count("[data-print]").await);
}
}

browser_test! {
once: async fn the_same_on_a_phone(test: &Test) {
    let browser = test.browser(View::PHONE).await;
    read_everything(&browser, test.demo.person("patient", 3)).await;
}
}

async fn read_everything(browser: &Browser, person: &Person) {
    let chart = person.chart();
    browser.sign_in_by_hand(person).await;
    let first_name = person.plain_name().split(' ').next().unwrap_or_default();
    assert!(browser.heading().await.contains(first_name), "{} greets {first_name}", browser.heading().await);

    browser.open(&urls::record(chart)).await;
    assert_eq!(browser.heading().await, "Your health record");
    assert_eq!(browser.count(".s-tile").await, urls::SECTIONS.len());

    let mut opened = 0;
    let mut expected = BTreeSet::from(["Opened your record", "Opened your details"]);
    for (number, (slug, look)) in urls::SECTIONS.into_iter().enumerate() {
        let section = urls::section(chart, slug);
        browser.open(&urls::record(chart)).await;
        let tile = browser.find(&format!(".s-tile[href='{section}']")).await;
        let title =
            tile.find(thirtyfour::By::Css(".s-tile__title")).await.expect("a title").text().await.expect("a title");
        let empty = tile.class_name().await.expect("a class").unwrap_or_default().contains("s-tile--none");
        browser.click_on(&tile).await;
        browser.arrives_at(&section).await;
        assert_eq!(browser.status().await, 200, "{slug}");
        assert_eq!(browser.heading().await, title, "section {number}");
        assert_eq!(
            browser.count(".s-empty").await,
            usize::from(empty),
            "{slug} says so when it is empty, and only then"
        );
        expected.insert(look);

        // The first entry that has a page of its own.
        let item = format!("main a[href^='{section}/']:not([href*='/history'])");
        if browser.count(&item).await > 0 {
            let link = browser.find(&item).await;
            let to = link.prop("pathname").await.expect("a link").unwrap_or_default();
            browser.click_on(&link).await;
            browser.arrives_at(&to).await;
            assert_eq!(browser.status().await, 200, "{to}");
            assert!(!browser.heading().await.is_empty());
            opened += 1;
        } else {
            assert!(empty || slug == "coverage" || slug == "provenance", "{slug} has entries and none can be opened");
        }
    }
    assert!(opened >= 3, "{} has a record worth reading, and only {opened} entries could be opened", person.name);

    browser.open(&urls::profile(chart)).await;
    browser.shows(&person.name).await;

    browser.open(&urls::access_log(chart)).await;
    assert_eq!(browser.heading().await, "Who opened my record");
    let looks = looks(browser).await;
    for look in expected {
        assert!(looks.iter().any(|(who, what)| who == "You" && what == look), "“You: {look}” is missing in {looks:#?}");
    }
}

/// Who and what, on all pages of the list.
pub async fn looks(browser: &Browser) -> Vec<(String, String)> {
    let mut all = Vec::new();
    loop {
        let page: Vec<(String, String)> = browser
            .script(
                "return [...document.querySelectorAll('.s-look')].map((look) =>
                   [look.querySelector('strong').textContent.trim(), look.querySelector('.s-look__what').textContent.trim()])",
            )
            .await;
        all.extend(page);
        if browser.count(".s-pager a[rel=next]").await == 0 {
            return all;
        }
        let before = browser.path().await;
        browser.click(".s-pager a[rel=next]").await;
        browser.until("the next page", &format!("return location.pathname + location.search !== {before:?}")).await;
    }
}
