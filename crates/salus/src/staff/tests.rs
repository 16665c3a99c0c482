//! The staff's pages through the front door.

use salus_kernel::Role;

use crate::{salus_test, shell::urls};

salus_test! {
async fn a_practitioner_finds_everybody_and_opens_only_their_own(w: World) {
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let ben = w.chart("Anatol Weber", "1990-01-02").await;
    let park = w.practitioner("Dr. Lena Park").await;
    w.assign(&park, ana).await;

    let form = park.get(urls::STAFF_PATIENTS).await;
    form.is_ok().shows("Patients in your care").shows("Ana Ruiz").shows("March 14, 1985").hides("Anatol");
    let found = park.post(urls::STAFF_PATIENTS, &[("query", "ana")]).await;
    found.is_ok().shows("2 patients found").shows("Ana Ruiz").shows("Anatol Weber").shows("In your care").shows("Not in your care: opens in an emergency alone");
    assert!(found.body.contains(&urls::record(ana)) && !found.body.contains(&urls::record(ben)));
    assert!(found.body.contains(&urls::emergency(ben)) && !found.body.contains(&urls::emergency(ana)));
    // The record number is masked, and what was typed stands in the field alone.
    found.hides("T00001").shows("•••• 001");
    assert!(found.body.contains("value=\"ana\""));
    // Both are named in the ledger, each with the list alone.
    assert!(w.ledger_of(ben).await.contains(&"read find-patients none allowed".to_owned()), "{:?}", w.ledger_of(ben).await);
    assert_eq!(w.ledger_of(ben).await.iter().filter(|line| line.contains("find-patients")).count(), 1);
    assert_eq!(w.ledger_of(ana).await.iter().filter(|line| line.contains("find-patients")).count(), 2);
}
}

salus_test! {
async fn the_front_desk_reaches_the_person_and_not_the_chart(w: World) {
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let jamie = w.staff("Jamie Ruiz", Role::FrontDesk).await;
    let form = jamie.get(urls::STAFF_PATIENTS).await;
    form.is_ok().hides("Patients in your care").hides("Ana");
    let found = jamie.post(urls::STAFF_PATIENTS, &[("query", "3/14/1985")]).await;
    found.is_ok().shows("1 patient found").shows("Front desk");
    assert!(found.body.contains(&urls::profile(ana)) && !found.body.contains(&urls::record(ana)));
    jamie.post(urls::STAFF_PATIENTS, &[("query", "Ruiz 1985-03-14")]).await.is_ok().shows("Ana Ruiz");
    jamie.post(urls::STAFF_PATIENTS, &[("query", "t-00001")]).await.is_ok().shows("Ana Ruiz");
    jamie.post(urls::STAFF_PATIENTS, &[("query", "Ruiz 3/14/1986")]).await.is_ok().shows("No patient found");
}
}

salus_test! {
async fn what_can_not_be_searched_for_is_said_beside_the_field(w: World) {
    w.chart("Ana Ruiz", "1985-03-14").await;
    let jamie = w.staff("Jamie Ruiz", Role::FrontDesk).await;
    jamie.get(urls::STAFF_PATIENTS).await.is_ok();
    for (typed, problem) in [("", "2 letters or more"), ("a", "2 letters or more"), ("Ana 13/40/1985", "all four digits")] {
        let page = jamie.post(urls::STAFF_PATIENTS, &[("query", typed)]).await;
        page.is(422).shows(problem).hides("Ana Ruiz");
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{typed:?} is lost");
    }
    let nothing = jamie.post(urls::STAFF_PATIENTS, &[("query", "<b>okafro")]).await;
    nothing.is_ok().shows("No patient found").shows("Check the spelling").hides("<b>okafro");
}
}

salus_test! {
async fn at_most_fifty_are_shown_and_the_rest_is_said(w: World) {
    for number in 0..51 {
        w.chart(&format!("Mara Number{number}"), "1985-03-14").await;
    }
    let jamie = w.staff("Jamie Ruiz", Role::FrontDesk).await;
    jamie.get(urls::STAFF_PATIENTS).await.is_ok();
    let page = jamie.post(urls::STAFF_PATIENTS, &[("query", "mara")]).await;
    page.is_ok().shows("50 patients found").shows("There are more");
    assert_eq!(page.body.matches("/profile").count(), 50);
    // A name with digits in it, as imported ones have, is found as a name.
    jamie.post(urls::STAFF_PATIENTS, &[("query", "number50")]).await.is_ok().shows("1 patient found").shows("Mara Number50");
}
}

salus_test! {
async fn nobody_else_searches(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    for role in [Role::Administrator, Role::PrivacyOfficer] {
        let person = w.staff("Ada Stone", role).await;
        person.get(urls::STAFF_PATIENTS).await.is_not_found();
    }
    ana.get(urls::STAFF_PATIENTS).await.is_not_found();
    w.browser().get(urls::STAFF_PATIENTS).await.goes_to(urls::SIGN_IN);
    assert_eq!(w.ledger_of_account(ana.account).await.last().unwrap(), "refusal find-patients none refused not-allowed");
}
}

salus_test! {
async fn each_role_has_its_home(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    w.assign(&park, ana.patient).await;
    park.get(urls::STAFF).await.is_ok().shows("Good morning, Dr. Park").shows("Find a patient").shows("Ana Ruiz").shows("1 patient").hides("Audit search");

    let jamie = w.staff("Jamie Ruiz", Role::FrontDesk).await;
    jamie.get(urls::STAFF).await.is_ok().shows("Good morning, Jamie").shows("Find a patient").hides("Ana");
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::STAFF).await.is_ok().shows("3 people can sign in").hides("Find a patient");
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    w.ledger.checkpoint().await.unwrap();
    priya.get(urls::STAFF).await.is_ok().shows("Audit search").shows("in 1 chain, last signed November 22, 2026").hides("Find a patient");
    ana.get(urls::STAFF).await.goes_to(urls::HOME);
    // A page that roles share refuses nobody.
    assert!(!w.ledger_of_account(ada.account).await.iter().any(|line| line.starts_with("refusal")));
}
}

salus_test! {
async fn a_colleagues_patient_is_not_ones_own(w: World) {
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let haddad = w.practitioner("Dr. Omar Haddad").await;
    w.assign(&haddad, ana).await;
    park.get(urls::STAFF_PATIENTS).await.is_ok().hides("Ana");
    let found = park.post(urls::STAFF_PATIENTS, &[("query", "ana")]).await;
    found.is_ok().shows("Ana Ruiz");
    assert!(!found.body.contains(&urls::record(ana)));
    haddad.get(urls::STAFF_PATIENTS).await.is_ok().shows("Ana Ruiz");
}
}

salus_test! {
async fn an_erased_record_does_not_take_the_list_away(w: World) {
    let lena = w.practitioner("Dr. Lena Park").await;
    let (ana, ben) = (w.patient("Ana Ruiz").await, w.patient("Ben Quist").await);
    w.assign(&lena, ana.patient).await;
    w.assign(&lena, ben.patient).await;
    lena.get("/staff/patients").await.is_ok().shows("Ana Ruiz").shows("Ben Quist");
    lena.post("/staff/patients", &[("query", "Quist")]).await.is_ok().shows("Ben Quist");
    w.erase(ben.patient).await;
    for page in ["/staff/patients", "/staff"] {
        lena.get(page).await.is_ok().shows("Ana Ruiz").hides("Quist").shows("Erased record").shows("Erased here on November 22, 2026");
    }
    lena.get(&crate::shell::urls::record(ben.patient)).await.is_not_found();
    // Whoever searches does not learn that there was somebody of that name.
    lena.post("/staff/patients", &[("query", "Quist")]).await.is_ok().shows("No patient found").hides("Erased");
    lena.post("/staff/patients", &[("query", "Ruiz")]).await.is_ok().shows("Ana Ruiz");
}
}
