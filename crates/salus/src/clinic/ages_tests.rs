//! The clinic's rule about ages, through the front door. THR-08.

use salus_kernel::{MINUTE, Role};

use crate::{
    salus_test,
    shell::urls,
    testing::{Browser, Person, Postbox},
};

const DAY: i64 = 24 * 60 * MINUTE;
/// What a letter says before it ends.
const SOON: &str = "will change soon, because of the age of the person they help";
const LAW: &str = "Washington, RCW 70.02";

fn rule<'a>(teen: &'a str, adult: &'a str, version: &'a str) -> [(&'a str, &'a str); 5] {
    [("teen", teen), ("adult", adult), ("law", LAW), ("counsel", ""), ("version", version)]
}

/// How many letters before a change somebody got.
async fn told(postbox: &Postbox, person: &Person) -> usize {
    let plain = |mail: &String| mail.replace("=\r\n", "").replace("\r\n", " ");
    let to = format!("To: {}\r\n", person.email);
    postbox.mails().await.iter().filter(|mail| mail.contains(&to) && plain(mail).contains(SOON)).count()
}

async fn decide(ada: &Person, teen: &str, adult: &str, version: &str) {
    ada.get(urls::CLINIC_AGES).await.is_ok();
    ada.post(urls::CLINIC_AGES, &rule(teen, adult, version)).await.goes_to(urls::CLINIC_AGES);
}

salus_test! {
async fn where_nobody_acts_for_a_child_a_rule_counts_at_once_and_everywhere(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2014-01-02").await;
    ada.get(urls::CLINIC).await.is_ok().shows("Children and teenagers");
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("No lawyer’s review yet").shows("Nobody here has decided yet").shows("Under 12:").shows("counts at once");
    // Leo is twelve.
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a teenager who agrees").shows("ends by itself at 12");
    let other = crate::access::App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), w.app.web().clone()).await.unwrap();
    ada.post(urls::CLINIC_AGES, &[("counsel", "Dana Wu"), ("version", "0"), ("teen", "13"), ("adult", "19"), ("law", LAW)]).await.goes_to(urls::CLINIC_AGES);
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("from when it counts").shows("Under 13:").shows("From 19: grown up").shows(LAW).shows("Lawyer: Dana Wu").shows("Since November 22, 2026").shows("Decided by Ada Stone on November 22, 2026").hides("No lawyer’s review");
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a child").hides("Parent of a teenager").shows("From 13 to 18 the teenager");
    // Another process hears of it, and so does the next start.
    let elsewhere = Browser::new(crate::web::router(&other).1);
    elsewhere.set_cookie("__Host-salus", &desk.cookie("__Host-salus").unwrap());
    Postbox::new().work_in(&other).await;
    elsewhere.get(&urls::caregivers(leo)).await.is_ok().hides("Parent of a teenager");
    // Whoever is eighteen is not grown up by this clinic's rule.
    let kim = w.chart("Kim Young", "2008-01-02").await;
    desk.get(&urls::caregivers(kim)).await.is_ok().shows("Parent of a teenager").hides("Power of attorney");
    desk.get(&urls::invites(kim)).await.is_ok().shows("under 19 and can’t have an account");
    w.ask(&w.browser(), "Kim Young", "1 2 2008", "kim@example.org").await.is(422).shows("People under 19");
    assert!(w.ledger_all().await.contains(&"outcome change-ages administrator done".to_owned()));
    w.rows_are_intact().await;
}
}

salus_test! {
async fn what_takes_something_from_somebody_is_told_sixty_days_before(w: World) {
    let postbox = Postbox::new();
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    // Leo is eleven until next spring; Mia will be twelve in five weeks, while the old rule still counts.
    let leo = w.chart("Leo Ruiz", "2015-05-01").await;
    let mia = w.chart("Mia Ruiz", "2014-12-27").await;
    let ana = w.parent("Ana Ruiz", &desk, leo, "parent", "5 1 2015", &["visits"]).await;
    let ben = w.parent("Ben Ruiz", &desk, mia, "parent", "12 27 2014", &["visits"]).await;
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("count from January 22, 2027");
    // Ten, from January 22 on; before, twelve.
    decide(&ada, "10", "18", "0").await;
    let page = ada.get(urls::CLINIC_AGES).await;
    page.is_ok().shows("Under 12:").shows("From January 22, 2027").shows("Under 10:");
    ana.get(urls::ACTING_FOR).await.is_ok().shows("Until January 21, 2027");
    ben.get(urls::ACTING_FOR).await.is_ok().shows("Until December 26, 2026");
    postbox.work(&w).await;
    assert_eq!(told(&postbox, &ana).await, 0, "61 days before");
    w.advance(DAY);
    postbox.work(&w).await;
    assert_eq!(told(&postbox, &ana).await, 1, "60 days before");
    // On the last day it counts, on the next it does not.
    w.advance(59 * DAY);
    w.sign_in(&ana).await;
    w.sign_in(&ben).await;
    ana.get(&urls::visits(leo)).await.is_ok();
    ben.get(&urls::visits(mia)).await.is_not_found();
    w.advance(DAY);
    w.sign_in(&ana).await;
    ana.get(&urls::visits(leo)).await.is_not_found();
    // Thirteen, in 61 days: what has ended stays ended.
    w.sign_in(&ada).await;
    w.sign_in(&desk).await;
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("Under 10:").hides("Under 12:");
    decide(&ada, "13", "18", "1").await;
    w.advance(70 * DAY);
    for person in [&ana, &ben, &desk] {
        w.sign_in(person).await;
    }
    ana.get(&urls::visits(leo)).await.is_not_found();
    ben.get(&urls::visits(mia)).await.is_not_found();
    ana.get(urls::ACTING_FOR).await.is_ok().hides("Leo");
    let again = w.parent("Cara Ruiz", &desk, leo, "parent", "5 1 2015", &["visits"]).await;
    again.get(&urls::visits(leo)).await.is_ok();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_guardian_hears_of_what_becomes_the_teenager_s(w: World) {
    let postbox = Postbox::new();
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2016-05-01").await;
    let gus = w.parent("Gus Ruiz", &desk, leo, "guardian", "5 1 2016", &["clinical", "sensitive"]).await;
    let flo = w.parent("Flo Ruiz", &desk, leo, "guardian", "5 1 2016", &["clinical"]).await;
    // Ten, from January 22 on: then Leo is.
    decide(&ada, "10", "18", "0").await;
    w.advance(DAY);
    postbox.work(&w).await;
    assert_eq!((told(&postbox, &gus).await, told(&postbox, &flo).await), (1, 0), "who loses something");
    w.sign_in(&gus).await;
    gus.get(urls::ACTING_FOR).await.is_ok().shows("Sensitive entries").shows("From January 22, 2027 without sensitive entries");
    w.advance(60 * DAY);
    w.sign_in(&gus).await;
    gus.get(urls::ACTING_FOR).await.is_ok().shows("Health record").hides("Sensitive entries");
    // A higher age, once it counts, gives nothing back; nor does what is given anew.
    w.sign_in(&ada).await;
    decide(&ada, "16", "21", "1").await;
    w.advance(62 * DAY);
    for person in [&gus, &desk] {
        w.sign_in(person).await;
    }
    gus.get(urls::ACTING_FOR).await.is_ok().hides("Sensitive entries");
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a child").hides("Sensitive entries");
}
}

salus_test! {
async fn a_rule_waits_also_where_who_acted_does_so_no_longer(w: World) {
    // Else the first decision would say of a teenager of last year that there never was one.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2015-12-01").await;
    let ana = w.parent("Ana Ruiz", &desk, leo, "parent", "12 1 2015", &["visits"]).await;
    w.acts_no_longer(&ana).await;
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("count from January 22, 2027").hides("counts at once.");
    decide(&ada, "14", "18", "0").await;
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("Under 12:").shows("From January 22, 2027");
}
}

salus_test! {
async fn nobody_hears_of_a_birthday_that_comes_after_the_end(w: World) {
    let postbox = Postbox::new();
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    // Both were given for a year, until November 22, 2027; one is twelve before, the other after.
    for (born, days, letters) in [("11 20 2015", 304, 1), ("12 20 2015", 334, 0)] {
        let child = w.chart("Leo Ruiz", &format!("2015-{}-20", &born[..2])).await;
        let ana = w.parent("Ana Ruiz", &desk, child, "parent", born, &["visits"]).await;
        w.advance(days * DAY);
        postbox.work(&w).await;
        w.advance(-days * DAY);
        assert_eq!(told(&postbox, &ana).await, letters, "{born}");
    }
}
}

salus_test! {
async fn a_code_counts_by_the_rule_of_the_day_on_which_it_is_shown(w: World) {
    // Kim is eighteen, and lets her mother in; before the code is shown, people are grown up at nineteen.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let kim = w.chart("Kim Young", "2008-01-02").await;
    let code = w.code_at_desk(&desk, kim, "attorney", &["clinical", "sensitive"]).await;
    decide(&ada, "12", "19", "0").await;
    let mother = w.account("Moira Young", None, None).await;
    w.sign_in(&mother).await;
    mother.get(urls::ACTING_FOR).await.is_ok();
    mother.post(urls::ACTING_FOR, &[("slip", &code), ("birth_date", "1 2 2008")]).await.is(422).shows("no longer works");
    mother.get(&urls::visits(kim)).await.is_not_found();
}
}

salus_test! {
async fn what_had_not_begun_is_decided_anew(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let leo = w.chart("Leo Ruiz", "2015-12-01").await;
    let ana = w.parent("Ana Ruiz", &desk, leo, "parent", "12 1 2015", &["visits"]).await;
    decide(&ada, "10", "18", "0").await;
    ana.get(urls::ACTING_FOR).await.is_ok().shows("Until January 21, 2027");
    // A month later a lawyer has looked: it begins on the same day all the same.
    w.advance(30 * DAY);
    for person in [&ada, &bo, &desk, &ana] {
        w.sign_in(person).await;
    }
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("any ages but those of January 22, 2027");
    let reviewed = [("counsel", "Dana Wu"), ("version", "1"), ("teen", "10"), ("adult", "18"), ("law", LAW)];
    ada.post(urls::CLINIC_AGES, &reviewed).await.goes_to(urls::CLINIC_AGES);
    ada.get(urls::CLINIC_AGES).await.is_ok().shows("From January 22, 2027").shows("Lawyer: Dana Wu").hides("From February");
    ana.get(urls::ACTING_FOR).await.is_ok().shows("Until January 21, 2027");
    // Ten was a mistake: two put it right at once, and one of them is told so, with what was typed.
    bo.get(urls::CLINIC_AGES).await.is_ok();
    ada.get(urls::CLINIC_AGES).await.is_ok();
    let right = rule("12", "18", "2");
    let (one, other) = tokio::join!(ada.post(urls::CLINIC_AGES, &right), bo.post(urls::CLINIC_AGES, &right));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "{} {}", one.text(), other.text());
    let late = if one.status == 422 { one } else { other };
    late.shows("This changed while you were looking");
    assert!(late.body.contains(LAW), "what was typed is gone");
    let page = ada.get(urls::CLINIC_AGES).await;
    page.is_ok().hides("Under 10:");
    assert_eq!(page.body.matches("Replaced before it began").count(), 2, "what waited still counts");
    ana.get(urls::ACTING_FOR).await.is_ok().shows("Until November 22, 2027");
    // What is wrong stands beside each field, and nothing typed is lost.
    let long = "x".repeat(201);
    let wrong = [("teen", "9"), ("adult", "17"), ("law", " "), ("counsel", &long), ("version", "3")];
    let page = ada.post(urls::CLINIC_AGES, &wrong).await;
    page.is(422).shows("Choose from which age a record").shows("Choose from which age people").shows("Enter which law you follow").shows("Write at most 200 letters");
    assert!(page.body.contains(&long), "what was typed is gone");
    ada.post(urls::CLINIC_AGES, &rule("13", "18", "x")).await.is(400);
    for other in [&desk, &w.staff("Omar Haddad", Role::PrivacyOfficer).await, &w.patient("Ana Other").await] {
        other.get(urls::CLINIC_AGES).await.is_not_found();
        other.get(urls::SETTINGS).await.is_ok();
        other.post(urls::CLINIC_AGES, &rule("13", "18", "3")).await.is_not_found();
    }
}
}
