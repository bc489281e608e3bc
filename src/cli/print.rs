//! Printing to a pipe that may be closed: whoever reads may stop reading, and
//! that is no failure.

use std::io::{self, ErrorKind, Write};

use super::error::{CliError, Done};

/// Prints text as it is.
pub fn text(text: &str) -> Result<Done, CliError> {
    bytes(text.as_bytes())
}

/// Prints a line.
pub fn line(line: &str) -> Result<Done, CliError> {
    let mut whole = String::with_capacity(line.len() + 1);
    whole.push_str(line);
    whole.push('\n');
    bytes(whole.as_bytes())
}

/// Prints bytes.
pub fn bytes(bytes: &[u8]) -> Result<Done, CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(Done::Whole),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(CliError::Unread),
        Err(error) => Err(CliError::Failed(format!(
            "The output can't be written: {error}."
        ))),
    }
}

/// Prints a value as one line of JSON.
pub fn json(value: &impl serde::Serialize) -> Result<Done, CliError> {
    line(&serde_json::to_string(value).map_err(CliError::failed)?)
}

/// Prints values as lines of JSON, one each.
pub fn json_lines<'a, T: serde::Serialize + 'a>(
    values: impl IntoIterator<Item = &'a T>,
) -> Result<Done, CliError> {
    for value in values {
        json(value)?;
    }
    Ok(Done::Whole)
}

/// Says something to the one who typed, beside the output.
pub fn aside(words: &str) {
    // Nobody may be reading the error stream; then nobody is told.
    drop(writeln!(io::stderr().lock(), "{words}"));
}
