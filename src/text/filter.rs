//! The first half of the cleaner: code points.
//!
//! Owns what is dropped, what is shown as a sign, and the few cases where a
//! neighbour decides (joiners, selectors, tags). One pass, each code point
//! looked at once; what waits for its right neighbour waits in [`Pending`].
//! Does not know clusters, widths or lines: `layout` does. Called by `safe`.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::class::{self, Kind};
use super::flags::Flags;
use super::script::{self, WordWatch};

/// U+FFFD: stands for what cannot be read.
pub(super) const UNREADABLE: char = '\u{fffd}';
/// U+25CC: carries a mark that came without a letter.
const DOTTED_CIRCLE: char = '\u{25cc}';
/// More control characters than this in a row are shown as one sign and a count.
const LONGEST_RUN: usize = 8;

/// What the first half hands to the second.
#[derive(Default)]
pub(super) struct Filtered {
    /// Kept text; `\n` and `\t` are still in it.
    pub(super) text: String,
    /// Where in `text` the cleaner's own signs stand, ascending.
    pub(super) signs: Vec<Range<usize>>,
    pub(super) flags: Flags,
    /// Code points that are not shown as they came.
    pub(super) removed: usize,
}

/// What waits for its right neighbour.
enum Pending {
    Nothing,
    Joiner(char),
    /// A selector on a digit, `#` or `*`: waits for U+20E3.
    Keycap(char),
    /// Tags after a black flag.
    Tags(String),
}

/// Control characters in a row.
#[derive(Default)]
struct Run {
    first: String,
    count: usize,
    mixed: bool,
}

struct Filter {
    out: Filtered,
    /// The character that was kept last; none at the start of a line and after
    /// a sign, where nothing may attach.
    previous: Option<char>,
    pending: Pending,
    run: Run,
    words: WordWatch,
    /// Kept characters that may take room.
    shown: usize,
    after_cr: bool,
}

/// Filters `source`; stops early once `enough` characters are kept. Tells in
/// [`Flags::CUT`] whether something was left.
pub(super) fn filter(source: &str, enough: usize) -> Filtered {
    let mut filter = Filter {
        out: Filtered::default(),
        previous: None,
        pending: Pending::Nothing,
        run: Run::default(),
        words: WordWatch::default(),
        shown: 0,
        after_cr: false,
    };
    filter.out.text.reserve(source.len().min(enough));
    for c in source.chars() {
        if filter.shown >= enough {
            filter.out.flags.insert(Flags::CUT);
            break;
        }
        filter.push(c);
    }
    filter.finish()
}

impl Filter {
    fn push(&mut self, c: char) {
        let after_cr = std::mem::replace(&mut self.after_cr, c == '\r');
        match class::kind(c) {
            Kind::Plain => self.keep(c),
            Kind::Space => self.keep(' '),
            Kind::Newline if after_cr && c == '\n' => {}
            Kind::Newline => {
                self.keep('\n');
                self.previous = None;
            }
            Kind::Tab => {
                self.keep('\t');
                self.previous = None;
            }
            Kind::Control => self.control(c),
            Kind::Bidi => self.drop_as(Flags::BIDI, 1),
            Kind::Hidden => self.drop_as(Flags::HIDDEN, 1),
            Kind::Mark => self.mark(c),
            Kind::SoundMark => self.sound_mark(c),
            Kind::Joiner => self.joiner(c),
            Kind::Selector => self.selector(c),
            Kind::MongolianSelector => self.mongolian_selector(c),
            Kind::Tag => self.tag(c),
            Kind::SkinTone => match self.left() {
                Some(base) if class::takes_skin_tone(base) => self.keep(c),
                _ => self.unreadable(),
            },
            Kind::Unreadable => self.unreadable(),
            Kind::Sprawling(spelling) => {
                self.out.flags.insert(Flags::CAPPED);
                self.out.removed += 1;
                // Words side by side, not one run together; dashes need no space.
                let words = spelling.starts_with(char::is_alphabetic);
                if words && self.previous.is_some_and(char::is_alphabetic) {
                    self.keep(' ');
                }
                spelling.chars().for_each(|letter| self.keep(letter));
            }
        }
    }

    fn finish(mut self) -> Filtered {
        self.settle(None);
        self.out.flags |= self.words.finish();
        self.out
    }

    fn keep(&mut self, c: char) {
        self.settle(Some(c));
        self.words.see(c);
        self.shown += 1;
        self.emit(c);
    }

    fn emit(&mut self, c: char) {
        self.out.text.push(c);
        self.previous = Some(c);
    }

    fn drop_as(&mut self, why: Flags, count: usize) {
        self.out.flags.insert(why);
        self.out.removed += count;
    }

    /// The neighbour to the left, when nothing stands between.
    fn left(&self) -> Option<char> {
        let free = self.run.count == 0 && matches!(self.pending, Pending::Nothing);
        self.previous.filter(|_| free)
    }

    /// Decides about what waits, now that the next kept character is known.
    fn settle(&mut self, next: Option<char>) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Joiner(joiner) if joins(joiner, self.previous, next) => self.emit(joiner),
            Pending::Keycap(selector) if next == Some(class::KEYCAP) => self.emit(selector),
            Pending::Joiner(_) | Pending::Keycap(_) => self.drop_as(Flags::HIDDEN, 1),
            Pending::Tags(tags) => self.drop_as(Flags::HIDDEN, tags.chars().count()),
        }
        self.end_run();
    }

    fn mark(&mut self, c: char) {
        self.settle(Some(c));
        if self.previous.is_none_or(char::is_whitespace) {
            self.shown += 1;
            if class::clings(c) {
                self.emit(DOTTED_CIRCLE);
            }
        }
        self.emit(c);
    }

    fn sound_mark(&mut self, c: char) {
        let letter = self
            .left()
            .filter(|left| matches!(left, '\u{ff66}'..='\u{ff9d}'));
        let mut full = letter.into_iter().chain([c]).nfkc();
        match (letter, full.next(), full.next()) {
            (Some(_), Some(voiced), None) => {
                self.out.text.pop();
                self.emit(voiced);
            }
            _ if c == '\u{ff9e}' => self.keep('\u{309b}'),
            _ => self.keep('\u{309c}'),
        }
    }

    fn joiner(&mut self, c: char) {
        if self.left().is_some() {
            self.pending = Pending::Joiner(c);
        } else {
            self.drop_as(Flags::HIDDEN, 1);
        }
    }

    fn selector(&mut self, c: char) {
        match self.left() {
            Some(base) if class::is_pictograph(base) => self.emit(c),
            Some(base) if class::is_keycap_base(base) => self.pending = Pending::Keycap(c),
            _ => self.drop_as(Flags::HIDDEN, 1),
        }
    }

    fn mongolian_selector(&mut self, c: char) {
        match self.left() {
            Some('\u{1820}'..='\u{18aa}') => self.emit(c),
            _ => self.drop_as(Flags::HIDDEN, 1),
        }
    }

    fn tag(&mut self, c: char) {
        // Six tags spell a flag; a longer sequence spells something else.
        const LONGEST: usize = 6 * 4;
        if self.left() == Some(class::BLACK_FLAG) {
            self.pending = Pending::Tags(String::from(c));
            return;
        }
        let Pending::Tags(tags) = &mut self.pending else {
            self.drop_as(Flags::HIDDEN, 1);
            return;
        };
        if tags.len() >= LONGEST {
            self.settle(None);
            self.previous = None;
            self.drop_as(Flags::HIDDEN, 1);
            return;
        }
        tags.push(c);
        if class::is_flag_spelling(tags) {
            let spelling = std::mem::take(tags);
            self.pending = Pending::Nothing;
            spelling.chars().for_each(|tag| self.emit(tag));
        }
    }

    fn unreadable(&mut self) {
        self.settle(None);
        self.drop_as(Flags::REPLACED, 1);
        self.sign(UNREADABLE.encode_utf8(&mut [0; 4]));
    }

    fn control(&mut self, c: char) {
        if self.run.count == 0 {
            self.settle(None);
        }
        self.drop_as(Flags::CONTROL, 1);
        let picture = picture(c);
        self.run.mixed |= self.run.count > 0 && !self.run.first.starts_with(&picture);
        if self.run.count < LONGEST_RUN {
            self.run.first.push_str(&picture);
        }
        self.run.count += 1;
        self.shown += 1;
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        match run.count {
            0 => {}
            1..=LONGEST_RUN => self.sign(&run.first),
            count if run.mixed => self.sign(&format!("\u{2426}x{count}")),
            count => {
                let one = run.first.len() / LONGEST_RUN;
                let picture = run.first.get(..one).unwrap_or_default();
                self.sign(&format!("{picture}x{count}"));
            }
        }
    }

    /// Writes words of our own, remembers where, and lets nothing attach.
    fn sign(&mut self, words: &str) {
        self.words.end_word();
        let start = self.out.text.len();
        self.out.text.push_str(words);
        match self.out.signs.last_mut() {
            Some(last) if last.end == start => last.end = self.out.text.len(),
            _ => self.out.signs.push(start..self.out.text.len()),
        }
        self.previous = None;
        self.shown += 1;
    }
}

/// Whether `joiner` has work to do between these two.
fn joins(joiner: char, left: Option<char>, right: Option<char>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    if joiner == class::ZWJ && class::is_pictograph(right) {
        return class::is_pictograph(left)
            || left == class::VS16
            || class::kind(left) == Kind::SkinTone;
    }
    let family = script::joining(right);
    // A letter that clings to what is behind it would be drawn alone.
    family.is_some()
        && script::joining(left) == family
        && !super::cluster::joins_forward(left.encode_utf8(&mut [0; 4]))
}

/// The visible sign for a control character.
fn picture(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code).map_or_else(String::new, String::from),
        0x7f => String::from('\u{2421}'),
        code => format!("\u{27e6}{code:02X}\u{27e7}"),
    }
}
