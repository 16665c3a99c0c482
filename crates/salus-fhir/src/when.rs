//! FHIR dates and times, with the precision they were written in.

use jiff::Timestamp;
use jiff::civil::Date;

/// A point in time, or a date known only so far. Formatting it, in the zone of the place, is the page's task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// An exact time: microseconds since 1970 began, UTC.
    Instant(i64),
    /// A day: year, month, day.
    Date(i16, i8, i8),
    /// A month: year, month.
    YearMonth(i16, i8),
    /// A year.
    Year(i16),
}

impl When {
    /// Reads a FHIR `date`, `dateTime` or `instant`; none when it is not well formed or no such day exists.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year: i16 = digits(parts.next()?, 4)?.try_into().ok()?;
        if year < 1 {
            return None;
        }
        let month = small(parts.next())?;
        let day = small(parts.next())?;
        if parts.next().is_some() {
            return None;
        }
        match (month, day, time) {
            (None, None, None) => Some(Self::Year(year)),
            (Some(month), None, None) => Date::new(year, month, 1).ok().map(|_| Self::YearMonth(year, month)),
            (Some(month), Some(day), None) => Date::new(year, month, day).ok().map(|_| Self::Date(year, month, day)),
            (Some(month), Some(day), Some(time)) => {
                let midnight = start_of(Date::new(year, month, day).ok()?)?;
                midnight.checked_add(micros_of_day(time)?).map(Self::Instant)
            }
            _ => None,
        }
    }

    /// Microseconds since 1970 began; a date counts from its start in UTC. For sorting.
    pub fn micros(self) -> Option<i64> {
        match self {
            Self::Instant(micros) => Some(micros),
            Self::Date(year, month, day) => start_of(Date::new(year, month, day).ok()?),
            Self::YearMonth(year, month) => start_of(Date::new(year, month, 1).ok()?),
            Self::Year(year) => start_of(Date::new(year, 1, 1).ok()?),
        }
    }

    /// True when the time of day is known.
    pub const fn has_time(self) -> bool {
        matches!(self, Self::Instant(_))
    }
}

fn start_of(date: Date) -> Option<i64> {
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from(zoned).as_microsecond())
}

/// `None` outside means that the part is malformed; inside, that it is missing.
fn small(part: Option<&str>) -> Option<Option<i8>> {
    match part {
        None => Some(None),
        Some(part) => digits(part, 2)?.try_into().ok().map(Some),
    }
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// `hh:mm:ss[.fff](Z|+hh:mm)` as microseconds after midnight UTC, which may be below 0 or above a day.
fn micros_of_day(text: &str) -> Option<i64> {
    let (clock, offset) = match text.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let at = text.rfind(['+', '-'])?;
            let (clock, zone) = text.split_at_checked(at)?;
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 14 || minutes > 59 {
                return None;
            }
            (clock, sign * (hours * 60 + minutes) * 60)
        }
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let (hour, minute, second) = clock_parts(clock)?;
    let micros = match fraction {
        None => 0,
        Some(fraction) => {
            if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let padded: String = fraction.chars().chain("000000".chars()).take(6).collect();
            padded.parse().ok()?
        }
    };
    Some((hour * 3600 + minute * 60 + second - offset) * 1_000_000 + micros)
}

/// Hour, minute, second. FHIR allows a leap second, which counts as the second before it.
fn clock_parts(clock: &str) -> Option<(i64, i64, i64)> {
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    (parts.next().is_none() && hour < 24 && minute < 60 && second < 61).then_some((hour, minute, second.min(59)))
}

/// True for a FHIR `time` such as `14:30:00`.
pub(crate) fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    clock_parts(clock).is_some() && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::When;

    #[test]
    fn keeps_the_precision() {
        assert_eq!(When::parse("2020"), Some(When::Year(2020)));
        assert_eq!(When::parse("2020-05"), Some(When::YearMonth(2020, 5)));
        assert_eq!(When::parse("2020-02-29"), Some(When::Date(2020, 2, 29)));
        assert_eq!(When::parse("1970-01-01T00:00:00Z"), Some(When::Instant(0)));
        assert_eq!(When::parse("1970-01-01T01:00:00.000001+01:00"), Some(When::Instant(1)));
        assert_eq!(When::parse("1969-12-31T19:00:01.5-05:00"), Some(When::Instant(1_500_000)));
        assert_eq!(When::parse("1947-11-25T15:08:57.990534+00:00"), Some(When::Instant(-697_452_662_009_466)));
        assert_eq!(When::Year(1971).micros(), Some(365 * 86_400_000_000));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "20",
            "0000",
            "2020-13",
            "2021-02-29",
            "2020-1-1",
            "2020-01-01T",
            "2020-01-01T10:00Z",
            "2020T10:00:00Z",
            "2020-01-01T10:00:00",
            "2020-01-01T24:00:00Z",
            "2020-01-01T10:00:00.Z",
            "2020-01-01 10:00:00Z",
            "yesterday",
            "2020-01-01T10:00:00+15:00",
            "2020-01-01-01",
            "+020-01-01",
            "2020-01-01T10:00:00é",
            "２０２０",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }
}
