//! The first visit and the first message of a new clinic: the administrator says where, what and when; the patient books; the doctor and the front desk
//! expect them.

use std::sync::Arc;

use crate::harness::{Browser, View, urls};

use super::first_day::checked;

/// Who takes part.
pub struct People<'a> {
    /// Sets up.
    pub admin: &'a Arc<Browser>,
    /// Receives.
    pub desk: &'a Arc<Browser>,
    /// Can be booked.
    pub doctor: &'a Arc<Browser>,
    /// Books.
    pub patient: &'a Arc<Browser>,
}

/// From nothing to a visit that everybody sees who should.
pub async fn first_visit(people: &People<'_>, view: &View) {
    let People { admin, desk, doctor, patient } = people;
    bookable(admin, view).await;

    patient.open(urls::HOME).await;
    let home = patient.path().await;
    patient.follow("main a[href$='/visits/new']").await;
    patient.shows("Check-up").await;
    checked(patient, view, "").await;
    patient.click("input[name=service]").await;
    patient.submit().await;
    patient.shows("Harbor Main").await;
    checked(patient, view, "").await;
    patient.follow("main .s-times .s-time").await;
    patient.shows("keep this time for you").await;
    patient.fill("reason", "Sneezing all day").await;
    patient.follow("main form[action$='/confirm'] button").await;
    patient.shows("The visit is booked").await;
    checked(patient, view, "").await;
    let visit = patient.path().await;
    patient.open(urls::HOME).await;
    patient.shows("Your next visit").await;

    doctor.open(&visit).await;
    doctor.shows("Sneezing all day").await;
    doctor.fill("note", "Ask about the cat").await;
    doctor.follow("main form[action$='/note'] button").await;
    doctor.shows("Saved").await;
    checked(doctor, view, "").await;
    desk.open(&visit).await;
    desk.shows("Ana Ruiz").await;
    assert!(!desk.text().await.contains("Sneezing"), "the front desk reads what the visit is about");
    desk.open("/staff/day").await;
    desk.shows("Day after").await;
    checked(desk, view, "").await;
    patient.open(&format!("{home}/access-log")).await;
    patient.shows("Booked your visit").await;
}

/// A message to the care team, and the doctor's answer.
pub async fn first_message(people: &People<'_>, view: &View) {
    let People { desk, doctor, patient, .. } = people;
    patient.open(urls::HOME).await;
    let home = patient.path().await;
    patient.open(&format!("{home}/messages")).await;
    checked(patient, view, "").await;
    patient.follow("main a[href$='/messages/new']").await;
    patient.shows("911").await;
    patient.shows("Lena Park").await;
    checked(patient, view, "message-new").await;
    patient.expect_on_console("status of 422");
    patient.fill("subject", "My cat").await;
    patient.fill("body", "Does the cat have to move out?").await;
    patient.submit().await;
    assert_eq!(patient.value("body").await, "Does the cat have to move out?");
    checked(patient, view, "").await;
    patient.click("#topic option:last-child").await;
    patient.submit().await;
    patient.shows("Your message is sent").await;
    checked(patient, view, "").await;
    let thread = patient.path().await;

    desk.expect_on_console("status of 404");
    desk.open(&thread).await;
    desk.shows("We can’t find this page").await;
    doctor.open("/staff/messages").await;
    doctor.shows("Ana Ruiz").await;
    checked(doctor, view, "inbox").await;
    doctor.open(&thread).await;
    doctor.shows("Does the cat have to move out?").await;
    checked(doctor, view, "thread-staff").await;
    doctor.fill("body", "No. Wash your hands, and keep it out of the bedroom.").await;
    doctor.follow("#reply button[type=submit]").await;
    doctor.shows("Your message is sent").await;

    patient.open(urls::HOME).await;
    patient.shows("one is new").await;
    patient.open(&format!("{home}/messages")).await;
    checked(patient, view, "messages").await;
    patient.open(&thread).await;
    patient.shows("keep it out of the bedroom").await;
    checked(patient, view, "thread").await;
    patient.open(urls::HOME).await;
    assert!(!patient.text().await.contains("one is new"), "what was read is still new");
}

/// A place, a kind of visit, and hours on every day of the week.
async fn bookable(admin: &Arc<Browser>, view: &View) {
    admin.open("/clinic/locations/new").await;
    admin.fill("name", "Harbor Main").await;
    admin.fill("address", "1 Pier Road\nPortland, ME 04101").await;
    admin.submit().await;
    admin.shows("The place is saved").await;
    admin.open("/clinic/visit-types/new").await;
    admin.fill("name", "Check-up").await;
    admin.click("input[name=shown][value=patients]").await;
    admin.submit().await;
    admin.shows("The visit type is saved").await;
    admin.open("/clinic/availability").await;
    admin.follow("main a[href^='/clinic/availability/']").await;
    admin.follow("main a[href$='/new']").await;
    admin.click("#place option:last-child").await;
    assert_eq!(admin.count("input[name^='type-']:checked").await, 1, "every kind of visit is ticked");
    for day in 1..=7 {
        admin.fill(&format!("hours-{day}"), "8 am to noon, 1 pm to 5 pm").await;
    }
    admin.submit().await;
    admin.shows("The week is saved").await;
    checked(admin, view, "").await;
}
