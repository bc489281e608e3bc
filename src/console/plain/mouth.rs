//! What is said, and how it gets out: lines of printable text, each thing once.
//!
//! Owns the memory of what was said already (link, criticals, result), so that
//! nothing is repeated and nothing is left out.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::mem::Discriminant;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::spoken;
use crate::console::backend::Grid;
use crate::console::perform::Screen;
use crate::console::state::App;
use crate::console::state::link::Phase;
use crate::model::ids::ItemKey;
use crate::notify::sequences::BELL;
use crate::text::{SafeText, is_forbidden};

/// Criticals that are told one by one; more are counted.
const ONE_BY_ONE: usize = 3;

/// A screen that can only ring.
pub(super) struct Bell(pub(super) Arc<AtomicBool>);

impl Screen for Bell {
    fn show(&mut self, _grid: Grid, _urgent: bool) {}

    fn anew(&mut self) {}

    /// Whatever else a terminal would obey is left out.
    fn say(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && bytes.chunks(BELL.len()).all(|piece| piece == BELL) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

/// What was said, and where to.
pub(super) struct Mouth {
    out: Box<dyn Write + Send>,
    /// Nobody reads any more.
    pub(super) failed: bool,
    /// The bell was asked for; written only where there is a terminal.
    rings: Arc<AtomicBool>,
    bell: bool,
    phase: Option<Discriminant<Phase>>,
    why: Option<String>,
    /// The floor was live once.
    pub(super) met: bool,
    criticals: BTreeSet<ItemKey>,
    playing: Option<String>,
}

impl Mouth {
    pub(super) fn new(out: Box<dyn Write + Send>, bell: bool, rings: Arc<AtomicBool>) -> Self {
        Self {
            out,
            failed: false,
            rings,
            bell,
            phase: None,
            why: None,
            met: false,
            criticals: BTreeSet::new(),
            playing: None,
        }
    }

    /// A line. The last net: whatever is no printable sign is left out.
    pub(super) fn line(&mut self, words: &str) {
        let clean = SafeText::own(words.to_owned());
        let mut line: String = clean
            .as_str()
            .chars()
            .filter(|c| !c.is_control() && !is_forbidden(*c))
            .collect();
        line.push('\n');
        self.put(line.as_bytes());
    }

    pub(super) fn lines(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.line(&line);
        }
    }

    /// Rings when that was asked for, and lets out what was said.
    pub(super) fn breathe(&mut self) {
        if self.rings.swap(false, Ordering::SeqCst) && self.bell {
            self.put(BELL);
        }
        if self.out.flush().is_err() {
            self.failed = true;
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        let written: io::Result<()> = self.out.write_all(bytes);
        self.failed |= written.is_err();
    }

    /// Tells what changed: the link, the recording, criticals, the last result.
    pub(super) fn tell(&mut self, app: &mut App, caught_up: bool) {
        if app.lock.is_closed() {
            app.notice = None;
            return;
        }
        self.tell_link(app, caught_up);
        self.tell_playing(app);
        self.tell_criticals(app);
        if let Some(notice) = app.notice.take() {
            // "Live again" says the same.
            if notice.says != "Back, and caught up." {
                self.line(&notice.says);
            }
        }
    }

    fn tell_link(&mut self, app: &App, caught_up: bool) {
        let now = std::mem::discriminant(&app.link.phase);
        let first_why = app.link.phase == Phase::Starting && self.why != app.link.why;
        if self.phase == Some(now) && !first_why {
            return;
        }
        let is_live = app.link.phase == Phase::Live;
        if is_live && !(caught_up && app.link.is_live()) {
            return;
        }
        let again = self.met && is_live;
        if let Some(says) = spoken::link(app, again) {
            self.line(&says);
        }
        if app.link.phase != Phase::Loading {
            self.phase = Some(now);
            self.why.clone_from(&app.link.why);
        }
        if is_live && !self.met {
            self.met = true;
            self.criticals
                .clone_from(&app.floor.derived.attention.criticals);
            if let Some(info) = &app.session.info {
                self.line(&format!("You are {}, {}.", info.officer, info.role.word()));
            }
            self.line(&spoken::counts(app));
        }
    }

    fn tell_playing(&mut self, app: &App) {
        let Some(playback) = &app.replay else { return };
        // The time goes on by itself; only what was changed is told.
        let stands = format!("{:?}", (playback.percent, playback.paused, &playback.over));
        if self.playing.as_ref() != Some(&stands) {
            self.playing = Some(stands);
            if let Some(says) = spoken::playing(app) {
                self.line(&says);
            }
        }
    }

    fn tell_criticals(&mut self, app: &App) {
        if !self.met {
            return;
        }
        let now = &app.floor.derived.attention.criticals;
        let new: Vec<ItemKey> = now.difference(&self.criticals).copied().collect();
        for key in new.iter().take(ONE_BY_ONE) {
            if let Some(item) = app.floor.board.item(key) {
                self.line(&format!("Critical: {}", spoken::row(app, item)));
            }
        }
        if new.len() > ONE_BY_ONE {
            self.line(&format!("And {} more critical.", new.len() - ONE_BY_ONE));
        }
        self.criticals.clone_from(now);
    }
}
