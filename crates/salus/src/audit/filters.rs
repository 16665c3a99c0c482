//! What can be asked of the ledger, as typed. Pure.

use jiff::{civil::Date, tz::TimeZone};
use salus_db::ledger::Mark;
use salus_kernel::{AccountId, Action, Instant, PatientId};
use salus_vault::normal;
use serde::Deserialize;

use crate::shell::dates;

/// What the search form sends.
#[derive(Default, Deserialize)]
pub struct SearchForm {
    /// First day.
    #[serde(default)]
    pub from: String,
    /// Last day.
    #[serde(default)]
    pub to: String,
    /// Whose account.
    #[serde(default)]
    pub account: String,
    /// Whose record.
    #[serde(default)]
    pub patient: String,
    /// An action's word.
    #[serde(default)]
    pub action: String,
    /// Where the pages before this one ended.
    #[serde(default)]
    pub trail: String,
}

/// What is wrong with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayProblem {
    /// Not a day.
    NotADay,
    /// The last day comes before the first.
    Order,
}

/// The days, from the first moment of the first to the end of the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// At this moment or later.
    pub from: Option<Instant>,
    /// Before this moment.
    pub until: Option<Instant>,
}

/// Reads the days as the clinic's days. The problem of each field, first and last.
pub fn span(from: &str, to: &str, zone: &TimeZone) -> Result<Span, (Option<DayProblem>, Option<DayProblem>)> {
    let day = |text: &str| match text.trim() {
        "" => Ok(None),
        typed => dates::typed(typed).map(Some).ok_or(DayProblem::NotADay),
    };
    let midnight = |date: Date| {
        date.to_zoned(zone.clone()).map(|at| Instant::from(at.timestamp())).map_err(|_| DayProblem::NotADay)
    };
    let (first, last) = (day(from), day(to));
    if let (Ok(Some(first)), Ok(Some(last))) = (first, last)
        && last < first
    {
        return Err((None, Some(DayProblem::Order)));
    }
    let from = first.and_then(|date| date.map(midnight).transpose());
    let until = last.and_then(|date| {
        date.map(|date| date.tomorrow().map_err(|_| DayProblem::NotADay).and_then(midnight)).transpose()
    });
    match (from, until) {
        (Ok(from), Ok(until)) => Ok(Span { from, until }),
        (from, until) => Err((from.err(), until.err())),
    }
}

/// Whose account may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhoseAccount {
    /// Anybody's.
    Any,
    /// This one.
    Id(AccountId),
    /// The one with this address.
    Email(String),
    /// Of the staff, by name.
    Name(String),
}

/// Reads an account's number, an address, or a name.
pub fn whose_account(typed: &str) -> WhoseAccount {
    let typed = typed.trim();
    match typed.to_ascii_lowercase().parse() {
        Ok(id) => WhoseAccount::Id(id),
        Err(_) if typed.is_empty() => WhoseAccount::Any,
        Err(_) if typed.contains('@') => WhoseAccount::Email(typed.to_owned()),
        Err(_) => WhoseAccount::Name(typed.to_owned()),
    }
}

/// Those of the staff whose name has a word for each typed one; the beginnings count. A whole name that fits alone wins.
pub fn named<'a>(typed: &str, staff: &'a [(AccountId, String)]) -> Vec<&'a (AccountId, String)> {
    let wanted = normal::name(typed);
    let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let fits = |name: &str| words.iter().all(|word| normal::name(name).split(' ').any(|own| own.starts_with(word)));
    let found: Vec<_> = staff.iter().filter(|(_, name)| fits(name)).collect();
    let exact: Vec<_> = found.iter().copied().filter(|(_, name)| normal::name(name) == wanted).collect();
    if exact.len() == 1 { exact } else { found }
}

/// A patient's number, when it is typed in full.
pub fn patient_id(typed: &str) -> Option<PatientId> {
    typed.trim().to_ascii_lowercase().parse().ok()
}

/// The action that was chosen; an unknown word means all.
pub fn action(word: &str) -> Option<Action> {
    Action::from_word(word)
}

/// Where the pages before this one ended, the last one last. What is not a trail of ours leads to the first page.
pub fn trail(text: &str) -> Vec<Mark> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(',').map(str::parse).collect::<Result<_, _>>().unwrap_or_default()
}

/// A trail as the form carries it.
pub fn trail_text(trail: &[Mark]) -> String {
    trail.iter().map(Mark::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::dates;

    #[test]
    fn days_are_whole_days_of_the_clinic() {
        let chicago = dates::zone("America/Chicago");
        let span = |from, to| span(from, to, &chicago);
        let day = span("11/22/2026", "2026-11-22").unwrap();
        assert_eq!(day.until.unwrap().since(day.from.unwrap()), 24 * 60 * salus_kernel::MINUTE);
        // The clocks go back on November 1, 2026: a day of 25 hours.
        let long = span("11/1/2026", "11/1/2026").unwrap();
        assert_eq!(long.until.unwrap().since(long.from.unwrap()), 25 * 60 * salus_kernel::MINUTE);
        assert_eq!(span("", " ").unwrap(), Span::default());
        assert_eq!(span("22.11.26", "11/31/2026").unwrap_err(), (Some(DayProblem::NotADay), Some(DayProblem::NotADay)));
        assert_eq!(span("11/22/2026", "11/1/2026").unwrap_err(), (None, Some(DayProblem::Order)));
        assert_eq!(span("", "12/31/9999").unwrap_err(), (None, Some(DayProblem::NotADay)));
    }

    #[test]
    fn accounts_are_numbers_addresses_or_names() {
        let id = AccountId::new(Instant::from_micros(1_700_000_000_000_000), [7; 10]);
        assert_eq!(whose_account(&format!(" {} ", id.to_string().to_uppercase())), WhoseAccount::Id(id));
        assert_eq!(whose_account("lena@example.org"), WhoseAccount::Email("lena@example.org".to_owned()));
        assert_eq!(whose_account(" Lena "), WhoseAccount::Name("Lena".to_owned()));
        assert_eq!(whose_account("  "), WhoseAccount::Any);
    }

    #[test]
    fn a_whole_name_wins_over_longer_ones() {
        let id = |number| AccountId::new(Instant::from_micros(1_700_000_000_000_000), [number; 10]);
        let staff =
            [(id(1), "Dr. Lena Park".to_owned()), (id(2), "Lena Parker".to_owned()), (id(3), "Lena Park".to_owned())];
        let found = |typed| named(typed, &staff).iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>();
        assert_eq!(found("lena"), ["Dr. Lena Park", "Lena Parker", "Lena Park"]);
        assert_eq!(found("lena parker"), ["Lena Parker"]);
        assert_eq!(found("Lena Park"), ["Lena Park"]);
        assert_eq!(found("nobody"), Vec::<&str>::new());
        assert_eq!(found("."), Vec::<&str>::new());
    }

    #[test]
    fn trails_come_back() {
        let text =
            "1795372200000000.0197f2c4-8a3e-7b10-9c55-2f6d1e0a4b77.18104,5.0197f2c4-8a3e-7b10-9c55-2f6d1e0a4b77.3";
        assert_eq!(trail(text).len(), 2);
        assert_eq!(trail_text(&trail(text)), text);
        assert!(trail("").is_empty() && trail("rubbish").is_empty() && trail(&format!("{text},")).is_empty());
    }
}
