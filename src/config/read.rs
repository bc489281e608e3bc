//! Takes values out of the tree, section by section.
//!
//! Asking for a key is what makes it known: the same calls give the value, the
//! list of keys for `check` and for the example file, and the nearest key to a
//! misspelt one. Knows no key itself; called by `sections`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::error::Problem;
use super::layers::{Node, Shape, Table};
use super::nearest::nearest;
use super::origin::{Located, Origin};
use super::value::Kind;

/// A key as `check` shows it. Secrets appear as where they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key with its section.
    pub key: String,
    /// What it is set to; none for a key that has no default and is not set.
    pub value: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// What reading gathers beside the values.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
    pub(super) entries: Vec<Entry>,
    /// Reads one row of every list and every optional section although nothing
    /// is there, so that `entries` names all keys.
    pub(super) probe: bool,
}

impl Reader {
    /// Starts at the top of the tree.
    pub(super) fn root(&mut self, table: Table) -> Section<'_> {
        Section {
            reader: self,
            path: String::new(),
            table,
            origin: Origin::Default,
            known: Vec::new(),
            broken: false,
        }
    }
}

/// A section while it is read.
#[derive(Debug)]
pub(super) struct Section<'a> {
    reader: &'a mut Reader,
    path: String,
    table: Table,
    /// Where the section begins.
    pub(super) origin: Origin,
    known: Vec<&'static str>,
    /// Something else stands where it should: that was said.
    broken: bool,
}

/// What stands where a section should.
struct Header {
    table: Table,
    origin: Origin,
    broken: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            table: Table::new(),
            origin: Origin::Default,
            broken: false,
        }
    }
}

impl Section<'_> {
    /// The value of `key`, or `default`.
    pub(super) fn or<T: Kind>(&mut self, key: &'static str, default: T) -> Located<T> {
        let found = self.read(key);
        let located = found.unwrap_or_else(|| Located::default_of(default));
        self.enter(key, Some(located.value.show()), located.origin.clone());
        located
    }

    /// The value of `key`, or `default`; refused outside `range`.
    pub(super) fn within<T: Kind + PartialOrd>(
        &mut self,
        key: &'static str,
        default: T,
        range: RangeInclusive<T>,
    ) -> Located<T> {
        let located = self.or(key, default);
        if !range.contains(&located.value) {
            let says = format!(
                "{} is {}; it has to be between {} and {}.",
                self.name(key),
                located.value.show(),
                range.start().show(),
                range.end().show()
            );
            self.wrong(located.origin.clone(), says);
        }
        located
    }

    /// The value of `key` when it is set.
    pub(super) fn maybe<T: Kind>(&mut self, key: &'static str) -> Option<Located<T>> {
        let found = self.read::<T>(key);
        let origin = found.as_ref().map(|l| l.origin.clone());
        let value = found.as_ref().map(|l| l.value.show());
        self.enter(key, value, origin.unwrap_or(Origin::Default));
        found
    }

    /// The value of `key`, which has to be set.
    pub(super) fn need<T: Kind + Default>(&mut self, key: &'static str) -> Located<T> {
        let set = self.table.contains_key(key);
        let found = self.maybe(key);
        if !set && !self.broken {
            let says = format!("{} has to be set.", self.name(key));
            self.wrong(self.origin.clone(), says);
        }
        // What stands in for it goes nowhere: there is a problem now.
        found.unwrap_or_else(|| Located::default_of(T::default()))
    }

    /// The section `key`, empty when the file has none.
    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_>) -> T,
    ) -> T {
        let node = self.take(key);
        let header = self.as_table(key, node);
        let path = self.name(key);
        self.inner(path, header, read)
    }

    /// The section `key` when the file has it.
    pub(super) fn maybe_section<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_>) -> T,
    ) -> Option<T> {
        if !self.table.contains_key(key) && !self.reader.probe {
            self.known.push(key);
            return None;
        }
        Some(self.section(key, read))
    }

    /// The rows `[[key]]`.
    pub(super) fn rows<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_>) -> T,
    ) -> Vec<T> {
        let rows = match self.take(key) {
            None if self.reader.probe => vec![Node {
                shape: Shape::Table(Table::new()),
                origin: Origin::Default,
            }],
            None => Vec::new(),
            Some(Node {
                shape: Shape::List(rows),
                ..
            }) => rows,
            Some(node) => {
                let says = format!(
                    "{0} has to be written as [[{0}]], once for each.",
                    self.name(key)
                );
                self.wrong(node.origin, says);
                Vec::new()
            }
        };
        let mut read_rows = Vec::with_capacity(rows.len());
        for row in rows {
            let header = self.as_table(key, Some(row));
            let path = format!("[[{}]]", self.name(key));
            read_rows.push(self.inner(path, header, &read));
        }
        read_rows
    }

    /// The sections `[key.NAME]` by name.
    pub(super) fn named<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str, &mut Section<'_>) -> T,
    ) -> BTreeMap<String, T> {
        let node = self.take(key);
        let mut table = self.as_table(key, node).table;
        if self.reader.probe && table.is_empty() {
            table.insert(
                "NAME".into(),
                Node {
                    shape: Shape::Table(Table::new()),
                    origin: Origin::Default,
                },
            );
        }
        let mut named = BTreeMap::new();
        for (name, node) in table {
            let path = format!("{}.{name}", self.name(key));
            let header = self.as_table(&format!("{key}.{name}"), Some(node));
            let value = self.inner(path, header, |section| read(&name, section));
            named.insert(name, value);
        }
        named
    }

    /// The table `key` of free names, each with a value of one kind.
    pub(super) fn free<T: Kind>(&mut self, key: &'static str) -> BTreeMap<String, Located<T>> {
        let node = self.take(key);
        let table = self.as_table(key, node).table;
        if self.reader.probe {
            self.enter(&format!("{key}.NAME"), None, Origin::Default);
        }
        let mut values = BTreeMap::new();
        for (name, node) in table {
            let path = format!("{}.{name}", self.name(key));
            if let Some(value) = self.value::<T>(&path, &node) {
                self.reader.entries.push(Entry {
                    key: path,
                    value: Some(value.show()),
                    origin: node.origin.clone(),
                });
                values.insert(
                    name,
                    Located {
                        value,
                        origin: node.origin,
                    },
                );
            }
        }
        values
    }

    /// Says what is wrong at `origin`.
    pub(super) fn wrong(&mut self, origin: Origin, says: String) {
        self.reader.problems.push(Problem { origin, says });
    }

    /// Refuses what is left: keys that nobody asked for.
    pub(super) fn finish(&mut self) {
        for (key, node) in std::mem::take(&mut self.table) {
            let hint = nearest(&key, &self.known).map_or_else(
                || format!("the keys here are {}", self.known.join(", ")),
                |near| format!("the nearest key is \"{near}\""),
            );
            let place = if self.path.is_empty() {
                "at the top".to_owned()
            } else {
                format!("in {}", self.path)
            };
            let says = format!(
                "There is no key \"{}\" {place}; {hint}.",
                key.escape_debug()
            );
            self.wrong(node.origin, says);
        }
    }

    fn inner<T>(
        &mut self,
        path: String,
        header: Header,
        read: impl Fn(&mut Section<'_>) -> T,
    ) -> T {
        let mut section = Section {
            reader: self.reader,
            path,
            table: header.table,
            origin: header.origin,
            known: Vec::new(),
            broken: header.broken,
        };
        let value = read(&mut section);
        section.finish();
        value
    }

    fn take(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn as_table(&mut self, key: &str, node: Option<Node>) -> Header {
        let mut header = Header::default();
        let Some(node) = node else { return header };
        header.origin = node.origin;
        if let Shape::Table(table) = node.shape {
            header.table = table;
        } else {
            let name = self.name(key);
            let says = format!("{name} has to be a section with keys of its own.");
            self.wrong(header.origin.clone(), says);
            header.broken = true;
        }
        header
    }

    fn read<T: Kind>(&mut self, key: &'static str) -> Option<Located<T>> {
        let node = self.take(key)?;
        let value = self.value(&self.name(key), &node)?;
        Some(Located {
            value,
            origin: node.origin,
        })
    }

    fn value<T: Kind>(&mut self, path: &str, node: &Node) -> Option<T> {
        match T::read(node) {
            Ok(value) => Some(value),
            Err(wrong) => {
                for wrong in wrong {
                    let says = format!("{path} has to be {}.", wrong.expects);
                    self.wrong(wrong.origin, says);
                }
                None
            }
        }
    }

    fn enter(&mut self, key: &str, value: Option<String>, origin: Origin) {
        let key = self.name(key);
        self.reader.entries.push(Entry { key, value, origin });
    }

    /// The key with its section.
    pub(super) fn name(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}
