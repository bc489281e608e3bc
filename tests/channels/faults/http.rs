//! What goes wrong over HTTP: documents that are fetched, and answers that never
//! end.

use std::io::Write;
use std::sync::LazyLock;

use super::rows::{self, OK, SSE, answer};
use super::server::{Play, Then};
use super::{Cell, all};

/// Eight megabytes of spaces, packed.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&vec![b' '; 8_000_000]).unwrap();
    packer.finish().unwrap()
});

/// What any server of HTTP can answer instead of what was asked for.
fn refusals() -> Vec<Cell> {
    let status = |status: &str, more: &str| answer(&format!("HTTP/1.1 {status}\r\n{more}"), b"");
    vec![
        Cell::instead(
            "half-open",
            Play::instead("", Then::Hold),
            "took longer than 0.3 s.",
        ),
        Cell::instead(
            "a dripping head",
            Play::instead("HTTP/1.1 200 OK\r\nx-slow: ", Then::Drip),
            "took longer than 0.3 s.",
        ),
        Cell::instead(
            "a storm of 503",
            status("503 No", ""),
            "The server answers with 503.",
        )
        .storm(),
        Cell::instead("429", status("429 No", ""), "too many requests (429)."),
        Cell::instead(
            "429 with Retry-After",
            status("429 No", "retry-after: 1\r\n"),
            "asks to be left alone for 1 s.",
        ),
        Cell::instead(
            "a redirect inside",
            status("302 Go", "location: http://169.254.169.254/latest\r\n"),
            "169.254.169.254 is not among those",
        ),
        Cell::instead(
            "no HTTP",
            Play::instead("SSH-2.0-x\r\n\r\n", Then::Close),
            "can't be reached",
        ),
    ]
}

/// What else can be wrong with a document that is fetched.
fn fetched() -> Vec<Cell> {
    let head = |more: &str| format!("{OK}connection: close\r\n{more}\r\n");
    let long = head("content-length: 5000\r\n") + "{\"things\":[";
    let gzip = answer(&format!("{OK}content-encoding: gzip\r\n"), &BOMB);
    let broken = answer(&format!("{OK}content-encoding: gzip\r\n"), b"{}");
    let mut cells = refusals();
    cells.extend([
        Cell::instead(
            "reset in the middle",
            Play::instead(long.clone(), Then::Reset),
            "can't be reached",
        ),
        Cell::instead(
            "cut short",
            Play::instead(long.clone(), Then::Close),
            "can't be reached",
        ),
        Cell::instead(
            "half-open in the middle",
            Play::instead(long.clone(), Then::Hold),
            "took longer than 0.3 s.",
        ),
        Cell::instead(
            "slow drip",
            Play::instead(head(""), Then::Drip),
            "took longer than 0.3 s.",
        ),
        Cell::instead(
            "a gigabyte, announced",
            Play::instead(head("content-length: 1073741824\r\n"), Then::Flood),
            "The answer is larger than",
        ),
        Cell::instead(
            "a gigabyte",
            Play::instead(head(""), Then::Flood),
            "The answer is larger than",
        ),
        Cell::instead("a compression bomb", gzip, "The answer is larger than"),
        Cell::instead("no gzip", broken, "says that it is gzip and is not."),
        Cell::instead("restart in the middle", Play::instead(long, Then::Hold), "").restart(),
    ]);
    cells
}

/// What else can be wrong with an answer that goes on and on; `half` is the
/// beginning of a document.
fn streamed(half: &str) -> Vec<Cell> {
    let packed =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n";
    let mut cells = refusals();
    cells.extend([
        Cell::upon(
            "half-open in the middle",
            half,
            Then::Hold,
            "Nothing came for",
        ),
        Cell::upon("reset in the middle", half, Then::Reset, "can't be reached"),
        Cell::upon(
            "cut short",
            half,
            Then::Close,
            "The server ended the stream.",
        ),
        Cell::upon(
            "a gigabyte",
            half,
            Then::Flood,
            "larger than 1048576 bytes.",
        ),
        Cell::upon("restart in the middle", half, Then::Hold, "").restart(),
        Cell::instead(
            "packed unasked",
            Play::new(packed, &BOMB[..4096], Then::Hold),
            "packs what it sends",
        ),
    ]);
    cells
}

#[tokio::test]
async fn documents_that_are_fetched_come_once_whatever_happens() {
    let html = answer(OK, b"<html><body>Sorry</body></html>");
    let not = |words| Cell::instead("another document", html.clone(), words);
    let mut rows = Vec::new();
    for (row, words) in [
        (rows::poll(), "not JSON"),
        (rows::longpoll(), "not JSON"),
        (rows::feed(), "no RSS"),
    ] {
        let mut cells = fetched();
        cells.push(not(words));
        rows.push((row, cells));
    }
    all(rows).await;
}

#[tokio::test]
async fn answers_that_go_on_and_on_come_once_whatever_happens() {
    let mut events = streamed("id: 2\ndata: {\"id\": 2, ");
    let html = Play::instead(SSE.replace("event-stream", "html"), Then::Hold);
    events.push(Cell::instead(
        "another document",
        html,
        "not a stream of events.",
    ));
    let lines = streamed("{\"id\": 2, ");
    all(vec![(rows::sse(), events), (rows::lines(), lines)]).await;
}
