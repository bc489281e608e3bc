//! The grid that a terminal shows is the grid that was drawn, whether it gives
//! an emoji with a variation selector one column or two, for whatever words.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use vte::{Params, Perform};
use watchfloor::console::backend::{Grid, Painter, Style};
use watchfloor::text::{SafeText, Untrusted, display_width};
use watchfloor::theme::Depth;

const COLS: u16 = 60;
const ROWS: u16 = 12;

/// A terminal that keeps what was written into each cell.
struct Model {
    cells: BTreeMap<(u16, u16), String>,
    at: (u16, u16),
    margins: (u16, u16),
    /// Columns of an emoji with a variation selector.
    selected: u16,
}

impl Model {
    fn new(selected: u16) -> Self {
        Self {
            cells: BTreeMap::new(),
            at: (0, 0),
            margins: (0, ROWS - 1),
            selected,
        }
    }

    fn scroll(&mut self, up: bool) {
        let (top, bottom) = self.margins;
        let old = std::mem::take(&mut self.cells);
        for ((x, y), symbol) in old {
            let inside = (top..=bottom).contains(&y);
            let to = match (inside, up) {
                (false, _) => Some(y),
                (true, true) => y.checked_sub(1).filter(|y| *y >= top),
                (true, false) => Some(y + 1).filter(|y| *y <= bottom),
            };
            if let Some(y) = to {
                self.cells.insert((x, y), symbol);
            }
        }
    }

    fn erase(&mut self, from: u16, y: u16) {
        self.cells.retain(|(x, row), _| *row != y || *x < from);
    }
}

impl Perform for Model {
    fn print(&mut self, c: char) {
        let (x, y) = self.at;
        let width = u16::try_from(display_width(&c.to_string())).unwrap();
        if width == 0 {
            // A mark or a selector belongs to what stands before it.
            let own = self
                .cells
                .iter_mut()
                .rev()
                .find(|((a, b), _)| *b == y && *a < x);
            if let Some((_, symbol)) = own {
                symbol.push(c);
                if c == '\u{fe0f}' && self.selected == 2 && display_width(symbol) == 2 {
                    self.at.0 = x + 1;
                }
            }
            return;
        }
        for covered in x..x + width {
            self.cells.remove(&(covered, y));
        }
        self.cells.insert((x, y), c.to_string());
        self.at.0 = x + width;
    }

    fn execute(&mut self, byte: u8) {
        if byte == b'\n' {
            if self.at.1 == self.margins.1 {
                self.scroll(true);
            } else {
                self.at.1 += 1;
            }
        }
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        if byte == b'M' && self.at.1 == self.margins.0 {
            self.scroll(false);
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, action: char) {
        let numbers: Vec<u16> = params.iter().flat_map(<[u16]>::to_vec).collect();
        let number = |at: usize| numbers.get(at).copied().filter(|n| *n > 0);
        match (intermediates, action) {
            ([], 'H') => self.at = (number(1).unwrap_or(1) - 1, number(0).unwrap_or(1) - 1),
            ([], 'G') => self.at.0 = number(0).unwrap_or(1) - 1,
            ([], 'C') => self.at.0 += number(0).unwrap_or(1),
            ([], 'K') => self.erase(self.at.0, self.at.1),
            ([], 'J') => self.cells.clear(),
            ([], 'r') => {
                self.margins = (number(0).unwrap_or(1) - 1, number(1).unwrap_or(ROWS) - 1);
                self.at = (0, 0);
            }
            ([], 'm') | (b"?", 'h' | 'l') => {}
            other => panic!("{other:?}"),
        }
    }
}

fn drawn(lines: &[SafeText]) -> Grid {
    let mut buffer = Buffer::empty(Rect::new(0, 0, COLS, ROWS));
    for (y, line) in (0..ROWS).zip(lines) {
        buffer[(0, y)].set_symbol("│");
        let mut x = 2;
        for cluster in line.clusters() {
            let width = u16::from(cluster.width);
            if x + width > COLS - 2 {
                break;
            }
            for blank in x..x + width {
                buffer[(blank, y)].set_symbol(if blank == x { cluster.symbol } else { " " });
            }
            x += width;
        }
        buffer[(COLS - 1, y)].set_symbol("│");
    }
    Grid {
        buffer,
        cursor: None,
    }
}

/// Every cell that something begins in has it, and both borders stand.
fn assert_shown(model: &Model, grid: &Grid, selected: u16) {
    for y in 0..ROWS {
        let mut x = 0;
        while x < COLS {
            let symbol = grid.buffer[(x, y)].symbol();
            let width = u16::try_from(display_width(symbol)).unwrap().max(1);
            // A letter whose own parts take a cell each is in all of them.
            let parts = (x..x + width).filter_map(|x| model.cells.get(&(x, y)));
            let shown: String = parts.map(String::as_str).collect();
            // What was blanked for it, and it does not take.
            let shown = match shown.trim_end_matches(' ') {
                "" => " ",
                "?" => symbol,
                shown => shown,
            };
            // A terminal that does not join a sequence has what stands behind it
            // over its later parts.
            let begins = !shown.trim().is_empty() && symbol.starts_with(shown);
            assert!(
                shown == symbol || begins,
                "{shown:?}, not {symbol:?}, in column {x} of row {y}, selector of {selected}"
            );
            x += width;
        }
    }
}

#[test]
fn both_models_of_width_show_what_was_drawn() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/corpus/hostile-text.jsonl"
    );
    let corpus = std::fs::read_to_string(path).unwrap();
    let mut lines: Vec<SafeText> = corpus
        .lines()
        .filter_map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = case["input"].as_str()?.to_owned();
            Some(SafeText::line_within(
                &Untrusted::from(text),
                usize::from(COLS),
            ))
        })
        .collect();
    for text in ["⚠️ burst ✔️ done", "لا لا لا water", "👨‍👩‍👧 family", "漢字 ⚠️ ｶﾅ"]
    {
        lines.push(SafeText::line(&Untrusted::from(text)));
    }
    for selected in [1, 2] {
        let style = Style {
            depth: Depth::Indexed256,
            synchronised: true,
        };
        let (mut painter, mut model) = (Painter::new(style), Model::new(selected));
        let mut parser = vte::Parser::new();
        // By one row, so that rows are moved; by many, so that they are not.
        for from in (0..lines.len()).step_by(7).flat_map(|n| [n, n + 1]) {
            let page = lines.get(from..).unwrap_or_default();
            let grid = drawn(page);
            let (bytes, cost) = painter.paint(grid.clone());
            assert_eq!(cost.unsafe_symbols, 0);
            parser.advance(&mut model, &bytes);
            assert_shown(&model, &grid, selected);
        }
    }
}
