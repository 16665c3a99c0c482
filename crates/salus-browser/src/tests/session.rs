//! A session that nobody uses: a warning two minutes before its end, by the server's clock; and nothing typed is lost.

use thirtyfour::Key;

use crate::{
    browser_test,
    checks::{axe, layout, none},
    harness::{Browser, Demo, Person, Test, View, urls},
};

/// Moves the page's clock on, and has the page look at it.
const LATER: &str = "
const ahead = arguments[0] * 1000;
const now = Date.now;
Date.now = () => now.call(Date) + ahead;
document.dispatchEvent(new Event('visibilitychange'));";

const OPEN: &str = "return document.getElementById('session-warning').open";
const ASKED: &str =
    "return performance.getEntriesByType('resource').some((r) => r.name.endsWith('/session/remaining'))";
const MINUTE: u64 = 60;

browser_test! {
async fn a_session_warns_before_its_end_and_loses_nothing(test: &Test) {
    let Some(demo) = Demo::with_clock(test.demo.engine) else { return };
    let patient = demo.person("patient", 0);
    let browser = test.browser_in(demo, View::WIDE).await;
    browser.sign_in_by_hand(patient).await;
    a_wrong_clock_of_the_browser_warns_nobody(&browser, demo).await;
    the_warning_comes_two_minutes_before(&browser, demo).await;
    a_page_that_nobody_typed_on_leaves_by_itself(&browser, demo, patient).await;
    what_was_typed_is_kept(&browser, demo, patient).await;
    let doctor = demo.person("practitioner", 0);
    let browser = test.browser_in(demo, View::WIDE).await;
    browser.sign_in_by_hand(doctor).await;
    assert_eq!(seconds_left(&browser).await.div_ceil(MINUTE), 15, "the staff has fifteen minutes");
    the_keyboard_alone_extends_it(&browser, demo).await;
    what_staff_typed_is_kept(&browser, demo, doctor).await;
}
}

/// Someone types, is called away, and comes back to the warning: the focus goes in, stays in, and comes back to the
/// field with all that was typed.
async fn the_keyboard_alone_extends_it(browser: &Browser, demo: &Demo) {
    for key in [Key::Enter, Key::Escape] {
        open(browser, urls::PATIENTS).await;
        browser.tab_to("#query").await;
        browser.type_keys("Okafor, half ty").await;
        demo.advance(13 * MINUTE);
        later(browser, 13 * MINUTE).await;
        browser.until("the warning", OPEN).await;
        // Nothing behind the warning can be reached.
        for _ in 0..6 {
            let inside: bool = browser
                .script("const at = document.activeElement; return at === document.body || !!at.closest('#session-warning')")
                .await;
            assert!(inside, "the focus is at {}", browser.focus().await.place);
            browser.press(Key::Tab).await;
        }
        browser.tab_to("#session-warning [data-stay] button").await;
        browser.press(key).await;
        browser.until("the end of the warning", "return !document.getElementById('session-warning').open").await;
        assert_eq!(browser.focus().await.place.split(' ').next(), Some("input#query"), "the focus comes back");
        browser.type_keys("ped").await;
        let typed: String = browser.script("return document.getElementById('query').value").await;
        assert_eq!(typed, "Okafor, half typed");
        // Past the old end, the server still knows them.
        demo.advance(3 * MINUTE);
        browser.open(urls::PATIENTS).await;
        browser.arrives_at(urls::PATIENTS).await;
    }
}

/// The form that comes back after signing in has the text in a field of its own, whichever form it was.
async fn what_staff_typed_is_kept(browser: &Browser, demo: &Demo, person: &Person) {
    open(browser, urls::PATIENTS).await;
    browser.fill("query", "Zzyzx Qqq").await;
    demo.advance(16 * MINUTE);
    later(browser, 16 * MINUTE).await;
    browser.until("the end of the session", OPEN).await;
    browser.press(Key::Enter).await;
    browser.arrives_at("/session/ended").await;
    browser.click("main a.s-button").await;
    browser.arrives_at(urls::SIGN_IN).await;
    browser.sign_in_here(person).await;
    browser.shows("We kept what you typed").await;
    let kept: String = browser.script("return document.querySelector('main textarea').value").await;
    assert_eq!(kept, "Zzyzx Qqq");
    axe::finds_nothing(browser).await;
    for view in [View::WIDE, View::NARROW] {
        none("faults of layout", &layout::faults(browser, view).await);
    }
    browser.look(View::WIDE).await;
    browser.submit().await;
    browser.arrives_at(urls::PATIENTS).await;
    browser.shows("No patient found").await;
}

async fn a_wrong_clock_of_the_browser_warns_nobody(browser: &Browser, demo: &Demo) {
    open(browser, urls::SETTINGS).await;
    assert_eq!(seconds_left(browser).await.div_ceil(MINUTE), 30, "a patient has thirty minutes");
    later(browser, 29 * MINUTE).await;
    browser.until("a question to the server", ASKED).await;
    pause().await;
    assert!(!browser.script::<bool>(OPEN).await, "the server says that there is time");
    // Nor does a server that is near the end, but not near enough.
    open(browser, urls::SETTINGS).await;
    demo.advance(27 * MINUTE + 30);
    later(browser, 28 * MINUTE + 5).await;
    browser.until("a question to the server", ASKED).await;
    pause().await;
    assert!(!browser.script::<bool>(OPEN).await, "more than two minutes are left");
}

async fn the_warning_comes_two_minutes_before(browser: &Browser, demo: &Demo) {
    open(browser, urls::SETTINGS).await;
    assert_eq!(seconds_left(browser).await.div_ceil(MINUTE), 30, "opening a page is a sign of life");
    demo.advance(28 * MINUTE);
    later(browser, 28 * MINUTE).await;
    browser.until("the warning", OPEN).await;
    browser.shows("Are you still there?").await;
    browser
        .until("the seconds left", r"return /\d+ seconds left/.test(document.querySelector('[data-left]').textContent)")
        .await;
    let focus: String = browser.script("return document.activeElement.textContent").await;
    assert_eq!(focus, "Stay signed in");
    for view in [View::WIDE, View::PHONE, View::NARROW] {
        browser.look(view).await;
        axe::finds_nothing(browser).await;
        none("faults of layout", &layout::faults(browser, view).await);
    }
    browser.look(View::WIDE).await;
    browser.click("#session-warning [data-stay] button").await;
    browser.until("the end of the warning", "return !document.getElementById('session-warning').open").await;
    // The server's time has not run out a minute after the old end.
    demo.advance(3 * MINUTE);
    browser.open(urls::SETTINGS).await;
    assert_eq!(browser.heading().await, "Settings");
}

async fn a_page_that_nobody_typed_on_leaves_by_itself(browser: &Browser, demo: &Demo, person: &Person) {
    open(browser, urls::SETTINGS).await;
    demo.advance(31 * MINUTE);
    later(browser, 31 * MINUTE).await;
    browser
        .until(
            "the page after the end",
            "return location.pathname === '/session/ended' && document.readyState === 'complete'",
        )
        .await;
    axe::finds_nothing(browser).await;
    browser.click("main a.s-button").await;
    browser.arrives_at(urls::SIGN_IN).await;
    browser.sign_in_here(person).await;
    browser.arrives_at(urls::SETTINGS).await;
}

async fn what_was_typed_is_kept(browser: &Browser, demo: &Demo, person: &Person) {
    open(browser, urls::SETTINGS).await;
    browser.click("label[for='font-2']").await;
    demo.advance(31 * MINUTE);
    later(browser, 31 * MINUTE).await;
    browser.until("the end of the session", OPEN).await;
    browser.shows("We signed you out").await;
    axe::finds_nothing(browser).await;
    browser.click("#session-warning [data-stay] button").await;
    browser.arrives_at("/session/ended").await;
    browser.shows("What you typed is safe").await;
    axe::finds_nothing(browser).await;
    browser.click("main a.s-button").await;
    browser.arrives_at(urls::SIGN_IN).await;
    browser.sign_in_here(person).await;
    browser.shows("We kept what you typed").await;
    axe::finds_nothing(browser).await;
    browser.submit().await;
    browser.arrives_at(urls::SETTINGS).await;
    browser.shows("Your settings are saved").await;
    let chosen: bool = browser
        .script(
            "return document.getElementById('font-2').checked && document.documentElement.dataset.font === 'atkinson'",
        )
        .await;
    assert!(chosen);
}

/// Opens a page, and waits until it minds the session.
async fn open(browser: &Browser, path: &str) {
    browser.open(path).await;
    browser.until("the script of the warning", "return performance.getEntriesByType('resource').some((r) => r.name.includes('/session-') && r.responseEnd > 0)").await;
    // Fetched, but perhaps not run yet.
    pause().await;
}

async fn later(browser: &Browser, seconds: u64) {
    let _: Option<bool> = browser.script_with(LATER, vec![seconds.into()]).await;
}

async fn seconds_left(browser: &Browser) -> u64 {
    browser.script("return Number(document.getElementById('session-warning').dataset.seconds)").await
}

async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}
