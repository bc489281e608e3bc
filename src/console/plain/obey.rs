//! A part of `room`: what a typed line does.

use super::super::order::{self, Order, Which};
use super::super::question::{self, Answer};
use super::super::spoken;
use super::{ANSWERS, Room};
use crate::console::action::Action;
use crate::console::keymap::{Chord, Group, Key, table};
use crate::console::msg::{Asked, KeyPress, Msg};
use crate::console::perform::Hub;
use crate::console::state::lock::Ways;
use crate::console::state::words;
use crate::model::ids::{ItemId, ItemKey};
use crate::model::queue::Queue;
use crate::text::SafeText;
use tokio::time::Instant;

/// The commands that are plain mode's own, with their help.
const OWN: [(&str, &str); 15] = [
    (
        "list, list 50",
        "the items that wait, most urgent first, numbered",
    ),
    ("more", "the next lines of the list"),
    ("new", "how many came since the last list"),
    (
        "open 3, 3, #1042",
        "an item whole; a number is a line of the last list",
    ),
    (
        "take 3, ack 3, resolve 2-5 done",
        "a verb, the items, and words where it takes any",
    ),
    (
        "take",
        "the same on the marked, or on the item that was opened last",
    ),
    ("priority 3 1", "priority 1 to 4, or none"),
    ("merge 1 2,3", "the others into the first"),
    ("mark 1-3, unmark", "marks, for the next verb"),
    (
        "filter water sev>=high, all",
        "narrow the list; all of them again",
    ),
    (
        "queue, queue mine",
        "the queues; one of mine, unassigned, team, all",
    ),
    ("view, view 2", "the saved views; one of them"),
    ("status", "how fresh the data is, and what needs you"),
    ("cancel", "leave a question"),
    ("quit", "close"),
];

/// How a locked console is opened.
pub(super) fn how(ways: Ways) -> &'static str {
    match (ways.passphrase, ways.command) {
        (true, true) => "Type your passphrase; an empty line starts the unlock command.",
        (true, false) => "Type your passphrase.",
        (false, true) => "An empty line starts the unlock command.",
        (false, false) => "An empty line unlocks; no passphrase is set.",
    }
}

impl<H: Hub> Room<H> {
    /// A line was typed; none at the end of input.
    pub(super) fn typed(&mut self, line: Option<String>) {
        let Some(line) = line else {
            self.closes_at = Some(Instant::now() + ANSWERS);
            return;
        };
        let line = line.trim_end_matches(['\n', '\r']);
        if self.app.lock.is_closed() {
            self.unlock(line);
            return;
        }
        self.last_key = self.clock.now();
        self.world.key_pressed();
        self.asked = false;
        match self
            .app
            .overlays
            .last()
            .map(|top| question::answer(&top.what, line))
        {
            None => self.obey(order::read(line)),
            Some(Answer::Says(says)) => {
                self.mouth.line(&says);
                self.asked = true;
            }
            Some(Answer::Does(asked)) => {
                let depth = self.app.overlays.len();
                for asked in asked {
                    self.ask_for(asked);
                }
                // The next line of a note needs no question.
                let editing = matches!(
                    self.app.overlays.last().map(|top| &top.what),
                    Some(crate::console::state::overlay::What::Editor(_))
                );
                self.asked = editing && self.app.overlays.len() == depth;
            }
        }
    }

    /// What was typed at a closed lock: a passphrase, or nothing but Enter.
    fn unlock(&mut self, line: &str) {
        self.app.settings.lock.ways = self.unlock.ways();
        self.tell(Msg::Paste(line.to_owned()));
        let press = KeyPress {
            chord: Chord::key(Key::Enter),
            at: self.clock.now(),
            id: (self.new_id)(),
            repeat: false,
        };
        self.tell(Msg::Key(press));
        self.last_key = self.clock.now();
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Nothing => {}
            Order::List(count) => self.list(0, count),
            Order::More => self.list(self.listed.len(), order::LIST),
            Order::New => self.new_ones(),
            Order::Open(which) => self.open(&which),
            Order::Status => self.status(),
            Order::Queue(None) => self.queues(),
            Order::Queue(Some(name)) => self.queue(&name),
            Order::View(None) => self.views(),
            Order::View(Some(n)) => {
                self.ask_for(Asked::Line(format!("view-{n}")));
                self.list_if_quiet();
            }
            Order::Mark(which) => {
                if let Some(keys) = self.keys(&which) {
                    self.ask_for(Asked::Mark(keys));
                }
            }
            Order::All => {
                self.ask_for(Asked::Line("all".to_owned()));
                self.list_if_quiet();
            }
            Order::Help => self.help(),
            Order::Named { items, line } => self.named(&items, line),
            Order::Wrong(says) => self.mouth.line(&says),
        }
    }

    fn named(&mut self, items: &[Which], line: String) {
        let Some(keys) = self.keys(items) else { return };
        if !keys.is_empty() {
            self.ask_for(Asked::Aim(keys));
        } else if line.starts_with("resolve-all") {
            // All that match now, those that came meanwhile as well.
            self.ask_for(Asked::Aim(Vec::new()));
        }
        let filters = line.starts_with("filter ");
        self.ask_for(Asked::Line(line));
        if filters {
            self.list_if_quiet();
        }
    }

    /// The items that are meant; none, and a sentence, when one is not there.
    fn keys(&mut self, which: &[Which]) -> Option<Vec<ItemKey>> {
        let mut keys = Vec::new();
        for one in which {
            let found = match one {
                Which::Line(n) => n.checked_sub(1).and_then(|at| self.listed.get(at)).copied(),
                Which::Number(id) => self.app.floor.board.by_id(ItemId(*id)).map(|item| item.key),
            };
            let Some(key) = found else {
                let says = match one {
                    Which::Line(_) if self.listed.is_empty() => {
                        "Say list first, or #1042 for an item's own number.".to_owned()
                    }
                    Which::Line(n) => format!(
                        "There is no line {n}: the last list has {}. Say #{n} for an item's own number.",
                        words::plural(self.listed.len(), "line")
                    ),
                    Which::Number(id) => format!("#{id} is not on this floor."),
                };
                self.mouth.line(&says);
                return None;
            };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Some(keys)
    }

    /// The rows from `first` on, numbered.
    fn list(&mut self, first: usize, count: usize) {
        if first == 0 {
            // Whoever lists looks at the floor as it is now.
            self.ask_for(Asked::Aim(Vec::new()));
            self.known = self.app.floor.derived.rows.iter().copied().collect();
            self.listed.clear();
        }
        let rows = self.app.floor.derived.rows.clone();
        let shown: Vec<ItemKey> = rows
            .iter()
            .filter(|key| !self.listed.contains(key))
            .take(count)
            .copied()
            .collect();
        for key in &shown {
            self.listed.push(*key);
            let Some(item) = self.app.floor.board.item(key) else {
                continue;
            };
            let mark = if self.app.marks.has(key) {
                "marked, "
            } else {
                ""
            };
            let row = spoken::row(&self.app, item);
            self.mouth
                .line(&format!("{}. {mark}{row}", self.listed.len()));
        }
        let left = rows.len().saturating_sub(self.listed.len());
        self.mouth.line(&match (rows.len(), left) {
            (0, _) => "Nothing waits here.".to_owned(),
            (all, 0) => format!("{}, all told.", words::items(all)),
            (all, left) => format!("{}; {left} more, say more.", words::items(all)),
        });
    }

    /// Lists what a changed view shows, unless something was said against it.
    fn list_if_quiet(&mut self) {
        if self.app.notice.is_none() && self.app.overlays.is_empty() {
            self.list(0, order::LIST);
        }
    }

    fn new_ones(&mut self) {
        let rows = &self.app.floor.derived.rows;
        let new = rows.iter().filter(|key| !self.known.contains(key)).count();
        let gone = self.known.iter().filter(|key| !rows.contains(key)).count();
        let gone = match gone {
            0 => String::new(),
            n => format!(", {n} gone"),
        };
        self.mouth
            .line(&format!("{new} new since the last list{gone}."));
    }

    fn open(&mut self, which: &[Which]) {
        let Some(keys) = self.keys(which) else { return };
        if let Some(first) = keys.first() {
            self.ask_for(Asked::Aim(vec![*first]));
        }
        let Some(item) = self.app.selected() else {
            self.mouth.line("Open which? open 3 or open #1042.");
            return;
        };
        let lines = spoken::whole(&self.app, item);
        self.mouth.lines(lines);
    }

    fn status(&mut self) {
        let link = spoken::playing(&self.app).or_else(|| spoken::link(&self.app, false));
        self.mouth
            .line(&link.unwrap_or_else(|| "Catching up.".to_owned()));
        if let Some(way) = &self.app.settings.way {
            let says = format!("The hub {}, {}.", way.hub, way.route);
            self.mouth.line(&says);
        }
        let counts = spoken::counts(&self.app);
        self.mouth.line(&counts);
        let (up, on) = self.app.session.channels_up();
        if on > 0 {
            self.mouth
                .line(&format!("{up} of {} work.", words::plural(on, "channel")));
        }
        let marked = self.app.marks.len();
        if marked > 0 {
            self.mouth
                .line(&format!("{} marked.", words::items(marked)));
        }
        if let Some(filter) = &self.app.views.now().filter {
            let source = SafeText::own(filter.source().to_owned());
            self.mouth.line(&format!("Filter: {}", source.as_str()));
        }
    }

    fn queues(&mut self) {
        let counts = &self.app.floor.derived.counts;
        let now = self.app.views.now().queue;
        let lines: Vec<String> = Queue::EVERY
            .iter()
            .map(|queue| {
                let here = if *queue == now { ", shown" } else { "" };
                format!("{}: {}{here}.", queue.word(), counts.queue(*queue))
            })
            .collect();
        self.mouth.lines(lines);
        let counts = &self.app.floor.derived.counts;
        let hidden = format!(
            "{} asleep, {} suppressed.",
            counts.asleep, counts.suppressed
        );
        self.mouth.line(&hidden);
    }

    fn queue(&mut self, name: &str) {
        let wanted = Queue::EVERY
            .iter()
            .find(|q| q.word().eq_ignore_ascii_case(name));
        let Some(wanted) = wanted.copied() else {
            self.mouth.line("A queue is mine, unassigned, team or all.");
            return;
        };
        for _ in Queue::EVERY {
            if self.app.views.now().queue == wanted {
                break;
            }
            self.ask_for(Asked::Act(Action::NextQueue));
        }
        self.list(0, order::LIST);
    }

    fn views(&mut self) {
        let views = &self.app.settings.views;
        if views.is_empty() {
            self.mouth
                .line("No view is saved; [[view]] in the configuration makes one.");
            return;
        }
        let counts = &self.app.floor.derived.saved;
        let lines: Vec<String> = (1..)
            .zip(views.iter().zip(counts))
            .map(|(n, (view, count))| {
                let name = SafeText::own(view.name.clone());
                format!("{n}. {}, {}.", name.as_str(), words::items(*count))
            })
            .collect();
        self.mouth.lines(lines);
    }

    fn help(&mut self) {
        self.mouth
            .lines(OWN.map(|(typed, help)| format!("{typed}: {help}.")));
        self.mouth.line("These names as well:");
        let moves = [Group::Move, Group::Marks, Group::Queues];
        let lines: Vec<String> = table::floor()
            .filter(|entry| !moves.contains(&entry.group))
            .map(|entry| format!("{}: {}.", entry.name, entry.help))
            .collect();
        self.mouth.lines(lines);
    }
}
