//! What connects two people, so that one may be curious about the other. Pure.

use std::collections::BTreeSet;

use salus_fhir::show::{Address, PatientDetails};
use salus_vault::normal;
use serde_json::Value;

use crate::registrations::last_name;

/// Something that connects who looked with whom they looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// It is their own record.
    Own,
    /// The patient works here, or did.
    Colleague,
    /// The privacy officer has the record watched.
    Watched,
    /// One of them acts for the other, or did.
    ActsFor,
    /// They live at the same address.
    Home,
    /// They live on the same street, close by.
    Neighbour,
    /// They have a last name in common.
    Surname,
    /// Beside one of these: they said why they open the record.
    SaidWhy,
}

impl Sign {
    /// All of them, the strongest first.
    pub const ALL: [Self; 8] = [
        Self::Own,
        Self::Colleague,
        Self::Watched,
        Self::ActsFor,
        Self::Home,
        Self::Neighbour,
        Self::Surname,
        Self::SaidWhy,
    ];

    /// As sealed, and the end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Colleague => "colleague",
            Self::Watched => "watched",
            Self::ActsFor => "acts-for",
            Self::Home => "home",
            Self::Neighbour => "neighbor",
            Self::Surname => "surname",
            Self::SaidWhy => "said-why",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.word() == word)
    }
}

/// Where somebody lives, as far as it can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Home {
    /// The whole line: house, street, door.
    line: String,
    house: Option<u32>,
    street: String,
    zip: String,
}

/// Doors apart that still are neighbours: fifteen houses on one side of the street.
const CLOSE_BY: u32 = 30;

impl Home {
    fn of(address: &Address) -> Option<Self> {
        let line = normal::name(&address.lines.first()?.replace(['-', '#'], " "));
        let zip: String = address.postal_code.as_deref()?.chars().take(5).collect();
        let mut words = line.split(' ').peekable();
        let house = words
            .next_if(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .and_then(|word| word.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok());
        // What comes behind the street is a door in the house.
        let door = |word: &&str| ["apt", "apartment", "unit", "suite", "ste", "floor", "fl"].contains(word);
        let street: Vec<&str> = words.take_while(|word| !door(word)).collect();
        (!street.is_empty() && zip.len() == 5).then(|| Self {
            street: street.join(" "),
            house,
            zip,
            line: line.clone(),
        })
    }

    fn is_near(&self, other: &Self) -> bool {
        let close = self.house.zip(other.house).is_some_and(|(one, two)| one.abs_diff(two) <= CLOSE_BY);
        self.zip == other.zip && self.street == other.street && close
    }
}

/// Who somebody is, as far as it can be compared.
#[derive(Debug, Clone, Default)]
pub struct Likeness {
    surnames: BTreeSet<String>,
    homes: Vec<Home>,
}

/// What stands before a name and is none.
const PARTICLES: [&str; 14] =
    ["de", "la", "del", "da", "dos", "di", "van", "von", "der", "den", "el", "al", "bin", "st"];

impl Likeness {
    /// By a record's FHIR Patient.
    pub fn of_record(resource: &Value) -> Self {
        let details = PatientDetails::read(resource);
        let mut known = Self { homes: details.addresses.iter().filter_map(Home::of).collect(), ..Self::default() };
        known.is_called(details.family.as_deref().unwrap_or_default());
        // A maiden name is a family's, too.
        for other in &details.other_names {
            known.is_called(&last_name(other));
        }
        known
    }

    /// By the name under which somebody works here: "Dr. Lena Park, MD".
    pub fn of_colleague(name: &str) -> Self {
        let name = name.split(',').next().unwrap_or_default();
        let title = |word: &str| word.len() > 1 && word.len() <= 4 && word.chars().all(|c| c.is_ascii_uppercase());
        let words: Vec<&str> = name.split_whitespace().collect();
        let kept = words.iter().rposition(|word| !title(word)).map_or(words.len(), |last| last + 1);
        let mut known = Self::default();
        known.is_called(&last_name(&words.into_iter().take(kept).collect::<Vec<_>>().join(" ")));
        known
    }

    fn is_called(&mut self, family: &str) {
        let family = normal::name(&family.replace('-', " "));
        self.surnames.extend(
            family.split(' ').filter(|word| word.chars().count() > 1 && !PARTICLES.contains(word)).map(str::to_owned),
        );
    }

    /// Both together: what somebody is called at work, and what their own record says.
    pub fn and(mut self, other: &Self) -> Self {
        self.surnames.extend(other.surnames.iter().cloned());
        self.homes.extend(other.homes.iter().cloned());
        self
    }

    /// What connects the two.
    pub fn signs(&self, other: &Self) -> Vec<Sign> {
        let of_homes = |same: fn(&Home, &Home) -> bool| {
            self.homes.iter().any(|own| other.homes.iter().any(|home| same(own, home)))
        };
        let home = of_homes(|one, two| one.line == two.line && one.zip == two.zip);
        let near = !home && of_homes(Home::is_near);
        let surname = self.surnames.intersection(&other.surnames).next().is_some();
        let all = [(home, Sign::Home), (near, Sign::Neighbour), (surname, Sign::Surname)];
        all.into_iter().filter(|(holds, _)| *holds).map(|(_, sign)| sign).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person(family: &str, line: &str, zip: &str) -> Likeness {
        Likeness::of_record(&json!({
            "resourceType": "Patient",
            "name": [{ "use": "official", "family": family, "given": ["Ana"] }],
            "address": [{ "line": [line], "city": "Boise", "state": "ID", "postalCode": zip }],
        }))
    }

    #[test]
    fn words_come_back() {
        for sign in Sign::ALL {
            assert_eq!(Sign::from_word(sign.word()), Some(sign));
        }
        assert_eq!(Sign::from_word("zodiac"), None);
    }

    #[test]
    fn homes_and_neighbours_are_found_as_people_write_them() {
        let one = person("Ruiz", "14 Elm Street Apt 2", "83702-1234");
        let of = |line, zip| one.signs(&person("Okafor", line, zip));
        assert_eq!(of("14 ELM STREET, apt. 2", "83702"), [Sign::Home]);
        assert_eq!(of("14 Elm Street Apt 9", "83702"), [Sign::Neighbour], "another door");
        assert_eq!(of("22 Elm Street", "83702"), [Sign::Neighbour]);
        assert_eq!(of("80 Elm Street", "83702"), [], "far along the street");
        assert_eq!(of("14 Elm Street Apt 2", "83703"), [], "another town");
        assert_eq!(of("22 Oak Street", "83702"), []);
        let nowhere =
            Likeness::of_record(&json!({ "resourceType": "Patient", "address": [{ "postalCode": "83702" }] }));
        assert_eq!(nowhere.signs(&nowhere), []);
        let box_office = person("Okafor", "PO Box 7", "83702");
        assert_eq!(box_office.signs(&person("Kim", "PO Box 12", "83702")), [], "no house, no neighbour");
    }

    #[test]
    fn last_names_are_compared_as_families_share_them() {
        let at_work = Likeness::of_colleague("Dr. Lena Park, MD");
        let of = |family| at_work.signs(&person(family, "", ""));
        assert_eq!(of("Park"), [Sign::Surname]);
        assert_eq!(of("park"), [Sign::Surname]);
        assert_eq!(of("Garcia-Park"), [Sign::Surname]);
        assert_eq!(of("Parker"), []);
        assert_eq!(of(""), []);
        assert_eq!(Likeness::of_colleague("Lena Park RN").signs(&person("Park", "", "")), [Sign::Surname]);
        assert_eq!(Likeness::of_colleague("Ana de la Cruz").signs(&person("de la Torre", "", "")), []);
        assert_eq!(Likeness::of_colleague("José Núñez").signs(&person("Nunez", "", "")), [Sign::Surname]);
        assert_eq!(Likeness::of_colleague("Ana Li").signs(&person("Li", "", "")), [Sign::Surname]);
        assert_eq!(Likeness::of_colleague("").signs(&person("", "", "")), []);
        assert_eq!(Likeness::of_colleague("LENA").signs(&person("", "", "")), []);
    }
}
