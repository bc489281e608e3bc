//! Signs of the moment on their way to the channels: that an answer is being
//! written, that it was read.
//!
//! Best effort and beside everything else: nothing of it is in the log, nothing
//! waits for it, none is tried twice, and a channel that refuses one has its
//! rest. Owns how seldom they leave; whether one is meant for the person is
//! `decide::signs`'s.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Hub;
use super::carrying::ByChannel;
use crate::model::decide::signs;
use crate::model::ids::{ChannelName, ItemKey};
use crate::model::item::Item;
use crate::model::officer::Officer;
use crate::model::outgoing::Act;
use crate::model::time::Timestamp;
use crate::store::EventLog;

/// The shortest time between two signs of typing for one item: what a vendor
/// shows of one lasts 5 s (Telegram) to 25 s (`WhatsApp`).
const TYPING: Duration = Duration::from_secs(5);
/// The longest that no key was pressed for it to be typing.
const FRESH: u64 = 5;
/// How long a channel is left alone after it refused one or was not there.
const REST: Duration = Duration::from_mins(5);
/// How long one may take.
const WITHIN: Duration = Duration::from_secs(5);
/// Signs that wait to leave; of more, the newest is dropped: it is followed by
/// another while the officer goes on.
const WAITING: usize = 64;
/// Signs under way at once; what comes while all are is dropped.
const AT_ONCE: usize = 4;
/// Items whose signs are remembered; older ones may be told once more.
const REMEMBERED: usize = 4096;

/// One sign.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sign {
    key: ItemKey,
    act: Act,
    officer: String,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Sign>,
    /// When a sign was last given, and how many turns the conversation had.
    given: HashMap<(ItemKey, Act), (Timestamp, usize)>,
    resting: HashMap<(ChannelName, Act), Timestamp>,
}

/// The signs of the floor.
#[derive(Debug, Default)]
pub struct Signs {
    state: Mutex<State>,
    come: Notify,
}

impl Signs {
    /// Takes a sign if it is time for one; true when it will be told.
    fn take(&self, sign: Sign, item: &Item, now: Timestamp) -> bool {
        let turns = item.content.conversation.len();
        let mut state = self.lock();
        let channel = (item.content.channel.clone(), sign.act);
        if state
            .resting
            .get(&channel)
            .is_some_and(|since| now.since(*since) < REST)
        {
            return false;
        }
        let due = match state.given.get(&(sign.key, sign.act)) {
            None => true,
            Some((at, _)) if sign.act == Act::Typing => now.since(*at) >= TYPING,
            // Read once, and again what was said since.
            Some((_, then)) => turns > *then,
        };
        if !due || state.waiting.len() >= WAITING {
            return false;
        }
        if state.given.len() >= REMEMBERED {
            state.given.clear();
        }
        state.given.insert((sign.key, sign.act), (now, turns));
        state.waiting.push_back(sign);
        self.come.notify_one();
        true
    }

    async fn next(&self) -> Sign {
        loop {
            if let Some(sign) = self.lock().waiting.pop_front() {
                return sign;
            }
            self.come.notified().await;
        }
    }

    fn rest(&self, channel: &ChannelName, act: Act, now: Timestamp) {
        self.lock().resting.insert((channel.clone(), act), now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: EventLog> Hub<L> {
    /// An officer writes an answer to `key`; the last key was pressed `idle_s`
    /// seconds ago. Who answers has read it.
    pub fn answering(&self, officer: &Officer, key: ItemKey, idle_s: u64) {
        if idle_s <= FRESH {
            self.sign(officer, key, Act::MarkRead);
            self.sign(officer, key, Act::Typing);
        }
    }

    /// An officer has `key` open before him or her.
    pub fn looking(&self, officer: &Officer, key: ItemKey) {
        self.sign(officer, key, Act::MarkRead);
    }

    fn sign(&self, officer: &Officer, key: ItemKey, act: Act) {
        let reach = Arc::clone(&self.reach.borrow());
        let now = self.clock.now();
        self.desk.board(|board| {
            let meant = |item: &&Item| signs::shows(officer, item, act, &reach);
            if let Some(item) = board.item(&key).filter(meant) {
                let officer = officer.id.to_string();
                self.signs.take(Sign { key, act, officer }, item, now);
            }
        });
    }
}

/// Tells signs until `stop`.
pub(super) async fn run<L: EventLog>(
    hub: Arc<Hub<L>>,
    channels: Arc<ByChannel>,
    tracker: TaskTracker,
    stop: CancellationToken,
) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(sign) = stop.run_until_cancelled(hub.signs.next()).await {
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            continue;
        };
        let Some(item) = hub.desk.board(|board| board.item(&sign.key).cloned()) else {
            continue;
        };
        let (hub, channels, stop) = (Arc::clone(&hub), Arc::clone(&channels), stop.clone());
        tracker.spawn(async move {
            let _place = place;
            let told = channels.sign(&item, sign.act, &sign.officer);
            let told = stop
                .run_until_cancelled(tokio::time::timeout(WITHIN, told))
                .await;
            if !matches!(told, None | Some(Ok(true))) {
                let channel = &item.content.channel;
                tracing::debug!(message = "A sign was not taken.", %channel, act = sign.act.word());
                hub.signs.rest(channel, sign.act, hub.clock.now());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::board::Board;
    use crate::model::content::{Content, Kind};
    use crate::model::decide;
    use crate::model::event::{Actor, Cause, Event};
    use crate::model::ids::{DeskName, ItemId, Seq};
    use crate::model::inbound::Inbound;

    fn item() -> Item {
        let channel = ChannelName::new("square").expect("a name");
        let content = Content::new(Kind::Escalation, channel.clone(), "7".into(), "hi".into());
        let arrived = Inbound::item(Arc::new(content), bytes::Bytes::new());
        let routing = crate::hub::routing::Routing::plain(DeskName::new("floor").expect("a desk"));
        let mut board = Board::default();
        let route = |content: &Arc<Content>, reading: Option<&Arc<_>>| {
            routing.route((content, reading), &channel, at(0))
        };
        let (_, facts) = decide::inbound(&board, &arrived, route, at(0));
        for (fact, seq) in facts.into_iter().zip(1..) {
            let event = Event {
                seq: Seq(seq),
                at: at(0),
                actor: Actor::Source(channel.clone()),
                cause: Cause::Delivery,
                key: fact.key,
                id: Some(ItemId(1)),
                desk: fact.desk,
                body: fact.body,
            };
            board.apply(&event).expect("it folds");
        }
        board.items().next().expect("it is there").clone()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + seconds * 1000)
    }

    fn sign(item: &Item, act: Act) -> Sign {
        Sign {
            key: item.key,
            act,
            officer: "ana".to_owned(),
        }
    }

    #[test]
    fn typing_is_told_seldom_and_reading_once_until_more_is_said() {
        let signs = Signs::default();
        let mut item = item();
        let told: Vec<bool> = [0, 1, 4, 5, 6, 10]
            .map(|s| signs.take(sign(&item, Act::Typing), &item, at(s)))
            .into();
        assert_eq!(told, [true, false, false, true, false, true]);
        let read = |item: &Item, s| signs.take(sign(item, Act::MarkRead), item, at(s));
        assert!(read(&item, 20));
        assert!(!read(&item, 9000));
        let mut content = Content::clone(&item.content);
        content.conversation.push(crate::model::item::Turn {
            external_id: "8".into(),
            speaker: crate::model::item::Speaker::Citizen,
            name: "Dana".into(),
            text: "Hello?".into(),
            at: None,
            media: Vec::new().into(),
        });
        item.content = Arc::new(content);
        assert!(read(&item, 9001));
    }

    #[test]
    fn a_channel_that_refused_one_has_its_rest_and_what_is_too_much_is_dropped() {
        let signs = Signs::default();
        let item = item();
        signs.rest(&item.content.channel, Act::Typing, at(0));
        assert!(!signs.take(sign(&item, Act::Typing), &item, at(299)));
        assert!(signs.take(sign(&item, Act::Typing), &item, at(300)));
        let taken = (0..WAITING as u128 + 9).filter(|n| {
            let key = ItemKey::from_bytes(n.to_be_bytes());
            let other = Sign {
                key,
                ..sign(&item, Act::Typing)
            };
            signs.take(other, &item, at(301))
        });
        assert_eq!(taken.count(), WAITING - 1);
    }
}
