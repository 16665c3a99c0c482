//! Another phone, and other recovery codes.

use super::{
    admin::{self, NewAccount},
    password::NewPassword,
    totp::TotpSecret,
};
use crate::{
    access::Breached,
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

/// A patient's account that has a password and nothing else yet, signed in as far as that goes.
async fn first_sign_in(w: &World, name: &str, email: &str, staff: Option<salus_kernel::Role>) -> Browser {
    let run = w.run("accounts", salus_kernel::Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let password = NewPassword::parse(PASSWORD, &[], &Breached::default()).ok().unwrap();
    let staff = staff.map(|role| (role, None));
    admin::create(&run, &mut change, NewAccount { email: email.into(), name: name.into(), password, staff })
        .await
        .unwrap();
    change.commit().await.unwrap();
    begun(w, email).await
}

/// The password, in a new browser.
async fn begun(w: &World, email: &str) -> Browser {
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", email), ("password", PASSWORD)]).await.is(303);
    browser
}

salus_test! {
async fn a_sheet_of_codes_is_the_second_step_of_who_has_no_phone(w: World) {
    let postbox = Postbox::new();
    let email = "rosa@example.org";
    let rosa = first_sign_in(&w, "Rosa Alt", email, None).await;
    rosa.get(urls::ENROLL).await.is_ok().shows("Use a code sheet");
    let page = rosa.get(urls::ENROLL_SHEET).await;
    let codes = codes_of(page.is_ok());
    assert_eq!(codes.len(), 40);
    assert_eq!(codes_of(&rosa.get(urls::ENROLL_SHEET).await), codes, "another look is another sheet");
    let number: usize = between(&page, "Enter code number ", " ").parse().unwrap();
    // Which one is asked for is drawn: all others are left.
    let mut left = codes.clone();
    let asked = left.remove(number - 1);
    for wrong in ["", "000 000 0000", left[0].as_str()] {
        rosa.post(urls::ENROLL_SHEET, &[("code", wrong)]).await.is(422).shows(&format!("That is not code number {number}"));
    }
    // Whoever looked and went away has no sheet, and is not shut out; another sign-in is another sheet.
    let again = begun(&w, email).await;
    again.get(urls::HOME).await.goes_to(urls::ENROLL);
    assert_ne!(codes_of(&again.get(urls::ENROLL_SHEET).await), codes);
    rosa.get(urls::ENROLL_SHEET).await.is_ok();
    rosa.post(urls::ENROLL_SHEET, &[("code", &asked.replace(' ', ""))]).await.goes_to(urls::HOME);
    rosa.get(urls::FACTORS).await.is_ok().shows("Your code sheet").shows("39 left");
    postbox.work(&w).await;
    assert_eq!(postbox.mails().await.iter().filter(|mail| mail.contains("second step of signing in")).count(), 1);
    // The other browser comes too late.
    again.get(urls::ENROLL_SHEET).await.goes_to(urls::SIGN_IN);

    // It is asked for after the password, and each code works once, in either way of typing it.
    let shows = async |code: &str| {
        let browser = begun(&w, email).await;
        browser.get(urls::SIGN_IN_CODE).await.goes_to(urls::SIGN_IN_RECOVERY);
        browser.get(urls::SIGN_IN_RECOVERY).await.is_ok().shows("Enter a code from your sheet").hides("the other ways");
        (browser.post(urls::SIGN_IN_RECOVERY, &[("code", code)]).await, browser)
    };
    shows(&asked).await.0.is(422);
    shows(&left[0]).await.0.goes_to(urls::HOME);
    shows(&left[0].replace(' ', "-")).await.0.is(422);
    let (page, rosa) = shows(&left[1]).await;
    page.goes_to(urls::HOME);

    // Another sheet takes the place of this one; that it is still she is shown with the old one.
    w.advance(16 * salus_kernel::MINUTE);
    rosa.get(urls::FACTORS).await.is_ok();
    rosa.post(urls::FACTORS_CODES, &[]).await.goes_to(urls::STILL_YOU);
    rosa.get("/still-you?both=yes").await.is_ok();
    rosa.post(urls::STILL_YOU, &[("password", PASSWORD), ("code", &left[2]), ("both", "yes"), ("next", urls::FACTORS)]).await.goes_to(urls::FACTORS);
    rosa.get(urls::FACTORS).await.is_ok();
    rosa.post(urls::FACTORS_CODES, &[]).await.goes_to(urls::FACTORS_SHEET);
    let page = rosa.get(urls::FACTORS_SHEET).await;
    let new = codes_of(page.is_ok().shows("The sheet you have works until"));
    assert_eq!(new.len(), 40);
    assert_ne!(new, codes);
    // A page that was only looked at changes nothing.
    let number: usize = between(&page, "Enter code number ", " ").parse().unwrap();
    rosa.post(urls::FACTORS_SHEET, &[("code", &left[3])]).await.is(422).shows("That is not code number");
    assert_eq!(codes_of(&rosa.get(urls::FACTORS_SHEET).await), new);
    shows(&left[4]).await.0.goes_to(urls::HOME);
    rosa.post(urls::FACTORS_SHEET, &[("code", &new[number - 1])]).await.goes_to(urls::FACTORS);
    let mut new = new;
    new.remove(number - 1);
    shows(&left[5]).await.0.is(422);
    shows(&new[0]).await.0.goes_to(urls::HOME);
    // Few are left: whoever signs in is told.
    let run = w.run("accounts", salus_kernel::Action::ManageAccounts).await;
    let index = run.vault().index("account.email", email);
    let account = admin::by_email(&mut run.begin().await.unwrap(), index.as_str()).await.unwrap();
    let sight = salus_db::Sight { account: Some(account), ..salus_db::Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE recovery_code SET used_at = 1 WHERE account_id = $1 AND code_hash NOT IN (SELECT code_hash FROM recovery_code WHERE account_id = $1 AND used_at IS NULL ORDER BY number LIMIT 3)"), salus_db::args![account]).await.unwrap();
    tx.commit().await.unwrap();
    let (page, rosa) = shows(&new[1]).await;
    page.goes_to(urls::HOME);
    rosa.get(urls::FACTORS).await.is_ok().shows("Your sheet is almost used up");
    for code in &new[2..4] {
        shows(code).await.0.goes_to(urls::HOME);
    }
    // When all are used, the password alone still opens nothing: not even a new second step.
    let browser = begun(&w, email).await;
    browser.get(urls::ENROLL).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::ENROLL_SHEET).await.goes_to(urls::ENROLL);
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &new[3])]).await.is(422);
}
}

salus_test! {
async fn who_works_here_has_no_sheet(w: World) {
    let ada = first_sign_in(&w, "Ada Stone", "ada@example.org", Some(salus_kernel::Role::Administrator)).await;
    let page = ada.get(urls::ENROLL).await;
    page.is_ok().hides("code sheet");
    ada.get(urls::ENROLL_SHEET).await.goes_to(urls::ENROLL);
    ada.get(urls::ENROLL).await.is_ok();
    ada.post(urls::ENROLL_SHEET, &[("code", "000 000 0000")]).await.goes_to(urls::ENROLL);
}
}
