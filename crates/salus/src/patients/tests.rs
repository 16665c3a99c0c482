//! The profile, through the front door on both engines.

use salus_kernel::Role;
use serde_json::json;

use crate::{
    record::tests::{charts, import_resources, owner},
    salus_test,
    shell::urls,
};

salus_test! {
async fn the_profile_tells_who_somebody_is_and_how_to_reach_them(w: World) {
    import_resources(&w, &[
        json!({ "resourceType": "Practitioner", "id": "d", "name": [{ "family": "Park", "given": ["Lena"], "prefix": ["Dr."] }] }),
        json!({ "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1985-03-14",
            "identifier": [{ "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR" }] }, "system": "urn:x", "value": "M-4182" }],
            "name": [{ "use": "official", "family": "Okafor", "given": ["Maya"] }, { "use": "maiden", "family": "Adeyemi", "given": ["Maya"] }],
            "telecom": [{ "system": "phone", "value": "5035550142", "use": "home" }, { "system": "email", "value": "maya@example.org" }],
            "address": [{ "use": "home", "line": ["812 River Road"], "city": "Portland", "state": "OR", "postalCode": "97202" }],
            "maritalStatus": { "text": "Married" }, "generalPractitioner": [{ "reference": "Practitioner/d" }],
            "contact": [{ "relationship": [{ "text": "Brother" }], "name": { "given": ["Tobi"], "family": "Adeyemi" }, "telecom": [{ "system": "phone", "value": "5035550143" }] }] }),
    ]).await;
    let maya = owner(&w, "Maya Okafor", charts(&w).await[0]).await;
    let address = urls::profile(maya.patient);
    let page = maya.get(&address).await;
    page.is_ok().shows("Your details").shows("Name Maya Okafor").shows("Other names Maya Adeyemi").shows("Birth date March 14, 1985 (41 years)").shows("Sex Female");
    page.shows("Record number M-4182").shows("Address (Home) 812 River Road Portland, OR 97202").shows("Phone (Home) 503-555-0142").shows("Email maya@example.org");
    page.shows("Brother Tobi Adeyemi 503-555-0143").shows("Marital status Married").shows("Family doctor Dr. Lena Park").hides("s-chart").hides("[patients");

    // Front desk reaches people, and reads no more of the chart than that.
    let desk = w.staff("Jamie Cole", Role::FrontDesk).await;
    desk.get(&address).await.is_ok().shows("How we reach them").shows("Phone (Home) 503-555-0142").hides("Allergies");
    desk.get(&urls::record(maya.patient)).await.is_not_found();
    let park = w.practitioner("Dr. Lena Park").await;
    park.get(&address).await.is_not_found();
    w.patient("Ben Okafor").await.get(&address).await.is_not_found();
    let told = w.ledger_of(maya.patient).await;
    assert!(told.contains(&"read view-profile front-desk allowed".to_owned()));
    assert!(told.contains(&"refusal view-profile none refused not-allowed".to_owned()));
}
}

salus_test! {
async fn what_is_not_known_is_left_out(w: World) {
    import_resources(&w, &[json!({ "resourceType": "Patient", "id": "p", "name": [{ "family": "Ruiz", "given": ["Ana"] }], "birthDate": "1950-02", "deceasedDateTime": "2020-05-04" })]).await;
    let patient = charts(&w).await[0];
    let ana = owner(&w, "Ana Ruiz", patient).await;
    ana.get(&urls::profile(patient)).await.is_ok().shows("Birth date February 1950").shows("Died May 4, 2020").hides("Address").hides("years)");
    let park = w.practitioner("Dr. Lena Park").await;
    w.assign(&park, patient).await;
    park.get(&urls::record(patient)).await.is_ok().shows("Died May 4, 2020").shows("Born February 1950 Sex");
}
}
