//! The written part of the evening: tables in `demo/script/*.toml`, read once.
//!
//! Owns their shape. Times are seconds after the start at speed 1; negative
//! ones were said before the watch began and are sent at once, with their age.

use std::collections::BTreeMap;

use serde::Deserialize;

const STORY: [(&str, &str); 6] = [
    ("before", include_str!("../script/before.toml")),
    ("burst", include_str!("../script/burst.toml")),
    ("rumour", include_str!("../script/rumour.toml")),
    ("council", include_str!("../script/council.toml")),
    ("outage", include_str!("../script/outage.toml")),
    ("evening", include_str!("../script/evening.toml")),
];
const LIFE: [(&str, &str); 5] = [
    ("en", include_str!("../script/life_en.toml")),
    ("es", include_str!("../script/life_es.toml")),
    ("pt", include_str!("../script/life_pt.toml")),
    ("fr", include_str!("../script/life_fr.toml")),
    ("ar", include_str!("../script/life_ar.toml")),
];

/// Everything that was written for the evening.
#[derive(Debug)]
pub struct Script {
    /// The story's scenes.
    pub beats: Vec<Beat>,
    /// Alerts of the story.
    pub alerts: Vec<Alert>,
    /// Alerts that come and go all night.
    pub everyday_alerts: Vec<Alert>,
    /// Conversations of the story.
    pub talks: Vec<Talk>,
    /// Conversations that come all night.
    pub everyday_talks: Vec<Talk>,
    /// Entries of the city's news feed.
    pub news: Vec<News>,
    /// What comes over the feed all night.
    pub everyday_news: Vec<News>,
    /// Posts that try something.
    pub hostile: Vec<Post>,
    /// Everyday posts with slots: language, then topic.
    pub life: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// What fills the slots.
    pub city: City,
    /// Who speaks in the story, by the key that posts name.
    pub people: BTreeMap<String, Person>,
}

/// A stretch of the story whose posts are spread over it in order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beat {
    /// The part of the evening.
    pub scene: String,
    /// From when.
    pub from: i64,
    /// Until when.
    pub until: i64,
    /// What is said.
    pub posts: Vec<Post>,
}

/// One written post, or what becomes of an earlier one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Post {
    /// Name inside the script, for those that refer to it.
    pub id: String,
    /// Who; a key of the people's table, or empty for anybody.
    pub by: String,
    /// Language.
    pub lang: String,
    /// By which channel; empty for the stream.
    pub on: String,
    /// What.
    pub text: String,
    /// The post that it answers.
    pub reply: String,
    /// The post whose words it replaces.
    pub amends: String,
    /// The post that it takes back.
    pub withdraws: String,
    /// Severity, where the channel carries one.
    pub sev: String,
    /// Where it is about, where the channel carries it.
    pub region: String,
    /// A picture's file name.
    pub media: String,
    /// Likes when it is seen first.
    pub likes: u64,
    /// Reposts when it is seen first.
    pub boosts: u64,
}

/// An alert with its whole life.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// When it starts.
    #[serde(default)]
    pub at: i64,
    /// Seconds from start to end.
    pub lasts: u64,
    /// `alertname`.
    pub name: String,
    /// Monitoring's own word for how bad it is.
    pub severity: String,
    /// The headline.
    pub summary: String,
    /// The words.
    pub description: String,
    /// Where.
    pub site: String,
    /// Further words while it fires: seconds after the start, description.
    #[serde(default)]
    pub updates: Vec<(u64, String)>,
}

/// A conversation that the bot gives to a human.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// When it is handed over.
    #[serde(default)]
    pub at: i64,
    /// Language.
    pub lang: String,
    /// Who asks for help.
    pub name: String,
    /// The platform's priority.
    pub priority: String,
    /// The headline.
    pub subject: String,
    /// Why the bot gives up.
    pub reason: String,
    /// So far: who ("c" citizen, "b" bot) and what.
    pub turns: Vec<(String, String)>,
    /// Afterwards: seconds, who, what.
    #[serde(default)]
    pub later: Vec<(u64, String, String)>,
}

/// An entry of the city's news feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct News {
    /// When it is published.
    #[serde(default)]
    pub at: i64,
    /// The part of the evening.
    #[serde(default)]
    pub scene: String,
    /// Language.
    pub lang: String,
    /// The headline.
    pub title: String,
    /// The words, HTML.
    pub html: String,
}

/// Somebody of the story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// Handle.
    pub handle: String,
    /// Followers.
    #[serde(default)]
    pub followers: u64,
}

/// The city in words: what fills `{street}` and the like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Its name.
    pub name: String,
    /// Slot name to its fillings.
    pub slots: BTreeMap<String, Vec<String>>,
    /// Names to make passers-by of, by language.
    pub names: BTreeMap<String, Names>,
}

/// First and family names, and what handles are made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// First names.
    pub first: Vec<String>,
    /// Family names.
    pub last: Vec<String>,
    /// Beginnings of handles.
    pub handle: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beats {
    beat: Vec<Beat>,
}

/// The three tables that have a story part and an everyday part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoParts<T> {
    story: Vec<T>,
    everyday: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hostile {
    posts: Vec<Post>,
}

impl Script {
    /// The tables that are built in.
    ///
    /// # Errors
    /// The file and what is wrong with it. A test sees to it that nothing is.
    pub fn built_in() -> Result<Self, ScriptError> {
        let mut beats = Vec::new();
        for (file, text) in STORY {
            beats.extend(read::<Beats>(file, text)?.beat);
        }
        let mut life = BTreeMap::new();
        for (lang, text) in LIFE {
            life.insert(lang.to_owned(), read(lang, text)?);
        }
        let alerts: TwoParts<Alert> = read("alerts", include_str!("../script/alerts.toml"))?;
        let talks: TwoParts<Talk> = read("talks", include_str!("../script/talks.toml"))?;
        let news: TwoParts<News> = read("news", include_str!("../script/news.toml"))?;
        let hostile: Hostile = read("hostile", include_str!("../script/hostile.toml"))?;
        Ok(Self {
            beats,
            alerts: alerts.story,
            everyday_alerts: alerts.everyday,
            talks: talks.story,
            everyday_talks: talks.everyday,
            news: news.story,
            everyday_news: news.everyday,
            hostile: hostile.posts,
            life,
            city: read("city", include_str!("../script/city.toml"))?,
            people: read("people", include_str!("../script/people.toml"))?,
        })
    }
}

/// A table that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("The demo's script \"{file}\" can't be read: {why}")]
pub struct ScriptError {
    file: String,
    why: toml::de::Error,
}

fn read<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, ScriptError> {
    toml::from_str(text).map_err(|why| ScriptError {
        file: file.to_owned(),
        why,
    })
}
