//! Where the labelled sets lie below the data folder, and how they are put
//! together. A set that is not there is left out; what is missing is told by
//! whoever learns from nothing.

use std::collections::HashSet;

use crate::insight::corpus::{self, Labelled};

/// Gives a file's text by its path below the data folder.
pub type Shelf<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The languages that sentiment is taught in, with their folders; their place is
/// their number for the model.
pub const FEELING: [(&str, &str); 5] = [
    ("en", "english"),
    ("ar", "arabic"),
    ("pt", "portuguese"),
    ("es", "spanish"),
    ("fr", "french"),
];

const SEMEVAL: [&str; 11] = [
    "2013train",
    "2013dev",
    "2013test",
    "2014test",
    "2014sarcasm",
    "2015train",
    "2015test",
    "2016train",
    "2016dev",
    "2016devtest",
    "2016test",
];

/// Crises with their folders. Those of one event are one crisis.
const CRISES: [(&str, &str); 16] = [
    ("crisislexT26", "2012_Colorado_wildfires"),
    ("crisislexT26", "2012_Guatemala_earthquake"),
    ("crisislexT26", "2012_Philipinnes_floods"),
    ("crisislexT26", "2012_Venezuela_refinery"),
    ("crisislexT26", "2013_Australia_bushfire"),
    ("crisislexT26", "2013_Boston_bombings"),
    ("crisislexT26", "2013_Colorado_floods"),
    ("crisislexT26", "2013_LA_airport_shootings"),
    ("crisislexT26", "2013_Manila_floods"),
    ("crisislexT26", "2013_Queensland_floods"),
    ("crisislexT26", "2013_Sardinia_floods"),
    ("crisislexT26", "2013_Singapore_haze"),
    ("crisislexT26", "2013_Typhoon_Yolanda"),
    ("crisislexT6", "2012_Sandy_Hurricane"),
    ("crisislexT6", "2013_Boston_Bombings"),
    ("crisislexT6", "2013_Queensland_Floods"),
];

/// A text with its feeling.
#[derive(Clone, Debug)]
pub struct Feeling {
    /// The text and 0 negative, 1 neutral, 2 positive.
    pub text: Labelled,
    /// The place of its language in [`FEELING`].
    pub language: usize,
    /// Which set it is of.
    pub set: &'static str,
}

/// Every text with a feeling, once in each language.
#[must_use]
pub fn feelings(shelf: Shelf<'_>) -> Vec<Feeling> {
    let mut all = Vec::new();
    let mut add = |texts: Vec<Labelled>, language, set| {
        all.extend(texts.into_iter().map(|text| Feeling {
            text,
            language,
            set,
        }));
    };
    for (language, (_, folder)) in FEELING.iter().enumerate() {
        for part in ["train", "val"] {
            let file =
                |what| shelf(&format!("umsab/{folder}/{part}_{what}.txt")).unwrap_or_default();
            add(
                corpus::line_by_line(&file("text"), &file("labels")),
                language,
                "umsab",
            );
        }
    }
    for name in SEMEVAL {
        let file = shelf(&format!("semeval2013-2016/twitter-{name}-A.tsv"));
        let set = if name == "2016test" {
            "semeval-2016"
        } else {
            "semeval"
        };
        add(corpus::semeval(&file.unwrap_or_default()), 0, set);
    }
    let file = shelf("arsarcasm-v2/training_data.csv").unwrap_or_default();
    add(corpus::arsarcasm(&file), 1, "arsarcasm");
    let mut met = HashSet::new();
    all.retain(|one| met.insert((one.language, essence(&one.text.text))));
    all
}

/// What makes two texts the same one: its letters, without names and addresses.
fn essence(text: &str) -> String {
    let words = text.split_whitespace();
    let own = words.filter(|word| !word.starts_with('@') && !word.starts_with("http"));
    own.flat_map(str::chars)
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A post of a crisis.
#[derive(Clone, Debug)]
pub struct Post {
    /// The words.
    pub text: String,
    /// 0 of something else, 1 about it, 2 tells something of use.
    pub grade: u8,
    /// Which crisis.
    pub crisis: usize,
    /// Which file.
    pub file: usize,
}

/// All posts of crises, and the names of the files.
#[must_use]
pub fn crises(shelf: Shelf<'_>) -> (Vec<Post>, Vec<String>) {
    let mut posts = Vec::new();
    let mut events: Vec<String> = Vec::new();
    for (file, (set, name)) in CRISES.iter().enumerate() {
        let ending = if *set == "crisislexT6" {
            "ontopic_offtopic"
        } else {
            "tweets_labeled"
        };
        let text = shelf(&format!("{set}/{name}/{name}-{ending}.csv")).unwrap_or_default();
        let event = name.to_lowercase();
        let crisis = events
            .iter()
            .position(|known| *known == event)
            .unwrap_or(events.len());
        if crisis == events.len() {
            events.push(event);
        }
        posts.extend(
            corpus::crisis(&text)
                .into_iter()
                .filter_map(|(text, word)| {
                    let grade = match word.as_str() {
                        "Related and informative" | "on-topic" => 2,
                        "Related - but not informative" => 1,
                        "Not related" | "off-topic" => 0,
                        _ => return None,
                    };
                    Some(Post {
                        text,
                        grade,
                        crisis,
                        file,
                    })
                }),
        );
    }
    let names = CRISES
        .iter()
        .map(|(set, name)| format!("{set} {name}"))
        .collect();
    (posts, names)
}
