//! The watch's state over a restart: one file beside the log.
//!
//! Owns its form (JSON, packed) and that it is replaced whole. What can't be read
//! is left out: the newest of the log is read again instead.

use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::insight::burst::Saved;
use crate::model::ids::{Epoch, Seq};

/// Packed with zstd at this level: fast.
const LEVEL: i32 = 1;
/// What may unpack; more is damage. A hundred thousand keys take a quarter of it.
const UNPACKED: u64 = 1 << 30;

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Of which life of the log.
    epoch: Epoch,
    /// The last event that is counted in it.
    head: Seq,
    /// The watch.
    watch: Saved,
}

/// The file of the state.
#[derive(Clone, Debug)]
pub struct KeptFile(PathBuf);

impl KeptFile {
    /// In the hub's folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self(folder.join("lookout.zst"))
    }

    /// What was kept of this life of the log; none when there is nothing that can
    /// be read.
    #[must_use]
    pub fn load(&self, epoch: Epoch) -> Option<(Seq, Saved)> {
        let file = std::fs::File::open(&self.0).ok()?;
        let unpacked = zstd::stream::read::Decoder::new(file).ok()?.take(UNPACKED);
        let kept: Kept = serde_json::from_reader(BufReader::new(unpacked)).ok()?;
        (kept.epoch == epoch).then_some((kept.head, kept.watch))
    }

    /// Keeps it: written aside, then put in the place of the old one.
    ///
    /// # Errors
    /// The disk's; the old one stays then.
    pub fn save(&self, (epoch, head): (Epoch, Seq), watch: Saved) -> std::io::Result<()> {
        let aside = self.0.with_extension("new");
        let mut packer = zstd::stream::write::Encoder::new(std::fs::File::create(&aside)?, LEVEL)?;
        let kept = Kept { epoch, head, watch };
        serde_json::to_writer(std::io::BufWriter::new(&mut packer), &kept)?;
        let mut file = packer.finish()?;
        file.flush()?;
        file.sync_all()?;
        std::fs::rename(aside, &self.0)
    }
}
