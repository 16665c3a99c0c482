//! Every page that someone can come to by links from their home: one of each kind. A photo that opens by itself is no page.

use std::collections::{BTreeSet, VecDeque};

use crate::harness::{Browser, Person};

/// Signs this person in, and gives one address for each kind of page that they can come to. Walked once in a test
/// process for each of them.
pub async fn reachable(browser: &Browser, person: &Person) -> Vec<String> {
    browser.sign_in(person).await;
    let mut all = browser.demo.reachable.lock().await;
    if let Some(known) = all.get(&person.email) {
        return known.clone();
    }
    let mut found = walk(browser, &person.home()).await;
    // Reached from elsewhere than a link, but everybody's.
    for page in ["/settings/password", "/sessions"] {
        if !found.iter().any(|path| path == page) {
            found.push(page.to_owned());
        }
    }
    all.insert(person.email.clone(), found.clone());
    found
}

/// The pages of a kind that was not seen before: what people of several roles come to is the same page for each.
pub fn unseen(seen: &mut BTreeSet<String>, pages: Vec<String>) -> Vec<String> {
    pages.into_iter().filter(|page| seen.insert(kind(page))).collect()
}

async fn walk(browser: &Browser, home: &str) -> Vec<String> {
    let mut kinds = BTreeSet::from([kind(home)]);
    let mut waiting = VecDeque::from([home.to_owned()]);
    let mut pages = Vec::new();
    while let Some(path) = waiting.pop_front() {
        browser.open(&path).await;
        let status = browser.status().await;
        assert_eq!(status, 200, "a link leads to {path}");
        let links: Vec<String> = browser
            .script(
                "return [...document.querySelectorAll('a[href]')]
                   .filter((link) => link.origin === location.origin && !link.hasAttribute('download') && !link.hasAttribute('data-leave-now') && !link.querySelector('img') && link.pathname !== location.pathname + '#')
                   .map((link) => link.pathname + link.search)",
            )
            .await;
        for link in links {
            if kinds.insert(kind(&link)) {
                waiting.push_back(link);
            }
        }
        pages.push(path);
    }
    pages
}

/// An address without what differs between pages of one kind: ids, and the numbers of pages in a list.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.split('/').map(|part| if is_id(part) { ":id" } else { part }).collect();
    let keys: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), keys.join("&"))
}

fn is_id(part: &str) -> bool {
    part.len() >= 16 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_one_kind_are_walked_once() {
        let one = "/p/0198c5d2-1111-7abc-8def-000000000001/record/results/0198c5d2-1111-7abc-8def-000000000002";
        let other = "/p/0198c5d2-1111-7abc-8def-000000000001/record/results/0198c5d2-1111-7abc-8def-000000000003";
        assert_eq!(kind(one), kind(other));
        assert_ne!(kind(one), kind("/p/0198c5d2-1111-7abc-8def-000000000001/record/results"));
        assert_eq!(kind("/x?page=2"), kind("/x?page=3"));
        assert_ne!(kind("/x"), kind("/x?page=3"));
    }
}
