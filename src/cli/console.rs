//! `console`: on the configured hub, on the one that this user runs already, or
//! on one of its own on this machine.
//!
//! Owns that choice and how the configuration becomes the console's settings:
//! keys, views and theme are parsed here and what is wrong names its place. A
//! hub of its own ends with the console.

use std::time::Duration;

use clap::Args;

use super::desk;
use super::error::{CliError, Done};
use super::settings::{self, Globals};
use super::{hub, lettering, lock, notices, print, themes};
use crate::config::Config;
use crate::config::officer::Console;
use crate::config::paths::cache_dir;
use crate::config::words::{Colours, Order, Signs, Switch};
use crate::console::drawer::Drawer;
use crate::console::fitting::{Fitting, Wishes};
use crate::console::keymap::{Keymap, KeymapError, Preset, Remap};
use crate::console::state::kept::Kept;
use crate::console::state::{SavedView, Settings, Way};
use crate::console::{self, ConsoleSettings, Exit};
use crate::hub::serve::{self, Running};
use crate::link::{LinkSettings, Once, OnceError};
use crate::model::filter::Filter;
use crate::model::queue::Newest;
use crate::telemetry::{self, Program};
use crate::text::Policy;
use crate::theme::{Depth, Glyphs};

/// How long a console that was just closed may still count as a session.
const LEAVING: Duration = Duration::from_millis(500);

/// What `console` takes.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct ConsoleArgs {
    /// As lines, one below the other, with words to type: for screen readers,
    /// braille and pipes. By itself where the terminal can only print lines.
    #[arg(long)]
    pub plain: bool,
}

/// Opens the console.
pub fn run(globals: &Globals, args: ConsoleArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    ready(&config)?;
    let plain = plain(args.plain);
    let file = config.log.file.as_ref().map(|file| file.value.as_path());
    telemetry::start(Program::Draws, &config.log.level, file).map_err(CliError::failed)?;
    match running(&config)? {
        Some(link) => open(&config, link, plain),
        None => on_its_own(&config, plain),
    }
}

/// Refuses what would keep a console from opening, before a hub is started for
/// nobody.
pub(super) fn ready(config: &Config) -> Result<(), CliError> {
    let wrong = problems(config);
    if !wrong.is_empty() {
        return Err(CliError::Usage(wrong.join("\n")));
    }
    Ok(())
}

/// Whether the console is lines: asked for, or all that the terminal can do.
pub(super) fn plain(asked: bool) -> bool {
    asked || console::ready().is_err()
}

/// The hub to join; a private door at which nobody answers any more is none.
fn running(config: &Config) -> Result<Option<LinkSettings>, CliError> {
    let Some(link) = settings::reach(config)? else {
        return Ok(None);
    };
    if config.link.hub.is_some() {
        return Ok(Some(link));
    }
    let once = Once::new(&link).map_err(CliError::failed)?;
    let called = settings::runtime()?.block_on(once.get_bytes("/healthz", &[]));
    Ok(match called {
        Err(OnceError::Unreachable { .. }) => None,
        _ => Some(link),
    })
}

/// Starts a hub on threads of its own, opens the console on it and ends both.
fn on_its_own(config: &Config, plain: bool) -> Result<Done, CliError> {
    let behind = settings::runtime()?;
    let started = behind.block_on(serve::start(hub::embedded(config)?));
    let running = started.map_err(CliError::failed)?;
    let mut link = LinkSettings::new(
        format!("http://{}", running.address),
        running
            .token
            .as_ref()
            .map(|token| crate::link::Token::new(token.reveal())),
    );
    link.window.closed_items = config.console.closed_items.value;
    let done = open(config, link, plain);
    behind.block_on(end(running));
    done
}

/// Ends the hub; who joined it is told by it, and the one who ended it by us.
pub(super) async fn end(running: Running) {
    let presence = std::sync::Arc::clone(&running.hub.presence);
    let left = async {
        while presence.sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // Those that are there after a while are not ours.
    let others = match tokio::time::timeout(LEAVING, left).await {
        Ok(()) => 0,
        Err(_) => presence.sessions(),
    };
    running.stop().await;
    match others {
        0 => {}
        1 => print::aside(
            "The hub of this console has stopped; one other console was on it and was told.",
        ),
        n => print::aside(&format!(
            "The hub of this console has stopped; {n} other consoles were on it and were told."
        )),
    }
}

/// Opens the console on a hub and waits until it is closed.
pub(super) fn open(config: &Config, link: LinkSettings, plain: bool) -> Result<Done, CliError> {
    let kept = desk::drawer(config, &desk::hub(config));
    open_with(config, link, plain, kept)
}

/// The same on a floor that ends with it: nothing is kept.
pub(super) fn open_for_now(
    config: &Config,
    link: LinkSettings,
    plain: bool,
) -> Result<Done, CliError> {
    open_with(config, link, plain, None)
}

fn open_with(
    config: &Config,
    link: LinkSettings,
    plain: bool,
    kept: Option<(Drawer, Kept)>,
) -> Result<Done, CliError> {
    let mut settings =
        console_settings(config).map_err(|wrong| CliError::Usage(wrong.join("\n")))?;
    settings.core.keeps = kept.is_some();
    settings.core.way = Some(Way {
        hub: link.hub.clone(),
        route: link.route.to_string(),
    });
    settings.kept = kept;
    let runtime = settings::runtime()?;
    let ended = if plain {
        runtime.block_on(console::plain::run(link, settings))
    } else {
        runtime.block_on(console::run(link, settings))
    };
    ended.map(done).map_err(CliError::failed)
}

/// How a console's end is told to the shell.
pub(super) fn done(exit: Exit) -> Done {
    match exit {
        Exit::Closed => Done::Whole,
        exit => Done::Ended(exit.code()),
    }
}

/// What is wrong with the officer's side of the configuration, a sentence each
/// with its place.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut wrong = console_settings(config).err().unwrap_or_default();
    for says in themes::problems(config) {
        // The configured one is told already.
        if !wrong.contains(&says) {
            wrong.push(says);
        }
    }
    wrong
}

pub(super) fn console_settings(config: &Config) -> Result<ConsoleSettings, Vec<String>> {
    let mut wrong = Vec::new();
    let fitting = fitting(config);
    let keymap = keymap(&config.console).map_err(|errors| wrong.extend(errors));
    let theme = themes::of(config, fitting.depth);
    let unlock = lock::unlock(config).map_err(|error| wrong.push(error.to_string()));
    let mut views = Vec::new();
    for (number, view) in (1..=9).zip(&config.views) {
        match Filter::parse(&view.filter.value) {
            Ok(filter) => {
                views.push(SavedView::new(number, view.name.value.clone(), filter));
            }
            Err(error) => wrong.push(format!(
                "{}: the filter of the view {:?} has an error at {error}",
                view.filter.origin, view.name.value
            )),
        }
    }
    match (keymap, theme, unlock) {
        (Ok(keymap), Ok((worn, themes)), Ok(unlock)) if wrong.is_empty() => Ok(ConsoleSettings {
            core: Settings {
                keymap,
                views,
                newest: newest(config.console.order.value),
                zone: config.console.zone.as_ref().map(|_| settings::zone(config)),
                keeps: false,
                // The session knows the terminal.
                text: Policy::default(),
                known: lettering::known(config),
                themes,
                // The link knows.
                way: None,
                lock: lock::settings(config, &unlock),
            },
            worn,
            lettering: lettering::wishes(config),
            fitting,
            terminals: cache_dir().map(|folder| folder.join("terminals.json")),
            clipboard: desk::clipboard(config),
            kept: None,
            notify: notices::settings(config),
            clock: settings::clock(),
            unlock,
        }),
        (_, theme, _) => {
            wrong.extend(theme.err());
            Err(wrong)
        }
    }
}

/// The keys in force: the preset with the officer's changes.
pub(super) fn keymap(console: &Console) -> Result<Keymap, Vec<String>> {
    let wanted = &console.keys_preset;
    let preset = Preset::named(&wanted.value).ok_or_else(|| {
        let all: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
        vec![format!(
            "{}: there is no preset of keys {:?}; there are {}.",
            wanted.origin,
            wanted.value,
            all.join(", ")
        )]
    })?;
    let remaps: Vec<Remap> = console
        .keys
        .iter()
        .map(|(keys, action)| Remap {
            keys: keys.clone(),
            action: action.value.clone(),
            origin: action.origin.to_string(),
        })
        .collect();
    sentences(Keymap::of(preset, &remaps))
}

/// The keys of a preset as it is built in.
pub(super) fn preset(preset: Preset) -> Result<Keymap, Vec<String>> {
    sentences(Keymap::of(preset, &[]))
}

fn sentences(keymap: Result<Keymap, Vec<KeymapError>>) -> Result<Keymap, Vec<String>> {
    keymap.map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn newest(order: Order) -> Newest {
    match order {
        Order::NewestFirst => Newest::First,
        Order::NewestLast => Newest::Last,
    }
}

/// How the terminal is used: the officer's wishes, else by the environment.
pub(super) fn fitting(config: &Config) -> Fitting {
    let console = &config.console;
    let wishes = Wishes {
        colour: match console.color.value {
            Colours::Auto => None,
            Colours::True => Some(Depth::True),
            Colours::Indexed => Some(Depth::Indexed256),
            Colours::Named => Some(Depth::Ansi16),
            Colours::None => Some(Depth::Mono),
        },
        glyphs: match console.glyphs.value {
            Signs::Auto => None,
            Signs::Unicode => Some(Glyphs::Unicode),
            Signs::Ascii => Some(Glyphs::Ascii),
        },
        bytes_per_s: console.max_bytes_per_s.as_ref().map(|rate| rate.value),
        low_bandwidth: console.low_bandwidth.value,
        synchronised: match console.synchronised.value {
            Switch::Auto => None,
            Switch::On => Some(true),
            Switch::Off => Some(false),
        },
        suspend: console.suspend.value,
        terminal: console.terminal.as_ref().map(|name| name.value.clone()),
    };
    Fitting::choose(&wishes, |name| std::env::var(name).ok())
}
