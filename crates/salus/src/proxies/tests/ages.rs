//! Children and teenagers: what a parent was given ends by itself, on the day. THR-08, THR-09.

use salus_kernel::{MINUTE, Role};

use super::*;
use crate::salus_test;

const DAY: i64 = 24 * 60 * MINUTE;

salus_test! {
async fn a_parent_sees_nothing_from_the_twelfth_birthday_on(w: World) {
    // The clock stands at 9:00 on November 22, 2026, in Chicago: the birthday begins in 15 hours.
    let leo = w.chart("Leo Ruiz", "2014-11-23").await;
    w.one_of_each(leo, "kanari").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a child").hides("Parent of a teenager").hides("The patient wants it");
    desk.post(&urls::caregivers(leo), &asked_at_desk("Ana", "teen", &["visits"])).await.is(422).shows("Choose why");
    let all = ["visits", "messages", "clinical", "medicines", "billing", "documents"];
    let code = code(&desk, leo, &asked_at_desk("Ana, his mother", "parent", &all)).await;
    let waiting = self::code(&desk, leo, &asked_at_desk("Luis, his father", "parent", &all)).await;
    shows_code(&ana, &code, "11 23 2014").await.goes_to(&urls::patient_home(leo));
    let problems = crate::shell::urls::section(leo, crate::shell::urls::Section::Problems);
    ana.get(&problems).await.is_ok().shows("Kanari").shows("You are acting for Leo Ruiz");
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("until November 22, 2026").shows("Jamie Desk");
    // One minute before midnight, and at midnight, by the clinic's clock.
    w.advance(DAY * 5 / 8 - (w.now().micros() - 1_795_359_600_000_000) - MINUTE);
    w.sign_in(&ana).await;
    w.advance(-MINUTE / 2);
    ana.get(&problems).await.is_ok();
    w.advance(MINUTE);
    for url in [problems, urls::patient_home(leo), urls::visits(leo), urls::messages(leo), urls::more(leo)] {
        ana.get(&url).await.is_not_found().hides("Kanari");
    }
    ana.get(urls::ACTING_FOR).await.is_ok().hides("Leo");
    let luis = somebody(&w, "Luis Ruiz").await;
    shows_code(&luis, &waiting, "11 23 2014").await.is(422).shows("no longer works");
    // The teenager agrees, and chooses.
    w.sign_in(&desk).await;
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a teenager who agrees").hides("Parent of a child");
    let agreed = self::code(&desk, leo, &asked_at_desk("Ana", "teen", &["visits"])).await;
    shows_code(&ana, &agreed, "11 23 2014").await.goes_to(&urls::patient_home(leo));
    ana.get(&urls::visits(leo)).await.is_ok();
    ana.get(&urls::record(leo)).await.is_not_found();
}
}

salus_test! {
async fn nobody_is_told_by_mail_what_they_may_not_see_any_more(w: World) {
    let postbox = crate::testing::Postbox::new();
    let leo = w.chart("Leo Ruiz", "2014-11-23").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, leo).await;
    let (ana, luis) = (somebody(&w, "Ana Ruiz").await, somebody(&w, "Luis Ruiz").await);
    for (person, scopes) in [(&ana, vec!["visits", "messages"]), (&luis, vec!["visits"])] {
        let code = code(&desk, leo, &asked_at_desk("parent", "parent", &scopes)).await;
        shows_code(person, &code, "11 23 2014").await.is(303);
    }
    postbox.work(&w).await;
    let count = async |words| (mails(&postbox, &ana, words).await, mails(&postbox, &luis, words).await);
    assert_eq!((count(WHO_ACTS).await, count(NEWS).await), ((1, 1), (0, 0)));
    w.a_conversation(&lena, leo, "news").await;
    postbox.work(&w).await;
    assert_eq!(count(NEWS).await, (1, 0), "who was given messages, and nobody else");
    w.advance(DAY);
    w.sign_in(&lena).await;
    w.a_conversation(&lena, leo, "more news").await;
    postbox.work(&w).await;
    assert_eq!(count(NEWS).await, (1, 0), "a mail after the birthday");
}
}

salus_test! {
async fn who_is_not_grown_up_comes_to_the_desk(w: World) {
    let kid = w.chart("Kim Young", "2010-01-02").await;
    let person = w.account("Kim Young", None, None).await;
    let run = w.run("accounts", salus_kernel::Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    crate::accounts::admin::grant_own_chart(&run, &mut change, person.account, kid).await.unwrap();
    change.commit().await.unwrap();
    w.sign_in(&person).await;
    person.get(&urls::caregivers(kid)).await.is_ok().shows("you must be 18");
    person.post(&urls::caregivers(kid), &asked("Rosa", &["visits"])).await.is(422).shows("you must be 18");
}
}

/// What a letter says before the birthday, and after it.
const SOON: &str = "will change soon, because of the age of the person they help";
const SINCE: &str = "has changed by itself, because of the age of the person they help";

salus_test! {
async fn both_are_told_before_the_birthday_and_on_it(w: World) {
    let postbox = crate::testing::Postbox::new();
    // November 22, 2026, in Chicago: 60 days to the twelfth birthday.
    let leo = w.chart("Leo Ruiz", "2015-01-21").await;
    let own = w.account("Leo Ruiz", None, None).await;
    let run = w.run("accounts", salus_kernel::Action::ManageAccounts).await;
    let mut change = run.begin().await.unwrap();
    crate::accounts::admin::grant_own_chart(&run, &mut change, own.account, leo).await.unwrap();
    change.commit().await.unwrap();
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let (ana, luis, rosa) =
        (somebody(&w, "Ana Ruiz").await, somebody(&w, "Luis Ruiz").await, somebody(&w, "Rosa Ruiz").await);
    for (person, basis) in [(&ana, "parent"), (&luis, "parent"), (&rosa, "guardian")] {
        let code = code(&desk, leo, &asked_at_desk("somebody", basis, &["visits"])).await;
        shows_code(person, &code, "1 21 2015").await.is(303);
    }
    ana.get(urls::ACTING_FOR).await.is_ok().shows("Until January 20, 2027");
    let cara = somebody(&w, "Cara Ruiz").await;
    let code = code(&desk, leo, &asked_at_desk("somebody", "parent", &["visits"])).await;
    shows_code(&cara, &code, "1 21 2015").await.is(303);
    let his = first_id(&luis.get(urls::ACTING_FOR).await);
    luis.post(urls::ACTING_FOR_STOP, &[("id", &his)]).await.is(303);
    let told = async |words| {
        let mut count = Vec::new();
        for person in [&ana, &cara, &own, &luis, &rosa] {
            count.push(mails(&postbox, person, words).await);
        }
        count
    };
    let mut looked = 0;
    for (days, soon, since) in [(0, 1, 0), (1, 1, 0), (30, 1, 0), (15, 2, 0), (5, 2, 0), (8, 2, 0), (1, 2, 1), (1, 2, 1), (10, 2, 1)] {
        w.advance(days * DAY);
        postbox.work(&w).await;
        assert_eq!(told(SOON).await, [soon, soon, soon, 0, 0], "{days} days on");
        assert_eq!(told(SINCE).await, [since, since, since, 0, 0], "{days} days on");
        // What waits to be sent tells no birthday.
        let bodies: Vec<(String,)> = w.db.read(&salus_db::Sight::of_run("jobs")).await.unwrap().all(salus_db::sql!("SELECT body || dedupe_key FROM job"), Vec::new()).await.unwrap();
        looked += bodies.len();
        assert!(bodies.iter().all(|(body,)| !body.contains("2015-01-21") && !body.contains("2027-01-21")), "{bodies:?}");
        // Another process, a little later.
        w.advance(MINUTE);
        postbox.work(&w).await;
        assert_eq!((told(SOON).await, told(SINCE).await), (vec![soon, soon, soon, 0, 0], vec![since, since, since, 0, 0]));
        if since == 0 {
            w.sign_in(&ana).await;
            ana.get(&urls::visits(leo)).await.is_ok();
        }
    }
    assert!(looked >= 6);
    w.sign_in(&ana).await;
    ana.get(&urls::visits(leo)).await.is_not_found();
}
}

salus_test! {
async fn the_desk_sees_what_a_caregiver_sees_today_and_after_the_birthday(w: World) {
    // THR-08. On November 23, 2026, tomorrow, Leo is twelve.
    let leo = w.chart("Leo Ruiz", "2014-11-23").await;
    w.one_of_each(leo, "kanari").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let ana = parent(&w, "Ana Ruiz", (&desk, leo), "parent", "11 23 2014", &["visits", "clinical", "sensitive"]).await;
    let gus = parent(&w, "Gus Ruiz", (&desk, leo), "guardian", "11 23 2014", &["visits", "clinical", "sensitive"]).await;
    let preview = async |name: &str| {
        let page = desk.get(&urls::caregivers(leo)).await;
        let of = page.is_ok().body.split("<article").find(|part| part.contains(name)).unwrap().to_owned();
        let url = of.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(url.starts_with(&urls::caregiver(leo, "")), "{url}");
        let page = desk.get(&url).await;
        (url, page.is_ok().hides("Kanari").text().to_owned())
    };
    let (url, text) = preview("Ana Ruiz").await;
    let (today, later) = text.split_once("From November 23, 2026").expect("two parts");
    assert!(today.contains("Health record") && today.contains("Also entries that are marked as sensitive"), "{today}");
    assert!(later.contains("the teenager’s own") && later.contains("Nothing.") && !later.contains("Visits :"), "{later}");
    let (_, text) = preview("Gus Ruiz").await;
    let parts: Vec<&str> = text.split("From November 2").collect();
    let [today, teenager, ended] = parts[..] else { panic!("{text}") };
    assert!(today.contains("Sensitive entries :") && !today.contains("Hidden: entries that are marked"), "{today}");
    assert!(teenager.contains("Health record") && !teenager.contains("Sensitive entries :"), "{teenager}");
    assert!(teenager.contains("Hidden: entries that are marked as sensitive"), "{teenager}");
    assert!(ended.contains("It was given until this day") && ended.contains("Nothing."), "{ended}");
    // It is what happens.
    let problems = crate::shell::urls::section(leo, crate::shell::urls::Section::Problems);
    for person in [&ana, &gus] {
        person.get(&problems).await.is_ok();
        person.get(&url).await.is_not_found();
    }
    w.advance(DAY);
    for person in [&ana, &gus, &desk] {
        w.sign_in(person).await;
    }
    ana.get(&problems).await.is_not_found();
    gus.get(&problems).await.is_ok();
    desk.get(&url).await.is_ok().shows("Today").shows("Nothing.").hides("Health record");
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Who did before");
    // Nobody acts for somebody who has died.
    died(&w, leo).await;
    w.sign_in(&gus).await;
    gus.get(&problems).await.is_not_found();
    desk.get(&url).await.is_ok().shows("This patient has died").hides("Health record");
    // Another chart's row, and none.
    let mia = w.chart("Mia Ruiz", "2014-11-23").await;
    let id = url.rsplit('/').next().unwrap().to_owned();
    for other in [urls::caregiver(mia, &id), urls::caregiver(leo, "x"), urls::caregiver(leo, "01890000-0000-7000-8000-000000000000")] {
        desk.get(&other).await.is_not_found();
    }
}
}
