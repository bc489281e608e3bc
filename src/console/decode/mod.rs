//! From the terminal's bytes to keys, pasted text, focus and answers.
//!
//! Owns the state between two reads: a sequence may come in pieces, seconds
//! apart, and an answer of the terminal never becomes keys. Pure: bytes and
//! moments come in. Called by `keyboard`; [`sequence`] reads what is whole.
//!
//! A lone ESC is the key when nothing follows for [`ESCAPE`]. Alt is bound to
//! nothing here, so ESC and a letter in one read are two keys: on a slow line
//! they come together. When the rest of an answer comes after its ESC was given
//! out as the key, it is still no key; only an answer that is cut again soon
//! behind that, with longer than [`ESCAPE`] at both cuts, can't be told from
//! what an officer types.

mod sequence;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use self::sequence::Rest;
use super::probe::Reply;

/// How long a byte of ESC is waited on before it is the key.
pub const ESCAPE: Duration = Duration::from_millis(50);
/// How long the rest of a sequence or of a paste is waited for: a satellite
/// link that loses a packet takes seconds.
pub const CUT: Duration = Duration::from_secs(5);
/// The longest control sequence.
const SEQUENCE: usize = 128;
/// What is kept of an answer; the rest is passed over until its end.
const ANSWER: usize = 4096;
/// What is passed over of an answer that does not end.
const ENDLESS: usize = 64 * 1024;
/// What is kept of a paste, as much as a field takes at the most; the rest is
/// left out.
const PASTE: usize = 256 * 1024;
const PASTE_END: &[u8] = b"\x1b[201~";

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const CAN: u8 = 0x18;

/// What bytes meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// Something that the officer did.
    Event(Event),
    /// An answer of the terminal.
    Reply(Reply),
}

/// Which string of the terminal is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// OSC.
    Command,
    /// DCS.
    Device,
    /// APC, PM, SOS: nothing for us.
    Other,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// The first bytes of a character.
    Utf8(Vec<u8>, usize),
    Escape,
    /// After CSI.
    Control(Vec<u8>),
    /// After SS3.
    Single,
    /// After OSC, DCS and the like; `bool`: an ESC came, perhaps of its end.
    Text(Kind, Vec<u8>, usize, bool),
    Paste(Vec<u8>, usize),
    /// Perhaps the rest of an answer whose ESC was given out as a key.
    Late(Vec<u8>, Rest),
}

/// Reads bytes in order.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    state: State,
    /// When a lone ESC was given out as a key: the rest of an answer that was
    /// cut just there may follow.
    escaped: Option<Instant>,
    out: Vec<Decoded>,
}

impl Decoder {
    /// Reads what came at `now`.
    pub fn feed(&mut self, bytes: &[u8], now: Instant) -> Vec<Decoded> {
        let late = self.escaped.take().is_some_and(|at| now - at < CUT);
        match std::mem::take(&mut self.state) {
            State::Ground if late => self.late(bytes.to_vec()),
            State::Late(begun, _) => self.late([&begun, bytes].concat()),
            state => {
                self.state = state;
                for byte in bytes {
                    self.byte(*byte);
                }
            }
        }
        std::mem::take(&mut self.out)
    }

    /// What came after an ESC that was given out as a key.
    fn late(&mut self, bytes: Vec<u8>) {
        match sequence::rest(&bytes) {
            Rest::Is => {
                self.state = State::Escape;
                for byte in bytes {
                    self.byte(byte);
                }
            }
            Rest::Not => bytes.iter().for_each(|byte| self.byte(*byte)),
            rest => self.state = State::Late(bytes, rest),
        }
    }

    /// How long to wait for more before [`Decoder::quiet`]; none when nothing is
    /// begun.
    #[must_use]
    pub fn waits(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Escape | State::Late(_, Rest::Perhaps) => Some(ESCAPE),
            _ => Some(CUT),
        }
    }

    /// Nothing came for as long as [`Decoder::waits`] said, at `now`.
    pub fn quiet(&mut self, now: Instant) -> Vec<Decoded> {
        match std::mem::take(&mut self.state) {
            State::Escape => {
                self.escaped = Some(now);
                self.key(KeyCode::Esc, KeyModifiers::NONE);
            }
            State::Paste(text, _) => self.pasted(&text),
            State::Late(typed, Rest::Perhaps) => typed.iter().for_each(|byte| self.byte(*byte)),
            _ => {}
        }
        std::mem::take(&mut self.out)
    }

    fn byte(&mut self, byte: u8) {
        match std::mem::take(&mut self.state) {
            State::Utf8(begun, more) => self.continued(begun, more, byte),
            State::Escape => self.escape(byte),
            State::Control(begun) => self.control(begun, byte),
            State::Single => self.push(sequence::single(byte)),
            State::Text(kind, begun, seen, escape) => self.text(kind, begun, (seen, escape), byte),
            State::Paste(text, seen) => self.paste(text, seen, byte),
            // Read whole, in `late`.
            State::Ground | State::Late(..) => self.ground(byte),
        }
    }

    fn ground(&mut self, byte: u8) {
        let ctrl = KeyModifiers::CONTROL;
        let none = KeyModifiers::NONE;
        match byte {
            ESC => self.state = State::Escape,
            b'\r' => self.key(KeyCode::Enter, none),
            b'\t' => self.key(KeyCode::Tab, none),
            // Half of all terminals send the one, half the other.
            0x7f | 0x08 => self.key(KeyCode::Backspace, none),
            0 => self.key(KeyCode::Char(' '), ctrl),
            0x01..=0x1a => self.key(KeyCode::Char(char::from(byte - 1 + b'a')), ctrl),
            0x1c..=0x1f => self.key(KeyCode::Char(char::from(byte - 0x1c + b'4')), ctrl),
            b' '..=b'~' => self.char(char::from(byte)),
            0xc2..=0xdf => self.state = State::Utf8(vec![byte], 1),
            0xe0..=0xef => self.state = State::Utf8(vec![byte], 2),
            0xf0..=0xf4 => self.state = State::Utf8(vec![byte], 3),
            // Not UTF-8: no key.
            _ => {}
        }
    }

    fn continued(&mut self, mut begun: Vec<u8>, more: usize, byte: u8) {
        if !(0x80..=0xbf).contains(&byte) {
            return self.ground(byte);
        }
        begun.push(byte);
        if more > 1 {
            self.state = State::Utf8(begun, more - 1);
        } else if let Some(c) = std::str::from_utf8(&begun)
            .ok()
            .and_then(|s| s.chars().next())
        {
            self.char(c);
        }
    }

    fn escape(&mut self, byte: u8) {
        self.state = match byte {
            b'[' => State::Control(Vec::new()),
            b'O' => State::Single,
            b']' => State::Text(Kind::Command, Vec::new(), 0, false),
            b'P' => State::Text(Kind::Device, Vec::new(), 0, false),
            b'_' | b'^' | b'X' => State::Text(Kind::Other, Vec::new(), 0, false),
            // The end of an answer whose beginning was lost.
            b'\\' => State::Ground,
            _ => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                return self.ground(byte);
            }
        };
    }

    fn control(&mut self, mut begun: Vec<u8>, byte: u8) {
        // The Linux console's F1 to F5 have a second bracket.
        let second = begun.is_empty() && byte == b'[';
        match byte {
            ESC => self.state = State::Escape,
            CAN | 0x1a => {}
            b'@'..=b'~' if !second => match sequence::control(&begun, byte) {
                sequence::Meaning::PasteBegins => self.state = State::Paste(Vec::new(), 0),
                sequence::Meaning::Is(decoded) => self.out.push(decoded),
                sequence::Meaning::Nothing => {}
            },
            b' '..=b'~' if begun.len() < SEQUENCE => {
                begun.push(byte);
                self.state = State::Control(begun);
            }
            // What is no part of a sequence ends it.
            _ => {}
        }
    }

    fn text(&mut self, kind: Kind, mut begun: Vec<u8>, at: (usize, bool), byte: u8) {
        let (seen, escape) = at;
        // A key with Alt, which nobody answers with: OSC begins with a digit or
        // a letter of xterm's, DCS with what its answers begin with.
        if seen == 0 && !sequence::begins_answer(kind == Kind::Command, byte) {
            self.ground(byte);
            return;
        }
        match byte {
            BEL => return self.answered(kind, &begun),
            b'\\' if escape => return self.answered(kind, &begun),
            CAN => return,
            // An ESC that is not of the end begins another sequence.
            _ if escape => return self.escape(byte),
            _ if seen >= ENDLESS => return,
            ESC => {}
            _ if begun.len() < ANSWER => begun.push(byte),
            _ => {}
        }
        self.state = State::Text(kind, begun, seen + 1, byte == ESC);
    }

    fn paste(&mut self, mut text: Vec<u8>, seen: usize, byte: u8) {
        // Past the limit only the last bytes are kept, to find the end.
        if text.len() >= PASTE + PASTE_END.len() {
            text.remove(PASTE);
        }
        text.push(byte);
        if text.ends_with(PASTE_END) {
            text.truncate(text.len() - PASTE_END.len());
            return self.pasted(&text);
        }
        self.state = State::Paste(text, seen + 1);
    }

    fn pasted(&mut self, text: &[u8]) {
        let kept = text.get(..PASTE).unwrap_or(text);
        let text = String::from_utf8_lossy(kept).into_owned();
        self.out.push(Decoded::Event(Event::Paste(text)));
    }

    fn answered(&mut self, kind: Kind, text: &[u8]) {
        let device = kind == Kind::Device;
        if kind != Kind::Other {
            self.out
                .push(Decoded::Reply(sequence::answer(device, text)));
        }
    }

    fn char(&mut self, c: char) {
        let shift = if c.is_uppercase() {
            KeyModifiers::SHIFT
        } else {
            KeyModifiers::NONE
        };
        self.key(KeyCode::Char(c), shift);
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let event = Event::Key(KeyEvent::new(code, modifiers));
        self.out.push(Decoded::Event(event));
    }

    fn push(&mut self, decoded: Option<Decoded>) {
        self.out.extend(decoded);
    }
}
