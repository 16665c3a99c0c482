//! Whether a page fits its screen: no sideways scrolling, nothing cut off, targets large enough to hit.

use crate::harness::{Browser, View};

/// What is wrong with the page on this screen, one line each.
pub async fn faults(browser: &Browser, view: View) -> Vec<String> {
    browser.look(view).await;
    let found: Vec<String> = browser.script(include_str!("layout.js")).await;
    let path = browser.path().await;
    found.into_iter().map(|fault| format!("{path} at {} px: {fault}", view.width)).collect()
}
