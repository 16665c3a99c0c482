//! Children and teenagers: what a parent was given ends by itself, on the day. THR-08, THR-09.

use salus_kernel::{MINUTE, Role};

use super::*;
use crate::{access::caregivers::Basis, salus_test};

const DAY: i64 = 24 * 60 * MINUTE;

#[test]
fn a_reason_counts_at_some_ages() {
    let fits = |age| Basis::ALL.into_iter().filter(|basis| basis.fits(age)).map(Basis::word).collect::<Vec<_>>();
    assert_eq!(fits(0), ["parent", "guardian"]);
    assert_eq!(fits(11), ["parent", "guardian"]);
    assert_eq!(fits(12), ["teen", "guardian"]);
    assert_eq!(fits(17), ["teen", "guardian"]);
    assert_eq!(fits(18), ["adult", "guardian", "attorney"]);
    assert_eq!(fits(99), ["adult", "guardian", "attorney"]);
}

#[test]
fn what_a_page_says_of_an_age_is_what_the_guard_counts() {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    for born in ["2008-02-29", "2014-11-23", "2010-12-31", "2012-03-01"].map(day) {
        for basis in [Basis::Parent, Basis::Teen] {
            let (end, below) = (basis.ends_on(born).unwrap(), basis.ages().1);
            assert_eq!(crate::shell::dates::years(born, end), below, "{born}");
            assert_eq!(crate::shell::dates::years(born, end.yesterday().unwrap()), below - 1, "{born}");
        }
    }
    assert_eq!(Basis::Guardian.ends_on(day("2014-11-23")), None);
}

salus_test! {
async fn a_parent_sees_nothing_from_the_twelfth_birthday_on(w: World) {
    // The clock stands at 9:00 on November 22, 2026, in Chicago: the birthday begins in 15 hours.
    let leo = w.chart("Leo Ruiz", "2014-11-23").await;
    w.one_of_each(leo, "kanari").await;
    let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    desk.get(&urls::caregivers(leo)).await.is_ok().shows("Parent of a child under 12").hides("Parent of a teenager").hides("The patient wants it");
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
