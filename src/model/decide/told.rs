//! What channels tell of messages that they took from us: delivered, read, failed.

use super::command::about;
use crate::model::board::Board;
use crate::model::bounds;
use crate::model::event::{Body, Fact};
use crate::model::ids::{ChannelName, Seq};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::item::Item;
use crate::model::mark::{Delivered, Mark};
use crate::model::outgoing::{Outgoing, Stage};
use crate::model::time::Timestamp;
use crate::model::triage::State;
use crate::text::{SafeText, Untrusted};

/// What a channel tells of a message that it took. What is not ours is
/// counted, not kept.
pub(super) fn marked(board: &Board, inbound: &Inbound, now: Timestamp) -> (Receipt, Vec<Fact>) {
    let Inbound::Delivery {
        channel,
        external_id,
        status,
        says,
        at,
    } = inbound
    else {
        return (Receipt::Ignored, Vec::new());
    };
    let Some((item, one)) = board.sent(channel, external_id) else {
        let strays = *status == Delivered::Failed && !board.is_leaving_for(channel);
        let fact = strays.then(|| stray(channel, external_id));
        return (Receipt::Ignored, fact.into_iter().collect());
    };
    if !Mark::is_news(one.mark.as_ref(), *status) {
        return (Receipt::Duplicate, Vec::new());
    }
    let outgoing = one.id;
    // Between its sending and now; a channel may claim any time.
    let at = at.filter(|at| (one.at..=now).contains(at)).unwrap_or(now);
    let says = bounds::front(says, bounds::STEP);
    let status = *status;
    let mut facts = Vec::new();
    if status == Delivered::Failed && matches!(item.triage.state, State::Resolved { .. }) {
        // What was resolved because it was answered was not answered.
        facts.push(about(item, Body::ItemReopened));
    }
    let mark = Mark { status, at, says };
    facts.push(about(item, Body::OutgoingMarked { outgoing, mark }));
    (Receipt::Updated, facts)
}

/// Marks as read what was sent in a conversation up to a moment.
pub(super) fn read_to(board: &Board, inbound: &Inbound, now: Timestamp) -> (Receipt, Vec<Fact>) {
    let Inbound::ReadTo {
        channel,
        thread,
        upto,
    } = inbound
    else {
        return (Receipt::Ignored, Vec::new());
    };
    let read = |(item, one): (&Item, &Outgoing)| {
        let Stage::Sent { at, .. } = &one.stage else {
            return None;
        };
        let known = one.external_id().is_some();
        let news = known && at <= upto && Mark::is_news(one.mark.as_ref(), Delivered::Read);
        let mark = Mark {
            status: Delivered::Read,
            at: (*upto).clamp(*at, now.max(*at)),
            says: Untrusted::default(),
        };
        let outgoing = one.id;
        news.then(|| about(item, Body::OutgoingMarked { outgoing, mark }))
    };
    let facts: Vec<Fact> = board.sent_in(channel, thread).filter_map(read).collect();
    let receipt = if facts.is_empty() {
        Receipt::Ignored
    } else {
        Receipt::Updated
    };
    (receipt, facts)
}

/// That a message did not arrive which nothing on the board was sent as: its
/// item may have been closed long ago, and whoever looks for it finds it here.
fn stray(channel: &ChannelName, external_id: &Untrusted) -> Fact {
    let id = SafeText::line(external_id);
    let why = format!(
        "The message \"{}\" did not arrive, and nothing on the board was sent as it; if it was ours, its item is closed.",
        id.as_str()
    );
    Fact {
        key: None,
        desk: None,
        after: Seq(0),
        body: Body::DocumentUnmapped {
            channel: channel.clone(),
            why,
        },
    }
}
