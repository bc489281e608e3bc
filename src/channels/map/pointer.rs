//! Pointers into a message: RFC 6901, with two beginnings of our own.
//!
//! `/a/0` starts at the part that is being mapped, `//a` at the top of the
//! message, `^/a` one scope further out. Owns parsing and walking; what is done
//! with what is found is `expr`. Compiled once, when a channel file is loaded.

use serde_json::Value;

use super::scope::Scope;

/// Where a pointer starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Start {
    /// The part that is being mapped.
    Base,
    /// The top of the message.
    Top,
    /// So many scopes further out.
    Outer(usize),
}

/// One step down: a key, and the index that it is when it meets an array.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    key: Box<str>,
    index: Option<usize>,
}

/// A compiled pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) struct Pointer {
    start: Start,
    tokens: Box<[Token]>,
    written: Box<str>,
}

impl Pointer {
    /// Compiles what a channel file says.
    ///
    /// # Errors
    /// A sentence, when it does not start as a pointer does or has an escape
    /// other than `~0` and `~1`.
    pub(in crate::channels) fn parse(written: &str) -> Result<Self, String> {
        let (start, path) = if written.starts_with("//") {
            (Start::Top, written.strip_prefix('/').unwrap_or(written))
        } else {
            let path = written.trim_start_matches('^');
            match written.len() - path.len() {
                0 => (Start::Base, path),
                up => (Start::Outer(up), path),
            }
        };
        let path = if start == Start::Top && path == "/" {
            ""
        } else {
            path
        };
        if path.is_empty() {
            return Ok(Self {
                start,
                tokens: Box::default(),
                written: written.into(),
            });
        }
        let Some(rest) = path.strip_prefix('/') else {
            return Err(format!(
                "A pointer starts with \"/\", \"//\" or \"^/\"; \"{written}\" does not."
            ));
        };
        let tokens = rest.split('/').map(token).collect::<Result<_, _>>()?;
        Ok(Self {
            start,
            tokens,
            written: written.into(),
        })
    }

    /// The pointer as the file has it.
    pub(in crate::channels) fn written(&self) -> &str {
        &self.written
    }

    /// The keys on the way, for those who walk something else than a tree.
    pub(in crate::channels) fn keys(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|t| &*t.key)
    }

    /// What it points to.
    pub(in crate::channels) fn find<'v>(&self, scope: &Scope<'v>) -> Option<&'v Value> {
        let from = match self.start {
            Start::Base => scope.base,
            Start::Top => scope.message.top,
            Start::Outer(up) => scope.outward(up)?,
        };
        let found = self.walk(from);
        if let Some(found) = found {
            scope.look(found);
        }
        found
    }

    /// What it points to below `from`, wherever it says to start.
    pub(in crate::channels) fn walk<'v>(&self, from: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(from, |at, token| match at {
            Value::Object(map) => map.get(&*token.key),
            Value::Array(list) => list.get(token.index?),
            _ => None,
        })
    }
}

/// One token: unescaped, and read as an index where it is one (no leading
/// zero, as the RFC has it).
fn token(text: &str) -> Result<Token, String> {
    let mut key = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '~' {
            key.push(c);
            continue;
        }
        match chars.next() {
            Some('0') => key.push('~'),
            Some('1') => key.push('/'),
            _ => {
                return Err(format!(
                    "In a pointer \"~\" is written \"~0\" and \"/\" is written \"~1\"; \"{text}\" has neither."
                ));
            }
        }
    }
    let canonical = key == "0" || !key.starts_with('0');
    let digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    let index = (canonical && digits).then(|| key.parse().ok()).flatten();
    Ok(Token {
        key: key.into(),
        index,
    })
}

/// A path that fans out: `/entry/*/changes/*` is every change of every entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) struct Fan {
    segments: Box<[Pointer]>,
    written: Box<str>,
}

impl Fan {
    /// Compiles a path that ends in `/*`.
    ///
    /// # Errors
    /// A sentence, when it does not or its parts are no pointers.
    pub(in crate::channels) fn parse(written: &str) -> Result<Self, String> {
        let Some(path) = written.strip_suffix("/*") else {
            return Err(format!(
                "A fan-out ends in \"/*\" (each element); \"{written}\" does not."
            ));
        };
        let segments = path
            .split("/*/")
            .enumerate()
            .map(|(nth, part)| match (nth, part) {
                (0, part) => Pointer::parse(part),
                (_, part) => Pointer::parse(&format!("/{part}")),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            segments,
            written: written.into(),
        })
    }

    /// The path as the file has it.
    pub(in crate::channels) fn written(&self) -> &str {
        &self.written
    }

    /// Calls `each` with every element below `scope`, and with its key where an
    /// object is fanned out; stops when it says so.
    pub(in crate::channels) fn walk<'v>(
        &self,
        scope: &Scope<'v>,
        each: &mut dyn FnMut(&'v Value, Option<&'v str>) -> bool,
    ) {
        let Some((first, rest)) = self.segments.split_first() else {
            return;
        };
        if let Some(list) = first.find(scope) {
            spread(list, rest, each);
        }
    }
}

/// Fans `list` out, then each element along `rest`. True means go on.
fn spread<'v>(
    list: &'v Value,
    rest: &[Pointer],
    each: &mut dyn FnMut(&'v Value, Option<&'v str>) -> bool,
) -> bool {
    let mut down = |value: &'v Value, key: Option<&'v str>| match rest.split_first() {
        None => each(value, key),
        Some((next, rest)) => next.walk(value).is_none_or(|list| spread(list, rest, each)),
    };
    match list {
        Value::Array(list) => list.iter().all(|value| down(value, None)),
        Value::Object(map) => map.iter().all(|(key, value)| down(value, Some(key))),
        _ => true,
    }
}
