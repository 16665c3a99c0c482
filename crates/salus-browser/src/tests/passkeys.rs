//! Passkeys, with the authenticator that Chromium pretends to have (WebAuthn, section 11): ASVS V6.3.3, V6.5.7, V6.7.1.

use serde_json::{Value, json};

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Test, View, urls},
};

use super::screens::keep;

const SIGN_IN_METHODS: &str = "/settings/sign-in";
const ADD: &str = "/settings/sign-in/passkey";
const PASSKEY: &str = "main form[data-passkey] button[type=submit]";

/// A phone with a finger on it.
struct Phone<'a> {
    browser: &'a Browser,
    id: String,
}

impl<'a> Phone<'a> {
    async fn of(browser: &'a Browser) -> Self {
        browser.devtools("WebAuthn.enable", json!({ "enableUI": false })).await;
        let options = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        });
        let made = browser.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": options })).await;
        Self { browser, id: made["authenticatorId"].as_str().expect("an id").to_owned() }
    }

    /// Whether the finger is the owner's.
    async fn finger(&self, right: bool) {
        let wish = json!({ "authenticatorId": self.id, "isUserVerified": right });
        self.browser.devtools("WebAuthn.setUserVerified", wish).await;
    }

    /// The keys in it, private halves and all.
    async fn keys(&self) -> Vec<Value> {
        let all = self.browser.devtools("WebAuthn.getCredentials", json!({ "authenticatorId": self.id })).await;
        all["credentials"].as_array().expect("keys").clone()
    }

    /// Puts a key into it, in place of all others.
    async fn holds(&self, key: &Value) {
        self.browser.devtools("WebAuthn.clearCredentials", json!({ "authenticatorId": self.id })).await;
        let key = json!({ "authenticatorId": self.id, "credential": key });
        self.browser.devtools("WebAuthn.addCredential", key).await;
    }
}

/// Presses the button of a passkey that the phone does not give; the page says so where it is.
async fn is_stopped(browser: &Browser) {
    let before = browser.path().await;
    browser.click(PASSKEY).await;
    browser
        .until("what went wrong is said", "return document.querySelector('[data-passkey-problem]').textContent !== ''")
        .await;
    assert_eq!(browser.path().await, before);
    browser.shows("It was stopped, or it took too long").await;
    axe::finds_nothing(browser).await;
}

browser_test! {
async fn a_passkey_is_made_and_signs_in_by_the_keyboard_alone(test: &Test) {
    let person = test.demo.person("biller", 0);
    let browser = test.browser(View::NARROW.by_keyboard()).await;
    let phone = Phone::of(&browser).await;
    browser.sign_in_by_hand(person).await;
    browser.open(SIGN_IN_METHODS).await;
    browser.follow(&format!("main a[href='{ADD}']")).await;
    axe::finds_nothing(&browser).await;
    assert!(!browser.text().await.contains("This browser can’t make passkeys"), "it can");
    keep(&browser, "passkey-add").await;
    phone.finger(false).await;
    is_stopped(&browser).await;
    phone.finger(true).await;
    browser.fill("name", "Clinic phone").await;
    browser.follow(PASSKEY).await;
    browser.arrives_at(SIGN_IN_METHODS).await;
    browser.shows("You can sign in with the new passkey").await;
    browser.shows("Clinic phone").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "passkeys").await;
    // The same phone makes no second one.
    browser.open(ADD).await;
    browser.click(PASSKEY).await;
    browser.until("it is said", "return document.querySelector('[data-passkey-problem]').textContent.includes('has a passkey for your account already')").await;

    // It is still they.
    browser.open("/still-you?next=/settings").await;
    browser.shows("Use a passkey").await;
    browser.follow(PASSKEY).await;
    browser.arrives_at(urls::SETTINGS).await;

    // Signing in: no name, no password, no code.
    browser.expect_on_console("Clear-Site-Data");
    browser.follow(".s-foot form[action='/sign-out'] button").await;
    browser.open(urls::SIGN_IN).await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "passkey-sign-in").await;
    phone.finger(false).await;
    is_stopped(&browser).await;
    phone.finger(true).await;
    browser.follow(PASSKEY).await;
    browser.arrives_at(&person.home()).await;

    // The same key in another phone; and a copy of before, whose count of signatures is behind.
    let keys = phone.keys().await;
    assert_eq!(keys.len(), 1);
    let other = test.browser(View::WIDE).await;
    let others_phone = Phone::of(&other).await;
    other.open(urls::SIGN_IN).await;
    is_stopped(&other).await;
    others_phone.holds(&keys[0]).await;
    other.open(urls::SIGN_IN).await;
    other.follow(PASSKEY).await;
    other.arrives_at(&person.home()).await;
    let clone = test.browser(View::PHONE).await;
    let clones_phone = Phone::of(&clone).await;
    clones_phone.holds(&keys[0]).await;
    clone.open(urls::SIGN_IN).await;
    clone.expect_on_console("status of 422");
    clone.follow(PASSKEY).await;
    clone.shows("We could not sign you in with that passkey").await;
    axe::finds_nothing(&clone).await;

    // After the password it is asked first, beside the app.
    let third = test.browser(View::PHONE).await;
    let _nothing_in_it = Phone::of(&third).await;
    third.password(person).await;
    third.shows("Use your passkey on this device, or the code").await;
    axe::finds_nothing(&third).await;
    keep(&third, "passkey-second-step").await;
    is_stopped(&third).await;

    // Taken away, it is worth nothing.
    other.open(SIGN_IN_METHODS).await;
    other.follow("main form[action='/settings/sign-in/passkey/remove'] button").await;
    other.shows("The passkey was removed").await;
    browser.open(urls::SIGN_IN).await;
    browser.expect_on_console("status of 422");
    browser.follow(PASSKEY).await;
    browser.shows("We could not sign you in with that passkey").await;
}
}

browser_test! {
async fn a_passkey_is_the_first_second_step(test: &Test) {
    let newcomer = test.demo.people.iter().rfind(|person| !person.enrolled).expect("someone without an authenticator");
    let browser = test.browser(View::PHONE).await;
    let _phone = Phone::of(&browser).await;
    browser.password(newcomer).await;
    browser.shows("With this device").await;
    axe::finds_nothing(&browser).await;
    keep(&browser, "passkey-enroll").await;
    browser.follow(PASSKEY).await;
    browser.shows("Save your recovery codes").await;
    axe::finds_nothing(&browser).await;
    browser.follow("main a.s-button").await;
    browser.arrives_at(&newcomer.home()).await;
    // Elsewhere and without scripts: what to do is said, and a recovery code is the way in.
    let desk = test.browser(View::WIDE.without_scripts()).await;
    desk.open(urls::SIGN_IN).await;
    assert!(!desk.text().await.contains("passkey"), "a button that does nothing");
    desk.fill("email", &newcomer.email).await;
    desk.fill("password", &newcomer.password).await;
    desk.submit().await;
    desk.arrives_at(urls::CODE).await;
    desk.shows("This browser can’t use passkeys now").await;
    keep(&desk, "passkey-no-scripts").await;
    desk.follow("main a[href^='/sign-in/recovery']").await;
}
}
