//! One `[[map]]`: what sort of thing it makes, and from what.
//!
//! Owns the compiled rule and the making of a `Content` from a scope. Which rule
//! fits which part of a message is `plan`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::expr::Field;
use super::fields::{Slot, cut};
use super::pointer::{Fan, Pointer};
use super::scope::{Scope, scalar};
use super::when::When;
use crate::model::content::LONGEST_EXTRA;
use crate::model::ids::ChannelName;
use crate::model::item::{Content, Kind, Speaker, Turn};
use crate::model::medium::Medium;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// Most labels, media links and turns that are taken of one item.
pub(in crate::channels) const MOST: usize = 64;

/// What a rule makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Makes {
    /// An item.
    Item(Kind),
    /// The channel takes something back.
    Retract,
    /// What it says is changed, and nothing else of it is told.
    Edit,
    /// A conversation goes on.
    Continue,
    /// What became of something that we sent.
    Delivery,
    /// All that we sent in a conversation was read, up to a moment.
    ReadTo,
    /// Nothing: known, and not wanted.
    Nothing,
}

/// A compiled `[[map]]`.
#[derive(Debug)]
pub(in crate::channels) struct Rule {
    /// Where its file has it: file, line and key.
    pub(in crate::channels) place: Box<str>,
    /// What it makes.
    pub(in crate::channels) makes: Makes,
    /// The fan-outs, outermost first; the scope around each stays reachable.
    pub(in crate::channels) foreach: Vec<Fan>,
    /// When it fits.
    pub(in crate::channels) when: Option<When>,
    /// What it looks at.
    pub(in crate::channels) base: Option<Pointer>,
    /// What is known and not wanted.
    pub(in crate::channels) skip_when: Option<When>,
    /// What is worth a warning on the channel.
    pub(in crate::channels) warn: Option<(When, Box<str>)>,
    /// The external id: identity and deduplication are one expression.
    pub(in crate::channels) id: Field,
    /// Everything that is one text.
    pub(in crate::channels) slots: Vec<(Slot, Field)>,
    /// Links to pictures and films.
    pub(in crate::channels) media: Vec<Each>,
    /// Labels: whole objects, and single ones by name.
    pub(in crate::channels) labels: Labels,
    /// What answers need, by name.
    pub(in crate::channels) extra: Vec<(String, Field)>,
    /// When an alert's end counts; always, when the file does not say.
    pub(in crate::channels) ended_when: Option<When>,
    /// The conversation of an escalation, the new turns of a continuation.
    pub(in crate::channels) turns: Option<Turns>,
    /// What became of a delivery: sent, delivered, read, failed.
    pub(in crate::channels) status: Field,
    /// The vendor's words about it.
    pub(in crate::channels) says: Field,
}

/// What hangs on an item: one thing for each element of a list.
#[derive(Debug)]
pub(in crate::channels) struct Each {
    /// The list; none for a single value.
    pub(in crate::channels) list: Option<Fan>,
    /// Where the thing itself is.
    pub(in crate::channels) at: Field,
    /// What it is.
    pub(in crate::channels) kind: Field,
    /// What it is called.
    pub(in crate::channels) name: Field,
    /// How many bytes it has.
    pub(in crate::channels) size: Field,
}

/// Where labels come from.
#[derive(Debug, Default)]
pub(in crate::channels) struct Labels {
    /// Objects whose keys are label names.
    pub(in crate::channels) whole: Vec<Pointer>,
    /// Labels by name.
    pub(in crate::channels) named: Vec<(String, Field)>,
}

/// How turns are read.
#[derive(Debug)]
pub(in crate::channels) struct Turns {
    /// The list; none when the part in hand is the turn.
    pub(in crate::channels) list: Option<Fan>,
    /// Turns that are not for us.
    pub(in crate::channels) skip_when: Option<When>,
    /// The message's id.
    pub(in crate::channels) id: Field,
    /// bot, citizen or officer.
    pub(in crate::channels) speaker: Field,
    /// The speaker's name.
    pub(in crate::channels) name: Field,
    /// The words.
    pub(in crate::channels) text: Field,
    /// When.
    pub(in crate::channels) at: Field,
    /// What hangs on it.
    pub(in crate::channels) media: Vec<Each>,
}

impl Rule {
    /// What the rule makes of `scope` as an item.
    pub(in crate::channels) fn content(
        &self,
        scope: &Scope<'_>,
        made: (Kind, ChannelName, Untrusted),
    ) -> Content {
        let (kind, channel, external_id) = made;
        let mut content = Content::new(kind, channel, external_id, Untrusted::default());
        for (slot, field) in &self.slots {
            slot.fill(&mut content, field, scope);
        }
        match self.ended_when.as_ref().map(|w| w.holds(scope)) {
            Some(false) => content.ended_at = None,
            // Over, and the source does not say since when: who decides takes
            // an end before the start for now.
            Some(true) if content.ended_at.is_none() => {
                content.ended_at = Some(Timestamp::from_millis(0));
            }
            Some(true) | None => {}
        }
        content.media = media(&self.media, scope).into();
        content.labels = self.labels.read(scope).into();
        content.extra = self.extra(scope).into();
        if let Some(turns) = &self.turns {
            content.conversation = turns.read(scope).into();
        }
        content
    }

    /// What is longer than an id may be is left out: half an id is none.
    fn extra(&self, scope: &Scope<'_>) -> BTreeMap<String, Untrusted> {
        let one = |(name, field): &(String, Field)| {
            let text = field.text(scope).filter(|t| t.len() <= LONGEST_EXTRA)?;
            Some((name.clone(), Untrusted::from(&*text)))
        };
        self.extra.iter().filter_map(one).collect()
    }

    /// When the channel says that it was said or taken back.
    pub(in crate::channels) fn moment(&self, scope: &Scope<'_>) -> Option<Timestamp> {
        self.slots
            .iter()
            .find(|(slot, _)| *slot == Slot::SourceTime)
            .and_then(|(_, field)| field.time(scope))
    }
}

fn media(of: &[Each], scope: &Scope<'_>) -> Vec<Medium> {
    let mut media = Vec::new();
    for each in of {
        over(each.list.as_ref(), scope, &mut |inner| {
            media.extend(each.medium(inner));
            media.len() < MOST
        });
    }
    media
}

impl Each {
    /// The thing in `scope`; none where nothing is.
    fn medium(&self, scope: &Scope<'_>) -> Option<Medium> {
        let text = |field: &Field| field.text(scope).map(|t| cut(&t)).unwrap_or_default();
        let medium = Medium {
            at: text(&self.at),
            kind: text(&self.kind),
            name: text(&self.name),
            size: self.size.text(scope).and_then(|size| size.parse().ok()),
        };
        // A list may be of things that have a name only, as in a mail.
        let named = self.list.is_some() && !medium.name.is_empty();
        (!medium.at.is_empty() || named).then_some(medium)
    }
}

impl Labels {
    fn read(&self, scope: &Scope<'_>) -> BTreeMap<String, Untrusted> {
        let mut labels = BTreeMap::new();
        let objects = self.whole.iter().filter_map(|at| match at.find(scope) {
            Some(value @ Value::Object(map)) => {
                scope.whole(value);
                Some(map)
            }
            _ => None,
        });
        let whole = objects
            .flatten()
            .filter_map(|(name, value)| Some((name.as_str(), scalar(value)?)));
        let named = self
            .named
            .iter()
            .filter_map(|(name, field)| Some((name.as_str(), field.text(scope)?)));
        for (name, value) in whole.chain(named).take(MOST) {
            labels.insert(cut(name).as_evidence().to_owned(), cut(&value));
        }
        labels
    }
}

impl Turns {
    /// The turns in `scope`, in the message's order, at most [`MOST`].
    pub(in crate::channels) fn read(&self, scope: &Scope<'_>) -> Vec<Turn> {
        let mut turns = Vec::new();
        over(self.list.as_ref(), scope, &mut |inner| {
            turns.extend(self.turn(inner));
            turns.len() < MOST
        });
        turns
    }

    fn turn(&self, scope: &Scope<'_>) -> Option<Turn> {
        if self.skip_when.as_ref().is_some_and(|w| w.holds(scope)) {
            return None;
        }
        let text = |field: &Field| field.text(scope).map(|t| cut(&t)).unwrap_or_default();
        let (words, media) = (text(&self.text), media(&self.media, scope));
        if words.is_empty() && media.is_empty() {
            return None;
        }
        Some(Turn {
            external_id: text(&self.id),
            speaker: match self.speaker.text(scope).as_deref() {
                Some("bot") => Speaker::Bot,
                Some("officer") => Speaker::Officer,
                _ => Speaker::Citizen,
            },
            name: text(&self.name),
            text: words,
            at: self.at.time(scope),
            media: media.into(),
        })
    }
}

/// Calls `each` with the scope of every element of `list`, or with `scope`
/// itself when there is no list.
pub(in crate::channels) fn over(
    list: Option<&Fan>,
    scope: &Scope<'_>,
    each: &mut dyn FnMut(&Scope<'_>) -> bool,
) {
    let Some(list) = list else {
        each(scope);
        return;
    };
    list.walk(scope, &mut |value, key| {
        each(&Scope::within(scope, value, key))
    });
}
