//! What a post is about: the operators' own topics and entities, by their names.
//!
//! Owns gazetteers (TOML) and what of them a post names. A gazetteer is written as
//!
//! ```toml
//! [[topic]]
//! name = "water"
//! aliases = ["water main", "burst pipe*", "انقطاع المياه"]
//! not = ["water colour"]
//! ```
//!
//! A name is found by its words, whatever their case, accents or Arabic spelling,
//! also as a hashtag; "*" stands for any ending; `not` takes words away. Called by
//! `reading`; the command line and the hub read the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::Spanned;

use super::phrase::{Found, Phrases};
use super::token::Tokens;

/// The most topics there may be, and the most aliases of all of them.
const MOST_TOPICS: usize = 10_000;
/// A post is given at most so many topics.
const MOST_FOUND: usize = 16;
/// Marks a term that takes words away.
const NOT: u32 = 1 << 31;

/// What is wrong with a gazetteer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {says}", path.display())]
pub struct GazetteerError {
    /// Which file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// A sentence.
    pub says: String,
}

/// Topics, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    names: Vec<String>,
    phrases: Phrases,
    sources: Sha256,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    topic: Vec<Spanned<Entry>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    #[serde(default)]
    aliases: Vec<Spanned<String>>,
    #[serde(default)]
    not: Vec<Spanned<String>>,
}

impl Topics {
    /// Adds the topics of the gazetteer `text`, read from `path`.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line; nothing is added then.
    pub fn add(&mut self, path: &Path, text: &str) -> Result<(), GazetteerError> {
        let at = |start: usize, says: String| GazetteerError {
            path: path.to_owned(),
            line: 1 + text
                .bytes()
                .take(start)
                .filter(|byte| *byte == b'\n')
                .count(),
            says,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let first = error
                .message()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            at(start, format!("This is no gazetteer: {first}."))
        })?;
        let mut fresh = self.clone();
        let mut met: BTreeMap<String, usize> = BTreeMap::new();
        for topic in &file.topic {
            let entry = topic.get_ref();
            let name = entry.name.get_ref().trim();
            let start = entry.name.span().start;
            if name.is_empty() {
                return Err(at(start, "A topic has to have a name.".to_owned()));
            }
            if met.insert(name.to_owned(), start).is_some() || self.names.iter().any(|n| n == name)
            {
                return Err(at(
                    start,
                    format!("The topic {name:?} is there twice; put their aliases together."),
                ));
            }
            if fresh.names.len() >= MOST_TOPICS {
                return Err(at(
                    start,
                    format!("There are more than {MOST_TOPICS} topics; leave some out."),
                ));
            }
            fresh
                .enter(entry)
                .map_err(|(start, says)| at(start, says))?;
        }
        fresh.sources.update(text.as_bytes());
        *self = fresh;
        Ok(())
    }

    fn enter(&mut self, entry: &Entry) -> Result<(), (usize, String)> {
        let number = self.names.len() as u32;
        self.names.push(entry.name.get_ref().trim().to_owned());
        let names = std::iter::once(&entry.name)
            .chain(&entry.aliases)
            .map(|alias| (alias, number));
        let nots = entry.not.iter().map(|not| (not, number | NOT));
        for (term, number) in names.chain(nots) {
            if !self.phrases.add(term.get_ref(), number) {
                let says = format!("{:?} has no word that could be found.", term.get_ref());
                return Err((term.span().start, says));
            }
        }
        Ok(())
    }

    /// How many topics there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Names the gazetteers that were read: the first eight digits of their hash.
    #[must_use]
    pub fn version(&self) -> String {
        super::table::version(&self.sources.clone().finalize())
    }

    /// The topics that `tokens` name, each once, where it is named first.
    #[must_use]
    pub fn find(&self, tokens: &Tokens) -> Vec<(&str, Found)> {
        if self.is_empty() {
            return Vec::new();
        }
        let (mut named, mut nots) = (Vec::new(), Vec::new());
        self.phrases.find(tokens, &mut |found| {
            if found.term & NOT == 0 {
                named.push(found);
            } else {
                nots.push(found);
            }
        });
        named.retain(|found: &Found| {
            !nots.iter().any(|not: &Found| {
                not.term == found.term | NOT && not.first <= found.last && not.last >= found.first
            })
        });
        // The longest of what begins at one place is what is meant.
        named.sort_by_key(|found| (found.first, std::cmp::Reverse(found.last)));
        let mut topics: Vec<(&str, Found)> = Vec::new();
        for found in named {
            let Some(name) = self.names.get(found.term as usize) else {
                continue;
            };
            if topics.len() < MOST_FOUND && !topics.iter().any(|(known, _)| known == name) {
                topics.push((name, found));
            }
        }
        topics
    }
}
