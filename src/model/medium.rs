//! What hangs on an item: a picture, a film, a file. Never opened by us.
//!
//! Written as its address alone where nothing more is known of it, as every log before
//! this one has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Untrusted;

/// Something that hangs on an item; all of it is a stranger's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub struct Medium {
    /// Its address, or the vendor's id of it; empty where there is none.
    pub at: Untrusted,
    /// What it is, as the vendor says: `image/png`, `video`.
    pub kind: Untrusted,
    /// Its file's name, or how its author describes it.
    pub name: Untrusted,
    /// Bytes.
    pub size: Option<u64>,
}

/// How it is written.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    Address(Untrusted),
    Known {
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        at: Untrusted,
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        kind: Untrusted,
        #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
        name: Untrusted,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
    },
}

impl From<Written> for Medium {
    fn from(written: Written) -> Self {
        match written {
            Written::Address(at) => Self::from(at),
            Written::Known {
                at,
                kind,
                name,
                size,
            } => Self {
                at,
                kind,
                name,
                size,
            },
        }
    }
}

impl From<Medium> for Written {
    fn from(medium: Medium) -> Self {
        let Medium {
            at,
            kind,
            name,
            size,
        } = medium;
        if kind.is_empty() && name.is_empty() && size.is_none() {
            return Self::Address(at);
        }
        Self::Known {
            at,
            kind,
            name,
            size,
        }
    }
}

impl From<Untrusted> for Medium {
    fn from(at: Untrusted) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }
}

impl Medium {
    /// Its texts, for those who measure or mask them.
    pub fn texts(&self) -> impl Iterator<Item = &Untrusted> {
        [&self.at, &self.kind, &self.name].into_iter()
    }

    /// Its texts, to be changed.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut Untrusted> {
        [&mut self.at, &mut self.kind, &mut self.name].into_iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_alone_is_written_as_before() {
        for written in [
            json!("https://m.example/1.png"),
            json!({"at": "https://m.example/1", "kind": "image/png", "name": "tap.png", "size": 3}),
            json!({"name": "tap.png"}),
        ] {
            let medium: Medium = serde_json::from_value(written.clone()).expect("it is read");
            assert_eq!(
                serde_json::to_value(&medium).expect("it is written"),
                written
            );
        }
    }
}
