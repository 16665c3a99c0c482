//! Rows of what an administrator sets up, and of what people write.

use salus_kernel::PatientId;

use super::{Person, World};
use crate::{
    availability::tests::a_schedule,
    emergency::tests::opens,
    locations::tests::a_place,
    messages::tests::begun,
    pools::tests::a_pool,
    proxies::tests::{asks_to_act, caregiver, code_at_desk, parent, sends_a_photo},
    reviews::tests::{a_week, watch},
    roles::tests::{a_role, gives, own_role},
    visit_types::tests::a_visit_type,
};

impl World {
    /// A conversation whose every text has `mark` in it; its id.
    pub async fn a_conversation(&self, who: &Person, patient: PatientId, mark: &str) -> String {
        begun(who, patient, mark).await
    }

    /// Somebody who acts for a grown-up patient, who gave them this.
    pub async fn caregiver(&self, name: &str, patient: &Person, scopes: &[&str]) -> Person {
        caregiver(self, name, patient, scopes).await
    }

    /// Somebody who acts for a child, because the front desk knows why.
    pub async fn parent(
        &self,
        name: &str,
        desk: &Person,
        child: PatientId,
        basis: &str,
        born: &str,
        scopes: &[&str],
    ) -> Person {
        parent(self, name, (desk, child), basis, born, scopes).await
    }

    /// A code with which somebody can act for a patient, from the front desk.
    pub async fn code_at_desk(&self, desk: &Person, patient: PatientId, basis: &str, scopes: &[&str]) -> String {
        code_at_desk(desk, patient, basis, scopes).await
    }

    /// Asks the clinic to act for somebody, with a photo of the papers: the request's id, and the photo's.
    pub async fn asks_to_act(&self, who: &Person, name: &str, born: &str) -> (String, String) {
        let request = asks_to_act(who, name, born).await;
        let photo = sends_a_photo(who, &request).await;
        (request, photo)
    }

    /// Stops acting for anybody.
    pub async fn acts_no_longer(&self, person: &Person) {
        let page = person.get(crate::shell::urls::ACTING_FOR).await;
        let id = super::between(&page, "name=\"id\" value=\"", "\"").to_owned();
        person.post(crate::shell::urls::ACTING_FOR_STOP, &[("id", &id)]).await.is(303);
    }

    /// Somebody who treats patients, and has just opened this record in an emergency.
    pub async fn in_an_emergency(&self, name: &str, patient: PatientId) -> Person {
        let person = self.practitioner(name).await;
        opens(&person, patient).await.is(303);
        person
    }

    /// Has a record watched, of somebody whom people here know.
    pub async fn watched(&self, officer: &Person, patient: PatientId) {
        watch(officer, patient, "other").await.is(303);
    }

    /// A role of the clinic's own that counts, said by one and confirmed by another; its number.
    pub async fn own_role(&self, two: (&Person, &Person), name: &str, base: &str, boxes: &[&str]) -> String {
        own_role(two.0, two.1, name, base, boxes).await
    }

    /// Gives somebody a role, and signs them in again.
    pub async fn gives(&self, administrator: &Person, whom: &Person, role: &str) {
        gives(self, administrator, whom, role).await;
    }

    /// The rows that the addresses of the clinic's settings, and of the weekly review, name, by the beginning of the address.
    pub async fn settings_rows(&self, administrator: &Person) -> Vec<(&'static str, String)> {
        let (who, schedule) = a_schedule(self, administrator).await;
        vec![
            ("/clinic/pools/", a_pool(self, administrator, "Nurses").await),
            ("/clinic/availability/", who),
            ("/clinic/schedules/", schedule),
            ("/clinic/locations/", a_place(self, administrator).await),
            ("/clinic/visit-types/", a_visit_type(self, administrator, "Check-up").await),
            ("/clinic/roles/", a_role(self, administrator).await),
            ("/audit/reviews/", a_week(self).await.to_string()),
        ]
    }
}
