//! A visit as a calendar file (RFC 5545): that there is one, when and where, and where to sign in. What kind of visit it is, with
//! whom and why is not in it: calendars are shared, and shown on lock screens.

use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use salus_kernel::Instant;

use super::{model::State, store::Visit};
use crate::{shell::words, visit_types::Meeting};

/// A moment in UTC, which no reader can take for another zone's time (RFC 5545, 3.3.5, form 2).
fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The file of one visit. A newer file of the same visit takes the older one's place: its sequence is higher.
pub fn file(visit: &Visit, clinic: &str, link: &str, now: Instant) -> String {
    let mut event = Event::new();
    event.uid(&format!("{}@salus", visit.id));
    event.add_property("DTSTAMP", utc(now));
    event.add_property("DTSTART", utc(visit.start));
    event.add_property("DTEND", utc(visit.end));
    event.add_property("SEQUENCE", visit.version.to_string());
    event.summary(&words::t1("visits-calendar-summary", "clinic", clinic));
    event.description(&words::t1("visits-calendar-description", "link", link));
    event.location(&match visit.meeting {
        Meeting::InPerson => visit.place.clone(),
        Meeting::Phone => words::t("visits-we-call"),
    });
    event.status(match visit.state {
        State::Cancelled { .. } => EventStatus::Cancelled,
        _ => EventStatus::Confirmed,
    });
    let mut calendar = Calendar::new();
    calendar.push(event.done());
    calendar.done().to_string()
}
