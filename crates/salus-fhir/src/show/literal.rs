//! Some sources put a Python dictionary where a text belongs. This reads it, so that its sense can be shown.

use serde_json::{Map, Value};

/// Reads a Python literal of dictionaries, lists, strings, numbers, True, False and None.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut rest = text.trim();
    let value = value(&mut rest, 0)?;
    rest.trim().is_empty().then_some(value)
}

fn eat(rest: &mut &str, token: &str) -> bool {
    *rest = rest.trim_start();
    match rest.strip_prefix(token) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn value(rest: &mut &str, depth: usize) -> Option<Value> {
    if depth > 16 {
        return None;
    }
    if eat(rest, "{") {
        let mut fields = Map::new();
        while !eat(rest, "}") {
            let Value::String(name) = value(rest, depth + 1)? else {
                return None;
            };
            if !eat(rest, ":") {
                return None;
            }
            fields.insert(name, value(rest, depth + 1)?);
            if !eat(rest, ",") && !rest.trim_start().starts_with('}') {
                return None;
            }
        }
        return Some(Value::Object(fields));
    }
    if eat(rest, "[") {
        let mut items = Vec::new();
        while !eat(rest, "]") {
            items.push(value(rest, depth + 1)?);
            if !eat(rest, ",") && !rest.trim_start().starts_with(']') {
                return None;
            }
        }
        return Some(Value::Array(items));
    }
    for (word, value) in [("None", Value::Null), ("True", Value::Bool(true)), ("False", Value::Bool(false))] {
        if eat(rest, word) {
            return Some(value);
        }
    }
    match rest.chars().next()? {
        quote @ ('\'' | '"') => string(rest, quote).map(Value::String),
        _ => {
            let end = rest
                .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at_checked(end)?;
            *rest = after;
            serde_json::from_str(number).ok().filter(Value::is_number)
        }
    }
}

fn string(rest: &mut &str, quote: char) -> Option<String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next()?.1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            },
            letter if letter == quote => {
                *rest = rest.get(at + letter.len_utf8()..)?;
                return Some(text);
            }
            letter => text.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn reads_what_python_writes() {
        assert_eq!(
            parse("{'a': [1, 2.5, None, True], \"b\": 'it\\'s', 'c': {}}"),
            Some(json!({"a": [1, 2.5, null, true], "b": "it's", "c": {}}))
        );
        for broken in ["", "{", "{'a'", "{'a': }", "{'a': 1", "[1 2]", "{'a': 1} x", "'é", "{1: 2}", &"[".repeat(100)]
        {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
