//! What the terminal tells of itself while the console already runs: text is
//! laid out anew when that shows that another way is right.
//!
//! Called by the runtime. What the answers mean is `lettering`'s to say.

use tokio::sync::watch;

use super::lettering::{self, Wishes};
use super::probe::TerminalFacts;
use crate::text::Policy;

/// The terminal's facts as they come, under the officer's wishes.
#[derive(Debug)]
pub struct Learned {
    wishes: Wishes,
    facts: watch::Receiver<TerminalFacts>,
}

impl Learned {
    /// Goes by `facts`, but for what the officer set.
    #[must_use]
    pub fn new(wishes: Wishes, facts: watch::Receiver<TerminalFacts>) -> Self {
        Self { wishes, facts }
    }

    /// How text is to be laid out, once more is known of the terminal.
    async fn next(&mut self) -> Policy {
        if self.facts.changed().await.is_err() {
            // Nobody gathers any more; what was told last holds.
            std::future::pending::<()>().await;
        }
        lettering::policy(self.wishes, &self.facts.borrow_and_update())
    }
}

/// The same where perhaps nobody asks the terminal: then it never comes.
pub(super) async fn policy(learned: &mut Option<Learned>) -> Policy {
    match learned {
        Some(learned) => learned.next().await,
        None => std::future::pending().await,
    }
}
