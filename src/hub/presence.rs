//! Who is on watch: sessions by officer, how long ago a key was pressed, who
//! looks at what, and whose hold on items has lapsed.
//!
//! A lease needs a connected session with a key pressed within the idle limit.
//! Owns no items: the desk asks [`Presence::lapsed`] and releases.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::event::LapseReason;
use crate::model::ids::{ItemKey, OfficerId};
use crate::model::time::Timestamp;
use crate::wire::frames::Present;

/// One session, for as long as it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(u64);

#[derive(Debug)]
struct At {
    last_key: Timestamp,
    viewing: Option<ItemKey>,
    typing: Option<ItemKey>,
}

#[derive(Debug, Default)]
struct Entry {
    sessions: HashMap<SessionId, At>,
    /// Since when there is no session.
    lost_at: Option<Timestamp>,
    /// The lapse was reported; nothing more until a sign of life.
    lapsed: bool,
}

#[derive(Debug, Default)]
struct State {
    officers: BTreeMap<OfficerId, Entry>,
    next: u64,
    changed: bool,
}

/// The register of sessions.
#[derive(Debug)]
pub struct Presence {
    state: Mutex<State>,
    idle_limit: Duration,
    link_lost: Duration,
}

impl Presence {
    /// A register that takes leases back after `idle_limit` without a key or
    /// `link_lost` without a session.
    #[must_use]
    pub fn new(idle_limit: Duration, link_lost: Duration) -> Self {
        Self {
            state: Mutex::default(),
            idle_limit,
            link_lost,
        }
    }

    /// Officers who held items when the hub started: each has the time of a
    /// lost link to show up.
    pub fn expect(&self, holders: impl IntoIterator<Item = OfficerId>, now: Timestamp) {
        let mut state = self.lock();
        for holder in holders {
            state.officers.entry(holder).or_default().lost_at = Some(now);
        }
    }

    /// A session begins.
    pub fn joined(&self, officer: &OfficerId, now: Timestamp) -> SessionId {
        let mut state = self.lock();
        state.next += 1;
        state.changed = true;
        let id = SessionId(state.next);
        let entry = state.officers.entry(officer.clone()).or_default();
        entry.lost_at = None;
        entry.lapsed = false;
        entry.sessions.insert(
            id,
            At {
                last_key: now,
                viewing: None,
                typing: None,
            },
        );
        id
    }

    /// A session ended.
    pub fn left(&self, officer: &OfficerId, session: SessionId, now: Timestamp) {
        let mut state = self.lock();
        state.changed = true;
        if let Some(entry) = state.officers.get_mut(officer) {
            entry.sessions.remove(&session);
            if entry.sessions.is_empty() {
                entry.lost_at = Some(now);
            }
        }
    }

    /// A sign of life, `idle` ago.
    pub fn active(
        &self,
        (officer, session): (&OfficerId, SessionId),
        idle: Duration,
        typing: Option<ItemKey>,
        now: Timestamp,
    ) {
        let limit = self.idle_limit;
        self.change(officer, session, |at, lapsed| {
            at.last_key = now.minus(idle).max(at.last_key.min(now));
            *lapsed &= idle > limit;
            std::mem::replace(&mut at.typing, typing) != typing
        });
    }

    /// What a session has open.
    pub fn views(&self, officer: &OfficerId, session: SessionId, key: Option<ItemKey>) {
        self.change(officer, session, |at, _| {
            std::mem::replace(&mut at.viewing, key) != key
        });
    }

    fn change(
        &self,
        officer: &OfficerId,
        session: SessionId,
        change: impl FnOnce(&mut At, &mut bool) -> bool,
    ) {
        let mut state = self.lock();
        let State {
            officers, changed, ..
        } = &mut *state;
        if let Some(entry) = officers.get_mut(officer)
            && let Some(at) = entry.sessions.get_mut(&session)
        {
            *changed |= change(at, &mut entry.lapsed);
        }
    }

    /// Whether an officer has a session.
    #[must_use]
    pub fn is_connected(&self, officer: &OfficerId) -> bool {
        self.lock()
            .officers
            .get(officer)
            .is_some_and(|entry| !entry.sessions.is_empty())
    }

    /// How many sessions there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.lock()
            .officers
            .values()
            .map(|entry| entry.sessions.len())
            .sum()
    }

    /// Whose leases end now, and why. Each is told once, until the next sign
    /// of life.
    pub fn lapsed(&self, now: Timestamp) -> Vec<(OfficerId, LapseReason)> {
        let mut state = self.lock();
        let mut gone = Vec::new();
        for (officer, entry) in &mut state.officers {
            let why = if let Some(lost) = entry.lost_at {
                (now.since(lost) >= self.link_lost).then_some(LapseReason::LinkLost)
            } else {
                (entry.idle(now) >= self.idle_limit).then_some(LapseReason::Idle)
            };
            if let Some(why) = why
                && !std::mem::replace(&mut entry.lapsed, true)
            {
                gone.push((officer.clone(), why));
            }
        }
        let link_lost = self.link_lost;
        let before = state.officers.len();
        state.officers.retain(|_, entry| {
            entry
                .lost_at
                .is_none_or(|lost| !entry.lapsed || now.since(lost) < link_lost)
        });
        state.changed |= before != state.officers.len();
        gone
    }

    /// The clock jumped by `span`: nobody's hold ends because of it.
    pub fn shift(&self, span: i64) {
        let moved = |at: &mut Timestamp| *at = Timestamp::from_millis(at.as_millis() + span);
        let mut state = self.lock();
        for entry in state.officers.values_mut() {
            entry.lost_at.iter_mut().for_each(moved);
            entry
                .sessions
                .values_mut()
                .for_each(|at| moved(&mut at.last_key));
        }
    }

    /// The list for everybody's screen, when it changed since it was asked for.
    pub fn take_changed(&self, now: Timestamp) -> Option<Vec<Present>> {
        let mut state = self.lock();
        if !std::mem::take(&mut state.changed) {
            return None;
        }
        Some(state.list(now))
    }

    /// The list for a session that joins.
    #[must_use]
    pub fn list(&self, now: Timestamp) -> Vec<Present> {
        self.lock().list(now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn list(&self, now: Timestamp) -> Vec<Present> {
        self.officers
            .iter()
            .map(|(officer, entry)| Present {
                officer: officer.clone(),
                sessions: u32::try_from(entry.sessions.len()).unwrap_or(u32::MAX),
                idle_s: entry.idle(now).as_secs(),
                viewing: entry
                    .sessions
                    .values()
                    .filter_map(|at| at.viewing)
                    .collect(),
                typing: entry.sessions.values().filter_map(|at| at.typing).collect(),
                connected: !entry.sessions.is_empty(),
            })
            .collect()
    }
}

impl Entry {
    fn idle(&self, now: Timestamp) -> Duration {
        self.sessions
            .values()
            .map(|at| now.since(at.last_key))
            .min()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_mins(20);
    const LOST: Duration = Duration::from_secs(90);

    fn officer(name: &str) -> OfficerId {
        OfficerId::new(name).expect("an officer")
    }

    #[test]
    fn a_lost_link_lapses_once_after_its_time() {
        let presence = Presence::new(IDLE, LOST);
        let (start, ana) = (Timestamp::from_millis(0), officer("ana"));
        let session = presence.joined(&ana, start);
        presence.left(&ana, session, start);
        assert!(
            presence
                .lapsed(start.plus(Duration::from_secs(89)))
                .is_empty()
        );
        let late = start.plus(LOST);
        assert_eq!(
            presence.lapsed(late),
            [(ana.clone(), LapseReason::LinkLost)]
        );
        assert!(presence.lapsed(late.plus(LOST)).is_empty());
    }

    #[test]
    fn a_key_keeps_the_lease_and_a_forgotten_session_loses_it() {
        let presence = Presence::new(IDLE, LOST);
        let (start, ana) = (Timestamp::from_millis(0), officer("ana"));
        let session = presence.joined(&ana, start);
        let later = start.plus(Duration::from_secs(1000));
        presence.active((&ana, session), Duration::ZERO, None, later);
        assert!(presence.lapsed(start.plus(IDLE)).is_empty());
        assert_eq!(
            presence.lapsed(later.plus(IDLE)),
            [(ana, LapseReason::Idle)]
        );
    }

    #[test]
    fn a_second_session_keeps_the_officer_connected() {
        let presence = Presence::new(IDLE, LOST);
        let (start, ana) = (Timestamp::from_millis(0), officer("ana"));
        let first = presence.joined(&ana, start);
        let _second = presence.joined(&ana, start);
        presence.left(&ana, first, start);
        assert!(presence.is_connected(&ana));
        assert!(presence.lapsed(start.plus(LOST)).is_empty());
    }
}
