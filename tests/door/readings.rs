//! What is read from the words that come in: stored with the item, read anew
//! when they change, asked for by filters and gone when the words go.

use serde_json::json;
use watchfloor::hub::desk::fold_item;
use watchfloor::model::event::Body;
use watchfloor::model::reading::Feeling;
use watchfloor::store::EventLog;

use crate::stage::{Stage, channel, entry};

const ANGRY: &str = "O serviço é péssimo, uma vergonha: outra vez sem água e ninguém responde";
const GLAD: &str = "Obrigada à equipa, foram fantásticos e a água já voltou";

#[tokio::test]
async fn words_are_read_as_they_come_and_again_when_they_change() {
    let stage = Stage::with(vec![channel("town", "generic")]).await;
    let mut alert = entry("pump", "Pressure below 2 bar");
    alert["kind"] = json!("alert");
    let said = json!([entry("a", ANGRY), alert]);
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    let items = stage.items();
    let item = items.iter().find(|i| i.content.text.as_evidence() == ANGRY);
    let item = item.unwrap();
    let reading = item.reading.clone().unwrap();
    assert_eq!(reading.language.as_ref().unwrap().code, "pt");
    let felt = reading.sentiment.as_ref().unwrap();
    assert_eq!(felt.feeling, Feeling::Negative);
    assert!(!felt.words.is_empty(), "{reading:?}");
    let other = items.iter().find(|i| i.key != item.key).unwrap();
    assert_eq!(other.reading, None, "nobody said that");

    let said = json!([entry("a", GLAD)]);
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    let hub = &stage.running.hub;
    let folded = fold_item(&*hub.log, item.key).await.unwrap().unwrap();
    let felt = folded.reading.as_ref().and_then(|r| r.sentiment.as_ref());
    assert_eq!(felt.map(|felt| felt.feeling), Some(Feeling::Positive));
    let history = hub.log.history(item.key).await.unwrap();
    let read = |body: &&Body| matches!(body, Body::ItemRead { .. });
    assert_eq!(history.iter().map(|e| &e.body).filter(read).count(), 1);
    // The same once more is no news.
    assert_eq!(stage.post(said.to_string()).await.status, 200);
    assert_eq!(
        hub.log.history(item.key).await.unwrap().len(),
        history.len()
    );
}
