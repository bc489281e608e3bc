//! Which multiplexers lie between us and the terminal, and how a sequence gets
//! through them.
//!
//! Pure: environment and tmux's answers come in as values. Both tmux and GNU
//! screen swallow what they do not know (OSC 9, 99, 777), but hand on what is
//! wrapped. BEL and titles need no wrapping: a multiplexer has its own way with
//! them, and a wrapped bell would never ring its `monitor-bell`. Called by the
//! backends of notices, by copying (OSC 52) and by the start-up probe.
//!
//! Sources: tmux(1), `allow-passthrough` (needs 3.3, off by default); the
//! "DCS" row of the control sequences in screen(1).

/// One multiplexer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// tmux: hands on `DCS tmux; … ST` with every ESC inside doubled.
    Tmux,
    /// GNU screen: hands on `DCS … ST` as it is, a limited number of bytes.
    Screen,
}

/// What tells of the multiplexers around us. Everything may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clues<'a> {
    /// `TMUX` is set: we are in a pane of a tmux on this machine.
    pub tmux: bool,
    /// `STY` is set: we are in a window of a screen on this machine, or were
    /// when a tmux was started in it.
    pub sty: bool,
    /// `TERM`. It crosses SSH, so it also tells of a multiplexer on the way.
    pub term: &'a str,
    /// tmux's `#{client_termname}`: the `TERM` that its client was started
    /// with. Empty when there is no tmux or it was not asked.
    pub client_termname: &'a str,
    /// Who answered XTVERSION to us, such as "tmux 3.4" or "foot(1.16.2)".
    /// Empty when nobody did.
    pub xtversion: &'a str,
}

/// The multiplexers between us and the terminal, the one nearest to us first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Multiplexers(Vec<Layer>);

/// Bytes of one DCS that screen takes, introducer and terminator included: what
/// is longer it shows as text.
const SCREEN_DCS: usize = 768;
const DCS: &[u8] = b"\x1bP";
const ST: &[u8] = b"\x1b\\";
const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

impl Multiplexers {
    /// Draws the conclusion from what is known.
    #[must_use]
    pub fn read(clues: Clues<'_>) -> Self {
        let mut layers = Vec::new();
        if clues.tmux || clues.xtversion.starts_with("tmux") {
            let client = name(clues.client_termname);
            // Both variables are inherited: the one that lies inside the other
            // has set TERM, and the outer tmux's client is on no multiplexer.
            let screen_inside = clues.sty
                && (clues.term.starts_with("screen.")
                    || (!clues.client_termname.is_empty() && client.is_none()));
            if screen_inside && !clues.xtversion.starts_with("tmux") {
                layers.push(Layer::Screen);
            }
            layers.push(Layer::Tmux);
            match client {
                // A tmux too old to call itself tmux calls itself screen.
                Some(Layer::Screen) if !clues.sty && !is_screen(clues.client_termname) => {
                    layers.push(Layer::Tmux);
                }
                Some(outer) => layers.push(outer),
                None => {}
            }
        } else if clues.sty {
            layers.push(Layer::Screen);
        } else if let Some(far) = name(clues.term) {
            // No variable, but its name: it runs on the machine that the
            // officer came from, or the variable was cleaned away by sudo.
            layers.push(far);
        }
        Self(layers)
    }

    /// These, the one nearest to us first.
    #[must_use]
    pub fn of(layers: impl IntoIterator<Item = Layer>) -> Self {
        Self(layers.into_iter().collect())
    }

    /// None, as on a bare terminal.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The layers, the one nearest to us first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.0
    }

    /// A whole control sequence, so wrapped that it reaches the terminal.
    #[must_use]
    pub fn wrap(&self, sequence: &[u8]) -> Vec<u8> {
        let mut wrapped = sequence.to_vec();
        if self.0.contains(&Layer::Screen)
            && let Some(body) = sequence.strip_suffix(ST)
            && body.starts_with(b"\x1b]")
        {
            // BEL ends an OSC as well, and is nothing to screen.
            wrapped = [body, &[BEL]].concat();
        }
        for layer in self.0.iter().rev() {
            wrapped = match layer {
                Layer::Tmux => through_tmux(&wrapped),
                Layer::Screen => through_screen(&wrapped),
            };
        }
        wrapped
    }
}

/// The multiplexer that a `TERM` is named for.
fn name(term: &str) -> Option<Layer> {
    if term.starts_with("tmux") {
        Some(Layer::Tmux)
    } else if term.starts_with("screen") {
        Some(Layer::Screen)
    } else {
        None
    }
}

/// screen puts the name of the terminal that it runs on behind a dot; tmux
/// never did.
fn is_screen(term: &str) -> bool {
    term.starts_with("screen.")
}

fn through_tmux(bytes: &[u8]) -> Vec<u8> {
    let mut out = [DCS, b"tmux;"].concat();
    for byte in bytes {
        if *byte == ESC {
            out.push(ESC);
        }
        out.push(*byte);
    }
    out.extend_from_slice(ST);
    out
}

fn through_screen(bytes: &[u8]) -> Vec<u8> {
    let room = SCREEN_DCS - DCS.len() - ST.len();
    let mut out = Vec::with_capacity(bytes.len() + 16);
    let mut used = 0;
    let mut before = None;
    for byte in bytes {
        // A terminator inside would end the wrapping: it is torn apart, and
        // whole again behind screen, which joins what it hands on.
        let ends = before == Some(ESC) && *byte == b'\\';
        if used == 0 {
            out.extend_from_slice(DCS);
        } else if used == room || ends {
            out.extend_from_slice(ST);
            out.extend_from_slice(DCS);
            used = 0;
        }
        out.push(*byte);
        used += 1;
        before = Some(*byte);
    }
    if used > 0 {
        out.extend_from_slice(ST);
    }
    out
}

#[cfg(test)]
#[path = "multiplexer_tests.rs"]
mod tests;
