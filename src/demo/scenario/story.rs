//! The written evening onto the agenda: beats, alerts, conversations, news.
//!
//! Posts of a beat are spread over it in their order, shaken by chance.

use std::sync::Arc;

use super::chance::Chance;
use super::cue::{Agenda, Cue};
use super::script::{Beat, Script};

/// Puts all that is written on the agenda.
pub(super) fn put(script: &Script, agenda: &mut Agenda, chance: &mut Chance) {
    for beat in &script.beats {
        spread(beat, agenda, chance);
    }
    let scene: Arc<str> = "alerts".into();
    for alert in &script.alerts {
        let (at, ago) = moment(alert.at.saturating_mul(1000));
        let alert = Arc::new(alert.clone());
        agenda.put(at, &scene, Cue::AlertStarts { alert, ago });
    }
    let scene: Arc<str> = "talks".into();
    for talk in &script.talks {
        let (at, ago) = moment(talk.at.saturating_mul(1000));
        let talk = Arc::new(talk.clone());
        agenda.put(at, &scene, Cue::HandOver { talk, ago });
    }
    for news in &script.news {
        let (at, ago) = moment(news.at.saturating_mul(1000));
        let scene: Arc<str> = news.scene.as_str().into();
        let news = news.clone();
        agenda.put(at, &scene, Cue::Publish { news, ago });
    }
    hostile(script, agenda, chance);
}

/// The hostile posts once each, over the first half hour, in shaken order.
fn hostile(script: &Script, agenda: &mut Agenda, chance: &mut Chance) {
    let scene: Arc<str> = "hostile".into();
    let mut posts: Vec<_> = script.hostile.iter().collect();
    let mut at = 20_000;
    while !posts.is_empty() {
        let which = usize::try_from(chance.below(posts.len() as u64)).unwrap_or(0);
        let post = posts.swap_remove(which).clone();
        let cue = Cue::Post {
            post,
            ago: 0,
            hostile: true,
        };
        agenda.put(at, &scene, cue);
        at += chance.between(35_000, 140_000);
    }
}

fn spread(beat: &Beat, agenda: &mut Agenda, chance: &mut Chance) {
    let scene: Arc<str> = beat.scene.as_str().into();
    let span = u64::try_from((beat.until - beat.from).max(1)).unwrap_or(1) * 1000;
    let step = span / (beat.posts.len().max(1) as u64);
    for (nth, post) in (0_u64..).zip(&beat.posts) {
        // Within the first nine tenths of its own step: order stays.
        let offset = nth * step + chance.below(step * 9 / 10 + 1);
        let from = beat.from.saturating_mul(1000);
        let (at, ago) = moment(from.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX)));
        let post = post.clone();
        let cue = Cue::Post {
            post,
            ago,
            hostile: false,
        };
        agenda.put(at, &scene, cue);
    }
}

/// Milliseconds after the start, and how long ago it was then said.
fn moment(ms: i64) -> (u64, u64) {
    if ms < 0 {
        (0, ms.unsigned_abs())
    } else {
        (ms.unsigned_abs(), 0)
    }
}
