//! axe-core, from npm, in the page.

use std::{path::PathBuf, sync::OnceLock};

use serde::Deserialize;
use serde_json::json;

use crate::harness::{Browser, View, workspace};

/// What is checked, in every test that uses axe.
pub const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const RUN: &str = r"
const [options, done] = arguments;
axe.run(document, options).then(
  ({ violations }) => done(violations.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact: impact ?? '',
    help,
    places: nodes.map(({ target, html, failureSummary }) => `${target.join(' ')}: ${html.slice(0, 200)} (${failureSummary.replace(/\s+/g, ' ')})`),
  }))),
  (error) => done([{ rule: 'axe itself', impact: '', help: String(error), places: [] }]),
);";

/// One rule that a page breaks.
#[derive(Debug, Deserialize)]
pub struct Finding {
    /// axe's name for it.
    pub rule: String,
    impact: String,
    help: String,
    places: Vec<String>,
}

/// What axe finds on the page.
pub async fn findings(browser: &Browser) -> Vec<Finding> {
    run(browser, json!({ "runOnly": { "type": "tag", "values": TAGS }, "resultTypes": ["violations"] })).await
}

/// What axe finds on the page at a desk, and then on a phone and in its colours in the dark: a dark page differs from a
/// light one in nothing else. One line for each finding.
///
/// The desk gets the page as it is. For the rest its lists are thinned out: the fiftieth row has no other colours and
/// no other width than the first ones, and axe needs seconds for fifty.
pub async fn everywhere(browser: &Browser) -> Vec<String> {
    let path = browser.path().await;
    browser.look(View::WIDE).await;
    let mut all = lines(&findings(browser).await, &format!("{path} at {} px", View::WIDE.width));
    browser.thin_out().await;
    browser.dark(true).await;
    let colours = json!({ "runOnly": { "type": "rule", "values": ["color-contrast"] }, "resultTypes": ["violations"] });
    all.extend(lines(&run(browser, colours).await, &format!("{path} in the dark")));
    browser.dark(false).await;
    browser.look(View::PHONE).await;
    all.extend(lines(&findings(browser).await, &format!("{path} at {} px", View::PHONE.width)));
    browser.look(View::WIDE).await;
    all
}

async fn run(browser: &Browser, options: serde_json::Value) -> Vec<Finding> {
    if !browser.script::<bool>("return typeof axe === 'object'").await {
        let _: Option<bool> = browser.script(source()).await;
    }
    browser.script_async(RUN, vec![options]).await
}

/// The findings as lines, each with the place where they are.
fn lines(findings: &[Finding], place: &str) -> Vec<String> {
    findings
        .iter()
        .map(|Finding { rule, impact, help, places }| {
            format!("{place}: {rule} ({impact}): {help}\n    {}", places.join("\n    "))
        })
        .collect()
}

/// Fails when axe finds anything on the page.
pub async fn finds_nothing(browser: &Browser) {
    let place = browser.path().await;
    super::none("findings", &lines(&findings(browser).await, &place));
}

/// The source of axe-core: where `./x assets` put npm's packages, or beside the crate that asks for it.
fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let mut folders = vec![workspace().join("crates/salus-assets"), workspace()];
        let made = std::fs::read_dir(workspace().join("target/assets")).into_iter().flatten();
        folders.extend(made.filter_map(|entry| Some(entry.ok()?.path())));
        let mut found: Vec<PathBuf> =
            folders.into_iter().map(|folder| folder.join("node_modules/axe-core/axe.min.js")).collect();
        found.extend(std::env::var_os("SALUS_AXE").map(PathBuf::from));
        let changed = |path: &PathBuf| std::fs::metadata(path).and_then(|data| data.modified()).ok();
        let newest = found.into_iter().filter(|path| path.exists()).max_by_key(changed);
        let Some(newest) = newest else {
            panic!("axe-core is not here: run `./x assets`, or name its axe.min.js in SALUS_AXE")
        };
        std::fs::read_to_string(newest).expect("axe-core")
    })
}
