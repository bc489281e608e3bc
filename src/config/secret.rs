//! Secrets: named in the configuration, read when they are needed.
//!
//! A configuration holds only where a secret is kept, so it may be shown whole.
//! [`Secret`] never appears in `Debug`, errors or `check`. Called by the rooms
//! that sign, log in or verify.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::layers::{Node, Shape};
use super::value::{Kind, Wrong, expect, text, untyped};

/// The largest secret, bytes: a private key of 16 kbit is smaller.
const LARGEST: u64 = 64 * 1024;

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// In an environment variable.
    Env(String),
    /// In a file that its owner alone may read.
    File(PathBuf),
    /// In systemd's credentials folder, by this name.
    Credential(String),
}

/// A secret's value. Shown nowhere, and wiped from memory when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a value that is secret.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the one who sends or compares it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a secret can't be had. Never says anything of its value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No such variable.
    #[error("The environment variable {0}, which should hold a secret, is not set.")]
    NotSet(String),
    /// systemd gave no folder.
    #[error(
        "The credential {0} can't be had: CREDENTIALS_DIRECTORY is not set, which systemd does for a unit with LoadCredential."
    )]
    NoCredentials(String),
    /// A credential's name is a file's name.
    #[error("A credential is named without a slash; {0:?} is not such a name.")]
    NotACredential(String),
    /// The file can't be read.
    #[error("The secret in {} can't be read: {source}.", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may read it.
    #[error("{} holds a secret and others may read it (mode {mode:04o}); set it to 0600.", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// Somebody else's.
    #[error("{} holds a secret and belongs to another user; it has to be yours.", path.display())]
    NotYours {
        /// Which.
        path: PathBuf,
    },
    /// Something else than a file of its own.
    #[error("{} is a link, and a token is read from a file of its own only; remove the link.", path.display())]
    Link {
        /// Which.
        path: PathBuf,
    },
    /// Empty or far too long.
    #[error("{} holds no secret: a secret is 1 to {LARGEST} bytes of text.", path.display())]
    NotASecret {
        /// Which.
        path: PathBuf,
    },
}

impl SecretRef {
    fn of(how: &str, name: &Node) -> Option<Self> {
        match how {
            "env" => text(name).map(|name| Self::Env(name.to_owned())),
            "file" => PathBuf::read(name).ok().map(Self::File),
            "credential" => text(name).map(|name| Self::Credential(name.to_owned())),
            _ => None,
        }
    }

    /// Reads the secret now.
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Env(name) => std::env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .map(Secret::new)
                .ok_or_else(|| SecretError::NotSet(name.clone())),
            Self::File(path) => read_private(path),
            Self::Credential(name) => {
                if name.contains('/') || name.starts_with('.') || name.is_empty() {
                    return Err(SecretError::NotACredential(name.clone()));
                }
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
                    .ok_or_else(|| SecretError::NoCredentials(name.clone()))?;
                // systemd makes the folder ours and read-only (0400 or 0440), so
                // its mode is systemd's affair.
                let path = Path::new(&folder).join(name);
                read_text(&path, open(&path, OFlags::empty())?)
            }
        }
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "{{ env = {name:?} }}"),
            Self::File(path) => write!(f, "{{ file = {:?} }}", path.display().to_string()),
            Self::Credential(name) => write!(f, "{{ credential = {name:?} }}"),
        }
    }
}

/// Reads a file that only its owner may read: mode 0600 or stricter, and ours.
/// What is judged is the file that was opened, whatever its name leads to by then.
pub fn read_private(path: &Path) -> Result<Secret, SecretError> {
    judged(path, open(path, OFlags::empty())?)
}

/// Like [`read_private`], of a file that only this program writes: a link in its
/// place is refused, and a pipe keeps nobody waiting.
pub fn read_own(path: &Path) -> Result<Secret, SecretError> {
    judged(path, open(path, OFlags::NOFOLLOW | OFlags::NONBLOCK)?)
}

/// The user that this process runs as.
#[must_use]
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn open(path: &Path, how: OFlags) -> Result<File, SecretError> {
    let flags = how.bits().cast_signed();
    let opened = File::options().read(true).custom_flags(flags).open(path);
    opened.map_err(|source| {
        if source.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
            SecretError::Link { path: path.into() }
        } else {
            unreadable(path)(source)
        }
    })
}

fn judged(path: &Path, file: File) -> Result<Secret, SecretError> {
    let about = file.metadata().map_err(unreadable(path))?;
    let mode = about.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Open {
            path: path.into(),
            mode,
        });
    }
    if about.uid() != own_uid() {
        return Err(SecretError::NotYours { path: path.into() });
    }
    read_text(path, file)
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> SecretError + '_ {
    move |source| SecretError::Unreadable {
        path: path.into(),
        source,
    }
}

fn read_text(path: &Path, file: File) -> Result<Secret, SecretError> {
    let mut value = Zeroizing::new(String::new());
    file.take(LARGEST + 1)
        .read_to_string(&mut value)
        .map_err(unreadable(path))?;
    // Editors end a file with a line end, which belongs to no secret.
    let secret = value.trim_end_matches(['\n', '\r']);
    if secret.is_empty() || value.len() as u64 > LARGEST {
        return Err(SecretError::NotASecret { path: path.into() });
    }
    Ok(Secret::new(secret.to_owned()))
}

impl Kind for SecretRef {
    fn read(node: &Node) -> Result<Self, Vec<Wrong>> {
        let value = match &node.shape {
            Shape::Table(table) if table.len() == 1 => table
                .iter()
                .next()
                .and_then(|(how, node)| Self::of(how, node)),
            // The environment and flags have no tables: "file:PATH".
            _ => untyped(node)
                .and_then(|typed| typed.split_once(':'))
                .and_then(|(how, name)| {
                    let name = Node {
                        shape: Shape::Text(name.to_owned()),
                        origin: node.origin.clone(),
                    };
                    Self::of(how, &name)
                }),
        };
        expect(
            value,
            node,
            "where the secret is kept: { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }",
        )
    }

    fn show(&self) -> String {
        self.to_string()
    }
}
