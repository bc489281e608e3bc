//! `items` frames: a snapshot in chunks that fit, or an item that enters a
//! scope.

use bytes::Bytes;
use serde::Serialize;

use crate::model::board::Board;
use crate::model::event::Suppression;
use crate::model::ids::{ItemKey, Seq};
use crate::model::item::Item;
use crate::model::officer::Desks;
use crate::wire::codec::item_is_strangers;
use crate::wire::frames::{Part, Window};
use crate::wire::limits::{FRAME_BYTES, SNAPSHOT_CHUNK};

/// [`crate::wire::frames::Items`] by reference, with its `type`.
#[derive(Serialize)]
struct ItemsRef<'a> {
    r#type: &'static str,
    at: Seq,
    items: &'a [&'a Item],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    suppressions: &'a [&'a Suppression],
    part: Part,
}

fn encode(frame: &ItemsRef<'_>) -> Bytes {
    serde_json::to_vec(frame).unwrap_or_default().into()
}

/// The frame for an item that enters a scope.
#[must_use]
pub fn entering(at: Seq, item: &Item) -> Bytes {
    encode(&ItemsRef {
        r#type: "items",
        at,
        items: &[item],
        suppressions: &[],
        part: Part::Entering,
    })
}

/// The keys of a snapshot: all open items of the scope, and the newest closed
/// ones that the window asks for. Also how many closed ones it leaves out.
#[must_use]
pub fn snapshot_keys(board: &Board, scope: &Desks, window: Window) -> (Vec<ItemKey>, u64) {
    let limit = usize::try_from(window.closed_items).unwrap_or(usize::MAX);
    let (mut closed, mut left_out) = (0, 0);
    let mut keys = Vec::new();
    for item in board
        .by_number()
        .rev()
        .filter(|item| scope.include(&item.desk))
    {
        if item.is_open() || item.triage.merged_into.is_some() {
            keys.push(item.key);
        } else if closed < limit {
            closed += 1;
            keys.push(item.key);
        } else {
            left_out += 1;
        }
    }
    keys.reverse();
    (keys, left_out)
}

/// One chunk of a snapshot: the items of the front of `keys`, as they are now,
/// how many keys it took (large items make smaller chunks), and whether none of
/// it is an officer's own words.
///
/// `at` is where the session's events start, the same for all chunks: items may
/// be newer than that, and each one's `last_seq` tells the fold which events it
/// already shows.
#[must_use]
pub fn chunk(board: &Board, keys: &[ItemKey], at: Seq, first: bool) -> (Bytes, usize, bool) {
    let mut taken = SNAPSHOT_CHUNK.min(keys.len());
    loop {
        let items: Vec<&Item> = keys
            .iter()
            .take(taken)
            .filter_map(|key| board.item(key))
            .collect();
        let suppressions: Vec<&Suppression> = if first {
            board.suppressions().collect()
        } else {
            Vec::new()
        };
        let part = match (first, taken == keys.len()) {
            (true, true) => Part::Only,
            (true, false) => Part::First,
            (false, true) => Part::Last,
            (false, false) => Part::More,
        };
        let frame = encode(&ItemsRef {
            r#type: "items",
            at,
            items: &items,
            suppressions: &suppressions,
            part,
        });
        if frame.len() <= FRAME_BYTES || taken <= 1 {
            let strangers =
                suppressions.is_empty() && items.iter().all(|item| item_is_strangers(item));
            return (frame, taken, strangers);
        }
        taken /= 2;
    }
}
