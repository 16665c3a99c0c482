//! Roles of the clinic's own through the front door, and tries to get around the second person.

use salus_db::{Sight, args, sql};
use salus_kernel::{Action, Role};

use super::model;
use crate::{
    access::{ALWAYS, Access, Duty},
    salus_test,
    shell::urls,
    testing::{Page, Person, Postbox, World, between},
};

/// What the form sends: the name, and the boxes that are ticked.
fn fields<'a>(name: &'a str, base: &'a str, boxes: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    [("name", name), ("base", base)].into_iter().chain(boxes.iter().map(|it| (*it, "yes"))).collect()
}

/// Says what a new role is to be.
async fn says(administrator: &Person, name: &str, base: &str, boxes: &[&str]) -> Page {
    administrator.get(&format!("{}?base={base}", urls::CLINIC_ROLES_NEW)).await.is_ok();
    administrator.post(urls::CLINIC_ROLES_NEW, &fields(name, base, boxes)).await
}

/// What the form of a role was made of.
async fn row_of(administrator: &Person, role: &str) -> String {
    let page = administrator.get(&urls::own_role(role)).await;
    between(&page, "name=\"row\" value=\"", "\"").to_owned()
}

/// Says what a role is to be from now on.
async fn changes(administrator: &Person, role: &str, name: &str, boxes: &[&str]) -> Page {
    let row = row_of(administrator, role).await;
    let fields: Vec<(&str, &str)> = fields(name, "", boxes).into_iter().chain([("row", row.as_str())]).collect();
    administrator.post(&urls::own_role(role), &fields).await
}

/// Presses the button that takes back or removes.
async fn ends(administrator: &Person, role: &str) -> Page {
    let row = row_of(administrator, role).await;
    administrator.post(&urls::own_role_end(role), &[("row", &row)]).await
}

/// The role of this name, in the list.
async fn id_of(administrator: &Person, name: &str) -> String {
    let page = administrator.get(urls::CLINIC_ROLES).await;
    let (before, _) = page.body.split_once(&format!("<bdi>{name}</bdi>")).unwrap_or_else(|| panic!("no role {name}"));
    let (_, href) = before.rsplit_once("href=\"/clinic/roles/").expect("a link");
    href.split('"').next().expect("an id").to_owned()
}

/// What waits under this name, for the second person.
async fn waits(second: &Person, name: &str) -> String {
    let page = second.get(urls::PROPOSED_ROLES).await;
    let (_, part) =
        page.body.split_once(&format!("<bdi>{name}</bdi></h2>")).unwrap_or_else(|| panic!("{name} waits not"));
    let (_, rest) = part.split_once("action=\"/staff/roles/").expect("a form");
    rest.split('"').next().expect("an id").to_owned()
}

/// A role of the clinic's own that counts, and its number.
pub async fn own_role(administrator: &Person, second: &Person, name: &str, base: &str, boxes: &[&str]) -> String {
    says(administrator, name, base, boxes).await.goes_to(urls::CLINIC_ROLES);
    let waits = waits(second, name).await;
    second.post(&urls::proposed_role(&waits), &[]).await.goes_to(urls::PROPOSED_ROLES);
    id_of(administrator, name).await
}

/// Gives somebody a role, and signs them in again.
pub async fn gives(w: &World, administrator: &Person, whom: &Person, role: &str) {
    let url = urls::staff_role(&whom.account.to_string());
    administrator.get(&url).await.is_ok();
    administrator.post(&url, &[("role", role), ("npi", "")]).await.goes_to(urls::CLINIC_STAFF);
    w.sign_in(whom).await;
}

/// The fields of a form, with all that a role does by itself but these parts.
pub fn all_but(base: Role, without: &[Duty]) -> Vec<String> {
    let kept = Duty::ALL.iter().filter(|duty| !without.contains(duty) && duty.own_of(base).next().is_some());
    kept.map(|duty| format!("keep-{}", duty.word())).collect()
}

fn strs(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

salus_test! {
async fn a_role_counts_once_a_second_person_says_yes(w: World) {
    // ASVS V8.2.1, HIP-02: what people may do is written down, and changed by two.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ruth = w.staff("Ruth Desk", Role::FrontDesk).await;
    let omar = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    let ana = w.patient("Ana Ruiz").await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let slips = urls::invites(ana.patient);
    rosa.get(&slips).await.is_ok();

    let boxes = all_but(Role::FrontDesk, &[Duty::Invites]);
    let boxes: Vec<&str> = strs(&boxes).into_iter().chain(["more-pools"]).collect();
    says(&ada, "Reception", "front-desk", &boxes).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("Reception").shows("Waits for a second person");
    ada.get(urls::STAFF).await.hides("Roles that wait for a second yes");
    let page = rosa.get(urls::STAFF).await;
    page.shows("Roles that wait for a second yes").shows("One needs a second yes");
    let page = rosa.get(urls::PROPOSED_ROLES).await;
    page.shows("A new role. It starts from: Front desk.").shows("Ada Stone said this on").shows("It also does").shows("Change who answers");
    page.shows("It does not do").shows("Make a sign-in slip for a patient").shows("All that this role does").shows("In an emergency, whoever treats patients can open a whole record");
    ada.get(urls::PROPOSED_ROLES).await.shows("You said this yourself").hides("Yes, this is right");
    // It is no role yet.
    ada.get(&urls::staff_role(&ruth.account.to_string())).await.is_ok().hides("Reception");

    // Whoever said it does not confirm it.
    let id = waits(&rosa, "Reception").await;
    ada.get(urls::PROPOSED_ROLES).await;
    ada.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("Somebody was faster, or it is not yours to say").shows("Waits for a second person");

    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    rosa.get(urls::PROPOSED_ROLES).await.shows("The role is as it was said").shows("Nothing waits");
    ada.get(urls::CLINIC_ROLES).await.shows("In use").shows("Nobody has it");
    let role = id_of(&ada, "Reception").await;
    gives(&w, &ada, &ruth, &role).await;
    ada.get(urls::CLINIC_STAFF).await.shows("Reception");
    ada.get(urls::CLINIC_ROLES).await.shows("1 person has it");

    // She does what it says: no slips; who answers, which a front desk does not.
    ruth.get(&slips).await.is_not_found();
    ruth.get(&urls::profile(ana.patient)).await.is_ok().hides(&slips);
    ruth.get(urls::REGISTRATIONS).await.is_ok();
    rosa.get(&slips).await.is_ok();
    rosa.get(urls::POOLS).await.is_not_found();
    ruth.get(urls::CLINIC).await.is_ok().shows("Who answers").hides("Places").hides("How it looks");
    ruth.get(urls::POOLS).await.is_ok();
    ruth.post(urls::POOLS, &[("name", "Nurses"), ("purpose", "")]).await.goes_to(urls::POOLS);
    ruth.get(urls::LOCATIONS).await.is_not_found();
    ruth.get(urls::CLINIC_STAFF).await.is_not_found();
    // The ledger has it as the work of who usually does it.
    let lines = w.ledger_of_account(ruth.account).await;
    assert!(lines.iter().any(|line| line.contains("change-pools")), "{lines:?}");

    // A change counts at her next request, without a new sign-in, and she hears of it.
    let told = async |whom: &Person, words: &str| {
        postbox.work(&w).await;
        postbox.mails().await.iter().filter(|mail| mail.contains(words) && mail.contains(&whom.email)).count()
    };
    let before = (told(&omar, "own roles may do there").await, told(&ruth, "changed what you do there").await);
    ada.get(&urls::own_role(&role)).await.is_ok().shows("1 person has it");
    let boxes = all_but(Role::FrontDesk, &[Duty::Registrations]);
    changes(&ada, &role, "Reception", &strs(&boxes)).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("A change waits");
    assert_eq!(told(&omar, "own roles may do there").await, before.0 + 1);
    ruth.get(urls::REGISTRATIONS).await.is_ok();
    let page = rosa.get(urls::PROPOSED_ROLES).await;
    page.shows("A change. It starts from: Front desk.").shows("Make a sign-in slip for a patient").shows("See who registered").shows("Change who answers");
    let id = waits(&rosa, "Reception").await;
    // Nobody confirms what they have themselves.
    ruth.get(urls::PROPOSED_ROLES).await.shows("You have this role").hides("Yes, this is right");
    ruth.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ruth.get(&slips).await.is_not_found();
    rosa.get(urls::PROPOSED_ROLES).await;
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ruth.get(urls::REGISTRATIONS).await.is_not_found();
    ruth.get(urls::POOLS).await.is_not_found();
    ruth.get(&slips).await.is_ok();
    assert_eq!(told(&ruth, "changed what you do there").await, before.1 + 1);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn what_waits_can_be_taken_back_and_refused(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let boxes = all_but(Role::Nurse, &[Duty::Documents]);
    says(&ada, "Assistant", "nurse", &strs(&boxes)).await.goes_to(urls::CLINIC_ROLES);
    let role = id_of(&ada, "Assistant").await;
    let first = waits(&rosa, "Assistant").await;
    // What is sent again takes its place: a yes to what was said before counts for nothing.
    ada.get(&urls::own_role(&role)).await.is_ok().shows("This waits for a second person");
    changes(&ada, &role, "Assistant", &["keep-day"]).await.goes_to(urls::CLINIC_ROLES);
    rosa.post(&urls::proposed_role(&first), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("Waits for a second person").hides("In use");
    // Taken back, it is gone.
    let second = waits(&rosa, "Assistant").await;
    assert_ne!(first, second);
    ada.get(&urls::own_role(&role)).await.is_ok();
    ends(&ada, &role).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("Taken back").hides("Assistant");
    ada.get(&urls::own_role(&role)).await.is_not_found();
    rosa.post(&urls::proposed_role(&second), &[]).await.goes_to(urls::PROPOSED_ROLES);
    rosa.get(urls::PROPOSED_ROLES).await.shows("Nothing waits");
    // Refused, nothing changes; and nobody turns a no into a yes.
    says(&ada, "Assistant", "nurse", &["keep-day"]).await.goes_to(urls::CLINIC_ROLES);
    let third = waits(&rosa, "Assistant").await;
    rosa.post(&urls::proposed_role_refuse(&third), &[]).await.goes_to(urls::PROPOSED_ROLES);
    rosa.get(urls::PROPOSED_ROLES).await.shows("You said no");
    rosa.post(&urls::proposed_role(&third), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ada.get(urls::CLINIC_ROLES).await.hides("Assistant");
    // One that somebody has stays until they have another.
    let role = own_role(&ada, &rosa, "Assistant", "front-desk", &["keep-day", "keep-patients"]).await;
    let ruth = w.staff("Ruth Desk", Role::FrontDesk).await;
    w.sign_in(&ada).await;
    gives(&w, &ada, &ruth, &role).await;
    ada.get(&urls::own_role(&role)).await.is_ok().hides("Remove");
    ends(&ada, &role).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("Somebody has this role").shows("In use");
    ruth.get(urls::DAY).await.is_ok();
    gives(&w, &ada, &ruth, "front-desk").await;
    ruth.get(urls::REGISTRATIONS).await.is_ok();
    ada.get(&urls::own_role(&role)).await.is_ok().shows("Remove");
    ends(&ada, &role).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("The role is removed").hides("Assistant");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn what_is_wrong_with_a_role_is_said_and_nothing_is_lost(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let long = "x".repeat(10_000);
    ada.get(urls::CLINIC_ROLES_NEW).await.is_ok().shows("What is it closest to?");
    for wrong in ["base=boss", "asked=yes", "asked=yes&base=privacy-officer"] {
        ada.get(&format!("{}?{wrong}", urls::CLINIC_ROLES_NEW)).await.is_ok().shows("Choose what the role is closest to");
    }
    for name in ["", "  ", long.as_str(), "a\u{0}b"] {
        let page = says(&ada, name, "nurse", &["keep-day", "more-visits"]).await;
        page.is(422).shows("Enter a name of up to 60 characters");
        let ticked = |field: &str| page.body.contains(&format!("name=\"{field}\" type=\"checkbox\" value=\"yes\" aria-describedby=\"{field}-hint\" checked"));
        assert!(ticked("keep-day") && ticked("more-visits") && !ticked("keep-record"), "what was ticked is lost");
    }
    says(&ada, "front DESK", "nurse", &["keep-day"]).await.is(422).shows("There is a role with this name");
    says(&ada, "Nothing", "nurse", &[]).await.is(422).shows("Tick at least one thing");
    // What nobody lends is no box; a form that sends it anyway ticks nothing.
    for made_up in ["keep-people", "more-people", "more-audit", "more-record", "keep-audit", "more-nothing"] {
        says(&ada, "Nothing", "nurse", &[made_up]).await.is(422).shows("Tick at least one thing");
    }
    let all = all_but(Role::Nurse, &[]);
    says(&ada, "Same", "nurse", &strs(&all)).await.is(422).shows("That is just what Nurse does");
    ada.post(urls::CLINIC_ROLES_NEW, &fields("No base", "", &["keep-day"])).await.is(400);
    for name in ["Assistente 🩺 für Alles", "مساعد طبي", "O\u{2019}Brien\u{202e}<b>"] {
        says(&ada, name, "nurse", &["keep-day"]).await.goes_to(urls::CLINIC_ROLES);
    }
    let page = ada.get(urls::CLINIC_ROLES).await;
    page.shows("Assistente 🩺 für Alles").shows("مساعد طبي");
    assert!(!page.body.contains("<b>") && !page.body.contains('\u{202e}'));
    // Sent again as it is, it is no change.
    let role = id_of(&ada, "مساعد طبي").await;
    let id = waits(&rosa, "مساعد طبي").await;
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    changes(&ada, &role, "مساعد طبي", &["keep-day"]).await.is(422).shows("That is what it does already");
    // The name of one that waits is taken as well.
    says(&ada, "ASSISTENTE 🩺 FÜR ALLES", "front-desk", &["keep-day"]).await.is(422);
    // Only an administrator says anything.
    rosa.get(urls::SETTINGS).await.is_ok();
    rosa.get(urls::CLINIC_ROLES_NEW).await.is_not_found();
    rosa.get(urls::CLINIC_ROLES).await.is_not_found();
    rosa.post(urls::CLINIC_ROLES_NEW, &fields("Mine", "front-desk", &["keep-day"])).await.is_not_found();
    ada.get(&urls::own_role("01890000-0000-7000-8000-000000000000")).await.is_not_found();
    ada.post(&urls::own_role_end("x"), &[]).await.is_not_found();
    rosa.post(&urls::proposed_role("x"), &[]).await.is_not_found();
}
}

salus_test! {
async fn of_two_who_decide_at_once_one_does(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let bill = w.staff("Bill Biller", Role::Biller).await;
    says(&ada, "Assistant", "nurse", &["keep-day"]).await.goes_to(urls::CLINIC_ROLES);
    let id = waits(&rosa, "Assistant").await;
    bill.get(urls::PROPOSED_ROLES).await.is_ok();
    let (yes, no) = (urls::proposed_role(&id), urls::proposed_role_refuse(&id));
    let (first, second) = tokio::join!(rosa.post(&yes, &[]), bill.post(&no, &[]));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
    const STATES: salus_db::Sql = sql!("SELECT state, decided_by FROM custom_role WHERE id = $1");
    let sight = Sight { account: Some(ada.account), ..Sight::default() };
    let (state, by): (String, String) = w.db.read(&sight).await.unwrap().one(STATES, args![id]).await.unwrap();
    let who = if state == "current" { &rosa } else { &bill };
    assert!(["current", "refused"].contains(&state.as_str()) && by == who.account.to_string(), "{state} {by}");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn the_database_wants_two_people_as_well(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ruth = w.staff("Ruth Desk", Role::FrontDesk).await;
    let role = own_role(&ada, &rosa, "Reception", "front-desk", &["keep-day"]).await;
    gives(&w, &ada, &ruth, &role).await;
    ada.get(&urls::own_role(&role)).await.is_ok();
    changes(&ada, &role, "Reception", &["keep-visits"]).await.goes_to(urls::CLINIC_ROLES);
    let id = waits(&rosa, "Reception").await;
    let as_role = |person: &Person, role: Role| Sight { account: Some(person.account), role: Some(role), ..Sight::default() };
    let refused = async |sight: Sight, sql: salus_db::Sql, values: Vec<salus_db::Value>, what: &str| {
        let mut tx = w.db.begin(&sight).await.unwrap();
        // Nothing changes, whether it fails or finds no row.
        assert!(!matches!(tx.execute(sql, values).await, Ok(changed) if changed > 0), "{what}");
    };
    const YES: salus_db::Sql = sql!("UPDATE custom_role SET state = 'current', decided_at = 1, decided_by = $2 WHERE id = $1");
    const ENDED: salus_db::Sql = sql!("UPDATE custom_role SET state = 'ended' WHERE role_id = $1 AND state = 'current'");
    // The one that counts makes room first, else its place is what stops the others.
    let of = async |sight: Sight, by: salus_kernel::AccountId, goes: bool, what: &str| {
        let mut tx = w.db.begin(&as_role(&ada, Role::Administrator)).await.unwrap();
        assert_eq!(tx.execute(ENDED, args![role.as_str()]).await.unwrap(), 1);
        tx.look_as(&sight).await.unwrap();
        let went = matches!(tx.execute(YES, args![id.as_str(), by]).await, Ok(changed) if changed > 0);
        assert_eq!(went, goes, "{what}");
    };
    let ana = w.patient("Ana Ruiz").await;
    of(as_role(&rosa, Role::FrontDesk), rosa.account, true, "the second person does").await;
    of(as_role(&ada, Role::Administrator), ada.account, false, "whoever said it confirms it").await;
    of(as_role(&ruth, Role::FrontDesk), ruth.account, false, "whoever has it confirms it").await;
    of(as_role(&rosa, Role::FrontDesk), ana.account, false, "a patient confirms it").await;
    // As the second person, once the one that counts has made room; and as the administrator, once nothing waits.
    const OTHER: salus_db::Sql = sql!("UPDATE custom_role SET state = 'current', decided_at = 1, decided_by = $2, borrows = 'view-jobs' WHERE id = $1");
    const AWAY: salus_db::Sql = sql!("UPDATE custom_role SET state = 'withdrawn', decided_at = 1, decided_by = $2 WHERE id = $1");
    const AGAIN: salus_db::Sql = sql!("UPDATE custom_role SET state = 'proposed', decided_at = NULL, decided_by = NULL WHERE role_id = $1 AND state = 'current'");
    let mut tx = w.db.begin(&as_role(&ada, Role::Administrator)).await.unwrap();
    assert_eq!(tx.execute(ENDED, args![role.as_str()]).await.unwrap(), 1);
    tx.look_as(&as_role(&rosa, Role::FrontDesk)).await.unwrap();
    assert!(!matches!(tx.execute(OTHER, args![id.as_str(), rosa.account]).await, Ok(changed) if changed > 0), "something else is confirmed");
    drop(tx);
    let mut tx = w.db.begin(&as_role(&ada, Role::Administrator)).await.unwrap();
    assert_eq!(tx.execute(AWAY, args![id.as_str(), ada.account]).await.unwrap(), 1);
    assert!(!matches!(tx.execute(AGAIN, args![role.as_str()]).await, Ok(changed) if changed > 0), "what was decided waits again");
    drop(tx);
    const MORE: salus_db::Sql = sql!("UPDATE custom_role SET borrows = 'view-jobs' WHERE role_id = $1 AND state = 'current'");
    refused(as_role(&ada, Role::Administrator), MORE, args![role.as_str()], "what counts is changed").await;
    const NEW: salus_db::Sql = sql!(
        "INSERT INTO custom_role (id, role_id, name, base, keeps, borrows, state, proposed_at, proposed_by, decided_at, decided_by, created_at, updated_at, version, entry)
         VALUES ('01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002', 'x', 'nurse', '', 'view-jobs', $3, 1, $1, $4, $2, 1, 1, 1, 'x')"
    );
    const WHO: salus_db::Sql = sql!("UPDATE custom_role SET state = 'ended', decided_by = $2 WHERE role_id = $1 AND state = 'current'");
    refused(as_role(&ada, Role::Administrator), WHO, args![role.as_str(), ana.account], "who confirmed is forgotten").await;
    let none: Option<String> = None;
    if w.db.engine() == salus_db::Engine::Postgres {
        let begun = args![ada.account, rosa.account, "current", 1_i64];
        refused(as_role(&ada, Role::Administrator), NEW, begun, "one counts from its beginning").await;
        of(as_role(&ada, Role::Administrator), rosa.account, false, "somebody confirms in another's name").await;
        // The application's role alone, for somebody who is no administrator.
        let waiting = args![rosa.account, none, "proposed", None::<i64>];
        refused(as_role(&rosa, Role::FrontDesk), NEW, waiting, "a front desk says what a role is").await;
        refused(as_role(&rosa, Role::FrontDesk), ENDED, args![role.as_str()], "a front desk ends a role").await;
        const DELETE: salus_db::Sql = sql!("DELETE FROM custom_role WHERE id = $1");
        refused(as_role(&ada, Role::Administrator), DELETE, args![id.as_str()], "what was said is deleted").await;
    }
    // And with the right person it goes.
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    ruth.get(&urls::day_of("", "", "")).await.is_not_found();
}
}

salus_test! {
async fn whose_role_counts_no_longer_does_nothing(w: World) {
    // Closed, the role removed meanwhile, and opened again: whoever comes back is told by nobody's guess what they may do.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ruth = w.staff("Ruth Desk", Role::FrontDesk).await;
    let role = own_role(&ada, &rosa, "Reception", "front-desk", &["keep-day", "keep-patients"]).await;
    gives(&w, &ada, &ruth, &role).await;
    ruth.get(urls::DAY).await.is_ok();
    let account = ruth.account.to_string();
    ada.get(urls::CLINIC_STAFF).await;
    ada.post(urls::CLINIC_STAFF_ACCESS, &[("account", account.as_str()), ("active", "no")]).await.is(303);
    ends(&ada, &role).await.goes_to(urls::CLINIC_ROLES);
    ada.get(urls::CLINIC_ROLES).await.shows("The role is removed");
    ada.post(urls::CLINIC_STAFF_ACCESS, &[("account", account.as_str()), ("active", "yes")]).await.is(303);
    w.sign_in(&ruth).await;
    for url in [urls::DAY, urls::STAFF_PATIENTS, urls::REGISTRATIONS] {
        ruth.get(url).await.is_not_found();
    }
    ruth.get(urls::STAFF).await.is_ok().hides("Look patients up");
    gives(&w, &ada, &ruth, "front-desk").await;
    ruth.get(urls::REGISTRATIONS).await.is_ok();
}
}

salus_test! {
async fn what_nobody_said_yes_to_in_time_is_said_anew(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    says(&ada, "Assistant", "nurse", &["keep-day"]).await.goes_to(urls::CLINIC_ROLES);
    let id = waits(&rosa, "Assistant").await;
    // Whoever said it is no administrator any more: it waits for nobody.
    let account = ada.account.to_string();
    bo.get(urls::CLINIC_STAFF).await;
    bo.post(urls::CLINIC_STAFF_ACCESS, &[("account", account.as_str()), ("active", "no")]).await.is(303);
    rosa.get(urls::PROPOSED_ROLES).await.shows("Nothing waits");
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    bo.get(urls::CLINIC_ROLES).await.hides("Assistant");
    rosa.get(urls::STAFF).await.hides("second yes");
    bo.post(urls::CLINIC_STAFF_ACCESS, &[("account", account.as_str()), ("active", "yes")]).await.is(303);
    rosa.get(urls::STAFF).await.shows("One needs a second yes");
    // And a week later nobody knows why it was said.
    w.advance(8 * 24 * 60 * salus_kernel::MINUTE);
    for person in [&bo, &rosa] {
        w.sign_in(person).await;
    }
    rosa.get(urls::STAFF).await.hides("second yes");
    rosa.get(urls::PROPOSED_ROLES).await.shows("Nothing waits");
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    bo.get(urls::CLINIC_ROLES).await.hides("Assistant");
}
}

salus_test! {
async fn nobody_lends_themselves_a_record(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    let bookable = w.bookable(&ada).await;
    let time = bookable.first_time(&ana).await;
    let doctor = &bookable.doctor;
    let keeps = all_but(Role::Practitioner, &[]);
    let boxes: Vec<&str> = strs(&keeps).into_iter().chain(["more-visits", "more-patients", "more-care-team"]).collect();
    let role = own_role(&ada, &rosa, "Doctor at the desk", "practitioner", &boxes).await;
    gives(&w, &ada, doctor, &role).await;
    doctor.get(&urls::record(ana.patient)).await.is_not_found();
    // They book for others, and not with themselves: that would open the record to them.
    bookable.hold(doctor, ana.patient, &time, "").await.is(422).shows("Ask a colleague to book this");
    doctor.get(&urls::record(ana.patient)).await.is_not_found();
    // Nor do they put themselves on a care team: that is lent to nobody who treats patients.
    doctor.get(urls::STAFF).await.is_ok();
    let own = doctor.practitioner.map(|it| it.to_string()).unwrap_or_default();
    doctor.post(&urls::care_team(ana.patient), &[("practitioner", own.as_str())]).await.is_not_found();
    doctor.get(&urls::record(ana.patient)).await.is_not_found();
}
}

salus_test! {
async fn an_administrator_in_part_decides_about_nobody(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let all = all_but(Role::Administrator, &[]);
    // The second person reads what even a whole one is not.
    says(&ada, "Set-up", "administrator", &strs(&all)).await.goes_to(urls::CLINIC_ROLES);
    rosa.get(urls::PROPOSED_ROLES).await.shows("It does not do").shows("Invite somebody to work here").shows("Give colleagues another role");
    let id = waits(&rosa, "Set-up").await;
    rosa.post(&urls::proposed_role(&id), &[]).await.goes_to(urls::PROPOSED_ROLES);
    let role = id_of(&ada, "Set-up").await;
    gives(&w, &ada, &bo, &role).await;
    bo.get(urls::CLINIC_LOOK).await.is_ok();
    bo.get(urls::CLINIC_STAFF).await.is_ok().hides("Invite somebody").hides("Change role");
    bo.get(urls::CLINIC_ROLES).await.is_ok().hides("Make a role");
    // Who guards privacy finds what each role does, and says nothing of it.
    let omar = w.staff("Omar Haddad", Role::PrivacyOfficer).await;
    omar.get(urls::STAFF).await.is_ok().shows("Staff accounts");
    omar.get(urls::CLINIC_ROLES).await.is_ok().shows("Set-up").shows("It does not do").hides("Make a role");
    let to_rosa = urls::staff_role(&rosa.account.to_string());
    bo.get(&to_rosa).await.is_not_found();
    bo.post(&to_rosa, &[("role", "administrator")]).await.is_not_found();
    bo.post(urls::CLINIC_STAFF_INVITE, &[("name", "Eve"), ("role", "administrator")]).await.is_not_found();
    bo.get(urls::CLINIC_ROLES_NEW).await.is_not_found();
}
}

salus_test! {
async fn nothing_that_is_shown_leads_where_a_role_does_not_go(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    w.one_of_each(ana.patient, "sample").await;
    let park = w.practitioner("Dr. Lena Park").await;
    w.assign(&park, ana.patient).await;
    let bookable = w.bookable(&ada).await;
    bookable.book(&ana, &bookable.first_time(&ana).await, "knee").await;
    w.a_conversation(&ana, ana.patient, "sample").await;
    let (mut pages, mut roles, mut dead) = (0, 0, Vec::new());
    for base in [Role::FrontDesk, Role::Nurse, Role::Practitioner, Role::Administrator] {
        let own: Vec<Duty> = Duty::ALL.iter().copied().filter(|duty| duty.own_of(base).next().is_some()).collect();
        let lent: Vec<Duty> = Duty::ALL.iter().copied().filter(|duty| duty.lent_to(base).next().is_some()).collect();
        // Every other one, and then the rest.
        for half in [0, 1] {
            let keeps = own.iter().skip(half).step_by(2).map(|duty| format!("keep-{}", duty.word()));
            let more = lent.iter().skip(half).step_by(2).map(|duty| format!("more-{}", duty.word()));
            // Whoever finds nobody has no way into a record: that half would see little.
            let find = Some("keep-patients".to_owned()).filter(|_| base != Role::Administrator);
            let boxes: std::collections::BTreeSet<String> = keeps.chain(more).chain(find).collect();
            let boxes: Vec<&str> = boxes.iter().map(String::as_str).collect();
            let person = if base.treats() { w.treating("Tess Tester", base).await } else { w.staff("Tess Tester", base).await };
            if person.practitioner.is_some() {
                w.assign(&person, ana.patient).await;
            }
            w.sign_in(&ada).await;
            w.sign_in(&rosa).await;
            let name = format!("{} {half}", base.word());
            let role = own_role(&ada, &rosa, &name, base.word(), &boxes).await;
            gives(&w, &ada, &person, &role).await;
            roles += 1;
            let ticked = |begin: &str, all: &[Duty]| all.iter().copied().filter(|duty| boxes.contains(&format!("{begin}-{}", duty.word()).as_str())).collect::<Vec<_>>();
            let does: std::collections::BTreeSet<Action> =
                model::kept(base, &ticked("keep", &own)).into_iter().chain(model::borrowed(base, &ticked("more", &lent))).collect();
            let (seen, wrong) = crawl(&w, &person, &|action| does.contains(&action) || ALWAYS.contains(&action)).await;
            pages += seen;
            dead.extend(wrong.into_iter().map(|it| format!("{name}: {it}")));
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    assert!(roles == 8 && pages > 150, "{pages} pages of {roles} roles");
}
}

/// An address with every number in it left out: one page of each kind is enough.
fn kind(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| if part.len() == 36 && part.contains('-') { "{id}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Follows every link from home and from a search, a page of each kind: how many pages there were, and what leads where they may not go. A
/// button that they may not press counts too.
async fn crawl(w: &World, person: &Person, may: &dyn Fn(Action) -> bool) -> (usize, Vec<String>) {
    let (mut seen, mut dead, mut pages) = (std::collections::BTreeSet::new(), Vec::new(), 0);
    let found = person.post(urls::STAFF_PATIENTS, &[("query", "Ruiz")]).await;
    let mut next: Vec<(String, String)> =
        between_all(&found, " href=\"").map(|link| (link, "the search".to_owned())).collect();
    next.push((urls::STAFF.to_owned(), "nowhere".to_owned()));
    while let Some((url, from)) = next.pop() {
        if !seen.insert(kind(&url)) {
            continue;
        }
        let page = person.get(&url).await;
        if page.status == 404 {
            dead.push(format!("{from} leads to {url}"));
        }
        if page.status != 200 || !page.body.starts_with("<!") {
            continue;
        }
        pages += 1;
        for target in between_all(&page, "method=\"post\" action=\"").chain(between_all(&page, " formaction=\"")) {
            let fits = |path: &str| {
                kind(path).split('/').count() == kind(&target).split('/').count()
                    && path
                        .split('/')
                        .zip(kind(&target).split('/'))
                        .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
            };
            let route = w.routes.iter().find(|route| route.method == axum::http::Method::POST && fits(route.path));
            let route = route.unwrap_or_else(|| panic!("{url}: nobody answers {target}"));
            if let Access::Chart(action) | Access::Worklist(action) = route.access
                && !may(action)
            {
                dead.push(format!("{url} has a button for {}", action.word()));
            }
        }
        next.extend(between_all(&page, " href=\"").map(|link| (link, url.clone())));
    }
    (pages, dead)
}

/// Every address of ours that stands behind this.
fn between_all(page: &Page, before: &'static str) -> impl Iterator<Item = String> {
    let all = page.body.split(before).skip(1).filter_map(|rest| rest.split('"').next());
    let ours = all.filter(|link| link.starts_with('/') && !link.starts_with("/assets"));
    ours.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_form_s_boxes_are_what_a_role_does() {
    for base in Role::ALL {
        let boxes = all_but(*base, &[]);
        let duties: Vec<Duty> = boxes.iter().filter_map(|it| Duty::from_word(it.trim_start_matches("keep-"))).collect();
        assert_eq!(model::kept(*base, &duties), model::own(*base));
        let own = model::own(*base);
        assert!(!own.contains(&Action::ChangeRole) && !own.contains(&Action::InviteStaff));
    }
}

/// What the settings' rows need: one that counts, and that somebody has.
pub async fn a_role(w: &World, administrator: &Person) -> String {
    let second = w.staff("Sam Second", Role::Biller).await;
    let holder = w.staff("Hal Holder", Role::FrontDesk).await;
    w.sign_in(administrator).await;
    let role = own_role(administrator, &second, "Reception", "front-desk", &["keep-day", "keep-patients"]).await;
    gives(w, administrator, &holder, &role).await;
    role
}
