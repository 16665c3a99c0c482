//! Another address, through the front door, on both engines. IDN-06, ASVS V6.3.7, V7.5.1.

use salus_kernel::{MINUTE, SECOND};

use crate::{
    accounts::undo::tests::{move_to, told},
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, PASSWORD, Page, Postbox, World, between, mailed},
};

const HOUR: i64 = 60 * MINUTE;
const CONFIRM: &str = "settings/email/confirm";

async fn ask(browser: &Browser, email: &str) -> Page {
    browser.get(urls::ADDRESS).await.is_ok();
    browser.post(urls::ADDRESS, &[("email", email)]).await
}

async fn signs_in(w: &World, email: &str) -> bool {
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", email), ("password", PASSWORD)]).await.status == 303
}

salus_test! {
async fn another_address_counts_once_its_mail_was_opened(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let elsewhere = w.browser();
    w.sign_in_with(&ana, &elsewhere).await;
    let postbox = Postbox::new();
    ana.get(urls::SETTINGS).await.is_ok().holds("href=\"/settings/email\"");
    ana.get(urls::ADDRESS).await.is_ok().shows(&ana.email);
    for wrong in ["", "ana", "ana@localhost", "ana@@example.net", "a\u{202e}b"] {
        let page = ask(&ana, wrong).await;
        page.is(422).shows("Enter an email address");
    }
    ask(&ana, &"x".repeat(10_000)).await.is(422);
    ask(&ana, &format!(" {} ", ana.email.to_uppercase())).await.is(422).shows("You sign in with this address already");
    // A slip of the hand: nothing changes, and the next one is asked for in its place.
    ask(&ana, "wrong@example.net").await.goes_to(urls::ADDRESS);
    postbox.work(&w).await;
    let first = mailed(&postbox, "wrong@example.net", CONFIRM).await.unwrap();
    w.advance(SECOND);
    ask(&ana, "Ana.New@example.net").await.goes_to(urls::ADDRESS);
    ana.get(urls::ADDRESS).await.is_ok().shows("We wrote to Ana.New@example.net");
    postbox.work(&w).await;
    let link = mailed(&postbox, "Ana.New@example.net", CONFIRM).await.unwrap();
    ana.get(&first).await.is_ok().shows("This link no longer works");
    ana.post(&first, &[]).await.is_ok().shows("This link no longer works");
    assert!(signs_in(&w, &ana.email).await && !signs_in(&w, "ana.new@example.net").await && !signs_in(&w, "wrong@example.net").await);
    // Whoever has the mail alone has nothing, signed in to another account or to none.
    w.browser().get(&link).await.goes_to(urls::SIGN_IN);
    ben.get(&link).await.is_ok().shows("This link no longer works").hides("Ana.New");
    ben.post(&link, &[]).await.is_ok().shows("This link no longer works");
    // Looking changes nothing; the button does, once.
    ana.get(&link).await.is_ok().shows("Ana.New@example.net").shows(&ana.email);
    elsewhere.get(urls::HOME).await.goes_to(&urls::patient_home(ana.patient));
    let twice = tokio::join!(ana.post(&link, &[]), ana.post(&link, &[]));
    let mut answers = [twice.0.status.as_u16(), twice.1.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 303]);
    ana.get(urls::SETTINGS).await.is_ok().shows("Ana.New@example.net").hides(&ana.email);
    elsewhere.get(urls::HOME).await.goes_to(urls::SIGN_IN);
    assert!(signs_in(&w, "ana.new@example.net").await && !signs_in(&w, &ana.email).await);
    // Both are told, and only the address of before has a link.
    postbox.work(&w).await;
    let before = told(&postbox, &ana.email).await;
    assert!(before.iter().any(|(mail, link)| mail.contains("the email address of your account") && link.is_some()), "{before:#?}");
    let new = told(&postbox, "Ana.New@example.net").await;
    assert!(new.iter().any(|(mail, _)| mail.contains("with this address since")), "{new:#?}");
    assert!(new.iter().all(|(_, link)| link.is_none()), "{new:#?}");
    assert_eq!(postbox.mails().await.iter().filter(|mail| mail.contains("the email address of your account")).count(), 1);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_link_to_a_new_address_ends(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    ask(&ana, "ana@example.net").await.goes_to(urls::ADDRESS);
    postbox.work(&w).await;
    let link = mailed(&postbox, "ana@example.net", CONFIRM).await.unwrap();
    ana.get(&link).await.is_ok().shows("ana@example.net");
    // She changes her mind.
    ana.post(urls::ADDRESS_FORGET, &[]).await.goes_to(urls::ADDRESS);
    ana.get(urls::ADDRESS).await.is_ok().hides("ana@example.net");
    ana.post(&link, &[]).await.is_ok().shows("This link no longer works");
    w.advance(SECOND);
    ask(&ana, "ana@example.net").await.goes_to(urls::ADDRESS);
    postbox.work(&w).await;
    let link = mailed(&postbox, "ana@example.net", CONFIRM).await.unwrap();
    w.advance(24 * HOUR - MINUTE);
    w.sign_in(&ana).await;
    ana.get(&link).await.is_ok().shows("Use this address from now on?");
    w.advance(MINUTE);
    ana.post(&link, &[]).await.is_ok().shows("This link no longer works");
    assert!(signs_in(&w, &ana.email).await);
    // Nobody fills a stranger's postbox with it.
    let mut answers = Vec::new();
    for _ in 0..8 {
        w.advance(SECOND);
        let page = ask(&ana, "stranger@example.net").await;
        answers.push(page.status.as_u16());
        if page.status == 429 {
            page.shows("try again at").holds("stranger@example.net");
        }
    }
    assert_eq!(answers[..3], [303, 303, 303]);
    assert_eq!(answers[7], 429);
}
}

salus_test! {
async fn whose_address_it_is_shows_in_its_own_mail_alone(w: World) {
    // THR-05, ASVS V6.3.8.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let postbox = Postbox::new();
    let mut pages = Vec::new();
    for email in ["nobody@example.net", &ben.email] {
        ask(&ana, email).await.goes_to(urls::ADDRESS);
        pages.push(ana.get(urls::ADDRESS).await.text().replace(email, "…"));
        postbox.work(&w).await;
        w.advance(SECOND);
    }
    // The same but for the seconds.
    assert_eq!(pages[0].len(), pages[1].len(), "{pages:#?}");
    assert!(mailed(&postbox, "nobody@example.net", CONFIRM).await.is_some());
    let bens = told(&postbox, &ben.email).await;
    assert!(bens.iter().any(|(mail, _)| mail.contains("to another account")), "{bens:#?}");
    assert!(bens.iter().all(|(mail, _)| !mail.contains(CONFIRM)), "{bens:#?}");
    // Two who want the same free address: who confirms first has it.
    let (one, two) = (&ana, &ben);
    let mut links = Vec::new();
    for person in [one, two] {
        ask(person, "both@example.net").await.goes_to(urls::ADDRESS);
        postbox.work(&w).await;
        links.push(mailed(&postbox, "both@example.net", CONFIRM).await.unwrap());
        w.advance(SECOND);
    }
    one.get(&links[0]).await.is_ok();
    two.get(&links[1]).await.is_ok();
    one.post(&links[0], &[]).await.goes_to(urls::SETTINGS);
    two.post(&links[1], &[]).await.is_ok().shows("This link no longer works");
    two.get(urls::SETTINGS).await.is_ok().shows(&ben.email);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_stolen_session_that_changes_the_address_gets_no_further(w: World) {
    // THR-04, ASVS V6.3.7, V6.4.3, V7.5.1: stolen session, address, then what can't be taken back.
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    let thief = ana.copy();
    // A link that she asked for before does not go on after it.
    let asks = w.browser();
    asks.get(urls::FORGOTTEN).await.is_ok();
    asks.post(urls::FORGOTTEN, &[("email", &ana.email)]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    let reset = mailed(&postbox, &ana.email, "reset").await.unwrap();
    // A session that lies about: nobody changes the address without saying the password.
    w.advance(16 * MINUTE);
    thief.get(urls::ADDRESS).await.goes_to(urls::STILL_YOU);
    let page = thief.get(urls::HOME).await;
    assert_eq!(page.status, 303);
    thief.get(&urls::patient_home(ana.patient)).await.is_ok();
    thief.post(urls::ADDRESS, &[("email", "thief@example.net")]).await.goes_to(urls::STILL_YOU);
    assert!(signs_in(&w, &ana.email).await);
    // A fresh one.
    w.sign_in(&ana).await;
    let thief = ana.copy();
    move_to(&w, &thief, &postbox, "thief@example.net").await;
    // No password by mail, neither to the new address nor with a link of before.
    asks.get(urls::FORGOTTEN).await.is_ok();
    asks.post(urls::FORGOTTEN, &[("email", "thief@example.net")]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    assert!(mailed(&postbox, "thief@example.net", "reset").await.is_none(), "a link to a new address");
    let told_thief = told(&postbox, "thief@example.net").await;
    assert!(told_thief.iter().any(|(mail, _)| mail.contains("we send no link to a new address")), "{told_thief:#?}");
    asks.get(&reset).await.is_ok();
    asks.post(&reset, &[("password", CHOSEN), ("again", CHOSEN)]).await.is_ok().shows("This link no longer works");
    asks.post(&format!("{reset}/lost"), &[("wanted", "call")]).await.is_ok().shows("This link no longer works");
    // Nobody is given what outlives the change.
    let caregivers = urls::caregivers(ana.patient);
    thief.get(&caregivers).await.is_ok().shows("Your email address is new");
    let offer = [("name", "Thief"), ("basis", "adult"), ("evidence", ""), ("clinical", "yes"), ("months", "12")];
    thief.post(&caregivers, &offer).await.goes_to(urls::ADDRESS_NEW);
    thief.get(urls::ADDRESS_NEW).await.is_ok().shows("This opens again on Wednesday, November").shows("call us");
    let lines = w.ledger_of(ana.patient).await;
    assert!(lines.iter().any(|line| line.contains("invite-caregiver") && line.contains("address-new")), "{lines:?}");
    // Nor is anybody new who works here.
    let admin = w.staff("Grace Kim", salus_kernel::Role::Administrator).await;
    let invite = [("name", "Dana"), ("role", "administrator"), ("npi", "")];
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    admin.post(urls::CLINIC_STAFF_INVITE, &invite).await.is_ok();
    move_to(&w, &admin, &postbox, "grace@example.net").await;
    let page = admin.get(urls::CLINIC_STAFF).await;
    page.is_ok().shows("you can invite people and let colleagues back in from");
    assert!(!page.body.contains(&format!("action=\"{}\"", urls::CLINIC_STAFF_INVITE)), "a form whose text would be lost");
    admin.post(urls::CLINIC_STAFF_INVITE, &invite).await.goes_to(urls::ADDRESS_NEW);
    // What a thief began is taken back all the same.
    let open = between(&page, "name=\"invite\" value=\"", "\"").to_owned();
    admin.post(urls::CLINIC_STAFF_WITHDRAW, &[("invite", &open)]).await.goes_to(urls::CLINIC_STAFF);
    // She takes it back, and the thief is out.
    let link = told(&postbox, &ana.email).await.into_iter().find_map(|(mail, link)| link.filter(|_| mail.contains("the email address"))).unwrap();
    let hers = w.browser();
    hers.get(&link).await.is_ok();
    hers.post(&link, &[]).await.goes_to(urls::SIGN_IN);
    thief.get(&caregivers).await.goes_to(urls::SIGN_IN);
    assert!(signs_in(&w, &ana.email).await && !signs_in(&w, "thief@example.net").await);
    // Her address is new again: whoever reads her mailbox alone, and pressed the link, goes no further either.
    w.advance(MINUTE);
    w.sign_in(&ana).await;
    ana.get(&caregivers).await.is_ok().shows("Your email address is new");
    // After three days all is open.
    w.advance(72 * HOUR - 3 * MINUTE);
    w.sign_in(&ana).await;
    ana.get(urls::ADDRESS_NEW).await.is_ok();
    w.advance(3 * MINUTE);
    ana.get(urls::ADDRESS_NEW).await.goes_to(urls::HOME);
    ana.get(&caregivers).await.is_ok().hides("Your email address is new");
    ana.post(&caregivers, &offer).await.is_ok();
    asks.get(urls::FORGOTTEN).await.is_ok();
    asks.post(urls::FORGOTTEN, &[("email", &ana.email)]).await.goes_to(urls::FORGOTTEN_SENT);
    postbox.work(&w).await;
    assert!(mailed(&postbox, &ana.email, "reset").await.is_some());
}
}
