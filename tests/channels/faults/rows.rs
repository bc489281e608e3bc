//! What each transport hears and from whom: its channel, its server's good words,
//! and what a fault looks like there.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use serde_json::json;
use watchfloor::channels::registry::Channel;
use watchfloor::channels::settings::Authorities;

use super::imap;
use super::server::{Greets, Play, Then};
use crate::authority::Authority;
use crate::server::file;
use crate::socket::signed;
use crate::support::{channel, config, with_secret};

/// Who signs the certificates of all these servers.
pub(super) static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::named("Faults"));

/// One transport.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) greets: Greets,
    /// The channel's file, for a server at this port, in the clear or by TLS.
    file: fn(&str, bool) -> String,
    /// What a good server says of these things.
    pub(super) says: fn(&[u64]) -> Play,
    /// What a client has to ask that has thing 1 already; empty: it says so
    /// otherwise, or is told everything again.
    pub(super) behind: &'static str,
    /// Whether its server says everything again, each time.
    pub(super) repeats: bool,
    /// The file's one secret; empty: it has none.
    secret: &'static str,
    /// What thing is called on the floor.
    pub(super) id: fn(&u64) -> String,
}

impl Row {
    /// The channel that hears the server at `port`.
    pub(super) fn channel(&self, port: u16, tls: bool) -> Arc<Channel> {
        let host = if tls { "localhost" } else { "127.0.0.1" };
        let file = (self.file)(&format!("{host}:{port}"), tls);
        let mut config = config("own");
        if !self.secret.is_empty() {
            config = with_secret(config, self.secret, "s3cret-key");
        }
        config.allow_private = true;
        config.authorities = Authorities::from_pem(AUTHORITY.pem().as_bytes()).unwrap();
        channel(config, &[&file])
    }
}

fn thing(id: u64) -> serde_json::Value {
    json!({"id": id, "text": format!("words {id}"), "s": id})
}

fn things(ids: &[u64]) -> String {
    json!({"things": ids.iter().copied().map(thing).collect::<Vec<_>>()}).to_string()
}

/// An answer of HTTP, whole.
pub(super) fn answer(head: &str, body: &[u8]) -> Play {
    let head = format!(
        "{head}connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Play {
        refuses: true,
        ..Play::new([head.as_bytes(), body].concat(), "", Then::Close)
    }
}

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\n";

fn rss(ids: &[u64]) -> String {
    let item = |all: String, id: &u64| {
        all + &format!("<item><guid>{id}</guid><title>words {id}</title></item>")
    };
    let items = ids.iter().fold(String::new(), item);
    format!("<rss version=\"2.0\"><channel><title>City</title>{items}</channel></rss>")
}

/// A built-in file under another name, with some of its lines changed.
fn altered(text: &str, id: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.replacen(&format!("id = \"{id}\""), "id = \"own\"", 1);
    for (from, to) in changes {
        assert!(text.contains(from), "{id} has no {from}");
        text = text.replacen(from, to, 1);
    }
    text
}

fn scheme(plain: &'static str, secure: &'static str, tls: bool) -> &'static str {
    if tls { secure } else { plain }
}

/// A text frame of a server's, RFC 6455 5.2.
pub(super) fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    if let Some(n) = u8::try_from(text.len()).ok().filter(|n| *n < 126) {
        frame.push(n);
    } else {
        frame.push(126);
        frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    }
    frame.extend(text.as_bytes());
    frame
}

fn frames(frames: impl Iterator<Item = serde_json::Value>) -> Vec<u8> {
    frames.flat_map(|f| frame(&f.to_string())).collect()
}

/// A message of MQTT's, `QoS` 1; short.
fn publish(id: u64) -> Vec<u8> {
    let (topic, body) = ("floor", thing(id).to_string());
    let length = 2 + topic.len() + 2 + body.len();
    let mut packet = vec![0x32, u8::try_from(length).unwrap(), 0, 5];
    packet.extend(topic.as_bytes());
    packet.extend(u16::try_from(id).unwrap().to_be_bytes());
    packet.extend(body.as_bytes());
    packet
}

fn msg(id: u64) -> String {
    let body = thing(id).to_string();
    format!("MSG floor 0 {}\r\n{body}\r\n", body.len())
}

pub(super) fn poll() -> Row {
    Row {
        name: "poll",
        greets: Greets::Http,
        file: |at, tls| {
            let scheme = scheme("http", "https", tls);
            file(&format!(
                "transport = \"poll\"\nurl = \"{scheme}://{at}/\"\ninterval = \"20ms\"\ntimeout = \"300ms\"\noldest_first = true"
            ))
        },
        says: |ids| answer(OK, things(ids).as_bytes()),
        behind: "",
        repeats: true,
        secret: "key",
        id: u64::to_string,
    }
}

pub(super) fn longpoll() -> Row {
    Row {
        name: "longpoll",
        file: |at, tls| {
            let scheme = scheme("http", "https", tls);
            file(&format!(
                "transport = \"longpoll\"\nurl = \"{scheme}://{at}/{{% if cursor %}}?after={{{{ cursor }}}}{{% endif %}}\"\ntimeout = \"300ms\"\ncursor = {{ at = \"/things/*/id\" }}"
            ))
        },
        behind: "?after=1 ",
        repeats: false,
        ..poll()
    }
}

pub(super) fn feed() -> Row {
    Row {
        name: "feed",
        file: |at, tls| {
            let url = format!("url = \"{}://{at}/\"", scheme("http", "https", tls));
            let text = include_str!("../../../src/channels/catalogue/feed.toml");
            let changes = [
                ("vars = { url = \"\" }\n", ""),
                ("url = \"{{ vars.url }}\"", url.as_str()),
                (
                    "interval = \"5m\"",
                    "interval = \"20ms\"\ntimeout = \"300ms\"",
                ),
                ("hosts = [\"*\"]", "hosts = []"),
            ];
            altered(text, "feed", &changes)
        },
        says: |ids| answer(OK, rss(ids).as_bytes()),
        secret: "",
        ..poll()
    }
}

pub(super) const SSE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

pub(super) fn sse() -> Row {
    Row {
        name: "sse",
        file: |at, tls| {
            let scheme = scheme("http", "https", tls);
            file(&format!(
                "transport = \"sse\"\nurl = \"{scheme}://{at}/\"\ntimeout = \"300ms\"\nread_idle_timeout = \"400ms\""
            ))
        },
        says: |ids| {
            let mut events = String::new();
            for id in ids {
                write!(events, "id: {id}\ndata: {}\n\n", thing(*id)).unwrap();
            }
            Play::new(SSE, events, Then::Hold)
        },
        behind: "last-event-id: 1\r\n",
        repeats: false,
        ..poll()
    }
}

pub(super) fn lines() -> Row {
    Row {
        name: "lines",
        file: |at, tls| {
            let scheme = scheme("http", "https", tls);
            file(&format!(
                "transport = \"lines\"\nurl = \"{scheme}://{at}/{{% if cursor %}}?after={{{{ cursor }}}}{{% endif %}}\"\ntimeout = \"300ms\"\nread_idle_timeout = \"400ms\"\ncursor = {{ at = \"/s\" }}"
            ))
        },
        says: |ids| {
            let lines = ids.iter().fold(String::new(), |all, id| {
                all + &format!("{}\r\n", thing(*id))
            });
            Play::new(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n",
                lines,
                Then::Hold,
            )
        },
        behind: "?after=1 ",
        ..sse()
    }
}

pub(super) fn websocket() -> Row {
    Row {
        name: "websocket",
        greets: Greets::Websocket,
        file: |at, tls| {
            let scheme = scheme("ws", "wss", tls);
            file(&format!(
                "transport = \"websocket\"\nurl = \"{scheme}://{at}/{{% if cursor %}}?after={{{{ cursor }}}}{{% endif %}}\"\ntimeout = \"300ms\"\nread_idle_timeout = \"400ms\"\ncursor = {{ at = \"/s\" }}"
            ))
        },
        says: |ids| Play::new("", frames(ids.iter().copied().map(thing)), Then::Hold),
        ..lines()
    }
}

pub(super) fn discord() -> Row {
    Row {
        name: "discord",
        file: |at, tls| {
            let url = format!("url = \"{}://{at}/\"", scheme("ws", "wss", tls));
            let text = include_str!("../../../src/channels/catalogue/discord.toml");
            let changes = [
                (
                    "url = \"{{ vars.gateway }}/?v=10&encoding=json\"",
                    url.as_str(),
                ),
                (
                    "read_idle_timeout = \"5m\"",
                    "timeout = \"300ms\"\nread_idle_timeout = \"400ms\"",
                ),
            ];
            altered(text, "discord", &changes)
        },
        says: |ids| {
            let hello = json!({"op": 10, "d": {"heartbeat_interval": 45_000}});
            let ready = json!({"op": 0, "s": 1, "t": "READY", "d": {"session_id": "S"}});
            let said = |id: &u64| {
                json!({"op": 0, "s": id + 1, "t": "MESSAGE_CREATE", "d": {"id": id.to_string(), "channel_id": "3",
                    "author": {"id": "7", "username": "dana"}, "content": "No water", "timestamp": "2026-11-23T18:50:00Z"}})
            };
            let opening = frames([hello, ready].into_iter());
            Play::new(opening, frames(ids.iter().map(said)), Then::Hold)
        },
        behind: "",
        secret: "token",
        ..websocket()
    }
}

/// Signed once: in a debug build that is not cheap.
static NOTES: LazyLock<[serde_json::Value; 2]> =
    LazyLock::new(|| [1, 2].map(|id| signed(7, 1, &json!([]), &format!("words {id}"))));

fn note(id: u64) -> &'static serde_json::Value {
    &NOTES[usize::try_from(id).unwrap() - 1]
}

pub(super) fn nostr() -> Row {
    Row {
        name: "nostr",
        file: |at, tls| {
            let url = format!("url = \"{}://{at}/\"", scheme("ws", "wss", tls));
            let text = include_str!("../../../src/channels/catalogue/nostr.toml");
            let changes = [
                ("vars = { relay = \"\" }\n", ""),
                ("url = \"{{ vars.relay }}\"", url.as_str()),
                (
                    "read_idle_timeout = \"90s\"",
                    "timeout = \"300ms\"\nread_idle_timeout = \"400ms\"",
                ),
                ("url = \"{{ vars.relay }}\"", url.as_str()),
            ];
            altered(text, "nostr", &changes)
        },
        says: |ids| {
            let note = |id: &u64| json!(["EVENT", "watchfloor", note(*id)]);
            Play::new(
                frame("[\"EOSE\",\"watchfloor\"]"),
                frames(ids.iter().map(note)),
                Then::Hold,
            )
        },
        behind: "",
        secret: "",
        id: |id| note(*id)["id"].as_str().unwrap().to_owned(),
        ..websocket()
    }
}

pub(super) fn mqtt() -> Row {
    Row {
        name: "mqtt",
        greets: Greets::Nothing,
        file: |at, tls| {
            let scheme = scheme("mqtt", "mqtts", tls);
            file(&format!(
                "transport = \"mqtt\"\nurl = \"{scheme}://{at}\"\ntopics = [\"floor\"]\nuser = \"floor\"\npassword = \"{{{{ secret.key }}}}\"\nenvelope = false\ntimeout = \"300ms\"\nkeep_alive = \"300ms\""
            ))
        },
        // CONNACK and SUBACK, whatever was asked.
        says: |ids| {
            let welcome = [0x20, 2, 0, 0, 0x90, 3, 0, 1, 1];
            Play::new(
                welcome,
                ids.iter().copied().flat_map(publish).collect::<Vec<_>>(),
                Then::Hold,
            )
        },
        behind: "",
        ..lines()
    }
}

pub(super) fn nats() -> Row {
    Row {
        name: "nats",
        greets: Greets::Nats,
        file: |at, tls| {
            let scheme = scheme("nats", "tls", tls);
            file(&format!(
                "transport = \"nats\"\nurl = \"{scheme}://{at}\"\nsubjects = [\"floor\"]\nuser = \"floor\"\npassword = \"{{{{ secret.key }}}}\"\nenvelope = false\ntimeout = \"300ms\"\nkeep_alive = \"200ms\""
            ))
        },
        says: |ids| {
            Play::new(
                "PONG\r\n",
                ids.iter().copied().map(msg).collect::<String>(),
                Then::Hold,
            )
        },
        ..mqtt()
    }
}

pub(super) fn mailbox() -> Row {
    Row {
        name: "imap",
        greets: Greets::Imap,
        file: |at, tls| {
            let (host, port) = at.split_once(':').unwrap();
            let security = scheme("plain", "tls", tls);
            let text = include_str!("../../../src/channels/catalogue/email.toml");
            let vars = format!(
                "vars = {{ server = \"{host}\", user = \"floor\", port = \"{port}\", security = \"{security}\", mailbox = \"INBOX\" }}"
            );
            let changes = [
                (
                    "vars = { server = \"\", user = \"\", port = \"993\", security = \"tls\", mailbox = \"INBOX\" }",
                    vars.as_str(),
                ),
                (
                    "mailbox = \"{{ vars.mailbox }}\"",
                    "mailbox = \"INBOX\"\ntimeout = \"300ms\"\nidle = \"200ms\"",
                ),
                ("max_body_bytes = 16_777_216", "max_body_bytes = 65_536"),
            ];
            altered(text, "email", &changes)
        },
        says: |ids| {
            let uids = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
            Play::new(uids, imap::fetched(ids), Then::Hold)
        },
        behind: "UID SEARCH UID 2:*",
        secret: "password",
        ..mqtt()
    }
}
