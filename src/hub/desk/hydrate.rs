//! Items that left the board and are needed again: folded anew from the log.

use super::Desk;
use super::work::Work;
use crate::model::board::Board;
use crate::model::ids::ItemKey;
use crate::model::item::Item;
use crate::store::{EventLog, LogError};

impl<L: EventLog> Desk<L> {
    /// Brings back what `work` is about, when the log knows it and the board
    /// does not.
    pub(super) async fn hydrate_for(&self, work: &Work) -> Result<(), LogError> {
        let missing: Vec<ItemKey> = self.read(|board| {
            let absent = |key: &ItemKey| board.item(key).is_none();
            match work {
                Work::Command(asking) => asking
                    .command
                    .targets
                    .iter()
                    .map(|target| target.key)
                    .filter(absent)
                    .collect(),
                Work::Delivery(delivery) => delivery
                    .inbound
                    .iter()
                    .filter_map(|(_, one)| one.key())
                    .filter(absent)
                    .collect(),
                Work::Control(_) => Vec::new(),
            }
        });
        if missing.is_empty() {
            return Ok(());
        }
        let known = self.parts.log.known(missing.clone()).await?;
        for (key, known) in missing.into_iter().zip(known) {
            if known.is_some() {
                self.hydrate(key).await?;
            }
        }
        Ok(())
    }

    async fn hydrate(&self, key: ItemKey) -> Result<(), LogError> {
        if let Some(item) = fold_item(&*self.parts.log, key).await? {
            self.write(|board| board.insert(item));
        }
        Ok(())
    }
}

/// An item folded anew from its events; none when there are none.
///
/// # Errors
/// [`LogError`] when the log can't be read.
pub async fn fold_item<L: EventLog>(log: &L, key: ItemKey) -> Result<Option<Item>, LogError> {
    let mut scratch = Board::default();
    for event in log.history(key).await? {
        // A body that this version does not know leaves the item as it was
        // before: the log was checked for a later schema when it opened.
        drop(scratch.apply(&event));
    }
    Ok(scratch.remove(&key))
}
