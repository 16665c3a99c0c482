//! Every route of a watched record, as whoever may open all: nothing shows before they said why. THR-02, ASVS V8.2.2.

use salus_kernel::Role;

use super::routes::{Scene, address, ask, scene, succeeded};
use crate::{
    access::{
        Access,
        policy::{WHO_SAY_WHY, who_may},
    },
    salus_test,
    shell::urls,
};

salus_test! {
async fn nothing_of_a_watched_record_shows_before_somebody_said_why(w: World) {
    let Scene { people, rows, waiting, visit, thread } = scene(&w).await;
    w.watched(&people.officer, people.ana.patient).await;
    let (mut shut, mut open, mut others) = (0, 0, 0);
    let why = urls::reason(people.ana.patient);
    for said in [false, true] {
        for (who, person, standing) in people.with_relations() {
            let Some(standing) = standing else { continue };
            let asked = WHO_SAY_WHY.contains(&standing.relation);
            if said && asked {
                person.get(&why).await.is_ok().shows("Why do you need this record?");
                person.post(&why, &[("reason", "She asked about her bill")]).await.is(303);
            }
            for route in w.routes.iter() {
                let Access::Chart(action) = route.access else { continue };
                if route.path.ends_with("/reason") || !who_may(action).includes(standing) {
                    continue;
                }
                // Who is not asked is let in with it and without it: once is enough.
                if (!asked && said) || route.path.ends_with("/invites/sign-out") {
                    continue;
                }
                let url = address(route, &people.ana.patient.to_string(), &waiting, &visit, &thread, &rows);
                let page = ask(route, &url, person, "").await;
                if asked && !said {
                    shut += 1;
                    assert_eq!(page.status, 303, "{who} is let in: {} {url}: {}", route.method, page.text());
                    assert!(page.location().starts_with(&format!("{why}?next=")), "{who} at {url}: {}", page.location());
                    continue;
                }
                assert!(succeeded(&page), "{} {url} as {who}: {} {}", route.method, page.status, page.text());
                assert!(!page.location().contains("/reason"), "{who} is asked why: {} {url}", route.method);
                if asked { open += 1 } else { others += 1 }
            }
        }
    }
    assert!(shut > 40 && shut == open && others > 100, "{shut} shut, {open} open, {others} of others");
    // What the ledger has of each that was shut.
    let refused = w.ledger_of(people.ana.patient).await.into_iter().filter(|line| line.contains("refused reason-missing")).count();
    assert!(refused >= shut, "{refused} of {shut}");
}
}

salus_test! {
async fn saying_why_opens_no_more_than_one_may_open_anyway(w: World) {
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let nurse = w.treating("Nia Nurse", Role::Nurse).await;
    let ana = w.patient("Ana Ruiz").await;
    let why = urls::reason(ana.patient);
    w.watched(&officer, ana.patient).await;
    nurse.get(&urls::visits(ana.patient)).await.is(303);
    nurse.get(&why).await.is_ok();
    nurse.post(&why, &[("reason", "She has a visit this morning")]).await.goes_to(&urls::visits(ana.patient));
    nurse.get(&urls::visits(ana.patient)).await.is_ok();
    // An hour for the record's visits is none for the record.
    nurse.get(&urls::record(ana.patient)).await.is_not_found();
    nurse.get(&urls::section(ana.patient, urls::Section::Problems)).await.is_not_found();
}
}
