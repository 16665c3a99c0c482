//! The clinic's pages through the front door.

use salus_kernel::Role;

use crate::{
    salus_test,
    shell::urls,
    testing::{Person, Postbox},
};

const GOOD: [(&str, &str); 3] = [("name", "Lakeside Clinic"), ("phone", "(503) 555-0100"), ("colour", "#7A1F3D")];

fn fields<'a>(version: &'a str, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = GOOD.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed.iter().copied()).chain([("version", version)]).collect()
}

salus_test! {
async fn an_administrator_changes_how_every_page_looks(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let form = ada.get(urls::CLINIC_LOOK).await;
    form.is_ok();
    assert!(form.body.contains("value=\"Riverside Clinic\""));
    let css = w.browser().get(urls::THEME_CSS).await;
    assert_eq!(css.is_ok().body, "");

    ada.post(urls::CLINIC_LOOK, &fields("1", &[])).await.goes_to(urls::CLINIC_LOOK);
    let stranger = w.browser();
    stranger.get(urls::SIGN_IN).await.is_ok().shows("Lakeside Clinic").shows("(503) 555-0100");
    let css = stranger.get(urls::THEME_CSS).await;
    assert!(css.is_ok().body.contains("--brand:#7a1f3d"), "{}", css.body);
    assert_eq!(css.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(w.app.clinic().await.version, 2);
    // Written down, done, and the outcome names the row.
    let all = w.ledger_all().await;
    assert_eq!(all.last().unwrap(), "outcome change-clinic administrator done");
    assert!(all.contains(&"change change-clinic administrator allowed".to_owned()));
}
}

salus_test! {
async fn the_clinic_s_logo_is_on_every_page_and_nothing_but_a_picture(w: World) {
    let stranger = w.browser();
    let tag = &w.app.web().logo.as_ref().unwrap().tag;
    let page = stranger.get(urls::SIGN_IN).await;
    assert!(page.is_ok().body.contains(&format!("src=\"{}\"", urls::logo(tag))));
    let picture = stranger.get(&urls::logo(tag)).await;
    picture.is_ok();
    assert_eq!(picture.headers["content-type"], "image/png");
    assert_eq!(picture.headers["x-content-type-options"], "nosniff");
    assert_eq!(picture.headers["cache-control"], "public, max-age=604800");
}
}

salus_test! {
async fn a_colour_that_is_hard_to_read_on_is_refused_beside_its_field(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::CLINIC_LOOK).await.is_ok();
    let page = ada.post(urls::CLINIC_LOOK, &fields("1", &[("colour", "#7fd1ae"), ("name", "Typed <Name>")])).await;
    page.is(422).shows("hard to read").shows("1.8").shows("4.5");
    assert!(page.body.contains("value=\"#7fd1ae\"") && page.body.contains("value=\"Typed &#60;Name&#62;\""), "typed text is lost");
    let page = ada.post(urls::CLINIC_LOOK, &fields("1", &[("colour", "teal"), ("name", " "), ("phone", "call us")])).await;
    page.is(422).shows("Enter the name").shows("Enter a phone number").shows("six digits after a number sign");
    assert!(page.body.contains("value=\"call us\"") && page.body.contains("value=\"teal\""), "typed text is lost");
    assert_eq!(w.app.clinic().await.name, "Riverside Clinic");
}
}

salus_test! {
async fn who_saves_second_is_told_and_keeps_what_was_typed(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    ada.get(urls::CLINIC_LOOK).await.is_ok();
    bo.get(urls::CLINIC_LOOK).await.is_ok();
    ada.post(urls::CLINIC_LOOK, &fields("1", &[])).await.goes_to(urls::CLINIC_LOOK);
    let page = bo.post(urls::CLINIC_LOOK, &fields("1", &[("name", "Hillside Clinic")])).await;
    page.is(422).shows("This changed while you were looking");
    assert!(page.body.contains("value=\"Hillside Clinic\"") && page.body.contains("name=\"version\" value=\"2\""));
    assert_eq!(w.app.clinic().await.name, "Lakeside Clinic");
    bo.post(urls::CLINIC_LOOK, &fields("2", &[("name", "Hillside Clinic"), ("colour", "")])).await.goes_to(urls::CLINIC_LOOK);
    assert_eq!((w.app.clinic().await.name.as_str(), w.app.clinic().await.brand.as_str()), ("Hillside Clinic", ""));
    bo.post(urls::CLINIC_LOOK, &fields("not a number", &[])).await.is(400);
}
}

salus_test! {
async fn the_staff_are_listed_for_those_who_may_know(w: World) {
    let park = w.practitioner("Dr. Lena Park").await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    let ana = w.patient("Ana Ruiz").await;
    for person in [&ada, &priya] {
        let page = person.get(urls::CLINIC_STAFF).await;
        page.is_ok().shows("Dr. Lena Park").shows("Doctor").shows("Ada Stone").shows("Privacy officer").shows("Can sign in").shows("November 22, 2026");
        page.hides("@example.org").hides("Ana Ruiz");
    }
    ada.get(&urls::page(urls::CLINIC_STAFF, 2)).await.is_ok();
    for person in [&park, &ana] {
        person.get(urls::CLINIC_STAFF).await.is_not_found();
        person.get(urls::CLINIC_LOOK).await.is_not_found();
    }
    priya.get(urls::CLINIC_LOOK).await.is_not_found();
    priya.post(urls::CLINIC_LOOK, &fields("1", &[])).await.is_not_found();
    assert_eq!(w.app.clinic().await.name, "Riverside Clinic");
}
}

salus_test! {
async fn another_role_counts_at_the_next_request(w: World) {
    // ASVS V7.4.2, V8.3.2: what they could do before ends with their sessions.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let ana = w.patient("Ana Ruiz").await;
    w.assign(&park, ana.patient).await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    let give = async |whom: &Person, fields: &[(&str, &str)]| {
        let url = urls::staff_role(&whom.account.to_string());
        ada.get(&url).await.is_ok().shows("New role");
        ada.post(&url, fields).await
    };
    ada.get(urls::CLINIC_STAFF).await.is_ok().shows("Change role");

    // Bad input is told beside its field, and changes nothing.
    give(&rosa, &[("role", "boss"), ("npi", "")]).await.is(422).shows("Choose");
    give(&rosa, &[("role", "nurse"), ("npi", "12345")]).await.is(422);
    give(&rosa, &[("role", "front-desk")]).await.goes_to(urls::CLINIC_STAFF);
    rosa.get(urls::REGISTRATIONS).await.is_ok();

    give(&rosa, &[("role", "biller")]).await.goes_to(urls::CLINIC_STAFF);
    rosa.get(urls::REGISTRATIONS).await.goes_to(urls::SIGN_IN);
    w.sign_in(&rosa).await;
    rosa.get(urls::REGISTRATIONS).await.is_not_found();
    rosa.get(urls::STAFF_PATIENTS).await.is_ok();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.iter().skip(before).filter(|mail| mail.contains("changed what you do there") && mail.contains(&rosa.email)).count(), 1);

    // A doctor who does something else reads no record any more, and is the same doctor again afterwards.
    let record = urls::record(ana.patient);
    park.get(&record).await.is_ok();
    give(&park, &[("role", "privacy-officer")]).await.goes_to(urls::CLINIC_STAFF);
    w.sign_in(&park).await;
    park.get(&record).await.is_not_found();
    give(&park, &[("role", "practitioner")]).await.goes_to(urls::CLINIC_STAFF);
    w.sign_in(&park).await;
    park.get(&record).await.is_ok();

    // Who never treated anybody is a practitioner of their own, and treats nobody yet.
    give(&rosa, &[("role", "nurse"), ("npi", "1234567893")]).await.goes_to(urls::CLINIC_STAFF);
    w.sign_in(&rosa).await;
    rosa.get(&record).await.is_not_found();
    rosa.get(urls::STAFF_PATIENTS).await.is_ok();

    // Nobody gives themselves one, nor does anybody who is no administrator.
    ada.get(&urls::staff_role(&ada.account.to_string())).await.is_not_found();
    ada.post(&urls::staff_role(&ada.account.to_string()), &[("role", "nurse")]).await.is_not_found();
    ada.get(&urls::staff_role(&ana.account.to_string())).await.is_not_found();
    rosa.post(&urls::staff_role(&rosa.account.to_string()), &[("role", "administrator")]).await.is_not_found();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn of_two_administrators_who_change_each_other_one_stays(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let to = |whom: &Person| urls::staff_role(&whom.account.to_string());
    ada.get(&to(&bo)).await.is_ok();
    bo.get(&to(&ada)).await.is_ok();
    let fields = [("role", "biller")];
    let (of_bo, of_ada) = (to(&bo), to(&ada));
    let (first, second) = tokio::join!(ada.post(&of_bo, &fields), bo.post(&of_ada, &fields));
    let changed = [&first, &second].iter().filter(|page| page.status == 303 && page.location() == urls::CLINIC_STAFF).count();
    assert_eq!(changed, 1, "{} {}, {} {}", first.status, first.location(), second.status, second.location());
    for person in [&ada, &bo] {
        w.sign_in(person).await;
    }
    let left = [ada.get(urls::CLINIC_STAFF).await, bo.get(urls::CLINIC_STAFF).await];
    assert_eq!(left.iter().filter(|page| page.status == 200).count(), 1, "an administrator is left");
}
}
