//! Every page in every state that the gallery has: empty, with problems, with fifty rows, with the longest names.

use crate::{
    browser_test,
    checks::{axe, layout, none},
    harness::{Browser, Test, View, urls},
};

// Two tests, so that two browsers share the longest walk of all.
browser_test! {
once: async fn one_half_of_the_gallery_has_no_faults(test: &Test) {
    half_has_no_faults(test, 0).await;
}
}

browser_test! {
once: async fn the_other_half_of_the_gallery_has_no_faults(test: &Test) {
    half_has_no_faults(test, 1).await;
}
}

/// Every other sample is opened once: it fits its screens, and axe finds nothing.
async fn half_has_no_faults(test: &Test, which: usize) {
    let (browser, samples) = gallery(test).await;
    let mut all = Vec::new();
    for sample in samples.iter().skip(which).step_by(2) {
        browser.open(sample).await;
        for view in [View::NARROW, View::PHONE, View::ZOOMED, View::WIDE] {
            all.extend(layout::faults(&browser, view).await);
        }
        all.extend(axe::everywhere(&browser).await);
    }
    none("faults", &all);
}

/// A browser, and the address of every sample.
async fn gallery(test: &Test) -> (std::sync::Arc<Browser>, Vec<String>) {
    let browser = test.browser(View::WIDE).await;
    // The list of samples is a bare page without an icon.
    browser.expect_on_console("/favicon.ico");
    browser.open(urls::GALLERY).await;
    let samples: Vec<String> = browser
        .script("return [...document.querySelectorAll('main a[href^=\"/dev/gallery/\"]')].map((link) => link.pathname)")
        .await;
    assert!(samples.len() > 100, "{} samples", samples.len());
    for state in ["empty", "error", "50-rows"] {
        assert!(samples.iter().any(|sample| sample.ends_with(state)), "no sample is {state}");
    }
    (browser, samples)
}
