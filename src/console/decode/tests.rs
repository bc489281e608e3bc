//! Keys in every form, answers in pieces, pastes that do not end.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

use super::*;

fn key(code: KeyCode) -> Decoded {
    let shift = matches!(code, KeyCode::Char(c) if c.is_uppercase());
    let held = if shift {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    Decoded::Event(Event::Key(KeyEvent::new(code, held)))
}

fn chars(text: &str) -> Vec<Decoded> {
    text.chars().map(|c| key(KeyCode::Char(c))).collect()
}

/// Feeds pieces with so long between them, and the quiet that comes of it.
fn read(pieces: &[&[u8]], apart: Duration) -> Vec<Decoded> {
    let mut decoder = Decoder::default();
    let mut now = Instant::now();
    let mut found = Vec::new();
    for piece in pieces {
        found.extend(decoder.feed(piece, now));
        if let Some(wait) = decoder.waits().filter(|wait| *wait <= apart) {
            found.extend(decoder.quiet(now + wait));
        }
        now += apart;
    }
    if let Some(wait) = decoder.waits() {
        found.extend(decoder.quiet(now + wait));
    }
    found
}

fn at_once(bytes: &[u8]) -> Vec<Decoded> {
    read(&[bytes], Duration::ZERO)
}

const ANSWERS: [(&[u8], Reply); 6] = [
    (b"\x1b[?62;4c", Reply::Attributes(Vec::new())),
    (b"\x1b[?2026;2$y", Reply::Mode(2026, 2)),
    (b"\x1bP>|tmux 3.4\x1b\\", Reply::Other),
    (b"\x1b]99;i=wf:p=?;p=title\x1b\\", Reply::Other),
    (b"\x1b]11;rgb:0000/0000/0000\x07", Reply::Other),
    (b"\x1b[12;40R", Reply::Position(12, 40)),
];

#[test]
fn keys_are_read_in_every_form() {
    let forms: [(&[u8], KeyCode); 18] = [
        (b"\x1b[A", KeyCode::Up),
        (b"\x1bOB", KeyCode::Down),
        (b"\x1b[1~", KeyCode::Home),
        (b"\x1b[F", KeyCode::End),
        (b"\x1b[3~", KeyCode::Delete),
        (b"\x1b[5~", KeyCode::PageUp),
        (b"\x1b[[A", KeyCode::F(1)),
        (b"\x1bOP", KeyCode::F(1)),
        (b"\x1b[15~", KeyCode::F(5)),
        (b"\x1b[24~", KeyCode::F(12)),
        (b"\r", KeyCode::Enter),
        (b"\t", KeyCode::Tab),
        (b"\x7f", KeyCode::Backspace),
        (b"\x08", KeyCode::Backspace),
        (b"\x1b", KeyCode::Esc),
        ("é".as_bytes(), KeyCode::Char('é')),
        ("漢".as_bytes(), KeyCode::Char('漢')),
        ("🌊".as_bytes(), KeyCode::Char('🌊')),
    ];
    for (bytes, code) in forms {
        assert_eq!(at_once(bytes), [key(code)], "{bytes:?}");
    }
    let held = |code, held| [Decoded::Event(Event::Key(KeyEvent::new(code, held)))];
    assert_eq!(
        at_once(b"\x04"),
        held(KeyCode::Char('d'), KeyModifiers::CONTROL)
    );
    assert_eq!(
        at_once(b"\x1b[1;5C"),
        held(KeyCode::Right, KeyModifiers::CONTROL)
    );
    assert_eq!(
        at_once(b"\x1b[Z"),
        held(KeyCode::BackTab, KeyModifiers::SHIFT)
    );
    assert_eq!(at_once(b"\x1b[I"), [Decoded::Event(Event::FocusGained)]);
}

#[test]
fn escape_and_a_letter_are_two_keys() {
    let both = [key(KeyCode::Esc), key(KeyCode::Char('j'))];
    assert_eq!(at_once(b"\x1bj"), both);
    assert_eq!(read(&[b"\x1b", b"j"], Duration::from_millis(80)), both);
    assert_eq!(at_once(b"\x1b\x1b"), [key(KeyCode::Esc), key(KeyCode::Esc)]);
}

#[test]
fn answers_are_told_and_never_typed() {
    assert_eq!(
        at_once(b"\x1bP>|kitty(0.36.1)\x1b\\\x1b[?62;c"),
        [
            Decoded::Reply(Reply::Version("kitty(0.36.1)".to_owned())),
            Decoded::Reply(Reply::Attributes(vec![62, 0])),
        ]
    );
    assert_eq!(
        at_once(b"\x1b[?2026;1$y"),
        [Decoded::Reply(Reply::Mode(2026, 1))]
    );
}

/// Cut anywhere, seconds late, with keys before and after: keys are keys, and
/// nothing of the answer is one. A cut right after the ESC costs one Esc.
#[test]
fn an_answer_in_pieces_seconds_apart_is_no_key() {
    for (answer, _) in &ANSWERS {
        for at in 1..answer.len() {
            let (head, tail) = answer.split_at(at);
            let pieces: [&[u8]; 4] = [b"j", head, tail, b"k"];
            let found = read(&pieces, Duration::from_secs(3));
            let typed: Vec<_> = found
                .into_iter()
                .filter(|one| matches!(one, Decoded::Event(_)) && *one != key(KeyCode::Esc))
                .collect();
            assert_eq!(typed, chars("jk"), "{answer:?} cut at {at}");
        }
    }
}

#[test]
fn an_officer_who_presses_alt_is_not_left_deaf() {
    for begin in [b"\x1b]", b"\x1bP", b"\x1b_"] {
        let found = read(&[begin, b"jj"], Duration::from_millis(300));
        assert_eq!(found, chars("jj"), "{begin:?}");
    }
}

#[test]
fn an_answer_that_never_ends_is_given_up() {
    let found = read(&[b"\x1b]99;i=wf", b"j"], CUT);
    assert_eq!(found, chars("j"));
    let endless = [b"\x1b]99;".as_slice(), &vec![b'x'; ENDLESS + 10], b"j"].concat();
    let found = at_once(&endless);
    assert!(
        found.len() < 20 && found.ends_with(&chars("j")),
        "{}",
        found.len()
    );
}

#[test]
fn pasted_text_is_one_piece_whatever_is_in_it() {
    let paste = |text: &str| vec![Decoded::Event(Event::Paste(text.to_owned()))];
    assert_eq!(
        at_once(b"\x1b[200~dq\r\x1b[31my\x1b[201~"),
        paste("dq\r\x1b[31my")
    );
    let cut: [&[u8]; 3] = [b"\x1b[200~d", b"q\x1b[20", b"1~j"];
    let mut expected = paste("dq");
    expected.extend(chars("j"));
    assert_eq!(read(&cut, Duration::from_secs(2)), expected);
    // Its end never comes: what came is still text.
    assert_eq!(at_once(b"\x1b[200~dq"), paste("dq"));
    let long = ["\x1b[200~", &"a".repeat(PASTE + 100), "\x1b[201~j"].concat();
    let found = at_once(long.as_bytes());
    assert_eq!(found.len(), 2);
    assert!(matches!(&found[0], Decoded::Event(Event::Paste(text)) if text.len() == PASTE));
}

proptest! {
    /// Whatever comes, in whatever pieces, the decoder lives, says the same as
    /// in one piece, and is not deaf afterwards.
    #[test]
    fn pieces_do_not_matter(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..200_usize) {
        let at = at.min(bytes.len());
        let (head, tail) = bytes.split_at(at);
        prop_assert_eq!(read(&[head, tail], Duration::ZERO), at_once(&bytes));
        let mut decoder = Decoder::default();
        let now = Instant::now();
        decoder.feed(&bytes, now);
        decoder.quiet(now);
        let later = now + CUT;
        prop_assert_eq!(decoder.feed(b"j", later), chars("j"));
    }
}

/// What comes from a terminal: a key of the officer, or an answer.
#[derive(Clone, Debug)]
enum Sent {
    Typed(char),
    Answered(&'static [u8]),
}

fn sent() -> impl Strategy<Value = Sent> {
    let keys = prop::sample::select("jkq[]PO?0129;cRyZ".chars().collect::<Vec<_>>());
    let answers = prop::sample::select(ANSWERS.map(|(bytes, _)| bytes).to_vec());
    prop_oneof![keys.prop_map(Sent::Typed), answers.prop_map(Sent::Answered)]
}

/// The bytes of one thing that is sent, cut at some places; before each piece so
/// many milliseconds pass.
fn pieces(sent: &Sent, cuts: &[(usize, u64)], before: u64) -> Vec<(u64, Vec<u8>)> {
    let bytes = match sent {
        Sent::Typed(c) => c.to_string().into_bytes(),
        Sent::Answered(bytes) => bytes.to_vec(),
    };
    let mut out = vec![(before, Vec::new())];
    for (at, byte) in bytes.iter().enumerate() {
        let cut = cuts.iter().find(|(place, _)| *place == at && at > 0);
        if let Some((_, gap)) = cut {
            // Cut behind the ESC and once more, some can't be told from typing.
            let escaped = cuts.iter().any(|(place, gap)| *place == 1 && *gap >= 50);
            let like_typing = at == 2 || !bytes.starts_with(b"\x1b[?");
            let gap = if escaped && like_typing {
                (*gap).min(49)
            } else {
                *gap
            };
            out.push((gap, Vec::new()));
        }
        if let Some((_, piece)) = out.last_mut() {
            piece.push(*byte);
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Answers that come late, between keys, in whatever pieces and however far
    /// apart: every key is a key, and nothing of an answer is one but the Esc of
    /// a cut behind its first byte.
    #[test]
    fn late_answers_are_no_keys(
        all in prop::collection::vec(
            (sent(), prop::collection::vec((1..20_usize, 0..4900_u64), 0..4), 60..3000_u64),
            1..8,
        ),
    ) {
        let mut decoder = Decoder::default();
        let mut now = Instant::now();
        let mut found = Vec::new();
        let mut typed = Vec::new();
        for (sent, cuts, before) in &all {
            if let Sent::Typed(c) = sent {
                typed.push(key(KeyCode::Char(*c)));
            }
            for (gap, piece) in pieces(sent, cuts, *before) {
                let next = now + Duration::from_millis(gap);
                while let Some(wait) = decoder.waits().filter(|wait| now + *wait <= next) {
                    now += wait;
                    found.extend(decoder.quiet(now));
                }
                now = next;
                found.extend(decoder.feed(&piece, now));
            }
        }
        if let Some(wait) = decoder.waits() {
            found.extend(decoder.quiet(now + wait));
        }
        found.retain(|one| matches!(one, Decoded::Event(_)) && *one != key(KeyCode::Esc));
        prop_assert_eq!(found, typed);
    }
}
