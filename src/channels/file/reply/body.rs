//! Bodies and headers of what goes out, as `[reply]`, `[act.NAME]` and `[login]`
//! write them.

use serde_json::Value;

use crate::channels::file::read::{Node, Read, Table};
use crate::channels::reply::{Body, Kind, Mail, Note, Part, Phrase, Shape};

/// The phrase that `node` is.
pub(super) fn phrase(node: &Node<'_>, kind: Kind) -> Read<Phrase> {
    let phrase = Phrase::parse(node.str()?, kind).map_err(|says| node.wrong(&says))?;
    Ok(phrase.at(node.place()))
}

/// A key without the "?" that lets it be left out, and whether it had one.
fn key(written: &str) -> (String, bool) {
    match written.strip_suffix('?') {
        Some(key) => (key.to_owned(), true),
        None => (written.to_owned(), false),
    }
}

fn entries(table: &Table<'_>) -> Read<Vec<(String, Phrase, bool)>> {
    let one = |(written, node): (&str, Node<'_>)| {
        let (key, optional) = key(written);
        let kind = if optional { Kind::Optional } else { Kind::Text };
        Ok((key, phrase(&node, kind)?, optional))
    };
    table.all().into_iter().map(one).collect()
}

/// The headers; those whose names end in "?" may be left out.
pub(super) fn headers(table: &Table<'_>) -> Read<Vec<(String, Phrase, bool)>> {
    match table.table("headers")? {
        Some(inner) => entries(&inner),
        None => Ok(Vec::new()),
    }
}

/// The body: one of json, form, text, mail and note, or none.
pub(super) fn body(table: &Table<'_>) -> Read<Body> {
    let ways = ["json", "form", "text", "mail", "note"];
    let mut given = ways.iter().filter_map(|way| Some((*way, table.get(way)?)));
    let Some((way, node)) = given.next() else {
        return Ok(Body::Empty);
    };
    if given.next().is_some() {
        return Err(table.wrong("A request has one of json, form, text, mail and note."));
    }
    Ok(match way {
        "json" => Body::Json(shape(&node, Kind::Text)?),
        "form" => Body::Form(entries(&node.table()?)?),
        "note" => Body::Note(Box::new(note(&node.table()?)?)),
        "mail" => Body::Mail(Box::new(mail(&node.table()?)?)),
        _ => Body::Text(phrase(&node, Kind::Text)?),
    })
}

/// A note on Nostr; keys whose names end in "?" may come out empty.
fn note(table: &Table<'_>) -> Read<Note> {
    table.only(&["key", "text", "to", "root?", "author?"])?;
    let need = |key: &str| phrase(&table.need(key)?, Kind::Text);
    let optional = |key: &str| match table.get(key) {
        Some(node) => phrase(&node, Kind::Optional),
        None => Phrase::parse("", Kind::Optional).map_err(|says| table.wrong(&says)),
    };
    Ok(Note {
        key: need("key")?,
        text: need("text")?,
        to: need("to")?,
        root: optional("root?")?,
        author: optional("author?")?,
    })
}

/// A mail; keys whose names end in "?" may come out empty.
fn mail(table: &Table<'_>) -> Read<Mail> {
    table.only(&[
        "security",
        "user?",
        "password?",
        "from",
        "to",
        "subject",
        "in_reply_to?",
        "references?",
        "text",
    ])?;
    let need = |key: &str| phrase(&table.need(key)?, Kind::Text);
    let or = |key: &str, default: &str| match table.get(key) {
        Some(node) => phrase(&node, Kind::Optional),
        None => Phrase::parse(default, Kind::Optional).map_err(|says| table.wrong(&says)),
    };
    Ok(Mail {
        security: or("security", "tls")?,
        user: or("user?", "")?,
        password: or("password?", "")?,
        from: need("from")?,
        to: need("to")?,
        subject: need("subject")?,
        in_reply_to: or("in_reply_to?", "")?,
        references: or("references?", "")?,
        text: need("text")?,
    })
}

/// A JSON value in the making.
pub(in crate::channels::file) fn shape(node: &Node<'_>, kind: Kind) -> Read<Shape> {
    if node.as_str().is_some() {
        let phrase = phrase(node, kind)?;
        return Ok(if phrase.is_fixed() {
            Shape::Fixed(Value::String(phrase.written().to_owned()))
        } else {
            Shape::Text(phrase)
        });
    }
    if let Some(list) = node.as_list() {
        return Ok(Shape::List(
            list.iter().map(|n| shape(n, kind)).collect::<Read<_>>()?,
        ));
    }
    let Some(table) = node.as_table() else {
        return fixed(node).map(Shape::Fixed);
    };
    let parts = table.all();
    if let [(name, inner)] = &parts[..]
        && name.starts_with('$')
        && SPECIAL.contains(name)
    {
        return special(name, inner, kind);
    }
    let part = |(written, node): (&str, Node<'_>)| {
        let (key, optional) = key(written);
        let kind = if optional { Kind::Optional } else { kind };
        Ok(Part {
            key,
            optional,
            shape: shape(&node, kind)?,
        })
    };
    Ok(Shape::Object(
        parts.into_iter().map(part).collect::<Read<_>>()?,
    ))
}

/// Tables that stand for what is no text. Others that begin with "$" are keys
/// of the vendor's ("$type").
const SPECIAL: [&str; 3] = ["$number", "$value", "$matchers"];

fn special(name: &str, node: &Node<'_>, kind: Kind) -> Read<Shape> {
    if name == "$number" {
        return Ok(Shape::Number(phrase(node, kind)?));
    }
    let path: Box<[Box<str>]> = node.str()?.split('.').map(Into::into).collect();
    let known = ["item", "action", "vars", "auth"];
    if !path.first().is_some_and(|first| known.contains(&&**first)) {
        return Err(node.wrong("This names a value: \"item.labels\", \"action.until\"."));
    }
    Ok(if name == "$value" {
        Shape::Value(path)
    } else {
        Shape::Matchers(path)
    })
}

/// A number or a truth.
fn fixed(node: &Node<'_>) -> Read<Value> {
    if let Ok(flag) = node.bool() {
        return Ok(Value::Bool(flag));
    }
    let word = node.word()?;
    let number: Option<serde_json::Number> = serde_json::from_str(&word).ok();
    number
        .map(Value::Number)
        .ok_or_else(|| node.wrong("This is text, a number, a truth, a list or a table."))
}
