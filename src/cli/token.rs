//! `token`: puts an officer's token for a hub where nobody else finds it, says
//! where it lies, and removes it.
//!
//! The token comes from the terminal, which does not show it, or from standard
//! input; never from an argument, which others could see in the list of
//! processes. It is never printed.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use clap::{Args, Subcommand};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use zeroize::Zeroizing;

use super::error::{CliError, Done};
use super::print;
use super::settings::{self, Globals};
use crate::config::{self, Config, Secret};

/// The longest token, bytes.
const LONGEST: u64 = 4096;

/// What `token` takes.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
}

/// What can be done with a token.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// Put the token for the hub in its place: typed, or from standard input.
    Set {
        /// Forget it after so long ("12h"); needs the kernel's keyring.
        #[arg(long = "for", value_name = "TIME")]
        span: Option<String>,
    },
    /// Say where the token for the hub lies; its value is not shown.
    ShowWhere,
    /// Remove the token for the hub.
    Forget,
}

/// Does it.
pub fn run(globals: &Globals, args: &TokenArgs) -> Result<Done, CliError> {
    let config = globals.load()?;
    let hub = config.link.hub.as_ref().map(|hub| hub.value.clone());
    let hub = hub.ok_or_else(|| {
        CliError::Usage(
            "A token is for a hub, and none is configured; set link.hub or name one with --hub."
                .into(),
        )
    })?;
    match &args.act {
        Act::Set { span } => set(&config, &hub, span.as_deref()),
        Act::ShowWhere => show_where(&config, &hub),
        Act::Forget => forget(&config, &hub),
    }
}

fn set(config: &Config, hub: &str, span: Option<&str>) -> Result<Done, CliError> {
    let span = match span {
        None => None,
        Some(typed) => Some(span_of(typed)?),
    };
    let token = if std::io::stdin().is_terminal() {
        typed(hub)?
    } else {
        piped()?
    };
    let token = token.trim();
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(CliError::Usage(
            "That is no token: a token is one word of letters, digits and signs.".into(),
        ));
    }
    let place = settings::shelf(config)
        .put(hub, &Secret::new(token.to_owned()), span)
        .map_err(CliError::failed)?;
    print::line(&format!(
        "The token for {hub} is in {place}. Try it with \"watchfloor check connection\"."
    ))?;
    if let Some(file) = &config.link.token_file {
        print::aside(&format!(
            "It is not used while link.token_file names another one ({}).",
            file.origin
        ));
    }
    Ok(Done::Whole)
}

fn span_of(typed: &str) -> Result<Duration, CliError> {
    config::duration(typed)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| CliError::Usage("--for takes a time such as 12h or 30m.".into()))
}

fn show_where(config: &Config, hub: &str) -> Result<Done, CliError> {
    if let Some(file) = &config.link.token_file {
        config::secret::read_private(&file.value).map_err(CliError::failed)?;
        print::line(&format!(
            "The token for {hub} is in {} (link.token_file, {}).",
            file.value.display(),
            file.origin
        ))?;
        return Ok(Done::Whole);
    }
    let found = settings::shelf(config)
        .find(hub)
        .map_err(CliError::failed)?;
    let Some((_, place)) = found else {
        return Err(CliError::Failed(format!(
            "There is no token for {hub}; put one there with \"watchfloor token set\"."
        )));
    };
    print::line(&format!("The token for {hub} is in {place}."))
}

fn forget(config: &Config, hub: &str) -> Result<Done, CliError> {
    let places = settings::shelf(config)
        .forget(hub)
        .map_err(CliError::failed)?;
    if places.is_empty() {
        print::line(&format!("There was no token for {hub}."))?;
    }
    for place in places {
        print::line(&format!("The token for {hub} is gone from {place}."))?;
    }
    Ok(Done::Whole)
}

fn piped() -> Result<Zeroizing<String>, CliError> {
    let mut token = Zeroizing::new(String::new());
    std::io::stdin()
        .take(LONGEST)
        .read_to_string(&mut token)
        .map_err(|error| {
            CliError::Failed(format!(
                "The token can't be read from standard input: {error}."
            ))
        })?;
    Ok(token)
}

/// Gives the terminal its usual mode back, also when reading fails.
struct Unseen;

impl Unseen {
    fn begin() -> Result<Self, CliError> {
        enable_raw_mode().map_err(|error| unreadable(&error))?;
        Ok(Self)
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        disable_raw_mode().ok();
    }
}

fn unreadable(error: &std::io::Error) -> CliError {
    CliError::Failed(format!("The terminal can't be read: {error}."))
}

/// Reads the token from the terminal, which shows nothing of it.
fn typed(hub: &str) -> Result<Zeroizing<String>, CliError> {
    print::aside(&format!(
        "The token for {hub} (it is not shown; Enter ends it, Ctrl-C leaves):"
    ));
    let unseen = Unseen::begin()?;
    let mut token = Zeroizing::new(String::new());
    loop {
        let Event::Key(key) = read().map_err(|error| unreadable(&error))? else {
            continue;
        };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => break,
            KeyCode::Char('c' | 'd') if with_control => {
                drop(unseen);
                return Err(CliError::Failed("No token was put anywhere.".into()));
            }
            KeyCode::Char('u') if with_control => token.clear(),
            KeyCode::Backspace => drop(token.pop()),
            KeyCode::Char(sign) if !with_control => token.push(sign),
            _ => {}
        }
    }
    drop(unseen);
    Ok(token)
}
