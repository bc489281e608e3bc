//! A real hub with two channels' doors and officers' accounts, on a clock that
//! the test turns.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::config;
use watchfloor::hub::auth::{Accounts, NewOfficer};
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, Running, start};
use watchfloor::model::board::Board;
use watchfloor::model::ids::{ChannelName, ItemId, OfficerId};
use watchfloor::model::item::Item;
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::time::{Clock, ManualClock, Timestamp};

use crate::console::Console;
use crate::wire;

pub(crate) const BEARER: &str = "a bearer of the test's";
const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct Floor {
    running: Running,
    folder: tempfile::TempDir,
    tokens: BTreeMap<String, String>,
    pub(crate) clock: Arc<ManualClock>,
}

fn channel(name: &str, silent_after: Option<Duration>) -> ChannelConfig {
    let mut channel = ChannelConfig::new(ChannelName::new(name).expect("a name"), "generic");
    channel
        .secrets
        .insert("bearer".to_owned(), Secret::new(BEARER));
    channel.silent_after = silent_after;
    channel
}

impl Floor {
    pub(crate) async fn start() -> Self {
        Self::hearing(vec![
            channel("town", None),
            channel("wire", Some(Duration::from_mins(15))),
        ])
        .await
    }

    /// A hub that hears those channels.
    pub(crate) async fn hearing(channels: Vec<ChannelConfig>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let evening = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        let clock = Arc::new(ManualClock::at(evening));
        let mut tokens = BTreeMap::new();
        Accounts::change(folder.path(), |accounts| {
            for name in ["ana", "ben"] {
                let token = accounts.add(account(name), clock.now())?;
                tokens.insert(name.to_owned(), token.reveal().to_owned());
            }
            Ok(())
        })
        .expect("accounts");
        let config = config::resolve(None, &[]).expect("the defaults");
        let mut floor = floor::read(&config).expect("the default floor");
        // Hours pass here between two keys; the lock has tests of its own.
        floor.settings.lock_ceiling = None;
        let owner = OfficerId::new("owner").expect("a name");
        let mut plan = Plan::embedded(folder.path().to_owned(), floor, config.page, owner);
        plan.clock = clock.clone();
        plan.watch_jumps = false;
        let catalogue = Catalogue::built_in().expect("the built-in files");
        plan.channels = Channels::load(channels, &catalogue).expect("channels");
        let running = start(plan).await.expect("a hub");
        Self {
            running,
            folder,
            tokens,
            clock,
        }
    }

    pub(crate) async fn console(&self, officer: &str) -> Console {
        let token = self.tokens[officer].as_str();
        Console::open(self.running.address, (officer, token), &self.clock).await
    }

    /// Delivers a document through a channel's real door.
    pub(crate) async fn deliver(&self, channel: &str, body: &str) {
        let status = wire::deliver(self.running.address, channel, BEARER, body).await;
        assert!((200..300).contains(&status), "{status} for {body}");
    }

    /// Delivers posts numbered from `first`, as one batch.
    pub(crate) async fn posts(&self, numbers: std::ops::Range<u32>, severity: &str) {
        let posts: Vec<String> = numbers
            .map(|n| format!(r#"{{"id": "p{n}", "text": "post {n}", "severity": "{severity}"}}"#))
            .collect();
        self.deliver("town", &format!("[{}]", posts.join(",")))
            .await;
    }

    pub(crate) fn board<T>(&self, look: impl FnOnce(&Board) -> T) -> T {
        self.running.hub.desk.board(look)
    }

    pub(crate) fn item(&self, number: u64) -> Item {
        self.board(|board| board.by_id(ItemId(number)).cloned())
            .expect("it is on the board")
    }

    pub(crate) fn holder(&self, number: u64) -> Option<String> {
        self.item(number).triage.holder().map(|who| who.to_string())
    }

    /// Numbers of what an officer holds.
    pub(crate) fn held_by(&self, officer: &str) -> Vec<u64> {
        let officer = OfficerId::new(officer).expect("a name");
        self.board(|board| {
            board
                .by_number()
                .filter(|item| item.triage.is_held_by(&officer))
                .map(|item| item.id.0)
                .collect()
        })
    }

    /// Waits until the board is so; the hub looks at its clock every 250 ms.
    pub(crate) async fn until(&self, what: &str, is: impl Fn(&Board) -> bool) {
        let waiting = tokio::time::timeout(PATIENCE, async {
            while !self.board(&is) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waiting.await.is_ok(), "the board never had {what}");
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Whether the hub still knows a session of the officer's.
    pub(crate) async fn until_gone(&self, officer: &str) {
        let officer = OfficerId::new(officer).expect("a name");
        let waiting = tokio::time::timeout(PATIENCE, async {
            while self.running.hub.presence.is_connected(&officer) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waiting.await.is_ok(), "{officer} never left");
    }

    /// What is due now has been done when this returns.
    pub(crate) async fn ticked(&self) {
        self.running.hub.desk.tick();
        self.posts(900_000..900_001, "info").await;
    }

    /// Ends the hub; the log it leaves, and the folder that keeps it alive.
    pub(crate) async fn stop(self) -> (PathBuf, tempfile::TempDir) {
        self.running.stop().await;
        (self.folder.path().join("log.db"), self.folder)
    }
}

fn account(name: &str) -> NewOfficer {
    NewOfficer {
        id: OfficerId::new(name).expect("a name"),
        role: Role::Officer,
        desks: Desks::All,
        teams: std::collections::BTreeSet::new(),
        good_for: Duration::from_hours(24),
        certificates: std::collections::BTreeSet::new(),
    }
}
