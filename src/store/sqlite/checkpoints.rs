//! Board checkpoints: so that a start does not grow with the log.
//!
//! Owns the last two of them in `derived.db`, off the commit path. What is in
//! one is the hub's. One that is damaged, of another log or of before an
//! erasure is never given out; then the one before, or the whole log, serves.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::embedded::SqliteLog;
use super::readers::Reader;
use super::rows::{self, sql};
use crate::model::ids::Seq;
use crate::store::chain::Hash;
use crate::store::error::LogError;

impl SqliteLog {
    /// Keeps `bytes`: the board as of event `seq`. Of before an erasure, it is
    /// dropped, since it still holds what was erased.
    ///
    /// # Errors
    /// [`LogError`] when it could not be written; the log itself is untouched.
    pub async fn save_checkpoint(&self, seq: Seq, bytes: bytes::Bytes) -> Result<(), LogError> {
        if seq < self.erased_at() {
            return Ok(());
        }
        self.ask(move |reader| {
            let hash = hash_at(reader, seq)?;
            let Some(hash) = hash else { return Ok(()) };
            let save = || -> rusqlite::Result<()> {
                let tx = reader.derived.unchecked_transaction()?;
                tx.execute(
                    "INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3)",
                    params![sql(seq.0), sum(&hash, &bytes).as_slice(), bytes.as_ref()],
                )?;
                tx.execute(
                    "DELETE FROM checkpoints WHERE seq NOT IN
                         (SELECT seq FROM checkpoints ORDER BY seq DESC LIMIT 2)",
                    [],
                )?;
                tx.commit()
            };
            save().map_err(|error| reader.keys.failed(&error))
        })
        .await
    }

    /// The newest checkpoint that is sound, if there is one.
    ///
    /// # Errors
    /// [`LogError`] when the log can't be read; a checkpoint that can't is
    /// passed over.
    pub async fn load_checkpoint(&self) -> Result<Option<(Seq, Vec<u8>)>, LogError> {
        self.ask(|reader| {
            let kept = match kept(&reader.derived) {
                Ok(kept) => kept,
                Err(error) => {
                    tracing::warn!(%error, "no checkpoint can be read; the whole log is");
                    return Ok(None);
                }
            };
            for (seq, found, bytes) in kept {
                let hash = hash_at(reader, seq)?;
                if hash.is_some_and(|hash| sum(&hash, &bytes).as_slice() == found) {
                    return Ok(Some((seq, bytes)));
                }
                tracing::warn!(%seq, "a checkpoint is damaged; the one before it is taken");
            }
            Ok(None)
        })
        .await
    }
}

/// Takes out all checkpoints: they hold what was erased.
pub(super) fn forget(derived: &Connection) -> rusqlite::Result<()> {
    derived.execute("DELETE FROM checkpoints", [])?;
    Ok(())
}

type Kept = (Seq, Vec<u8>, Vec<u8>);

fn kept(derived: &Connection) -> rusqlite::Result<Vec<Kept>> {
    let mut statement =
        derived.prepare("SELECT seq, sum, bytes FROM checkpoints ORDER BY seq DESC")?;
    let rows = statement.query_map([], |row| {
        let seq = Seq(row.get::<_, i64>(0)?.cast_unsigned());
        Ok((seq, row.get(1)?, row.get(2)?))
    })?;
    rows.collect()
}

fn hash_at(reader: &Reader, seq: Seq) -> Result<Option<Hash>, LogError> {
    rows::hash_at(&reader.log, seq.0).map_err(|error| reader.failed(&error))
}

/// Binds the bytes to the log that they were made of.
fn sum(hash: &Hash, bytes: &[u8]) -> Hash {
    let mut sum = Sha256::new();
    sum.update(hash);
    sum.update(bytes);
    sum.finalize().into()
}
