//! What is wrong with a channel file or a channel's settings: where, and what
//! would be right.

/// A channel file or setting that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {key}: {says}", at(*line))]
pub struct ChannelFileError {
    /// The file's name, or the channel's where a setting is wrong.
    pub file: String,
    /// The line, counted from 1; 0 where there is none to name.
    pub line: usize,
    /// The key, with the tables that it is in.
    pub key: String,
    /// What is wrong, and what is expected: a sentence.
    pub says: String,
}

/// The line after the file's name; nothing where there is none to name.
fn at(line: usize) -> String {
    match line {
        0 => String::new(),
        line => format!(":{line}"),
    }
}
