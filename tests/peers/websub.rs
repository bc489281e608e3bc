//! A WebSub hub of others (Flask-WebSub) against our subscriber: asked,
//! confirmed, and from then on told of what is new, signed as that hub signs;
//! told anew after the floor was started anew.

use std::path::Path;
use std::time::Duration;

use watchfloor::model::board::Board;

use crate::process::{Peer, free_port};
use crate::stage::{PATIENCE, Stage, channel};
use crate::wanted;

/// A feed, its hub, and an order to tell the hub that it changed. What the hub
/// does later in a queue it does here at once, in the asking request.
const CITY: &str = r#"
import sys
from celery import Celery
from flask import Flask, Response
from flask_websub.hub import Hub, SQLite3HubStorage
folder, port = sys.argv[1], sys.argv[2]
base = "http://127.0.0.1:" + port
app = Flask(__name__)
later = Celery("city", broker="memory://")
later.conf.task_always_eager = True
hub = Hub(SQLite3HubStorage(folder + "/hub.db"), later, REQUEST_TIMEOUT=10)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
fetched = []
@app.get("/feed")
def feed():
    fetched.append(1)
    links = '<%s/hub>; rel="hub", <%s/feed>; rel="self"' % (base, base)
    return Response(open(folder + "/feed.xml").read(), content_type="application/rss+xml", headers={"Link": links})
@app.post("/changed")
def changed():
    hub.send_change_notification.delay(base + "/feed")
    told = list(hub.storage.get_callbacks(base + "/feed"))
    return "%d told, fetched %d" % (len(told), len(fetched))
app.run(port=int(port), threaded=True)
"#;

fn publish(folder: &Path, port: u16, ids: &[u32]) {
    let entries: String = ids.iter().rev().fold(String::new(), |all, id| {
        all + &format!("<item><guid>n-{id}</guid><title>Notice {id}</title></item>")
    });
    let base = format!("http://127.0.0.1:{port}");
    let feed = format!(
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>City</title>\
         <atom:link rel=\"hub\" href=\"{base}/hub\"/><atom:link rel=\"self\" href=\"{base}/feed\"/>\
         {entries}</channel></rss>"
    );
    std::fs::write(folder.join("next.xml"), feed).unwrap();
    std::fs::rename(folder.join("next.xml"), folder.join("feed.xml")).unwrap();
}

/// Tells the hub that the feed changed; what it says of whom it told.
async fn changed(port: u16) -> String {
    let url = format!("http://127.0.0.1:{port}/changed");
    let said = tokio::process::Command::new("curl")
        .args(["-sS", "-X", "POST", &url])
        .output()
        .await
        .unwrap();
    String::from_utf8_lossy(&said.stdout).into_owned()
}

async fn floor(port: u16, ours: u16) -> Stage {
    let mut config = channel("news", "feed");
    let url = format!("http://127.0.0.1:{port}/feed");
    config.vars.insert("url".to_owned(), url);
    config.poll_every = Some(Duration::from_hours(6));
    config.callback = Some(format!("http://127.0.0.1:{ours}/in/news"));
    Stage::planned(vec![config], |plan| {
        plan.listen.address.set_port(ours);
    })
    .await
}

/// Tells the hub until it knows of our subscription.
async fn subscribed(port: u16) -> String {
    let waits = async {
        loop {
            let said = changed(port).await;
            if said.starts_with("1 told") {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, waits).await;
    came.expect("the hub has confirmed our subscription")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_of_others_confirms_us_and_tells_us_what_is_new() {
    if !wanted("Flask-WebSub") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (port, ours) = (free_port(), free_port());
    publish(path, port, &[1]);
    let python = std::env::var("WATCHFLOOR_TOOLS").unwrap() + "/bin/python";
    let args = ["-c", CITY, path.to_str().unwrap(), &port.to_string()];
    let args = args.map(str::to_owned);
    let mut peer = Peer::start_at("python", Path::new(&python), path, &args);
    peer.listens(port, path).await;

    let stage = floor(port, ours).await;
    stage
        .until("the polled entry", |board| board.len() == 1)
        .await;
    subscribed(port).await;
    publish(path, port, &[1, 2]);
    let said = changed(port).await;
    stage
        .until("the pushed entry", |board| board.len() == 2)
        .await;
    // Once by us, at the start; all other times by the hub itself.
    publish(path, port, &[1, 2, 3]);
    changed(port).await;
    stage.until("the next one", |board| board.len() == 3).await;
    assert!(said.starts_with("1 told"), "{said}");

    // A floor that was started anew has forgotten its lease: it asks again,
    // polls what it missed, and is told of what comes.
    stage.stop().await;
    publish(path, port, &[1, 2, 3, 4]);
    let stage = floor(port, ours).await;
    stage
        .until("what was missed", |board| board.len() == 4)
        .await;
    subscribed(port).await;
    publish(path, port, &[1, 2, 3, 4, 5]);
    changed(port).await;
    stage
        .until("what came after", |board| board.len() == 5)
        .await;
    assert_eq!(stage.board(Board::len), 5);
    stage.stop().await;
}
