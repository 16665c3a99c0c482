//! The page keeps to itself: no inline code, no request to elsewhere. Every test looks for both at its end; this one
//! sees to it that they would be seen.

use std::time::Duration;

use crate::{
    browser_test,
    harness::{Test, View, urls},
};

browser_test! {
once: async fn what_breaks_the_content_policy_is_heard(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    for (what, script) in [
        ("an inline script", "const s = document.createElement('script'); s.append('1'); document.head.append(s)"),
        ("text made into a script", "const s = document.createElement('script'); try { s.textContent = '1' } catch {}"),
        ("an inline style", "const s = document.createElement('style'); s.append('p { color: red }'); document.head.append(s)"),
        ("a picture from elsewhere", "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)"),
        ("a request to elsewhere", "fetch('http://127.0.0.1:9/').catch(() => {})"),
    ] {
        browser.open(urls::SIGN_IN).await;
        let before = browser.heard().await.console.len();
        let _: Option<bool> = browser.script(script).await;
        let mut heard = browser.heard().await;
        for _ in 0..50 {
            if heard.console.len() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            heard = browser.heard().await;
        }
        let new = &heard.console[before..];
        let known = ["Content Security Policy", "TrustedScript", "Trusted Type"];
        assert!(new.iter().any(|line| known.iter().any(|words| line.contains(words))), "{what}: {new:#?}");
    }
    browser.forget();
    // And the browser tells the portal of it, which writes it down (ASVS V3.4.7).
    for directive in ["img-src", "connect-src", "style-src-elem"] {
        let told = |log: &str| {
            log.lines().any(|line| line.contains("A browser refused something on a page") && line.contains(directive))
        };
        let mut tries = 0;
        while !told(&test.demo.log()) {
            tries += 1;
            assert!(tries < 100, "the log has nothing of {directive}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert!(!test.demo.log().contains("x.png"), "an address is in the log");
}
}

browser_test! {
once: async fn who_leaves_at_once_is_gone(test: &Test) {
    // THR-06: somebody is walked in on.
    let browser = test.browser(View::PHONE).await;
    let patient = test.patient();
    for scripts in [true, false] {
        browser.sign_in(patient).await;
        browser.open(&urls::record(patient.chart())).await;
        if !scripts {
            // As without a script: the link is followed.
            let _: Option<bool> = browser.script("document.querySelector('.s-leave').removeAttribute('data-leave-now'); for (const link of document.querySelectorAll('.s-leave')) link.replaceWith(link.cloneNode(true))").await;
        }
        browser.click(".s-leave").await;
        for _ in 0..100 {
            if browser.driver().current_url().await.is_ok_and(|url| url.host_str() == Some("www.weather.gov")) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let url = browser.driver().current_url().await.expect("an address");
        assert_eq!(url.host_str(), Some("www.weather.gov"), "with scripts: {scripts}");
        browser.driver().back().await.expect("back");
        let shown = browser.driver().source().await.expect("a page");
        assert!(!shown.contains("s-account__who"), "the page is still there: with scripts: {scripts}");
        browser.open(urls::HOME).await;
        assert!(browser.path().await.starts_with(urls::SIGN_IN), "the session is still there");
        browser.forget();
    }
}
}

browser_test! {
once: async fn requests_to_elsewhere_are_heard(test: &Test) {
    let browser = test.browser(View::WIDE).await;
    browser.open(urls::SIGN_IN).await;
    let heard = browser.heard().await;
    assert!(heard.requests >= 3, "page, style sheet, script: {heard:#?}");
    assert_eq!(heard.elsewhere, Vec::<String>::new());
    // The same machine under another name is another origin.
    let other = test.demo.url.replace("localhost", "127.0.0.1");
    let _ = browser.driver().goto(format!("{other}/healthz").as_str()).await;
    let heard = browser.heard().await;
    assert!(!heard.elsewhere.is_empty(), "{heard:#?}");
    browser.forget();
}
}

/// How much the browser keeps for this portal, beside cookies.
const KEPT: &str = "
  const done = arguments[arguments.length - 1];
  Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])
    .then((lists) => done(localStorage.length + sessionStorage.length + lists.reduce((sum, list) => sum + list.length, 0)))";

browser_test! {
once: async fn the_browser_keeps_nothing_of_a_record(test: &Test) {
    // ASVS V14.3.3.
    let patient = test.patient();
    let chart = patient.chart();
    let browser = test.browser(View::PHONE).await;
    browser.sign_in(patient).await;
    for page in [urls::HOME.to_owned(), urls::record(chart), urls::section(chart, "results"), format!("/p/{chart}/messages/new")] {
        browser.open(&page).await;
    }
    browser.fill("body", "Typed, and kept by the clinic alone.").await;
    tokio::time::sleep(Duration::from_secs(11)).await; // longer than a draft waits
    assert_eq!(browser.script_async::<u64>(KEPT, Vec::new()).await, 0);
    browser.script::<()>("sessionStorage.setItem('planted', '1')").await;
    assert_eq!(browser.script_async::<u64>(KEPT, Vec::new()).await, 1, "nothing would be found");
}
}
