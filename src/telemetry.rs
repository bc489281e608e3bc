//! What the program says of itself: lines of JSON for a hub, a file for a
//! console.
//!
//! Owns the subscriber. Nobody logs bodies, strangers' words or secrets: the
//! rooms log ids, counts and sentences of their own.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level is no filter.
    #[error(
        "{0:?} is no log level; write \"info\" or levels by room such as \"info,watchfloor::hub=debug\"."
    )]
    Level(String),
    /// The file can't be written.
    #[error("The log file {} can't be opened: {source}.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was set up already.
    #[error("The log was set up twice.")]
    Twice(#[from] TryInitError),
}

/// Who logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A hub or a command: standard error when there is no file.
    Serves,
    /// A console: its standard error is the screen, so nowhere without a file.
    Draws,
}

/// Starts to log. JSON lines to a file or a pipe, readable ones to a terminal.
pub fn start(program: Program, level: &str, file: Option<&Path>) -> Result<(), TelemetryError> {
    match (file, program) {
        (Some(path), _) => {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(path);
            let file = file.map_err(|source| TelemetryError::File {
                path: path.into(),
                source,
            })?;
            install(level, Mutex::new(file), true)
        }
        (None, Program::Serves) => install(level, io::stderr, !io::stderr().is_terminal()),
        (None, Program::Draws) => Ok(()),
    }
}

fn install<W>(level: &str, writer: W, json: bool) -> Result<(), TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(level).map_err(|_| TelemetryError::Level(level.to_owned()))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer);
    if json {
        builder.json().flatten_event(true).finish().try_init()?;
    } else {
        builder.finish().try_init()?;
    }
    Ok(())
}
