//! What a whole sequence means: a key, focus, the beginning of a paste, an
//! answer, or nothing for us.
//!
//! Forms by ECMA-48 and by xterm's control sequences; what the Linux console
//! and rxvt send otherwise is read too.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::{BEL, Decoded, ESC};
use crate::console::probe::Reply;

/// What a control sequence means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This.
    Is(Decoded),
    /// Pasted text follows.
    PasteBegins,
    /// Nothing for us.
    Nothing,
}

/// CSI, parameters, a last byte.
pub(super) fn control(parameters: &[u8], last: u8) -> Meaning {
    let text: String = parameters.iter().map(|b| char::from(*b)).collect();
    if text.starts_with('?') || text.starts_with('>') || text.starts_with('=') {
        return Meaning::Is(Decoded::Reply(private(&text, last)));
    }
    if text.starts_with('<') {
        return Meaning::Nothing; // The mouse, which nobody switched on.
    }
    if let Some(function) = text.strip_prefix('[') {
        let found = function.is_empty().then(|| linux_function(last)).flatten();
        return found.map_or(Meaning::Nothing, |code| key(code, KeyModifiers::NONE));
    }
    let numbers = numbers(&text);
    let first = numbers.first().copied().unwrap_or(0);
    let modifiers = modifiers(numbers.get(1).copied().unwrap_or(1));
    match last {
        b'R' if numbers.len() == 2 => {
            Meaning::Is(Decoded::Reply(Reply::Position(first, numbers[1])))
        }
        b'I' => Meaning::Is(Decoded::Event(Event::FocusGained)),
        b'O' => Meaning::Is(Decoded::Event(Event::FocusLost)),
        b'Z' => key(KeyCode::BackTab, KeyModifiers::SHIFT),
        b'~' if first == 200 => Meaning::PasteBegins,
        b'~' => tilde(first).map_or(Meaning::Nothing, |code| key(code, modifiers)),
        b'c' | b'n' | b't' => Meaning::Is(Decoded::Reply(Reply::Other)),
        _ => named(last).map_or(Meaning::Nothing, |code| key(code, modifiers)),
    }
}

/// SS3 and a byte: the keypad in application mode.
pub(super) fn single(byte: u8) -> Option<Decoded> {
    let code = match byte {
        b'M' => KeyCode::Enter,
        b'j'..=b'y' => KeyCode::Char(char::from(byte - b'j' + b'*')),
        _ => named(byte)?,
    };
    Some(Decoded::Event(Event::Key(KeyEvent::new(
        code,
        KeyModifiers::NONE,
    ))))
}

/// The text of an OSC or DCS.
pub(super) fn answer(device: bool, text: &[u8]) -> Reply {
    let text = String::from_utf8_lossy(text).into_owned();
    match text.strip_prefix(">|") {
        Some(version) if device => Reply::Version(version.to_owned()),
        _ if device => Reply::Other,
        _ => Reply::Command(text),
    }
}

/// Whether a terminal's answer may begin so; a key pressed with Alt does not.
pub(super) fn begins_answer(command: bool, byte: u8) -> bool {
    if command {
        byte.is_ascii_digit() || matches!(byte, b'L' | b'l' | b'I')
    } else {
        matches!(byte, b'>' | b'0'..=b'9' | b'!' | b'$' | b'+' | b'G' | b'=')
    }
}

/// Whether bytes are the rest of something whose ESC came alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// They are.
    Is,
    /// As far as they go only an answer goes on so.
    Begun,
    /// They may be, or an officer typed them: more has to come at once.
    Perhaps,
    /// They are not.
    Not,
}

/// Whether these bytes begin with the rest of an answer, or are that of a key,
/// whose ESC came alone. What an officer may type is not taken for it.
pub(super) fn rest(bytes: &[u8]) -> Rest {
    let Some((first, after)) = bytes.split_first() else {
        return Rest::Not;
    };
    match first {
        b'[' => rest_of_control(after),
        b']' | b'P' => match after.first() {
            Some(byte) if !begins_answer(*first == b']', *byte) => Rest::Not,
            Some(_) if ends_string(after) || after.len() > 3 => Rest::Is,
            None | Some(_) => Rest::Perhaps,
        },
        b'O' => match after {
            [] => Rest::Perhaps,
            [b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S'] => Rest::Is,
            _ => Rest::Not,
        },
        _ => Rest::Not,
    }
}

fn rest_of_control(after: &[u8]) -> Rest {
    let private = matches!(after.first(), Some(b'?' | b'>'));
    let is_middle = |b: &u8| matches!(b, b'0'..=b'9' | b';' | b'?' | b'>' | b'$');
    let middle = after.iter().take_while(|b| is_middle(b)).count();
    match (private, after.get(middle), after.len() - middle) {
        (true, None, _) => Rest::Begun,
        (false, None, _) => Rest::Perhaps,
        (true, Some(b'c' | b'y' | b'u' | b'n' | b'q'), _) if middle > 1 => Rest::Is,
        (false, Some(b'R' | b'~'), _) if middle > 0 => Rest::Is,
        (false, Some(b'A'..=b'D' | b'F' | b'H' | b'I' | b'O' | b'Z'), 1) if middle == 0 => Rest::Is,
        _ => Rest::Not,
    }
}

fn ends_string(text: &[u8]) -> bool {
    text.contains(&BEL) || text.windows(2).any(|pair| pair == [ESC, b'\\'])
}

fn private(text: &str, last: u8) -> Reply {
    let inner: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == ';')
        .collect();
    let numbers = numbers(&inner);
    match (text.chars().next(), last) {
        (Some('?'), b'c') => Reply::Attributes(numbers),
        (Some('?'), b'y') if text.ends_with('$') && numbers.len() == 2 => {
            Reply::Mode(numbers[0], numbers[1])
        }
        _ => Reply::Other,
    }
}

fn numbers(text: &str) -> Vec<u16> {
    if text.is_empty() {
        return Vec::new();
    }
    // A sub-parameter (":") refines the parameter; nothing here needs it.
    let whole = |part: &str| part.split(':').next().and_then(|n| n.parse().ok());
    text.split(';')
        .map(|part| whole(part).unwrap_or(0))
        .collect()
}

/// xterm's: 1 and a bit for each of shift, alt, control.
fn modifiers(number: u16) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut held = KeyModifiers::NONE;
    for (bit, modifier) in [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
    ] {
        if bits & bit != 0 {
            held |= modifier;
        }
    }
    held
}

fn named(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

fn tilde(number: u16) -> Option<KeyCode> {
    let function = |from: u16, n: u8| {
        u8::try_from(number - from)
            .ok()
            .map(|at| KeyCode::F(at + n))
    };
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=24 => function(23, 11),
        _ => None,
    }
}

fn linux_function(last: u8) -> Option<KeyCode> {
    (b'A'..=b'E')
        .contains(&last)
        .then(|| KeyCode::F(last - b'A' + 1))
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Meaning {
    Meaning::Is(Decoded::Event(Event::Key(KeyEvent::new(code, modifiers))))
}
