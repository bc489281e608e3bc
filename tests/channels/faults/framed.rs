//! What goes wrong on connections with frames of their own: `WebSocket`s, brokers,
//! a mailbox.

use super::rows;
use super::server::{Play, Then};
use super::{Cell, all, imap};

/// What can be wrong on an open connection; `half` is the beginning of a frame of
/// a thousand bytes, and `huge` of one of a gigabyte.
fn upon(
    half: &[u8],
    huge: &[u8],
    (silent, closed, reset, large): (&'static str, &'static str, &'static str, &'static str),
) -> Vec<Cell> {
    vec![
        Cell::upon("half-open", "", Then::Hold, silent),
        Cell::upon("half-open in the middle", half, Then::Hold, silent),
        Cell::upon("slow drip", half, Then::Drip, silent),
        Cell::upon("reset in the middle", half, Then::Reset, reset),
        Cell::upon("cut short", half, Then::Close, closed),
        Cell::upon("a gigabyte", huge, Then::Flood, large),
        Cell::upon("restart in the middle", half, Then::Hold, "").restart(),
    ]
}

/// What a WebSocket's server can say instead of opening one.
fn unopened() -> Vec<Cell> {
    let status = |words: &str| {
        Play::instead(
            format!("HTTP/1.1 {words}content-length: 0\r\n\r\n"),
            Then::Close,
        )
    };
    vec![
        Cell::instead(
            "half-open at first",
            Play::instead("", Then::Hold),
            "did not answer within 0.3 s.",
        ),
        Cell::instead(
            "a dripping head",
            Play::instead("HTTP/1.1 101 Go\r\nx-slow: ", Then::Drip),
            "did not answer within 0.3 s.",
        ),
        Cell::instead(
            "a storm of 503",
            status("503 No\r\n"),
            "The server answers with 503.",
        )
        .storm(),
        Cell::instead("429", status("429 No\r\n"), "too many requests (429)."),
        Cell::instead(
            "429 with Retry-After",
            status("429 No\r\nretry-after: 1\r\n"),
            "asks to be left alone for 1 s.",
        ),
        Cell::instead(
            "a redirect inside",
            status("302 Go\r\nlocation: ws://169.254.169.254/\r\n"),
            "The server answers with 302.",
        ),
        Cell::instead(
            "an endless refusal",
            Play::instead("HTTP/1.1 503 No\r\n\r\n", Then::Flood),
            "503",
        ),
    ]
}

#[tokio::test]
async fn websockets_come_once_whatever_happens() {
    // Text, 1000 bytes; text, a gigabyte; text, packed (RFC 7692) though nobody asked.
    let half = [&[0x81, 126, 3, 232][..], b"{\"id\": 2, "].concat();
    let huge = [0x81, 127, 0, 0, 0, 0, 0x40, 0, 0, 0];
    let words = (
        "Nothing came for",
        "The connection broke",
        "The connection broke",
        "larger than this channel takes.",
    );
    // How a connection is opened is the same for all of them.
    let open = || {
        let mut cells = upon(&half, &huge, words);
        let packed = [0xc1, 2, b'{', b'}'];
        cells.push(Cell::upon(
            "packed unasked",
            packed,
            Then::Hold,
            "The connection broke",
        ));
        cells
    };
    let mut first = unopened();
    first.extend(open());
    all(vec![
        (rows::websocket(), first),
        (rows::discord(), open()),
        (rows::nostr(), open()),
    ])
    .await;
}

#[tokio::test]
async fn brokers_come_once_whatever_happens() {
    let first = |words| {
        vec![
            Cell::instead(
                "half-open at first",
                Play::instead("", Then::Hold),
                "The broker did not answer within 0.3 s.",
            ),
            Cell::instead(
                "no broker",
                Play::instead("HTTP/1.1 400 No\r\n\r\n", Then::Close),
                words,
            ),
        ]
    };
    let words = (
        "Nothing came for",
        "The broker closed the connection.",
        "The connection to the broker broke",
        "larger than this channel takes.",
    );
    let mut mqtt = first("The broker closed the connection.");
    let busy = [0x20, 2, 0, 3];
    mqtt.push(
        Cell::instead(
            "a storm of refusals",
            Play::instead(busy, Then::Close),
            "The broker is not available.",
        )
        .storm(),
    );
    // PUBLISH, 1000 bytes; PUBLISH, 256 megabytes: the most that can be written.
    mqtt.extend(upon(
        &[0x32, 0xe8, 7, 0, 5, b'f'],
        &[0x32, 0xff, 0xff, 0xff, 0x7f],
        words,
    ));
    let mut nats = first("not NATS");
    let busy = "INFO {}\r\n-ERR 'maximum connections exceeded'\r\n";
    nats.push(
        Cell::instead(
            "a storm of refusals",
            Play::instead(busy, Then::Close),
            "The broker says: maximum connections exceeded.",
        )
        .storm(),
    );
    nats.extend(upon(
        b"MSG floor 0 1000\r\n{\"id\"",
        b"MSG floor 0 1073741824\r\n",
        words,
    ));
    all(vec![(rows::mqtt(), mqtt), (rows::nats(), nats)]).await;
}

const MORE: &str = "it sent more than was asked for.";

#[tokio::test]
async fn a_mailbox_comes_once_whatever_happens() {
    let mut half = imap::fetched(&[2]);
    half.truncate(half.len() / 2);
    let huge = "* 2 FETCH (UID 2 BODY[]<0> {402653184}\r\n";
    let mail = |name, body: &[u8], then, words| Cell::of(name, Play::new("2", body, then), words);
    let cells = vec![
        Cell::instead(
            "half-open at first",
            Play::instead("", Then::Hold),
            "The mail server did not answer within 0.3 s.",
        ),
        Cell::instead(
            "no mail server",
            Play::instead("HTTP/1.1 400 No\r\n\r\n", Then::Close),
            "mail server",
        ),
        Cell::instead(
            "a storm of refusals",
            Play::instead("* BYE Too many connections\r\n", Then::Close),
            "The mail server sends us away: Too many connections.",
        )
        .storm(),
        mail(
            "half-open in the middle",
            &half,
            Then::Hold,
            "did not answer within 0.3 s.",
        ),
        mail(
            "slow drip",
            &half,
            Then::Drip,
            "did not answer within 0.3 s.",
        ),
        mail(
            "reset in the middle",
            &half,
            Then::Reset,
            "The connection to the mail server broke",
        ),
        mail(
            "cut short",
            &half,
            Then::Close,
            "The mail server closed the connection.",
        ),
        mail("a gigabyte", huge.as_bytes(), Then::Flood, MORE),
        mail("restart in the middle", &half, Then::Hold, "").restart(),
    ];
    all(vec![(rows::mailbox(), cells)]).await;
}
