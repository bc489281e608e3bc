//! Acting outward: replies to citizens, and acts at the source of an alert or a
//! conversation.
//!
//! - [`act`]: what can be done, its rules, what goes out and what came of it.
//! - [`phrase`] and [`body`]: templates whose values can't break out; [`way`]: one act as a channel file describes it.
//! - [`build`]: the request, pure; [`judge`]: what an answer means, pure.
//! - [`login`]: sessions that a vendor wants first; [`budget`]: how much the
//!   vendor allows; [`send`]: one attempt through the guard.
//!
//! One attempt at a time and no memory of attempts: the hub's outbox decides
//! when to try again, by the [`Outcome`].

mod act;
mod body;
mod budget;
mod build;
mod judge;
mod login;
mod phrase;
mod send;
#[cfg(test)]
mod tests;
mod way;

pub use crate::model::length::{Count, length};
pub use crate::model::outgoing::{Act, Rules, Visibility};
pub use act::{Outcome, Outgoing};
pub(in crate::channels) use body::{Body, Part, Shape};
pub(in crate::channels) use build::Call;
pub(in crate::channels) use login::Login;
pub(in crate::channels) use phrase::{Kind, Phrase};
pub(in crate::channels) use send::Outward;
pub use send::send;
pub(in crate::channels) use way::{Doing, Limits, RetryAfter, Way};

use super::registry::Channel;
use crate::model::content::Content;

impl Channel {
    /// The rules of `act` on this channel; none when its file has no such act.
    /// Known before an officer types the first letter.
    #[must_use]
    pub fn can(&self, act: Act) -> Option<Rules> {
        self.file.doing.ways.get(&act).map(|way| way.rules.clone())
    }

    /// Everything that can be done through this channel.
    pub fn acts(&self) -> impl Iterator<Item = Act> {
        self.file.doing.ways.keys().copied()
    }

    /// What stands before an officer's words and counts with them ("@dana "):
    /// to be shown in front of the reply. Empty where the channel adds nothing.
    #[must_use]
    pub fn prefix(&self, act: Act, item: &Content) -> String {
        let way = self.file.doing.ways.get(&act);
        way.and_then(|way| way.prefix.as_ref())
            .and_then(|prefix| build::prefix(self, prefix, item).ok())
            .unwrap_or_default()
    }
}
