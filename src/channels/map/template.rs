//! Built strings: `{{ base.did }}/{{ base.rkey }}`.
//!
//! A template of plain paths is walked directly; anything more goes through
//! minijinja with fuel, a recursion limit and a capped output, without loader,
//! functions or filters. Templates build strings, they do not decide.

use std::borrow::Cow;
use std::io;

use minijinja::{Environment, UndefinedBehavior, Value as Word};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scope::{Message, Scope, scalar};

/// Longest text that a template may build.
pub(in crate::channels) const LONGEST: usize = 64 * 1024;

/// Instructions that one rendering may take: thousands of times what a URL
/// needs, a millisecond at most.
const FUEL: u64 = 20_000;

/// A compiled template.
#[derive(Debug)]
pub(in crate::channels) struct Template {
    written: Box<str>,
    how: How,
}

#[derive(Debug)]
enum How {
    /// Words and paths in turn.
    Plain(Box<[Piece]>),
    /// Everything else.
    Jinja(Box<Environment<'static>>),
}

#[derive(Debug)]
enum Piece {
    Words(Box<str>),
    Path(Root, Box<[Box<str>]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Base,
    Top,
    Vars,
    Key,
}

impl Template {
    /// Compiles `written`.
    ///
    /// # Errors
    /// A sentence with the template engine's own words.
    pub(in crate::channels) fn parse(written: &str) -> Result<Self, String> {
        let how = match plain(written) {
            Some(pieces) => How::Plain(pieces.into()),
            None => How::Jinja(Box::new(compile(written)?)),
        };
        Ok(Self {
            written: written.into(),
            how,
        })
    }

    /// The template as the file has it.
    pub(in crate::channels) fn written(&self) -> &str {
        &self.written
    }

    /// The built text; none when a part of it is missing or the caps are met.
    pub(in crate::channels) fn text(&self, scope: &Scope<'_>) -> Option<String> {
        match &self.how {
            How::Plain(pieces) => build(pieces, scope),
            How::Jinja(engine) => {
                let Message { top, vars, .. } = *scope.message;
                self.note(scope);
                let seen = Word::from_pairs([
                    ("base", tree(scope.base)),
                    ("root", tree(top)),
                    (
                        "vars",
                        Word::from_pairs(vars.iter().map(|(k, v)| (k.as_str(), v.as_str()))),
                    ),
                    ("key", Word::from(scope.nearest_key())),
                ]);
                render(engine, seen).ok()
            }
        }
        .filter(|text| !text.is_empty())
    }

    /// Notes the paths that stand in the template, whichever of them decided.
    fn note(&self, scope: &Scope<'_>) {
        if scope.message.seen.is_none() {
            return;
        }
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        for path in self.written.split(|c| !name(c)) {
            if let Some(Piece::Path(root, names)) = piece(path) {
                look_up(root, &names, scope);
            }
        }
    }
}

/// Renders `written` once against `seen`: for URLs and headers, at start.
///
/// # Errors
/// A sentence: what is wrong with it or missing.
pub(in crate::channels) fn render_once(
    written: &str,
    seen: &impl Serialize,
) -> Result<String, String> {
    let seen = serde_json::to_value(seen).map_err(|e| format!("It can't be shown: {e}."))?;
    render(&compile(written)?, tree(&seen))
}

/// The tree as the engine wants it; nothing where it can't have it.
fn tree(value: &Value) -> Word {
    Word::deserialize(value).unwrap_or_default()
}

fn compile(written: &str) -> Result<Environment<'static>, String> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(32);
    engine
        .add_template_owned("it", written.to_owned())
        .map_err(|e| format!("This template can't be read: {e}."))?;
    Ok(engine)
}

fn render(engine: &Environment<'static>, seen: Word) -> Result<String, String> {
    let says = |e: minijinja::Error| format!("This template can't be filled in: {e}.");
    let template = engine.get_template("it").map_err(says)?;
    let mut out = Capped(Vec::new());
    template.render_captured_to(seen, &mut out).map_err(says)?;
    String::from_utf8(out.0).map_err(|_| "This template builds no text.".to_owned())
}

/// A writer that refuses what is longer than [`LONGEST`].
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST {
            return Err(io::Error::other("it is longer than 64 KiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The pieces of a template that is nothing but words and paths.
fn plain(written: &str) -> Option<Vec<Piece>> {
    if written.contains("{%") || written.contains("{#") {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = written;
    while let Some((words, after)) = rest.split_once("{{") {
        let (path, next) = after.split_once("}}")?;
        if !words.is_empty() {
            pieces.push(Piece::Words(words.into()));
        }
        pieces.push(piece(path.trim())?);
        rest = next;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.into()));
    }
    Some(pieces)
}

fn piece(path: &str) -> Option<Piece> {
    let mut names = path.split('.');
    let root = match names.next()? {
        "base" => Root::Base,
        "root" => Root::Top,
        "vars" => Root::Vars,
        "key" => Root::Key,
        _ => return None,
    };
    let names: Box<[Box<str>]> = names.map(Into::into).collect();
    let name_like = |n: &str| {
        n.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    names
        .iter()
        .all(|n| name_like(n))
        .then_some(Piece::Path(root, names))
}

fn build(pieces: &[Piece], scope: &Scope<'_>) -> Option<String> {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Path(root, names) => out.push_str(&look_up(*root, names, scope)?),
        }
    }
    (out.len() <= LONGEST).then_some(out)
}

fn look_up<'v>(root: Root, names: &[Box<str>], scope: &Scope<'v>) -> Option<Cow<'v, str>> {
    let from = match (root, names) {
        (Root::Base, _) => scope.base,
        (Root::Top, _) => scope.message.top,
        (Root::Vars, [name]) => {
            let vars = scope.message.vars;
            return vars.get(&**name).map(|v| Cow::Borrowed(v.as_str()));
        }
        (Root::Key, []) => return scope.nearest_key().map(Cow::Borrowed),
        (Root::Vars | Root::Key, _) => return None,
    };
    let found = names.iter().try_fold(from, |at, name| at.get(&**name))?;
    scope.look(found);
    scalar(found)
}
