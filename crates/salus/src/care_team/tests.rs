//! Who treats a patient, through the front door on both engines.

use salus_kernel::Role;

use crate::{salus_test, shell::urls};

salus_test! {
async fn the_desk_puts_people_on_a_team_and_takes_them_off_at_once(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let (team, record) = (urls::care_team(ana.patient), urls::record(ana.patient));
    let of_park = park.practitioner.unwrap().to_string();
    park.get(&record).await.is_not_found();
    desk.get(&urls::profile(ana.patient)).await.is_ok().shows("Care team");
    desk.get(&team).await.is_ok().shows("Nobody is on the team yet").shows("Dr. Lena Park, Doctor").hides("Rosa Desk, ");
    desk.post(&team, &[("practitioner", &of_park)]).await.goes_to(&team);
    park.get(&record).await.is_ok().shows("Ana Ruiz");
    park.get(&team).await.is_ok().shows("Dr. Lena Park").hides("Take off");
    // The patient sees who may read, and who let them.
    ana.get(&team).await.is_ok().shows("Your care team").shows("Dr. Lena Park").hides("Take off");
    assert!(w.ledger_of(ana.patient).await.contains(&"change change-care-team front-desk allowed".to_owned()));
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Put somebody on your care team").shows("Rosa Desk");

    // Off: with the next request, and with the same practitioner on again later.
    desk.post(&urls::care_team_end(ana.patient), &[("practitioner", &of_park)]).await.goes_to(&team);
    park.get(&record).await.is_not_found();
    desk.get(&team).await.is_ok().shows("Was on the team").shows("Nobody is on the team yet");
    w.advance(salus_kernel::MINUTE);
    desk.post(&team, &[("practitioner", &of_park)]).await.goes_to(&team);
    park.get(&record).await.is_ok();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_place_begun_anew_behind_the_portal_s_back_is_found(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let fields = [("practitioner", park.practitioner.unwrap().to_string())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sight = salus_db::Sight { patient: Some(ana.patient), run: Some("accounts"), ..salus_db::Sight::default() };
    desk.get(&urls::care_team(ana.patient)).await.is_ok();
    desk.post(&urls::care_team(ana.patient), &fields).await.is(303);
    let mut tx = w.db.begin(&sight).await.unwrap();
    let (as_made,): (String,) = tx.one(salus_db::sql!("SELECT entry FROM care_team_member"), Vec::new()).await.unwrap();
    drop(tx);
    desk.post(&urls::care_team_end(ana.patient), &fields).await.is(303);
    w.rows_are_intact().await;
    // Exactly as it was before it was ended.
    let mut tx = w.db.begin(&sight).await.unwrap();
    let anew = salus_db::sql!("UPDATE care_team_member SET ends_at = NULL, entry = $1");
    tx.execute(anew, salus_db::args![as_made]).await.unwrap();
    tx.commit().await.unwrap();
    park.get(&urls::record(ana.patient)).await.is_ok();
    let rows = crate::access::rows::compare(&w.db, &w.ledger, &w.root, w.now()).await.unwrap();
    assert_eq!(rows.altered.len(), 1, "a place that was begun anew looks as it was written");
}
}

salus_test! {
async fn a_team_takes_nobody_who_does_not_treat_patients_here(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let admin = w.staff("Ada Admin", Role::Administrator).await;
    let team = urls::care_team(ana.patient);
    desk.get(&team).await.is_ok();
    for wrong in ["", "x", &ana.account.to_string(), &desk.account.to_string(), "01890000-0000-7000-8000-000000000000"] {
        desk.post(&team, &[("practitioner", wrong)]).await.is(422).shows("Choose who treats this patient");
        desk.post(&urls::care_team_end(ana.patient), &[("practitioner", wrong)]).await;
    }
    // Nobody puts themselves on a team, and a closed colleague is put on none.
    park.get(urls::SETTINGS).await.is_ok();
    park.post(&team, &[("practitioner", &park.practitioner.unwrap().to_string())]).await.is_not_found();
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &park.account.to_string()), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    desk.get(&team).await.is_ok().hides("Dr. Lena Park");
    desk.post(&team, &[("practitioner", &park.practitioner.unwrap().to_string())]).await.is(422);
}
}

salus_test! {
async fn many_desks_at_once_put_somebody_on_a_team_once(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let park = w.practitioner("Dr. Lena Park").await;
    let team = urls::care_team(ana.patient);
    let of_park = park.practitioner.unwrap().to_string();
    desk.get(&team).await.is_ok();
    let fields = [("practitioner", of_park.as_str())];
    let all = futures_util::future::join_all((0..20).map(|_| desk.post(&team, &fields))).await;
    assert!(all.iter().all(|page| page.status == 303), "{:?}", all.iter().map(|page| page.status).collect::<Vec<_>>());
    let end = urls::care_team_end(ana.patient);
    desk.post(&end, &fields).await.goes_to(&team);
    park.get(&urls::record(ana.patient)).await.is_not_found();
    let all = futures_util::future::join_all((0..20).map(|_| desk.post(&end, &fields))).await;
    assert!(all.iter().all(|page| page.status == 303));
    w.rows_are_intact().await;
}
}
