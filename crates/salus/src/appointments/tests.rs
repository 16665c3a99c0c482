//! Visits through the front door.

use salus_db::{Sight, args, sql};
use salus_kernel::{MINUTE, Role};

use super::model::table;
use crate::{
    salus_test,
    shell::{dates, urls},
    testing::{Bookable, Person, Postbox, World, between, golden, kept, picks},
};

const DAY: i64 = 24 * 60 * MINUTE;

/// An administrator, somebody who can be booked, and a patient.
async fn clinic(w: &World) -> (Person, Bookable, Person) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let bookable = w.bookable(&ada).await;
    (ada, bookable, w.patient("Ana Ruiz").await)
}

async fn steps(w: &World) -> i64 {
    let mut tx = w.db.read(&Sight::of_run("audit")).await.unwrap();
    let (count,): (i64,) = tx.one(sql!("SELECT COUNT(*) FROM occupancy"), Vec::new()).await.unwrap();
    count
}

salus_test! {
async fn a_patient_books_moves_and_cancels(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    let postbox = Postbox::new();
    ana.get(&urls::visits(ana.patient)).await.is_ok().shows("You have no visit booked");
    ana.get(&urls::visit_new(ana.patient)).await.is_ok().shows("Talk with Vic (30 minutes, in person)").shows("Dr. Vic Visit").shows("911");
    // Tomorrow is a Monday; 24 hours of notice leave its last time before noon, at 9 and later, and not the ones before.
    let page = vic.times(&ana, "").await;
    page.is_ok().shows("Choose a time").shows("Monday, November 23, 2026").shows("Place of Vic, Central Time");
    let times = picks(&page);
    let id = kept(&vic.hold(&ana, ana.patient, &times[0], "").await);
    let confirm = ana.get(&urls::visit_confirm(ana.patient, &id)).await;
    confirm.is_ok().shows("We keep this time for you until").shows("Dr. Vic Visit").shows("Talk with Vic, 30 minutes, in person");
    ana.get(&urls::visits(ana.patient)).await.is_ok().shows("A time is kept until").shows("You have no visit booked");
    // A patient says what it is about, and what was typed stays.
    ana.post(&urls::visit_confirm(ana.patient, &id), &[("reason", " ")]).await.is(422).shows("Write in a few words");
    let long = "é".repeat(1001);
    let again = ana.post(&urls::visit_confirm(ana.patient, &id), &[("reason", &long)]).await;
    assert!(again.is(422).shows("Keep it to 1,000 characters").body.contains(&long));
    ana.post(&urls::visit_confirm(ana.patient, &id), &[("reason", "my knee 🦵 <b>hurts</b>")]).await.goes_to(&urls::visit(ana.patient, &id));
    let shown = ana.get(&urls::visit(ana.patient, &id)).await;
    shown.is_ok().shows("The visit is booked").shows("Booked").hides("<b>hurts").shows("Put it in my calendar");
    assert!(shown.body.contains("my knee 🦵 &#60;b&#62;hurts"), "{}", shown.body);
    // Twice is once, and the confirming page leads on.
    ana.post(&urls::visit_confirm(ana.patient, &id), &[("reason", "other")]).await.goes_to(&urls::visit(ana.patient, &id));
    ana.get(&urls::visit_confirm(ana.patient, &id)).await.goes_to(&urls::visit(ana.patient, &id));
    assert_eq!(steps(&w).await, 8);
    let home = ana.get(&urls::patient_home(ana.patient)).await;
    home.is_ok().shows("Talk with Vic with Dr. Vic Visit, Place of Vic");

    w.advance(MINUTE);
    // Moving: the old visit counts as free, a time that overlaps it can be had, and both change in one transaction.
    let to = urls::visit_times_of(ana.patient, &vic.kind, vic.practitioner, &id, "");
    let page = ana.get(&to).await;
    page.is_ok().shows("Choose another time").shows("You keep the visit on Monday");
    let micros: i64 = times[0].split(' ').next().unwrap().parse().unwrap();
    let overlapping = times[0].replace(&micros.to_string(), &(micros + 15 * MINUTE).to_string());
    let moved = kept(&vic.hold(&ana, ana.patient, &overlapping, &id).await);
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("Booked");
    ana.get(&urls::visit_confirm(ana.patient, &moved)).await.is_ok().shows("Instead of Monday").shows("my knee");
    // Booking a move as if it were none would be written down wrongly.
    ana.post(&urls::visit_confirm(ana.patient, &moved), &[("reason", "knee")]).await.goes_to(&urls::visit_confirm(ana.patient, &moved));
    ana.post(&urls::visit_move(ana.patient, &id), &[("reason", "knee")]).await.goes_to(&urls::visit_confirm(ana.patient, &id));
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("Booked");
    ana.post(&urls::visit_move(ana.patient, &moved), &[("reason", "my knee, again")]).await.goes_to(&urls::visit(ana.patient, &moved));
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("This visit was moved").shows("See the new time").hides("Cancel this visit");
    assert_eq!(steps(&w).await, 8, "the old visit keeps its steps");
    // The old one cannot be moved again, nor called off.
    ana.get(&urls::visit_cancel(ana.patient, &id)).await.goes_to(&urls::visit(ana.patient, &id));

    w.advance(MINUTE);
    ana.post(&urls::visit_cancel(ana.patient, &moved), &[("reason", "practitioner-away")]).await.is(422).shows("Choose why");
    ana.post(&urls::visit_cancel(ana.patient, &moved), &[("reason", "better")]).await.goes_to(&urls::visit(ana.patient, &moved));
    ana.get(&urls::visit(ana.patient, &moved)).await.is_ok().shows("You canceled this visit on November 22, 2026: I feel better");
    assert_eq!(steps(&w).await, 0);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    let news: Vec<_> = mails.iter().filter(|mail| mail.contains("there is news for you")).collect();
    assert_eq!(news.len(), 3, "booked, moved, canceled: {mails:?}");
    for mail in news {
        assert!(!mail.contains("knee") && !mail.contains("Vic") && !mail.contains("November 23") && !mail.contains(&id), "{mail}");
    }
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Booked your visit").shows("Moved your visit").shows("Canceled your visit");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_time_is_kept_for_ten_minutes_and_then_anybody_s(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    let ben = w.patient("Ben Okafor").await;
    let first = vic.first_time(&ana).await;
    let anas = kept(&vic.hold(&ana, ana.patient, &first, "").await);
    // A second click is the same; another time gives the first one up.
    assert_eq!(kept(&vic.hold(&ana, ana.patient, &first, "").await), anas);
    assert!(!picks(&vic.times(&ben, "").await).contains(&first), "a kept time is offered");
    let refused = vic.hold(&ben, ben.patient, &first, "").await;
    refused.is(409).shows("That time is not free any more").shows("nearest free times");
    assert!(refused.body.matches("s-time--wide").count() >= 3, "{}", refused.body);
    w.advance(10 * MINUTE + 1);
    assert!(picks(&vic.times(&ben, "").await).contains(&first), "a time whose ten minutes are over");
    let bens = kept(&vic.hold(&ben, ben.patient, &first, "").await);
    ben.post(&urls::visit_confirm(ben.patient, &bens), &[("reason", "cough")]).await.goes_to(&urls::visit(ben.patient, &bens));
    // Ana was too slow: three others, and what she typed.
    let gone = ana.post(&urls::visit_confirm(ana.patient, &anas), &[("reason", "my knee")]).await;
    gone.is(409).shows("That time is not free any more").shows("my knee");
    let near: Vec<String> = gone.body.split("name=\"pick\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!(near.len(), 3);
    let fields = [("service", vic.kind.as_str()), ("who", ""), ("replaces", ""), ("from", ""), ("pick", &near[0]), ("again", &anas), ("reason", "my knee still")];
    let other = kept(&ana.post(&urls::visit_hold(ana.patient), &fields).await);
    ana.get(&urls::visit_confirm(ana.patient, &other)).await.is_ok().shows("my knee still");
    // Somebody who is slow, and nobody was faster, has it.
    w.advance(11 * MINUTE);
    ana.post(&urls::visit_confirm(ana.patient, &other), &[("reason", "my knee")]).await.goes_to(&urls::visit(ana.patient, &other));
    // Given up by a button.
    let third = picks(&vic.times(&ben, "").await).remove(0);
    let given = kept(&vic.hold(&ben, ben.patient, &third, "").await);
    ben.post(&urls::visit_release(ben.patient, &given), &[]).await.goes_to(&format!("/p/{}/visits/times", ben.patient));
    assert!(picks(&vic.times(&ana, "").await).contains(&third));
    assert_eq!(steps(&w).await, 16);
}
}

salus_test! {
async fn only_what_is_offered_can_be_booked(w: World) {
    let (ada, vic, ana) = clinic(&w).await;
    let first = vic.first_time(&ana).await;
    let parts: Vec<&str> = first.split(' ').collect();
    let micros: i64 = parts[0].parse().unwrap();
    let at = |micros: i64| format!("{micros} {} {}", parts[1], parts[2]);
    for wrong in [micros - DAY, micros - 12 * 60 * MINUTE, micros + 200 * DAY, micros + 5 * DAY] {
        vic.hold(&ana, ana.patient, &at(wrong), "").await.is(409);
    }
    let elsewhere = crate::locations::tests::a_place_named(&w, &ada, "Other place", "America/Denver").await;
    vic.hold(&ana, ana.patient, &format!("{micros} {} {elsewhere}", parts[1]), "").await.is(409);
    let nobody = w.practitioner("Dr. Nora Nobody").await.practitioner.unwrap();
    vic.hold(&ana, ana.patient, &format!("{micros} {nobody} {}", parts[2]), "").await.is(409);
    for broken in ["", "x", "1 2 3", "-5 a b", &at(micros + MINUTE)] {
        let page = vic.hold(&ana, ana.patient, broken, "").await;
        assert!(page.status == 400 || page.status == 409, "{broken}: {}", page.status);
    }
    assert_eq!(steps(&w).await, 0);
    vic.hold(&ana, ana.patient, &first, "01890000-0000-7000-8000-000000000000").await.is_not_found();
    kept(&vic.hold(&ana, ana.patient, &first, "").await);
}
}

salus_test! {
async fn nobody_sees_or_touches_another_patient_s_visit(w: World) {
    // THR-A1: the owner first.
    let (_, vic, ana) = clinic(&w).await;
    let ben = w.patient("Ben Okafor").await;
    let id = vic.book(&ana, &vic.first_time(&ana).await, "anas secret").await;
    for url in [urls::visit(ana.patient, &id), urls::visit_calendar(ana.patient, &id), urls::visit_cancel(ana.patient, &id)] {
        ana.get(&url).await.is_ok();
        ben.get(&url).await.is_not_found().hides("anas secret");
        let mine = url.replace(&ana.patient.to_string(), &ben.patient.to_string());
        ben.get(&mine).await.is_not_found().hides("anas secret");
    }
    let bens = [urls::visit_confirm(ben.patient, &id), urls::visit_release(ben.patient, &id), urls::visit_cancel(ben.patient, &id)];
    for url in bens {
        ben.get(urls::SETTINGS).await.is_ok();
        ben.post(&url, &[("reason", "better")]).await.is_not_found();
    }
    let to = urls::visit_times_of(ben.patient, &vic.kind, vic.practitioner, &id, "");
    ben.get(&to).await.is_not_found();
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("Booked");
}
}

salus_test! {
async fn the_clinic_books_receives_and_cancels(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let nurse = w.treating("Nia Nurse", Role::Nurse).await;
    let lena = w.practitioner("Dr. Lena Park").await;
    let postbox = Postbox::new();
    // The desk books at short notice, and what it types it cannot read any more.
    let page = desk.get(&urls::visit_times_of(ana.patient, &vic.kind, "", "", "")).await;
    let id = vic.book_in(&desk, ana.patient, &picks(&page)[0], "called: cough").await;
    desk.get(&urls::visit(ana.patient, &id)).await.is_ok().hides("cough").shows("Ana Ruiz").hides("Note for colleagues");
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("called: cough");
    // Whoever has the visit treats the patient, and nobody else does because of it.
    vic.doctor.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("called: cough").shows("Note for colleagues");
    vic.doctor.get(&urls::record(ana.patient)).await.is_ok();
    lena.get(&urls::record(ana.patient)).await.is_not_found();
    lena.get(&urls::visit(ana.patient, &id)).await.is_not_found();
    vic.doctor.post(&urls::visit_note(ana.patient, &id), &[("note", "bring the old X-ray")]).await.goes_to(&urls::visit(ana.patient, &id));
    vic.doctor.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("bring the old X-ray");
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().hides("X-ray");
    nurse.get(&urls::visit(ana.patient, &id)).await.is_ok().hides("cough").hides("X-ray");
    vic.doctor.post(&urls::visit_note(ana.patient, &id), &[("note", &"x".repeat(1001))]).await.is(422).shows("1,000 characters");

    // The day: of all for who receives patients, the own for a practitioner.
    let day = urls::day("2026-11-23");
    for (who, sees) in [(&desk, true), (&nurse, true), (&vic.doctor, true), (&lena, false)] {
        let page = who.get(&day).await;
        assert_eq!(page.is_ok().text().contains("Ana Ruiz"), sees, "{}", page.text());
        assert!(!page.body.contains("cough"));
        if sees {
            // What the patient is told to do is not told to the clinic.
            who.get(&urls::visit(ana.patient, &id)).await.is_ok().hides("Please come");
        }
    }
    ana.get(&day).await.is_not_found();
    desk.get(&urls::day("someday")).await.is_ok().shows("Enter a day like");
    // Too early to arrive; then here, done, and back.
    desk.post(&urls::visit_step(ana.patient, &id, "arrive"), &[("day", "2026-11-23")]).await.goes_to(urls::DAY);
    desk.get(&day).await.is_ok().shows("That did not go");
    w.advance(DAY);
    w.sign_in(&desk).await;
    desk.get(&day).await.is_ok().shows("Arrived : Ana Ruiz");
    desk.post(&urls::visit_step(ana.patient, &id, "arrive"), &[("day", "2026-11-23")]).await.goes_to(urls::DAY);
    desk.get(&day).await.is_ok().shows("Saved").shows("Done : Ana Ruiz");
    desk.post(&urls::visit_step(ana.patient, &id, "fulfil"), &[]).await.goes_to(&urls::visit(ana.patient, &id));
    desk.post(&urls::visit_step(ana.patient, &id, "undo"), &[]).await.goes_to(&urls::visit(ana.patient, &id));
    // The clinic's own cancelling is told at once, in the queue of the same change.
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    desk.post(&urls::visit_cancel(ana.patient, &id), &[("reason", "practitioner-away")]).await.goes_to(&urls::visit(ana.patient, &id));
    postbox.work(&w).await;
    assert_eq!(postbox.mails().await.len(), before + 1);
    w.sign_in(&ana).await;
    ana.get(&urls::visit(ana.patient, &id)).await.is_ok().shows("Canceled by the clinic on November 23, 2026: The practitioner is away");
    // With the visit goes the reason to open the chart.
    w.sign_in(&vic.doctor).await;
    vic.doctor.get(&urls::record(ana.patient)).await.is_not_found();
    let log = ana.get(&urls::access_log(ana.patient)).await;
    log.is_ok().shows("Rosa Desk").shows("Canceled your visit").shows("Noted that you arrived for your visit");
    log.shows("Noted that you were seen at your visit").shows("Took back what was noted on how your visit went");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn who_moved_a_visit_is_told_by_name(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    let desk = w.staff("Rosa Desk", Role::FrontDesk).await;
    let officer = w.staff("Olu Officer", Role::PrivacyOfficer).await;
    let id = vic.book(&ana, &vic.first_time(&ana).await, "knee").await;
    let later = picks(&vic.times(&ana, "2026-11-25").await);
    let to = kept(&vic.hold(&desk, ana.patient, &later[0], &id).await);
    desk.post(&urls::visit_move(ana.patient, &to), &[("reason", "")]).await.goes_to(&urls::visit(ana.patient, &to));
    let log = ana.get(&urls::access_log(ana.patient)).await;
    let story = log.is_ok().text();
    let (_, of_the_desk) = story.split_once("Rosa Desk").expect("the desk is named");
    assert!(of_the_desk.contains("Moved your visit"), "{story}");
    assert_eq!(story.matches("Moved your visit").count(), 1, "{story}");
    assert_eq!(story.matches("Booked your visit").count(), 1, "{story}");
    officer.get(urls::AUDIT).await.is_ok();
    let patient = ana.patient.to_string();
    let fields = [("from", ""), ("to", ""), ("account", ""), ("patient", patient.as_str()), ("action", "")];
    officer.post(urls::AUDIT, &fields).await.is_ok().shows("Rosa Desk").shows("Moved a visit").shows("Booked a visit");
}
}

salus_test! {
async fn two_visits_at_once_cannot_be_written(w: World) {
    // By anything: the table itself refuses.
    let (_, vic, ana) = clinic(&w).await;
    let id = vic.book(&ana, &vic.first_time(&ana).await, "knee").await;
    let other = kept(&vic.hold(&ana, ana.patient, &picks(&vic.times(&ana, "").await)[1], "").await);
    let sight = Sight { patient: Some(ana.patient), ..Sight::default() };
    let mut tx = w.db.begin(&sight).await.unwrap();
    let rows: Vec<(i64,)> = tx.all(sql!("SELECT step FROM occupancy WHERE holder = $1"), args![id.as_str()]).await.unwrap();
    assert_eq!(rows.len(), 8);
    let insert = sql!("INSERT INTO occupancy (actor_id, step, holder, expires_at) VALUES ($1, $2, $3, NULL)");
    let taken = tx.execute(insert, args![vic.practitioner, rows[0].0, other.as_str()]).await;
    assert!(matches!(taken, Err(salus_db::DbError::Taken(_))), "{taken:?}");
    drop(tx);
    // A state has its facts and no other's.
    for wrong in [
        sql!("UPDATE appointment SET state = 'cancelled' WHERE id = $1"),
        sql!("UPDATE appointment SET state = 'held' WHERE id = $1"),
        sql!("UPDATE appointment SET state = 'arrived' WHERE id = $1"),
        sql!("UPDATE appointment SET held_until = 5 WHERE id = $1"),
        sql!("UPDATE appointment SET end_at = start_at WHERE id = $1"),
        sql!("UPDATE appointment SET start_at = start_at + 1 WHERE id = $1"),
    ] {
        let mut tx = w.db.begin(&sight).await.unwrap();
        assert!(tx.execute(wrong, args![id.as_str()]).await.is_err());
    }
}
}

salus_test! {
async fn a_calendar_file_says_when_and_nothing_else(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    let first = vic.first_time(&ana).await;
    let start: i64 = first.split(' ').next().unwrap().parse().unwrap();
    let id = vic.book(&ana, &first, "secret knee").await;
    let page = ana.get(&urls::visit_calendar(ana.patient, &id)).await;
    page.is_ok();
    assert_eq!(page.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(!page.body.contains("knee") && !page.body.contains("Talk") && !page.body.contains("Vic Visit"), "{}", page.body);
    // Read back by another library.
    let lines: Vec<_> = ical_vcard::Parser::new(page.body.as_bytes()).map(Result::unwrap).collect();
    let of = |name: &str| lines.iter().find(|line| line.name() == name).unwrap().value().to_owned();
    let moment = |name: &str| {
        let zoned = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", of(name)).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        zoned.unwrap().timestamp().as_microsecond()
    };
    assert_eq!((moment("DTSTART"), moment("DTEND")), (start, start + 30 * MINUTE));
    assert_eq!(of("SUMMARY"), "Visit at Riverside Clinic");
    assert!(of("DESCRIPTION").contains(&format!("https://portal.example.org/p/{}/visits/{id}", ana.patient)), "{}", of("DESCRIPTION"));
    assert_eq!(of("STATUS"), "CONFIRMED");
}
}

#[test]
fn golden_what_becomes_of_a_visit() {
    golden("states/appointment.txt", &table());
}

salus_test! {
async fn of_twenty_who_want_one_time_one_has_it(w: World) {
    // Overlapping times of one practitioner at two places in two zones, all at once.
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let vic = w.bookable(&ada).await;
    let boise = crate::locations::tests::a_place_named(&w, &ada, "Place of Vic in Boise", "America/Boise").await;
    vic.works_at(&ada, &boise, "1 pm to 4 pm").await;
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(w.patient(&format!("Pat Number{number}")).await);
    }
    let page = vic.times(&people[0], "2026-11-24").await;
    page.is_ok().shows("Place of Vic, Central Time").shows("Place of Vic in Boise, Mountain Time");
    let times = picks(&page);
    let first: i64 = times[0].split(' ').next().unwrap().parse().unwrap();
    let wanted: Vec<String> = (0..20).map(|number| {
        let at = first + (number % 4) * 5 * MINUTE;
        times[0].replace(&first.to_string(), &at.to_string())
    }).collect();
    let all = people.iter().zip(&wanted).map(|(person, pick)| async {
        person.get(urls::SETTINGS).await;
        vic.hold(person, person.patient, pick, "").await
    });
    let pages = futures_util::future::join_all(all).await;
    let kept_by: Vec<usize> = (0..20).filter(|number| pages[*number].status == 303).collect();
    assert_eq!(kept_by.len(), 1, "one time is kept once: {:?}", pages.iter().map(|page| page.status).collect::<Vec<_>>());
    assert!(pages.iter().all(|page| page.status == 303 || page.status == 409));
    let (winner, id) = (&people[kept_by[0]], kept(&pages[kept_by[0]]));
    // Ten clicks on the last button are one visit and one notice.
    let url = urls::visit_confirm(winner.patient, &id);
    let clicks = futures_util::future::join_all((0..10).map(|_| winner.post(&url, &[("reason", "cough")]))).await;
    assert!(clicks.iter().all(|page| page.status == 303 && page.location() == urls::visit(winner.patient, &id)));
    assert_eq!(steps(&w).await, 8);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_patient_moves_a_visit_once(w: World) {
    // Two tabs, two new times for one visit: the second one leaves everything as it is.
    let (_, vic, ana) = clinic(&w).await;
    let id = vic.book(&ana, &vic.first_time(&ana).await, "knee").await;
    let times = picks(&vic.times(&ana, "2026-11-25").await);
    let one = kept(&vic.hold(&ana, ana.patient, &times[0], &id).await);
    ana.post(&urls::visit_move(ana.patient, &one), &[("reason", "knee")]).await.goes_to(&urls::visit(ana.patient, &one));
    let page = ana.get(&urls::visit_times_of(ana.patient, &vic.kind, "", &id, "")).await;
    page.is_ok().hides("You keep the visit on");
    // A time that was kept in the place of a visit which is called off meanwhile.
    let two = kept(&vic.hold(&ana, ana.patient, &times[1], &one).await);
    ana.post(&urls::visit_cancel(ana.patient, &one), &[("reason", "better")]).await.goes_to(&urls::visit(ana.patient, &one));
    ana.post(&urls::visit_move(ana.patient, &two), &[("reason", "knee")]).await.goes_to(&urls::visits(ana.patient));
    ana.get(&urls::visits(ana.patient)).await.is_ok().shows("is not booked any more").shows("You have no visit booked");
    assert_eq!(steps(&w).await, 0);
}
}

salus_test! {
async fn a_visit_opens_the_chart_for_a_time(w: World) {
    let (_, vic, ana) = clinic(&w).await;
    // The first button is the first free time of all; the last one is that week's Friday.
    let pick = picks(&vic.times(&ana, "2026-12-14").await).pop().unwrap();
    vic.book(&ana, &pick, "knee").await;
    let mut seen = Vec::new();
    for days in [0, 10, 20, 30] {
        w.advance(days * DAY);
        w.sign_in(&vic.doctor).await;
        seen.push(vic.doctor.get(&urls::record(ana.patient)).await.status.as_u16());
    }
    // 26 days before it, 16 days, 4 days after it, 34 days after it.
    assert_eq!(seen, [404, 404, 200, 404], "a week before until a month after");
}
}

salus_test! {
async fn a_time_that_ran_out_is_not_had_when_it_is_offered_no_more(w: World) {
    // Sent again after hours have changed, and after the notice has run: the page alone would not have offered it.
    let (ada, vic, ana) = clinic(&w).await;
    let last = picks(&vic.times(&ana, "2026-11-25").await).pop().unwrap();
    let day_off = kept(&vic.hold(&ana, ana.patient, &last, "").await);
    w.advance(11 * MINUTE);
    let soon = kept(&vic.hold(&ana, ana.patient, &vic.first_time(&ana).await, "").await);
    let who = urls::availability(vic.practitioner);
    let page = ada.get(&who).await;
    let version = between(&page, "name=\"version\" value=\"", "\"").to_owned();
    let start = salus_kernel::Instant::from_micros(last.split(' ').next().unwrap().parse().unwrap());
    let date = dates::on(start, &dates::zone("America/Chicago")).strftime("%-m/%-d/%Y").to_string();
    let off = [("kind", "off"), ("date", date.as_str()), ("version", version.as_str())];
    ada.post(&urls::availability_days(vic.practitioner), &off).await.goes_to(&who);
    let gone = ana.post(&urls::visit_confirm(ana.patient, &day_off), &[("reason", "knee")]).await;
    gone.is(409).shows("That time is not free any more").shows("knee");
    w.advance(2 * 60 * MINUTE);
    w.sign_in(&ana).await;
    ana.get(urls::SETTINGS).await.is_ok();
    ana.post(&urls::visit_confirm(ana.patient, &soon), &[("reason", "knee")]).await.is(409);
    ana.get(&urls::visits(ana.patient)).await.is_ok().shows("You have no visit booked");
}
}
