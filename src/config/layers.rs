//! The layers under a configuration, laid over each other: file, environment,
//! flags.
//!
//! Owns the tree of values as typed, each with its place. Knows no key: which
//! keys there are, and what they mean, is `read` and `sections`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::error::Problem;
use super::origin::Origin;

/// A value as typed.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Node>),
    Table(Table),
    /// A float or a date, which no key takes.
    Other,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) shape: Shape,
    pub(super) origin: Origin,
}

/// The values under a header.
pub(super) type Table = BTreeMap<String, Node>;

/// A value that replaces what the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The key with its section: "hub.listen".
    pub key: String,
    /// What it is set to; lists are separated by commas.
    pub value: String,
    /// Where it was set: [`Origin::Env`] or [`Origin::Flag`].
    pub origin: Origin,
}

/// Reads TOML into the tree, naming `path` in every place.
pub(super) fn from_toml(path: &Path, text: &str) -> (Table, Vec<Problem>) {
    let place = Places {
        path: path.into(),
        starts: line_starts(text),
    };
    let (document, errors) = DeTable::parse_recoverable(text);
    let problems = errors
        .iter()
        .map(|error| Problem {
            origin: place.at(error.span().map_or(0, |span| span.start)),
            says: format!("This is not TOML: {}.", first_line(error.message())),
        })
        .collect();
    (place.table(document.get_ref()), problems)
}

/// Puts `over` into the tree, making the sections that are missing.
pub(super) fn put(tree: &mut Table, over: &Override) {
    let node = |shape| Node {
        shape,
        origin: over.origin.clone(),
    };
    let mut table = tree;
    let mut steps: Vec<&str> = over.key.split('.').collect();
    let Some(last) = steps.pop() else { return };
    for step in steps {
        let entry = table
            .entry(step.to_owned())
            .or_insert_with(|| node(Shape::Table(Table::new())));
        let Shape::Table(inner) = &mut entry.shape else {
            return; // Not a section: reading the section says so.
        };
        table = inner;
    }
    table.insert(last.to_owned(), node(Shape::Text(over.value.clone())));
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}

struct Places {
    path: Arc<Path>,
    starts: Vec<usize>,
}

impl Places {
    fn at(&self, byte: usize) -> Origin {
        Origin::File {
            path: Arc::clone(&self.path),
            line: self.starts.partition_point(|start| *start <= byte),
        }
    }

    fn table(&self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| {
                // A value's place is its key's: an array's or a table's own
                // span may begin lines later.
                let node = Node {
                    shape: self.shape(value.get_ref()),
                    origin: self.at(key.span().start),
                };
                (key.get_ref().to_string(), node)
            })
            .collect()
    }

    fn shape(&self, value: &DeValue<'_>) -> Shape {
        match value {
            DeValue::String(text) => Shape::Text(text.to_string()),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                i64::from_str_radix(&digits, number.radix()).map_or(Shape::Other, Shape::Integer)
            }
            DeValue::Boolean(yes) => Shape::Boolean(*yes),
            DeValue::Array(values) => Shape::List(
                values
                    .iter()
                    .map(|value| Node {
                        shape: self.shape(value.get_ref()),
                        origin: self.at(value.span().start),
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Shape::Table(self.table(table)),
            DeValue::Float(_) | DeValue::Datetime(_) => Shape::Other,
        }
    }
}
