//! Quantities, ranges and UCUM units in words.

use crate::json::Node;

/// A unit as people write it; empty when the unit says nothing to a reader.
pub(crate) fn unit(ucum: &str) -> String {
    let known = match ucum.trim() {
        "mm[Hg]" => "mmHg",
        "Cel" => "°C",
        "[degF]" => "°F",
        "/min" | "{beats}/min" | "{Beats}/min" | "{breaths}/min" | "beats/minute" | "breaths/minute" => "per minute",
        "1" | "{score}" | "{#}" | "{count}" | "{nominal}" | "{INR}" | "{T-score}" | "{T_score}" | "{ratio}"
        | "{Ratio}" | "[pH]" | "pH" | "{number}" | "{total}" => "",
        "[lb_av]" => "lb",
        "[in_i]" => "in",
        "[ft_i]" => "ft",
        "[oz_av]" => "oz",
        "kg/m2" => "kg/m²",
        "m2" => "m²",
        "10*3/uL" | "10*3/ul" | "K/uL" => "thousand/µL",
        "10*6/uL" | "10*6/ul" | "M/uL" => "million/µL",
        "10*9/L" => "billion/L",
        "10*12/L" => "trillion/L",
        "ug/mL" => "µg/mL",
        "ug/L" => "µg/L",
        "ug/dL" => "µg/dL",
        "ug" => "µg",
        "umol/L" => "µmol/L",
        "uL" => "µL",
        "mL/min/{1.73_m2}" | "mL/min/1.73.m2" => "mL/min/1.73 m²",
        "[IU]/L" => "IU/L",
        "[iU]/L" => "IU/L",
        "m[IU]/L" | "m[iU]/L" => "mIU/L",
        "u[IU]/mL" | "u[iU]/mL" => "µIU/mL",
        "meq/L" => "mEq/L",
        "a" => "years",
        "mo" => "months",
        "wk" => "weeks",
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        other => return without_braces(other),
    };
    known.to_owned()
}

/// UCUM's notes in braces, such as `{cells}/uL`, without the braces.
fn without_braces(text: &str) -> String {
    text.replace(['{', '}', '[', ']'], "").replace('_', " ").trim().to_owned()
}

/// A length of time: the unit word fits the number.
pub(crate) fn time(number: &str, unit_code: &str) -> String {
    let unit = match unit_code {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "wk" => "week",
        "mo" => "month",
        "a" => "year",
        other => return join(number, &unit(other)),
    };
    if number == "1" { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// A number without places that say nothing: `1.0` is `1`.
pub(crate) fn trimmed(number: &str) -> String {
    match number.split_once('.') {
        Some((whole, places)) if places.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => number.to_owned(),
    }
}

/// A number for reading: as written, but machine noise such as `133.46992587598692` is rounded to three or four digits that mean something.
pub(crate) fn shown(written: &str, number: f64) -> String {
    let places = written.split_once('.').map_or(0, |(_, places)| places.len());
    if places <= 4 || written.contains(['e', 'E']) {
        return written.to_owned();
    }
    match number.abs() {
        size if size >= 100.0 => format!("{number:.1}"),
        size if size >= 1.0 => format!("{number:.2}"),
        size if size >= 0.1 => format!("{number:.3}"),
        size if size >= 0.01 => format!("{number:.4}"),
        size if size >= 0.001 => format!("{number:.5}"),
        _ => written.to_owned(),
    }
}

/// True for a score or a count, whose `.0` says nothing.
fn is_count(quantity: Node<'_>) -> bool {
    matches!(
        quantity.text_of("code").or_else(|| quantity.text_of("unit")),
        Some("{score}" | "{#}" | "{count}" | "{number}" | "{nominal}")
    )
}

/// The number and the unit, with a blank between, or none before `%`.
pub(crate) fn join(number: &str, unit: &str) -> String {
    match unit {
        "" => number.to_owned(),
        "%" => format!("{number}%"),
        unit => format!("{number} {unit}"),
    }
}

/// The unit of a quantity in words.
pub(crate) fn unit_of(quantity: Node<'_>) -> String {
    quantity.text_of("unit").or_else(|| quantity.text_of("code")).map(unit).unwrap_or_default()
}

/// The number of a quantity in words, with "less than" where the source says so.
pub(crate) fn number_of(quantity: Node<'_>) -> Option<String> {
    let value = quantity.get("value");
    let mut number = shown(&value.number_text()?, value.number()?);
    if is_count(quantity) {
        number = trimmed(&number);
    }
    Some(match quantity.text_of("comparator") {
        Some("<") => format!("less than {number}"),
        Some("<=") => format!("{number} or less"),
        Some(">") => format!("more than {number}"),
        Some(">=") => format!("{number} or more"),
        _ => number,
    })
}

/// A quantity in words.
pub(crate) fn quantity(quantity: Node<'_>) -> Option<String> {
    number_of(quantity).map(|number| join(&number, &unit_of(quantity)))
}

/// A duration in words: "10 days".
pub(crate) fn duration(quantity: Node<'_>) -> Option<String> {
    let number = trimmed(&quantity.get("value").number_text()?);
    let unit_code = quantity.text_of("code").or_else(|| quantity.text_of("unit")).unwrap_or_default();
    Some(time(&number, unit_code))
}

/// A range in words: "60 to 100 per minute", "40 mg/dL or more".
pub(crate) fn range(range: Node<'_>) -> Option<String> {
    let (low, high) = (range.get("low"), range.get("high"));
    let unit = if high.exists() { unit_of(high) } else { unit_of(low) };
    match (low.get("value").number_text(), high.get("value").number_text()) {
        (Some(low), Some(high)) => Some(join(&format!("{} to {}", trimmed(&low), trimmed(&high)), &unit)),
        (Some(low), None) => Some(format!("{} or more", join(&trimmed(&low), &unit))),
        (None, Some(high)) => Some(format!("{} or less", join(&trimmed(&high), &unit))),
        (None, None) => None,
    }
}

/// A ratio in words: "1 to 128".
pub(crate) fn ratio(ratio: Node<'_>) -> Option<String> {
    Some(format!("{} to {}", quantity(ratio.get("numerator"))?, quantity(ratio.get("denominator"))?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Node, quantity, range, time, unit};

    #[test]
    fn units() {
        for (from, to) in [
            ("mm[Hg]", "mmHg"),
            ("{score}", ""),
            ("{#}", ""),
            ("/min", "per minute"),
            ("mg/dL", "mg/dL"),
            ("{cells}/uL", "cells/uL"),
        ] {
            assert_eq!(unit(from), to);
        }
        assert_eq!(time("1", "d"), "1 day");
        assert_eq!(time("6", "h"), "6 hours");
    }

    #[test]
    fn quantities() {
        let say = |value: serde_json::Value| quantity(Node::of(&value));
        assert_eq!(say(json!({"value": 96.5, "unit": "%"})).as_deref(), Some("96.5%"));
        assert_eq!(say(json!({"value": 3, "comparator": "<", "code": "mg/dL"})).as_deref(), Some("less than 3 mg/dL"));
        assert_eq!(say(json!({"value": 133.46992587598692, "unit": "mg/dL"})).as_deref(), Some("133.5 mg/dL"));
        assert_eq!(say(json!({"value": 0.01793932170601919, "unit": "kU/L"})).as_deref(), Some("0.0179 kU/L"));
        assert_eq!(say(json!({"value": 7.25, "unit": "[pH]"})).as_deref(), Some("7.25"));
        assert_eq!(say(json!({"value": 5.0, "unit": "{score}"})).as_deref(), Some("5"));
        assert_eq!(say(json!({"value": "3"})), None);
        let value = json!({"low": {"value": 60.0, "unit": "/min"}, "high": {"value": 100.0, "unit": "/min"}});
        assert_eq!(range(Node::of(&value)).as_deref(), Some("60 to 100 per minute"));
    }
}
