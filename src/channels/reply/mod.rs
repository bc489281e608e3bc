//! Acting outward: replies to citizens, and acts at the source of an alert or a
//! conversation.
//!
//! - [`act`]: what can be done, its rules, what goes out and what came of it.
//! - [`phrase`] and [`body`]: templates whose values can't break out; [`way`]: one act as a channel file describes it.
//! - [`mod@build`]: the request, pure; [`mod@judge`]: what an answer means, pure.
//! - [`letter`], [`smtp`] and [`greeted`]: answers by mail; [`note`]: on Nostr.
//! - [`login`]: sessions that a vendor wants first; [`budget`]: how much the
//!   vendor allows; [`mod@send`]: one attempt through the guard.
//!
//! One attempt at a time and no memory of attempts: the hub's outbox decides
//! when to try again, by the [`Outcome`].

mod act;
mod body;
mod budget;
mod build;
mod greeted;
mod judge;
mod letter;
mod login;
mod note;
mod phrase;
mod send;
mod smtp;
#[cfg(test)]
mod tests;
mod way;

pub use crate::model::length::{Count, length};
pub use crate::model::outgoing::{Act, Rules, Visibility};
pub use act::{Outcome, Outgoing};
pub(in crate::channels) use body::{Body, Part, Shape};
pub(in crate::channels) use build::{Call, Tokens, answered, build};
pub(in crate::channels) use judge::{Answered, judge};
pub(in crate::channels) use letter::Mail;
pub(in crate::channels) use login::Login;
pub(in crate::channels) use note::Note;
pub(in crate::channels) use phrase::{Kind, Phrase};
pub(in crate::channels) use send::Outward;
pub use send::{send, sign};
pub(in crate::channels) use way::{Doing, Limits, Need, RetryAfter, Way};

use std::collections::BTreeMap;

use super::registry::Channel;
use crate::model::content::Content;
use crate::model::outgoing::Manner;
use crate::model::reach::before;

impl Channel {
    /// The rules of `act` on this channel; none when its file has no such act,
    /// or the operator has not given what it takes. Known before an officer
    /// types the first letter; where replies to comments and to messages differ,
    /// [`Channel::manners`] know better.
    #[must_use]
    pub fn can(&self, act: Act) -> Option<Rules> {
        let mut ways = self.file.doing.ways.get(&act)?.iter();
        let way = ways.find(|way| self.has(way))?;
        Some(way.rules.clone())
    }

    /// The rules of `act` on `item`.
    #[must_use]
    pub fn can_on(&self, act: Act, item: &Content) -> Option<Rules> {
        let way = self.file.doing.way(act, item)?;
        self.has(way).then(|| way.rules.clone())
    }

    /// Everything that can be done through this channel, and how: what is told
    /// to whoever answers.
    #[must_use]
    pub fn manners(&self) -> BTreeMap<Act, Vec<Manner>> {
        let manner = |way: &Way| Manner {
            only: way.only.iter().cloned().collect(),
            missing: !self.has(way),
            prefix: way.prefix.clone(),
            rules: way.rules.clone(),
        };
        let sign = |act: Act| matches!(act, Act::Typing | Act::MarkRead);
        let ways = self.file.doing.ways.iter();
        let ways = ways.filter(|(act, _)| self.config.signs || !sign(**act));
        ways.filter(|(act, _)| self.can(**act).is_some())
            .map(|(act, ways)| (*act, ways.iter().map(manner).collect()))
            .collect()
    }

    /// What stands before an officer's words and counts with them ("@dana "):
    /// to be shown in front of the reply. Empty where the channel adds nothing.
    #[must_use]
    pub fn prefix(&self, act: Act, item: &Content) -> String {
        let way = self.file.doing.way(act, item);
        way.map_or_else(String::new, |way| before(&way.prefix, item))
    }

    /// Whether the operator has given what `way` takes.
    fn has(&self, way: &Way) -> bool {
        way.needs.iter().all(|need| match need {
            Need::Secret(name) => !self.secret(name).is_empty(),
            Need::Var(name) => self.vars.get(name).is_some_and(|v| !v.is_empty()),
        })
    }
}
