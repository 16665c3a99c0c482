//! Days and times in words: American order, the zone named, no-break spaces so that "10:20 am" stays on one line.

use jiff::{Zoned, civil::Date, tz::TimeZone};
use salus_kernel::Instant;

/// A zone by its IANA name; UTC when the name is unknown, and then the words say so.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn at(when: Instant, zone: &TimeZone) -> Zoned {
    when.timestamp().to_zoned(zone.clone())
}

/// "Wednesday, November 25, 2026".
pub fn day(when: Instant, zone: &TimeZone) -> String {
    date_with_weekday(at(when, zone).date())
}

/// "November 25, 2026".
pub fn date(date: Date) -> String {
    format!("{}\u{a0}{}, {}", month(date.month()), date.day(), year(date.year()))
}

/// "Wednesday, November 25, 2026".
pub fn date_with_weekday(on: Date) -> String {
    format!("{}, {}", on.strftime("%A"), date(on))
}

/// "10:20 am".
pub fn time(when: Instant, zone: &TimeZone) -> String {
    let at = at(when, zone);
    let (hour, half) = match at.hour() {
        0 => (12, "am"),
        hour @ 1..=11 => (hour, "am"),
        12 => (12, "pm"),
        hour => (hour - 12, "pm"),
    };
    format!("{hour}:{:02}\u{a0}{half}", at.minute())
}

/// "10:20 am Pacific Time".
pub fn time_with_zone(when: Instant, zone: &TimeZone) -> String {
    format!("{} {}", time(when, zone), zone_name(zone))
}

/// "Wednesday, November 25, 2026, 10:20 am Pacific Time".
pub fn day_and_time(when: Instant, zone: &TimeZone) -> String {
    format!("{}, {}", day(when, zone), time_with_zone(when, zone))
}

/// The zone as people say it.
pub fn zone_name(zone: &TimeZone) -> String {
    let name = zone.iana_name().unwrap_or("UTC");
    let plain = match name {
        "America/New_York" | "America/Detroit" => "Eastern\u{a0}Time",
        "America/Chicago" => "Central\u{a0}Time",
        "America/Denver" | "America/Boise" => "Mountain\u{a0}Time",
        "America/Phoenix" => "Arizona\u{a0}Time",
        "America/Los_Angeles" => "Pacific\u{a0}Time",
        "America/Anchorage" => "Alaska\u{a0}Time",
        "Pacific/Honolulu" => "Hawaii\u{a0}Time",
        "America/Puerto_Rico" => "Atlantic\u{a0}Time",
        other => return other.replace('_', " "),
    };
    plain.to_owned()
}

/// "41 years", "7 months", "3 days": how old somebody born then is on a day.
pub fn age(born: Date, on: Date) -> String {
    let Ok(span) = born.until((jiff::Unit::Year, on)) else { return String::new() };
    let word = |count: i64, one: &str| format!("{count}\u{a0}{one}{}", if count == 1 { "" } else { "s" });
    match (span.get_years(), span.get_months(), span.get_days()) {
        (years, _, _) if years >= 2 => word(i64::from(years), "year"),
        (years, months, _) if years > 0 || months > 0 => word(i64::from(years) * 12 + i64::from(months), "month"),
        (_, _, days) => word(i64::from(days.max(0)), "day"),
    }
}

/// How many whole years old somebody born then is on a day.
pub fn years(born: Date, on: Date) -> i16 {
    born.until((jiff::Unit::Year, on)).map_or(0, |span| span.get_years())
}

/// A day as people here write it (3/14/1985, 3-14-1985, 3 14 1985, March 14, 1985, 14 March 1985) or as computers do,
/// 1985-03-14. The year has four digits: with two, a hundred-year-old and a newborn look the same.
pub fn typed(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text
        .split(|c: char| matches!(c, '/' | '-' | '.' | ',') || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect();
    let [one, two, three] = parts.as_slice() else { return None };
    let digits = |text: &str, longest: usize| text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = if one.len() == 4 && digits(one, 4) {
        (one, two, three)
    } else if digits(one, 2) && !digits(two, 2) {
        (three, two, one)
    } else {
        (three, one, two)
    };
    if year.len() != 4 || !digits(year, 4) || !digits(day, 2) {
        return None;
    }
    let month = if digits(month, 2) { month.parse().ok()? } else { month_named(month)? };
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// A month by its English name, or by three letters of it or more.
fn month_named(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = text.to_lowercase();
    let found = NAMES.iter().position(|name| text.len() >= 3 && name.starts_with(&text))?;
    i8::try_from(found + 1).ok()
}

/// "Good morning", "Good afternoon" or "Good evening", by the clinic's clock; the end of a message's id.
pub fn part_of_day(when: Instant, zone: &TimeZone) -> &'static str {
    match at(when, zone).hour() {
        4..=11 => "morning",
        12..=16 => "afternoon",
        _ => "evening",
    }
}

/// Day, time and distance from UTC as a spreadsheet reads them: "2026-11-25", "08:12:40", "UTC-06:00".
pub fn for_a_sheet(when: Instant, zone: &TimeZone) -> [String; 3] {
    let at = at(when, zone);
    ["%Y-%m-%d", "%H:%M:%S", "UTC%:z"].map(|part| at.strftime(part).to_string())
}

/// The calendar day in a zone.
pub fn on(when: Instant, zone: &TimeZone) -> Date {
    at(when, zone).date()
}

/// "November".
pub fn month(month: i8) -> &'static str {
    match month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

fn year(year: i16) -> String {
    year.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_read_as_people_say_them() {
        let when = Instant::from_micros(1_795_800_000_000_000); // 2026-11-27T18:40:00Z
        let plain = |text: String| text.replace('\u{a0}', " ");
        let west = zone("America/Los_Angeles");
        assert_eq!(plain(day_and_time(when, &west)), "Friday, November 27, 2026, 9:20 am Pacific Time");
        assert_eq!(plain(time_with_zone(when, &zone("America/New_York"))), "12:20 pm Eastern Time");
        assert_eq!(plain(time_with_zone(when, &zone("Nowhere/Else"))), "5:20 pm UTC");
        let d = |y, m, d| Date::constant(y, m, d);
        assert_eq!(plain(age(d(1985, 3, 14), d(2026, 11, 22))), "41 years");
        assert_eq!(plain(age(d(2025, 4, 1), d(2026, 11, 22))), "19 months");
        assert_eq!(plain(age(d(2026, 11, 21), d(2026, 11, 22))), "1 day");
        assert_eq!(plain(age(d(2024, 2, 29), d(2026, 2, 28))), "23 months");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let born = Date::constant(1985, 3, 14);
        for text in [
            "3/14/1985",
            "03/14/1985",
            "3-14-1985",
            "1985-03-14",
            " 1985/3/14 ",
            "3 14 1985",
            "3.14.1985",
            "March 14, 1985",
            "mar 14 1985",
            "14 March 1985",
        ] {
            assert_eq!(typed(text), Some(born), "{text}");
        }
        for text in [
            "",
            "1985",
            "3/14",
            "14/3/1985",
            "3/14/85",
            "+3/14/1985",
            "3/14/1985/1",
            "22.11.26",
            "Ma 14 1985",
            "Marchy 14 1985",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    #[test]
    fn both_nights_of_the_clock_change_have_their_hours() {
        let west = zone("America/Los_Angeles");
        // 2026-11-01: 1:30 am comes twice; 2026-03-08: 2:30 am never comes.
        let hour = |micros: i64| time(Instant::from_micros(micros), &west).replace('\u{a0}', " ");
        assert_eq!(hour(1_793_521_800_000_000), "1:30 am");
        assert_eq!(hour(1_793_525_400_000_000), "1:30 am");
        assert_eq!(hour(1_772_965_800_000_000), "3:30 am");
    }
}
