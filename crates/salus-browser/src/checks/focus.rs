//! The way of the focus through a whole page by the Tab key.

use thirtyfour::Key;

use crate::harness::{Browser, MOST_STOPS, View};

/// Presses Tab through the whole page. Gives every fault, and how many stops there were.
pub async fn faults(browser: &Browser, view: View) -> (Vec<String>, usize) {
    browser.look(view).await;
    let path = browser.path().await;
    let (mut faults, mut seen) = (Vec::new(), Vec::new());
    let mut first = None;
    for _ in 0..MOST_STOPS {
        browser.press(Key::Tab).await;
        let stop = browser.focus().await;
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
    if seen.len() >= MOST_STOPS {
        faults.push(format!("{path}: Tab does not leave the page"));
    }
    if seen.is_sorted() {
        (faults, seen.len())
    } else {
        faults.push(format!("{path}: Tab does not follow the order of the page: {seen:?}"));
        (faults, seen.len())
    }
}
