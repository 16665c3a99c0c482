//! Weeks, and what is said of what was found in them. Pure.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use salus_kernel::{Instant, MINUTE};

use crate::shell::dates;

const HOUR: i64 = 60 * MINUTE;

/// So long after its end a week that nobody signed off is late.
pub const LATE_AFTER: i64 = 7 * 24 * 60 * MINUTE;
/// So long after a day's end the ledger should have been gone through: it is done every hour.
pub const BEHIND_AFTER: i64 = 2 * 24 * 60 * MINUTE;

/// What the privacy officer says of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There was a reason.
    Reason,
    /// The wrong record was opened by mistake.
    Mistake,
    /// It was not right.
    NotRight,
    /// Nobody knows yet: it is followed up, also when the week is signed off.
    FollowUp,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Reason, Self::Mistake, Self::NotRight, Self::FollowUp];

    /// As stored, in forms, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Mistake => "mistake",
            Self::NotRight => "not-right",
            Self::FollowUp => "follow-up",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// The Monday of a day's week.
pub fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

/// When a day begins, in the clinic's zone.
pub fn begins(day: Date, zone: &TimeZone) -> Option<Instant> {
    day.to_zoned(zone.clone()).ok().map(|at| Instant::from(at.timestamp()))
}

/// A day of the clinic, or what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The Monday of its week.
    pub monday: Date,
    /// From here on.
    pub from: Instant,
    /// Until its end.
    pub until: Instant,
    /// The end of its week.
    pub week_ends: Instant,
}

/// The next day that is over and was not gone through. With nothing gone through yet it is the first day of the clinic, or of four
/// weeks ago, where the clinic is older than this review.
pub fn next(read_until: Option<Instant>, founded: Instant, now: Instant, zone: &TimeZone) -> Option<Due> {
    let from = match read_until {
        Some(until) => until,
        None => {
            let four_weeks_ago = monday(dates::on(now, zone).saturating_sub(28.days()));
            begins(four_weeks_ago.max(dates::on(founded, zone)), zone)?
        }
    };
    let day = dates::on(from, zone);
    let (until, monday) = (begins(day.tomorrow().ok()?, zone)?, monday(day));
    let week_ends = begins(monday.saturating_add(7.days()), zone)?;
    // What a slow process recorded at midnight is there an hour later.
    (until.plus(HOUR) <= now).then_some(Due { monday, from, until, week_ends })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("fine"), None);
    }

    #[test]
    fn days_follow_one_another_without_a_gap_over_both_clock_changes() {
        for (zone, from, to) in
            [("America/Chicago", "2026-10-30", "2026-11-04"), ("Europe/London", "2027-03-26", "2027-03-30")]
        {
            let zone = dates::zone(zone);
            let at = |day: &str| begins(day.parse().unwrap(), &zone).unwrap();
            let (mut until, end) = (at(from), at(to).plus(HOUR));
            let mut lengths = Vec::new();
            while let Some(due) = next(Some(until), until, end, &zone) {
                assert_eq!(due.from, until);
                assert!(due.until <= due.week_ends);
                lengths.push(due.until.since(due.from) / HOUR);
                until = due.until;
            }
            assert_eq!(until.plus(HOUR), end);
            assert!(lengths.iter().any(|hours| [23, 25].contains(hours)), "{lengths:?}");
        }
    }

    #[test]
    fn a_day_is_due_when_it_is_over() {
        let zone = dates::zone("America/Chicago");
        let at = |day: &str| begins(day.parse().unwrap(), &zone).unwrap();
        let noon = |day: &str| at(day).plus(12 * 60 * MINUTE);
        let due = |until: Option<&str>, now| next(until.map(at), noon("2026-11-04"), now, &zone);
        // From before there was a clinic there is nothing, and of an old one the last four weeks.
        let first = due(None, noon("2026-11-26")).unwrap();
        let monday = first.monday.to_string();
        assert_eq!((monday.as_str(), first.from, first.until), ("2026-11-02", at("2026-11-04"), at("2026-11-05")));
        assert_eq!(first.week_ends, at("2026-11-09"));
        assert_eq!(due(None, noon("2026-11-04")), None, "on the first day");
        assert_eq!(due(None, noon("2027-03-04")).unwrap().from, at("2027-02-01"));
        assert_eq!(due(Some("2026-11-26"), noon("2026-11-26")), None, "the day is not over");
        assert_eq!(due(Some("2026-11-26"), at("2026-11-27")), None, "for an hour something may come late");
        assert_eq!(due(Some("2026-11-26"), at("2026-11-27").plus(HOUR)).unwrap().until, at("2026-11-27"));
        // Another zone since: what is left of the day, and no gap.
        let west = dates::zone("America/Los_Angeles");
        let left = next(Some(at("2026-11-26")), at("2026-11-04"), noon("2026-11-27"), &west).unwrap();
        assert_eq!((left.from, left.until), (at("2026-11-26"), at("2026-11-26").plus(2 * 60 * MINUTE)));
    }
}
