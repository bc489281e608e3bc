//! What a `[source]` says once it is read: the transports that exist, one file
//! for each.
//!
//! Types only; `source` reads them, `transport` acts on them.

mod feed;
mod webhook;
mod websocket;

pub(in crate::channels) use feed::FeedSource;
pub(in crate::channels) use webhook::{
    Accept, Auth, Encoding, Handshake, Issuer, Jwt, Respond, Scheme, Signature, Signed,
    WebhookSource,
};
pub(in crate::channels) use websocket::WebsocketSource;

/// By what a channel is heard.
#[derive(Debug)]
pub(in crate::channels) enum Transport {
    /// Others post to us.
    Webhook(Box<WebhookSource>),
    /// We keep a WebSocket open.
    Websocket(WebsocketSource),
    /// We poll a feed.
    Feed(FeedSource),
}

impl Transport {
    /// The transport's name in files.
    pub(in crate::channels) fn name(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Websocket(_) => "websocket",
            Self::Feed(_) => "feed",
        }
    }
}
