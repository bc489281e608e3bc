//! What makes a post urgent, said in words: rules with names, in six languages.
//!
//! Owns the rules (`rules.toml`, built in) and which of them a post fulfils. What
//! they come to is `urgency`. Called by it, for reading and for learning.

use serde::Deserialize;

use super::phrase::{Found, Phrases};
use super::token::Tokens;

/// The most rules there may be: a post's rules are bits of a word.
const MOST: usize = 32;

/// The rules, ready to be looked for.
#[derive(Debug)]
pub struct Rules {
    list: Vec<Rule>,
    phrases: Phrases,
}

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, as officers read it.
    pub name: String,
    /// The least urgency of a post that fulfils it.
    pub floor: u8,
    /// Its words count for no other rule.
    #[serde(default)]
    calms: bool,
    /// Its floor holds only beside one of these.
    #[serde(default)]
    with: Vec<String>,
    terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

/// A rule that a post fulfils, with the words that say so.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The rule, by its place.
    pub rule: usize,
    /// Where.
    pub found: Found,
}

impl Rules {
    /// The rules that are built in.
    ///
    /// # Panics
    /// Never: they are part of the program, and a test reads them.
    #[must_use]
    pub fn built_in() -> Self {
        Self::read(include_str!("rules.toml")).expect("the built-in rules are good TOML (tested)")
    }

    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let list = toml::from_str::<File>(text)?.rule;
        let mut phrases = Phrases::default();
        for (number, rule) in list.iter().enumerate().take(MOST) {
            for term in &rule.terms {
                phrases.add(term, number as u32);
            }
        }
        Ok(Self { list, phrases })
    }

    /// Rule `at`.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&Rule> {
        self.list.get(at)
    }

    /// The rules that `tokens` fulfil, one hit each, into `hits`.
    pub fn find(&self, tokens: &Tokens, hits: &mut Vec<Hit>) {
        hits.clear();
        self.phrases.find(tokens, &mut |found| {
            let rule = found.term as usize;
            hits.push(Hit { rule, found });
        });
        let calms = |hit: &Hit| self.list.get(hit.rule).is_some_and(|rule| rule.calms);
        let calm: Vec<Found> = hits
            .iter()
            .filter(|hit| calms(hit))
            .map(|hit| hit.found)
            .collect();
        hits.retain(|hit| {
            !calms(hit)
                && !calm
                    .iter()
                    .any(|calm| hit.found.first <= calm.last && hit.found.last >= calm.first)
        });
        hits.sort_by_key(|hit| (hit.rule, hit.found.first));
        hits.dedup_by_key(|hit| hit.rule);
    }

    /// The least urgency that `hits` call for.
    #[must_use]
    pub fn floor(&self, hits: &[Hit]) -> u8 {
        let rules = || hits.iter().filter_map(|hit| self.list.get(hit.rule));
        let floors = rules().filter(|rule| {
            rule.with.is_empty() || rules().any(|other| rule.with.contains(&other.name))
        });
        floors.map(|rule| rule.floor).max().unwrap_or(0)
    }
}
