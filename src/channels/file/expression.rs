//! How a field is written in a file: a pointer, a list of fallbacks, or a table
//! with one source and what is done to it.

use std::collections::BTreeMap;

use super::mapping::{parse_pointer, pointer};
use super::read::{Node, Read, Table, nearest};
use crate::channels::map::convert::Convert;
use crate::channels::map::expr::{Field, Pick, Sought, Source, Step};
use crate::channels::map::pointer::Pointer;
use crate::channels::map::template::Template;

/// The sources of a step; a step has exactly one.
const SOURCES: [&str; 7] = ["at", "template", "hash_of", "pick", "join", "value", "key"];

/// The field at `key`; empty where there is none.
pub(super) fn optional(table: &Table<'_>, key: &str) -> Read<Field> {
    table
        .get(key)
        .map_or_else(|| Ok(Field::default()), |node| field(&node))
}

/// The field that `node` is.
pub(super) fn field(node: &Node<'_>) -> Read<Field> {
    if node.as_str().is_some() {
        return Ok(Field(vec![Step::plain(Source::At(parse_pointer(node)?))]));
    }
    if let Some(list) = node.as_list() {
        let mut steps = Vec::new();
        for node in &list {
            steps.extend(field(node)?.0);
        }
        return Ok(Field(steps));
    }
    match node.as_table() {
        Some(table) => steps(&table),
        None => Err(node.wrong(
            "A field is a pointer (\"/a/b\"), a list of fallbacks, or a table with at, template, \
             hash_of, pick, join, value or key.",
        )),
    }
}

fn steps(table: &Table<'_>) -> Read<Field> {
    table.only(&[
        "at",
        "json",
        "template",
        "hash_of",
        "pick",
        "where",
        "last",
        "join",
        "with",
        "value",
        "key",
        "as",
        "enum",
        "default",
        "null_if",
        "unless_eq",
        "or",
    ])?;
    let mut named = SOURCES
        .iter()
        .filter_map(|source| Some((*source, table.get(source)?)))
        // "at" beside "pick" is what to take of the picked element.
        // So is "key": where the key of an object is.
        .filter(|(source, _)| !["at", "key"].contains(source) || table.get("pick").is_none());
    let (Some((name, node)), None) = (named.next(), named.next()) else {
        let says = format!("A field has exactly one of {}.", SOURCES.join(", "));
        return Err(table.wrong(&says));
    };
    let step = Step {
        source: source(table, name, &node)?,
        convert: match table.get("as") {
            Some(node) => named_convert(&node)?,
            None => Convert::Text,
        },
        words: table.table("enum")?.map(|t| words(&t)).transpose()?,
        null_if: table.get("null_if").map(|n| n.word()).transpose()?,
        unless_eq: pointer(table, "unless_eq")?,
    };
    let mut steps = vec![step];
    if let Some(other) = table.get("or") {
        steps.extend(field(&other)?.0);
    }
    if let Some(default) = table.get("default") {
        steps.push(Step::plain(Source::Value(default.word()?)));
    }
    Ok(Field(steps))
}

fn source(table: &Table<'_>, name: &str, node: &Node<'_>) -> Read<Source> {
    Ok(match name {
        "at" => match pointer(table, "json")? {
            Some(inner) => Source::InJson(parse_pointer(node)?, inner),
            None => Source::At(parse_pointer(node)?),
        },
        "template" => {
            let template = Template::parse(node.str()?);
            Source::Template(template.map_err(|says| node.wrong(&says))?)
        }
        "hash_of" => Source::HashOf(parse_pointer(node)?),
        "pick" => Source::Pick(Pick {
            list: parse_pointer(node)?,
            on: match (table.get("where"), table.get("key")) {
                (Some(node), None) => pairs(&node)?,
                (None, Some(_)) => Vec::new(),
                _ => return Err(table.wrong("A pick has \"where\", or \"key\" for an object.")),
            },
            key: pointer(table, "key")?,
            last: match table.get("last") {
                Some(node) => node.bool()?,
                None => false,
            },
            at: parse_pointer(&table.need("at")?)?,
        }),
        "join" => {
            let list = node.list()?;
            let fields = list.iter().map(field).collect::<Read<_>>()?;
            Source::Join(fields, table.str("with")?.unwrap_or("").into())
        }
        "value" => Source::Value(node.word()?),
        _ => {
            if !node.bool()? {
                return Err(node.wrong("This is true, or left out."));
            }
            Source::Key
        }
    })
}

/// The pairs of a sibling join: `{ "/theirs" = "/ours" }`, with a fixed word
/// `{ "/theirs" = { value = "e" } }`, or a list of them.
fn pairs(node: &Node<'_>) -> Read<Vec<(Pointer, Sought)>> {
    let tables = match node.as_list() {
        Some(list) => list.iter().map(Node::table).collect::<Read<Vec<_>>>()?,
        None => vec![node.table()?],
    };
    let mut pairs = Vec::new();
    for table in tables {
        for (theirs, ours) in table.all() {
            let theirs = Pointer::parse(theirs).map_err(|says| ours.wrong(&says))?;
            let sought = match ours.as_table() {
                Some(inner) => {
                    inner.only(&["value"])?;
                    Sought::Word(inner.need("value")?.word()?)
                }
                None => Sought::At(parse_pointer(&ours)?),
            };
            pairs.push((theirs, sought));
        }
    }
    Ok(pairs)
}

fn words(table: &Table<'_>) -> Read<BTreeMap<String, String>> {
    let word = |(theirs, ours): (&str, Node<'_>)| Ok((theirs.to_owned(), ours.str()?.to_owned()));
    table.all().into_iter().map(word).collect()
}

fn named_convert(node: &Node<'_>) -> Read<Convert> {
    named(node, "converter", &Convert::NAMES)
}

/// The thing that `node` names, of a closed list.
pub(super) fn named<T: Copy>(node: &Node<'_>, what: &str, known: &[(&str, T)]) -> Read<T> {
    let word = node.str()?;
    if let Some((_, thing)) = known.iter().find(|(name, _)| *name == word) {
        return Ok(*thing);
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let near = nearest(word, &names).map_or(String::new(), |n| format!(" The nearest is \"{n}\"."));
    let names = names.join(", ");
    Err(node.wrong(&format!("A {what} is one of {names}.{near}")))
}
