//! Signing in with a passkey, making one, and saying "it is still I" with one. ASVS V6.3.3, V6.5.7, V6.7.1, V6.7.2.

use salus_kernel::{MINUTE, Role, SECOND};

use crate::{
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, How, PASSWORD, Page, Person, Postbox, SoftKey, asked, between, escaped, mailed},
};

fn removes(page: &Page) -> Vec<String> {
    let mark = "name=\"id\" value=\"";
    page.body.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

salus_test! {
async fn a_passkey_signs_in_by_itself(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let elsewhere = w.browser();
    w.sign_in_with(&ana, &elsewhere).await;
    let mut key = ana.add_passkey("My phone 📱").await;
    ana.get(urls::FACTORS).await.is_ok().shows("You can sign in with the new passkey").shows("My phone 📱").shows("Made on November 22, 2026");
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);

    let (browser, page) = w.sign_in_by(&mut key).await;
    page.goes_to(urls::HOME);
    browser.get(&urls::patient_home(ana.patient)).await.is_ok();
    browser.get(urls::FACTORS).await.is_ok().shows("Last used on");
    // It counts as the proof that it is still they.
    browser.get(urls::FACTORS_APP).await.is_ok();
    // To where somebody wanted to go, and nowhere else.
    for (next, to) in [("/settings", "/settings"), ("//evil.example", urls::HOME)] {
        let browser = w.browser();
        let asked = browser.ask_for_passkey().await;
        browser.post(urls::SIGN_IN_PASSKEY, &[("credential", &key.sign(&asked)), ("next", next)]).await.goes_to(to);
    }
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert!(mails.iter().any(|mail| mail.contains("a passkey was added") && mail.contains(&ana.email)), "{mails:?}");
    // Whoever searches by the account finds what the passkey did, under the account's name.
    let signed_in = async || {
        let lines = w.ledger_of_account(ana.account).await;
        lines.iter().filter(|line| *line == "outcome sign-in self done").count()
    };
    let before = signed_in().await;
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    assert!(signed_in().await > before, "{:?}", w.ledger_of_account(ana.account).await);
}
}

salus_test! {
async fn what_a_passkey_signed_wrongly_is_refused(w: World) {
    // ASVS V6.3.3, V6.7.1: origin, portal, person, signature, counter, account.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let (mut key, mut bens) = (ana.add_passkey("").await, ben.add_passkey("").await);
    let browser = w.browser();
    let wrongs = [
        ("another origin", How { origin: "https://portal.example.org.evil.example", ..How::rightly() }),
        ("a neighbour's origin", How { origin: "https://other.example.org", ..How::rightly() }),
        ("no TLS", How { origin: "http://portal.example.org", ..How::rightly() }),
        ("another port", How { origin: "https://portal.example.org:8443", ..How::rightly() }),
        ("another portal", How { portal: "evil.example", ..How::rightly() }),
        ("nobody asked for a finger", How { verified: false, ..How::rightly() }),
        ("nobody there", How { present: false, ..How::rightly() }),
        ("made and not used", How { kind: "webauthn.create", ..How::rightly() }),
        ("another signature", How { spoilt: true, ..How::rightly() }),
    ];
    for (what, how) in wrongs {
        let mut wrong = SoftKey { how, ..key.clone() };
        let shown = wrong.sign(&browser.ask_for_passkey().await);
        let page = browser.show_passkey(&shown).await;
        assert_eq!(page.status, 422, "{what} gets in");
        page.shows("We could not sign you in with that passkey");
        browser.get(urls::HOME).await.goes_to(urls::SIGN_IN);
        key.count = wrong.count;
    }
    // The key of one with the name of another; and a key that nobody has.
    let mut forged = SoftKey { user: bens.user.clone(), ..key.clone() };
    browser.show_passkey(&forged.sign(&browser.ask_for_passkey().await)).await.is(422);
    let mut forged = SoftKey { user: key.user.clone(), ..bens.clone() };
    browser.show_passkey(&forged.sign(&browser.ask_for_passkey().await)).await.is(422);
    ana.get(urls::PASSKEY_ADD).await.is_ok();
    let (mut nobodys, _) = SoftKey::make(&asked(&ana.post(urls::PASSKEY_ADD_ASK, &[]).await));
    browser.show_passkey(&nobodys.sign(&browser.ask_for_passkey().await)).await.is(422);
    for nonsense in ["", "{}", "[]", "null", "🙂", "{\"id\":\"x\"}"] {
        browser.ask_for_passkey().await;
        browser.show_passkey(nonsense).await.is(422);
    }
    // Each of them signs in when it signs rightly.
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    w.sign_in_by(&mut bens).await.1.goes_to(urls::HOME);
    // A copy of it that was made before counts from there: of the two, the one that is behind is refused.
    let mut clone = key.clone();
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    w.sign_in_by(&mut clone).await.1.is(422);
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    let lines = w.ledger_of_account(ana.account).await;
    for why in ["wrong-passkey", "copied-passkey"] {
        assert!(lines.iter().any(|line| line.contains(why)), "{why}: {lines:?}");
    }
}
}

salus_test! {
async fn what_was_asked_is_answered_once_here_and_soon(w: World) {
    // ASVS V6.7.2.
    let ana = w.patient("Ana Ruiz").await;
    let key = ana.add_passkey("").await;
    // As those that are kept in several places: it counts nothing, so that no count stands in for what is tried here.
    let sign = |asked: &serde_json::Value| SoftKey { count: 0, ..key.clone() }.sign(asked);
    let browser = w.browser();
    let first = browser.ask_for_passkey().await;
    let shown = sign(&first);
    let thief = browser.copy();
    browser.show_passkey(&shown).await.goes_to(urls::HOME);
    // The same again, from the same browser and from a thief's with the same cookies.
    browser.show_passkey(&shown).await.is(422).shows("That took too long");
    thief.show_passkey(&shown).await.is(422).shows("That took too long");
    thief.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    // What another browser was asked.
    let (one, other) = (w.browser(), w.browser());
    let (asked_one, asked_other) = (one.ask_for_passkey().await, other.ask_for_passkey().await);
    other.show_passkey(&sign(&asked_one)).await.is(422);
    // A wrong answer uses it up, too.
    other.show_passkey(&sign(&asked_other)).await.is(422).shows("That took too long");
    one.show_passkey(&sign(&asked_one)).await.goes_to(urls::HOME);
    // What was asked before the last time.
    let one = w.browser();
    let before = one.ask_for_passkey().await;
    one.ask_for_passkey().await;
    one.show_passkey(&sign(&before)).await.is(422);
    // Too late.
    let late = one.ask_for_passkey().await;
    w.advance(6 * MINUTE);
    one.show_passkey(&sign(&late)).await.is(422).shows("That took too long");
    let soon = one.ask_for_passkey().await;
    w.advance(6 * MINUTE - SECOND);
    one.show_passkey(&sign(&soon)).await.goes_to(urls::HOME);
    // What is asked for one thing takes nothing from another, and is no answer to it.
    w.sign_in(&ana).await;
    ana.get(urls::STILL_YOU).await.is_ok();
    let proof = asked(&ana.post(urls::STILL_YOU_PASSKEY_ASK, &[]).await);
    ana.get(urls::PASSKEY_ADD).await.is_ok();
    let adding = asked(&ana.post(urls::PASSKEY_ADD_ASK, &[]).await);
    let prove = async |shown: &str| ana.post(urls::STILL_YOU_PASSKEY, &[("credential", shown)]).await;
    prove(&sign(&serde_json::json!({ "challenge": adding["challenge"], "allowCredentials": [] }))).await.is(422);
    // That wrong answer used up what was asked.
    prove(&sign(&proof)).await.is(422);
    let proof = asked(&ana.post(urls::STILL_YOU_PASSKEY_ASK, &[]).await);
    asked(&ana.post(urls::PASSKEY_ADD_ASK, &[]).await);
    prove(&sign(&proof)).await.goes_to(urls::HOME);
    // Twice at the same moment: one gets in.
    let racer = w.browser();
    let shown = sign(&racer.ask_for_passkey().await);
    let copy = racer.copy();
    let (a, b) = tokio::join!(racer.show_passkey(&shown), copy.show_passkey(&shown));
    let got_in = [&a, &b].into_iter().filter(|page| page.status == 303).count();
    assert_eq!(got_in, 1, "{} and {}", a.status, b.status);
}
}

salus_test! {
async fn what_nobody_answers_is_thrown_away(w: World) {
    const COUNT: salus_db::Sql = salus_db::sql!("SELECT COUNT(*) FROM passkey_challenge");
    let count = async || {
        let (count,): (i64,) = w.db.read(&salus_db::Sight::of_run("jobs")).await.unwrap().one(COUNT, Vec::new()).await.unwrap();
        count
    };
    w.browser().ask_for_passkey().await;
    w.browser().ask_for_passkey().await;
    assert_eq!(count().await, 2);
    w.app.sweep().await.unwrap();
    assert_eq!(count().await, 2, "what may still be answered is gone");
    w.advance(7 * MINUTE);
    w.browser().ask_for_passkey().await;
    // By whoever runs jobs, without anybody asking.
    Postbox::new().work(&w).await;
    assert_eq!(count().await, 1);
    // Whoever presses the button and thinks better of it keeps nobody out; only a flood is slowed down, by a try every two seconds.
    w.advance(10 * MINUTE);
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    for n in 0..120 {
        assert_eq!(browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await.status, 200, "{n}");
    }
    let page = browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await;
    assert!(page.is(429).body.contains("There were many tries"), "{}", page.body);
    w.advance(2 * SECOND);
    browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await.is_ok();
    browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await.is(429);
    assert_eq!(count().await, 2, "one for each browser");
}
}

salus_test! {
async fn a_passkey_may_be_the_first_second_step(w: World) {
    let postbox = Postbox::new();
    let browser = w.browser();
    w.ask(&browser, "Rita Register", "3 14 1985", "rita@example.org").await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, "rita@example.org", "verify").await.unwrap();
    browser.get(&link).await.is_ok();
    browser.post(&link, &[("birth_date", "3 14 1985"), ("password", CHOSEN), ("again", CHOSEN)]).await.goes_to(urls::ENROLL);
    // Whoever else knows the password has come as far.
    let other = w.browser();
    other.get(urls::SIGN_IN).await.is_ok();
    other.post(urls::SIGN_IN, &[("email", "rita@example.org"), ("password", CHOSEN)]).await.goes_to(urls::ENROLL);
    let page = other.get(urls::ENROLL).await;
    let others_app = crate::accounts::totp::TotpSecret::from_base32(between(&page, "translate=\"no\">", "</p>")).unwrap();
    let (_, others) = SoftKey::make(&asked(&other.post(urls::ENROLL_PASSKEY_ASK, &[]).await));

    browser.get(urls::ENROLL).await.is_ok().shows("Make a passkey");
    let question = asked(&browser.post(urls::ENROLL_PASSKEY_ASK, &[]).await);
    assert_eq!(question["user"]["name"], "rita@example.org");
    let how = How { kind: "webauthn.create", origin: "https://evil.example", ..How::rightly() };
    let (_, wrong) = SoftKey::make_so(&question, how);
    browser.post(urls::ENROLL_PASSKEY, &[("credential", &wrong)]).await.is(422).shows("The passkey was not made");
    let question = asked(&browser.post(urls::ENROLL_PASSKEY_ASK, &[]).await);
    let (mut key, shown) = SoftKey::make(&question);
    let page = browser.post(urls::ENROLL_PASSKEY, &[("credential", &shown)]).await;
    page.is_ok().shows("Save your recovery codes");
    browser.get(urls::SETTINGS).await.is_ok();

    // The other one signs in again from here on, and sets nothing up.
    other.post(urls::ENROLL_PASSKEY, &[("credential", &others)]).await.goes_to(urls::SIGN_IN);
    other.post(urls::ENROLL, &[("code", &others_app.code(w.now()))]).await.goes_to(urls::SIGN_IN);
    other.post(urls::ENROLL_PASSKEY_ASK, &[]).await.goes_to(urls::SIGN_IN);
    other.get(urls::ENROLL).await.goes_to(urls::SIGN_IN);
    other.get(urls::SIGN_IN).await.is_ok();
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    // After the password the passkey is asked, and nothing about an app.
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", "rita@example.org"), ("password", CHOSEN)]).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::SIGN_IN_CODE).await.is_ok().shows("Use your passkey").shows("use a recovery code").hides("6-digit");
    let question = asked(&browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await);
    browser.show_passkey(&key.sign(&question)).await.goes_to(urls::HOME);
    // A forgotten password is mailed for, because mail is not all that is asked.
    w.advance(SECOND);
    let browser = w.browser();
    browser.get(urls::FORGOTTEN).await.is_ok();
    browser.post(urls::FORGOTTEN, &[("email", "rita@example.org")]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, "rita@example.org", "reset").await.expect("a link");
    browser.get(&link).await.is_ok();
    let other_password = "green kettle beside the window";
    browser.post(&link, &[("password", other_password), ("again", other_password)]).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn a_passkey_of_somebody_else_goes_no_further_than_a_password(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let (mut anas, mut bens) = (ana.add_passkey("").await, ben.add_passkey("").await);
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::SIGN_IN_CODE).await.is_ok().shows("Use your passkey on this device, or the code");
    let question = asked(&browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await);
    browser.show_passkey(&bens.sign(&question)).await.goes_to(urls::SIGN_IN_CODE);
    // The other ways are still there.
    browser.get(urls::SIGN_IN_CODE).await.is_ok().shows("for another account").shows("6-digit code");
    browser.get(urls::HOME).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::SIGN_IN_PASSKEY).await.goes_to(urls::SIGN_IN);
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    let halfway = browser.copy();
    let question = asked(&browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await);
    browser.show_passkey(&anas.sign(&question)).await.goes_to(urls::HOME);
    browser.get(urls::HOME).await.goes_to(&urls::patient_home(ana.patient));
    // What was between password and second step is over.
    halfway.post(urls::SIGN_IN_CODE, &[("code", &ana.totp.code(w.now()))]).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn a_passkey_proves_that_it_is_still_they(w: World) {
    // ASVS V7.5.1, V7.5.3.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let (mut anas, mut bens) = (ana.add_passkey("").await, ben.add_passkey("").await);
    w.advance(16 * MINUTE);
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    ana.get(urls::STILL_YOU).await.is_ok().shows("Use a passkey");
    let again = ana.copy();
    let prove = async |browser: &Browser, shown: &str| {
        browser.post(urls::STILL_YOU_PASSKEY, &[("credential", shown), ("next", urls::FACTORS_APP)]).await
    };
    let question = async |browser: &Browser| asked(&browser.post(urls::STILL_YOU_PASSKEY_ASK, &[]).await);
    let asked_for = question(&ana).await;
    assert_eq!(asked_for["allowCredentials"].as_array().unwrap().len(), 1, "not anybody's: {asked_for}");
    assert_ne!(asked_for["allowCredentials"], question(&ben).await["allowCredentials"]);
    prove(&ana, &bens.sign(&asked_for)).await.is(422).shows("That passkey did not work");
    let mut forged = SoftKey { user: anas.user.clone(), ..bens.clone() };
    prove(&ana, &forged.sign(&question(&ana).await)).await.is(422);
    let mut untouched = SoftKey { how: How { verified: false, ..How::rightly() }, ..anas.clone() };
    prove(&ana, &untouched.sign(&question(&ana).await)).await.is(422);
    prove(&ana, "").await.is(422);
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    anas.count += 10;
    let shown = anas.sign(&question(&ana).await);
    prove(&ana, &shown).await.goes_to(urls::FACTORS_APP);
    ana.get(urls::FACTORS_APP).await.is_ok();
    // Some phones don't say whose it is where they were told which may answer, or say nothing in so many letters.
    w.advance(15 * MINUTE);
    for how in [How { handle: false, ..How::rightly() }, How::rightly()] {
        ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
        anas.count += 10;
        let mut quiet = SoftKey { user: Vec::new(), how, ..anas.clone() };
        let shown = quiet.sign(&question(&ana).await);
        prove(&ana, &shown).await.goes_to(urls::FACTORS_APP);
        anas.count = quiet.count;
        // At signing in nobody else says whose it is.
        let browser = w.browser();
        let shown = quiet.sign(&browser.ask_for_passkey().await);
        browser.show_passkey(&shown).await.is(422);
        w.advance(15 * MINUTE);
    }
    ana.get(urls::STILL_YOU_PASSKEY).await.goes_to(urls::STILL_YOU);
    ana.get(urls::STILL_YOU).await.is_ok();
    anas.count += 10;
    let shown = anas.sign(&question(&ana).await);
    prove(&ana, &shown).await.goes_to(urls::FACTORS_APP);
    // Once, and for a quarter of an hour; a copy of the session from before has nothing of it.
    prove(&ana, &shown).await.is(422);
    prove(&again, &shown).await.goes_to(urls::SIGN_IN);
    w.advance(15 * MINUTE);
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    // Who has none is not asked for one.
    let cleo = w.patient("Cleo Park").await;
    cleo.get(urls::STILL_YOU).await.is_ok().hides("passkey/ask");
    cleo.post(urls::STILL_YOU_PASSKEY_ASK, &[]).await.is(422);
}
}

salus_test! {
async fn the_only_second_step_stays(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let mut first = ana.add_passkey("Phone of 2026").await;
    w.advance(SECOND);
    let mut second = ana.add_passkey("Old tablet").await;
    ben.add_passkey("Ben’s").await;
    let bens = removes(&ben.get(urls::FACTORS).await);
    let page = ana.get(urls::FACTORS).await;
    page.is_ok().shows("Phone of 2026").shows("Old tablet").hides("Ben’s");
    let ids = removes(&page);
    assert_eq!(ids.len(), 2, "newest first");
    for not_ones_own in [bens[0].as_str(), "", "x"] {
        ana.post(urls::PASSKEY_REMOVE, &[("id", not_ones_own)]).await.goes_to(urls::FACTORS);
    }
    ben.get(urls::FACTORS).await.is_ok().shows("Ben’s");
    assert_eq!(removes(&ana.get(urls::FACTORS).await), ids);
    let (elsewhere, page) = w.sign_in_by(&mut first).await;
    page.goes_to(urls::HOME);
    ana.post(urls::PASSKEY_REMOVE, &[("id", &ids[0])]).await.goes_to(urls::FACTORS);
    ana.get(urls::FACTORS).await.is_ok().shows("The passkey was removed").hides("Old tablet");
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    w.sign_in_by(&mut second).await.1.is(422);
    let (browser, page) = w.sign_in_by(&mut first).await;
    page.goes_to(urls::HOME);
    // Without the app it is the last one.
    const NO_APP: salus_db::Sql = salus_db::sql!("DELETE FROM authenticator WHERE account_id = $1");
    let mut tx = w.db.begin(&salus_db::Sight { account: Some(ana.account), ..salus_db::Sight::default() }).await.unwrap();
    tx.execute(NO_APP, salus_db::args![ana.account]).await.unwrap();
    tx.commit().await.unwrap();
    browser.get(urls::FACTORS).await.is_ok().shows("You have no app");
    browser.post(urls::PASSKEY_REMOVE, &[("id", &ids[1])]).await.goes_to(urls::FACTORS);
    browser.get(urls::FACTORS).await.is_ok().shows("your only second step").shows("Phone of 2026");
    w.sign_in_by(&mut first).await.1.goes_to(urls::HOME);
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.contains("a passkey was removed")).count(), 1, "{mails:?}");
}
}

salus_test! {
async fn a_passkey_opens_nothing_that_was_closed(w: World) {
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let mut key = nia.add_passkey("").await;
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
    let access = async |active: &str| {
        let account = nia.account.to_string();
        grace.get(urls::CLINIC_STAFF).await.is_ok();
        grace.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", active)]).await.goes_to(urls::CLINIC_STAFF);
    };
    access("no").await;
    let done = async || {
        w.ledger_of_account(nia.account).await.iter().filter(|line| line.contains("sign-in") && line.contains("done")).count()
    };
    let before = done().await;
    let (browser, page) = w.sign_in_by(&mut key).await;
    page.is(422);
    assert_eq!(done().await, before, "the ledger says that somebody came in");
    browser.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    access("yes").await;
    w.sign_in_by(&mut key).await.1.goes_to(urls::HOME);
}
}

salus_test! {
async fn names_of_passkeys_may_be_anything_but_long(w: World) {
    let ana: Person = w.patient("Ana Ruiz").await;
    ana.get(urls::PASSKEY_ADD).await.is_ok().shows("Add a passkey");
    let long = "é".repeat(61);
    let (_, shown) = SoftKey::make(&asked(&ana.post(urls::PASSKEY_ADD_ASK, &[]).await));
    let page = ana.post(urls::PASSKEY_ADD, &[("name", &long), ("credential", &shown)]).await;
    page.is(422).shows("Use 60 characters or fewer").holds(&long);
    for name in ["é".repeat(60).as_str(), "مفتاح أمي", "<b>& “quotes”</b>"] {
        ana.add_passkey(name).await;
        ana.get(urls::FACTORS).await.is_ok().holds(&escaped(name));
    }
    // Twenty, and no more.
    for n in 3..20 {
        ana.add_passkey(&format!("Key {n}")).await;
    }
    ana.get(urls::PASSKEY_ADD).await.is_ok().shows("You have 20 passkeys");
    ana.post(urls::PASSKEY_ADD_ASK, &[]).await.is(422);
}
}

/// Says whether codes will do for whoever works here.
async fn codes_for_staff(administrator: &Browser, on: &str) {
    let page = administrator.get(urls::CLINIC_FEATURES).await;
    let form =
        page.is_ok().body.split("name=\"feature\" value=\"").find(|part| part.starts_with("staff_codes")).unwrap();
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("feature", "staff_codes"), ("on", on), ("version", version)];
    let page = administrator.post(urls::CLINIC_FEATURES, &fields).await;
    page.goes_to(urls::CLINIC_FEATURES);
}

salus_test! {
async fn a_clinic_may_want_a_passkey_of_whoever_works_here(w: World) {
    // IDN-04, ASVS V6.3.3.
    let ana = w.patient("Ana Ruiz").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let record = urls::record(ana.patient);
    lena.get(&record).await.is_ok();
    lena.get(urls::FACTORS).await.is_ok();
    let codes = lena.post(urls::FACTORS_CODES, &[]).await;
    let recovery = between(&codes, "<li class=\"s-mono\">", "<").to_owned();
    // Another process, which nobody tells.
    let web = crate::access::WebConfig { public_url: w.app.web().public_url.clone(), ..Default::default() };
    let other = crate::access::App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    let elsewhere = Browser::new(crate::web::router(&other).1);
    elsewhere.set_cookie("__Host-salus", &lena.cookie("__Host-salus").unwrap());
    elsewhere.get(&record).await.is_ok();

    // Whoever switches them off has one, and does not shut themselves out.
    grace.get(urls::CLINIC_FEATURES).await.is_ok();
    let off = [("feature", "staff_codes"), ("on", "no"), ("version", "0")];
    grace.post(urls::CLINIC_FEATURES, &off).await.is(422).shows("Add a passkey to your own account first");
    lena.get(&record).await.is_ok();
    grace.add_passkey("").await;
    codes_for_staff(&grace, "no").await;
    grace.get(urls::CLINIC).await.is_ok();
    for browser in [&lena.browser, &elsewhere] {
        for page in [record.as_str(), urls::STAFF, urls::STAFF_PATIENTS, urls::DAY] {
            browser.get(page).await.goes_to(urls::PASSKEY_ADD);
        }
        browser.get(urls::SETTINGS).await.is_ok();
        browser.get(urls::PASSKEY_ADD).await.is_ok().shows("asks everybody who works here for a passkey");
    }
    let lines = w.ledger_of_account(lena.account).await;
    assert!(lines.iter().any(|line| line.contains("view-record") && line.contains("passkey-missing")), "{lines:?}");
    // What was typed is not lost, and is not shown before.
    let message = [("topic", "other"), ("subject", "Hello"), ("body", "Typed for an hour")];
    let led = lena.post(&urls::messages(ana.patient), &message).await;
    let kept = led.goes_to(urls::PASSKEY_ADD).location().split_once("next=").unwrap().1.replace("%2F", "/");
    lena.get(&kept).await.goes_to(urls::PASSKEY_ADD);
    lena.get(&format!("{}?next={kept}", urls::PASSKEY_ADD)).await.is_ok().holds(&kept);
    let (mut key, shown) = SoftKey::make(&asked(&lena.post(urls::PASSKEY_ADD_ASK, &[]).await));
    let fields = [("name", ""), ("credential", shown.as_str()), ("next", kept.as_str())];
    lena.post(urls::PASSKEY_ADD, &fields).await.goes_to(&kept);
    lena.get(&kept).await.is_ok().holds("Typed for an hour");
    lena.get(&record).await.is_ok();

    // From the next time on it is the passkey, or a recovery code for the day it is gone.
    let halfway = async || {
        let browser = w.browser();
        browser.get(urls::SIGN_IN).await.is_ok();
        browser.post(urls::SIGN_IN, &[("email", &lena.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
        browser.get(urls::SIGN_IN_CODE).await.is_ok().shows("Use your passkey").hides("6-digit");
        browser
    };
    let browser = halfway().await;
    browser.post(urls::SIGN_IN_CODE, &[("code", &lena.totp.code(w.now()))]).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(&record).await.goes_to(urls::SIGN_IN_CODE);
    let question = asked(&browser.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await);
    browser.show_passkey(&key.sign(&question)).await.goes_to(urls::HOME);
    browser.get(&record).await.is_ok();
    let browser = halfway().await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &recovery)]).await.goes_to(urls::HOME);
    browser.get(&record).await.is_ok();
    // Patients choose for themselves.
    w.sign_in(&ana).await;
    ana.get(&record).await.is_ok();
    codes_for_staff(&grace, "yes").await;
    w.sign_in(&lena).await;
    lena.get(&record).await.is_ok();
}
}

salus_test! {
async fn where_there_can_be_no_passkey_nobody_is_asked_for_one(w: World) {
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    // Switched off, and then the address becomes a number, as on a machine on which a restore is rehearsed.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.add_passkey("").await;
    codes_for_staff(&ada, "no").await;
    grace.get(urls::CLINIC).await.goes_to(urls::PASSKEY_ADD);
    let web = crate::access::WebConfig { public_url: "https://192.0.2.7".to_owned(), ..Default::default() };
    let numbered = crate::access::App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    let browser = Browser::new(crate::web::router(&numbered).1);
    browser.set_cookie("__Host-salus", &grace.cookie("__Host-salus").unwrap());
    browser.get(urls::PASSKEY_ADD).await.is_not_found();
    browser.get(urls::FACTORS).await.is_ok().hides(urls::PASSKEY_ADD);
    browser.get(urls::CLINIC_FEATURES).await.is_ok();
    codes_for_staff(&browser, "yes").await;
    let fields = [("feature", "staff_codes"), ("on", "no"), ("version", "2")];
    browser.post(urls::CLINIC_FEATURES, &fields).await.is(422).shows("codes stay on");
    browser.get(urls::CLINIC).await.is_ok();
    let nobody = Browser::new(crate::web::router(&numbered).1);
    nobody.get(urls::SIGN_IN).await.is_ok().hides("passkey");
    nobody.post(urls::SIGN_IN_PASSKEY_ASK, &[]).await.is_not_found();
}
}
