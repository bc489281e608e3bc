//! Which ways of calling suit this session.
//!
//! Pure: environment, terminal and wishes come in as values. Called by
//! [`super::caller`] and by `check notify`.

use serde::{Deserialize, Serialize};

use super::multiplexer::Multiplexers;

/// A way of calling, as the officer may wish for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A notice by OSC 99, the bell and the title.
    Osc99,
    /// A notice by OSC 777, the bell and the title.
    Osc777,
    /// A notice by OSC 9, the bell and the title.
    Osc9,
    /// The bell and the title.
    Bell,
    /// The title only.
    Title,
    /// A notice on this machine's desktop over D-Bus, the bell and the title.
    Dbus,
    /// A notice of this machine's desktop, the bell and the title.
    Native,
    /// A program of the officer's own, the bell and the title.
    Command,
    /// Not at all.
    Off,
}

impl Method {
    /// Every one, the best first.
    pub const ALL: [Self; 9] = [
        Self::Osc99,
        Self::Osc777,
        Self::Osc9,
        Self::Dbus,
        Self::Native,
        Self::Command,
        Self::Bell,
        Self::Title,
        Self::Off,
    ];

    /// The word in configuration and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Osc99 => "osc99",
            Self::Osc777 => "osc777",
            Self::Osc9 => "osc9",
            Self::Bell => "bell",
            Self::Title => "title",
            Self::Dbus => "dbus",
            Self::Native => "native",
            Self::Command => "command",
            Self::Off => "off",
        }
    }

    fn way(self) -> Option<Way> {
        match self {
            Self::Osc99 => Some(Way::Osc99),
            Self::Osc777 => Some(Way::Osc777),
            Self::Osc9 => Some(Way::Osc9),
            Self::Dbus | Self::Native => Some(Way::Desktop),
            Self::Command => Some(Way::Command),
            Self::Bell | Self::Title | Self::Off => None,
        }
    }
}

/// How a notice is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// OSC 99 to the terminal.
    Osc99,
    /// OSC 777 to the terminal.
    Osc777,
    /// OSC 9 to the terminal.
    Osc9,
    /// This machine's desktop.
    Desktop,
    /// The officer's own program.
    Command,
}

impl Way {
    /// As a page names it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Osc99 => "notices of the terminal (OSC 99)",
            Self::Osc777 => "notices of the terminal (OSC 777)",
            Self::Osc9 => "notices of the terminal (OSC 9)",
            Self::Desktop => "notices on this desktop",
            Self::Command => "your own program",
        }
    }
}

/// The ways that are used together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// How notices are shown.
    pub notice: Option<Way>,
    /// Whether the bell rings.
    pub bell: bool,
    /// Whether the title counts.
    pub title: bool,
}

/// What of the environment decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not a state"
)]
pub struct Surroundings {
    /// Standard output is a terminal that understands more than lines.
    pub terminal: bool,
    /// The officer came over SSH or mosh: this machine's desktop is not his or
    /// hers.
    pub ssh: bool,
    /// In tmux or screen, which may be looked at from afar.
    pub multiplexed: bool,
    /// There is a desktop session on this machine.
    pub desktop: bool,
    /// The terminal is given lines to read and nothing that it has to obey; the
    /// bell is all the same.
    pub lines: bool,
}

/// What is known of the terminal. Grows better when it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Its name in lower case, as XTVERSION or the environment tell; behind a
    /// multiplexer that of the outer one.
    pub name: Option<String>,
    /// It answered that it shows notices by OSC 99.
    pub osc99: bool,
    /// What lies between and hands on what is wrapped.
    pub multiplexers: Multiplexers,
    /// Something lies between that hands on no notices (zellij, mosh).
    pub swallowed: bool,
}

impl Surroundings {
    /// Reads the environment through `variable`, which gives a variable's value
    /// when it is set and not empty.
    #[must_use]
    pub fn read(terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let any = |names: &[&str]| names.iter().any(|name| set(name));
        Self {
            terminal: terminal && variable("TERM").is_none_or(|term| term != "dumb"),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "MOSH_CONNECTION"]),
            multiplexed: any(&["TMUX", "STY", "ZELLIJ"]),
            desktop: cfg!(any(target_os = "macos", windows))
                || any(&["WAYLAND_DISPLAY", "DISPLAY"]),
            lines: false,
        }
    }
}

impl Terminal {
    /// How it shows notices, as far as that is known. Terminals that swallow
    /// OSC 9 and 777 without showing anything are not in the table.
    ///
    /// kitty and foot know OSC 99 too, but are believed only when they answer
    /// for it: behind tmux they can't.
    #[must_use]
    pub fn way(&self) -> Option<Way> {
        if self.swallowed {
            return None;
        }
        if self.osc99 {
            return Some(Way::Osc99);
        }
        match self.name.as_deref()? {
            "kitty" | "foot" | "ghostty" | "wezterm" | "rxvt" | "urxvt" | "rxvt-unicode" => {
                Some(Way::Osc777)
            }
            "iterm2" => Some(Way::Osc9),
            _ => None,
        }
    }
}

impl Ways {
    /// The ways for a wish: what the officer set, else what `check notify` was
    /// told was seen on this terminal, else what suits.
    #[must_use]
    pub fn choose(
        wish: Option<Method>,
        seen: Option<Method>,
        around: Surroundings,
        terminal: &Terminal,
    ) -> Self {
        let wish = wish.or(seen);
        if !around.terminal || wish == Some(Method::Off) {
            return Self::default();
        }
        let notice = match wish {
            None if around.desktop && !around.ssh && !around.multiplexed => Some(Way::Desktop),
            None => terminal.way(),
            // The desktop of a jump host is the wrong one, whoever sits there.
            Some(Method::Dbus | Method::Native) if around.ssh => terminal.way(),
            Some(method) => method.way(),
        };
        let among_lines = |way: &Way| matches!(way, Way::Desktop | Way::Command);
        Self {
            notice: notice.filter(|way| !around.lines || among_lines(way)),
            bell: wish != Some(Method::Title),
            title: !around.lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(set: &[(&str, &str)]) -> Surroundings {
        Surroundings::read(true, |name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn named(name: &str) -> Terminal {
        Terminal {
            name: Some(name.to_owned()),
            ..Terminal::default()
        }
    }

    fn auto(set: &[(&str, &str)], terminal: &Terminal) -> Option<Way> {
        Ways::choose(None, None, around(set), terminal).notice
    }

    const LOCAL: (&str, &str) = ("WAYLAND_DISPLAY", "wayland-0");
    const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 1 2 3");

    #[cfg(target_os = "linux")]
    #[test]
    fn the_desktop_only_where_the_officer_sits() {
        let foot = named("foot");
        assert_eq!(auto(&[LOCAL], &foot), Some(Way::Desktop));
        for far in [
            "SSH_CONNECTION",
            "SSH_TTY",
            "SSH_CLIENT",
            "MOSH_CONNECTION",
            "TMUX",
            "STY",
            "ZELLIJ",
        ] {
            assert_eq!(
                auto(&[LOCAL, (far, "x")], &foot),
                Some(Way::Osc777),
                "{far}"
            );
        }
        assert_eq!(auto(&[], &foot), Some(Way::Osc777), "no desktop session");
        assert_eq!(auto(&[LOCAL, ("SSH_TTY", "")], &foot), Some(Way::Desktop));
        for method in [Method::Dbus, Method::Native] {
            for seen in [None, Some(method)] {
                let ways = Ways::choose(Some(method), seen, around(&[LOCAL, SSH]), &foot);
                assert_eq!(ways.notice, Some(Way::Osc777), "never over SSH");
            }
        }
    }

    #[test]
    fn a_terminal_is_told_in_the_way_that_it_shows() {
        for (name, way) in [
            ("foot", Some(Way::Osc777)),
            ("ghostty", Some(Way::Osc777)),
            ("wezterm", Some(Way::Osc777)),
            ("kitty", Some(Way::Osc777)),
            ("rxvt", Some(Way::Osc777)),
            ("iterm2", Some(Way::Osc9)),
            ("vte", None),
            ("xterm", None),
            ("alacritty", None),
            ("windows-terminal", None),
            ("apple-terminal", None),
            ("putty", None),
            ("konsole", None),
        ] {
            let ways = Ways::choose(None, None, around(&[SSH]), &named(name));
            assert_eq!(ways.notice, way, "{name}");
            assert!(ways.bell && ways.title, "always as well");
        }
        let answered = Terminal {
            osc99: true,
            ..named("kitty")
        };
        assert_eq!(auto(&[SSH], &answered), Some(Way::Osc99));
        let behind_zellij = Terminal {
            swallowed: true,
            ..answered
        };
        assert_eq!(auto(&[SSH], &behind_zellij), None);
        assert_eq!(auto(&[SSH], &Terminal::default()), None);
    }

    #[test]
    fn a_wish_is_obeyed_and_what_was_seen_is_preferred() {
        let choose = |wish, seen| Ways::choose(wish, seen, around(&[SSH]), &named("foot"));
        let ways = |notice, bell| Ways {
            notice,
            bell,
            title: true,
        };
        assert_eq!(
            choose(Some(Method::Osc9), None),
            ways(Some(Way::Osc9), true)
        );
        assert_eq!(
            choose(Some(Method::Command), None),
            ways(Some(Way::Command), true)
        );
        assert_eq!(choose(Some(Method::Bell), None), ways(None, true));
        assert_eq!(choose(Some(Method::Title), None), ways(None, false));
        assert_eq!(choose(Some(Method::Off), None), Ways::default());
        assert_eq!(
            choose(None, Some(Method::Osc9)),
            ways(Some(Way::Osc9), true)
        );
        assert_eq!(
            choose(Some(Method::Bell), Some(Method::Osc9)),
            ways(None, true)
        );
    }

    #[test]
    fn among_lines_there_is_nothing_to_obey() {
        let lines = Surroundings {
            lines: true,
            ..around(&[SSH])
        };
        let answered = Terminal {
            osc99: true,
            ..named("kitty")
        };
        let choose = |wish| Ways::choose(wish, None, lines, &answered);
        for wish in [None, Some(Method::Osc777), Some(Method::Dbus)] {
            let ways = choose(wish);
            assert_eq!((ways.notice, ways.bell, ways.title), (None, true, false));
        }
        assert_eq!(choose(Some(Method::Command)).notice, Some(Way::Command));
        assert_eq!(choose(Some(Method::Off)), Ways::default());
    }

    #[test]
    fn a_pipe_is_never_called() {
        let piped = Surroundings::read(false, |_| Some("x".into()));
        let dumb = around(&[LOCAL, ("TERM", "dumb")]);
        for nobody in [piped, dumb] {
            let ways = Ways::choose(Some(Method::Osc9), None, nobody, &named("foot"));
            assert_eq!(ways, Ways::default());
        }
    }

    #[test]
    fn each_word_is_the_one_that_is_stored() {
        for method in Method::ALL {
            let stored = serde_json::to_value(method).expect("a word");
            assert_eq!(stored, method.word());
        }
    }
}
