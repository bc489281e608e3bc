//! The hash chain: what is hashed, and in which order.
//!
//! `content = SHA-256(salt ‖ SHA-256(raw) or 32 zero bytes ‖ body)` and
//! `hash = SHA-256(hash before ‖ envelope ‖ content)`, where the first hash
//! before is 32 zero bytes. Content can so be erased (salt, body and raw go,
//! `content` stays) and the chain still holds. Sequence and item numbers are
//! not hashed: another log may number otherwise. Used by both logs and
//! `verify`; knows nothing of files.

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use sha2::{Digest, Sha256};

use crate::model::ids::ItemKey;

/// A SHA-256 digest.
pub(super) type Hash = [u8; 32];

/// What stands before the first event.
pub(super) const GENESIS: Hash = [0; 32];

/// What is hashed of an event besides its content. Actor and cause are in
/// their JSON form, as the log keeps them.
#[derive(Clone, Copy)]
pub(super) struct Envelope<'a> {
    /// Milliseconds after 1970.
    pub(super) at: i64,
    /// Who, as JSON.
    pub(super) actor: &'a str,
    /// Why, as JSON.
    pub(super) cause: &'a str,
    /// The item.
    pub(super) key: Option<&'a ItemKey>,
    /// The desk.
    pub(super) desk: Option<&'a str>,
}

/// The hash that stands for body and raw. The salt keeps an erased text from
/// being guessed by hashing likely ones.
pub(super) fn content_hash(salt: &[u8; 16], body: &[u8], raw: Option<&[u8]>) -> Hash {
    let raw: Hash = raw.map_or(GENESIS, |raw| Sha256::digest(raw).into());
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(raw);
    hash.update(body);
    hash.finalize().into()
}

/// The chain's hash at an event: `before` is the one at the event before.
/// Every part is led by its length, so that no two envelopes are the same
/// bytes.
pub(super) fn event_hash(before: &Hash, envelope: &Envelope<'_>, content: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(envelope.at.to_be_bytes());
    part(&mut hash, Some(envelope.actor.as_bytes()));
    part(&mut hash, Some(envelope.cause.as_bytes()));
    part(&mut hash, envelope.key.map(|key| key.as_bytes().as_slice()));
    part(&mut hash, envelope.desk.map(str::as_bytes));
    hash.update(content);
    hash.finalize().into()
}

/// Length (all ones for "absent") and bytes.
fn part(hash: &mut Sha256, bytes: Option<&[u8]>) {
    let length = bytes.map_or(u32::MAX, |b| u32::try_from(b.len()).unwrap_or(u32::MAX - 1));
    hash.update(length.to_be_bytes());
    hash.update(bytes.unwrap_or_default());
}

/// Draws the salts. Each is independent of the others: an erased one must not
/// follow from its neighbours, which stay readable in the file.
pub(super) struct Salts(StdRng);

impl Salts {
    /// Seeded by the operating system.
    pub(super) fn new() -> Self {
        Self(StdRng::from_os_rng())
    }

    /// The next one.
    pub(super) fn draw(&mut self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.0.fill_bytes(&mut salt);
        salt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope() -> Envelope<'static> {
        Envelope {
            at: 7,
            actor: "\"hub\"",
            cause: "\"clock\"",
            key: None,
            desk: None,
        }
    }

    #[test]
    fn every_part_changes_the_hash() {
        let content = content_hash(&[1; 16], b"{}", None);
        let first = event_hash(&GENESIS, &envelope(), &content);
        let key = ItemKey::from_bytes([0; 16]);
        let others = [
            Envelope {
                at: 8,
                ..envelope()
            },
            Envelope {
                actor: "\"hu\"",
                ..envelope()
            },
            Envelope {
                cause: "\"delivery\"",
                ..envelope()
            },
            Envelope {
                key: Some(&key),
                ..envelope()
            },
            Envelope {
                desk: Some(""),
                ..envelope()
            },
        ];
        for other in others {
            assert_ne!(event_hash(&GENESIS, &other, &content), first);
        }
        assert_ne!(event_hash(&[1; 32], &envelope(), &content), first);
        assert_ne!(content_hash(&[2; 16], b"{}", None), content);
        assert_ne!(content_hash(&[1; 16], b"{}", Some(b"")), content);
    }

    #[test]
    fn salts_differ() {
        let mut salts = Salts::new();
        assert_ne!(salts.draw(), salts.draw());
    }
}
