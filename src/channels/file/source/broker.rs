//! `[source]` of `mqtt` and `nats`.

use std::time::Duration;

use super::request::template;
use super::timing::span;
use crate::channels::file::read::{Read, Table};
use crate::channels::file::spec::{Broker, BrokerSource};

/// Keys of MQTT.
pub(super) const MQTT: [&str; 8] = [
    "url",
    "topics",
    "user",
    "password",
    "client_id",
    "timeout",
    "keep_alive",
    "envelope",
];
/// Keys of NATS.
pub(super) const NATS: [&str; 9] = [
    "url",
    "subjects",
    "user",
    "password",
    "durable",
    "stream",
    "timeout",
    "keep_alive",
    "envelope",
];

/// Reads MQTT.
pub(super) fn mqtt(table: &Table<'_>) -> Read<BrokerSource> {
    source(table, Broker::Mqtt, ("topics", "client_id"))
}

/// Reads NATS.
pub(super) fn nats(table: &Table<'_>) -> Read<BrokerSource> {
    source(table, Broker::Nats, ("subjects", "durable"))
}

fn source(table: &Table<'_>, broker: Broker, (topics, name): (&str, &str)) -> Read<BrokerSource> {
    let or = |key: &str, default: &str| match table.get(key) {
        None => Ok(default.to_owned()),
        Some(node) => template(&node),
    };
    let list = table.need(topics)?.list()?;
    let keep_alive = span(table, "keep_alive", 30)?;
    if keep_alive > Duration::from_hours(1) {
        return Err(table.wrong("A \"keep_alive\" is an hour at most."));
    }
    Ok(BrokerSource {
        broker,
        url: template(&table.need("url")?)?,
        topics: list.iter().map(template).collect::<Read<_>>()?,
        user: or("user", "")?,
        password: or("password", "")?,
        name: or(name, "watchfloor")?,
        stream: table.get("stream").map(|n| template(&n)).transpose()?,
        timeout: span(table, "timeout", 20)?,
        keep_alive,
        envelope: match table.get("envelope") {
            None => true,
            Some(node) => node.bool()?,
        },
    })
}
