//! What makes a wrapper look like what it holds: printed, written, read and
//! described alike.
//!
//! Owns the macro for the wrappers that only save room, [`seldom`](super::seldom)
//! and [`shared`](super::shared): nobody outside can tell them from the part itself.

/// `Debug`, serde and schema of a wrapper that derefs to what it holds and is made
/// of it by `From`; the bound is what both need.
macro_rules! transparent {
    ($wrapper:ident<T> $(where T: $bound:path)?) => {
        impl<T: std::fmt::Debug $(+ $bound)?> std::fmt::Debug for $wrapper<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: serde::Serialize $(+ $bound)?> serde::Serialize for $wrapper<T> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                (**self).serialize(serializer)
            }
        }

        impl<'de, T: serde::Deserialize<'de> $(+ $bound)?> serde::Deserialize<'de> for $wrapper<T> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::deserialize(deserializer).map(Self::from)
            }
        }

        impl<T: schemars::JsonSchema> schemars::JsonSchema for $wrapper<T> {
            fn inline_schema() -> bool {
                T::inline_schema()
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                T::schema_name()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                T::schema_id()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                T::json_schema(generator)
            }
        }
    };
}

pub(super) use transparent;
