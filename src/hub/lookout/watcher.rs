//! From events to what is to be told.
//!
//! Owns [`Watcher`]: the burst watch with the new terms beside it, and how far of
//! the log it has seen. Pure: goes by the events' own times. Called by `watch`.

use super::reader::author;
use crate::insight::burst::{Post, Raised, Saved, Settings, Watch};
use crate::insight::fresh::Terms;
use crate::model::claim::Stance;
use crate::model::content::Kind;
use crate::model::event::{Body, Event};
use crate::model::ids::{ItemKey, Seq};
use crate::model::item::{Content, OnRetract};
use crate::model::reading::{Feeling, Reading};
use crate::model::time::Timestamp;

/// What an event is to the lookout, beside being counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Noted {
    /// Something is to be told.
    Raised(Box<Raised>),
    /// The words of the item are gone.
    Gone(ItemKey),
    /// The words of the item were changed and not read yet.
    Changed(ItemKey),
}

/// The watch over the log.
#[derive(Debug)]
pub struct Watcher {
    watch: Watch,
    terms: Terms,
    head: Seq,
}

impl Watcher {
    /// One that has seen nothing, and begins after `head` at `now`.
    #[must_use]
    pub fn new(settings: Settings, (head, now): (Seq, Timestamp), seed: u64) -> Self {
        Self {
            watch: Watch::new(settings, now, seed),
            terms: Terms::default(),
            head,
        }
    }

    /// One that goes on where it was; none when what was kept is of another
    /// version.
    #[must_use]
    pub fn restored(settings: Settings, (head, saved): (Seq, Saved), seed: u64) -> Option<Self> {
        Some(Self {
            watch: Watch::restore(settings, saved, seed)?,
            terms: Terms::default(),
            head,
        })
    }

    /// The last event that it saw.
    #[must_use]
    pub fn head(&self) -> Seq {
        self.head
    }

    /// What has to be kept of it.
    #[must_use]
    pub fn save(&self) -> Saved {
        self.watch.save()
    }

    /// Keys that are counted, those that were given up for want of room, and
    /// posts that came too late for any window.
    #[must_use]
    pub fn counts(&self) -> (usize, u64, u64) {
        (self.watch.keys(), self.watch.forgotten(), self.watch.late)
    }

    /// Hears again what was said before the state that it goes on from, for the
    /// words that are usual: those are not kept.
    pub fn hear_again(&mut self, events: &[Event]) {
        for event in events.iter().filter(|event| event.seq <= self.head) {
            if let Body::ItemArrived(arrival) = &event.body
                && arrival.content.kind != Kind::Alert
            {
                let text = arrival.content.text.as_evidence();
                self.terms.note(event.at, text);
            }
        }
    }

    /// Takes an event in. One that it has seen changes nothing.
    pub fn note(&mut self, event: &Event) -> Vec<Noted> {
        if event.seq <= self.head {
            return Vec::new();
        }
        self.head = event.seq;
        let mut noted = told(self.watch.tick(event.at));
        let Some(key) = event.key else {
            return noted;
        };
        match &event.body {
            Body::ItemArrived(arrival) => {
                if let Some(reading) = &arrival.reading
                    && arrival.content.kind != Kind::Alert
                {
                    noted.extend(told(self.count(event.at, key, (&arrival.content, reading))));
                }
            }
            Body::Erased { .. }
            | Body::ItemRetracted {
                on: OnRetract::Hide | OnRetract::Erase,
            } => {
                self.watch.forget(&key);
                noted.push(Noted::Gone(key));
            }
            Body::ItemEdited { content } if content.kind != Kind::Alert => {
                noted.push(Noted::Changed(key));
            }
            _ => {}
        }
        noted
    }

    /// Looks at what is on when nothing comes in.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Noted> {
        told(self.watch.tick(now))
    }

    fn count(
        &mut self,
        now: Timestamp,
        key: ItemKey,
        (content, reading): (&Content, &Reading),
    ) -> Vec<Raised> {
        let text = content.text.as_evidence();
        let fresh = self.terms.note(now, text);
        let named = reading.topics.iter().map(|topic| topic.name.as_str());
        let topics: Vec<&str> = named.chain(fresh.iter().map(String::as_str)).collect();
        let spread = reading.claims.iter();
        let claims: Vec<&str> = spread
            .filter(|one| one.stance != Stance::Denies)
            .map(|one| one.id.as_evidence())
            .collect();
        let region = content.region.as_evidence();
        let post = Post {
            key,
            at: content.source_time.map_or(now, |said| said.min(now)),
            author: author(content),
            channel: content.channel.as_str(),
            text,
            language: reading.language.as_ref().map_or("", |told| &told.code),
            region: (!region.is_empty()).then_some(region),
            topics: &topics,
            claims: &claims,
            cluster: reading.copied.as_ref().map(|copied| copied.cluster.0),
            negative: negative(reading),
            urgency: Some(f32::from(reading.urgency.score) / 100.0),
            reach: reach(content),
        };
        self.watch.observe(now, &post)
    }
}

fn told(raised: Vec<Raised>) -> Vec<Noted> {
    raised
        .into_iter()
        .map(|one| Noted::Raised(Box::new(one)))
        .collect()
}

/// How likely the post is negative; an officer's word is certain.
fn negative(reading: &Reading) -> Option<f32> {
    let felt = reading.sentiment.as_ref()?;
    if felt.corrected_by.is_some() {
        return Some(f32::from(u8::from(felt.feeling == Feeling::Negative)));
    }
    Some(f32::from(felt.percents[0]) / 100.0)
}

/// Who may have seen it: those who follow the author, or as many as the channel
/// counted.
fn reach(content: &Content) -> u64 {
    let followers = content.author.followers.unwrap_or_default();
    followers.max(content.engagement.views.unwrap_or_default())
}
