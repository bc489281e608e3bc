//! Everything on the floor read again with today's models, topics and claims.
//!
//! A piece at a time, on a thread of its own, so that officers and channels go
//! before it. What reads as before leaves no event; officers' words stay. Called
//! by the API.

use std::sync::Arc;

use super::CHANNEL;
use crate::channels::Intake;
use crate::hub::Hub;
use crate::model::content::Kind;
use crate::model::ids::{ChannelName, ItemKey};
use crate::model::inbound::{Inbound, Receipt};
use crate::model::item::Item;
use crate::store::EventLog;
use crate::wire::upkeep::RereadAnswer;

/// Items that are read at once.
const PIECE: usize = 100;

/// Reads again; how many were read and how many read otherwise now. Ends early
/// when the hub closes.
pub async fn run<L: EventLog>(hub: &Arc<Hub<L>>) -> RereadAnswer {
    let mut answer = RereadAnswer::default();
    let Ok(channel) = ChannelName::new(CHANNEL) else {
        return answer;
    };
    let said = |item: &&Item| item.content.kind != Kind::Alert && !item.is_silenced();
    let keys: Vec<ItemKey> = hub.desk.board(|board| {
        let items = board.items().filter(said);
        items.map(|item| item.key).collect()
    });
    for piece in keys.chunks(PIECE) {
        let items: Vec<Item> = hub.desk.board(|board| {
            let found = piece.iter().filter_map(|key| board.item(key));
            found.filter(said).cloned().collect()
        });
        answer.read += items.len() as u64;
        let reader = Arc::clone(&hub.reader);
        let read = tokio::task::spawn_blocking(move || {
            let read = items.iter().filter_map(|item| {
                let reading = reader.read_again(item);
                let differs = item.reading.as_deref() != Some(&reading);
                differs.then(|| Inbound::Reading {
                    key: item.key,
                    of: Arc::clone(&item.content),
                    reading: Arc::new(reading),
                })
            });
            read.collect::<Vec<_>>()
        });
        let Ok(inbound) = read.await else {
            return answer;
        };
        match hub.desk.submit(&channel, inbound).await {
            Ok(receipts) => {
                let updated = receipts.iter().filter(|r| **r == Receipt::Updated);
                answer.changed += updated.count() as u64;
            }
            Err(_) => return answer,
        }
    }
    answer
}
