//! Questions beside the stream: what the archive knows of some words, and items
//! that are not on the board any more.
//!
//! Asked over REST with the link's own settings, each in a task of its own, so
//! that a slow answer holds nothing up; told like all other news. One question
//! of a sort at a time: the newest ends the one before it.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::news::News;
use super::once::{Once, OnceError};
use super::settings::LinkSettings;
use crate::model::content::Content;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::item::Item;
use crate::model::severity::Severity;
use crate::model::time::Timestamp;

/// Items that one search asks for at the most.
const MOST: &str = "100";

/// An item that the archive found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Hit {
    /// Its key.
    pub key: ItemKey,
    /// Its number.
    pub id: ItemId,
    /// Severity after routing.
    pub severity: Severity,
    /// Its state in one word.
    pub state: String,
    /// When the hub had it.
    pub received_at: Timestamp,
    /// What the channel last said.
    pub content: Content,
}

#[derive(Deserialize)]
struct Hits {
    hits: Vec<Hit>,
}

/// Asks, and tells the answers as news.
#[derive(Debug)]
pub(super) struct Searcher {
    settings: Arc<LinkSettings>,
    /// Weak, so that the link's end is still seen by who waits for news.
    tell: mpsc::WeakSender<News>,
    under_way: Mutex<Option<AbortHandle>>,
}

impl Searcher {
    pub(super) fn new(settings: LinkSettings, tell: &mpsc::Sender<News>) -> Self {
        Self {
            settings: Arc::new(settings),
            tell: tell.downgrade(),
            under_way: Mutex::new(None),
        }
    }

    pub(super) fn search(&self, asked: u64, words: String) {
        self.ask(move |settings| async move {
            let query = [("q", words.as_str()), ("limit", MOST)];
            let answer = match Once::new(&settings) {
                Ok(once) => once.get::<Hits>("/v1/search", &query).await,
                Err(error) => Err(error),
            };
            News::Found {
                asked,
                outcome: answer.map(|found| found.hits).map_err(says),
            }
        });
    }

    pub(super) fn fetch(&self, id: ItemId) {
        self.ask(move |settings| async move {
            let path = format!("/v1/items/{}", id.0);
            let answer = match Once::new(&settings) {
                Ok(once) => once.get::<Box<Item>>(&path, &[]).await,
                Err(error) => Err(error),
            };
            News::Fetched {
                id,
                outcome: answer.map_err(says),
            }
        });
    }

    fn ask<F>(&self, question: impl FnOnce(Arc<LinkSettings>) -> F)
    where
        F: Future<Output = News> + Send + 'static,
    {
        let answer = question(Arc::clone(&self.settings));
        let tell = self.tell.clone();
        let task = tokio::spawn(async move {
            let news = answer.await;
            // Nobody waits for news of a link that has ended.
            if let Some(tell) = tell.upgrade()
                && tell.send(news).await.is_err()
            {
                tracing::debug!("The console is gone; an answer was left out.");
            }
        });
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = under_way.replace(task.abort_handle()) {
            before.abort();
        }
    }
}

/// The hub's own sentence where it has one.
fn says(error: OnceError) -> String {
    match error {
        OnceError::Refused { says, .. } => says,
        error => error.to_string(),
    }
}
