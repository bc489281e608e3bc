//! Forms as JSON: `a=1&b=2` is `{"a": "1", "b": "2"}`; a key that comes again is a
//! list.

use serde_json::{Map, Value};

/// The object that a form is.
pub(in crate::channels) fn decode(body: &[u8]) -> Value {
    let mut object = Map::new();
    for (key, value) in url::form_urlencoded::parse(body) {
        let value = Value::String(value.into_owned());
        match object.get_mut(&*key) {
            None => drop(object.insert(key.into_owned(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(object)
}
