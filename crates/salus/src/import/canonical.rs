//! One text for one content: JSON without spaces, names sorted. It is sealed, and its digest tells whether it changed.

use serde_json::Value;

use crate::shell::error::Error;

/// The canonical text. Names are sorted here, because whether `serde_json` sorts them depends on what else is built.
pub(super) fn canonical(value: &Value) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(1024);
    write(value, &mut out).map_err(|_| Error::broken("JSON that can't be written"))?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            out.push(b'{');
            for (number, (name, value)) in fields.into_iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, name)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
            Ok(())
        }
        Value::Array(items) => {
            out.push(b'[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
            Ok(())
        }
        plain => serde_json::to_writer(out, plain),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    #[test]
    fn one_content_has_one_text() {
        let read = |text: &str| super::canonical(&serde_json::from_str::<Value>(text).unwrap()).unwrap();
        let text = r#"{"a":[1,{"x":null,"y":"é\n\"/"}],"b":{"c":2.5,"d":true},"e":{}}"#;
        assert_eq!(read(text), text.as_bytes());
        assert_eq!(
            read(r#" {"e": {}, "b": {"d": true, "c": 2.5}, "a": [1, {"y": "\u00e9\n\"\/", "x": null}]}"#),
            text.as_bytes()
        );
    }
}
