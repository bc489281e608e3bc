//! Through multiplexers and out again: a small tmux and a small screen, written
//! from their manuals, undo what `wrap` did.

use proptest::prelude::*;

use super::*;

fn read(clues: Clues<'_>) -> Vec<Layer> {
    Multiplexers::read(clues).layers().to_vec()
}

const TMUX: Clues<'_> = Clues {
    tmux: true,
    sty: false,
    term: "tmux-256color",
    client_termname: "xterm-256color",
    xtversion: "",
};

#[test]
fn a_bare_terminal_has_none() {
    let clues = Clues {
        term: "xterm-256color",
        xtversion: "foot(1.16.2)",
        ..Clues::default()
    };
    assert!(Multiplexers::read(clues).is_empty());
    assert!(Multiplexers::read(Clues::default()).is_empty());
    assert_eq!(
        Multiplexers::default().wrap(b"\x1b]9;a\x07"),
        b"\x1b]9;a\x07"
    );
}

#[test]
fn tmux_alone_nested_and_in_screen() {
    use Layer::{Screen, Tmux};
    assert_eq!(read(TMUX), [Tmux]);
    for (client, sty, layers) in [
        ("", false, vec![Tmux]),
        ("alacritty", false, vec![Tmux]),
        ("tmux-256color", false, vec![Tmux, Tmux]),
        ("screen-256color", false, vec![Tmux, Tmux]),
        ("screen.xterm-256color", false, vec![Tmux, Screen]),
        ("screen", true, vec![Tmux, Screen]),
    ] {
        let clues = Clues {
            client_termname: client,
            sty,
            ..TMUX
        };
        assert_eq!(read(clues), layers, "{client} {sty}");
    }
}

#[test]
fn screen_alone_and_in_tmux() {
    use Layer::{Screen, Tmux};
    let alone = Clues {
        sty: true,
        term: "screen.xterm-256color",
        ..Clues::default()
    };
    assert_eq!(read(alone), [Screen]);
    let in_tmux = Clues {
        tmux: true,
        client_termname: "xterm-256color",
        ..alone
    };
    assert_eq!(read(in_tmux), [Screen, Tmux]);
    let not_asked = Clues {
        client_termname: "",
        ..in_tmux
    };
    assert_eq!(read(not_asked), [Screen, Tmux]);
    // A tmux that was started in a screen long ago and is now attached from a
    // bare terminal still has STY; who answers XTVERSION settles it.
    let left = Clues {
        term: "tmux-256color",
        xtversion: "tmux 3.4",
        ..in_tmux
    };
    assert_eq!(read(left), [Tmux]);
}

#[test]
fn one_on_the_officers_own_machine_is_seen_by_its_name() {
    for (term, answered, layer) in [
        ("tmux-256color", "", Layer::Tmux),
        ("screen-256color", "tmux 3.3a", Layer::Tmux),
        ("screen-256color", "", Layer::Screen),
        ("screen.xterm-256color", "", Layer::Screen),
    ] {
        let clues = Clues {
            term,
            xtversion: answered,
            ..Clues::default()
        };
        assert_eq!(read(clues), [layer], "{term} {answered}");
    }
}

#[test]
fn the_bytes_are_as_the_manuals_say() {
    let notice = b"\x1b]777;notify;watchfloor;2 critical\x07";
    assert_eq!(
        Multiplexers(vec![Layer::Tmux]).wrap(notice),
        b"\x1bPtmux;\x1b\x1b]777;notify;watchfloor;2 critical\x07\x1b\\"
    );
    assert_eq!(
        Multiplexers(vec![Layer::Tmux, Layer::Tmux]).wrap(b"\x1b]9;a\x07"),
        b"\x1bPtmux;\x1b\x1bPtmux;\x1b\x1b\x1b\x1b]9;a\x07\x1b\x1b\\\x1b\\"
    );
    assert_eq!(
        Multiplexers(vec![Layer::Screen]).wrap(b"\x1b]9;a\x1b\\"),
        b"\x1bP\x1b]9;a\x07\x1b\\"
    );
}

#[test]
fn screen_gets_no_more_than_it_takes_at_once() {
    let long = [b"\x1b]52;c;".as_slice(), &[b'A'; 3000], b"\x07"].concat();
    let wrapped = Multiplexers(vec![Layer::Screen]).wrap(&long);
    let pieces: Vec<&[u8]> = wrapped.split_inclusive(|byte| *byte == b'\\').collect();
    assert_eq!(pieces.len(), 4);
    assert!(pieces.iter().all(|piece| piece.len() <= 768));
    assert_eq!(screen(&wrapped), long);
}

/// What tmux hands on of what a pane wrote.
fn tmux(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.strip_prefix(b"\x1bPtmux;").expect("is wrapped");
    let mut out = Vec::new();
    loop {
        match rest {
            [ESC, ESC, after @ ..] => {
                out.push(ESC);
                rest = after;
            }
            [ESC, b'\\'] => return out,
            [byte, after @ ..] if *byte != ESC => {
                out.push(*byte);
                rest = after;
            }
            _ => panic!("tmux would end this in the middle: {rest:?}"),
        }
    }
}

/// What screen hands on of what a window wrote.
fn screen(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let body = rest.strip_prefix(DCS).expect("is wrapped");
        let end = body
            .windows(2)
            .position(|pair| pair == ST)
            .expect("is ended");
        assert!(end + 4 <= SCREEN_DCS);
        out.extend_from_slice(&body[..end]);
        rest = &body[end + 2..];
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_goes_in_comes_out(
        body in proptest::collection::vec(prop_oneof![Just(ESC), Just(b'\\'), any::<u8>()], 1..1000),
        inner in any::<bool>(), outer in proptest::option::of(any::<bool>()),
    ) {
        let layer = |screen| if screen { Layer::Screen } else { Layer::Tmux };
        let layers: Vec<Layer> = std::iter::once(inner).chain(outer).map(layer).collect();
        let sequence = [b"\x1b]".as_slice(), &body, b"\x07"].concat();
        let mut bytes = Multiplexers(layers.clone()).wrap(&sequence);
        for layer in layers {
            bytes = match layer { Layer::Tmux => tmux(&bytes), Layer::Screen => screen(&bytes) };
        }
        prop_assert_eq!(bytes, sequence);
    }
}
