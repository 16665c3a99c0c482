//! Somebody asks the clinic to act for a patient: asked, answered, begun; and what nobody gets by trying.
//! ASVS V5.2.1, V5.2.2, V5.2.6, V5.3.2, V8.2.2, V8.3.1, V14.2.6, HIP-01.

use salus_db::{Sight, Sql, Value, args, sql};
use salus_kernel::{MINUTE, PatientId, Role};

use super::*;
use crate::{salus_test, testing::Postbox};

const DAY: i64 = 24 * 60 * MINUTE;

/// What the desk sends that says yes.
fn yes(evidence: &str) -> Vec<(&str, &str)> {
    vec![("basis", "parent"), ("evidence", evidence), ("months", "12"), ("visits", "yes"), ("messages", "yes")]
}

/// Which photos stand beside the chart.
async fn photos(desk: &Person, child: PatientId, request: &str) -> String {
    let page = desk.get(&urls::grant_caregiver(child, request)).await;
    between(page.is_ok(), "name=\"photos\" value=\"", "\"").to_owned()
}

async fn says(desk: &Person, child: PatientId, request: &str, fields: &[(&str, &str)]) -> Page {
    let photos = photos(desk, child, request).await;
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("photos", photos.as_str())]).collect();
    desk.post(&urls::grant_caregiver(child, request), &fields).await
}

async fn says_yes(desk: &Person, child: PatientId, request: &str) -> Page {
    says(desk, child, request, &yes("paper")).await
}

async fn begins(who: &Person, request: &str) -> Page {
    who.get(&urls::asked_caregiver(request)).await.is_ok();
    who.post(&urls::begin_caregiver(request), &[]).await
}

async fn count(w: &World, sql: salus_db::Sql) -> i64 {
    let mut tx = w.db.read(&salus_db::Sight::of_run("jobs")).await.unwrap();
    let (count,): (i64,) = tx.one(sql, Vec::new()).await.unwrap();
    count
}

salus_test! {
async fn a_mother_asks_the_desk_says_yes_and_she_begins(w: World) {
    let postbox = Postbox::new();
    let leo = w.chart("Leo Ruiz", "2019-03-14").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    // From the start page of somebody who has no record of their own.
    rosa.get(urls::HOME).await.is_ok().shows("Do you help someone else?").holds(urls::ACTING_FOR);
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("Ask the clinic").shows("Ask to act for someone");
    rosa.get(urls::ASK_CAREGIVER).await.is_ok().shows("Do you help an adult who can decide?");
    let mut wish = wishes("Leo Ruiz", "March 14 2019");
    wish.extend([("phone", "503 555 0142"), ("note", "I am his mother. \u{202e}\u{645}\u{631}\u{62d}\u{628}\u{627} \u{1f600}")]);
    let page = rosa.post(urls::ASK_CAREGIVER, &wish).await;
    page.is(303);
    let request = page.location().rsplit('/').next().unwrap().to_owned();
    let page = rosa.get(&urls::asked_caregiver(&request)).await;
    page.is_ok().shows("We have your request").shows("Leo Ruiz").shows("March 14, 2019").shows("I am the parent").shows("503 555 0142");
    // Drawn anew, and sent as what it is.
    let photo = sends_a_photo(&rosa, &request).await;
    let shown = rosa.get(&urls::own_photo(&request, &photo)).await;
    shown.is_ok();
    assert_eq!((&shown.headers["content-type"], &shown.headers["cache-control"]), (&"image/jpeg".parse().unwrap(), &"no-store".parse().unwrap()));
    assert!(shown.bytes.starts_with(&[0xff, 0xd8, 0xff]), "no JPEG");

    desk.get(urls::STAFF).await.is_ok().shows("Caregiver requests").shows("One person is waiting");
    desk.get(urls::CAREGIVER_REQUESTS).await.is_ok().shows("Rosa Ruiz").shows("Leo Ruiz").shows("Waiting");
    let page = desk.get(&urls::caregiver_request(&request)).await;
    page.is_ok().shows("check a photo ID").shows("I am his mother").shows("Compare with").holds(&urls::grant_caregiver(leo, &request));
    desk.get(&urls::caregiver_photo(&request, &photo)).await.is_ok();
    desk.get(&urls::grant_caregiver(leo, &request)).await.is_ok().shows("Name and date of birth are the same").holds("value=\"parent\" checked");
    says_yes(&desk, leo, &request).await.goes_to(urls::CAREGIVER_REQUESTS);
    desk.get(urls::CAREGIVER_REQUESTS).await.is_ok().shows("You said yes").shows("Yes, not begun");
    postbox.work(&w).await;
    assert_eq!(mails(&postbox, &rosa, "there is an answer").await, 1);

    // Nobody acts for anybody before they begin it.
    rosa.get(&urls::patient_home(leo)).await.is_not_found();
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("We said yes");
    rosa.get(&urls::asked_caregiver(&request)).await.is_ok().shows("The clinic said yes").shows("You can begin until").hides("Add a photo");
    begins(&rosa, &request).await.goes_to(&urls::patient_home(leo));
    rosa.get(&urls::patient_home(leo)).await.is_ok().shows("You are acting for Leo Ruiz");
    rosa.get(&urls::record(leo)).await.is_not_found();
    begins(&rosa, &request).await.goes_to(&urls::asked_caregiver(&request));
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("Act for Leo Ruiz").hides("We said yes");
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Rosa Ruiz").shows("Parent of a child").shows("Jamie Desk");
    let lines = w.ledger_of(leo).await;
    for said in ["compare-caregiver", "grant-caregiver", "accept-caregiver"] {
        assert!(lines.iter().any(|line| line.contains(said)), "{said} is not written down: {lines:?}");
    }
    postbox.work(&w).await;
    assert_eq!(mails(&postbox, &rosa, WHO_ACTS).await, 1);
    assert!(postbox.mails().await.iter().all(|mail| !mail.contains("Leo") && !mail.contains("Rosa R")), "a mail names somebody");

    // Photos are gone 30 days after the answer, and not before.
    const PHOTOS: salus_db::Sql = sql!("SELECT COUNT(*) FROM caregiver_photo");
    w.advance(29 * DAY);
    w.app.sweep().await.unwrap();
    assert_eq!(count(&w, PHOTOS).await, 1, "photos go too early");
    w.advance(2 * DAY);
    w.app.sweep().await.unwrap();
    assert_eq!(count(&w, PHOTOS).await, 0, "photos stay");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_no_says_why_and_one_asks_again(w: World) {
    let postbox = Postbox::new();
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    let (request, photo) = w.asks_to_act(&rosa, "Leo Ruiz", "3 14 2019").await;
    let page = desk.get(&urls::caregiver_request(&request)).await;
    page.is_ok().shows("No chart has this");
    desk.post(&urls::refuse_caregiver(&request), &[("reason", "because")]).await.is(422).shows("Choose why").shows("Leo Ruiz");
    desk.post(&urls::refuse_caregiver(&request), &[("reason", "not-found")]).await.goes_to(urls::CAREGIVER_REQUESTS);
    desk.get(&urls::caregiver_request(&request)).await.is_ok().shows("We found nobody here");
    desk.post(&urls::refuse_caregiver(&request), &[("reason", "papers")]).await.goes_to(&urls::caregiver_request(&request));
    postbox.work(&w).await;
    assert_eq!(mails(&postbox, &rosa, "there is an answer").await, 1);
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("We could not say yes");
    let page = rosa.get(&urls::asked_caregiver(&request)).await;
    // No stranger learns from a no whether there is such a chart.
    page.is_ok().shows("We could not match what you typed").hides("We found nobody here").shows("Ask again").hides("Take it back");
    // What was typed stands in the form again; nobody else's does.
    let again = urls::ask_caregiver_again(&request);
    rosa.get(&again).await.is_ok().holds("value=\"Leo Ruiz\"").holds("value=\"2019-03-14\"").holds("value=\"parent\" checked");
    let other = somebody(&w, "Otto Other").await;
    for url in [again.as_str(), "/acting-for/ask?before=x"] {
        other.get(url).await.is_ok().hides("Leo Ruiz").hides("2019-03-14");
    }
    // What was answered changes no more.
    rosa.browser.post_file(&urls::asked_caregiver(&request), &a_photo(40)).await.goes_to(&urls::asked_caregiver(&request));
    rosa.get(&urls::asked_caregiver(&request)).await.is_ok().shows("The photo was not added");
    rosa.post(&urls::remove_photo(&request), &[("photo", &photo)]).await.goes_to(&urls::asked_caregiver(&request));
    rosa.post(&urls::withdraw_caregiver(&request), &[]).await.goes_to(&urls::asked_caregiver(&request));
    begins(&rosa, &request).await.goes_to(&urls::asked_caregiver(&request));
    assert_eq!(count(&w, sql!("SELECT COUNT(*) FROM caregiver_photo")).await, 1, "an answered request changed");

    // Asked again, a photo less, and taken back: nothing of it is left for the desk.
    let (again, photo) = w.asks_to_act(&rosa, "Leo Ruiz", "3 15 2019").await;
    sends_a_photo(&rosa, &again).await;
    rosa.post(&urls::remove_photo(&again), &[("photo", &photo)]).await.goes_to(&urls::asked_caregiver(&again));
    rosa.get(&urls::asked_caregiver(&again)).await.is_ok().shows("The photo is deleted");
    rosa.get(&urls::own_photo(&again, &photo)).await.is_not_found();
    rosa.post(&urls::withdraw_caregiver(&again), &[]).await.goes_to(urls::ACTING_FOR);
    rosa.get(&urls::asked_caregiver(&again)).await.is_not_found();
    desk.get(&urls::caregiver_request(&again)).await.is_not_found();
    desk.post(&urls::refuse_caregiver(&again), &[("reason", "call")]).await.is_not_found();
    assert_eq!(count(&w, sql!("SELECT COUNT(*) FROM caregiver_photo")).await, 1, "photos of what was taken back stay");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn bad_input_is_said_beside_the_field_and_nothing_is_lost(w: World) {
    let rosa = somebody(&w, "Rosa Ruiz").await;
    rosa.get(urls::ASK_CAREGIVER).await.is_ok();
    rosa.post(urls::ASK_CAREGIVER, &[]).await.is(422)
        .shows("Enter the name of the person").shows("Enter a date like").shows("Choose why you may").shows("Tick at least one thing that you want");
    let long = "n".repeat(10_000);
    let fields = [("name", long.as_str()), ("birth_date", "3 14 2119"), ("basis", "adult"), ("sensitive", "yes"), ("phone", "12"), ("note", &long)];
    let page = rosa.post(urls::ASK_CAREGIVER, &fields).await;
    page.is(422).shows("Enter the name of the person").shows("Enter a date like").shows("Choose why you may").shows("Tick at least one")
        .shows("Write at most 500").holds(&long).holds("3 14 2119").holds("value=\"12\"");
    assert_eq!(count(&w, sql!("SELECT COUNT(*) FROM caregiver_request")).await, 0);
    let request = asks_to_act(&rosa, "\u{5e9}\u{5dc}\u{5d5}\u{5dd} O\u{2019}Neil \u{1f9d2}", "3 14 2019").await;
    rosa.get(&urls::asked_caregiver(&request)).await.is_ok().shows("\u{5e9}\u{5dc}\u{5d5}\u{5dd} O\u{2019}Neil \u{1f9d2}");
    let page = urls::asked_caregiver(&request);
    let eicar = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
    let large = vec![0; crate::access::LARGEST_FILE + 1];
    for (file, said) in [
        (&b""[..], "Choose a photo first"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (eicar, "not a photo that we can open"),
        (b"<html><script>alert(1)</script>", "not a photo that we can open"),
        (&large, "over 10 MB"),
    ] {
        rosa.browser.post_file(&page, file).await.is(422).shows(said).shows("What you told us");
    }
    assert_eq!(count(&w, sql!("SELECT COUNT(*) FROM caregiver_photo")).await, 0);
    // A parent is a child's, and a power of attorney a grown-up's.
    rosa.get(urls::ASK_CAREGIVER).await.is_ok();
    rosa.post(urls::ASK_CAREGIVER, &wishes("Ana Ruiz", "3 14 1985")).await.is(422).shows("They are 18 or older");
    let mut wish = wishes("Leo Ruiz", "3 14 2019");
    wish.push(("basis", "attorney"));
    rosa.post(urls::ASK_CAREGIVER, &wish).await.is(422).shows("For a child, choose parent or guardian");
    // Six, and no more.
    for _ in 0..6 {
        sends_a_photo(&rosa, &request).await;
    }
    rosa.get(&page).await.is_ok().shows("as many as you can add").hides("Add a photo");
    rosa.browser.post_file(&page, &a_photo(40)).await.goes_to(&page);
    assert_eq!(count(&w, sql!("SELECT COUNT(*) FROM caregiver_photo")).await, 6);
    // Five open requests, also by 20 forms at once, and ten in a month.
    rosa.get(urls::ASK_CAREGIVER).await.is_ok();
    let wish = wishes("Child", "3 14 2019");
    let pages = futures_util::future::join_all((0..20).map(|_| rosa.post(urls::ASK_CAREGIVER, &wish))).await;
    let asked = pages.iter().filter(|page| page.status == 303).count();
    assert_eq!(asked, 4, "more are open than can be");
    rosa.get(urls::ASK_CAREGIVER).await.is_ok().shows("You can’t ask again just now").hides("Send");
    let page_again = rosa.post(urls::ASK_CAREGIVER, &wishes("Leo Kept", "3 14 2019")).await;
    page_again.is(422).shows("You can’t ask again just now").holds("Leo Kept").holds("3 14 2019");
    rosa.get(&page).await.is_ok();
    rosa.post(&urls::withdraw_caregiver(&request), &[]).await.goes_to(urls::ACTING_FOR);
    for n in 5..10 {
        let one = asks_to_act(&rosa, &format!("Child {n}"), "3 14 2019").await;
        rosa.get(&urls::asked_caregiver(&one)).await.is_ok();
        rosa.post(&urls::withdraw_caregiver(&one), &[]).await.goes_to(urls::ACTING_FOR);
    }
    rosa.post(urls::ASK_CAREGIVER, &wishes("Leo", "3 14 2019")).await.is(422).shows("You can’t ask again just now");
}
}

salus_test! {
async fn nobody_but_who_asked_sees_or_begins_a_request(w: World) {
    let leo = w.chart("Leo Ruiz", "2019-03-14").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let (rosa, mallory) = (somebody(&w, "Rosa Ruiz").await, somebody(&w, "Mallory M").await);
    let (request, photo) = w.asks_to_act(&rosa, "Leo Ruiz", "3 14 2019").await;
    let (hers, _) = w.asks_to_act(&mallory, "Leo Ruiz", "3 14 2019").await;
    rosa.get(&urls::own_photo(&request, &photo)).await.is_ok();
    let shut = async || {
        for url in [urls::asked_caregiver(&request), urls::own_photo(&request, &photo), urls::own_photo(&hers, &photo)] {
            mallory.get(&url).await.is_not_found().hides("Leo");
        }
        mallory.get(urls::SETTINGS).await.is_ok();
        mallory.browser.post_file(&urls::asked_caregiver(&request), &a_photo(40)).await.is_not_found();
        for url in [urls::withdraw_caregiver(&request), urls::begin_caregiver(&request), urls::remove_photo(&request)] {
            mallory.post(&url, &[("photo", &photo)]).await.is_not_found();
        }
        mallory.post(&urls::remove_photo(&hers), &[("photo", &photo)]).await.is(303);
        rosa.get(&urls::own_photo(&request, &photo)).await.is_ok();
    };
    shut().await;
    says_yes(&desk, leo, &request).await.goes_to(urls::CAREGIVER_REQUESTS);
    shut().await;
    // Nor by a code that was copied into the own request by whoever has the database: it is sealed for its row and its holder.
    if let Some(raw) = &w.raw {
        let copy = format!(
            "UPDATE caregiver_request SET state = 'granted', evidence = 'seen', decided_at = 1, patient_id = o.patient_id, decided_by = o.decided_by, code = o.code
               FROM caregiver_request o WHERE o.id = '{request}' AND caregiver_request.id = '{hers}'"
        );
        // In her own name, with words of her own: whatever it says, a row of hers is not granted by her.
        let own = format!(
            "UPDATE caregiver_request SET state = 'granted', evidence = 'seen', decided_at = 1, patient_id = '{leo}', decided_by = '{}', code = '\\x00' WHERE id = '{hers}'",
            desk.account
        );
        let as_app = format!("SELECT set_config('salus.account', '{}', false); {own}", mallory.account);
        let said = salus_db::testing::raw(&raw.app, &as_app).await.unwrap_err();
        assert!(said.to_string().contains("refused"), "the application says yes for nobody: {said}");
        let desk_does = format!("SELECT set_config('salus.account', '{}', false), set_config('salus.role', 'front-desk', false); {own}", desk.account);
        assert_eq!(salus_db::testing::raw(&raw.app, &desk_does).await.unwrap(), 1, "the same, by the front desk");
        let as_desk = format!("SELECT set_config('salus.account', '{}', false), set_config('salus.role', 'front-desk', false); {copy}", mallory.account);
        assert_eq!(salus_db::testing::raw(&raw.app, &as_desk).await.unwrap_or(0), 0, "nobody answers themselves");
        // The search finds what it looks for: the front desk itself, whose copied code opens nothing for its new holder.
        let desk_s = format!("SELECT set_config('salus.account', '{}', false), set_config('salus.role', 'front-desk', false); {copy}", desk.account);
        assert_eq!(salus_db::testing::raw(&raw.app, &desk_s).await.unwrap(), 1);
        mallory.get(urls::SETTINGS).await.is_ok();
        mallory.post(&urls::begin_caregiver(&hers), &[]).await.is(500);
        mallory.get(&urls::patient_home(leo)).await.is_not_found();
    }
    begins(&rosa, &request).await.goes_to(&urls::patient_home(leo));
    // Who is not signed in sends no file, and who was finds the page again.
    let nobody = w.browser();
    nobody.get(urls::SIGN_IN).await.is_ok();
    nobody.post_file(&urls::asked_caregiver(&request), &a_photo(40)).await.goes_to(urls::SIGN_IN);
    mallory.get(&urls::asked_caregiver(&hers)).await.is_ok();
    w.advance(31 * MINUTE);
    let page = mallory.browser.post_file(&urls::asked_caregiver(&hers), &a_photo(40)).await;
    page.goes_to("/session/ended");
    assert!(page.location().contains(&hers), "the page is not found again: {}", page.location());
    // A form of somebody else's site has no token, or comes from elsewhere with one.
    w.sign_in(&mallory).await;
    let page = urls::asked_caregiver(&hers);
    mallory.get(urls::SETTINGS).await.is_ok();
    let (own, photo) = (mallory.browser.csrf(), a_photo(40));
    let kept = async || count(&w, sql!("SELECT COUNT(*) FROM caregiver_photo")).await;
    let before = kept().await;
    for (token, headers) in [("", &[][..]), ("x", &[]), (&own, &[("sec-fetch-site", "cross-site")]), (&own, &[("origin", "https://evil.example")])] {
        mallory.browser.post_file_with(&page, token, &photo, headers).await.is(403);
    }
    assert_eq!(kept().await, before);
    // The same form with its token is taken.
    let fresh = asks_to_act(&mallory, "Leo Ruiz", "3 14 2019").await;
    mallory.get(&urls::asked_caregiver(&fresh)).await.is_ok();
    let own = mallory.browser.csrf();
    mallory.browser.post_file_with(&urls::asked_caregiver(&fresh), &own, &photo, &[("sec-fetch-site", "same-origin")]).await.is(303);
    assert_eq!(kept().await, before + 1);
}
}

salus_test! {
async fn the_desk_says_yes_only_beside_the_right_chart_and_says_how_it_knew(w: World) {
    let (leo, other) = (w.chart("Leo Ruiz", "2019-03-14").await, w.chart("Leo Ruiz", "2018-03-14").await);
    let (grown, twin) = (w.chart("Gina Ruiz", "1985-03-14").await, w.chart("Lia Ruiz", "2019-03-14").await);
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    let (request, _) = w.asks_to_act(&rosa, "Leo Ruiz", "3 14 2019").await;
    let offers = async || count(&w, sql!("SELECT COUNT(*) FROM caregiver_request WHERE state = 'granted'")).await;
    // Another date of birth; a grown-up, of whom nobody is the parent; a twin, before somebody looked twice.
    desk.get(&urls::grant_caregiver(other, &request)).await.is_ok().shows("The dates of birth differ").hides("How did you check");
    desk.post(&urls::grant_caregiver(other, &request), &yes("paper")).await.is(422).shows("The dates of birth differ");
    desk.post(&urls::grant_caregiver(grown, &request), &yes("paper")).await.is(422).shows("The dates of birth differ");
    desk.post(&urls::grant_caregiver(twin, &request), &yes("paper")).await.is(422).shows("don’t say yes");
    // Photos alone say nothing of who sent them, as long as the account opens no chart.
    desk.get(&urls::grant_caregiver(leo, &request)).await.is_ok().hides("I read the photos");
    for fields in [yes("photos"), yes(""), vec![("basis", "adult"), ("evidence", "seen"), ("months", "12"), ("visits", "yes")]] {
        desk.post(&urls::grant_caregiver(leo, &request), &fields).await.is(422);
    }
    let none = [("basis", "teen"), ("evidence", "seen"), ("months", "7")];
    desk.post(&urls::grant_caregiver(leo, &request), &none).await.is(422)
        .shows("Choose why they may").shows("Tick at least one").shows("Choose for how long");
    assert_eq!(offers().await, 0);
    // Of two who say yes at once, and one who says no, one is heard.
    let second = w.staff("Bo Desk", Role::FrontDesk).await;
    for person in [&desk, &second] {
        person.get(&urls::grant_caregiver(leo, &request)).await.is_ok();
    }
    let sure = |evidence| yes(evidence).into_iter().chain([("sure", "yes")]).collect::<Vec<_>>();
    let seen = photos(&desk, leo, &request).await;
    let with = |evidence| sure(evidence).into_iter().chain([("photos", seen.as_str())]).collect::<Vec<_>>();
    let (one, two) = (with("paper"), with("seen"));
    let (url, no) = (urls::grant_caregiver(leo, &request), urls::refuse_caregiver(&request));
    let pages = futures_util::future::join3(desk.post(&url, &one), second.post(&url, &two), second.post(&no, &[("reason", "call")])).await;
    let told = [&pages.0, &pages.1, &pages.2].into_iter().filter(|page| page.status == 303 && page.location() == urls::CAREGIVER_REQUESTS).count();
    assert_eq!(told, 1, "more than one was heard");
    let (codes,): (i64,) = {
        let sight = salus_db::Sight { patient: Some(leo), ..Default::default() };
        w.db.read(&sight).await.unwrap().one(sql!("SELECT COUNT(*) FROM related_person WHERE patient_id = $1"), args![leo]).await.unwrap()
    };
    assert_eq!(codes, offers().await, "a code that belongs to no answer");
    w.rows_are_intact().await;
    // Known by the own chart, photos are enough; and nobody asks for their own.
    let ben = w.patient("Ben Okafor").await;
    let (request, photo) = w.asks_to_act(&ben, "Leo Ruiz", "3 14 2019").await;
    desk.get(&urls::caregiver_request(&request)).await.is_ok().shows("opens a chart of their own").holds(&urls::profile(ben.patient));
    desk.get(&urls::grant_caregiver(leo, &request)).await.is_ok().shows("I read the photos");
    // A yes is for the photos that were looked at.
    sends_a_photo(&ben, &request).await;
    let one: Vec<(&str, &str)> = sure("photos").into_iter().chain([("photos", photo.as_str())]).collect();
    desk.post(&urls::grant_caregiver(leo, &request), &one).await.is(422).shows("The photos changed while you looked");
    says(&desk, leo, &request, &sure("photos")).await.goes_to(urls::CAREGIVER_REQUESTS);
    desk.get(&urls::caregiver_request(&request)).await.is_ok().shows("I read the photos");
    let own = asks_with(&ben, "Ben Okafor", "3 14 1985", "guardian").await;
    desk.post(&urls::grant_caregiver(ben.patient, &own), &yes("paper")).await.is(422).shows("the chart of the person who asks");
    // A teenager agrees in person: papers are not enough.
    let mia = w.chart("Mia Ruiz", "2012-03-14").await;
    let teen = asks_to_act(&rosa, "Mia Ruiz", "3 14 2012").await;
    let agrees = |evidence| yes(evidence).into_iter().chain([("basis", "teen"), ("sure", "yes")]).collect::<Vec<_>>();
    desk.get(&urls::grant_caregiver(mia, &teen)).await.is_ok().shows("Parent of a teenager who agrees").hides("Parent of a child");
    desk.post(&urls::grant_caregiver(mia, &teen), &agrees("paper")).await.is(422).shows("The teenager must be here");
    desk.post(&urls::grant_caregiver(mia, &teen), &agrees("seen")).await.goes_to(urls::CAREGIVER_REQUESTS);
    // Whoever was taken for somebody else is not known any more: what was asked, and answered, because of it ends.
    let wrong = w.patient("Olga Other").await;
    let (asked, _) = w.asks_to_act(&wrong, "Leo Ruiz", "3 14 2019").await;
    let (granted, _) = w.asks_to_act(&wrong, "Mia Ruiz", "3 14 2012").await;
    says(&desk, mia, &granted, &agrees("seen")).await.goes_to(urls::CAREGIVER_REQUESTS);
    // What began already is for the desk to look at, chart by chart.
    let tim = w.chart("Tim Ruiz", "2018-07-01").await;
    desk.get(&urls::unlink(wrong.patient)).await.is_ok().hides("began to act");
    let (begun, _) = w.asks_to_act(&wrong, "Tim Ruiz", "7 1 2018").await;
    says(&desk, tim, &begun, &sure("photos")).await.goes_to(urls::CAREGIVER_REQUESTS);
    begins(&wrong, &begun).await.goes_to(&urls::patient_home(tim));
    desk.get(&urls::unlink(wrong.patient)).await.is_ok().shows("began to act").holds(&urls::caregivers(tim));
    desk.post(&urls::unlink(wrong.patient), &[]).await.is(303);
    for request in [&asked, &granted] {
        desk.get(&urls::caregiver_request(request)).await.is_ok().shows("Please call us about this").hides("Compare with");
        wrong.get(urls::SETTINGS).await.is_ok();
        wrong.post(&urls::begin_caregiver(request), &[]).await.goes_to(&urls::asked_caregiver(request));
    }
    wrong.get(&urls::patient_home(mia)).await.is_not_found();
    // Who works here asks for nobody.
    desk.get(urls::ASK_CAREGIVER).await.is_ok().shows("work account");
    desk.post(urls::ASK_CAREGIVER, &wishes("Leo Ruiz", "3 14 2019")).await.is(422).shows("work account");
}
}

salus_test! {
async fn a_yes_ends_where_other_codes_end(w: World) {
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    // Taken back at the desk.
    let leo = w.chart("Leo Ruiz", "2019-03-14").await;
    let (request, _) = w.asks_to_act(&rosa, "Leo Ruiz", "3 14 2019").await;
    says_yes(&desk, leo, &request).await.is(303);
    let id = first_id(&desk.get(&urls::caregivers(leo)).await);
    desk.post(&urls::end_caregiver(leo), &[("id", &id)]).await.is(303);
    begins(&rosa, &request).await.goes_to(urls::ACTING_FOR);
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("can’t begin any more").hides("We said yes");
    rosa.get(&urls::asked_caregiver(&request)).await.is_not_found();
    // After the twelfth birthday.
    let tom = w.chart("Tom Ruiz", "2014-12-01").await;
    let (request, _) = w.asks_to_act(&rosa, "Tom Ruiz", "12 1 2014").await;
    says_yes(&desk, tom, &request).await.is(303);
    w.advance(10 * DAY);
    w.sign_in(&rosa).await;
    begins(&rosa, &request).await.goes_to(urls::ACTING_FOR);
    rosa.get(&urls::patient_home(tom)).await.is_not_found();
    // After thirty days; and for a grown-up patient, who hears of the yes at once.
    let postbox = Postbox::new();
    let ana = w.patient("Ana Ruiz").await;
    w.sign_in(&desk).await;
    let request = asks_with(&rosa, "Ana Ruiz", "3 14 1985", "attorney").await;
    desk.get(&urls::grant_caregiver(ana.patient, &request)).await.is_ok().shows("Power of attorney").hides("Parent of a child");
    let mut fields = yes("paper");
    fields.push(("basis", "attorney"));
    desk.post(&urls::grant_caregiver(ana.patient, &request), &fields).await.goes_to(urls::CAREGIVER_REQUESTS);
    postbox.work(&w).await;
    assert_eq!(mails(&postbox, &ana, WHO_ACTS).await, 1, "the patient hears of it afterwards");
    w.advance(30 * DAY);
    w.sign_in(&rosa).await;
    begins(&rosa, &request).await.goes_to(urls::ACTING_FOR);
    rosa.get(&urls::patient_home(ana.patient)).await.is_not_found();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn raw_sql_lets_nobody_answer_themselves(w: World) {
    // Who asked says nothing of what the desk has said: not even by SQL, where the policy sees a row as it becomes alone.
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2019-03-14").await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    let request = asks_to_act(&rosa, "Leo Ruiz", "3 14 2019").await;
    let sight = Sight { account: Some(rosa.account), ..Sight::default() };
    let tries = async |sql: Sql, values: Vec<Value>| {
        let mut tx = w.db.begin(&sight).await.unwrap();
        let done = tx.execute(sql, values).await;
        done.is_ok_and(|rows| rows > 0)
    };
    let begun = sql!(
        "UPDATE caregiver_request SET state = 'begun', evidence = 'photos', patient_id = $2, decided_by = $3, decided_at = 1 WHERE id = $1"
    );
    assert!(!tries(begun, args![request.as_str(), leo, desk.account]).await, "begun what nobody granted");
    let answered = sql!("UPDATE caregiver_request SET state = 'withdrawn', decided_by = $2, decided_at = 1 WHERE id = $1");
    assert!(!tries(answered, args![request.as_str(), desk.account]).await, "a clerk said what they did not");
    let withdrawn = sql!("UPDATE caregiver_request SET state = 'withdrawn' WHERE id = $1");
    assert!(tries(withdrawn, args![request.as_str()]).await, "nothing was tried");
    // And a no stays a no: nothing of all that was committed.
    desk.get(&urls::caregiver_request(&request)).await.is_ok();
    desk.post(&urls::refuse_caregiver(&request), &[("reason", "papers")]).await.goes_to(urls::CAREGIVER_REQUESTS);
    for state in ["open", "begun", "granted", "withdrawn"] {
        let again = sql!("UPDATE caregiver_request SET state = $2, reason = NULL WHERE id = $1");
        assert!(!tries(again, args![request.as_str(), state]).await, "{state} after a no");
    }
}
}
