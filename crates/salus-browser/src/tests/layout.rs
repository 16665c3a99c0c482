//! Pages fit: the narrowest screen, twice the size, a finger.
//!
//! Once, not on each engine: the same templates fill the same style sheet. The narrowest screen is looked at on both
//! all the same, by the walk that also asks axe.

use std::collections::BTreeSet;

use crate::{
    browser_test,
    checks::{layout, none, walk},
    harness::{Test, View, urls},
};

const ROLES: [&str; 7] =
    ["patient", "practitioner", "nurse", "front-desk", "biller", "administrator", "privacy-officer"];

browser_test! {
once: async fn every_page_fits_narrow_screens_zoom_and_fingers(test: &Test) {
    let views = [View::NARROW, View::PHONE, View::ZOOMED, View::WIDE];
    let mut all = Vec::new();
    let browser = test.browser(View::WIDE).await;
    for page in [urls::SIGN_IN, "/sign-out", "/session/ended", "/"] {
        browser.open(page).await;
        for view in views {
            all.extend(layout::faults(&browser, view).await);
        }
    }
    for role in ROLES {
        let pages = walk::reachable(&browser, test.demo.person(role, 0)).await;
        for page in &pages {
            browser.open(page).await;
            for view in views {
                all.extend(layout::faults(&browser, view).await);
            }
        }
    }
    none("faults of layout", &all);
}
}

browser_test! {
once: async fn every_page_fits_when_the_reader_wants_text_twice_as_large(test: &Test) {
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    let browser = test.browser(View::LARGE_TEXT).await;
    for role in ROLES {
        let pages = walk::reachable(&browser, test.demo.person(role, 0)).await;
        let size: String = browser.script("return getComputedStyle(document.body).fontSize").await;
        assert_eq!(size, "36px", "the page takes up the reader's size of text");
        for page in walk::unseen(&mut seen, pages) {
            browser.open(&page).await;
            for view in [View::LARGE_TEXT, View { width: 640, ..View::LARGE_TEXT }] {
                all.extend(layout::faults(&browser, view).await);
            }
        }
    }
    none("faults of layout", &all);
}
}

browser_test! {
once: async fn faults_of_layout_are_found(test: &Test) {
    let browser = test.browser(View::NARROW).await;
    browser.open(urls::SIGN_IN).await;
    assert_eq!(layout::faults(&browser, View::NARROW).await, Vec::<String>::new());
    // A script's own changes to `style` are allowed by the policy; inline attributes are not.
    for (fault, script) in [
        ("scrolls sideways:", "document.querySelector('h1').style.width = '900px'"),
        ("target of", "const b = document.createElement('button'); b.style.cssText = 'width:20px;height:20px;padding:0;border:0'; document.querySelector('main').append(b)"),
        ("text of 9px", "document.querySelector('h1').style.fontSize = '9px'"),
        ("cuts off its content", "const h = document.querySelector('h1'); h.style.cssText = 'width:20px;overflow:hidden;white-space:nowrap'"),
    ] {
        browser.open(urls::SIGN_IN).await;
        let _: Option<bool> = browser.script(script).await;
        let found = layout::faults(&browser, View::NARROW).await;
        assert!(found.iter().any(|line| line.contains(fault)), "“{fault}” is not in {found:#?}");
    }
    browser.sign_in(test.patient()).await;
    browser.open(urls::SETTINGS).await;
    assert_eq!(layout::faults(&browser, View::NARROW).await, Vec::<String>::new());
    browser.script::<()>("document.querySelector('.s-foot form').remove()").await;
    assert!(layout::faults(&browser, View::NARROW).await.iter().any(|line| line.contains("no way to sign out")));
}
}
