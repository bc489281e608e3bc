//! Copies of one text: which posts are one and the same.
//!
//! Owns [`ClusterId`] and [`Copied`]. Which posts are copies is `insight`'s.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::ids::ItemKey;
use super::seldom::Seldom;

/// A cluster of copies: named by its first post, so that it is the same over
/// restarts. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterId(pub u64);

impl ClusterId {
    /// The cluster whose first post is `key`.
    #[must_use]
    pub fn of(key: &ItemKey) -> Self {
        let mut eight = [0; 8];
        for (to, from) in eight.iter_mut().zip(key.as_bytes()) {
            *to = *from;
        }
        // Never 0, which means "none" where room is dear.
        Self(u64::from_le_bytes(eight) | 1)
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for ClusterId {
    type Err = std::num::ParseIntError;

    fn from_str(digits: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(digits, 16).map(Self)
    }
}

impl Serialize for ClusterId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClusterId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = std::borrow::Cow::<str>::deserialize(deserializer)?;
        digits.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for ClusterId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClusterId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9a-f]{16}$",
            "description": "Copies of one text: 16 hexadecimal digits."
        })
    }
}

/// Whose copy a post is. The first post of its kind has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Copied {
    /// The cluster.
    pub cluster: ClusterId,
    /// The post that it is most like.
    pub like: ItemKey,
    /// How much both share, in percent.
    pub percent: u8,
    /// Clusters that this post showed to be one with it.
    #[serde(default, skip_serializing_if = "Seldom::is_empty")]
    pub joined: Seldom<Vec<ClusterId>>,
}
