//! How a sample is written: JSON, JSON line by line, XML or a form; and as a tree.

use serde_json::Value;

use crate::channels::map::{form, xml};

/// How a sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Json,
    Lines,
    Xml,
    Form,
}

impl Written {
    /// What its author should know about it.
    pub(super) fn says(self) -> Option<&'static str> {
        match self {
            Self::Lines => Some(
                "The sample is JSON line by line; the first line was taken. Where the vendor \
                 streams such lines, the transport is \"lines\".",
            ),
            Self::Xml => Some(
                "The sample is XML: `channels try` shows it as the JSON that pointers look into.",
            ),
            Self::Json | Self::Form => None,
        }
    }

    /// What the door has to take beside JSON.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Json | Self::Lines => "",
            Self::Xml => "accept = [\"xml\"]\n",
            Self::Form => "accept = [\"form\"]\n",
        }
    }
}

/// The sample as a tree, how it is written, and as much of it as a test needs.
pub(super) fn decoded(sample: &str) -> Result<(Value, Written, &str), String> {
    let sample = sample.trim();
    let not_json = match serde_json::from_str(sample) {
        Ok(tree) => return Ok((tree, Written::Json, sample)),
        Err(e) => format!("The sample is not JSON: {e}."),
    };
    if sample.starts_with('<') {
        let tree = xml::decode(sample.as_bytes())?;
        let root = tree.as_object().and_then(|root| root.keys().next());
        return match root.map_or("", String::as_str) {
            "rss" | "feed" | "rdf:RDF" => {
                Err("This is a feed, which the channel file \"feed\" reads as it is.".to_owned())
            }
            "alert" | "cap:alert" => Err(
                "This is a CAP warning, which the channel file \"cap-webhook\" reads as it is."
                    .to_owned(),
            ),
            _ => Ok((tree, Written::Xml, sample)),
        };
    }
    let first = sample.lines().next().unwrap_or("").trim();
    if let Ok(tree @ Value::Object(_)) = serde_json::from_str(first) {
        return Ok((tree, Written::Lines, first));
    }
    let is_form = !first.starts_with(['{', '[']) && first == sample && first.contains('=');
    if is_form && !first.contains(char::is_whitespace) {
        return Ok((form::decode(first.as_bytes()), Written::Form, first));
    }
    Err(format!(
        "{not_json} XML, a form and JSON line by line are taken too."
    ))
}
