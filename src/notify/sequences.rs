//! Notices, bell and title as bytes for a terminal.
//!
//! Pure, and not yet wrapped for multiplexers. Every text is of our own
//! template (see [`super::template`]).
//!
//! Sources: OSC 99, kitty's desktop notification protocol (`i=` identifies, so
//! that a later notice replaces an earlier one, `u=` urgency, `o=` occasion, `f=`
//! name of the program and `e=1` payload in base64, `p=close`); OSC 777 of
//! urxvt's notification extension; OSC 9 of iTerm2; OSC 2 and BEL of ECMA-48
//! terminals.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::template::BYTES;

/// The bell.
pub const BELL: &[u8] = b"\x07";

/// The name by which a notice is replaced and closed.
const ID: &str = "watchfloor";

/// The longest payload of OSC 99 before it is encoded, bytes.
const PAYLOAD: usize = 2048;
const _: () = assert!(BYTES <= PAYLOAD);

/// A notice by OSC 99. `unfocused`: only while the terminal's window has not
/// the focus, where the terminal knows that better than we do.
#[must_use]
pub fn osc99(line: &str, critical: bool, unfocused: bool) -> Vec<u8> {
    let urgency = if critical { 2 } else { 1 };
    let occasion = if unfocused { ":o=unfocused" } else { "" };
    let name = STANDARD.encode(ID);
    let text = STANDARD.encode(own(line));
    format!("\x1b]99;i={ID}:f={name}:u={urgency}{occasion}:e=1;{text}\x1b\\").into_bytes()
}

/// Takes the notice back.
#[must_use]
pub fn osc99_close() -> Vec<u8> {
    format!("\x1b]99;i={ID}:p=close;\x1b\\").into_bytes()
}

/// A notice by OSC 777.
#[must_use]
pub fn osc777(line: &str) -> Vec<u8> {
    format!("\x1b]777;notify;watchfloor;{}\x07", own(line)).into_bytes()
}

/// A notice by OSC 9.
#[must_use]
pub fn osc9(line: &str) -> Vec<u8> {
    format!("\x1b]9;{}\x07", own(line)).into_bytes()
}

/// The title.
#[must_use]
pub fn title(title: &str) -> Vec<u8> {
    format!("\x1b]2;{}\x07", own(title)).into_bytes()
}

/// The template's text. What is not of it would be a fault of ours; it is left
/// out all the same rather than sent.
fn own(text: &str) -> String {
    debug_assert!(
        text.bytes()
            .all(|b| (b' '..=b'~').contains(&b) && b != b';')
    );
    let kept = |c: &char| (' '..='~').contains(c) && *c != ';';
    text.chars().filter(kept).take(BYTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_each() {
        let line = "watchfloor: 2 critical";
        assert_eq!(
            osc99(line, true, true),
            b"\x1b]99;i=watchfloor:f=d2F0Y2hmbG9vcg==:u=2:o=unfocused:e=1;\
d2F0Y2hmbG9vcjogMiBjcml0aWNhbA==\x1b\\"
        );
        assert!(
            osc99(line, false, false)
                .starts_with(b"\x1b]99;i=watchfloor:f=d2F0Y2hmbG9vcg==:u=1:e=1;")
        );
        assert_eq!(osc99_close(), b"\x1b]99;i=watchfloor:p=close;\x1b\\");
        assert_eq!(
            osc777(line),
            b"\x1b]777;notify;watchfloor;watchfloor: 2 critical\x07"
        );
        assert_eq!(osc9(line), b"\x1b]9;watchfloor: 2 critical\x07");
        assert_eq!(title("(2!) watchfloor"), b"\x1b]2;(2!) watchfloor\x07");
    }
}
