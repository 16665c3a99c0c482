//! Signing in at another provider, and coming back. ASVS V6.8.1, V6.8.2, V6.8.4, V10.1.1, V10.1.2, V10.2.1, V10.2.2, V10.5.1, V10.5.2.

use std::sync::Arc;

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

/// Follows a link to the provider, and comes back with what it answers.
async fn there_and_back(browser: &Browser, link: &str, fake: &Fake, sign_in: SignIn) -> Page {
    let page = browser.get(link).await;
    assert_eq!(page.status, 303, "{}", page.text());
    come_back(browser, &fake.signs_in(page.location(), sign_in)).await
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
    nia.get(urls::FACTORS).await.is_ok().shows("Connected since November 22, 2026").shows("You can sign in from there now");
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
    assert_eq!(told("from another service since").await, 1);
    // No token, and no secret of the way, is in a page or in the browser (ASVS V10.1.1).
    assert_eq!(browser.cookie("__Host-salus-away").as_deref().unwrap_or_default(), "", "it stays");
    // It is ended as it was begun, and told.
    nia.post("/settings/sign-in/with/okta/remove", &[]).await.goes_to(urls::FACTORS);
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u1", w.now())).await.is(422).shows("is not connected");
    postbox.work(&w).await;
    assert_eq!(told("from another service any more").await, 1);
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
    let page = w.browser().get("/sign-in/with/other").await;
    let down = page.status == 422 && page.text().contains("does not answer");
    // What it said of itself is remembered for an hour: then its own page is down, and not ours.
    assert!(down || page.status == 303, "{} {}", page.status, page.text());
    w.advance(2 * 60 * MINUTE);
    w.browser().get("/sign-in/with/other").await.is(422).shows("does not answer right now").shows("Password");
}
}

salus_test! {
async fn an_answer_counts_once_in_the_browser_that_began(w: World) {
    let (w, okta, other) = with_providers(w).await;
    let nia = connected(&w, &okta, "Nia Nurse", "00u1").await;
    let late = "begun in another window";
    // Another browser, with an answer that is good: somebody else's way (ASVS V10.2.1).
    let (browser, victim) = (w.browser(), w.browser());
    let good = okta.signs_in(browser.get(THERE).await.location(), SignIn::of("00u1", w.now()));
    come_back(&victim, &good).await.is(422).shows(late);
    victim.get(THERE).await.is(303);
    come_back(&victim, &good).await.is(422).shows(late);
    victim.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    // The browser that began, once.
    come_back(&browser, &good).await.goes_to(urls::HOME);
    let copy = w.browser();
    copy.get(urls::SIGN_IN).await.is_ok();
    come_back(&browser, &good).await.is(422).shows(late);
    // With the cookie kept, once all the same.
    let browser = w.browser();
    let good = okta.signs_in(browser.get(THERE).await.location(), SignIn::of("00u1", w.now()));
    let away = browser.cookie("__Host-salus-away").unwrap();
    come_back(&browser, &good).await.goes_to(urls::HOME);
    browser.set_cookie("__Host-salus-away", &away);
    come_back(&browser, &good).await.is(422).shows(late);
    // Too late.
    let browser = w.browser();
    let good = okta.signs_in(browser.get(THERE).await.location(), SignIn::of("00u1", w.now()));
    w.advance(16 * MINUTE);
    come_back(&browser, &good).await.is(422).shows(late);
    // What was begun to sign in neither connects nor proves; and the other way round.
    w.sign_in(&nia).await;
    let good = okta.signs_in(nia.get(THERE).await.location(), SignIn::of("00u1", w.now()));
    let query = good.split_once('?').unwrap().1.to_owned();
    nia.get(&format!("{PROVE}/back?{query}")).await.is(422).shows(late);
    let good = okta.signs_in(nia.get(PROVE).await.location(), SignIn::of("00u1", w.now()));
    let query = good.split_once('?').unwrap().1.to_owned();
    nia.get(&format!("{THERE}/back?{query}")).await.is(422).shows(late);
    // One provider's answer at the other's address (ASVS V10.2.2).
    let browser = w.browser();
    let good = other.signs_in(browser.get("/sign-in/with/other").await.location(), SignIn::of("00u1", w.now()));
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
    bill.get(urls::FACTORS).await.shows("nothing was changed").shows("Connect Example Sign-in");
    // And one here is no two there.
    there_and_back(&nia, CONNECT, &okta, SignIn::of("00u2", w.now())).await.goes_to(urls::FACTORS);
    nia.get(urls::FACTORS).await.shows("nothing was changed");
    let browser = w.browser();
    there_and_back(&browser, THERE, &okta, SignIn::of("00u2", w.now())).await.is(422);
    // Patients have no such door, and no hint of it.
    let ana = w.patient("Ana Ruiz").await;
    ana.get(urls::FACTORS).await.is_ok().hides("Example Sign-in");
    for url in [CONNECT, "/settings/sign-in/with/okta/back?code=x&state=y"] {
        ana.get(url).await.goes_to(urls::FACTORS);
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
    assert!(nia.get(&link).await.location().contains("prompt=login&max_age=0"));
    let wrongs = [
        (SignIn { auth_time: Some(w.now().plus(-20 * MINUTE).micros() / SECOND), ..SignIn::of("00u1", w.now()) }, "did not ask you to sign in again"),
        (SignIn { auth_time: None, ..SignIn::of("00u1", w.now()) }, "did not ask you to sign in again"),
        (SignIn::of("00u1", w.now()).without_second_step(), "did not ask you for a second step"),
        (SignIn::of("00u2", w.now()), "another Example Sign-in account"),
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
