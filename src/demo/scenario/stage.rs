//! The stage: gives a cue its ids, its speaker, its moment and its body, and
//! remembers what later cues refer to.
//!
//! Pure. Keeps the last [`PASSING`] everyday posts, the script's own for good,
//! and the alerts that fire.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::act::{About, Act, Door};
use super::bodies::{self, AlertNow, Conversation, Message, Standing};
use super::chance::{self, Chance};
use super::cue::{Agenda, Cue, Due};
use super::people;
use super::script::{Alert, News, Post, Script, Talk};
use crate::model::time::Timestamp;

/// So many everyday posts may still be liked, reworded or taken back.
const PASSING: usize = 120;
/// How often Alertmanager tells an alert that still fires, milliseconds.
const TOLD_AGAIN: u64 = 300_000;

#[derive(Debug)]
struct Burning {
    alert: Arc<Alert>,
    fingerprint: String,
    starts: Timestamp,
    words: String,
}

/// What was said and what fires.
#[derive(Debug)]
pub(super) struct Stage {
    chance: Chance,
    named: BTreeMap<String, Standing>,
    passing: VecDeque<Standing>,
    burning: BTreeMap<u64, Burning>,
    given: u64,
}

/// The moment of a cue: milliseconds after the start, and by the clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) ms: u64,
    pub(super) clock: Timestamp,
}

impl Moment {
    fn ago(self, ms: u64) -> Timestamp {
        self.clock.minus(std::time::Duration::from_millis(ms))
    }
}

impl Stage {
    pub(super) fn new(chance: Chance) -> Self {
        Self {
            chance,
            named: BTreeMap::new(),
            passing: VecDeque::new(),
            burning: BTreeMap::new(),
            given: 0,
        }
    }

    /// Carries out `due`; none when what it refers to is not there.
    pub(super) fn perform(
        &mut self,
        script: &Script,
        agenda: &mut Agenda,
        due: Due,
        now: Moment,
    ) -> Option<Act> {
        let scene = due.scene.clone();
        let (door, body, about) = match due.cue {
            Cue::Post { post, ago, hostile } => self.post(script, &post, now.ago(ago), hostile)?,
            Cue::Liked => self.liked()?,
            Cue::SecondThoughts => self.second_thoughts(now)?,
            Cue::AlertStarts { alert, ago } => self.alert_starts(agenda, &scene, (alert, ago), now),
            Cue::AlertAgain { number, words } => self.alert_again(number, words)?,
            Cue::AlertEnds { number } => self.alert_ends(number, now)?,
            Cue::HandOver { talk, ago } => self.hand_over(agenda, &scene, (talk, ago), now),
            Cue::Continue {
                number,
                talk,
                later,
            } => Self::go_on(number, &talk, later, now)?,
            Cue::Publish { news, ago } => self.publish(&news, now.ago(ago)),
            Cue::Misfit => misfit(),
            Cue::Breathe => return None,
        };
        Some(Act {
            door,
            body,
            scene,
            about,
        })
    }

    /// A number never given before: growing, as platforms number things.
    fn number(&mut self) -> u64 {
        self.given += self.chance.between(1, 9);
        self.given
    }

    fn post(
        &mut self,
        script: &Script,
        post: &Post,
        said: Timestamp,
        hostile: bool,
    ) -> Option<(Door, String, About)> {
        if !post.amends.is_empty() {
            let standing = self.named.get_mut(&post.amends)?;
            standing.text.clone_from(&post.text);
            standing.likes += post.likes;
            standing.boosts += post.boosts;
            return Some(amended(standing, Some(said)));
        }
        if !post.withdraws.is_empty() {
            return Some(withdrawn(&self.named.remove(&post.withdraws)?));
        }
        let by = match script.people.get(&post.by) {
            Some(person) => person.clone(),
            None => people::passer_by(script, &post.lang, &mut self.chance),
        };
        let reply_to = self
            .named
            .get(&post.reply)
            .map(|answered| answered.id.clone());
        let on = match post.on.as_str() {
            "cityapp" => "cityapp",
            "webcast" => "webcast",
            _ => "",
        };
        let number = self.number();
        let id = match on {
            "" => (115_600_000_000_000_000 + number * 65_537).to_string(),
            _ => format!("{on}-{}", 20_000 + number),
        };
        let standing = Standing {
            id: id.clone(),
            on,
            by,
            lang: post.lang.clone(),
            text: post.text.clone(),
            reply_to,
            severity: post.sev.clone(),
            region: post.region.clone(),
            media: post.media.clone(),
            likes: post.likes,
            boosts: post.boosts,
            said,
        };
        let (door, body) = match on {
            "" => (Door::Stream, bodies::status("update", &standing, None)),
            on => (Door::In(on), bodies::generic(&standing)),
        };
        let about = About::Said {
            id,
            lang: post.lang.clone(),
            hostile,
        };
        if post.id.is_empty() {
            if self.passing.len() >= PASSING {
                self.passing.pop_front();
            }
            self.passing.push_back(standing);
        } else {
            self.named.insert(post.id.clone(), standing);
        }
        Some((door, body, about))
    }

    fn liked(&mut self) -> Option<(Door, String, About)> {
        let which = usize::try_from(self.chance.below(self.passing.len() as u64)).ok()?;
        let (likes, boosts) = (self.chance.between(1, 30), self.chance.below(12));
        let standing = self.passing.get_mut(which)?;
        standing.likes += likes;
        standing.boosts += boosts;
        Some(amended(standing, None))
    }

    fn second_thoughts(&mut self, now: Moment) -> Option<(Door, String, About)> {
        let which = usize::try_from(self.chance.below(self.passing.len() as u64)).ok()?;
        if self.chance.percent(40) {
            return Some(withdrawn(&self.passing.remove(which)?));
        }
        let standing = self.passing.get_mut(which)?;
        standing.text.push_str(match standing.lang.as_str() {
            "es" => "\n\nEDITO: ya está, gracias a quien sea.",
            "pt" => "\n\nEDIT: parece que já passou.",
            "fr" => "\n\nEDIT : c'est réglé, merci.",
            "ar" => "\n\nتحديث: تم الحل، شكرا.",
            _ => "\n\nEDIT: sorted now, thanks whoever that was.",
        });
        Some(amended(standing, Some(now.clock)))
    }

    fn alert_starts(
        &mut self,
        agenda: &mut Agenda,
        scene: &Arc<str>,
        (alert, ago): (Arc<Alert>, u64),
        now: Moment,
    ) -> (Door, String, About) {
        let number = self.number();
        let labels = format!("{}\n{}\n{}", alert.name, alert.severity, alert.site);
        let burning = Burning {
            fingerprint: format!("{:016x}", chance::fingerprint(&labels)),
            starts: now.ago(ago),
            words: alert.description.clone(),
            alert: alert.clone(),
        };
        let began = |after: u64| now.ms + after.saturating_mul(1000).saturating_sub(ago);
        let ends = began(alert.lasts).max(now.ms + 1);
        for (after, words) in &alert.updates {
            let words = Some(words.clone());
            agenda.put(began(*after), scene, Cue::AlertAgain { number, words });
        }
        let mut again = now.ms + TOLD_AGAIN;
        while again < ends {
            agenda.put(
                again,
                scene,
                Cue::AlertAgain {
                    number,
                    words: None,
                },
            );
            again += TOLD_AGAIN;
        }
        agenda.put(ends, scene, Cue::AlertEnds { number });
        let told = told(&burning, None);
        self.burning.insert(number, burning);
        told
    }

    fn alert_again(&mut self, number: u64, words: Option<String>) -> Option<(Door, String, About)> {
        let burning = self.burning.get_mut(&number)?;
        if let Some(words) = words {
            burning.words = words;
        }
        Some(told(burning, None))
    }

    fn alert_ends(&mut self, number: u64, now: Moment) -> Option<(Door, String, About)> {
        Some(told(&self.burning.remove(&number)?, Some(now.clock)))
    }

    fn hand_over(
        &mut self,
        agenda: &mut Agenda,
        scene: &Arc<str>,
        (talk, ago): (Arc<Talk>, u64),
        now: Moment,
    ) -> (Door, String, About) {
        let number = 3000 + self.number();
        let last = talk.turns.len() as u64;
        let turns = (0_u64..)
            .zip(&talk.turns)
            .map(|(nth, (who, text))| Message {
                id: number * 100 + nth,
                who,
                text,
                at: now.ago(ago + (last - nth) * 14_000),
            })
            .collect::<Vec<_>>();
        for (later, (after, _, _)) in talk.later.iter().enumerate() {
            let cue = Cue::Continue {
                number,
                talk: talk.clone(),
                later,
            };
            agenda.put(now.ms + after * 1000, scene, cue);
        }
        let body = bodies::handed_over(&conversation(number, &talk), &turns, now.ago(ago));
        let about = About::HandedOver {
            id: number.to_string(),
            lang: talk.lang.clone(),
        };
        (Door::In("chatbot"), body, about)
    }

    fn go_on(number: u64, talk: &Talk, later: usize, now: Moment) -> Option<(Door, String, About)> {
        let (_, who, text) = talk.later.get(later)?;
        let id = number * 100 + 50 + later as u64;
        let message = Message {
            id,
            who,
            text,
            at: now.clock,
        };
        let body = bodies::message(&conversation(number, talk), &message);
        Some((
            Door::In("chatbot"),
            body,
            About::Continued {
                id: number.to_string(),
            },
        ))
    }

    fn publish(&mut self, news: &News, at: Timestamp) -> (Door, String, About) {
        let id = format!("pa-{}", 700 + self.number());
        let body = bodies::entry(&id, &news.lang, (&news.title, &news.html), at);
        (Door::Feed, body, About::Published { id })
    }
}

fn conversation(id: u64, talk: &Talk) -> Conversation<'_> {
    Conversation {
        id,
        name: &talk.name,
        priority: &talk.priority,
        subject: &talk.subject,
        reason: &talk.reason,
        lang: &talk.lang,
    }
}

fn amended(standing: &Standing, edited: Option<Timestamp>) -> (Door, String, About) {
    let about = About::Amended {
        id: standing.id.clone(),
    };
    match standing.on {
        "" => (
            Door::Stream,
            bodies::status("status.update", standing, edited),
            about,
        ),
        on => (Door::In(on), bodies::generic(standing), about),
    }
}

fn withdrawn(standing: &Standing) -> (Door, String, About) {
    let about = About::Withdrawn {
        id: standing.id.clone(),
    };
    match standing.on {
        "" => (Door::Stream, bodies::deletion(&standing.id), about),
        on => (
            Door::In(on),
            bodies::generic_withdrawal(&standing.id),
            about,
        ),
    }
}

fn told(burning: &Burning, ends: Option<Timestamp>) -> (Door, String, About) {
    let now = AlertNow {
        name: &burning.alert.name,
        severity: &burning.alert.severity,
        summary: &burning.alert.summary,
        description: &burning.words,
        site: &burning.alert.site,
        fingerprint: &burning.fingerprint,
        starts: burning.starts,
        ends,
    };
    let id = format!("{}@{}", burning.fingerprint, burning.starts);
    let about = if ends.is_some() {
        About::Ends { id }
    } else {
        About::Fires { id }
    };
    (Door::In("monitoring"), bodies::alert(&now), about)
}

/// What a gateway with an old firmware posts: no id, a misspelt key.
fn misfit() -> (Door, String, About) {
    let body = serde_json::json!({ "txet": "sensor 14 low battery", "lvl": 3 }).to_string();
    (Door::In("cityapp"), body, About::Misfit)
}
