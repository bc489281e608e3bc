//! `channels test` and `channels try`: what a channel file makes of samples.
//!
//! Gives values; who calls it prints them. Strangers' text in them is
//! [`Untrusted`], as everywhere.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::catalogue::Catalogue;
use super::dry_run;
use super::file::{ChannelFile, Check, Input, Transport, Xml};
use super::map::delivery::Delivery;
use super::map::form;
use super::map::plan::For;
use super::map::scope::scalar;
use super::map::xml;
use crate::model::ids::ChannelName;
use crate::model::inbound::Inbound;
use crate::model::item::OnRetract;
use crate::text::Untrusted;

/// What became of one test of a channel file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// The channel file's id.
    pub file: String,
    /// The test's name.
    pub test: String,
    /// What was not as expected; empty means passed. What a sample gave is
    /// quoted, so clean it before showing it.
    pub failures: Vec<Untrusted>,
}

/// What a sample becomes.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The parts, in the sample's order.
    pub parts: Vec<TriedPart>,
    /// What should worry the operator.
    pub warnings: Vec<String>,
    /// Keys of the sample that nothing took, with a value of each; `*` is each element
    /// of a list, `//` is at the top of a batch.
    pub untaken: Vec<(String, Untrusted)>,
}

/// What one part of a sample becomes.
#[derive(Clone, Debug)]
pub struct TriedPart {
    /// What; none for what is known and not wanted.
    pub inbound: Option<Inbound>,
    /// The rule that fitted, by file, line and key; none where none did, and for our own
    /// shape, which needs none.
    pub rule: Option<String>,
    /// Field by field: its name, its text, and what gave it or was looked at in
    /// vain.
    pub fields: Vec<(Cow<'static, str>, Option<Untrusted>, String)>,
    /// Why each rule did not fit, where none did.
    pub missed: Vec<Untrusted>,
}

impl TriedPart {
    /// What it became, in one word: `mention`, `retract`, `unmapped`, `nothing`, …
    #[must_use]
    pub fn word(&self) -> String {
        let shape = self.inbound.as_ref().map(shape);
        let kind = shape.as_ref().and_then(|shape| shape["kind"].as_str());
        kind.unwrap_or("nothing").to_owned()
    }

    /// Why it became nothing that could be used, where that is so.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match &self.inbound {
            Some(Inbound::Unmapped { why, .. }) => Some(why),
            _ => None,
        }
    }
}

/// Runs every test of every file of `catalogue`. Samples are looked for in
/// `samples`, or else beside each file.
#[must_use]
pub fn test(catalogue: &Catalogue, samples: Option<&Path>) -> Vec<Tested> {
    let of = |file: &Arc<ChannelFile>| -> Vec<Tested> {
        let run = |check: &Check| Tested {
            file: file.id.clone(),
            test: check.name.clone(),
            failures: failures(file, check, samples.or(Path::new(&file.origin).parent())),
        };
        file.tests.iter().map(run).collect()
    };
    catalogue.files().flat_map(of).collect()
}

/// What the file `id` makes of `sample`.
///
/// # Errors
/// A sentence: there is no such file, or the sample is refused as a whole.
pub fn try_sample(catalogue: &Catalogue, id: &str, sample: &[u8]) -> Result<Tried, String> {
    let file = catalogue
        .get(id)
        .ok_or_else(|| format!("There is no channel file \"{id}\"."))?;
    let delivery = read(file, sample)?;
    let mut inbound = delivery.inbound.into_iter();
    let mut traces = delivery.traces.into_iter();
    let part = |kept: bool| {
        let trace = traces.next().unwrap_or_default();
        let fields = trace.fields.into_iter();
        TriedPart {
            inbound: if kept { inbound.next() } else { None },
            rule: trace.rule,
            fields: fields.map(|t| (t.field, t.value, t.from)).collect(),
            missed: trace.missed,
        }
    };
    Ok(Tried {
        parts: delivery.kept.into_iter().map(part).collect(),
        warnings: delivery.warnings,
        untaken: delivery.untaken,
    })
}

fn read(file: &ChannelFile, sample: &[u8]) -> Result<Delivery, String> {
    let whose = For {
        channel: ChannelName::new(&file.id).map_err(|e| e.to_string())?,
        on_retract: OnRetract::Keep,
    };
    let body = document(file, sample);
    let read = file.reader.read_traced(&body, &file.vars, &whose);
    read.map_err(|e| e.to_string())
}

/// The sample as the door would hand it on: forms and XML as JSON.
fn document(file: &ChannelFile, sample: &[u8]) -> Bytes {
    let first = sample.iter().find(|byte| !byte.is_ascii_whitespace());
    let form = matches!(&file.transport, Transport::Webhook(hook) if hook.accept.form);
    if form && !matches!(first, Some(b'{' | b'[' | b'<')) {
        return Bytes::from(form::decode(sample.trim_ascii()).to_string());
    }
    let xml = matches!(&file.transport, Transport::Webhook(hook) if hook.accept.xml == Xml::Tree);
    if xml
        && first == Some(&b'<')
        && let Ok(tree) = xml::decode(sample)
    {
        return Bytes::from(tree.to_string());
    }
    Bytes::copy_from_slice(sample)
}

fn failures(file: &Arc<ChannelFile>, check: &Check, samples: Option<&Path>) -> Vec<Untrusted> {
    let sample = match (&check.input, samples) {
        (Input::Inline(text), _) => Ok(text.clone().into_bytes()),
        (Input::Sample(name), Some(directory)) => std::fs::read(directory.join(name))
            .map_err(|e| format!("The sample {name} can't be read: {e}.")),
        (Input::Sample(name), None) => Err(format!("There is no folder to look for {name} in.")),
    };
    match sample.and_then(|sample| read(file, &sample)) {
        Ok(delivery) => {
            let mut failures = compare(check, &delivery);
            if let Some(acting) = &check.acting {
                let first = delivery.inbound.iter().find_map(|inbound| match inbound {
                    Inbound::Item { content, .. } => Some(content),
                    _ => None,
                });
                match first {
                    Some(item) => failures.extend(dry_run::failures(file, acting, item)),
                    None => failures.push("There is no item to act on.".into()),
                }
            }
            failures
        }
        Err(says) => vec![says.into()],
    }
}

fn compare(check: &Check, delivery: &Delivery) -> Vec<Untrusted> {
    let shown: Vec<Value> = delivery.inbound.iter().map(shape).collect();
    let mut failures = Vec::new();
    let nothing = Value::Null;
    let first = shown.first().unwrap_or(&nothing);
    for (field, wanted) in &check.expect {
        let found = look_up(first, field).unwrap_or_default();
        if found != *wanted {
            let says = format!("{field} is \"{found}\"; \"{wanted}\" was expected.");
            failures.push(says.into());
        }
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for value in &shown {
        *counts
            .entry(value["kind"].as_str().unwrap_or(""))
            .or_default() += 1;
    }
    let ignored = delivery.kept.iter().filter(|kept| !**kept).count();
    counts.insert("ignored", u64::try_from(ignored).unwrap_or(u64::MAX));
    for (kind, wanted) in &check.expect_count {
        let found = counts.get(kind.as_str()).copied().unwrap_or(0);
        if found != *wanted {
            let says = format!("It has {found} of kind {kind}; {wanted} were expected.");
            failures.push(says.into());
        }
    }
    failures
}

/// What came of a part in the shape that expectations are written against.
fn shape(inbound: &Inbound) -> Value {
    match inbound {
        Inbound::Item { content, .. } => {
            let mut shape = serde_json::to_value(content).unwrap_or_default();
            shape["id"] = shape["external_id"].clone();
            shape
        }
        Inbound::Retraction { external_id, .. } => {
            json!({ "kind": "retract", "id": external_id })
        }
        Inbound::Edit {
            external_id,
            title,
            text,
            ..
        } => json!({ "kind": "reword", "id": external_id, "title": title, "text": text }),
        Inbound::Continuation {
            external_id, turns, ..
        } => json!({ "kind": "continue", "id": external_id, "turns": turns }),
        Inbound::Delivery {
            external_id,
            status,
            says,
            ..
        } => json!({
            "kind": "delivery", "id": external_id, "status": status.word(), "says": says,
        }),
        Inbound::ReadTo { thread, upto, .. } => {
            json!({ "kind": "read", "id": thread, "source_time": upto })
        }
        Inbound::Unmapped { why, .. } => json!({ "kind": "unmapped", "why": why }),
        Inbound::Reading { reading, .. } => json!({ "kind": "reading", "reading": reading }),
    }
}

fn look_up(shape: &Value, field: &str) -> Option<String> {
    let down = |at: &'_ Value, name: &str| match name.parse::<usize>() {
        Ok(nth) if at.is_array() => at.get(nth).cloned(),
        _ => at.get(name).cloned(),
    };
    let found = field
        .split('.')
        .try_fold(shape.clone(), |at, name| down(&at, name))?;
    scalar(&found).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::file::{Acting, Meant};
    use crate::channels::reply::{Act, Body, Way};

    #[test]
    fn every_built_in_file_passes_its_own_tests() {
        let catalogue = Catalogue::built_in().expect("the built-in files are right");
        let tested = test(&catalogue, None);
        assert!(tested.len() >= catalogue.ids().count());
        let says = |t: Tested| {
            let of = format!("{} \"{}\"", t.file, t.test);
            let says = |says: &Untrusted| format!("{of}: {}", says.as_evidence());
            t.failures.iter().map(says).collect::<Vec<_>>()
        };
        let says: Vec<String> = tested.into_iter().flat_map(says).collect();
        assert!(says.is_empty(), "{}", says.join("\n"));
    }

    /// The tests of `file` that act, each with the way that it takes.
    fn acting(file: &ChannelFile) -> Vec<(&Way, &Acting)> {
        let one = |check: &'_ Check| {
            let Input::Inline(text) = &check.input else {
                return None;
            };
            let delivery = read(file, text.as_bytes()).ok()?;
            delivery
                .inbound
                .into_iter()
                .find_map(|inbound| match inbound {
                    Inbound::Item { content, .. } => Some(content),
                    _ => None,
                })
        };
        let acts = file.tests.iter().filter_map(|check| {
            let acting = check.acting.as_ref()?;
            Some((file.doing.way(acting.act, &*one(check)?)?, acting))
        });
        acts.collect()
    }

    #[test]
    fn every_way_out_is_built_by_a_test_and_every_vendors_no_is_read() {
        let catalogue = Catalogue::built_in().expect("the built-in files are right");
        let mut missing = Vec::new();
        for file in catalogue.files() {
            let tests = acting(file);
            let is = |is: &str| {
                let mut answers = tests.iter().flat_map(|(_, acting)| &acting.answers);
                answers.any(|answer| answer.is == is)
            };
            let ways = file.doing.ways.iter();
            for (act, way) in ways.flat_map(|(act, ways)| ways.iter().map(move |way| (act, way))) {
                let mut of = tests.iter().filter(|(taken, _)| std::ptr::eq(*taken, way));
                let what = format!("{}: {} of {:?}", file.id, act.word(), way.only);
                if of.clone().next().is_none() {
                    missing.push(format!("{what} is built by no test."));
                }
                let sign = matches!(act, Act::Typing | Act::MarkRead);
                let no =
                    |answer: &Meant| (200..300).contains(&answer.status) && answer.is != "sent";
                let read = of.any(|(_, acting)| acting.answers.iter().any(no));
                if way.ok_when.is_some() && !sign && !read {
                    missing.push(format!("{what}: no test has a 200 that failed."));
                }
            }
            let waits = file.doing.limits.retry_field.is_some()
                || file
                    .doing
                    .ways
                    .values()
                    .flatten()
                    .any(|way| way.later_when.is_some());
            // The answers of a mail server and of a relay are no documents.
            let mut all = file.doing.ways.values().flatten();
            let http = all.any(|way| !matches!(way.body, Body::Mail(_) | Body::Note(_)));
            let wanted = [("sent", true), ("refused", true), ("later", waits)];
            for (word, wanted) in wanted {
                if wanted && http && !is(word) {
                    missing.push(format!(
                        "{}: no test has an answer that is {word}.",
                        file.id
                    ));
                }
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    #[test]
    fn a_try_tells_which_pointer_gave_what() {
        let catalogue = Catalogue::built_in().expect("the built-in files are right");
        let sample = br#"{"event":"update","payload":"{\"id\":\"5\",\"content\":\"<p>hi</p>\",\"account\":{\"username\":\"dana\"}}"}"#;
        let tried = try_sample(&catalogue, "mastodon", sample).expect("it is JSON");
        let fields = &tried.parts[0].fields;
        let field = |name| fields.iter().find(|f| f.0 == name).expect("it is mapped");
        assert_eq!(field("author.name").2, "/account/username");
        assert_eq!(field("text").1, Some("hi".into()));
        assert_eq!(
            (field("url").1.as_ref(), field("url").2.as_str()),
            (None, "/url, /uri")
        );
    }
}
