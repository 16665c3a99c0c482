//! The weekly review through the front door: HIP-11, THR-01, THR-02.

use salus_db::{Sight, Sql, Value, args, sql};
use salus_kernel::{AccountId, Instant, MINUTE, PatientId, ResourceId, Role};
use salus_ledger::EntryDraft;

use super::{
    go_on, model,
    store::{self, Counts},
};
use crate::{
    access::ReviewRun,
    audit::ending,
    salus_test,
    shell::{dates, urls},
    testing::{Page, Person, Postbox, World, between},
};

const DAY: i64 = 24 * 60 * MINUTE;
/// The first day on which a week that began on a Monday, in which tests begin, is over.
const UNTIL_MONDAY: i64 = DAY;

/// A week that was gone through, with nothing in it.
pub async fn a_week(w: &World) -> ResourceId {
    let run = ReviewRun::new(&w.app);
    let long_ago = w.now().plus(-14 * DAY);
    let due = model::next(Some(long_ago), long_ago, w.now(), &w.app.clinic().await.zone()).unwrap();
    let counts = Counts { entries: 0, looks: 0, unexplained: 0, refused: 0 };
    let mut change = run.begin().await.unwrap();
    let week = store::go_on(&mut change, due, &counts, w.now()).await.unwrap().unwrap();
    change.commit().await.unwrap();
    week
}

/// Has a record watched.
pub async fn watch(officer: &Person, patient: PatientId, whose: &str) -> Page {
    officer.get(urls::WATCHED).await.is_ok();
    let ending = patient.to_string().split_off(24);
    officer.post(urls::WATCHED, &[("number", &ending), ("whose", whose)]).await
}

impl World {
    async fn findings(&self) -> Vec<(AccountId, Option<PatientId>, i64)> {
        const ALL: Sql = sql!("SELECT account_id, patient_id, looks FROM access_finding ORDER BY first_at, looks, id");
        self.db.read(&Sight::of_run("audit")).await.unwrap().all(ALL, Vec::new()).await.unwrap()
    }

    /// The ids of the newest week, and of what stands first in it.
    async fn newest(&self, officer: &Person) -> (String, Page) {
        let page = officer.get(urls::REVIEWS).await;
        let id = between(&page, "href=\"/audit/reviews/", "\"").to_owned();
        let week = officer.get(&urls::review(&id)).await;
        week.is_ok();
        (id, week)
    }
}

/// Opens somebody's profile, as the front desk does.
async fn looks_at(who: &Person, patient: PatientId) {
    who.get(&urls::profile(patient)).await.is_ok();
}

salus_test! {
async fn looks_that_nothing_explains_are_found_at_night_and_judged(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Ruiz", Role::FrontDesk).await;
    let bill = w.staff("Bill Carver", Role::Biller).await;
    // Both are patients here, too.
    let of_rosa = w.chart_at("Rosa Ruiz", "1980-01-02", "14 Elm Street").await;
    let of_bill = w.chart_at("Bill Carver", "1980-01-02", "2 Oak Street").await;
    let ana = w.patient("Ana Ruiz").await;
    let dora = w.patient("Dora Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let next_door = w.chart_at("Nadia Petrova", "1990-01-02", "16 Elm Street").await;
    let far_away = w.chart_at("Finn Larsen", "1990-01-02", "216 Elm Street").await;
    let lena = w.practitioner("Dr. Lena Ruiz").await;
    w.assign(&lena, ana.patient).await;

    looks_at(&rosa, ana.patient).await;
    w.advance(MINUTE);
    looks_at(&rosa, ana.patient).await;
    // Something came of this one; of this nothing, and nothing connects them; these live close by, and far away; this is a colleague's.
    w.assign(&lena, dora.patient).await;
    w.a_conversation(&dora, dora.patient, "sample").await;
    for patient in [dora.patient, ben.patient, next_door, far_away, of_bill, of_rosa] {
        looks_at(&rosa, patient).await;
    }
    // In their care; found in a search and not opened.
    lena.get(&urls::record(ana.patient)).await.is_ok();
    bill.get(urls::STAFF_PATIENTS).await.is_ok();
    bill.post(urls::STAFF_PATIENTS, &[("query", "Ruiz")]).await.is_ok().shows("Ana Ruiz");
    // From now on a reason is asked for these two; what was looked at before is judged, and what was said why is not.
    w.advance(MINUTE);
    for (chart, whose) in [(of_rosa, &rosa), (of_bill, &bill)] {
        watch(&officer, chart, &whose.account.to_string()).await.goes_to(urls::WATCHED);
    }
    for (chart, why) in [(of_bill, "Bill is here for his visit"), (of_rosa, "I wanted to see my results")] {
        rosa.get(&urls::profile(chart)).await.is(303);
        rosa.get(&urls::reason(chart)).await.is_ok();
        rosa.post(&urls::reason(chart), &[("reason", why)]).await.is(303);
        looks_at(&rosa, chart).await;
    }
    // Tried, and refused.
    lena.get(&urls::profile(ben.patient)).await.is_not_found();

    // The day is not over, and nothing is found yet.
    let postbox = Postbox::new();
    postbox.work(&w).await;
    assert!(w.findings().await.is_empty());
    let mails = postbox.mails().await.len();
    officer.get(urls::STAFF).await.is_ok().shows("Nothing waits for you");
    let page = officer.get(urls::REVIEWS).await;
    page.is_ok().shows("The log was not gone through yet");

    w.advance(UNTIL_MONDAY);
    postbox.work(&w).await;
    let found = w.findings().await;
    let of = |patient| found.iter().filter(|(who, whose, _)| (*who, *whose) == (rosa.account, Some(patient))).map(|(.., looks)| *looks).collect::<Vec<_>>();
    assert_eq!((of(ana.patient), of(next_door), of(of_bill), found.len()), (vec![2], vec![1], vec![1], 5), "{found:?}");

    // Who guards privacy is mailed once, without anything of it; the page tells no patient's name.
    let mails = postbox.mails().await.split_off(mails);
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(mail.contains(&officer.email) && mail.contains("something waits for you"), "{mail}");
    for secret in ["Ana", "Ruiz", "Rosa", "Elm"] {
        assert!(!mail.contains(secret), "{secret} in {mail}");
    }
    w.sign_in(&officer).await;
    officer.get(urls::STAFF).await.is_ok().shows("6 looks and weeks wait for you");
    officer.get(urls::REVIEWS).await.is_ok().shows("5 looks wait for your answer").shows("To sign off");
    let (week, page) = w.newest(&officer).await;
    let record = |patient: PatientId| ending(&patient.to_string());
    page.shows("Looks from November 16 to 22, 2026").shows("Rosa Ruiz").shows(&record(ana.patient)).shows("2 times");
    page.shows("Both have the same last name").shows("close by").shows("works here").shows("It is their own record").shows("They gave a reason");
    page.hides("Ana").hides("Nadia").hides("Bill").hides("Elm").hides(&record(ben.patient)).hides(&record(far_away));
    page.hides(&record(dora.patient)).shows("Tries that were refused 1");
    // Rosa: two at Ana, and one at each of six, and two with a reason; Lena one.
    page.shows("Looks at records by people who work here 11").shows("without a reason that we know 7");

    // The patient sees that the log was gone through, and that somebody checked.
    w.sign_in(&ana).await;
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Compared your last name and address").shows("Weekly review").shows("Checked who opened your record");

    // Nothing is signed off before each look has a word.
    officer.get(&urls::review(&week)).await.is_ok().hides("Sign this week off").shows("First say what came of each look");
    officer.post(&urls::review_sign(&week), &[]).await.goes_to(&urls::review(&week));
    officer.get(&urls::review(&week)).await.is_ok().shows("The week was not signed off").hides("Signed off by");
    let mut seen = Vec::new();
    for verdict in ["reason", "not-right", "follow-up", "mistake", "reason"] {
        let page = officer.get(&urls::review(&week)).await;
        let id = between(&page, "action=\"/audit/findings/", "\"").to_owned();
        officer.post(&urls::finding(&id), &[("verdict", "fine")]).await.is(400);
        officer.post(&urls::finding(&id), &[("verdict", verdict)]).await.goes_to(&urls::review(&week));
        officer.get(&urls::review(&week)).await.is_ok().shows("That is noted");
        seen.push(id);
    }
    let page = officer.get(&urls::review(&week)).await;
    page.shows("There was a reason, says Omar Haddad").shows("It was not right, says").shows("within 60 days").shows("It is followed up, says");
    // What was said may be said otherwise until then; what is followed up, after it too.
    officer.post(&urls::finding(&seen[0]), &[("verdict", "mistake")]).await.goes_to(&urls::review(&week));
    officer.post(&urls::review_sign(&week), &[]).await.goes_to(&urls::review(&week));
    officer.get(&urls::review(&week)).await.is_ok().shows("The week is signed off").shows("Signed off by Omar Haddad").shows("opened by mistake, says");
    officer.post(&urls::review_sign(&week), &[]).await.goes_to(&urls::review(&week));
    officer.get(urls::STAFF).await.is_ok().shows("Nothing waits for you");
    officer.get(urls::REVIEWS).await.is_ok().shows("Signed off").shows("One look is followed up");
    for (id, holds) in [(&seen[0], true), (&seen[2], false)] {
        officer.post(&urls::finding(id), &[("verdict", "not-right")]).await.goes_to(&urls::review(&week));
        let page = officer.get(&urls::review(&week)).await;
        page.is_ok().shows(if holds { "That was not noted" } else { "That is noted" });
    }
    officer.get(&urls::review(&week)).await.is_ok().shows("opened by mistake, says").hides("It is followed up");
    // A search in the log leads to what was opened.
    let log = officer.post(urls::AUDIT, &[("account", &rosa.account.to_string()), ("patient", &ana.patient.to_string()), ("from", "2026-11-22"), ("to", "2026-11-22")]).await;
    log.is_ok().shows("2 entries");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_week_goes_on_day_by_day_and_nothing_is_found_twice(w: World) {
    let rosa = w.staff("Rosa Ruiz", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    let days = async || -> Vec<(String, i64, i64)> {
        const ALL: Sql = sql!("SELECT first_day, looks, unexplained FROM access_review ORDER BY first_day");
        w.db.read(&Sight::of_run("audit")).await.unwrap().all(ALL, Vec::new()).await.unwrap()
    };
    assert_eq!(days().await, [("2026-11-16".to_owned(), 0, 0)]);
    for _ in 0..3 {
        w.sign_in(&rosa).await;
        looks_at(&rosa, ana.patient).await;
        w.advance(DAY);
    }
    // Two processes at once, and once more: each day is gone through once.
    let other = w.app.clone();
    let (one, two) = tokio::join!(go_on(&w.app), go_on(&other));
    one.and(two).unwrap();
    go_on(&w.app).await.unwrap();
    assert_eq!(days().await, [("2026-11-16".to_owned(), 0, 0), ("2026-11-23".to_owned(), 3, 3)]);
    assert_eq!(w.findings().await, vec![(rosa.account, Some(ana.patient), 1); 3]);

    // A portal that stood still for three months catches up, day after day, and says so until it has.
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    w.advance(90 * DAY);
    w.sign_in(&officer).await;
    officer.get(urls::REVIEWS).await.is_ok().shows("The log was gone through until");
    let postbox = Postbox::new();
    for _ in 0..14 {
        postbox.work(&w).await;
        w.advance(61 * MINUTE);
    }
    let told = postbox.mails().await.into_iter().filter(|mail| mail.contains("something waits for you")).count();
    assert_eq!(told, 2, "a letter a day (midnight in Greenwich passes meanwhile), however many weeks end");
    w.sign_in(&officer).await;
    officer.get(urls::REVIEWS).await.is_ok().hides("The log was gone through until").shows("Late");
    assert_eq!(days().await.len(), 15);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn nobody_judges_their_own_look(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Ruiz", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    looks_at(&rosa, ana.patient).await;
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    // Rosa guards privacy from today on.
    let mut tx = w.db.begin(&Sight::of_run("accounts")).await.unwrap();
    let becomes = sql!("UPDATE staff_member SET role = 'privacy-officer' WHERE account_id = $1");
    assert_eq!(tx.execute(becomes, args![rosa.account]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    w.sign_in(&rosa).await;
    let (week, page) = w.newest(&rosa).await;
    page.shows("This was you").hides("There was a reason").hides("Sign this week off").shows("Another privacy officer must first");
    // What somebody else has to do does not wait for her.
    rosa.get(urls::STAFF).await.is_ok().shows("Nothing waits for you");
    const ID: Sql = sql!("SELECT id FROM access_finding");
    let (id,): (ResourceId,) = w.db.read(&Sight::of_run("audit")).await.unwrap().one(ID, Vec::new()).await.unwrap();
    rosa.post(&urls::finding(id), &[("verdict", "reason")]).await.is_not_found();
    rosa.post(&urls::review_sign(&week), &[]).await.goes_to(&urls::review(&week));
    rosa.get(&urls::review(&week)).await.is_ok().shows("was not signed off");

    // By no program either, nor is a week signed off that goes on, or by somebody who does not guard privacy.
    const JUDGE: Sql = sql!("UPDATE access_finding SET judged_at = 1, judged_by = $2, verdict = 'reason' WHERE id = $1");
    const SIGN: Sql = sql!("UPDATE access_review SET signed_at = $3, signed_by = $2 WHERE id = $1");
    let may = async |sql: Sql, account: AccountId, role: Role, values: Vec<Value>| {
        let sight = Sight { account: Some(account), role: Some(role), ..Sight::default() };
        let mut tx = w.db.begin(&sight).await.unwrap();
        tx.execute(sql, values).await.is_ok_and(|rows| rows == 1)
    };
    let guards = Role::PrivacyOfficer;
    assert!(may(JUDGE, officer.account, guards, args![id, officer.account]).await, "the application's own");
    assert!(!may(JUDGE, rosa.account, guards, args![id, rosa.account]).await, "their own");
    let soon = w.now();
    assert!(!may(SIGN, officer.account, guards, args![week.as_str(), officer.account, soon]).await, "with a look without a word");
    w.sign_in(&officer).await;
    officer.get(&urls::review(&week)).await.is_ok();
    officer.post(&urls::finding(id), &[("verdict", "reason")]).await.goes_to(&urls::review(&week));
    assert!(may(SIGN, officer.account, guards, args![week.as_str(), officer.account, soon]).await, "the application's own");
    assert!(!may(SIGN, officer.account, guards, args![week.as_str(), officer.account, soon.plus(-2 * DAY)]).await, "before its end");
    const CLEAN: Sql = sql!("UPDATE access_review SET signed_at = $3, signed_by = $2, unexplained = 0 WHERE id = $1");
    assert!(!may(CLEAN, officer.account, guards, args![week.as_str(), officer.account, soon]).await, "with other counts");
    if w.raw.is_some() {
        assert!(!may(JUDGE, officer.account, guards, args![id, ana.account]).await, "in another's name");
        assert!(!may(JUDGE, officer.account, Role::Administrator, args![id, officer.account]).await, "by who does not guard privacy");
        assert!(!may(SIGN, officer.account, Role::Administrator, args![week.as_str(), officer.account, soon]).await, "by who does not guard privacy");
        let begins_anew = sql!("UPDATE access_review SET read_until = 1, signed_by = $2 WHERE id = $1");
        assert!(!may(begins_anew, officer.account, guards, args![week.as_str(), officer.account]).await, "gone through by hand");
        let gone = sql!("DELETE FROM access_finding WHERE id = $1 AND account_id <> $2");
        assert!(!may(gone, officer.account, guards, args![id, officer.account]).await, "thrown away");
        let seen = async |sight: Sight| {
            let (count,): (i64,) =
                w.db.read(&sight).await.unwrap().one(sql!("SELECT COUNT(*) FROM access_finding"), Vec::new()).await.unwrap();
            count
        };
        let of = |role| Sight { account: Some(officer.account), role, patient: Some(ana.patient), ..Sight::default() };
        assert_eq!((seen(of(Some(guards))).await, seen(of(Some(Role::Administrator))).await, seen(of(None)).await), (1, 0, 0));
    }
}
}

salus_test! {
async fn many_records_in_an_hour_and_erased_ones(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Kim", Role::FrontDesk).await;
    let kim = w.chart("Ana Kim", "1990-01-02").await;
    looks_at(&rosa, kim).await;
    for number in 0..14 {
        let chart = w.chart(&format!("Ana Nobody{number}"), "1990-01-02").await;
        looks_at(&rosa, chart).await;
        w.advance(MINUTE / 2);
    }
    let hidden = w.chart("Eva Kim", "1990-01-02").await;
    w.advance(60 * MINUTE);
    w.sign_in(&rosa).await;
    looks_at(&rosa, hidden).await;
    w.erase(hidden).await;
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    assert_eq!(w.findings().await, [(rosa.account, Some(kim), 1), (rosa.account, None, 15)]);
    w.erase(kim).await;
    w.sign_in(&officer).await;
    let (_, page) = w.newest(&officer).await;
    page.shows("opened 15 records in one hour").shows("No visit and nothing that was done").shows("The record was erased since").hides("last name");
}
}

salus_test! {
async fn a_record_is_watched_by_its_number_until_somebody_ends_it(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let nia = w.staff("Nia Desk", Role::FrontDesk).await;
    let famous = w.chart("Famous Person", "1990-01-02").await;
    let of_nia = w.chart("Nia Desk", "1990-01-02").await;
    looks_at(&rosa, famous).await;
    looks_at(&rosa, of_nia).await;
    officer.get(urls::WATCHED).await.is_ok().shows("No record is watched yet");
    let page = officer.post(urls::WATCHED, &[("number", "no such"), ("whose", "")]).await;
    page.is(422).shows("No record has this number").shows("Choose whose record it is").holds("no such");
    watch(&officer, famous, &famous.to_string()).await.is(422).shows("Choose whose record it is");
    watch(&officer, famous, "other").await.goes_to(urls::WATCHED);
    officer.get(urls::WATCHED).await.is_ok().shows("somebody whom people here know").shows(&ending(&famous.to_string())).hides("Famous");
    watch(&officer, famous, "other").await.is(422).shows("This record is watched already");
    let of = nia.account.to_string();
    w.advance(MINUTE);
    watch(&officer, of_nia, &of).await.goes_to(urls::WATCHED);
    let other = w.chart("Nia Desk", "1991-01-02").await;
    watch(&officer, other, &of).await.is(422).shows("A record of this colleague is watched already");
    // The patient sees nothing of it; nobody else does either.
    for person in [&rosa, &nia] {
        person.get(urls::WATCHED).await.is_not_found();
    }

    let page = officer.get(urls::WATCHED).await;
    // The newest first: Nia's, and then no longer.
    let id = between(&page, "action=\"/audit/watched/", "/end\"").to_owned();
    officer.post(&urls::watched_end(&id), &[]).await.goes_to(urls::WATCHED);
    officer.get(urls::WATCHED).await.is_ok().shows("watched no longer").shows("Watched within the last 90 days").shows("ended by Omar Haddad");
    officer.post(&urls::watched_end(&id), &[]).await.goes_to(urls::WATCHED);
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    // The same last name as the one who looks is a sign by itself.
    assert_eq!(w.findings().await.into_iter().filter_map(|(_, patient, _)| patient).collect::<std::collections::BTreeSet<_>>(), [famous, of_nia].into());
    w.sign_in(&officer).await;
    let (_, page) = w.newest(&officer).await;
    page.shows("You have this record watched").shows("Both have the same last name").shows("The patient works here");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_name_alone_does_not_tell_that_a_watched_patient_comes_here(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let [lena, omar] = [w.practitioner("Dr. Lena Park").await, w.practitioner("Dr. Omar Other").await];
    let famous = w.chart("Famous Person", "1990-01-02").await;
    w.assign(&lena, famous).await;
    let search = async |who: &Person, typed: &str| {
        who.get(urls::STAFF_PATIENTS).await.is_ok();
        who.post(urls::STAFF_PATIENTS, &[("query", typed)]).await
    };
    for who in [&rosa, &lena, &omar] {
        search(who, "famous").await.is_ok().shows("Famous Person");
    }
    watch(&officer, famous, "other").await.goes_to(urls::WATCHED);
    for who in [&rosa, &omar] {
        for typed in ["famous", "famous person", "1/2/1990"] {
            // Word for word what is said of a name that nobody has.
            let nobody = search(who, "nobodyatall").await.text().replace("nobodyatall", typed);
            let (shown, nobody) = (search(who, typed).await, nobody);
            let without_reference = |text: &str| text.split("Reference").next().unwrap_or_default().to_owned();
            assert_eq!(without_reference(&shown.text()), without_reference(&nobody), "{typed}");
        }
        search(who, "famous 1/2/1990").await.is_ok().shows("Famous Person");
    }
    search(&lena, "famous").await.is_ok().shows("Famous Person");
    // Of who is not watched a name is enough; and whoever registers is compared with all.
    let page = officer.get(urls::WATCHED).await;
    let id = between(&page, "action=\"/audit/watched/", "/end\"").to_owned();
    officer.post(&urls::watched_end(&id), &[]).await.goes_to(urls::WATCHED);
    search(&rosa, "famous").await.is_ok().shows("Famous Person");
}
}

salus_test! {
async fn who_registers_finds_their_own_watched_record_and_nobody_else_s(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let famous = w.chart("Famous Person", "1990-01-02").await;
    watch(&officer, famous, "other").await.goes_to(urls::WATCHED);
    let postbox = Postbox::new();
    let registered = w.registered(&postbox, "Famous Person", "1 2 1990", "famous@example.org").await;
    rosa.get(&urls::registration(registered.account)).await.is_ok().holds(&famous.to_string());
    // Nor does anybody find out by registering with the name, or with the birthday, of somebody.
    for (name, born, email) in [("Famous Person", "2 1 1990", "one@example.org"), ("Nobody Else", "1 2 1990", "two@example.org")] {
        let registered = w.registered(&postbox, name, born, email).await;
        let page = rosa.get(&urls::registration(registered.account)).await;
        page.is_ok();
        assert!(!page.body.contains(&famous.to_string()), "{name} {born}");
    }
}
}

salus_test! {
async fn what_was_begun_and_dropped_stops_no_night_and_what_costs_nothing_explains_nothing(w: World) {
    let rosa = w.staff("Rosa Ruiz", Role::FrontDesk).await;
    let ana = w.chart("Ana Ruiz", "1990-01-02").await;
    looks_at(&rosa, ana).await;
    // A slip that is not there is taken back: nothing was written, and nothing is explained by it.
    rosa.get(&urls::invites(ana)).await.is_ok();
    rosa.post(&urls::withdraw_invite(ana), &[]).await.is(303);
    // A chart that was begun and dropped: the ledger names a record that never was.
    let nobody = PatientId::new(w.now(), salus_vault::random());
    let line = EntryDraft {
        patient: Some(nobody.to_string()),
        relation: salus_ledger::Relation::FrontDesk,
        ..EntryDraft::new(
            salus_ledger::Kind::Change,
            [7; 16],
            {
                let mut actor = salus_ledger::Actor::new(salus_ledger::ActorKind::Account, &rosa.account.to_string());
                actor.roles = vec![salus_ledger::Word::new("front-desk").unwrap()];
                actor
            },
            salus_ledger::Word::new("make-chart").unwrap(),
            salus_ledger::Word::new("operations").unwrap(),
            salus_ledger::Outcome::Allowed,
        )
    };
    w.ledger.append(vec![line]).await.unwrap();
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    assert_eq!(w.findings().await, [(rosa.account, Some(ana), 3)]);
}
}

salus_test! {
async fn a_watch_that_is_ended_for_an_hour_is_seen(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let famous = w.chart("Famous Person", "1990-01-02").await;
    watch(&officer, famous, "other").await.goes_to(urls::WATCHED);
    let page = officer.get(urls::WATCHED).await;
    let id = between(&page, "action=\"/audit/watched/", "/end\"").to_owned();
    w.advance(MINUTE);
    officer.post(&urls::watched_end(&id), &[]).await.goes_to(urls::WATCHED);
    looks_at(&rosa, famous).await;
    officer.get(urls::WATCHED).await.is_ok().shows("Watched within the last 90 days").shows("ended by Omar Haddad");
    w.advance(UNTIL_MONDAY);
    go_on(&w.app).await.unwrap();
    assert_eq!(w.findings().await, [(rosa.account, Some(famous), 1)]);
}
}

salus_test! {
async fn the_list_of_another_month_does_not_tell_that_a_watched_patient_comes_here(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let bookable = w.bookable(&w.staff("Ada Stone", Role::Administrator).await).await;
    let ana = w.patient("Ana Ruiz").await;
    bookable.book(&ana, &bookable.first_time(&ana).await, "knee").await;
    const WHEN: Sql = sql!("SELECT start_at FROM appointment WHERE state = 'booked'");
    let (when,): (Instant,) = w.db.read(&Sight::of_run("audit")).await.unwrap().one(WHEN, Vec::new()).await.unwrap();
    let day = urls::day_of(dates::on(when, &w.app.clinic().await.zone()), "", "");
    watch(&officer, ana.patient, "other").await.goes_to(urls::WATCHED);
    // Who comes about now has something to do with today.
    rosa.get(&day).await.is_ok().shows("Ana Ruiz");
    w.advance(12 * DAY);
    w.sign_in(&rosa).await;
    // Who saw her treats her, and reads her name on their own list and in a search.
    w.sign_in(&bookable.doctor).await;
    bookable.doctor.get(&day).await.is_ok().shows("Ana Ruiz");
    bookable.doctor.get(urls::STAFF_PATIENTS).await.is_ok();
    bookable.doctor.post(urls::STAFF_PATIENTS, &[("query", "Ruiz")]).await.is_ok().shows("Ana Ruiz");
    let before = w.ledger_of(ana.patient).await.len();
    rosa.get(&day).await.is_ok().hides("Ana").hides("Ruiz").shows("A patient whose record is watched");
    assert_eq!(w.ledger_of(ana.patient).await.len(), before, "what is not shown is not opened");
}
}
