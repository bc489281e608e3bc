//! `lock`: the passphrase that opens a locked console.
//!
//! Only its hash is kept, in a file of mode 0600. A passphrase is asked for
//! twice at a terminal, without an echo; from a pipe it is one line. A change
//! counts at once, in consoles that run too. Also turns the configuration of the
//! lock into what the console needs.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::error::{CliError, Done};
use super::print;
use super::settings::Globals;
use crate::config::{Config, paths};
use crate::console::lock::echo::Quiet;
use crate::console::lock::passphrase::{self, PassphraseError};
use crate::console::lock::{Stored, Unlock};
use crate::console::state::lock::{LockSettings, Passphrase};
use crate::hub::auth::private;

/// The name of the hash's file in the user's data folder.
const FILE: &str = "lock";

/// What `lock` takes.
#[derive(Debug, Args)]
pub struct LockArgs {
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
}

/// What can be done with the passphrase.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Act {
    /// Set it: asked twice at a terminal, one line from a pipe.
    Set,
    /// Remove it: the lock only blanks then.
    Remove,
    /// Say what opens a locked console, and after how long it locks.
    Show,
}

/// Sets, removes or tells.
pub fn run(globals: &Globals, args: &LockArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    match args.act {
        Act::Set => set(&config),
        Act::Remove => remove(&config),
        Act::Show => show(&config),
    }
}

/// What opens the lock, as configured.
pub(super) fn unlock(config: &Config) -> Result<Unlock, PassphraseError> {
    let command = config.console.lock_command.as_ref();
    let command = command.map(|argv| argv.value.clone());
    Ok(Unlock::by(stored(config)?, command).reading(file(config)))
}

/// The lock as the console's core knows it.
pub(super) fn settings(config: &Config, unlock: &Unlock) -> LockSettings {
    LockSettings {
        after: config.console.lock_after.value.span(),
        ways: unlock.ways(),
        warns: true,
    }
}

fn stored(config: &Config) -> Result<Option<Stored>, PassphraseError> {
    match file(config) {
        Some(file) => passphrase::read(&file),
        None => Ok(None),
    }
}

fn file(config: &Config) -> Option<PathBuf> {
    let named = config.console.lock_file.as_ref();
    let named = named.map(|file| file.value.clone());
    named.or_else(|| paths::data_dir().map(|dir| dir.join(FILE)))
}

fn file_or_error(config: &Config) -> Result<PathBuf, CliError> {
    file(config).ok_or_else(|| {
        CliError::Usage(
            "There is no home folder; set console.lock_file in the configuration.".into(),
        )
    })
}

fn set(config: &Config) -> Result<Done, CliError> {
    let file = file_or_error(config)?;
    let typed = if io::stdin().is_terminal() {
        let typed = ask("New passphrase: ")?;
        if ask("Once more: ")? != typed {
            return Err(CliError::Usage(
                "The two differ; nothing was changed.".into(),
            ));
        }
        typed
    } else {
        line()?
    };
    let hashed = passphrase::hash(&typed).map_err(CliError::usage)?;
    private::replace(&file, format!("{hashed}\n").as_bytes()).map_err(|error| {
        CliError::Failed(format!("{} can't be written: {error}.", file.display()))
    })?;
    print::line("The passphrase is set. Consoles ask for it from now on, those that run too.")
}

fn remove(config: &Config) -> Result<Done, CliError> {
    let file = file_or_error(config)?;
    match std::fs::remove_file(&file) {
        Ok(()) => print::line(
            "The passphrase is removed. Consoles open with Enter from now on, those that run too.",
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            print::line("No passphrase was set.")
        }
        Err(error) => Err(CliError::Failed(format!(
            "{} can't be removed: {error}.",
            file.display()
        ))),
    }
}

fn show(config: &Config) -> Result<Done, CliError> {
    let ways = unlock(config).map_err(CliError::failed)?.ways();
    let after = match config.console.lock_after.value.span() {
        Some(span) => format!("after {} without a key", crate::config::spell(span)),
        None => "with gX only, where the hub allows it".to_owned(),
    };
    let by = match (ways.passphrase, ways.command) {
        (true, true) => "the passphrase or the command opens it",
        (true, false) => "the passphrase opens it",
        (false, true) => "the command opens it",
        (false, false) => {
            "Enter opens it, for no passphrase is set (\"watchfloor lock set\" sets one)"
        }
    };
    print::line(&format!("The console locks {after}; {by}."))
}

/// Asks at the terminal, without an echo.
fn ask(question: &str) -> Result<Passphrase, CliError> {
    let failed =
        |error: io::Error| CliError::Failed(format!("The terminal can't be used: {error}."));
    let mut out = io::stderr();
    write!(out, "{question}")
        .and_then(|()| out.flush())
        .map_err(failed)?;
    let quiet = Quiet::start().map_err(failed)?;
    let typed = line();
    drop(quiet);
    print::aside("");
    typed
}

/// One line of input.
fn line() -> Result<Passphrase, CliError> {
    let mut typed = zeroize::Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .read_line(&mut typed)
        .map_err(|error| CliError::Failed(format!("The passphrase can't be read: {error}.")))?;
    Ok(Passphrase::from(typed.as_str()))
}
