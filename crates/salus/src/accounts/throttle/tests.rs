//! How many tries count: one after the other, at once, and from everywhere.

use axum::Router;
use futures_util::future::join_all;
use salus_db::Sight;
use salus_kernel::Action;

use super::*;
use crate::{
    access::{App, WebConfig},
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, PASSWORD, Page, Person, Postbox, World, mailed},
};

#[test]
fn pauses_grow_and_stay_bounded() {
    let pauses = |count: Count, failures: &[i64]| failures.iter().map(|n| count.pause(*n) / SECOND).collect::<Vec<_>>();
    assert_eq!(pauses(Count::Pair, &[1, 4, 5, 6, 7, 8, 9, 100, i64::MAX]), [0, 0, 60, 120, 240, 480, 900, 900, 900]);
    assert_eq!(pauses(Count::Address, &[29, 30, 31, 1000]), [0, 60, 120, 900]);
    assert_eq!(pauses(Count::Account, &[9, 10, 1_000_000]), [0, 30, 30], "a stranger never locks anybody out for good");
}

#[test]
fn what_everybody_does_drains_away_at_its_pace() {
    let begun = Instant::from_micros(1_795_359_600_000_000);
    // As the table has it: counted first, then looked at; who has to wait leaves no trace.
    let take = |row: &mut Option<(i64, Instant)>, now: Instant| {
        let (failures, last_at) = row.map_or((1, now), |(failures, last_at)| (failures + 1, last_at));
        let after = Count::Everybody.after(&ThrottleRow { failures, last_at, blocked_until: now }, now);
        if after.wait == 0 {
            *row = Some((after.failures, after.at));
        }
        after.wait / SECOND
    };
    let row = &mut None;
    let taken = |row: &mut Option<(i64, Instant)>, now: Instant| (0..1000).filter(|_| take(row, now) == 0).count();
    assert_eq!((taken(row, begun), take(row, begun)), (300, 6));
    assert_eq!((take(row, begun.plus(4 * SECOND)), taken(row, begun.plus(6 * SECOND))), (2, 1));
    // Parts of a pause are not lost: an hour of waiting gives what an hour gives, however often somebody looks.
    let hour: usize = (7..=3606).map(|second| taken(row, begun.plus(second * SECOND))).sum();
    assert_eq!(hour, 600);
    assert_eq!(taken(row, begun.plus(60 * 24 * MINUTE)), 300, "after a day of rest all are free");
    // A clock that was set back a little changes nothing, one that ran far ahead holds nobody back.
    assert_eq!(take(row, begun.plus(60 * 24 * MINUTE - SECOND)), 6);
    assert_eq!(taken(row, begun), 300);
}

/// The portal behind a proxy, so that requests come from wherever they say.
async fn behind_a_proxy(w: &World) -> Router {
    let web = WebConfig {
        trusted_proxies: vec![std::net::IpAddr::from([127, 0, 0, 1])],
        public_url: "https://portal.example.org".to_owned(),
        ..WebConfig::default()
    };
    let app = App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    crate::web::router(&app).1
}

/// A form that comes from an address.
async fn from(browser: &Browser, address: &str, url: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post_raw(url, &all, &[("x-forwarded-for", address)]).await
}

/// A network of its own for each number.
fn network(number: usize) -> String {
    format!("2001:db8:{number:x}::1")
}

/// As if so many had tried at this door.
async fn have_tried(w: &World, count: Count, door: &str, tries: usize) {
    let run = w.run("accounts", Action::ManageAccounts).await;
    let whose = format!("{door} everybody");
    let key = match count {
        Count::EverybodysCodes => format!("v1:{}", hex::encode(run.vault().digest("throttle", whose.as_bytes()))),
        _ => run.vault().index("throttle", &whose).into_string(),
    };
    let sight = Sight { token: Some(key.clone()), ..Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    for _ in 0..tries {
        assert_eq!(take(&mut tx, &[Key { count, key: key.clone() }], w.now()).await.unwrap(), None);
    }
    tx.commit().await.unwrap();
}

/// An address to sign in with, and one to come from, for each number.
type Guess<'a> = &'a dyn Fn(usize) -> (String, String);
/// What a form sends.
type Fields<'a> = Vec<(&'a str, &'a str)>;

const MANY: usize = 200;
const DAY: i64 = 24 * 60 * MINUTE;
const WRONG: &str = "wrong wrong wrong";

salus_test! {
async fn many_guesses_at_once_get_no_more_tries_than_in_a_row(w: World) {
    // ASVS V6.3.1, IDN-02, THR-05: of one account from one address and from everywhere, from one network, from everywhere
    // at everybody.
    let ana = w.account("Ana Ruiz", None, None).await;
    let browser = Browser::new(behind_a_proxy(&w).await);
    let ways: [(&str, usize, Guess); 4] = [
        ("one account from one address", 5, &|_| (ana.email.clone(), "198.51.100.7".to_owned())),
        ("one account from everywhere", 10, &|n| (ana.email.clone(), network(n))),
        ("many accounts from one network", 30, &|n| (format!("nobody{n}@example.org"), format!("2001:db8::{n:x}"))),
        ("many accounts from everywhere", 20, &|n| (format!("nobody{n}@example.org"), network(n))),
    ];
    for (what, most, guess) in ways {
        let mut got = Vec::new();
        for at_once in [false, true] {
            w.advance(2 * DAY);
            if most == 20 {
                have_tried(&w, Count::Everybody, "sign-in", 280).await;
            }
            browser.get(urls::SIGN_IN).await.is_ok();
            let tries = (0..MANY).map(|n| {
                let (email, address) = guess(n);
                let browser = &browser;
                async move {
                    let fields = [("email", email.as_str()), ("password", WRONG)];
                    from(browser, &address, urls::SIGN_IN, &fields).await.status.as_u16()
                }
            });
            let mut statuses = Vec::new();
            if at_once {
                statuses = join_all(tries).await;
            } else {
                for one in tries {
                    statuses.push(one.await);
                }
            }
            assert!(statuses.iter().all(|status| [422, 429].contains(status)), "{what}: {statuses:?}");
            got.push(statuses.iter().filter(|status| **status == 422).count());
        }
        assert_eq!(got[0], most, "{what}, one after the other");
        assert!(got[1] <= got[0], "{what}: {} at once got more tries than in a row, {got:?}", MANY);
        assert_eq!(got[1], got[0], "{what}: tries got lost");
    }
}
}

/// Somebody whose password was right, and who is asked for a code.
async fn halfway(router: &Router, person: &Person, known: Option<&str>) -> Browser {
    let browser = Browser::new(router.clone());
    if let Some(known) = known {
        browser.set_cookie("__Host-salus-known", known);
    }
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post(urls::SIGN_IN, &[("email", &person.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);
    browser.get(urls::SIGN_IN_CODE).await.is_ok();
    browser
}

salus_test! {
async fn many_codes_at_once_get_no_more_tries_than_in_a_row(w: World) {
    // ASVS V6.3.1, V6.5.5, FLAW-14: the app's codes and recovery codes share a count.
    let ana = w.account("Ana Ruiz", None, None).await;
    let mut got = Vec::new();
    for at_once in [false, true] {
        w.advance(2 * DAY);
        let browser = halfway(&w.router, &ana, None).await;
        let tries = (0..MANY).map(|n| {
            let browser = &browser;
            async move {
                let url = if n % 2 == 0 { urls::SIGN_IN_CODE } else { urls::SIGN_IN_RECOVERY };
                let page = browser.post(url, &[("code", "000000")]).await;
                page.is(422);
                !page.text().contains("There were too many wrong codes")
            }
        });
        let mut checked = Vec::new();
        if at_once {
            checked = join_all(tries).await;
        } else {
            for one in tries {
                checked.push(one.await);
            }
        }
        got.push(checked.into_iter().filter(|checked| *checked).count());
        // Not even the right one counts now.
        browser.post(urls::SIGN_IN_CODE, &[("code", &ana.totp.code(w.now()))]).await.is(422).shows("too many wrong codes");
    }
    assert_eq!(got[0], 5);
    assert!(got[1] <= got[0], "codes at once got more tries than in a row: {got:?}");
    assert_eq!(got[1], got[0]);
}
}

salus_test! {
async fn guesses_from_everywhere_are_slowed_down_and_known_browsers_are_not(w: World) {
    // ASVS V6.3.1, IDN-02, THR-A4: thousands of networks, thousands of accounts, one try each.
    let ana = w.account("Ana Ruiz", None, None).await;
    let home = w.browser();
    w.sign_in_with(&ana, &home).await;
    let router = behind_a_proxy(&w).await;
    let (strangers, phone) = (Browser::new(router.clone()), Browser::new(router.clone()));
    have_tried(&w, Count::Everybody, "sign-in", 299).await;
    strangers.get(urls::SIGN_IN).await.is_ok();
    let guess = async |n: usize| {
        let email = format!("nobody{n}@example.org");
        from(&strangers, &network(n), urls::SIGN_IN, &[("email", &email), ("password", WRONG)]).await
    };
    guess(1).await.is(422);
    let page = guess(2).await;
    assert_eq!(page.status, 429, "guesses from everywhere were not slowed down");
    page.shows("try again at 9:01 am Central Time");
    assert_eq!(page.headers["retry-after"], "6");

    // Who was here before is not held up, not even when they mistype; nor do they take anybody's turn.
    let here = w.browser();
    here.set_cookie("__Host-salus-known", &home.cookie("__Host-salus-known").unwrap());
    here.get(urls::SIGN_IN).await.is_ok();
    let mistyped = here.post(urls::SIGN_IN, &[("email", &ana.email), ("password", WRONG)]).await;
    assert_eq!(mistyped.status, 422, "a known browser was held up by strangers");
    here.post(urls::SIGN_IN, &[("email", &ana.email), ("password", PASSWORD)]).await.goes_to(urls::SIGN_IN_CODE);

    // A new device waits for seconds, and a success takes no turn.
    phone.get(urls::SIGN_IN).await.is_ok();
    let right = [("email", ana.email.as_str()), ("password", PASSWORD)];
    from(&phone, &network(3), urls::SIGN_IN, &right).await.is(429);
    w.advance(6 * SECOND);
    from(&phone, &network(3), urls::SIGN_IN, &right).await.goes_to(urls::SIGN_IN_CODE);
    guess(4).await.is(422);
    guess(5).await.is(429);
}
}

salus_test! {
async fn codes_of_everybody_are_slowed_down_and_known_browsers_are_not(w: World) {
    // ASVS V6.3.1, IDN-02: who has many passwords.
    let ana = w.account("Ana Ruiz", None, None).await;
    let home = w.browser();
    w.sign_in_with(&ana, &home).await;
    let (known, thief) = (home.cookie("__Host-salus-known").unwrap(), halfway(&w.router, &ana, None).await);
    have_tried(&w, Count::EverybodysCodes, "code", 60).await;
    let page = thief.post(urls::SIGN_IN_CODE, &[("code", "000000")]).await;
    assert!(page.text().contains("too many wrong codes. Wait 1 minute"), "codes of everybody were not slowed down: {}", page.text());
    thief.get(urls::SIGN_IN_RECOVERY).await.is_ok();
    thief.post(urls::SIGN_IN_RECOVERY, &[("code", "aaaa-aaaa-aaaa-aaaa")]).await.is(422).shows("Wait 1 minute");
    let fresh = halfway(&w.router, &ana, Some(&known)).await;
    fresh.post(urls::SIGN_IN_CODE, &[("code", "000000")]).await.is(422).hides("too many");
    fresh.post(urls::SIGN_IN_CODE, &[("code", &ana.totp.code(w.now()))]).await.goes_to(urls::HOME);
    w.advance(MINUTE);
    thief.post(urls::SIGN_IN_CODE, &[("code", "000000")]).await.is(422).hides("too many");
    thief.post(urls::SIGN_IN_CODE, &[("code", "000000")]).await.is(422).shows("too many");
}
}

salus_test! {
async fn each_door_has_a_count_of_everybody_s_tries(w: World) {
    // ASVS V6.3.1, V2.4.1, THR-A4: asking for mail; one door's flood leaves the others open.
    let browser = Browser::new(behind_a_proxy(&w).await);
    let doors: [(&str, &str, Fields); 2] = [
        ("forgotten", urls::FORGOTTEN, vec![("email", "nobody@example.org")]),
        ("register", urls::REGISTER, vec![("name", "Zoe Ito"), ("birth_date", "3 14 1985"), ("email", "zoe@example.org"), ("phone", "")]),
    ];
    for (number, (door, url, fields)) in doors.iter().enumerate() {
        browser.get(url).await.is_ok();
        let page = from(&browser, &network(2 * number), url, fields).await;
        assert_eq!(page.status, 303, "a flood at another door closed {door}");
        have_tried(&w, Count::Everybody, door, 299).await;
        let page = from(&browser, &network(2 * number + 1), url, fields).await;
        assert_eq!(page.status, 429, "tries of everybody at the door {door} were not slowed down");
        page.shows("try again at");
    }
}
}

salus_test! {
async fn a_flood_closes_no_slip_and_no_mailed_link(w: World) {
    // THR-A4: what can't be guessed has no count of everybody that a stranger could use up.
    let postbox = Postbox::new();
    w.ask(&w.browser(), "Ana Ruiz", "3 14 1985", "ana@example.org").await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, "ana@example.org", "verify").await.unwrap();
    let strangers = Browser::new(behind_a_proxy(&w).await);
    strangers.get(urls::INVITE).await.is_ok();
    let slip = [("slip", "AAAA-AAAA-AAAA"), ("birth_date", "3 14 1985"), ("email", "zoe@example.org"), ("password", CHOSEN), ("again", CHOSEN)];
    for n in 0..310 {
        from(&strangers, &network(n), urls::INVITE, &slip).await.is(422);
    }
    let ana = Browser::new(behind_a_proxy(&w).await);
    ana.get(&link).await.is_ok();
    let right = [("birth_date", "3 14 1985"), ("password", CHOSEN), ("again", CHOSEN)];
    from(&ana, &network(400), &link, &right).await.goes_to(urls::ENROLL);
}
}

salus_test! {
async fn one_site_does_not_use_up_everybody_s_tries(w: World) {
    // ASVS V6.3.1, THR-A4: whoever has a /48 has 65,536 networks.
    let strangers = Browser::new(behind_a_proxy(&w).await);
    strangers.get(urls::SIGN_IN).await.is_ok();
    let mut counted = 0;
    for n in 0..320 {
        let email = format!("nobody{n}@example.org");
        let page = from(&strangers, &format!("2001:db8:7:{n:x}::1"), urls::SIGN_IN, &[("email", &email), ("password", WRONG)]).await;
        counted += usize::from(page.status == 422);
    }
    assert_eq!(counted, 120, "one site tried as often as it liked");
    let honest = [("email", "zoe@example.org"), ("password", WRONG)];
    from(&strangers, &network(8), urls::SIGN_IN, &honest).await.is(422);
}
}

salus_test! {
async fn one_account_does_not_use_up_everybody_s_codes(w: World) {
    // ASVS V6.3.1: a wrong code, then one's own right one, with each new code for half an hour, in a browser that keeps nothing.
    let eve = w.account("Eve Adler", None, None).await;
    let mut wrong = 0;
    for _ in 0..60 {
        w.advance(30 * SECOND);
        let browser = halfway(&w.router, &eve, None).await;
        let page = browser.post(urls::SIGN_IN_CODE, &[("code", "000000")]).await;
        wrong += usize::from(!page.text().contains("too many wrong codes"));
        browser.post(urls::SIGN_IN_CODE, &[("code", &eve.totp.code(w.now()))]).await;
    }
    assert!((5..=8).contains(&wrong), "one account made {wrong} wrong codes in half an hour");
}
}

salus_test! {
async fn requests_that_overlap_do_not_hold_each_other_up(w: World) {
    // A clinic behind one address: who began to sign in a moment earlier may come to the count later.
    let counts = [Count::Pair, Count::Address, Count::Site, Count::Account, Count::Code, Count::Asking, Count::Postbox];
    for count in counts {
        let key = Key { count, key: count.word().to_owned() };
        let mut tx = w.db.begin(&Sight { token: Some(key.key.clone()), ..Sight::default() }).await.unwrap();
        let keys = [key];
        for milliseconds in [0, -3, 2, -5] {
            let at = w.now().plus(milliseconds * 1000);
            assert_eq!(take(&mut tx, &keys, at).await.unwrap(), None, "{count:?} at {milliseconds} ms");
        }
        succeeded(&mut tx, &keys).await.unwrap();
        assert_eq!(take(&mut tx, &keys, w.now().plus(-7000)).await.unwrap(), None, "{count:?} after a success");
        // And a pause is one for them too.
        let many = match count { Count::Site => 130, _ => 40 };
        let mut waits = None;
        for _ in 0..many {
            waits = take(&mut tx, &keys, w.now()).await.unwrap();
            if waits.is_some() {
                break;
            }
        }
        assert!(waits.is_some(), "{count:?} has no pause any more");
        assert!(take(&mut tx, &keys, w.now().plus(-3000)).await.unwrap().is_some(), "{count:?}");
    }
}
}
