//! Where what outlives the console lies on the disk: lines that were entered,
//! saved views, and drafts for each hub.
//!
//! Owns the files. Mode 0600 in a folder of mode 0700, replaced whole (a new
//! file, synced, renamed over the old one), written on a thread of their own so
//! that a slow disk holds no key up. Newest wins while one is being written.
//! Drafts that are empty are wiped: their file goes. Called by the command line
//! (what was there) and by `perform`.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::state::kept::{Keepsake, Kept};

/// No file is read beyond this, bytes: an officer's are a few KiB.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Why what was kept can't be used.
#[derive(Debug, Error)]
pub enum DrawerError {
    /// The folder can't be made or is not the officer's alone.
    #[error(
        "Drafts and views can't be kept in {}: {why}; they end with this console.",
        folder.display()
    )]
    Folder {
        /// It.
        folder: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no thread to write on.
    #[error("Drafts and views can't be kept: {0}; they end with this console.")]
    Thread(io::Error),
}

/// The officer's drawer.
#[derive(Debug)]
pub struct Drawer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

/// What is to be written: the newest of each sort.
#[derive(Debug, Default)]
struct Waiting {
    lines: Option<Keepsake>,
    views: Option<Keepsake>,
    drafts: Option<Keepsake>,
    closing: bool,
}

impl Waiting {
    fn next(&mut self) -> Option<Keepsake> {
        let next = self.drafts.take().or_else(|| self.views.take());
        next.or_else(|| self.lines.take())
    }
}

#[derive(Clone, Debug)]
struct Files {
    lines: PathBuf,
    views: PathBuf,
    drafts: PathBuf,
}

impl Drawer {
    /// Opens the drawer in `folder` for the hub that `hub` tells from others,
    /// and reads what an earlier run left.
    ///
    /// # Errors
    /// [`DrawerError`] when nothing can be kept.
    pub fn open(folder: &Path, hub: &str) -> Result<(Self, Kept), DrawerError> {
        prepare(folder).map_err(|error| DrawerError::Folder {
            folder: folder.to_owned(),
            why: error.to_string(),
        })?;
        let files = Files {
            lines: folder.join("lines.json"),
            views: folder.join("views.json"),
            drafts: folder.join(format!("drafts-{}.json", mark(hub))),
        };
        let kept = Kept {
            lines: read(&files.lines),
            views: read(&files.views),
            drafts: read(&files.drafts),
        };
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Waiting::default()),
            changed: Condvar::new(),
        });
        let other = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("drawer".to_owned())
            .spawn(move || other.write_all(&files))
            .map_err(DrawerError::Thread)?;
        let thread = Some(thread);
        Ok((Self { shared, thread }, kept))
    }

    /// Writes this down soon; what waits of the same sort is replaced.
    pub fn keep(&self, keepsake: Keepsake) {
        let mut waiting = self.shared.lock();
        let slot = match keepsake {
            Keepsake::Lines(_) => &mut waiting.lines,
            Keepsake::Views(_) => &mut waiting.views,
            Keepsake::Drafts(_) => &mut waiting.drafts,
        };
        *slot = Some(keepsake);
        drop(waiting);
        self.shared.changed.notify_one();
    }
}

impl Drop for Drawer {
    /// Waits until all is written.
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("What was to be kept could not be written.");
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, files: &Files) {
        let mut waiting = self.lock();
        loop {
            if let Some(next) = waiting.next() {
                drop(waiting);
                if let Err(error) = files.write(&next) {
                    tracing::warn!("What was to be kept could not be written: {error}");
                }
                waiting = self.lock();
            } else if waiting.closing {
                return;
            } else {
                waiting = self
                    .changed
                    .wait(waiting)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Files {
    fn write(&self, keepsake: &Keepsake) -> io::Result<()> {
        match keepsake {
            Keepsake::Lines(lines) => replace(&self.lines, lines),
            Keepsake::Views(views) => replace(&self.views, views),
            Keepsake::Drafts(drafts) if drafts.is_empty() => wipe(&self.drafts),
            Keepsake::Drafts(drafts) => replace(&self.drafts, drafts),
        }
    }
}

/// Makes the folder, for the officer alone.
fn prepare(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A name for a hub that says nothing of it.
fn mark(hub: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(hub.as_bytes());
    let mut name = String::new();
    for byte in digest.iter().take(8) {
        for half in [byte >> 4, byte & 15] {
            name.extend(char::from_digit(u32::from(half), 16));
        }
    }
    name
}

/// What a file holds; nothing when it is not there, too long or not ours.
fn read<T: DeserializeOwned + Default>(path: &Path) -> T {
    let length = match fs::metadata(path) {
        Ok(about) => about.len(),
        Err(_) => return T::default(),
    };
    if length > LONGEST {
        tracing::warn!("{} is too long and was left alone.", path.display());
        return T::default();
    }
    let parsed = fs::read(path)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string()));
    parsed.unwrap_or_else(|why| {
        tracing::warn!("{} can't be read: {why}", path.display());
        T::default()
    })
}

fn replace<T: Serialize>(path: &Path, what: &T) -> io::Result<()> {
    let text = serde_json::to_vec(what).map_err(io::Error::other)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
}

fn wipe(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::kept::{KeptDraft, KeptView};
    use super::*;
    use crate::model::ids::ItemKey;

    fn draft(text: &str) -> Keepsake {
        Keepsake::Drafts(vec![KeptDraft {
            items: vec![ItemKey::from_bytes([7; 16])],
            text: text.to_owned(),
            reply: false,
        }])
    }

    #[test]
    fn what_was_kept_is_there_again_for_its_hub_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("console");
        let (drawer, kept) = Drawer::open(&place, "https://floor.example").expect("a drawer");
        assert_eq!(kept, Kept::default());
        for n in 0..50 {
            drawer.keep(draft(&format!("crew en route {n}")));
        }
        drawer.keep(Keepsake::Views(vec![KeptView {
            number: 4,
            name: "Spanish negative".to_owned(),
            filter: "lang:es".to_owned(),
            queue: "All".to_owned(),
        }]));
        drop(drawer);
        let (drawer, kept) = Drawer::open(&place, "https://floor.example").expect("a drawer");
        assert_eq!(kept.drafts[0].text, "crew en route 49");
        assert_eq!(kept.views[0].number, 4);
        drop(drawer);
        let (_, other) = Drawer::open(&place, "https://other.example").expect("a drawer");
        assert!(other.drafts.is_empty());
        assert_eq!(other.views.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_the_officers_alone_and_a_submitted_draft_is_wiped() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("console");
        let (drawer, _) = Drawer::open(&place, "hub").expect("a drawer");
        drawer.keep(draft("words"));
        drop(drawer);
        let mode = |path: &Path| fs::metadata(path).expect("it").permissions().mode() & 0o777;
        let files: Vec<PathBuf> = fs::read_dir(&place)
            .expect("the folder")
            .map(|entry| entry.expect("a file").path())
            .collect();
        assert_eq!(files.len(), 1);
        assert_eq!((mode(&place), mode(&files[0])), (0o700, 0o600));
        let (drawer, _) = Drawer::open(&place, "hub").expect("a drawer");
        drawer.keep(Keepsake::Drafts(Vec::new()));
        drop(drawer);
        assert!(!files[0].exists());
    }

    #[test]
    fn a_broken_file_is_no_reason_not_to_start() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("views.json"), "[{").expect("a file");
        let (_, kept) = Drawer::open(folder.path(), "hub").expect("a drawer");
        assert!(kept.views.is_empty());
    }
}
