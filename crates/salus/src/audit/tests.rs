//! Audit search through the front door.

use salus_kernel::{MINUTE, Role};

use crate::{salus_test, shell::urls};

salus_test! {
async fn the_officer_finds_who_did_what_to_whom(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    ana.get(&urls::access_log(ana.patient)).await.is_ok();
    ben.get(&urls::access_log(ana.patient)).await.is_not_found();
    park.get(urls::STAFF_PATIENTS).await.is_ok();
    park.post(urls::STAFF_PATIENTS, &[("query", "okafor")]).await.is_ok();

    priya.get(urls::AUDIT).await.is_ok().shows("Audit search").shows("Everything").hides("Entries found");
    let all = priya.post(urls::AUDIT, &[]).await;
    all.is_ok().shows("Entries found").shows("Dr. Lena Park").shows("Searched the audit log").shows("Refused: nothing to do with this patient").shows("127.0.0.1");
    // The officer reads no charts: no patient's name, only the ends of numbers.
    all.hides("Ana Ruiz").hides("Okafor");
    let ending = |id: String| format!("…{}", id.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect::<String>());
    all.shows(&ending(ana.patient.to_string()));

    let of_ana = priya.post(urls::AUDIT, &[("patient", "t00001")]).await;
    of_ana.is_ok().shows("Opened who opened a record").shows("Imported records").hides("Dr. Lena Park");
    for typed in [ana.patient.to_string(), ending(ana.patient.to_string())] {
        let same = priya.post(urls::AUDIT, &[("patient", &typed)]).await;
        assert_eq!(count(&same.is_ok().body), count(&of_ana.body));
    }
    let listed = priya.post(urls::AUDIT, &[("patient", &ben.patient.to_string()), ("action", "find-patients")]).await;
    listed.is_ok().shows("1 entry").shows("Dr. Lena Park").shows(&ending(ben.patient.to_string()));

    let by_park = priya.post(urls::AUDIT, &[("account", "lena")]).await;
    by_park.is_ok().shows("Searched or listed patients").hides(&ana.account.to_string());
    let by_ana = priya.post(urls::AUDIT, &[("account", &ana.email)]).await;
    by_ana.is_ok().shows("Opened who opened a record").shows(&format!("Account {}", ana.account)).hides("Lena");
    let same = priya.post(urls::AUDIT, &[("account", &ana.account.to_string())]).await;
    assert_eq!(count(&same.is_ok().body), count(&by_ana.body));
    // Every search is itself an entry.
    let searches = w.ledger_of_account(priya.account).await.iter().filter(|line| line.contains("search-audit")).count();
    assert_eq!(searches, 9);
}
}

/// How many rows a page of entries has.
fn count(body: &str) -> usize {
    body.matches("<tr role=\"row\"><td").count()
}

salus_test! {
async fn what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(w: World) {
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    w.staff("Priya Shah", Role::FrontDesk).await;
    priya.get(urls::AUDIT).await.is_ok();
    let page = priya.post(urls::AUDIT, &[("from", "22.11.26"), ("to", "11/31/2026"), ("account", "priya"), ("patient", "T99999"), ("action", "sign-in")]).await;
    page.is(422).shows("Enter a date like").shows("Several people fit: Priya Nair, Priya Shah").shows("don’t know this record").hides("Entries found");
    for typed in ["22.11.26", "11/31/2026", "priya", "T99999"] {
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{typed} is lost");
    }
    assert!(page.body.contains("value=\"sign-in\" selected"));
    priya.post(urls::AUDIT, &[("from", "11/22/2026"), ("to", "11/1/2026")]).await.is(422).shows("must not come before");
    priya.post(urls::AUDIT, &[("account", "nobody@example.org")]).await.is(422).shows("don’t know this account");
    priya.post(urls::AUDIT, &[("from", "11/23/2026")]).await.is_ok().shows("No entry fits");
    priya.post(urls::AUDIT, &[("to", "11/21/2026")]).await.is_ok().shows("No entry fits");
    priya.post(urls::AUDIT, &[("from", "11/22/2026"), ("to", "11/22/2026"), ("account", "priya nair")]).await.is_ok().shows("Searched the audit log");
}
}

salus_test! {
async fn pages_go_on_where_they_ended_also_while_entries_come_in(w: World) {
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    for _ in 0..110 {
        priya.get(urls::AUDIT).await.is_ok();
    }
    let search = [("account", "priya"), ("action", "search-audit")];
    let first = priya.post(urls::AUDIT, &search).await;
    first.is_ok().shows("Entries 1 to 50").shows("Next").hides("Previous");
    assert_eq!(count(&first.body), 50);
    let trail = |body: &str, words: &str| {
        let button = body.split("<button").find(|button| button.contains("name=\"trail\"") && button.contains(words)).unwrap().to_owned();
        button.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let next = trail(&first.body, "Next");
    let second = priya.post(urls::AUDIT, &[search[0], search[1], ("trail", &next)]).await;
    second.is_ok().shows("Entries 51 to 100").shows("Previous").shows("Next");
    let references = |body: &str| -> Vec<String> {
        body.split("<span class=\"s-mono\">").skip(1).filter_map(|part| part.split('<').next()).filter(|text| text.contains('/')).map(str::to_owned).collect()
    };
    let both: std::collections::BTreeSet<String> = references(&first.body).into_iter().chain(references(&second.body)).collect();
    assert_eq!(both.len(), 100);
    let third = priya.post(urls::AUDIT, &[search[0], search[1], ("trail", &trail(&second.body, "Next"))]).await;
    third.is_ok().shows("Entries 101 to 111").shows("Previous").hides("Next");
    let back = priya.post(urls::AUDIT, &[search[0], search[1], ("trail", &trail(&third.body, "Previous"))]).await;
    assert_eq!(references(&back.is_ok().body), references(&second.body));
    assert_eq!(trail(&second.body, "Previous"), "");
}
}

salus_test! {
async fn the_chains_are_held_against_the_last_signature(w: World) {
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    w.ledger.checkpoint().await.unwrap();
    priya.get(urls::AUDIT).await.is_ok().shows("As signed").shows("Every chain still ends as it was last signed").shows("in 1 chain").shows("salus audit verify");
    w.advance(MINUTE);
    priya.get(urls::AUDIT).await.is_ok().shows("As signed");
}
}

salus_test! {
async fn nobody_else_reads_the_ledger(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let jamie = w.staff("Jamie Ruiz", Role::FrontDesk).await;
    for person in [&ana, &park, &ada, &jamie] {
        person.get(urls::AUDIT).await.is_not_found();
        // A form's token of the own session, so that it is the guard who refuses.
        person.get(urls::SETTINGS).await.is_ok();
        person.post(urls::AUDIT, &[]).await.is_not_found();
    }
    w.browser().get(urls::AUDIT).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn tries_to_sign_in_name_the_account_that_was_tried(w: World) {
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let thief = w.browser();
    thief.get(urls::SIGN_IN).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", &park.email), ("password", "not the password at all")]).await.is(422);
    priya.get(urls::AUDIT).await.is_ok();
    let page = priya.post(urls::AUDIT, &[("action", "sign-in")]).await;
    page.is_ok().shows("Dr. Lena Park signing in, 127.0.0.1").shows("Refused: wrong password");
}
}
