//! Objects that say first what they are, read as they come.
//!
//! A tagged enum is kept whole as a tree before it is read, because its tag may
//! stand anywhere. Ours stands first in all that this project writes; so what is
//! most frequent is read without the tree, and everything else as the type reads
//! itself. Owns that choice and nothing of what is read. Called by `event` and by
//! the wire's codec.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, de};

/// The field that says what an object is.
const TAG: &str = "type";

/// A tagged enum with kinds that are read as they come.
pub(crate) trait Streamed<'de>: Deserialize<'de> {
    /// Reads what follows the tag, or hands it back where this kind isn't one of
    /// those.
    fn follow<A: MapAccess<'de>>(kind: &str, rest: A) -> Result<Followed<Self, A>, A::Error>;
}

/// What became of the rest of an object.
pub(crate) enum Followed<T, A> {
    /// It was read.
    Read(T),
    /// It was not touched.
    Back(A),
}

/// Reads a `T`, wherever its tag stands.
///
/// # Errors
/// As `T` itself.
pub(crate) fn read<'de, T: Streamed<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_map(First(PhantomData))
}

struct First<T>(PhantomData<T>);

impl<'de, T: Streamed<'de>> Visitor<'de> for First<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a type")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let Some(key) = map.next_key::<String>()? else {
            return Err(de::Error::missing_field(TAG));
        };
        let mut kind = None;
        if key == TAG {
            let named = map.next_value::<String>()?;
            map = match T::follow(&named, map)? {
                Followed::Read(whole) => return Ok(whole),
                Followed::Back(map) => map,
            };
            kind = Some(named);
        }
        let key = Some(key);
        T::deserialize(MapAccessDeserializer::new(Again { key, kind, map }))
    }
}

/// An object with its first field put back.
struct Again<A> {
    key: Option<String>,
    kind: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Again<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(lent(&key)).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.kind.take() {
            Some(kind) => seed.deserialize(lent(&kind)),
            None => self.map.next_value_seed(seed),
        }
    }
}

fn lent<E: de::Error>(words: &str) -> StrDeserializer<'_, E> {
    words.into_deserializer()
}
