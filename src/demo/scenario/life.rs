//! Everyday life: what a city says between the scenes, for as long as one
//! watches.
//!
//! Pure and endless: each breath puts the next few cues on the agenda, and the
//! next breath behind them. Phases are quiet, steady, lively, and surges in
//! which one subject brings several posts a second; after the written story
//! every surge is an incident of its own, with its alert.

use std::sync::Arc;

use super::chance::Chance;
use super::cue::{Agenda, Cue};
use super::people;
use super::script::{Alert, News, Post, Script, Talk};

/// When the written story has said its last word, milliseconds.
const STORY_ENDS: u64 = 7_200_000;
/// Surges of the story: when, seconds; how many posts; the subject.
const SURGES: [(u64, u64, &str); 6] = [
    (34, 34, "water"),
    (330, 40, "water"),
    (1010, 45, "tram"),
    (1930, 40, "council"),
    (3300, 25, "water"),
    (4650, 35, "tram"),
];
/// So many texts back nothing is said twice.
const REMEMBERED: usize = 60;

/// The state of everyday life.
#[derive(Debug)]
pub(super) struct Life {
    chance: Chance,
    /// How fast it goes now: mean milliseconds between posts.
    gap: u64,
    /// When the phase ends, milliseconds.
    until: u64,
    /// When the next incident of its own comes, milliseconds.
    incident: u64,
    said: std::collections::VecDeque<u64>,
}

impl Life {
    pub(super) fn new(chance: Chance) -> Self {
        Self {
            chance,
            gap: 2000,
            until: 60_000,
            incident: STORY_ENDS,
            said: std::collections::VecDeque::new(),
        }
    }

    /// Puts the first breath and the story's surges on the agenda.
    pub(super) fn begin(&mut self, script: &Script, agenda: &mut Agenda) {
        for (at, posts, topic) in SURGES {
            self.surge(script, agenda, (at * 1000, posts, topic), None);
        }
        let scene: Arc<str> = "life".into();
        agenda.put(1500, &scene, Cue::Breathe);
    }

    /// What comes next after `now`.
    pub(super) fn breathe(&mut self, script: &Script, agenda: &mut Agenda, now: u64) {
        if now >= self.until {
            self.change_phase(now);
        }
        if now >= self.incident {
            self.incident(script, agenda, now);
        }
        let at = now + self.chance.between(self.gap / 3, self.gap * 5 / 3);
        let scene: Arc<str> = "life".into();
        let cue = match self.chance.below(1000) {
            0..=54 => Some(Cue::Liked),
            55..=94 => Some(Cue::SecondThoughts),
            95..=107 => self.alert(script, None),
            108..=119 => self.talk(script),
            120..=129 => self.news(script),
            130..=141 => self.hostile(script),
            142..=144 => Some(Cue::Misfit),
            _ => None,
        };
        let cue = cue.unwrap_or_else(|| {
            let topic = self.topic(at);
            self.post(script, topic, None)
        });
        agenda.put(at, &scene, cue);
        agenda.put(at, &scene, Cue::Breathe);
    }

    fn change_phase(&mut self, now: u64) {
        let (gap, least, most) = match self.chance.below(10) {
            0..=1 => (4500, 25_000, 60_000),
            2..=6 => (1800, 60_000, 180_000),
            7..=8 => (1150, 40_000, 100_000),
            _ => (650, 10_000, 25_000),
        };
        self.gap = gap;
        self.until = now + self.chance.between(least, most);
    }

    /// What people talk about at `at`.
    fn topic(&mut self, at: u64) -> &'static str {
        let hot = match at {
            30_001..=900_000 | 3_000_001..=4_500_000 => "water",
            900_001..=1_800_000 | 4_500_001..=5_400_000 => "tram",
            1_800_001..=3_000_000 => "council",
            _ => "city",
        };
        if self.chance.percent(35) {
            return hot;
        }
        [
            "city", "city", "city", "service", "service", "thanks", "noise",
        ]
        .get(usize::try_from(self.chance.below(7)).unwrap_or(0))
        .copied()
        .unwrap_or("city")
    }

    fn lang(&mut self) -> &'static str {
        match self.chance.below(100) {
            0..=33 => "en",
            34..=55 => "es",
            56..=73 => "pt",
            74..=87 => "fr",
            _ => "ar",
        }
    }

    fn post(&mut self, script: &Script, topic: &str, street: Option<&str>) -> Cue {
        let lang = self.lang();
        let none = Vec::new();
        let texts = script
            .life
            .get(lang)
            .and_then(|t| t.get(topic))
            .unwrap_or(&none);
        let mut text = String::new();
        for _ in 0..6 {
            let template = self.chance.pick(texts).map_or("…", String::as_str);
            text = people::fill(script, template, street, &mut self.chance);
            if self.is_fresh(&text) {
                break;
            }
        }
        let on = match (topic, self.chance.below(10)) {
            ("service" | "noise", 0..=6) | ("water" | "tram", 0..=1) => "cityapp",
            ("council", 0..=6) => "webcast",
            _ => "",
        };
        let sev = match (on, self.chance.below(20)) {
            ("cityapp", 0) => "high",
            ("cityapp", 1..=8) => "medium",
            _ => "low",
        };
        let pictured = self.chance.percent(6);
        let post = Post {
            lang: lang.to_owned(),
            on: on.to_owned(),
            text,
            sev: if on == "cityapp" {
                sev.to_owned()
            } else {
                String::new()
            },
            region: street.unwrap_or_default().to_owned(),
            media: if pictured {
                format!("{:06}.jpg", self.chance.below(999_999))
            } else {
                String::new()
            },
            likes: self.chance.below(4) * self.chance.below(5),
            boosts: self.chance.below(3) * self.chance.below(3),
            ..Post::default()
        };
        Cue::Post {
            post,
            ago: 0,
            hostile: false,
        }
    }

    /// Whether `text` was not said lately; remembers it.
    fn is_fresh(&mut self, text: &str) -> bool {
        let hash = super::chance::fingerprint(text);
        if self.said.contains(&hash) {
            return false;
        }
        if self.said.len() >= REMEMBERED {
            self.said.pop_front();
        }
        self.said.push_back(hash);
        true
    }

    /// `(when, how many, about what)`: posts at five to eight a second.
    fn surge(
        &mut self,
        script: &Script,
        agenda: &mut Agenda,
        (mut at, posts, topic): (u64, u64, &str),
        street: Option<&str>,
    ) {
        let scene: Arc<str> = format!("surge-{topic}").into();
        for _ in 0..posts {
            at += self.chance.between(110, 210);
            let cue = self.post(script, topic, street);
            agenda.put(at, &scene, cue);
        }
    }

    fn alert(&mut self, script: &Script, street: Option<&str>) -> Option<Cue> {
        let mut alert: Alert = self.chance.pick(&script.everyday_alerts)?.clone();
        let place = self.chance.pick(script.city.slots.get("street")?)?.clone();
        let place = Some(street.unwrap_or(&place));
        for words in [&mut alert.summary, &mut alert.description, &mut alert.site] {
            *words = people::fill(script, words, place, &mut self.chance);
        }
        alert.lasts = self.chance.between(alert.lasts / 2, alert.lasts * 2);
        Some(Cue::AlertStarts {
            alert: Arc::new(alert),
            ago: 0,
        })
    }

    fn talk(&mut self, script: &Script) -> Option<Cue> {
        let mut talk: Talk = self.chance.pick(&script.everyday_talks)?.clone();
        let place = self.chance.pick(script.city.slots.get("street")?)?.clone();
        talk.name = people::passer_by(script, &talk.lang, &mut self.chance).name;
        let said = talk.turns.iter_mut().map(|(_, text)| text);
        let later = talk.later.iter_mut().map(|(_, _, text)| text);
        for words in said.chain(later).chain([&mut talk.subject]) {
            *words = people::fill(script, words, Some(&place), &mut self.chance);
        }
        Some(Cue::HandOver {
            talk: Arc::new(talk),
            ago: 0,
        })
    }

    fn news(&mut self, script: &Script) -> Option<Cue> {
        let mut news: News = self.chance.pick(&script.everyday_news)?.clone();
        let place = self.chance.pick(script.city.slots.get("street")?)?.clone();
        for words in [&mut news.title, &mut news.html] {
            *words = people::fill(script, words, Some(&place), &mut self.chance);
        }
        Some(Cue::Publish { news, ago: 0 })
    }

    fn hostile(&mut self, script: &Script) -> Option<Cue> {
        let post = self.chance.pick(&script.hostile)?.clone();
        Some(Cue::Post {
            post,
            ago: 0,
            hostile: true,
        })
    }

    /// Something happens in a street: an alert, a surge about it.
    fn incident(&mut self, script: &Script, agenda: &mut Agenda, now: u64) {
        self.incident = now + self.chance.between(240_000, 900_000);
        let streets = script.city.slots.get("street");
        let Some(street) = streets.and_then(|all| self.chance.pick(all)).cloned() else {
            return;
        };
        let topic = ["water", "tram", "power", "noise"]
            .get(usize::try_from(self.chance.below(4)).unwrap_or(0))
            .copied()
            .unwrap_or("water");
        if let Some(cue) = self.alert(script, Some(&street)) {
            agenda.put(now, &"incident".into(), cue);
        }
        let posts = self.chance.between(18, 45);
        self.surge(script, agenda, (now + 9000, posts, topic), Some(&street));
    }
}
