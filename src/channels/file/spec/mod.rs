//! What a `[source]` says once it is read: the transports that exist, one file
//! for each.
//!
//! Types only; `source` reads them, `transport` acts on them.

mod broker;
mod credentials;
mod feed;
mod imap;
mod poll;
mod request;
mod stream;
mod webhook;
mod websocket;

use crate::channels::map::cursor::CursorRule;
pub(in crate::channels) use broker::{Broker, BrokerSource};
pub(in crate::channels) use credentials::{Algorithm, Credentials, Login, OwnToken, Place};
pub(in crate::channels) use feed::FeedSource;
pub(in crate::channels) use imap::ImapSource;
pub(in crate::channels) use poll::{ItemAt, Items, Next, Pace, Pages, PollSource, Register};
pub(in crate::channels) use request::{Body, Request};
pub(in crate::channels) use stream::{Framing, StreamSource};
pub(in crate::channels) use webhook::{
    Accept, Auth, Encoding, Handshake, Issuer, Jwt, Names, Respond, Scheme, Signature, Signed,
    WebhookSource, Xml,
};
pub(in crate::channels) use websocket::{Opening, TalkKind, WebsocketSource};

/// By what a channel is heard.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one for each file, and never moved about"
)]
pub(in crate::channels) enum Transport {
    /// Others post to us.
    Webhook(Box<WebhookSource>),
    /// We keep a WebSocket open.
    Websocket(WebsocketSource),
    /// We poll a feed.
    Feed(FeedSource),
    /// We fetch documents.
    Poll(Box<PollSource>),
    /// We keep one long answer open.
    Stream(StreamSource),
    /// A message broker tells us.
    Broker(BrokerSource),
    /// We watch a mailbox.
    Imap(ImapSource),
}

impl Transport {
    /// The transport's name in files.
    pub(in crate::channels) fn name(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Websocket(_) => "websocket",
            Self::Feed(_) => "feed",
            Self::Poll(source) if source.pace == Pace::Long => "longpoll",
            Self::Poll(_) => "poll",
            Self::Stream(source) if source.framing == Framing::Lines => "lines",
            Self::Stream(_) => "sse",
            Self::Imap(_) => "imap",
            Self::Broker(source) => match source.broker {
                Broker::Mqtt => "mqtt",
                Broker::Nats => "nats",
            },
        }
    }

    /// Where the vendor's cursor is, for what comes document by document.
    pub(in crate::channels) fn cursor(&self) -> Option<&CursorRule> {
        match self {
            Self::Stream(source) => source.cursor.as_ref(),
            Self::Websocket(source) => source.cursor.as_ref(),
            Self::Broker(_) | Self::Imap(_) | Self::Webhook(_) | Self::Feed(_) | Self::Poll(_) => {
                None
            }
        }
    }
}
