//! Signing in at another provider, and coming back. ASVS V6.8.1, V6.8.2, V6.8.4, V10.1.1, V10.1.2, V10.2.1, V10.2.2, V10.5.1, V10.5.2.

use std::sync::Arc;

use axum::http::Method;
use salus_kernel::{MINUTE, Role, SECOND};
use salus_oidc::{
    Provider,
    testing::{Fake, SignIn, Twist},
};

use crate::{
    access::{App, WebConfig},
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, PASSWORD, Page, Person, Postbox, World, between, mailed},
};

const THERE: &str = "/sign-in/with/okta";
const CONNECT: &str = "/settings/sign-in/with/okta";
const PROVE: &str = "/still-you/with/okta";

/// The clinic, with two providers.
async fn with_providers(mut w: World) -> (World, Fake, Fake) {
    let clock = (w.clock(), w.clock());
    let (okta, other) = (Fake::start(move || (clock.0)()).await, Fake::start(move || (clock.1)()).await);
    let providers = [okta.settings("okta"), other.settings("other")].map(|of| Provider::new(of).unwrap());
    let web = WebConfig { providers: Arc::new(providers), ..web(&w) };
    let app = App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    (w.routes, w.router) = crate::web::router(&app);
    w.app = app;
    (w, okta, other)
}

fn web(w: &World) -> WebConfig {
    WebConfig { public_url: w.app.web().public_url.clone(), ..WebConfig::default() }
}

/// Follows a link of ours to the provider: where it leads.
async fn there(browser: &Browser, link: &str) -> String {
    let page = browser.send(Method::GET, link, &[("sec-fetch-site", "same-origin")], None).await;
    if page.status == 303 {
        return page.location().to_owned();
    }
    // The page that says so first.
    page.is_ok().shows("Go on to Example Sign-in");
    let address = page.body.split("href=\"http://127.0.0.1").nth(1).unwrap().split('"').next().unwrap();
    format!("http://127.0.0.1{}", address.replace("&#38;", "&"))
}

/// And comes back with what it answers.
async fn there_and_back(browser: &Browser, link: &str, fake: &Fake, sign_in: SignIn) -> Page {
    come_back(browser, &fake.signs_in(&there(browser, link).await, sign_in)).await
}

async fn come_back(browser: &Browser, back: &str) -> Page {
    browser.get(back.strip_prefix("https://portal.example.org").unwrap()).await
}

async fn connected(w: &World, fake: &Fake, name: &str, subject: &str) -> Person {
    let person = w.staff(name, Role::Nurse).await;
    there_and_back(&person, CONNECT, fake, SignIn::of(subject, w.now())).await.goes_to(urls::FACTORS);
    person
}

salus_test! {
async fn whoever_works_here_signs_in_from_another_provider(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let elsewhere = w.browser();
    w.sign_in_with(&nia, &elsewhere).await;
    nia.get(urls::FACTORS).await.is_ok().shows("Connect Example Sign-in");
    // Nobody is connected by what they are called, or by the address that they have there.
    let stranger = w.browser();
    stranger.get(urls::SIGN_IN).await.is_ok().shows("Do you work here?").shows("Sign in with Example Sign-in");
    there_and_back(&stranger, THERE, &okta, SignIn::of(&nia.email, w.now())).await.is(422).shows("is not connected to an account here");
    stranger.get(urls::HOME).await.goes_to(urls::SIGN_IN);

    there_and_back(&nia, CONNECT, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::FACTORS);
    nia.get(urls::FACTORS).await.is_ok().shows("Connected since November 22, 2026").shows("You can now sign in with it");
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);

    // Two steps there are two steps.
    let browser = w.browser();
    there_and_back(&browser, "/sign-in/with/okta?next=/settings", &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::SETTINGS);
    browser.get(urls::STAFF).await.is_ok();
    browser.get(urls::FACTORS).await.is_ok().shows("Last used on November 22, 2026");
    // A password alone is one: ours follows.
    let browser = w.browser();
    let one = SignIn::of("00u1", w.now()).without_second_step();
    there_and_back(&browser, "/sign-in/with/okta?next=/settings", &okta, one).await.goes_to("/sign-in/code");
    browser.get(urls::HOME).await.goes_to("/sign-in/code");
    w.advance(30 * SECOND);
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser.post(urls::SIGN_IN_CODE, &[("code", &nia.totp.code(w.now())), ("next", "/settings")]).await.goes_to(urls::SETTINGS);

    let lines = w.ledger_of_account(nia.account).await;
    assert!(lines.iter().filter(|line| *line == "outcome sign-in self done").count() >= 3, "{lines:?}");
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let told = async |text: &str| postbox.mails().await.iter().filter(|mail| mail.contains(text) && mail.contains(&nia.email)).count();
    assert_eq!(told("was added on").await, 1);
    // No token, and no secret of the way, is in a page or in the browser (ASVS V10.1.1).
    assert_eq!(browser.cookie("__Host-salus-away").as_deref().unwrap_or_default(), "", "it stays");
    // It is ended as it was begun, and told.
    nia.post("/settings/sign-in/with/okta/remove", &[]).await.goes_to(urls::FACTORS);
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.is(422).shows("is not connected");
    postbox.work(&w).await;
    assert_eq!(told("was switched off").await, 1);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_provider_that_lies_lets_nobody_in(w: World) {
    let (w, okta, other) = with_providers(w).await;
    connected(&w, &okta, "Nia Nurse", "00u1").await;
    for twist in Twist::ALL.into_iter().filter(|twist| *twist != Twist::Document) {
        let browser = w.browser();
        let page = there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now()).with(twist)).await;
        page.is(422).hides("00u1");
        browser.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    }
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::HOME);
    // The same name at another provider is somebody else (ASVS V6.8.1).
    let browser = w.browser();
    there_and_back(&browser, "/sign-in/with/other", &other, SignIn::of("00u1", w.now())).await.is(422).shows("is not connected");
    // A provider that is down is said to be, and the password stays.
    drop(other);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    w.advance(13 * 60 * MINUTE);
    let page = w.browser().send(Method::GET, "/sign-in/with/other", &[("sec-fetch-site", "same-origin")], None).await;
    page.is(422).shows("does not answer right now").shows("Password");
}
}

salus_test! {
async fn an_answer_counts_once_in_the_browser_that_began(w: World) {
    let (w, okta, other) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let late = "you started in another window";
    // Another browser, with an answer that is good: somebody else's way (ASVS V10.2.1).
    let (browser, victim) = (w.browser(), w.browser());
    let good = okta.signs_in(&there(&browser, THERE).await, SignIn::of("00u1", w.now()));
    come_back(&victim, &good).await.is(422).shows(late);
    there(&victim, THERE).await;
    come_back(&victim, &good).await.is(422).shows(late);
    victim.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    // The browser that began, once.
    come_back(&browser, &good).await.goes_to(urls::HOME);
    let copy = w.browser();
    copy.get(urls::SIGN_IN).await.is_ok();
    come_back(&browser, &good).await.is(422).shows(late);
    // With the cookie kept, once all the same.
    let browser = w.browser();
    let good = okta.signs_in(&there(&browser, THERE).await, SignIn::of("00u1", w.now()));
    let away = browser.cookie("__Host-salus-away").unwrap();
    come_back(&browser, &good).await.goes_to(urls::HOME);
    browser.set_cookie("__Host-salus-away", &away);
    come_back(&browser, &good).await.is(422).shows(late);
    // And where the provider would take the code again: by the portal alone.
    let browser = w.browser();
    let again = okta.signs_in(&there(&browser, THERE).await, SignIn::of("00u1", w.now()).with(Twist::Again));
    let away = browser.cookie("__Host-salus-away").unwrap();
    come_back(&browser, &again).await.goes_to(urls::HOME);
    browser.set_cookie("__Host-salus-away", &away);
    come_back(&browser, &again).await.is(422).shows(late);
    // Too late.
    let browser = w.browser();
    let good = okta.signs_in(&there(&browser, THERE).await, SignIn::of("00u1", w.now()));
    w.advance(16 * MINUTE);
    come_back(&browser, &good).await.is(422).shows(late);
    // What was begun to sign in neither connects nor proves; and the other way round.
    w.sign_in(&nia).await;
    let good = okta.signs_in(&there(&nia, THERE).await, SignIn::of("00u1", w.now()));
    let query = good.split_once('?').unwrap().1.to_owned();
    nia.get(&format!("{PROVE}/back?{query}")).await.is(422).shows(late);
    let good = okta.signs_in(&there(&nia, PROVE).await, SignIn::of("00u1", w.now()));
    let query = good.split_once('?').unwrap().1.to_owned();
    nia.get(&format!("{THERE}/back?{query}")).await.is(422).shows(late);
    // One provider's answer at the other's address (ASVS V10.2.2).
    let browser = w.browser();
    let good = other.signs_in(&there(&browser, "/sign-in/with/other").await, SignIn::of("00u1", w.now()));
    let query = good.split_once('?').unwrap().1.to_owned();
    browser.get(&format!("{THERE}/back?{query}")).await.is(422).shows(late);
    // Nothing at all, and rubbish.
    for rubbish in ["", "?", "?code=x", "?state=x&code=%00", "?error=access_denied&state=x", "?code=a&code=b&state=x"] {
        let page = w.browser().get(&format!("{THERE}/back{rubbish}")).await;
        assert!(page.status == 422 || page.status == 400, "{rubbish}: {}", page.status);
    }
    w.browser().get("/sign-in/with/nobody").await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn nobody_there_is_two_people_here(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let bill = w.staff("Bill Biller", Role::Biller).await;
    there_and_back(&bill, CONNECT, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::FACTORS);
    bill.get(urls::FACTORS).await.shows("Nothing was changed").shows("Connect Example Sign-in");
    // And one here is no two there.
    there_and_back(&nia, CONNECT, &okta, SignIn::of("00u2", w.now())).await.goes_to(urls::FACTORS);
    nia.get(urls::FACTORS).await.shows("Nothing was changed");
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u2", w.now())).await.is(422);
    // Patients have no such door, and no hint of it.
    let ana = w.patient("Ana Ruiz").await;
    ana.get(urls::FACTORS).await.is_ok().hides("Example Sign-in");
    for url in [CONNECT, "/settings/sign-in/with/okta/back?code=x&state=y"] {
        ana.get(url).await.goes_to(urls::FACTORS);
    }
    // No other page sends anybody there, or uses up what a clinic's network may ask for.
    for link in [THERE, PROVE] {
        for from in [&[("sec-fetch-site", "cross-site")][..], &[("sec-fetch-site", "none")], &[]] {
            let page = nia.send(Method::GET, link, from, None).await;
            assert!(page.location().starts_with('/'), "{link} {from:?}: {}", page.location());
        }
    }
    ana.get(PROVE).await.goes_to(urls::STILL_YOU);
    ana.get(urls::STILL_YOU).await.is_ok().hides("Example Sign-in");
}
}

salus_test! {
async fn a_row_put_into_another_account_lets_nobody_in(w: World) {
    // Who can write in the database, and has not the clinic's key, gives their own connection to somebody else.
    let (w, okta, _) = with_providers(w).await;
    let bill = connected(&w, &okta, "Bill Biller", "the-thief").await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let sql = format!("UPDATE federated_identity SET account_id = '{}' WHERE account_id = '{}'", ada.account, bill.account);
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("the-thief", w.now())).await.goes_to(urls::HOME);
    match &w.raw {
        Some(urls) => assert_eq!(salus_db::testing::raw(&urls.superuser, &sql).await.unwrap(), 1),
        None => {
            let mut tx = w.db.begin(&salus_db::Sight::of_run("import")).await.unwrap();
            assert_eq!(tx.execute(salus_db::Sql::owned(sql), Vec::new()).await.unwrap(), 1);
            tx.commit().await.unwrap();
        }
    }
    let browser = w.browser();
    let page = there_and_back(&browser, THERE, &okta, SignIn::of("the-thief", w.now())).await;
    assert!(page.status.is_server_error() || page.status == 422, "{}", page.status);
    browser.get(urls::HOME).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn whom_two_people_let_back_in_is_connected_with_nobody(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let rosa = connected(&w, &okta, "Rosa Desk", "the-thief").await;
    let (grace, omar) = (w.staff("Grace Kim", Role::Administrator).await, w.staff("Omar Haddad", Role::PrivacyOfficer).await);
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &rosa.email).await;
    w.vouched(&grace, rosa.account).await;
    omar.get(urls::COLLEAGUES).await.is_ok();
    let page = omar.post(&urls::colleague(rosa.account), &[]).await;
    let code = between(page.is_ok(), "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    postbox.work(&w).await;
    let link = mailed(&postbox, &rosa.email, "back-in").await.unwrap();
    let fresh = w.browser();
    fresh.get(&link).await.is_ok();
    fresh.post(&link, &[("code", &code), ("password", CHOSEN), ("again", CHOSEN)]).await.goes_to(urls::ENROLL);
    w.enroll(&fresh).await;
    let thief = w.browser();
    there_and_back(&thief, THERE, &okta, SignIn::of("the-thief", w.now())).await.is(422).shows("is not connected");
}
}

salus_test! {
async fn an_account_that_was_closed_stays_closed_from_there(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::HOME);
    ada.get("/clinic/staff").await.is_ok();
    ada.post("/clinic/staff/access", &[("account", &nia.account.to_string()), ("active", "no")]).await;
    browser.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.is(422).shows("is not connected");
    let lines = w.ledger_all().await;
    assert!(lines.iter().any(|line| line.contains("sign-in") && line.contains("account-not-active")), "{lines:?}");
}
}

salus_test! {
async fn it_is_still_they_once_the_provider_asked_anew(w: World) {
    // ASVS V6.8.4, V7.5.3, V10.3.4: when, how strongly, and who.
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let wants = format!("{}?both=yes&next=/settings/sign-in/app", urls::STILL_YOU);
    let stale = async |w: &World| {
        // Alive, and no longer proved.
        for _ in 0..2 {
            w.advance(8 * MINUTE);
            nia.get(urls::HOME).await;
        }
        assert_eq!(nia.get(urls::FACTORS_APP).await.location(), wants);
    };
    stale(&w).await;
    let link = format!("{PROVE}?both=yes&next=/settings/sign-in/app");
    nia.get(&wants).await.is_ok().shows("Sign in again at Example Sign-in").holds(&link.replace('&', "&#38;"));
    assert!(there(&nia, &link).await.contains("prompt=login&max_age=0"));
    let wrongs = [
        (SignIn { auth_time: Some(w.now().plus(-20 * MINUTE).micros() / SECOND), ..SignIn::of("00u1", w.now()) }, "asked who you are just now"),
        (SignIn { auth_time: None, ..SignIn::of("00u1", w.now()) }, "asked who you are just now"),
        (SignIn::of("00u1", w.now()).without_second_step(), "asked for a second step"),
        (SignIn::of("00u2", w.now()), "with a different account"),
        (SignIn::of("00u1", w.now()).with(Twist::OtherKey), "could not check"),
    ];
    for (wrong, says) in wrongs {
        there_and_back(&nia, &link, &okta, wrong).await.is(422).shows(says);
        assert_eq!(nia.get(urls::FACTORS_APP).await.location(), wants);
    }
    let before = nia.cookie("__Host-salus").unwrap();
    there_and_back(&nia, &link, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::FACTORS_APP);
    assert_ne!(nia.cookie("__Host-salus").unwrap(), before, "ASVS V7.2.4: the same token");
    nia.get(urls::FACTORS_APP).await.is_ok();
    // One step is enough where a password is.
    stale(&w).await;
    let one = SignIn::of("00u1", w.now()).without_second_step();
    there_and_back(&nia, &format!("{PROVE}?next=/settings"), &okta, one).await.goes_to(urls::SETTINGS);
    assert_eq!(nia.get(urls::FACTORS_APP).await.location(), wants);
}
}

salus_test! {
async fn a_connection_is_taken_back_by_one_link(w: World) {
    // A stolen session connects the thief's own account: the owner's letter ends it, and whoever signed in by it.
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "the-thief").await;
    let thief = w.browser();
    there_and_back(&thief, THERE, &okta, SignIn::of("the-thief", w.now())).await.goes_to(urls::HOME);
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let link = mailed(&postbox, &nia.email, "undo").await.unwrap();
    let owner = w.browser();
    owner.get(&link).await.is_ok();
    owner.post(&link, &[]).await;
    thief.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    there_and_back(&thief, THERE, &okta, SignIn::of("the-thief", w.now())).await.is(422).shows("is not connected");
    // And the other way: what the owner had comes back, when the thief took it away and connected their own.
    w.sign_in(&nia).await;
    there_and_back(&nia, CONNECT, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::FACTORS);
    w.advance(MINUTE);
    nia.get(urls::FACTORS).await.is_ok();
    nia.post("/settings/password", &[("old", PASSWORD), ("password", CHOSEN), ("again", CHOSEN)]).await.is(303);
    nia.post("/settings/sign-in/with/okta/remove", &[]).await.goes_to(urls::FACTORS);
    there_and_back(&nia, CONNECT, &okta, SignIn::of("the-thief", w.now())).await.goes_to(urls::FACTORS);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    let of_password = mails.iter().rev().find(|mail| mail.contains("the password of your account at") && mail.contains(&nia.email)).unwrap().replace("=\r\n", "");
    let code = of_password.split_once("https://portal.example.org/undo/").unwrap().1.split_whitespace().next().unwrap().to_owned();
    let owner = w.browser();
    owner.get(&urls::undo(&code)).await.is_ok();
    owner.post(&urls::undo(&code), &[]).await;
    there_and_back(&w.browser(), THERE, &okta, SignIn::of("the-thief", w.now())).await.is(422);
    there_and_back(&w.browser(), THERE, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::HOME);
}
}

salus_test! {
async fn who_signed_in_there_this_morning_has_proved_nothing_now(w: World) {
    // ASVS V6.8.4, V7.5.1: somebody else's click at a screen that was left, with the provider's session alive.
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let this_morning = |w: &World| SignIn { auth_time: Some(w.now().plus(-8 * 60 * MINUTE).micros() / SECOND), ..SignIn::of("00u1", w.now()) };
    for sign_in in [this_morning(&w), SignIn { auth_time: None, ..SignIn::of("00u1", w.now()) }] {
        let browser = w.browser();
        there_and_back(&browser, THERE, &okta, sign_in).await.goes_to(urls::HOME);
        browser.get(urls::STAFF).await.is_ok();
        browser.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
        browser.get(CONNECT).await.goes_to(urls::STILL_YOU);
    }
    // Nor does a code after it prove the first step.
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, this_morning(&w).without_second_step()).await.goes_to("/sign-in/code");
    w.advance(30 * SECOND);
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser.post(urls::SIGN_IN_CODE, &[("code", &nia.totp.code(w.now()))]).await.goes_to(urls::HOME);
    browser.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    // And nobody is connected as whoever left their account open there.
    let bill = w.staff("Bill Biller", Role::Biller).await;
    let left = SignIn { subject: "00u9".to_owned(), ..this_morning(&w) };
    there_and_back(&bill, CONNECT, &okta, left).await.goes_to(urls::FACTORS);
    bill.get(urls::FACTORS).await.shows("It is not connected").shows("Connect Example Sign-in");
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::HOME);
    browser.get(urls::FACTORS_APP).await.is_ok();
}
}

salus_test! {
async fn where_the_clinic_wants_passkeys_a_provider_is_one_step(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let mut key = nia.add_passkey("a stick").await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::CLINIC_FEATURES).await.is_ok();
    ada.add_passkey("a stick").await;
    ada.post(urls::CLINIC_FEATURES, &[("feature", "staff_codes"), ("on", "no"), ("version", "0")]).await.is(303);
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.goes_to("/sign-in/code");
    browser.get(urls::HOME).await.goes_to("/sign-in/code");
    let (browser, page) = w.sign_in_by(&mut key).await;
    page.goes_to(urls::HOME);
    for _ in 0..2 {
        w.advance(8 * MINUTE);
        browser.get(urls::HOME).await;
    }
    let both = browser.get(urls::FACTORS_APP).await.location().to_owned();
    browser.get(&both).await.is_ok().hides("Sign in again at Example Sign-in");
    let link = format!("{PROVE}?both=yes&next=/settings/sign-in/app");
    there_and_back(&browser, &link, &okta, SignIn::of("00u1", w.now())).await.is(422).shows("asked for a second step");
    browser.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
}
}

salus_test! {
async fn a_provider_that_is_another_now_signs_nobody_in_and_is_connected_anew(w: World) {
    let (w, okta, _) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    // The same issuer under another name in the settings: the connection of before counts no more, and makes room.
    let web = WebConfig { providers: Arc::new([Provider::new(okta.settings("renamed")).unwrap()]), ..web(&w) };
    let app = App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    let router = crate::web::router(&app).1;
    let browser = Browser::new(router.clone());
    let there_now = "/sign-in/with/renamed";
    there_and_back(&browser, there_now, &okta, SignIn::of("00u1", w.now())).await.is(422).shows("is not connected");
    let own = Browser::new(router.clone());
    w.sign_in_with(&nia, &own).await;
    there_and_back(&own, "/settings/sign-in/with/renamed", &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::FACTORS);
    let browser = Browser::new(router);
    there_and_back(&browser, there_now, &okta, SignIn::of("00u1", w.now())).await.goes_to(urls::HOME);
    // Another issuer under the same name.
    let other = Fake::start({ let clock = w.clock(); move || clock() }).await;
    let web = WebConfig { providers: Arc::new([Provider::new(other.settings("renamed")).unwrap()]), ..self::web(&w) };
    let app = App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    let own = Browser::new(crate::web::router(&app).1);
    w.sign_in_with(&nia, &own).await;
    there_and_back(&own, "/settings/sign-in/with/renamed", &other, SignIn::of("x-1", w.now())).await.goes_to(urls::FACTORS);
    there_and_back(&own, there_now, &other, SignIn::of("x-1", w.now())).await.goes_to(urls::HOME);
}
}
