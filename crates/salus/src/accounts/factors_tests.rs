//! Another phone, and other recovery codes.

use super::totp::TotpSecret;
use crate::{
    salus_test,
    shell::urls,
    testing::{Browser, PASSWORD, Page, Person, Postbox, World, between},
};

const FACTOR: &str = "name=\"factor\" value=\"";

/// The app of this page.
fn app_of(page: &Page) -> TotpSecret {
    TotpSecret::from_base32(between(page, "translate=\"no\">", "</p>")).unwrap()
}

/// The recovery codes of this page.
fn codes_of(page: &Page) -> Vec<String> {
    page.body.split("<li class=\"s-mono\">").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Comes as far as the second step, in a new browser.
async fn halfway(w: &World, person: &Person) -> Browser {
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", &person.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser
}

async fn try_code(w: &World, person: &Person, at: &str, code: &str) -> Page {
    let browser = halfway(w, person).await;
    browser.get(at).await.is_ok();
    browser.post(at, &[("code", code)]).await
}

salus_test! {
async fn the_app_moves_to_another_phone(w: World) {
    // ASVS V6.3.7, V7.4.3.
    let ana = w.patient("Ana Ruiz").await;
    let elsewhere = w.browser();
    w.sign_in_with(&ana, &elsewhere).await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    ana.get(urls::SETTINGS).await.is_ok().shows("How you sign in");
    ana.get(urls::FACTORS).await.is_ok().shows("Set up on November 22, 2026");
    let page = ana.get(urls::FACTORS_APP).await;
    page.is_ok().shows("Until you confirm, the old one still works");
    // Whoever looked before does not know the one that counts; and nothing is changed by looking, nor by a wrong code.
    let looked_at = app_of(&page);
    let (seen, page) = (between(&page, FACTOR, "\"").to_owned(), ana.get(urls::FACTORS_APP).await);
    let (new, factor) = (app_of(&page), between(&page, FACTOR, "\"").to_owned());
    assert_ne!(looked_at.text(), new.text());
    for id in [seen.as_str(), "", "x"] {
        // Nor is it told to who sends the form of another look.
        ana.post(urls::FACTORS_APP, &[("factor", id), ("code", &new.code(w.now()))]).await.goes_to(urls::FACTORS);
    }
    let confirm = async |code: &str| ana.post(urls::FACTORS_APP, &[("factor", &factor), ("code", code)]).await;
    confirm(&looked_at.code(w.now())).await.is(422);
    let again = confirm(&ana.totp.code(w.now())).await;
    again.is(422).shows("That code didn’t match").shows("Keep the app I have");
    assert_eq!(app_of(&again).text(), new.text());
    try_code(&w, &ana, urls::SIGN_IN_CODE, &new.code(w.now())).await.is(422);
    w.sign_in_with(&ana, &w.browser()).await;
    elsewhere.get(urls::HOME).await.goes_to(&urls::patient_home(ana.patient));

    let used = new.code(w.now());
    let twice = tokio::join!(confirm(&used), confirm(&used));
    twice.0.goes_to(urls::FACTORS);
    twice.1.goes_to(urls::FACTORS);
    ana.get(urls::FACTORS).await.is_ok().shows("is the one that counts now");
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    try_code(&w, &ana, urls::SIGN_IN_CODE, &ana.totp.code(w.now())).await.is(422);
    // The code that confirmed it is used up (V6.5.1).
    try_code(&w, &ana, urls::SIGN_IN_CODE, &used).await.is(422).shows("already used");
    w.advance(30 * salus_kernel::SECOND);
    try_code(&w, &ana, urls::SIGN_IN_CODE, &new.code(w.now())).await.goes_to(urls::HOME);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert!(mails[before..].iter().any(|mail| mail.contains("another app makes the codes") && mail.contains(&ana.email)), "{mails:?}");
    let lines = w.ledger_of_account(ana.account).await;
    assert!(lines.iter().any(|line| line.contains("change-factor") && line.contains("wrong-code")), "{lines:?}");
}
}

salus_test! {
async fn other_recovery_codes_end_those_before(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let elsewhere = w.browser();
    w.sign_in_with(&ana, &elsewhere).await;
    ana.get(urls::FACTORS).await.is_ok();
    let first = codes_of(&ana.post(urls::FACTORS_CODES, &[]).await);
    assert_eq!(first.len(), 10);
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    try_code(&w, &ana, urls::SIGN_IN_RECOVERY, &first[0]).await.goes_to(urls::HOME);
    ana.get(urls::FACTORS).await.is_ok().shows("9 left");
    let page = ana.post(urls::FACTORS_CODES, &[]).await;
    let second = codes_of(&page);
    page.is_ok().shows("We can’t show these codes again").hides(&first[1]);
    for old in &first {
        assert!(!second.contains(old));
    }
    try_code(&w, &ana, urls::SIGN_IN_RECOVERY, &first[1]).await.is(422);
    try_code(&w, &ana, urls::SIGN_IN_RECOVERY, &second[3].to_uppercase()).await.goes_to(urls::HOME);
    // Each once (V6.5.1).
    try_code(&w, &ana, urls::SIGN_IN_RECOVERY, &second[3]).await.is(422);
    ana.get(urls::FACTORS).await.is_ok().shows("9 left");
    // Pressed twice at once, one after the other counts.
    let twice = tokio::join!(ana.post(urls::FACTORS_CODES, &[]), ana.post(urls::FACTORS_CODES, &[]));
    twice.0.is_ok();
    twice.1.is_ok();
    ana.get(urls::FACTORS).await.is_ok().shows("10 left");
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert!(mails.iter().any(|mail| mail.contains("other recovery codes were made")), "{mails:?}");
    for code in first.iter().chain(&second) {
        assert!(mails.iter().all(|mail| !mail.contains(code.as_str())), "a code is in a mail");
    }
}
}
