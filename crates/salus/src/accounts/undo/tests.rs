//! Taking changes back, through the front door, on both engines. IDN-06, ASVS V6.3.7, V7.4.3.

use salus_kernel::{MINUTE, Role, SECOND};

use crate::{
    accounts::totp::TotpSecret,
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, PASSWORD, Page, Person, Postbox, World, between, mailed},
};

const HOUR: i64 = 60 * MINUTE;

/// What is told at an address, in the order in which it was mailed: the letter, and the link that takes the change back.
pub async fn told(postbox: &Postbox, email: &str) -> Vec<(String, Option<String>)> {
    let mails = postbox.mails().await.into_iter().filter(|mail| mail.contains(&format!("To: {email}\r\n")));
    let link = |mail: &str| {
        let code = mail.split_once("https://portal.example.org/undo/")?.1.split_whitespace().next()?;
        Some(format!("/undo/{code}"))
    };
    mails.map(|mail| mail.replace("=\r\n", "")).map(|mail| (mail.clone(), link(&mail))).collect()
}

/// The link in the newest letter at an address that says this.
async fn link_of(postbox: &Postbox, email: &str, says: &str) -> String {
    let told = told(postbox, email).await;
    let found = told.iter().rev().find(|(mail, _)| mail.contains(says));
    found.and_then(|(_, link)| link.clone()).unwrap_or_else(|| panic!("no link with {says:?}: {told:#?}"))
}

/// Signs in with another address from now on.
pub async fn move_to(w: &World, person: &Browser, postbox: &Postbox, email: &str) {
    person.get(urls::ADDRESS).await.is_ok();
    person.post(urls::ADDRESS, &[("email", email)]).await.goes_to(urls::ADDRESS);
    postbox.work(w).await;
    let link = mailed(postbox, email, "settings/email/confirm").await.expect("a link");
    person.get(&link).await.is_ok();
    person.post(&link, &[]).await.goes_to(urls::SETTINGS);
    postbox.work(w).await;
    w.advance(SECOND);
}

async fn take_back(browser: &Browser, link: &str) -> Page {
    browser.get(link).await.is_ok();
    browser.post(link, &[]).await
}

async fn try_login(w: &World, email: &str, password: &str) -> (Browser, Page) {
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    let page = browser.post(urls::SIGN_IN, &[("email", email), ("password", password)]).await;
    (browser, page)
}

fn codes_of(page: &Page) -> Vec<String> {
    page.text()
        .split_whitespace()
        .filter(|word| word.len() == 19 && word.matches('-').count() == 3)
        .map(str::to_owned)
        .collect()
}

async fn new_app(w: &World, person: &Browser) -> TotpSecret {
    let page = person.get(urls::FACTORS_APP).await;
    let factor = between(&page, "name=\"factor\" value=\"", "\"").to_owned();
    let text = page.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let group =
        |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b));
    let secret = words.windows(8).find(|words| words.iter().all(group)).expect("a secret").concat();
    let secret = TotpSecret::from_base32(&secret).expect("a secret");
    person
        .post(urls::FACTORS_APP, &[("factor", &factor), ("code", &secret.code(w.now()))])
        .await
        .goes_to(urls::FACTORS);
    secret
}

async fn new_password(person: &Person, old: &str, new: &str) {
    person.get(urls::SETTINGS_PASSWORD).await.is_ok();
    let fields = [("old", old), ("password", new), ("again", new)];
    person.post(urls::SETTINGS_PASSWORD, &fields).await.goes_to(urls::SETTINGS);
}

salus_test! {
async fn whoever_took_everything_is_put_out_by_one_link(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let mut own_key = ana.add_passkey("mine").await;
    ana.get(urls::FACTORS).await.is_ok();
    let codes = codes_of(&ana.post(urls::FACTORS_CODES, &[]).await);
    // One of them is used, and stays used whatever is put back.
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &codes[0])]).await.goes_to(urls::HOME);
    w.advance(MINUTE);
    let postbox = Postbox::new();
    postbox.work(&w).await;

    // Somebody sits down at her screen, knows her password, and changes all there is.
    let stolen = "thief@example.net";
    move_to(&w, &ana, &postbox, stolen).await;
    new_password(&ana, PASSWORD, CHOSEN).await;
    w.advance(SECOND);
    let app = new_app(&w, &ana).await;
    w.advance(SECOND);
    let mut key = ana.add_passkey("a thief’s").await;
    w.advance(SECOND);
    ana.get(urls::FACTORS).await.is_ok();
    let stolen_codes = codes_of(&ana.post(urls::FACTORS_CODES, &[]).await);
    w.advance(SECOND);
    let removed = ana.get(urls::FACTORS).await;
    let ids: Vec<&str> = removed.body.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    ana.post(urls::PASSKEY_REMOVE, &[("id", ids[1])]).await.goes_to(urls::FACTORS);
    w.sign_in_by(&mut own_key).await.1.is(422);
    postbox.work(&w).await;
    w.advance(MINUTE);
    let (thief, page) = w.sign_in_by(&mut key).await;
    page.goes_to(urls::HOME);
    postbox.work(&w).await;

    // She is told of each at her own address, and one letter is enough.
    let said = told(&postbox, &ana.email).await;
    for says in ["the email address", "the password", "another app", "a passkey was added", "other recovery codes", "a passkey was removed"] {
        assert!(said.iter().any(|(mail, _)| mail.contains(says)), "{says}: {said:#?}");
        assert!(told(&postbox, stolen).await.iter().any(|(mail, _)| mail.contains(says)) || says == "the email address", "{says}");
    }
    let link = link_of(&postbox, &ana.email, "the email address").await;
    // Each letter to the address of before takes back all since it was left; the thief's own take back what was later.
    for says in ["the password of your account", "another app", "a passkey was added", "other recovery codes"] {
        assert_eq!(link_of(&postbox, &ana.email, says).await, link, "{says}");
    }
    let later = link_of(&postbox, stolen, "another app").await;
    assert_ne!(link, later);
    let hers = w.browser();
    hers.get(&link).await.is_ok().shows("Your email address was changed on Sunday, November").shows("Everyone is signed out").hides(stolen).hides(&ana.email);
    take_back(&hers, &link).await.goes_to(urls::SIGN_IN);
    hers.get(urls::SIGN_IN).await.is_ok().shows("This change is taken back, and everyone is signed out");

    // Nothing of the thief's opens anything.
    thief.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    ana.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    for (email, password) in [(stolen, CHOSEN), (stolen, PASSWORD), (&ana.email, CHOSEN)] {
        try_login(&w, email, password).await.1.is(422);
    }
    w.sign_in_by(&mut key).await.1.is(422);
    w.advance(MINUTE);
    for code in [app.code(w.now()), stolen_codes[1].clone(), codes[0].clone()] {
        let (browser, page) = try_login(&w, &ana.email, PASSWORD).await;
        page.goes_to(urls::SIGN_IN_CODE);
        let at = if code.len() == 6 { urls::SIGN_IN_CODE } else { urls::SIGN_IN_RECOVERY };
        browser.get(at).await.is_ok();
        browser.post(at, &[("code", &code)]).await.is(422);
    }
    // All that was hers does: app, passkey, and the codes on her paper.
    w.sign_in(&ana).await;
    ana.get(urls::FACTORS).await.is_ok().shows("mine").hides("a thief’s").shows("9 left");
    ana.get(urls::SETTINGS).await.is_ok().shows(&ana.email);
    w.sign_in_by(&mut own_key).await.1.goes_to(urls::HOME);
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &codes[1])]).await.goes_to(urls::HOME);

    // The link is used up, and no later one brings the thief back.
    for link in [&link, &later] {
        w.browser().get(link).await.is_ok().shows("This link no longer works");
        hers.post(link, &[]).await.is_ok().shows("This link no longer works");
    }
    w.sign_in_by(&mut key).await.1.is(422);
    // Both addresses are told that it was taken back, and neither with a link.
    postbox.work(&w).await;
    for email in [&ana.email, stolen] {
        let told = told(&postbox, email).await;
        assert!(told.iter().any(|(mail, link)| mail.contains("was taken back on") && link.is_none()), "{email}: {told:#?}");
    }
    let lines = w.ledger_of_account(ana.account).await;
    assert!(lines.iter().any(|line| line == "outcome undo-change self done"), "{lines:?}");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn each_change_is_taken_back_by_its_own_link(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    new_password(&ana, PASSWORD, CHOSEN).await;
    postbox.work(&w).await;
    // Whoever has a mailed link chooses another password; the letter about that takes it back as well.
    let link = link_of(&postbox, &ana.email, "the password of your account").await;
    try_login(&w, &ana.email, PASSWORD).await.1.is(422);
    take_back(&w.browser(), &link).await.goes_to(urls::SIGN_IN);
    try_login(&w, &ana.email, CHOSEN).await.1.is(422);
    w.advance(MINUTE);
    w.sign_in(&ana).await;

    let asks = w.browser();
    asks.get(urls::FORGOTTEN).await.is_ok();
    asks.post(urls::FORGOTTEN, &[("email", &ana.email)]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let reset = mailed(&postbox, &ana.email, "reset").await.unwrap();
    w.advance(MINUTE);
    asks.get(&reset).await.is_ok();
    asks.post(&reset, &[("password", CHOSEN), ("again", CHOSEN)]).await.goes_to(urls::SIGN_IN);
    postbox.work(&w).await;
    take_back(&w.browser(), &link_of(&postbox, &ana.email, "the password of your account").await).await.goes_to(urls::SIGN_IN);
    w.advance(MINUTE);
    w.sign_in(&ana).await;

    // A recovery code that was used after the change stays used.
    ana.get(urls::FACTORS).await.is_ok();
    let codes = codes_of(&ana.post(urls::FACTORS_CODES, &[]).await);
    let key = ana.add_passkey("a thief’s").await;
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &codes[0])]).await.goes_to(urls::HOME);
    postbox.work(&w).await;
    take_back(&w.browser(), &link_of(&postbox, &ana.email, "a passkey was added").await).await.goes_to(urls::SIGN_IN);
    w.sign_in_by(&mut key.clone()).await.1.is(422);
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &codes[0])]).await.is(422);

    // So does a code of the app, though the app was replaced since.
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    ana.add_passkey("a thief’s").await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "a passkey was added").await;
    let used = ana.totp.code(w.now());
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser.post(urls::SIGN_IN_CODE, &[("code", &used)]).await.goes_to(urls::HOME);
    new_app(&w, &browser).await;
    take_back(&w.browser(), &link).await.goes_to(urls::SIGN_IN);
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser.post(urls::SIGN_IN_CODE, &[("code", &used)]).await.is(422).shows("already used");

    // Also where others took the place of all of them since.
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    ana.get(urls::FACTORS).await.is_ok();
    let codes = codes_of(&ana.post(urls::FACTORS_CODES, &[]).await);
    w.advance(SECOND);
    ana.add_passkey("a thief’s").await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "a passkey was added").await;
    let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
    browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    browser.post(urls::SIGN_IN_RECOVERY, &[("code", &codes[0])]).await.goes_to(urls::HOME);
    w.advance(SECOND);
    browser.get(urls::FACTORS).await.is_ok();
    browser.post(urls::FACTORS_CODES, &[]).await.is_ok();
    take_back(&w.browser(), &link).await.goes_to(urls::SIGN_IN);
    for (code, to) in [(&codes[0], 422), (&codes[1], 303)] {
        let (browser, _) = try_login(&w, &ana.email, PASSWORD).await;
        browser.get(urls::SIGN_IN_RECOVERY).await.is_ok();
        browser.post(urls::SIGN_IN_RECOVERY, &[("code", code)]).await.is(to);
    }

    // Whoever takes back the newest of several is told that there are others.
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    let mut first = ana.add_passkey("first").await;
    w.advance(SECOND);
    let mut second = ana.add_passkey("second").await;
    postbox.work(&w).await;
    let told = self::told(&postbox, &ana.email).await;
    let links: Vec<_> = told.iter().filter(|(mail, _)| mail.contains("a passkey was added")).filter_map(|(_, link)| link.clone()).collect();
    let [.., one, two] = links.as_slice() else { panic!("{told:#?}") };
    let browser = w.browser();
    take_back(&browser, two).await.goes_to(urls::SIGN_IN);
    browser.get(urls::SIGN_IN).await.is_ok().shows("Earlier changes stay");
    w.sign_in_by(&mut second).await.1.is(422);
    w.sign_in_by(&mut first).await.1.goes_to(urls::HOME);
    take_back(&browser, one).await.goes_to(urls::SIGN_IN);
    w.sign_in_by(&mut first).await.1.is(422);

    // What signs nobody in any more is brought back by no link: its letter has none.
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    ana.add_passkey("lost").await;
    w.advance(SECOND);
    let page = ana.get(urls::FACTORS).await;
    ana.post(urls::PASSKEY_REMOVE, &[("id", between(&page, "name=\"id\" value=\"", "\""))]).await.goes_to(urls::FACTORS);
    postbox.work(&w).await;
    let told = self::told(&postbox, &ana.email).await;
    let removed: Vec<_> = told.iter().filter(|(mail, _)| mail.contains("a passkey was removed")).collect();
    assert!(removed.len() == 1 && removed[0].1.is_none(), "{removed:?}");
}
}

salus_test! {
async fn a_change_is_taken_back_within_three_days_and_once(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    new_password(&ana, PASSWORD, CHOSEN).await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "the password of your account").await;
    // Neither looking, nor half a code, nor a code of something else.
    for _ in 0..3 {
        w.browser().get(&link).await.is_ok().shows("Your password was changed");
    }
    for wrong in [link.trim_end_matches(|c| c != '/').to_owned() + "x", link[..link.len() - 1].to_owned(), link.replace("/undo/", "/reset/")] {
        w.browser().get(&wrong).await.is_ok().shows("This link no longer works");
    }
    let forged = w.browser();
    forged.post_raw(&link, &[], &[]).await.is(403);
    try_login(&w, &ana.email, CHOSEN).await.1.goes_to(urls::SIGN_IN_CODE);
    w.advance(72 * HOUR - MINUTE);
    w.browser().get(&link).await.is_ok().shows("Your password was changed");
    // Pressed by several at once, it is done once.
    let (one, two) = (w.browser(), w.browser());
    one.get(&link).await.is_ok();
    two.get(&link).await.is_ok();
    let twice = tokio::join!(one.post(&link, &[]), two.post(&link, &[]));
    let mut status = [twice.0.status.as_u16(), twice.1.status.as_u16()];
    status.sort_unstable();
    assert_eq!(status, [200, 303]);
    try_login(&w, &ana.email, CHOSEN).await.1.is(422);

    w.advance(MINUTE);
    w.sign_in(&ana).await;
    new_password(&ana, PASSWORD, CHOSEN).await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "the password of your account").await;
    let late = w.browser();
    late.get(&link).await.is_ok();
    w.advance(72 * HOUR);
    late.post(&link, &[]).await.is_ok().shows("This link no longer works");
    try_login(&w, &ana.email, CHOSEN).await.1.goes_to(urls::SIGN_IN_CODE);
    // And then what was before is thrown away.
    let kept = async || {
        let sql = salus_db::Sql::owned("SELECT COUNT(*) FROM account_undo".into());
        let count: (i64,) = w.db.read(&salus_db::Sight::of_run("jobs")).await.unwrap().one(sql, vec![]).await.unwrap();
        count.0
    };
    assert!(kept().await > 0);
    w.advance(SECOND);
    w.app.sweep().await.unwrap();
    assert_eq!(kept().await, 0);
}
}

salus_test! {
async fn whom_the_front_desk_let_back_in_nobody_puts_out_by_mail(w: World) {
    // The thief reads her old mailbox; she came to the desk.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    new_password(&ana, PASSWORD, CHOSEN).await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "the password of your account").await;
    w.browser().get(&link).await.is_ok().shows("Your password was changed");
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    desk.get(&urls::invites(ana.patient)).await.is_ok();
    let page = desk.post(&urls::invites(ana.patient), &[("evidence", "photo-id")]).await;
    let slip = between(&page, "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    let fresh = w.browser();
    fresh.get(urls::INVITE).await.is_ok();
    let again = "a third battery staple here";
    let fields = [("slip", slip.as_str()), ("birth_date", "3 14 1985"), ("email", "new@example.org"), ("password", again), ("again", again)];
    fresh.post(urls::INVITE, &fields).await.goes_to(urls::ENROLL);
    w.enroll(&fresh).await;
    w.browser().get(&link).await.is_ok().shows("This link no longer works");
    fresh.get(urls::SETTINGS).await.is_ok().shows("new@example.org");
    // Who was seen at the desk has an address that is not new.
    fresh.get(urls::ADDRESS_NEW).await.goes_to(urls::HOME);
}
}

salus_test! {
async fn what_can_t_be_put_back_is_left_as_it_is(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let postbox = Postbox::new();
    move_to(&w, &ana, &postbox, "ana@example.net").await;
    let link = link_of(&postbox, &ana.email, "the email address").await;
    // The address of before signs somebody else in by now.
    move_to(&w, &ben, &postbox, &ana.email).await;
    let browser = w.browser();
    take_back(&browser, &link).await.is_ok().shows("We could not take this back").shows("call us now");
    try_login(&w, "ana@example.net", PASSWORD).await.1.goes_to(urls::SIGN_IN_CODE);
    ana.get(urls::SETTINGS).await.is_ok().shows("ana@example.net");
    ben.get(urls::SETTINGS).await.is_ok().shows(&ana.email);
    w.rows_are_intact().await;
    // Nor is anything put back in an account that was closed.
    let eva = w.patient("Eva Stone").await;
    new_password(&eva, PASSWORD, CHOSEN).await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &eva.email, "the password of your account").await;
    let close = salus_db::sql!("UPDATE account SET status = 'disabled' WHERE id = $1");
    let mut tx = w.db.begin(&salus_db::Sight::of_run("accounts")).await.unwrap();
    tx.one_row(close, salus_db::args![eva.account]).await.unwrap();
    tx.commit().await.unwrap();
    take_back(&w.browser(), &link).await.is_ok().shows("We could not take this back");
}
}

salus_test! {
async fn no_clock_puts_a_change_before_the_one_that_it_follows(w: World) {
    // A request that was begun before another and ended after it; or a process whose clock is behind.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    let stolen = "thief@example.net";
    move_to(&w, &ana, &postbox, stolen).await;
    let link = link_of(&postbox, &ana.email, "the email address").await;
    w.advance(-10 * SECOND);
    ana.get(urls::FACTORS).await.is_ok();
    ana.post(urls::FACTORS_CODES, &[]).await.is_ok();
    postbox.work(&w).await;
    let thiefs = told(&postbox, stolen).await.into_iter().find_map(|(_, link)| link).expect("a link");
    take_back(&w.browser(), &thiefs).await.goes_to(urls::SIGN_IN);
    take_back(&w.browser(), &link).await.goes_to(urls::SIGN_IN);
    try_login(&w, stolen, PASSWORD).await.1.is(422);
    try_login(&w, &ana.email, PASSWORD).await.1.goes_to(urls::SIGN_IN_CODE);
}
}

salus_test! {
async fn a_letter_that_waited_goes_to_whoever_had_the_account_then(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    let stolen = "thief@example.net";
    // The code for a caregiver was made before the address was changed, and is used after it.
    let caregivers = urls::caregivers(ana.patient);
    ana.get(&caregivers).await.is_ok();
    let offer = [("name", "Carla"), ("basis", "adult"), ("evidence", ""), ("clinical", "yes"), ("months", "12")];
    let code = ana.post(&caregivers, &offer).await;
    let code = between(&code, "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    ana.get(urls::ADDRESS).await.is_ok();
    ana.post(urls::ADDRESS, &[("email", stolen)]).await.goes_to(urls::ADDRESS);
    postbox.work(&w).await;
    let confirm = mailed(&postbox, stolen, "settings/email/confirm").await.expect("a link");
    // The mail server is slow: what is changed first is told last.
    ana.add_passkey("a thief’s").await;
    w.advance(SECOND);
    let page = ana.get(urls::FACTORS).await;
    ana.post(urls::PASSKEY_REMOVE, &[("id", between(&page, "name=\"id\" value=\"", "\""))]).await.goes_to(urls::FACTORS);
    w.advance(SECOND);
    ana.get(&confirm).await.is_ok();
    ana.post(&confirm, &[]).await.goes_to(urls::SETTINGS);
    postbox.work(&w).await;
    let thiefs = told(&postbox, stolen).await;
    for says in ["a passkey was added", "a passkey was removed"] {
        assert!(told(&postbox, &ana.email).await.iter().any(|(mail, _)| mail.contains(says)), "she is not told: {says}");
        assert!(!thiefs.iter().any(|(mail, _)| mail.contains(says)), "{thiefs:#?}");
    }
    let link = link_of(&postbox, &ana.email, "a passkey was added").await;
    w.browser().get(&link).await.is_ok().shows("A passkey was added");
    // And she is told who acts for her from now on.
    w.advance(MINUTE);
    let carla = w.account("Carla Reyes", None, None).await;
    w.sign_in(&carla).await;
    carla.get(urls::ACTING_FOR).await.is_ok();
    carla.post(urls::ACTING_FOR, &[("slip", &code), ("birth_date", "3 14 1985")]).await.goes_to(&urls::patient_home(ana.patient));
    postbox.work(&w).await;
    for email in [&ana.email, stolen] {
        assert!(told(&postbox, email).await.iter().any(|(mail, _)| mail.contains("who may act for whom")), "{email}");
    }
}
}

salus_test! {
async fn a_passkey_that_somebody_else_has_made_theirs_keeps_nobody_from_taking_a_change_back(w: World) {
    for app in [true, false] {
        squatted(&w, app).await;
    }
}
}

/// Whether somebody has an app beside the passkey or not.
async fn squatted(w: &World, app: bool) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let postbox = Postbox::new();
    let mut own = ana.add_passkey("mine").await;
    if !app {
        let sight = salus_db::Sight { account: Some(ana.account), ..salus_db::Sight::default() };
        let mut tx = w.db.begin(&sight).await.unwrap();
        tx.one_row(salus_db::sql!("DELETE FROM authenticator WHERE account_id = $1"), salus_db::args![ana.account])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    w.advance(SECOND);
    let page = ana.get(urls::FACTORS).await;
    let own_id = between(&page, "name=\"id\" value=\"", "\"").to_owned();
    let mut thiefs = ana.add_passkey("a thief’s").await;
    postbox.work(w).await;
    let told_of = told(&postbox, &ana.email).await;
    let link = told_of
        .iter()
        .rev()
        .find_map(|(mail, link)| link.clone().filter(|_| mail.contains("a passkey was added")))
        .unwrap();
    // The thief removes hers and, in an account of their own, makes one that is found as hers was.
    let found_as = async |account| {
        let sql = salus_db::sql!(
            "SELECT credential_index, id FROM passkey WHERE account_id = $1 ORDER BY created_at LIMIT 1"
        );
        let sight = salus_db::Sight { account: Some(account), ..salus_db::Sight::default() };
        let found: (String, String) =
            w.db.read(&sight).await.unwrap().one(sql, salus_db::args![account]).await.unwrap();
        found
    };
    let (index, id) = found_as(ana.account).await;
    assert_eq!(id, own_id);
    ana.get(urls::FACTORS).await.is_ok();
    ana.post(urls::PASSKEY_REMOVE, &[("id", &own_id)]).await.goes_to(urls::FACTORS);
    ben.add_passkey("squatted").await;
    let (_, bens) = found_as(ben.account).await;
    let sight = salus_db::Sight { account: Some(ben.account), ..salus_db::Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    let squat = salus_db::sql!("UPDATE passkey SET credential_index = $2 WHERE id = $1");
    tx.one_row(squat, salus_db::args![bens, index]).await.unwrap();
    tx.commit().await.unwrap();
    let browser = w.browser();
    take_back(&browser, &link).await.goes_to(urls::SIGN_IN);
    w.sign_in_by(&mut thiefs).await.1.is(422);
    w.sign_in_by(&mut own).await.1.is(422);
    w.advance(MINUTE);
    if app {
        w.sign_in(&ana).await;
        return;
    }
    // Without a second step a password alone would be enough to set one up: the front desk lets her in again, and nobody else.
    browser.get(urls::SIGN_IN).await.is_ok().shows("come to the front desk");
    try_login(w, &ana.email, PASSWORD).await.1.is(422);
    let asks = w.browser();
    asks.get(urls::FORGOTTEN).await.is_ok();
    asks.post(urls::FORGOTTEN, &[("email", &ana.email)]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(w).await;
    let link = mailed(&postbox, &ana.email, "reset").await.unwrap();
    assert!(link.ends_with("/lost"), "mail alone leads to another password: {link}");
    let link = link.trim_end_matches("/lost");
    asks.get(link).await.is_ok();
    asks.post(link, &[("password", CHOSEN), ("again", CHOSEN)]).await.is_ok().shows("This link no longer works");
}

salus_test! {
async fn a_password_is_not_changed_in_a_session_that_ended_meanwhile(w: World) {
    // The thief's new password is on its way while the owner takes the thief's passkey back: the old password stays the same.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    ana.add_passkey("a thief’s").await;
    postbox.work(&w).await;
    let link = link_of(&postbox, &ana.email, "a passkey was added").await;
    ana.get(urls::SETTINGS_PASSWORD).await.is_ok();
    let owner = w.browser();
    owner.get(&link).await.is_ok();
    let turns = w.app.passwords.acquire_many(2).await.unwrap();
    let fields = [("old", PASSWORD), ("password", CHOSEN), ("again", CHOSEN)];
    let put_back = async {
        while w.app.passwords.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        // The request has asked for the row by now, or does so afterwards and finds no session: then there was nothing to try.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        owner.post(&link, &[]).await.goes_to(urls::SIGN_IN);
        drop(turns);
    };
    let (page, ()) = tokio::join!(ana.post(urls::SETTINGS_PASSWORD, &fields), put_back);
    page.goes_to(urls::SIGN_IN);
    try_login(&w, &ana.email, CHOSEN).await.1.is(422);
    try_login(&w, &ana.email, PASSWORD).await.1.goes_to(urls::SIGN_IN_CODE);
}
}
