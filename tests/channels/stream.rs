//! Server-sent events and lines over one long answer: where they go on, what
//! keeps them alive, and how they die.

use std::time::Duration;

use watchfloor::channels::transport::cursors::InMemory;
use watchfloor::model::inbound::Inbound;

use crate::server::{ids, own, placed, raw, request, say};
use crate::support::{Recorder, Task, now};

const SSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
const LINES: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";

#[tokio::test]
async fn events_go_on_behind_the_last_id_across_connections_and_restarts() {
    let (listener, url) = raw().await;
    let source = format!("transport = \"sse\"\nurl = \"{url}/\"\nevents = [\"update\"]");
    let task = Task::start(&own(&source), Recorder::default(), InMemory::default());

    let (head, mut stream) = request(&listener).await;
    assert!(!head.contains("last-event-id"), "{head}");
    say(
        &mut stream,
        &format!("{SSE}:thump\n\nretry: 5\nevent: update\nid: [1]\ndata: {{\"id\":1,\n"),
    )
    .await;
    say(
        &mut stream,
        "data: \"text\":\"a\"}\n\nevent: other\ndata: {\"id\":9}\n\n",
    )
    .await;
    // Broken off in the middle of an event: that one counts for nothing.
    say(
        &mut stream,
        "event: update\nid: [2]\ndata: {\"id\":2,\"text\":\"b\"}\n",
    )
    .await;
    task.intake.first(1).await;
    drop(stream);

    let (head, mut stream) = request(&listener).await;
    assert!(head.contains("last-event-id: [1]"), "{head}");
    say(
        &mut stream,
        &format!("{SSE}event: update\nid: [2]\ndata: {{\"id\":2,\"text\":\"b\"}}\n\n"),
    )
    .await;
    assert_eq!(ids(&task.intake.first(2).await), ["1", "2"]);
    placed(&task.cursors, "[2]").await;
    let cursors = task.cursors.clone();
    task.stop().await;

    let again = Task::start(&own(&source), Recorder::default(), cursors);
    let (head, mut stream) = request(&listener).await;
    assert!(head.contains("last-event-id: [2]"), "{head}");
    say(&mut stream, "HTTP/1.1 204 No\r\n\r\n").await;
    again.error("nothing more will come").await;
    again.stop().await;
}

#[tokio::test]
async fn lines_come_in_whole_and_what_is_no_json_is_kept_as_it_came() {
    let (listener, url) = raw().await;
    let source = format!(
        "transport = \"lines\"\nmethod = \"POST\"\nurl = \"{url}/events\"\njson = {{ queue = \"q\", types = [\"StateChange\"] }}\nread_idle_timeout = \"400ms\"\n[auth]\nkind = \"basic\"\nuser = \"u\"\npassword = \"{{{{ secret.key }}}}\""
    );
    let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
    let (head, mut stream) = request(&listener).await;
    assert!(head.starts_with("POST /events "), "{head}");
    assert!(
        head.contains("authorization: Basic dTpzM2NyZXQta2V5"),
        "{head}"
    );
    assert!(
        head.ends_with("{\"queue\":\"q\",\"types\":[\"StateChange\"]}"),
        "{head}"
    );
    say(&mut stream, &format!("{LINES}{{\"id\":1,\"te")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    say(
        &mut stream,
        "xt\":\"a\"}\r\n\r\n\n{broken\n{\"id\":2,\"text\":\"b\"}\n",
    )
    .await;
    let kept = task.intake.first(3).await;
    assert!(matches!(&kept[1], Inbound::Unmapped { raw, .. } if &raw[..] == b"{broken"));
    assert_eq!(ids(&[kept[0].clone(), kept[2].clone()]), ["1", "2"]);
    // Alive as long as there are empty lines, dead when there are none.
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        say(&mut stream, "\r\n").await;
    }
    assert_eq!(
        task.health
            .at(now())
            .error
            .as_deref()
            .filter(|e| e.contains("Nothing")),
        None
    );
    task.error("Nothing came for 0 s, not even a keep-alive")
        .await;
    task.stop().await;
}

#[tokio::test]
async fn streams_that_are_not_well_are_told_in_one_line() {
    for (transport, answer, words) in [
        (
            "sse",
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>",
            "not a stream of events",
        ),
        (
            "sse",
            "HTTP/1.1 429 No\r\nretry-after: 900\r\ncontent-length: 0\r\n\r\n",
            "left alone for 900 s",
        ),
        (
            "lines",
            "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n",
            "503",
        ),
        (
            "lines",
            "HTTP/1.1 302 Go\r\nlocation: http://10.0.0.1/\r\n\r\n",
            "10.0.0.1",
        ),
        (
            "lines",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n\n\n\n",
            "ended the stream",
        ),
        (
            "lines",
            "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n\n",
            "can't be reached",
        ),
    ] {
        let (listener, url) = raw().await;
        let source = format!("transport = \"{transport}\"\nurl = \"{url}/\"");
        let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
        let (_, mut stream) = request(&listener).await;
        say(&mut stream, answer).await;
        drop(stream);
        task.error(words).await;
        task.stop().await;
    }
}

#[tokio::test]
async fn a_line_and_an_event_without_end_stop_at_the_cap() {
    for (transport, head) in [("lines", LINES), ("sse", SSE)] {
        let (listener, url) = raw().await;
        let source = format!("transport = \"{transport}\"\nurl = \"{url}/\"");
        let task = Task::start(&own(&source), Recorder::default(), InMemory::default());
        let (_, mut stream) = request(&listener).await;
        say(&mut stream, head).await;
        let piece = format!("data: {}", "x".repeat(65_536));
        for _ in 0..40 {
            say(&mut stream, &piece).await;
        }
        task.error("larger than 1048576 bytes").await;
        task.stop().await;
    }
}
