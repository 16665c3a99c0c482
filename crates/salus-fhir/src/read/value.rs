//! Reads any JSON value, keeps the path for messages, and refuses a name that comes twice in one object.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::input::{Progress, Step};

/// What is wrong when a name comes twice. The JSON parser carries it; [`super::bundle::Job::stopped`] knows it.
pub(super) const TWICE: &str = "salus: name twice";

#[derive(Clone, Copy)]
pub(super) struct Any<'p>(pub(super) &'p Progress);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            self.0.enter(Step::At(items.len()));
            let item = seq.next_element_seed(self)?;
            self.0.leave();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = field(self.0, &mut map, &fields, &name)?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

/// The value of the field `name`, which must not be among `fields` already.
pub(super) fn field<'de, A: MapAccess<'de>>(
    progress: &Progress,
    map: &mut A,
    fields: &Map<String, Value>,
    name: &str,
) -> Result<Value, A::Error> {
    progress.enter(Step::Name(name.to_owned()));
    if fields.contains_key(name) {
        return Err(A::Error::custom(TWICE));
    }
    let value = map.next_value_seed(Any(progress))?;
    progress.leave();
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed as _;
    use serde_json::Value;

    use super::Any;
    use crate::read::input::Progress;

    #[test]
    fn any_value_comes_through_unchanged() -> Result<(), serde_json::Error> {
        let text = r#"{"a":[1,-2,3.50,null,true,"é\n",{}],"b":{"c":[]},"d":18446744073709551615}"#;
        let progress = Progress::new(1000);
        let mut json = serde_json::Deserializer::from_str(text);
        let ours = Any(&progress).deserialize(&mut json)?;
        assert_eq!(ours, serde_json::from_str::<Value>(text)?);
        assert_eq!(progress.path(), "");
        Ok(())
    }
}
