//! Browser tests: the real binary, with the demo's patients, in Chromium.
//!
//! Each test runs once on each engine, as `name::sqlite` and `name::postgres`:
//!
//! ```ignore
//! browser_test! {
//! async fn a_patient_reads_a_result(test: &Test) {
//!     let browser = test.browser(View::WIDE).await;
//!     browser.sign_in(test.patient()).await;
//!     browser.open(&urls::section(test.patient().chart(), "results")).await;
//!     axe::finds_nothing(&browser).await;
//! }
//! }
//! ```
//!
//! [`harness`] starts one `salus demo` per engine and a Chromium per test, and stops them by process id even when the
//! tests are killed. When a test ends, the browser must have been quiet: no message on its console (so no violation of
//! the content policy), and no request to another origin. A test that fails leaves a picture and the page in
//! `target/browser-failures`.
//!
//! On PostgreSQL nginx stands in front, with ModSecurity, the core rule set and the files of `packaging/nginx`: every journey
//! goes through it. On SQLite the browser asks the portal itself.
//!
//! What it needs (Debian's names): chromium, chromium-driver, postgresql, nginx, libnginx-mod-http-modsecurity,
//! modsecurity-crs, and libfaketime for the one test that moves the server's clock. What is missing is said, and under `CI=true` it fails. `SALUS_BIN` names the binary to drive;
//! without it, cargo builds it. `SALUS_SCREENS=1` writes the pictures in `docs/screens`.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod tests;
