//! The first door, through the front door, on both engines.

use salus_kernel::{MINUTE, PatientId, Role};

use crate::{
    access::invites::WRONG_DATES,
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN as PASSWORD, Page, Person, between, fastest},
};

const BORN: &str = "3 14 1985";

/// The code on a fresh slip for a chart.
async fn slip(desk: &Person, patient: PatientId) -> String {
    desk.get(&urls::invites(patient)).await.is_ok();
    let page = desk.post(&urls::invites(patient), &[("evidence", "photo-id")]).await;
    page.is_ok();
    between(&page, "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned()
}

async fn try_slip(browser: &Browser, code: &str, born: &str, email: &str) -> Page {
    browser.get(urls::INVITE).await.is_ok();
    browser
        .post(
            urls::INVITE,
            &[("slip", code), ("birth_date", born), ("email", email), ("password", PASSWORD), ("again", PASSWORD)],
        )
        .await
}

/// The path of the link that the administrator is shown.
async fn link(admin: &Person, name: &str, role: Role) -> String {
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    let page = admin.post(urls::CLINIC_STAFF_INVITE, &[("name", name), ("role", role.word()), ("npi", "")]).await;
    page.is_ok().shows(name);
    format!("/join/{}", between(&page, "https://portal.example.org/join/", "<"))
}

async fn join(browser: &Browser, path: &str, email: &str) -> Page {
    browser.get(path).await.is_ok();
    browser.post(path, &[("email", email), ("password", PASSWORD), ("again", PASSWORD)]).await
}

salus_test! {
async fn a_slip_and_a_birth_date_open_exactly_one_chart(w: World) {
    // IDN-09.
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let other = w.chart("Ben Okafor", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    let ana = w.browser();
    try_slip(&ana, &code.to_lowercase().replace('-', " "), BORN, "ana@example.org").await.goes_to(urls::ENROLL);
    ana.get(&urls::record(patient)).await.goes_to(urls::ENROLL);
    w.enroll(&ana).await;
    ana.get(&urls::record(patient)).await.is_ok();
    ana.get(&urls::record(other)).await.is_not_found();
    ana.get(urls::SETTINGS).await.is_ok().shows("Ana Ruiz").shows("ana@example.org");
    // The patient sees who let whom in.
    let log = w.ledger_of(patient).await.join("\n");
    assert!(log.contains("invite-patient") && log.contains("redeem-invite"), "{log}");
    // And signs in again like everybody.
    let fresh = w.browser();
    fresh.get(urls::SIGN_IN).await.is_ok();
    fresh.post(urls::SIGN_IN, &[("email", "ANA@example.org"), ("password", PASSWORD)]).await.goes_to("/sign-in/code");
}
}

salus_test! {
async fn a_slip_works_once_and_a_new_one_voids_it(w: World) {
    // FLAW-02, ASVS V6.4.1: single use, voided by the next one, nothing by looking.
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let first = slip(&desk, patient).await;
    let second = slip(&desk, patient).await;
    for _ in 0..3 {
        w.browser().get(urls::INVITE).await.is_ok();
    }
    try_slip(&w.browser(), &first, BORN, "a@example.org").await.is_ok().shows("This slip no longer works");
    try_slip(&w.browser(), &second, BORN, "b@example.org").await.goes_to(urls::ENROLL);
    try_slip(&w.browser(), &second, BORN, "c@example.org").await.is_ok().shows("This slip no longer works");
    desk.get(&urls::invites(patient)).await.is_ok().shows("Somebody signs in to this record already").shows("Used").shows("Taken back");
    desk.post(&urls::invites(patient), &[("evidence", "because")]).await.is(422).shows("Choose how you checked");
}
}

salus_test! {
async fn five_wrong_dates_end_a_slip_and_say_nothing(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    // The owner can mistype four times.
    let unknown = try_slip(&w.browser(), "0000-0000-0000", BORN, "a@example.org").await;
    for day in 1..WRONG_DATES {
        let page = try_slip(&w.browser(), &code, &format!("3 {day} 1985"), "a@example.org").await;
        page.is(422).hides("Ruiz").shows("don’t match");
        assert!(!page.text().contains("Ana"), "{}", page.text());
        let plain = |page: &Page| page.text().replace(&code, "CODE").replace("0000-0000-0000", "CODE");
        let same = |page: &Page| plain(page).split("Reference").next().map(str::to_owned);
        assert_eq!(same(&page), same(&unknown), "a code that exists looks like one that doesn't");
    }
    // A short password or a forgotten field costs no date.
    let browser = w.browser();
    browser.get(urls::INVITE).await.is_ok();
    let short = [("slip", code.as_str()), ("birth_date", "3 9 1985"), ("email", "a@example.org"), ("password", "short"), ("again", "short")];
    browser.post(urls::INVITE, &short).await.is(422).shows("12 characters").shows("Set up your account");
    try_slip(&w.browser(), &code, "3 30 1985", "a@example.org").await.is(422);
    // From then on it says nothing about any date, also not the right one.
    for born in ["3 29 1985", BORN] {
        try_slip(&w.browser(), &code, born, "a@example.org").await.is(422).shows("don’t match");
    }
    desk.get(&urls::invites(patient)).await.is_ok().shows("Closed after five wrong dates");
    let log = w.ledger_of(patient).await;
    assert_eq!(log.iter().filter(|line| line.contains("wrong-birth-date")).count(), 7, "{log:?}");
    // The desk can help at once.
    let code = slip(&desk, patient).await;
    try_slip(&w.browser(), &code, BORN, "a@example.org").await.goes_to(urls::ENROLL);
}
}

salus_test! {
async fn guesses_at_once_get_five_dates_and_one_account(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    let tries = (0..200).map(|n| {
        let (code, browser) = (code.clone(), w.browser());
        async move { try_slip(&browser, &code, &format!("4 {} {}", n % 28 + 1, 1920 + n % 60), "x@example.org").await.status.as_u16() }
    });
    let all = futures_util::future::join_all(tries).await;
    assert!(all.iter().all(|status| [422, 429].contains(status)), "{all:?}");
    desk.get(&urls::invites(patient)).await.is_ok().shows("Closed after five wrong dates");

    // Twenty people with everything right: one gets in.
    w.advance(2 * 24 * 60 * MINUTE);
    w.sign_in(&desk).await;
    let code = slip(&desk, patient).await;
    let tries = (0..20).map(|n| {
        let (code, browser) = (code.clone(), w.browser());
        async move { try_slip(&browser, &code, BORN, &format!("ana{n}@example.org")).await.status.as_u16() }
    });
    let all = futures_util::future::join_all(tries).await;
    assert_eq!(all.iter().filter(|status| **status == 303).count(), 1, "one slip made more than one account: {all:?}");
}
}

salus_test! {
async fn a_slip_that_is_there_answers_like_one_that_is_not(w: World) {
    // THR-05, ASVS V6.3.8: text, status, headers and time, as long as the date of birth is wrong.
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let mut codes = Vec::new();
    for n in 0..4 {
        codes.push(slip(&desk, w.chart(&format!("Ana Ruiz{n}"), "1985-03-14").await).await);
    }
    let browser = w.browser();
    browser.get(urls::INVITE).await.is_ok();
    let answers = std::sync::Mutex::new([const { Vec::new() }; 2]);
    let [there, nowhere] = fastest(14, async |side, n| {
        // Four wrong dates a slip at most: the fifth ends it.
        let code = [codes[n % codes.len()].clone(), format!("AAAA-AAAA-AA{:02}", n + 22)][side].clone();
        let fields = [("slip", code.as_str()), ("birth_date", "4 1 1985"), ("email", "a@example.org"), ("password", PASSWORD), ("again", PASSWORD)];
        let page = browser.post(urls::INVITE, &fields).await;
        let mut headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        let text = page.text().replace(&code, "CODE").split("Reference").next().unwrap().to_owned();
        answers.lock().unwrap()[side].push((page.status, headers, text));
    })
    .await;
    let [of_there, of_nowhere] = answers.into_inner().unwrap();
    assert_eq!(of_there, of_nowhere);
    let ratio = there / nowhere;
    assert!((0.4..2.5).contains(&ratio), "a slip that is there takes {there} s, one that is not {nowhere} s: {ratio:.2}");
}
}

salus_test! {
async fn twenty_at_one_link_make_one_colleague(w: World) {
    // A colleague's account is bound to no chart, so nothing but the link itself can tell the second from the first.
    let admin = w.staff("Ada Admin", Role::Administrator).await;
    let path = link(&admin, "Nia Nurse", Role::Nurse).await;
    let tries = (0..20).map(|n| {
        let (path, browser) = (path.clone(), w.browser());
        async move { join(&browser, &path, &format!("nia{n}@example.org")).await.status.as_u16() }
    });
    let all = futures_util::future::join_all(tries).await;
    assert_eq!(all.iter().filter(|status| **status == 303).count(), 1, "one link made more than one account: {all:?}");
}
}

salus_test! {
async fn a_slip_ends_after_two_weeks_and_tries_from_one_address_slow_down(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    w.advance(14 * 24 * 60 * MINUTE - 1);
    let wrong = try_slip(&w.browser(), &code, "1 1 1985", "a@example.org").await;
    wrong.is(422);
    w.advance(1);
    try_slip(&w.browser(), &code, BORN, "a@example.org").await.is_ok().shows("This slip no longer works");
    // Guessing at scale: IDN-02, ASVS V6.3.1.
    let mut refused = 0;
    for n in 0..40 {
        let page = try_slip(&w.browser(), &format!("AAAA-AAAA-{n:04}"), BORN, "a@example.org").await;
        if page.status == 429 {
            page.shows("please try again at");
            assert!(page.headers.contains_key("retry-after"));
            refused += 1;
        }
    }
    assert!(refused >= 10, "guesses were not slowed down: {refused}");
}
}

salus_test! {
async fn who_has_no_login_of_their_own_gets_no_slip(w: World) {
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let today = crate::shell::dates::on(w.now(), &jiff::tz::TimeZone::UTC);
    let years = |n: i16| today.checked_sub(jiff::Span::new().years(n)).unwrap();
    for (born, text) in [
        (years(18).tomorrow().unwrap().to_string(), "under 18"),
        (years(3).to_string(), "under 18"),
        ("1985".to_owned(), "whole date of birth"),
        ("1985-03".to_owned(), "whole date of birth"),
    ] {
        let patient = w.chart("Kim Young", &born).await;
        desk.get(&urls::invites(patient)).await.is_ok().shows(text);
        desk.post(&urls::invites(patient), &[("evidence", "photo-id")]).await.is(422).shows(text);
    }
    let grown = w.chart("Kim Grown", &years(18).to_string()).await;
    let code = slip(&desk, grown).await;
    // Whoever dies meanwhile: the family calls.
    let sight = salus_db::Sight { patient: Some(grown), ..Default::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE patient SET deceased = TRUE WHERE patient_id = $1"), salus_db::args![grown]).await.unwrap();
    tx.commit().await.unwrap();
    try_slip(&w.browser(), &code, &years(18).to_string(), "k@example.org").await.is_ok().shows("can’t be opened online").hides("Grown");
    desk.get(&urls::invites(grown)).await.is_ok().shows("has died");
}
}

salus_test! {
async fn an_address_that_signs_in_already_costs_no_slip(w: World) {
    let ben = w.patient("Ben Okafor").await;
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    // Without slip and date nobody learns whose addresses are here: THR-05.
    let page = try_slip(&w.browser(), "0000-0000-0000", BORN, &ben.email).await;
    page.is(422);
    assert!(!page.text().contains("already signs in"), "{}", page.text());
    try_slip(&w.browser(), &code, BORN, &ben.email).await.is(422).shows("already signs in here");
    try_slip(&w.browser(), &code, BORN, "ana@example.org").await.goes_to(urls::ENROLL);
}
}

salus_test! {
async fn what_was_typed_stays_but_no_password(w: World) {
    let browser = w.browser();
    browser.get(urls::INVITE).await.is_ok();
    let name = "é😀שלום".repeat(2500);
    let page = browser
        .post(urls::INVITE, &[("slip", "abc"), ("birth_date", "soon"), ("email", &name), ("password", "secret-secret-1"), ("again", "secret-secret-2")])
        .await;
    page.is(422).shows("12 letters and numbers").shows("a date like").shows("email address").hides("secret-secret");
    assert!(page.body.contains("value=\"abc\"") && page.body.contains("value=\"soon\"") && page.body.contains(&name));
}
}

salus_test! {
async fn a_slip_lets_somebody_back_in_and_the_thief_out(w: World) {
    // IDN-06, ASVS V6.4.3: back in by proving again who one is; every old factor and session ends.
    let ana = w.patient("Ana Ruiz").await;
    let mut thiefs = ana.add_passkey("a thief’s").await;
    w.sign_in_by(&mut thiefs).await.1.goes_to(urls::HOME);
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    desk.get(&urls::invites(ana.patient)).await.is_ok();
    desk.post(&urls::invites(ana.patient), &[("evidence", "photo-id")]).await.is_ok().shows("Get back in");
    let code = slip(&desk, ana.patient).await;
    ana.get(&urls::record(ana.patient)).await.is_ok();
    try_slip(&w.browser(), &code, "3 15 1985", "new@example.org").await.is(422).shows("don’t match");
    ana.get(&urls::record(ana.patient)).await.is_ok();

    let fresh = w.browser();
    try_slip(&fresh, &code, BORN, "new@example.org").await.goes_to(urls::ENROLL);
    ana.get(&urls::record(ana.patient)).await.goes_to("/sign-in");
    w.sign_in_by(&mut thiefs).await.1.is(422);
    fresh.get(&urls::record(ana.patient)).await.goes_to(urls::ENROLL);
    w.enroll(&fresh).await;
    fresh.get(&urls::record(ana.patient)).await.is_ok();
    fresh.get(urls::SETTINGS).await.is_ok().shows("Ana Ruiz").shows("new@example.org");
    for (email, password) in [(ana.email.as_str(), crate::testing::PASSWORD), (ana.email.as_str(), PASSWORD), ("new@example.org", crate::testing::PASSWORD)] {
        let thief = w.browser();
        thief.get(urls::SIGN_IN).await.is_ok();
        thief.post(urls::SIGN_IN, &[("email", email), ("password", password)]).await.is(422);
    }
    let thief = w.browser();
    thief.get(urls::SIGN_IN).await.is_ok();
    thief.post(urls::SIGN_IN, &[("email", "new@example.org"), ("password", PASSWORD)]).await.goes_to("/sign-in/code");
    thief.get("/sign-in/code").await.is_ok();
    thief.post("/sign-in/code", &[("code", &ana.totp.code(w.now()))]).await.is(422);
    try_slip(&w.browser(), &code, BORN, "third@example.org").await.is_ok().shows("This slip no longer works");
}
}

salus_test! {
async fn somebody_else_s_address_is_not_taken_over_on_the_way_back_in(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, ana.patient).await;
    try_slip(&w.browser(), &code, BORN, &ben.email).await.is(422).shows("already signs in here");
    ana.get(&urls::record(ana.patient)).await.is_ok();
    // The own address is no problem.
    try_slip(&w.browser(), &code, BORN, &ana.email).await.goes_to(urls::ENROLL);
    ben.get(&urls::record(ben.patient)).await.is_ok();
}
}

salus_test! {
async fn the_front_desk_signs_a_patient_out_everywhere(w: World) {
    // ASVS V7.4.5: somebody calls, and their phone is gone.
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let lost = w.browser();
    w.sign_in_with(&ana, &lost).await;
    lost.get(&urls::record(ana.patient)).await.is_ok();
    let page = urls::invites(ana.patient);
    desk.get(&page).await.is_ok().shows("Sign out everywhere");
    desk.post(&urls::sign_patient_out(ana.patient), &[]).await.goes_to(&page);
    desk.get(&page).await.is_ok().shows("They are signed out on every device");
    for browser in [&lost, &ana.browser] {
        browser.get(&urls::record(ana.patient)).await.goes_to("/sign-in");
    }
    // Nobody else is, the desk neither; and what she signs in with is as it was.
    ben.get(&urls::record(ben.patient)).await.is_ok();
    w.sign_in(&ana).await;
    ana.get(&urls::record(ana.patient)).await.is_ok();
    let postbox = crate::testing::Postbox::new();
    postbox.work(&w).await;
    assert!(postbox.mails().await.iter().any(|mail| mail.contains("our front desk signed you out")), "the owner is not told");
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Signed you out on every device");
    // Nobody signs in to this chart.
    let dora = w.chart("Dora New", "1990-01-02").await;
    desk.get(&urls::invites(dora)).await.is_ok().hides("Sign out everywhere");
    desk.post(&urls::sign_patient_out(dora), &[]).await.is_not_found();
    for role in [Role::Nurse, Role::Administrator] {
        let other = w.staff("Other", role).await;
        other.get(urls::SETTINGS).await.is_ok();
        other.post(&urls::sign_patient_out(ana.patient), &[]).await.is_not_found();
    }
    ben.get(urls::SETTINGS).await.is_ok();
    ben.post(&urls::sign_patient_out(ana.patient), &[]).await.is_not_found();
    ana.get(&urls::record(ana.patient)).await.is_ok();
}
}

salus_test! {
async fn only_the_front_desk_makes_slips(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let biller = w.staff("Bill Biller", Role::Biller).await;
    for person in [&ana, &lena, &admin, &biller] {
        person.get(&urls::invites(ana.patient)).await.is_not_found();
        person.get(urls::SETTINGS).await;
        person.post(&urls::invites(ana.patient), &[("evidence", "photo-id")]).await.is_not_found();
    }
}
}

salus_test! {
async fn a_link_makes_one_colleague_with_one_role(w: World) {
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    for role in Role::ALL {
        let path = link(&admin, "Dana Whitfield", *role).await;
        // A mail scanner looks first: that uses nothing up.
        for _ in 0..3 {
            w.browser().get(&path).await.is_ok().shows("Dana Whitfield");
        }
        let dana = w.browser();
        let email = format!("dana.{}@example.org", role.word());
        join(&dana, &path, &email).await.goes_to(urls::ENROLL);
        w.enroll(&dana).await;
        dana.get(urls::STAFF).await.is_ok().shows("Dana");
        let searches = dana.get(urls::STAFF_PATIENTS).await.status.as_u16();
        let expected = if crate::access::Duties::of(*role).may(salus_kernel::Action::FindPatients) { 200 } else { 404 };
        assert_eq!(searches, expected, "{}", role.word());
        w.browser().get(&path).await.is_ok().shows("no longer works");
        let again = w.browser();
        again.get(urls::SIGN_IN).await.is_ok();
        again.post(&path, &[("email", "x@example.org"), ("password", PASSWORD), ("again", PASSWORD)]).await.is_ok().shows("no longer works");
    }
    admin.get(urls::CLINIC_STAFF).await.is_ok().shows("Dana Whitfield").shows("Nurse").shows("Billing");
}
}

salus_test! {
async fn links_end_are_taken_back_and_can_t_be_guessed(w: World) {
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let path = link(&admin, "Dana Whitfield", Role::Nurse).await;
    w.browser().get("/join/x").await.is_ok().shows("This link doesn’t work");
    w.browser().get(&format!("{}A", path)).await.is_ok().shows("This link doesn’t work");
    let browser = w.browser();
    browser.get(urls::SIGN_IN).await.is_ok();
    browser.post("/join/x", &[("email", "x@example.org"), ("password", PASSWORD), ("again", PASSWORD)]).await.is_ok().shows("doesn’t work");
    w.advance(7 * 24 * 60 * MINUTE);
    w.browser().get(&path).await.is_ok().shows("no longer works");

    w.sign_in(&admin).await;
    let path = link(&admin, "Jo Desk", Role::FrontDesk).await;
    let page = admin.get(urls::CLINIC_STAFF).await;
    let id = between(&page, "name=\"invite\" value=\"", "\"").to_owned();
    admin.post(urls::CLINIC_STAFF_WITHDRAW, &[("invite", &id)]).await.goes_to(urls::CLINIC_STAFF);
    w.browser().get(&path).await.is_ok().shows("no longer works");
    // A patient's slip is no link, and the other way round.
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, patient).await;
    w.browser().get(&format!("/join/{}", code.replace('-', ""))).await.is_ok().shows("doesn’t work");
}
}

salus_test! {
async fn a_closed_colleague_is_out_at_once_everywhere(w: World) {
    // ASVS V7.4.2: terminate all sessions when an account is disabled.
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let phone = w.browser();
    w.sign_in_with(&rosa, &phone).await;
    rosa.get(urls::STAFF_PATIENTS).await.is_ok();
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    let account = rosa.account.to_string();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    rosa.get(urls::STAFF_PATIENTS).await.goes_to("/sign-in");
    phone.get(urls::STAFF).await.goes_to("/sign-in");
    let fresh = w.browser();
    fresh.get(urls::SIGN_IN).await.is_ok();
    fresh.post(urls::SIGN_IN, &[("email", &rosa.email), ("password", crate::testing::PASSWORD)]).await.is(422).shows("don’t match");
    admin.get(urls::CLINIC_STAFF).await.is_ok().shows("Closed");
    // Nobody closes their own account: one administrator is always left.
    let own = admin.account.to_string();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &own), ("active", "no")]).await.is_not_found();
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "yes")]).await.goes_to(urls::CLINIC_STAFF);
    // Open again, but signed in nowhere.
    rosa.get(urls::STAFF_PATIENTS).await.goes_to("/sign-in");
    phone.get(urls::STAFF).await.goes_to("/sign-in");
    w.sign_in(&rosa).await;
    rosa.get(urls::STAFF_PATIENTS).await.is_ok();
}
}

salus_test! {
async fn a_colleague_who_is_closed_while_signing_in_gets_no_session(w: World) {
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    let account = rosa.account.to_string();
    let sign_ins = (0..8).map(|_| {
        let (browser, email) = (w.browser(), rosa.email.clone());
        async move {
            browser.get(urls::SIGN_IN).await.is_ok();
            browser.post(urls::SIGN_IN, &[("email", &email), ("password", crate::testing::PASSWORD)]).await;
            browser
        }
    });
    let close = async {
        // While some have begun and others wait for their turn to be hashed.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "no")]).await.goes_to(urls::CLINIC_STAFF);
    };
    let (browsers, ()) = tokio::join!(futures_util::future::join_all(sign_ins), close);
    admin.get(urls::CLINIC_STAFF).await.is_ok();
    admin.post(urls::CLINIC_STAFF_ACCESS, &[("account", &account), ("active", "yes")]).await.goes_to(urls::CLINIC_STAFF);
    for browser in browsers {
        browser.get("/sign-in/code").await.goes_to("/sign-in");
    }
}
}

salus_test! {
async fn closing_a_colleague_takes_back_what_lets_people_in_by_their_hand_or_name(w: World) {
    let grace = w.staff("Grace Kim", Role::Administrator).await;
    let hal = w.staff("Hal Admin", Role::Administrator).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.patient("Ana Ruiz").await;
    let by_hal = link(&hal, "Dana Whitfield", Role::Nurse).await;
    let by_grace = link(&grace, "Jo Biller", Role::Biller).await;
    let slip_by_rosa = slip(&rosa, ana.patient).await;
    for closed in [&hal, &rosa] {
        grace.get(urls::CLINIC_STAFF).await.is_ok();
        let fields = [("account", closed.account.to_string()), ("active", "no".to_owned())];
        let fields = [("account", fields[0].1.as_str()), ("active", "no")];
        grace.post(urls::CLINIC_STAFF_ACCESS, &fields).await.goes_to(urls::CLINIC_STAFF);
    }
    w.browser().get(&by_hal).await.is_ok().shows("no longer works");
    try_slip(&w.browser(), &slip_by_rosa, BORN, &ana.email).await.is_ok().shows("This slip no longer works");
    w.browser().get(&by_grace).await.is_ok().shows("Jo Biller");
    w.rows_are_intact().await;

    // The privacy officer reads whom it was about.
    let priya = w.staff("Priya Nair", Role::PrivacyOfficer).await;
    priya.get(urls::AUDIT).await.is_ok();
    let page = priya.post(urls::AUDIT, &[("account", "grace"), ("action", "change-staff")]).await;
    page.is_ok().shows(": Hal Admin, invite …").shows(": Rosa Desk, invite …");
    let page = priya.post(urls::AUDIT, &[("account", "hal"), ("action", "invite-staff")]).await;
    page.is_ok().shows(": invite …");
}
}

salus_test! {
async fn a_national_number_that_is_known_names_one_practitioner(w: World) {
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    let invite = async |name: &str, npi: &str| {
        admin.get(urls::CLINIC_STAFF).await.is_ok();
        admin.post(urls::CLINIC_STAFF_INVITE, &[("name", name), ("role", "practitioner"), ("npi", npi)]).await
    };
    let directory = async || admin.get(urls::DIRECTORY).await.text();
    // A link that was lost is made again; who was invited is in no list of people before they come.
    invite("Dr. Lena Park", "1234567893").await.is_ok();
    let page = invite("Dr. Lena Park", "1234567893").await;
    page.is_ok();
    assert!(!directory().await.contains("Lena Park"), "somebody who has not come yet is in the directory");
    let path = format!("/join/{}", between(&page, "https://portal.example.org/join/", "<"));
    // The number is hers: nobody else gets her patients by a slip of the hand, and nothing typed is lost.
    let page = invite("Dr. Omar Haddad", "1234567893").await;
    page.is(422).shows("This number belongs to Dr. Lena Park");
    assert!(page.body.contains("value=\"Dr. Omar Haddad\"") && page.body.contains("value=\"1234567893\""), "typed text is lost");

    let lena = w.browser();
    join(&lena, &path, "lena@example.org").await.goes_to(urls::ENROLL);
    assert!(directory().await.contains("Lena Park"));
    invite("Dr. Lena Park", "1234567893").await.is(422).shows("works here already");
}
}

salus_test! {
async fn a_changed_invite_opens_nothing(w: World) {
    let ana = w.chart("Ana Ruiz", "1985-03-14").await;
    let ben = w.chart("Ben Okafor", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let code = slip(&desk, ana).await;
    // Whoever can write rows points Ana's slip at Ben's chart.
    let sql = format!("UPDATE invite SET patient_id = '{ben}'");
    if let Some(urls) = &w.raw {
        salus_db::testing::raw(&urls.owner, &sql).await.unwrap();
    } else {
        let mut tx = w.db.begin(&salus_db::Sight::of_run("accounts")).await.unwrap();
        tx.execute(salus_db::Sql::owned(sql), Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    }
    try_slip(&w.browser(), &code, BORN, "a@example.org").await.is(422).shows("don’t match");
}
}

salus_test! {
async fn the_who_may_do_what_page_is_the_policy(w: World) {
    let admin = w.staff("Grace Kim", Role::Administrator).await;
    admin.get(urls::CLINIC_ROLES).await.is_ok().shows("For patients in their care").shows("Look patients up").shows("Billing");
    w.staff("Rosa Desk", Role::FrontDesk).await.get(urls::CLINIC_ROLES).await.is_not_found();
}
}
