//! The sentences of an item's history: what a fact says of itself in one line.
//!
//! Own words, names and numbers only in [`Step::did`]; what strangers or
//! officers said goes into [`Step::words`], which the view cleans.

use super::Board;
use super::change::same_words;
use crate::model::bounds;
use crate::model::event::{Body, Event};
use crate::model::ids::{CommandId, ItemKey};
use crate::model::item::{Item, OnRetract, Step};
use crate::model::mark::Delivered;
use crate::model::time::Timestamp;
use crate::model::triage::{State, Triage, Wake};
use crate::text::Untrusted;

impl Board {
    /// Puts the event's line on the item's trail, before the item changes.
    /// Likes and the like leave none: they would push out what matters.
    pub(super) fn tell(&self, item: &mut Item, event: &Event) {
        let Some((did, words)) = self.sentence(item, event) else {
            return;
        };
        if item.trail.len() >= Item::TRAIL {
            item.trail.remove(0);
        }
        // Most items never get a second step: a list of one takes a quarter of
        // what a list takes that expects more.
        if item.trail.is_empty() {
            item.trail.reserve_exact(1);
        }
        item.trail.push(Step {
            at: event.at,
            by: event.actor.clone(),
            did,
            words,
        });
    }

    fn sentence(&self, item: &Item, event: &Event) -> Option<(String, Untrusted)> {
        let body = &event.body;
        let words = match body {
            Body::ItemEscalated { reason, .. } => reason.clone(),
            Body::NoteAdded { text } => text.clone(),
            Body::ClaimConfirmed { claim, .. } | Body::ClaimRejected { claim } => {
                claimed(item, claim)
            }
            Body::OutgoingHeld { outgoing } => outgoing.text.clone(),
            Body::OutgoingFailed { why, .. }
            | Body::OutgoingUnsure { why, .. }
            | Body::OutgoingDelayed { why, .. } => why.clone(),
            Body::OutgoingMarked { mark, .. } => mark.says.clone(),
            _ => Untrusted::default(),
        };
        let words = bounds::front(&words, bounds::STEP);
        let did = of_channel(item, body)
            .or_else(|| of_holder(body, event.at))
            .or_else(|| of_outgoing(item, body))
            .or_else(|| self.of_verb(body))?;
        Some((did, words))
    }

    fn of_verb(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::ItemResolved { reason } => format!("resolved it: {}", reason.word()),
            Body::ItemReopened => "reopened it".to_owned(),
            Body::ItemMerged { into } => format!("merged it into {}", self.number(*into)),
            Body::ItemSplit { from } => format!("split it from {}", self.number(*from)),
            Body::MembersJoined { members } => {
                format!("merged {} into it", self.numbers(members))
            }
            Body::MembersLeft { members } => format!("split {} from it", self.numbers(members)),
            Body::ItemPrioritised { priority: Some(p) } => format!("set priority {p}"),
            Body::ItemPrioritised { priority: None } => "took the priority back".to_owned(),
            Body::ItemTagged { added, removed } => {
                let plus = added.iter().map(|tag| format!("+{tag}"));
                let minus = removed.iter().map(|tag| format!("-{tag}"));
                let tags: Vec<String> = plus.chain(minus).collect();
                format!("tagged it {}", tags.join(" "))
            }
            Body::NoteAdded { .. } => "left a note".to_owned(),
            Body::ClaimConfirmed { .. } => "confirmed that it is about a known claim".to_owned(),
            Body::ClaimRejected { .. } => "rejected a known claim".to_owned(),
            Body::FeedbackGiven { feedback } => format!("said that it is {}", feedback.words()),
            Body::TriageRestored {
                by,
                judged: Some(_),
                ..
            } => format!("{} a judgement", past(*by)),
            Body::TriageRestored { by, triage, .. } => {
                format!("{} a change: {}", past(*by), stands(triage))
            }
            Body::NotesStruck { struck: true, .. } => "struck the note".to_owned(),
            Body::NotesStruck { struck: false, .. } => "restored the note".to_owned(),
            Body::SlaBreached { clock } => format!("{} is overdue", clock.words()),
            Body::ItemSuppressed { rule } => format!("hid it by suppression {rule}"),
            Body::PageSent { failed: None, .. } => "paged about it".to_owned(),
            Body::PageSent {
                failed: Some(_), ..
            } => "could not page about it".to_owned(),
            _ => return None,
        })
    }

    /// The number of an item; said in words when it is not on this board.
    fn number(&self, key: ItemKey) -> String {
        self.item(&key)
            .map_or_else(|| "another item".to_owned(), |item| item.id.to_string())
    }

    fn numbers(&self, keys: &[ItemKey]) -> String {
        match keys {
            [key] => self.number(*key),
            _ => format!("{} items", keys.len()),
        }
    }
}

/// What is claimed, by the id of the claim; the id itself where the reading no
/// longer names it.
fn claimed(item: &Item, id: &Untrusted) -> Untrusted {
    let mut claims = item.reading.iter().flat_map(|reading| &reading.claims);
    let known = claims.find(|one| one.id == *id);
    known.map_or_else(|| id.clone(), |one| one.claim.clone())
}

/// What the channel or an operator did.
fn of_channel(item: &Item, body: &Body) -> Option<String> {
    Some(match body {
        Body::ItemArrived(arrival) => match &arrival.suppressed_by {
            Some(rule) => format!("came in, hidden by suppression {rule}"),
            None => "came in".to_owned(),
        },
        Body::ItemEdited { content } => {
            if same_words(&item.content, content) {
                return None;
            }
            "changed it at the source".to_owned()
        }
        Body::ItemRetracted { on } => match on {
            OnRetract::Keep => "took it back at the source",
            OnRetract::Hide => "took it back at the source; its words are hidden",
            OnRetract::Erase => "took it back at the source; its words are erased",
        }
        .to_owned(),
        Body::ConversationContinued { turns } if turns.len() == 1 => {
            "went on with the conversation".to_owned()
        }
        Body::ConversationContinued { turns } => {
            format!("went on with the conversation, {} messages", turns.len())
        }
        Body::ResolvedAtSource { closed: true, .. } => {
            "ended it at the source, which closed it".to_owned()
        }
        Body::ResolvedAtSource { closed: false, .. } => ENDED.to_owned(),
        Body::ItemRouted { from } => format!("moved it here from desk {from}"),
        Body::Erased { .. } => "erased its words".to_owned(),
        _ => return None,
    })
}

/// What became of a message on its way out.
fn of_outgoing(item: &Item, body: &Body) -> Option<String> {
    let noun = |id: &CommandId| {
        let one = item.outgoing.iter().find(|one| one.id == *id);
        one.map_or("message", |one| one.act.noun())
    };
    Some(match body {
        Body::OutgoingHeld { outgoing } => format!("asked for a {}", outgoing.act.noun()),
        Body::OutgoingWithdrawn { outgoing } => {
            format!("withdrew the {} before it left", noun(outgoing))
        }
        Body::OutgoingCut { outgoing } => {
            format!("held the {}: a restart cut its wait", noun(outgoing))
        }
        Body::OutgoingSent { outgoing, .. } => format!("sent the {}", noun(outgoing)),
        Body::OutgoingDelayed { outgoing, .. } => {
            format!("could not send the {} yet", noun(outgoing))
        }
        Body::OutgoingFailed { outgoing, .. } => {
            format!("could not send the {}", noun(outgoing))
        }
        Body::OutgoingUnsure { outgoing, .. } => {
            format!("does not know whether the {} was sent", noun(outgoing))
        }
        // What arrived is shown on the message; what did not is history.
        Body::OutgoingMarked { outgoing, mark } if mark.status == Delivered::Failed => {
            format!("could not deliver the {}", noun(outgoing))
        }
        _ => return None,
    })
}

/// Who has it, who should, and who sleeps on it.
fn of_holder(body: &Body, now: Timestamp) -> Option<String> {
    Some(match body {
        Body::ItemAcknowledged { .. } => "acknowledged it".to_owned(),
        Body::ItemTaken => "took it".to_owned(),
        Body::ItemReleased => "released it".to_owned(),
        Body::LeaseLapsed { holder, why } => {
            format!("put it back in the queue: {holder} {}", why.words())
        }
        Body::ItemAssigned { to, .. } => format!("assigned it to {to}"),
        Body::AssignmentLapsed { to } => {
            format!("put it back in the queue: {to} did not answer in time")
        }
        Body::ItemEscalated { level, .. } => format!("escalated it to level {level}"),
        // How long, not until when: the board knows no zone.
        Body::ItemSnoozed { wake: Wake::At(at) } => {
            format!("snoozed it for {}", span(at.since(now)))
        }
        Body::ItemSnoozed {
            wake: Wake::NextReply { .. },
        } => "snoozed it until the next reply".to_owned(),
        Body::ItemWoke { why } => format!("woke it: {why}"),
        _ => return None,
    })
}

/// A span in the unit that it is round in: "30 min", "1 h 30 min", "2 d".
fn span(span: std::time::Duration) -> String {
    let minutes = span.as_secs().div_ceil(60).max(1);
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h @ 48.., _) => format!("{} d", (h + 12) / 24),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}

fn past(by: crate::model::command::VerbName) -> &'static str {
    if by == crate::model::command::VerbName::Redo {
        "made again"
    } else {
        "undid"
    }
}

/// Where an item stands, said of "it".
fn stands(triage: &Triage) -> String {
    let sleeps = triage.snooze.is_some();
    match &triage.state {
        _ if triage.merged_into.is_some() => "it is merged".to_owned(),
        _ if sleeps => "it is asleep".to_owned(),
        State::New => "nobody has it".to_owned(),
        State::Acknowledged { by, .. } => format!("nobody has it, {by} acknowledged it"),
        State::Taken { by, .. } => format!("{by} has it"),
        State::Assigned { to, .. } => format!("it is assigned to {to}"),
        State::Resolved { reason, .. } => format!("it is resolved, {}", reason.word()),
    }
}

/// The line of a source's end that left the item with whoever has it.
const ENDED: &str = "ended it at the source";

/// How the lines begin that leave an item where it stands.
const ASIDE: [&str; 22] = [
    "came in",
    "changed it at",
    "took it back at",
    "went on with",
    "moved it here",
    "erased its",
    "tagged it",
    "left a note",
    "confirmed that",
    "rejected a",
    "said that",
    "struck the note",
    "restored the note",
    "paged",
    "could not page",
    "withdrew the",
    "held the",
    "delivered the",
    "sent the",
    "could not send",
    "could not deliver",
    "does not know whether",
];

impl Step {
    /// Whether the step changed where the item stands: what an officer is told
    /// when a command comes too late.
    #[must_use]
    pub fn moved(&self) -> bool {
        !ASIDE.iter().any(|start| self.did.starts_with(start))
            && !self.did.ends_with("overdue")
            && self.did != ENDED
    }
}
