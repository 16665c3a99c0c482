//! The second door, through the front door, on both engines.

use salus_kernel::{MINUTE, PatientId, Role};

use crate::{
    salus_test,
    shell::urls,
    testing::{Browser, CHOSEN, Page, Person, Postbox, between, mailed},
};

const BORN: &str = "3 14 1985";
const ANA: &str = "ana@example.org";
const HOUR: i64 = 60 * MINUTE;

async fn verify(browser: &Browser, link: &str, born: &str) -> Page {
    browser.get(link).await.is_ok();
    browser.post(link, &[("birth_date", born), ("password", CHOSEN), ("again", CHOSEN)]).await
}

async fn link(desk: &Person, patient: PatientId, account: impl std::fmt::Display, sure: &str) -> Page {
    let url = urls::compare(patient, account);
    desk.get(&url).await.is_ok();
    desk.post(&url, &[("evidence", "photo-id"), ("sure", sure)]).await
}

salus_test! {
async fn whoever_registers_reads_their_chart_once_the_desk_knows_them(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let other = w.chart("Ben Okafor", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    let ana = w.registered(&postbox, "Ana Ruiz", BORN, ANA).await;
    // Who checks, how long it takes, whom to call; and nothing opens, though name and date of birth are the chart's.
    ana.get(urls::HOME).await.is_ok().shows("making sure that it is you").shows("front desk of Riverside Clinic")
        .shows("within 2 working days").shows("Whom to call");
    ana.get(&urls::record(patient)).await.is_not_found();

    desk.get(urls::STAFF).await.is_ok().shows("One person is waiting");
    desk.get(urls::REGISTRATIONS).await.is_ok().shows("Ana Ruiz").shows("March 14, 1985");
    desk.get(&urls::registration(ana.account)).await.is_ok().shows("Ben Okafor").shows(ANA)
        .shows("Same name and date of birth").shows("Same date, other name");
    desk.get(&urls::compare(patient, ana.account)).await.is_ok().shows("That alone proves nothing").hides("looked twice");
    // Somebody has to say how they knew.
    desk.post(&urls::compare(patient, ana.account), &[("evidence", "they said so")]).await.is(422).shows("Choose how you checked");
    ana.get(&urls::record(patient)).await.is_not_found();
    link(&desk, patient, ana.account, "").await.goes_to(urls::REGISTRATIONS);
    ana.get(&urls::record(patient)).await.is_ok();
    ana.get(&urls::record(other)).await.is_not_found();
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert!(mails.iter().any(|mail| mail.contains("there is an answer about your account")), "{mails:?}");
    // The patient sees who linked what.
    let log = w.ledger_of(patient).await.join("\n");
    assert!(log.contains("link-account") && log.contains("compare-account"), "{log}");
    desk.get(&urls::registration(ana.account)).await.is_ok().shows("Linked").shows("Rosa Desk").shows("Open the chart");
    // A second time nothing happens, and a second account for the same chart isn't bound either.
    desk.post(&urls::compare(patient, ana.account), &[("evidence", "photo-id")]).await.is(422).shows("decided already");
    let eve = w.registered(&postbox, "Ana Ruiz", BORN, "eve@example.org").await;
    link(&desk, patient, eve.account, "yes").await.is(422).shows("Somebody signs in to this chart already");
    eve.get(&urls::record(patient)).await.is_not_found();
    // Every row of it is as the ledger says it was written.
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_link_verifies_once_by_a_post_and_a_new_one_voids_it(w: World) {
    // FLAW-02, IDN-08, ASVS V6.4.1.
    let postbox = Postbox::new();
    let browser = w.browser();
    w.ask(&browser, "Ana Ruiz", BORN, ANA).await.goes_to(urls::REGISTER_SENT);
    browser.get(urls::REGISTER_SENT).await.is_ok().shows("Look into your email").hides("Ana").hides(ANA);
    postbox.work(&w).await;
    let first = mailed(&postbox, ANA, "verify").await.unwrap();
    // A scanner looks at it ten times.
    for _ in 0..10 {
        w.browser().get(&first).await.is_ok().shows("Your address is right").hides("Ruiz").hides(ANA);
    }
    w.ask(&browser, "Ana Ruiz", BORN, "ANA@example.org ").await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let second = mailed(&postbox, "ANA@example.org", "verify").await.unwrap();
    assert_ne!(first, second);
    verify(&w.browser(), &first, BORN).await.is_ok().shows("This link no longer works");
    // Another browser than the one that asked may go on: people read mail on their phone.
    verify(&w.browser(), &second, BORN).await.goes_to(urls::ENROLL);
    w.browser().get(&second).await.is_ok().shows("This link no longer works");
    w.browser().get("/verify/nothing").await.is_ok().shows("doesn’t work");
    // A link of another door opens nothing here, and this one nothing there.
    w.browser().get(&second.replace("verify", "join")).await.is_ok().shows("doesn’t work");
    w.browser().get(&second.replace("verify", "reset")).await.is_ok().shows("no longer works");

    // A day later there is nothing left of what nobody went on with.
    w.ask(&browser, "Zoe Zander", BORN, "zoe@example.org").await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let late = mailed(&postbox, "zoe@example.org", "verify").await.unwrap();
    w.advance(24 * HOUR);
    w.browser().get(&late).await.is_ok().shows("This link no longer works");
    w.advance(2 * HOUR);
    postbox.work(&w).await;
    assert!(w.job_states().await.iter().all(|state| state == "done"), "{:?}", w.jobs().await);
}
}

salus_test! {
async fn a_mail_to_a_mistyped_address_makes_no_account(w: World) {
    // Whoever gets the link doesn't know the date of birth; five wrong ones end it.
    let postbox = Postbox::new();
    w.ask(&w.browser(), "Ana Ruiz", BORN, "stranger@example.org").await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, "stranger@example.org", "verify").await.unwrap();
    let stranger = w.browser();
    for day in 1..=5 {
        verify(&stranger, &link, &format!("4 {day} 1985")).await.is(422).shows("not the date of birth");
    }
    w.browser().get(&link).await.is_ok().shows("This link no longer works");
    // Nor does the form help that was open before.
    stranger.post(&link, &[("birth_date", BORN), ("password", CHOSEN), ("again", CHOSEN)]).await.is(422).shows("not the date of birth");
}
}

salus_test! {
async fn twenty_at_once_make_one_account(w: World) {
    // FLAW-01: a race of redeemers.
    let postbox = Postbox::new();
    w.ask(&w.browser(), "Ana Ruiz", BORN, ANA).await.goes_to(urls::REGISTER_SENT);
    postbox.work(&w).await;
    let link = mailed(&postbox, ANA, "verify").await.unwrap();
    let all = futures_util::future::join_all((0..20).map(|_| {
        let (browser, link) = (w.browser(), link.clone());
        async move {
            browser.get(&link).await;
            browser.post(&link, &[("birth_date", BORN), ("password", CHOSEN), ("again", CHOSEN)]).await
        }
    }))
    .await;
    let made = all.iter().filter(|page| page.status == 303).count();
    assert_eq!(made, 1, "{:?}", all.iter().map(|page| page.status.as_u16()).collect::<Vec<_>>());
}
}

salus_test! {
async fn known_and_unknown_addresses_look_the_same(w: World) {
    // THR-05, ASVS V6.3.8: text, status, headers, work; only the address's own mail tells.
    let ana = w.account("Ana Ruiz", None, None).await;
    let postbox = Postbox::new();
    let mut answers = Vec::new();
    for email in [ana.email.as_str(), "nobody@example.org"] {
        let browser = w.browser();
        let page = w.ask(&browser, "Ana Ruiz", BORN, email).await;
        page.goes_to(urls::REGISTER_SENT);
        let mut headers: Vec<String> = page.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        let after = browser.get(urls::REGISTER_SENT).await.text();
        answers.push((page.status, headers, after.split("Reference").next().map(str::to_owned)));
    }
    assert_eq!(answers[0], answers[1]);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), 2);
    let to = |email: &str| mails.iter().find(|mail| mail.contains(&format!("To: {email}\r\n"))).unwrap();
    assert!(to(&ana.email).contains("It has one already") && !to(&ana.email).contains("/verify/"));
    assert!(to("nobody@example.org").contains("/verify/"));
    for mail in &mails {
        assert!(!mail.contains("Ana") && !mail.contains("1985"), "{mail}");
    }
}
}

salus_test! {
async fn twins_and_juniors_are_flagged_and_need_a_second_look(w: World) {
    // IDN-13.
    let twin = w.chart("Eva Ruiz", "1985-03-14").await;
    let own = w.chart("Ana Ruiz", "1985-03-14").await;
    let father = w.chart("Ana Ruiz", "1955-01-02").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.registered(&Postbox::new(), "Ana Ruiz", BORN, ANA).await;
    desk.get(&urls::registration(ana.account)).await.is_ok().shows("Twin? Same date and last name").shows("Parent or child?");
    for (patient, words) in [(twin, "A twin?"), (father, "A parent or a child?"), (own, "One other chart has this date of birth")] {
        let url = urls::compare(patient, ana.account);
        desk.get(&url).await.is_ok().shows(words).shows("I looked twice");
        desk.post(&url, &[("evidence", "photo-id"), ("sure", "no")]).await.is(422).shows("If you are not sure");
        desk.post(&url, &[("evidence", "photo-id")]).await.is(422);
        ana.get(&urls::record(patient)).await.is_not_found();
    }
    link(&desk, own, ana.account, "yes").await.goes_to(urls::REGISTRATIONS);
    ana.get(&urls::record(own)).await.is_ok();
}
}

salus_test! {
async fn the_desk_turns_down_with_a_reason_and_may_think_again(w: World) {
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    let ana = w.registered(&postbox, "Ana Ruiz", BORN, ANA).await;
    let one = urls::registration(ana.account);
    desk.get(&one).await.is_ok().shows("No chart has this name");
    desk.post(&urls::refuse_registration(ana.account), &[("reason", "bad mood")]).await.is(422).shows("Choose why");
    desk.post(&urls::refuse_registration(ana.account), &[("reason", "not-proven")]).await.goes_to(urls::REGISTRATIONS);
    postbox.work(&w).await;
    assert!(postbox.mails().await.iter().any(|mail| mail.contains("there is an answer")));
    ana.get(urls::HOME).await.is_ok().shows("could not make sure that it is you").shows("please call us");
    desk.get(&one).await.is_ok().shows("Turned down").shows("Rosa Desk").hides("Charts that it could be");
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    link(&desk, patient, ana.account, "").await.is(422).shows("decided already");
    desk.post(&urls::reopen_registration(ana.account), &[]).await.goes_to(&one);
    link(&desk, patient, ana.account, "").await.goes_to(urls::REGISTRATIONS);
    // What is linked can't be turned down by a late click.
    desk.post(&urls::refuse_registration(ana.account), &[("reason", "not-proven")]).await.goes_to(&one);
    ana.get(&urls::record(patient)).await.is_ok();
}
}

salus_test! {
async fn a_new_chart_is_made_for_who_has_none(w: World) {
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.registered(&Postbox::new(), "Ana María Ruiz", BORN, ANA).await;
    let form = desk.get(&urls::chart_for(ana.account)).await;
    form.is_ok();
    for filled in ["value=\"Ana María\"", "value=\"Ruiz\"", "value=\"3/14/1985\"", "value=\"ana@example.org\""] {
        assert!(form.body.contains(filled), "{filled} in {}", form.body);
    }
    let account = ana.account.to_string();
    let fields = |sex: &'static str, another: &'static str| {
        [("given", "Ana María"), ("family", "Ruiz"), ("birth_date", "3/14/1985"), ("sex", sex), ("email", ANA), ("phone", ""), ("mrn", ""), ("another", another)]
    };
    let post = async |fields: &[(&str, &str)]| {
        let mut all = fields.to_vec();
        all.push(("registration", account.as_str()));
        desk.post(urls::CHART_NEW, &all).await
    };
    post(&fields("", "")).await.is(422).shows("Choose one");
    let made = post(&fields("female", "")).await;
    assert!(made.status == 303 && made.location().ends_with(&account), "{} {}", made.status, made.text());
    let patient: PatientId = made.location().split('/').nth(2).unwrap().parse().unwrap();
    desk.get(made.location()).await.is_ok().shows("Name and date of birth are the same");
    link(&desk, patient, ana.account, "").await.goes_to(urls::REGISTRATIONS);
    ana.get(&urls::record(patient)).await.is_ok();
    ana.get(&urls::profile(patient)).await.is_ok().shows("Ana María Ruiz").shows("March 14, 1985").shows("Female").shows("S-");
    assert!(w.ledger_of(patient).await.iter().any(|line| line.contains("make-chart")));
    // Search finds it at once, and another one like it asks first.
    desk.get(urls::STAFF_PATIENTS).await.is_ok();
    desk.post(urls::STAFF_PATIENTS, &[("query", "ruiz")]).await.is_ok().shows("Ana María Ruiz");
    desk.get(urls::CHART_NEW).await.is_ok();
    desk.post(urls::CHART_NEW, &fields("female", "")).await.is(422).shows("There is a chart like this").shows("Ana María Ruiz");
    let second = desk.post(urls::CHART_NEW, &fields("female", "yes")).await;
    assert_eq!(second.status, 303);
    // A number that another chart has is told beside its field.
    let with_number = |n: &'static str| [("given", "Zoe"), ("family", "Zander"), ("birth_date", "1/2/1990"), ("sex", "other"), ("mrn", n)];
    assert_eq!(desk.post(urls::CHART_NEW, &with_number("A-17")).await.status, 303);
    desk.post(urls::CHART_NEW, &[("given", "Ben"), ("family", "Okafor"), ("birth_date", "1/2/1991"), ("sex", "male"), ("mrn", "a17")]).await.is(422).shows("Another chart has this number");
}
}

salus_test! {
async fn unlinking_counts_at_once_and_is_told(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let other = w.chart("Ana Ruiz", "1985-03-15").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    let ana = w.registered(&postbox, "Ana Ruiz", BORN, ANA).await;
    link(&desk, patient, ana.account, "").await.goes_to(urls::REGISTRATIONS);
    ana.get(&urls::record(patient)).await.is_ok();
    desk.get(&urls::invites(patient)).await.is_ok().shows("Is it the wrong person?");
    desk.get(&urls::unlink(patient)).await.is_ok().shows("tell the privacy officer today");
    desk.post(&urls::unlink(patient), &[]).await.goes_to(&urls::invites(patient));
    ana.get(&urls::record(patient)).await.is_not_found();
    ana.get(urls::HOME).await.is_ok().shows("no longer opens a record");
    postbox.work(&w).await;
    assert!(postbox.mails().await.iter().any(|mail| mail.contains("what your account at Riverside Clinic opens was changed")));
    // And to the right one.
    desk.get(urls::REGISTRATIONS).await.is_ok().shows("Unlinked");
    link(&desk, other, ana.account, "yes").await.goes_to(urls::REGISTRATIONS);
    ana.get(&urls::record(other)).await.is_ok();
    ana.get(&urls::record(patient)).await.is_not_found();
    desk.get(&urls::unlink(patient)).await.is_ok().shows("Nobody signs in to this chart");
}
}

salus_test! {
async fn bad_input_is_told_beside_its_field_and_nothing_is_lost(w: World) {
    let browser = w.browser();
    browser.get(urls::REGISTER).await.is_ok();
    let long = "x".repeat(10_000);
    let fields = [("name", long.as_str()), ("birth_date", "yesterday"), ("email", "ana"), ("phone", "ring me")];
    let page = browser.post(urls::REGISTER, &fields).await;
    page.is(422).shows("Enter your first and last name").shows("Enter a date like").shows("Enter a phone number like");
    for (_, typed) in fields {
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{typed:.20} is lost");
    }
    w.ask(&browser, "Ana Ruiz", "3 14 2012", ANA).await.is(422).shows("People under 18");
    for name in ["李", "ليلى عبد الرحمن", "Ana 😀 Ruiz", "<b>Ana</b>"] {
        w.ask(&w.browser(), name, BORN, "many@example.org").await.goes_to(urls::REGISTER_SENT);
        w.advance(2 * MINUTE);
    }
    // One address gets no more mail than a person needs, whoever asks; and nobody is told, because it would tell.
    let postbox = Postbox::new();
    for _ in 0..8 {
        w.ask(&w.browser(), "Ana Ruiz", BORN, ANA).await.goes_to(urls::REGISTER_SENT);
        postbox.work(&w).await;
    }
    let mails = postbox.mails().await.into_iter().filter(|mail| mail.contains(&format!("To: {ANA}\r\n"))).count();
    assert_eq!(mails, 5);
}
}

salus_test! {
async fn only_the_front_desk_binds_and_only_whose_address_is_verified(w: World) {
    // THR-A1: an account that nobody verified is no page; nor is a patient's own account, nor somebody else's id.
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    let ana = w.registered(&postbox, "Ana Ruiz", BORN, ANA).await;
    desk.get(&urls::compare(patient, ana.account)).await.is_ok();
    let ben = w.patient("Ben Okafor").await;
    for account in [ben.account.to_string(), desk.account.to_string(), "01890000-0000-7000-8000-000000000000".into(), "x".into()] {
        for url in [urls::compare(patient, &account), urls::registration(&account), urls::chart_for(&account)] {
            desk.get(&url).await.is_not_found();
        }
        desk.get(urls::SETTINGS).await.is_ok();
        desk.post(&urls::compare(patient, &account), &[("evidence", "photo-id"), ("sure", "yes")]).await.is_not_found();
        desk.post(&urls::refuse_registration(&account), &[("reason", "not-proven")]).await.is_not_found();
    }
    // Who registered can't bind themselves, nor bind the front desk's way to another chart.
    ana.get(urls::SETTINGS).await.is_ok();
    ana.post(&urls::compare(patient, ana.account), &[("evidence", "photo-id"), ("sure", "yes")]).await.is_not_found();
    ana.get(&urls::record(patient)).await.is_not_found();
    // Nor does a chart of somebody who has died, or is under 18, open to anybody.
    let child = w.chart("Ana Ruiz", "2012-03-14").await;
    link(&desk, child, ana.account, "yes").await.is(422).shows("under 18");
    ana.get(&urls::record(child)).await.is_not_found();
}
}

/// The code on a fresh slip for a chart.
async fn slip(desk: &Person, patient: PatientId) -> String {
    desk.get(&urls::invites(patient)).await.is_ok();
    let page = desk.post(&urls::invites(patient), &[("evidence", "photo-id")]).await;
    between(page.is_ok(), "<p class=\"s-secret s-mono\" translate=\"no\">", "</p>").to_owned()
}

async fn redeem(browser: &Browser, code: &str, email: &str) -> Page {
    browser.get(urls::INVITE).await.is_ok();
    let fields = [("slip", code), ("birth_date", BORN), ("email", email), ("password", CHOSEN), ("again", CHOSEN)];
    browser.post(urls::INVITE, &fields).await
}

salus_test! {
async fn a_slip_back_in_ends_when_its_account_is_unbound(w: World) {
    // An account that was bound to the wrong chart and then to its own is not handed to whoever had the slip in between.
    let anas = w.chart("Ana Ruiz", "1985-03-14").await;
    let evas = w.chart("Eva Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let eva = w.registered(&Postbox::new(), "Eva Ruiz", BORN, "eva@example.org").await;
    link(&desk, anas, eva.account, "yes").await.goes_to(urls::REGISTRATIONS);
    let back = slip(&desk, anas).await;
    desk.post(&urls::unlink(anas), &[]).await.goes_to(&urls::invites(anas));
    link(&desk, evas, eva.account, "yes").await.goes_to(urls::REGISTRATIONS);
    redeem(&w.browser(), &back, "ana@example.org").await.is_ok().shows("This slip no longer works");
    eva.get(&urls::record(evas)).await.is_ok();

    // Also where the slip itself was forgotten: the grant is looked at when it is used.
    desk.post(&urls::unlink(evas), &[]).await.goes_to(&urls::invites(evas));
    link(&desk, anas, eva.account, "yes").await.goes_to(urls::REGISTRATIONS);
    let back = slip(&desk, anas).await;
    let sight = salus_db::Sight { patient: Some(anas), role: Some(Role::FrontDesk), ..salus_db::Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    tx.execute(salus_db::sql!("UPDATE access_grant SET ends_at = $1 WHERE patient_id = $2 AND ends_at IS NULL"), salus_db::args![w.now(), anas]).await.unwrap();
    tx.commit().await.unwrap();
    redeem(&w.browser(), &back, "ana@example.org").await.is_ok().shows("This slip no longer works");
    eva.get(urls::SETTINGS).await.is_ok().shows("eva@example.org");
}
}

salus_test! {
async fn one_account_at_a_time_opens_a_chart(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let other = w.chart("Ben Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let postbox = Postbox::new();
    // A slip that was out when she was linked makes no second account.
    let lost = slip(&desk, patient).await;
    let ana = w.registered(&postbox, "Ana Ruiz", BORN, ANA).await;
    link(&desk, patient, ana.account, "yes").await.goes_to(urls::REGISTRATIONS);
    redeem(&w.browser(), &lost, "finder@example.org").await.is_ok().shows("This slip no longer works");
    // Ten desks bind ten people to one chart in the same moment: one is bound, and can be turned down no more.
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(w.registered(&postbox, "Ben Ruiz", BORN, &format!("ben{n}@example.org")).await);
    }
    let desks = futures_util::future::join_all((0..4).map(|n| w.staff(["Ann", "Bo", "Cy", "Di"][n], Role::FrontDesk))).await;
    for (desk, person) in desks.iter().zip(&people) {
        desk.get(&urls::compare(other, person.account)).await.is_ok();
    }
    let all = desks.iter().zip(&people).map(|(desk, person)| async {
        let url = urls::compare(other, person.account);
        desk.post(&url, &[("evidence", "photo-id"), ("sure", "yes")]).await.status.as_u16()
    });
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|status| [303, 422].contains(status)), "{all:?}");
    let mut open = 0;
    for person in &people {
        open += u32::from(person.get(&urls::record(other)).await.status == 200);
    }
    assert_eq!(open, 1, "more than one account opens the chart");
    // Nor by anything else: the table refuses a second one, which a race may or may not come to.
    let second = format!(
        "INSERT INTO access_grant (id, account_id, patient_id, basis, starts_at, ends_at, created_at, entry)
         SELECT '018f0000-0000-7000-8000-000000000001', '{}', patient_id, basis, starts_at, NULL, created_at, entry
           FROM access_grant WHERE patient_id = '{other}' AND basis = 'self' AND ends_at IS NULL", people[0].account
    );
    let mut tx = w.db.begin(&salus_db::Sight::of_run("accounts")).await.unwrap();
    let written = tx.execute(salus_db::Sql::owned(second), Vec::new()).await;
    assert!(written.is_err(), "a second account opens the chart: {written:?}");
}
}

salus_test! {
async fn the_desk_is_told_when_somebody_else_decided(w: World) {
    let patient = w.chart("Ana Ruiz", "1985-03-14").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let ana = w.registered(&Postbox::new(), "Ana Ruiz", BORN, ANA).await;
    link(&desk, patient, ana.account, "").await.goes_to(urls::REGISTRATIONS);
    let page = desk.post(&urls::refuse_registration(ana.account), &[("reason", "not-proven")]).await;
    page.goes_to(&urls::registration(ana.account));
    desk.get(page.location()).await.is_ok().shows("Somebody else decided").hides("Turned down. The person");
    ana.get(&urls::record(patient)).await.is_ok();
}
}
