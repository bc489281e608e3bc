//! Failed tries, counted by peer.
//!
//! Only failures are counted and only failures are refused for it: officers
//! share jump hosts, and a colleague's broken script must not lock them out.
//! Nobody guesses 256 bits; this keeps the log and the processor calm.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::model::time::Timestamp;

/// Failures that one peer may make in [`WINDOW`].
const FAILURES: u32 = 10;
/// Counted over this long.
const WINDOW: Duration = Duration::from_mins(1);
/// Peers remembered. When more fail in one window they are counted together,
/// so that addresses made up by the million take no memory.
const PEERS: usize = 4096;

/// The failures of late.
#[derive(Debug, Default)]
pub struct Throttle {
    peers: HashMap<IpAddr, Failures>,
    others: Failures,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    since: Timestamp,
}

impl Failures {
    fn add(&mut self, now: Timestamp) -> Option<Duration> {
        let passed = now.since(self.since);
        // A clock that was set back must not keep a peer out.
        if passed >= WINDOW || now < self.since {
            *self = Self {
                count: 0,
                since: now,
            };
        }
        self.count = self.count.saturating_add(1);
        (self.count > FAILURES).then(|| WINDOW.saturating_sub(now.since(self.since)))
    }
}

impl Throttle {
    /// Counts a failure; says how long to wait when there were too many.
    pub fn failed(&mut self, peer: IpAddr, now: Timestamp) -> Option<Duration> {
        // An attacker with IPv6 has a whole /64 of addresses.
        let peer = match peer.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => v4,
        };
        if self.peers.len() >= PEERS && !self.peers.contains_key(&peer) {
            self.peers
                .retain(|_, f| now >= f.since && now.since(f.since) < WINDOW);
            if self.peers.len() >= PEERS {
                return self.others.add(now);
            }
        }
        self.peers.entry(peer).or_default().add(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + s * 1000)
    }

    #[test]
    fn the_eleventh_failure_in_a_minute_waits() {
        let mut throttle = Throttle::default();
        let peer: IpAddr = "192.0.2.7".parse().unwrap();
        for _ in 0..FAILURES {
            assert_eq!(throttle.failed(peer, at(0)), None);
        }
        assert_eq!(throttle.failed(peer, at(20)), Some(Duration::from_secs(40)));
        assert_eq!(throttle.failed("192.0.2.8".parse().unwrap(), at(20)), None);
        assert_eq!(throttle.failed(peer, at(61)), None);
    }

    #[test]
    fn one_network_of_ipv6_is_one_peer() {
        let mut throttle = Throttle::default();
        for host in 0..FAILURES {
            let peer = format!("2001:db8::{host:x}").parse().unwrap();
            assert_eq!(throttle.failed(peer, at(0)), None);
        }
        assert!(
            throttle
                .failed("2001:db8::ffff".parse().unwrap(), at(0))
                .is_some()
        );
    }

    #[test]
    fn memory_is_bounded_and_a_clock_set_back_locks_nobody_out() {
        let mut throttle = Throttle::default();
        for host in 0..20_000_u32 {
            throttle.failed(IpAddr::V4(host.into()), at(0));
        }
        assert!(throttle.peers.len() <= PEERS);
        assert_eq!(throttle.failed(IpAddr::V4(1.into()), at(-3600)), None);
    }
}
