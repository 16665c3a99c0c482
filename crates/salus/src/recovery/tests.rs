//! Getting back in through the front door, on both engines. Nobody and nothing is enough alone.

use salus_db::{Sight, Sql, Value, args, sql};
use salus_kernel::{MINUTE, Role};

use super::model::LASTS;
use crate::{
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN as OTHER, PASSWORD, Page, Person, Postbox, World, between, mailed},
};

/// The code on the page that the clinic sees once.
fn code_on(page: &Page) -> String {
    between(page.is_ok(), "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned()
}

/// The front desk lets somebody back in: the code that it says to them.
async fn let_in(desk: &Person, person: &Person) -> String {
    let url = urls::recovery(person.account);
    desk.get(&url).await.is_ok();
    code_on(&desk.post(&url, &[("evidence", "call-back")]).await)
}

/// The link that goes with the code, from the postbox.
async fn link_back(w: &World, postbox: &Postbox, person: &Person) -> String {
    postbox.work(w).await;
    w.advance(MINUTE / 60);
    mailed(postbox, &person.email, "back-in").await.expect("a link back in")
}

async fn comes_back(browser: &Browser, link: &str, code: &str) -> Page {
    browser.get(link).await.is_ok();
    browser.post(link, &[("code", code), ("password", OTHER), ("again", OTHER)]).await
}

/// Some other code.
fn not(code: &str) -> String {
    code.chars()
        .map(
            |c| if c == '9' { '0' } else { char::from_u32(u32::from(c) + 1).filter(char::is_ascii_digit).unwrap_or(c) },
        )
        .collect()
}

/// What happens in between, without a page.
async fn by_row(w: &World, sight: Sight, sql: Sql, values: Vec<Value>) {
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.one_row(sql, values).await.unwrap();
    tx.commit().await.unwrap();
}

salus_test! {
async fn a_lost_second_step_is_set_up_anew_once_the_desk_knows_who_asks(w: World) {
    // IDN-06, ASVS V6.4.4, V6.4.6, V7.4.3: the mailbox, and somebody at the clinic who knows how they knew.
    let ana = w.patient("Ana Ruiz").await;
    let mut lost = ana.add_passkey("a lost phone").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &ana.email).await;
    postbox.work(&w).await;
    assert!(postbox.mails().await.iter().any(|mail| mail.contains("asked us to let you back in")), "the owner is not told");
    // Until the clinic has decided everything works as before.
    ana.get(&urls::record(ana.patient)).await.is_ok();
    ana.get(urls::SETTINGS).await.is_ok().shows("A request to let you back in").shows("Set up a new one first");

    desk.get(urls::STAFF).await.is_ok().shows("One person is waiting");
    desk.get(urls::RECOVERIES).await.is_ok().shows("Ana Ruiz").shows("Call them").shows("Waiting");
    let url = urls::recovery(ana.account);
    desk.get(&url).await.is_ok().shows("Ana Ruiz").shows("March 14, 1985").shows("Call a number that stands here").shows("(503) 555-0142").hides("555-0199");
    desk.post(&url, &[("evidence", "")]).await.is(422).shows("Choose how you checked who this is");
    desk.get(&urls::invites(ana.patient)).await.is_ok();
    let slip = code_on(&desk.post(&urls::invites(ana.patient), &[("evidence", "photo-id")]).await);
    w.advance(MINUTE / 60);
    let code = let_in(&desk, &ana).await;
    desk.get(urls::RECOVERIES).await.is_ok().shows("Link sent, not used yet").hides(&code);
    let link = link_back(&w, &postbox, &ana).await;
    let digits = code.replace(' ', "");
    for mail in postbox.mails().await {
        assert!(!mail.contains(&code) && !mail.contains(&digits), "the code is mailed: {mail}");
    }

    let browser = w.browser();
    browser.get(&link).await.is_ok().shows("The code that we told you").hides("Ana");
    let page = browser.post(&link, &[("code", "12"), ("password", "short"), ("again", "shorter")]).await;
    page.is(422).shows("Enter the 8 digits").shows("12 characters");
    comes_back(&browser, &link, &not(&code)).await.is(422).shows("isn’t right").shows("After five wrong codes");
    ana.get(&urls::record(ana.patient)).await.is_ok();
    comes_back(&browser, &link, &code).await.goes_to(urls::ENROLL);

    // Everything that was lost is worth nothing, wherever it is.
    ana.get(&urls::record(ana.patient)).await.goes_to(urls::SIGN_IN);
    w.sign_in_by(&mut lost).await.1.is(422);
    let thief = w.browser();
    thief.get(urls::SIGN_IN).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.is(422);
    browser.get(&urls::record(ana.patient)).await.goes_to(urls::ENROLL);
    w.enroll(&browser).await;
    browser.get(&urls::record(ana.patient)).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", &ana.email), ("password", OTHER)]).await.goes_to("/sign-in/code");
    thief.get("/sign-in/code").await.is_ok();
    thief.post("/sign-in/code", &[("code", &ana.totp.code(w.now()))]).await.is(422);
    // Link and code work once; and who came back so needs no slip that was made before.
    w.browser().get(&link).await.is_ok().shows("This link no longer works");
    let finder = w.browser();
    finder.get(urls::INVITE).await.is_ok();
    let fields = [("slip", slip.as_str()), ("birth_date", "3 14 1985"), ("email", &ana.email), ("password", OTHER), ("again", OTHER)];
    finder.post(urls::INVITE, &fields).await.is_ok().shows("This slip no longer works");
    browser.get(&urls::record(ana.patient)).await.is_ok();
    postbox.work(&w).await;
    assert!(postbox.mails().await.iter().any(|mail| mail.contains("got back in to your account")), "the owner is not told");
    desk.get(urls::RECOVERIES).await.is_ok().shows("Back in");

    let lines = w.ledger_of_account(ana.account).await;
    for line in ["outcome decide-recovery front-desk done", "outcome recover-account self done"] {
        assert!(lines.iter().any(|it| it == line), "{line}: {lines:?}");
    }
    assert!(w.ledger_all().await.iter().any(|line| line.starts_with("refusal recover-account")), "a wrong code is not in the ledger");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn five_wrong_codes_end_a_link_whoever_is_faster(w: World) {
    // ASVS V6.4.1, THR-A6: two hundred tries at the same moment are five, and the right one after them is too late.
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &ana.email).await;
    let code = let_in(&desk, &ana).await;
    let link = link_back(&w, &postbox, &ana).await;
    // Each from a browser of its own; the throttle of the door turns most away before the code is looked at.
    let wrong = not(&code);
    let tries = (0..200).map(async |_| {
        let browser = w.browser();
        browser.get(&link).await;
        browser.post(&link, &[("code", &wrong), ("password", OTHER), ("again", OTHER)]).await.status.as_u16()
    });
    let answers = futures_util::future::join_all(tries).await;
    let compared = answers.iter().filter(|status| **status == 422).count();
    assert!((1..=5).contains(&compared), "{compared} codes were compared: {answers:?}");
    // However long one waits between them.
    for _ in compared..5 {
        w.advance(2 * 60 * MINUTE);
        comes_back(&w.browser(), &link, &wrong).await.is(422);
    }
    w.advance(2 * 60 * MINUTE);
    let browser = w.browser();
    browser.get(&link).await.is_ok().shows("This link no longer works");
    let fields = [("code", code.as_str()), ("password", OTHER), ("again", OTHER)];
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(&link, &fields).await.is_ok().shows("This link no longer works");
    // The desk makes another code, and the same link takes it; the code of before is worth nothing.
    w.advance(2 * 60 * MINUTE);
    w.sign_in(&desk).await;
    desk.get(&urls::recovery(ana.account)).await.is_ok().shows("Their link or code no longer works");
    let again = let_in(&desk, &ana).await;
    assert_ne!(again, code);
    assert_eq!(link_back(&w, &postbox, &ana).await, link);
    comes_back(&browser, &link, &code).await.is(422);
    w.advance(2 * 60 * MINUTE);
    comes_back(&browser, &link, &again).await.goes_to(urls::ENROLL);
}
}

salus_test! {
async fn a_link_back_in_ends_after_a_day_and_with_whatever_makes_it_wrong(w: World) {
    // IDN-08; a request is void where the account is not what it was when it was made.
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    for how in ["day", "refused", "taken back", "another password", "unbound", "new address", "death", "who decided is closed"] {
        w.sign_in(&desk).await;
        let ana = w.patient("Ana Ruiz").await;
        w.asks_back_in(&postbox, &ana.email).await;
        let code = let_in(&desk, &ana).await;
        let link = link_back(&w, &postbox, &ana).await;
        w.browser().get(&link).await.is_ok().shows("The code that we told you");
        match how {
            "day" => {
                w.advance(24 * 60 * MINUTE);
                w.sign_in(&desk).await;
                desk.get(urls::RECOVERIES).await.is_ok().shows("Nobody is waiting").shows("Link or code no longer works");
            }
            "refused" => {
                let refuse = urls::refuse_recovery(ana.account);
                desk.get(&urls::recovery(ana.account)).await.is_ok();
                desk.post(&refuse, &[("reason", "")]).await.is(422).shows("Choose why");
                desk.post(&refuse, &[("reason", "not-asked")]).await.goes_to(urls::RECOVERIES);
                postbox.work(&w).await;
                assert!(postbox.mails().await.iter().any(|mail| mail.contains("could not be sure that it came from you")));
                desk.post(&urls::recovery(ana.account), &[("evidence", "photo-id")]).await.goes_to(&urls::recovery(ana.account));
            }
            "taken back" => {
                ana.get(urls::SETTINGS).await.is_ok();
                ana.post(urls::SETTINGS_BACK_IN, &[]).await.goes_to(urls::SETTINGS);
                ana.get(urls::SETTINGS).await.is_ok().shows("Your request is taken back").hides("A request to let you back in");
            }
            "unbound" => {
                desk.get(&urls::unlink(ana.patient)).await.is_ok();
                desk.post(&urls::unlink(ana.patient), &[]).await;
            }
            // The owner has found the phone, and is alarmed.
            "another password" => {
                ana.get(urls::SETTINGS_PASSWORD).await.is_ok();
                let fields = [("old", PASSWORD), ("password", OTHER), ("again", OTHER)];
                ana.post(urls::SETTINGS_PASSWORD, &fields).await.goes_to(urls::SETTINGS);
            }
            // It was new when she asked: by no page, which would send no link.
            "new address" => {
                let moved = sql!("UPDATE account SET email_changed_at = $2 WHERE id = $1");
                let then = w.now().plus(-60 * MINUTE);
                by_row(&w, Sight::of_run("accounts"), moved, args![ana.account, then]).await;
            }
            "death" => {
                let died = sql!("UPDATE patient SET deceased = TRUE WHERE patient_id = $1");
                let sight = Sight { patient: Some(ana.patient), ..Sight::default() };
                by_row(&w, sight, died, args![ana.patient]).await;
            }
            // At the moment when they said yes, so that closing did not find the request.
            "who decided is closed" => {
                let closed = sql!("UPDATE staff_member SET active = FALSE WHERE account_id = $1");
                by_row(&w, Sight::of_run("accounts"), closed, args![desk.account]).await;
            }
            how => panic!("{how}"),
        }
        let browser = w.browser();
        browser.get(urls::SIGN_IN).await.is_ok();
        let page = browser.post(&link, &[("code", &code), ("password", OTHER), ("again", OTHER)]).await;
        page.is_ok().shows("This link no longer works");
    }
}
}

salus_test! {
async fn an_account_is_let_in_only_by_the_front_desk_and_never_its_own(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &ana.email).await;
    let url = urls::recovery(ana.account);
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    desk.get(&url).await.is_ok();
    for role in [Role::Practitioner, Role::Nurse, Role::Biller, Role::Administrator, Role::PrivacyOfficer] {
        let other = w.staff("Other", role).await;
        for page in [urls::RECOVERIES, url.as_str()] {
            other.get(page).await.is_not_found();
        }
        other.get(urls::SETTINGS).await.is_ok();
        other.post(&url, &[("evidence", "photo-id")]).await.is_not_found();
    }
    ana.get(&url).await.is_not_found();
    ana.get(urls::SETTINGS).await.is_ok();
    ana.post(&url, &[("evidence", "photo-id")]).await.is_not_found();
    w.browser().get(&url).await.goes_to(urls::SIGN_IN);
    // Nobody asked for this one: there is nothing to decide.
    let ben = w.patient("Ben Okafor").await;
    desk.get(&urls::recovery(ben.account)).await.is_not_found();
    desk.post(&urls::recovery(ben.account), &[("evidence", "photo-id")]).await.is_not_found();
    // The front desk does not let its own colleagues in, nor itself.
    let rosa = w.staff("Rosa Other", Role::FrontDesk).await;
    w.asks_back_in(&postbox, &rosa.email).await;
    desk.get(urls::RECOVERIES).await.is_ok().shows("Ana Ruiz").hides("Rosa Other");
    for own in [&desk, &rosa] {
        own.get(&urls::recovery(rosa.account)).await.is_not_found();
        own.get(urls::RECOVERIES).await.is_ok().shows("Ana Ruiz");
        own.post(&urls::recovery(rosa.account), &[("evidence", "photo-id")]).await.is_not_found();
    }
}
}

salus_test! {
async fn two_people_let_a_colleague_back_in_and_never_one(w: World) {
    // ASVS V6.4.4, V6.4.6, threat: one administrator who makes a colleague’s account their own.
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let hal = w.staff("Hal Admin", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    let account = rosa.account.to_string();
    let (confirm, refuse) = (urls::colleague(rosa.account), urls::refuse_colleague(rosa.account));
    w.asks_back_in(&postbox, &rosa.email).await;
    grace.get(urls::CLINIC_STAFF).await.is_ok().shows("Asked on");
    grace.get(urls::STAFF).await.is_ok().shows("One colleague asked to be let back in");
    // Nobody is second while nobody was first.
    nia.get(urls::COLLEAGUES).await.is_ok().hides("Rosa Desk");
    nia.post(&confirm, &[]).await.goes_to(urls::COLLEAGUES);
    w.vouched(&grace, rosa.account).await;
    grace.get(urls::CLINIC_STAFF).await.is_ok().shows("A second person is needed");
    postbox.work(&w).await;
    assert!(mailed(&postbox, &rosa.email, "back-in").await.is_none(), "one person was enough");
    // The first is not the second; nor the colleague themselves, nor a patient.
    grace.get(urls::COLLEAGUES).await.is_ok().shows("Rosa Desk").shows("You said yes already");
    grace.post(&confirm, &[]).await.goes_to(urls::COLLEAGUES);
    rosa.get(urls::COLLEAGUES).await.is_ok().shows("Nobody is waiting");
    rosa.post(&confirm, &[]).await.goes_to(urls::COLLEAGUES);
    ana.get(urls::COLLEAGUES).await.is_not_found();
    ana.get(urls::SETTINGS).await.is_ok();
    ana.post(&confirm, &[]).await.is_not_found();
    // The second says no, and another administrator begins anew.
    nia.get(urls::STAFF).await.is_ok().shows("One person needs a second yes");
    nia.get(urls::COLLEAGUES).await.is_ok().shows("Rosa Desk").shows("Grace Kim said yes on");
    nia.post(&refuse, &[]).await.goes_to(urls::COLLEAGUES);
    nia.post(&confirm, &[]).await.goes_to(urls::COLLEAGUES);
    postbox.work(&w).await;
    assert!(mailed(&postbox, &rosa.email, "back-in").await.is_none(), "one person was enough");
    w.vouched(&hal, rosa.account).await;
    hal.post(&confirm, &[]).await.goes_to(urls::COLLEAGUES);
    rosa.get(urls::STAFF_PATIENTS).await.is_ok();
    nia.get(urls::COLLEAGUES).await.is_ok().shows("Hal Admin said yes on");
    let code = code_on(&nia.post(&confirm, &[]).await);
    let link = link_back(&w, &postbox, &rosa).await;
    let fresh = w.browser();
    comes_back(&fresh, &link, &code).await.goes_to(urls::ENROLL);
    rosa.get(urls::STAFF_PATIENTS).await.goes_to(urls::SIGN_IN);
    w.enroll(&fresh).await;
    fresh.get(urls::STAFF_PATIENTS).await.is_ok();
    w.rows_are_intact().await;
    // Nobody vouches for themselves, nor for somebody whose account is closed, nor for a patient.
    for other in [grace.account, ana.account] {
        grace.get(urls::CLINIC_STAFF).await.is_ok();
        grace.post(urls::CLINIC_STAFF_RETURN, &[("account", &other.to_string())]).await.is_not_found();
    }
    grace.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    grace.get(urls::CLINIC_STAFF).await.is_ok();
    grace.post(urls::CLINIC_STAFF_RETURN, &[("account", &account)]).await.is_not_found();
}
}

salus_test! {
async fn a_first_yes_waits_three_days_for_the_second(w: World) {
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let postbox = Postbox::new();
    w.vouched(&grace, rosa.account).await;
    nia.get(urls::COLLEAGUES).await.is_ok().shows("Rosa Desk");
    w.advance(3 * LASTS);
    w.sign_in(&nia).await;
    nia.get(urls::STAFF).await.is_ok().hides("needs a second yes");
    nia.get(urls::COLLEAGUES).await.is_ok().shows("Nobody is waiting");
    nia.post(&urls::colleague(rosa.account), &[]).await.goes_to(urls::COLLEAGUES);
    postbox.work(&w).await;
    assert!(mailed(&postbox, &rosa.email, "back-in").await.is_none(), "a yes of last week is still one of two");
    // The administrator sees that it is asked for again, and says yes again.
    w.sign_in(&grace).await;
    grace.get(urls::STAFF).await.is_ok().shows("One colleague asked to be let back in");
    grace.get(urls::CLINIC_STAFF).await.is_ok().shows("Yes, I checked that it is them");
    w.vouched(&grace, rosa.account).await;
    nia.get(urls::COLLEAGUES).await.is_ok().shows("Rosa Desk");
    code_on(&nia.post(&urls::colleague(rosa.account), &[]).await);
    link_back(&w, &postbox, &rosa).await;
}
}

salus_test! {
async fn a_step_that_does_not_follow_is_none(w: World) {
    // The table's trigger, on both engines: what a policy can't see, because it looks at the row as it becomes.
    let rolf = w.staff("Rolf Biller", Role::Biller).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    for asks in [&rolf, &ana] {
        w.asks_back_in(&postbox, &asks.email).await;
    }
    let as_desk = Sight { account: Some(desk.account), role: Some(Role::FrontDesk), ..Sight::default() };
    let changes = async |sight: &Sight, sql: Sql, values: Vec<Value>| {
        let mut tx = w.db.begin(sight).await.unwrap();
        let done = tx.one_row(sql, values).await.is_ok();
        if done {
            tx.commit().await.unwrap();
        }
        done
    };
    // Both yeses by one person in one statement.
    let both = sql!(
        "UPDATE recovery SET state = 'approved', vouched_by = $3, vouched_at = $4, evidence = 'x', decided_by = $2, decided_at = $4,
                proof = $5, ends_at = $4 WHERE account_id = $1"
    );
    let values = args![rolf.account, desk.account, grace.account, w.now(), vec![0_u8]];
    assert!(!changes(&as_desk, both, values).await, "one person said both");
    // Back in without anybody's yes; and after one, with another proof.
    let approve = sql!(
        "UPDATE recovery SET state = 'approved', evidence = 'x', decided_by = $2, decided_at = $3, proof = $4, ends_at = $3 WHERE account_id = $1"
    );
    let key = sql!("SELECT key FROM recovery WHERE account_id = $1");
    let own = Sight { account: Some(ana.account), ..Sight::default() };
    let (key,): (String,) = w.db.read(&own).await.unwrap().one(key, args![ana.account]).await.unwrap();
    let as_owner = Sight { token: Some(key), ..own };
    let values = || args![ana.account, desk.account, w.now(), vec![0_u8]];
    let counted = sql!(
        "UPDATE recovery SET state = 'approved', evidence = 'x', decided_by = $2, decided_at = $3, proof = $4, ends_at = $3, wrong_codes = 1
          WHERE account_id = $1"
    );
    assert!(!changes(&as_owner, counted, values()).await, "the owner let themselves in");
    assert!(changes(&as_desk, approve, values()).await, "the desk's own step");
    let another = sql!("UPDATE recovery SET state = 'done', proof = $2 WHERE account_id = $1");
    assert!(!changes(&as_owner, another, args![ana.account, vec![1_u8]]).await, "with a proof that nobody made");
    let done = sql!("UPDATE recovery SET state = 'done' WHERE account_id = $1");
    assert!(changes(&as_owner, done, args![ana.account]).await, "the owner's own step");
    let again = sql!("UPDATE recovery SET state = 'withdrawn' WHERE account_id = $1");
    assert!(!changes(&as_owner, again, args![ana.account]).await, "what was decided was changed");
}
}

salus_test! {
async fn closing_a_colleague_takes_back_whom_they_were_about_to_let_in(w: World) {
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let hal = w.staff("Hal Admin", Role::Administrator).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &ana.email).await;
    let to_ana = (let_in(&desk, &ana).await, link_back(&w, &postbox, &ana).await);
    w.vouched(&hal, nia.account).await;
    desk.get(urls::COLLEAGUES).await.is_ok().shows("Nia Nurse");
    let to_nia = (code_on(&desk.post(&urls::colleague(nia.account), &[]).await), link_back(&w, &postbox, &nia).await);
    for (code, link) in [&to_ana, &to_nia] {
        assert_eq!(code.len(), 9);
        w.browser().get(link).await.is_ok().shows("The code that we told you");
    }
    grace.get(urls::CLINIC_STAFF).await.is_ok();
    grace.post(urls::CLINIC_STAFF_ACCESS, &[("account", &desk.account.to_string()), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    for (code, link) in [&to_ana, &to_nia] {
        let browser = w.browser();
        browser.get(link).await.is_ok().shows("This link no longer works");
        browser.get(urls::SIGN_IN).await.is_ok();
        browser.post(link, &[("code", code), ("password", OTHER), ("again", OTHER)]).await.is_ok().shows("This link no longer works");
    }
    ana.get(&urls::record(ana.patient)).await.is_ok();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn raw_sql_lets_nobody_in_alone(w: World) {
    // Row-level security and the table's own rules: the application's role, without the pages.
    let Some(raw_urls) = &w.raw else { return };
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    w.asks_back_in(&postbox, &ana.email).await;
    w.vouched(&grace, nia.account).await;
    let now = w.now().micros();
    let run_with = async |who: &Person, role: &str, token: &str, also: &str, whose: &Person, by: &Person| {
        let approve = format!(
            "UPDATE recovery SET {also}state = 'approved', evidence = 'x', decided_by = '{}', decided_at = {now}, proof = '\\x00', ends_at = {now}
              WHERE account_id = '{}'",
            by.account, whose.account
        );
        let sight = format!("SELECT set_config('salus.account', '{}', false), set_config('salus.role', '{role}', false), set_config('salus.token', '{token}', false)", who.account);
        salus_db::testing::raw(&raw_urls.app, &format!("{sight}; {approve}")).await.unwrap_or(0)
    };
    let run = async |who: &Person, role: &str, whose: &Person, by: &Person| run_with(who, role, "", "", whose, by).await;
    // Not the owner, under whoever's name; not an administrator a patient; not the front desk under another name.
    assert_eq!(run(&ana, "", &ana, &desk).await, 0);
    assert_eq!(run(&grace, "administrator", &ana, &grace).await, 0);
    assert_eq!(run(&desk, "front-desk", &ana, &grace).await, 0);
    // Not the first of two, nor the colleague, under whoever's name.
    assert_eq!(run(&grace, "administrator", &nia, &grace).await, 0);
    assert_eq!(run(&grace, "administrator", &nia, &desk).await, 0);
    assert_eq!(run(&nia, "nurse", &nia, &nia).await, 0);
    assert_eq!(run(&nia, "nurse", &nia, &desk).await, 0);
    // Nor one person who writes the first one's name too, nor the owner who has read the row's key.
    let rolf = w.staff("Rolf Biller", Role::Biller).await;
    w.asks_back_in(&postbox, &rolf.email).await;
    let both = format!("vouched_by = '{}', vouched_at = {now}, ", grace.account);
    assert_eq!(run_with(&desk, "front-desk", "", &both, &rolf, &desk).await, 0);
    let sight = Sight { account: Some(ana.account), ..Sight::default() };
    let key = sql!("SELECT key FROM recovery WHERE account_id = $1");
    let (key,): (String,) = w.db.read(&sight).await.unwrap().one(key, args![ana.account]).await.unwrap();
    for codes in [0, 1] {
        assert_eq!(run_with(&ana, "", &key, &format!("wrong_codes = {codes}, "), &ana, &desk).await, 0);
    }
    // The search finds what it looks for.
    assert_eq!(run(&desk, "front-desk", &ana, &desk).await, 1);
    assert_eq!(run(&desk, "front-desk", &nia, &desk).await, 1);
}
}
