//! Reading TOML with places: every value knows its line and the keys above it,
//! and a key that nobody asked for is refused with the nearest known one.
//!
//! Owns no format: `source`, `mapping` and `checks` do.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ChannelFileError;

/// Result of reading something.
pub(super) type Read<T> = Result<T, ChannelFileError>;

/// A file's name and text, for naming places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper<'f> {
    pub(super) name: &'f str,
    pub(super) text: &'f str,
}

impl Paper<'_> {
    /// What is wrong at `span`.
    pub(super) fn wrong(&self, span: &Range<usize>, key: &str, says: &str) -> ChannelFileError {
        let before = self.text.get(..span.start).unwrap_or("");
        ChannelFileError {
            file: self.name.to_owned(),
            line: 1 + before.matches('\n').count(),
            key: key.to_owned(),
            says: says.to_owned(),
        }
    }
}

/// A value at its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'f> {
    paper: Paper<'f>,
    value: &'f Spanned<DeValue<'f>>,
    path: String,
}

/// A table at its place.
#[derive(Clone, Debug)]
pub(super) struct Table<'f> {
    paper: Paper<'f>,
    values: &'f DeTable<'f>,
    span: Range<usize>,
    path: String,
}

impl<'f> Node<'f> {
    /// An error about this value.
    pub(super) fn wrong(&self, says: &str) -> ChannelFileError {
        self.paper.wrong(&self.value.span(), &self.path, says)
    }

    /// Where it stands, for what is said of it later: "town.toml:12, reply.url".
    pub(super) fn place(&self) -> String {
        let ChannelFileError {
            file, line, key, ..
        } = self.wrong("");
        format!("{file}:{line}, {key}")
    }

    fn not(&self, wanted: &str) -> ChannelFileError {
        let is = self.value.get_ref().type_str();
        self.wrong(&format!("This is {wanted}; what is here is of type {is}."))
    }

    pub(super) fn as_str(&self) -> Option<&'f str> {
        self.value.get_ref().as_str()
    }

    pub(super) fn str(&self) -> Read<&'f str> {
        self.as_str().ok_or_else(|| self.not("text"))
    }

    pub(super) fn bool(&self) -> Read<bool> {
        let flag = self.value.get_ref().as_bool();
        flag.ok_or_else(|| self.not("true or false"))
    }

    pub(super) fn count(&self) -> Read<u64> {
        let number = self.value.get_ref().as_integer();
        let number = number.and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        number.ok_or_else(|| self.not("a whole number, 0 or more"))
    }

    pub(super) fn number(&self) -> Read<f64> {
        let value = self.value.get_ref();
        let integer = value.as_integer().and_then(|n| n.as_str().parse().ok());
        let float = value.as_float().and_then(|n| n.as_str().parse().ok());
        integer.or(float).ok_or_else(|| self.not("a number"))
    }

    /// Text, or a number or truth as text: what conditions compare with.
    pub(super) fn word(&self) -> Read<Box<str>> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok((**text).into()),
            DeValue::Integer(number) => Ok(number.as_str().into()),
            DeValue::Float(number) => Ok(number.as_str().into()),
            DeValue::Boolean(true) => Ok("true".into()),
            DeValue::Boolean(false) => Ok("false".into()),
            _ => Err(self.not("text, a number or a truth")),
        }
    }

    /// A span of time: "90s", "5m", "24h", "2d", "250ms".
    pub(super) fn duration(&self) -> Read<Duration> {
        let says = "A span of time is a whole number and a unit: \"90s\", \"5m\", \"24h\", \"2d\".";
        span_of(self.str()?).ok_or_else(|| self.wrong(says))
    }

    pub(super) fn list(&self) -> Read<Vec<Node<'f>>> {
        self.as_list().ok_or_else(|| self.not("a list"))
    }

    pub(super) fn as_list(&self) -> Option<Vec<Node<'f>>> {
        let list = self.value.get_ref().as_array()?;
        let node = |(nth, value): (usize, &'f Spanned<DeValue<'f>>)| Node {
            paper: self.paper,
            value,
            path: format!("{}[{nth}]", self.path),
        };
        Some(list.iter().enumerate().map(node).collect())
    }

    pub(super) fn as_table(&self) -> Option<Table<'f>> {
        let values = self.value.get_ref().as_table()?;
        Some(Table {
            paper: self.paper,
            values,
            span: self.value.span(),
            path: self.path.clone(),
        })
    }

    pub(super) fn table(&self) -> Read<Table<'f>> {
        self.as_table().ok_or_else(|| self.not("a table"))
    }
}

impl<'f> Table<'f> {
    /// The whole file.
    pub(super) fn whole(paper: Paper<'f>, table: &'f Spanned<DeTable<'f>>) -> Self {
        Self {
            paper,
            values: table.get_ref(),
            span: 0..0,
            path: String::new(),
        }
    }

    /// An error about this table.
    pub(super) fn wrong(&self, says: &str) -> ChannelFileError {
        let key = if self.path.is_empty() {
            "file"
        } else {
            &self.path
        };
        self.paper.wrong(&self.span, key, says)
    }

    /// Where it stands: `town.toml:12, map[0]`.
    pub(super) fn place(&self) -> String {
        let ChannelFileError {
            file, line, key, ..
        } = self.wrong("");
        format!("{file}:{line}, {key}")
    }

    /// Refuses the first key that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        for key in self.values.keys() {
            let name = &**key.get_ref();
            if !known.contains(&name) {
                let near = nearest(name, known);
                let says = match near {
                    Some(near) => format!("There is no such key here; the nearest is \"{near}\"."),
                    None => format!("There is no such key here; known are {}.", known.join(", ")),
                };
                return Err(self.paper.wrong(&key.span(), &self.below(name), &says));
            }
        }
        Ok(())
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// What is at `key`.
    pub(super) fn get(&self, key: &str) -> Option<Node<'f>> {
        let found = self.values.iter().find(|(k, _)| **k.get_ref() == *key);
        found.map(|(_, value)| Node {
            paper: self.paper,
            value,
            path: self.below(key),
        })
    }

    /// What is at `key`, which has to be there.
    pub(super) fn need(&self, key: &str) -> Read<Node<'f>> {
        self.get(key)
            .ok_or_else(|| self.wrong(&format!("The key \"{key}\" is missing here.")))
    }

    /// Every key with its value, in the file's order of names.
    pub(super) fn all(&self) -> Vec<(&'f str, Node<'f>)> {
        let node = |(key, value): (&'f Spanned<_>, &'f Spanned<DeValue<'f>>)| {
            let key: &'f std::borrow::Cow<'f, str> = key.get_ref();
            let path = self.below(key);
            (
                &**key,
                Node {
                    paper: self.paper,
                    value,
                    path,
                },
            )
        };
        self.values.iter().map(node).collect()
    }

    /// The table at `key`, where there is one.
    pub(super) fn table(&self, key: &str) -> Read<Option<Table<'f>>> {
        self.get(key).map(|node| node.table()).transpose()
    }

    /// The tables of the list at `key`.
    pub(super) fn tables(&self, key: &str) -> Read<Vec<Table<'f>>> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(node) => node.list()?.iter().map(Node::table).collect(),
        }
    }

    /// The text at `key`, where there is one.
    pub(super) fn str(&self, key: &str) -> Read<Option<&'f str>> {
        self.get(key).map(|node| node.str()).transpose()
    }

    /// The list of texts at `key`; empty where there is none.
    pub(super) fn strs(&self, key: &str) -> Read<Vec<String>> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(node) => {
                let list = node.list()?;
                list.iter().map(|n| n.str().map(str::to_owned)).collect()
            }
        }
    }
}

/// The span of time that `text` is: a whole number and a unit.
pub(super) fn span_of(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let ms = match text.strip_prefix(digits)? {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(ms).map(Duration::from_millis)
}

/// The known word that is least edits away, when it is near at all.
pub(in crate::channels) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let near = known.iter().map(|k| (edits(word, k), *k)).min()?;
    (near.0 <= 1 + word.chars().count() / 3).then_some(near.1)
}

/// How many letters have to change to make one word of the other.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or(0);
            let cost = (diagonal + usize::from(from != *to))
                .min(up + 1)
                .min(left + 1);
            diagonal = up;
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            left = cost;
        }
        if let Some(last) = row.last_mut() {
            *last = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_named_when_it_is_near() {
        assert_eq!(
            nearest("transprot", &["transport", "url"]),
            Some("transport")
        );
        assert_eq!(nearest("colour", &["transport", "url"]), None);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
