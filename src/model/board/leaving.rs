//! What the facts of a message on its way out do to its item, and which items
//! have one.
//!
//! Part of the fold. Whether a step may be taken is `decide::outgoing`'s.

use std::collections::BTreeSet;

use super::Board;
use super::change::meet;
use crate::model::bounds;
use crate::model::event::{Body, Event};
use crate::model::ids::{ChannelName, CommandId, ItemKey};
use crate::model::item::{Item, Speaker, Turn};
use crate::model::mark::Mark;
use crate::model::outgoing::{Act, Outgoing, Stage};
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// How much of a channel's words an item carries, bytes of JSON.
const WORDS: usize = 512;

impl Item {
    /// Folds a fact about an outgoing message in.
    pub(super) fn change_outgoing(&mut self, event: &Event) {
        let at = event.at;
        if let Body::OutgoingHeld { outgoing } = &event.body {
            self.outgoing.retain(|one| one.id != outgoing.id);
            self.outgoing.push((**outgoing).clone());
            bounds::shorten_outgoing(&mut self.outgoing);
            return;
        }
        if let Body::OutgoingMarked { outgoing, mark } = &event.body {
            self.mark(*outgoing, mark, at);
            return;
        }
        let Some((id, stage)) = stage(event) else {
            return;
        };
        let Some(one) = self.outgoing.iter_mut().find(|one| one.id == id) else {
            return;
        };
        let attempts = match one.stage {
            Stage::Leaving { attempt, .. } => attempt,
            _ => 1,
        };
        one.stage = match stage {
            Stage::Delayed { until, why, .. } => Stage::Delayed {
                attempt: attempts,
                until,
                why,
            },
            other => other,
        };
        // What is told of an earlier try is not told of this one.
        one.mark = None;
        if one.needs_officer() {
            let how = match one.stage {
                Stage::Unsure { .. } => "may have gone out",
                Stage::Cut => "waits for a word",
                _ => "did not go out",
            };
            let why = format!("the {} {how}", one.act.noun());
            self.triage.snooze = None;
            self.return_to_top(at, why);
            return;
        }
        if matches!(one.stage, Stage::Sent { .. }) {
            match one.act {
                Act::Reply => meet(&mut self.clocks.first_response, at),
                Act::TakeOver => self.bot_silent = Some((at, one.by.clone())),
                Act::HandBack => self.bot_silent = None,
                _ => {}
            }
        }
    }
}

impl Item {
    /// The silence at the source that is on at `now`, as far as the floor knows:
    /// the last that left, unless it is over or was ended.
    #[must_use]
    pub fn silence(&self, now: Timestamp) -> Option<&Outgoing> {
        let sent = |one: &&Outgoing| matches!(one.stage, Stage::Sent { .. });
        let about = |one: &&Outgoing| matches!(one.act, Act::Silence | Act::EndSilence);
        let last = self.outgoing.iter().filter(sent).rfind(about)?;
        let is_on = last.act == Act::Silence && last.until.is_none_or(|until| until > now);
        is_on.then_some(last)
    }

    /// A bot that speaks although it was told to be silent brings the item back:
    /// the person hears two. Our own answers, which some platforms let the bot
    /// say, are not its words.
    pub(super) fn heed(&mut self, turns: &[Turn], at: Timestamp) {
        let ours = |turn: &Turn| self.outgoing.iter().any(|one| one.text == turn.text);
        let spoke = |turn: &Turn| turn.speaker == Speaker::Bot && !ours(turn);
        if self.bot_silent.is_some() && turns.iter().any(spoke) {
            let why = "the bot spoke although it was told to be silent";
            self.return_to_top(at, why.to_owned());
        }
    }

    /// What the channel told after a message was sent. A failure brings the
    /// item back.
    fn mark(&mut self, id: CommandId, told: &Mark, at: Timestamp) {
        let mut sent = self.outgoing.iter_mut();
        let Some(one) = sent.find(|one| one.id == id) else {
            return;
        };
        let is_sent = matches!(one.stage, Stage::Sent { .. });
        if !is_sent || !Mark::is_news(one.mark.as_ref(), told.status) {
            return;
        }
        let says = bounds::front(&told.says, WORDS);
        one.mark = Some(Mark {
            says,
            ..told.clone()
        });
        if one.never_arrived() {
            let why = format!("the {} did not arrive", one.act.noun());
            self.triage.snooze = None;
            self.return_to_top(at, why);
        }
    }
}

/// Which message a fact is about, and where it stands then.
fn stage(event: &Event) -> Option<(CommandId, Stage)> {
    let at = event.at;
    let front = |why: &Untrusted| bounds::front(why, WORDS);
    Some(match &event.body {
        Body::OutgoingWithdrawn { outgoing } => {
            let by = event.actor.officer()?.clone();
            (*outgoing, Stage::Withdrawn { by, at })
        }
        Body::OutgoingCut { outgoing } => (*outgoing, Stage::Cut),
        Body::OutgoingLeft { outgoing, attempt } => {
            let attempt = *attempt;
            (*outgoing, Stage::Leaving { attempt, since: at })
        }
        Body::OutgoingSent {
            outgoing,
            external_id,
            url,
        } => {
            let (external_id, url) = (front(external_id), front(url));
            let stage = Stage::Sent {
                at,
                external_id,
                url,
            };
            (*outgoing, stage)
        }
        Body::OutgoingDelayed {
            outgoing,
            until,
            why,
        } => {
            let (until, why) = (*until, front(why));
            let attempt = 0;
            (
                *outgoing,
                Stage::Delayed {
                    attempt,
                    until,
                    why,
                },
            )
        }
        Body::OutgoingFailed { outgoing, why } => {
            let why = front(why);
            (*outgoing, Stage::Failed { at, why })
        }
        Body::OutgoingUnsure { outgoing, why } => {
            let why = front(why);
            (*outgoing, Stage::Unsure { at, why })
        }
        _ => return None,
    })
}

impl Board {
    /// The messages on their way out, with their items.
    pub fn leaving(&self) -> impl Iterator<Item = (&Item, &Outgoing)> {
        let items = self.leaving.iter().filter_map(|key| self.item(key));
        items.flat_map(|item| {
            let open = item.outgoing.iter().filter(|one| one.is_open());
            open.map(move |one| (item, one))
        })
    }

    /// The message of ours that a channel calls `external_id`, with its item;
    /// none when there is none, or several that can't be told apart.
    #[must_use]
    pub fn sent(
        &self,
        channel: &ChannelName,
        external_id: &Untrusted,
    ) -> Option<(&Item, &Outgoing)> {
        let name = ItemKey::of(channel, external_id.as_evidence());
        let items = self.sent.get(&name)?.iter();
        let mut found = items.filter_map(|key| self.item(key)).flat_map(|item| {
            let called = |one: &&Outgoing| one.external_id() == Some(external_id);
            item.outgoing
                .iter()
                .filter(called)
                .map(move |one| (item, one))
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The messages of ours in a conversation, each with its item. Looks at all that was sent, not at all that is here.
    pub fn sent_in<'b>(
        &'b self,
        channel: &'b ChannelName,
        thread: &'b Untrusted,
    ) -> impl Iterator<Item = (&'b Item, &'b Outgoing)> {
        let keys: BTreeSet<&ItemKey> = self.sent.values().flatten().collect();
        let items = keys.into_iter().filter_map(|key| self.item(key));
        let of_it = items
            .filter(move |item| item.content.channel == *channel && item.content.thread == *thread);
        of_it.flat_map(|item| item.outgoing.iter().map(move |one| (item, one)))
    }

    /// Whether a message is on its way to `channel` whose name there is not
    /// known yet: what is told now may be about it.
    #[must_use]
    pub fn is_leaving_for(&self, channel: &ChannelName) -> bool {
        self.leaving().any(|(item, one)| {
            item.content.channel == *channel && matches!(one.stage, Stage::Leaving { .. })
        })
    }

    /// The messages whose next step is the hub's and due by `now`.
    #[must_use]
    pub fn leaving_due(&self, now: Timestamp) -> Vec<(ItemKey, CommandId)> {
        self.leaving()
            .filter(|(_, one)| one.due().is_some_and(|due| due <= now))
            .map(|(item, one)| (item.key, one.id))
            .collect()
    }
}
