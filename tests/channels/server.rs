//! Servers on loopback that misbehave as they are told to, and channel files
//! made in a line.

use std::sync::Arc;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use watchfloor::channels::registry::Channel;
use watchfloor::channels::transport::cursors::{Cursors, InMemory};
use watchfloor::model::ids::ChannelName;
use watchfloor::model::inbound::Inbound;

use crate::support::{channel, config, content, with_secret};

/// Serves `router`; its address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A channel file with `source` as its `[source]` and what follows it, whose
/// documents are `{"id", "text"}` or have such things in `/things`.
pub(crate) fn file(source: &str) -> String {
    format!(
        r#"schema = 1
[channel]
id = "own"
name = "Own"
kind = "any"
secrets = ["key"]
[source]
{source}
[[map]]
foreach = "/things/*"
kind = "mention"
id = "/id"
text = "/text"
source_time = "/at"
[[map]]
when = {{ at = "/id", exists = true }}
kind = "mention"
id = "/id"
text = "/text"
[[map]]
when = {{ any = [{{ at = "/things", exists = true }}, {{ at = "/none", exists = true }}] }}
kind = "ignore"
[[test]]
name = "t"
input = '{{"id":1,"text":"x"}}'
expect = {{ id = "1" }}"#
    )
}

/// The channel of such a file, with its secret, on private addresses.
pub(crate) fn own(source: &str) -> Arc<Channel> {
    let mut config = with_secret(config("own"), "key", "s3cret-key");
    config.allow_private = true;
    channel(config, &[&file(source)])
}

/// The ids of items, in the order they came.
pub(crate) fn ids(kept: &[Inbound]) -> Vec<String> {
    kept.iter()
        .map(|i| content(i).external_id.as_evidence().to_owned())
        .collect()
}

/// Waits until what is kept of the channel's place has `words`.
pub(crate) async fn placed(cursors: &InMemory, words: &str) {
    let name = ChannelName::new("water").unwrap();
    let waits = async {
        while !cursors
            .load(&name)
            .await
            .unwrap()
            .is_some_and(|c| c.contains(words))
        {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    let outcome = tokio::time::timeout(crate::support::HUNG, waits).await;
    outcome.unwrap_or_else(|_| panic!("the place never had {words}"));
}

/// A listener on loopback for what is no good HTTP, and its address.
pub(crate) async fn raw() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

/// The next request on `listener`, its head whole, and the stream to answer on.
pub(crate) async fn request(listener: &TcpListener) -> (String, TcpStream) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.unwrap();
        assert!(n > 0, "the request ended early");
        head.extend_from_slice(&piece[..n]);
    }
    (String::from_utf8_lossy(&head).into_owned(), stream)
}

/// Writes `words` on `stream`, which may be gone already.
pub(crate) async fn say(stream: &mut TcpStream, words: &str) {
    drop(stream.write_all(words.as_bytes()).await);
    drop(stream.flush().await);
}
