//! What channels deliver: new, the same again, changed, taken back, gone on,
//! over.
//!
//! Owns what counts as the same and as an edit. Where something new goes is
//! told by the routing that is handed in.

use std::sync::Arc;

use super::Routed;
use super::command::about;
use super::hide::hides;
use super::judged::{read_anew, reread};
use super::told::{marked, read_to};
use crate::model::board::Board;
use crate::model::body::Change;
use crate::model::bounds;
use crate::model::event::{Arrival, Body, Fact};
use crate::model::ids::{ItemKey, RuleName, Seq};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::item::{Content, Item, Kind, OnRetract, Speaker, Turn};
use crate::model::reading::Reading;
use crate::model::time::Timestamp;
use crate::model::triage::{State, Wake};
use crate::text::Untrusted;

/// The receipt and the facts of a delivery.
pub(super) fn decide(
    board: &Board,
    inbound: &Inbound,
    routed: impl FnOnce(&Arc<Content>, Option<&Arc<Reading>>) -> Routed,
    now: Timestamp,
) -> (Receipt, Vec<Fact>) {
    let known = inbound.key().and_then(|key| board.item(&key));
    match (inbound, known) {
        (
            Inbound::Item {
                key,
                content,
                reading,
                ..
            },
            None,
        ) => {
            let content = bounds::content(content);
            let routed = routed(&content, reading.as_ref());
            let facts = arrived(board, (*key, &content, reading.clone()), routed, now);
            (Receipt::Arrived, facts)
        }
        (
            Inbound::Item {
                content, reading, ..
            },
            Some(item),
        ) => {
            let (receipt, mut facts) = again(item, &bounds::content(content), now);
            facts.extend(read_anew(item, reading.as_ref(), &facts));
            (receipt, facts)
        }
        (Inbound::Reading { of, reading, .. }, Some(item)) => reread(item, (of, reading)),
        (Inbound::Retraction { on, .. }, Some(item)) => retracted(item, *on),
        (Inbound::Continuation { turns, .. }, Some(item)) => continued(item, turns),
        (Inbound::Edit { title, text, .. }, Some(item)) => {
            again(item, &reworded(&item.content, title, text), now)
        }
        (Inbound::Retraction { .. } | Inbound::Edit { .. }, None) => foretold(board, inbound, now),
        (Inbound::Continuation { .. } | Inbound::Reading { .. }, None) => {
            (Receipt::Ignored, Vec::new())
        }
        (Inbound::Delivery { .. }, _) => marked(board, inbound, now),
        (Inbound::ReadTo { .. }, _) => read_to(board, inbound, now),
        (Inbound::Unmapped { channel, why, .. }, _) => (
            Receipt::Unmapped,
            vec![Fact {
                key: None,
                desk: None,
                after: Seq(0),
                body: Body::DocumentUnmapped {
                    channel: channel.clone(),
                    why: why.clone(),
                },
            }],
        ),
    }
}

/// What the channel took back.
fn retracted(item: &Item, on: OnRetract) -> (Receipt, Vec<Fact>) {
    match item.retracted {
        // What was hidden or erased does not come back.
        Some((_, before))
            if before == on || on == OnRetract::Keep || before == OnRetract::Erase =>
        {
            (Receipt::Duplicate, Vec::new())
        }
        _ => (
            Receipt::Updated,
            vec![about(item, Body::ItemRetracted { on })],
        ),
    }
}

/// What is told of a post that is not here: it may come yet.
fn foretold(board: &Board, inbound: &Inbound, now: Timestamp) -> (Receipt, Vec<Fact>) {
    let (Inbound::Retraction { channel, .. } | Inbound::Edit { channel, .. }, Some(key)) =
        (inbound, inbound.key())
    else {
        return (Receipt::Ignored, Vec::new());
    };
    let before = board.foretold(&key, now);
    let mut change = before.cloned().unwrap_or_else(|| Change {
        key,
        channel: channel.clone(),
        on: None,
        title: Untrusted::default(),
        text: Untrusted::default(),
    });
    match inbound {
        Inbound::Retraction { on, .. } => change.on = change.on.max(Some(*on)),
        Inbound::Edit { title, text, .. } => {
            for (new, old) in [(title, &mut change.title), (text, &mut change.text)] {
                if !new.is_empty() {
                    *old = bounds::front(new, bounds::CONTENT / 2);
                }
            }
        }
        _ => {}
    }
    // What is taken back for good has no words to change.
    if change.on.is_some_and(|on| on != OnRetract::Keep) {
        (change.title, change.text) = Default::default();
    }
    if before == Some(&change) {
        return (Receipt::Duplicate, Vec::new());
    }
    let change = Box::new(change);
    let fact = Fact {
        key: None,
        desk: None,
        after: Seq(0),
        body: Body::ChangeForetold { change },
    };
    (Receipt::Ignored, vec![fact])
}

/// What was told of a post before it came, as it comes.
fn overtaken_by(change: &Change, content: &Content) -> Vec<Body> {
    let mut bodies = Vec::new();
    let said = reworded(content, &change.title, &change.text);
    if said != *content {
        let content = Arc::new(said);
        bodies.push(Body::ItemEdited { content });
    }
    bodies.extend(change.on.map(|on| Body::ItemRetracted { on }));
    bodies
}

/// What is known of something, in other words.
fn reworded(known: &Content, title: &Untrusted, text: &Untrusted) -> Content {
    let or = |new: &Untrusted, old: &Untrusted| if new.is_empty() { old } else { new }.clone();
    let said = Content {
        title: or(title, &known.title),
        text: or(text, &known.text),
        ..known.clone()
    };
    Content::clone(&bounds::content(&Arc::new(said)))
}

/// When it was over: an end before the start, or long before anything here, is
/// a source that does not say when. Then it is now.
fn end(content: &Content, ended_at: Timestamp, now: Timestamp) -> Timestamp {
    let start = content.source_time.unwrap_or(Timestamp::from_millis(1));
    if ended_at < start { now } else { ended_at }
}

/// Something new, perhaps over before it came, and whom it wakes.
fn arrived(
    board: &Board,
    (key, content, reading): (ItemKey, &Arc<Content>, Option<Arc<Reading>>),
    routed: Routed,
    now: Timestamp,
) -> Vec<Fact> {
    let desk = routed.desk.clone();
    let mut arrival = Arrival {
        content: Arc::clone(content),
        severity: routed.severity,
        tags: routed.tags,
        clocks: routed.clocks,
        reasons: routed.reasons,
        suppressed_by: None,
        reading,
    };
    arrival.suppressed_by = hidden_by(board, &arrival, key, routed.desk, now);
    let fact = |body| Fact {
        key: Some(key),
        desk: Some(desk.clone()),
        after: Seq(0),
        body,
    };
    let mut facts = vec![fact(Body::ItemArrived(Box::new(arrival)))];
    if let Some(ended_at) = content.ended_at {
        let ended_at = end(content, ended_at, now);
        let closed = true;
        facts.push(fact(Body::ResolvedAtSource { ended_at, closed }));
    }
    let changes = board.foretold(&key, now);
    let changes = changes.map(|change| overtaken_by(change, content));
    facts.extend(changes.into_iter().flatten().map(fact));
    let sleepers = board.sleepers(&content.channel, &content.thread, &content.in_reply_to);
    facts.extend(sleepers.into_iter().filter(|i| i.is_open()).map(woken));
    facts
}

/// The suppression that hides something new: the first by name.
fn hidden_by(
    board: &Board,
    arrival: &Arrival,
    key: ItemKey,
    desk: crate::model::ids::DeskName,
    now: Timestamp,
) -> Option<RuleName> {
    board.suppressions().next()?;
    let item = Item::routed(arrival, key, desk, now);
    board
        .suppressions()
        .find(|suppression| hides(suppression, &item, now, 0))
        .map(|suppression| suppression.rule.clone())
}

fn woken(item: &Item) -> Fact {
    let why = "a reply came".to_owned();
    about(item, Body::ItemWoke { why })
}

/// Whether a post is an older version of what is here, which came late: by the
/// channel's own times, where those can be true. Of conversations and alerts the
/// time is their start, which says nothing of versions.
fn is_overtaken(item: &Item, content: &Content) -> bool {
    let here = item
        .content
        .source_time
        .filter(|at| *at <= item.received_at);
    let late = content.source_time;
    content.kind == Kind::Mention && late.zip(here).is_some_and(|(late, here)| late < here)
}

/// Something that is here already.
fn again(item: &Item, content: &Content, at: Timestamp) -> (Receipt, Vec<Fact>) {
    if item.is_silenced() {
        return (Receipt::Ignored, Vec::new());
    }
    let known = &*item.content;
    if known == content || is_overtaken(item, content) {
        return (Receipt::Duplicate, Vec::new());
    }
    let mut facts = Vec::new();
    let turns = grown(&known.conversation, recent(item, &content.conversation));
    // What it says, ends aside: an end is a fact of its own.
    let mut now = content.clone();
    if let Some(turns) = &turns {
        now.conversation.clone_from(&known.conversation);
        now.conversation.extend(turns.iter().cloned());
    }
    if known.ended_at.is_none() {
        now.ended_at = None;
    }
    let mut alike = now.clone();
    alike.conversation.clone_from(&known.conversation);
    let came = turns.unwrap_or_default();
    if alike != *known || (came.is_empty() && now.conversation != known.conversation) {
        let content = bounds::content(&Arc::new(now));
        facts.push(about(item, Body::ItemEdited { content }));
    } else if !came.is_empty() {
        let turns = came.clone();
        facts.push(about(item, Body::ConversationContinued { turns }));
    }
    if wakes(item, &came) {
        facts.push(woken(item));
    }
    match (known.ended_at, content.ended_at) {
        (None, Some(ended_at)) => {
            let ended_at = end(content, ended_at, at);
            let closed = closes(item);
            facts.push(about(item, Body::ResolvedAtSource { ended_at, closed }));
        }
        (Some(_), None) if begins_anew(item) => {
            facts.push(about(item, Body::ItemReopened));
        }
        _ => {}
    }
    let receipt = if facts.is_empty() {
        Receipt::Duplicate
    } else {
        Receipt::Updated
    };
    (receipt, facts)
}

/// Nobody has it, nor does anything hang on it that is not over.
fn closes(item: &Item) -> bool {
    item.triage.is_unassigned() && item.members.is_empty()
}

/// What was over and goes on is work again, whoever closed it: a source that calls
/// each of its alarms by one name would never be heard of again.
fn begins_anew(item: &Item) -> bool {
    matches!(item.triage.state, State::Resolved { .. }) && item.triage.merged_into.is_none()
}

/// The turns that came on to a conversation; none when it did not just grow:
/// something that was said reads otherwise now. None told is none new. A channel may send a window of
/// the last turns: those are told by their ids.
fn grown(known: &[Turn], told: &[Turn]) -> Option<Vec<Turn>> {
    if let Some(new) = told.strip_prefix(known) {
        return Some(new.to_vec());
    }
    let mut new = Vec::new();
    for turn in told {
        if turn.external_id.is_empty() {
            return None;
        }
        match known.iter().find(|k| k.external_id == turn.external_id) {
            None => new.push(turn.clone()),
            Some(before) if before == turn => {}
            Some(_) => return None,
        }
    }
    Some(new)
}

/// What of a conversation told whole is not before the turns that the item
/// still carries.
fn recent<'a>(item: &Item, told: &'a [Turn]) -> &'a [Turn] {
    let known = &item.content.conversation;
    let here = told.iter().position(|turn| known.contains(turn));
    let from = here.filter(|_| item.earlier_turns > 0).unwrap_or(0);
    told.get(from..).unwrap_or_default()
}

/// A message of our own does not wake what waits for somebody else's.
fn wakes(item: &Item, turns: &[Turn]) -> bool {
    item.is_open()
        && item
            .triage
            .snooze
            .as_ref()
            .is_some_and(|snooze| matches!(snooze.wake, Wake::NextReply { .. }))
        && turns.iter().any(|turn| turn.speaker != Speaker::Officer)
}

/// A conversation that goes on.
fn continued(item: &Item, turns: &[Turn]) -> (Receipt, Vec<Fact>) {
    if item.is_silenced() {
        return (Receipt::Ignored, Vec::new());
    }
    let mut new: Vec<Turn> = Vec::new();
    for turn in turns {
        let here = item.content.conversation.iter().chain(&new).any(|known| {
            if turn.external_id.is_empty() {
                // Without id and time nothing tells a repeat from "yes" twice.
                turn.at.is_some() && known == turn
            } else {
                known.external_id == turn.external_id
            }
        });
        if !here {
            new.push(turn.clone());
        }
    }
    if new.is_empty() {
        return (Receipt::Duplicate, Vec::new());
    }
    let woken = wakes(item, &new).then(|| woken(item));
    let turns = bounds::newest(&new);
    let mut facts = vec![about(item, Body::ConversationContinued { turns })];
    facts.extend(woken);
    (Receipt::Updated, facts)
}
