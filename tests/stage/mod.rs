//! A hub on port 0 with channels, accounts and a store in a temporary folder,
//! for the tests of its doors; spoken to over real sockets only.
//!
//! Shared by the test binaries `door`, `torture` and `peers`; each uses a part.
#![allow(dead_code, reason = "each binary uses a part")]

pub(crate) mod caller;
pub(crate) mod watcher;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::{ChannelConfig, Secret};
use watchfloor::config;
use watchfloor::hub::auth::{Accounts, CertName, NewOfficer};
use watchfloor::hub::floor;
use watchfloor::hub::serve::{Plan, Running, start};
use watchfloor::model::board::Board;
use watchfloor::model::ids::{ChannelName, OfficerId};
use watchfloor::model::item::Item;
use watchfloor::model::officer::{Desks, Role};
use watchfloor::model::time::{Clock, SystemClock};

use self::caller::{Answer, Caller};

/// Longer than anything here takes, also on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
/// What the generic channel `town` asks for.
pub(crate) const BEARER: &str = "open sesame";

/// A channel of `file`, with the bearer where it takes one.
pub(crate) fn channel(name: &str, file: &str) -> ChannelConfig {
    let mut config = ChannelConfig::new(ChannelName::new(name).unwrap(), file);
    if !matches!(file, "feed" | "mastodon") {
        config
            .secrets
            .insert("bearer".to_owned(), Secret::new(BEARER));
    }
    config.allow_private = true;
    config
}

/// An account, with certificates' names.
pub(crate) fn account(name: &str, role: Role, certificates: &[&str]) -> NewOfficer {
    let names: BTreeSet<CertName> = certificates
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    NewOfficer {
        id: OfficerId::new(name).unwrap(),
        role,
        desks: Desks::All,
        teams: BTreeSet::new(),
        good_for: Duration::from_hours(1),
        certificates: names,
    }
}

/// Makes the accounts ana, ben, carla (officers) and eve (viewer); their tokens.
pub(crate) fn accounts(folder: &Path) -> BTreeMap<String, String> {
    let now = SystemClock.now();
    let mut tokens = BTreeMap::new();
    Accounts::change(folder, |accounts| {
        for name in ["ana", "ben", "carla", "eve"] {
            let role = match name {
                "eve" => Role::Viewer,
                _ => Role::Officer,
            };
            let token = accounts.add(account(name, role, &[]), now)?;
            tokens.insert(name.to_owned(), token.reveal().to_owned());
        }
        Ok(())
    })
    .unwrap();
    tokens
}

/// A hub that runs.
pub(crate) struct Stage {
    pub(crate) running: Running,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) tokens: BTreeMap<String, String>,
    pub(crate) http: Caller,
}

impl Stage {
    /// With the generic channel `town`.
    pub(crate) async fn town() -> Self {
        Self::with(vec![channel("town", "generic")]).await
    }

    /// With those channels.
    pub(crate) async fn with(channels: Vec<ChannelConfig>) -> Self {
        Self::planned(channels, |_| {}).await
    }

    /// With those channels, and a plan that `change` has changed.
    pub(crate) async fn planned(
        channels: Vec<ChannelConfig>,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens = accounts(folder.path());
        Self::opened((folder, tokens), channels, change).await
    }

    /// Stops the hub and starts it again on what it left, with the generic
    /// channel `town`.
    pub(crate) async fn again(self, change: impl FnOnce(&mut Plan)) -> Self {
        self.again_with(vec![channel("town", "generic")], change)
            .await
    }

    /// The same, with those channels.
    pub(crate) async fn again_with(
        self,
        channels: Vec<ChannelConfig>,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        self.running.stop().await;
        Self::opened((self.folder, self.tokens), channels, change).await
    }

    async fn opened(
        (folder, tokens): (tempfile::TempDir, BTreeMap<String, String>),
        channels: Vec<ChannelConfig>,
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let config = config::resolve(None, &[]).unwrap();
        let floor = floor::read(&config).unwrap();
        let owner = OfficerId::new("owner").unwrap();
        let mut plan = Plan::embedded(folder.path().to_owned(), floor, config.page, owner);
        plan.channels = Channels::load(channels, &Catalogue::built_in().unwrap()).unwrap();
        change(&mut plan);
        let running = start(plan).await.unwrap();
        let http = Caller::to(&format!("http://{}", running.address));
        Self {
            running,
            folder,
            tokens,
            http,
        }
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    pub(crate) fn token(&self, officer: &str) -> &str {
        &self.tokens[officer]
    }

    /// Posts to the channel `town` with its credential.
    pub(crate) async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.http.deliver("town", BEARER, body.into()).await
    }

    /// Gets a route as officer ana.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.http.get(path, Some(self.token("ana"))).await
    }

    /// Every counter of `/metrics` by its line's name and labels.
    pub(crate) async fn counters(&self) -> BTreeMap<String, f64> {
        let text = self.get("/metrics").await.text();
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (name, value) = line.rsplit_once(' ')?;
                Some((name.to_owned(), value.parse().ok()?))
            })
            .collect()
    }

    /// All items on the hub's board, by number.
    pub(crate) fn items(&self) -> Vec<Item> {
        self.board(|board| board.by_number().cloned().collect())
    }

    /// Looks at the hub's board.
    pub(crate) fn board<T>(&self, look: impl FnOnce(&Board) -> T) -> T {
        self.running.hub.desk.board(look)
    }

    /// Waits until the hub's board is as `wanted`.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Board) -> bool) {
        let waits = async {
            while !self.board(&wanted) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let items = || self.board(|board| board.by_number().map(told).collect::<Vec<_>>());
        assert!(
            tokio::time::timeout(PATIENCE, waits).await.is_ok(),
            "{what} did not come; there is {:#?}",
            items()
        );
    }
}

fn told(item: &Item) -> String {
    let content = &item.content;
    format!(
        "{} {:?} {:?} {:?} over={:?}",
        item.id,
        content.external_id.as_evidence(),
        content.text.as_evidence(),
        item.triage.state,
        item.source_resolved_at
    )
}

/// A delivery's entry with an id and words.
pub(crate) fn entry(id: &str, text: &str) -> Value {
    serde_json::json!({ "id": id, "text": text })
}
