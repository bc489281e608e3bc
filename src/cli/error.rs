//! What a command says when it fails, and the code that it ends with.

use std::process::ExitCode;

/// A command that did what it was asked, or was refused in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// All of it: 0.
    Whole,
    /// Some of it was refused, each with its sentence: 1.
    Refused,
    /// A console ended: with this code (a signal's, when one ended it).
    Ended(u8),
}

impl Done {
    /// The code that the process ends with.
    #[must_use]
    pub fn code(self) -> ExitCode {
        match self {
            Self::Whole => ExitCode::SUCCESS,
            Self::Refused => ExitCode::from(1),
            Self::Ended(code) => ExitCode::from(code),
        }
    }
}

/// Why a command did not do it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// It was asked for wrongly, or the configuration is wrong: 2.
    #[error("{0}")]
    Usage(String),
    /// It failed: 1.
    #[error("{0}")]
    Failed(String),
    /// Whoever read the output stopped reading, which is no failure: 0.
    #[error("Nobody reads the output any more.")]
    Unread,
}

impl CliError {
    /// It failed, with the sentence of `error`.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// It was asked for wrongly.
    pub fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    /// Whether there is somebody to tell.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !matches!(self, Self::Unread)
    }

    /// The code that the process ends with.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::Unread => 0,
        })
    }
}

impl From<crate::config::ConfigError> for CliError {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(error)
    }
}
