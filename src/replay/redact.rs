//! Words made unreadable, letter by letter, so that rows and pages keep their
//! shape and a floor can be shown to others.
//!
//! Masks everything that a stranger or an officer wrote. Keys, numbers, times,
//! channels, accounts, desks, tags and rules stay: they are the floor's own.

use std::sync::Arc;

use crate::model::claim::Evidence;
use crate::model::event::{Arrival, Body, Change, Event, Suppression};
use crate::model::hold::HoldScope;
use crate::model::item::{Content, Item, Note, Reason, Step, Turn};
use crate::model::judgements::Judgements;
use crate::model::medium::Medium;
use crate::model::outgoing::Stage;
use crate::model::reading::Reading;
use crate::text::Untrusted;
use crate::wire::frames::ServerFrame;

/// Masks a frame's words.
pub fn frame(frame: &mut ServerFrame) {
    match frame {
        ServerFrame::Items(items) => {
            items.items.iter_mut().for_each(item);
            items.suppressions.iter_mut().for_each(suppression);
        }
        ServerFrame::Events(events) => events.events.iter_mut().for_each(event),
        ServerFrame::Health { channels, .. } => {
            for channel in channels {
                channel.error = channel.error.as_deref().map(masked);
            }
        }
        ServerFrame::Hello(_)
        | ServerFrame::Reply { .. }
        | ServerFrame::Presence { .. }
        | ServerFrame::Outward { .. }
        | ServerFrame::Counts { .. }
        | ServerFrame::Ping { .. }
        | ServerFrame::Resync { .. }
        | ServerFrame::Bye { .. }
        | ServerFrame::Error { .. }
        | ServerFrame::Unknown => {}
    }
}

/// Letters to "x", digits to "0"; spaces and plain marks stay.
fn masked(words: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_whitespace() || c.is_ascii_punctuation() => c,
        c if c.is_numeric() => '0',
        _ => 'x',
    };
    words.chars().map(sign).collect()
}

fn mask(words: &mut Untrusted) {
    if !words.is_empty() {
        *words = masked(words.as_evidence()).into();
    }
}

fn item(item: &mut Item) {
    item.content = Arc::new(content(&item.content));
    if let Some(reading) = &mut item.reading {
        *reading = Arc::new(read(reading));
    }
    for Note { text, .. } in &mut item.notes {
        mask(text);
    }
    for one in &mut item.outgoing {
        mask(&mut one.text);
        if let Some(told) = &mut one.mark {
            mask(&mut told.says);
        }
        match &mut one.stage {
            Stage::Sent {
                external_id, url, ..
            } => {
                mask(external_id);
                mask(url);
            }
            Stage::Delayed { why, .. } | Stage::Failed { why, .. } | Stage::Unsure { why, .. } => {
                mask(why);
            }
            Stage::Held { .. } | Stage::Cut | Stage::Leaving { .. } | Stage::Withdrawn { .. } => {}
        }
    }
    for Reason { says, .. } in &mut item.reasons {
        mask(says);
    }
    for Step { words, .. } in &mut item.trail {
        mask(words);
    }
}

fn content(content: &Content) -> Content {
    let mut content = content.clone();
    let author = &mut *content.author;
    for words in [
        &mut content.external_id,
        &mut author.id,
        &mut author.name,
        &mut author.handle,
        &mut content.title,
        &mut content.text,
        &mut content.url,
        &mut content.thread,
        &mut content.in_reply_to,
        &mut content.region,
    ] {
        mask(words);
    }
    let media = content.media.iter_mut().flat_map(Medium::texts_mut);
    media.for_each(mask);
    content.labels.values_mut().for_each(mask);
    content.extra.values_mut().for_each(mask);
    content.conversation.iter_mut().for_each(turn);
    if let Some(handoff) = &mut content.handoff {
        mask(&mut handoff.reason);
    }
    if let Some(why) = &mut content.why {
        let words = Arc::make_mut(why).words.iter_mut();
        words.for_each(|said| mask(&mut said.word));
    }
    content
}

fn turn(turn: &mut Turn) {
    for words in [&mut turn.external_id, &mut turn.name, &mut turn.text] {
        mask(words);
    }
    let media = turn.media.iter_mut().flat_map(Medium::texts_mut);
    media.for_each(mask);
}

/// The words that a reading goes by are the author's.
fn read(reading: &Reading) -> Reading {
    let mut reading = reading.clone();
    let felt = reading
        .sentiment
        .iter_mut()
        .flat_map(|felt| &mut felt.words)
        .map(|words| &mut **words);
    let topics = reading.topics.iter_mut().map(|topic| &mut topic.words);
    let reasons = reading.urgency.reasons.iter_mut().map(|one| &mut one.words);
    felt.chain(topics).chain(reasons).for_each(mask);
    for one in &mut reading.claims {
        let words = [
            &mut one.id,
            &mut one.claim,
            &mut one.title,
            &mut one.url,
            &mut one.by,
        ];
        words.into_iter().for_each(mask);
    }
    reading
}

fn suppression(suppression: &mut Suppression) {
    mask(&mut suppression.reason);
}

fn arrived(arrival: &mut Arrival) {
    if let Some(reading) = &mut arrival.reading {
        *reading = Arc::new(read(reading));
    }
    arrival.content = Arc::new(content(&arrival.content));
    for Reason { says, .. } in &mut arrival.reasons {
        mask(says);
    }
}

fn confirmed(claim: &mut Untrusted, evidence: &mut Evidence) {
    mask(claim);
    mask(&mut evidence.text);
    mask(&mut evidence.link);
}

fn restored(judged: Option<&mut Judgements>) {
    let claims = judged.into_iter().flat_map(|judged| &mut judged.claims);
    claims.for_each(|(claim, _)| mask(claim));
}

fn foretold(change: &mut Change) {
    mask(&mut change.title);
    mask(&mut change.text);
}

fn hold(scope: &mut HoldScope, reason: &mut Untrusted) {
    mask(reason);
    if let HoldScope::Author { author, .. } = scope {
        mask(author);
    }
}

/// Every body is named: a new one has to say here what is masked of it.
fn event(event: &mut Event) {
    match &mut event.body {
        Body::ItemRead { reading } => *reading = Arc::new(read(reading)),
        Body::ItemArrived(arrival) => arrived(arrival),
        Body::ClaimConfirmed { claim, evidence } => confirmed(claim, evidence),
        Body::ClaimRejected { claim } => mask(claim),
        Body::TriageRestored { judged, .. } => restored(judged.as_deref_mut()),
        Body::ItemEdited { content: words } => *words = Arc::new(content(words)),
        Body::ConversationContinued { turns } => turns.iter_mut().for_each(turn),
        Body::ItemEscalated { reason, .. }
        | Body::Erased { reason, .. }
        | Body::HoldEnded { reason, .. } => mask(reason),
        Body::HoldBegan { scope, reason, .. } => hold(scope, reason),
        Body::NoteAdded { text } => mask(text),
        Body::OutgoingHeld { outgoing } => mask(&mut outgoing.text),
        Body::OutgoingSent {
            external_id, url, ..
        } => [external_id, url].into_iter().for_each(mask),
        Body::OutgoingFailed { why, .. }
        | Body::OutgoingUnsure { why, .. }
        | Body::OutgoingDelayed { why, .. } => mask(why),
        Body::OutgoingMarked { mark, .. } => mask(&mut mark.says),
        Body::SuppressionBegan { suppression: rule } => suppression(rule),
        Body::ChangeForetold { change } => foretold(change),
        Body::DocumentUnmapped { why, .. } => *why = masked(why),
        Body::PageSent { failed, .. } => *failed = failed.as_deref().map(masked),
        Body::ItemRetracted { .. }
        | Body::ResolvedAtSource { .. }
        | Body::ItemRouted { .. }
        | Body::ItemAcknowledged { .. }
        | Body::ItemTaken
        | Body::ItemReleased
        | Body::LeaseLapsed { .. }
        | Body::ItemAssigned { .. }
        | Body::AssignmentLapsed { .. }
        | Body::ItemSnoozed { .. }
        | Body::ItemWoke { .. }
        | Body::ItemResolved { .. }
        | Body::ItemReopened
        | Body::ItemMerged { .. }
        | Body::MembersJoined { .. }
        | Body::ItemSplit { .. }
        | Body::MembersLeft { .. }
        | Body::ItemPrioritised { .. }
        | Body::ItemTagged { .. }
        | Body::NotesStruck { .. }
        | Body::FeedbackGiven { .. }
        | Body::SlaBreached { .. }
        | Body::SuppressionEnded { .. }
        | Body::ItemSuppressed { .. }
        | Body::OutgoingWithdrawn { .. }
        | Body::OutgoingCut { .. }
        | Body::OutgoingLeft { .. }
        | Body::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_shape_and_lose_their_meaning() {
        assert_eq!(masked("Água, 24 h!\nمياه"), "xxxx, 00 x!\nxxxx");
        assert_eq!(masked("a\u{1b}[31m"), "xx[00x");
    }
}
