//! Nothing happens: nothing is written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::stage::{Stage, entry};
use crate::terminal::{Look, Terminal};

/// How long nothing is written.
const IDLE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_console_writes_not_one_byte() {
    let stage = Stage::town().await;
    let body = serde_json::json!([entry("1", "A pipe burst in Mill Road")]);
    assert_eq!(stage.post(body.to_string()).await.status, 200);
    let port = stage.running.address.port();
    let console = Terminal::open(port, stage.token("ana"), Look::COLOUR).unwrap();
    console
        .until("the floor", |screen| screen.contents().contains("A pipe"))
        .unwrap();
    console.quiet(Duration::from_millis(500));
    // The clock is one of the things that happen.
    let second = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs()
            % 60
    };
    while second() > 50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    console.quiet(Duration::from_millis(500));
    console.record();
    tokio::time::sleep(IDLE).await;
    let written = console.recorded();
    assert!(written.is_empty(), "{}", String::from_utf8_lossy(&written));
    stage.stop().await;
}
