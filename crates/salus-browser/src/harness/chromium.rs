//! A Chromium of one's own behind a chromedriver of one's own.

use std::{path::PathBuf, time::Duration};

use serde_json::json;
use thirtyfour::{ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use super::kept::Kept;

/// How a browser looks at pages.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Device pixels in a CSS pixel: 2 is how pages are laid out at 200 % zoom.
    pub zoom: u32,
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// Whether the reader has a keyboard and nothing else.
    pub keyboard: bool,
    /// The reader's own size of text; 16 is the usual one.
    pub text: u32,
}

impl View {
    /// A desk.
    pub const WIDE: Self = Self { width: 1280, height: 900, zoom: 1, scripts: true, keyboard: false, text: 16 };
    /// A phone.
    pub const PHONE: Self = Self { width: 390, height: 844, ..Self::WIDE };
    /// The narrowest that pages must fit into (WCAG 1.4.10).
    pub const NARROW: Self = Self { width: 320, height: 640, ..Self::WIDE };
    /// A desk at 200 %.
    pub const ZOOMED: Self = Self { width: 640, height: 450, zoom: 2, ..Self::WIDE };
    /// A desk whose reader wants text twice as large.
    pub const LARGE_TEXT: Self = Self { text: 32, ..Self::WIDE };

    /// The same with scripts off.
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// The same by the keyboard alone.
    pub fn by_keyboard(self) -> Self {
        Self { keyboard: true, ..self }
    }
}

/// Both processes, and the session with them.
pub struct Chromium {
    pub driver: WebDriver,
    chromedriver: Kept,
}

impl Chromium {
    /// Starts one.
    pub async fn start(view: View) -> Self {
        let (chromedriver, port, folder) = chromedriver();
        let mut wishes = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Where "Leave now" leads: nobody is asked, and nobody answers.
            "--host-resolver-rules=MAP www.weather.gov 127.0.0.1:9",
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            "--lang=en-US",
            &format!("--window-size={},{}", view.width, view.height),
            &format!("--user-data-dir={}", folder.join("profile").display()),
        ] {
            wishes.add_arg(flag).expect("a flag");
        }
        let scripts = if view.scripts { 1 } else { 2 };
        wishes
            .add_experimental_option(
                "prefs",
                json!({
                    "profile.managed_default_content_settings.javascript": scripts,
                    "webkit.webprefs.default_font_size": view.text,
                    "credentials_enable_service": false,
                    "profile.password_manager_leak_detection": false,
                }),
            )
            .expect("preferences");
        wishes.set_logging_prefs("browser", LoggingPrefsLogLevel::All).expect("a log");
        wishes.set_logging_prefs("performance", LoggingPrefsLogLevel::All).expect("a log");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await.expect("a session with Chromium");
        let chromium = Self { driver, chromedriver };
        chromium.look(view).await;
        chromium
    }

    /// Pretends a screen of this size.
    pub async fn look(&self, view: View) {
        let screen =
            json!({ "width": view.width, "height": view.height, "deviceScaleFactor": view.zoom, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", screen).await.expect("a screen");
    }

    /// Ends the session; what does not end by itself is ended by its keeper.
    pub async fn quit(self) {
        let _ = tokio::time::timeout(Duration::from_secs(10), self.driver.quit()).await;
        // Blocks for a moment: the keeper waits until all are gone.
        drop(self.chromedriver);
    }
}

/// A chromedriver on a free port. It takes one that is free on IPv6 and then the same on IPv4, which fails at times.
fn chromedriver() -> (Kept, u16, PathBuf) {
    let mut tries = 0;
    loop {
        let folder = tempfile::Builder::new().prefix("salus-chromium-").tempdir().expect("a folder").keep();
        let program = ["chromedriver", "--port=0"];
        let process = Kept::start(&program, "TERM", Some(&folder), &folder.join("errors.log"));
        let port = |line: &str| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok();
        match process.wait_for(Duration::from_secs(30), port) {
            Ok(port) => return (process, port, folder),
            Err(error) => assert!(tries < 5, "chromedriver: {error}"),
        }
        tries += 1;
    }
}
