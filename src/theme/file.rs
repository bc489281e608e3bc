//! Reading a theme file: roles to styles, with what is wrong named by line.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::ThemeError;
use super::depth::NAMED;
use super::role::Role;

/// A theme file as typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<String, Spanned<Entry>>,
}

/// One role as typed.
#[derive(Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a key of the file that is there or not"
)]
#[serde(deny_unknown_fields)]
struct Entry {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    dim: bool,
    #[serde(default)]
    italic: bool,
    #[serde(default)]
    underline: bool,
    #[serde(default)]
    reverse: bool,
    #[serde(default)]
    struck: bool,
}

/// What a file says: whom it inherits from, and its own styles.
pub(super) struct Read {
    pub(super) inherits: Option<(String, usize)>,
    pub(super) styles: Vec<(Role, Style)>,
}

/// Reads the text of a theme file called `name`.
pub(super) fn read(text: &str, name: &str) -> Result<Read, ThemeError> {
    let line = |span: Range<usize>| {
        let before = text.get(..span.start).unwrap_or(text);
        before.matches('\n').count() + 1
    };
    let file: File = toml::from_str(text).map_err(|error| ThemeError::Form {
        file: name.to_owned(),
        line: error.span().map_or(1, line),
        says: error.message().to_owned(),
    })?;
    let mut styles = Vec::new();
    for (role_name, entry) in file.roles {
        let line = line(entry.span());
        let Some(role) = Role::named(&role_name) else {
            return Err(ThemeError::Role {
                file: name.to_owned(),
                line,
                role: role_name.chars().filter(char::is_ascii_graphic).collect(),
                nearest: Role::nearest(&role_name),
            });
        };
        let style = style(entry.get_ref()).map_err(|colour| ThemeError::Colour {
            file: name.to_owned(),
            line,
            colour: colour.chars().filter(char::is_ascii_graphic).collect(),
        })?;
        styles.push((role, style));
    }
    Ok(Read {
        inherits: file.inherits.map(|from| {
            let line = line(from.span());
            (from.into_inner(), line)
        }),
        styles,
    })
}

fn style(entry: &Entry) -> Result<Style, String> {
    let mut style = Style::new();
    if let Some(fg) = &entry.fg {
        style.fg = Some(colour(fg).ok_or_else(|| fg.clone())?);
    }
    if let Some(bg) = &entry.bg {
        style.bg = Some(colour(bg).ok_or_else(|| bg.clone())?);
    }
    let modifiers = [
        (entry.bold, Modifier::BOLD),
        (entry.dim, Modifier::DIM),
        (entry.italic, Modifier::ITALIC),
        (entry.underline, Modifier::UNDERLINED),
        (entry.reverse, Modifier::REVERSED),
        (entry.struck, Modifier::CROSSED_OUT),
    ];
    for (on, modifier) in modifiers {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    Ok(style)
}

/// "#rrggbb", the name of one of the 16, or "default".
fn colour(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some(digits) = text.strip_prefix('#') {
        if digits.len() != 6 || !digits.is_ascii() {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, r, g, b] = number.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    NAMED
        .iter()
        .find(|(name, _, _)| *name == text)
        .map(|(_, color, _)| *color)
}
