//! How many colours the terminal has, and the way down to them.
//!
//! Pure arithmetic over styles; which depth a terminal has is the runtime's to
//! find out.

use ratatui::style::{Color, Modifier, Style};

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// No colour: bold, reverse and underline only.
    Mono,
    /// The 16 named colours.
    Ansi16,
    /// The 256 indexed colours.
    Indexed256,
    /// 24 bits.
    True,
}

/// The 16 named colours with the values that most terminals give them.
pub const NAMED: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("gray", Color::Gray, [229, 229, 229]),
    ("dark-gray", Color::DarkGray, [127, 127, 127]),
    ("light-red", Color::LightRed, [255, 80, 80]),
    ("light-green", Color::LightGreen, [0, 255, 0]),
    ("light-yellow", Color::LightYellow, [255, 255, 0]),
    ("light-blue", Color::LightBlue, [92, 92, 255]),
    ("light-magenta", Color::LightMagenta, [255, 0, 255]),
    ("light-cyan", Color::LightCyan, [0, 255, 255]),
    ("white", Color::White, [255, 255, 255]),
];

/// A style as a terminal of `depth` can show it. Without colours, a background
/// of its own (other than `ground`, that of the text) becomes reverse.
#[must_use]
pub fn reduce(style: Style, depth: Depth, ground: Option<Color>) -> Style {
    if depth == Depth::Mono {
        let mut plain = Style {
            fg: None,
            bg: None,
            ..style
        };
        if style.bg.is_some() && style.bg != ground {
            plain.add_modifier |= Modifier::REVERSED;
        }
        return plain;
    }
    Style {
        fg: style.fg.map(|color| colour(color, depth)),
        bg: style.bg.map(|color| colour(color, depth)),
        ..style
    }
}

fn colour(color: Color, depth: Depth) -> Color {
    let Color::Rgb(r, g, b) = color else {
        return color;
    };
    match depth {
        Depth::True => color,
        Depth::Indexed256 => Color::Indexed(indexed([r, g, b])),
        Depth::Ansi16 | Depth::Mono => NAMED
            .iter()
            .min_by_key(|(_, _, rgb)| apart([r, g, b], *rgb))
            .map_or(Color::Reset, |(_, named, _)| *named),
    }
}

/// The values of the colour cube of 256-colour terminals.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the cube and the greys.
fn indexed(rgb: [u8; 3]) -> u8 {
    let step = |value: u8| {
        (0_u8..6)
            .min_by_key(|n| STEPS[usize::from(*n)].abs_diff(value))
            .unwrap_or(0)
    };
    let [r, g, b] = rgb.map(step);
    let cube = [r, g, b].map(|n| STEPS[usize::from(n)]);
    let mean = rgb.iter().map(|v| u16::from(*v)).sum::<u16>() / 3;
    let grey = u8::try_from((mean.saturating_sub(3) / 10).min(23)).unwrap_or(23);
    let level = 8 + 10 * grey;
    if apart(rgb, [level; 3]) < apart(rgb, cube) {
        232 + grey
    } else {
        16 + 36 * r + 6 * g + b
    }
}

/// How far apart two colours look, roughly: green counts most.
fn apart(a: [u8; 3], b: [u8; 3]) -> u32 {
    [2_u32, 4, 3]
        .into_iter()
        .zip(a.into_iter().zip(b))
        .map(|(weight, (x, y))| weight * u32::from(x.abs_diff(y)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_down_to_the_nearest_there_is() {
        let red = Style::new().fg(Color::Rgb(255, 0, 0));
        assert_eq!(
            reduce(red, Depth::Indexed256, None).fg,
            Some(Color::Indexed(196))
        );
        let grey = Style::new().fg(Color::Rgb(20, 20, 22));
        assert_eq!(reduce(grey, Depth::Ansi16, None).fg, Some(Color::Black));
    }

    #[test]
    fn without_colours_a_background_becomes_reverse() {
        let style = Style::new().bg(Color::Rgb(40, 40, 90));
        let plain = reduce(style, Depth::Mono, Some(Color::Black));
        assert_eq!((plain.fg, plain.bg), (None, None));
        assert!(plain.add_modifier.contains(Modifier::REVERSED));
    }
}
