//! Bytes read and written on a broker's connection, bounded.

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::channels::egress::{Wire, refused};
use crate::channels::map::words::plain;

/// A connection with what was read of it and not taken yet.
pub(super) struct Line {
    pub(super) wire: Wire,
    pub(super) read: BytesMut,
}

impl Line {
    pub(super) fn new(wire: Wire) -> Self {
        Self {
            wire,
            read: BytesMut::with_capacity(16 * 1024),
        }
    }

    /// Reads some more; cancelled, it has read nothing.
    ///
    /// # Errors
    /// A sentence: the connection broke or ended.
    pub(super) async fn more(&mut self) -> Result<(), String> {
        match self.wire.read_buf(&mut self.read).await {
            Ok(0) => Err("The broker closed the connection.".to_owned()),
            Ok(_) => Ok(()),
            Err(e) => Err(broke(&e)),
        }
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// A sentence: the connection broke.
    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.wire.write_all(bytes).await.map_err(|e| broke(&e))?;
        self.wire.flush().await.map_err(|e| broke(&e))
    }
}

fn broke(error: &std::io::Error) -> String {
    if let Some(says) = refused(error) {
        return says.to_owned();
    }
    let words = plain(&error.to_string());
    format!("The connection to the broker broke: {words}.")
}
