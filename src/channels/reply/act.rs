//! What can be done through a channel, by which rules, and what came of it.
//!
//! The interface that the outbox and the console are written against: values
//! only.

use std::time::Duration;

use crate::model::content::Content;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// What goes out.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'o> {
    /// Our key for this act, the same for every attempt at it: a UUID.
    pub id: &'o str,
    /// The officer's words; empty for acts without.
    pub text: &'o str,
    /// What it is about.
    pub item: &'o Content,
    /// The officer's display name, for vendors that show who acted.
    pub officer: &'o str,
    /// Until when (silences).
    pub until: Option<Timestamp>,
    /// What it ends, as the vendor calls it (the end of a silence); empty for
    /// other acts.
    pub ends: &'o str,
    /// The hub's clock.
    pub now: Timestamp,
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The vendor took it.
    Sent {
        /// What the vendor calls it, for threading.
        id: Option<Untrusted>,
        /// Where it can be seen.
        url: Option<Untrusted>,
    },
    /// Nothing was sent, and the same again would be refused again.
    Refused {
        /// Why: our words, with the vendor's cleaned inside.
        says: String,
    },
    /// Surely not sent; to be tried again no sooner than after this.
    Later {
        /// How long to wait at least.
        after: Duration,
        /// Why.
        says: String,
    },
    /// It may have been sent: only an officer tries again, unless the rules say
    /// that the act is idempotent.
    Unknown {
        /// Why.
        says: String,
    },
}

impl Outcome {
    /// Its word: in tests of channel files, in logs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Refused { .. } => "refused",
            Self::Later { .. } => "later",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Why it was not sent, where it was not.
    #[must_use]
    pub fn says(&self) -> Option<&str> {
        match self {
            Self::Sent { .. } => None,
            Self::Refused { says } | Self::Later { says, .. } | Self::Unknown { says } => {
                Some(says)
            }
        }
    }
}
