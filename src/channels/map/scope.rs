//! Where a map stands while it reads: the part in hand, what lies around it,
//! and the top of the message.
//!
//! Scopes are borrowed, never cloned: a fan-out over ten thousand elements
//! makes ten thousand small values on the stack. Used by everything in `map`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::seen::Seen;

/// One message and what every expression of its map may look at.
#[derive(Clone, Copy, Debug)]
pub(in crate::channels) struct Message<'v> {
    /// The document, or one entry of a batch.
    pub(in crate::channels) top: &'v Value,
    /// What the operator filled in for the file's `vars`.
    pub(in crate::channels) vars: &'v BTreeMap<String, String>,
    /// Where is noted what was looked at, when somebody wants to know.
    pub(in crate::channels) seen: Option<&'v Seen>,
}

impl<'v> Message<'v> {
    /// A message of which nobody asks what was looked at.
    pub(in crate::channels) fn new(top: &'v Value, vars: &'v BTreeMap<String, String>) -> Self {
        Self {
            top,
            vars,
            seen: None,
        }
    }
}

/// The part that is being mapped.
#[derive(Clone, Copy, Debug)]
pub(in crate::channels) struct Scope<'v> {
    /// The part.
    pub(in crate::channels) base: &'v Value,
    /// The key that it had, where an object was fanned out.
    pub(in crate::channels) key: Option<&'v str>,
    /// The scope around it.
    pub(in crate::channels) outer: Option<&'v Scope<'v>>,
    /// The message that it is part of.
    pub(in crate::channels) message: &'v Message<'v>,
}

impl<'v> Scope<'v> {
    /// The whole message.
    pub(in crate::channels) fn top(message: &'v Message<'v>) -> Self {
        Self {
            base: message.top,
            key: None,
            outer: None,
            message,
        }
    }

    /// What the operator filled in for a variable.
    pub(in crate::channels) fn var(&self, name: &str) -> Option<&'v str> {
        self.message.vars.get(name).map(String::as_str)
    }

    /// A part of `outer`.
    pub(in crate::channels) fn within(
        outer: &'v Scope<'v>,
        base: &'v Value,
        key: Option<&'v str>,
    ) -> Self {
        Self {
            base,
            key,
            outer: Some(outer),
            message: outer.message,
        }
    }

    /// The part `up` scopes further out; none when there are not so many.
    pub(in crate::channels) fn outward(&self, up: usize) -> Option<&'v Value> {
        let mut scope = self.outer?;
        for _ in 1..up {
            scope = scope.outer?;
        }
        Some(scope.base)
    }

    /// Notes that `value` was looked at.
    pub(in crate::channels) fn look(&self, value: &Value) {
        if let Some(seen) = self.message.seen {
            seen.look(value);
        }
    }

    /// Notes that `value` was taken with everything in it.
    pub(in crate::channels) fn whole(&self, value: &Value) {
        if let Some(seen) = self.message.seen {
            seen.whole(value);
        }
    }

    /// The nearest key of an object that was fanned out.
    pub(in crate::channels) fn nearest_key(&self) -> Option<&'v str> {
        self.key.or_else(|| self.outer.and_then(Self::nearest_key))
    }
}

/// A scalar as text: numbers by their digits, truth as a word. Nothing for
/// null, empty text, lists and objects.
pub(in crate::channels) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
