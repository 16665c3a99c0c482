//! When things happened, in words: in the place's zone where a time is known, and as far as the source knew otherwise.

use jiff::{civil::Date, tz::TimeZone};
use salus_fhir::{When, show::Span};
use salus_kernel::Instant;

use crate::shell::{dates, words};

/// When an entry of the record was or is.
#[derive(Clone, Default)]
pub enum Timing {
    /// Not known.
    #[default]
    Unknown,
    /// In the source's own words.
    Words(String),
    /// At a moment or on a day.
    At(When),
    /// Something that happened, from when to when: the hour matters.
    During(Span),
    /// Something that lasts or lasted: days are enough.
    Lasting(Span),
    /// Something that began and is still so.
    Since(When),
}

impl Timing {
    /// At a moment or on a day, if known.
    pub fn at(when: Option<When>) -> Self {
        when.map_or(Self::Unknown, Self::At)
    }

    /// From when to when something happened, as far as known.
    pub fn during(span: Span) -> Self {
        if span == Span::default() { Self::Unknown } else { Self::During(span) }
    }

    /// Since when something is so, if it still is; else when it began and ended, as far as known.
    pub fn lasting(span: Span, still: bool) -> Self {
        match (span.start, span.end) {
            (None, None) => Self::Unknown,
            (Some(start), None) if still => Self::Since(start),
            _ => Self::Lasting(span),
        }
    }

    /// The source's words, when there is no date.
    #[must_use]
    pub fn or_words(self, text: Option<String>) -> Self {
        match (self, text) {
            (Self::Unknown, Some(text)) => Self::Words(text),
            (known, _) => known,
        }
    }

    /// For a line of a list: days alone.
    pub fn brief(&self, zone: &TimeZone) -> String {
        self.tell(zone, brief, brief)
    }

    /// For a page of its own: the weekday, and for what happened the time, where the source had one.
    pub fn full(&self, zone: &TimeZone) -> String {
        match self {
            Self::During(Span { start: Some(When::Instant(start)), end: Some(When::Instant(end)) })
                if same_day(*start, *end, zone) =>
            {
                let (start, end) = (Instant::from_micros(*start), Instant::from_micros(*end));
                format!("{}, {}", dates::day(start, zone), times(start, end, zone))
            }
            other => other.tell(zone, full, weekday),
        }
    }

    fn tell(
        &self,
        zone: &TimeZone,
        event: fn(When, &TimeZone) -> String,
        state: fn(When, &TimeZone) -> String,
    ) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Words(text) => text.clone(),
            Self::At(when) => event(*when, zone),
            Self::During(span) => from_to(*span, zone, event),
            Self::Lasting(span) => from_to(*span, zone, state),
            Self::Since(when) => words::t1("record-since", "when", state(*when, zone)),
        }
    }
}

fn from_to(span: Span, zone: &TimeZone, say: fn(When, &TimeZone) -> String) -> String {
    let (start, end) = match (span.start, span.end) {
        (None, None) => return String::new(),
        (Some(start), None) => return say(start, zone),
        (None, Some(end)) => return words::t1("record-until", "when", say(end, zone)),
        (Some(start), Some(end)) => (start, end),
    };
    let (mut from, to) = (say(start, zone), say(end, zone));
    if from == to {
        return from;
    }
    // "February 3 to February 13, 2021": the year once.
    if let (Some(first), Some(last)) = (day(start, zone), day(end, zone))
        && first.year() == last.year()
        && let Some(short) = from.strip_suffix(&format!(", {}", first.year()))
    {
        from = short.to_owned();
    }
    words::t_with("record-from-to", [("start", from.into()), ("end", to.into())])
}

/// "November 25, 2026", "November 2026" or "2026".
pub fn brief(when: When, zone: &TimeZone) -> String {
    match (day(when, zone), when) {
        (Some(day), _) => dates::date(day),
        (None, When::YearMonth(year, month)) => format!("{} {year}", dates::month(month)),
        (None, When::Year(year) | When::Date(year, ..)) => year.to_string(),
        (None, When::Instant(_)) => String::new(),
    }
}

/// "Wednesday, November 25, 2026, 10:20 am Pacific Time", and less where less is known.
pub fn full(when: When, zone: &TimeZone) -> String {
    match when {
        When::Instant(micros) => dates::day_and_time(Instant::from_micros(micros), zone),
        _ => weekday(when, zone),
    }
}

/// "Wednesday, November 25, 2026", and less where less is known.
fn weekday(when: When, zone: &TimeZone) -> String {
    day(when, zone).map_or_else(|| brief(when, zone), dates::date_with_weekday)
}

/// "Friday, November 20": for a line under its month.
pub fn in_month(when: When, zone: &TimeZone) -> String {
    match day(when, zone) {
        Some(day) => format!("{}, {}\u{a0}{}", day.strftime("%A"), dates::month(day.month()), day.day()),
        None => brief(when, zone),
    }
}

/// "November 2026": the heading that a line stands under.
pub fn month(when: When, zone: &TimeZone) -> String {
    match (day(when, zone), when) {
        (Some(day), _) => format!("{} {}", dates::month(day.month()), day.year()),
        (None, when) => brief(when, zone),
    }
}

/// The calendar day, when the source knew it.
pub fn day(when: When, zone: &TimeZone) -> Option<Date> {
    match when {
        When::Instant(micros) => Some(dates::on(Instant::from_micros(micros), zone)),
        When::Date(year, month, day) => Date::new(year, month, day).ok(),
        When::YearMonth(..) | When::Year(_) => None,
    }
}

fn same_day(start: i64, end: i64, zone: &TimeZone) -> bool {
    start <= end && dates::on(Instant::from_micros(start), zone) == dates::on(Instant::from_micros(end), zone)
}

/// "10:20 to 10:45 am Pacific Time".
fn times(start: Instant, end: Instant, zone: &TimeZone) -> String {
    let (from, to) = (dates::time(start, zone), dates::time_with_zone(end, zone));
    if to.starts_with(&format!("{from} ")) {
        return to;
    }
    let half = |text: &str| text.split('\u{a0}').nth(1).map(|rest| rest.chars().take(2).collect::<String>());
    let from = match (half(&from), half(&to)) {
        (Some(first), Some(last)) if first == last => from.split('\u{a0}').next().unwrap_or_default().to_owned(),
        _ => from,
    };
    words::t_with("record-from-to", [("start", from.into()), ("end", to.into())])
}
