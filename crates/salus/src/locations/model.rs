//! When a place is open: hours by weekday, and days on which it is closed. Pure.

use jiff::civil::{Date, Weekday};

use crate::shell::{dates, typed, words};

/// The most spans of one day.
const SPANS: usize = 6;
/// The most closed days that are still to come.
pub const CLOSURES: usize = 200;
/// The longest note of a closed day.
const NOTE: usize = 120;

/// From when until when, as minutes since midnight in the place's wall time; the day's end is 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// From this minute.
    pub start: i64,
    /// Until this one, which is after it and on the same day.
    pub end: i64,
}

impl Span {
    /// A span within one day.
    pub fn new(start: i64, end: i64) -> Option<Self> {
        (0 <= start && start < end && end <= 1440).then_some(Self { start, end })
    }
    /// Whether the two have a minute in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
    /// "8:00 am to noon".
    pub fn in_words(self) -> String {
        let (from, to) = (typed::time_in_words(self.start), typed::time_in_words(self.end));
        words::t_with("locations-span", [("from", from.into()), ("to", to.into())])
    }
}

/// Why a text is no hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoHours {
    /// This part can't be read.
    Unreadable(String),
    /// This part ends before it begins, or the next day.
    Backwards(String),
    /// These two have time in common.
    Overlap(Span, Span),
    /// More than anybody needs.
    TooMany,
}

impl NoHours {
    /// The message beside the field.
    pub fn in_words(&self) -> String {
        match self {
            Self::Unreadable(part) => words::t1("locations-problem-hours-unreadable", "part", part.as_str()),
            Self::Backwards(part) => words::t1("locations-problem-hours-backwards", "part", part.as_str()),
            Self::Overlap(one, other) => words::t_with(
                "locations-problem-hours-overlap",
                [("one", one.in_words().into()), ("other", other.in_words().into())],
            ),
            Self::TooMany => words::t1("locations-problem-hours-many", "count", u64::try_from(SPANS).unwrap_or(0)),
        }
    }
}

/// A part of what was typed, short enough for a message.
fn part(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

/// One span, as `8 am to 12:30 pm` or `8:00-12:30`.
pub fn span(text: &str) -> Result<Span, NoHours> {
    let text = text.trim();
    let unreadable = || NoHours::Unreadable(part(text));
    let lower = text.to_lowercase();
    let (from, to) = [" to ", "–", "—", "-"].iter().find_map(|mark| lower.split_once(mark)).ok_or_else(unreadable)?;
    let (start, end) = (typed::time_of_day(from), typed::time_of_day(to));
    // "midnight" as a beginning is the day's first minute.
    let start = start.map(|minutes| minutes % 1440).ok_or_else(unreadable)?;
    let end = end.map(|minutes| if minutes == 0 { 1440 } else { minutes }).ok_or_else(unreadable)?;
    Span::new(start, end).ok_or_else(|| NoHours::Backwards(part(text)))
}

/// When a place is open in a week. No spans on any day: it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours([Vec<Span>; 7]);

impl Hours {
    /// The spans of one day, in order.
    pub fn on(&self, weekday: Weekday) -> &[Span] {
        self.day(usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0))
    }
    /// The same, counted from Monday, which is 0.
    pub fn day(&self, day: usize) -> &[Span] {
        self.0.get(day).map_or(&[], Vec::as_slice)
    }
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// Reads what was typed for each day, Monday first; every day's problem is told.
    pub fn parse(days: [&str; 7]) -> Result<Self, Box<[Option<NoHours>; 7]>> {
        let read = days.map(day);
        if read.iter().all(Result::is_ok) {
            Ok(Self(read.map(Result::unwrap_or_default)))
        } else {
            Err(Box::new(read.map(Result::err)))
        }
    }

    /// As it is stored: `1 480-720,780-1020;3 480-720`, Monday is 1.
    pub fn stored(&self) -> String {
        let spans = |spans: &[Span]| {
            spans.iter().map(|span| format!("{}-{}", span.start, span.end)).collect::<Vec<_>>().join(",")
        };
        let days = self.0.iter().zip(1..).filter(|(day, _)| !day.is_empty());
        days.map(|(day, number)| format!("{number} {}", spans(day))).collect::<Vec<_>>().join(";")
    }

    /// What [`Self::stored`] wrote.
    pub fn from_stored(text: &str) -> Option<Self> {
        let mut hours = Self::default();
        for day in text.split(';').filter(|day| !day.is_empty()) {
            let (number, spans) = day.split_once(' ')?;
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            for span in spans.split(',') {
                let (start, end) = span.split_once('-')?;
                hours.0.get_mut(place)?.push(Span::new(start.parse().ok()?, end.parse().ok()?)?);
            }
        }
        Some(hours)
    }

    /// As people write it, for the form's fields.
    pub fn typed(&self, day: usize) -> String {
        self.day(day).iter().map(|span| span.in_words().replace('\u{a0}', " ")).collect::<Vec<_>>().join(", ")
    }
}

fn day(text: &str) -> Result<Vec<Span>, NoHours> {
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > SPANS {
        return Err(NoHours::TooMany);
    }
    let mut spans = parts.into_iter().map(span).collect::<Result<Vec<_>, _>>()?;
    spans.sort_unstable();
    match spans.iter().zip(spans.iter().skip(1)).find(|(one, other)| one.overlaps(**other)) {
        Some((one, other)) => Err(NoHours::Overlap(*one, *other)),
        None => Ok(spans),
    }
}

/// A weekday's name; Monday is 0.
pub fn day_in_words(day: usize) -> String {
    words::t(&format!("locations-day-{}", day + 1))
}

/// A day on which the place is closed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// The day, in the place's zone.
    pub date: Date,
    /// What people are told; may be empty.
    pub note: String,
}

/// Why a text is no list of closed days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoClosures {
    /// This line does not begin with a day.
    NoDay(String),
    /// This line's note is too long, or has characters that don't belong there.
    Note(String),
    /// This day is there twice.
    Twice(Date),
    /// This day is over, and was not on the list.
    Past(Date),
    /// This day is further away than anybody plans.
    Far(Date),
    /// More than [`CLOSURES`].
    TooMany,
}

impl NoClosures {
    /// The message beside the field.
    pub fn in_words(&self) -> String {
        let day = |id: &str, date: &Date| words::t1(id, "day", dates::date(*date));
        match self {
            Self::NoDay(line) => words::t1("locations-problem-closure-day", "line", line.as_str()),
            Self::Note(line) => words::t_with(
                "locations-problem-closure-note",
                [("line", line.as_str().into()), ("most", u64::try_from(NOTE).unwrap_or(0).into())],
            ),
            Self::Twice(date) => day("locations-problem-closure-twice", date),
            Self::Past(date) => day("locations-problem-closure-past", date),
            Self::Far(date) => day("locations-problem-closure-far", date),
            Self::TooMany => words::t1("locations-problem-closure-many", "count", u64::try_from(CLOSURES).unwrap_or(0)),
        }
    }
}

/// Reads closed days, one on each line: `12/25/2026 Christmas`. A day that is over may stay as it was, and not be added.
pub fn closures(text: &str, today: Date, known: &[Closure]) -> Result<Vec<Closure>, NoClosures> {
    let mut found: Vec<Closure> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (date, rest) = begins_with_a_day(line).ok_or_else(|| NoClosures::NoDay(part(line)))?;
        let note = typed::note(rest.trim_start_matches([',', ':', '-', '–', ' ']), NOTE)
            .ok_or_else(|| NoClosures::Note(part(line)))?;
        if found.iter().any(|other| other.date == date) {
            return Err(NoClosures::Twice(date));
        }
        if date < today && !known.iter().any(|other| other.date == date) {
            return Err(NoClosures::Past(date));
        }
        if i32::from(date.year()) > i32::from(today.year()) + 10 {
            return Err(NoClosures::Far(date));
        }
        if found.len() == CLOSURES {
            return Err(NoClosures::TooMany);
        }
        found.push(Closure { date, note });
    }
    found.sort_by_key(|closure| closure.date);
    Ok(found)
}

/// A line's day is its first word, as 12/25/2026, or its first three, as December 25, 2026.
fn begins_with_a_day(line: &str) -> Option<(Date, &str)> {
    [1, 3].into_iter().find_map(|count| {
        let mut end = 0;
        for _ in 0..count {
            let rest = line.get(end..)?;
            let word = rest.len() - rest.trim_start().len();
            let long = rest.trim_start().find(char::is_whitespace).unwrap_or(rest.trim_start().len());
            end += word + long;
        }
        let (day, rest) = line.split_at_checked(end)?;
        let day = day.trim_end_matches([':', ',']);
        dates::typed(day).map(|date| (date, rest))
    })
}

/// As people write them, for the form's field.
pub fn closures_typed(closures: &[Closure]) -> String {
    closures
        .iter()
        .map(|closure| format!("{} {}", closure.date.strftime("%-m/%-d/%Y"), closure.note).trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monday(text: &str) -> Result<Vec<Span>, NoHours> {
        let read = Hours::parse([text, "", "", "", "", "", ""]);
        read.map(|hours| hours.day(0).to_vec()).map_err(|problems| problems[0].clone().unwrap())
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let span = |start, end| Span { start, end };
        for text in [
            "8 am to 12 pm, 1 pm to 5 pm",
            "1pm-5pm; 8:00 AM – noon",
            "08:00-12:00,13:00-17:00",
            " 8 am TO 12:00 , 13:00 to 5 p.m. ",
        ] {
            assert_eq!(monday(text), Ok(vec![span(480, 720), span(780, 1020)]), "{text}");
        }
        assert_eq!(monday("12 am to midnight"), Ok(vec![span(0, 1440)]));
        assert_eq!(monday("6 pm to 12 am"), Ok(vec![span(1080, 1440)]), "until the day's end is no crossing");
        assert_eq!(monday("8 am to noon, noon to 5 pm").unwrap().len(), 2, "they touch and don't overlap");
        assert_eq!(monday("  "), Ok(vec![]));
    }

    #[test]
    fn what_is_no_hours_is_told_why() {
        assert!(matches!(monday("8 to 5"), Err(NoHours::Unreadable(_))));
        assert!(matches!(monday("8 am"), Err(NoHours::Unreadable(_))));
        assert!(matches!(monday("closed"), Err(NoHours::Unreadable(_))));
        assert!(matches!(monday("8 pm to 2 am"), Err(NoHours::Backwards(_))));
        assert!(matches!(monday("8 am to 8 am"), Err(NoHours::Backwards(_))));
        assert!(matches!(monday("8 am to noon, 11 am to 3 pm"), Err(NoHours::Overlap(..))));
        assert!(matches!(monday("8 am to noon, 8 am to noon"), Err(NoHours::Overlap(..))));
        assert_eq!(monday(&"1:00-2:00,".repeat(7)), Err(NoHours::TooMany));
        let long = monday(&"🌻".repeat(10_000)).unwrap_err();
        assert!(long.in_words().chars().count() < 200);
        let both = Hours::parse(["x", "", "9 pm to 8 am", "", "", "", ""]).unwrap_err();
        assert!(both[0].is_some() && both[1].is_none() && both[2].is_some());
    }

    #[test]
    fn hours_come_back_from_the_table_and_from_the_form() {
        let hours = Hours::parse(["8 am to noon, 1 pm to 5 pm", "", "", "", "", "", "6 pm to midnight"]).unwrap();
        assert_eq!(hours.stored(), "1 480-720,780-1020;7 1080-1440");
        assert_eq!(Hours::from_stored(&hours.stored()), Some(hours.clone()));
        assert_eq!(Hours::from_stored(""), Some(Hours::default()));
        assert_eq!(hours.on(Weekday::Sunday), hours.day(6));
        let again: Vec<String> = (0..7).map(|day| hours.typed(day)).collect();
        let again: [&str; 7] = std::array::from_fn(|day| again[day].as_str());
        assert_eq!(Hours::parse(again), Ok(hours));
        for wrong in ["1", "0 1-2", "8 1-2", "1 2-1", "1 1-1441", "x 1-2", "1 1"] {
            assert_eq!(Hours::from_stored(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn closed_days_are_read_line_by_line() {
        let today = Date::constant(2026, 11, 22);
        let text = "12/25/2026 Christmas\r\n\nNovember 26, 2026: Thanksgiving\n2027-01-01";
        let days = closures(text, today, &[]).unwrap();
        let told: Vec<(String, &str)> =
            days.iter().map(|closure| (closure.date.to_string(), closure.note.as_str())).collect();
        let day = |date: &str, note| (date.to_owned(), note);
        assert_eq!(told, [day("2026-11-26", "Thanksgiving"), day("2026-12-25", "Christmas"), day("2027-01-01", "")]);
        assert_eq!(closures(&closures_typed(&days), today, &[]), Ok(days));
        let no = |text: &str, known: &[Closure]| closures(text, today, known).unwrap_err();
        assert!(matches!(no("Christmas 12/25/2026", &[]), NoClosures::NoDay(_)));
        assert!(matches!(no("2/30/2027 no such day", &[]), NoClosures::NoDay(_)));
        assert!(matches!(no(&"🌻".repeat(10_000), &[]), NoClosures::NoDay(_)));
        assert!(matches!(no(&format!("12/25/2026 {}", "x".repeat(121)), &[]), NoClosures::Note(_)));
        assert!(matches!(no("12/25/2026 a\n12/25/2026 b", &[]), NoClosures::Twice(_)));
        assert!(matches!(no("11/21/2026 a", &[]), NoClosures::Past(_)));
        assert!(matches!(no("1/1/2099 a", &[]), NoClosures::Far(_)));
        let known = Closure { date: Date::constant(2026, 11, 21), note: String::new() };
        assert!(closures("11/21/2026", today, &[known]).is_ok(), "it was there when the form was opened");
    }
}
