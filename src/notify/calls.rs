//! Policy and ways together: what needs the officer comes in, bytes for the
//! terminal come out.
//!
//! Owns how much a notice may tell. Decides nothing that the policy decides.
//! Called by the console's runtime and by `notify-agent`.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::caller::{Caller, Wishes};
use super::method::{Terminal, Way, Ways};
use super::policy::{Call, Held, Needs, Policy};
use super::quiet::Hours;
use super::template;
use crate::model::ids::RuleName;
use crate::model::time::Timestamp;

/// How much a notice tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privacy {
    /// How many.
    #[default]
    Counts,
    /// How many, and the operator's own name of the rule that matched.
    Rule,
}

/// After so long it is known what became of a notice for desktop or program.
const KNOWN_AFTER: Duration = Duration::from_secs(2);

/// When it is quiet, in minutes of the day: from, and until before.
pub type QuietMinutes = (u16, u16);

/// What an officer set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By which ways.
    pub wishes: Wishes,
    /// When only a critical may call.
    pub quiet: Option<QuietMinutes>,
    /// The officer's own zone; none: the floor's.
    pub zone: Option<TimeZone>,
    /// How much a notice may tell, as far as the administrator allows it.
    pub privacy: Privacy,
}

/// How calls stand, for a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The ways in use.
    pub ways: Ways,
    /// Desktop or program were tried and given up.
    pub gave_up: bool,
    /// Notices that were not shown.
    pub held: Held,
    /// Calls that were made.
    pub made: u64,
    /// The last of them.
    pub last: Option<Timestamp>,
    /// When it is quiet.
    pub quiet: Option<QuietMinutes>,
    /// How much a notice tells.
    pub privacy: Privacy,
    /// The administrator allows less than the officer wished.
    pub capped: bool,
}

/// When and how this officer is called.
pub struct Calls {
    policy: Policy,
    caller: Caller,
    wish: Privacy,
    ceiling: Privacy,
    quiet: Option<QuietMinutes>,
    zone: Option<TimeZone>,
    rule: Option<RuleName>,
    made: u64,
    last: Option<Timestamp>,
    /// When to look what became of a notice for desktop or program.
    look_at: Option<Timestamp>,
    told: State,
}

impl Calls {
    /// Nothing needs the officer yet. Until [`Calls::meets`] the zone is UTC
    /// where the officer set none, and nothing but counts is told.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut calls = Self {
            policy: Policy::default(),
            caller: Caller::new(settings.wishes),
            wish: settings.privacy,
            ceiling: Privacy::Counts,
            quiet: settings.quiet,
            zone: settings.zone,
            rule: None,
            made: 0,
            last: None,
            look_at: None,
            told: State::default(),
        };
        calls.set_quiet(TimeZone::UTC);
        calls
    }

    /// The hub has said which zone the floor is in and how much a notice may
    /// tell.
    pub fn meets(&mut self, zone: &str, ceiling: Privacy) {
        self.ceiling = ceiling;
        self.set_quiet(TimeZone::get(zone).unwrap_or(TimeZone::UTC));
    }

    fn set_quiet(&mut self, floor: TimeZone) {
        let zone = self.zone.clone().unwrap_or(floor);
        self.policy
            .set_quiet(self.quiet.map(|(from, to)| Hours { from, to, zone }));
    }

    /// The terminal has said more of itself.
    pub fn terminal_is(&mut self, terminal: Terminal) {
        self.caller.terminal_is(terminal);
    }

    /// What needs the officer changed. `rule`: the one that sent the newest of
    /// it here. `news`: whether the officer has not seen it on the screen yet.
    #[must_use]
    pub fn needs(
        &mut self,
        needs: Needs,
        rule: Option<RuleName>,
        news: bool,
        now: Timestamp,
    ) -> Vec<u8> {
        if news {
            self.policy.needs(needs, now);
        } else {
            self.policy.starts_with(needs, now);
        }
        self.rule = rule;
        let mut bytes = self.caller.title(self.policy.counts().title());
        bytes.extend(self.withdrawn());
        bytes.extend(self.due(now));
        bytes
    }

    /// The terminal has the focus, or lost it.
    #[must_use]
    pub fn focus(&mut self, focused: bool) -> Vec<u8> {
        self.policy.focus(focused);
        self.withdrawn()
    }

    /// Makes the call that is due, and what was missed before.
    #[must_use]
    pub fn due(&mut self, now: Timestamp) -> Vec<u8> {
        if self.look_at.is_some_and(|at| at <= now) {
            self.look_at = None;
        }
        let mut bytes = self.caller.missed();
        if let Some(call) = self.policy.due(now) {
            bytes.extend(self.call(call, now));
        }
        bytes
    }

    /// Says that no more calls will come, whatever the hour: from now on silence
    /// means nothing.
    #[must_use]
    pub fn last_words(&mut self) -> Vec<u8> {
        let call = Call {
            critical: true,
            bell: true,
            notice: true,
            counts: self.policy.counts(),
        };
        self.caller.call(call, template::ENDED.to_owned())
    }

    /// Waits until desktop or program have done what they were given, `limit` at
    /// the most; true when they have.
    #[must_use]
    pub fn finish(self, limit: Duration) -> bool {
        self.caller.finish(limit)
    }

    /// When [`Calls::due`] is to be asked next; none when nothing waits.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.policy.next_due().into_iter().chain(self.look_at).min()
    }

    /// How calls stand, if that is not as it was when this was last asked.
    #[must_use]
    pub fn take_news(&mut self) -> Option<State> {
        let state = self.state();
        if state == self.told {
            return None;
        }
        self.told.clone_from(&state);
        Some(state)
    }

    /// How calls stand.
    #[must_use]
    pub fn state(&self) -> State {
        State {
            ways: self.caller.ways(),
            gave_up: self.caller.gave_up(),
            held: self.policy.held(),
            made: self.made,
            last: self.last,
            quiet: self.quiet,
            privacy: self.privacy(),
            capped: self.wish > self.ceiling,
        }
    }

    fn privacy(&self) -> Privacy {
        self.wish.min(self.ceiling)
    }

    fn call(&mut self, call: Call, now: Timestamp) -> Vec<u8> {
        self.made += 1;
        self.last = Some(now);
        let told = self.privacy() == Privacy::Rule;
        let rule = self.rule.as_ref().filter(|_| told);
        let line = call.counts.line(rule);
        if matches!(self.caller.way(), Some(Way::Desktop | Way::Command)) {
            self.look_at = Some(now.plus(KNOWN_AFTER));
        }
        self.caller.call(call, line)
    }

    fn withdrawn(&mut self) -> Vec<u8> {
        if self.policy.take_over() {
            self.caller.withdraw()
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::ItemKey;
    use crate::notify::method::{Method, Surroundings};

    fn calls(privacy: Privacy) -> Calls {
        let around = Surroundings {
            terminal: true,
            ..Surroundings::default()
        };
        Calls::new(Settings {
            wishes: Wishes {
                method: Some(Method::Osc9),
                around,
                ..Wishes::default()
            },
            privacy,
            ..Settings::default()
        })
    }

    fn critical(n: u8) -> Needs {
        Needs {
            criticals: [ItemKey::from_bytes([n; 16])].into(),
            ..Needs::default()
        }
    }

    fn told(calls: &mut Calls) -> String {
        let rule = RuleName::new("flood-warning").expect("a name");
        let bytes = calls.needs(critical(1), Some(rule), true, Timestamp::default());
        String::from_utf8(bytes).expect("is ASCII")
    }

    #[test]
    fn the_rule_is_told_only_where_both_allow_it() {
        for (wish, ceiling, is_told) in [
            (Privacy::Rule, Privacy::Rule, true),
            (Privacy::Rule, Privacy::Counts, false),
            (Privacy::Counts, Privacy::Rule, false),
            (Privacy::Counts, Privacy::Counts, false),
        ] {
            let mut calls = calls(wish);
            calls.meets("UTC", ceiling);
            let says = told(&mut calls);
            assert!(says.contains("]9;watchfloor: 1 critical"), "{says:?}");
            assert_eq!(says.contains("flood-warning"), is_told, "{says:?}");
            let capped = wish == Privacy::Rule && ceiling == Privacy::Counts;
            assert_eq!(calls.state().capped, capped);
        }
        let before_hello = told(&mut calls(Privacy::Rule));
        assert!(!before_hello.contains("flood"), "nobody allowed it yet");
    }

    #[test]
    fn what_stands_on_the_page_is_told_when_it_changes() {
        let mut calls = calls(Privacy::Counts);
        assert!(calls.take_news().is_some());
        assert_eq!(calls.take_news(), None);
        told(&mut calls);
        let news = calls.take_news().expect("a call was made");
        assert_eq!((news.made, news.last), (1, Some(Timestamp::default())));
    }
}
