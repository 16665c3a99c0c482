//! How like what somebody typed is to a chart: what the desk must look at twice. It decides nothing.

use salus_vault::normal;

use crate::shell::words;

/// What is like and what isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Name and date of birth are the same.
    Same,
    /// The date of birth is the same and the last name; the first is another: a twin?
    Twin,
    /// The name is the same and the date of birth another: a parent or a child?
    Junior,
    /// The date of birth is the same and nothing else: another name since?
    OnlyDate,
    /// Neither.
    Nothing,
}

impl Likeness {
    /// The end of the words for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Twin => "twin",
            Self::Junior => "junior",
            Self::OnlyDate => "only-date",
            Self::Nothing => "nothing",
        }
    }
    /// What is like and what isn't, as a sentence.
    pub fn at_length(self) -> String {
        words::t(&format!("registrations-like-{}-long", self.word()))
    }
    /// The likelier first.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Twin => 1,
            Self::Junior => 2,
            Self::OnlyDate => 3,
            Self::Nothing => 4,
        }
    }
    /// Whether whoever binds them has to say that they looked.
    pub const fn is_suspect(self) -> bool {
        !matches!(self, Self::Same)
    }

    /// Compares names and dates (`YYYY-MM-DD`).
    pub fn of(typed: (&str, &str), chart: (&str, &str)) -> Self {
        let same_date = typed.1 == chart.1;
        let (one, other) = (parts(typed.0), parts(chart.0));
        let within = |some: &[String], all: &[String]| some.iter().all(|word| all.contains(word));
        // A middle name that one of them leaves out makes no other person; one word alone says too little.
        let same_name =
            (within(&one, &other) || within(&other, &one)) && one.len().min(other.len()) > 1 || one == other;
        match (same_name, same_date) {
            (true, true) => Self::Same,
            (true, false) => Self::Junior,
            (false, true) if one.last().is_some() && one.last() == other.last() => Self::Twin,
            (false, true) => Self::OnlyDate,
            (false, false) => Self::Nothing,
        }
    }
}

/// The words of a name without what is put behind it.
fn parts(name: &str) -> Vec<String> {
    let suffix = |word: &&str| matches!(*word, "jr" | "sr" | "ii" | "iii" | "iv");
    normal::name(name).split(' ').filter(|word| !word.is_empty() && !suffix(word)).map(str::to_owned).collect()
}

/// The last word of a name, by which relatives are looked for.
pub fn last_name(name: &str) -> String {
    parts(name).pop().unwrap_or_default()
}

/// Whether a name says that there is a relative of the same name.
pub fn has_suffix(name: &str) -> bool {
    let all = normal::name(name);
    all.split(' ').any(|word| matches!(word, "jr" | "sr" | "ii" | "iii" | "iv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_and_juniors_are_told_from_the_person() {
        let of = |typed, chart| Likeness::of(typed, chart);
        let born = "1985-03-14";
        assert_eq!(of(("Ana Ruiz", born), ("ana  RUIZ", born)), Likeness::Same);
        assert_eq!(of(("Ana Ruiz", born), ("Ana María Ruiz", born)), Likeness::Same);
        assert_eq!(of(("Ana María Ruiz", born), ("Ana Ruiz", born)), Likeness::Same);
        assert_eq!(of(("Ana Ruiz", born), ("Eva Ruiz", born)), Likeness::Twin);
        assert_eq!(of(("John Doe Jr.", "1985-03-14"), ("John Doe", "1955-01-02")), Likeness::Junior);
        assert_eq!(of(("John Doe", born), ("John Doe III", "1955-01-02")), Likeness::Junior);
        assert_eq!(of(("Ana Okafor", born), ("Ben Ruiz", born)), Likeness::OnlyDate);
        assert_eq!(of(("Ana Okafor", born), ("Ben Ruiz", "1955-01-02")), Likeness::Nothing);
        assert_eq!(of(("Ruiz", born), ("Ana Ruiz", born)), Likeness::Twin, "one word says too little");
        assert_eq!(of(("", born), ("", born)), Likeness::Same);
        assert!(has_suffix("John Doe Jr.") && has_suffix("John Doe II") && !has_suffix("John Doe"));
        assert_eq!(last_name("Ana María Ruiz Jr."), "ruiz");
    }
}
