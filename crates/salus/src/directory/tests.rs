//! People and places, through the front door on both engines.

use std::collections::BTreeSet;

use salus_kernel::Role;
use serde_json::{Value, json};

use crate::{
    record::tests::{counted, import, import_resources, smallest_lifelong},
    salus_test,
    shell::urls,
    testing::Page,
};

/// How many lines a section of the page has.
fn lines(page: &Page, title_id: &str) -> usize {
    let Some(from) = page.body.find(&format!("aria-labelledby=\"{title_id}\"")) else { return 0 };
    let section = &page.body[from..];
    section[..section.find("</section>").unwrap()].matches("<li").count()
}

salus_test! {
async fn people_are_told_with_what_they_do_and_places_with_their_zone(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    ana.get(urls::DIRECTORY).await.is_ok().shows("The places of the clinic will be listed here.");
    import_resources(&w, &[
        json!({ "resourceType": "Practitioner", "id": "d", "name": [{ "family": "Park", "given": ["Lena"], "prefix": ["Dr."] }], "telecom": [{ "system": "phone", "value": "5035550117" }] }),
        json!({ "resourceType": "Organization", "id": "o", "name": "Riverside Hospital" }),
        json!({ "resourceType": "Location", "id": "l", "name": "Riverside Clinic, Boise", "status": "active", "telecom": [{ "system": "phone", "value": "2085550100" }],
            "address": { "line": ["400 Hill Road"], "city": "Boise", "state": "ID", "postalCode": "83702" },
            "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "America/Boise" }] }),
        json!({ "resourceType": "PractitionerRole", "id": "1", "practitioner": { "reference": "Practitioner/d" }, "specialty": [{ "text": "Family medicine" }], "location": [{ "reference": "Location/l" }] }),
        json!({ "resourceType": "PractitionerRole", "id": "2", "practitioner": { "reference": "Practitioner/d" }, "specialty": [{ "text": "Sports medicine" }], "organization": { "reference": "Organization/o" } }),
        json!({ "resourceType": "PractitionerRole", "id": "3", "practitioner": { "display": "Dr. Elsewhere" }, "specialty": [{ "text": "Surgery" }] }),
    ]).await;
    let jamie = w.staff("Jamie Cole", Role::FrontDesk).await;
    for reader in [&ana, &jamie] {
        let page = reader.get(urls::DIRECTORY).await;
        page.is_ok().shows("Who works here JC Jamie Cole Front desk");
        page.shows("Dr. Lena Park Family medicine, Riverside Clinic, Boise Sports medicine, Riverside Hospital").shows("3 roles").shows("503-555-0117");
        page.shows("Dr. Elsewhere Surgery").shows("Riverside Clinic, Boise 400 Hill Road Boise, ID 83702 Times are in Mountain Time").shows("Organizations Showing 1 to 1 of 1 Riverside Hospital");
        page.hides("[directory");
    }
    w.browser().get(urls::DIRECTORY).await.goes_to(urls::SIGN_IN);
}
}

salus_test! {
async fn long_lists_have_pages_of_their_own(w: World) {
    let places: Vec<Value> = (0..51).map(|n| json!({ "resourceType": "Location", "id": format!("l{n}"), "name": format!("Place {n:02}"), "status": "active" })).collect();
    import_resources(&w, &places).await;
    let ana = w.patient("Ana Ruiz").await;
    let first = ana.get(urls::DIRECTORY).await;
    first.is_ok().shows("Showing 1 to 50 of 51").shows("Place 49").hides("Place 50");
    let next = "/directory?places=2#places";
    assert!(first.body.contains(&format!("href=\"{next}\"")), "{}", first.body);
    ana.get(next.split('#').next().unwrap()).await.is_ok().shows("Showing 51 to 51 of 51").shows("Place 50").hides("Place 49");
    for bad in ["?places=99", "?places=x", "?page=99&places=0", "?organizations=7"] {
        ana.get(&format!("{}{bad}", urls::DIRECTORY)).await.is_ok().shows("Showing 1 to 50 of 51");
    }
}
}

salus_test! {
async fn as_many_people_and_places_are_shown_as_there_are(w: World) {
    let json = smallest_lifelong();
    let counts = counted(&json);
    let bundle: Value = serde_json::from_slice(&json).unwrap();
    // Practitioners are one row for each NPI.
    let npis: BTreeSet<String> = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]).filter(|it| it["resourceType"] == "Practitioner")
        .map(|it| it["identifier"][0]["value"].as_str().unwrap().to_owned()).collect();
    import(&w, "lifelong.json", json).await;
    let page = w.patient("Ana Ruiz").await.get(urls::DIRECTORY).await;
    assert_eq!(lines(&page, "people-title"), npis.len());
    assert_eq!(page.body.matches("s-role").count(), counts["PractitionerRole"]);
    assert_eq!(lines(&page, "places-title"), counts["Location"]);
    assert_eq!(lines(&page, "organizations-title"), counts["Organization"]);
}
}
