//! People who come in by the second door, through its pages.

use salus_kernel::{AccountId, MINUTE};

use super::{Browser, Page, Person, Postbox, World};
use crate::{accounts::totp::TotpSecret, shell::urls};

/// The password that they choose.
pub const CHOSEN: &str = "purple lantern over quiet water";

/// The text between two marks of a page.
pub fn between<'a>(page: &'a Page, before: &str, after: &str) -> &'a str {
    let rest =
        page.body.split_once(before).unwrap_or_else(|| panic!("no {before} on {}:\n{}", page.url, page.text())).1;
    rest.split_once(after).map_or(rest, |(text, _)| text)
}

/// The link to such a page in the newest mail to this address, as a path.
pub async fn mailed(postbox: &Postbox, email: &str, page: &str) -> Option<String> {
    let mark = format!("https://portal.example.org/{page}/");
    let mails = postbox.mails().await;
    let mail = mails.iter().rev().find(|mail| mail.contains(&format!("To: {email}\r\n")))?;
    // Long lines go over the wire in pieces (RFC 2045, section 6.7).
    let mail = mail.replace("=\r\n", "");
    let code = mail.split_once(&mark)?.1.split_whitespace().next()?;
    Some(format!("/{page}/{code}"))
}

/// Somebody who registered, with both steps set up.
pub struct Registered {
    /// Their account.
    pub account: AccountId,
    /// Their browser, signed in.
    pub browser: Browser,
}

impl std::ops::Deref for Registered {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl World {
    /// Asks for an account.
    pub async fn ask(&self, browser: &Browser, name: &str, born: &str, email: &str) -> Page {
        browser.get(urls::REGISTER).await.is_ok();
        let fields = [("name", name), ("birth_date", born), ("email", email), ("phone", "")];
        browser.post(urls::REGISTER, &fields).await
    }

    /// Sets up the second step, as the first session asks.
    pub async fn enroll(&self, browser: &Browser) -> TotpSecret {
        let page = browser.get(urls::ENROLL).await;
        let secret = between(&page, "translate=\"no\">", "</p>").to_owned();
        let totp = TotpSecret::from_base32(&secret).expect("a secret");
        let page = browser.post(urls::ENROLL, &[("code", &totp.code(self.now()))]).await;
        page.is_ok().shows("Save your recovery codes");
        self.advance(MINUTE / 2);
        totp
    }

    /// Somebody who has come as far as the front desk's queue.
    pub async fn registered(&self, postbox: &Postbox, name: &str, born: &str, email: &str) -> Registered {
        let browser = self.browser();
        self.ask(&browser, name, born, email).await.goes_to(urls::REGISTER_SENT);
        postbox.work(self).await;
        let link = mailed(postbox, email, "verify").await.expect("a link");
        browser.get(&link).await.is_ok();
        let page = browser.post(&link, &[("birth_date", born), ("password", CHOSEN), ("again", CHOSEN)]).await;
        page.goes_to(urls::ENROLL);
        self.enroll(&browser).await;
        Registered { account: self.newest_registration().await, browser }
    }

    /// Somebody has lost the second step and asks the clinic to call them.
    pub async fn asks_back_in(&self, postbox: &Postbox, email: &str) {
        let browser = self.browser();
        browser.get(urls::LOST).await.is_ok().shows("Lost your phone or passkey");
        browser.post(urls::LOST, &[("email", email)]).await.goes_to(urls::FORGOTTEN_SENT);
        postbox.work(self).await;
        let link = mailed(postbox, email, "reset").await.expect("a link");
        assert!(link.ends_with("/lost"), "{link}");
        browser.get(&link).await.is_ok().shows("Ask us to let you back in");
        browser.post(&link, &[("wanted", "call")]).await.goes_to(urls::LOST_ASKED);
        browser.get(urls::LOST_ASKED).await.is_ok().shows("We have your request");
        self.advance(MINUTE);
    }

    /// An administrator has vouched for this colleague.
    pub async fn vouched(&self, administrator: &Person, colleague: AccountId) {
        let account = colleague.to_string();
        administrator.get(urls::CLINIC_STAFF).await.is_ok();
        administrator.post(urls::CLINIC_STAFF_RETURN, &[("account", &account)]).await.goes_to(urls::CLINIC_STAFF);
        self.advance(MINUTE / 60);
    }

    /// The account whose address was verified last.
    pub async fn newest_registration(&self) -> AccountId {
        const NEWEST: salus_db::Sql = salus_db::sql!(
            "SELECT account_id FROM registration WHERE verified_at IS NOT NULL ORDER BY verified_at DESC, account_id DESC LIMIT 1"
        );
        let sight = salus_db::Sight { role: Some(salus_kernel::Role::FrontDesk), ..salus_db::Sight::default() };
        let (account,): (AccountId,) =
            self.db.read(&sight).await.expect("a look").one(NEWEST, Vec::new()).await.expect("a registration");
        account
    }
}

/// A text as it stands in a page.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

/// How long the fastest of so many takes on either side, in seconds. The two are asked in turn, and the fastest is what a
/// machine that has other things to do changes least (THR-05, ASVS V6.3.8).
pub async fn fastest(samples: usize, ask: impl AsyncFn(usize, usize)) -> [f64; 2] {
    let mut took = [f64::INFINITY; 2];
    for n in 0..samples {
        for (side, took) in took.iter_mut().enumerate() {
            let begun = std::time::Instant::now();
            ask(side, n).await;
            *took = took.min(begun.elapsed().as_secs_f64());
        }
    }
    took
}
