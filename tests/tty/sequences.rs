//! What the console may write: everything that it wrote, read by a terminal's
//! parser, against the list of what is allowed.

use vte::{Params, Perform};

/// What was written that is not allowed, as it was.
#[derive(Default)]
struct Judge {
    wrong: Vec<String>,
    printed: usize,
}

/// Private modes that may be set and reset: cursor, alternate screen, focus,
/// paste, synchronised output, urgent bell; mouse modes are only switched off.
const MODES: [u16; 6] = [25, 1049, 1004, 2004, 2026, 1042];
const SWITCHED_OFF: [u16; 2] = [1000, 1006];

impl Perform for Judge {
    fn print(&mut self, _: char) {
        self.printed += 1;
    }

    fn execute(&mut self, byte: u8) {
        // BEL; a step back; line feed where rows are moved; CAN before the terminal
        // is given back.
        if !matches!(byte, 0x07 | 0x08 | b'\n' | 0x18 | b'\r') {
            self.wrong.push(format!("control {byte:#04x}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignored: bool, action: char) {
        let numbers: Vec<u16> = params.iter().flat_map(<[u16]>::to_vec).collect();
        let known = |modes: &[u16]| numbers.iter().all(|mode| modes.contains(mode));
        let allowed = match (intermediates, action) {
            ([], 'B' | 'C' | 'D' | 'G' | 'H' | 'm' | 'K' | 'r' | 'c')
            | (b">", 'q')
            | (b"?$", 'p') => true,
            ([], 'J') => numbers == [2],
            // The title on the terminal's own stack, and back.
            ([], 't') => matches!(numbers[..], [22 | 23, 2]),
            ([], 'h' | 'l') => numbers == [8],
            (b"?", 'h') => known(&MODES),
            (b"?", 'l') => known(&MODES) || known(&SWITCHED_OFF),
            // The questions of the start.
            _ => false,
        };
        if ignored || !allowed {
            self.wrong
                .push(format!("CSI {intermediates:?} {numbers:?} {action}"));
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _: bool, byte: u8) {
        // Reverse index where rows are moved; the end of a string.
        if !intermediates.is_empty() || !matches!(byte, b'M' | b'\\') {
            self.wrong
                .push(format!("ESC {intermediates:?} {byte:#04x}"));
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        let plain = |text: &[u8]| text.iter().all(|b| (b' '..=b'~').contains(b));
        let number = params.first().copied().unwrap_or_default();
        let allowed = matches!(number, b"2" | b"9" | b"99" | b"777");
        if !allowed || !params.iter().all(|text| plain(text)) {
            self.wrong
                .push(format!("OSC {:?}", String::from_utf8_lossy(number)));
        }
    }

    fn hook(&mut self, params: &Params, intermediates: &[u8], _: bool, action: char) {
        self.wrong
            .push(format!("DCS {params:?} {intermediates:?} {action}"));
    }
}

/// Fails on the first sequence that is not allowed.
#[track_caller]
pub(crate) fn assert_allowed(bytes: &[u8]) {
    let mut judge = Judge::default();
    vte::Parser::new().advance(&mut judge, bytes);
    assert!(judge.wrong.is_empty(), "{:?}", judge.wrong);
    assert!(judge.printed > 0, "nothing was written");
}

#[test]
fn the_judge_knows_what_is_not_allowed() {
    let mut judge = Judge::default();
    let bytes = b"ok\x1b[31m\x1b]52;c;aGk=\x07\x1b[5n\x1b[?1003h\x1bc\x1bP$q\x1b\\\x1b[2K\x0e";
    vte::Parser::new().advance(&mut judge, bytes);
    assert_eq!(judge.wrong.len(), 6, "{:?}", judge.wrong);
}
