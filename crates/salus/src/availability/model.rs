//! A practitioner's weeks and the days that differ, and whether anything overlaps. Pure.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use salus_kernel::ResourceId;

use crate::locations::Span;

/// Windows begin and end at multiples of this, in minutes.
pub const STEP: i64 = 5;
/// How far ahead places in different zones are compared: their clocks change against each other within a year.
const WEEKS: usize = 54;

/// Every week on one day, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The schedule that it is part of.
    pub schedule: ResourceId,
    /// Where.
    pub location: ResourceId,
    /// The place's zone.
    pub zone: String,
    /// The day, Monday is 0.
    pub weekday: usize,
    /// From when until when, in the place's wall time.
    pub span: Span,
    /// The first day on which it may be.
    pub from: Date,
    /// The last one.
    pub until: Option<Date>,
}

/// More hours on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Where.
    pub location: ResourceId,
    /// The place's zone.
    pub zone: String,
    /// When.
    pub date: Date,
    /// From when until when, in the place's wall time.
    pub span: Span,
}

/// Everything about one practitioner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Each week.
    pub windows: Vec<Window>,
    /// Days on which there are no windows.
    pub off: Vec<Date>,
    /// More hours on a day.
    pub extras: Vec<Extra>,
}

fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// The moments of a stretch of wall time; a time that the clocks leave out is the next one there is.
pub(super) fn moments(date: Date, span: Span, zone: &str) -> Option<(Timestamp, Timestamp)> {
    let zone = TimeZone::get(zone).ok()?;
    let at = |minutes: i64| {
        let midnight = date.to_datetime(Time::midnight());
        let wall = midnight.checked_add(minutes.minutes()).ok()?;
        let meant = zone.to_ambiguous_timestamp(wall);
        match meant.offset() {
            // The moment at which the clocks go on: nothing that ends or begins within the gap goes beyond it.
            AmbiguousOffset::Gap { .. } => {
                zone.following(meant.earlier().ok()?).next().map(|change| change.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => meant.compatible().ok(),
        }
    };
    Some((at(span.start)?, at(span.end)?))
}

fn same_time(one: (Date, Span, &str), other: (Date, Span, &str)) -> bool {
    if one.2 == other.2 {
        return one.0 == other.0 && one.1.overlaps(other.1);
    }
    match (moments(one.0, one.1, one.2), moments(other.0, other.1, other.2)) {
        (Some(one), Some(other)) => one.0 < other.1 && other.0 < one.1,
        _ => false,
    }
}

fn near(date: Date) -> impl Iterator<Item = Date> {
    (-1..=1).filter_map(move |days: i64| date.checked_add(days.days()).ok())
}

impl Window {
    /// Whether it is on that day.
    pub fn is_on(&self, date: Date) -> bool {
        weekday(date) == self.weekday && self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    /// Whether the two are ever at once.
    pub fn overlaps(&self, other: &Self) -> bool {
        let from = self.from.max(other.from);
        let ends = [self.until, other.until].into_iter().flatten().min();
        if self.zone == other.zone {
            let first = near_week(from).find(|date| weekday(*date) == self.weekday);
            let meet = first.is_some_and(|first| ends.is_none_or(|ends| first <= ends));
            return self.weekday == other.weekday && meet && self.span.overlaps(other.span);
        }
        // Abroad it may be the day before or after.
        let from = from.checked_sub(1.day()).unwrap_or(from);
        let days = std::iter::successors(Some(from), |date| date.tomorrow().ok()).take(WEEKS * 7);
        days.filter(|date| self.is_on(*date)).any(|date| {
            near(date)
                .filter(|day| other.is_on(*day))
                .any(|day| same_time((date, self.span, self.zone.as_str()), (day, other.span, other.zone.as_str())))
        })
    }
}

fn near_week(from: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.tomorrow().ok()).take(7)
}

impl Extra {
    fn overlaps_window(&self, window: &Window, off: &[Date]) -> bool {
        near(self.date)
            .filter(|day| window.is_on(*day) && !off.contains(day))
            .any(|day| same_time((self.date, self.span, self.zone.as_str()), (day, window.span, window.zone.as_str())))
    }
    fn overlaps(&self, other: &Self) -> bool {
        same_time((self.date, self.span, self.zone.as_str()), (other.date, other.span, other.zone.as_str()))
    }
}

/// What a window or extra hours would be at once with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// This window, on this day of the week.
    Window(Window),
    /// These extra hours.
    Extra(Extra),
}

impl Plan {
    /// What a new window would be at once with. Windows of its own schedule are left out: the schedule is replaced as a whole.
    pub fn clash_of_window(&self, new: &Window) -> Option<Clash> {
        let others = self.windows.iter().filter(|window| window.schedule != new.schedule);
        let window = others.clone().find(|window| window.overlaps(new)).cloned().map(Clash::Window);
        window.or_else(|| {
            self.extras.iter().find(|extra| extra.overlaps_window(new, &self.off)).cloned().map(Clash::Extra)
        })
    }

    /// What extra hours would be at once with.
    pub fn clash_of_extra(&self, new: &Extra) -> Option<Clash> {
        let window = self.windows.iter().find(|window| new.overlaps_window(window, &self.off));
        let window = window.cloned().map(Clash::Window);
        window.or_else(|| self.extras.iter().find(|extra| extra.overlaps(new)).cloned().map(Clash::Extra))
    }

    /// What would be at once with extra hours if this were no day off.
    pub fn clash_without_day_off(&self, date: Date) -> Option<Clash> {
        let off: Vec<Date> = self.off.iter().copied().filter(|day| *day != date).collect();
        let clashes = |extra: &&Extra| self.windows.iter().any(|window| extra.overlaps_window(window, &off));
        self.extras.iter().find(clashes).cloned().map(Clash::Extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_kernel::Instant;

    fn id(number: u8) -> ResourceId {
        ResourceId::new(Instant::from_micros(1_780_000_000_000_000), [number; 10])
    }

    fn window(schedule: u8, zone: &str, weekday: usize, hours: (i64, i64), from: &str, until: Option<&str>) -> Window {
        Window {
            schedule: id(schedule),
            location: id(schedule),
            zone: zone.to_owned(),
            weekday,
            span: Span::new(hours.0 * 60, hours.1 * 60).unwrap(),
            from: from.parse().unwrap(),
            until: until.map(|until| until.parse().unwrap()),
        }
    }

    fn extra(zone: &str, date: &str, hours: (i64, i64)) -> Extra {
        let span = Span::new(hours.0 * 60, hours.1 * 60).unwrap();
        Extra { location: id(9), zone: zone.to_owned(), date: date.parse().unwrap(), span }
    }

    const CHICAGO: &str = "America/Chicago";

    #[test]
    fn windows_overlap_where_day_time_and_dates_do() {
        let base = window(1, CHICAGO, 0, (8, 12), "2026-11-01", None);
        let overlaps = |other: &Window| base.overlaps(other) && other.overlaps(&base);
        assert!(overlaps(&window(2, CHICAGO, 0, (11, 13), "2026-12-01", None)));
        assert!(!overlaps(&window(2, CHICAGO, 0, (12, 13), "2026-12-01", None)), "they touch");
        assert!(!overlaps(&window(2, CHICAGO, 1, (8, 12), "2026-12-01", None)), "another day");
        assert!(!overlaps(&window(2, CHICAGO, 0, (8, 12), "2026-09-01", Some("2026-10-31"))), "over before");
        // October 27 to November 1, 2026, is Tuesday to Sunday: no Monday in common.
        assert!(!overlaps(&window(2, CHICAGO, 0, (8, 12), "2026-10-27", Some("2026-11-01"))), "no such day in common");
        assert!(overlaps(&window(2, CHICAGO, 0, (8, 12), "2026-10-27", Some("2026-11-02"))));
    }

    #[test]
    fn places_in_different_zones_are_compared_by_moments() {
        let base = window(1, CHICAGO, 0, (9, 12), "2026-11-01", None);
        let overlaps = |other: &Window| base.overlaps(other) && other.overlaps(&base);
        assert!(
            !overlaps(&window(2, "America/Boise", 0, (11, 13), "2026-11-01", None)),
            "11 in Boise is noon in Chicago"
        );
        assert!(overlaps(&window(2, "America/Boise", 0, (10, 11), "2026-11-01", None)));
        // Phoenix does not change its clocks: free of each other in winter, at once in summer.
        let phoenix = window(2, "America/Phoenix", 0, (11, 12), "2026-11-01", None);
        assert!(!overlaps(&phoenix), "11 in Phoenix is noon or 1 in Chicago");
        let phoenix = window(2, "America/Phoenix", 0, (7, 8), "2026-11-01", None);
        assert!(!overlaps(&Window { until: Some(Date::constant(2027, 2, 1)), ..phoenix.clone() }), "8 to 9 in winter");
        assert!(overlaps(&phoenix), "9 to 10 in summer");
        // Monday evening here is Tuesday there.
        let tokyo = window(3, "Asia/Tokyo", 1, (1, 2), "2026-11-01", None);
        assert!(overlaps(&tokyo), "1 on Tuesday in Tokyo is 10 on Monday in Chicago");
    }

    #[test]
    fn days_that_differ_are_held_against_the_week() {
        let plan = Plan {
            windows: vec![window(1, CHICAGO, 0, (8, 12), "2026-11-01", None)],
            off: vec!["2026-11-30".parse().unwrap()],
            extras: vec![extra(CHICAGO, "2026-11-30", (9, 10)), extra(CHICAGO, "2026-12-01", (9, 10))],
        };
        assert!(matches!(plan.clash_of_extra(&extra(CHICAGO, "2026-11-23", (11, 13))), Some(Clash::Window(_))));
        assert_eq!(plan.clash_of_extra(&extra(CHICAGO, "2026-11-23", (13, 14))), None);
        assert_eq!(plan.clash_of_extra(&extra(CHICAGO, "2026-11-30", (10, 11))), None, "that Monday is off");
        assert!(matches!(plan.clash_of_extra(&extra(CHICAGO, "2026-11-30", (9, 11))), Some(Clash::Extra(_))));
        assert!(plan.clash_without_day_off("2026-11-30".parse().unwrap()).is_some());
        assert!(matches!(
            plan.clash_of_window(&window(2, CHICAGO, 1, (8, 12), "2026-11-01", None)),
            Some(Clash::Extra(_))
        ));
        assert_eq!(plan.clash_of_window(&window(1, CHICAGO, 0, (8, 11), "2026-11-01", None)), None, "its own schedule");
    }
}
