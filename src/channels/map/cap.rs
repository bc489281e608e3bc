//! Common Alerting Protocol 1.2 (OASIS), 1.1 and 1.0, as one JSON shape:
//! `{alerts: [{identifier, sender, sent, status, msgType, scope, root,
//! references: [{sender, identifier, sent}], info, infos, areaDesc, …}]}`.
//!
//! `root` is the warning that a message belongs to: the oldest that it refers
//! to, or itself; an update so stays the same item. `info` is the block in the
//! operator's language (`vars.language`), or the first. A feed of warnings with
//! CAP's own elements in its entries (`MeteoAlarm`) has the same shape.

use serde_json::{Map, Value, json};

use super::xml;

/// Decodes a document.
///
/// # Errors
/// A sentence: it is no XML, or has no warning in it.
pub(in crate::channels) fn decode(body: &[u8], language: &str) -> Result<Value, String> {
    let tree = xml::decode(body)?;
    let mut alerts = Vec::new();
    find(&tree, &mut alerts);
    let alerts: Vec<Value> = alerts.iter().map(|a| alert(a, language)).collect();
    if alerts.is_empty() && tree.get("feed").is_none() && tree.get("rss").is_none() {
        return Err("This XML has no CAP alert in it.".to_owned());
    }
    Ok(json!({ "alerts": alerts }))
}

/// Elements that are alerts: `alert` at any depth, and entries of a feed that
/// have an identifier of CAP's.
fn find<'v>(value: &'v Value, into: &mut Vec<&'v Map<String, Value>>) {
    let Value::Object(map) = value else { return };
    for (name, inner) in map {
        let single = std::slice::from_ref(inner);
        let list = inner.as_array().map_or(single, Vec::as_slice);
        for element in list {
            let is_alert = match local(name) {
                "alert" => true,
                "entry" | "item" => text_of(element, "identifier").is_some(),
                _ => false,
            };
            match element.as_object() {
                Some(map) if is_alert => into.push(map),
                _ => find(element, into),
            }
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The children of this name, whatever their prefix.
fn children<'v>(map: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Value> {
    let name = name.to_owned();
    map.iter()
        .filter(move |(key, _)| local(key) == name && !key.starts_with('@'))
        .filter_map(|(_, list)| list.as_array())
        .flatten()
}

fn words(value: &Value) -> Option<&str> {
    let text = value.as_str().or_else(|| value.get("#text")?.as_str())?;
    Some(text).filter(|t| !t.is_empty())
}

fn text<'v>(map: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    children(map, name).find_map(words)
}

fn text_of<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    text(value.as_object()?, name)
}

fn alert(map: &Map<String, Value>, language: &str) -> Value {
    let mut out = Map::new();
    for name in [
        "identifier",
        "sender",
        "sent",
        "status",
        "scope",
        "note",
        "source",
        "incidents",
        "id",
        "updated",
    ] {
        put(&mut out, name, text(map, name));
    }
    let kind = text(map, "msgType").or_else(|| text(map, "message_type"));
    put(&mut out, "msgType", kind);
    let references = references(text(map, "references").unwrap_or(""));
    let oldest = references
        .iter()
        .min_by_key(|r| r.get("sent").and_then(Value::as_str).map(str::to_owned));
    let root = oldest.and_then(|r| r.get("identifier")?.as_str());
    put(&mut out, "root", root.or_else(|| text(map, "identifier")));
    let mut infos: Vec<Value> = children(map, "info")
        .filter_map(|i| Some(info(i.as_object()?)))
        .collect();
    if infos.is_empty() {
        // An entry of a feed says in itself what an info block says.
        infos.push(info(map));
    }
    let own = infos.iter().position(|i| speaks(i, language)).unwrap_or(0);
    out.insert(
        "info".to_owned(),
        infos.get(own).cloned().unwrap_or_default(),
    );
    out.insert("infos".to_owned(), Value::Array(infos));
    out.insert("references".to_owned(), Value::Array(references));
    Value::Object(out)
}

/// Whether a block is in `language`, whatever the region: "pt" is "pt-PT".
fn speaks(info: &Value, language: &str) -> bool {
    let is = info
        .get("language")
        .and_then(Value::as_str)
        .unwrap_or("en-US");
    let first = |tag: &str| tag.split('-').next().unwrap_or("").to_ascii_lowercase();
    !language.is_empty() && (is.eq_ignore_ascii_case(language) || first(is) == first(language))
}

fn put(out: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        out.insert(name.to_owned(), text.into());
    }
}

/// `sender,identifier,sent` three by three, apart by spaces.
fn references(text: &str) -> Vec<Value> {
    let one = |reference: &str| {
        let mut parts = reference.split(',');
        let (sender, identifier, sent) = (parts.next()?, parts.next()?, parts.next()?);
        Some(json!({"sender": sender, "identifier": identifier, "sent": sent}))
    };
    text.split_ascii_whitespace().filter_map(one).collect()
}

fn info(map: &Map<String, Value>) -> Value {
    let mut out = Map::new();
    for name in [
        "language",
        "category",
        "event",
        "responseType",
        "urgency",
        "severity",
        "certainty",
        "audience",
        "effective",
        "onset",
        "expires",
        "senderName",
        "headline",
        "title",
        "description",
        "instruction",
        "web",
        "contact",
    ] {
        put(&mut out, name, text(map, name));
    }
    out.insert("parameter".to_owned(), pairs(map, "parameter"));
    out.insert("eventCode".to_owned(), pairs(map, "eventCode"));
    let areas: Vec<Value> = children(map, "area")
        .filter_map(|a| Some(area(a.as_object()?)))
        .collect();
    let names: Vec<&str> = if areas.is_empty() {
        children(map, "areaDesc").filter_map(words).collect()
    } else {
        areas
            .iter()
            .filter_map(|a| a.get("areaDesc")?.as_str())
            .collect()
    };
    put(
        &mut out,
        "areaDesc",
        Some(&*names.join("; ")).filter(|n| !n.is_empty()),
    );
    out.insert("geocode".to_owned(), pairs(map, "geocode"));
    out.insert("areas".to_owned(), Value::Array(areas));
    let uris = children(map, "resource").filter_map(|r| text_of(r, "uri"));
    out.insert("resources".to_owned(), uris.collect());
    Value::Object(out)
}

fn area(map: &Map<String, Value>) -> Value {
    let all = |name: &str| children(map, name).filter_map(words).collect::<Value>();
    json!({
        "areaDesc": text(map, "areaDesc"), "polygon": all("polygon"), "circle": all("circle"),
        "geocode": pairs(map, "geocode"),
    })
}

/// `valueName` and `value` as an object.
fn pairs(map: &Map<String, Value>, name: &str) -> Value {
    let pair = |p: &Value| {
        Some((
            text_of(p, "valueName")?.to_owned(),
            text_of(p, "value")?.into(),
        ))
    };
    Value::Object(children(map, name).filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERT: &str = r#"<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
      <cap:identifier>C3</cap:identifier><cap:sender>s@x</cap:sender><cap:sent>2026-11-23T18:50:00+01:00</cap:sent>
      <cap:status>Actual</cap:status><cap:msgType>Update</cap:msgType><cap:scope>Public</cap:scope>
      <cap:references>s@x,B2,2026-11-23T17:00:00+01:00 s@x,A1,2026-11-23T16:00:00+01:00</cap:references>
      <cap:info><cap:language>en-GB</cap:language><cap:event>Flood</cap:event><cap:severity>Severe</cap:severity>
        <cap:parameter><cap:valueName>level</cap:valueName><cap:value>3</cap:value></cap:parameter>
        <cap:area><cap:areaDesc>West</cap:areaDesc><cap:polygon>1,1 2,2 1,1</cap:polygon>
          <cap:geocode><cap:valueName>EMMA_ID</cap:valueName><cap:value>PT1</cap:value></cap:geocode></cap:area>
        <cap:area><cap:areaDesc>East</cap:areaDesc></cap:area></cap:info>
      <cap:info><cap:language>pt-PT</cap:language><cap:event>Cheia</cap:event></cap:info></cap:alert>"#;

    #[test]
    fn an_update_belongs_to_the_oldest_and_speaks_the_operators_language() {
        let tree = decode(ALERT.as_bytes(), "pt").expect("it is CAP");
        let at = |pointer: &str| tree.pointer(pointer).and_then(Value::as_str);
        assert_eq!(at("/alerts/0/root"), Some("A1"));
        assert_eq!(at("/alerts/0/info/event"), Some("Cheia"));
        assert_eq!(at("/alerts/0/infos/0/areaDesc"), Some("West; East"));
        assert_eq!(at("/alerts/0/infos/0/parameter/level"), Some("3"));
        assert_eq!(at("/alerts/0/infos/0/areas/0/geocode/EMMA_ID"), Some("PT1"));
        let tree = decode(ALERT.as_bytes(), "fi").expect("it is CAP");
        assert_eq!(
            tree.pointer("/alerts/0/info/event"),
            Some(&json!("Flood")),
            "the first"
        );
    }

    #[test]
    fn what_is_no_warning_is_refused() {
        assert!(decode(b"<html><body>Sorry</body></html>", "").is_err());
        assert!(decode(b"not xml", "").is_err());
        assert_eq!(decode(b"<feed/>", ""), Ok(json!({"alerts": []})));
    }
}
