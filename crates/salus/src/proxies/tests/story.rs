//! What caregivers are for: given, used, seen, and ended.

use super::*;
use crate::{salus_test, testing::Postbox};

salus_test! {
async fn a_patient_lets_her_daughter_act_and_ends_it(w: World) {
    let postbox = Postbox::new();
    let ana = w.patient("Ana Ruiz").await;
    let lena = w.practitioner("Dr. Lena Park").await;
    w.assign(&lena, ana.patient).await;
    let rosa = somebody(&w, "Rosa Ruiz").await;
    rosa.get(urls::HOME).await.is_ok().shows("not linked");
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("You act for nobody now");
    ana.get(&urls::caregivers(ana.patient)).await.is_ok().shows("Nobody acts for you here");
    let page = ana.post(&urls::caregivers(ana.patient), &asked("my Rosa", &["visits", "messages"])).await;
    page.is_ok().shows("Help someone here").shows("/register").shows("/acting-for");
    let code = between(&page, "s-secret s-mono\" translate=\"no\">", "</p>").to_owned();
    ana.get(&urls::caregivers(ana.patient)).await.is_ok().shows("Codes and answers that wait").shows("my Rosa").hides(&code);
    // As people type it.
    let typed = code.to_lowercase().replace('-', " ");
    shows_code(&rosa, &typed, "March 14 1985").await.goes_to(&urls::patient_home(ana.patient));
    let home = rosa.get(urls::HOME).await;
    home.goes_to(&urls::patient_home(ana.patient));
    let home = rosa.get(&urls::patient_home(ana.patient)).await;
    home.is_ok().shows("You can help now").shows("You are acting for Ana Ruiz").shows("Book").hides("Medicines").hides("Who opened");
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("Act for Ana Ruiz").shows("Visits").hides("Insurance");
    rosa.get(&urls::more(ana.patient)).await.is_ok().shows("People you act for").hides("Everything in your health record");

    // She writes; the team, and the patient, see who it was.
    let thread = w.a_conversation(&rosa, ana.patient, "knee").await;
    rosa.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows("You").shows("knee body").shows("You are acting for Ana Ruiz");
    lena.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows("Rosa Ruiz").shows("acting for the patient");
    ana.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows("Rosa Ruiz").shows("acting for the patient");
    rosa.get(&urls::messages(ana.patient)).await.is_ok().shows("Your side wrote last");
    postbox.work(&w).await;
    let both = async |words| (mails(&postbox, &ana, words).await, mails(&postbox, &rosa, words).await);
    assert_eq!(both(WHO_ACTS).await, (1, 1), "both are told that somebody acts for somebody");
    assert!(postbox.mails().await.iter().all(|mail| !mail.contains("Ana R") && !mail.contains("Rosa R")), "a mail names nobody");
    assert_eq!(both(NEWS).await, (0, 0));
    // News goes to both, too.
    lena.get(&urls::thread(ana.patient, &thread)).await.is_ok();
    lena.post(&urls::thread_claim(ana.patient, &thread), &[("what", "take")]).await;
    lena.get(&urls::thread(ana.patient, &thread)).await.is_ok();
    lena.post(&urls::thread(ana.patient, &thread), &[("body", "Please rest it")]).await.is(303);
    postbox.work(&w).await;
    assert_eq!(both(NEWS).await, (1, 1));

    // Another caregiver is told that somebody else helps, and not who.
    let ben = caregiver(&w, "Ben Okafor", &ana, &["messages"]).await;
    ben.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows("Someone else who helps").hides("Rosa R");
    ben.post(urls::ACTING_FOR_STOP, &[("id", &first_id(&ben.get(urls::ACTING_FOR).await))]).await.is(303);

    // The patient reads it by name, and the ledger says as what.
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Rosa Ruiz").shows("Acting for you").shows("Showed a code to act for you");
    let lines = w.ledger_of_account(rosa.account).await;
    assert!(lines.iter().any(|line| line.contains("view-home") && line.contains("caregiver")), "{lines:?}");

    // And ends it. Nobody is told, and the next request sees nothing.
    let page = ana.get(&urls::caregivers(ana.patient)).await;
    page.is_ok().shows("Rosa Ruiz").shows("my Rosa").shows("Since");
    ana.post(&urls::end_caregiver(ana.patient), &[("id", &first_id(&page))]).await.goes_to(&urls::caregivers(ana.patient));
    ana.get(&urls::caregivers(ana.patient)).await.is_ok().shows("Ended").shows("Who did before");
    rosa.get(&urls::patient_home(ana.patient)).await.is_not_found();
    rosa.get(&urls::visits(ana.patient)).await.is_not_found();
    rosa.get(urls::ACTING_FOR).await.is_ok().shows("You act for nobody now").hides("Ana");
    postbox.work(&w).await;
    assert_eq!((both(WHO_ACTS).await, both(NEWS).await), ((2, 1), (1, 1)), "told of the end; Ben was told of to Ana");
    // What she wrote stays hers.
    ana.get(&urls::thread(ana.patient, &thread)).await.is_ok().shows("Rosa Ruiz");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn who_acts_for_several_chooses_and_stops_by_themselves(w: World) {
    let (ana, ben) = (w.patient("Ana Ruiz").await, w.patient("Ben Okafor").await);
    // A patient herself, who also acts for two others.
    let rosa = w.patient("Rosa Ruiz").await;
    for other in [&ana, &ben] {
        w.advance(salus_kernel::MINUTE);
        let code = code(other, other.patient, &asked("Rosa", &["visits"])).await;
        shows_code(&rosa, &code, "3 14 1985").await.goes_to(&urls::patient_home(other.patient));
    }
    rosa.get(urls::HOME).await.goes_to(&urls::patient_home(rosa.patient));
    rosa.get(&urls::patient_home(rosa.patient)).await.is_ok().hides("You are acting for");
    rosa.get(&urls::visits(ben.patient)).await.is_ok().shows("You are acting for Ben Okafor");
    let page = rosa.get(urls::ACTING_FOR).await;
    page.is_ok().shows("My own pages").shows("Act for Ana Ruiz").shows("Act for Ben Okafor");
    rosa.post(urls::ACTING_FOR_STOP, &[("id", &first_id(&page))]).await.goes_to(urls::ACTING_FOR);
    rosa.get(urls::ACTING_FOR).await.is_ok().hides("Ana Ruiz").shows("Ben Okafor");
    rosa.get(&urls::visits(ana.patient)).await.is_not_found();
    rosa.get(&urls::visits(ben.patient)).await.is_ok();
    ana.get(&urls::caregivers(ana.patient)).await.is_ok().shows("Ended");
    // Somebody without a chart goes to whom they act for; with two, to the list.
    let sam = somebody(&w, "Sam Two").await;
    for (number, other) in [&ana, &ben].into_iter().enumerate() {
        let code = code(other, other.patient, &asked("Sam", &["billing"])).await;
        shows_code(&sam, &code, "3 14 1985").await.is(303);
        let to = if number == 0 { urls::patient_home(ana.patient) } else { urls::ACTING_FOR.to_owned() };
        sam.get(urls::HOME).await.goes_to(&to);
    }
    sam.get(&urls::patient_home(ana.patient)).await.is_ok().shows("There is nothing new here");
    // It ends with the day that was chosen.
    w.advance(366 * 24 * 60 * salus_kernel::MINUTE);
    w.sign_in(&sam).await;
    sam.get(&urls::patient_home(ana.patient)).await.is_not_found();
    sam.get(urls::ACTING_FOR).await.is_ok().shows("You act for nobody now");
}
}

salus_test! {
async fn a_caregiver_books_moves_and_cancels_for_the_patient(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let administrator = w.staff("Grace Kim", salus_kernel::Role::Administrator).await;
    let bookable = w.bookable(&administrator).await;
    let rosa = caregiver(&w, "Rosa Ruiz", &ana, &["visits"]).await;
    let first = bookable.first_time(&ana).await;
    let visit = bookable.book_in(&rosa, ana.patient, &first, "sore knee").await;
    // What it is about, she may write and not read: that is of the record.
    rosa.get(&urls::visit(ana.patient, &visit)).await.is_ok().hides("sore knee");
    ana.get(&urls::visit(ana.patient, &visit)).await.is_ok().shows("sore knee");
    rosa.get(&urls::patient_home(ana.patient)).await.is_ok().shows("next visit");
    // She moves it, and can't read what was said before: it stays, and she need not say it again.
    let times = bookable.times(&ana, "").await;
    let later = crate::testing::picks(&times).pop().expect("a later time");
    let moved = crate::testing::kept(&bookable.hold(&rosa, ana.patient, &later, &visit).await);
    rosa.get(&urls::visit_confirm(ana.patient, &moved)).await.is_ok().hides("sore knee");
    rosa.post(&urls::visit_move(ana.patient, &moved), &[("reason", "")]).await.goes_to(&urls::visit(ana.patient, &moved));
    ana.get(&urls::visit(ana.patient, &moved)).await.is_ok().shows("sore knee");
    let visit = moved;
    rosa.get(&urls::visit_cancel(ana.patient, &visit)).await.is_ok();
    rosa.post(&urls::visit_cancel(ana.patient, &visit), &[("reason", "cannot-come")]).await.is(303);
    // To her the patient's side called it off; to nobody did she call herself the patient.
    ana.get(&urls::visits(ana.patient)).await.is_ok();
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Rosa Ruiz").shows("Acting for you");
}
}

salus_test! {
async fn what_is_wrong_is_said_beside_the_field(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let url = urls::caregivers(ana.patient);
    ana.get(&url).await.is_ok();
    let page = ana.post(&url, &[("name", " "), ("months", "600"), ("visits", "no")]).await;
    page.is(422).shows("Enter the name").shows("Tick at least one").shows("Choose for how long");
    let long = "x".repeat(101);
    ana.post(&url, &asked(&long, &["visits"])).await.is(422).shows("Enter the name").holds(&long);
    // A patient gives no more than 18 months, and says no reason of the desk's.
    ana.post(&url, &[("name", "Rosa"), ("months", "60"), ("visits", "yes"), ("basis", "guardian")]).await.is(422);
    ana.post(&url, &asked("د. ليلى 🌻", &["visits"])).await.is_ok();
    ana.get(&url).await.is_ok().shows("د. ليلى 🌻");
    for _ in 0..11 {
        ana.post(&url, &asked("Rosa", &["visits"])).await.is_ok();
    }
    ana.post(&url, &asked("Rosa", &["visits"])).await.is(422).shows("12 caregivers and codes");
    // Codes that ran out stand in nobody's way.
    w.advance(7 * 24 * 60 * salus_kernel::MINUTE);
    w.sign_in(&ana).await;
    ana.get(&url).await.is_ok().shows("Add a caregiver").hides("12 caregivers and codes");
    for name in ["Rosa", "Ben"] {
        ana.post(&url, &asked(name, &["visits"])).await.is_ok();
    }
    let desk = w.staff("Jamie Desk", salus_kernel::Role::FrontDesk).await;
    desk.get(&url).await.is_ok();
    let ben = w.patient("Ben Okafor").await;
    let his = urls::caregivers(ben.patient);
    desk.get(&his).await.is_ok();
    let page = desk.post(&his, &asked("Rosa", &["visits"])).await;
    page.is(422).shows("Choose why").shows("Choose how you checked");
    // Sent twice is once: the id names one, and none but the patient's own.
    ana.post(&urls::end_caregiver(ana.patient), &[("id", "x")]).await.goes_to(&url);
    let page = ana.get(&url).await;
    for _ in 0..2 {
        ana.post(&urls::end_caregiver(ana.patient), &[("id", &first_id(&page))]).await.goes_to(&url);
    }
    let left = ana.get(&url).await;
    ben.get(&his).await.is_ok();
    ben.post(&urls::end_caregiver(ben.patient), &[("id", &first_id(&left))]).await.goes_to(&his);
    assert_eq!(first_id(&ana.get(&url).await), first_id(&left), "ended from another chart");
}
}
