//! A forgotten password, through the front door, on both engines.

use salus_kernel::{Action, MINUTE, Role};
use salus_ports::email::{Cause, SendError};

use crate::{
    accounts::{
        admin::{self, NewAccount},
        password::NewPassword,
    },
    salus_test,
    shell::urls,
    testing::{Answer, Browser, CHOSEN as OTHER, PASSWORD, Page, Postbox, between, fastest, mailed},
};

/// Asks for a link to choose another password.
async fn forgotten(browser: &Browser, email: &str) -> Page {
    browser.get(urls::FORGOTTEN).await.is_ok();
    browser.post(urls::FORGOTTEN, &[("email", email)]).await
}

salus_test! {
async fn a_forgotten_password_is_chosen_anew_and_the_second_step_stays(w: World) {
    // IDN-06, ASVS V6.4.1, V6.4.3, V7.4.3.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    let thief = w.browser();
    forgotten(&thief, &ana.email.to_uppercase()).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let first = mailed(&postbox, &ana.email, "reset").await.unwrap();
    w.browser().get(&first).await.is_ok().shows("Choose another password");
    // A new link voids the one before; looking uses nothing up.
    w.advance(MINUTE);
    forgotten(&thief, &ana.email).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, &ana.email, "reset").await.unwrap();
    assert_ne!(first, link);
    w.browser().get(&first).await.is_ok().shows("This link no longer works");
    let browser = w.browser();
    browser.get(&link).await.is_ok();
    browser.post(&link, &[("password", "short"), ("again", "shorter")]).await.is(422).shows("12 characters");
    browser.post(&link, &[("password", OTHER), ("again", OTHER)]).await.goes_to(urls::SIGN_IN);
    browser.get(urls::SIGN_IN).await.is_ok().shows("Your password is changed");
    browser.post(&link, &[("password", OTHER), ("again", OTHER)]).await.is_ok().shows("This link no longer works");
    // Whoever was in is out; the old password is worth nothing; the new one alone opens nothing.
    ana.get(&urls::record(ana.patient)).await.goes_to(urls::SIGN_IN);
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.is(422);
    browser.post(urls::SIGN_IN, &[("email", &ana.email), ("password", OTHER)]).await.goes_to("/sign-in/code");
    browser.get(&urls::record(ana.patient)).await.goes_to("/sign-in/code");
    browser.post("/sign-in/code", &[("code", &ana.totp.code(w.now()))]).await.goes_to(urls::HOME);
    browser.get(&urls::record(ana.patient)).await.is_ok();
    postbox.work(&w).await;
    let told = postbox.mails().await.iter().any(|mail| mail.contains("the password of your account"));
    assert!(told, "the owner is not told");
}
}

salus_test! {
async fn whatever_host_is_asked_for_the_link_leads_here(w: World) {
    // THR-A2, ASVS V4.1.3: reset poisoning. Whoever asks for somebody's link chooses no part of it.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-host", "evil.example"),
        ("forwarded", "for=192.0.2.1;host=evil.example;proto=http"),
    ] {
        w.advance(MINUTE);
        let thief = w.browser();
        thief.get(urls::FORGOTTEN).await.is_ok();
        let csrf = thief.csrf();
        let fields = [("csrf", csrf.as_str()), ("email", &ana.email)];
        thief.post_raw(urls::FORGOTTEN, &fields, &[(name, value)]).await.goes_to(urls::FORGOTTEN_SENT);
        postbox.work(&w).await;
        let mail = postbox.mails().await.pop().expect("a mail");
        assert!(mail.contains("https://portal.example.org/reset/") && !mail.contains("evil"), "{name} chose the link: {mail}");
    }
}
}

salus_test! {
async fn mail_alone_opens_no_account_without_a_second_step(w: World) {
    // IDN-06: recovery is never by e-mail alone. And closed accounts get no mail.
    let run = w.run("accounts", Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    let new = NewAccount {
        email: "new@example.org".into(),
        name: "New Person".into(),
        password: NewPassword::parse(OTHER, &[], &crate::access::Breached::default()).unwrap_or_else(|why| panic!("{why:?}")),
        staff: None,
    };
    admin::create(&run, &mut change, new).await.unwrap();
    change.commit().await.unwrap();
    let closed = w.staff("Nia Nurse", Role::Nurse).await;
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &closed.account.to_string()), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    for email in ["new@example.org", closed.email.as_str(), "nobody@example.org"] {
        forgotten(&w.browser(), email).await.goes_to(urls::FORGOTTEN_SENT);
    }
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len() - before, 1, "{mails:?}");
    let mail = mails.iter().find(|mail| mail.contains("To: new@example.org")).unwrap();
    assert!(mail.contains("We do not let anybody in by mail alone"), "{mail}");
    let link = mailed(&postbox, "new@example.org", "reset").await.unwrap();
    assert!(link.ends_with("/lost"), "the link leads to another password: {link}");
    let link = link.trim_end_matches("/lost");
    let stranger = w.browser();
    stranger.get(link).await.is_ok();
    stranger.post(link, &[("password", OTHER), ("again", OTHER)]).await.is_ok().shows("This link no longer works");
}
}

salus_test! {
async fn asking_for_a_password_looks_the_same_for_everybody(w: World) {
    // THR-05, ASVS V6.3.8. Its time: `asking_takes_as_long_for_everybody`.
    let ana = w.patient("Ana Ruiz").await;
    for url in [urls::FORGOTTEN, urls::LOST] {
    let mut answers = Vec::new();
    for email in [ana.email.as_str(), "nobody@example.org"] {
        let browser = w.browser();
        browser.get(url).await.is_ok();
        let page = browser.post(url, &[("email", email)]).await;
        let mut headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        let after = browser.get(urls::FORGOTTEN_SENT).await;
        after.is_ok().hides(email);
        answers.push((page.status, headers, after.text().split("Reference").next().map(str::to_owned)));
    }
    assert_eq!(answers[0], answers[1], "{url}");
    }
    let page = forgotten(&w.browser(), "no address").await;
    page.is(422);
    assert!(page.body.contains("value=\"no address\""), "what was typed is lost");
    // Host-header poisoning: the link begins with the address from the settings, whatever the request says (THR-A2).
    let browser = w.browser();
    browser.get(urls::FORGOTTEN).await.is_ok();
    let csrf = browser.csrf();
    let fields = [("csrf", csrf.as_str()), ("email", ana.email.as_str())];
    browser.post_raw(urls::FORGOTTEN, &fields, &[("host", "evil.example"), ("x-forwarded-host", "evil.example")]).await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    for mail in postbox.mails().await {
        assert!(!mail.contains("evil.example"), "{mail}");
    }
    assert!(mailed(&postbox, &ana.email, "reset").await.is_some());
}
}

salus_test! {
async fn a_link_counts_only_for_the_password_it_was_asked_for(w: World) {
    // IDN-06: whoever reads the mailbox has a link for two hours; the owner who changed the password meanwhile, or was let
    // back in at the desk and has no second step yet, is not put out by it.
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    forgotten(&w.browser(), &ana.email).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, &ana.email, "reset").await.unwrap();
    let thief = w.browser();
    thief.get(&link).await.is_ok().shows("Choose another password");
    w.advance(MINUTE);
    desk.get(&urls::invites(ana.patient)).await.is_ok();
    let page = desk.post(&urls::invites(ana.patient), &[("evidence", "photo-id")]).await;
    let code = between(page.is_ok(), "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    let owner = w.browser();
    owner.get(urls::INVITE).await.is_ok();
    let born = "3 14 1985";
    let fields = [("slip", code.as_str()), ("birth_date", born), ("email", &ana.email), ("password", OTHER), ("again", OTHER)];
    owner.post(urls::INVITE, &fields).await.goes_to(urls::ENROLL);
    let stolen = "a thief chose these five words";
    let fields = [("password", stolen), ("again", stolen)];
    thief.post(&link, &fields).await.is_ok().shows("This link no longer works");
    w.enroll(&owner).await;
    owner.get(&urls::record(ana.patient)).await.is_ok();
    thief.post(&link, &fields).await.is_ok().shows("This link no longer works");
    owner.get(&urls::record(ana.patient)).await.is_ok();
}
}

salus_test! {
async fn an_older_mail_that_is_late_does_not_void_the_newer_link(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    postbox.answers(Answer::Says(SendError::TryLater(Cause::Slow)));
    forgotten(&w.browser(), &ana.email).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    postbox.answers(Answer::Takes);
    w.advance(MINUTE / 2);
    forgotten(&w.browser(), &ana.email).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, &ana.email, "reset").await.unwrap();
    w.advance(5 * MINUTE);
    postbox.work(&w).await;
    assert_eq!(mailed(&postbox, &ana.email, "reset").await.as_ref(), Some(&link), "a dead link was mailed");
    w.browser().get(&link).await.is_ok().shows("Choose another password");
}
}

salus_test! {
async fn asking_takes_as_long_for_everybody(w: World) {
    // THR-05, ASVS V6.3.8: fixed samples. A form that looked the address up, or mailed before it answered, would differ.
    // Each address is asked for less often than a postbox takes.
    let mut known = Vec::new();
    for n in 0..4 {
        known.push(w.account(&format!("Ana Ruiz{n}"), None, None).await.email);
    }
    let browser = w.browser();
    for url in [urls::FORGOTTEN, urls::REGISTER] {
        browser.get(url).await.is_ok();
        let [known, unknown] = fastest(14, async |side, n| {
            let email = [known[n % known.len()].clone(), format!("nobody{n}@example.org")][side].clone();
            let fields = [("name", "Ana Ruiz"), ("birth_date", "3 14 1985"), ("email", &email), ("phone", "")];
            browser.post(url, &fields).await.is(303);
        })
        .await;
        let ratio = known / unknown;
        assert!((0.5..2.0).contains(&ratio), "{url}: known addresses take {known} s, others {unknown} s: {ratio:.2}");
    }
}
}
