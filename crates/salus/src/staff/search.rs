//! What someone typed to find a patient: words of a name, a birth date, a record number, in any order in one field. Pure.

use salus_vault::normal;

use crate::{access::Wanted, shell::dates};

/// Why nothing can be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Nothing, or a single letter.
    Short,
    /// Something between slashes that is no day.
    Date,
}

/// The ways to read what was typed, the likeliest first: the first one that finds somebody counts.
///
/// A word with digits in it may be a record number or, in imported records, a name ("Aaron697").
pub fn parse(typed: &str) -> Result<Vec<Wanted>, Problem> {
    let (mut words, mut numbers, mut birth_date) = (Vec::new(), Vec::new(), None);
    let all: Vec<&str> =
        typed.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty()).collect();
    let mut rest = Vec::new();
    for word in all {
        if let Some(date) = dates::typed(word) {
            birth_date = Some(date.to_string());
            continue;
        }
        if word.contains('/') && word.contains(|c: char| c.is_ascii_digit()) {
            return Err(Problem::Date);
        }
        rest.push(word);
        if word.contains(|c: char| c.is_ascii_digit()) { numbers.push(word) } else { words.push(word) }
    }
    let name = normal::name(&words.join(" "));
    let alone = birth_date.is_none() && numbers.is_empty();
    // One letter fits half the clinic; one sign of another script can be a whole name.
    if alone && (name.is_empty() || name.len() == 1) {
        return Err(Problem::Short);
    }
    let wanted = |name: &[&str], mrn: &[&str]| Wanted {
        name: name.join(" "),
        birth_date: birth_date.clone(),
        mrn: mrn.concat(),
    };
    let mut ways = vec![wanted(&words, &numbers)];
    if !numbers.is_empty() {
        if !words.is_empty() {
            ways.push(wanted(&[], &rest));
        }
        if rest.iter().any(|word| word.contains(char::is_alphabetic)) {
            ways.push(wanted(&rest, &[]));
        }
    }
    Ok(ways)
}

/// The end of a record number, the rest masked: enough to tell two people apart beside name and birth date, not enough
/// to use elsewhere.
pub fn masked(mrn: &str) -> String {
    let length = mrn.chars().count();
    let shown = 4.min(length / 2);
    let end: String = mrn.chars().skip(length - shown).collect();
    format!("•••• {end}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(typed: &str) -> Vec<(String, String, String)> {
        parse(typed)
            .unwrap()
            .into_iter()
            .map(|wanted| (wanted.name, wanted.birth_date.unwrap_or_default(), wanted.mrn))
            .collect()
    }

    fn way(name: &str, date: &str, mrn: &str) -> (String, String, String) {
        (name.to_owned(), date.to_owned(), mrn.to_owned())
    }

    #[test]
    fn names_dates_and_numbers_are_told_apart() {
        assert_eq!(ways("Okafor"), [way("Okafor", "", "")]);
        assert_eq!(ways(" okafor,  maya "), [way("okafor maya", "", "")]);
        assert_eq!(ways("Maya 3/14/1985"), [way("Maya", "1985-03-14", "")]);
        assert_eq!(ways("1985-03-14 Maya"), [way("Maya", "1985-03-14", "")]);
        assert_eq!(ways("03-14-1985"), [way("", "1985-03-14", "")]);
        assert_eq!(ways("004182"), [way("", "", "004182")]);
        assert_eq!(ways("004 182"), [way("", "", "004182")]);
        assert_eq!(ways("MRN-004182"), [way("", "", "MRN-004182"), way("MRN-004182", "", "")]);
        assert_eq!(ways("李"), [way("李", "", "")]);
    }

    #[test]
    fn a_word_with_digits_may_be_a_number_or_a_name() {
        assert_eq!(
            ways("Aaron697 Brekke"),
            [way("Brekke", "", "Aaron697"), way("", "", "Aaron697Brekke"), way("Aaron697 Brekke", "", "")]
        );
        assert_eq!(ways("MRN 4182"), [way("MRN", "", "4182"), way("", "", "MRN4182"), way("MRN 4182", "", "")]);
    }

    #[test]
    fn what_finds_half_the_clinic_is_refused() {
        for short in ["", "  ", "a", " a ", "-", ".", "'", ","] {
            assert_eq!(parse(short).unwrap_err(), Problem::Short, "{short:?}");
        }
        for date in ["13/40/1985", "3/14/85", "2/29/2023", "maya 3/14"] {
            assert_eq!(parse(date).unwrap_err(), Problem::Date, "{date:?}");
        }
    }

    #[test]
    fn numbers_are_masked() {
        assert_eq!(masked("MRN-004182"), "•••• 4182");
        assert_eq!(masked("1234"), "•••• 34");
        assert_eq!(masked("7"), "••••");
        assert_eq!(masked(""), "••••");
    }
}
