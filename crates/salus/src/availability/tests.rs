//! Availability through the front door.

use jiff::civil::Date;
use salus_kernel::Role;

use crate::{
    locations::tests::{a_place_named, id_behind},
    salus_test,
    shell::urls,
    testing::{Person, World},
    visit_types::tests::a_visit_type,
};

/// A place in Chicago, one in Boise, a kind of visit, a practitioner and an administrator.
struct Clinic {
    ada: Person,
    lena: Person,
    chicago: String,
    boise: String,
    check_up: String,
}

async fn clinic(w: &World) -> Clinic {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    Clinic {
        lena: w.practitioner("Dr. Lena Park").await,
        chicago: a_place_named(w, &ada, "Riverside Chicago", "America/Chicago").await,
        boise: a_place_named(w, &ada, "Riverside Boise", "America/Boise").await,
        check_up: a_visit_type(w, &ada, "Check-up").await,
        ada,
    }
}

impl Clinic {
    fn of_lena(&self) -> String {
        urls::availability(self.lena.practitioner.unwrap())
    }
    fn new_url(&self) -> String {
        urls::availability_new(self.lena.practitioner.unwrap())
    }
    fn days_url(&self) -> String {
        urls::availability_days(self.lena.practitioner.unwrap())
    }
    fn fields(&self, place: &str, changed: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = vec![
            ("place".to_owned(), place.to_owned()),
            ("from".to_owned(), "11/22/2026".to_owned()),
            ("until".to_owned(), String::new()),
            (format!("type-{}", self.check_up), "yes".to_owned()),
        ];
        fields.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        fields.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields
    }
    async fn post(&self, url: &str, fields: &[(String, String)]) -> crate::testing::Page {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.ada.post(url, &fields).await
    }
}

/// A schedule that an administrator typed: the practitioner's id and the schedule's.
pub async fn a_schedule(w: &World, administrator: &Person) -> (String, String) {
    let who = w.practitioner("Dr. Sam Schedule").await.practitioner.unwrap().to_string();
    let place = a_place_named(w, administrator, "Place of Sam", "America/Chicago").await;
    let kind = a_visit_type(w, administrator, "Visit to Sam").await;
    administrator.get(&urls::availability_new(&who)).await.is_ok();
    let tick = format!("type-{kind}");
    let fields = [
        ("place", place.as_str()),
        ("from", "11/22/2026"),
        (&tick, "yes"),
        ("hours-1", "8 am to noon"),
        ("version", "0"),
    ];
    administrator.post(&urls::availability_new(&who), &fields).await.goes_to(&urls::availability(&who));
    let page = administrator.get(&urls::availability(&who)).await;
    (who, id_behind(&page, "Place of Sam"))
}

salus_test! {
async fn an_administrator_says_when_somebody_can_be_booked(w: World) {
    let c = clinic(&w).await;
    c.ada.get(urls::CLINIC).await.is_ok().shows("Availability");
    c.ada.get(urls::AVAILABILITY).await.is_ok().shows("Dr. Lena Park");
    c.ada.get(&c.of_lena()).await.is_ok().shows("No weeks yet");
    c.ada.get(&c.new_url()).await.is_ok().shows("Check-up").shows("Riverside Boise (Mountain Time)");
    let monday = c.fields(&c.chicago, &[("hours-1", "8 am to noon, 1 pm to 5 pm"), ("version", "0")]);
    c.post(&c.new_url(), &monday).await.goes_to(&c.of_lena());
    let page = c.ada.get(&c.of_lena()).await;
    page.is_ok().shows("Riverside Chicago Monday 8:00 am to noon; Monday 1:00 pm to 5:00 pm. From November 22, 2026");
    let schedule = urls::schedule(id_behind(&page, "Riverside Chicago"));
    let form = c.ada.get(&schedule).await;
    assert!(form.is_ok().body.contains("value=\"8:00 am to noon, 1:00 pm to 5:00 pm\"") && form.body.contains("value=\"yes\" checked"));
    c.post(&schedule, &c.fields(&c.chicago, &[("hours-2", "9 am to noon"), ("until", "6/30/2027"), ("version", "1")])).await.goes_to(&c.of_lena());
    c.ada.get(&c.of_lena()).await.is_ok().shows("Riverside Chicago Tuesday 9:00 am to noon. From November 22, 2026 to June 30, 2027");

    // A day off, and extra hours.
    c.post(&c.days_url(), &[("kind".into(), "off".into()), ("date".into(), "12/1/2026".into()), ("note".into(), "Conference".into()), ("version".into(), "2".into())]).await.goes_to(&c.of_lena());
    c.post(&c.days_url(), &[("kind".into(), "extra".into()), ("date".into(), "12/1/2026".into()), ("place".into(), c.boise.clone()), ("hours".into(), "8 am to 11 am".into()), ("version".into(), "3".into())]).await.goes_to(&c.of_lena());
    let page = c.ada.get(&c.of_lena()).await;
    page.is_ok().shows("Tuesday, December 1, 2026 Day off . Conference").shows("8:00 am to 11:00 am, Riverside Boise");
    let lena = c.lena.practitioner.unwrap();
    let today = Date::constant(2026, 11, 22);
    let sight = salus_db::Sight { practitioner: Some(lena), ..Default::default() };
    let plan = crate::availability::plan(&mut w.db.read(&sight).await.unwrap(), lena, today).await.unwrap();
    assert_eq!((plan.windows.len(), plan.off.len(), plan.extras.len()), (1, 1, 1));
    assert_eq!((plan.windows[0].weekday, plan.windows[0].span.start, plan.extras[0].zone.as_str()), (1, 540, "America/Boise"));
    // The day off can't go while extra hours of that day would be at once with the week's.
    let day = |page: &crate::testing::Page, after: &str| page.body.split(after).nth(1).unwrap().split("name=\"day\" value=\"").nth(1).unwrap()[..36].to_owned();
    let remove = urls::availability_days_remove(lena);
    let (off, extra) = (day(&page, "Day off"), day(&page, "Riverside Boise</bdi>"));
    c.ada.post(&remove, &[("day", &off), ("version", "4")]).await.is(422).shows("overlaps");
    c.ada.post(&remove, &[("day", &extra), ("version", "4")]).await.goes_to(&c.of_lena());
    c.ada.post(&remove, &[("day", &off), ("version", "5")]).await.goes_to(&c.of_lena());
    c.ada.get(&c.of_lena()).await.is_ok().hides("Conference");
    c.ada.post(&format!("{schedule}/end"), &[("version", "6")]).await.goes_to(&c.of_lena());
    c.ada.get(&c.of_lena()).await.is_ok().shows("No weeks yet");
    c.ada.get(&schedule).await.is_not_found();
    assert!(w.ledger_all().await.contains(&"outcome change-availability administrator done".to_owned()));
    w.rows_are_intact().await;
}
}

salus_test! {
async fn nobody_is_at_two_places_at_once(w: World) {
    let c = clinic(&w).await;
    c.ada.get(&c.new_url()).await.is_ok();
    c.post(&c.new_url(), &c.fields(&c.chicago, &[("hours-1", "8 am to noon"), ("version", "0")])).await.goes_to(&c.of_lena());
    // 10 in Boise is 11 in Chicago.
    let page = c.post(&c.new_url(), &c.fields(&c.boise, &[("hours-1", "10 am to noon"), ("hours-2", "8 am to 9 am"), ("version", "1")])).await;
    page.is(422).shows("overlaps").shows("Monday 8:00 am to noon, Riverside Chicago");
    assert!(page.body.contains("value=\"10 am to noon\"") && page.body.contains("id=\"hours-1-problem\"") && !page.body.contains("id=\"hours-2-problem\""));
    c.post(&c.new_url(), &c.fields(&c.boise, &[("hours-1", "11 am to noon"), ("version", "1")])).await.goes_to(&c.of_lena());
    let page = c.post(&c.days_url(), &[("kind".into(), "extra".into()), ("date".into(), "11/23/2026".into()), ("place".into(), c.chicago.clone()), ("hours".into(), "noon to 1:30 pm".into()), ("version".into(), "2".into())]).await;
    page.is(422).shows("overlaps").shows("Monday 11:00 am to noon, Riverside Boise");
    assert!(page.body.contains("value=\"noon to 1:30 pm\"") && page.body.contains("value=\"11/23/2026\""));

    // Two at once: each fine alone, and they overlap. One is saved, the other is told.
    let bo = w.staff("Bo Lind", Role::Administrator).await;
    bo.get(&c.new_url()).await.is_ok();
    c.ada.get(&c.new_url()).await.is_ok();
    let (one, other) = (c.fields(&c.chicago, &[("hours-5", "8 am to noon"), ("version", "2")]), c.fields(&c.boise, &[("hours-5", "8 am to noon"), ("version", "2")]));
    let one: Vec<(&str, &str)> = one.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = c.new_url();
    let (ada_page, bo_page) = tokio::join!(c.ada.post(&url, &one), bo.post(&url, &other));
    let told = if ada_page.status == 303 { bo_page } else { bo_page.goes_to(&c.of_lena()); ada_page };
    told.is(422).shows("This changed while you were looking");
    assert!(told.body.contains("name=\"version\" value=\"3\"") && told.body.contains("value=\"8 am to noon\""));
    // Who saves again now is told what is in the way.
    let again: Vec<(&str, &str)> = other.iter().filter(|(name, _)| *name != "version").copied().chain([("version", "3")]).collect();
    bo.get(&c.new_url()).await.is_ok();
    bo.post(&url, &again).await.is(422).shows("overlaps");
}
}

salus_test! {
async fn every_wrong_field_of_availability_is_told_beside_it(w: World) {
    let c = clinic(&w).await;
    c.ada.get(&c.new_url()).await.is_ok();
    let long = "🌻".repeat(10_000);
    let page = c.ada.post(&c.new_url(), &[("place", "x"), ("from", "soon"), ("until", "1/1/2020"), ("hours-1", "8:03 am to noon"), ("hours-2", long.as_str()), ("version", "0")]).await;
    page.is(422).shows("Choose a place").shows("Enter a date").shows("Choose at least one visit type").shows("We can’t read");
    for kept in ["value=\"soon\"", "value=\"1/1/2020\"", "value=\"8:03 am to noon\"", &long] {
        assert!(page.body.contains(kept), "{kept:.20} is lost");
    }
    let post = async |changed: &[(&str, &str)]| c.post(&c.new_url(), &c.fields(&c.chicago, changed)).await;
    post(&[("hours-1", "8:03 am to noon"), ("version", "0")]).await.is(422).shows("steps of 5 minutes");
    post(&[("version", "0")]).await.is(422).shows("Enter hours for at least one day");
    post(&[("hours-1", "8 am to noon"), ("until", "11/1/2026"), ("version", "0")]).await.is(422).shows("must not come before");
    post(&[("hours-1", "8 am to noon"), ("version", "x")]).await.is(400);
    let page = c.ada.post(&c.days_url(), &[("kind", ""), ("date", "11/1/2026"), ("note", long.as_str()), ("version", "0")]).await;
    page.is(422).shows("Choose what is different").shows("This day is over").shows("no more than 120 letters");
    let page = c.ada.post(&c.days_url(), &[("kind", "extra"), ("date", "12/1/2026"), ("hours", "all day"), ("version", "0")]).await;
    page.is(422).shows("Choose a place").shows("We can’t read “all day”");
    assert!(page.body.contains("value=\"extra\" checked") && page.body.contains("value=\"all day\""));
    c.ada.get(&c.of_lena()).await.is_ok().shows("No weeks yet");
}
}

salus_test! {
async fn nobody_but_an_administrator_sets_availability_up(w: World) {
    let ada = w.staff("Ada Stone", Role::Administrator).await;
    let (who, schedule) = a_schedule(&w, &ada).await;
    let urls = [urls::AVAILABILITY.to_owned(), urls::availability(&who), urls::availability_new(&who), urls::schedule(&schedule)];
    for other in [&w.staff("Jamie Cole", Role::FrontDesk).await, &w.practitioner("Dr. Lena Park").await, &w.patient("Ana Ruiz").await] {
        for url in &urls {
            other.get(url).await.is_not_found();
        }
        other.get(crate::shell::urls::SETTINGS).await.is_ok();
        for url in [&urls[2], &urls[3], &format!("{}/end", urls[3]), &format!("{}/days", urls[1]), &format!("{}/days/remove", urls[1])] {
            other.post(url, &[("version", "1")]).await.is_not_found();
        }
    }
    ada.get(&urls[1]).await.is_ok().shows("Monday 8:00 am to noon");
    for wrong in ["x", "01890000-0000-7000-8000-000000000000"] {
        ada.get(&crate::shell::urls::availability(wrong)).await.is_not_found();
        ada.get(&crate::shell::urls::schedule(wrong)).await.is_not_found();
    }
}
}
