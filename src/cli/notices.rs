//! The configuration's `[notify]` as the room of notices takes it, and where it
//! is remembered what was seen.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::config::words::{Notices, Privacy};
use crate::config::{Config, paths};
use crate::console::asking::{self, Memory};
use crate::console::notices;
use crate::console::probe::TerminalFacts;
use crate::notify::{self, Method, Settings, Surroundings, Wishes, remembered};

/// A variable of the environment.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where the answers of `check notify` lie; none without a home folder.
pub(super) fn file() -> Option<PathBuf> {
    paths::state_dir().map(|folder| folder.join(remembered::FILE))
}

/// The name of this terminal in that file.
pub(super) fn terminal_name() -> String {
    TerminalFacts::remembered_as(variable)
}

/// Where a console on standard output is.
pub(super) fn around() -> Surroundings {
    Surroundings::read(io::stdout().is_terminal(), variable)
}

/// What a console goes by, before the terminal has answered.
pub(super) fn settings(config: &Config) -> Settings {
    let seen = file().and_then(|file| remembered::seen(&file, &terminal_name()));
    let memory = paths::cache_dir().map(|folder| Memory {
        file: folder.join("terminals.json"),
        name: terminal_name(),
    });
    let named = config.console.terminal.as_ref();
    let facts = asking::known(memory.as_ref(), named.map(|name| name.value.as_str()));
    let wishes = Wishes {
        seen,
        around: around(),
        terminal: notices::terminal(&facts),
        ..wishes(config)
    };
    with(config, wishes)
}

/// What the officer set, for these ways.
pub(super) fn with(config: &Config, wishes: Wishes) -> Settings {
    let notify = &config.notify;
    let zone = config.console.zone.as_ref();
    Settings {
        wishes,
        quiet: notify.quiet.as_ref().map(|quiet| (quiet.from, quiet.to)),
        zone: zone.and_then(|zone| TimeZone::get(zone.name()).ok()),
        privacy: match *notify.privacy {
            Privacy::Counts => notify::Privacy::Counts,
            Privacy::Rule => notify::Privacy::Rule,
        },
    }
}

/// Method and program that the officer set.
pub(super) fn wishes(config: &Config) -> Wishes {
    Wishes {
        method: method(*config.notify.method),
        command: config.notify.command.value.clone(),
        ..Wishes::default()
    }
}

fn method(notices: Notices) -> Option<Method> {
    Some(match notices {
        Notices::Auto => return None,
        Notices::Osc99 => Method::Osc99,
        Notices::Osc777 => Method::Osc777,
        Notices::Osc9 => Method::Osc9,
        Notices::Bell => Method::Bell,
        Notices::Title => Method::Title,
        Notices::Dbus => Method::Dbus,
        Notices::Native => Method::Native,
        Notices::Command => Method::Command,
        Notices::Off => Method::Off,
    })
}
