//! From the terminal's events to messages: keys to chords, and late replies of
//! the terminal that must not become keys.
//!
//! Pure but for the ids of key presses, which come in. Called by the runtime.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::keymap::{Chord, Key};
use crate::model::time::Timestamp;

/// What an event of the terminal means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key; whether it is held down, as far as the terminal tells.
    Key(Chord, bool),
    /// Ctrl-Z: suspend.
    Suspend,
    /// Pasted text.
    Paste(String),
    /// A new size.
    Resize(u16, u16),
    /// Focus won or lost.
    Focus(bool),
    /// Nothing for us.
    Nothing,
}

/// Reads events in order.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    reply: Option<Reply>,
}

/// A terminal's reply that crossterm takes for keys: it begins with what looks
/// like Alt and a bracket, and then "types" the rest.
#[derive(Clone, Copy, Debug)]
struct Reply {
    last: Timestamp,
    swallowed: usize,
}

/// Keys of one reply come together; after this much silence it is over.
const REPLY_GAP: Duration = Duration::from_millis(100);
/// No reply is longer.
const REPLY_LONGEST: usize = 256;

impl Reader {
    /// Reads one event that came at `now`.
    pub fn read(&mut self, event: Event, now: Timestamp) -> Input {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => Input::Nothing,
            Event::Key(key) if self.is_reply(key, now) => Input::Nothing,
            Event::Key(key) => read_key(key),
            Event::Paste(text) => Input::Paste(text),
            Event::Resize(cols, rows) => Input::Resize(cols, rows),
            Event::FocusGained => Input::Focus(true),
            Event::FocusLost => Input::Focus(false),
            Event::Mouse(_) => Input::Nothing,
        }
    }

    fn is_reply(&mut self, key: KeyEvent, now: Timestamp) -> bool {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        // OSC, DCS, APC, PM: nobody types these with Alt here, Alt is unbound.
        if alt && matches!(key.code, KeyCode::Char(']' | 'P' | '_' | '^')) {
            self.reply = Some(Reply {
                last: now,
                swallowed: 0,
            });
            return true;
        }
        let Some(mut reply) = self.reply.take() else {
            return false;
        };
        if now.since(reply.last) > REPLY_GAP || reply.swallowed >= REPLY_LONGEST {
            return false;
        }
        let bell = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('g');
        let terminator = alt && key.code == KeyCode::Char('\\');
        if !bell && !terminator {
            reply.last = now;
            reply.swallowed += 1;
            self.reply = Some(reply);
        }
        true
    }
}

fn read_key(event: KeyEvent) -> Input {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let other = KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::HYPER | KeyModifiers::META;
    if event.modifiers.intersects(other) {
        return Input::Nothing;
    }
    let key = match event.code {
        KeyCode::Char('z' | 'Z') if ctrl => return Input::Suspend,
        KeyCode::Char(c) if ctrl => Key::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(n @ 1..=12) => Key::F(n),
        _ => return Input::Nothing,
    };
    let repeat = event.kind == KeyEventKind::Repeat;
    Input::Key(Chord { key, ctrl }, repeat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(code, modifiers))
    }

    fn read_all(events: &[Event], gap_ms: i64) -> Vec<Input> {
        let mut reader = Reader::default();
        (0..)
            .zip(events)
            .map(|(n, event)| reader.read(event.clone(), Timestamp::from_millis(n * gap_ms)))
            .filter(|input| *input != Input::Nothing)
            .collect()
    }

    fn typed(text: &str) -> Vec<Event> {
        text.chars()
            .map(|c| key(KeyCode::Char(c), KeyModifiers::NONE))
            .collect()
    }

    #[test]
    fn keys_become_chords() {
        let events = [
            key(KeyCode::Char('G'), KeyModifiers::SHIFT),
            key(KeyCode::Char('D'), KeyModifiers::CONTROL),
            key(KeyCode::Tab, KeyModifiers::SHIFT),
            key(KeyCode::Char('a'), KeyModifiers::ALT),
            key(KeyCode::Char('z'), KeyModifiers::CONTROL),
        ];
        assert_eq!(
            read_all(&events, 1000),
            [
                Input::Key(Chord::char('G'), false),
                Input::Key(Chord::ctrl('d'), false),
                Input::Key(Chord::key(Key::BackTab), false),
                Input::Suspend,
            ]
        );
    }

    #[test]
    fn a_late_reply_of_the_terminal_is_not_typed() {
        let mut events = vec![key(KeyCode::Char(']'), KeyModifiers::ALT)];
        events.extend(typed("11;rgb:0000/ad"));
        events.push(key(KeyCode::Char('g'), KeyModifiers::CONTROL));
        events.extend(typed("j"));
        assert_eq!(read_all(&events, 1), [Input::Key(Chord::char('j'), false)]);
        let mut dcs = vec![key(KeyCode::Char('P'), KeyModifiers::ALT)];
        dcs.extend(typed(">|xterm"));
        dcs.push(key(KeyCode::Char('\\'), KeyModifiers::ALT));
        dcs.extend(typed("k"));
        assert_eq!(read_all(&dcs, 1), [Input::Key(Chord::char('k'), false)]);
    }

    #[test]
    fn an_officer_who_types_after_alt_is_heard() {
        let mut events = vec![key(KeyCode::Char(']'), KeyModifiers::ALT)];
        events.extend(typed("jj"));
        assert_eq!(
            read_all(&events, 150),
            vec![Input::Key(Chord::char('j'), false); 2]
        );
    }
}
