//! A channel that has been silent too long is itself an alert, on the channel
//! "watchfloor"; it is over when the channel speaks again.
//!
//! [`silence`] is pure; [`HealthBoard::silence`] remembers what it said. Times
//! in its words are the floor's.

use jiff::tz::TimeZone;

use super::health::{Health, HealthBoard, State};
use crate::model::ids::ChannelName;
use crate::model::item::{Content, Kind};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::text::Untrusted;

/// The channel that the floor's own alerts come by.
///
/// # Panics
/// Never: the word is a name.
#[must_use]
pub fn own_channel() -> ChannelName {
    ChannelName::new("watchfloor").expect("the word is a name")
}

/// What is to be said about `health` at `now`: an alert where a silence has just
/// grown too long, its end where a channel has spoken again.
#[must_use]
pub fn silence(health: &[Health], now: Timestamp, zone: &TimeZone) -> Vec<Content> {
    health.iter().filter_map(|h| about(h, now, zone)).collect()
}

fn about(health: &Health, now: Timestamp, zone: &TimeZone) -> Option<Content> {
    if let Some((since, ended)) = health.silence {
        return ended.map(|at| alert(health, (since, Some(at)), zone));
    }
    let after = health.silent_after.filter(|_| health.state != State::Off)?;
    (now.since(health.heard) > after).then(|| alert(health, (health.heard, None), zone))
}

fn alert(
    health: &Health,
    (since, ended): (Timestamp, Option<Timestamp>),
    zone: &TimeZone,
) -> Content {
    let channel = &health.channel;
    let id = format!("silent:{channel}@{since}");
    let here = since.to_jiff().to_zoned(zone.clone());
    let text = format!(
        "Nothing has come in by {channel} ({}, {}) since {}.",
        health.file,
        health.transport,
        here.strftime("%H:%M on %Y-%m-%d")
    );
    let mut content = Content::new(Kind::Alert, own_channel(), id.into(), text.into());
    content.title = format!("The channel {channel} is silent").into();
    content.thread = format!("silent:{channel}").into();
    content.severity = Severity::High;
    content.source_time = Some(since);
    content.ended_at = ended;
    let label = Untrusted::from(channel.as_str());
    content.labels.insert("channel".to_owned(), label);
    content
}

impl HealthBoard {
    /// What [`silence`] says at `now`, remembered, so that it is said once. To
    /// be asked every few seconds.
    #[must_use]
    pub fn silence(&self, now: Timestamp, zone: &TimeZone) -> Vec<Content> {
        let health = self.snapshot(now);
        for h in &health {
            let Some(handle) = self.get(&h.channel) else {
                continue;
            };
            match (about(h, now, zone), h.silence) {
                (Some(_), None) => handle.silent(h.heard, now),
                (Some(_), Some(_)) => handle.silence_told(),
                (None, _) => {}
            }
        }
        silence(&health, now, zone)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::channels::health::HealthHandle;

    #[test]
    fn a_silence_is_said_once_and_so_is_its_end() {
        let at = |s: i64| Timestamp::from_millis(s * 1000);
        let name = ChannelName::new("water").expect("a name");
        let zone = TimeZone::get("Europe/Lisbon").expect("a zone");
        let board = HealthBoard::default();
        let after = Some(Duration::from_mins(1));
        let handle = HealthHandle::new((name.clone(), "feed", "feed"), after, at(0));
        let handle = board.add(handle, name);
        handle.delivered(at(10), 1, 0);
        assert!(board.silence(at(70), &zone).is_empty());

        let said = board.silence(at(71), &zone);
        assert_eq!(said.len(), 1);
        assert_eq!(
            said[0].external_id.as_evidence(),
            "silent:water@1970-01-01T00:00:10.000Z"
        );
        assert_eq!(
            said[0].text.as_evidence(),
            "Nothing has come in by water (feed, feed) since 01:00 on 1970-01-01.",
            "in the floor's zone, an hour east that year"
        );
        assert_eq!((said[0].kind, said[0].ended_at), (Kind::Alert, None));
        assert_eq!(handle.at(at(71)).state, State::Silent);
        assert!(board.silence(at(500), &zone).is_empty());

        handle.heard(at(501));
        let over = board.silence(at(502), &zone);
        assert_eq!(over.len(), 1);
        assert_eq!(over[0].external_id, said[0].external_id);
        assert_eq!(over[0].ended_at, Some(at(501)));
        assert!(board.silence(at(503), &zone).is_empty());
        assert_eq!(handle.at(at(503)).state, State::Up);
    }
}
