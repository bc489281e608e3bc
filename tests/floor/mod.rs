//! A floor without hub: a board, a console's board beside it and a log that
//! only numbers. Commands and deliveries go through `decide` and the fold as
//! the desk would take them. Called by the tests of fold and scenarios.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use watchfloor::model::board::Board;
use watchfloor::model::command::{Command, Outcome, Target, Verb};
use watchfloor::model::decide::{self, Acting, Routed};
use watchfloor::model::event::{Actor, Cause, Event, Fact, LapseReason};
use watchfloor::model::ids::{ChannelName, CommandId, DeskName, ItemId, ItemKey, OfficerId, Seq};
use watchfloor::model::inbound::{Inbound, Receipt};
use watchfloor::model::item::{Clocks, Content, Due};
use watchfloor::model::officer::{Desks, Officer, Role};
use watchfloor::model::outgoing::Reach;
use watchfloor::model::severity::Severity;
use watchfloor::model::time::Timestamp;
use watchfloor::text::Untrusted;

/// The floor.
#[derive(Clone)]
pub(crate) struct Floor {
    /// The hub's board.
    pub(crate) hub: Board,
    /// A console's, fed by the events alone.
    pub(crate) console: Board,
    /// All events.
    pub(crate) events: Vec<Event>,
    /// The moment it is.
    pub(crate) now: Timestamp,
    /// Last event and number by key, as a log knows them.
    known: HashMap<ItemKey, (Seq, ItemId)>,
    commands: u128,
    /// What the channels can do outward.
    pub(crate) reach: Reach,
}

/// The channel of all tests.
pub(crate) fn channel() -> ChannelName {
    ChannelName::new("square").unwrap()
}

/// An account on the desk "city".
pub(crate) fn officer(name: &str, role: Role) -> Officer {
    Officer {
        id: OfficerId::new(name).unwrap(),
        role,
        desks: Desks::Only(BTreeSet::from([DeskName::new("city").unwrap()])),
        teams: BTreeSet::new(),
    }
}

impl Floor {
    /// An empty floor on a Monday evening.
    pub(crate) fn new() -> Self {
        Self {
            hub: Board::default(),
            console: Board::default(),
            events: Vec::new(),
            now: Timestamp::parse("2026-11-23T19:00:00Z").unwrap(),
            known: HashMap::new(),
            commands: 0,
            reach: Reach::default(),
        }
    }

    /// Numbers the facts as a log would, with its precondition, and folds them
    /// into both boards.
    pub(crate) fn append(&mut self, actor: &Actor, cause: Cause, facts: Vec<Fact>) -> Vec<Event> {
        let mut seen = BTreeSet::new();
        let mut new = Vec::new();
        for fact in facts {
            let seq = Seq(self.events.len() as u64 + 1);
            let id = fact.key.map(|key| {
                let next = ItemId(self.known.len() as u64 + 1001);
                let (last, id) = *self.known.entry(key).or_insert((Seq(0), next));
                if seen.insert(key) {
                    assert_eq!(fact.after, last, "the precondition of {:?}", fact.body);
                }
                self.known.insert(key, (seq, id));
                id
            });
            let event = Event {
                seq,
                at: self.now,
                actor: actor.clone(),
                cause,
                key: fact.key,
                id,
                desk: fact.desk,
                body: fact.body,
            };
            self.hub
                .apply(&event)
                .expect("the hub folds what it decided");
            let sent = serde_json::to_string(&event).unwrap();
            let read: Event = serde_json::from_str(&sent).unwrap();
            self.console.apply(&read).expect("the console follows");
            self.events.push(event.clone());
            new.push(event);
        }
        new
    }

    /// An officer's command, decided and folded.
    pub(crate) fn command(
        &mut self,
        officer: &Officer,
        verb: Verb,
        targets: Vec<Target>,
        note: &str,
    ) -> (Outcome, Vec<Event>) {
        self.commands += 1;
        let command = Command {
            id: CommandId(uuid::Uuid::from_u128(0xabcd_0000 + self.commands)),
            verb,
            targets,
            note: Untrusted::from(note),
        };
        let decision = decide::command(
            &self.hub,
            &command,
            &Acting {
                officer,
                now: self.now,
                ack_rest: Duration::from_mins(15),
                reach: &self.reach,
                utc_offset_minutes: 60,
            },
        );
        let actor = Actor::Officer(officer.id.clone());
        let events = self.append(&actor, Cause::Command(command.id), decision.facts);
        (decision.outcome, events)
    }

    /// A delivery, decided and folded. What is new lies on desk "city" and has
    /// 10 minutes for the first response, 60 for the resolution.
    pub(crate) fn deliver(&mut self, inbound: &Inbound) -> (Receipt, Vec<Event>) {
        let now = self.now;
        let minutes = |n: u64| Some(Due::at(now.plus(Duration::from_mins(n))));
        let routed =
            |content: &std::sync::Arc<Content>,
             _: Option<&std::sync::Arc<watchfloor::model::reading::Reading>>| Routed {
                desk: DeskName::new("city").unwrap(),
                severity: content.severity.max(Severity::Low),
                tags: Vec::new(),
                clocks: Clocks {
                    first_response: minutes(10),
                    resolution: minutes(60),
                },
                reasons: Vec::new(),
            };
        let (receipt, facts) = decide::inbound(&self.hub, inbound, routed, now);
        let events = self.append(&Actor::Source(channel()), Cause::Delivery, facts);
        (receipt, events)
    }

    /// Time passes; what is due happens.
    pub(crate) fn pass(&mut self, span: Duration) -> Vec<Event> {
        self.now = self.now.plus(span);
        let mut events = Vec::new();
        // The end of a suppression may bring back what is overdue by then.
        for _ in 0..2 {
            for expiry in self.hub.due(self.now) {
                let facts = decide::expiry(&self.hub, &expiry, self.now);
                events.extend(self.append(&Actor::Hub, Cause::Clock, facts));
            }
        }
        events
    }

    /// An officer's link is lost for good.
    pub(crate) fn lapse(&mut self, officer: &OfficerId) -> Vec<Event> {
        let facts = decide::lapse(&self.hub, officer, LapseReason::LinkLost);
        self.append(&Actor::Hub, Cause::Clock, facts)
    }
}
