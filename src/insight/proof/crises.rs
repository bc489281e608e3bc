//! The crises of `CrisisLexT26` as they came, and which of their posts are urgent.
//!
//! Owns what a replay needs of a crisis: the times of its posts, whether each is
//! urgent, and how many of the everyday posts and of those that were gathered with it
//! but are of something else would be called urgent. All by a model that has met no
//! post of that crisis. A post whose words are not in the folder is as urgent as one of
//! the eight next to it in time that are. Called by `onsets`.

use std::collections::HashMap;

use super::Shelf;
use crate::insight::corpus;
use crate::insight::lesson::sets::FEELING;
use crate::insight::lesson::urgency::Unmet;
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
/// Everyday posts that are taken of each language.
const EVERYDAY: usize = 300;

/// Posts next to one without words.
const NEAR: usize = 8;

/// A crisis.
pub struct Crisis {
    /// Its posts in order: minutes since 1970, and whether it is urgent; where its words
    /// are not known, whether each of those next to it is.
    pub posts: Vec<(f64, Vec<u8>)>,
    /// Of everyday posts, which are urgent.
    pub everyday: Vec<u8>,
    /// Of posts that were gathered with it but are of something else.
    pub beside: Vec<u8>,
}

/// All crises whose posts have times.
#[must_use]
pub fn read(sets: Shelf<'_>) -> Vec<Crisis> {
    let unmet = Unmet::new(sets);
    let everyday: Vec<String> = FEELING
        .iter()
        .flat_map(|(_, folder)| {
            let texts = sets(&format!("umsab/{folder}/val_text.txt")).unwrap_or_default();
            let lines = texts.lines().take(EVERYDAY).map(str::to_owned);
            lines.collect::<Vec<_>>()
        })
        .collect();
    CRISES
        .iter()
        .filter_map(|name| {
            let path = |part: &str| format!("crisislexT26/{name}/{name}-{part}.csv");
            let times = sets(&path("tweetids_entire_period"))?;
            let labelled = corpus::csv(&sets(&path("tweets_labeled")).unwrap_or_default());
            let judge = unmet.of(name)?;
            let beside = labelled
                .iter()
                .filter(|row| row.last().is_some_and(|l| l.trim() == "Not related"))
                .filter_map(|row| row.get(1));
            Some(Crisis {
                posts: posts(&times, &labelled, &judge),
                everyday: everyday.iter().map(|text| judge(text)).collect(),
                beside: beside.map(|text| judge(text)).collect(),
            })
        })
        .collect()
}

/// The posts in order.
fn posts(
    times: &str,
    labelled: &[Vec<String>],
    judge: &impl Fn(&str) -> u8,
) -> Vec<(f64, Vec<u8>)> {
    let words: HashMap<&str, &str> = labelled
        .iter()
        .filter_map(|row| Some((row.first()?.as_str(), row.get(1)?.as_str())))
        .collect();
    let mut posts: Vec<(f64, Option<u8>)> = times
        .lines()
        .skip(1)
        .filter_map(|line| {
            let id = line.split('"').nth(3)?;
            Some((minutes(line)?, words.get(id).map(|text| judge(text))))
        })
        .collect();
    posts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let known: Vec<(f64, u8)> = posts
        .iter()
        .filter_map(|(at, urgent)| Some((*at, (*urgent)?)))
        .collect();
    let next_to = |at: f64| {
        let after = known.partition_point(|(known, _)| *known < at);
        let from = after.saturating_sub(NEAR);
        let mut near = known
            .get(from..(after + NEAR).min(known.len()))
            .unwrap_or_default()
            .to_vec();
        near.sort_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs()));
        near.into_iter()
            .take(NEAR)
            .map(|(_, urgent)| urgent)
            .collect()
    };
    posts
        .into_iter()
        .map(|(at, urgent)| {
            (
                at,
                urgent.map_or_else(|| next_to(at), |urgent| vec![urgent]),
            )
        })
        .collect()
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
