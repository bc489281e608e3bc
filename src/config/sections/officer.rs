//! `[console]`, `[[view]]` and `[notify]`: the officer's side.
//!
//! Chords, actions, filters and roles stay as typed, with their lines: the
//! console parses them and names the place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::layers::Node;
use super::super::origin::Located;
use super::super::read::Section;
use super::super::value::{Kind, Wrong, expect, text};
use super::super::words::{
    BidiMode, Colours, Copying, EmojiMode, Notices, Order, Privacy, Signs, Switch,
};
use super::hub::Zone;
use super::lock;
use super::lock::LockAfter;

/// `[console]`.
#[derive(Clone, Debug)]
pub struct Console {
    /// A theme's name, a path that ends in ".toml", or "last": the one that
    /// was last chosen.
    pub theme: Located<String>,
    /// Where new items appear.
    pub order: Located<Order>,
    /// How many closed items it keeps.
    pub closed_items: Located<u32>,
    /// Who orders right-to-left text.
    pub bidi: Located<BidiMode>,
    /// Whether Arabic letters are joined where the console orders text.
    pub arabic_shaping: Located<bool>,
    /// How much of an emoji is drawn.
    pub emoji: Located<EmojiMode>,
    /// Cells of the characters that terminals disagree on, 1 or 2.
    pub ambiguous_width: Located<u16>,
    /// The officer's own zone; none: the floor's.
    pub zone: Option<Located<Zone>>,
    /// Whether and how texts are copied.
    pub copy: Located<Copying>,
    /// Where drafts, saved views and entered lines are kept; none: the user's
    /// state folder.
    pub state_dir: Option<Located<PathBuf>>,
    /// The set of keys that `keys` changes: a name that the console knows.
    pub keys_preset: Located<String>,
    /// How many colours are written.
    pub color: Located<Colours>,
    /// Which signs are written.
    pub glyphs: Located<Signs>,
    /// Output bytes a second, 0 for no limit; none: by the line.
    pub max_bytes_per_s: Option<Located<u32>>,
    /// Whether the line to the terminal is thin.
    pub low_bandwidth: Located<bool>,
    /// Whether frames are marked as one update.
    pub synchronised: Located<Switch>,
    /// Whether Ctrl-Z suspends the console.
    pub suspend: Located<bool>,
    /// What terminal it is; none: asked.
    pub terminal: Option<Located<String>>,
    /// Without a key for so long the console locks.
    pub lock_after: Located<LockAfter>,
    /// The file that holds the hash of the passphrase; none: `lock` in the
    /// user's data folder.
    pub lock_file: Option<Located<PathBuf>>,
    /// The command that unlocks: program and arguments.
    pub lock_command: Option<Located<Vec<String>>>,
    /// Chord to action; the action "none" removes the chord.
    pub keys: BTreeMap<String, Located<String>>,
}

/// A saved view.
#[derive(Clone, Debug)]
pub struct View {
    /// What it is called.
    pub name: Located<String>,
    /// What it shows.
    pub filter: Located<String>,
}

/// `[notify]`.
#[derive(Clone, Debug)]
pub struct Notify {
    /// How.
    pub method: Located<Notices>,
    /// The officer's own program with its arguments; empty: none.
    pub command: Located<Vec<String>>,
    /// When only a critical may.
    pub quiet: Option<Located<Quiet>>,
    /// What it tells.
    pub privacy: Located<Privacy>,
}

/// Hours of the officer's day, which may pass midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The first minute of the day, 0 to 1439.
    pub from: u16,
    /// The minute that it ends before, 0 to 1439.
    pub to: u16,
}

impl Quiet {
    /// Whether the minute of the day lies in it.
    #[must_use]
    pub fn covers(self, minute: u16) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Self {
            from: minute_of_day(from)?,
            to: minute_of_day(to)?,
        })
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

impl Kind for Quiet {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let quiet = text(node).and_then(Self::parse).filter(|q| q.from != q.to);
        expect(quiet, node, "hours of the day such as \"22:00-06:00\"")
    }

    fn show(&self) -> String {
        let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
        format!("\"{}-{}\"", clock(self.from), clock(self.to))
    }
}

impl Console {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            theme: s.or("theme", "last".to_owned()),
            order: s.or("order", Order::NewestLast),
            closed_items: s.within("closed_items", 200, 0..=50_000),
            bidi: s.or("bidi", BidiMode::Auto),
            arabic_shaping: s.or("arabic_shaping", true),
            emoji: s.or("emoji", EmojiMode::Auto),
            ambiguous_width: s.within("ambiguous_width", 1, 1..=2),
            zone: s.maybe("zone"),
            copy: s.or("copy", Copying::Auto),
            state_dir: s.maybe("state_dir"),
            keys_preset: s.or("keys_preset", "vim".to_owned()),
            color: s.or("color", Colours::Auto),
            glyphs: s.or("glyphs", Signs::Auto),
            max_bytes_per_s: s.maybe("max_bytes_per_s"),
            low_bandwidth: s.or("low_bandwidth", false),
            synchronised: s.or("synchronised", Switch::Auto),
            suspend: s.or("suspend", true),
            terminal: s.maybe("terminal"),
            lock_after: s.or("lock_after", LockAfter::usual()),
            lock_file: s.maybe("lock_file"),
            lock_command: lock::command(s),
            keys: s.free("keys"),
        }
    }
}

impl View {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        Self {
            name: s.need("name"),
            filter: s.need("filter"),
        }
    }
}

impl Notify {
    pub(in super::super) fn read(s: &mut Section<'_>) -> Self {
        let notify = Self {
            method: s.or("method", Notices::Auto),
            command: s.or("command", Vec::new()),
            quiet: s.maybe("quiet"),
            privacy: s.or("privacy", Privacy::Counts),
        };
        if *notify.method == Notices::Command && notify.command.is_empty() {
            let says =
                "notify.method is \"command\", which needs notify.command to name a program.";
            s.wrong(notify.method.origin.clone(), says.into());
        }
        notify
    }
}
