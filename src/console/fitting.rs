//! How the terminal is used: colours, signs, pace, by what the officer wishes
//! and what the environment says.
//!
//! Pure: variables come in. What only the terminal itself can tell is `probe`'s.
//! Called by the command line.

use std::time::Duration;

use super::pace::Limits;
use crate::theme::{Depth, Glyphs};

/// What the officer set; none where it is left to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How many colours.
    pub colour: Option<Depth>,
    /// Which signs.
    pub glyphs: Option<Glyphs>,
    /// Bytes a second; 0 for no limit.
    pub bytes_per_s: Option<u32>,
    /// The line is thin.
    pub low_bandwidth: bool,
    /// Whether frames are marked as one update.
    pub synchronised: Option<bool>,
    /// Whether Ctrl-Z suspends.
    pub suspend: bool,
    /// What terminal it is.
    pub terminal: Option<String>,
}

/// How the terminal is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// How many colours are written.
    pub depth: Depth,
    /// Which signs are written.
    pub glyphs: Glyphs,
    /// How fast.
    pub limits: Limits,
    /// Whether frames are marked as one update; none: as the terminal answers.
    pub synchronised: Option<bool>,
    /// Whether the console may be suspended.
    pub suspend: bool,
    /// What terminal it is, when the officer says so.
    pub terminal: Option<String>,
}

impl Default for Fitting {
    fn default() -> Self {
        Self {
            depth: Depth::Mono,
            glyphs: Glyphs::Unicode,
            limits: Limits::LOCAL,
            synchronised: Some(false),
            suspend: true,
            terminal: None,
        }
    }
}

impl Fitting {
    /// The officer's wishes, and the environment for the rest.
    #[must_use]
    pub fn choose(wishes: &Wishes, variable: impl Fn(&str) -> Option<String>) -> Self {
        let far = is_far(&variable);
        let mut limits = match (wishes.low_bandwidth, far) {
            (true, _) => Limits::THIN,
            (false, true) => Limits::REMOTE,
            (false, false) => Limits::LOCAL,
        };
        if let Some(rate) = wishes.bytes_per_s {
            limits.bytes_per_s = (rate > 0).then_some(rate);
        }
        // Sixteen bytes a frame buy nothing on a line that is thin.
        let thin = wishes.low_bandwidth.then_some(false);
        Self {
            depth: wishes.colour.unwrap_or_else(|| depth(&variable)),
            glyphs: wishes
                .glyphs
                .unwrap_or_else(|| Glyphs::of_environment(&variable)),
            limits,
            synchronised: wishes.synchronised.or(thin),
            suspend: wishes.suspend,
            terminal: wishes.terminal.clone(),
        }
    }

    /// How long news are gathered for one frame.
    #[must_use]
    pub fn gathered(&self) -> Duration {
        self.limits.gathered
    }
}

fn is_far(variable: &impl Fn(&str) -> Option<String>) -> bool {
    ["SSH_CONNECTION", "SSH_TTY", "MOSH_CONNECTION"]
        .into_iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

/// How many colours the terminal has, by what the environment says of it. Over
/// SSH 256 are enough: true colour costs twice the bytes.
#[must_use]
pub fn depth(variable: &impl Fn(&str) -> Option<String>) -> Depth {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let term = set("TERM").unwrap_or_default();
    let colourless = ["", "dumb"].contains(&term.as_str()) || term.starts_with("vt");
    if set("NO_COLOR").is_some() || colourless {
        return Depth::Mono;
    }
    if term == "linux" {
        return Depth::Ansi16;
    }
    let full = matches!(set("COLORTERM").as_deref(), Some("truecolor" | "24bit"))
        || term.ends_with("-direct");
    // Terminals with a name of their own have at least 256.
    let own = [
        "xterm-kitty",
        "xterm-ghostty",
        "foot",
        "alacritty",
        "wezterm",
    ];
    match full {
        true if !is_far(variable) => Depth::True,
        true => Depth::Indexed256,
        false if term.contains("256color") => Depth::Indexed256,
        false if own.iter().any(|name| term.starts_with(name)) => Depth::Indexed256,
        false => Depth::Ansi16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let set: Vec<(String, String)> = set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        move |name| {
            let found = set.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        }
    }

    #[test]
    fn the_environment_tells_the_colours() {
        let of = |set: &[(&str, &str)]| depth(&env(set));
        let full = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
        assert_eq!(of(&full), Depth::True);
        assert_eq!(of(&full[..1]), Depth::Indexed256);
        assert_eq!(
            of(&[("TERM", "linux"), ("COLORTERM", "truecolor")]),
            Depth::Ansi16
        );
        assert_eq!(of(&[("TERM", "xterm")]), Depth::Ansi16);
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Depth::Indexed256);
        for none in [&[][..], &[("TERM", "dumb")], &[("TERM", "vt220")]] {
            assert_eq!(of(none), Depth::Mono);
        }
        assert_eq!(
            of(&[full[0], full[1], ("SSH_CONNECTION", "192.0.2.1 1 2 3")]),
            Depth::Indexed256
        );
        assert_eq!(of(&[full[0], full[1], ("NO_COLOR", "1")]), Depth::Mono);
    }

    #[test]
    fn wishes_come_before_the_environment() {
        let ssh = env(&[
            ("TERM", "xterm-256color"),
            ("SSH_TTY", "/dev/pts/0"),
            ("NO_COLOR", "1"),
            ("LANG", "C"),
        ]);
        let plain = Fitting::choose(&Wishes::default(), &ssh);
        assert_eq!((plain.depth, plain.glyphs), (Depth::Mono, Glyphs::Ascii));
        assert_eq!(plain.limits, Limits::REMOTE);
        let wishes = Wishes {
            colour: Some(Depth::True),
            glyphs: Some(Glyphs::Unicode),
            bytes_per_s: Some(0),
            ..Wishes::default()
        };
        let asked = Fitting::choose(&wishes, &ssh);
        assert_eq!((asked.depth, asked.glyphs), (Depth::True, Glyphs::Unicode));
        assert_eq!(asked.limits.bytes_per_s, None);
        let thin = Wishes {
            low_bandwidth: true,
            ..Wishes::default()
        };
        let thin = Fitting::choose(&thin, &ssh);
        assert_eq!(
            (thin.limits, thin.synchronised),
            (Limits::THIN, Some(false))
        );
    }
}
