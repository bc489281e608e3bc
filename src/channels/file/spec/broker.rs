//! A message broker: MQTT or NATS.

use std::time::Duration;

/// What we hear from a broker. All texts are templates.
#[derive(Debug)]
pub(in crate::channels) struct BrokerSource {
    /// Which broker.
    pub(in crate::channels) broker: Broker,
    /// Where: `mqtt://`, `mqtts://`, `nats://` or `tls://`, with a port.
    pub(in crate::channels) url: String,
    /// Topics or subjects.
    pub(in crate::channels) topics: Vec<String>,
    /// User; empty for none.
    pub(in crate::channels) user: String,
    /// Password or token; empty for none.
    pub(in crate::channels) password: String,
    /// What the broker keeps us by while we are away: MQTT's client id,
    /// `JetStream`'s durable consumer.
    pub(in crate::channels) name: String,
    /// `JetStream`'s stream; none for what is not kept.
    pub(in crate::channels) stream: Option<String>,
    /// Longest time from the first packet to the broker's welcome.
    pub(in crate::channels) timeout: Duration,
    /// How often the connection is tried when it is quiet.
    pub(in crate::channels) keep_alive: Duration,
    /// Whether the document is `{"topic", "topics", "data"}` around the payload,
    /// instead of the payload itself.
    pub(in crate::channels) envelope: bool,
}

/// Which broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::channels) enum Broker {
    /// MQTT 3.1.1.
    Mqtt,
    /// NATS.
    Nats,
}
