//! From a terminal's screen to SVG and back to its lines.
//!
//! Cells stand where they stood: each run of plain letters says how long it is,
//! and whatever a font may draw at another width stands alone.

use std::collections::BTreeSet;
use std::fmt::Write;

use ratatui::style::Color;

/// A cell, in the picture's own units.
const WIDE: usize = 9;
const HIGH: usize = 19;
/// Above and below the line on which letters stand.
const BASE: usize = 14;
const MARGIN: usize = 12;
const FONT: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/// How a run of cells looks.
#[derive(Clone, PartialEq)]
struct Look {
    fg: String,
    bg: String,
    /// The attributes for weight and so on.
    style: String,
}

/// A colour as "#rrggbb", where it is fixed.
pub(crate) fn hex(color: Color) -> Option<String> {
    match color {
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        _ => None,
    }
}

fn colour(color: vt100::Color) -> Option<String> {
    match color {
        vt100::Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        _ => None,
    }
}

fn look(cell: &vt100::Cell) -> Look {
    let bg = colour(cell.bgcolor()).expect("the theme fixes it");
    // A blank may keep any ink: none of it is seen.
    let blank = cell.contents().trim().is_empty();
    let fg = colour(cell.fgcolor()).or_else(|| blank.then(|| bg.clone()));
    let fg = fg.expect("the theme fixes it");
    let (fg, bg) = if cell.inverse() { (bg, fg) } else { (fg, bg) };
    let mut style = String::new();
    for (on, says) in [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.italic(), " font-style=\"italic\""),
        (cell.underline(), " text-decoration=\"underline\""),
        (cell.dim(), " opacity=\"0.7\""),
    ] {
        if on {
            style.push_str(says);
        }
    }
    Look { fg, bg, style }
}

/// The picture of a screen.
pub(crate) fn draw(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (usize::from(rows), usize::from(cols));
    let (width, height) = (cols * WIDE + 2 * MARGIN, rows * HIGH + 2 * MARGIN);
    let ground = screen.cell(u16::try_from(rows / 2).unwrap(), 0).map(look);
    let ground = ground.expect("a screen has a middle").bg;
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONT}\" font-size=\"15\" data-cells=\"{cols}x{rows}\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{ground}\"/>\n"
    );
    for row in 0..rows {
        line(&mut picture, screen, row, cols, &ground);
    }
    picture.push_str("</svg>\n");
    picture
}

fn line(picture: &mut String, screen: &vt100::Screen, row: usize, cols: usize, ground: &str) {
    let at = |col: usize| {
        let (row, col) = (u16::try_from(row).unwrap(), u16::try_from(col).unwrap());
        screen.cell(row, col).expect("it is on the screen")
    };
    let mut col = 0;
    while col < cols {
        let begins = look(at(col));
        let mut end = col;
        let mut words = String::new();
        while end < cols && look(at(end)) == begins {
            let cell = at(end);
            let symbol = cell.contents();
            let plain = symbol.is_empty() || is_plain(symbol);
            let lines = |text: &str| text.chars().next().is_some_and(|c| bars(c).is_some());
            let goes_on = plain && lines(symbol) == lines(&words);
            if end > col && (!goes_on || lines(symbol) && !words.ends_with(symbol)) {
                break;
            }
            words.push_str(if symbol.is_empty() { " " } else { symbol });
            end += if cell.is_wide() { 2 } else { 1 };
            if !plain {
                break;
            }
        }
        run(picture, (col, end, row), &words, &begins, ground);
        col = end;
    }
}

/// Whether every font for terminals draws it one cell wide.
fn is_plain(symbol: &str) -> bool {
    symbol
        .chars()
        .all(|c| c.is_ascii() || ('\u{a0}'..'\u{250}').contains(&c) || ('─'..='▟').contains(&c))
}

/// The bars that a sign for lines consists of (left, top, width, height in its
/// cell), so that lines meet whatever the font is.
fn bars(sign: char) -> Option<&'static [[usize; 4]]> {
    const HALF: usize = WIDE - 4;
    const MIDDLE: usize = 9;
    Some(match sign {
        '│' => &[[4, 0, 1, HIGH]],
        '┃' => &[[3, 0, 3, HIGH]],
        '─' => &[[0, MIDDLE, WIDE, 1]],
        '━' => &[[0, MIDDLE - 2, WIDE, 5]],
        '┌' => &[[4, MIDDLE, HALF, 1], [4, MIDDLE, 1, HIGH - MIDDLE]],
        '┐' => &[[0, MIDDLE, HALF, 1], [4, MIDDLE, 1, HIGH - MIDDLE]],
        '└' => &[[4, MIDDLE, HALF, 1], [4, 0, 1, MIDDLE]],
        '┘' => &[[0, MIDDLE, HALF, 1], [4, 0, 1, MIDDLE]],
        '▌' => &[[0, 0, 4, HIGH]],
        _ => return None,
    })
}

fn run(
    picture: &mut String,
    (col, end, row): (usize, usize, usize),
    words: &str,
    look: &Look,
    ground: &str,
) {
    let (x, y) = (MARGIN + col * WIDE, MARGIN + row * HIGH);
    let width = (end - col) * WIDE;
    if look.bg != ground {
        writeln!(
            picture,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HIGH}\" fill=\"{}\"/>",
            look.bg
        )
        .unwrap();
    }
    if let Some(bars) = words.chars().next().and_then(bars) {
        for [left, top, wide, high] in bars {
            // A run of lines is one line.
            let wide = if *wide == WIDE { width } else { *wide };
            writeln!(
                picture,
                "<rect x=\"{}\" y=\"{}\" width=\"{wide}\" height=\"{high}\" fill=\"{}\"/>",
                x + left,
                y + top,
                look.fg
            )
            .unwrap();
        }
        return;
    }
    let letters = words.trim_end();
    let skipped = letters.chars().count() - letters.trim_start().chars().count();
    let letters = letters.trim_start();
    if letters.is_empty() {
        return;
    }
    let cells = if is_plain(letters) {
        letters.chars().count()
    } else {
        end - col
    };
    writeln!(
        picture,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" \
         xml:space=\"preserve\" fill=\"{}\"{}>{}</text>",
        x + skipped * WIDE,
        y + BASE,
        cells * WIDE,
        look.fg,
        look.style,
        letters
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    )
    .unwrap();
}

/// The value of an attribute of the first tag of `text`.
fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

/// The lines of a picture.
pub(crate) fn lines(picture: &str) -> Vec<String> {
    let cells = attribute(picture, "data-cells").expect("a picture of ours");
    let (cols, rows) = cells.split_once('x').expect("columns and rows");
    let (cols, rows): (usize, usize) = (cols.parse().unwrap(), rows.parse().unwrap());
    let mut lines = vec![vec![' '; cols]; rows];
    for tag in picture.lines().filter(|line| line.starts_with("<text")) {
        let number = |name| -> usize { attribute(tag, name).unwrap().parse().unwrap() };
        let (col, row) = (
            (number("x") - MARGIN) / WIDE,
            (number("y") - MARGIN - BASE) / HIGH,
        );
        let (_, words) = tag.split_once('>').unwrap();
        let words = words.split_once("</text>").unwrap().0;
        let words = words
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        for (n, letter) in words.chars().enumerate() {
            if let Some(cell) = lines[row].get_mut(col + n) {
                *cell = letter;
            }
        }
    }
    lines.into_iter().map(String::from_iter).collect()
}

/// The colours of a picture.
pub(crate) fn colours(picture: &str) -> BTreeSet<String> {
    picture
        .lines()
        .filter_map(|line| attribute(line, "fill"))
        .map(str::to_owned)
        .collect()
}
