//! `method`, `url`, `headers` and one of `body`, `form` and `json`: a request
//! that we make, wherever a file has one.

use axum::http::Method;
use serde_json::{Map, Value};

use super::timing::headers;
use crate::channels::file::expression::named;
use crate::channels::file::read::{Node, Read, Table};
use crate::channels::file::spec::{Body, Request};
use crate::channels::map::template::Template;

/// The keys of a request.
pub(in crate::channels::file) const KEYS: [&str; 6] =
    ["method", "url", "headers", "body", "form", "json"];

/// Reads it; `default` is the method where the file names none.
pub(in crate::channels::file) fn request(table: &Table<'_>, default: &Method) -> Read<Request> {
    let methods = [("GET", 0), ("POST", 1), ("PUT", 2)];
    let method = match table.get("method") {
        None => default.clone(),
        Some(node) => match named(&node, "method", &methods)? {
            0 => Method::GET,
            1 => Method::POST,
            _ => Method::PUT,
        },
    };
    let request = Request {
        method,
        url: template(&table.need("url")?)?,
        headers: headers(table)?,
        body: body(table)?,
    };
    if request.method == Method::GET && !matches!(request.body, Body::None) {
        return Err(table.wrong("A GET sends nothing; write method = \"POST\"."));
    }
    Ok(request)
}

fn body(table: &Table<'_>) -> Read<Body> {
    let kinds = ["body", "form", "json"];
    let mut given = kinds.iter().filter_map(|k| Some((*k, table.get(k)?)));
    let Some((kind, node)) = given.next() else {
        return Ok(Body::None);
    };
    if let Some((_, second)) = given.next() {
        return Err(second.wrong("A request sends one of body, form and json."));
    }
    Ok(match kind {
        "body" => Body::Text(template(&node)?),
        "form" => {
            let pair = |(name, value): (&str, Node<'_>)| Ok((name.to_owned(), template(&value)?));
            Body::Form(
                node.table()?
                    .all()
                    .into_iter()
                    .map(pair)
                    .collect::<Read<_>>()?,
            )
        }
        _ => Body::Json(json(&node)?),
    })
}

/// A template that can be read: what is wrong with it is told with its line.
pub(in crate::channels::file) fn template(node: &Node<'_>) -> Read<String> {
    let written = node.str()?;
    Template::parse(written).map_err(|says| node.wrong(&says))?;
    Ok(written.to_owned())
}

/// TOML as JSON; its texts are templates.
pub(in crate::channels::file) fn json(node: &Node<'_>) -> Read<Value> {
    if let Some(table) = node.as_table() {
        let pair = |(name, value): (&str, Node<'_>)| Ok((name.to_owned(), json(&value)?));
        let object: Read<Map<String, Value>> = table.all().into_iter().map(pair).collect();
        return Ok(Value::Object(object?));
    }
    if let Some(list) = node.as_list() {
        return Ok(Value::Array(list.iter().map(json).collect::<Read<_>>()?));
    }
    if node.as_str().is_some() {
        return Ok(Value::String(template(node)?));
    }
    if let Ok(flag) = node.bool() {
        return Ok(Value::Bool(flag));
    }
    let word = node.word()?;
    serde_json::from_str(&word).map_err(|_| node.wrong("This number can't be written as JSON."))
}
