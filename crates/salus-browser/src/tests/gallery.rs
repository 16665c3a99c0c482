//! Every page in every state that the gallery has: empty, with problems, with fifty rows, with the longest names.

use serde_json::json;

use crate::{
    browser_test,
    checks::{axe, layout, none},
    harness::{Browser, Test, View, urls},
};

browser_test! {
async fn axe_finds_nothing_in_the_gallery_on_a_desk(test: &Test) {
    let (browser, samples) = gallery(test, View::WIDE).await;
    let mut all = Vec::new();
    let (mut a, mut b, mut c, mut d, mut e) = (0.0,0.0,0.0,0.0,0.0);
    for sample in samples.iter().take(30) {
        let t = std::time::Instant::now();
        browser.open(sample).await;
        a += t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        all.extend(axe::lines(&axe::findings(&browser).await, sample));
        b += t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        browser.look(View::PHONE).await;
        all.extend(axe::lines(&axe::findings(&browser).await, sample));
        c += t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        for view in [View::NARROW, View::PHONE, View::ZOOMED, View::WIDE] {
            layout::faults(&browser, view).await;
        }
        d += t.elapsed().as_secs_f64();
        let t = std::time::Instant::now();
        all.extend(axe::lines(&axe::findings_in_colours(&browser).await, sample));
        e += t.elapsed().as_secs_f64();
    }
    println!("TIMES nav {a} axe {b} axephone {c} layout {d} colours {e}");
    none("findings", &all);
}
}

browser_test! {
async fn axe_finds_nothing_in_the_gallery_on_a_phone(test: &Test) {
    let (browser, samples) = gallery(test, View::PHONE).await;
    let mut all = Vec::new();
    for sample in &samples {
        browser.open(sample).await;
        all.extend(axe::lines(&axe::findings(&browser).await, sample));
    }
    none("findings", &all);
}
}

browser_test! {
async fn everything_in_the_gallery_can_be_read_in_the_dark(test: &Test) {
    let (browser, samples) = gallery(test, View::WIDE).await;
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] })).await;
    let mut all = Vec::new();
    for sample in &samples {
        browser.open(sample).await;
        let dark: bool = browser.script("return matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert!(dark);
        all.extend(axe::lines(&axe::findings_in_colours(&browser).await, sample));
    }
    none("findings", &all);
}
}

browser_test! {
async fn everything_in_the_gallery_fits_its_screen(test: &Test) {
    let (browser, samples) = gallery(test, View::WIDE).await;
    let mut all = Vec::new();
    for sample in &samples {
        browser.open(sample).await;
        for view in [View::NARROW, View::PHONE, View::ZOOMED, View::WIDE] {
            let found = layout::faults(&browser, view).await;
            all.extend(found);
        }
    }
    none("faults of layout", &all);
}
}

/// A browser, and the address of every sample.
async fn gallery(test: &Test, view: View) -> (std::sync::Arc<Browser>, Vec<String>) {
    let browser = test.browser(view).await;
    browser.expect_on_console("/favicon.ico");
    browser.open(urls::GALLERY).await;
    let samples: Vec<String> = browser
        .script("return [...document.querySelectorAll('main a[href^=\"/dev/gallery/\"]')].map((link) => link.pathname)")
        .await;
    assert!(samples.len() > 100, "{} samples", samples.len());
    for state in ["empty", "50-rows"] {
        assert!(samples.iter().any(|sample| sample.ends_with(state)), "no sample is {state}");
    }
    (browser, samples)
}
