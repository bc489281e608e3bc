//! Reads what comes in, at the door.
//!
//! Owns the models, the known claims and the clusters of copies, each behind a
//! lock of its own: deliveries are read beside each other, and only the placing
//! among copies is done one at a time, some 30 µs for a usual post. Called by
//! the desk's handle and by `watch`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::sources::Look;
use crate::insight::Insight;
use crate::insight::claim::{Claim, Claims, Match};
use crate::insight::cluster::{Clusters, Copy};
use crate::insight::encoder::Encoder;
use crate::insight::token::MOST_BYTES;
use crate::model::board::Board;
use crate::model::ids::ItemKey;
use crate::model::inbound::Inbound;
use crate::model::item::{Content, Item, Kind};
use crate::model::reading::Reading;
use crate::model::time::Clock;

/// Posts that are placed again at a start: the newest. More would make the start
/// late; copies of older ones begin a cluster anew.
const RECALLED: usize = 10_000;

/// What reads.
pub struct Reader {
    models: RwLock<Arc<Models>>,
    clusters: Mutex<Clusters>,
    clock: Arc<dyn Clock>,
}

/// What is known before a post is seen.
#[derive(Debug)]
pub struct Models {
    /// Models and topics.
    pub insight: Insight,
    /// Known claims.
    pub claims: Claims,
    /// The encoder, where one was added.
    pub encoder: Option<Arc<Encoder>>,
    /// Why the encoder that was added is not used.
    pub refused: Option<String>,
    /// How the files looked when they were read.
    pub look: Look,
}

impl Reader {
    /// A reader that has seen no post.
    #[must_use]
    pub fn new(models: Models, clock: Arc<dyn Clock>) -> Self {
        Self {
            models: RwLock::new(Arc::new(models)),
            clusters: Mutex::new(Clusters::new(crate::insight::cluster::Settings::default())),
            clock,
        }
    }

    /// A reader that goes on with the copies of a board's newest posts.
    #[must_use]
    pub fn recalling(models: Models, clock: Arc<dyn Clock>, board: &Board) -> Arc<Self> {
        let reader = Self::new(models, clock);
        reader.recall(board);
        Arc::new(reader)
    }

    /// Reads what people said. An alert brings its own reading or none.
    pub fn read_inbound(&self, inbound: &mut Inbound) {
        if let Inbound::Item {
            key,
            content,
            reading,
            ..
        } = inbound
            && content.kind != Kind::Alert
        {
            *reading = Some(Arc::new(self.read(*key, content)));
        }
    }

    /// Reads one post.
    #[must_use]
    pub fn read(&self, key: ItemKey, content: &Content) -> Reading {
        let mut reading = self.by_words(content);
        let placed = self.clusters().place(self.clock.now(), &copy(key, content));
        reading.copied = placed.and_then(|placed| placed.stored()).map(Box::new);
        reading
    }

    /// Reads one post again by what is known now. Whose copy it is stays as it
    /// was: that was told by the posts around it.
    #[must_use]
    pub fn read_again(&self, item: &Item) -> Reading {
        let mut reading = self.by_words(&item.content);
        if let Some(before) = &item.reading {
            reading.copied.clone_from(&before.copied);
            reading = reading.keeping(before);
        }
        reading
    }

    /// What the words alone tell, and the claims that they fit.
    fn by_words(&self, content: &Content) -> Reading {
        let models = self.models();
        let mut reading = models.insight.read_content(content);
        let matched = models.claims.matches(beginning(content));
        reading.claims = matched.iter().map(Match::stored).collect();
        reading
    }

    /// Takes the newest posts of a board among those that copies are told by.
    fn recall(&self, board: &Board) {
        let said = |item: &&Item| item.content.kind != Kind::Alert && !item.is_silenced();
        let mut items: Vec<&Item> = board.items().filter(said).collect();
        items.sort_unstable_by_key(|item| (item.received_at, item.id));
        let from = items.len().saturating_sub(RECALLED);
        let mut clusters = self.clusters();
        for item in items.into_iter().skip(from) {
            let copied = item.reading.as_ref().and_then(|read| read.copied.as_ref());
            let known = copied.map(|copied| copied.cluster.0);
            let post = Copy {
                known,
                ..copy(item.key, &item.content)
            };
            clusters.place(item.received_at, &post);
        }
    }

    /// Goes on with other models, topics and claims.
    pub fn replace(&self, models: Models) {
        let mut place = self.models.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(models);
    }

    /// Forgets the words of an erased item.
    pub fn forget(&self, item: &ItemKey) {
        self.clusters().forget(item);
    }

    /// What is claimed, by the claim's id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<Claim> {
        self.models().claims.get(id).cloned()
    }

    /// Which models and topics read now.
    #[must_use]
    pub fn version(&self) -> String {
        self.models().insight.version().to_owned()
    }

    /// What reads now.
    #[must_use]
    pub fn models(&self) -> Arc<Models> {
        Arc::clone(&self.models.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn clusters(&self) -> MutexGuard<'_, Clusters> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So much of a post as is read: what follows only repeats or pads.
fn beginning(content: &Content) -> &str {
    let text = content.text.as_evidence();
    let most = text.floor_char_boundary(MOST_BYTES);
    text.get(..most).unwrap_or_default()
}

/// A post as the clusters take it.
fn copy(key: ItemKey, content: &Content) -> Copy<'_> {
    Copy {
        key,
        text: beginning(content),
        author: author(content),
        channel: content.channel.as_str(),
        known: None,
    }
}

/// What tells an author from others on the channel; empty where none is told.
#[must_use]
pub fn author(content: &Content) -> &str {
    let author = &content.author;
    [&author.id, &author.handle, &author.name]
        .into_iter()
        .find(|words| !words.is_empty())
        .map_or("", |words| words.as_evidence())
}
