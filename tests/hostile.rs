//! Hostile texts against the cleaner, drawn through the real cell grid.
//!
//! Reads our own corpus (`corpus/hostile-text.jsonl`, one case a line, with
//! what has to hold for it) and the Big List of Naughty Strings. When
//! `WATCHFLOOR_HOSTILE` names a folder, every `hostile-*.jsonl` in it is read
//! too: `input` (text) or `hex` (bytes), held to the general rules.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde::Deserialize;
use watchfloor::text::{Flags, SafeText, Untrusted, display_width, is_forbidden, is_safe_symbol};
use watchfloor::text::{export, fold};

/// One line of the corpus. All that is given has to hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    input: String,
    /// Instead of `input`: bytes, read with `from_bytes`.
    hex: Option<String>,
    /// The input is this many times `input`.
    #[serde(default = "once")]
    times: usize,
    /// The whole cleaned text: of one line, of several lines.
    line: Option<String>,
    block: Option<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    /// Exactly these flags, by their names here.
    flags: Option<Vec<String>>,
    width: Option<usize>,
    max_width: Option<usize>,
    clusters: Option<usize>,
    /// How many clusters are signs of the cleaner's own.
    signs: Option<usize>,
    max_signs: Option<usize>,
    lines: Option<usize>,
    /// What `or_empty("(blank name)")` shows.
    blank: Option<bool>,
    /// A question that finds this text.
    found_by: Option<String>,
    csv: Option<String>,
    html: Option<String>,
    json: Option<String>,
}

/// A line of someone else's corpus: only the input is read.
#[derive(Deserialize)]
struct Foreign {
    name: String,
    input: Option<String>,
    hex: Option<String>,
}

fn once() -> usize {
    1
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex
        .chars()
        .map(|c| c.to_digit(16).expect("hex is made of hex digits"))
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits make a byte"))
        .collect()
}

fn flag(name: &str) -> Option<Flags> {
    let flag = match name {
        "BIDI" => Flags::BIDI,
        "HIDDEN" => Flags::HIDDEN,
        "CONTROL" => Flags::CONTROL,
        "CAPPED" => Flags::CAPPED,
        "REPLACED" => Flags::REPLACED,
        "CUT" => Flags::CUT,
        "MIXED_SCRIPT" => Flags::MIXED_SCRIPT,
        "LOOKALIKE" => Flags::LOOKALIKE,
        _ => return None,
    };
    Some(flag)
}

/// What holds for every cleaned text, whatever it was.
fn assert_harmless(name: &str, safe: &SafeText) {
    let text = safe.as_str();
    assert!(
        !text.chars().any(|c| is_forbidden(c) && c != '\n'),
        "{name}: {text:?}"
    );
    for line in safe.wrap(60) {
        assert_drawn_as_measured(name, &line);
    }
    let row = safe.truncate(40, "…");
    assert!(row.width() <= 40, "{name}");
    assert_drawn_as_measured(name, &row);
    for escaped in [export::csv_field(safe), export::html_escape(safe)] {
        assert!(
            !escaped.chars().any(|c| is_forbidden(c) && c != '\n'),
            "{name}"
        );
    }
    assert!(!export::html_escape(safe).contains('<'), "{name}");
    let json = serde_json::to_string(safe).expect("text is JSON");
    assert_eq!(
        serde_json::from_str::<String>(&json).expect("JSON is text"),
        text,
        "{name}"
    );
}

/// Draws `line` between two fences, cluster by cluster, as the views do, and
/// the way ratatui itself draws a string; both must end at the same cell.
fn assert_drawn_as_measured(name: &str, line: &SafeText) {
    let width = u16::try_from(line.width()).expect("a line fits a screen");
    let area = Rect::new(0, 0, width + 2, 1);
    let mut cells = Buffer::filled(area, ratatui::buffer::Cell::new("|"));
    let mut x = 1;
    for cluster in line.clusters() {
        assert!(is_safe_symbol(cluster.symbol), "{name}: {cluster:?}");
        assert!(
            cluster.symbol.len() <= 48 && cluster.width > 0,
            "{name}: {cluster:?}"
        );
        cells[(x, 0)].set_symbol(cluster.symbol);
        for blank in 1..u16::from(cluster.width) {
            cells[(x + blank, 0)].reset();
        }
        x += u16::from(cluster.width);
    }
    assert_eq!(x, width + 1, "{name}: {line:?}");
    assert_eq!(cells[(0, 0)].symbol(), "|", "{name}");
    assert_eq!(cells[(width + 1, 0)].symbol(), "|", "{name}");
    for x in 0..width + 2 {
        assert!(is_safe_symbol(cells[(x, 0)].symbol()), "{name}");
    }

    let mut whole = Buffer::empty(Rect::new(0, 0, 4 * width + 4, 1));
    let (end, _) = whole.set_stringn(0, 0, line.as_str(), usize::MAX, Style::default());
    assert_eq!(end, width, "{name}: ratatui measures {line:?} otherwise");
}

/// Every way to clean `source`, and that twice changes nothing.
fn assert_all_ways(name: &str, source: &Untrusted) {
    let line = SafeText::line(source);
    let block = SafeText::block(source);
    let row = SafeText::line_within(source, 40);
    assert!(!line.as_str().contains('\n'), "{name}");
    for safe in [&line, &block, &row, &SafeText::revealed(source)] {
        assert_harmless(name, safe);
    }
    let again = SafeText::line(&Untrusted::from(line.as_str()));
    assert_eq!(again.as_str(), line.as_str(), "{name}");
    let again = SafeText::block(&Untrusted::from(block.as_str()));
    assert_eq!(again.as_str(), block.as_str(), "{name}");
    let key = fold::search_key(source.as_evidence());
    assert!(!key.chars().any(is_forbidden), "{name}");
}

impl Case {
    fn cleaned(&self) -> (SafeText, SafeText) {
        let Some(hex) = &self.hex else {
            let source = Untrusted::from(self.input.repeat(self.times));
            assert_all_ways(&self.name, &source);
            return (SafeText::line(&source), SafeText::block(&source));
        };
        let bytes = bytes_of(hex).repeat(self.times);
        let line = SafeText::from_bytes(&bytes, false);
        let block = SafeText::from_bytes(&bytes, true);
        assert_harmless(&self.name, &line);
        assert_harmless(&self.name, &block);
        (line, block)
    }

    fn check(&self) {
        let name = &self.name;
        let (line, block) = self.cleaned();
        self.check_words(&line, &block);
        let clusters = line.clusters().count();
        let signs = line.clusters().filter(|one| one.placeholder).count();
        assert_eq!(
            self.width.unwrap_or(line.width()),
            line.width(),
            "{name}: {line:?}"
        );
        assert!(
            line.width() <= self.max_width.unwrap_or(usize::MAX),
            "{name}: {line:?}"
        );
        assert_eq!(
            self.clusters.unwrap_or(clusters),
            clusters,
            "{name}: {line:?}"
        );
        assert_eq!(self.signs.unwrap_or(signs), signs, "{name}: {line:?}");
        assert!(
            signs <= self.max_signs.unwrap_or(usize::MAX),
            "{name}: {line:?}"
        );
        let lines = block.as_str().split('\n').count();
        assert_eq!(self.lines.unwrap_or(lines), lines, "{name}: {block:?}");
        if let Some(flags) = &self.flags {
            let expected = flags.iter().fold(Flags::none(), |all, one| {
                all | flag(one).expect("the corpus names known flags")
            });
            assert_eq!(line.flags(), expected, "{name}: {line:?}");
        }
    }

    fn check_words(&self, line: &SafeText, block: &SafeText) {
        let name = &self.name;
        let text = line.as_str();
        assert_eq!(self.line.as_deref().unwrap_or(text), text, "{name}");
        let whole = block.as_str();
        assert_eq!(self.block.as_deref().unwrap_or(whole), whole, "{name}");
        for part in &self.contains {
            assert!(text.contains(part), "{name}: {part:?} is not in {text:?}");
        }
        for part in &self.absent {
            assert!(!text.contains(part), "{name}: {part:?} is in {text:?}");
        }
        assert_eq!(
            self.blank.unwrap_or(line.is_blank()),
            line.is_blank(),
            "{name}: {text:?}"
        );
        if let Some(question) = &self.found_by {
            let key = fold::search_key(&self.input);
            assert!(key.contains(&fold::search_key(question)), "{name}: {key:?}");
        }
        let csv = export::csv_field(line);
        assert_eq!(self.csv.as_ref().unwrap_or(&csv), &csv, "{name}");
        let html = export::html_escape(line);
        assert_eq!(self.html.as_ref().unwrap_or(&html), &html, "{name}");
        let json = serde_json::to_string(&line).expect("text is JSON");
        assert_eq!(self.json.as_ref().unwrap_or(&json), &json, "{name}");
    }
}

#[test]
fn our_corpus_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/hostile-text.jsonl");
    let corpus = fs::read_to_string(path).unwrap();
    let mut names = std::collections::BTreeSet::new();
    let mut failed = 0;
    for (number, line) in corpus.lines().enumerate() {
        let case: Case = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("corpus line {}: {error}", number + 1));
        assert!(
            names.insert(case.name.clone()),
            "{} is there twice",
            case.name
        );
        if std::panic::catch_unwind(|| case.check()).is_err() {
            failed += 1;
        }
    }
    assert_eq!(failed, 0, "cases of the corpus failed: see above");
    assert!(names.len() > 100, "the corpus has lost cases");
}

#[test]
fn naughty_strings_are_harmless() {
    for text in naughty_strings::BLNS {
        assert_all_ways(text, &Untrusted::from(*text));
    }
}

#[test]
fn a_text_of_ours_is_measured_as_ratatui_draws_it() {
    for text in ["لا لا لا", "ガパ", "👨‍👩‍👧‍👦|", "กำ", "1️⃣", "e\u{301}", "क्षि", "⚠️a"]
    {
        let safe = SafeText::line(&Untrusted::from(text));
        assert_eq!(safe.as_str(), text);
        assert_eq!(safe.width(), display_width(text));
        assert_drawn_as_measured(text, &safe);
    }
}

#[test]
fn another_corpus_is_harmless_too() {
    let Some(folder) = std::env::var_os("WATCHFLOOR_HOSTILE") else {
        eprintln!("Skipped: WATCHFLOOR_HOSTILE names no folder with hostile-*.jsonl.");
        return;
    };
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !name.starts_with("hostile-") || path.extension().is_none_or(|end| end != "jsonl") {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let case: Foreign = serde_json::from_str(line).unwrap();
            check_foreign(&case);
            read += 1;
        }
    }
    assert!(read > 0, "the folder holds no hostile-*.jsonl");
}

fn check_foreign(case: &Foreign) {
    if let Some(input) = &case.input {
        assert_all_ways(&case.name, &Untrusted::from(input.as_str()));
    }
    if let Some(hex) = &case.hex {
        for lines in [false, true] {
            assert_harmless(&case.name, &SafeText::from_bytes(&bytes_of(hex), lines));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_drawn_as_measured(text: String, bytes: Vec<u8>) {
        assert_all_ways("any", &Untrusted::from(text.as_str()));
        assert_harmless("any", &SafeText::from_bytes(&bytes, true));
    }

    #[test]
    fn any_script_is_drawn_as_measured(
        text in prop::collection::vec(0x2a0..0x3400_u32, 0..40),
        higher in prop::collection::vec(0x1_0000..0x2_0000_u32, 0..40),
    ) {
        let text: String = text.into_iter().chain(higher).filter_map(char::from_u32).collect();
        assert_all_ways("any", &Untrusted::from(text.as_str()));
    }
}
