//! Against real providers on this machine, whose own pages are filled in as a person would: a generic one, and Google, Microsoft
//! and Okta as an emulator has them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test, in the time of the provider's own clock"
)]

mod generic;
mod peer;
mod person;
mod vendors;

use std::time::SystemTime;

use salus_kernel::Instant;
use salus_oidc::{Attempt, testing};

fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap())
}

/// A way to the provider of this key, and back.
fn attempt(key: &str, number: u8) -> Attempt {
    testing::attempt(number, &format!("https://portal.example.org/sign-in/with/{key}/back"))
}
