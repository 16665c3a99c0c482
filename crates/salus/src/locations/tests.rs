//! Places through the front door.

use salus_kernel::Role;
use serde_json::json;

use crate::{
    record::tests::import_resources,
    salus_test,
    shell::urls,
    testing::{Page, Person, World},
};

/// A form that is right in every field.
const GOOD: [(&str, &str); 6] = [
    ("name", "Riverside Clinic, Boise"),
    ("address", "400 Hill Road\nBoise, ID 83702"),
    ("phone", "(208) 555-0100"),
    ("timezone", "America/Boise"),
    ("hours-1", "8 am to 12 pm, 1 pm to 5 pm"),
    ("closures", "12/25/2026 Christmas"),
];

fn fields<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = GOOD.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    kept.chain(changed.iter().copied()).collect()
}

/// The id behind the link with this text.
pub fn id_behind(page: &Page, text: &str) -> String {
    let links = page.body.split("href=\"").skip(1);
    let found = links
        .filter_map(|rest| rest.split_once('"'))
        .find(|(_, rest)| rest.split("</a>").next().is_some_and(|inside| inside.contains(&format!(">{text}<"))));
    let (url, _) = found.unwrap_or_else(|| panic!("no link {text} on {}", page.url));
    url.rsplit('/').next().unwrap().to_owned()
}

/// A place that an administrator typed.
pub async fn a_place(w: &World, administrator: &Person) -> String {
    a_place_named(w, administrator, "Riverside Clinic, Boise", "America/Boise").await
}

/// The same, under another name and in another zone.
pub async fn a_place_named(_: &World, administrator: &Person, name: &str, zone: &str) -> String {
    administrator.get(urls::LOCATIONS_NEW).await.is_ok();
    administrator.post(urls::LOCATIONS, &fields(&[("name", name), ("timezone", zone)])).await.goes_to(urls::LOCATIONS);
    id_behind(&administrator.get(urls::LOCATIONS).await, name)
}

salus_test! {
async fn an_administrator_adds_changes_and_closes_a_place(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let ana = w.patient("Ana Ruiz").await;
    ada.get(urls::CLINIC).await.is_ok().shows("Places");
    ada.get(urls::LOCATIONS).await.is_ok().shows("There are no places yet");
    let form = ada.get(urls::LOCATIONS_NEW).await;
    assert!(form.is_ok().body.contains("value=\"America/Chicago\" selected"), "the clinic's zone is chosen");

    let id = a_place(&w, &ada).await;
    ada.get(urls::LOCATIONS).await.is_ok().shows("Mountain Time");
    let form = ada.get(&urls::location(&id)).await;
    form.is_ok().shows("400 Hill Road Boise, ID 83702").shows("12/25/2026 Christmas");
    assert!(form.body.contains("value=\"8:00 am to noon, 1:00 pm to 5:00 pm\"") && form.body.contains("value=\"America/Boise\" selected"));
    ana.get(urls::DIRECTORY).await.is_ok().shows("Riverside Clinic, Boise 400 Hill Road Boise, ID 83702 Times are in Mountain Time");

    // One closed day goes, another comes, and the first comes back.
    for (version, closures) in [("1", "12/24/2026"), ("2", "12/24/2026\n12/25/2026 Christmas Day"), ("3", "")] {
        ada.post(&urls::location(&id), &fields(&[("closures", closures), ("version", version), ("name", "Hill Road")])).await.goes_to(urls::LOCATIONS);
        let form = ada.get(&urls::location(&id)).await;
        assert!(form.is_ok().body.contains(&format!("\n{closures}</textarea>")), "{closures}: {}", form.text());
    }
    ana.get(urls::DIRECTORY).await.is_ok().shows("Hill Road");
    let all = w.ledger_all().await;
    assert!(all.contains(&"change change-locations administrator allowed".to_owned()));
    assert!(all.contains(&"outcome change-locations administrator done".to_owned()));

    ada.post(&urls::location_state(&id), &[("open", "no"), ("version", "4")]).await.goes_to(urls::LOCATIONS);
    ada.get(urls::LOCATIONS).await.is_ok().shows("The place is closed").shows("Closed");
    ana.get(urls::DIRECTORY).await.is_ok().hides("Hill Road");
    ada.get(&urls::location(&id)).await.is_ok().shows("Open this place again");
    ada.post(&urls::location_state(&id), &[("open", "yes"), ("version", "5")]).await.goes_to(urls::LOCATIONS);
    ana.get(urls::DIRECTORY).await.is_ok().shows("Hill Road");
    let kept = ada.get(&urls::location(&id)).await;
    assert!(kept.body.contains("value=\"8:00 am to noon, 1:00 pm to 5:00 pm\""), "closing loses no hours");

    w.rows_are_intact().await;
}
}

salus_test! {
async fn nobody_but_an_administrator_sets_places_up(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let id = a_place(&w, &ada).await;
    for other in [&w.staff("Omar Haddad", Role::PrivacyOfficer).await, &w.practitioner("Dr. Lena Park").await, &w.patient("Ana Ruiz").await] {
        for url in [urls::CLINIC, urls::LOCATIONS, urls::LOCATIONS_NEW, &urls::location(&id)] {
            other.get(url).await.is_not_found();
        }
        other.get(urls::SETTINGS).await.is_ok();
        other.post(urls::LOCATIONS, &fields(&[("name", "Elsewhere")])).await.is_not_found();
        other.post(&urls::location(&id), &fields(&[("name", "Elsewhere"), ("version", "1")])).await.is_not_found();
        other.post(&urls::location_state(&id), &[("open", "no"), ("version", "1")]).await.is_not_found();
    }
    ada.get(urls::LOCATIONS).await.is_ok().hides("Elsewhere").hides("Closed<");
    for wrong in ["x", "01890000-0000-7000-8000-000000000000", &id.to_uppercase()] {
        ada.get(&urls::location(wrong)).await.is_not_found();
        ada.post(&urls::location(wrong), &fields(&[("version", "1")])).await.is_not_found();
    }
}
}

salus_test! {
async fn every_wrong_field_is_told_beside_it_and_nothing_typed_is_lost(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    ada.get(urls::LOCATIONS_NEW).await.is_ok();
    let page = ada.post(urls::LOCATIONS, &[
        ("name", " "), ("address", "1\n2\n3\n4\n5\n6"), ("phone", "call us"), ("timezone", "Nowhere/Else"),
        ("hours-1", "8 to 5"), ("hours-2", "9 pm to 2 am"), ("hours-3", "8 am to noon, 11 am to 1 pm"), ("closures", "11/1/2026 gone"),
    ]).await;
    page.is(422).shows("Enter the name of the place").shows("no more than 5 lines").shows("Enter a phone number").shows("Choose a time zone");
    page.shows("We can’t read “8 to 5”").shows("Hours can’t go past midnight").shows("8:00 am to noon and 11:00 am to 1:00 pm overlap").shows("November 1, 2026 is over");
    for kept in ["value=\"call us\"", "value=\"8 to 5\"", "value=\"9 pm to 2 am\"", "\n1\n2\n3\n4\n5\n6</textarea>", "\n11/1/2026 gone</textarea>"] {
        assert!(page.body.contains(kept), "{kept} is lost");
    }
    assert!(page.body.contains("href=\"#hours-1\"") && page.body.contains("id=\"hours-1-problem\""));
    assert!(page.body.contains("<option value=\"\" selected>"), "nobody gets a zone by not looking");

    let long = "x".repeat(10_000);
    for name in [long.as_str(), &"🌻".repeat(81)] {
        let page = ada.post(urls::LOCATIONS, &fields(&[("name", name)])).await;
        page.is(422).shows("no more than 80 letters");
        assert!(page.body.contains(name), "a long name is lost");
    }
    for name in ["Sunny 🌻 Side", "عيادة النهر"] {
        ada.post(urls::LOCATIONS, &fields(&[("name", name)])).await.goes_to(urls::LOCATIONS);
        ada.get(urls::LOCATIONS).await.is_ok().shows(name);
    }
}
}

salus_test! {
async fn who_saves_a_place_second_is_told_and_keeps_what_was_typed(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let id = a_place(&w, &ada).await;
    let url = urls::location(&id);
    bo.get(&url).await.is_ok();
    ada.get(&url).await.is_ok();
    ada.post(&url, &fields(&[("name", "Lakeside"), ("version", "1")])).await.goes_to(urls::LOCATIONS);
    let page = bo.post(&url, &fields(&[("name", "Hillside"), ("hours-2", "9 am to noon"), ("version", "1")])).await;
    page.is(422).shows("This changed while you were looking");
    for kept in ["value=\"Hillside\"", "value=\"9 am to noon\"", "name=\"version\" value=\"2\""] {
        assert!(page.body.contains(kept), "{kept}");
    }
    bo.post(&urls::location_state(&id), &[("open", "no"), ("version", "1")]).await.is(422).shows("This changed while you were looking");
    ada.get(urls::LOCATIONS).await.is_ok().shows("Lakeside").hides("Hillside");
    bo.post(&url, &fields(&[("version", "not a number")])).await.is(400);

    // Two at once: one is saved, one is told.
    let (ada_fields, bo_fields) = (fields(&[("name", "By Ada"), ("version", "2")]), fields(&[("name", "By Bo"), ("version", "2")]));
    let (one, other) = tokio::join!(ada.post(&url, &ada_fields), bo.post(&url, &bo_fields));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
}
}

salus_test! {
async fn imported_places_are_on_the_same_list_and_keep_what_the_clinic_says(w: World) {
    let place = |name: &str| json!({ "resourceType": "Location", "id": "l", "name": name, "status": "active",
        "telecom": [{ "system": "phone", "value": "2085550100" }, { "system": "fax", "value": "2085550101" }],
        "address": { "line": ["400 Hill Road"], "city": "Boise", "state": "ID", "postalCode": "83702" } });
    import_resources(&w, &[place("Imported Place")]).await;
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let list = ada.get(urls::LOCATIONS).await;
    list.is_ok().shows("Imported Place").shows("No opening hours yet");
    let id = id_behind(&list, "Imported Place");
    let form = ada.get(&urls::location(&id)).await;
    form.is_ok().shows("400 Hill Road Boise, ID 83702");
    assert!(form.body.contains("value=\"208-555-0100\""));
    ada.post(&urls::location(&id), &fields(&[("version", "1"), ("timezone", "America/Denver")])).await.goes_to(urls::LOCATIONS);

    // The source changed: its words come again; hours, closed days and the zone, which it does not say, stay.
    import_resources(&w, &[place("Imported Again")]).await;
    let form = ada.get(&urls::location(&id)).await;
    form.is_ok().shows("Imported Again").shows("12/25/2026 Christmas");
    assert!(form.body.contains("value=\"8:00 am to noon, 1:00 pm to 5:00 pm\"") && form.body.contains("value=\"America/Denver\" selected"));
    let page = ada.post(&urls::location(&id), &fields(&[("version", "2")])).await;
    page.is(422).shows("This changed while you were looking");
}
}
