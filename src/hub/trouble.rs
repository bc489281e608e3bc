//! What is wrong with the hub itself, for `/healthz`, the health frames and
//! the log: a sentence a subject, gone when it is over.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The hub's own troubles by subject.
#[derive(Debug, Default)]
pub struct Trouble(Mutex<BTreeMap<&'static str, String>>);

impl Trouble {
    /// The log does not take anything.
    pub fn log(&self, says: String) {
        self.set("log", says);
    }

    /// The log takes things again.
    pub fn clear_log(&self) {
        self.clear("log");
    }

    /// Something is wrong with `subject`.
    pub fn set(&self, subject: &'static str, says: String) {
        self.lock().insert(subject, says);
    }

    /// It is over.
    pub fn clear(&self, subject: &'static str) {
        self.lock().remove(subject);
    }

    /// All of it, a sentence each.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
