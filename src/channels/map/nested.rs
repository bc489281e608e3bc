//! JSON that is written as text inside JSON (Mastodon, SNS): where it is, and
//! putting the tree in the place of its text.

use serde_json::Value;

use super::pointer::Pointer;
use super::when::When;
use super::words::plain;

/// JSON that is written as text inside JSON.
#[derive(Debug)]
pub(in crate::channels) struct Nested {
    /// Where: a pointer, and more of them below each element of what it finds.
    pub(in crate::channels) at: Vec<Pointer>,
    /// When it is so.
    pub(in crate::channels) when: Option<When>,
    /// Whether text that is no JSON stays as it is.
    pub(in crate::channels) lenient: bool,
}

impl Nested {
    /// Puts the tree in the place of its text, below `tree` along `at`.
    pub(super) fn open(&self, tree: &mut Value, at: &[Pointer]) -> Result<(), String> {
        let Some((first, rest)) = at.split_first() else {
            return Ok(());
        };
        let Some(place) = tree.pointer_mut(first.written()) else {
            return Ok(());
        };
        if !rest.is_empty() {
            return match place {
                Value::Array(list) => list.iter_mut().try_for_each(|e| self.open(e, rest)),
                Value::Object(map) => map.values_mut().try_for_each(|e| self.open(e, rest)),
                _ => Ok(()),
            };
        }
        let Value::String(text) = place else {
            return Ok(());
        };
        match serde_json::from_str(text) {
            Ok(inner) => *place = inner,
            Err(_) if self.lenient => {}
            Err(e) => {
                let at = first.written();
                let says = plain(&e.to_string());
                return Err(format!("The JSON at {at} can't be read: {says}."));
            }
        }
        Ok(())
    }
}
