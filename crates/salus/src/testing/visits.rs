//! A practitioner who can be booked, and booking through the front door.

use salus_kernel::PractitionerId;

use super::{Page, Person, World};
use crate::{
    locations::tests::{a_place_named, id_behind},
    shell::urls,
    visit_types::tests::a_visit_type,
};

/// Somebody who can be booked every weekday from 8 to noon in Chicago, for half an hour.
pub struct Bookable {
    /// Who signs in.
    pub doctor: Person,
    /// As a practitioner.
    pub practitioner: PractitionerId,
    /// The kind of visit.
    pub kind: String,
    /// Where.
    pub place: String,
}

impl World {
    /// Somebody who can be booked.
    pub async fn bookable(&self, administrator: &Person) -> Bookable {
        let doctor = self.practitioner("Dr. Vic Visit").await;
        let practitioner = doctor.practitioner.unwrap();
        let place = a_place_named(self, administrator, "Place of Vic", "America/Chicago").await;
        let kind = a_visit_type(self, administrator, "Talk with Vic").await;
        let bookable = Bookable { doctor, practitioner, kind, place };
        bookable.works_at(administrator, &bookable.place, "8 am to noon").await;
        bookable
    }
}

impl Bookable {
    /// Weeks at a place: every weekday, these hours, for the kind of visit.
    pub async fn works_at(&self, administrator: &Person, place: &str, hours: &str) -> String {
        let url = urls::availability(self.practitioner);
        let new = urls::availability_new(self.practitioner);
        let page = administrator.get(&new).await;
        let version =
            page.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let tick = format!("type-{}", self.kind);
        let days: Vec<String> = (1..=5).map(|day| format!("hours-{day}")).collect();
        let mut fields =
            vec![("place", place), ("from", "11/22/2026"), (tick.as_str(), "yes"), ("version", version.as_str())];
        fields.extend(days.iter().map(|day| (day.as_str(), hours)));
        administrator.post(&new, &fields).await.goes_to(&url);
        id_behind(&administrator.get(&url).await, "Place of Vic")
    }

    /// The page of free times, from a day on.
    pub async fn times(&self, person: &Person, from: &str) -> Page {
        person.get(&urls::visit_times_of(person.patient, &self.kind, self.practitioner, "", from)).await
    }

    /// The first free time, as its button sends it.
    pub async fn first_time(&self, person: &Person) -> String {
        picks(&self.times(person, "").await).into_iter().next().expect("a free time")
    }

    /// Asks for a time in this patient's chart.
    pub async fn hold(&self, person: &Person, chart: salus_kernel::PatientId, pick: &str, replaces: &str) -> Page {
        let fields =
            [("service", self.kind.as_str()), ("who", ""), ("replaces", replaces), ("from", ""), ("pick", pick)];
        person.get(&urls::visit_new(chart)).await.is_ok();
        person.post(&urls::visit_hold(chart), &fields).await
    }

    /// Books a time for a patient, with the steps that the patient takes: the visit's id.
    pub async fn book(&self, person: &Person, pick: &str, reason: &str) -> String {
        self.book_in(person, person.patient, pick, reason).await
    }

    /// The same, in a chart.
    pub async fn book_in(&self, person: &Person, chart: salus_kernel::PatientId, pick: &str, reason: &str) -> String {
        let id = kept(&self.hold(person, chart, pick, "").await);
        person.get(&urls::visit_confirm(chart, &id)).await.is_ok();
        person.post(&urls::visit_confirm(chart, &id), &[("reason", reason)]).await.goes_to(&urls::visit(chart, &id));
        id
    }
}

/// What the buttons of a page of times send.
pub fn picks(page: &Page) -> Vec<String> {
    page.is_ok()
        .body
        .split("name=\"pick\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// The id of the visit that is kept, after a time was asked for.
#[track_caller]
pub fn kept(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text());
    let mut parts = page.location().rsplit('/');
    assert_eq!(parts.next(), Some("confirm"), "{}", page.location());
    parts.next().unwrap().to_owned()
}
