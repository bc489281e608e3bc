//! Where a channel that fetches goes on after a restart.
//!
//! A cursor is a text that only its channel understands. The hub keeps them
//! where the log is; [`InMemory`] is for tests and for floors that forget.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::ids::ChannelName;

/// Keeps one text for each channel.
pub trait Cursors: Clone + Send + Sync + 'static {
    /// The text that was saved last; none at the first time.
    ///
    /// # Errors
    /// A sentence: it can't be told.
    fn load(
        &self,
        channel: &ChannelName,
    ) -> impl Future<Output = Result<Option<String>, String>> + Send;

    /// Keeps `cursor`, instead of what was there.
    ///
    /// # Errors
    /// A sentence: it was not kept; what is fetched again is known again.
    fn save(
        &self,
        channel: &ChannelName,
        cursor: String,
    ) -> impl Future<Output = Result<(), String>> + Send;
}

/// Cursors that are gone with the process.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<BTreeMap<ChannelName, String>>>);

impl Cursors for InMemory {
    async fn load(&self, channel: &ChannelName) -> Result<Option<String>, String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kept.get(channel).cloned())
    }

    async fn save(&self, channel: &ChannelName, cursor: String) -> Result<(), String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(channel.clone(), cursor);
        Ok(())
    }
}
