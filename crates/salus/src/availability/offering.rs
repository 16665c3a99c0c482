//! Who can be booked for a kind of visit, where and when. What a booking is made of.

use std::collections::BTreeSet;

use jiff::civil::Date;
use salus_db::{Reader, Sql, args, row, sql};
use salus_kernel::{PractitionerId, ResourceId};

use super::{coming::Places, model::Plan, store::plans};
use crate::{
    locations::{self, Open},
    shell::error::Error,
};

/// Somebody who can be booked for a kind of visit.
pub struct Offering {
    /// Who.
    pub practitioner: PractitionerId,
    /// As patients know them.
    pub name: String,
    /// Their hours for it: weeks, extra hours at the places where they have such weeks, and days off.
    pub plan: Plan,
}

struct Offered {
    schedule: ResourceId,
    practitioner: PractitionerId,
    name: String,
    location: ResourceId,
    services: String,
}
row!(Offered { schedule, practitioner, name, location, services });

const OFFERED: Sql = sql!(
    "SELECT s.id AS schedule, s.practitioner_id AS practitioner, m.name AS name, s.location_id AS location, s.services AS services
       FROM schedule s
       JOIN (SELECT practitioner_id, MIN(name) AS name FROM staff_member
              WHERE active = TRUE AND role IN ('practitioner', 'nurse') GROUP BY practitioner_id) m
         ON m.practitioner_id = s.practitioner_id
      WHERE s.removed_at IS NULL AND (s.valid_until IS NULL OR s.valid_until >= $1)
      ORDER BY m.name, s.practitioner_id, s.id"
);

/// Everybody who works here and can be booked for a kind of visit from a day on, by name.
pub async fn offering(tx: &mut Reader, service: ResourceId, from: Date) -> Result<Vec<Offering>, Error> {
    let service = service.to_string();
    let rows: Vec<Offered> = tx.all(OFFERED, args![from.to_string()]).await?;
    let rows: Vec<Offered> =
        rows.into_iter().filter(|row| row.services.split_whitespace().any(|id| id == service)).collect();
    let mut plans = plans(tx, None, from).await?;
    let mut all: Vec<Offering> = Vec::new();
    for row in &rows {
        if all.iter().any(|one| one.practitioner == row.practitioner) {
            continue;
        }
        let own = || rows.iter().filter(|other| other.practitioner == row.practitioner);
        let schedules: BTreeSet<ResourceId> = own().map(|other| other.schedule).collect();
        let places: BTreeSet<ResourceId> = own().map(|other| other.location).collect();
        let mut plan = plans.remove(&row.practitioner).unwrap_or_default();
        plan.windows.retain(|window| schedules.contains(&window.schedule));
        plan.extras.retain(|extra| places.contains(&extra.location));
        all.push(Offering { practitioner: row.practitioner, name: row.name.clone(), plan });
    }
    Ok(all)
}

/// The places that are not closed for good, and all that is known of them from a day on.
pub async fn places(tx: &mut Reader, from: Date) -> Result<(Vec<Open>, Places), Error> {
    let places = locations::open(tx).await?;
    let known =
        Places { open: places.iter().map(|place| place.id).collect(), closed: locations::closed_days(tx, from).await? };
    Ok((places, known))
}
