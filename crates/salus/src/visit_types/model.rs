//! A kind of visit, read from a form. Pure.

use std::str::FromStr;

use crate::shell::typed::{self, Form};

/// Times of visits are multiples of this, in minutes.
pub const STEP: i64 = 5;
/// The longest name.
pub const NAME: usize = 80;
/// The longest visit, and the longest time before or after one, in minutes.
pub const LONGEST: (i64, i64) = (480, 120);
/// The longest shortest notice, in hours: four weeks.
pub const SOONEST: i64 = 24 * 28;
/// The longest notice, in days: two years.
pub const FURTHEST: i64 = 730;

/// How people meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// At a place.
    InPerson,
    /// By telephone.
    Phone,
}

impl Meeting {
    /// Both.
    pub const ALL: [Self; 2] = [Self::InPerson, Self::Phone];
    /// The word in the table and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InPerson => "in-person",
            Self::Phone => "phone",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meeting| meeting.word() == word)
    }
}

impl FromStr for Meeting {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::from_word(word).ok_or(())
    }
}

/// Who chooses this kind of visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Patients too.
    Patients,
    /// Only people who work here.
    Staff,
}

impl Shown {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Patients, Self::Staff];
    /// The word in the table and in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::Staff => "staff",
        }
    }
    /// The reverse.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shown| shown.word() == word)
    }
}

impl FromStr for Shown {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::from_word(word).ok_or(())
    }
}

/// A kind of visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitType {
    /// As patients know it.
    pub name: String,
    /// How long it takes, in minutes; a multiple of [`STEP`], and so are the two that follow.
    pub minutes: i64,
    /// How long nothing else may be before it.
    pub before: i64,
    /// How long nothing else may be after it.
    pub after: i64,
    /// It cannot be had sooner than in so many hours.
    pub soonest_hours: i64,
    /// It cannot be had later than in so many days.
    pub furthest_days: i64,
    /// How people meet.
    pub meeting: Meeting,
    /// Who chooses it.
    pub shown: Shown,
}

/// Which fields are wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Problems {
    /// There is none, or it is too long.
    pub name: bool,
    /// Not a number of minutes, or not in steps.
    pub minutes: bool,
    /// The same.
    pub before: bool,
    /// The same.
    pub after: bool,
    /// Not a number of hours.
    pub soonest: bool,
    /// Not a number of days.
    pub furthest: bool,
    /// The soonest comes after the furthest, so there would be no time at all.
    pub never: bool,
    /// Neither of them.
    pub meeting: bool,
    /// Neither of them.
    pub shown: bool,
}

impl VisitType {
    /// Reads what was typed; all problems are told, not only the first.
    pub fn parse(form: &Form) -> Result<Self, Problems> {
        let steps = |name: &str, least: i64, most: i64| {
            typed::whole(form.text(name), least..=most).filter(|minutes| minutes % STEP == 0)
        };
        let name = typed::line(form.text("name"), NAME);
        let minutes = steps("minutes", STEP, LONGEST.0);
        let before = steps("before", 0, LONGEST.1);
        let after = steps("after", 0, LONGEST.1);
        let soonest = typed::whole(form.text("soonest"), 0..=SOONEST);
        let furthest = typed::whole(form.text("furthest"), 1..=FURTHEST);
        let never = soonest.zip(furthest).is_some_and(|(hours, days)| hours >= days * 24);
        let meeting = Meeting::from_word(form.text("meeting"));
        let shown = Shown::from_word(form.text("shown"));
        match (name, minutes, before, after, soonest, furthest, meeting, shown) {
            (
                Some(name),
                Some(minutes),
                Some(before),
                Some(after),
                Some(soonest_hours),
                Some(furthest_days),
                Some(meeting),
                Some(shown),
            ) if !never => Ok(Self { name, minutes, before, after, soonest_hours, furthest_days, meeting, shown }),
            (name, minutes, before, after, soonest, furthest, meeting, shown) => Err(Problems {
                name: name.is_none(),
                minutes: minutes.is_none(),
                before: before.is_none(),
                after: after.is_none(),
                soonest: soonest.is_none(),
                furthest: furthest.is_none(),
                never,
                meeting: meeting.is_none(),
                shown: shown.is_none(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(changed: &[(&str, &str)]) -> Form {
        let good = [
            ("name", "Check-up"),
            ("minutes", "30"),
            ("before", "0"),
            ("after", "10"),
            ("soonest", "24"),
            ("furthest", "90"),
            ("meeting", "in-person"),
            ("shown", "patients"),
        ];
        Form::of(good.iter().chain(changed).copied())
    }

    #[test]
    fn a_kind_of_visit_is_read() {
        let read = VisitType::parse(&form(&[])).unwrap();
        assert_eq!((read.minutes, read.after, read.soonest_hours, read.furthest_days), (30, 10, 24, 90));
        assert_eq!((read.meeting, read.shown), (Meeting::InPerson, Shown::Patients));
        assert!(VisitType::parse(&form(&[("soonest", "0"), ("furthest", "1"), ("minutes", "5")])).is_ok());
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let wrong = form(&[
            ("name", " "),
            ("minutes", "32"),
            ("before", "-5"),
            ("after", "125"),
            ("soonest", "soon"),
            ("furthest", "0"),
            ("meeting", "letter"),
            ("shown", ""),
        ]);
        let all = Problems {
            name: true,
            minutes: true,
            before: true,
            after: true,
            soonest: true,
            furthest: true,
            never: false,
            meeting: true,
            shown: true,
        };
        assert_eq!(VisitType::parse(&wrong), Err(all));
        let never = VisitType::parse(&form(&[("soonest", "48"), ("furthest", "2")])).unwrap_err();
        assert_eq!(never, Problems { never: true, ..Problems::default() });
        for minutes in ["0", "485", "", "7.5", "thirty"] {
            assert!(VisitType::parse(&form(&[("minutes", minutes)])).unwrap_err().minutes, "{minutes}");
        }
    }
}
