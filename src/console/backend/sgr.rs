//! From one pen to the next in as few bytes as it takes.
//!
//! The 16 named colours are written as the oldest terminals know them. Without
//! colours attributes are only ever switched off all at once: a VT100 knows no
//! other way.

use ratatui::style::{Color, Modifier};

use super::brush::append;
use crate::theme::Depth;

/// What the terminal's pen is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

/// An attribute, what switches it on, and what switches it off.
const ATTRIBUTES: [(Modifier, u8, u8); 8] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Writes what makes `to` of `from`; of an unknown pen everything.
pub(super) fn change(bytes: &mut Vec<u8>, from: Option<Pen>, to: Pen, depth: Depth) {
    let anew = from_nothing(to);
    let best = match from {
        Some(from) if depth != Depth::Mono || to.modifier.contains(from.modifier) => {
            let step = from_another(from, to);
            if step.len() < anew.len() { step } else { anew }
        }
        _ => anew,
    };
    append(bytes, format_args!("\x1b[{best}m"));
}

fn from_nothing(to: Pen) -> String {
    let mut codes = Codes("0".to_owned());
    for (attribute, on, _) in ATTRIBUTES {
        if to.modifier.contains(attribute) {
            codes.push(on);
        }
    }
    codes.colour(to.fg, 30);
    codes.colour(to.bg, 40);
    codes.0
}

fn from_another(from: Pen, to: Pen) -> String {
    let mut codes = Codes(String::new());
    let (mut had, gone) = (from.modifier, from.modifier - to.modifier);
    for (attribute, _, off) in ATTRIBUTES {
        if gone.contains(attribute) && had.contains(attribute) {
            codes.push(off);
            // One code switches off bold and dim.
            for (other, _, same) in ATTRIBUTES {
                if same == off {
                    had -= other;
                }
            }
        }
    }
    for (attribute, on, _) in ATTRIBUTES {
        if (to.modifier - had).contains(attribute) {
            codes.push(on);
        }
    }
    for (was, is, ground) in [(from.fg, to.fg, 30), (from.bg, to.bg, 40)] {
        match is {
            _ if was == is => {}
            Color::Reset => codes.push(ground + 9),
            is => codes.colour(is, ground),
        }
    }
    codes.0
}

struct Codes(String);

impl Codes {
    fn push(&mut self, code: u8) {
        self.part(&code.to_string());
    }

    fn part(&mut self, part: &str) {
        if !self.0.is_empty() {
            self.0.push(';');
        }
        self.0.push_str(part);
    }

    /// A colour; `ground` is 30 for text and 40 for what is behind it.
    fn colour(&mut self, colour: Color, ground: u8) {
        let named = |n: u8| {
            if n < 8 {
                ground + n
            } else {
                ground + 60 + n - 8
            }
        };
        let place = match colour {
            Color::Reset => return,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
            Color::Indexed(n) if n < 16 => n,
            Color::Indexed(n) => return self.part(&format!("{};5;{n}", ground + 8)),
            Color::Rgb(r, g, b) => return self.part(&format!("{};2;{r};{g};{b}", ground + 8)),
        };
        self.push(named(place));
    }
}
