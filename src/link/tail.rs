//! The stream for the command line: events in order, by the same link that a
//! console has, without a board.
//!
//! Owns nothing but the choice of what a reader of lines needs. Called by the
//! command line.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::news::News;
use super::settings::LinkSettings;
use super::task::{Link, LinkHandle};
use crate::model::event::Event;
use crate::model::item::Item;
use crate::model::time::Clock;
use crate::wire::frames::Part;

/// One thing for a reader of lines.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// An item as it is: of the snapshot, or entering the scope.
    Item(Box<Item>),
    /// An event.
    Event(Box<Event>),
    /// A sentence about the link, for standard error.
    Says(String),
    /// The link ended for good: a sentence.
    Ended(String),
}

/// A stream of lines.
pub struct Tail {
    link: LinkHandle,
    news: mpsc::Receiver<News>,
    waiting: std::collections::VecDeque<Line>,
    snapshot: bool,
}

impl Tail {
    /// Starts a link. With `snapshot` the items that are there already come
    /// first; without, only what happens from now on.
    #[must_use]
    pub fn start(settings: LinkSettings, clock: Arc<dyn Clock>, snapshot: bool) -> Self {
        let (link, news) = Link::start(settings, clock);
        Self {
            link,
            news,
            waiting: std::collections::VecDeque::new(),
            snapshot,
        }
    }

    /// The next line; none when the link has ended. Nothing is lost when the
    /// future is dropped.
    pub async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some(line);
            }
            let news = self.news.recv().await?;
            self.read(news);
        }
    }

    /// Ends the link.
    pub async fn close(self) {
        drop(self.news);
        self.link.close().await;
    }

    fn read(&mut self, news: News) {
        match news {
            News::Items(items) if self.snapshot || items.part == Part::Entering => {
                let items = items.items.into_iter();
                self.waiting
                    .extend(items.map(|item| Line::Item(Box::new(item))));
            }
            News::Events(events) => {
                let events = events.events.into_iter();
                self.waiting
                    .extend(events.map(|event| Line::Event(Box::new(event))));
            }
            News::Down {
                why,
                retry_in: Some(wait),
                ..
            } => self.waiting.push_back(Line::Says(format!(
                "{why} Next try in {} s.",
                wait.as_secs().max(1)
            ))),
            News::Down { why, .. } => self.waiting.push_back(Line::Ended(why)),
            News::Stale { .. } => self.waiting.push_back(Line::Says(
                "The hub is silent; what comes may be late.".to_owned(),
            )),
            News::Notice(says) | News::Refused { says, .. } => {
                self.waiting.push_back(Line::Says(says));
            }
            _ => {}
        }
    }
}
