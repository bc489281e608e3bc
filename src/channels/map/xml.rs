//! XML as JSON, for what is neither a feed nor of a shape of its own: an element
//! is an object of its attributes (`@name`), its text (`#text`) and its children;
//! children are always lists, since one may be two the next time; an element
//! with nothing but text is that text. Names keep their prefix.
//!
//! Entities other than XML's own five are not looked up, so none can grow.
//! Depth and number of elements are capped.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::words::plain;

/// Deepest nesting.
const DEEPEST: usize = 64;
/// Most elements of one document.
const MOST: usize = 200_000;

/// Decodes a document: `{"root": …}`.
///
/// # Errors
/// A sentence: it is no XML, or too much of it.
pub(in crate::channels) fn decode(body: &[u8]) -> Result<Value, String> {
    let text = text(body);
    let mut reader = quick_xml::Reader::from_str(&text);
    let broken = |e: &dyn std::error::Error| format!("This is not XML: {}.", plain(&e.to_string()));
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut count = 0_usize;
    loop {
        match reader.read_event().map_err(|e| broken(&e))? {
            Event::Start(start) => {
                count += 1;
                if open.len() >= DEEPEST || count > MOST {
                    return Err("This XML has too many elements, or too deep ones.".to_owned());
                }
                open.push(Open::new(&start));
            }
            Event::Empty(start) => {
                count += 1;
                close(Open::new(&start), &mut open, &mut root);
            }
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    close(done, &mut open, &mut root);
                }
            }
            Event::Text(text) => say(&mut open, &text),
            Event::CData(text) => say(&mut open, &text),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(letter)) => say(&mut open, letter.encode_utf8(&mut [0; 4])),
                _ => say(
                    &mut open,
                    quick_xml::escape::resolve_predefined_entity(&name).unwrap_or(""),
                ),
            },
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
    match root {
        Some((name, value)) if open.is_empty() => {
            Ok(Value::Object(Map::from_iter([(name, value)])))
        }
        _ => Err("This is not XML: it has no end.".to_owned()),
    }
}

/// The document's letters, by its byte order mark or its declaration.
fn text(body: &[u8]) -> std::borrow::Cow<'_, str> {
    let head = String::from_utf8_lossy(body.get(..200).unwrap_or(body));
    let declared = head.split_once("encoding=").and_then(|(_, rest)| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest.strip_prefix(quote)?.split(quote).next()
    });
    let encoding = declared
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .unwrap_or(encoding_rs::UTF_8);
    encoding.decode(body).0
}

/// An element that has not ended.
struct Open {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: BTreeMap<String, Vec<Value>>,
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().filter_map(|a| {
            let a = a.ok()?;
            let value = quick_xml::escape::unescape(&a.value).ok()?.into_owned();
            Some((format!("@{}", a.key.as_ref()), value))
        });
        Self {
            name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            text: String::new(),
            children: BTreeMap::new(),
        }
    }

    fn value(self) -> Value {
        let text = self.text.trim();
        if self.attributes.is_empty() && self.children.is_empty() {
            return Value::from(text);
        }
        let mut map = Map::new();
        for (name, value) in self.attributes {
            map.insert(name, value.into());
        }
        if !text.is_empty() {
            map.insert("#text".to_owned(), text.into());
        }
        for (name, list) in self.children {
            map.insert(name, Value::Array(list));
        }
        Value::Object(map)
    }
}

fn say(open: &mut [Open], words: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(words);
    }
}

fn close(done: Open, open: &mut [Open], root: &mut Option<(String, Value)>) {
    let name = done.name.clone();
    let value = done.value();
    match open.last_mut() {
        Some(parent) => parent.children.entry(name).or_default().push(value),
        None => *root = Some((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_are_objects_and_children_lists() {
        let xml = "<?xml version='1.0'?><!-- x --><a n='1 &amp; 2'><b>one &lt;&#233;&gt;</b><b/><c:d k='v'>t<![CDATA[<u>]]></c:d></a>";
        let is = json!({"a": {"@n": "1 & 2", "b": ["one <é>", ""], "c:d": [{"@k": "v", "#text": "t<u>"}]}});
        assert_eq!(decode(xml.as_bytes()), Ok(is));
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe1gua</a>";
        assert_eq!(decode(latin), Ok(json!({"a": "água"})));
    }

    #[test]
    fn bombs_and_pieces_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxx\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
        assert_eq!(
            decode(bomb.as_bytes()),
            Ok(json!({"a": ""})),
            "nothing grows"
        );
        assert!(decode("<a>".repeat(1000).as_bytes()).is_err());
        assert!(decode(b"<a><b></a>").is_err());
        assert!(decode(b"{}").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(decode(&bytes));
        }

        #[test]
        fn no_markup_makes_it_panic(text in "(<[a-c]( x='[&;a]{0,3}')?/?>|</[a-c]>|&[a#x0-9]{0,3};|[ a]){0,20}") {
            drop(decode(text.as_bytes()));
        }
    }
}
