//! `prefix`: what stands before an officer's words, "@{{ item.author.handle }} ".
//!
//! Words and fields and nothing else, since a console counts it at every key
//! without the template engine.

use crate::channels::file::read::{Node, Read};
use crate::model::outgoing::{Named, Piece};

/// The fields that it may name.
const FIELDS: [(&str, Named); 4] = [
    ("item.author.handle", Named::AuthorHandle),
    ("item.author.name", Named::AuthorName),
    ("item.author.id", Named::AuthorId),
    ("item.id", Named::Id),
];

/// Reads it.
pub(super) fn prefix(node: &Node<'_>) -> Read<Vec<Piece>> {
    let mut rest = node.str()?;
    let mut pieces = Vec::new();
    while let Some((words, after)) = rest.split_once("{{") {
        let says = "A \"{{\" is not closed here.";
        let (name, next) = after.split_once("}}").ok_or_else(|| node.wrong(says))?;
        if !words.is_empty() {
            pieces.push(Piece::Words(words.to_owned()));
        }
        pieces.push(field(node, name.trim())?);
        rest = next;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    Ok(pieces)
}

fn field(node: &Node<'_>, name: &str) -> Read<Piece> {
    if let Some((_, named)) = FIELDS.iter().find(|(known, _)| *known == name) {
        return Ok(Piece::Field(*named));
    }
    let name_like = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match name.strip_prefix("item.extra.") {
        Some(extra) if !extra.is_empty() && extra.chars().all(name_like) => {
            Ok(Piece::Extra(extra.to_owned()))
        }
        _ => {
            let known: Vec<&str> = FIELDS.iter().map(|(known, _)| *known).collect();
            Err(node.wrong(&format!(
                "A prefix can't hold \"{name}\": words, {} and item.extra.NAME stand in it.",
                known.join(", ")
            )))
        }
    }
}
