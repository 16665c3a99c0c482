//! What people type into forms, read: lines of text, numbers, times of day, time zones. Pure.
//!
//! Each reader says what it made of the text, or that nothing can be made of it; the words beside the field are the slice's.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{dates, view::Choice, words};

/// A form as it was sent, for forms whose fields are counted or named by rows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// A form with these fields; the last of one name counts.
    pub fn of<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
    /// What a field holds; a field that is missing is empty.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
    /// The ends of the names of all boxes that are ticked: `who-` finds `7` for a box `who-7`.
    pub fn ticked(&self, begin: &str) -> Vec<&str> {
        let ticked = self.0.iter().filter(|(_, value)| *value == "yes");
        ticked.filter_map(|(name, _)| name.strip_prefix(begin)).collect()
    }
}

/// Marks that turn text around, or take no room: in a name they only deceive.
fn deceives(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// One line: spaces joined, 1 to `longest` characters, no control characters.
pub fn line(text: &str, longest: usize) -> Option<String> {
    note(text, longest).filter(|line| !line.is_empty())
}

/// The same, and it may be empty.
pub fn note(text: &str, longest: usize) -> Option<String> {
    let plain: String = text.chars().filter(|c| !deceives(*c)).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    (line.chars().count() <= longest && !line.chars().any(char::is_control)).then_some(line)
}

/// Up to `most` lines; empty ones are left out.
pub fn lines(text: &str, most: usize, longest: usize) -> Option<Vec<String>> {
    let lines: Vec<String> = text.lines().map(|line| note(line, longest)).collect::<Option<_>>()?;
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    (lines.len() <= most).then_some(lines)
}

/// A telephone number that somebody could call, as it was written: ten digits, eleven with the 1 before them, or a plus and
/// a country's number.
pub fn phone(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.len() <= 24 && text.chars().all(|c| c.is_ascii_digit() || " ()-.+".contains(c));
    let long_enough = match text.chars().find(|c| !c.is_whitespace()) {
        Some('+') => (8..=15).contains(&digits),
        Some('1') => digits == 11,
        _ => digits == 10,
    };
    (plain && long_enough && text.rfind('+').is_none_or(|at| at == 0)).then_some(text)
}

/// A whole number within a range.
pub fn whole(text: &str, range: RangeInclusive<i64>) -> Option<i64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && range.contains(number))
}

/// A time of day as minutes since midnight, from how people write it: `8 am`, `8:30am`, `noon`, `17:00`. The day's end is
/// 1440: `midnight` or `24:00`. A bare number such as `8` is neither morning nor evening.
pub fn time_of_day(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect::<String>().to_lowercase();
    match text.as_str() {
        "noon" => return Some(720),
        "midnight" => return Some(1440),
        _ => {}
    }
    let (clock, half) = match text.strip_suffix('m').and_then(|rest| rest.split_at_checked(rest.len().checked_sub(1)?))
    {
        Some((clock, half @ ("a" | "p"))) => (clock, Some(half == "p")),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, whole(minute, 0..=59)?),
        None if half.is_some() => (clock, 0),
        _ => return None,
    };
    if hour.len() > 2 {
        return None;
    }
    match half {
        Some(afternoon) => {
            let hour = whole(hour, 1..=12)? % 12;
            Some((hour + if afternoon { 12 } else { 0 }) * 60 + minute)
        }
        None => Some(whole(hour, 0..=24)? * 60 + minute).filter(|minutes| *minutes <= 1440),
    }
}

/// A time of day in words: `8:00 am`, `noon`, `midnight`. [`time_of_day`] reads them back.
pub fn time_in_words(minutes: i64) -> String {
    match minutes {
        720 => "noon".to_owned(),
        1440 => "midnight".to_owned(),
        _ => {
            let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
            let half = if hour < 12 { "am" } else { "pm" };
            format!("{}:{minute:02}\u{a0}{half}", (hour + 11) % 12 + 1)
        }
    }
}

/// Zones that most clinics are in, in the order in which people here name them.
const NEAR: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
];

static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    const AREAS: [&str; 10] =
        ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];
    let named = jiff::tz::db().available().map(|name| name.as_str().to_owned());
    let placed = named.filter(|name| name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area)));
    let mut zones: Vec<String> = placed.filter(|name| !NEAR.contains(&name.as_str())).collect();
    zones.sort();
    NEAR.iter().map(|name| (*name).to_owned()).chain(zones).collect()
});

/// An IANA time zone that the database of zones knows, by its exact name.
pub fn zone(text: &str) -> Option<String> {
    let zone = TimeZone::get(text.trim()).ok()?;
    zone.iana_name().filter(|name| *name != "Etc/Unknown").map(str::to_owned)
}

/// Every zone to choose from; the chosen one is among them also when it is an old name. Where none is chosen, the first is no
/// zone: nobody gets one by not looking.
pub fn zones(chosen: &str) -> Vec<Choice> {
    let known = zone(chosen);
    let none = known.is_none().then(|| Choice::new("", words::t("shell-zone-choose"), true));
    let zones = known.filter(|name| !ZONES.contains(name)).into_iter().chain(ZONES.iter().cloned());
    none.into_iter().chain(zones.map(|name| of_zone(&name, name == chosen))).collect()
}

fn of_zone(name: &str, chosen: bool) -> Choice {
    let words = dates::zone_name(&dates::zone(name)).replace('\u{a0}', " ");
    let plain = name.replace('_', " ");
    let label = if words == plain { plain } else { format!("{words} ({plain})") };
    Choice::new(name, label, chosen)
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_limited() {
        assert_eq!(line("  River   side\t", 10).as_deref(), Some("River side"));
        assert_eq!(line("\u{202e}evil\u{200b}", 10).as_deref(), Some("evil"));
        assert_eq!(line("د. ليلى", 10).as_deref(), Some("د. ليلى"));
        assert_eq!(line("👩🏽‍⚕️", 10).as_deref(), Some("👩🏽‍⚕️"));
        for wrong in ["", "  ", "\u{200b}", "12345678901", "a\u{0}b"] {
            assert_eq!(line(wrong, 10), None, "{wrong:?}");
        }
        assert_eq!(note(" ", 10).as_deref(), Some(""));
        assert_eq!(lines("a\r\n\n b \n", 2, 5), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(lines("a\nb\nc", 2, 5), None);
    }

    #[test]
    fn a_number_is_one_that_somebody_could_call() {
        for text in ["(503) 555-0100", "503.555.0100", "1-503-555-0100", "+1 503 555 0100", "+49 30 1234567"] {
            assert_eq!(phone(text).as_deref(), Some(text));
        }
        for text in
            ["", "911", "555-0100", "503 555 0100 ext 5", "+1 503 555 0100 0000 0", "5035550100+", "<b>5035550100"]
        {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_digits_within_a_range() {
        assert_eq!(whole(" 30 ", 5..=60), Some(30));
        for wrong in ["", "4", "61", "+30", "-5", "3.5", "٣٠", "9999999999999"] {
            assert_eq!(whole(wrong, 5..=60), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them_and_come_back() {
        for (text, minutes) in [
            ("8 am", 480),
            ("8:30am", 510),
            ("8:30 A.M.", 510),
            ("12 am", 0),
            ("12:15 pm", 735),
            ("noon", 720),
            ("5pm", 1020),
            ("17:00", 1020),
            ("0:00", 0),
            ("24:00", 1440),
            ("Midnight", 1440),
        ] {
            assert_eq!(time_of_day(text), Some(minutes), "{text}");
        }
        for wrong in ["", "8", "13 pm", "0 am", "24:01", "25:00", "8:3 am", "8:60 am", "am", "m", "é", "008:00", "٨ am"]
        {
            assert_eq!(time_of_day(wrong), None, "{wrong}");
        }
        for minutes in 0..=1440 {
            assert_eq!(time_of_day(&time_in_words(minutes)), Some(minutes), "{minutes}");
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        assert_eq!(zone("America/Chicago").as_deref(), Some("America/Chicago"));
        assert_eq!(zone("america/chicago").as_deref(), Some("America/Chicago"));
        for wrong in ["", "Chicago", "Nowhere/Else", "../etc/passwd", "+05:00"] {
            assert_eq!(zone(wrong), None, "{wrong}");
        }
        let choices = zones("Europe/Berlin");
        assert!(choices.len() > 300, "{}", choices.len());
        assert_eq!(choices.first().unwrap().label, "Eastern Time (America/New York)");
        assert_eq!(choices.iter().filter(|choice| choice.chosen).count(), 1);
        assert!(choices.iter().all(|choice| zone(&choice.value).as_ref() == Some(&choice.value)), "each is taken back");
        assert_eq!(zones("").first().map(|choice| (choice.value.as_str(), choice.chosen)), Some(("", true)));
        assert_eq!(zones("US/Central").first().unwrap().value, "US/Central");
    }
}
