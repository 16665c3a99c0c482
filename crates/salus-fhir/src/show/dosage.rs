//! How to take a medicine, in a sentence.

use crate::json::Node;
use crate::show::amount;
use crate::show::concept::{code_of, each_words, words};
use crate::show::title::capital;

/// What a dosage says: the sentence, and what else to mind.
pub(crate) struct Instruction {
    pub(crate) sentence: Option<String>,
    pub(crate) also: Vec<String>,
    pub(crate) as_needed: bool,
}

/// Reads a Dosage of the medicine with this name.
pub(crate) fn read(dosage: Node<'_>, medicine: &str) -> Instruction {
    let as_needed =
        dosage.get("asNeededBoolean").flag().unwrap_or(false) || dosage.get("asNeededCodeableConcept").exists();
    let mut also: Vec<String> = dosage.owned("patientInstruction").into_iter().collect();
    also.extend(each_words(dosage, "additionalInstruction"));
    also.extend(most(dosage.get("maxDosePerPeriod")));
    let sentence = dosage.owned("text").or_else(|| sentence(dosage, medicine));
    Instruction { sentence, also, as_needed }
}

fn sentence(dosage: Node<'_>, medicine: &str) -> Option<String> {
    let verb = words(dosage.get("method"))
        .map_or_else(|| verb(medicine, dosage.get("route")).to_owned(), |method| capital(&method));
    let dose = dosage.each("doseAndRate").find_map(dose);
    let often = often(dosage.get("timing"));
    let needed = as_needed(dosage);
    if dose.is_none() && often.is_none() && needed.is_none() {
        return None;
    }
    let mut text = verb;
    if let Some(dose) = &dose {
        text.push(' ');
        text.push_str(dose);
    }
    if let Some(often) = often {
        text.push_str(if dose.is_some() { ", " } else { " " });
        text.push_str(&often);
    }
    if let Some(needed) = needed {
        // "Take as needed", but "Take 1, once a day, as needed".
        text.push_str(if text.contains(' ') { ", " } else { " " });
        text.push_str(&needed);
    }
    Some(text)
}

fn as_needed(dosage: Node<'_>) -> Option<String> {
    if let Some(reason) = words(dosage.get("asNeededCodeableConcept")) {
        return Some(format!("as needed for {}", lower(&reason)));
    }
    dosage.get("asNeededBoolean").flag().unwrap_or(false).then(|| "as needed".to_owned())
}

/// The verb that fits how the medicine gets in.
fn verb(medicine: &str, route: Node<'_>) -> &'static str {
    let route = words(route).unwrap_or_default().to_lowercase();
    let medicine = medicine.to_lowercase();
    let says = |word: &str| route.contains(word) || medicine.contains(word);
    if says("inject")
        || says("subcutaneous")
        || says("intramuscular")
        || says("intravenous")
        || says("prefilled")
        || says("pen ")
    {
        "Inject"
    } else if says("inhal") || says("nebuliz") {
        "Breathe in"
    } else if says("cream")
        || says("ointment")
        || says("topical")
        || says("patch")
        || says("transdermal")
        || says("cutaneous")
    {
        "Apply"
    } else if says("ophthalmic")
        || says("otic")
        || says("nasal")
        || says("vaginal")
        || says("rectal")
        || says("implant")
        || says(" gel")
    {
        "Use"
    } else {
        "Take"
    }
}

fn dose(dose: Node<'_>) -> Option<String> {
    let quantity = dose.get("doseQuantity");
    if let Some(number) = quantity.get("value").number_text() {
        return Some(amount::join(&amount::trimmed(&number), &plural(&amount::unit_of(quantity), &number)));
    }
    let range = dose.get("doseRange");
    let (low, high) = (range.get("low"), range.get("high"));
    if let (Some(least), Some(most)) = (low.get("value").number_text(), high.get("value").number_text()) {
        let unit = plural(&amount::unit_of(high), &most);
        return Some(amount::join(&format!("{} to {}", amount::trimmed(&least), amount::trimmed(&most)), &unit));
    }
    amount::range(range).or_else(|| {
        let rate = dose.get("rateQuantity");
        amount::quantity(rate).or_else(|| amount::ratio(dose.get("rateRatio"))).map(|rate| format!("at {rate}"))
    })
}

/// "tablet" becomes "tablets" where there are several.
fn plural(unit: &str, number: &str) -> String {
    let counted = [
        "tablet",
        "capsule",
        "puff",
        "drop",
        "spray",
        "patch",
        "dose",
        "pill",
        "teaspoon",
        "unit",
        "application",
        "vial",
    ];
    let unit = unit.to_owned();
    let lower = unit.to_lowercase();
    match (counted.contains(&lower.as_str()), amount::trimmed(number).as_str()) {
        (true, "1") | (false, _) => unit,
        (true, _) if lower.ends_with("ch") => format!("{lower}es"),
        (true, _) => format!("{lower}s"),
    }
}

/// How often: "4 times a day", "every 6 hours", "at bedtime".
pub(crate) fn often(timing: Node<'_>) -> Option<String> {
    let repeat = timing.get("repeat");
    let mut parts: Vec<String> = Vec::new();
    parts.extend(rate(repeat));
    let whens: Vec<String> = repeat.each("when").filter_map(|when| when.text().map(event)).collect();
    if !whens.is_empty() {
        parts.push(whens.join(" and "));
    }
    let days: Vec<&str> = repeat.each("dayOfWeek").filter_map(|day| day.text().and_then(weekday)).collect();
    if !days.is_empty() {
        parts.push(format!("on {}", days.join(", ")));
    }
    let times: Vec<&str> = repeat.each("timeOfDay").filter_map(|time| time.text()?.get(..5)).collect();
    if !times.is_empty() {
        parts.push(format!("at {}", times.join(", ")));
    }
    if parts.is_empty() {
        parts.extend(
            code_of(timing.get("code")).and_then(by_code).map(str::to_owned).or_else(|| words(timing.get("code"))),
        );
    }
    if let Some(length) = amount::duration(repeat.get("boundsDuration")) {
        parts.push(format!("for {length}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn rate(repeat: Node<'_>) -> Option<String> {
    let number = |name: &str| repeat.get(name).number_text().map(|number| amount::trimmed(&number));
    let unit = repeat.text_of("periodUnit")?;
    let period = match (number("period")?, number("periodMax")) {
        (period, Some(most)) => format!("{period} to {most}"),
        (period, None) => period,
    };
    let frequency = number("frequency").unwrap_or_else(|| "1".to_owned());
    let single = match unit {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "wk" => "week",
        "mo" => "month",
        "a" => "year",
        _ => return None,
    };
    let times = match (frequency.as_str(), number("frequencyMax")) {
        (few, Some(most)) => format!("{few} to {most} times"),
        ("1", None) => "once".to_owned(),
        ("2", None) => "2 times".to_owned(),
        (many, None) => format!("{many} times"),
    };
    Some(match (times.as_str(), period.as_str()) {
        ("once", "1") if single == "hour" => "every hour".to_owned(),
        (times, "1") => format!("{times} {} {single}", if single == "hour" { "an" } else { "a" }),
        ("once", period) => format!("every {period} {single}s"),
        (times, period) => format!("{times} every {period} {single}s"),
    })
}

fn event(code: &str) -> String {
    let word = match code {
        "MORN" | "MORN.early" | "MORN.late" | "CM" => "in the morning",
        "NOON" => "at noon",
        "AFT" | "AFT.early" | "AFT.late" => "in the afternoon",
        "EVE" | "EVE.early" | "EVE.late" => "in the evening",
        "NIGHT" => "at night",
        "HS" => "at bedtime",
        "WAKE" => "after waking up",
        "PHS" => "after going to sleep",
        "C" => "with meals",
        "CD" => "with lunch",
        "CV" => "with dinner",
        "AC" => "before meals",
        "ACM" => "before breakfast",
        "ACD" => "before lunch",
        "ACV" => "before dinner",
        "PC" => "after meals",
        "PCM" => "after breakfast",
        "PCD" => "after lunch",
        "PCV" => "after dinner",
        other => return other.to_owned(),
    };
    word.to_owned()
}

fn by_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "QD" => "once a day",
        "BID" => "2 times a day",
        "TID" => "3 times a day",
        "QID" => "4 times a day",
        "QOD" => "every 2 days",
        "Q1H" => "every hour",
        "Q2H" => "every 2 hours",
        "Q3H" => "every 3 hours",
        "Q4H" => "every 4 hours",
        "Q6H" => "every 6 hours",
        "Q8H" => "every 8 hours",
        "AM" => "in the morning",
        "PM" => "in the afternoon",
        "BED" => "at bedtime",
        "WK" => "once a week",
        "MO" => "once a month",
        _ => return None,
    })
}

fn weekday(code: &str) -> Option<&'static str> {
    Some(match code {
        "mon" => "Monday",
        "tue" => "Tuesday",
        "wed" => "Wednesday",
        "thu" => "Thursday",
        "fri" => "Friday",
        "sat" => "Saturday",
        "sun" => "Sunday",
        _ => return None,
    })
}

fn most(ratio: Node<'_>) -> Option<String> {
    let amount = ratio.get("numerator");
    let number = amount::trimmed(&amount.get("value").number_text()?);
    let unit = plural(&amount::unit_of(amount), &number);
    let time = amount::duration(ratio.get("denominator"))?;
    Some(format!("Do not take more than {} in {time}", amount::join(&number, &unit)))
}

/// A reason within a sentence: "Pain" becomes "pain", "ADHD" stays.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Node, read};

    fn say(dosage: &Value, medicine: &str) -> String {
        read(Node::of(dosage), medicine).sentence.unwrap_or_default()
    }

    #[test]
    fn sentences() {
        let every = |frequency: i32, period: i32, unit: &str| json!({"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]});
        assert_eq!(say(&every(4, 1, "d"), "x"), "Take 1, 4 times a day");
        assert_eq!(say(&every(1, 1, "d"), "x"), "Take 1, once a day");
        assert_eq!(say(&every(1, 6, "h"), "x"), "Take 1, every 6 hours");
        assert_eq!(say(&every(1, 1, "h"), "Albuterol Inhaler"), "Breathe in 1, every hour");
        assert_eq!(say(&every(2, 3, "wk"), "x"), "Take 1, 2 times every 3 weeks");
        assert_eq!(say(&json!({"asNeededBoolean": true}), "x"), "Take as needed");
        assert_eq!(say(&json!({"asNeededBoolean": false}), "x"), "");
        assert_eq!(
            say(
                &json!({"asNeededCodeableConcept": {"text": "Pain"}, "timing": {"code": {"coding": [{"code": "BID"}]}},
                    "doseAndRate": [{"doseQuantity": {"value": 2.0, "unit": "tablet"}}]}),
                "x"
            ),
            "Take 2 tablets, 2 times a day, as needed for pain"
        );
        assert_eq!(
            say(&json!({"timing": {"repeat": {"when": ["HS"], "boundsDuration": {"value": 10, "code": "d"}}}}), "x"),
            "Take at bedtime, for 10 days"
        );
        assert_eq!(say(&json!({"text": "One with food"}), "x"), "One with food");
        let most = json!({"maxDosePerPeriod": {"numerator": {"value": 8, "unit": "tablet"}, "denominator": {"value": 1, "code": "d"}}});
        assert_eq!(read(Node::of(&most), "x").also, ["Do not take more than 8 tablets in 1 day"]);
    }
}
