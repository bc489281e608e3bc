//! From the link's news to the core's messages, and from the hub's clock to
//! ours.
//!
//! Pure. Frames of the wire stop here: the core knows the model only. Called
//! by the runtime.

use std::time::Duration;

use crate::link::{ArchiveHit, Entry, News};
use crate::model::ids::Seq;
use crate::model::time::Timestamp;
use crate::wire::frames::{ChannelHealth, ChannelState, Hello, Items, Part, Present};

use super::msg::{ChannelLine, ChannelMood, Hit, LinkNews, Playback, SessionInfo, Watcher};

/// The hub's clock against ours. Ages are computed by the hub's, never by that
/// of the machine that the console happens to run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubClock {
    /// A moment of ours, and the hub's at that moment.
    ours: Timestamp,
    hub: Timestamp,
    /// How much faster than ours it goes, in hundredths, less 100: a recording's
    /// clock may stand still or run.
    surplus: i64,
}

impl HubClock {
    /// The hub says that it is `hub` while we have `ours`.
    pub fn told(&mut self, hub: Timestamp, ours: Timestamp) {
        (self.hub, self.ours, self.surplus) = (hub, ours, 0);
    }

    /// A recording shows `at` when ours shows `ours`, and goes on at so many
    /// hundredths of our pace.
    pub fn plays(&mut self, at: Timestamp, ours: Timestamp, percent: u32) {
        (self.hub, self.ours) = (at, ours);
        self.surplus = i64::from(percent) - 100;
    }

    /// How long by our clock until the hub's has gone on by `span`.
    #[must_use]
    pub fn takes(self, span: Duration) -> Duration {
        match u32::try_from(self.surplus + 100) {
            Ok(0) | Err(_) => Duration::MAX,
            Ok(100) => span,
            Ok(percent) => span.saturating_mul(100) / percent,
        }
    }

    /// What the hub's clock shows when ours shows `ours`.
    #[must_use]
    pub fn at(self, ours: Timestamp) -> Timestamp {
        let gone = ours.as_millis().saturating_sub(self.ours.as_millis());
        let gone = match self.surplus {
            0 => gone,
            surplus => gone.saturating_mul(surplus + 100) / 100,
        };
        Timestamp::from_millis(self.hub.as_millis().saturating_add(gone))
    }
}

/// What the core is told of some news. `now` is by our clock; the hub's is
/// learned on the way.
pub fn translate(news: News, clock: &mut HubClock, now: Timestamp) -> Vec<LinkNews> {
    let one = match news {
        News::Items(part) => return items(part),
        News::Down {
            since,
            why,
            retry_in,
        } => return down(clock.at(since.unwrap_or(now)), why, retry_in),
        News::HubTime(hub) => {
            clock.told(hub, now);
            return Vec::new();
        }
        News::Hello(hello) => {
            clock.told(hello.now, now);
            LinkNews::Hello(Box::new(session(*hello)))
        }
        News::Playing(playback) => playing(playback, clock, now),
        News::Connecting { attempt } => LinkNews::Connecting {
            attempt,
            why: None,
            retry_in: None,
        },
        News::Found { asked, outcome } => found(asked, outcome),
        News::Fetched { id, outcome } => LinkNews::Fetched { id, outcome },
        News::Events(events) => LinkNews::Events {
            events: events.events,
            to: events.to,
        },
        News::Reply { outcome, .. } => LinkNews::Outcome(outcome),
        News::Refused { says, command } => LinkNews::Refused { says, command },
        News::Notice(says) => LinkNews::Refused {
            says,
            command: None,
        },
        News::Presence(officers) => LinkNews::Presence(officers.into_iter().map(watcher).collect()),
        News::Counts {
            closed_outside,
            suppressed,
        } => LinkNews::Counts {
            closed_outside,
            suppressed,
        },
        News::Health { channels, lag_ms } => LinkNews::Health {
            channels: channels.into_iter().map(channel).collect(),
            lag_ms,
        },
        News::Outward { reach, canned } => LinkNews::Outward { reach, canned },
        News::Behind(events) => LinkNews::Behind(events),
        News::CaughtUp => LinkNews::CaughtUp,
        News::Stale { since } => stale(clock.at(since)),
        News::Outbox(entries) => LinkNews::Outbox(commands(entries)),
        News::NotSent { commands, why } => LinkNews::NotSent { commands, why },
    };
    vec![one]
}

fn playing(playback: crate::link::Playback, clock: &mut HubClock, now: Timestamp) -> LinkNews {
    let percent = if playback.paused { 0 } else { playback.percent };
    clock.plays(playback.at, now, percent);
    LinkNews::Playing(Playback {
        percent: playback.percent,
        paused: playback.paused,
        over: playback.over,
    })
}

fn down(since: Timestamp, why: String, retry_in: Option<Duration>) -> Vec<LinkNews> {
    let next = retry_in.map(|wait| LinkNews::Connecting {
        attempt: 1,
        why: Some(why.clone()),
        retry_in: Some(wait),
    });
    let down = LinkNews::Down { since, why };
    std::iter::once(down).chain(next).collect()
}

fn commands(entries: Vec<Entry>) -> Vec<crate::model::command::Command> {
    entries.into_iter().map(|entry| entry.command).collect()
}

fn items(items: Items) -> Vec<LinkNews> {
    let mut news = Vec::new();
    if matches!(items.part, Part::First | Part::Only) {
        news.push(LinkNews::SnapshotStarted);
        news.push(LinkNews::Suppressions(items.suppressions));
    }
    news.push(LinkNews::Items(items.items));
    if matches!(items.part, Part::Last | Part::Only) {
        news.push(LinkNews::SnapshotDone(Seq(items.at.0)));
    }
    news
}

fn session(hello: Hello) -> SessionInfo {
    SessionInfo {
        officer: hello.officer,
        role: hello.role,
        desks: hello.desks,
        teams: hello.teams.into_iter().collect(),
        officers: hello.roster.officers,
        roster_teams: hello.roster.teams,
        zone: zone(&hello.zone),
        now: hello.now,
        idle_s: hello.limits.idle_s,
        lock_ceiling: hello.limits.lock_after_s.map(Duration::from_secs),
        text_bytes: hello.limits.text_bytes,
        hub_version: hello.version,
        demo: hello.demo,
    }
}

/// A zone by its name; UTC for one that is unknown.
fn zone(name: &str) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC)
}

fn stale(since: Timestamp) -> LinkNews {
    LinkNews::Stale { since }
}

fn found(asked: u64, outcome: Result<Vec<ArchiveHit>, String>) -> LinkNews {
    let outcome = outcome.map(|hits| hits.into_iter().map(hit).collect());
    LinkNews::Found { asked, outcome }
}

fn hit(found: ArchiveHit) -> Hit {
    Hit {
        key: found.key,
        id: found.id,
        severity: found.severity,
        state: found.state,
        received_at: found.received_at,
        content: found.content,
    }
}

fn watcher(present: Present) -> Watcher {
    Watcher {
        officer: present.officer,
        sessions: present.sessions,
        idle_s: present.idle_s,
        viewing: present.viewing,
        typing: present.typing,
        connected: present.connected,
    }
}

fn channel(health: ChannelHealth) -> ChannelLine {
    ChannelLine {
        channel: health.channel,
        transport: health.transport,
        state: match health.state {
            ChannelState::Up => ChannelMood::Up,
            ChannelState::Connecting => ChannelMood::Connecting,
            ChannelState::Silent => ChannelMood::Silent,
            ChannelState::Down => ChannelMood::Down,
            ChannelState::Off => ChannelMood::Off,
        },
        since: health.since,
        last_item: health.last_item,
        per_minute: health.per_minute,
        items: health.items,
        unmapped: health.unmapped,
        refused: health.refused,
        calls: health.calls,
        answers: health.answers,
        error: health.error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_by_the_hubs_clock() {
        let mut clock = HubClock::default();
        let ours = Timestamp::from_millis(1_000_000);
        let hub = Timestamp::from_millis(4_600_000);
        assert!(translate(News::HubTime(hub), &mut clock, ours).is_empty());
        assert_eq!(clock.at(ours), hub);
        let stale = translate(News::Stale { since: ours }, &mut clock, ours);
        assert_eq!(stale, [LinkNews::Stale { since: hub }]);
    }

    #[test]
    fn a_recordings_clock_has_its_own_pace() {
        let at = Timestamp::from_millis;
        let mut clock = HubClock::default();
        clock.plays(at(5_000_000), at(1_000_000), 400);
        assert_eq!(clock.at(at(1_010_000)), at(5_040_000));
        let minute = Duration::from_mins(1);
        assert_eq!(clock.takes(minute), Duration::from_secs(15));
        clock.plays(at(5_040_000), at(1_010_000), 0);
        assert_eq!(clock.at(at(9_000_000)), at(5_040_000));
        assert_eq!(clock.takes(minute), Duration::MAX);
        clock.told(at(7_000), at(9_000));
        assert_eq!(clock.at(at(10_000)), at(8_000));
        assert_eq!(clock.takes(minute), minute);
    }

    #[test]
    fn zones_have_their_summer_time() {
        let winter = Timestamp::parse("2026-11-23T18:50:00Z").expect("a time");
        let summer = Timestamp::parse("2026-07-23T18:50:00Z").expect("a time");
        let offset = |name, at: Timestamp| zone(name).to_offset(at.to_jiff()).seconds() / 60;
        assert_eq!(offset("America/New_York", winter), -300);
        assert_eq!(offset("America/New_York", summer), -240);
        assert_eq!(offset("Asia/Kolkata", winter), 330);
        assert_eq!(offset("Nowhere/Land", winter), 0);
    }
}
