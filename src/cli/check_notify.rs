//! `check notify`: shows a test by each way that may work here, asks what was
//! seen, and remembers the best for this terminal; `method = "auto"` then takes
//! it.
//!
//! With `--json` nothing is shown and nobody is asked: one object says what
//! would be tried (`{"terminal", "name"?, "wraps", "configured", "seen"?,
//! "auto": {"notice"?, "bell", "title"}, "tries": [{"method", "sends"?}]}`).

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::error::{CliError, Done};
use super::notices;
use super::print;
use super::settings::Globals;
use crate::config::Config;
#[cfg(unix)]
use crate::console::interview::interview;
#[cfg(unix)]
use crate::console::notices::terminal;
use crate::notify::outlet::{Notice, Outlet};
use crate::notify::{
    Method, Surroundings, Wishes, command, desktop, remembered, sequences, template,
};
use crate::notify::{Way, Ways};

/// How long desktop or program may take for the test.
const LIMIT: Duration = Duration::from_secs(3);
/// The title is put away before its test and taken out again after it.
const TITLE_KEPT: &[u8] = b"\x1b[22;2t";
const TITLE_BACK: &[u8] = b"\x1b[23;2t";

/// What `check notify` takes.
#[derive(Debug, Args)]
pub struct CheckNotifyArgs {
    /// Seconds before each test, to turn to another window: some terminals show
    /// no notice while they have the focus.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    pub delay: u64,
}

/// Tries, asks and remembers.
pub fn run(globals: &Globals, args: &CheckNotifyArgs, json: bool) -> Result<Done, CliError> {
    let config = globals.load()?;
    let wishes = notices::settings(&config).wishes;
    if json {
        return print::json(&would(&config, &wishes));
    }
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(CliError::Usage(
            "\"check notify\" asks what you saw, so it needs a terminal; with --json it says what it would try.".into(),
        ));
    }
    let mut wishes = wishes;
    // The terminal is asked itself: what is between may have changed.
    #[cfg(unix)]
    {
        let mut facts = interview(false).map_err(CliError::failed)?.facts;
        if let Some(name) = &config.console.terminal {
            facts.name = Some(name.value.clone());
        }
        wishes.terminal = terminal(&facts);
    }
    ask(&config, &wishes, args)
}

#[derive(Debug, Serialize)]
struct Would {
    terminal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// How many multiplexers a notice has to get through.
    wraps: usize,
    configured: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Method>,
    auto: Auto,
    tries: Vec<Try>,
}

#[derive(Debug, Serialize)]
struct Auto {
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
    bell: bool,
    title: bool,
}

#[derive(Debug, Serialize)]
struct Try {
    method: Method,
    /// The bytes, as text with escapes; absent where none go to the terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sends: Option<String>,
}

fn would(config: &Config, wishes: &Wishes) -> Would {
    // Its output may be read by a program; what is asked for is the terminal.
    let around = Surroundings {
        terminal: true,
        ..wishes.around
    };
    let auto = Ways::choose(None, wishes.seen, around, &wishes.terminal);
    let shown = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Would {
        terminal: notices::terminal_name(),
        name: wishes.terminal.name.clone(),
        wraps: wishes.terminal.multiplexers.layers().len(),
        configured: config.notify.method.word(),
        seen: wishes.seen,
        auto: Auto {
            notice: auto.notice.map(Way::words),
            bell: auto.bell,
            title: auto.title,
        },
        tries: tries(wishes)
            .into_iter()
            .map(|method| Try {
                method,
                sends: bytes(method, wishes).map(shown),
            })
            .collect(),
    }
}

/// The ways that may work here, the best first.
fn tries(wishes: &Wishes) -> Vec<Method> {
    let around = wishes.around;
    let may = |method: &Method| match method {
        Method::Native => around.desktop && !around.ssh,
        Method::Command => !wishes.command.is_empty(),
        // The same as native here, and no way of calling.
        Method::Dbus | Method::Off => false,
        Method::Osc99 | Method::Osc777 | Method::Osc9 => !wishes.terminal.swallowed,
        Method::Bell | Method::Title => true,
    };
    Method::ALL.into_iter().filter(may).collect()
}

/// What a method sends to the terminal for the test.
fn bytes(method: Method, wishes: &Wishes) -> Option<Vec<u8>> {
    let between = &wishes.terminal.multiplexers;
    let test = template::TEST;
    match method {
        Method::Osc99 => Some(between.wrap(&sequences::osc99(test, false, false))),
        Method::Osc777 => Some(between.wrap(&sequences::osc777(test))),
        Method::Osc9 => Some(between.wrap(&sequences::osc9(test))),
        Method::Bell => Some(sequences::BELL.to_vec()),
        Method::Title => Some(sequences::title(test)),
        Method::Dbus | Method::Native | Method::Command | Method::Off => None,
    }
}

fn ask(config: &Config, wishes: &Wishes, args: &CheckNotifyArgs) -> Result<Done, CliError> {
    let tries = tries(wishes);
    print::line(&format!(
        "{} ways of calling you are tried, one after the other. After each Enter a test comes in {} s: turn to another window meanwhile.",
        tries.len(),
        args.delay
    ))?;
    let mut seen = Vec::new();
    for (at, method) in tries.iter().enumerate() {
        print::text(&format!(
            "\n{} of {}: {}. Enter starts it, q stops. ",
            at + 1,
            tries.len(),
            words(*method)
        ))?;
        if answer()?.is_none_or(|word| word.starts_with('q')) {
            print::line("Stopped; nothing is remembered.")?;
            return Ok(Done::Whole);
        }
        std::thread::sleep(Duration::from_secs(args.delay));
        let Some(said) = try_one(*method, wishes)? else {
            return Ok(Done::Whole);
        };
        if said {
            seen.push(*method);
        }
    }
    remember(config, seen.first().copied())
}

/// Shows a test and asks; none when nobody answers any more.
fn try_one(method: Method, wishes: &Wishes) -> Result<Option<bool>, CliError> {
    let mut out = io::stdout().lock();
    let sent = match bytes(method, wishes) {
        Some(bytes) => {
            let before: &[u8] = if method == Method::Title {
                TITLE_KEPT
            } else {
                b""
            };
            out.write_all(before)
                .and_then(|()| out.write_all(&bytes))
                .and_then(|()| out.flush())
                .map_err(CliError::failed)?;
            true
        }
        None => by_outlet(method, wishes),
    };
    drop(out);
    if !sent {
        print::line("It does not work here: nobody answers.")?;
        return Ok(Some(false));
    }
    let said = loop {
        print::text("Did you notice it? [y/n] ")?;
        match answer()?.as_deref() {
            None => {
                print::line("Stopped; nothing is remembered.")?;
                break None;
            }
            Some("y" | "yes") => break Some(true),
            Some("n" | "no") => break Some(false),
            Some(_) => {}
        }
    };
    if method == Method::Title {
        print::bytes(TITLE_BACK)?;
    }
    Ok(said)
}

fn by_outlet(method: Method, wishes: &Wishes) -> bool {
    let outlet: Outlet = if method == Method::Command {
        command::start(wishes.command.clone())
    } else {
        desktop::start()
    };
    let test = Notice {
        line: template::TEST.to_owned(),
        critical: false,
    };
    outlet.show(test) && outlet.finish(LIMIT)
}

/// A line that was typed, in lower case; none at the end of the input.
fn answer() -> Result<Option<String>, CliError> {
    let mut line = String::new();
    let read = io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(CliError::failed)?;
    Ok((read > 0).then(|| line.trim().to_ascii_lowercase()))
}

fn words(method: Method) -> &'static str {
    match method {
        Method::Osc99 => "a notice of the terminal (OSC 99)",
        Method::Osc777 => "a notice of the terminal (OSC 777)",
        Method::Osc9 => "a notice of the terminal (OSC 9)",
        Method::Dbus | Method::Native => "a notice on this desktop",
        Method::Command => "your own program",
        Method::Bell => "the bell, which may be a sound, a flash or a mark on the tab",
        Method::Title => "the title of the window or tab",
        Method::Off => "nothing",
    }
}

fn remember(config: &Config, best: Option<Method>) -> Result<Done, CliError> {
    let file = notices::file().ok_or_else(|| {
        CliError::Failed("There is no home folder, so nothing can be remembered.".into())
    })?;
    remembered::remember(&file, &notices::terminal_name(), best).map_err(|error| {
        CliError::Failed(format!(
            "What you saw can't be remembered in {}: {error}.",
            file.display()
        ))
    })?;
    let says = match best {
        Some(Method::Title) => "\nRemembered for this terminal: the title counts, and nothing else.".to_owned(),
        Some(method) => format!(
            "\nRemembered for this terminal: {}. The title counts too, and the bell rings for criticals.",
            words(method)
        ),
        None => "\nNothing was seen, so nothing is remembered. Use \"watchfloor notify-agent\" on your own machine, or have a terminal that shows notices.".to_owned(),
    };
    print::line(&says)?;
    let method = &config.notify.method;
    if method.word() != "auto" {
        print::line(&format!(
            "notify.method is \"{}\" ({}), which goes before what is remembered; set it to \"auto\".",
            method.word(),
            method.origin
        ))?;
    }
    Ok(Done::Whole)
}
