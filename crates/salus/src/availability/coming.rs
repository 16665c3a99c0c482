//! The coming days as they will be: weeks and the days that differ, without closed days and places. Pure.

use std::collections::BTreeSet;

use jiff::civil::Date;
use salus_kernel::{Instant, ResourceId};

use super::model::{Plan, moments};
use crate::locations::Span;

/// A stretch of time in which somebody can be booked at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where.
    pub location: ResourceId,
    /// The place's zone.
    pub zone: String,
    /// From when until when, in the place's wall time.
    pub span: Span,
    /// The moment at which it begins.
    pub from: Instant,
    /// The moment at which it ends.
    pub until: Instant,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// When somebody can be booked, in order.
    pub openings: Vec<Opening>,
    /// Whether it is a day off that takes something away.
    pub off: bool,
    /// The places that are closed on it and take something away.
    pub closed: BTreeSet<ResourceId>,
}

/// What is known of the places.
#[derive(Debug, Default)]
pub struct Places {
    /// Those that are not closed for good.
    pub open: BTreeSet<ResourceId>,
    /// Closed days.
    pub closed: BTreeSet<(ResourceId, Date)>,
}

impl Plan {
    /// The days from one on.
    pub fn coming(&self, from: Date, count: usize, places: &Places) -> Vec<Day> {
        let days = std::iter::successors(Some(from), |date| date.tomorrow().ok()).take(count);
        days.map(|date| self.day(date, places)).collect()
    }

    fn day(&self, date: Date, places: &Places) -> Day {
        let windows = self.windows.iter().filter(|window| window.is_on(date));
        let windows: Vec<_> = windows.map(|window| (window.location, window.zone.as_str(), window.span)).collect();
        let off = self.off.contains(&date) && !windows.is_empty();
        let extras = self.extras.iter().filter(|extra| extra.date == date);
        let extras = extras.map(|extra| (extra.location, extra.zone.as_str(), extra.span));
        let mut day = Day { date, openings: Vec::new(), off, closed: BTreeSet::new() };
        for (location, zone, span) in windows.into_iter().filter(|_| !off).chain(extras) {
            if places.closed.contains(&(location, date)) {
                day.closed.insert(location);
            } else if places.open.contains(&location)
                && let Some((from, until)) = moments(date, span, zone)
                && from < until
            {
                let moment = |at: jiff::Timestamp| Instant::from_micros(at.as_microsecond());
                let (from, until) = (moment(from), moment(until));
                day.openings.push(Opening { location, zone: zone.to_owned(), span, from, until });
            }
        }
        day.openings.sort_by_key(|opening| opening.from);
        day
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::Time, tz::TimeZone};
    use proptest::prelude::*;

    use super::{super::model::Window, *};

    fn id(number: u8) -> ResourceId {
        ResourceId::new(Instant::from_micros(1_780_000_000_000_000), [number; 10])
    }

    const ZONES: [&str; 7] = [
        "America/New_York",
        "America/Chicago",
        "America/Phoenix",
        "Europe/Berlin",
        "Europe/London",
        "Australia/Sydney",
        "Australia/Lord_Howe",
    ];

    fn every_day(zone: &str, span: Span) -> (Plan, Places) {
        let window = |weekday| Window {
            schedule: id(1),
            location: id(1),
            zone: zone.to_owned(),
            weekday,
            span,
            from: "2026-01-01".parse().unwrap(),
            until: None,
        };
        let places = Places { open: BTreeSet::from([id(1)]), ..Places::default() };
        (Plan { windows: (0..7).map(window).collect(), ..Plan::default() }, places)
    }

    fn wall(at: Instant, zone: &str) -> jiff::civil::DateTime {
        at.timestamp().to_zoned(TimeZone::get(zone).unwrap()).datetime()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        // Ten years of every day, over each night on which the clocks change: the wall time of a week never moves, every day
        // has its opening once, and only a time that a clock leaves out is moved, to the next that there is.
        #[test]
        fn a_change_of_the_clocks_moves_no_hours(zone in 0_usize..7, start in 0_i64..280, length in 1_i64..60) {
            let zone = ZONES[zone];
            let (start, end) = (start * 5, (start * 5 + length * 5).min(1440));
            let Some(span) = Span::new(start, end) else { return Ok(()) };
            let (plan, places) = every_day(zone, span);
            let first: Date = "2026-01-01".parse().unwrap();
            let mut last = Instant::from_micros(i64::MIN);
            let mut moved = 0;
            for day in plan.coming(first, 3653, &places) {
                // Hours that a clock leaves out altogether are no hours.
                if day.openings.is_empty() {
                    moved += 1;
                    continue;
                }
                prop_assert_eq!(day.openings.len(), 1);
                let opening = &day.openings[0];
                prop_assert!(opening.from < opening.until);
                prop_assert!(last <= opening.from, "{} overlaps the day before", day.date);
                last = opening.until;
                let midnight = day.date.to_datetime(Time::midnight());
                for (at, minutes) in [(opening.from, span.start), (opening.until, span.end)] {
                    let meant = midnight.checked_add(minutes.minutes()).unwrap();
                    let is = wall(at, zone);
                    if is != meant {
                        moved += 1;
                        prop_assert!(is > meant && is.duration_since(meant).as_mins() <= 60, "{meant} became {is}");
                    }
                }
            }
            // Twice a year at most, and there only for one night.
            prop_assert!(moved <= 2 * 10 * 2, "{moved} were moved");
        }
    }

    #[test]
    fn the_two_nights_in_chicago() {
        let span = Span::new(60, 240).unwrap();
        let (plan, places) = every_day("America/Chicago", span);
        let hours = |date: &str| {
            let day = plan.coming(date.parse().unwrap(), 1, &places).remove(0);
            day.openings.iter().map(|opening| opening.until.since(opening.from) / 3_600_000_000).sum::<i64>()
        };
        assert_eq!(hours("2027-03-13"), 3);
        assert_eq!(hours("2027-03-14"), 2, "from 1 to 4, and there is no 2");
        assert_eq!(hours("2027-11-07"), 4, "from 1 to 4, and there are two 1s");
        // Hours of which nothing is left.
        let (plan, places) = every_day("America/Chicago", Span::new(120, 180).unwrap());
        assert!(plan.coming("2027-03-14".parse().unwrap(), 1, &places)[0].openings.is_empty());
    }

    #[test]
    fn days_off_closed_days_and_closed_places_take_away() {
        let (mut plan, mut places) = every_day("America/Chicago", Span::new(480, 720).unwrap());
        let (off, closed): (Date, Date) = ("2026-11-30".parse().unwrap(), "2026-12-01".parse().unwrap());
        plan.off.push(off);
        plan.extras.push(super::super::model::Extra {
            location: id(1),
            zone: "America/Chicago".to_owned(),
            date: off,
            span: Span::new(540, 600).unwrap(),
        });
        places.closed.insert((id(1), closed));
        let days = plan.coming(off, 3, &places);
        let spans = |day: usize| days[day].openings.iter().map(|it| it.span.start).collect::<Vec<_>>();
        assert_eq!((spans(0), days[0].off), (vec![540], true), "extra hours on a day off stay");
        assert_eq!((spans(1), days[1].closed.contains(&id(1))), (vec![], true));
        assert_eq!((spans(2), days[2].off, days[2].closed.len()), (vec![480], false, 0));
        places.open.clear();
        assert!(plan.coming(off, 9, &places).iter().all(|day| day.openings.is_empty()), "a place closed for good");
    }
}
