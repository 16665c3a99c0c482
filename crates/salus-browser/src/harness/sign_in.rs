//! Signing in: once by hand for each account and test process, by its cookie afterwards. A code works once.

use std::{sync::Arc, time::Duration};

use totp_rs::{Builder, Secret};

use super::{Browser, Person, demo::Demo, urls};

const SESSION: &str = "__Host-salus";
const STEP: u64 = 30;
/// How long tests share a session, in seconds: a test has five minutes before the password is asked again.
const FRESH: u64 = 10 * 60;

/// What is known of an account's sign-ins in this test process.
#[derive(Default)]
pub struct Account {
    /// The step whose code was used last.
    used: u64,
    /// The session that tests share, and when it began.
    session: Option<(String, u64)>,
}

impl Account {
    /// A code that was not used yet: this step's, or the next one's, which the server takes too; else waits.
    async fn next_code(&mut self, demo: &Demo, secret: &str) -> String {
        loop {
            let seconds = demo.seconds();
            let now = seconds / STEP;
            if let Some(step) = [now, now + 1].into_iter().find(|step| *step > self.used) {
                self.used = step;
                return code(secret, step);
            }
            tokio::time::sleep(Duration::from_secs(STEP - seconds % STEP)).await;
        }
    }
}

/// The code that an app with this secret shows now.
pub fn code_now(secret: &str) -> String {
    code(secret, super::machine_seconds() / STEP)
}

/// The code of a step (RFC 6238 with what every app takes: SHA-1, six digits, thirty seconds).
fn code(secret: &str, step: u64) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).expect("a secret in base32");
    Builder::new().with_secret(secret).with_step_duration(STEP).build_noncompliant().generate(step * STEP).to_string()
}

impl Demo {
    async fn account(&self, person: &Person) -> Arc<tokio::sync::Mutex<Account>> {
        Arc::clone(self.accounts.lock().await.entry(person.email.clone()).or_default())
    }
}

impl Browser {
    /// Signs in: with the session that an earlier test began, or by hand. A session in which the password would soon be asked
    /// again is left.
    pub async fn sign_in(&self, person: &Person) {
        let account = self.demo.account(person).await;
        let mut account = account.lock().await;
        if let Some((session, began)) = &account.session
            && self.demo.seconds() < began + FRESH
        {
            self.set_cookie(SESSION, session).await;
            self.open(urls::HOME).await;
            let path = self.path().await;
            if !path.starts_with(urls::SIGN_IN) && !path.starts_with("/session") {
                return;
            }
        }
        self.both_factors(person, &mut account).await;
        let session = self.cookie(SESSION).await.expect("a session has a cookie");
        account.session = Some((session, self.demo.seconds()));
    }

    /// Signs in by hand, with a session of its own.
    pub async fn sign_in_by_hand(&self, person: &Person) {
        let account = self.demo.account(person).await;
        self.both_factors(person, &mut *account.lock().await).await;
    }

    /// Signs in by hand from the page that asks for it, to wherever that page leads.
    pub async fn sign_in_here(&self, person: &Person) {
        let account = self.demo.account(person).await;
        let mut account = account.lock().await;
        self.password_here(person).await;
        self.code(person, &mut account).await;
        self.until(
            "a page after signing in",
            "return document.readyState === 'complete' && !location.pathname.startsWith('/sign-in')",
        )
        .await;
    }

    async fn both_factors(&self, person: &Person, account: &mut Account) {
        // Whoever is signed in would be sent to their home instead of the form.
        self.devtools("Network.clearBrowserCookies", serde_json::json!({})).await;
        self.password(person).await;
        self.code(person, account).await;
        self.arrives_at(&person.home()).await;
    }

    async fn code(&self, person: &Person, account: &mut Account) {
        self.fill("code", &account.next_code(self.demo, person.secret()).await).await;
        self.submit().await;
    }

    /// The first factor: ends at the page that asks for a code.
    pub async fn password(&self, person: &Person) {
        self.open(urls::SIGN_IN).await;
        self.password_here(person).await;
    }

    async fn password_here(&self, person: &Person) {
        self.fill("email", &person.email).await;
        self.fill("password", &person.password).await;
        self.submit().await;
        self.arrives_at(if person.enrolled { urls::CODE } else { urls::ENROLL }).await;
    }

    /// A code that this person's app would show, and that was not used yet.
    pub async fn code_of(&self, person: &Person) -> String {
        let account = self.demo.account(person).await;
        let mut account = account.lock().await;
        account.next_code(self.demo, person.secret()).await
    }
}

impl Person {
    fn secret(&self) -> &str {
        self.totp_secret.as_deref().unwrap_or_else(|| panic!("{} has no authenticator", self.name))
    }

    /// Where they come to after signing in.
    pub fn home(&self) -> String {
        self.patient.as_deref().map_or_else(|| urls::STAFF.to_owned(), |chart| format!("/p/{chart}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(code(secret, 59 / 30), "287082");
        assert_eq!(code(secret, 1_111_111_109 / 30), "081804");
    }
}
