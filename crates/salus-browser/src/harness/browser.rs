//! A browser as tests use it, and what it heard: console messages and requests to elsewhere.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{By, Key, WebElement};

use super::{
    chromium::{Chromium, View},
    demo::Demo,
};

/// How long a page may take to come.
const PATIENCE: Duration = Duration::from_secs(15);

/// One browser, with the demo's portal in it.
pub struct Browser {
    pub demo: &'static Demo,
    pub(super) chromium: Chromium,
    keyboard: bool,
    heard: Mutex<Heard>,
}

/// What a browser heard so far.
#[derive(Default, Clone, Debug)]
pub struct Heard {
    /// Every message on the console but those that the test said would come.
    pub console: Vec<String>,
    /// Every request that was not to the portal.
    pub elsewhere: Vec<String>,
    /// How many requests there were in all: a log that hears nothing proves nothing.
    pub requests: usize,
    expected: Vec<&'static str>,
    deaf: bool,
}

impl Browser {
    pub(super) async fn start(demo: &'static Demo, view: View) -> Self {
        let chromium = Chromium::start(view).await;
        Self { demo, chromium, keyboard: view.keyboard, heard: Mutex::default() }
    }

    /// The WebDriver session itself.
    pub fn driver(&self) -> &thirtyfour::WebDriver {
        &self.chromium.driver
    }

    /// Pretends another screen; scripts and size of text stay as they were.
    pub async fn look(&self, view: View) {
        self.chromium.look(view).await;
    }

    /// Whether the reader prefers dark pages.
    pub async fn dark(&self, dark: bool) {
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [scheme] })).await;
        assert_eq!(self.script::<bool>("return matchMedia('(prefers-color-scheme: dark)').matches").await, dark);
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.driver().cdp().send_raw(method, parameters).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Opens an address of the portal.
    #[track_caller]
    pub fn open(&self, path: &str) -> impl Future<Output = ()> {
        let url = format!("{}{path}", self.demo.url);
        async move { self.driver().goto(url.as_str()).await.unwrap_or_else(|error| panic!("{url}: {error}")) }
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.driver().current_url().await.expect("an address");
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// The status of the page's own response.
    pub async fn status(&self) -> u16 {
        self.script("return performance.getEntriesByType('navigation')[0].responseStatus").await
    }

    /// The page's heading.
    pub async fn heading(&self) -> String {
        self.find("h1").await.text().await.expect("a heading")
    }

    /// The page as it can be read.
    pub async fn text(&self) -> String {
        self.find("body").await.text().await.expect("a text").replace('\u{a0}', " ")
    }

    /// Fails unless the page can be read and has this text.
    pub async fn shows(&self, text: &str) {
        let page = self.text().await;
        assert!(page.contains(text), "no “{text}” on {}:\n{page}", self.path().await);
    }

    /// The first of these elements.
    pub async fn find(&self, css: &str) -> WebElement {
        match self.driver().find(By::Css(css)).await {
            Ok(element) => element,
            Err(_) => {
                panic!("no {css} on {}:\n{}", self.path().await, self.driver().source().await.unwrap_or_default())
            }
        }
    }

    /// How many of these elements there are.
    pub async fn count(&self, css: &str) -> usize {
        self.driver().find_all(By::Css(css)).await.expect("elements").len()
    }

    /// Types into the field with this id, in place of what is there.
    pub async fn fill(&self, id: &str, text: &str) {
        if self.keyboard {
            return self.fill_by_keys(id, text).await;
        }
        let field = self.find(&format!("#{id}")).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Chooses a file of the workspace; by the keyboard one comes to the field, and the window of the system is not ours.
    pub async fn choose_file(&self, id: &str, path: &str) {
        let field = format!("#{id}");
        if self.keyboard {
            self.tab_to(&field).await;
        }
        let path = super::workspace().join(path);
        self.find(&field).await.send_keys(path.to_str().expect("a path")).await.expect("a file");
    }

    /// Clicks on the first of these elements, or does by keys what a click would do.
    pub async fn click(&self, css: &str) {
        if self.keyboard {
            return self.click_by_keys(css).await;
        }
        self.click_on(&self.find(css).await).await;
    }

    /// Clicks on what leads to another page (or the same one again), and waits until that is there.
    pub async fn follow(&self, css: &str) {
        let before: f64 = self.script("return performance.timeOrigin").await;
        self.click(css).await;
        self.until(
            "another page",
            &format!("return performance.timeOrigin !== {before} && document.readyState === 'complete'"),
        )
        .await;
    }

    /// Sends the main form of the page; a passkey's is one beside it.
    pub async fn submit(&self) {
        self.follow("main form:not([data-passkey]) button[type=submit]").await;
    }

    /// The text of an element.
    pub async fn inner(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("its text")
    }

    /// What stands in a field.
    pub async fn value(&self, id: &str) -> String {
        self.find(&format!("#{id}")).await.prop("value").await.expect("its value").unwrap_or_default()
    }

    /// Clicks on an element, in the middle of the screen: on a phone a bar may cover its end, and people scroll on.
    pub async fn click_on(&self, element: &WebElement) {
        let this = element.to_json().expect("an element");
        let _: Option<bool> =
            self.script_with("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", vec![this]).await;
        element.click().await.unwrap_or_else(|error| panic!("{element:?}: {error}"));
    }

    /// Leaves the first and the last three rows of each list: fifty rows of the same make say no more than a few.
    pub async fn thin_out(&self) {
        let _: Option<bool> = self
            .script(
                "for (const list of document.querySelectorAll('main ul, main tbody')) {
                   const rows = [...list.children];
                   for (const row of rows.slice(3, -3)) if (rows.length > 6) row.remove();
                 }",
            )
            .await;
    }

    /// Presses a key, wherever the focus is.
    pub async fn press(&self, key: Key) {
        self.driver().action_chain().send_keys(key).perform().await.expect("a key");
    }

    /// Types with the keyboard, wherever the focus is.
    pub async fn type_keys(&self, text: &str) {
        self.driver().action_chain().send_keys(text).perform().await.expect("keys");
    }

    /// Runs a script in the page. The content policy does not hold for it, nor do trusted types for what it is itself.
    pub async fn script<T: DeserializeOwned>(&self, script: &str) -> T {
        self.script_with(script, Vec::new()).await
    }

    /// The same, with arguments.
    pub async fn script_with<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> T {
        let answer = self.driver().execute(script, arguments).await;
        let answer =
            answer.unwrap_or_else(|error| panic!("{}…: {error}", script.chars().take(200).collect::<String>()));
        answer.convert().unwrap_or_else(|error| panic!("{:?}: {error}", answer.json()))
    }

    /// Runs a script in every page that is opened from now on: when all of its text is there, before any script of its own.
    pub async fn at_once(&self, script: &str) {
        let source = format!(
            "document.addEventListener('readystatechange', () => {{ if (document.readyState === 'interactive') {{ {script} }} }})"
        );
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// Runs a script that calls its last argument when it is done.
    pub async fn script_async<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> T {
        let answer = self.driver().execute_async(script, arguments).await;
        let answer =
            answer.unwrap_or_else(|error| panic!("{}…: {error}", script.chars().take(200).collect::<String>()));
        answer.convert().unwrap_or_else(|error| panic!("{:?}: {error}", answer.json()))
    }

    /// Waits until a script says true.
    pub async fn until(&self, what: &str, script: &str) {
        let began = Instant::now();
        while !self.script::<bool>(script).await {
            assert!(
                began.elapsed() < PATIENCE,
                "{what} did not happen on {}:\n{}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page at this path, whatever its query, is there.
    pub async fn arrives_at(&self, path: &str) {
        let began = Instant::now();
        loop {
            let here = self.path().await;
            let ready = self.script::<String>("return document.readyState").await == "complete";
            if ready && here.split('?').next() == Some(path) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "came to {here} and not to {path}:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Says that messages with this text will be on the console: a page with status 404 makes one.
    pub fn expect_on_console(&self, text: &'static str) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).expected.push(text);
    }

    /// What was heard so far.
    pub async fn heard(&self) -> Heard {
        let console = self.driver().get_log("browser").await.expect("the console");
        let network = self.driver().get_log("performance").await.expect("the network's log");
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in console {
            if !heard.expected.iter().any(|text| entry.message.contains(text)) {
                heard.console.push(format!("{}: {}", entry.level, entry.message));
            }
        }
        let home = format!("{}/", self.demo.url);
        for entry in network {
            let event: Value = serde_json::from_str(&entry.message).expect("an event");
            if event["message"]["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let url = event["message"]["params"]["request"]["url"].as_str().unwrap_or_default();
            heard.requests += 1;
            // What the browser itself shows before the first page, and what never leaves a page.
            let here = url.starts_with(&home)
                || ["data:", "blob:", "about:", "chrome:", "chrome-untrusted:"].iter().any(|own| url.starts_with(own));
            if !here {
                heard.elsewhere.push(url.to_owned());
            }
        }
        heard.clone()
    }

    /// Forgets what was heard, and expects whatever comes: for tests of the hearing itself.
    pub fn forget(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = Heard { deaf: true, ..Heard::default() };
    }

    /// Fails when there was anything on the console or any request to elsewhere.
    pub async fn is_quiet(&self) {
        let heard = self.heard().await;
        if heard.deaf {
            return;
        }
        assert!(heard.console.is_empty(), "on the console:\n{}", heard.console.join("\n"));
        assert!(heard.elsewhere.is_empty(), "requests to elsewhere:\n{}", heard.elsewhere.join("\n"));
    }

    /// A picture of the whole page, at most this high.
    pub async fn picture(&self, view: View, highest: u32) -> Vec<u8> {
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
        // A screen of the same size would keep the bars it has.
        self.look(View { height: view.height + 1, ..view }).await;
        self.look(view).await;
        self.until("its fonts", "return document.fonts.status === 'loaded'").await;
        let high: f64 = self
            .script("scrollTo(0, 0); document.activeElement?.blur(); return document.documentElement.scrollHeight")
            .await;
        let high = format!("{high:.0}").parse::<u32>().unwrap_or(view.height).clamp(view.height, highest);
        // The window grows, so that what is fixed to its end is there and not in the middle.
        self.look(View { height: high, ..view }).await;
        let picture = self.driver().screenshot_as_png().await.expect("a picture");
        self.look(view).await;
        picture
    }

    /// Keeps what the browser shows, for whoever looks into a failure.
    pub(super) async fn photograph(&self, name: &str) {
        let folder = super::workspace().join("target/browser-failures");
        let _ = std::fs::create_dir_all(&folder);
        if let Ok(picture) = self.driver().screenshot_as_png().await {
            let _ = std::fs::write(folder.join(format!("{name}.png")), picture);
        }
        let source = self.driver().source().await.unwrap_or_default();
        let url = self.driver().current_url().await.map(String::from).unwrap_or_default();
        let _ = std::fs::write(folder.join(format!("{name}.html")), format!("<!-- {url} -->\n{source}"));
        println!("Its page is in target/browser-failures/{name}.png and .html");
    }

    pub(super) async fn cookie(&self, name: &str) -> Option<String> {
        let all = self.devtools("Network.getCookies", json!({ "urls": [self.demo.url] })).await;
        let found = all["cookies"].as_array()?.iter().find(|cookie| cookie["name"] == name)?;
        found["value"].as_str().map(str::to_owned)
    }

    pub(super) async fn set_cookie(&self, name: &str, value: &str) {
        let cookie = json!({
            "name": name, "value": value, "url": self.demo.url, "path": "/",
            "secure": true, "httpOnly": true, "sameSite": "Lax",
        });
        let set = self.devtools("Network.setCookie", cookie).await;
        assert_eq!(set["success"], true, "{set}");
    }
}
