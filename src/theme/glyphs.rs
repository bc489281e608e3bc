//! The signs that a terminal can show: all of them, or ASCII only.
//!
//! Owns the one table of our own signs and their ASCII forms, each as wide as
//! the sign, so that columns stay where they are. Views draw what they like;
//! the whole grid is fitted once, after the view and before it is written, so
//! that nothing can be forgotten. A sign that is new in a view gets a row here:
//! a test reads the sources and says so.

use ratatui::buffer::Buffer;
use unicode_normalization::UnicodeNormalization;

/// Which signs a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// All of them.
    #[default]
    Unicode,
    /// Only ASCII: an old terminal, or a locale that is not UTF-8.
    Ascii,
}

/// Our own signs and their ASCII forms, one cell each.
pub const SIGNS: &[(&str, char)] = &[
    // Severities: the letter beside them says it too.
    ("◆", '!'),
    ("▲", '^'),
    ("●", '*'),
    ("○", 'o'),
    ("·", '.'),
    // Frames and lines.
    ("│┃║▏▎▕ǀ", '|'),
    ("─━═╌╴╶⎯▁▔", '-'),
    ("┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛╔╗╚╝╞╡╪", '+'),
    ("▌▐█▍", '>'),
    ("░▒▓", '#'),
    // Arrows.
    ("→⇒▸▶›⟩❯", '>'),
    ("←⇐◂◀‹⟨❮", '<'),
    ("↑▴△", '^'),
    ("↓▾▼▽", 'v'),
    ("↵⏎↩", '<'),
    ("↔⇄", '='),
    // Marks.
    ("»", '>'),
    ("«", '<'),
    ("×✕✗✘", 'x'),
    ("✓✔", 'v'),
    ("✎", 'w'),
    ("¶", 'd'),
    ("◦", 'o'),
    ("•∙", '*'),
    ("◇◈", '#'),
    ("★☆", '*'),
    ("…≈", '~'),
    ("–—−‑", '-'),
    ("‘’", '\''),
    ("“”", '"'),
    ("⌛◷◔⏱", '@'),
    ("⚠", '!'),
    ("°", 'o'),
    ("≥", '>'),
    ("≤", '<'),
    ("≠", '/'),
    ("␛␀", '^'),
];

impl Glyphs {
    /// Which signs suit a terminal, by the officer's environment: ASCII where
    /// the locale is another than UTF-8 or `TERM` is one of the old ones. A
    /// locale that nobody set says nothing against UTF-8.
    #[must_use]
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if set("TERM").is_some_and(|term| term.starts_with("vt")) {
            return Self::Ascii;
        }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let utf8 = |locale: String| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        };
        match locale.map(utf8) {
            Some(false) => Self::Ascii,
            _ => Self::Unicode,
        }
    }

    /// Fits a drawn grid to these signs. Letters lose their accents; what has
    /// no ASCII form is "?": the words are whole in the hub and on any other
    /// terminal.
    pub fn fit(self, buffer: &mut Buffer) {
        if self == Self::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let form = ascii(cell.symbol());
                cell.set_char(form);
            }
        }
    }
}

/// The ASCII form of one cluster.
#[must_use]
pub fn ascii(symbol: &str) -> char {
    let Some(first) = symbol.chars().next() else {
        return ' ';
    };
    if let Some((_, form)) = SIGNS.iter().find(|(signs, _)| signs.contains(first)) {
        return *form;
    }
    let letter = symbol.nfd().next().unwrap_or(first);
    let printable = letter.is_ascii() && !letter.is_ascii_control();
    if printable { letter } else { '?' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn fitted(text: &str) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        buffer.set_string(0, 0, text, Style::new());
        Glyphs::Ascii.fit(&mut buffer);
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn every_cell_is_ascii_and_stays_in_its_place() {
        assert_eq!(fitted("◆C São… │漢x").trim_end(), "!C Sao~ |? x");
        assert_eq!(fitted("⚠️ لا|").len(), 24);
    }

    #[test]
    fn the_locale_and_the_terminal_decide() {
        let of = |set: &[(&str, &str)]| {
            Glyphs::of_environment(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "pt_PT.UTF-8")]), Glyphs::Unicode);
        assert_eq!(of(&[("LANG", "C")]), Glyphs::Ascii);
        assert_eq!(
            of(&[("LANG", "pt_PT.UTF-8"), ("LC_ALL", "POSIX")]),
            Glyphs::Ascii
        );
        assert_eq!(
            of(&[("LANG", "pt_PT.UTF-8"), ("TERM", "vt220")]),
            Glyphs::Ascii
        );
        assert_eq!(of(&[]), Glyphs::Unicode);
    }

    /// Reads what the views and documents write themselves.
    #[test]
    fn every_sign_of_ours_has_an_ascii_form() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console");
        let mut open = vec![root];
        let mut missing = Vec::new();
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a folder of the sources");
                open.extend(entries.flatten().map(|entry| entry.path()));
                continue;
            }
            // Tests, and what widths are measured with.
            let name = path.to_string_lossy();
            if name.ends_with("tests.rs") || name.ends_with("interview.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let ours = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            for sign in ours.flat_map(str::chars).filter(|c| !c.is_ascii()) {
                if ascii(&sign.to_string()) == '?' {
                    missing.push(format!(
                        "{}: {sign} U+{:04X}",
                        path.display(),
                        u32::from(sign)
                    ));
                }
            }
        }
        assert!(missing.is_empty(), "no ASCII form:\n{}", missing.join("\n"));
    }
}
