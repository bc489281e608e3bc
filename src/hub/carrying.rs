//! The channels as carriers of what leaves: what each can do, and one try of a
//! message by the channel that its item came from.

use std::sync::{Arc, PoisonError, RwLock};

use super::posting::{Carried, Carrier};
use crate::channels::registry::{Channel, Channels};
use crate::channels::reply::{self, Outcome};
use crate::model::ids::ChannelName;
use crate::model::item::Item;
use crate::model::outgoing::{Act, Outgoing, Reach};
use crate::model::time::Clock;
use crate::text::Untrusted;

/// What the channels can do outward.
#[must_use]
pub fn reach(channels: &Channels) -> Reach {
    let of = |channel: &Arc<Channel>| (channel.name().clone(), channel.manners());
    Reach {
        channels: channels.iter().filter(|c| c.enabled()).map(of).collect(),
        ..Reach::default()
    }
}

/// The channels as they are now: a changed file takes another's place.
#[derive(Clone, Default)]
pub struct Current(Arc<RwLock<Channels>>);

impl Current {
    /// Beginning with these.
    #[must_use]
    pub fn of(channels: Channels) -> Self {
        Self(Arc::new(RwLock::new(channels)))
    }

    /// These from now on.
    pub fn set(&self, channels: Channels) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = channels;
    }

    fn get(&self, name: &ChannelName) -> Option<Arc<Channel>> {
        let channels = self.0.read().unwrap_or_else(PoisonError::into_inner);
        channels.get(name).cloned()
    }
}

/// Carries by the channels of the floor.
pub struct ByChannel {
    /// They.
    pub channels: Current,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ByChannel {
    /// Shows a sign of `officer` at the item's channel; whether the channel took
    /// it.
    pub async fn sign(&self, item: &Item, act: Act, officer: &str) -> bool {
        let Some(channel) = self.channels.get(&item.content.channel) else {
            return false;
        };
        let message = reply::Outgoing {
            id: "",
            text: "",
            item: &item.content,
            officer,
            until: None,
            ends: "",
            now: self.clock.now(),
        };
        reply::sign(&channel, act, &message).await
    }
}

impl Carrier for ByChannel {
    async fn carry(&self, item: &Item, outgoing: &Outgoing) -> Carried {
        let Some(channel) = self.channels.get(&item.content.channel) else {
            let says = format!("Channel {} is not set up any more.", item.content.channel);
            return Carried::Refused(says.into());
        };
        let id = outgoing.id.0.to_string();
        let silence = item.silence(self.clock.now());
        let ends = silence.filter(|_| outgoing.act == Act::EndSilence);
        let ends = ends.and_then(|one| one.external_id());
        let message = reply::Outgoing {
            id: &id,
            text: outgoing.text.as_evidence(),
            item: &item.content,
            officer: outgoing.by.as_str(),
            until: outgoing.until,
            ends: ends.map_or("", Untrusted::as_evidence),
            now: self.clock.now(),
        };
        match reply::send(&channel, outgoing.act, &message).await {
            Outcome::Sent { id, url } => Carried::Sent {
                external_id: id.unwrap_or_default(),
                url: url.unwrap_or_default(),
            },
            Outcome::Refused { says } => Carried::Refused(says.into()),
            Outcome::Later { after, says } => Carried::Later(Some(after), says.into()),
            Outcome::Unknown { says } => Carried::Unknown(says.into()),
        }
    }

    fn knows_repeats(&self, item: &Item, outgoing: &Outgoing) -> bool {
        let channel = self.channels.get(&item.content.channel);
        let rules = channel.and_then(|channel| channel.can_on(outgoing.act, &item.content));
        rules.is_some_and(|rules| rules.idempotent)
    }
}
