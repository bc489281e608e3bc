//! From what is known of a terminal to how text is laid out on it.
//!
//! Owns the table of terminals for `bidi = "auto"` and the defaults over SSH
//! and in multiplexers. Pure. Called at the start, and again when the terminal
//! has said what it is.

use super::probe::{Multiplexer, TerminalFacts};
use crate::text::{Ambiguous, Bidi, Emoji, Policy};

/// What the officer set; none leaves it to the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Who orders right-to-left text.
    pub bidi: Option<Bidi>,
    /// Whether Arabic letters are joined where we order them.
    pub shaping: bool,
    /// How much of an emoji is drawn.
    pub emoji: Option<Emoji>,
    /// Cells of ambiguous characters.
    pub ambiguous: Ambiguous,
}

/// The policy for a terminal.
#[must_use]
pub fn policy(wishes: Wishes, facts: &TerminalFacts) -> Policy {
    let name = facts.name.as_deref().unwrap_or_default();
    let safe = facts.remote || facts.multiplexer != Multiplexer::None;
    let usual = if safe { Emoji::Base } else { Emoji::Full };
    Policy {
        bidi: wishes.bidi.unwrap_or(match facts.orders_text {
            Some(true) => Bidi::Terminal,
            Some(false) => Bidi::Visual,
            None => bidi(name, facts.multiplexer),
        }),
        shaping: wishes.shaping,
        emoji: wishes.emoji.unwrap_or(usual),
        ambiguous: wishes.ambiguous,
    }
}

/// Who orders right-to-left text on the terminal `name` behind `multiplexer`.
///
/// We do where the terminal never does, or stops when told to (CSI 8 l). No
/// multiplexer hands that on, so terminals that have to be told keep it there.
/// Those that order text themselves and can't be told, and those that nobody
/// knows, keep it always.
#[must_use]
pub fn bidi(name: &str, multiplexer: Multiplexer) -> Bidi {
    let never = [
        "alacritty",
        "ghostty",
        "xterm",
        "foot",
        "wezterm",
        "rxvt",
        "iterm2",
        "linux",
    ];
    let obeys = ["vte", "mintty"];
    if never.contains(&name) || (obeys.contains(&name) && multiplexer == Multiplexer::None) {
        Bidi::Visual
    } else {
        Bidi::Terminal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_terminal_gets_the_mode_that_it_draws_right() {
        use Multiplexer as M;
        let expected = [
            ("alacritty", M::None, Bidi::Visual),
            ("ghostty", M::None, Bidi::Visual),
            ("xterm", M::None, Bidi::Visual),
            ("foot", M::None, Bidi::Visual),
            ("wezterm", M::None, Bidi::Visual),
            ("iterm2", M::None, Bidi::Visual),
            ("vte", M::None, Bidi::Visual),
            ("mintty", M::None, Bidi::Visual),
            ("alacritty", M::Tmux, Bidi::Visual),
            ("wezterm", M::Screen, Bidi::Visual),
            ("vte", M::Tmux, Bidi::Terminal),
            ("vte", M::Screen, Bidi::Terminal),
            ("mintty", M::Tmux, Bidi::Terminal),
            ("mintty", M::Mosh, Bidi::Terminal),
            ("vte", M::Zellij, Bidi::Terminal),
            ("kitty", M::None, Bidi::Terminal),
            ("konsole", M::None, Bidi::Terminal),
            ("apple-terminal", M::None, Bidi::Terminal),
            ("putty", M::None, Bidi::Terminal),
            ("mlterm", M::None, Bidi::Terminal),
            ("windows-terminal", M::None, Bidi::Terminal),
            ("", M::None, Bidi::Terminal),
            ("", M::Tmux, Bidi::Terminal),
            ("unheard-of", M::None, Bidi::Terminal),
        ];
        for (name, multiplexer, mode) in expected {
            assert_eq!(bidi(name, multiplexer), mode, "{name} {multiplexer}");
        }
    }

    #[test]
    fn what_the_officer_set_wins() {
        let facts = TerminalFacts {
            name: Some("kitty".to_owned()),
            remote: true,
            ..TerminalFacts::default()
        };
        let usual = policy(Wishes::default(), &facts);
        assert_eq!((usual.bidi, usual.emoji), (Bidi::Terminal, Emoji::Base));
        let set = Wishes {
            bidi: Some(Bidi::Visual),
            emoji: Some(Emoji::Full),
            ambiguous: Ambiguous::Two,
            shaping: true,
        };
        let set = policy(set, &facts);
        assert_eq!((set.bidi, set.emoji), (Bidi::Visual, Emoji::Full));
        assert_eq!((set.ambiguous, set.shaping), (Ambiguous::Two, true));
        let near = policy(Wishes::default(), &TerminalFacts::default());
        assert_eq!(near.emoji, Emoji::Full);
    }

    #[test]
    fn emoji_are_bare_in_a_multiplexer() {
        for multiplexer in [Multiplexer::Tmux, Multiplexer::Screen] {
            let facts = TerminalFacts {
                multiplexer,
                ..TerminalFacts::default()
            };
            assert_eq!(policy(Wishes::default(), &facts).emoji, Emoji::Base);
        }
    }

    #[test]
    fn what_the_officer_saw_is_believed_before_the_table() {
        let seen = |orders_text, bidi| {
            let facts = TerminalFacts {
                name: Some("foot".to_owned()),
                orders_text,
                ..TerminalFacts::default()
            };
            let wishes = Wishes {
                bidi,
                ..Wishes::default()
            };
            policy(wishes, &facts).bidi
        };
        assert_eq!(seen(None, None), Bidi::Visual);
        assert_eq!(seen(Some(true), None), Bidi::Terminal);
        assert_eq!(seen(Some(false), None), Bidi::Visual);
        assert_eq!(seen(Some(true), Some(Bidi::Off)), Bidi::Off);
    }
}
