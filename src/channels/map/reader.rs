//! From a document's bytes to what a channel delivered.
//!
//! Owns decoding (JSON, JSON inside JSON, our own shape, feeds), the taking
//! apart of batches so that one bad entry costs only itself, and the raw bytes
//! that go with each part as evidence. What the parts mean is `plan`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::de::{self, Deserialize, Deserializer, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;

use super::cursor::{self, CursorRule};
use super::delivery::{Delivery, NotADocument};
use super::nested::Nested;
use super::plan::{self, For, Made, Part, Plan, WIDEST};
use super::pointer::Pointer;
use super::scope::{Message, Scope};
use super::seen::{Keys, Seen};
use super::trace::Trace;
use super::when::When;
use super::words::plain;
use super::{cap, feed, mail, native, xml};
use crate::model::inbound::Inbound;

/// What a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Form {
    /// JSON of the vendor's shape.
    Json,
    /// Our own JSON shape: no rules needed.
    Watchfloor,
    /// RSS, Atom or JSON Feed, as one JSON shape.
    Feed,
    /// Official warnings (CAP), as one JSON shape.
    Cap,
    /// A mail, as JSON.
    Mail,
    /// Any other XML, as JSON.
    Xml,
}

/// How a channel's documents are read: compiled from its file.
#[derive(Debug)]
pub(in crate::channels) struct Reader {
    /// What documents are written in.
    pub(in crate::channels) form: Form,
    /// Where a batch's list may be; an empty pointer is the document itself.
    pub(in crate::channels) split: Vec<Pointer>,
    /// JSON inside JSON.
    pub(in crate::channels) nested: Vec<Nested>,
    /// What says that the peer reports an error.
    pub(in crate::channels) error_when: Option<When>,
    /// Where the vendor's cursor is, for what comes document by document.
    pub(in crate::channels) cursor: Option<CursorRule>,
    /// The maps.
    pub(in crate::channels) plan: Plan,
}

impl Reader {
    /// Reads one document.
    ///
    /// # Errors
    /// [`NotADocument`]: nothing of it can be kept as anything but bytes.
    pub(in crate::channels) fn read(
        &self,
        body: &Bytes,
        vars: &BTreeMap<String, String>,
        whose: &For,
    ) -> Result<Delivery, NotADocument> {
        self.fill(body, vars, (whose, None))
    }

    /// Reads one document and remembers which field came from where.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub(in crate::channels) fn read_traced(
        &self,
        body: &Bytes,
        vars: &BTreeMap<String, String>,
        whose: &For,
    ) -> Result<Delivery, NotADocument> {
        let mut keys = Keys::default();
        let mut delivery = self.fill(body, vars, (whose, Some(&mut keys)))?;
        delivery.untaken = keys.untaken();
        Ok(delivery)
    }

    fn fill(
        &self,
        body: &Bytes,
        vars: &BTreeMap<String, String>,
        (whose, keys): (&For, Option<&mut Keys>),
    ) -> Result<Delivery, NotADocument> {
        let mut into = Filling {
            delivery: Delivery::default(),
            whose,
            body,
            keys,
        };
        let tree = match self.form {
            Form::Feed => Some(feed::decode(body)),
            Form::Cap => Some(cap::decode(
                body,
                vars.get("language").map_or("", String::as_str),
            )),
            Form::Mail => Some(mail::decode(body)),
            Form::Xml => Some(xml::decode(body)),
            Form::Json | Form::Watchfloor => None,
        };
        if let Some(tree) = tree {
            let tree = tree.map_err(NotADocument::Malformed)?;
            into.delivery.ttl = tree.get("ttl").and_then(Value::as_u64);
            let link = |rel: &str| Some(tree.get(rel)?.as_str()?.to_owned());
            into.delivery.hub = link("hub").map(|hub| (hub, link("self")));
            self.tree(&tree, (None, None), vars, &mut into);
            return Ok(into.delivery);
        }
        let (around, entries) = if self.is_bare_list(body) {
            (None, json(body)?)
        } else {
            let document = json(body)?;
            let Some(batch) = self.entries(document) else {
                self.one(document, None, vars, &mut into)?;
                return Ok(into.delivery);
            };
            batch
        };
        if entries.len() > WIDEST {
            return Err(NotADocument::TooMany(entries.len()));
        }
        for entry in entries {
            self.one(entry, around.as_ref(), vars, &mut into)?;
        }
        Ok(into.delivery)
    }

    /// Whether the document is a batch that is nothing but a list: floods come
    /// so, and it is taken apart in the pass that finds out whether it is JSON.
    fn is_bare_list(&self, body: &[u8]) -> bool {
        let first = self.split.first();
        let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
        first.is_some_and(|at| at.keys().next().is_none()) && start == Some(&b'[')
    }

    /// The entries of a batch with what lies around them; none when the
    /// document is no batch. Nothing of an entry is looked at here.
    fn entries<'d>(&self, document: &'d RawValue) -> Option<Batch<'d>> {
        self.split.iter().find_map(|at| {
            let Some(key) = at.keys().next() else {
                return list(document).map(|entries| (None, entries));
            };
            let Members(members) = serde_json::from_str(document.get()).ok()?;
            let entries = members.iter().find(|(k, _)| k == key)?;
            let entries = list(entries.1)?;
            let around = members
                .iter()
                .filter(|(k, _)| k != key)
                .filter_map(|(k, v)| Some((k.to_string(), serde_json::from_str(v.get()).ok()?)));
            Some((Some(Value::Object(around.collect())), entries))
        })
    }

    fn one(
        &self,
        entry: &RawValue,
        around: Option<&Value>,
        vars: &BTreeMap<String, String>,
        into: &mut Filling<'_>,
    ) -> Result<(), NotADocument> {
        if self.form == Form::Watchfloor {
            let made = native::read(entry.get(), &into.whose.channel);
            if into.keys.is_some() {
                into.delivery.traces.push(Trace::native(entry.get()));
            }
            into.take(made, into.slice(entry));
            return Ok(());
        }
        match self.decode(entry) {
            Err(why) => {
                if into.keys.is_some() {
                    into.delivery.traces.push(Trace::default());
                }
                into.take(Made::Unmapped(why), into.slice(entry));
            }
            Ok(tree) => {
                if let Some(error) = self.peer_error(&tree, vars) {
                    return Err(error);
                }
                if let Some(found) = self.cursor.as_ref().and_then(|c| cursor::find(c, &tree)) {
                    into.delivery.cursor = Some(found);
                }
                self.tree(&tree, (around, Some(entry)), vars, into);
            }
        }
        Ok(())
    }

    /// The entry's tree, with JSON inside JSON opened.
    fn decode(&self, entry: &RawValue) -> Result<Value, String> {
        let unreadable =
            |e: serde_json::Error| format!("It can't be read: {}.", plain(&e.to_string()));
        let mut tree: Value = serde_json::from_str(entry.get()).map_err(unreadable)?;
        let vars = BTreeMap::new();
        for nested in &self.nested {
            let message = Message::new(&tree, &vars);
            let scope = Scope::top(&message);
            if nested.when.as_ref().is_some_and(|w| !w.holds(&scope)) {
                continue;
            }
            nested.open(&mut tree, &nested.at)?;
        }
        Ok(tree)
    }

    fn peer_error(&self, tree: &Value, vars: &BTreeMap<String, String>) -> Option<NotADocument> {
        let message = Message::new(tree, vars);
        let says = self.error_when.as_ref()?.holds(&Scope::top(&message));
        says.then(|| {
            let words = ["/error", "/message", "/error/message"];
            let said = words.iter().find_map(|at| tree.pointer(at)?.as_str());
            NotADocument::Peer(plain(said.unwrap_or("it does not say which")))
        })
    }

    fn tree(
        &self,
        tree: &Value,
        (around, entry): (Option<&Value>, Option<&RawValue>),
        vars: &BTreeMap<String, String>,
        into: &mut Filling<'_>,
    ) {
        let seen = into.keys.is_some().then(Seen::default);
        let message = Message {
            seen: seen.as_ref(),
            ..Message::new(around.unwrap_or(tree), vars)
        };
        let outermost = Scope::top(&message);
        let scope = match around {
            Some(_) => plan::entry(&message, &outermost, tree),
            None => outermost,
        };
        let channel = into.whose.channel.clone();
        self.plan.apply(&scope, &channel, &mut |part, scope| {
            let Part {
                made,
                value,
                rule,
                warning,
            } = part;
            let whole = std::ptr::eq(value, tree);
            if let Some(seen) = &seen {
                into.delivery
                    .traces
                    .push(self.plan.trace((rule, whole), scope));
                if matches!(made, Made::Nothing) {
                    seen.whole(value);
                }
            }
            let raw = match entry {
                // The part is the entry: its bytes as they came.
                Some(entry) if whole => into.slice(entry),
                _ => Bytes::from(value.to_string()),
            };
            if let Some(says) =
                warning.filter(|w| !into.delivery.warnings.iter().any(|h| **h == **w))
            {
                into.delivery.warnings.push(says.into());
            }
            into.take(made, raw);
        });
        if let (Some(seen), Some(keys)) = (&seen, &mut into.keys) {
            keys.add(seen, "", tree, false);
            if let Some(around) = around {
                keys.add(seen, "/", around, false);
            }
        }
    }
}

/// A delivery being filled.
struct Filling<'d> {
    delivery: Delivery,
    whose: &'d For,
    body: &'d Bytes,
    keys: Option<&'d mut Keys>,
}

impl Filling<'_> {
    /// The entry's bytes, shared with the body and not copied.
    fn slice(&self, entry: &RawValue) -> Bytes {
        let bytes = entry.get().as_bytes();
        let inside = self.body.as_ptr_range();
        let range = bytes.as_ptr_range();
        if inside.start <= range.start && range.end <= inside.end {
            self.body.slice_ref(bytes)
        } else {
            Bytes::copy_from_slice(bytes)
        }
    }

    fn take(&mut self, made: Made, raw: Bytes) {
        let channel = self.whose.channel.clone();
        let inbound = match made {
            Made::Nothing => {
                self.delivery.kept.push(false);
                return;
            }
            Made::Item(content) => Inbound::item(content, raw),
            Made::Retraction(external_id, at) => Inbound::Retraction {
                channel,
                external_id,
                on: self.whose.on_retract,
                at,
            },
            Made::Edit(external_id, title, text) => Inbound::Edit {
                channel,
                external_id,
                title,
                text,
                raw,
            },
            Made::Continuation(external_id, turns) => Inbound::Continuation {
                channel,
                external_id,
                turns,
                raw,
            },
            Made::Delivery(external_id, status, says, at) => Inbound::Delivery {
                channel,
                external_id,
                status,
                says,
                at,
            },
            Made::ReadTo(thread, upto) => Inbound::ReadTo {
                channel,
                thread,
                upto,
            },
            Made::Unmapped(why) => Inbound::Unmapped { channel, why, raw },
        };
        self.delivery.kept.push(true);
        self.delivery.inbound.push(inbound);
    }
}

/// What lies around a batch's entries, and the entries, unread.
type Batch<'d> = (Option<Value>, Vec<&'d RawValue>);

/// A document, or as much of it as `T` looks at.
fn json<'d, T: Deserialize<'d>>(body: &'d Bytes) -> Result<T, NotADocument> {
    serde_json::from_slice(body).map_err(|e| {
        NotADocument::Malformed(format!("This is not JSON: {}.", plain(&e.to_string())))
    })
}

fn list(document: &RawValue) -> Option<Vec<&RawValue>> {
    if !document.get().starts_with('[') {
        return None;
    }
    serde_json::from_str(document.get()).ok()
}

/// An object's members in order, values unread.
struct Members<'d>(Vec<(Cow<'d, str>, &'d RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> de::Visitor<'de> for Reads {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reads)
    }
}
