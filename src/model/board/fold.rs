//! Which event goes where: arrivals, facts about one item, facts about the
//! floor.
//!
//! Owns [`Board::apply`], the only fold there is. What a fact does to an item
//! is `change`'s, what it tells undo is `journal`'s.

use super::journal::commanded;
use super::shelf::Kept;
use super::{Board, Shape, Touched};
use crate::model::event::{Arrival, Body, Event};
use crate::model::ids::{ItemKey, RuleName, Seq};
use crate::model::item::Item;
use crate::model::triage::Returned;

/// Why an event could not be folded. The board is unchanged then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The event is about an item that is not here: fetch it.
    #[error("Event {seq} is about an item that is not on this board.")]
    UnknownItem {
        /// The event.
        seq: Seq,
        /// The item.
        key: ItemKey,
    },
    /// The event's body is of a later version: fetch the item.
    #[error("Event {seq} is of a kind that this version does not know.")]
    UnknownBody {
        /// The event.
        seq: Seq,
        /// The item, when it is about one.
        key: Option<ItemKey>,
    },
}

impl Board {
    /// Folds one event in. What an item already has (its `last_seq` is not
    /// before the event) is passed over, so that a replay over a snapshot
    /// changes nothing twice.
    ///
    /// # Errors
    /// [`ApplyError`] when the item or the body is unknown; the board is
    /// unchanged then, apart from the head.
    pub fn apply(&mut self, event: &Event) -> Result<(), ApplyError> {
        self.head = self.head.max(event.seq);
        let unknown = ApplyError::UnknownBody {
            seq: event.seq,
            key: event.key,
        };
        match (&event.body, event.key) {
            (Body::Unknown, _) => return Err(unknown),
            (Body::ItemArrived(arrival), Some(key)) => self.arrive(event, key, arrival, unknown)?,
            (Body::SuppressionBegan { suppression }, _) => {
                self.journal.began(event, suppression);
                self.insert_suppression((**suppression).clone());
            }
            (Body::SuppressionEnded { rule, why }, _) => self.end_suppression(event, rule, why),
            (Body::ChangeForetold { change }, None) => {
                self.foretelling.keep((event.seq, event.at), change);
            }
            (_, Some(key)) => self.fold_into(event, key, unknown)?,
            (Body::NotesStruck { .. }, None) => self.journal.moved(event),
            (
                Body::DocumentUnmapped { .. }
                | Body::PageSent { .. }
                | Body::Erased { .. }
                | Body::HoldBegan { .. }
                | Body::HoldEnded { .. },
                None,
            ) => {}
            (_, None) => return Err(unknown),
        }
        Ok(())
    }

    fn arrive(
        &mut self,
        event: &Event,
        key: ItemKey,
        arrival: &Arrival,
        unknown: ApplyError,
    ) -> Result<(), ApplyError> {
        let (Some(id), Some(desk)) = (event.id, &event.desk) else {
            return Err(unknown);
        };
        self.foretelling.forget(&key);
        if self.items.contains(&key) {
            return Ok(());
        }
        let mut item = Item::routed(arrival, key, desk.clone(), event.at);
        (item.id, item.last_seq) = (id, event.seq);
        self.tell(&mut item, event);
        self.count_hidden(arrival.suppressed_by.as_ref());
        self.insert(item);
        Ok(())
    }

    /// Folds an event about one item that has to be here.
    fn fold_into(
        &mut self,
        event: &Event,
        key: ItemKey,
        unknown: ApplyError,
    ) -> Result<(), ApplyError> {
        let seq = event.seq;
        let Some(known) = self.item(&key) else {
            return Err(ApplyError::UnknownItem { seq, key });
        };
        if known.last_seq >= seq {
            return Ok(());
        }
        if super::change::needs_officer(&event.body) && event.actor.officer().is_none() {
            return Err(unknown);
        }
        let Kept(mut item) = self.items.take(&key).expect("it was found above");
        self.unindex(&item);
        let before = commanded(event).map(|_| Shape::of(&item));
        self.tell(&mut item, event);
        item.change(event);
        item.last_seq = seq;
        if let Body::ItemSuppressed { rule } = &event.body {
            self.count_hidden(Some(rule));
        }
        match (&event.body, before) {
            (Body::OutgoingWithdrawn { .. }, _) => self.journal.withdrawn(&key),
            (Body::TriageRestored { .. } | Body::NotesStruck { .. }, _) => {
                self.journal.moved(event);
            }
            (_, Some(before)) => {
                let after = Shape::of(&item);
                self.journal.changed(event, key, Touched { before, after });
            }
            (_, None) => {}
        }
        self.index(&item);
        self.items.insert(Kept(item));
        Ok(())
    }

    fn count_hidden(&mut self, rule: Option<&RuleName>) {
        if let Some(suppression) = rule.and_then(|rule| self.suppressions.get_mut(rule)) {
            suppression.hidden = suppression.hidden.saturating_add(1);
        }
    }

    /// Ends a suppression: what it hid lies on top again.
    fn end_suppression(&mut self, event: &Event, rule: &RuleName, why: &str) {
        if let Some(suppression) = self.suppressions.remove(rule) {
            self.journal.ended(event, &suppression);
        }
        let hidden: Vec<ItemKey> = self
            .items()
            .filter(|item| item.triage.suppressed_by.as_ref() == Some(rule))
            .map(|item| item.key)
            .collect();
        for key in hidden {
            let Some(Kept(mut item)) = self.items.take(&key) else {
                continue;
            };
            self.unindex(&item);
            let before = Shape::of(&item);
            item.triage.suppressed_by = None;
            item.triage.version = item.triage.version.saturating_add(1);
            if item.is_open() {
                item.triage.returned = Some(Box::new(Returned {
                    at: event.at,
                    why: format!("suppression over: {why}"),
                }));
            }
            let after = Shape::of(&item);
            self.journal.changed(event, key, Touched { before, after });
            self.index(&item);
            self.items.insert(Kept(item));
        }
    }
}
