//! Whoever has not said their password for a quarter of an hour says it first, at every route that matters; what they typed is
//! kept. ASVS V7.5.1, V7.5.3.

use axum::http::Method;
use salus_db::sql;
use salus_kernel::{MINUTE, Relation, Role};

use super::routes::{body as sends, everybody};
use crate::{
    access::{
        Access, Proof,
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
    let (mut cases, mut kept, mut twice) = (0, 0, 0);
    for route in &w.routes {
        let (Access::Chart(action) | Access::Worklist(action) | Access::SignedIn(action)) = route.access else { continue };
        let policy = who_may(action);
        // Each of them, and what else may do the same without.
        for (who, person, relation) in people.with_relations() {
            let own = matches!(route.access, Access::SignedIn(_)).then_some(Standing::from(Relation::Myself));
            let wants = |standing: &Standing| policy.includes(*standing) && policy.wants_proof(standing.relation).is_some();
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
            let both = policy.wants_proof(standing.relation) == Some(Proof::BothSteps);
            let next = page.location().split_once("next=").expect("where to go on").1.replace("%3F", "?").replace("%3D", "=");
            let form = person.get(page.location()).await;
            form.is_ok().shows("Is it still you?").hides("kanari");
            person.post(urls::STILL_YOU, &[("password", "not it"), ("next", &next)]).await.is(422).shows("not your current password");
            if both {
                twice += 1;
                // The password alone goes round in a circle, and a code that is not right nowhere.
                form.shows("Code from your app");
                person.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", &next)]).await.goes_to(&next);
                person.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
                let say = async |code: &str| {
                    let fields = [("password", PASSWORD), ("code", code), ("both", "yes"), ("next", next.as_str())];
                    person.post(urls::STILL_YOU, &fields).await
                };
                say("").await.is(422).shows("Enter a code");
                say("abcd-efgh-ijkl-mnop").await.is(422).shows("That code didn’t match");
                say(&person.totp.code(w.now())).await.goes_to(&next);
                w.advance(MINUTE / 2); // for another code
            } else {
                form.hides("Code from your app");
                person.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", &next)]).await.goes_to(&next);
            }
            if route.method == Method::GET {
                let page = person.get(&url).await;
                assert!(!page.location().starts_with(urls::STILL_YOU), "{url} asks twice");
            } else {
                kept += 1;
                person.get(&next).await.is_ok().shows(&mark);
            }
        }
    }
    assert!(cases > 25 && kept > 20 && twice > 6, "{cases}, {kept}, {twice}");
}
}

salus_test! {
async fn the_password_counts_for_a_quarter_of_an_hour_in_one_session(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let notes = urls::section(ana.patient, urls::Section::Documents);
    // Whoever just signed in is asked nothing.
    ana.get(&notes).await.is_ok();
    let other = w.browser();
    w.sign_in_with(&ana, &other).await;
    for _ in 0..3 {
        w.advance(5 * MINUTE);
        ana.get(urls::SETTINGS).await.is_ok();
        other.get(urls::SETTINGS).await.is_ok();
    }
    ana.get(&notes).await.goes_to(urls::STILL_YOU);
    ana.get(urls::STILL_YOU).await.is_ok();
    ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", "//evil.example")]).await.goes_to("/home");
    other.get(&notes).await.goes_to(urls::STILL_YOU);
    w.advance(14 * MINUTE);
    ana.get(&notes).await.is_ok();
    w.advance(MINUTE);
    ana.get(&notes).await.goes_to(urls::STILL_YOU);
    // It can't be guessed there, and an empty field costs no try.
    ana.get(urls::STILL_YOU).await.is_ok();
    ana.post(urls::STILL_YOU, &[("password", "")]).await.is(422).shows("Enter your password");
    for _ in 0..5 {
        ana.post(urls::STILL_YOU, &[("password", "guess"), ("next", urls::FACTORS)]).await.is(422);
    }
    ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", urls::FACTORS)]).await.is(429).shows("try again at");
    ana.get(&notes).await.goes_to(urls::STILL_YOU);
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

salus_test! {
async fn a_session_goes_on_under_a_new_token_once_the_password_was_said(w: World) {
    // ASVS V7.2.4: a stolen cookie does not share the proof.
    let ana = w.patient("Ana Ruiz").await;
    long_here(&w, &ana).await;
    let thief = ana.copy();
    thief.get(urls::SETTINGS).await.is_ok();
    // A form that stands open in another tab.
    ana.get(urls::SETTINGS).await.is_ok();
    let open_form = ana.csrf();
    let before = ana.cookie("__Host-salus").expect("a session");
    ana.get(urls::STILL_YOU).await.is_ok();
    ana.post(urls::STILL_YOU, &[("password", "not it"), ("next", urls::FACTORS)]).await.is(422);
    assert_eq!(ana.cookie("__Host-salus").as_ref(), Some(&before), "a wrong password changes nothing");
    ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("next", urls::FACTORS)]).await.goes_to(urls::FACTORS);
    assert_ne!(ana.cookie("__Host-salus"), Some(before));
    ana.get(urls::FACTORS).await.is_ok();
    thief.get(urls::SETTINGS).await.goes_to(urls::SIGN_IN);
    // What is typed there is not lost.
    let fields = [("csrf", open_form.as_str()), ("font", "atkinson"), ("scheme", "device")];
    ana.post_raw(urls::SETTINGS, &fields, &[]).await.goes_to(urls::SETTINGS);
    // And nobody else's form counts, nor does the old token as a session.
    ana.post_raw(urls::SETTINGS, &[("csrf", "x"), ("font", "standard"), ("scheme", "device")], &[]).await.is(403);
    let visit = ana.cookie("__Host-salus-before").expect("what forms of before are bound to");
    let other = w.browser();
    other.set_cookie("__Host-salus", &visit);
    other.get(urls::SETTINGS).await.goes_to(urls::SIGN_IN);
    // And nobody who signs in here next finds forms of hers that count.
    ana.get(urls::SETTINGS).await.is_ok();
    ana.post(urls::SIGN_OUT, &[]).await.goes_to(urls::SIGN_OUT);
    assert_eq!(ana.cookie("__Host-salus-before"), None);
}
}

salus_test! {
async fn how_one_signs_in_changes_with_both_steps_alone(w: World) {
    // ASVS V7.5.1.
    let ana = w.patient("Ana Ruiz").await;
    let say = async |code: &str| {
        ana.get(urls::STILL_YOU).await.is_ok();
        ana.post(urls::STILL_YOU, &[("password", PASSWORD), ("code", code), ("both", "yes"), ("next", urls::FACTORS_APP)]).await
    };
    long_here(&w, &ana).await;
    assert_eq!(ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU).location(), "/still-you?both=yes&next=/settings/sign-in/app");
    let code = ana.totp.code(w.now());
    say(&code).await.goes_to(urls::FACTORS_APP);
    ana.get(urls::FACTORS_APP).await.is_ok();
    say(&code).await.is(422).shows("already used");
    // A code that was saved is as good, once.
    ana.get(urls::FACTORS).await.is_ok();
    let page = ana.post(urls::FACTORS_CODES, &[]).await;
    let saved = crate::testing::between(page.is_ok(), "<li class=\"s-mono\">", "<").to_owned();
    w.advance(15 * MINUTE);
    say(&saved.to_uppercase().replace('-', " ")).await.goes_to(urls::FACTORS_APP);
    ana.get(urls::FACTORS_APP).await.is_ok();
    w.advance(15 * MINUTE);
    say(&saved).await.is(422).shows("didn’t match");
    // And codes can't be guessed there.
    for _ in 0..4 {
        say("000000").await.is(422);
    }
    say(&ana.totp.code(w.now())).await.is(429).shows("try again at");
    // A passkey would do; the password alone opens what the password alone is asked for.
    ana.get(urls::FACTORS_APP).await.goes_to(urls::STILL_YOU);
}
}

salus_test! {
async fn of_two_proofs_under_one_token_one_goes_on(w: World) {
    // A thief who knows the password says it under the cookie that the owner says it under as well.
    let ana = w.patient("Ana Ruiz").await;
    long_here(&w, &ana).await;
    ana.get(urls::STILL_YOU).await.is_ok();
    let thief = ana.copy();
    let fields = [("password", PASSWORD), ("next", urls::FACTORS)];
    let (hers, theirs) = tokio::join!(ana.post(urls::STILL_YOU, &fields), thief.post(urls::STILL_YOU, &fields));
    let proved = [&hers, &theirs].iter().filter(|page| page.location() == urls::FACTORS).count();
    assert_eq!(proved, 1, "one token was proved twice: {} and {}", hers.location(), theirs.location());
}
}
