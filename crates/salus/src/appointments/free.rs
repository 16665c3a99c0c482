//! Free times: what is left of somebody's hours, beside what is taken. Pure; nothing of it is stored.

use salus_kernel::{Instant, MINUTE};

use super::model::STEP;
use crate::{availability::Opening, visit_types::VisitType};

/// A stretch of time in which somebody is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
}

/// How much time a visit needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The visit itself.
    length: i64,
    /// Before it.
    before: i64,
    /// After it.
    after: i64,
}

impl Need {
    /// What a kind of visit needs.
    pub fn of(what: &VisitType) -> Self {
        let micros = |minutes: i64| minutes.saturating_mul(MINUTE);
        Self { length: micros(what.minutes), before: micros(what.before), after: micros(what.after) }
    }
    /// When a visit that begins then ends.
    pub fn end(self, start: Instant) -> Instant {
        start.plus(self.length)
    }
    /// The time that it takes of the practitioner, preparing and writing included.
    pub fn busy(self, start: Instant) -> Busy {
        Busy { from: start.plus(-self.before), until: start.plus(self.length + self.after) }
    }
}

/// From when until when a visit may begin.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Not before.
    pub from: Instant,
    /// Not after.
    pub until: Instant,
}

/// Whether a visit may begin then within these hours; whether somebody is taken is asked where it is written down.
pub fn fits(opening: &Opening, need: Need, start: Instant, range: Range) -> bool {
    let on_a_step = start.micros().rem_euclid(STEP) == 0;
    let in_hours = opening.from <= start && need.end(start) <= opening.until;
    on_a_step && in_hours && range.from <= start && start <= range.until
}

/// When visits can begin within these hours: one after another, and around what is taken. `busy` is in order and apart.
pub fn times(opening: &Opening, need: Need, busy: &[Busy], range: Range) -> Vec<Instant> {
    let mut out = Vec::new();
    let first = busy.partition_point(|taken| taken.until <= opening.from.plus(-need.before));
    let mut busy = busy.iter().skip(first).peekable();
    let mut at = opening.from;
    while need.end(at) <= opening.until && at <= range.until {
        let wanted = need.busy(at);
        while busy.next_if(|taken| taken.until <= wanted.from).is_some() {}
        match busy.peek().filter(|taken| taken.from < wanted.until) {
            Some(taken) => at = taken.until.plus(need.before),
            None => {
                if range.from <= at {
                    out.push(at);
                }
                at = wanted.until.plus(need.before);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::Date;
    use proptest::prelude::*;
    use salus_kernel::ResourceId;

    use super::*;
    use crate::{
        availability::{Places, Plan, Window},
        locations::Span,
    };

    const ALWAYS: Range = Range { from: Instant::from_micros(0), until: Instant::from_micros(i64::MAX) };

    fn id() -> ResourceId {
        ResourceId::new(Instant::from_micros(1_780_000_000_000_000), [1; 10])
    }
    fn at(minutes: i64) -> Instant {
        Instant::from_micros(1_780_000_200_000_000 / STEP * STEP + minutes * MINUTE)
    }
    fn opening(from: i64, until: i64) -> Opening {
        let span = Span::new(0, 1440).unwrap();
        Opening { location: id(), zone: "UTC".to_owned(), span, from: at(from), until: at(until) }
    }
    fn need(length: i64, before: i64, after: i64) -> Need {
        Need { length: length * MINUTE, before: before * MINUTE, after: after * MINUTE }
    }
    fn minutes(times: &[Instant]) -> Vec<i64> {
        times.iter().map(|time| time.since(at(0)) / MINUTE).collect()
    }

    #[test]
    fn times_follow_one_another_around_what_is_taken() {
        let hours = opening(0, 180);
        assert_eq!(minutes(&times(&hours, need(30, 0, 0), &[], ALWAYS)), [0, 30, 60, 90, 120, 150]);
        let busy = [Busy { from: at(-60), until: at(10) }, Busy { from: at(60), until: at(90) }];
        assert_eq!(minutes(&times(&hours, need(30, 0, 0), &busy, ALWAYS)), [10, 90, 120, 150]);
        // Time before and after is the practitioner's own, and may lie outside of the hours.
        assert_eq!(minutes(&times(&hours, need(30, 10, 5), &[], ALWAYS)), [0, 45, 90, 135]);
        assert_eq!(minutes(&times(&hours, need(30, 10, 0), &busy, ALWAYS)), [20, 100, 140]);
        let soon = Range { from: at(50), until: at(120) };
        assert_eq!(minutes(&times(&hours, need(30, 0, 0), &[], soon)), [60, 90, 120]);
        assert!(times(&hours, need(200, 0, 0), &[], ALWAYS).is_empty());
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        // Ten years of every day in zones of three continents, over each night on which the clocks change: every free time is
        // a time that may be booked, none overlaps another or what is taken, none is offered twice, and no time that would
        // have fit is lost: between two of them, or beside them, there is never room for one more.
        #[test]
        fn no_time_is_lost_or_doubled(
            zone in 0_usize..7, start in 0_i64..240, length in 6_i64..48, visit in 1_i64..12, before in 0_i64..3, after in 0_i64..3,
            taken in proptest::collection::vec((0_i64..3653 * 288, 1_i64..24), 0..200),
        ) {
            let zone = ZONES[zone];
            let Some(span) = Span::new(start * 5, (start * 5 + length * 5).min(1440)) else { return Ok(()) };
            let window = |weekday| Window {
                schedule: id(), location: id(), zone: zone.to_owned(), weekday, span, from: "2026-01-01".parse().unwrap(), until: None,
            };
            let plan = Plan { windows: (0..7).map(window).collect(), ..Plan::default() };
            let places = Places { open: BTreeSet::from([id()]), ..Places::default() };
            let need = need(visit * 5, before * 5, after * 5);
            let begin = Instant::from_micros(1_767_225_600_000_000);
            let mut busy: Vec<Busy> = Vec::new();
            let mut sorted = taken;
            sorted.sort_unstable();
            for (step, steps) in sorted {
                let new = Busy { from: begin.plus(step * STEP), until: begin.plus((step + steps) * STEP) };
                if busy.last().is_none_or(|last| last.until <= new.from) {
                    busy.push(new);
                }
            }
            let first: Date = "2026-01-01".parse().unwrap();
            let free = |from: Instant, until: Instant| !busy.iter().any(|taken| taken.from < until && from < taken.until);
            for day in plan.coming(first, 3653, &places) {
                for opening in &day.openings {
                    let found = times(opening, need, &busy, ALWAYS);
                    let mut left = opening.from;
                    for time in &found {
                        let own = need.busy(*time);
                        prop_assert!(fits(opening, need, *time, ALWAYS));
                        prop_assert!(free(own.from, own.until), "a time that is taken");
                        prop_assert!(left <= *time, "doubled");
                        left = own.until.plus(need.before);
                    }
                    // Room for one more before the first, between two, or after the last.
                    let mut gaps: Vec<(Instant, Instant)> = Vec::new();
                    let mut from = opening.from;
                    for time in &found {
                        gaps.push((from, need.busy(*time).from.plus(-need.after)));
                        from = need.busy(*time).until.plus(need.before);
                    }
                    gaps.push((from, opening.until));
                    for (from, until) in gaps {
                        let mut at = from;
                        while need.end(at) <= until {
                            let own = need.busy(at);
                            prop_assert!(!free(own.from, own.until), "a time that fits was lost");
                            at = at.plus(STEP);
                        }
                    }
                }
            }
        }
    }
}
