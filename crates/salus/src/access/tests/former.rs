//! Every route as those who stood otherwise a moment ago: parents once a child is twelve, a closed account, another role, an emergency
//! and a place on the care team that are over. ASVS V7.4.2, V8.2.1, V8.3.2, IDN-09.

use salus_kernel::{MINUTE, PatientId, Relation, Role, Scope, Scopes};

use super::routes::{address, ask, succeeded, who_waits};
use crate::{
    access::{
        Access,
        policy::{Standing, who_may},
    },
    salus_test,
    shell::urls,
    testing::{Person, World},
};

const DAY: i64 = 24 * 60 * MINUTE;
/// Leo is twelve on November 23, 2026: a day after the clock of the tests begins.
const BORN: &str = "2014-11-23";

/// Who they are, and what they are to Leo now.
type Now<'a> = (&'a str, &'a Person, Option<Standing>);

/// Everybody who could open something of Leo's yesterday, when that has changed.
struct Changed {
    mother: Person,
    guardian: Person,
    teen_mother: Person,
    closed: Person,
    nurse_before: Person,
    off_the_team: Person,
    hour_is_over: Person,
    administrator: Person,
    lena: Person,
    leo: PatientId,
}

impl Changed {
    async fn of(w: &World) -> Self {
        let leo = w.chart("Leo Ruiz", BORN).await;
        let desk = w.staff("Jamie Desk", Role::FrontDesk).await;
        let administrator = w.staff("Grace Kim", Role::Administrator).await;
        let every: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
        let mother = w.parent("Mara Ruiz", &desk, leo, "parent", "11 23 2014", &every).await;
        let mut guardian = w.parent("Gus Guardian", &desk, leo, "guardian", "11 23 2014", &every).await;
        guardian.patient = leo; // whose visits they book
        let [closed, nurse_before, off_the_team, lena] = [
            w.practitioner("Dr. Cleo Closed").await,
            w.treating("Nia Nurse", Role::Nurse).await,
            w.practitioner("Dr. Otto Off").await,
            w.practitioner("Dr. Lena Park").await,
        ];
        for treats in [&closed, &nurse_before, &off_the_team, &lena] {
            w.assign(treats, leo).await;
            treats.get(&urls::record(leo)).await.is_ok();
        }
        let hour_is_over = w.in_an_emergency("Dr. Ema Emergency", leo).await;
        for before in [&mother, &guardian, &hour_is_over] {
            before.get(&urls::record(leo)).await.is_ok();
        }

        w.advance(DAY);
        for person in
            [&mother, &guardian, &closed, &nurse_before, &off_the_team, &hour_is_over, &desk, &administrator, &lena]
        {
            w.sign_in(person).await;
        }
        let teens: Vec<&str> = vec!["visits", "messages"];
        closed.get(urls::SETTINGS).await.is_ok(); // a page with a form of this session
        let teen_mother = w.parent("Tina Ruiz", &desk, leo, "teen", "11 23 2014", &teens).await;
        administrator.get(urls::CLINIC_STAFF).await.is_ok();
        let account = closed.account.to_string();
        administrator.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "no")]).await.is(303);
        let role = urls::staff_role(&nurse_before.account.to_string());
        administrator.post(&role, &[("role", "biller")]).await.goes_to(urls::CLINIC_STAFF);
        w.sign_in(&nurse_before).await;
        closed.get(urls::SETTINGS).await.goes_to(urls::SIGN_IN);
        desk.get(&urls::care_team(leo)).await.is_ok();
        let practitioner = off_the_team.practitioner.expect("a practitioner").to_string();
        desk.post(&urls::care_team_end(leo), &[("practitioner", &practitioner)]).await.is(303);
        Self {
            mother,
            guardian,
            teen_mother,
            closed,
            nurse_before,
            off_the_team,
            hour_is_over,
            administrator,
            lena,
            leo,
        }
    }

    fn now(&self) -> Vec<Now<'_>> {
        let acts = |scopes: &[Scope]| {
            Some(Standing { relation: Relation::Caregiver, scopes: scopes.iter().copied().collect() })
        };
        let all: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Sensitive).collect();
        let works = |relation: Relation| Some(Standing { relation, scopes: Scopes::NONE });
        vec![
            ("a doctor on the care team", &self.lena, works(Relation::CareTeam)),
            ("a parent since the twelfth birthday", &self.mother, None),
            ("a guardian of a teenager", &self.guardian, acts(&all)),
            ("a parent to whom a teenager agreed", &self.teen_mother, acts(&[Scope::Visits, Scope::Messages])),
            ("a nurse of before who is a biller", &self.nurse_before, works(Relation::Biller)),
            ("a doctor of before on the care team", &self.off_the_team, works(Relation::Practitioner)),
            ("a doctor after an emergency", &self.hour_is_over, works(Relation::Practitioner)),
        ]
    }
}

salus_test! {
slow async fn who_stood_otherwise_a_moment_ago_is_asked_as_what_they_are_now(w: World) {
    let all = Changed::of(&w).await;
    let rows = w.one_of_each(all.leo, "sample").await;
    let thread = w.a_conversation(&all.lena, all.leo, "sample").await;
    let bookable = w.bookable(&all.administrator).await;
    let waiting = who_waits(&w, all.leo).await;
    let visit = bookable.book(&all.guardian, &bookable.first_time(&all.guardian).await, "knee").await;
    let (mut open, mut shut) = (0, 0);
    for route in w.routes.iter() {
        let url = address(route, &all.leo.to_string(), &waiting, &visit, &thread, &rows);
        let nobody_s = ["/sign-out", "/sessions/end-all"].contains(&route.path);
        for (who, person, standing) in all.now() {
            let Access::Chart(action) = route.access else { continue };
            let page = ask(route, &url, person, "").await;
            if standing.is_some_and(|standing| who_may(action).includes(standing)) {
                open += 1;
                assert!(succeeded(&page), "{} {url} as {who}: {} {}", route.method, page.status, page.text());
            } else {
                shut += 1;
                assert_eq!(page.status, 404, "{who} is let in: {} {url}", route.method);
                assert!(!page.body.contains("sample"), "{url} as {who} tells something");
            }
        }
        // An account that was closed opens nothing that a stranger does not see.
        if !matches!(route.access, Access::Visitor) && !nobody_s {
            shut += 1;
            ask(route, &url, &all.closed, "").await.goes_to(urls::SIGN_IN);
        }
    }
    assert!(open > 100 && shut > 300, "{open} open, {shut} shut");
    // And can't come back.
    let again = w.browser();
    again.get(urls::SIGN_IN).await.is_ok();
    again.post(urls::SIGN_IN, &[("email", &all.closed.email), ("password", crate::testing::PASSWORD)]).await.is(422);
}
}
