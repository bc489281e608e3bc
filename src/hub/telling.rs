//! What every console is told when it changes: how the channels are, and what
//! can leave by them.

use std::sync::{Arc, PoisonError};

use super::Hub;
use crate::model::outgoing::Reach;
use crate::store::EventLog;
use crate::wire::frames::{ChannelHealth, ServerFrame};

impl<L: EventLog> Hub<L> {
    /// Tells what the channels can do outward; sent on when it changed.
    pub fn set_reach(&self, reach: Reach) {
        let reach = Reach {
            hold: self.settings.hold,
            ..reach
        };
        let changed = self.reach.send_if_modified(|known| {
            let changed = **known != reach;
            *known = Arc::new(reach);
            changed
        });
        if changed && let Ok(json) = serde_json::to_vec(&self.outward_frame()) {
            self.fanout.broadcast(&json.into());
        }
    }

    /// The frame that tells consoles what can leave.
    #[must_use]
    pub fn outward_frame(&self) -> ServerFrame {
        ServerFrame::Outward {
            reach: Reach::clone(&self.reach.borrow()),
            canned: self.settings.canned.clone(),
        }
    }

    /// Tells how the channels are; sent on when it changed.
    pub fn set_health(&self, health: Vec<ChannelHealth>) {
        let mut known = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != health {
            *known = health;
            drop(known);
            if let Ok(json) = serde_json::to_vec(&self.health_frame()) {
                self.fanout.broadcast(&json.into());
            }
        }
    }

    /// The channels' health as last told.
    #[must_use]
    pub fn channels(&self) -> Vec<ChannelHealth> {
        self.health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The health frame as it is now.
    #[must_use]
    pub fn health_frame(&self) -> ServerFrame {
        ServerFrame::Health {
            channels: self.channels(),
            lag_ms: self.metrics.lag_ms.get(),
        }
    }
}
