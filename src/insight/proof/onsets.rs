//! How early a crisis is told in a topic that is otherwise quiet.
//!
//! Owns the replay: three weeks of background, then the posts of a crisis as
//! they came, from its onset on. The onset is taken from the posts alone: the
//! first of fifteen that came within a quarter of an hour, half an hour or an
//! hour. It is told in time when a burst is raised by the fifteenth.

use super::Shelf;
use super::draw::{Draw, number, told};
use crate::insight::burst::episode::{Episode, FEWEST, Turn};
use crate::insight::burst::meter::Meter;
use crate::model::time::Timestamp;

/// The crises of `CrisisLexT26` whose posts have times.
const CRISES: [&str; 25] = [
    "2012_Colorado_wildfires",
    "2012_Costa_Rica_earthquake",
    "2012_Guatemala_earthquake",
    "2012_Italy_earthquakes",
    "2012_Philipinnes_floods",
    "2012_Typhoon_Pablo",
    "2012_Venezuela_refinery",
    "2013_Alberta_floods",
    "2013_Australia_bushfire",
    "2013_Bohol_earthquake",
    "2013_Brazil_nightclub_fire",
    "2013_Colorado_floods",
    "2013_Glasgow_helicopter_crash",
    "2013_LA_airport_shootings",
    "2013_Lac_Megantic_train_crash",
    "2013_Manila_floods",
    "2013_NY_train_crash",
    "2013_Queensland_floods",
    "2013_Russia_meteor",
    "2013_Sardinia_floods",
    "2013_Savar_building_collapse",
    "2013_Singapore_haze",
    "2013_Spain_train_crash",
    "2013_Typhoon_Yolanda",
    "2013_West_Texas_explosion",
];
/// Posts within which it must be told.
const WITHIN: usize = 15;
const THRESHOLD: f64 = 1.0;
const DAY: f64 = 1440.0;
/// Replays of a crisis, and weeks of background in which false alarms are counted.
const REPLAYS: u64 = 4;
const WEEKS: f64 = 12.0;
const FLOORS: u64 = 8;

/// What is to be expected, in lines.
#[must_use]
pub fn expect(sets: Shelf<'_>) -> Vec<String> {
    let crises: Vec<Vec<f64>> = CRISES
        .iter()
        .filter_map(|name| {
            let text = sets(&format!(
                "crisislexT26/{name}/{name}-tweetids_entire_period.csv"
            ))?;
            let mut times: Vec<f64> = text.lines().skip(1).filter_map(minutes).collect();
            times.sort_by(f64::total_cmp);
            Some(times)
        })
        .collect();
    let mut lines = vec![format!(
        "storms: {} crises with times of their posts",
        crises.len()
    )];
    for (rate, daily) in [(0.05, false), (0.05, true), (0.5, false), (0.5, true)] {
        let kind = if daily { "by day and night" } else { "even" };
        let alarms: usize = (0..FLOORS)
            .map(|seed| false_alarms(seed, rate, daily))
            .sum();
        let weeks = WEEKS * number(usize::try_from(FLOORS).unwrap_or(1));
        lines.push(format!(
            "background {rate} a minute, {kind}: {:.3} false alarms a topic-week",
            number(alarms) / weeks
        ));
        for span in [15.0, 30.0, 60.0] {
            let (mut hits, mut all) = (0, 0);
            for crisis in &crises {
                let Some(onset) = onset(crisis, span) else {
                    continue;
                };
                let posts = crisis.get(onset..onset + WITHIN).unwrap_or_default();
                for seed in 0..REPLAYS {
                    all += 1;
                    hits += usize::from(in_time(posts, 1000 + seed, (rate, daily)));
                }
            }
            lines.push(told(
                &format!("  told in time, fifteen posts in {span} min"),
                (hits, all),
            ));
        }
    }
    lines
}

/// The place of the first post of [`WITHIN`] that came within `span` minutes.
fn onset(times: &[f64], span: f64) -> Option<usize> {
    times.windows(WITHIN).position(|posts| {
        posts
            .last()
            .zip(posts.first())
            .is_some_and(|(l, f)| l - f <= span)
    })
}

/// A topic: its measure, and its burst.
struct Topic(Meter, Option<Episode>);

impl Topic {
    fn new() -> Self {
        Self(Meter::unheard(0, 0.0), None)
    }

    /// Whether a post at `at` raises a burst.
    fn raises(&mut self, at: f64) -> bool {
        #[allow(clippy::cast_possible_truncation)] // minutes of some months
        let minute = at as i64;
        let Self(meter, burst) = self;
        meter.advance(minute, &1.0_f32);
        meter.add(minute, 1);
        let (reading, hour) = (meter.read(minute, 0.25), meter.last_hour());
        if burst
            .as_ref()
            .is_some_and(|burst| !burst.would_be_again(minute))
        {
            *burst = None;
        }
        if let Some(burst) = burst {
            if burst.look(minute, &reading, (hour, THRESHOLD)) == Turn::Settled {
                meter.settle();
            }
            if burst.is_on() {
                meter.hold();
            }
            return false;
        }
        let raises = reading.surprise >= THRESHOLD && reading.observed >= FEWEST;
        if raises {
            *burst = Some(Episode::new(minute, &reading, hour));
            meter.hold();
        }
        raises
    }
}

/// Posts of a background until `to`: even, or up and down with the day.
fn background(draw: &mut Draw, (rate, daily): (f64, bool), to: f64) -> Vec<f64> {
    let (mut at, mut posts) = (0.0, Vec::new());
    let most = if daily { 2.0 * rate } else { rate };
    loop {
        at -= (1.0 - draw.share()).max(1e-12).ln() / most;
        if at >= to {
            return posts;
        }
        let day = 0.5 + 0.45 * (at / DAY * std::f64::consts::TAU).sin();
        if !daily || draw.share() < day {
            posts.push(at);
        }
    }
}

fn in_time(posts: &[f64], seed: u64, background_of: (f64, bool)) -> bool {
    let mut draw = Draw(seed);
    let at = (21.0 + 7.0 * draw.share()) * DAY;
    let first = posts.first().copied().unwrap_or(0.0);
    let mut all: Vec<(f64, bool)> = background(&mut draw, background_of, at + DAY)
        .into_iter()
        .map(|t| (t, false))
        .collect();
    all.extend(posts.iter().map(|t| (t - first + at, true)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut topic = Topic::new();
    let mut came = 0;
    for (moment, of_crisis) in all {
        came += usize::from(of_crisis);
        if topic.raises(moment) && moment >= at {
            return true;
        }
        if came >= WITHIN {
            return false;
        }
    }
    false
}

fn false_alarms(seed: u64, rate: f64, daily: bool) -> usize {
    let posts = background(&mut Draw(seed), (rate, daily), (3.0 + WEEKS) * 7.0 * DAY);
    let mut topic = Topic::new();
    posts
        .into_iter()
        .filter(|t| topic.raises(*t) && *t > 21.0 * DAY)
        .count()
}

/// Minutes since 1970 of `"Fri Jun 08 06:22:06 +0000 2012","...",Y`.
fn minutes(line: &str) -> Option<f64> {
    let mut words = line.trim_start_matches('"').split_whitespace().skip(1);
    let (month, day, time) = (words.next()?, words.next()?, words.next()?);
    let year = words.nth(1)?.split('"').next()?;
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months.iter().position(|name| *name == month)? + 1;
    let at = Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}Z"))?;
    Some(f64::from(u32::try_from(at.as_millis() / 1000).ok()?) / 60.0)
}
