//! The way of the focus through a page by the Tab key alone.

use serde::Deserialize;
use thirtyfour::Key;

use crate::harness::{Browser, View};

/// More stops than any page of ours has; whoever finds more has found a trap.
const MOST: usize = 250;

/// Where the focus is.
#[derive(Debug, Deserialize)]
pub struct Stop {
    /// Its number among the page's elements; none for the page itself.
    pub at: Option<usize>,
    /// In words.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong with how it looks.
    pub fault: Option<String>,
}

/// Where the focus is now.
pub async fn stop(browser: &Browser) -> Stop {
    browser.script(include_str!("focus.js")).await
}

/// Presses Tab until this element has the focus; every stop on the way must be seen.
pub async fn tab_to(browser: &Browser, css: &str) {
    let there =
        format!("return !!document.activeElement?.matches({})", serde_json::to_string(css).expect("a selector"));
    let mut way = Vec::new();
    for _ in 0..MOST {
        browser.press(Key::Tab).await;
        let stop = stop(browser).await;
        assert!(stop.fault.is_none(), "{}: {}: {}", browser.path().await, stop.place, stop.fault.unwrap_or_default());
        if browser.script(&there).await {
            return;
        }
        way.push(stop.place);
    }
    panic!("Tab does not come to {css} on {}, but to {way:#?}", browser.path().await);
}

/// The same, presses Enter there, and waits for the page that comes.
pub async fn follow(browser: &Browser, css: &str) {
    tab_to(browser, css).await;
    let before: f64 = browser.script("return performance.timeOrigin").await;
    browser.press(Key::Enter).await;
    let there = format!("return performance.timeOrigin !== {before} && document.readyState === 'complete'");
    browser.until("another page", &there).await;
}

/// Presses Tab through the whole page. Gives every fault, and how many stops there were.
pub async fn faults(browser: &Browser, view: View) -> (Vec<String>, usize) {
    browser.look(view).await;
    let path = browser.path().await;
    let (mut faults, mut seen) = (Vec::new(), Vec::new());
    let mut first = None;
    for _ in 0..MOST {
        browser.press(Key::Tab).await;
        let stop = stop(browser).await;
        // Once around: out of the page, or at the first stop again.
        let Some(at) = stop.at else { break };
        if first == Some(at) {
            break;
        }
        first = first.or(Some(at));
        if let Some(fault) = stop.fault {
            faults.push(format!("{path} at {} px: {}: {fault}", view.width, stop.place));
        }
        seen.push(at);
    }
    if seen.len() >= MOST {
        faults.push(format!("{path}: Tab does not leave the page"));
    }
    if seen.is_sorted() {
        (faults, seen.len())
    } else {
        faults.push(format!("{path}: Tab does not follow the order of the page: {seen:?}"));
        (faults, seen.len())
    }
}
