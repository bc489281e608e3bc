//! Bursts in series of counts, scored as the Numenta Anomaly Benchmark does.
//!
//! Owns the benchmark's score (Lavin and Ahmad, "Evaluating real-time anomaly
//! detection algorithms", 2015): standard profile, the first 15 % of a series
//! (750 points at most) are free. Only what is raised counts as told, not steps.

use std::collections::BTreeMap;

use super::Shelf;
use super::draw::number;
use crate::insight::burst::episode::{Episode, FEWEST, Turn};
use crate::insight::burst::meter::Meter;
use crate::model::time::Timestamp;

/// What a false alarm costs where a hit gains one and a miss costs one.
const FALSE_ALARM: f64 = 0.11;
/// The threshold that the watch uses: a tenth of a false alarm a week and key.
const FROZEN: f64 = 1.0;

/// A series: minutes since 1970, counts, and the windows to be hit, by place.
struct Series {
    name: String,
    minutes: Vec<i64>,
    counts: Vec<u32>,
    windows: Vec<(usize, usize)>,
}

/// What is to be expected, in lines.
#[must_use]
pub fn expect(sets: Shelf<'_>) -> Vec<String> {
    let series = read(sets);
    if series.is_empty() {
        return vec!["bursts: the folder has no nab-realTweets".into()];
    }
    let thresholds: Vec<f64> = (0..25).map(|n| f64::from(n) * 0.1).collect();
    let table: Vec<Vec<f64>> = thresholds
        .iter()
        .map(|threshold| {
            series
                .iter()
                .map(|s| score(s, &raised(s, *threshold)))
                .collect()
        })
        .collect();
    let windows: f64 = series.iter().map(|s| number(s.windows.len())).sum();
    let normal = |sum: f64, windows: f64| 100.0 * (sum + windows) / (2.0 * windows);
    let mut left_out = 0.0;
    for out in 0..series.len() {
        let others = |row: &Vec<f64>| -> f64 {
            row.iter()
                .enumerate()
                .filter(|(at, _)| *at != out)
                .map(|(_, s)| s)
                .sum()
        };
        let best = table.iter().max_by(|a, b| others(a).total_cmp(&others(b)));
        left_out += best.and_then(|row| row.get(out)).copied().unwrap_or(0.0);
    }
    let frozen: Vec<f64> = series
        .iter()
        .map(|s| score(s, &raised(s, FROZEN)))
        .collect();
    let each: Vec<f64> = frozen
        .iter()
        .zip(&series)
        .map(|(s, of)| normal(*s, number(of.windows.len())))
        .collect();
    let mean = each.iter().sum::<f64>() / number(each.len());
    let off = each.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / number(each.len().max(2) - 1);
    let mut lines = vec![
        format!(
            "bursts, threshold from the other series: {:.1}",
            normal(left_out, windows)
        ),
        format!(
            "bursts, frozen threshold: {:.1} ({} series, {:.1} each, standard error {:.1})",
            normal(frozen.iter().sum(), windows),
            series.len(),
            mean,
            (off / number(each.len())).sqrt()
        ),
    ];
    lines.extend(
        each.iter()
            .zip(&series)
            .map(|(score, s)| format!("  {}: {score:.1}", s.name)),
    );
    lines
}

/// The places where a burst is raised.
fn raised(series: &Series, threshold: f64) -> Vec<usize> {
    let Some(first) = series.minutes.first() else {
        return Vec::new();
    };
    let mut meter = Meter::unheard(*first, 0.0);
    let mut burst: Option<Episode> = None;
    let mut raised = Vec::new();
    for (place, (minute, count)) in series.minutes.iter().zip(&series.counts).enumerate() {
        meter.advance(*minute, &1.0_f32);
        for back in 0..5_u32 {
            meter.add(*minute - i64::from(back), (count + back) / 5);
        }
        let (reading, hour) = (meter.read(*minute, 0.25), meter.last_hour());
        burst = burst.filter(|burst| burst.would_be_again(*minute));
        if let Some(burst) = &mut burst {
            if burst.look(*minute, &reading, (hour, threshold)) == Turn::Settled {
                meter.settle();
            }
            if burst.is_on() {
                meter.hold();
            }
        } else if reading.surprise >= threshold && reading.observed >= FEWEST {
            burst = Some(Episode::new(*minute, &reading, hour));
            meter.hold();
            raised.push(place);
        }
    }
    raised
}

/// The benchmark's raw score of a series: of each window the earliest hit, less
/// false alarms, those soon after a window less.
fn score(series: &Series, raised: &[usize]) -> f64 {
    let free = (series.counts.len() * 15 / 100).min(750);
    let mut best = vec![-1.0_f64; series.windows.len()];
    let mut cost = 0.0;
    for place in raised.iter().copied().filter(|place| *place >= free) {
        let inside = series
            .windows
            .iter()
            .position(|(from, to)| (*from..=*to).contains(&place));
        if let Some((own, (from, to))) =
            inside.and_then(|w| best.get_mut(w).zip(series.windows.get(w)))
        {
            let at = -(number(*to) - number(place) + 1.0) / (number(*to) - number(*from) + 1.0);
            *own = own.max(sigmoid(at) / sigmoid(-1.0));
        } else {
            let before = series.windows.iter().rfind(|(_, to)| *to < place);
            let past = before.map_or(3.0, |(from, to)| {
                (number(place) - number(*to)) / (number(*to) - number(*from))
            });
            cost += FALSE_ALARM * if past >= 3.0 { -1.0 } else { sigmoid(past) };
        }
    }
    best.iter().sum::<f64>() + cost
}

fn sigmoid(at: f64) -> f64 {
    2.0 / (1.0 + (5.0 * at).exp()) - 1.0
}

fn read(sets: Shelf<'_>) -> Vec<Series> {
    let windows = sets("nab-realTweets/windows.json").unwrap_or_default();
    let windows: BTreeMap<String, Vec<(String, String)>> =
        serde_json::from_str(&windows).unwrap_or_default();
    let mut all = Vec::new();
    for (path, spans) in windows {
        let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        let Some(text) = sets(&format!("nab-realTweets/{name}")) else {
            continue;
        };
        let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
        let (minutes, counts): (Vec<i64>, Vec<u32>) = rows
            .filter_map(|(at, count)| Some((minute(at)?, count.trim().parse::<u32>().ok()?)))
            .unzip();
        let place = |at: &str| minute(at).and_then(|at| minutes.iter().position(|m| *m >= at));
        let windows = spans
            .iter()
            .filter_map(|(from, to)| place(from).zip(place(to)))
            .collect();
        all.push(Series {
            name,
            minutes,
            counts,
            windows,
        });
    }
    all
}

/// The minute of "2015-02-26 21:42:53".
fn minute(at: &str) -> Option<i64> {
    let (day, time) = at.trim().split_once(' ')?;
    let at = Timestamp::parse(&format!("{day}T{time}Z"))?;
    Some(at.as_millis().div_euclid(60_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_hit_is_worth_most_and_a_false_alarm_costs_little() {
        let series = Series {
            name: String::new(),
            minutes: (0..6000).collect(),
            counts: vec![1; 6000],
            windows: vec![(2000, 2400)],
        };
        assert!((score(&series, &[]) + 1.0).abs() < 1e-9);
        assert!((score(&series, &[2000]) - 1.0).abs() < 0.01);
        assert!(score(&series, &[2390]) < 0.1);
        assert!((score(&series, &[2000, 5500]) - 0.89).abs() < 0.01);
        assert!(
            (score(&series, &[100, 2000]) - 1.0).abs() < 0.01,
            "the first are free"
        );
    }
}
