//! Which field of a rule came from where, and why no rule fitted: for `channels try`.
//!
//! Reads again what `rule` and `plan` read; live messages never come here.

use std::borrow::Cow;

use serde_json::Value;

use super::expr::Field;
use super::fields::cut;
use super::plan::Plan;
use super::pointer::Fan;
use super::rule::{Each, Makes, Rule, over};
use super::scope::{Scope, scalar};
use crate::text::Untrusted;

/// A field, its text, and where that came from in the file's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::channels) struct Traced {
    /// The field's name in a file.
    pub(in crate::channels) field: Cow<'static, str>,
    /// Its text; none when nothing was found.
    pub(in crate::channels) value: Option<Untrusted>,
    /// What gave it, or what was looked at in vain.
    pub(in crate::channels) from: String,
}

/// How one part of a document was read.
#[derive(Clone, Debug, Default)]
pub(in crate::channels) struct Trace {
    /// The rule that fitted: file, line and key.
    pub(in crate::channels) rule: Option<String>,
    /// Its fields.
    pub(in crate::channels) fields: Vec<Traced>,
    /// Where none fitted: why, rule by rule.
    pub(in crate::channels) missed: Vec<Untrusted>,
}

impl Trace {
    /// How an entry of our own shape was read, whose fields are where their names are.
    pub(in crate::channels) fn native(entry: &str) -> Self {
        let mut fields = Vec::new();
        if let Ok(tree) = serde_json::from_str::<Value>(entry) {
            leaves(&tree, ("", ""), &mut fields);
        }
        Self {
            fields,
            ..Self::default()
        }
    }
}

/// The fields below `value`, which is at `at` and called `name`.
fn leaves(value: &Value, (at, name): (&str, &str), fields: &mut Vec<Traced>) {
    let mut down = |key: &str, value: &Value| {
        // What has a short form is told by the contract's name.
        let field = match (name, key) {
            ("", "external_id") => "id".to_owned(),
            ("", "at") => "source_time".to_owned(),
            ("", key) => key.to_owned(),
            (name, key) => format!("{name}.{key}"),
        };
        leaves(value, (&format!("{at}/{key}"), &field), fields);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| down(key, value)),
        Value::Array(list) => {
            let numbered = list.iter().enumerate();
            numbered.for_each(|(nth, value)| down(&nth.to_string(), value));
        }
        _ => {
            if let Some(text) = scalar(value) {
                fields.push(Traced {
                    field: name.to_owned().into(),
                    value: Some(cut(&text)),
                    from: at.to_owned(),
                });
            }
        }
    }
}

impl Plan {
    /// How the part in `scope` was read by the rule `nth`; `whole` tells that it is a
    /// document and not an element of a list in one.
    pub(in crate::channels) fn trace(
        &self,
        (nth, whole): (Option<usize>, bool),
        scope: &Scope<'_>,
    ) -> Trace {
        match nth.and_then(|nth| self.rules.get(nth)) {
            Some(rule) => Trace {
                rule: Some(rule.place.to_string()),
                fields: rule.trace(scope),
                missed: Vec::new(),
            },
            None => Trace {
                missed: self
                    .rules
                    .iter()
                    .filter(|rule| whole || !rule.foreach.is_empty())
                    .map(|rule| rule.missed(whole, scope).into())
                    .collect(),
                ..Trace::default()
            },
        }
    }
}

impl Rule {
    /// Why it does not fit the part in `scope`.
    fn missed(&self, whole: bool, scope: &Scope<'_>) -> String {
        let lists: Vec<&str> = self.foreach.iter().map(Fan::written).collect();
        let why = if whole && !lists.is_empty() {
            format!("there is nothing at {}", lists.join(", "))
        } else {
            let unmet = self.when.as_ref().and_then(|when| when.unmet(scope));
            unmet.unwrap_or_else(|| "another rule comes before it".to_owned())
        };
        format!("{} does not fit: {why}.", self.place)
    }

    /// Which of the rule's fields comes from where in `around`.
    fn trace(&self, around: &Scope<'_>) -> Vec<Traced> {
        if self.makes == Makes::Nothing {
            return Vec::new();
        }
        let base = self.base.as_ref().and_then(|b| b.find(around));
        let inner = Scope::within(around, base.unwrap_or(around.base), None);
        let scope = if self.base.is_some() { &inner } else { around };
        let mut fields = vec![one("id", &self.id, scope)];
        for (slot, field) in &self.slots {
            fields.push(one(slot.name(), field, scope));
        }
        for (name, field) in [("status", &self.status), ("says", &self.says)] {
            if !field.is_empty() {
                fields.push(one(name, field, scope));
            }
        }
        trace_media(&self.media, ("media", scope), &mut fields);
        for whole in &self.labels.whole {
            if let Some(Value::Object(map)) = whole.find(scope) {
                fields.extend(map.iter().filter_map(|(name, value)| {
                    Some(Traced {
                        field: format!("labels.{name}").into(),
                        value: Some(cut(&scalar(value)?)),
                        from: whole.written().to_owned(),
                    })
                }));
            }
        }
        let named = |(outer, (name, field)): (&str, &(String, Field))| {
            one(format!("{outer}.{name}"), field, scope)
        };
        let labels = self.labels.named.iter().map(|field| ("labels", field));
        let extra = self.extra.iter().map(|field| ("extra", field));
        fields.extend(labels.chain(extra).map(named));
        self.trace_turns(scope, &mut fields);
        fields
    }

    fn trace_turns(&self, scope: &Scope<'_>, fields: &mut Vec<Traced>) {
        let Some(turns) = &self.turns else { return };
        let mut nth = 0;
        over(turns.list.as_ref(), scope, &mut |inner| {
            if turns.skip_when.as_ref().is_some_and(|w| w.holds(inner)) {
                return true;
            }
            let of = [
                ("id", &turns.id),
                ("speaker", &turns.speaker),
                ("name", &turns.name),
                ("text", &turns.text),
                ("at", &turns.at),
            ];
            let given = of.into_iter().filter(|(_, field)| !field.is_empty());
            fields.extend(given.map(|(name, f)| one(format!("turns.{nth}.{name}"), f, inner)));
            let name = format!("turns.{nth}.media");
            trace_media(&turns.media, (&name, inner), fields);
            nth += 1;
            true
        });
    }
}

fn trace_media(of: &[Each], (as_name, scope): (&str, &Scope<'_>), fields: &mut Vec<Traced>) {
    for each in of {
        over(each.list.as_ref(), scope, &mut |inner| {
            let of = [
                ("", &each.at),
                (".kind", &each.kind),
                (".name", &each.name),
                (".size", &each.size),
            ];
            let of = of.map(|(name, field)| one(format!("{as_name}{name}"), field, inner));
            fields.extend(of.into_iter().filter(|field| field.value.is_some()));
            true
        });
    }
}

fn one(name: impl Into<Cow<'static, str>>, expr: &Field, scope: &Scope<'_>) -> Traced {
    let (value, from) = match expr.traced(scope) {
        Some((text, step)) => (Some(cut(&text)), step.source.written()),
        None => (None, expr.written()),
    };
    Traced {
        field: name.into(),
        value,
        from,
    }
}
