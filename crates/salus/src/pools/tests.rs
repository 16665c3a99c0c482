//! Pools through the front door.

use salus_kernel::Role;

use crate::{
    locations::tests::id_behind,
    salus_test,
    shell::urls,
    testing::{Person, World},
};

/// A pool that an administrator typed.
pub async fn a_pool(_: &World, administrator: &Person, name: &str) -> String {
    administrator.get(urls::POOLS_NEW).await.is_ok();
    administrator.post(urls::POOLS, &[("name", name), ("purpose", "Refills")]).await.goes_to(urls::POOLS);
    id_behind(&administrator.get(urls::POOLS).await, name)
}

salus_test! {
async fn an_administrator_says_who_answers(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let nia = w.staff("Nia Nurse", Role::Nurse).await;
    ada.get(urls::CLINIC).await.is_ok().shows("Pools");
    ada.get(urls::POOLS).await.is_ok().shows("There are no pools yet");
    let id = a_pool(&w, &ada, "Nurses").await;
    let url = urls::pool(&id);
    ada.get(&url).await.is_ok().shows("Nia Nurse , Nurse");
    let tick = format!("member-{}", nia.account);
    ada.post(&url, &[("name", "Nurses 💊"), ("purpose", "Refills"), (&tick, "yes"), ("member-x", "yes"), ("version", "1")]).await.goes_to(urls::POOLS);
    ada.get(urls::POOLS).await.is_ok().shows("Nurses 💊 1 person");
    assert!(ada.get(&url).await.body.contains(&format!("name=\"{tick}\" type=\"checkbox\" value=\"yes\" checked")));
    ada.post(&url, &[("name", "Nurses"), ("version", "2")]).await.goes_to(urls::POOLS);
    ada.get(urls::POOLS).await.is_ok().shows("Nurses Nobody is in it");
    ada.post(&url, &[("name", "Nurses"), (&tick, "yes"), ("version", "3")]).await.goes_to(urls::POOLS);
    ada.post(&urls::pool_state(&id), &[("open", "no"), ("version", "4")]).await.goes_to(urls::POOLS);
    ada.get(urls::POOLS).await.is_ok().shows("Nurses 1 person Closed");
    ada.post(&urls::pool_state(&id), &[("open", "yes"), ("version", "5")]).await.goes_to(urls::POOLS);
    assert!(w.ledger_all().await.contains(&"outcome change-pools administrator done".to_owned()));
    w.rows_are_intact().await;
}
}

salus_test! {
async fn pools_are_the_administrator_s_and_say_what_is_wrong(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let id = a_pool(&w, &ada, "Nurses").await;
    let url = urls::pool(&id);
    for other in [&w.staff("Nia Nurse", Role::Nurse).await, &w.patient("Ana Ruiz").await] {
        for page in [urls::POOLS, urls::POOLS_NEW, &url] {
            other.get(page).await.is_not_found();
        }
        other.get(urls::SETTINGS).await.is_ok();
        for target in [urls::POOLS, &url, &urls::pool_state(&id)] {
            other.post(target, &[("name", "Mine"), ("open", "no"), ("version", "1")]).await.is_not_found();
        }
    }
    let long = "🌻".repeat(10_000);
    let tick = format!("member-{}", bo.account);
    let page = ada.post(&url, &[("name", " "), ("purpose", &long), (&tick, "yes"), ("version", "1")]).await;
    page.is(422).shows("Enter a name of up to 80 letters").shows("no more than 300 letters");
    assert!(page.body.contains(&long) && page.body.contains(&format!("name=\"{tick}\" type=\"checkbox\" value=\"yes\" checked")));

    bo.get(&url).await.is_ok();
    let (one, other) = ([("name", "By Ada"), ("version", "1")], [("name", "By Bo"), ("version", "1")]);
    let (ada_page, bo_page) = tokio::join!(ada.post(&url, &one), bo.post(&url, &other));
    let (told, name) = if ada_page.status == 303 { (bo_page, "By Bo") } else { bo_page.goes_to(urls::POOLS); (ada_page, "By Ada") };
    told.is(422).shows("This changed while you were looking");
    assert!(told.body.contains(&format!("value=\"{name}\"")) && told.body.contains("name=\"version\" value=\"2\""));
    bo.post(&urls::pool_state(&id), &[("open", "no"), ("version", "1")]).await.is(422);
    for wrong in ["x", "01890000-0000-7000-8000-000000000000"] {
        ada.get(&urls::pool(wrong)).await.is_not_found();
    }
}
}
