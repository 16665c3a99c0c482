//! axe finds nothing on any page that someone can come to, and does find what is wrong.

use crate::{
    browser_test,
    checks::{axe, layout, none, walk},
    harness::{Engine, Test, View, urls},
};

browser_test! {
async fn axe_finds_nothing_on_the_way_in(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    browser.expect_on_console("status of 422");
    browser.expect_on_console("status of 404");
    let newcomer = test.demo.people.iter().find(|person| !person.enrolled).expect("someone without an authenticator");
    let mut all = Vec::new();

    for page in ["/", urls::SIGN_IN, "/sign-out", "/session/ended?next=/home", "/no-such-page"] {
        browser.open(page).await;
        all.extend(axe::everywhere(&browser).await);
    }
    // With problems in the form.
    browser.open(urls::SIGN_IN).await;
    browser.fill("email", "not an address").await;
    browser.submit().await;
    browser.until("the problems", "return !!document.querySelector('[data-problems]')").await;
    all.extend(axe::everywhere(&browser).await);

    browser.password(test.patient()).await;
    all.extend(axe::everywhere(&browser).await);
    browser.submit().await;
    browser.until("the problems", "return !!document.querySelector('[data-problems]')").await;
    all.extend(axe::everywhere(&browser).await);
    browser.open(urls::RECOVERY).await;
    all.extend(axe::everywhere(&browser).await);

    browser.password(newcomer).await;
    all.extend(axe::everywhere(&browser).await);
    browser.fill("code", "000000").await;
    browser.submit().await;
    browser.until("the problems", "return !!document.querySelector('[data-problems]')").await;
    all.extend(axe::everywhere(&browser).await);
    none("findings", &all);
}
}

browser_test! {
async fn axe_finds_nothing_on_any_page_of_a_patient(test: &Test) {
    every_page(test, &["patient"]).await;
}
}

browser_test! {
async fn axe_finds_nothing_on_any_page_of_the_staff(test: &Test) {
    every_page(test, &["practitioner", "nurse", "front-desk", "biller", "administrator", "privacy-officer"]).await;
}
}

browser_test! {
once: async fn axe_finds_a_deliberately_broken_page(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    browser.open(urls::SIGN_IN).await;
    axe::finds_nothing(&browser).await;
    let _: Option<bool> = browser
        .script(
            "document.documentElement.removeAttribute('lang');
             document.querySelector('label').remove();
             const main = document.querySelector('main');
             const faint = document.createElement('p');
             faint.textContent = 'hard to read';
             faint.style.cssText = 'color:#ccc;background:#fff';
             const image = document.createElement('img');
             image.src = 'data:,';
             const small = document.createElement('button');
             small.setAttribute('aria-label', 'small');
             small.style.cssText = 'width:10px;height:10px;padding:0;min-height:0';
             const other = small.cloneNode();
             const heading = document.createElement('h5');
             heading.textContent = 'skips levels';
             const twice = document.createElement('p');
             twice.id = twice.className = 'twice';
             main.append(faint, image, small, other, heading);",
        )
        .await;
    let found: Vec<String> = axe::findings(&browser).await.into_iter().map(|finding| finding.rule).collect();
    for rule in ["html-has-lang", "label", "color-contrast", "image-alt", "target-size", "heading-order"] {
        assert!(found.iter().any(|other| other == rule), "{rule} is not among {found:?}");
    }
}
}

/// Opens every page that these people can come to, on both engines; axe reads them on one, because the same templates
/// fill them from the same people.
async fn every_page(test: &Test, roles: &[&str]) {
    let browser = test.browser(View::WIDE).await;
    let mut all = Vec::new();
    for role in roles {
        let pages = walk::reachable(&browser, test.demo.person(role, 0)).await;
        println!("{role}: {} pages: {pages:#?}", pages.len());
        for page in &pages {
            browser.open(page).await;
            all.extend(layout::faults(&browser, View::NARROW).await);
            if test.demo.engine == Engine::Sqlite {
                all.extend(axe::everywhere(&browser).await);
            }
        }
    }
    none("findings", &all);
}
