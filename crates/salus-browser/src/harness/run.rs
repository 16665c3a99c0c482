//! One test: its browsers, its time limit, and what is kept of a failure.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;

use super::{Browser, Demo, Engine, Person, chromium::View};

/// How long a test may take; the longest takes a fifth of it on a quiet machine with two cores.
const LIMIT: Duration = Duration::from_secs(480);

/// What a test is given.
pub struct Test {
    /// The running portal.
    pub demo: &'static Demo,
    browsers: Mutex<Vec<Arc<Browser>>>,
}

impl Test {
    /// A new browser, with nobody signed in. At the end of the test it must have been quiet.
    pub async fn browser(&self, view: View) -> Arc<Browser> {
        self.browser_in(self.demo, view).await
    }

    /// The same in a demo of the test's own.
    pub async fn browser_in(&self, demo: &'static Demo, view: View) -> Arc<Browser> {
        let browser = Arc::new(Browser::start(demo, view).await);
        self.all().push(Arc::clone(&browser));
        browser
    }

    /// The patient whom tests share.
    pub fn patient(&self) -> &Person {
        self.demo.person("patient", 0)
    }

    /// The practitioner whom tests share.
    pub fn practitioner(&self) -> &Person {
        self.demo.person("practitioner", 0)
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Browser>>> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a test on an engine, and fails it when it takes too long or when a browser was not quiet.
pub fn run(engine: Engine, name: &str, body: impl AsyncFnOnce(&Test)) {
    let Some(demo) = Demo::on(engine) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let began = Instant::now();
        let test = Test { demo, browsers: Mutex::default() };
        let whole = async {
            body(&test).await;
            let all = test.all().clone();
            for browser in all {
                browser.is_quiet().await;
            }
        };
        let outcome = tokio::time::timeout(LIMIT, AssertUnwindSafe(whole).catch_unwind()).await;
        println!("{name} on {engine:?} took {:.1} s", began.elapsed().as_secs_f64());
        let browsers = std::mem::take(&mut *test.all());
        for (number, browser) in browsers.into_iter().enumerate() {
            if !matches!(outcome, Ok(Ok(()))) {
                let name = format!("{name}-{engine:?}-{number}").to_lowercase();
                let _ = tokio::time::timeout(Duration::from_secs(15), browser.photograph(&name)).await;
            }
            if let Some(browser) = Arc::into_inner(browser) {
                browser.chromium.quit().await;
            }
        }
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => panic!("took longer than {LIMIT:?}"),
        }
    });
}
