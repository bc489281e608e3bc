//! The operator's own channel files at a running hub: a token in the address, a
//! good edit taken up without a restart, a bad one left aside and told.

use std::sync::Arc;

use serde_json::json;
use watchfloor::channels::catalogue::Catalogue;
use watchfloor::channels::registry::Channels;
use watchfloor::channels::settings::Secret;
use watchfloor::hub::reloading::Reload;

use crate::stage::{PATIENCE, Stage, channel};

const FILE: &str = r#"schema = 1
[channel]
id = "ripple"
name = "Ripple"
kind = "any"
secrets = ["token"]
[source]
transport = "webhook"
auth = { kind = "path", secret = "token" }
[[map]]
kind = "mention"
id = "/report"
text = "/words"
[[test]]
name = "one"
input = '{"report":1,"words":"x"}'
expect = { id = "1" }
"#;

#[tokio::test]
async fn an_edit_is_taken_up_and_a_bad_one_is_told_and_left_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ripple.toml");
    std::fs::write(&path, FILE).unwrap();
    let mut config = channel("ripple", "ripple");
    config.secrets.clear();
    config
        .secrets
        .insert("token".to_owned(), Secret::new("opensesame"));
    let at = folder.path().to_owned();
    let load = move || -> Result<Channels, Vec<String>> {
        let told = |errors: Vec<_>| errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut catalogue = Catalogue::built_in().map_err(told)?;
        catalogue.add_directory(&at).map_err(told)?;
        Channels::load(vec![config.clone()], &catalogue).map_err(told)
    };
    let channels = load().unwrap();
    let reload = Reload {
        folder: folder.path().to_owned(),
        load: Arc::new(load),
    };
    let stage = Stage::planned(Vec::new(), |plan| {
        plan.channels = channels;
        plan.reload = Some(reload);
    })
    .await;
    let post = async |id: u32, address: &str| {
        let body = json!({ "report": id, "words": "no water", "street": "Mill Road" });
        let request = stage.http.request("POST", address).body(body.to_string());
        stage.http.send(request).await.status
    };
    assert_eq!(post(1, "/in/ripple/opensesame").await, 200);
    assert_eq!(post(2, "/in/ripple/wrong").await, 401);
    assert_eq!(post(2, "/in/ripple").await, 401);

    // A mistake: the file before stays at work, and the channel says so.
    std::fs::write(&path, FILE.replace("text = ", "txt = ")).unwrap();
    let waits = async {
        loop {
            let health = stage.get("/v1/channels").await.json();
            if health[0]["error"]
                .as_str()
                .is_some_and(|e| e.contains("map[0].txt"))
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits)
        .await
        .expect("the mistake is told");
    assert_eq!(post(3, "/in/ripple/opensesame").await, 200);

    // A good edit: from some delivery on it is read so, and none was lost.
    std::fs::write(&path, FILE.replace("\"/words\"", "\"/street\"")).unwrap();
    let mut sent = 3;
    let waits = async {
        loop {
            sent += 1;
            assert_eq!(post(sent, "/in/ripple/opensesame").await, 200);
            let last = stage.items().pop().unwrap();
            if last.content.text.as_evidence() == "Mill Road" {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits)
        .await
        .expect("the edit is taken up");
    // 1 and 3 to the last: 2 was refused.
    assert_eq!(stage.items().len(), usize::try_from(sent).unwrap() - 1);
    stage.stop().await;
}
