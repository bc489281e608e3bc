//! From the terminal's events to messages: keys to chords, the rest by name.
//!
//! Pure. What of the terminal's bytes is a key at all, and what a late answer of
//! it, is `decode`'s to say. Called by the runtime.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::keymap::{Chord, Key};

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

/// What one event means.
#[must_use]
pub fn read(event: Event) -> Input {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => Input::Nothing,
        Event::Key(key) => read_key(key),
        Event::Paste(text) => Input::Paste(text),
        Event::Resize(cols, rows) => Input::Resize(cols, rows),
        Event::FocusGained => Input::Focus(true),
        Event::FocusLost => Input::Focus(false),
        Event::Mouse(_) => Input::Nothing,
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

    #[test]
    fn keys_become_chords() {
        let events = [
            key(KeyCode::Char('G'), KeyModifiers::SHIFT),
            key(KeyCode::Char('D'), KeyModifiers::CONTROL),
            key(KeyCode::Tab, KeyModifiers::SHIFT),
            key(KeyCode::Char('a'), KeyModifiers::ALT),
            key(KeyCode::Char('z'), KeyModifiers::CONTROL),
        ];
        let read: Vec<Input> = events.into_iter().map(read).collect();
        assert_eq!(
            read,
            [
                Input::Key(Chord::char('G'), false),
                Input::Key(Chord::ctrl('d'), false),
                Input::Key(Chord::key(Key::BackTab), false),
                Input::Nothing,
                Input::Suspend,
            ]
        );
    }

    #[test]
    fn a_key_that_is_held_repeats_and_one_that_is_let_go_is_nothing() {
        let of = |kind| {
            let code = KeyCode::Char('j');
            Event::Key(KeyEvent::new_with_kind(code, KeyModifiers::NONE, kind))
        };
        assert_eq!(
            read(of(KeyEventKind::Repeat)),
            Input::Key(Chord::char('j'), true)
        );
        assert_eq!(read(of(KeyEventKind::Release)), Input::Nothing);
    }
}
