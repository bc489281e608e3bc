//! What must hold for every text, whatever it is made of.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

/// Code points that have given cleaners trouble, and some that have not.
const AWKWARD: &[char] = &[
    'a',
    'Z',
    '7',
    '#',
    ' ',
    '=',
    '-',
    '\n',
    '\r',
    '\t',
    '\0',
    '\u{7}',
    '\u{8}',
    '\u{b}',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{9d}',
    '\u{a0}',
    '\u{ad}',
    '\u{2028}',
    '\u{3000}',
    '\u{2800}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{202e}',
    '\u{2066}',
    '\u{61c}',
    '\u{feff}',
    '\u{fe00}',
    '\u{fe0e}',
    '\u{fe0f}',
    '\u{20e3}',
    '\u{301}',
    '\u{489}',
    '\u{e0100}',
    '\u{fffd}',
    '\u{fffc}',
    '\u{ffff}',
    '\u{e000}',
    '\u{378}',
    '\u{241b}',
    '\u{25cc}',
    '…',
    'é',
    'ı',
    'Ж',
    'ω',
    'م',
    'ل',
    'ا',
    'ی',
    '\u{64b}',
    '\u{600}',
    '\u{6dd}',
    '\u{70f}',
    '\u{fdfd}',
    '\u{fefb}',
    'ש',
    'क',
    '\u{94d}',
    '\u{93f}',
    '\u{941}',
    '\u{d4e}',
    'ക',
    '\u{111c2}',
    '\u{1780}',
    '\u{17d2}',
    '\u{17d8}',
    '\u{e01}',
    '\u{e33}',
    '\u{f40}',
    '\u{fb5}',
    '\u{1820}',
    '\u{180b}',
    'ᄒ',
    'ᅡ',
    'ᆫ',
    '한',
    '\u{1160}',
    '中',
    'か',
    '\u{3099}',
    'ｶ',
    '\u{ff9e}',
    '😀',
    '👩',
    '👨',
    '🏽',
    '❤',
    '⚠',
    '🏴',
    '🇧',
    '🇷',
    '\u{e0067}',
    '\u{e0062}',
    '\u{e0065}',
    '\u{e006e}',
    '\u{e007f}',
    '\u{2e3b}',
    '\u{13430}',
    '\u{a4f8}',
    '\u{1f1e6}',
    '\u{16d63}',
    '\u{16d67}',
];

fn awkward() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        8 => prop::sample::select(AWKWARD),
        1 => any::<char>(),
    ];
    let piece = (one, prop_oneof![6 => Just(1_usize), 1 => 2..14_usize])
        .prop_map(|(c, times)| c.to_string().repeat(times));
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn shapes(text: &str) -> [SafeText; 4] {
    let source = Untrusted::from(text);
    [
        SafeText::line(&source),
        SafeText::block(&source),
        SafeText::own(text.to_owned()),
        SafeText::line_within(&source, 10),
    ]
}

#[track_caller]
fn assert_sound(safe: &SafeText) -> Result<(), TestCaseError> {
    for cluster in safe.clusters() {
        prop_assert!(cluster.symbol.len() <= 48, "{:?}", cluster);
        prop_assert!(cluster.symbol.chars().count() <= 12, "{:?}", cluster);
        prop_assert!(cluster.width <= 4, "{:?}", cluster);
        if !cluster.is_newline() {
            prop_assert!(cluster.width > 0, "{:?}", cluster);
            prop_assert!(
                is_safe_symbol(cluster.symbol),
                "{:?} of {:?}",
                cluster,
                safe
            );
            prop_assert!(!cluster.symbol.chars().any(is_forbidden), "{:?}", cluster);
        }
    }
    let widest = safe.as_str().split('\n').map(display_width).max();
    prop_assert_eq!(safe.width(), widest.unwrap_or(0));
    prop_assert!(safe.as_str().len() <= MAX_BYTES);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn what_comes_out_is_sound(text in awkward()) {
        for safe in shapes(&text) {
            assert_sound(&safe)?;
        }
        assert_sound(&SafeText::revealed(&Untrusted::from(text.as_str())))?;
        prop_assert!(!shapes(&text)[0].as_str().contains('\n'));
    }

    #[test]
    fn bytes_come_out_sound(bytes in prop::collection::vec(any::<u8>(), 0..80), lines: bool) {
        let safe = SafeText::from_bytes(&bytes, lines);
        assert_sound(&safe)?;
        prop_assert!(lines || !safe.as_str().contains('\n'));
    }

    #[test]
    fn cleaning_twice_is_cleaning_once(text in awkward()) {
        let source = Untrusted::from(text.as_str());
        let line = SafeText::line(&source);
        let block = SafeText::block(&source);
        let own = SafeText::own(text);
        let line_again = SafeText::line(&Untrusted::from(line.as_str()));
        let block_again = SafeText::block(&Untrusted::from(block.as_str()));
        let own_again = SafeText::own(own.as_str().to_owned());
        prop_assert_eq!(line_again.as_str(), line.as_str());
        prop_assert_eq!(block_again.as_str(), block.as_str());
        prop_assert_eq!(own_again.as_str(), own.as_str());
    }

    #[test]
    fn a_cut_text_fits(text in awkward(), cells in 0..40_usize) {
        for safe in shapes(&text) {
            for ellipsis in ["…", "...", ""] {
                let cut = safe.truncate(cells, ellipsis);
                prop_assert!(cut.width() <= cells);
                prop_assert!(!cut.as_str().contains('\n'));
                assert_sound(&cut)?;
            }
        }
    }

    #[test]
    fn folding_loses_no_cluster(text in awkward(), cells in 0..30_usize) {
        for safe in shapes(&text) {
            let lines = safe.wrap(cells);
            let seen = |text: &SafeText| -> Vec<(String, bool)> {
                text.clusters()
                    .filter(|cluster| !cluster.is_newline() && !cluster.is_space())
                    .map(|cluster| (cluster.symbol.to_owned(), cluster.placeholder))
                    .collect()
            };
            let folded: Vec<_> = lines.iter().flat_map(seen).collect();
            prop_assert_eq!(folded, seen(&safe));
            for line in &lines {
                prop_assert!(line.width() <= cells.max(4), "{:?}", line);
                assert_sound(line)?;
            }
        }
    }

    #[test]
    fn a_row_begins_like_its_field(text in "[a-z é中]{0,300}", cells in 1..60_usize) {
        let source = Untrusted::from(text.as_str());
        let row = SafeText::line_within(&source, cells).truncate(cells, "…");
        let field = SafeText::line(&source).truncate(cells, "…");
        prop_assert_eq!(row.as_str(), field.as_str());
    }

    #[test]
    fn a_safe_symbol_is_one_cluster(text in awkward()) {
        for symbol in text.graphemes(true) {
            if is_safe_symbol(symbol) {
                prop_assert!(!symbol.chars().any(is_forbidden), "{:?}", symbol);
                prop_assert!((1..=4).contains(&display_width(symbol)), "{:?}", symbol);
            }
        }
    }
}

#[test]
fn no_code_point_of_the_deny_set_comes_out() {
    for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
        let safe = SafeText::line(&Untrusted::from(format!("a{c}b").as_str()));
        assert!(!safe.as_str().chars().any(is_forbidden), "{c:?}");
        if is_forbidden(c) {
            assert!(!safe.as_str().contains(c), "{c:?}");
            assert!(!is_safe_symbol(&c.to_string()), "{c:?}");
        }
    }
}

#[test]
fn signs_are_ours_and_an_authors_copy_is_not() {
    let ours = SafeText::line(&Untrusted::from("\u{1b}[2J"));
    let copy = SafeText::line(&Untrusted::from(ours.as_str()));
    assert_eq!(ours.as_str(), copy.as_str());
    let marked = |safe: &SafeText| safe.clusters().filter(|one| one.placeholder).count();
    assert_eq!((marked(&ours), marked(&copy)), (1, 0));
}

#[test]
fn runs_of_controls_fold_into_a_count() {
    let clean = |text: &str| SafeText::line(&Untrusted::from(text)).as_str().to_owned();
    assert_eq!(clean(&"\u{1b}".repeat(8)), "␛".repeat(8));
    assert_eq!(clean(&"\u{1b}".repeat(64)), "␛x64");
    assert_eq!(clean(&"\u{9b}".repeat(64)), "⟦9B⟧x64");
    assert_eq!(clean(&"\u{1b}\u{7}".repeat(8)), "␦x16");
}

#[test]
fn a_blank_text_says_so_in_our_own_sign() {
    let blank = SafeText::line(&Untrusted::from("\u{3164}\u{200b} "));
    assert!(blank.is_blank());
    let shown = blank.or_empty("(blank name)");
    assert_eq!(shown.as_str(), "(blank name)");
    assert!(shown.clusters().all(|cluster| cluster.placeholder));
    assert!(shown.flags().contains(Flags::HIDDEN));
    assert_eq!(SafeText::default().or_empty("").as_str(), "(empty)");
    let faked = SafeText::line(&Untrusted::from("(empty)")).or_empty("(blank name)");
    assert!(faked.clusters().all(|cluster| !cluster.placeholder));
}

#[test]
fn a_fold_falls_between_words() {
    let lines = |text: &str, cells| -> Vec<String> {
        let block = SafeText::block(&Untrusted::from(text));
        block.wrap(cells).iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        lines("the bridge is closed", 10),
        ["the bridge", "is closed"]
    );
    assert_eq!(lines("one\n\ntwo", 10), ["one", "", "two"]);
    assert_eq!(lines("unbreakable", 5), ["unbre", "akabl", "e"]);
    assert_eq!(lines("a  unbreakable", 6), ["a", "unbrea", "kable"]);
    assert_eq!(lines("橋は閉鎖。", 8), ["橋は閉", "鎖。"]);
    assert_eq!(lines("", 8), [""]);
}

#[test]
fn a_field_is_cut_at_its_limit_and_says_so() {
    for unit in ["x", "\u{1}x", "\u{fdfd}", "é", "😀"] {
        let long = SafeText::block(&Untrusted::from(unit.repeat(MAX_BYTES)));
        assert!(long.as_str().len() <= MAX_BYTES);
        assert!(long.flags().contains(Flags::CUT));
        assert!(
            long.clusters()
                .last()
                .is_some_and(|last| last.placeholder && last.symbol == "…")
        );
        let again = SafeText::block(&Untrusted::from(long.as_str()));
        assert_eq!(again.as_str(), long.as_str());
    }
    let bytes = SafeText::from_bytes(&vec![0xff; 2 * MAX_BYTES], false);
    assert!(bytes.as_str().len() <= MAX_BYTES && bytes.flags().contains(Flags::CUT));
}

#[test]
fn a_row_costs_what_it_shows() {
    let long = Untrusted::from("word ".repeat(100_000));
    let row = SafeText::line_within(&long, 80);
    assert!((80..=114).contains(&row.width()), "{}", row.width());
    assert!(row.flags().contains(Flags::CUT));
    let flood = Untrusted::from(format!("{}x", "\u{200b}".repeat(20_000)));
    let row = SafeText::line_within(&flood, 80);
    assert!(row.removed() < 4_000, "{}", row.removed());
    assert_eq!(row.as_str(), "…");
}

#[test]
fn the_raw_view_spells_out_what_is_hidden() {
    let source = Untrusted::from("a\u{202e}b e\u{301}\u{1b}\n\u{200b}c");
    let raw = SafeText::revealed(&source);
    assert_eq!(
        raw.as_str(),
        "a⟨U+202E⟩b e⟨U+0301⟩⟨U+001B⟩⟨U+000A⟩\n⟨U+200B⟩c"
    );
    let ours = raw.clusters().filter(|one| one.placeholder).count();
    assert_eq!(ours, 5 * "⟨U+0000⟩".chars().count());
}

#[test]
fn plain_words_take_the_short_way_to_the_same_end() {
    for text in ["", " ", "  a  b  ", "plain", "it's 5 < 6"] {
        let source = Untrusted::from(text);
        // A hidden character forces the long way and leaves no trace in the text.
        let long_way = Untrusted::from(format!("{text}\u{200b}"));
        assert_eq!(SafeText::line(&source).text, SafeText::line(&long_way).text);
        assert_eq!(
            SafeText::block(&source).text,
            SafeText::block(&long_way).text
        );
    }
}

#[test]
fn padding_goes_by_cells() {
    let name = SafeText::line(&Untrusted::from("中村"));
    assert_eq!(format!("{name:<6}|{name:>6}|{name}"), "中村  |  中村|中村");
}
