//! Which rule makes what of a message: the maps of a channel file, in order.
//!
//! Rules with the same fan-out belong together: each element goes to the first
//! of them whose condition holds. Nothing that comes in is dropped: what no rule
//! fits, or a rule fits but can't read, is unmapped, with a reason.

use std::sync::Arc;

use serde_json::Value;

use super::fields::cut;
use super::pointer::Fan;
use super::rule::{Makes, Rule};
use super::scope::{Message, Scope};
use crate::model::ids::ChannelName;
use crate::model::item::{Content, Kind, OnRetract, Turn};
use crate::model::mark::Delivered;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Most parts that one message may fan out to.
pub(in crate::channels) const WIDEST: usize = 10_000;

/// Longest external id in bytes: longer ones are no ids but mistakes.
const LONGEST_ID: usize = 2048;

/// What a rule made of one part, before it is tied to its raw bytes.
#[derive(Debug)]
pub(in crate::channels) enum Made {
    /// An item.
    Item(Arc<Content>),
    /// Taken back.
    Retraction(Untrusted, Option<Timestamp>),
    /// Its title and its words are others now.
    Edit(Untrusted, Untrusted, Untrusted),
    /// More of a conversation.
    Continuation(Untrusted, Vec<Turn>),
    /// What became of something that we sent: the vendor's id of it, and its
    /// words.
    Delivery(Untrusted, Delivered, Untrusted, Option<Timestamp>),
    /// All that we sent in a conversation was read, up to then.
    ReadTo(Untrusted, Timestamp),
    /// Kept raw: why.
    Unmapped(String),
    /// Known, and not wanted.
    Nothing,
}

/// What one part became: the thing, the part itself, the rule's place among
/// the file's maps, and a warning.
#[derive(Debug)]
pub(in crate::channels) struct Part<'v> {
    /// What it became.
    pub(in crate::channels) made: Made,
    /// The part.
    pub(in crate::channels) value: &'v Value,
    /// The rule, counted from 0; none where none fitted.
    pub(in crate::channels) rule: Option<usize>,
    /// The file's words for what should worry the operator.
    pub(in crate::channels) warning: Option<Box<str>>,
}

/// What a rule needs to know beside the message.
#[derive(Clone, Debug)]
pub(in crate::channels) struct For {
    /// The channel.
    pub(in crate::channels) channel: ChannelName,
    /// What its operator wants done about what is taken back.
    pub(in crate::channels) on_retract: OnRetract,
}

/// The maps of a channel file.
#[derive(Debug, Default)]
pub(in crate::channels) struct Plan {
    /// In the file's order.
    pub(in crate::channels) rules: Vec<Rule>,
    groups: Vec<Vec<usize>>,
}

impl Plan {
    /// Sorts the rules into groups with the same fan-out, in the file's order.
    pub(in crate::channels) fn new(rules: Vec<Rule>) -> Self {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (nth, rule) in rules.iter().enumerate() {
            let same = groups.iter_mut().find(|g| {
                let first = g.first().and_then(|first| rules.get(*first));
                first.is_some_and(|r| r.foreach == rule.foreach)
            });
            match same {
                Some(group) => group.push(nth),
                None => groups.push(vec![nth]),
            }
        }
        Self { rules, groups }
    }

    /// Maps one message; `outer` is what lies around it in its batch. Calls
    /// `out` for every part, at least once.
    pub(in crate::channels) fn apply(
        &self,
        scope: &Scope<'_>,
        channel: &ChannelName,
        out: &mut dyn FnMut(Part<'_>, &Scope<'_>),
    ) {
        let mut parts = 0_usize;
        let mut missed = false;
        for group in &self.groups {
            let Some(first) = group.first().and_then(|nth| self.rules.get(*nth)) else {
                continue;
            };
            if first.foreach.is_empty() {
                match self.first_that_fits(group, scope) {
                    Some(nth) => {
                        parts += 1;
                        out(self.make(nth, scope, channel), scope);
                    }
                    None => missed = true,
                }
                continue;
            }
            fan_out(&first.foreach, scope, &mut |inner| {
                parts += 1;
                if parts > WIDEST {
                    return false;
                }
                let part = match self.first_that_fits(group, inner) {
                    Some(nth) => self.make(nth, inner, channel),
                    None => unmapped(inner.base, None, "No map of the channel's file fits it."),
                };
                out(part, inner);
                true
            });
        }
        if parts > WIDEST {
            let why = format!("It has more than {WIDEST} parts; what is beyond was not mapped.");
            out(unmapped(scope.base, None, &why), scope);
        } else if parts == 0 {
            let why = if missed || self.groups.is_empty() {
                "No map of the channel's file fits it."
            } else {
                "It has none of the lists that the channel's file maps."
            };
            out(unmapped(scope.base, None, why), scope);
        }
    }

    fn first_that_fits(&self, group: &[usize], scope: &Scope<'_>) -> Option<usize> {
        group.iter().copied().find(|nth| {
            let rule = self.rules.get(*nth);
            rule.is_some_and(|r| r.when.as_ref().is_none_or(|w| w.holds(scope)))
        })
    }

    fn make<'v>(&self, nth: usize, around: &Scope<'v>, channel: &ChannelName) -> Part<'v> {
        let Some(rule) = self.rules.get(nth) else {
            return unmapped(around.base, None, "No map of the channel's file fits it.");
        };
        let whole = around.base;
        let found = rule.base.as_ref().map(|base| (base, base.find(around)));
        let base = match found {
            None => whole,
            Some((_, Some(value))) => value,
            Some((base, None)) => {
                let why = format!(
                    "It has nothing at {} ({}.base).",
                    base.written(),
                    rule.place
                );
                return unmapped(whole, Some(nth), &why);
            }
        };
        let inner = Scope::within(around, base, None);
        let scope = if rule.base.is_some() { &inner } else { around };
        let warning = rule.warn.as_ref().filter(|(when, _)| when.holds(scope));
        Part {
            made: rule.make(scope, channel),
            value: whole,
            rule: Some(nth),
            warning: warning.map(|(_, says)| says.clone()),
        }
    }
}

impl Rule {
    /// What the rule makes of the part in `scope`.
    fn make(&self, scope: &Scope<'_>, channel: &ChannelName) -> Made {
        if self.makes == Makes::Nothing || self.skip_when.as_ref().is_some_and(|w| w.holds(scope)) {
            return Made::Nothing;
        }
        let Some(id) = self.id.text(scope) else {
            return Made::Unmapped(format!(
                "It has no id (looked at {}; {}.id).",
                self.id.written(),
                self.place
            ));
        };
        if id.len() > LONGEST_ID {
            return Made::Unmapped(format!("Its id is longer than {LONGEST_ID} bytes."));
        }
        let id = cut(&id);
        match self.makes {
            Makes::Nothing => Made::Nothing,
            Makes::Delivery => self.delivery(scope, id),
            Makes::Retract => Made::Retraction(id, self.moment(scope)),
            Makes::ReadTo => match self.moment(scope) {
                Some(upto) => Made::ReadTo(id, upto),
                None => Made::Unmapped(format!(
                    "It does not say up to when it was read ({}.source_time).",
                    self.place
                )),
            },
            Makes::Edit => {
                let told = self.content(scope, (Kind::Mention, channel.clone(), id.clone()));
                if told.text.is_empty() && told.title.is_empty() {
                    return Made::Unmapped(format!("It has no new words ({}).", self.place));
                }
                Made::Edit(id, told.title, told.text)
            }
            Makes::Continue => {
                let turns = self.turns.as_ref().map(|t| t.read(scope));
                match turns.filter(|t| !t.is_empty()) {
                    Some(turns) => Made::Continuation(id, turns),
                    None => Made::Unmapped(format!("It has no turn with words ({}).", self.place)),
                }
            }
            Makes::Item(kind) => {
                let content = self.content(scope, (kind, channel.clone(), id));
                if content.text.is_empty()
                    && content.title.is_empty()
                    && content.media.is_empty()
                    && content.conversation.is_empty()
                {
                    return Made::Unmapped(format!(
                        "It has neither text nor title nor media ({}).",
                        self.place
                    ));
                }
                Made::Item(Arc::new(content))
            }
        }
    }
}

impl Rule {
    /// What became of something that we sent.
    fn delivery(&self, scope: &Scope<'_>, id: Untrusted) -> Made {
        let status = self.status.text(scope);
        let Some(status) = status.as_deref().and_then(Delivered::of) else {
            return Made::Unmapped(format!(
                "It does not say what became of it (looked at {}; {}.status).",
                self.status.written(),
                self.place
            ));
        };
        let says = self.says.text(scope).map(|t| cut(&t)).unwrap_or_default();
        Made::Delivery(id, status, says, self.moment(scope))
    }
}

fn unmapped<'v>(value: &'v Value, rule: Option<usize>, why: &str) -> Part<'v> {
    Part {
        made: Made::Unmapped(why.to_owned()),
        value,
        rule,
        warning: None,
    }
}

/// Calls `each` with the scope of every element of nested fan-outs; the scope of
/// an outer element is the outer scope of its inner ones.
fn fan_out(fans: &[Fan], scope: &Scope<'_>, each: &mut dyn FnMut(&Scope<'_>) -> bool) -> bool {
    let Some((first, rest)) = fans.split_first() else {
        return each(scope);
    };
    let mut on = true;
    first.walk(scope, &mut |value, key| {
        on = fan_out(rest, &Scope::within(scope, value, key), each);
        on
    });
    on
}

/// The scope of an entry of a batch, whose envelope is one scope further out.
pub(in crate::channels) fn entry<'v>(
    message: &'v Message<'v>,
    around: &'v Scope<'v>,
    entry: &'v Value,
) -> Scope<'v> {
    Scope {
        base: entry,
        key: None,
        outer: Some(around),
        message,
    }
}
