//! How the clinic shows itself: name, telephone number, colour. Pure.

use salus_assets::{BrandProblem, Theme};

use crate::shell::typed;

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
        let (name, phone) = (typed::line(name, 80), typed::phone(phone));
        let theme = match colour.trim() {
            "" => Ok(None),
            typed => Theme::from_brand(typed).map(Some),
        };
        let problems = Problems { name: name.is_none(), phone: phone.is_none(), colour: theme.as_ref().err().copied() };
        match (theme, name, phone) {
            (Ok(theme), Some(name), Some(phone)) => {
                Ok(Self { name, phone, colour: theme.map(|theme| theme.brand().to_string()).unwrap_or_default() })
            }
            _ => Err(problems),
        }
    }
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
}
