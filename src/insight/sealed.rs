//! A model's bytes behind their hash, so that damage is refused before it is read.
//!
//! Owns the seal: SHA-256 (32 bytes), then what it is of. Knows nothing of what is
//! inside. Called by whatever packs a model.

use sha2::{Digest, Sha256};

/// Bytes of the hash.
const HASH: usize = 32;

/// These bytes behind their hash.
pub(super) fn seal(inside: &[u8]) -> Vec<u8> {
    let mut bytes = Sha256::digest(inside).to_vec();
    bytes.extend(inside);
    bytes
}

/// What is inside; none where it is not what was sealed.
pub(super) fn open(bytes: &[u8]) -> Option<&[u8]> {
    let (hash, inside) = bytes.split_at_checked(HASH)?;
    (Sha256::digest(inside).as_slice() == hash).then_some(inside)
}
