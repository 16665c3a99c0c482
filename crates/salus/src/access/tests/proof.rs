//! Whoever has not said their password for a quarter of an hour says it first, at every route that matters; what they typed is
//! kept. ASVS V7.5.1, V7.5.3.

use axum::http::Method;
use salus_db::sql;
use salus_kernel::{MINUTE, Relation, Role};

use super::routes::{body as sends, everybody};
use crate::{
    access::{
        Access,
        policy::{Standing, who_may},
    },
    salus_test,
    shell::urls,
    testing::{PASSWORD, Person, World},
};

const NOTHING: &str = "01890000-0000-7000-8000-000000000000";

/// Signed in a quarter of an hour ago, and never silent for so long that the session ended.
async fn long_here(w: &World, person: &Person) {
    w.sign_in(person).await;
    w.advance(8 * MINUTE);
    person.get(urls::SETTINGS).await.is_ok();
    w.advance(7 * MINUTE);
    person.get(urls::SETTINGS).await.is_ok();
}

salus_test! {
async fn what_matters_wants_the_password_again_at_every_route(w: World) {
    let people = everybody(&w).await;
    let (mut cases, mut kept) = (0, 0);
    for route in &w.routes {
        let (Access::Chart(action) | Access::Worklist(action) | Access::SignedIn(action)) = route.access else { continue };
        let policy = who_may(action);
        // Each of them, and what else may do the same without.
        for (who, person, relation) in people.with_relations() {
            let own = matches!(route.access, Access::SignedIn(_)).then_some(Standing::from(Relation::Myself));
            let wants = |standing: &Standing| policy.includes(*standing) && policy.wants_proof(standing.relation);
            let Some(standing) = own.or(relation).filter(wants) else { continue };
            if own.is_some() && who != "the patient" {
                continue; // the same for everybody
            }
            cases += 1;
            let url = route.path.replace("{patient}", &people.ana.patient.to_string()).replace("{account}", NOTHING).replace("{id}", NOTHING);
            long_here(&w, person).await;
            let before = w.ledger_of_account(person.account).await.len();
            let mark = format!("kanari {cases}");
            let page = if route.method == Method::GET {
                person.get(&url).await
            } else {
                let mut fields = sends(route.path, NOTHING);
                fields.push(("typed_here", mark.clone()));
                let sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                person.post(&url, &sent).await
            };
            page.goes_to(urls::STILL_YOU);
            let lines = w.ledger_of_account(person.account).await;
            let said = lines[before..].iter().any(|line| line.starts_with("refusal") && line.contains(action.word()) && line.contains("proof-missing"));
            assert!(said, "{who} at {url} as {standing:?} left {:?}", &lines[before..]);
            let next = page.location().split_once("next=").expect("where to go on").1.replace("%3F", "?").replace("%3D", "=");
            let form = person.get(page.location()).await;
            form.is_ok().shows("Is it still you?").hides("kanari");
            person.post(urls::STILL_YOU, &[("password", "not it"), ("next", &next)]).await.is(422).shows("not your current password");
            person.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", &next)]).await.goes_to(&next);
            if route.method == Method::GET {
                let page = person.get(&url).await;
                assert!(!page.location().starts_with(urls::STILL_YOU), "{url} asks twice");
            } else {
                kept += 1;
                person.get(&next).await.is_ok().shows(&mark);
            }
        }
    }
    assert!(cases > 25 && kept > 20, "{cases}, {kept}");
}
}

salus_test! {
async fn the_password_counts_for_a_quarter_of_an_hour_in_one_session(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    // Whoever just signed in is asked nothing.
    ana.get(urls::FACTORS_APP).await.is_ok();
    let other = w.browser();
    w.sign_in_with(&ana, &other).await;
    for _ in 0..3 {
        w.advance(5 * MINUTE);
        ana.get(urls::SETTINGS).await.is_ok();
        other.get(urls::SETTINGS).await.is_ok();
    }
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    ana.get(urls::STILL_YOU).await.is_ok();
    ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", "//evil.example")]).await.goes_to("/home");
    other.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    w.advance(14 * MINUTE);
    ana.get(urls::FACTORS_APP).await.is_ok();
    w.advance(MINUTE);
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
    // It can't be guessed there, and an empty field costs no try.
    ana.get(urls::STILL_YOU).await.is_ok();
    ana.post(urls::STILL_YOU, &[("password", "")]).await.is(422).shows("Enter your password");
    for _ in 0..5 {
        ana.post(urls::STILL_YOU, &[("password", "guess"), ("next", urls::FACTORS)]).await.is(422);
    }
    ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", urls::FACTORS)]).await.is(429).shows("try again at");
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
}
}

salus_test! {
async fn where_nothing_was_typed_the_page_with_the_button_comes_next(w: World) {
    // Nobody sends what they can't see: who is closed stands on that page, and not in what was sent.
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    long_here(&w, &grace).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    grace.get(urls::CLINIC_STAFF).await.is_ok();
    let (csrf, account) = (grace.csrf(), desk.account.to_string());
    let fields = [("csrf", csrf.as_str()), ("account", &account), ("active", "no")];
    for (referer, next) in [
        ("https://portal.example.org/clinic/staff", "/still-you?next=/clinic/staff"),
        ("", "/still-you?next=/home"),
        ("nothing", "/still-you?next=/home"),
    ] {
        let page = grace.post_raw("/clinic/staff/access", &fields, &[("referer", referer)]).await;
        assert_eq!(page.goes_to(urls::STILL_YOU).location(), next);
    }
    desk.get(urls::SETTINGS).await.is_ok();
    let sight = salus_db::Sight { account: Some(grace.account), ..salus_db::Sight::default() };
    let count = &async || {
        w.db.read(&sight).await.unwrap().one::<(i64,)>(sql!("SELECT COUNT(*) FROM parked_form"), Vec::new()).await.unwrap().0
    };
    assert_eq!(count().await, 0);
    // And nobody fills the database with texts that wait.
    for _ in 0..55 {
        let fields = [("csrf", csrf.as_str()), ("name", "Riverside Clinic")];
        grace.post_raw("/clinic/look", &fields, &[]).await.goes_to(urls::STILL_YOU);
    }
    assert_eq!(count().await, 51);
}
}
