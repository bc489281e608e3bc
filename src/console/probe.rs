//! What terminal this is: asked at the start without waiting for the answer,
//! guessed from the environment until it comes.
//!
//! Owns [`TerminalFacts`], the questions, and what an answer means. Pure: bytes
//! and variables come in. The answers are read by `decode`, gathered by
//! `session`; notices, text and the writer go by the facts.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long answers are waited for before the facts are called settled. Later
/// ones still count.
pub const PATIENCE: Duration = Duration::from_millis(300);

/// Name and version (XTVERSION).
const ASK_VERSION: &str = "\x1b[>0q";
/// Whether it shows notices (kitty's desktop notification protocol).
const ASK_NOTICES: &str = "\x1b]99;i=wf:p=?;\x1b\\";
/// Whether it knows synchronised output (DECRQM 2026).
const ASK_SYNC: &str = "\x1b[?2026$p";
/// Primary device attributes: every terminal answers, so it comes last.
const ASK_ATTRIBUTES: &str = "\x1b[c";

/// The mode of synchronised output.
const SYNC_MODE: u16 = 2026;
/// The longest name or version that is kept, characters.
const NAME: usize = 32;

/// What lies between the console and the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Multiplexer {
    /// Nothing.
    #[default]
    None,
    /// tmux: passes sequences on when they are wrapped and it is told to.
    Tmux,
    /// GNU screen: passes sequences on when they are wrapped.
    Screen,
    /// zellij: passes none on.
    Zellij,
    /// mosh: passes none on.
    Mosh,
}

impl fmt::Display for Multiplexer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Zellij => "zellij",
            Self::Mosh => "mosh",
        })
    }
}

/// What is known of the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not a state"
)]
pub struct TerminalFacts {
    /// The terminal that the officer looks at, in lower case ("kitty", "vte",
    /// "xterm"), as far as it is known; behind a multiplexer the outer one.
    pub name: Option<String>,
    /// Its version, as it says it.
    pub version: Option<String>,
    /// What lies between.
    pub multiplexer: Multiplexer,
    /// The multiplexer's version, when it said so ("3.4").
    pub multiplexer_version: Option<String>,
    /// The multiplexer runs in another one: what goes to the terminal has to be
    /// wrapped twice.
    pub nested: bool,
    /// It answered that it shows notices by OSC 99.
    pub osc99: bool,
    /// It answered that it knows synchronised output.
    pub sync: bool,
    /// It answered at all.
    pub answered: bool,
    /// The console runs on another machine than the terminal.
    pub remote: bool,
    /// The terminal puts right-to-left text in order itself, or does not, as the
    /// officer saw; none: nobody looked.
    #[serde(default)]
    pub orders_text: Option<bool>,
}

/// An answer of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Its name and version, as it says them.
    Version(String),
    /// Primary device attributes.
    Attributes(Vec<u16>),
    /// The state of a private mode: 0 unknown, 1 set, 2 reset, 3 and 4 for good.
    Mode(u16, u16),
    /// An operating system command.
    Command(String),
    /// Where the cursor is: row and column, from 1.
    Position(u16, u16),
    /// Something else; nobody asked.
    Other,
}

/// The questions to a terminal that `TERM` says can be asked; empty for those
/// that would print them.
#[must_use]
pub fn questions(term: &str) -> String {
    let plain = ["", "dumb", "linux", "cons25", "ansi"];
    if plain.contains(&term) || term.starts_with("vt") || term.starts_with("sun") {
        return String::new();
    }
    [ASK_VERSION, ASK_NOTICES, ASK_SYNC, ASK_ATTRIBUTES].concat()
}

impl TerminalFacts {
    /// What the environment tells. Variables of the officer's own machine do
    /// not come over SSH; those that do come are asked first.
    #[must_use]
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let has = |name: &str| set(name).is_some();
        let term = set("TERM").unwrap_or_default();
        let multiplexer = if has("TMUX") || term.starts_with("tmux") {
            Multiplexer::Tmux
        } else if has("ZELLIJ") {
            Multiplexer::Zellij
        } else if has("STY") || term.starts_with("screen") {
            Multiplexer::Screen
        } else if has("MOSH_CONNECTION") || has("MOSH_SERVER_PID") {
            Multiplexer::Mosh
        } else {
            Multiplexer::None
        };
        Self {
            name: named_by(&set, &term),
            multiplexer,
            remote: ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "MOSH_CONNECTION"]
                .into_iter()
                .any(has),
            ..Self::default()
        }
    }

    /// Takes an answer in. True when it was the last that was asked for.
    pub fn heard(&mut self, reply: &Reply) -> bool {
        match reply {
            Reply::Version(says) => self.says_it_is(says),
            Reply::Mode(SYNC_MODE, state) => self.sync = (1..=3).contains(state),
            Reply::Command(says) => {
                // "99;i=wf:p=?;…": it lists what it can do.
                self.osc99 |= says.starts_with("99;") && says.contains("p=");
            }
            Reply::Attributes(_) => {
                self.answered = true;
                return true;
            }
            Reply::Mode(..) | Reply::Position(..) | Reply::Other => {}
        }
        false
    }

    fn says_it_is(&mut self, says: &str) {
        let (name, version) = name_and_version(says);
        if name == "tmux" {
            self.multiplexer = Multiplexer::Tmux;
            self.multiplexer_version = version;
        } else if !name.is_empty() {
            (self.name, self.version) = (Some(name), version);
        }
    }

    /// What tmux says of the terminal around it: the answer to [`TMUX_FORMAT`].
    pub fn tmux_says(&mut self, line: &str) {
        let mut parts = line.trim().splitn(3, '|');
        let (kind, term) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        self.nested = term.starts_with("tmux") || term.starts_with("screen");
        let (name, version) = name_and_version(kind);
        if !name.is_empty() && name != "tmux" {
            (self.name, self.version) = (Some(name), version);
        } else if let Some(name) = named_by_term(term) {
            self.name = Some(name.to_owned());
        }
    }

    /// Under which name answers are remembered: another terminal on the same
    /// machine is another one.
    #[must_use]
    pub fn remembered_as(variable: impl Fn(&str) -> Option<String>) -> String {
        let from = variable("SSH_CONNECTION").unwrap_or_default();
        let host = from.split(' ').next().unwrap_or_default().to_owned();
        let plain = |name: &str| variable(name).unwrap_or_default();
        let parts = [
            host,
            plain("TERM"),
            plain("LC_TERMINAL"),
            plain("TERM_PROGRAM"),
        ];
        let clean = |part: &String| -> String {
            let kept = part.chars().filter(|c| c.is_ascii_graphic() && *c != '|');
            kept.take(NAME * 2).collect()
        };
        parts.iter().map(clean).collect::<Vec<_>>().join("|")
    }
}

/// What tmux is asked, by `display-message -p`.
pub const TMUX_FORMAT: &str = "#{client_termtype}|#{client_termname}|#{version}";

/// "kitty(0.36.1)", "`WezTerm` 20240203", "tmux 3.4": the name in lower case, and
/// what follows it.
fn name_and_version(says: &str) -> (String, Option<String>) {
    let clean: String = says.chars().filter(|c| (' '..='~').contains(c)).collect();
    let name: String = clean
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .take(NAME)
        .collect();
    let rest: String = clean.chars().skip(name.chars().count()).collect();
    let version: String = rest
        .trim_matches(|c| " ()".contains(c))
        .chars()
        .take(NAME)
        .collect();
    (
        name.to_ascii_lowercase(),
        (!version.is_empty()).then_some(version),
    )
}

fn named_by(set: &impl Fn(&str) -> Option<String>, term: &str) -> Option<String> {
    let program = set("LC_TERMINAL").or_else(|| set("TERM_PROGRAM"));
    let by_program = program.as_deref().and_then(|program| match program {
        "iTerm2" | "iTerm.app" => Some("iterm2"),
        "Apple_Terminal" => Some("apple-terminal"),
        "WezTerm" => Some("wezterm"),
        "ghostty" => Some("ghostty"),
        "vscode" => Some("vscode"),
        "mintty" => Some("mintty"),
        _ => None,
    });
    let by_variable = [
        ("KITTY_WINDOW_ID", "kitty"),
        ("WT_SESSION", "windows-terminal"),
        ("KONSOLE_VERSION", "konsole"),
        ("ALACRITTY_WINDOW_ID", "alacritty"),
        ("VTE_VERSION", "vte"),
    ];
    let by_variable = || {
        let found = by_variable.iter().find(|(name, _)| set(name).is_some());
        found.map(|(_, name)| *name)
    };
    by_program
        .or_else(by_variable)
        .or_else(|| named_by_term(term))
        .map(ToOwned::to_owned)
}

/// The terminals that have a `TERM` of their own.
fn named_by_term(term: &str) -> Option<&'static str> {
    let known = [
        ("xterm-kitty", "kitty"),
        ("xterm-ghostty", "ghostty"),
        ("ghostty", "ghostty"),
        ("alacritty", "alacritty"),
        ("foot", "foot"),
        ("wezterm", "wezterm"),
        ("rxvt", "rxvt"),
        ("mlterm", "mlterm"),
        ("konsole", "konsole"),
        ("vte", "vte"),
        ("gnome", "vte"),
        ("putty", "putty"),
        ("mintty", "mintty"),
        ("linux", "linux"),
    ];
    let found = known.iter().find(|(start, _)| term.starts_with(start));
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(set: &[(&str, &str)]) -> TerminalFacts {
        TerminalFacts::from_environment(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_is_believed_until_the_terminal_answers() {
        let mut kitty = facts(&[
            ("TERM", "xterm-kitty"),
            ("SSH_CONNECTION", "192.0.2.1 1 2 3"),
        ]);
        assert_eq!(kitty.name.as_deref(), Some("kitty"));
        assert!(kitty.remote && !kitty.answered && !kitty.osc99);
        for reply in [
            Reply::Version("kitty(0.36.1)".to_owned()),
            Reply::Command("99;i=wf:p=?;p=title,body,?".to_owned()),
            Reply::Mode(2026, 2),
        ] {
            assert!(!kitty.heard(&reply));
        }
        assert!(kitty.heard(&Reply::Attributes(vec![62])));
        assert_eq!(kitty.version.as_deref(), Some("0.36.1"));
        assert!(kitty.osc99 && kitty.sync && kitty.answered);
    }

    #[test]
    fn a_multiplexer_is_not_the_terminal() {
        let mut facts = facts(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x,1,0")]);
        facts.heard(&Reply::Version("tmux 3.3a".to_owned()));
        assert_eq!(facts.multiplexer, Multiplexer::Tmux);
        assert_eq!(facts.multiplexer_version.as_deref(), Some("3.3a"));
        assert_eq!(facts.name, None);
        facts.tmux_says("WezTerm 20240203-110809|xterm-256color|3.3a\n");
        assert_eq!(facts.name.as_deref(), Some("wezterm"));
        assert!(!facts.nested);
        facts.tmux_says("|tmux-256color|3.3a");
        assert!(facts.nested);
    }

    #[test]
    fn what_a_terminal_calls_itself_is_cleaned() {
        let mut facts = facts(&[("TERM", "xterm")]);
        facts.heard(&Reply::Version("X\u{1b}[31mTerm(390)".to_owned()));
        assert_eq!(facts.name.as_deref(), Some("x"));
        assert!(
            facts
                .version
                .is_some_and(|v| v.chars().all(|c| (' '..='~').contains(&c)))
        );
    }

    #[test]
    fn terminals_that_would_print_the_questions_are_not_asked() {
        for term in ["", "dumb", "linux", "vt100", "vt220"] {
            assert_eq!(questions(term), "", "{term}");
        }
        assert!(questions("xterm-256color").ends_with("\x1b[c"));
    }
}
