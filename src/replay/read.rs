//! Reads a recording: one line at a time, so that its length does not matter.
//!
//! Owns the sentences about files that are no recording, newer, cut or damaged;
//! each names the line. What was read before the fault stays read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::format::{Header, KIND, LONGEST_LINE, Taped, VERSION};

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file can't be read.
    #[error("The recording {} can't be read: {source}.", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error(
        "{} is not a recording: line 1 is not the header that \"watchfloor record\" writes.",
        path.display()
    )]
    NotOne {
        /// Which.
        path: PathBuf,
    },
    /// A later program wrote it.
    #[error(
        "{} is a recording of format {version}; this program reads up to {VERSION}. Use a newer watchfloor.",
        path.display()
    )]
    Newer {
        /// Which.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// The file ends within a line.
    #[error("{} is cut off in line {line}; the recording ends before it.", path.display())]
    Cut {
        /// Which.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
    },
    /// A line is not what it should be.
    #[error(
        "Line {line} of {} is damaged ({why}); the recording ends before it.",
        path.display()
    )]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// A recording that is being read.
pub struct Tape {
    path: PathBuf,
    lines: Box<dyn BufRead + Send>,
    /// The lines read so far.
    line: u64,
    /// Nothing more can be read.
    ended: bool,
}

impl Tape {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// A file that can't be read, is no recording, or of a newer format.
    pub fn open(path: &Path) -> Result<(Header, Self), ReplayError> {
        let file = File::open(path).map_err(|source| ReplayError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::read(path, BufReader::with_capacity(64 * 1024, file))
    }

    /// Reads a recording from elsewhere; `path` is what it is called.
    ///
    /// # Errors
    /// Like [`Tape::open`].
    pub fn read(
        path: &Path,
        lines: impl BufRead + Send + 'static,
    ) -> Result<(Header, Self), ReplayError> {
        let mut tape = Self {
            path: path.to_owned(),
            lines: Box::new(lines),
            line: 0,
            ended: false,
        };
        let not_one = || ReplayError::NotOne {
            path: path.to_owned(),
        };
        let line = match tape.raw() {
            Ok(Some(line)) => line,
            Err(error @ ReplayError::Unreadable { .. }) => return Err(error),
            Ok(None) | Err(_) => return Err(not_one()),
        };
        // A newer header may not be read by this version at all.
        let head: serde_json::Value = serde_json::from_slice(&line).map_err(|_| not_one())?;
        if head.get("type").and_then(|kind| kind.as_str()) != Some(KIND) {
            return Err(not_one());
        }
        match head.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version > u64::from(VERSION) => Err(ReplayError::Newer {
                path: path.to_owned(),
                version,
            }),
            Some(1..) => {
                let header = serde_json::from_value(head).map_err(|error| tape.damaged(&error))?;
                Ok((header, tape))
            }
            _ => Err(not_one()),
        }
    }

    /// The next line; none at the end.
    ///
    /// # Errors
    /// A line that is cut or damaged, once; after it there is nothing more.
    pub fn next_line(&mut self) -> Result<Option<Taped>, ReplayError> {
        if self.ended {
            return Ok(None);
        }
        let read = self.raw().and_then(|line| match line {
            None => Ok(None),
            Some(line) => serde_json::from_slice(&line)
                .map(Some)
                .map_err(|error| self.damaged(&error)),
        });
        self.ended = !matches!(read, Ok(Some(_)));
        read
    }

    fn raw(&mut self) -> Result<Option<Vec<u8>>, ReplayError> {
        self.line += 1;
        let mut line = Vec::new();
        let mut limited = (&mut self.lines).take(LONGEST_LINE + 1);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(|source| ReplayError::Unreadable {
            path: self.path.clone(),
            source,
        })?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.pop_if(|last| *last == b'\n').is_some() {
            return Ok(Some(line));
        }
        if line.len() as u64 > LONGEST_LINE {
            return Err(ReplayError::Damaged {
                path: self.path.clone(),
                line: self.line,
                why: format!("it is longer than {LONGEST_LINE} bytes"),
            });
        }
        Err(ReplayError::Cut {
            path: self.path.clone(),
            line: self.line,
        })
    }

    /// Tells the kind and the column only: the library's own words may repeat
    /// what a stranger wrote.
    fn damaged(&self, error: &serde_json::Error) -> ReplayError {
        let why = match error.classify() {
            serde_json::error::Category::Data => "it holds something else than a frame",
            _ => "it is not JSON",
        };
        ReplayError::Damaged {
            path: self.path.clone(),
            line: self.line,
            why: format!("column {}: {why}", error.column()),
        }
    }
}
