//! A simulated colleague: looks at the floor, decides, and does one thing after
//! another with human pauses.
//!
//! Pure: the board, the moment and seeded chance in; moves and waits out. What
//! a colleague does depends on what lies on the floor, so only the dice are
//! fixed by the seed, not the moves. The socket is `seat`'s.

use std::collections::VecDeque;
use std::time::Duration;

use super::notes;
use super::scenario::chance::Chance;
use crate::model::board::Board;
use crate::model::command::{Target, Verb};
use crate::model::ids::{ItemKey, OfficerId, Tag};
use crate::model::item::{Item, Kind};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::{Resolution, State};

/// One move.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// Opens an item, or closes what was open.
    Look(Option<ItemKey>),
    /// Begins to write on an item.
    Write(ItemKey),
    /// Gives a command; the note may be empty.
    Do {
        /// What.
        verb: Verb,
        /// On which items, as they are seen now.
        targets: Vec<Target>,
        /// With which words.
        note: String,
    },
}

/// What a colleague means to do; checked against the floor when it is due.
#[derive(Clone, Debug)]
enum Step {
    Look(ItemKey),
    Away,
    Write(ItemKey),
    Acknowledge(ItemKey),
    Take(ItemKey),
    Note(ItemKey, String),
    Tag(ItemKey, &'static str),
    Resolve(ItemKey, Resolution),
    Release(ItemKey),
    Clear(Vec<ItemKey>, String),
}

/// A colleague.
#[derive(Debug)]
pub struct Colleague {
    id: OfficerId,
    chance: Chance,
    steps: VecDeque<(Duration, Step)>,
}

/// What is younger is left to whoever watches.
const LEAVE_NEW: Duration = Duration::from_secs(25);
/// One item in three is left to whoever watches until it is so old.
const LEAVE_THIRD: Duration = Duration::from_mins(6);
/// So many waiting mentions are usual; above, somebody clears old ones.
const USUAL: usize = 70;

impl Colleague {
    /// A colleague with dice of his or her own.
    #[must_use]
    pub fn new(id: OfficerId, seed: u64) -> Self {
        let chance = Chance::new(seed).branch(id.as_str());
        Self {
            id,
            chance,
            steps: VecDeque::new(),
        }
    }

    /// The next move, if there is one now, and how long to wait (at speed 1)
    /// before asking again.
    pub fn next(&mut self, board: &Board, now: Timestamp, speed: f64) -> (Option<Move>, Duration) {
        if self.steps.is_empty() {
            self.decide(board, now, speed);
        }
        let Some((_, step)) = self.steps.pop_front() else {
            return (None, self.seconds(3, 9));
        };
        let done = self.perform(board, step);
        if done.is_none() {
            // Somebody was faster, or it is gone: forget about it.
            self.steps.clear();
        }
        let wait = self.steps.front().map(|(wait, _)| *wait);
        let wait = wait.unwrap_or_else(|| self.seconds(4, 14));
        (done, wait)
    }

    fn seconds(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(self.chance.between(least * 1000, most * 1000))
    }

    fn plan(&mut self, least: u64, most: u64, step: Step) {
        let wait = self.seconds(least, most);
        self.steps.push_back((wait, step));
    }

    /// Chooses what to do next.
    fn decide(&mut self, board: &Board, now: Timestamp, speed: f64) {
        let age = |item: &Item| now.since(item.received_at).mul_f64(speed);
        let mine = board
            .by_number()
            .find(|item| item.is_open() && item.triage.is_held_by(&self.id));
        if let Some(item) = mine {
            self.finish(item);
            return;
        }
        let free = |item: &&Item| item.is_waiting() && item.triage.is_unassigned();
        let ours = |item: &&Item| {
            let left = item.id.0.is_multiple_of(3) && age(item) < LEAVE_THIRD;
            free(item) && age(item) >= LEAVE_NEW && !left
        };
        let urgent = board
            .by_number()
            .filter(ours)
            .filter(|item| item.content.kind != Kind::Mention || item.severity >= Severity::High)
            .max_by_key(|item| (item.severity, std::cmp::Reverse(item.id)));
        if let Some(item) = urgent
            && self.chance.percent(70)
        {
            self.work_on(item);
            return;
        }
        let waiting = |item: &&Item| free(item) && item.content.kind == Kind::Mention;
        let old: Vec<_> = board
            .by_number()
            .filter(ours)
            .filter(|item| item.content.kind == Kind::Mention && item.severity <= Severity::Medium)
            .take(30)
            .collect();
        if board.items().filter(waiting).count() > USUAL {
            self.clear(&old);
        } else if let Some(item) = self.chance.pick(&old) {
            self.glance(item);
        }
    }

    fn work_on(&mut self, item: &Item) {
        let key = item.key;
        self.plan(0, 0, Step::Look(key));
        let is_new = matches!(item.triage.state, State::New);
        if is_new && item.content.kind == Kind::Alert && self.chance.percent(50) {
            self.plan(2, 6, Step::Acknowledge(key));
            self.plan(2, 5, Step::Away);
        } else {
            self.plan(2, 7, Step::Take(key));
        }
    }

    /// What is mine: a note, then done with it, or back to the queue.
    fn finish(&mut self, item: &Item) {
        let (key, kind) = (item.key, item.content.kind);
        self.plan(6, 20, Step::Write(key));
        let note = notes::working(kind, &mut self.chance).to_owned();
        self.plan(4, 9, Step::Note(key, note));
        let still_fires = kind == Kind::Alert && item.source_resolved_at.is_none();
        match self.chance.below(10) {
            0 => self.plan(10, 30, Step::Release(key)),
            _ if still_fires => self.plan(60, 120, Step::Away),
            _ => {
                let reason = match kind {
                    Kind::Escalation => Resolution::Answered,
                    Kind::Alert => Resolution::Done,
                    Kind::Mention => Resolution::NoAction,
                };
                self.plan(25, 70, Step::Resolve(key, reason));
                self.plan(1, 3, Step::Away);
            }
        }
    }

    /// One old mention: looks, then leaves a tag, or closes it.
    fn glance(&mut self, item: &Item) {
        let key = item.key;
        self.plan(0, 0, Step::Look(key));
        match self.chance.below(10) {
            0..=1 => {
                let tag = self
                    .chance
                    .pick(&["follow-up", "photo", "thanks", "day-shift"]);
                self.plan(2, 5, Step::Tag(key, tag.copied().unwrap_or("follow-up")));
            }
            2 => self.plan(2, 5, Step::Take(key)),
            3..=4 => self.plan(2, 4, Step::Acknowledge(key)),
            _ => {
                let reason = self.chance.pick(&[
                    Resolution::NoAction,
                    Resolution::NotOurs,
                    Resolution::Done,
                    Resolution::Duplicate,
                ]);
                self.plan(
                    2,
                    6,
                    Step::Resolve(key, reason.copied().unwrap_or(Resolution::Done)),
                );
            }
        }
        self.plan(1, 3, Step::Away);
    }

    /// Several old ones at once with one note.
    fn clear(&mut self, old: &[&Item]) {
        let many = usize::try_from(self.chance.between(4, 14)).unwrap_or(4);
        let keys: Vec<_> = old.iter().take(many).map(|item| item.key).collect();
        if keys.is_empty() {
            return;
        }
        let note = notes::clearing(&mut self.chance).to_owned();
        self.plan(3, 8, Step::Clear(keys, note));
    }

    /// A step as a move, if it still makes sense.
    fn perform(&self, board: &Board, step: Step) -> Option<Move> {
        let give = |verb, key: ItemKey, note: String| {
            let target = seen(board, key)?;
            Some(Move::Do {
                verb,
                targets: vec![target],
                note,
            })
        };
        let free = |key: ItemKey| {
            board
                .item(&key)
                .filter(|i| i.is_open() && i.triage.is_unassigned())
        };
        let mine = |key: ItemKey| {
            let held = board.item(&key)?;
            let free = held.triage.is_unassigned() || held.triage.is_held_by(&self.id);
            (held.is_open() && free).then_some(())
        };
        let silent = String::new;
        match step {
            Step::Look(key) => free(key).map(|_| Move::Look(Some(key))),
            Step::Away => Some(Move::Look(None)),
            Step::Write(key) => mine(key).map(|()| Move::Write(key)),
            Step::Acknowledge(key) => {
                free(key).filter(|item| matches!(item.triage.state, State::New))?;
                give(Verb::Acknowledge, key, silent())
            }
            Step::Take(key) => free(key).and_then(|_| give(Verb::Take, key, silent())),
            Step::Note(key, note) => mine(key).and_then(|()| give(Verb::Note, key, note)),
            Step::Tag(key, tag) => {
                let add = vec![Tag::new(tag).ok()?];
                give(
                    Verb::Tag {
                        add,
                        remove: Vec::new(),
                    },
                    key,
                    silent(),
                )
            }
            Step::Resolve(key, reason) => {
                mine(key).and_then(|()| give(Verb::Resolve { reason }, key, silent()))
            }
            Step::Release(key) => mine(key).and_then(|()| give(Verb::Release, key, silent())),
            Step::Clear(keys, note) => {
                let open = keys.into_iter().filter(|key| free(*key).is_some());
                let targets: Vec<_> = open.filter_map(|key| seen(board, key)).collect();
                let verb = Verb::Resolve {
                    reason: Resolution::NoAction,
                };
                (!targets.is_empty()).then_some(Move::Do {
                    verb,
                    targets,
                    note,
                })
            }
        }
    }
}

fn seen(board: &Board, key: ItemKey) -> Option<Target> {
    let version = Some(board.item(&key)?.triage.version);
    Some(Target { key, version })
}
