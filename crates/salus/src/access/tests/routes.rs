//! Every route, as its owner and as everybody else. HIP-01, THR-A1, THR-A5, ASVS V8.2.1, V8.2.2, V8.3.1.

use salus_db::{Sight, Sql, args, sql};
use salus_kernel::{Action, PatientId, Relation, Role, Scope, Scopes};

use crate::{
    access::{
        Access, RouteInfo,
        policy::{Standing, who_may},
    },
    salus_test,
    shell::urls::Section,
    testing::{Page, Person, World},
};

/// What a form's target is sent so that its owner succeeds. A POST that is not here fails the test.
pub(super) fn body(path: &str, session: &str) -> Vec<(&'static str, String)> {
    let text = |text: &str| text.to_owned();
    match path {
        "/settings" => vec![("font", text("standard")), ("scheme", text("device"))],
        "/settings/password" => vec![("old", text("wrong")), ("password", text("x")), ("again", text("y"))],
        "/still-you" => vec![("password", text("wrong"))],
        "/settings/sign-in/with/{provider}/remove" => vec![],
        "/settings/sign-in/app" => vec![("code", text("000000"))],
        "/settings/sign-in/codes" | "/settings/sign-in/sheet" => vec![],
        "/sign-in/passkey" | "/enroll/passkey" | "/still-you/passkey" | "/settings/sign-in/passkey" => {
            vec![("credential", text("{}"))]
        }
        "/sign-in/passkey/ask" | "/enroll/passkey/ask" | "/settings/sign-in/passkey/ask" => vec![],
        "/still-you/passkey/ask" => vec![],
        "/settings/sign-in/passkey/remove" => vec![("id", text("01890000-0000-7000-8000-000000000000"))],
        "/sessions/end" => vec![("session", text(session))],
        "/sessions/end-all" | "/session/extend" | "/sign-out" => vec![],
        "/sign-in" | "/sign-in/code" | "/sign-in/recovery" | "/enroll" | "/enroll/sheet" => vec![],
        "/staff/patients" => vec![("query", text("Ruiz"))],
        "/clinic/look" => vec![
            ("name", text("Riverside Clinic")),
            ("phone", text("555 0100")),
            ("colour", text("#0b5563")),
            ("version", text("1")),
        ],
        "/settings/email" => vec![("email", text("x"))],
        "/settings/email/forget" | "/settings/email/confirm/{code}" | "/undo/{code}" => vec![],
        "/lost" | "/reset/{code}/lost" | "/back-in/{code}" | "/settings/back-in/withdraw" => vec![],
        // Nothing is chosen: the page says so.
        "/staff/back-in/{account}" | "/staff/back-in/{account}/refuse" => vec![],
        "/staff/colleagues/{account}" | "/staff/colleagues/{account}/refuse" => vec![],
        "/invite" | "/join/{code}" | "/verify/{code}" | "/reset/{code}" | "/register" | "/forgotten" => vec![],
        "/p/{patient}/registrations/{account}" => vec![("evidence", text("photo-id")), ("sure", text("no"))],
        "/p/{patient}/unlink" => vec![],
        "/staff/registrations/{account}/refuse" | "/staff/registrations/{account}/reopen" => {
            vec![("reason", text(""))]
        }
        "/staff/charts/new" => vec![("given", text("Ana"))],
        "/p/{patient}/caregivers" => vec![
            ("name", text("Rosa")),
            ("basis", text("adult")),
            ("evidence", text("seen")),
            ("visits", text("yes")),
            ("months", text("6")),
        ],
        "/p/{patient}/private" => vec![("entry", text("01890000-0000-7000-8000-000000000000")), ("keep", text("no"))],
        "/p/{patient}/access-log/copy" => vec![],
        "/p/{patient}/caregivers/end" => vec![("id", text("01890000-0000-7000-8000-000000000000"))],
        "/acting-for" => vec![("slip", text("7KQM")), ("birth_date", text(""))],
        // Nothing is chosen: the page says so. What is asked for was not answered yet.
        "/acting-for/ask" | "/staff/caregivers/{request}/refuse" | "/p/{patient}/caregivers/asked/{request}" => {
            vec![("basis", text("parent"))]
        }
        "/acting-for/asked/{request}/remove" => vec![("photo", text("01890000-0000-7000-8000-000000000000"))],
        "/acting-for/asked/{request}/withdraw" | "/acting-for/asked/{request}/begin" => vec![],
        "/acting-for/stop" => vec![("id", text("01890000-0000-7000-8000-000000000000"))],
        "/p/{patient}/invites" => vec![("evidence", text("photo-id"))],
        "/p/{patient}/invites/withdraw" | "/p/{patient}/invites/sign-out" => vec![],
        "/p/{patient}/messages" | "/p/{patient}/messages/draft" => {
            vec![("topic", text("other")), ("subject", text("Hello")), ("body", text("Good morning"))]
        }
        "/p/{patient}/messages/{id}" | "/p/{patient}/messages/{id}/draft" => vec![("body", text("Good morning"))],
        "/p/{patient}/messages/{id}/claim" => vec![("what", text("take"))],
        "/p/{patient}/messages/{id}/state" => vec![("closed", text("yes"))],
        // Whose chart is not open gets the form again.
        "/p/{patient}/emergency" | "/p/{patient}/reason" => vec![("reason", text(""))],
        "/audit/watched" => vec![("number", text("")), ("whose", text(""))],
        "/audit/watched/{id}/end" => vec![],
        "/audit/reviews/{id}/sign" => vec![],
        "/audit/findings/{id}" => vec![("verdict", text("reason"))],
        "/audit/emergencies/{id}" => vec![("verdict", text("justified"))],
        "/p/{patient}/care-team" | "/p/{patient}/care-team/end" => {
            vec![("practitioner", text("01890000-0000-7000-8000-000000000000"))]
        }
        // What is not there is said beside the field; a visit that is there goes on.
        "/p/{patient}/visits/hold" => vec![("service", text(""))],
        "/p/{patient}/visits/{id}/confirm" => vec![("reason", text("knee"))],
        "/p/{patient}/visits/{id}/move" => vec![("reason", text("knee"))],
        "/p/{patient}/visits/{id}/release" => vec![],
        "/p/{patient}/visits/{id}/cancel" => vec![("reason", text(""))],
        "/p/{patient}/visits/{id}/arrive"
        | "/p/{patient}/visits/{id}/fulfil"
        | "/p/{patient}/visits/{id}/no-show"
        | "/p/{patient}/visits/{id}/undo" => vec![],
        "/p/{patient}/visits/{id}/note" => vec![("note", text("chair"))],
        "/clinic/staff/invite" => vec![("name", text("Dana Whitfield")), ("role", text("nurse")), ("npi", text(""))],
        "/clinic/staff/invite/withdraw" => vec![("invite", text("01890000-0000-7000-8000-000000000000"))],
        "/clinic/staff/return" | "/clinic/staff/return/stop" => vec![("account", text(session))],
        "/clinic/staff/{account}/role" => vec![("role", text(""))],
        // Nothing is said: the page says so. What is not there, nobody confirms.
        "/clinic/roles/new" | "/clinic/roles/{id}" => vec![("base", text("nurse")), ("name", text(""))],
        "/clinic/roles/{id}/end" | "/staff/roles/{id}" | "/staff/roles/{id}/refuse" => vec![],
        "/clinic/staff/access" => vec![("account", text(session)), ("active", text("yes"))],
        "/audit" => vec![
            ("from", text("")),
            ("to", text("")),
            ("account", text("")),
            ("patient", text("")),
            ("action", text("")),
        ],
        "/clinic/locations" | "/clinic/locations/{id}" => vec![
            ("name", text("Riverside Clinic, Boise")),
            ("timezone", text("America/Boise")),
            ("hours-1", text("8 am to 5 pm")),
            ("version", text("1")),
        ],
        "/clinic/locations/{id}/state" => vec![("open", text("no")), ("version", text("1"))],
        "/clinic/visit-types" | "/clinic/visit-types/{id}" => vec![
            ("name", text("Check-up")),
            ("minutes", text("30")),
            ("before", text("0")),
            ("after", text("0")),
            ("soonest", text("24")),
            ("furthest", text("90")),
            ("meeting", text("phone")),
            ("shown", text("staff")),
            ("version", text("1")),
        ],
        "/clinic/visit-types/{id}/state" => vec![("offered", text("no")), ("version", text("1"))],
        // Nothing is chosen: the page says so.
        "/clinic/ages" => vec![("teen", text("")), ("version", text("0"))],
        "/clinic/features" => vec![("feature", text("directory")), ("on", text("yes")), ("version", text("0"))],
        "/clinic/availability/{id}/new" | "/clinic/schedules/{id}" | "/clinic/schedules/{id}/end" => {
            vec![("version", text("0"))]
        }
        "/clinic/availability/{id}/days" => {
            vec![("kind", text("off")), ("date", text("12/1/2026")), ("version", text("1"))]
        }
        "/clinic/availability/{id}/days/remove" => {
            vec![("day", text("01890000-0000-7000-8000-000000000000")), ("version", text("1"))]
        }
        "/clinic/pools" | "/clinic/pools/{id}" => vec![("name", text("Nurses")), ("version", text("1"))],
        "/clinic/pools/{id}/state" => vec![("open", text("no")), ("version", text("1"))],
        "/clinic/jobs/again" => vec![("job", text("")), ("version", text(""))],
        other => panic!("no body for POST {other}: say what its owner sends"),
    }
}

pub(super) struct Everybody {
    pub(super) ana: Person,
    pub(super) ben: Person,
    stranger: Person,
    pub(super) treating: Person,
    other_doctor: Person,
    in_emergency: Person,
    pub(super) desk: Person,
    pub(super) administrator: Person,
    pub(super) officer: Person,
    pub(super) nurse: Person,
    biller: Person,
    caregivers: Vec<(String, Person, Scopes)>,
    former_caregiver: Person,
}

impl Everybody {
    /// Each person, and what they are to Ana.
    pub(super) fn with_relations(&self) -> Vec<(&str, &Person, Option<Standing>)> {
        let simple = [
            ("the patient", &self.ana, Some(Relation::Myself)),
            ("another patient", &self.ben, None),
            ("a stranger", &self.stranger, None),
            ("the treating practitioner", &self.treating, Some(Relation::CareTeam)),
            ("another practitioner", &self.other_doctor, Some(Relation::Practitioner)),
            ("a practitioner in an emergency", &self.in_emergency, Some(Relation::Emergency)),
            ("the front desk", &self.desk, Some(Relation::FrontDesk)),
            ("the administrator", &self.administrator, Some(Relation::Administrator)),
            ("the privacy officer", &self.officer, Some(Relation::PrivacyOfficer)),
            ("a nurse", &self.nurse, Some(Relation::Nurse)),
            ("the biller", &self.biller, Some(Relation::Biller)),
            ("a caregiver of before", &self.former_caregiver, None),
        ];
        let simple = simple.into_iter().map(|(who, person, relation)| (who, person, relation.map(Standing::from)));
        let caregivers = self.caregivers.iter().map(|(who, person, scopes)| {
            (who.as_str(), person, Some(Standing { relation: Relation::Caregiver, scopes: *scopes }))
        });
        simple.chain(caregivers).collect()
    }
}

pub(super) async fn everybody(w: &World) -> Everybody {
    let ana = w.patient("Ana Ruiz").await;
    let treating = w.practitioner("Dr. Lena Park").await;
    w.assign(&treating, ana.patient).await;
    let stranger = w.account("Sam Stranger", None, None).await;
    w.sign_in(&stranger).await;
    let mut caregivers = Vec::new();
    for scope in Scope::ALL {
        // What is sensitive is a part of something.
        let of = Some(Scope::Clinical).filter(|_| *scope == Scope::Sensitive);
        let scopes: Scopes = of.into_iter().chain([*scope]).collect();
        let words: Vec<&str> = scopes.iter().map(Scope::word).collect();
        let person = w.caregiver(&format!("Cara {}", scope.word()), &ana, &words).await;
        caregivers.push((format!("a caregiver for {}", scope.word()), person, scopes));
    }
    let former_caregiver = w.caregiver("Forma Former", &ana, &["visits", "clinical"]).await;
    w.acts_no_longer(&former_caregiver).await;
    Everybody {
        caregivers,
        former_caregiver,
        ben: w.patient("Ben Okafor").await,
        other_doctor: w.practitioner("Dr. Omar Other").await,
        in_emergency: w.in_an_emergency("Dr. Ema Emergency", ana.patient).await,
        desk: w.staff("Rosa Desk", Role::FrontDesk).await,
        administrator: w.staff("Grace Kim", Role::Administrator).await,
        officer: w.staff("Omar Haddad", Role::PrivacyOfficer).await,
        nurse: w.treating("Nia Nurse", Role::Nurse).await,
        biller: w.staff("Bill Biller", Role::Biller).await,
        ana,
        treating,
        stranger,
    }
}

/// Who waits for the front desk.
pub(super) struct Waiting {
    /// The account of somebody who registered, and wants to be let back in.
    pub(super) account: String,
    /// Somebody who asks to act for a patient.
    pub(super) asker: Person,
    /// What they ask.
    pub(super) request: String,
    /// A photo of their papers.
    pub(super) photo: String,
    /// Somebody who acts, or acted, for the patient.
    pub(super) caregiver: String,
}

impl Waiting {
    /// With their ids in it.
    pub(super) fn in_path(&self, path: &str) -> String {
        let path = path.replace("{account}", &self.account).replace("{caregiver}", &self.caregiver);
        path.replace("{request}", &self.request).replace("{photo}", &self.photo)
    }
}

pub(super) async fn who_waits(w: &World, patient: PatientId) -> Waiting {
    let postbox = crate::testing::Postbox::new();
    let rita = w.registered(&postbox, "Rita Register", "3 14 1985", "rita@example.org").await;
    w.asks_back_in(&postbox, "rita@example.org").await;
    let asker = w.account("Asa Asker", None, None).await;
    w.sign_in(&asker).await;
    let (request, photo) = w.asks_to_act(&asker, "Leo Ruiz", "3 14 2019").await;
    const CAREGIVER: Sql = sql!("SELECT id FROM related_person WHERE patient_id = $1 ORDER BY id LIMIT 1");
    let sight = Sight { patient: Some(patient), ..Sight::default() };
    let (caregiver,): (String,) = w.db.read(&sight).await.unwrap().one(CAREGIVER, args![patient]).await.unwrap();
    Waiting { account: rita.account.to_string(), asker, request, photo, caregiver }
}

/// Everybody, and in Ana's chart one of each thing that addresses name.
pub(super) struct Scene {
    pub(super) people: Everybody,
    pub(super) rows: Vec<(Section, salus_kernel::ResourceId)>,
    pub(super) waiting: Waiting,
    pub(super) visit: String,
    pub(super) thread: String,
}

pub(super) async fn scene(w: &World) -> Scene {
    let people = everybody(w).await;
    let rows = w.one_of_each(people.ana.patient, "sample").await;
    let waiting = who_waits(w, people.ana.patient).await;
    let bookable = w.bookable(&people.administrator).await;
    let visit = bookable.book(&people.ana, &bookable.first_time(&people.ana).await, "knee").await;
    let thread = w.a_conversation(&people.ana, people.ana.patient, "sample").await;
    Scene { people, rows, waiting, visit, thread }
}

/// A route's address in Ana's chart.
pub(super) fn address(
    route: &RouteInfo,
    w_patient: &str,
    waiting: &Waiting,
    visit: &str,
    thread: &str,
    rows: &[(Section, salus_kernel::ResourceId)],
) -> String {
    let mut url = waiting.in_path(route.path).replace("{patient}", w_patient);
    if route.path.starts_with("/p/{patient}/messages/{id}") {
        url = url.replace("{id}", thread);
    }
    if route.path.starts_with("/p/{patient}/visits/{id}") {
        url = url.replace("{id}", visit);
    }
    if url.contains("{id}") {
        let slug = route.path.split('/').nth(4).unwrap_or_default();
        let id = rows.iter().find(|(section, _)| section.slug() == slug).map(|(_, id)| id.to_string());
        url = url.replace("{id}", &id.unwrap_or_else(|| "01890000-0000-7000-8000-000000000000".into()));
    }
    url
}

pub(super) async fn ask(route: &RouteInfo, url: &str, person: &Person, session: &str) -> Page {
    if route.method == axum::http::Method::GET {
        return person.get(url).await;
    }
    // A form's token comes from a page that everybody who is signed in may see.
    person.get("/settings").await;
    if route.takes_file {
        return person.browser.post_file(url, b"no photo").await;
    }
    let fields = body(route.path, session);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    person.post(url, &fields).await
}

pub(super) fn succeeded(page: &Page) -> bool {
    // 422 is a page that was shown again because of what was typed.
    page.status.is_success()
        || page.status == 422
        || (page.status == 303
            && !page.location().starts_with("/sign-in")
            && !page.location().starts_with("/session/ended"))
}

salus_test! {
async fn every_chart_route_lets_in_whom_the_policy_names_and_nobody_else(w: World) {
    let Scene { people, rows, waiting, visit, thread } = scene(&w).await;
    let mut cases = 0;
    for route in w.routes.iter().filter(|route| matches!(route.access, Access::Chart(_))) {
        cases += 1;
        let Access::Chart(action) = route.access else { continue };
        let url = address(route, &people.ana.patient.to_string(), &waiting, &visit, &thread, &rows);
        // Somebody who may first, with exactly this address: else a 404 of others proves nothing. Mostly the patient.
        let (who, owner) = people
            .with_relations()
            .into_iter()
            .find_map(|(who, person, relation)| Some((who, person)).filter(|_| relation.is_some_and(|relation| who_may(action).includes(relation))))
            .unwrap_or_else(|| panic!("nobody may {}", action.word()));
        let own = ask(route, &url, owner, "").await;
        assert!(succeeded(&own), "{} {url} as {who}: {} {}", route.method, own.status, own.text());
        let signs_out = route.path.ends_with("/invites/sign-out");
        if signs_out {
            w.sign_in(&people.ana).await;
        }
        for (who, person, relation) in people.with_relations() {
            let allowed = relation.is_some_and(|relation| who_may(action).includes(relation));
            let before = w.ledger_of(people.ana.patient).await.len();
            let page = ask(route, &url, person, "").await;
            let after = w.ledger_of(people.ana.patient).await;
            let new = &after[before..];
            if allowed && signs_out {
                w.sign_in(&people.ana).await;
            }
            if allowed {
                assert!(succeeded(&page), "{} {url} as {who}: {}", route.method, page.status);
                assert!(new.iter().any(|line| line.contains(action.word()) && line.ends_with("allowed")), "{url} as {who} left {new:?}");
            } else {
                assert_eq!(page.status, 404, "{who} is let in: {} {url}", route.method);
                assert!(new.iter().any(|line| line.starts_with("refusal") && line.contains(action.word())), "{url} as {who} left {new:?}");
                assert!(!page.body.contains("sample"), "{url} as {who} tells something");
            }
        }
        let nobody = w.browser();
        if route.method == axum::http::Method::GET {
            nobody.get(&url).await.goes_to("/sign-in");
        } else {
            nobody.post(&url, &[]).await.is(403);
        }
    }
    assert_eq!(cases, w.routes.iter().filter(|route| route.path.contains("{patient}")).count(), "a route with a patient has another guard");
    assert!(cases > 30, "{cases}");
}
}

salus_test! {
async fn ids_of_one_chart_open_nothing_in_another(w: World) {
    // The classic: own chart in the path, somebody else's row behind it.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let hers = w.one_of_each(ana.patient, "anas").await;
    let his = w.one_of_each(ben.patient, "bens").await;
    for ((section, own), (_, other)) in his.iter().zip(&hers) {
        ben.get(&crate::shell::urls::item(ben.patient, section, own)).await.is_ok();
        ben.get(&crate::shell::urls::item(ben.patient, section, other)).await.is_not_found().hides("anas");
        ben.get(&crate::shell::urls::item(ana.patient, section, other)).await.is_not_found().hides("anas");
        ben.get(&crate::shell::urls::item(ana.patient, section, own)).await.is_not_found();
    }
    for wrong in ["", "x", "../x", "01890000-0000-7000-8000-000000000000", "%00", "0", "null", &ana.patient.to_string().to_uppercase()] {
        ben.get(&format!("/p/{wrong}/record")).await.is_not_found();
    }
}
}

salus_test! {
async fn every_other_route_lets_in_whom_its_guard_names(w: World) {
    let people = everybody(&w).await;
    let mut waiting = who_waits(&w, people.ana.patient).await;
    let settings = w.settings_rows(&people.administrator).await;
    let voucher = w.staff("Vera Voucher", Role::Administrator).await;
    let returning = w.staff("Rolf Returning", Role::Biller).await;
    // Making all of that took so long that who came first would be out.
    for (_, person, _) in people.with_relations() {
        w.sign_in(person).await;
    }
    let mut cases = 0;
    for route in w.routes.iter().filter(|route| !matches!(route.access, Access::Chart(_))) {
        cases += 1;
        let row = settings.iter().find(|(begin, _)| route.path.starts_with(begin)).map(|(_, id)| id.as_str());
        let of_staff = route.path.starts_with("/staff/colleagues/") || route.path.starts_with("/clinic/staff/{account}");
        let path = if of_staff { route.path.replace("{account}", &returning.account.to_string()) } else { route.path.to_owned() };
        let url = waiting.in_path(&path).replace("{id}", row.unwrap_or("01890000-0000-7000-8000-000000000000"));
        let kept = route.path.contains("{id}") || route.path.contains("{request}");
        // Whoever it belongs to first: else a 404 of others proves nothing.
        if route.path.starts_with("/acting-for/asked/") {
            let page = ask(route, &url, &waiting.asker, "").await;
            assert!(succeeded(&page), "{} {url} as who asks: {} {}", route.method, page.status, page.text());
            if route.path.ends_with("/withdraw") {
                (waiting.request, waiting.photo) = w.asks_to_act(&waiting.asker, "Leo Ruiz", "3 14 2019").await;
            }
        }
        let nobody = w.browser();
        nobody.get("/sign-in").await.is_ok();
        let page = if route.method == axum::http::Method::GET { nobody.get(&url).await } else { nobody.post(&url, &[]).await };
        match route.access {
            Access::Visitor => assert!(page.status.as_u16() < 500 && page.status != 404, "{url}: {}", page.status),
            _ => {
                page.goes_to("/sign-in");
            }
        }
        for (who, person, relation) in people.with_relations() {
            let desk = people.desk.account.to_string();
            let session = if route.path.starts_with("/clinic/staff/") { &desk } else { "01890000-0000-7000-8000-000000000000" };
            // Each is the second of two anew.
            if route.path.starts_with("/staff/colleagues/") {
                w.vouched(&voucher, returning.account).await;
            }
            // These end the session, or need one that is not there: their own tests have them.
            if ["/sign-out", "/sessions/end-all"].contains(&route.path) && route.method == axum::http::Method::POST {
                continue;
            }
            let page = ask(route, &url, person, session).await;
            match route.access {
                Access::Worklist(action) => {
                    let role = relation.map(|standing| standing.relation).filter(|relation| !relation.is_of_the_patient()).map(|relation| if matches!(relation, Relation::CareTeam | Relation::Emergency) { Relation::Practitioner } else { relation });
                    if role.is_some_and(|role| who_may(action).includes(role)) {
                        assert!(succeeded(&page), "{} {url} as {who}: {} {}", route.method, page.status, page.text());
                    } else {
                        assert_eq!(page.status, 404, "{who} is let in: {} {url}", route.method);
                    }
                }
                Access::SignedIn(_) if route.path == "/acting-for" && route.method == axum::http::Method::POST => {
                    page.is(422);
                }
                Access::SignedIn(_) if kept || route.path == "/sessions/end" => {
                    page.is_not_found();
                }
                Access::SignedIn(_) => assert!(succeeded(&page), "{} {url} as {who}: {} {}", route.method, page.status, page.text()),
                Access::Halfway(_) => {
                    page.goes_to("/home");
                }
                Access::Visitor | Access::Chart(_) => assert!(page.status.as_u16() < 500, "{url} as {who}"),
            }
        }
    }
    let charts = w.routes.iter().filter(|route| matches!(route.access, Access::Chart(_))).count();
    assert_eq!(cases + charts, w.routes.len());
}
}

salus_test! {
async fn a_relation_that_ended_ends_within_one_request(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    let url = crate::shell::urls::record(ana.patient);
    lena.get(&url).await.is_ok();
    let sight = salus_db::Sight { practitioner: lena.practitioner, run: Some("accounts"), ..Default::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE care_team_member SET ends_at = $1 WHERE practitioner_id = $2"), salus_db::args![w.now(), lena.practitioner.unwrap()]).await.unwrap();
    tx.commit().await.unwrap();
    lena.get(&url).await.is_not_found();
}
}

salus_test! {
async fn an_unknown_method_or_path_is_a_page_of_ours(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    ana.get("/nothing/here").await.is_not_found().shows("Riverside Clinic");
    ana.get("/sessions/end").await.is_not_found();
    for method in [axum::http::Method::PUT, axum::http::Method::DELETE, axum::http::Method::TRACE, axum::http::Method::PATCH] {
        ana.send(method, "/settings", &[], None).await.is_not_found();
    }
}
}

/// Every action of the kernel is asked for by a route, or is one of the commands.
#[test]
fn every_action_has_a_place() {
    assert!(Action::ALL.len() > 20);
    for action in Action::ALL {
        let commands = [
            Action::ImportRecords,
            Action::ManageAccounts,
            Action::SendNotice,
            Action::SendLink,
            Action::ForgetRegistration,
            Action::FindUnusual,
        ];
        let nobody = Relation::ALL.iter().all(|relation| !who_may(*action).includes(*relation));
        assert_eq!(nobody, commands.contains(action), "{}", action.word());
    }
}
