//! When the demo clinic's people can be booked, and for what.

use salus_kernel::{PractitionerId, ResourceId};

use crate::{
    access::{RowWritten, RunChange, SystemRun},
    availability::{Window, Wish, rows_of},
    locations::Span,
    shell::{dates, error::Error},
    visit_types::{self, Meeting, Shown, VisitType},
};

/// Name, minutes, minutes after it, how people meet, who chooses it.
const KINDS: [(&str, i64, i64, Meeting, Shown); 4] = [
    ("Check-up", 30, 0, Meeting::InPerson, Shown::Patients),
    ("Follow-up", 20, 0, Meeting::InPerson, Shown::Patients),
    ("Phone call", 15, 5, Meeting::Phone, Shown::Patients),
    ("Small procedure", 45, 15, Meeting::InPerson, Shown::Staff),
];

/// Kinds of visits, and for each of these people weeks at their place: Monday to Friday, 9 to noon and 1 to 5.
pub async fn set_up(
    run: &SystemRun,
    change: &mut RunChange<'_>,
    people: &[(PractitionerId, String, &'static str)],
) -> Result<(), Error> {
    let (now, entry) = (run.now(), change.entry());
    let fresh = || ResourceId::new(now, salus_vault::random());
    let mut kinds = Vec::new();
    for (name, minutes, after, meeting, shown) in KINDS {
        let id = fresh();
        let soonest_hours = if meeting == Meeting::Phone { 2 } else { 12 };
        let what = VisitType {
            name: name.to_owned(),
            minutes,
            before: 0,
            after,
            soonest_hours,
            furthest_days: 90,
            meeting,
            shown,
        };
        let columns = visit_types::row_of(id, &what, now, entry.clone());
        change
            .insert(
                None,
                &RowWritten { table: "healthcare_service", id: id.to_string(), version: 1, columns: &columns },
            )
            .await?;
        kinds.push(id.to_string());
    }
    for (practitioner, location, zone) in people {
        let location: ResourceId = location.parse().map_err(|_| Error::broken("a demo place without an id"))?;
        let columns = [
            ("id", (*practitioner).into()),
            ("updated_at", now.into()),
            ("version", 1_i64.into()),
            ("entry", entry.clone().into()),
        ];
        let id = practitioner.to_string();
        change.insert(None, &RowWritten { table: "availability", id, version: 1, columns: &columns }).await?;
        let (schedule, from) = (fresh(), dates::on(now, &dates::zone(zone)));
        let hours = [Span::new(9 * 60, 12 * 60), Span::new(13 * 60, 17 * 60)];
        let window = |weekday: usize, span: Span| Window {
            schedule,
            location,
            zone: (*zone).to_owned(),
            weekday,
            span,
            from,
            until: None,
        };
        let windows = (0..5).flat_map(|day| hours.into_iter().flatten().map(move |span| (day, span)));
        let wish = Wish {
            id: schedule,
            practitioner: *practitioner,
            location,
            services: kinds.clone(),
            from,
            until: None,
            windows: windows.map(|(day, span)| window(day, span)).collect(),
        };
        for row in rows_of(&wish, now, &entry) {
            change.insert(None, &row.row()).await?;
        }
    }
    Ok(())
}
