//! The names of things: item keys and numbers, sequence numbers, command ids,
//! and the short words (slugs) for officers, desks, teams, channels and tags.
//!
//! Slugs are lower-case ASCII by construction, so they may be shown as they
//! are. Knows nothing of what the names stand for. Used by every room.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

/// What an item is known by before the log has seen it: a hash of channel and
/// external id. The log's subject, the deduplication and the precondition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey([u8; 16]);

impl ItemKey {
    /// The key of what `channel` calls `external_id`: the first 16 bytes of
    /// SHA-256 over the channel's name, a zero byte and the id.
    ///
    /// # Panics
    /// Never: SHA-256 has 32 bytes.
    #[must_use]
    pub fn of(channel: &ChannelName, external_id: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(channel.as_str().as_bytes());
        hash.update([0]);
        hash.update(external_id.as_bytes());
        let digest = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(digest.get(..16).expect("SHA-256 has 32 bytes"));
        Self(key)
    }

    /// The 16 bytes as a store keeps them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A key that a store kept.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Things by the item that they are about. Keys are random already, so the
/// hasher only has to be quick; it is seeded, so that nobody can choose keys
/// that collide.
pub type KeyMap<T> = HashMap<ItemKey, T, foldhash::fast::RandomState>;

/// Items, by key.
pub type KeySet = HashSet<ItemKey, foldhash::fast::RandomState>;

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemKey({self})")
    }
}

/// The text is not 32 hexadecimal digits.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("An item key is 32 hexadecimal digits; this is not one.")]
pub struct NotAKey;

impl FromStr for ItemKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAKey);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| NotAKey)?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Serialize for ItemKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0_u8; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        let text = std::str::from_utf8(&text).expect("hexadecimal digits are ASCII");
        serializer.serialize_str(text)
    }
}

impl<'de> Deserialize<'de> for ItemKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for ItemKey {
    fn schema_name() -> Cow<'static, str> {
        "ItemKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The one after this.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
    };
}

number!(
    /// The number officers say on the phone: dense, given by the log when an
    /// item arrives, never reused. Starts at 1.
    ItemId
);
number!(
    /// Position of an event in the log. Starts at 1; 0 is "before everything".
    Seq
);

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A command's own name, chosen by whoever sends it (UUID version 7), so that a
/// retry is recognised.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CommandId(#[schemars(with = "String")] pub Uuid);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which life of a log this is: a new or restored log gets a new one, and a
/// console that remembers another takes a snapshot instead of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Epoch(#[schemars(with = "String")] pub Uuid);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A word is not a name.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "{} {what} is 1 to 40 of a-z, 0-9, '.', '_', ':' and '-', and starts with a letter or digit.",
    article(.what)
)]
pub struct NotAName {
    /// What the word was to name: "desk", "officer", …
    pub what: &'static str,
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "An"
    } else {
        "A"
    }
}

fn is_slug(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && text.len() <= 40
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._:-".contains(&b))
}

macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes `text` as a name.
            ///
            /// # Errors
            /// [`NotAName`] when it is not a slug.
            pub fn new(text: &str) -> Result<Self, NotAName> {
                if is_slug(text) { Ok(Self(text.into())) } else { Err(NotAName { what: $what }) }
            }

            /// The name; ASCII, so it may be shown as it is.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<Self, NotAName> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                Self::new(&text).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": "^[a-z0-9][a-z0-9._:-]{0,39}$"
                })
            }
        }
    };
}

slug!(
    /// An officer's account name.
    OfficerId, "officer's name"
);
slug!(
    /// A desk: the scope that a credential is limited to.
    DeskName, "desk"
);
slug!(
    /// A team that items may be assigned to.
    TeamName, "team"
);
slug!(
    /// A channel as the operator named it.
    ChannelName, "channel"
);
slug!(
    /// A word that officers and rules put on items.
    Tag, "tag"
);
slug!(
    /// A routing or suppression rule's name.
    RuleName, "rule's name"
);
