//! What a command says when it fails, and the code that it ends with.

use std::process::ExitCode;

/// A command that did what it was asked, or was refused in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// All of it: 0.
    Whole,
    /// Some of it was refused, each with its sentence: 1.
    Refused,
}

impl Done {
    /// The code that the process ends with.
    #[must_use]
    pub fn code(self) -> ExitCode {
        match self {
            Self::Whole => ExitCode::SUCCESS,
            Self::Refused => ExitCode::from(1),
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

    /// The code that the process ends with.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
        })
    }
}

impl From<crate::config::ConfigError> for CliError {
    fn from(error: crate::config::ConfigError) -> Self {
        Self::usage(error)
    }
}
