//! Which way of calling suits this session.
//!
//! Pure: the environment comes in as values. Called by the console's runtime at
//! the start.

/// How an officer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A notice on the desktop that the program runs on, and the bell.
    Desktop,
    /// The terminal's bell.
    Bell,
    /// Not at all: nobody is at a terminal.
    Off,
}

/// What of the environment decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Standard output is a terminal that understands more than lines.
    pub terminal: bool,
    /// Somebody sits far away: over SSH or mosh, also below tmux or screen.
    pub remote: bool,
    /// There is a desktop session on this machine.
    pub desktop: bool,
}

impl Surroundings {
    /// Reads the environment through `variable`, which gives a variable's value
    /// when it is set and not empty.
    #[must_use]
    pub fn read(terminal: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let multiplexer = set("TMUX") || set("STY");
        // A multiplexer's server keeps the environment that it was started
        // with: whether it is looked at from afar can't be known, and D-Bus on
        // a jump host is the wrong desktop. So it counts as far away.
        let remote = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "MOSH_CONNECTION"]
            .into_iter()
            .any(set)
            || multiplexer;
        let display = set("WAYLAND_DISPLAY") || set("DISPLAY");
        Self {
            terminal: terminal && variable("TERM").is_none_or(|term| term != "dumb"),
            remote,
            desktop: cfg!(any(target_os = "macos", windows)) || display,
        }
    }
}

impl Method {
    /// The way that suits these surroundings.
    #[must_use]
    pub fn for_surroundings(around: Surroundings) -> Self {
        match around {
            Surroundings {
                terminal: false, ..
            } => Self::Off,
            Surroundings {
                remote: false,
                desktop: true,
                ..
            } => Self::Desktop,
            _ => Self::Bell,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(set: &[(&str, &str)]) -> Method {
        let around = Surroundings::read(true, |name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        Method::for_surroundings(around)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_desktop_only_where_the_officer_sits() {
        let local = ("WAYLAND_DISPLAY", "wayland-0");
        assert_eq!(method(&[local]), Method::Desktop);
        for far in [
            "SSH_CONNECTION",
            "SSH_TTY",
            "MOSH_CONNECTION",
            "TMUX",
            "STY",
        ] {
            assert_eq!(method(&[local, (far, "x")]), Method::Bell, "{far}");
        }
        assert_eq!(method(&[]), Method::Bell, "a console without a desktop");
        assert_eq!(method(&[local, ("TERM", "dumb")]), Method::Off);
        assert_eq!(method(&[local, ("SSH_TTY", "")]), Method::Desktop);
    }

    #[test]
    fn a_pipe_is_never_called() {
        let around = Surroundings::read(false, |_| Some("x".into()));
        assert_eq!(Method::for_surroundings(around), Method::Off);
    }
}
