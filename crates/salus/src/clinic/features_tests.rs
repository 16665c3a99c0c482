//! Switched-off features through the front door.

use axum::http::Method;
use salus_kernel::Role;

use crate::{
    access::Feature,
    salus_test,
    shell::urls,
    testing::{Browser, Person, Postbox, World},
};

/// Switches a feature as an administrator does.
async fn switch(ada: &Person, feature: Feature, on: bool) {
    let page = ada.get(urls::CLINIC_FEATURES).await;
    let form =
        page.is_ok().body.split("name=\"feature\" value=\"").find(|part| part.starts_with(feature.key())).unwrap();
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("feature", feature.key()), ("on", if on { "yes" } else { "no" }), ("version", &version)];
    ada.post(urls::CLINIC_FEATURES, &fields).await.goes_to(urls::CLINIC_FEATURES);
}

async fn answers(w: &World, people: &[&Person], method: &Method, url: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    let nobody = w.browser();
    nobody.get(urls::SIGN_IN).await.is_ok();
    let browsers = people.iter().map(|person| &person.browser).chain([&nobody]);
    for browser in browsers {
        let page = if *method == Method::GET { browser.get(url).await } else { browser.post(url, &[]).await };
        statuses.push(page.status.as_u16());
    }
    statuses
}

salus_test! {
async fn every_route_of_a_feature_closes_with_it_and_opens_again(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let ana = w.patient("Ana Ruiz").await;
    // Codes for staff have no routes; what they close is the matter of `a_clinic_may_want_a_passkey_of_whoever_works_here`.
    for feature in Feature::ALL.iter().filter(|feature| **feature != Feature::StaffCodes) {
        let routes: Vec<_> = w.routes.iter().filter(|route| route.feature == Some(*feature)).cloned().collect();
        switch(&ada, *feature, true).await;
        let mut before = Vec::new();
        for route in &routes {
            let url = route.path.replace("{code}", "x").replace("{id}", "01890000-0000-7000-8000-000000000000");
            let open = answers(&w, &[&ada, &ana], &route.method, &url).await;
            assert!(open.iter().any(|status| *status != 404), "{url} is closed to everybody while {} is on", feature.key());
            before.push((url, open));
        }
        switch(&ada, *feature, false).await;
        for (route, (url, open)) in routes.iter().zip(&before) {
            let closed = answers(&w, &[&ada, &ana], &route.method, url).await;
            assert!(closed.iter().all(|status| *status == 404), "{} {url} is open while {} is off: {closed:?}", route.method, feature.key());
            // No page of anybody still links to it.
            for (person, pages) in [(&ada, [urls::STAFF, urls::SETTINGS]), (&ana, [urls::HOME, urls::SETTINGS])] {
                for page in pages {
                    person.get(page).await.hides(&format!("href=\"{url}\""));
                }
            }
            ana.get(&urls::patient_home(ana.patient)).await.is_ok().hides(&format!("href=\"{url}\""));
            ana.get(&urls::more(ana.patient)).await.is_ok().hides(&format!("href=\"{url}\""));
            w.browser().get(urls::SIGN_IN).await.is_ok().hides(&format!("href=\"{url}\""));
            assert!(!open.is_empty());
        }
        switch(&ada, *feature, true).await;
        for (route, (url, open)) in routes.iter().zip(&before) {
            assert_eq!(answers(&w, &[&ada, &ana], &route.method, url).await, *open, "{url} does not open again");
        }
    }
    ana.get(urls::DIRECTORY).await.is_ok();
    ana.get(&urls::more(ana.patient)).await.is_ok().shows("People and places");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_switch_is_the_administrator_s_and_two_of_them_are_told(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    ada.get(urls::CLINIC).await.is_ok().shows("Features");
    ada.get(urls::CLINIC_FEATURES).await.is_ok().shows("People and places").shows("Asking for an account");
    bo.get(urls::CLINIC_FEATURES).await.is_ok();
    let off = |version| [("feature", "directory"), ("on", "no"), ("version", version)];
    let (fields, others) = (off("0"), off("0"));
    let (one, other) = tokio::join!(ada.post(urls::CLINIC_FEATURES, &fields), bo.post(urls::CLINIC_FEATURES, &others));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "{} {}", one.text(), other.text());
    bo.post(urls::CLINIC_FEATURES, &[("feature", "directory"), ("on", "yes"), ("version", "7")]).await.is(422).shows("This changed while you were looking");
    assert!(!w.app.features().await.on(Feature::Directory));
    bo.post(urls::CLINIC_FEATURES, &[("feature", "flying"), ("on", "yes"), ("version", "0")]).await.is_not_found();
    bo.post(urls::CLINIC_FEATURES, &[("feature", "directory"), ("on", "perhaps"), ("version", "1")]).await.is(400);
    for other in [&w.staff("Omar Haddad", Role::PrivacyOfficer).await, &w.patient("Ana Ruiz").await] {
        other.get(urls::CLINIC_FEATURES).await.is_not_found();
        other.get(urls::SETTINGS).await.is_ok();
        other.post(urls::CLINIC_FEATURES, &[("feature", "directory"), ("on", "yes"), ("version", "1")]).await.is_not_found();
    }
    assert!(w.ledger_all().await.contains(&"outcome change-features administrator done".to_owned()));
    // Another start of the program finds what was decided.
    let again = crate::access::App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), crate::access::WebConfig::default()).await.unwrap();
    assert!(!again.features().await.on(Feature::Directory));
}
}

salus_test! {
async fn a_switch_holds_in_every_process_within_seconds(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let ana = w.patient("Ana Ruiz").await;
    let web = w.app.web().clone();
    let other = crate::access::App::open(w.db.clone(), w.ledger.clone(), &w.root, w.clock(), web).await.unwrap();
    let elsewhere = Browser::new(crate::web::router(&other).1);
    elsewhere.set_cookie("__Host-salus", &ana.cookie("__Host-salus").unwrap());
    elsewhere.get(urls::DIRECTORY).await.is_ok();
    switch(&ada, Feature::Directory, false).await;
    ana.get(urls::DIRECTORY).await.is_not_found();
    let fields = [("name", "Harbor Clinic"), ("phone", "(503) 555-0199"), ("colour", "#0b5563"), ("version", "1")];
    ada.get(urls::CLINIC_LOOK).await.is_ok();
    ada.post(urls::CLINIC_LOOK, &fields).await.goes_to(urls::CLINIC_LOOK);
    Postbox::new().work_in(&other).await;
    elsewhere.get(urls::DIRECTORY).await.is_not_found().shows("Harbor Clinic");
    switch(&ada, Feature::Directory, true).await;
    Postbox::new().work_in(&other).await;
    elsewhere.get(urls::DIRECTORY).await.is_ok();
}
}
