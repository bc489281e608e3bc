//! Text under the policies of terminals: order, joining, emoji, widths.
//!
//! The expected orders were made by hand from the rules of UAX #9 and checked
//! against nothing else; no native reader of Arabic, Hebrew or Persian has
//! looked at them yet.

use proptest::prelude::*;

use super::*;

const VISUAL: Policy = Policy {
    bidi: Bidi::Visual,
    shaping: false,
    emoji: Emoji::Full,
    ambiguous: Ambiguous::One,
};
const JOINED: Policy = Policy {
    shaping: true,
    ..VISUAL
};

fn seen(text: &SafeText, policy: Policy) -> String {
    let laid = text.under(&policy);
    laid.drawn(&policy)
        .iter()
        .map(|one| one.symbol.to_string())
        .collect()
}

fn line(text: &str, policy: Policy) -> String {
    seen(&SafeText::line(&Untrusted::from(text)), policy)
}

#[test]
fn lines_are_drawn_in_visual_order() {
    let expected = [
        // Hebrew and Latin, either first.
        ("שלום world", "world םולש"),
        ("hello שלום", "hello םולש"),
        ("say שלום עולם now", "say םלוע םולש now"),
        // Punctuation at the end of a sentence stands at its left.
        ("שלום!", "!םולש"),
        ("שלום עולם, מה שלומך?", "?ךמולש המ ,םלוע םולש"),
        ("done.", "done."),
        // Brackets mirror where they read from the right.
        ("(שלום)", "(םולש)"),
        ("a (שלום) b", "a (םולש) b"),
        ("שלום [a] <b>", "<b> [a] םולש"),
        // Numbers stay whole, with their signs.
        ("מספר 555-0117 להיום", "םויהל 555-0117 רפסמ"),
        ("רמה -5 מעלות", "תולעמ -5 המר"),
        ("בשעה 02:41, 2026-11-23", "2026-11-23 ,02:41 העשב"),
        (
            "טלפון +351 21 123 45 67 עכשיו",
            "וישכע +351 21 123 45 67 ןופלט",
        ),
        ("3 רחובות", "תובוחר 3"),
        // Handles, tags and addresses too; they do not choose the direction.
        ("@samir הגיע", "עיגה @samir"),
        ("#מים היום", "םויה םימ#"),
        (
            "ראו https://a.example/b?c=1.",
            ".https://a.example/b?c=1 ואר",
        ),
        ("דואר a.b@c.example כאן", "ןאכ a.b@c.example ראוד"),
        ("https://a.example/שלום", "https://a.example/םולש"),
        // Points stay on their letters.
        ("שָׁלוֹם", "םוֹלשָׁ"),
        // Arabic and Persian.
        (
            "الماء بني اللون في شارع Main منذ ساعة",
            "ةعاس ذنم Main عراش يف نوللا ينب ءاملا",
        ),
        ("هل هو آمن؟", "؟نمآ وه له"),
        ("منطقة 12: ضغط 2.1 bar", "bar 2.1 طغض :12 ةقطنم"),
        ("قیمت ۱۲۳ تومان", "ناموت ۱۲۳ تمیق"),
        ("از ۱۰:۳۰ تا ۱۲:۰۰", "۱۲:۰۰ ات ۱۰:۳۰ زا"),
        // Emoji and ideographs beside them.
        ("ماء 💧 هنا", "انه 💧 ءام"),
        ("שלום 中村", "中村 םולש"),
    ];
    for (reads, drawn) in expected {
        assert_eq!(line(reads, VISUAL), drawn, "{reads}");
        for bidi in [Bidi::Terminal, Bidi::Off] {
            assert_eq!(line(reads, Policy { bidi, ..VISUAL }), reads);
        }
    }
}

#[test]
fn a_paragraph_keeps_its_direction_over_its_lines() {
    let text = SafeText::block(&Untrusted::from("אחת שתיים hello world again\nlast שלום"));
    let lines = text.wrap(11);
    let drawn: Vec<(String, bool)> = lines
        .iter()
        .map(|line| (seen(line, VISUAL), line.reads_from_right()))
        .collect();
    assert_eq!(
        drawn,
        [
            ("םייתש תחא".to_owned(), true),
            ("hello world".to_owned(), true),
            ("again".to_owned(), true),
            ("last םולש".to_owned(), false),
        ]
    );
    // Cut once more, a line is still part of its paragraph.
    assert!(lines[1].truncate(4, "").reads_from_right());
}

#[test]
fn a_cut_stands_where_the_words_end() {
    let cut = SafeText::line(&Untrusted::from("שלום עולם")).truncate(6, "…");
    assert_eq!(cut.as_str(), "שלום…");
    assert_eq!(seen(&cut, VISUAL), "…םולש");
}

#[test]
fn arabic_letters_are_joined_and_lam_alef_takes_one_cell() {
    let expected = [
        ("سلام", 3, "\u{fee1}\u{fefc}\u{feb3}"),
        ("لا لا لا", 5, "\u{fefb} \u{fefb} \u{fefb}"),
        ("الأول", 4, "\u{fedd}\u{feed}\u{fef7}\u{fe8d}"),
        // Persian letters, and the joiner that parts them.
        (
            "می\u{200c}خواهم",
            7,
            "\u{fee2}\u{feeb}\u{fe8d}\u{feee}\u{fea7}\u{fbfd}\u{fee3}",
        ),
        ("گچ پژ", 5, "\u{fb8b}\u{fb58} \u{fb7b}\u{fb94}"),
    ];
    for (reads, width, drawn) in expected {
        let text = SafeText::line(&Untrusted::from(reads));
        let laid = text.under(&JOINED);
        assert_eq!(laid.width(), width, "{reads}");
        assert_eq!(seen(&text, JOINED), drawn, "{reads}");
    }
}

#[test]
fn marks_stay_on_joined_letters() {
    let text = SafeText::line(&Untrusted::from("لَا"));
    assert_eq!(text.under(&JOINED).as_str(), "\u{fefb}\u{64e}");
    assert_eq!(text.as_str(), "لَا", "the text itself stays as it is");
}

/// What makes shapers fall over: marks first, joiners between, lone letters.
#[test]
fn joining_survives_what_is_no_word() {
    for text in [
        "\u{64b}لا",
        "ه\u{200d} لا",
        "ه\u{200d}لا لا",
        "\u{200d}\u{200c}لا\u{200d}",
        "ل\u{301}ا",
        "لا\u{200c}لا",
        "ـــلا",
        "ء",
        "\u{fefb}لا",
        "ل\u{202e}ا",
        "لallah الله",
    ] {
        let laid = SafeText::line(&Untrusted::from(text));
        let laid = laid.under(&JOINED).into_owned();
        assert!(
            laid.clusters().all(|one| is_safe_symbol(one.symbol)),
            "{text:?}"
        );
    }
}

#[test]
fn our_signs_stay_whole_in_right_to_left_text() {
    let text = SafeText::line(&Untrusted::from("שלום \u{9b}\u{1b} עולם"));
    assert_eq!(seen(&text, VISUAL), "םלוע ⟦9B⟧␛ םולש");
}

#[test]
fn what_is_revealed_is_not_reordered() {
    let raw = SafeText::revealed(&Untrusted::from("שלום \u{202e}abc"));
    assert_eq!(seen(&raw, JOINED), "שלום ⟨U+202E⟩abc");
    let raw = SafeText::revealed(&Untrusted::from("سلام"));
    assert_eq!(seen(&raw.wrap(20)[0], JOINED), "سلام");
}

#[test]
fn emoji_are_cut_down_to_what_is_certain() {
    let with = |emoji| Policy {
        emoji,
        ..Policy::default()
    };
    let expected = [
        ("👩‍👩‍👧 ok", "👩 ok", ":family_woman_woman_girl: ok"),
        ("👍🏽", "👍", ":+1:"),
        ("⚠️ gas", "⚠ gas", ":warning: gas"),
        ("1️⃣", "1", ":one:"),
        ("🇧🇷", "🇧🇷", ":brazil:"),
        ("🚒", "🚒", ":fire_engine:"),
        ("© ✔ 5", "© ✔ 5", "© ✔ 5"),
        ("中 é a1", "中 é a1", "中 é a1"),
    ];
    for (text, base, named) in expected {
        assert_eq!(line(text, with(Emoji::Full)), text);
        assert_eq!(line(text, with(Emoji::Base)), base);
        assert_eq!(line(text, with(Emoji::Text)), named, "{text}");
    }
    let text = SafeText::line(&Untrusted::from("🚒 :fire_engine:"));
    let laid = text.under(&with(Emoji::Text)).into_owned();
    let ours = laid.clusters().filter(|one| one.placeholder).count();
    assert_eq!(
        ours,
        ":fire_engine:".len(),
        "an author's own words are not ours"
    );
}

#[test]
fn ambiguous_characters_are_measured_as_told() {
    let two = Policy {
        ambiguous: Ambiguous::Two,
        ..Policy::default()
    };
    let text = SafeText::line(&Untrusted::from("±5 … é 中"));
    assert_eq!(text.width(), 9);
    let laid = text.under(&two);
    assert_eq!(laid.width(), width_in("±5 … é 中", Ambiguous::Two));
    assert!(laid.width() > 9);
    let cut = laid.truncate(5, "…");
    assert!(cut.width() <= 5, "{cut:?}");
    // Our own signs keep the one cell that columns give them.
    assert_eq!(SafeText::own("◆C │ …").under(&two).width(), 6);
}

fn policies() -> impl Strategy<Value = Policy> {
    (
        prop::sample::select(vec![Bidi::Visual, Bidi::Terminal, Bidi::Off]),
        any::<bool>(),
        prop::sample::select(vec![Emoji::Full, Emoji::Base, Emoji::Text]),
        prop::sample::select(vec![Ambiguous::One, Ambiguous::Two]),
    )
        .prop_map(|(bidi, shaping, emoji, ambiguous)| Policy {
            bidi,
            shaping,
            emoji,
            ambiguous,
        })
}

/// Words of the scripts that are reordered, with what gets between them.
fn mixed_directions() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[אבגדהשלום]{1,5}",
        4 => "[ابتسلمنهويءأ]{1,6}",
        1 => "[پچژگکی]{1,3}\u{200c}?",
        2 => "[a-zA-Z]{1,5}",
        2 => "[0-9۰-۹٠-٩+-]{1,5}[:./ -]?[0-9]{0,3}",
        2 => "[ ().,:!?<>\\[\\]«»@#/%-]{1,3}",
        1 => "[\u{64b}\u{5b0}\u{301}\u{200d}\u{200c}\u{202e}\u{1b}💧中…±\n]",
        1 => Just("https://a.example/ب?c=1".to_owned()),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

/// The cluster without regard to its mirror image.
fn unmirrored(symbol: &str) -> String {
    let mut chars = symbol.chars();
    let first = chars.next();
    let other = first.and_then(unicode_bidi_mirroring::get_mirrored);
    let lower = first.into_iter().chain(other).min();
    lower.into_iter().chain(chars).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn reordering_is_a_permutation(text in mixed_directions(), policy in policies(), cells in 4..40_usize) {
        let block = SafeText::block(&Untrusted::from(text.as_str()));
        let laid = block.under(&policy).into_owned();
        for part in laid.wrap(cells) {
            let mut reads: Vec<String> =
                part.clusters().map(|one| unmirrored(one.symbol)).collect();
            let drawn = part.drawn(&policy);
            let width: usize = drawn.iter().map(|one| usize::from(one.width)).sum();
            prop_assert_eq!(width, part.width());
            let mut seen: Vec<String> =
                drawn.iter().map(|one| unmirrored(&one.symbol)).collect();
            reads.sort();
            seen.sort();
            prop_assert_eq!(reads, seen);
            for one in &drawn {
                prop_assert!(is_safe_symbol(&one.symbol), "{:?}", one);
                prop_assert_eq!(
                    usize::from(one.width),
                    cell_width(&one.symbol, part.ambiguous),
                    "{:?}", one
                );
            }
        }
    }

    #[test]
    fn a_policy_is_applied_once(text in mixed_directions(), policy in policies()) {
        let block = SafeText::block(&Untrusted::from(text.as_str()));
        let once = block.under(&policy).into_owned();
        let twice = once.under(&policy).into_owned();
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.flags(), block.flags());
    }

    #[test]
    fn nothing_outgrows_its_room(text in mixed_directions(), policy in policies(), cells in 4..30_usize) {
        let row = SafeText::line_within(&Untrusted::from(text.as_str()), cells);
        let row = row.under(&policy).truncate(cells, "…");
        prop_assert!(row.width() <= cells);
        for part in SafeText::block(&Untrusted::from(text.as_str())).under(&policy).wrap(cells) {
            prop_assert!(part.width() <= cells, "{:?}", part);
        }
    }

    #[test]
    fn text_without_a_direction_stays_where_it_is(text in "[ -~éж中💧]{0,30}", policy in policies()) {
        let safe = SafeText::line(&Untrusted::from(text.as_str()));
        let laid = safe.under(&Policy { emoji: Emoji::Full, ..policy }).into_owned();
        let drawn: String = laid.drawn(&policy).iter().map(|one| one.symbol.as_ref()).collect();
        prop_assert_eq!(drawn, safe.as_str());
    }
}
