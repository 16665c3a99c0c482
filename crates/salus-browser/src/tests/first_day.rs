//! A new clinic's first day: from `salus init` to the first patient who reads their record, by pages alone.

use std::sync::Arc;

use serde_json::json;

use crate::{
    browser_test,
    checks::axe,
    harness::{Browser, Demo, Test, View, code_now, urls},
};

use super::{
    first_visit::{People, first_message, first_visit},
    screens::keep,
};

const PASSWORD: &str = "purple lantern over quiet water";
const INVITE: &str = "/invite";

browser_test! {
async fn a_clinic_moves_in_and_a_patient_comes_in(test: &Test) {
    first_day(test, View::WIDE).await;
}
}

browser_test! {
once: async fn the_same_first_day_on_a_phone_without_scripts(test: &Test) {
    first_day(test, View::PHONE.without_scripts()).await;
}
}

browser_test! {
once: async fn the_same_first_day_by_the_keyboard_alone_on_a_narrow_screen(test: &Test) {
    first_day(test, View::NARROW.by_keyboard()).await;
}
}

async fn first_day(test: &Test, view: View) {
    let Some((clinic, link)) = Demo::first_day(test.demo.engine, &chart()) else { return };
    let open = |view| test.browser_in(clinic, view);

    // The administrator's link was printed by `salus init`.
    let admin = open(view).await;
    join(&admin, link.strip_prefix(&clinic.url).expect("the clinic's own address"), "grace@harbor.example", &view)
        .await;
    admin.open("/clinic/staff").await;
    checked(&admin, &view, "clinic-staff").await;
    // Every problem is beside its field, and what was typed stays.
    admin.expect_on_console("status of 422");
    admin.fill("name", "Jamie Ruiz").await;
    admin.fill("npi", "12345").await;
    admin.follow("main form[action='/clinic/staff/invite'] button").await;
    admin.shows("Choose what they will do here").await;
    assert_eq!(admin.value("name").await, "Jamie Ruiz");
    checked(&admin, &view, "").await;
    admin.fill("npi", "").await;
    let link = invite(&admin, "Jamie Ruiz", "front-desk", &view).await;
    admin.open("/clinic/roles").await;
    checked(&admin, &view, "clinic-roles").await;
    settings(&admin, &view).await;

    // The front desk makes an account, finds the patient, prints a slip.
    let desk = open(view).await;
    join(&desk, link.strip_prefix(&clinic.url).expect("the clinic's own address"), "jamie@harbor.example", &view).await;
    a_role_of_their_own(&admin, &desk, &view).await;
    desk.open(urls::PATIENTS).await;
    desk.fill("query", "Ruiz").await;
    desk.follow("main form[role=search] button").await;
    desk.follow("main table a[href^='/p/']").await;
    checked(&desk, &view, "").await;
    desk.follow("main a[href$='/invites']").await;
    desk.shows("There is no slip").await;
    desk.click("input[name=evidence][value=photo-id]").await;
    desk.submit().await;
    desk.shows("Read your health record online").await;
    checked(&desk, &view, "slip").await;
    let code: String = desk.inner(".s-secret").await;
    assert!(!desk.inner("main").await.contains("March"), "a slip with the date of birth on it opens by itself");

    // The patient: once with a wrong date, then right.
    let patient = open(view).await;
    patient.expect_on_console("status of 422");
    patient.open(urls::SIGN_IN).await;
    patient.follow("main a[href='/invite']").await;
    checked(&patient, &view, "redeem").await;
    redeem(&patient, &code, "3 15 1985").await;
    patient.shows("don’t match").await;
    checked(&patient, &view, "redeem-error").await;
    assert_eq!(patient.value("email").await, "ana@example.org");
    redeem(&patient, &code.to_lowercase(), "March 14, 1985").await;
    enroll(&patient, &view).await;
    patient.open(urls::HOME).await;
    let home = patient.path().await;
    assert!(home.starts_with("/p/"), "{home}");
    patient.open(&format!("{home}/record/problems")).await;
    patient.shows("Seasonal hay fever").await;
    patient.open(&format!("{home}/access-log")).await;
    patient.shows("Jamie Ruiz").await;
    patient.shows("sign-in slip for your record").await;
    checked(&patient, &view, "").await;

    let doctor = care_team(clinic, &view, &admin, &desk, open(view).await, &patient).await;
    let people = People { admin: &admin, desk: &desk, doctor: &doctor, patient: &patient };
    first_visit(&people, &view).await;
    first_message(&people, &view).await;

    // Nobody else comes in by the same slip.
    let second = open(view).await;
    second.open(INVITE).await;
    redeem(&second, &code, "3 14 1985").await;
    second.shows("This slip no longer works").await;
    checked(&second, &view, "slip-ended").await;
    second_door(clinic, &view, &desk, open(view).await).await;

    // And a colleague who is closed is out at once.
    admin.open("/clinic/staff").await;
    admin.follow("main form[action='/clinic/staff/access'] button").await;
    admin.shows("The account is closed").await;
    desk.open(urls::PATIENTS).await;
    desk.arrives_at(urls::SIGN_IN).await;
}

/// A link for somebody who will work here.
async fn invite(admin: &Arc<Browser>, name: &str, role: &str, view: &View) -> String {
    admin.fill("name", name).await;
    admin.click(&format!("input[name=role][value={role}]")).await;
    admin.follow("main form[action='/clinic/staff/invite'] button").await;
    admin.shows("The link is ready").await;
    checked(admin, view, "clinic-invite-link").await;
    admin.inner(".s-secret").await
}

/// No role fits: the administrator says what one of the clinic's own is to be, and the front desk is the second person.
async fn a_role_of_their_own(admin: &Arc<Browser>, desk: &Arc<Browser>, view: &View) {
    admin.open("/clinic/roles").await;
    admin.follow("main a[href='/clinic/roles/new']").await;
    checked(admin, view, "").await;
    admin.click("input[name=base][value=nurse]").await;
    admin.submit().await;
    admin.shows("It starts from: Nurse").await;
    admin.fill("name", "Medical assistant").await;
    admin.click("#keep-documents").await;
    admin.click("#more-visits").await;
    checked(admin, view, "clinic-role-form").await;
    admin.submit().await;
    admin.shows("Nothing changes until somebody else says yes").await;
    desk.open("/staff").await;
    desk.shows("One needs a second yes").await;
    desk.follow("main a[href='/staff/roles']").await;
    desk.shows("Book visits, for every patient").await;
    checked(desk, view, "roles-proposed").await;
    desk.submit().await;
    desk.shows("The role is as it was said").await;
}

/// Every page with which the administrator says what the clinic is.
async fn settings(admin: &Arc<Browser>, view: &View) {
    for (page, path) in [
        ("clinic", "/clinic"),
        ("clinic-locations", "/clinic/locations"),
        ("clinic-location", "/clinic/locations/new"),
        ("clinic-visit-types", "/clinic/visit-types"),
        ("clinic-visit-type", "/clinic/visit-types/new"),
        ("clinic-availability", "/clinic/availability"),
        ("clinic-pools", "/clinic/pools"),
        ("clinic-pool", "/clinic/pools/new"),
        ("clinic-ages", "/clinic/ages"),
        ("clinic-features", "/clinic/features"),
        ("clinic-look", "/clinic/look"),
        ("clinic-jobs", "/clinic/jobs"),
    ] {
        admin.open(path).await;
        checked(admin, view, page).await;
    }
}

/// A doctor joins, reads nothing, and reads the chart once the desk has put them on the care team.
async fn care_team(
    clinic: &Demo,
    view: &View,
    admin: &Arc<Browser>,
    desk: &Arc<Browser>,
    doctor: Arc<Browser>,
    patient: &Arc<Browser>,
) -> Arc<Browser> {
    admin.open("/clinic/staff").await;
    let link = invite(admin, "Lena Park", "practitioner", view).await;
    join(&doctor, link.strip_prefix(&clinic.url).expect("the clinic's own address"), "lena@harbor.example", view).await;
    patient.open(urls::HOME).await;
    let home = patient.path().await;
    doctor.expect_on_console("status of 404");
    doctor.open(&format!("{home}/record")).await;
    doctor.shows("We can’t find this page").await;

    desk.open(&format!("{home}/profile")).await;
    desk.follow("main a[href$='/care-team']").await;
    desk.shows("Nobody is on the team yet").await;
    desk.expect_on_console("status of 422");
    desk.follow("main form[action$='/care-team'] button").await;
    desk.shows("Choose who treats this patient").await;
    checked(desk, view, "").await;
    desk.click("#practitioner option:last-child").await;
    desk.follow("main form[action$='/care-team'] button").await;
    desk.shows("They are on the care team").await;
    checked(desk, view, "care-team").await;

    doctor.open(&format!("{home}/record")).await;
    doctor.shows("Ana Ruiz").await;
    patient.open(&format!("{home}/care-team")).await;
    patient.shows("Lena Park").await;
    checked(patient, view, "care-team-own").await;
    doctor
}

/// Somebody without a slip and without a chart: asks, verifies the address, waits, and reads once the desk knows them.
async fn second_door(clinic: &Demo, view: &View, desk: &Arc<Browser>, ben: Arc<Browser>) {
    ben.expect_on_console("status of 422");
    ben.open(urls::SIGN_IN).await;
    ben.follow("main a[href='/register']").await;
    checked(&ben, view, "register").await;
    ben.fill("name", "Ben Okafor").await;
    ben.fill("birth_date", "someday").await;
    ben.submit().await;
    ben.shows("Enter a date like").await;
    assert_eq!(ben.value("name").await, "Ben Okafor");
    checked(&ben, view, "register-error").await;
    ben.fill("birth_date", "7 4 1990").await;
    ben.fill("email", "ben@example.org").await;
    ben.submit().await;
    ben.shows("Look into your email").await;
    checked(&ben, view, "register-sent").await;
    let link = clinic.mailed("ben@example.org", "verify");
    ben.open(&link).await;
    checked(&ben, view, "verify").await;
    ben.fill("birth_date", "7/4/1990").await;
    choose_a_password(&ben).await;
    let codes = code_sheet(&ben, view).await;
    ben.open(urls::HOME).await;
    ben.shows("We are making sure that it is you").await;
    checked(&ben, view, "waiting").await;

    desk.expect_on_console("status of 422");
    desk.open("/staff/registrations").await;
    checked(desk, view, "registrations").await;
    desk.follow("main table a[href^='/staff/registrations/']").await;
    desk.shows("No chart has this name").await;
    checked(desk, view, "registration").await;
    desk.follow("main a[href$='/chart']").await;
    checked(desk, view, "new-chart").await;
    desk.click("input[name=sex][value=male]").await;
    desk.submit().await;
    desk.shows("Is this the same person?").await;
    checked(desk, view, "compare").await;
    desk.submit().await;
    desk.shows("Choose how you checked").await;
    desk.click("input[name=evidence][value=photo-id]").await;
    desk.submit().await;
    desk.shows("The person gets a message").await;

    ben.open(urls::HOME).await;
    let home = ben.path().await;
    assert!(home.starts_with("/p/"), "{home}");
    ben.open(&format!("{home}/profile")).await;
    ben.shows("Ben Okafor").await;
    ben.open(&format!("{home}/access-log")).await;
    ben.shows("Made your record").await;
    ben.shows("Linked an account to your record").await;
    checked(&ben, view, "").await;
    ben.open(&format!("{home}/more")).await;
    ben.expect_on_console("Clear-Site-Data");
    ben.follow("main form[action='/sign-out'] button").await;
    forgotten(clinic, view, &ben, &codes).await;

    // It was the wrong person after all.
    desk.open(&format!("{home}/unlink")).await;
    checked(desk, view, "unlink").await;
    desk.submit().await;
    desk.shows("Nobody signs in to this chart any more").await;
}

/// A forgotten password: asked for, chosen anew with the mailed link, and the new one is what signs in.
async fn forgotten(clinic: &Demo, view: &View, ben: &Arc<Browser>, codes: &[String]) {
    ben.open(urls::SIGN_IN).await;
    ben.follow("main a[href='/forgotten']").await;
    checked(ben, view, "forgotten").await;
    ben.fill("email", "ben").await;
    ben.submit().await;
    ben.shows("Enter an email address").await;
    assert_eq!(ben.value("email").await, "ben");
    ben.fill("email", "ben@example.org").await;
    ben.submit().await;
    ben.arrives_at("/forgotten/sent").await;
    checked(ben, view, "forgotten-sent").await;
    ben.open(&clinic.mailed("ben@example.org", "reset")).await;
    checked(ben, view, "reset").await;
    let other = "copper kettle by the north window";
    ben.fill("password", other).await;
    ben.fill("again", other).await;
    ben.submit().await;
    ben.shows("Your password is changed").await;
    ben.fill("email", "ben@example.org").await;
    ben.fill("password", other).await;
    ben.submit().await;
    // No phone: a code of the sheet, which works once.
    ben.arrives_at("/sign-in/recovery").await;
    ben.shows("Enter a code from your sheet").await;
    checked(ben, view, "code-of-a-sheet").await;
    let (used, fresh) = (codes.first().expect("a code"), codes.last().expect("another code"));
    ben.fill("code", used).await;
    ben.submit().await;
    ben.shows("didn’t match").await;
    ben.fill("code", fresh).await;
    ben.submit().await;
    ben.open("/settings/sign-in").await;
    ben.shows("38 left").await;
}

/// Somebody without a phone makes a sheet of codes, and shows that they have it: the code that was used, and another one.
async fn code_sheet(browser: &Arc<Browser>, view: &View) -> Vec<String> {
    browser.arrives_at("/enroll").await;
    browser.follow("main a[href='/enroll/sheet']").await;
    checked(browser, view, "code-sheet").await;
    let listed = browser.inner("main ol").await;
    let mut codes: Vec<String> =
        listed.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    assert_eq!(codes.len(), 40, "{listed}");
    let label = browser.inner("main label[for=code]").await;
    let number: usize = label.split(' ').find_map(|word| word.parse().ok()).expect("a number");
    browser.fill("code", "000 000 0000").await;
    browser.submit().await;
    browser.shows(&format!("That is not code number {number}")).await;
    checked(browser, view, "").await;
    let asked = codes.remove(number - 1);
    browser.fill("code", &asked).await;
    browser.submit().await;
    browser.shows("Your code sheet works").await;
    vec![asked, codes.remove(0)]
}

fn chart() -> serde_json::Value {
    json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "fullUrl": "urn:uuid:4f5b7c9a-0000-4000-8000-000000000001", "resource": {
            "resourceType": "Patient", "birthDate": "1985-03-14", "gender": "female",
            "name": [{ "use": "official", "family": "Ruiz", "given": ["Ana"] }] } },
        { "fullUrl": "urn:uuid:4f5b7c9a-0000-4000-8000-000000000002", "resource": {
            "resourceType": "Condition", "subject": { "reference": "urn:uuid:4f5b7c9a-0000-4000-8000-000000000001" },
            "clinicalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active" }] },
            "code": { "text": "Seasonal hay fever" } } },
    ] })
}

/// axe finds nothing, and where pictures are asked for a page with a name is kept.
pub(super) async fn checked(browser: &Arc<Browser>, view: &View, page: &str) {
    if view.scripts {
        axe::finds_nothing(browser).await;
        // Pictures are of the first of them.
        if !page.is_empty() && !view.keyboard {
            keep(browser, page).await;
        }
    }
}

/// Makes an account behind a link, with its second factor.
async fn join(browser: &Arc<Browser>, path: &str, email: &str, view: &View) {
    browser.open(path).await;
    browser.shows("You were invited to work here as").await;
    checked(browser, view, "join").await;
    browser.fill("email", email).await;
    choose_a_password(browser).await;
    enroll(browser, view).await;
    browser.open(urls::STAFF).await;
    browser.arrives_at(urls::STAFF).await;
}

async fn redeem(browser: &Arc<Browser>, code: &str, born: &str) {
    browser.fill("slip", code).await;
    browser.fill("birth_date", born).await;
    browser.fill("email", "ana@example.org").await;
    choose_a_password(browser).await;
}

async fn choose_a_password(browser: &Arc<Browser>) {
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.submit().await;
}

async fn enroll(browser: &Arc<Browser>, view: &View) {
    browser.arrives_at(urls::ENROLL).await;
    checked(browser, view, "").await;
    let secret = browser.inner(".s-secret").await;
    browser.fill("code", &code_now(&secret)).await;
    browser.submit().await;
    browser.shows("Save your recovery codes").await;
    browser.follow("main a.s-button").await;
}
