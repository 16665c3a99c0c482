//! Emergencies through the front door: HIP-03, THR-01.

use salus_db::{Sight, args, sql};
use salus_kernel::{MINUTE, PatientId, Role};

use crate::{
    salus_test,
    shell::urls,
    testing::{PASSWORD, Page, Person, Postbox, between},
};

/// Opens a record with a good reason and the right password.
pub async fn opens(who: &Person, patient: PatientId) -> Page {
    who.get(&urls::emergency(patient)).await.is_ok();
    let fields = [("reason", "Fainted in the waiting room"), ("password", PASSWORD)];
    who.post(&urls::emergency(patient), &fields).await
}

salus_test! {
async fn a_record_opens_for_an_hour_and_everybody_is_told(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let ben = w.patient("Ben Okafor").await;
    w.one_of_each(ana.patient, "sample").await;
    let omar = w.practitioner("Dr. Omar Other").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    let officer = w.staff("Olu Officer", Role::PrivacyOfficer).await;
    let (record, form) = (urls::record(ana.patient), urls::emergency(ana.patient));
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    omar.get(&record).await.is_not_found();
    let found = {
        omar.get(urls::STAFF_PATIENTS).await.is_ok();
        omar.post(urls::STAFF_PATIENTS, &[("query", "Ana Ruiz")]).await
    };
    found.is_ok().shows("opens in an emergency alone");
    assert!(found.body.contains(&form), "search does not lead to the form");
    omar.get(&form).await.is_ok().shows("Ana Ruiz").shows("for one hour").hides("Sample");

    // Without a reason or the password nothing opens, and what was typed stays.
    omar.post(&form, &[("reason", " now "), ("password", PASSWORD)]).await.is(422).shows("Write in a sentence");
    let long = "x".repeat(1001);
    omar.post(&form, &[("reason", &long), ("password", PASSWORD)]).await.is(422).shows("1,000 characters fit");
    let wrong = omar.post(&form, &[("reason", "Fainted in the waiting room"), ("password", "not it")]).await;
    wrong.is(422).shows("This is not your password").shows("Fainted in the waiting room");
    assert!(!wrong.body.contains("not it"), "a password comes back");
    omar.get(&record).await.is_not_found();

    opens(&omar, ana.patient).await.goes_to(&record);
    omar.get(&record).await.is_ok().shows("You opened this record in an emergency. It closes at 10:0").shows("told now");
    omar.get(&urls::section(ana.patient, urls::Section::Problems)).await.is_ok().shows("Sample problems");
    // Once more leads to the record, and is not another time.
    omar.get(&form).await.goes_to(&record);
    omar.post(&form, &[("reason", "x"), ("password", "")]).await.goes_to(&record);
    // Read and no more: not what patients write, nobody else's record, and nobody else.
    for closed in [urls::messages(ana.patient), urls::access_log(ana.patient), urls::visit_new(ben.patient), urls::record(ben.patient)] {
        omar.get(&closed).await.is_not_found();
    }
    omar.get(urls::SETTINGS).await.is_ok();
    omar.post(&urls::visit_hold(ana.patient), &[("service", "")]).await.is_not_found();
    lena.get(&record).await.is_not_found();

    // Who it is about reads it, by name and reason; the officer is mailed at once, and nothing of it is in the mail.
    let log = ana.get(&urls::access_log(ana.patient)).await;
    log.is_ok().shows("Dr. Omar Other").shows("Opened your record in an emergency, for an hour").shows("Reason: Emergency");
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), before + 1);
    let mail = mails.last().unwrap();
    assert!(mail.contains(&officer.email) && mail.contains("access for emergencies"), "{mail}");
    for secret in ["Ana", "Ruiz", "Omar", "Fainted", "waiting room"] {
        assert!(!mail.contains(secret), "{secret} in {mail}");
    }
    officer.get(urls::STAFF).await.is_ok().shows("One record that was opened with a reason waits for you");
    let page = officer.get(urls::EMERGENCIES).await;
    page.is_ok().shows("Dr. Omar Other").shows("Fainted in the waiting room").hides("Ruiz").hides("more than three days");
    let sign = format!("/audit/emergencies/{}", between(&page, "action=\"/audit/emergencies/", "\""));
    let patient = ana.patient.to_string();
    let opened = officer.post(urls::AUDIT, &[("account", &omar.account.to_string()), ("patient", &patient)]).await;
    opened.is_ok().shows("Opened health problems").shows("Emergency").shows("Opened a record in an emergency");

    // After the hour it is closed by itself, whatever was signed.
    w.advance(59 * MINUTE);
    w.sign_in(&omar).await;
    omar.get(&record).await.is_ok();
    w.advance(2 * MINUTE);
    w.sign_in(&omar).await;
    omar.get(&record).await.is_not_found();
    w.advance(72 * 60 * MINUTE);
    w.sign_in(&officer).await;
    officer.get(urls::EMERGENCIES).await.is_ok().shows("Waiting for more than three days");
    officer.post(&sign, &[("verdict", "fine")]).await.is(400);
    officer.post(&sign, &[("verdict", "not-justified")]).await.goes_to(urls::EMERGENCIES);
    let page = officer.get(urls::EMERGENCIES).await;
    page.is_ok().shows("Nothing waits").shows("It was not right, says Olu Officer").shows("Signed off.");
    officer.post(&sign, &[("verdict", "justified")]).await.goes_to(urls::EMERGENCIES);
    officer.get(urls::EMERGENCIES).await.is_ok().shows("It was not right").hides("It was right, says");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_password_is_not_guessed_at_the_form(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let omar = w.practitioner("Dr. Omar Other").await;
    let form = urls::emergency(ana.patient);
    omar.get(&form).await.is_ok();
    for _ in 0..5 {
        omar.post(&form, &[("reason", "Fainted in the waiting room"), ("password", "guess")]).await.is(422);
    }
    let sixth = omar.post(&form, &[("reason", "Fainted in the waiting room"), ("password", PASSWORD)]).await;
    sixth.is(429).shows("try again at").shows("Fainted in the waiting room");
    omar.get(&urls::record(ana.patient)).await.is_not_found();
    w.advance(2 * MINUTE);
    opens(&omar, ana.patient).await.goes_to(&urls::record(ana.patient));
}
}

salus_test! {
async fn nobody_signs_off_their_own(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let omar = w.practitioner("Dr. Omar Other").await;
    opens(&omar, ana.patient).await.goes_to(&urls::record(ana.patient));
    // Later they guard privacy.
    let mut tx = w.db.begin(&Sight::of_run("accounts")).await.unwrap();
    let becomes = sql!("UPDATE staff_member SET role = 'privacy-officer', practitioner_id = NULL WHERE account_id = $1");
    assert_eq!(tx.execute(becomes, args![omar.account]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let page = omar.get(urls::EMERGENCIES).await;
    page.is_ok().shows("Somebody else signs it off").hides("It was right");
    let sight = Sight::of_run("audit");
    let (id,): (salus_kernel::ResourceId,) =
        w.db.read(&sight).await.unwrap().one(sql!("SELECT id FROM emergency_access"), Vec::new()).await.unwrap();
    omar.post(&urls::emergency_sign(id), &[("verdict", "justified")]).await.is_not_found();
    // By no program either.
    let sight = Sight { account: Some(omar.account), role: Some(Role::PrivacyOfficer), ..Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    let sign = sql!("UPDATE emergency_access SET reviewed_at = 1, reviewed_by = $2, verdict = 'justified' WHERE id = $1");
    assert!(tx.execute(sign, args![id, omar.account]).await.is_err());
}
}

salus_test! {
async fn a_record_is_not_open_for_longer_nor_for_others_by_raw_sql(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let omar = w.practitioner("Dr. Omar Other").await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let insert = async |account, role, hours: i64| {
        let sight = Sight { patient: Some(ana.patient), account: Some(omar.account), role: Some(role), ..Sight::default() };
        let mut tx = w.db.begin(&sight).await.unwrap();
        let sql = sql!(
            "INSERT INTO emergency_access (id, patient_id, account_id, reason, starts_at, ends_at, updated_at, key_version, version, entry)
             VALUES ($1, $2, $3, $4, $5, $6, $5, 1, 1, '')"
        );
        let id = salus_kernel::ResourceId::new(w.now(), salus_vault::random());
        let until = w.now().plus(hours * 60 * MINUTE);
        tx.execute(sql, args![id, ana.patient, account, vec![0_u8], w.now(), until]).await.is_ok()
    };
    assert!(insert(omar.account, Role::Practitioner, 1).await, "the application's own insert");
    assert!(!insert(omar.account, Role::Practitioner, 2).await, "for longer than an hour");
    if w.raw.is_some() {
        assert!(!insert(omar.account, Role::FrontDesk, 1).await, "by who treats nobody");
        assert!(!insert(desk.account, Role::Practitioner, 1).await, "for somebody else");
    }
}
}

salus_test! {
async fn a_watched_record_is_opened_with_a_reason_and_the_officer_is_told(w: World) {
    // THR-02.
    let officer = w.staff("Olu Officer", Role::PrivacyOfficer).await;
    let [rosa, ruth] = [w.staff("Rosa Desk", Role::FrontDesk).await, w.staff("Ruth Desk", Role::FrontDesk).await];
    let lena = w.practitioner("Dr. Lena Park").await;
    let ana = w.patient("Ana Ruiz").await;
    w.assign(&lena, ana.patient).await;
    let (profile, why) = (urls::profile(ana.patient), urls::reason(ana.patient));
    // Nothing is asked of a record that nobody watches.
    rosa.get(&profile).await.is_ok();
    rosa.get(&why).await.goes_to(&profile);
    rosa.post(&why, &[("reason", "")]).await.goes_to(&profile);
    w.watched(&officer, ana.patient).await;
    let postbox = Postbox::new();
    postbox.work(&w).await;
    let before = postbox.mails().await.len();

    let asked = rosa.get(&profile).await;
    asked.is(303);
    let form = asked.location().to_owned();
    assert_eq!(form, urls::with_next(&why, &profile));
    rosa.get(&form).await.is_ok().shows("Why do you need this record?").hides("Ana").hides("Ruiz");
    rosa.post(&why, &[("reason", " bill "), ("next", &profile)]).await.is(422).shows("Write in a sentence").holds("bill").holds(&profile);
    rosa.get(&profile).await.is(303);
    // Nobody is led away from here.
    rosa.get(&form).await.is_ok();
    let said = rosa.post(&why, &[("reason", "She called about her bill"), ("next", "https://evil.example/")]).await;
    said.goes_to(&profile);
    rosa.get(&profile).await.is_ok().shows("open to you for an hour").shows("Ana Ruiz");
    rosa.post(&why, &[("reason", "once more, for certain"), ("next", &profile)]).await.goes_to(&profile);
    // Of others it is asked all the same, but not of who treats her, nor of her.
    ruth.get(&profile).await.is(303);
    lena.get(&urls::record(ana.patient)).await.is_ok();
    ana.get(&urls::record(ana.patient)).await.is_ok();
    // What was typed waits meanwhile.
    w.advance(MINUTE / 2);
    ruth.get(urls::SETTINGS).await.is_ok();
    let fields = [("name", "Typed Before"), ("basis", "adult"), ("evidence", "seen"), ("months", "6")];
    let kept = ruth.post(&urls::caregivers(ana.patient), &fields).await;
    kept.is(303);
    let form = kept.location().to_owned();
    assert!(form.starts_with(&format!("{why}?next=/kept/")), "{form}");
    let next = form.split("next=").nth(1).unwrap().to_owned();
    ruth.get(&form).await.is_ok().shows("What you typed before waits");
    ruth.post(&why, &[("reason", "Her daughter is at the desk"), ("next", &next)]).await.goes_to(&next);
    ruth.get(&next).await.is_ok().holds("Typed Before");

    // Each time the officer is mailed, and nothing of it is in the mail; she reads it, and he signs it off.
    postbox.work(&w).await;
    let mails = postbox.mails().await.split_off(before);
    assert_eq!(mails.len(), 2, "{mails:?}");
    for mail in &mails {
        assert!(mail.contains(&officer.email) && mail.contains("opened what you have watched"), "{mail}");
        for secret in ["Ana", "Ruiz", "Rosa", "Ruth", "bill", "daughter"] {
            assert!(!mail.contains(secret), "{secret} in {mail}");
        }
    }
    let log = ana.get(&urls::access_log(ana.patient)).await;
    log.is_ok().shows("Rosa Desk").shows("Gave a reason to open your record").shows("had to say why first").hides("Refused");
    officer.get(urls::STAFF).await.is_ok().shows("2 records that were opened with a reason wait for you");
    let page = officer.get(urls::EMERGENCIES).await;
    page.is_ok().shows("Watched record").shows("She called about her bill").shows("Rosa Desk").hides("Ana").hides("Ruiz");
    let sign = format!("/audit/emergencies/{}", between(&page, "action=\"/audit/emergencies/", "\""));
    officer.post(&sign, &[("verdict", "justified")]).await.goes_to(urls::EMERGENCIES);
    officer.get(urls::EMERGENCIES).await.is_ok().shows("It was right, says Olu Officer");

    // After an hour it is asked anew; a record that is watched no longer opens as before.
    w.advance(61 * MINUTE);
    w.sign_in(&rosa).await;
    rosa.get(&profile).await.is(303);
    w.sign_in(&officer).await;
    let page = officer.get(urls::WATCHED).await;
    let id = between(&page, "action=\"/audit/watched/", "/end\"").to_owned();
    officer.post(&urls::watched_end(&id), &[]).await.goes_to(urls::WATCHED);
    rosa.get(&profile).await.is_ok();
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_reason_is_given_by_who_is_asked_and_opens_nothing_else_by_raw_sql(w: World) {
    let officer = w.staff("Olu Officer", Role::PrivacyOfficer).await;
    let rosa = w.staff("Rosa Desk", Role::FrontDesk).await;
    let [ana, ben] = [w.patient("Ana Ruiz").await, w.patient("Ben Okafor").await];
    w.watched(&officer, ana.patient).await;
    let insert = async |patient: PatientId, role, kind: Option<&str>| {
        let sight = Sight { patient: Some(patient), account: Some(rosa.account), role: Some(role), ..Sight::default() };
        let mut tx = w.db.begin(&sight).await.unwrap();
        let sql = sql!(
            "INSERT INTO emergency_access (id, patient_id, account_id, reason, starts_at, ends_at, updated_at, key_version, version, entry, kind)
             VALUES ($1, $2, $3, $4, $5, $6, $5, 1, 1, '', $7)"
        );
        let id = salus_kernel::ResourceId::new(w.now(), salus_vault::random());
        let until = w.now().plus(60 * MINUTE);
        tx.execute(sql, args![id, patient, rosa.account, vec![0_u8], w.now(), until, kind]).await.is_ok()
    };
    assert!(insert(ana.patient, Role::FrontDesk, Some("watched")).await, "the application's own insert");
    assert!(!insert(ana.patient, Role::FrontDesk, Some("always")).await, "of another kind");
    if w.raw.is_some() {
        assert!(!insert(ana.patient, Role::FrontDesk, None).await, "an emergency of who treats nobody");
        assert!(!insert(ana.patient, Role::Administrator, Some("watched")).await, "by who opens no records");
        assert!(!insert(ben.patient, Role::FrontDesk, Some("watched")).await, "where nothing is watched");
    }
}
}
