//! Templates of what goes out: minijinja with fuel and a capped output, and
//! values that can't break out of where they stand.
//!
//! In a URL every value but the operator's own variables and secrets is
//! percent-encoded, so that a stranger's id can't become another path. In JSON
//! and forms values are encoded by who builds the body (`body`). Filters:
//! `base64`, `html` and `slack` (plain text in their mark-up), and in URLs `whole_url` for an address that a vendor gave, whose
//! host the guard then has to allow.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::channels::map::words::plain;

/// Longest text that a phrase may build, in bytes.
const LONGEST: usize = 256 * 1024;
/// Instructions that one rendering may take.
const FUEL: u64 = 20_000;
/// What stays as it is in a URL: RFC 3986's unreserved letters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where a phrase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Kind {
    /// In a URL: values are percent-encoded.
    Url,
    /// Anywhere else: values as they are; what is missing is an error.
    Text,
    /// The same, for what may be left out: what is missing is empty.
    Optional,
}

/// A compiled phrase.
#[derive(Debug)]
pub(in crate::channels) struct Phrase {
    written: Box<str>,
    /// Where it stands: file, line and key.
    place: Box<str>,
    engine: Option<Box<Environment<'static>>>,
}

impl Phrase {
    /// Compiles `written`.
    ///
    /// # Errors
    /// A sentence with the template engine's own words.
    pub(in crate::channels) fn parse(written: &str, kind: Kind) -> Result<Self, String> {
        let fixed = !written.contains("{{") && !written.contains("{%") && !written.contains("{#");
        let engine = if fixed {
            None
        } else {
            Some(Box::new(compile(written, kind)?))
        };
        Ok(Self {
            written: written.into(),
            place: "".into(),
            engine,
        })
    }

    /// The same, told by its place when it can't be filled in.
    pub(in crate::channels) fn at(self, place: String) -> Self {
        Self {
            place: place.into(),
            ..self
        }
    }

    /// The phrase as the file has it.
    pub(in crate::channels) fn written(&self) -> &str {
        &self.written
    }

    /// Whether it is the same whatever is filled in.
    pub(in crate::channels) fn is_fixed(&self) -> bool {
        self.engine.is_none()
    }

    /// The text, with `seen` filled in.
    ///
    /// # Errors
    /// A sentence that names the phrase and no value.
    pub(in crate::channels) fn text(&self, seen: &Value) -> Result<String, String> {
        let Some(engine) = &self.engine else {
            return Ok(self.written.to_string());
        };
        let says = |error: Error| self.unfilled(&error, seen);
        let template = engine.get_template("it").map_err(says)?;
        let mut out = Capped(Vec::new());
        template
            .render_captured_to(seen.clone(), &mut out)
            .map_err(says)?;
        String::from_utf8(out.0).map_err(|_| "A template builds no text.".to_owned())
    }

    fn unfilled(&self, error: &Error, seen: &Value) -> String {
        match error.kind() {
            ErrorKind::UndefinedError => self.lacking(seen),
            ErrorKind::OutOfFuel => self.says("it takes too long"),
            kind => self.says(&plain(&kind.to_string())),
        }
    }

    fn says(&self, why: &str) -> String {
        let (place, written) = (&self.place, plain(&self.written));
        format!("Nothing was sent: \"{written}\" can't be filled in ({place}): {why}.")
    }

    /// That what the vendor needs is not there: which names, and where the file
    /// asks for them.
    pub(super) fn lacking(&self, seen: &Value) -> String {
        let lacks = |path: &&str| {
            let found = path
                .split('.')
                .try_fold(seen.clone(), |at, name| at.get_attr(name).ok());
            found.is_none_or(|value| value.is_undefined() || value.as_str() == Some(""))
        };
        let names: Vec<&str> = names(&self.written).into_iter().filter(lacks).collect();
        match &names[..] {
            [] => self.says("something in it is missing"),
            names => format!(
                "Nothing was sent: {} is missing here, and the channel needs it ({}).",
                names.join(", "),
                self.place
            ),
        }
    }
}

/// The names that a template asks for, each once: "item.extra.chat".
fn names(written: &str) -> Vec<&str> {
    const ROOTS: [&str; 5] = ["item.", "action.", "auth.", "vars.", "secret."];
    let name_like = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let mut names: Vec<&str> = Vec::new();
    for word in written.split(|c| !name_like(c)) {
        let word = word.trim_end_matches('.');
        let is_name = ROOTS.iter().any(|root| word.starts_with(root));
        if is_name && !names.contains(&word) {
            names.push(word);
        }
    }
    names
}

fn compile(written: &str, kind: Kind) -> Result<Environment<'static>, String> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(match kind {
        Kind::Optional => UndefinedBehavior::Chainable,
        Kind::Url | Kind::Text => UndefinedBehavior::SemiStrict,
    });
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(32);
    engine.add_filter("base64", |text: String| STANDARD.encode(text));
    engine.add_filter("html", html);
    engine.add_filter("slack", slack);
    if kind == Kind::Url {
        engine.add_filter("whole_url", whole_url);
        engine.set_formatter(|out, _, value| {
            if value.is_undefined() {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            let text = value.to_string();
            if value.is_safe() {
                return out.write_str(&text).map_err(Error::from);
            }
            // A URL parser climbs at a dot segment, however it is written.
            if text == "." || text == ".." {
                return Err(Error::from(ErrorKind::InvalidOperation));
            }
            write!(out, "{}", utf8_percent_encode(&text, RESERVED)).map_err(Error::from)
        });
    }
    engine
        .add_template_owned("it", written.to_owned())
        .map_err(|e| format!("This template can't be read: {}.", plain(&e.to_string())))?;
    Ok(engine)
}

/// Plain text as HTML: marks escaped, lines broken.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the template engine hands it over so"
)]
fn html(text: String) -> String {
    slack(text)
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace("\r\n", "<br>")
        .replace('\n', "<br>")
}

/// Plain text for Slack, whose mark-up begins with three letters.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the template engine hands it over so"
)]
fn slack(text: String) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A vendor's address as it is, without a "/" at its end; the guard judges its
/// host.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the template engine hands it over so"
)]
fn whole_url(text: String) -> Result<Value, Error> {
    let url = reqwest::Url::parse(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http") && url.username().is_empty());
    match url {
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(
            Value::from_safe_string(url.as_str().trim_end_matches('/').to_owned()),
        ),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "no plain URL")),
    }
}

/// A writer that refuses what is longer than [`LONGEST`].
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("it is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
