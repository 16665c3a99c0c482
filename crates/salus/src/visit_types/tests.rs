//! Kinds of visits through the front door.

use salus_kernel::Role;

use crate::{
    locations::tests::id_behind,
    salus_test,
    shell::urls,
    testing::{Person, World},
};

const GOOD: [(&str, &str); 8] = [
    ("name", "Check-up"),
    ("minutes", "30"),
    ("before", "0"),
    ("after", "10"),
    ("soonest", "24"),
    ("furthest", "90"),
    ("meeting", "in-person"),
    ("shown", "patients"),
];

fn fields<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = GOOD.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed.iter().copied()).collect()
}

/// A kind of visit that an administrator typed.
pub async fn a_visit_type(_: &World, administrator: &Person, name: &str) -> String {
    administrator.get(urls::VISIT_TYPES_NEW).await.is_ok();
    administrator.post(urls::VISIT_TYPES, &fields(&[("name", name)])).await.goes_to(urls::VISIT_TYPES);
    id_behind(&administrator.get(urls::VISIT_TYPES).await, name)
}

salus_test! {
async fn an_administrator_adds_changes_and_retires_a_kind_of_visit(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::CLINIC).await.is_ok().shows("Visit types");
    ada.get(urls::VISIT_TYPES).await.is_ok().shows("There are no visit types yet");
    let form = ada.get(urls::VISIT_TYPES_NEW).await;
    assert!(form.is_ok().body.contains("id=\"minutes\" name=\"minutes\" type=\"text\" inputmode=\"numeric\"") && form.body.contains("value=\"in-person\" checked"));
    let id = a_visit_type(&w, &ada, "Check-up").await;
    ada.get(urls::VISIT_TYPES).await.is_ok().shows("Check-up 30 minutes, in person, patients and staff");
    ada.post(&urls::visit_type(&id), &fields(&[("minutes", "45"), ("meeting", "phone"), ("shown", "staff"), ("version", "1")])).await.goes_to(urls::VISIT_TYPES);
    ada.get(urls::VISIT_TYPES).await.is_ok().shows("The visit type is saved").shows("Check-up 45 minutes, by phone, staff only");
    let form = ada.get(&urls::visit_type(&id)).await;
    for kept in ["value=\"45\"", "value=\"phone\" checked", "value=\"staff\" checked", "value=\"24\"", "value=\"90\"", "value=\"10\""] {
        assert!(form.is_ok().body.contains(kept), "{kept}");
    }
    let state = urls::visit_type_state(&id);
    ada.post(&state, &[("offered", "no"), ("version", "2")]).await.goes_to(urls::VISIT_TYPES);
    ada.get(urls::VISIT_TYPES).await.is_ok().shows("Retired");
    assert!(crate::visit_types::offered(&mut w.db.read(&salus_db::Sight::of_run("audit")).await.unwrap()).await.unwrap().is_empty());
    ada.post(&state, &[("offered", "yes"), ("version", "3")]).await.goes_to(urls::VISIT_TYPES);
    let offered = crate::visit_types::offered(&mut w.db.read(&salus_db::Sight::of_run("audit")).await.unwrap()).await.unwrap();
    assert_eq!(offered.first().unwrap().what.minutes, 45);
    assert!(w.ledger_all().await.contains(&"outcome change-visit-types administrator done".to_owned()));
    w.rows_are_intact().await;
}
}

salus_test! {
async fn nobody_but_an_administrator_sets_kinds_of_visits_up(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let id = a_visit_type(&w, &ada, "Check-up").await;
    for other in [&w.staff("Jamie Cole", Role::FrontDesk).await, &w.practitioner("Dr. Lena Park").await, &w.patient("Ana Ruiz").await] {
        for url in [urls::VISIT_TYPES, urls::VISIT_TYPES_NEW, &urls::visit_type(&id)] {
            other.get(url).await.is_not_found();
        }
        other.get(urls::SETTINGS).await.is_ok();
        other.post(urls::VISIT_TYPES, &fields(&[("name", "Another")])).await.is_not_found();
        other.post(&urls::visit_type(&id), &fields(&[("name", "Another"), ("version", "1")])).await.is_not_found();
        other.post(&urls::visit_type_state(&id), &[("offered", "no"), ("version", "1")]).await.is_not_found();
    }
    ada.get(urls::VISIT_TYPES).await.is_ok().hides("Another").hides("Retired");
    for wrong in ["x", "01890000-0000-7000-8000-000000000000"] {
        ada.get(&urls::visit_type(wrong)).await.is_not_found();
        ada.post(&urls::visit_type_state(wrong), &[("offered", "no"), ("version", "1")]).await.is_not_found();
    }
}
}

salus_test! {
async fn every_wrong_field_is_told_beside_it(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::VISIT_TYPES_NEW).await.is_ok();
    let long = "🌻".repeat(10_000);
    let page = ada.post(urls::VISIT_TYPES, &[("name", long.as_str()), ("minutes", "32"), ("before", "a"), ("after", "500"), ("soonest", "72"), ("furthest", "3")]).await;
    page.is(422).shows("Enter a name of up to 80 letters").shows("between 5 and 480").shows("between 0 and 120").shows("no time in between").shows("Choose how people meet").shows("Choose who can pick it");
    for kept in [&long, "value=\"32\"", "value=\"a\"", "value=\"500\"", "value=\"72\"", "value=\"3\"", "href=\"#meeting-1\""] {
        assert!(page.body.contains(kept), "{kept:.20} is lost");
    }
    for name in ["Flu shot 💉", "زيارة أولى"] {
        a_visit_type(&w, &ada, name).await;
    }
}
}

salus_test! {
async fn who_saves_a_kind_of_visit_second_is_told(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let id = a_visit_type(&w, &ada, "Check-up").await;
    let url = urls::visit_type(&id);
    bo.get(&url).await.is_ok();
    let (one, other) = (fields(&[("name", "By Ada"), ("version", "1")]), fields(&[("name", "By Bo"), ("version", "1")]));
    let (ada_page, bo_page) = tokio::join!(ada.post(&url, &one), bo.post(&url, &other));
    let (told, name) = if ada_page.status == 303 { (bo_page, "By Bo") } else { bo_page.goes_to(urls::VISIT_TYPES); (ada_page, "By Ada") };
    told.is(422).shows("This changed while you were looking");
    assert!(told.body.contains(&format!("value=\"{name}\"")) && told.body.contains("name=\"version\" value=\"2\""));
    bo.post(&urls::visit_type_state(&id), &[("offered", "no"), ("version", "1")]).await.is(422).shows("This changed while you were looking");
    bo.post(&urls::visit_type_state(&id), &[("offered", "perhaps"), ("version", "2")]).await.is(400);
}
}
