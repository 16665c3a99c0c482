//! How the clinic shows itself: name, telephone number, colour. Pure.

use salus_assets::{BrandProblem, Theme};

/// A name, a number and a colour that every page can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// 1 to 80 characters.
    pub name: String,
    /// As people write it.
    pub phone: String,
    /// `#rrggbb`, or empty for the portal's own colours.
    pub colour: String,
}

/// What is wrong, field by field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problems {
    /// There is no name, or it fills more than a header.
    pub name: bool,
    /// Nobody could call that.
    pub phone: bool,
    /// Not a colour, or too pale.
    pub colour: Option<BrandProblem>,
}

impl Look {
    /// Reads what was typed; all problems are told, not only the first.
    pub fn parse(name: &str, phone: &str, colour: &str) -> Result<Self, Problems> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let phone = phone.split_whitespace().collect::<Vec<_>>().join(" ");
        let theme = match colour.trim() {
            "" => Ok(None),
            typed => Theme::from_brand(typed).map(Some),
        };
        let problems = Problems {
            name: name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control),
            phone: !is_phone(&phone),
            colour: theme.as_ref().err().copied(),
        };
        match theme {
            Ok(theme) if problems == Problems::default() => {
                Ok(Self { name, phone, colour: theme.map(|theme| theme.brand().to_string()).unwrap_or_default() })
            }
            _ => Err(problems),
        }
    }
}

/// Ten digits, eleven with the 1 before them, or a plus and a country's number.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.len() <= 24 && text.chars().all(|c| c.is_ascii_digit() || " ()-.+".contains(c));
    let long_enough = match text.chars().find(|c| !c.is_whitespace()) {
        Some('+') => (8..=15).contains(&digits),
        Some('1') => digits == 11,
        _ => digits == 10,
    };
    plain && long_enough && text.rfind('+').is_none_or(|at| at == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_look_is_kept_as_typed_but_for_spaces_and_case() {
        let look = Look::parse("  Riverside   Clinic ", "(503) 555-0100", " 0B5563 ").unwrap();
        assert_eq!(
            look,
            Look {
                name: "Riverside Clinic".to_owned(),
                phone: "(503) 555-0100".to_owned(),
                colour: "#0b5563".to_owned()
            }
        );
        assert_eq!(Look::parse("R", "+49 30 1234567", "").unwrap().colour, "");
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let problems = Look::parse(" ", "call us", "teal").unwrap_err();
        assert_eq!(problems, Problems { name: true, phone: true, colour: Some(BrandProblem::NotAColour) });
        assert!(matches!(
            Look::parse("R", "(503) 555-0100", "#7fd1ae").unwrap_err().colour,
            Some(BrandProblem::ContrastTooLow { .. })
        ));
        assert!(Look::parse(&"x".repeat(81), "(503) 555-0100", "").unwrap_err().name);
    }

    #[test]
    fn a_number_is_one_that_somebody_could_call() {
        for phone in ["(503) 555-0100", "503.555.0100", "1-503-555-0100", "+1 503 555 0100", "+49 30 1234567"] {
            assert!(is_phone(phone), "{phone}");
        }
        for phone in
            ["", "911", "555-0100", "503 555 0100 ext 5", "+1 503 555 0100 0000 0", "5035550100+", "<b>5035550100"]
        {
            assert!(!is_phone(phone), "{phone}");
        }
    }
}
