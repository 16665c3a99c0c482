//! Every route as somebody with a role of the clinic's own (ADR 0034): what it keeps, what it borrows, and nothing else. ASVS V8.2.1, V8.2.2, V8.3.1.

use salus_kernel::{Action, Relation, Role};

use super::routes::{Scene, address, ask, scene, succeeded};
use crate::{
    access::{
        Access, Duty,
        policy::{of_role, who_may},
    },
    salus_test,
    testing::{Person, World},
};

/// Somebody with such a role, and what it is, restated.
struct Holder {
    who: &'static str,
    person: Person,
    base: Role,
    in_care: bool,
    keeps: Vec<Action>,
    borrows: Vec<Action>,
}

/// What nobody can be left out of: the second of two, and what a record asks of whoever opens it.
const FOR_ALL: [Action; 8] = [
    Action::ViewVouched,
    Action::ConfirmColleague,
    Action::ViewProposed,
    Action::ConfirmRole,
    Action::AskEmergency,
    Action::OpenEmergency,
    Action::AskReason,
    Action::GiveReason,
];

impl Holder {
    fn own(&self, action: Action) -> bool {
        self.keeps.contains(&action) || FOR_ALL.contains(&action)
    }
    fn borrowed(&self, action: Action) -> bool {
        let asked = [Action::AskReason, Action::GiveReason].contains(&action) && !self.borrows.is_empty();
        self.borrows.contains(&action) || (asked && who_may(action).includes(Relation::FrontDesk))
    }
    fn may_on_lists(&self, action: Action) -> bool {
        self.borrowed(action) || (self.own(action) && who_may(action).includes(of_role(self.base)))
    }
    fn may_in_chart(&self, action: Action) -> bool {
        let relation = if self.in_care { Relation::CareTeam } else { of_role(self.base) };
        self.borrowed(action) || (self.own(action) && who_may(action).includes(relation))
    }
}

/// Makes a role of this base: without these duties, and with those of others.
async fn holder(
    w: &World,
    (administrator, second): (&Person, &Person),
    (who, person): (&'static str, Person),
    (base, in_care): (Role, bool),
    without: &[Duty],
    with: &[Duty],
) -> Holder {
    w.sign_in(administrator).await;
    w.sign_in(second).await;
    let kept: Vec<Duty> = Duty::ALL.iter().copied().filter(|duty| !without.contains(duty)).collect();
    let keeps =
        kept.iter().filter(|duty| duty.own_of(base).next().is_some()).map(|duty| format!("keep-{}", duty.word()));
    let boxes: Vec<String> = keeps.chain(with.iter().map(|duty| format!("more-{}", duty.word()))).collect();
    let boxes: Vec<&str> = boxes.iter().map(String::as_str).collect();
    let role = w.own_role((administrator, second), who, base.word(), &boxes).await;
    w.gives(administrator, &person, &role).await;
    Holder {
        who,
        person,
        base,
        in_care,
        keeps: kept.iter().flat_map(|duty| duty.own_of(base)).collect(),
        borrows: with.iter().flat_map(|duty| duty.lent_to(base)).collect(),
    }
}

salus_test! {
async fn every_route_lets_in_whom_a_role_of_the_clinics_own_names(w: World) {
    let Scene { people, rows, waiting, visit, thread } = scene(&w).await;
    let settings = w.settings_rows(&people.administrator).await;
    let nurse = w.treating("Nell Nurse", Role::Nurse).await;
    w.assign(&nurse, people.ana.patient).await;
    let doctor = w.practitioner("Dr. Desk Doctor").await;
    let clerk = w.staff("Clea Clerk", Role::FrontDesk).await;
    let setter = w.staff("Sid Setter", Role::Administrator).await;
    let biller = w.staff("Bea Biller", Role::Biller).await;
    let two = (&people.administrator, &people.officer);
    let all = [
        holder(&w, two, ("a clerk", clerk), (Role::FrontDesk, false), &[Duty::Invites, Duty::Registrations, Duty::Caregivers, Duty::Visits], &[Duty::Coverage, Duty::Pools, Duty::Jobs]).await,
        holder(&w, two, ("an assistant", nurse), (Role::Nurse, true), &[Duty::Documents, Duty::Messages], &[Duty::Visits, Duty::Invites]).await,
        holder(&w, two, ("a doctor at the desk", doctor), (Role::Practitioner, false), &[Duty::Coverage], &[Duty::Patients, Duty::Day, Duty::Visits, Duty::Availability]).await,
        holder(&w, two, ("who sets up", setter), (Role::Administrator, false), &[Duty::Clinic, Duty::Features, Duty::Jobs, Duty::Colleagues], &[Duty::Patients, Duty::Registrations]).await,
        holder(&w, two, ("a biller and no more", biller), (Role::Biller, false), &[Duty::Coverage], &[]).await,
    ];
    for one in &all {
        w.sign_in(&one.person).await;
    }
    let (mut open, mut shut) = (0, 0);
    for route in &w.routes {
        let (action, in_chart) = match route.access {
            Access::Chart(action) => (action, true),
            Access::Worklist(action) => (action, false),
            _ => continue,
        };
        let row = settings.iter().find(|(begin, _)| route.path.starts_with(begin)).map(|(_, id)| id.as_str());
        let url = match (in_chart, row) {
            (true, _) => address(route, &people.ana.patient.to_string(), &waiting, &visit, &thread, &rows),
            (false, row) => waiting.in_path(route.path).replace("{id}", row.unwrap_or("01890000-0000-7000-8000-000000000000")),
        };
        for one in &all {
            let may = if in_chart { one.may_in_chart(action) } else { one.may_on_lists(action) };
            let before = w.ledger_of_account(one.person.account).await.len();
            let page = ask(route, &url, &one.person, "01890000-0000-7000-8000-000000000000").await;
            if may {
                open += 1;
                let there = succeeded(&page) || (page.status == 404 && route.path.contains('{') && !in_chart && row.is_none());
                assert!(there, "{} {url} as {}: {} {}", route.method, one.who, page.status, page.text());
            } else {
                shut += 1;
                assert_eq!(page.status, 404, "{} is let in: {} {url}", one.who, route.method);
            }
            // Let in or not, the ledger says so first: a 404 of the page itself is none of the guard's.
            let lines = w.ledger_of_account(one.person.account).await;
            let said = lines[before..].iter().any(|line| line.contains(action.word()) && line.starts_with("refusal") != may);
            assert!(said, "{} at {} {url} left {:?}", one.who, route.method, &lines[before..]);
            if may && route.path.ends_with("/invites/sign-out") {
                w.sign_in(&people.ana).await;
            }
        }
    }
    assert!(open > 150 && shut > 300, "{open} open, {shut} shut");
}
}

salus_test! {
async fn what_is_borrowed_stands_in_the_ledger_as_the_work_of_who_lends_it(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let officer = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let ana = w.patient("Ana Ruiz").await;
    let park = w.practitioner("Dr. Lena Park").await;
    let profile = crate::shell::urls::profile(ana.patient);
    park.get(&profile).await.is_not_found();
    let one = holder(&w, (&ada, &rosa), ("Doctor at the desk", park), (Role::Practitioner, false), &[], &[Duty::Patients]).await;
    one.person.get(&profile).await.is_ok();
    let lines = w.ledger_of(ana.patient).await;
    let line = lines.iter().rev().find(|line| line.contains("view-profile")).expect("an entry");
    assert!(line.contains("front-desk"), "{line}");
    // Nobody's record opens for having borrowed that.
    one.person.get(&crate::shell::urls::record(ana.patient)).await.is_not_found();
    // A watched record asks who lends it, and whoever borrowed.
    w.sign_in(&officer).await;
    w.watched(&officer, ana.patient).await;
    let why = crate::shell::urls::reason(ana.patient);
    one.person.get(&profile).await.goes_to(&why);
    one.person.get(&why).await.is_ok().shows("Why do you need this record?");
    one.person.post(&why, &[("reason", "She asked me to call her")]).await.is(303);
    one.person.get(&profile).await.is_ok();
    w.rows_are_intact().await;
}
}
