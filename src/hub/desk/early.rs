//! Marks that come too early: a vendor's "delivered" may overtake its own answer
//! to our request.
//!
//! Kept only while something is on its way to that channel, and of those only
//! the last so many: what then turns out to be about nothing of ours is
//! forgotten. A restart forgets them too: of what it cut nobody knows the name.
//! Deletions and edits before their post are the board's.

use std::collections::VecDeque;

use crate::model::board::Board;
use crate::model::ids::ChannelName;
use crate::model::inbound::Inbound;
use crate::text::Untrusted;

/// How many are kept; the oldest go first.
const KEPT: usize = 256;

/// What waits for what it is about.
#[derive(Debug, Default)]
pub(super) struct Early {
    /// For their message's name.
    marks: VecDeque<Inbound>,
}

impl Early {
    /// Keeps `inbound` when it may be about what is leaving right now.
    pub(super) fn keep(&mut self, inbound: &Inbound, board: &Board) {
        let Inbound::Delivery { channel, .. } = inbound else {
            return;
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
