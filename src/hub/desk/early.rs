//! What channels tell too early: a vendor's "delivered" may overtake its own
//! answer to our request, a deletion or an edit the post that it is about.
//!
//! Marks are kept only while something is on its way to that channel, deletions
//! and edits for some minutes, and of each only the last so many: what then turns
//! out to be about nothing here is forgotten. A restart forgets them too.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::board::Board;
use crate::model::ids::{ChannelName, ItemKey};
use crate::model::inbound::Inbound;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// How many are kept; the oldest go first.
const KEPT: usize = 256;
/// How many changes of posts that have not come are kept.
const CHANGES: usize = 1024;
/// And how long: what comes later was not overtaken.
const OVERTAKEN: Duration = Duration::from_mins(10);

/// What waits for what it is about.
#[derive(Debug, Default)]
pub(super) struct Early {
    /// Marks, for their message's name.
    marks: VecDeque<Inbound>,
    /// Deletions and edits, for their post.
    changes: VecDeque<(Timestamp, ItemKey, Inbound)>,
}

impl Early {
    /// Keeps `inbound` when it may be about what is leaving right now.
    pub(super) fn keep(&mut self, inbound: &Inbound, (board, now): (&Board, Timestamp)) {
        let channel = match inbound {
            Inbound::Delivery { channel, .. } => channel,
            Inbound::Retraction { .. } | Inbound::Edit { .. } => {
                self.keep_change(inbound, (board, now));
                return;
            }
            _ => return,
        };
        if !board.is_leaving_for(channel) {
            self.marks.retain(|one| !is_by(one, channel));
            return;
        }
        if self.marks.len() == KEPT {
            self.marks.pop_front();
        }
        self.marks.push_back(inbound.clone());
    }

    fn keep_change(&mut self, inbound: &Inbound, (board, now): (&Board, Timestamp)) {
        let Some(key) = inbound.key().filter(|key| board.item(key).is_none()) else {
            return;
        };
        if self.changes.len() == CHANGES {
            self.changes.pop_front();
        }
        let mut kept = inbound.clone();
        if let Inbound::Edit { raw, .. } = &mut kept {
            // The document may be large, and its post has one of its own.
            *raw = bytes::Bytes::new();
        }
        self.changes.push_back((now, key, kept));
    }

    /// What was told of a post before it came at `now`, in order; none of it is
    /// kept any longer.
    pub(super) fn of_post(&mut self, key: &ItemKey, now: Timestamp) -> Vec<Inbound> {
        if self.changes.is_empty() {
            return Vec::new();
        }
        let since = now.minus(OVERTAKEN);
        self.changes.retain(|(at, ..)| *at >= since);
        let all = std::mem::take(&mut self.changes).into_iter();
        let (of_it, others): (VecDeque<_>, VecDeque<_>) =
            all.partition(|(_, about, _)| about == key);
        self.changes = others;
        of_it.into_iter().map(|(.., inbound)| inbound).collect()
    }

    /// What was told of the message that `channel` calls `external_id`, in
    /// order; none of it is kept any longer.
    pub(super) fn about(&mut self, channel: &ChannelName, external_id: &Untrusted) -> Vec<Inbound> {
        let (about, others) = std::mem::take(&mut self.marks)
            .into_iter()
            .partition(|one| {
                let is_it =
                    matches!(one, Inbound::Delivery { external_id: it, .. } if it == external_id);
                is_it && is_by(one, channel)
            });
        self.marks = others;
        Vec::from(about)
    }
}

fn is_by(inbound: &Inbound, by: &ChannelName) -> bool {
    matches!(inbound, Inbound::Delivery { channel, .. } if channel == by)
}
