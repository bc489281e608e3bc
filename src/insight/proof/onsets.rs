//! How early a crisis is told in a topic that is otherwise quiet.
//!
//! Owns the replay: three weeks of background, then the posts of a crisis as
//! they came, from its onset on. The onset is taken from the posts alone: the
//! first of fifteen that came within a quarter of an hour, half an hour or an
//! hour. It is told in time when a burst is raised by the fifteenth: by the count
//! of all posts alone, or also by that of the urgent ones, as the watch does it.

use super::Shelf;
use super::crises::{self, Crisis};
use super::draw::{Draw, number, told};
use crate::insight::burst::episode::{Episode, FEWEST, Turn};
use crate::insight::burst::meter::{Meter, Reading};
use crate::insight::burst::post::URGENT;

/// Posts within which it must be told.
const WITHIN: usize = 15;
const THRESHOLD: f64 = 1.0;
const DAY: f64 = 1440.0;
/// Replays of a crisis, and weeks of background in which false alarms are counted.
const REPLAYS: u64 = 4;
const WEEKS: f64 = 12.0;
const FLOORS: u64 = 8;

/// A post: when, in minutes, and whether it is urgent.
type Post = (f64, bool);

/// What is counted, and what the background says.
#[derive(Clone, Copy)]
enum Counted {
    /// All posts of the topic, no others.
    All,
    /// The urgent ones too, among everyday posts.
    Everyday,
    /// The urgent ones too, among posts that were gathered with the crisis.
    Beside,
}

impl Counted {
    fn says(self) -> &'static str {
        match self {
            Self::All => "counts alone",
            Self::Everyday => "with urgent posts, among everyday ones",
            Self::Beside => "with urgent posts, among others of the crisis's words",
        }
    }

    /// Which of the background's posts are urgent.
    fn urgent(self, crisis: &Crisis) -> &[u8] {
        match self {
            Self::All | Self::Everyday => &crisis.everyday,
            Self::Beside => &crisis.beside,
        }
    }
}

/// How many posts a minute, and whether by day and night.
type Rate = (f64, bool);

/// What is to be expected, in lines.
#[must_use]
pub fn expect(sets: Shelf<'_>) -> Vec<String> {
    let crises = crises::read(sets);
    let mut lines = vec![format!(
        "storms: {} crises with times of their posts",
        crises.len()
    )];
    let share = |of: &dyn Fn(&Crisis) -> Vec<u8>| {
        let all: Vec<u8> = crises.iter().flat_map(of).collect();
        100.0 * number(all.iter().filter(|one| is_urgent(Some(one))).count())
            / number(all.len().max(1))
    };
    lines.push(format!(
        "urgent by models that never met the crisis: {:.1} % of its posts, {:.1} % of everyday ones, {:.1} % of others with its words",
        share(&|crisis| crisis.posts.iter().flat_map(|post| post.1.clone()).collect()),
        share(&|crisis| crisis.everyday.clone()),
        share(&|crisis| crisis.beside.clone()),
    ));
    for rate in [(0.05, false), (0.05, true), (0.5, false), (0.5, true)] {
        for counted in [Counted::All, Counted::Everyday, Counted::Beside] {
            lines.extend(at_rate(&crises, rate, counted));
        }
    }
    lines
}

fn at_rate(crises: &[Crisis], rate: Rate, counted: Counted) -> Vec<String> {
    let floors = (0..FLOORS).zip(crises.iter().cycle());
    let alarms: usize = floors
        .map(|(seed, crisis)| false_alarms(seed, rate, (counted, crisis)))
        .sum();
    let weeks = WEEKS * number(usize::try_from(FLOORS).unwrap_or(1));
    let kind = if rate.1 { "by day and night" } else { "even" };
    let mut lines = vec![format!(
        "background {} a minute, {kind}, {}: {:.3} false alarms a topic-week",
        rate.0,
        counted.says(),
        number(alarms) / weeks
    )];
    for span in [15.0, 30.0, 60.0] {
        let (mut hits, mut all) = (0, 0);
        for crisis in crises {
            let Some(onset) = onset(&crisis.posts, span) else {
                continue;
            };
            let posts = crisis.posts.get(onset..onset + WITHIN).unwrap_or_default();
            for seed in 0..REPLAYS {
                all += 1;
                hits += usize::from(in_time(posts, (1000 + seed, rate), (counted, crisis)));
            }
        }
        lines.push(told(
            &format!("  told in time, fifteen posts in {span} min"),
            (hits, all),
        ));
    }
    lines
}

/// The place of the first post of [`WITHIN`] that came within `span` minutes.
fn onset(posts: &[(f64, Vec<u8>)], span: f64) -> Option<usize> {
    posts.windows(WITHIN).position(|posts| {
        posts
            .last()
            .zip(posts.first())
            .is_some_and(|(l, f)| l.0 - f.0 <= span)
    })
}

/// A topic: the measures of all its posts and of the urgent ones, and its burst
/// with whether that counts the urgent ones.
struct Topic {
    all: Meter,
    urgent: Meter,
    burst: Option<(Episode, bool)>,
    counted: Counted,
}

impl Topic {
    fn new(counted: Counted) -> Self {
        Self {
            all: Meter::unheard(0, 0.0),
            urgent: Meter::unheard(0, 0.0),
            burst: None,
            counted,
        }
    }

    /// Whether a post raises a burst.
    fn raises(&mut self, (at, urgent): Post) -> bool {
        #[allow(clippy::cast_possible_truncation)] // minutes of some months
        let minute = at as i64;
        let part = !matches!(self.counted, Counted::All);
        self.all.advance(minute, &1.0_f32);
        self.all.add(minute, 1);
        if part {
            self.urgent.advance(minute, &1.0_f32);
            self.urgent.add(minute, u32::from(urgent));
        }
        let read = |meter: &Meter| (meter.read(minute, 0.25), meter.last_hour());
        let both = [read(&self.all), read(&self.urgent)];
        self.burst
            .take_if(|(burst, _)| !burst.would_be_again(minute));
        let rising = |at: usize| both.get(at).is_some_and(|(reading, _)| surprises(reading));
        let Some((burst, by_urgent)) = &mut self.burst else {
            let by_urgent = part && rising(1) && !rising(0);
            if !rising(0) && !by_urgent {
                return false;
            }
            let (reading, hour) = both[usize::from(by_urgent)];
            self.burst = Some((Episode::new(minute, &reading, hour), by_urgent));
            self.meter(by_urgent).hold();
            return true;
        };
        // It goes on with what rises: all posts, where it was the urgent ones, and
        // where it was over with either.
        if rising(0) && (*by_urgent || !burst.is_on()) {
            *by_urgent = false;
        } else if part && rising(1) && !burst.is_on() {
            *by_urgent = true;
        }
        let (by_urgent, (reading, hour)) = (*by_urgent, both[usize::from(*by_urgent)]);
        let turn = burst.look(minute, &reading, (hour, THRESHOLD));
        let on = burst.is_on();
        let meter = self.meter(by_urgent);
        if turn == Turn::Settled {
            meter.settle();
        }
        if on {
            meter.hold();
        }
        false
    }

    fn meter(&mut self, urgent: bool) -> &mut Meter {
        if urgent {
            &mut self.urgent
        } else {
            &mut self.all
        }
    }
}

fn is_urgent(score: Option<&u8>) -> bool {
    score.is_some_and(|score| f32::from(*score) >= URGENT * 100.0)
}

fn surprises(reading: &Reading) -> bool {
    reading.surprise >= THRESHOLD && reading.observed >= FEWEST
}

/// Posts of a background until `to`: even, or up and down with the day; as many of
/// them urgent as of `urgent`.
fn background((draw, urgent): (&mut Draw, &[u8]), (rate, daily): Rate, to: f64) -> Vec<Post> {
    let (mut at, mut posts) = (0.0, Vec::new());
    let most = if daily { 2.0 * rate } else { rate };
    let mut which = Draw(draw.0 ^ 0x5eed);
    loop {
        at -= (1.0 - draw.share()).max(1e-12).ln() / most;
        if at >= to {
            return posts;
        }
        let day = 0.5 + 0.45 * (at / DAY * std::f64::consts::TAU).sin();
        if !daily || draw.share() < day {
            let urgent = urgent.get(which.place(urgent.len()));
            posts.push((at, is_urgent(urgent)));
        }
    }
}

fn in_time(
    posts: &[(f64, Vec<u8>)],
    (seed, rate): (u64, Rate),
    (counted, of): (Counted, &Crisis),
) -> bool {
    let (mut draw, mut which) = (Draw(seed), Draw(seed ^ 0xc215));
    let at = (21.0 + 7.0 * draw.share()) * DAY;
    let first = posts.first().map_or(0.0, |post| post.0);
    let background = background((&mut draw, counted.urgent(of)), rate, at + DAY);
    let mut all: Vec<(Post, bool)> = background.into_iter().map(|post| (post, false)).collect();
    all.extend(posts.iter().map(|(moment, urgent)| {
        let urgent = urgent.get(which.place(urgent.len()));
        ((moment - first + at, is_urgent(urgent)), true)
    }));
    all.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let mut topic = Topic::new(counted);
    let mut came = 0;
    for (post, of_crisis) in all {
        came += usize::from(of_crisis);
        if topic.raises(post) && post.0 >= at {
            return true;
        }
        if came >= WITHIN {
            return false;
        }
    }
    false
}

fn false_alarms(seed: u64, rate: Rate, (counted, of): (Counted, &Crisis)) -> usize {
    let urgent = counted.urgent(of);
    let posts = background((&mut Draw(seed), urgent), rate, (3.0 + WEEKS) * 7.0 * DAY);
    let mut topic = Topic::new(counted);
    posts
        .into_iter()
        .filter(|post| topic.raises(*post) && post.0 > 21.0 * DAY)
        .count()
}
