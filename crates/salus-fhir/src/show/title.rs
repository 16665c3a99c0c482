//! Turns the names of codes into what a person would say.

/// What SNOMED puts behind a name to say what kind of thing it is.
const TAILS: [&str; 35] = [
    "disorder",
    "finding",
    "procedure",
    "situation",
    "regime/therapy",
    "qualifier value",
    "observable entity",
    "substance",
    "product",
    "medicinal product",
    "clinical drug",
    "physical object",
    "body structure",
    "morphologic abnormality",
    "organism",
    "person",
    "occupation",
    "event",
    "environment",
    "record artifact",
    "dose form",
    "context-dependent category",
    "assessment scale",
    "attribute",
    "cell",
    "cell structure",
    "ethnic group",
    "specimen",
    "social concept",
    "staging scale",
    "tumor staging",
    "religion/philosophy",
    "life style",
    "medicinal product form",
    "situation with explicit context",
];

/// A name without SNOMED's tail and without a machine's spelling: `Medication_Review_Due` becomes "Medication review due".
pub(crate) fn plain(text: &str) -> String {
    let text = without_tail(text.trim());
    if text == "covid19" {
        return "COVID-19".to_owned();
    }
    if is_machine_text(text) { from_machine(text) } else { capital(text) }
}

/// Drops one tail, such as ` (disorder)`.
pub(crate) fn without_tail(text: &str) -> &str {
    let Some(open) = text.rfind(" (") else {
        return text;
    };
    let Some((name, tail)) = text.split_at_checked(open) else {
        return text;
    };
    let tail = tail.trim_start_matches(" (");
    match tail.strip_suffix(')') {
        Some(tail) if TAILS.contains(&tail) && !name.trim().is_empty() => name.trim_end(),
        _ => text,
    }
}

/// Words joined by `_`, with no blank between: a name from a program.
fn is_machine_text(text: &str) -> bool {
    text.contains('_')
        && !text.contains(char::is_whitespace)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn from_machine(text: &str) -> String {
    let words: Vec<String> = text
        .split('_')
        .filter(|word| !word.is_empty() && *word != "reason" && *word != "dx")
        .map(|word| {
            // `Condition2`: the number counts states of the program and says nothing.
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            match word {
                "copd" | "hiv" | "snf" | "ckd" | "vhd" | "gad" => word.to_ascii_uppercase(),
                word if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()) => word.to_owned(),
                word if word.eq_ignore_ascii_case("covid") => "COVID-19".to_owned(),
                word => word.to_ascii_lowercase(),
            }
        })
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() { text.to_owned() } else { capital(&words.join(" ")) }
}

/// The first letter large, unless a word has capitals of its own within (`predniSONE`, `pH`).
pub(crate) fn capital(text: &str) -> String {
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() && !first_word.chars().any(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// A code as words, when there is nothing better: `in-progress` becomes "In progress".
pub(crate) fn from_code(code: &str) -> String {
    let words = code.replace(['-', '_'], " ");
    if words.chars().any(char::is_uppercase) { code.to_owned() } else { capital(&words) }
}

/// True when every letter is large, as in `NANTUCKET COTTAGE HOSPITAL`.
fn shouts(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// The name of an organization or a town, with capitals only where words begin.
pub(crate) fn proper_name(text: &str) -> String {
    let text = text.trim();
    if !shouts(text) || !text.contains(' ') && text.len() <= 4 {
        return text.to_owned();
    }
    let word = |(place, word): (usize, &str)| match word {
        "LLC" | "PC" | "PLLC" | "LLP" | "MD" | "DO" | "II" | "III" | "IV" | "VA" | "PA" | "US" | "USA" | "NW"
        | "NE" | "SW" | "SE" | "PO" => word.to_owned(),
        "OF" | "AND" | "THE" | "FOR" | "AT" | "IN" if place > 0 => word.to_lowercase(),
        word => {
            let mut start = true;
            word.chars()
                .flat_map(|c| {
                    let out: Vec<char> = if start { vec![c] } else { c.to_lowercase().collect() };
                    start = matches!(c, '-' | '.' | '/' | '(' | '&');
                    out
                })
                .collect()
        }
    };
    text.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{from_code, plain, proper_name};

    #[test]
    fn says_it_plainly() {
        for (from, to) in [
            ("Otitis media (disorder)", "Otitis media"),
            ("Wound care (regime/therapy)", "Wound care"),
            ("High Risk (MFS Score 50+)", "High Risk (MFS Score 50+)"),
            ("Medication_Review_Due", "Medication review due"),
            ("dental_referral", "Dental referral"),
            ("contraception_care_reason", "Contraception care"),
            ("Enter_Directed_Use_Condition2", "Enter directed use condition"),
            ("hypertension_dx", "Hypertension"),
            ("copd_variant", "COPD variant"),
            ("ADHD", "ADHD"),
            ("bipolar", "Bipolar"),
            ("predniSONE 5 MG Oral Tablet", "predniSONE 5 MG Oral Tablet"),
            ("lisinopril 10 MG Oral Tablet", "Lisinopril 10 MG Oral Tablet"),
            ("pH of Urine", "pH of Urine"),
            ("(disorder)", "(disorder)"),
            ("  ", ""),
            ("___", "___"),
        ] {
            assert_eq!(plain(from), to, "{from}");
        }
        assert_eq!(from_code("in-progress"), "In progress");
        assert_eq!(
            proper_name("WHITTIER REHABILITATION HOSPITAL - BRADFORD"),
            "Whittier Rehabilitation Hospital - Bradford"
        );
        assert_eq!(proper_name("COMMUNITY INTERNIST ASSOCIATES PC"), "Community Internist Associates PC");
        assert_eq!(proper_name("Aetna"), "Aetna");
        assert_eq!(proper_name("UCLA"), "UCLA");
    }
}
