//! Reads a post: the one way in for the hub.
//!
//! Owns [`Insight`], which holds the models and the operators' topics, and the order
//! in which a post is read: cut up once, hashed once, looked up in each model. The
//! work is bounded by the first [`MOST_BYTES`](super::token::MOST_BYTES) of a text.

use std::sync::Arc;

use thin_vec::ThinVec;

use super::encoder::Encoder;
use super::feature::features;
use super::function_word::tells_nothing;
use super::language::{self, Told};
use super::phrase::Found;
use super::rule::{Hit, Rules};
use super::sentiment;
use super::stacked::{self, Stacked};
use super::table::{ModelError, Table, version};
use super::token::{Kind, Tokens};
use super::topic::Topics;
use super::urgency;
use crate::model::item::Content;
use crate::model::reading::{Feeling, Language, Reading, Reason, Sentiment, Topic, Urgency};

use crate::model::shared::Shared;
use crate::text::Untrusted;

const LANGUAGE: &[u8] = include_bytes!("weights/language.bin");
const SENTIMENT: &[u8] = include_bytes!("weights/sentiment.bin");
const URGENCY: &[u8] = include_bytes!("weights/urgency.bin");
const STACKED: &[u8] = include_bytes!("weights/stacked.bin");

/// Languages that sentiment knows, by their number.
const FELT: [&str; 5] = ["en", "ar", "pt", "es", "fr"];
/// For all others.
const UNFELT: u64 = 9;
/// Words of a post that are kept as a reason, in characters.
const MOST_WORDS: usize = 80;

/// The models and the topics.
#[derive(Debug)]
pub struct Insight {
    language: Table,
    sentiment: Table,
    urgency: Table,
    rules: Rules,
    topics: Topics,
    /// What a post means, where an operator added an encoder.
    meant: Option<(Arc<Encoder>, Stacked)>,
    version: String,
}

impl Insight {
    /// The models that are built in, with the operators' `topics`.
    ///
    /// # Errors
    /// A model that is damaged.
    pub fn new(topics: Topics) -> Result<Self, ModelError> {
        let version = [
            version(LANGUAGE),
            version(SENTIMENT),
            version(URGENCY),
            topics.version(),
        ];
        Ok(Self {
            language: Table::unpack("language", LANGUAGE)?,
            sentiment: Table::unpack("sentiment", SENTIMENT)?,
            urgency: Table::unpack("urgency", URGENCY)?,
            rules: Rules::built_in(),
            topics,
            meant: None,
            version: version.join("-"),
        })
    }

    /// Asks `encoder` too, for how posts feel whose words leave it open.
    ///
    /// # Errors
    /// A model that is damaged.
    pub fn encode_with(mut self, encoder: Arc<Encoder>) -> Result<Self, ModelError> {
        self.meant = Some((encoder, Stacked::unpack("stacked", STACKED)?));
        self.version = format!("{}-{}", self.version, version(STACKED));
        Ok(self)
    }

    /// Which models and topics these are.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The language of `text` alone.
    #[must_use]
    pub fn language(&self, text: &str) -> Option<Told> {
        language::tell(&self.language, text)
    }

    /// Reads `text`. `hint` is the language that the channel says it is in: it is
    /// believed where the text itself does not tell.
    #[must_use]
    pub fn read(&self, text: &str, hint: Option<&str>) -> Reading {
        let mut tokens = Tokens::default();
        tokens.fill(text);
        let told = self.language(text);
        let code = told.map(|told| told.code).or(hint);
        let mut hits = Vec::new();
        self.rules.find(&tokens, &mut hits);
        let said = Words {
            text,
            tokens: &tokens,
        };
        let (felt, urgent) = self.weigh(&said, code, &hits);
        Reading {
            model: self.version.clone().into(),
            language: language_of(told, hint).map(Shared::from),
            sentiment: felt.map(|(felt, drivers)| said.sentiment(&felt, &drivers)),
            topics: self
                .topics
                .find(&tokens)
                .into_iter()
                .map(|topic| said.topic(topic).into())
                .collect(),
            urgency: self.urgency_of(urgent, &hits, &said),
            copied: None,
            claims: ThinVec::new(),
            partly: tokens.cut,
        }
    }

    /// Reads what somebody said: headline and words, with the language that the
    /// channel claims.
    #[must_use]
    pub fn read_content(&self, content: &Content) -> Reading {
        let lang = content.lang.as_evidence();
        let code = lang.split(['-', '_']).next().unwrap_or_default();
        let code = code.to_ascii_lowercase();
        let hint = (!code.is_empty()).then_some(code.as_str());
        let (title, text) = (content.title.as_evidence(), content.text.as_evidence());
        if title.is_empty() {
            self.read(text, hint)
        } else {
            self.read(&format!("{title}\n{text}"), hint)
        }
    }

    /// One pass over the features, for both tables.
    fn weigh(
        &self,
        said: &Words<'_>,
        code: Option<&str>,
        hits: &[Hit],
    ) -> (Option<(sentiment::Felt, Vec<usize>)>, f32) {
        let tokens = said.tokens;
        let place = FELT.iter().position(|known| Some(*known) == code);
        let number = place.map_or(UNFELT, |number| number as u64);
        let mut feeling = sentiment::Sums::of(tokens.list.len());
        let mut matter = urgency::Sums::default();
        features(tokens, number, &mut |feature| {
            feeling.add(&self.sentiment, &feature);
            if feature.matter {
                matter.add(&self.urgency, feature.row(urgency::BITS));
            }
        });
        matter.add_hits(&self.urgency, hits);
        let says = |kind| matches!(kind, Kind::Word | Kind::Tag | Kind::Emoji | Kind::Face);
        let felt = tokens.list.iter().any(|token| says(token.kind));
        if !felt {
            return (None, 0.0);
        }
        let felt = feeling.felt(&self.sentiment);
        let felt = self.meant(said.text, place, &felt).unwrap_or(felt);
        let word = |at: usize| tokens.list.get(at).map(|token| tokens.of(token));
        let tells = |at| word(at).is_some_and(|letters| !tells_nothing(letters));
        let drivers = feeling.drivers(felt.class, tells);
        (Some((felt, drivers)), matter.probability(&self.urgency))
    }

    /// How a post feels by what it means too, where its words leave that open.
    fn meant(
        &self,
        text: &str,
        language: Option<usize>,
        felt: &sentiment::Felt,
    ) -> Option<sentiment::Felt> {
        let (encoder, stacked) = self.meant.as_ref()?;
        if !stacked::is_unsure(felt) {
            return None;
        }
        let meaning = encoder.numbers(text)?;
        stacked.felt(&stacked::numbers(felt, language, &meaning))
    }

    fn urgency_of(&self, probability: f32, hits: &[Hit], said: &Words<'_>) -> Urgency {
        let reasons = hits.iter().filter_map(|hit| {
            Some(Reason {
                rule: self.rules.get(hit.rule)?.name.clone(),
                words: said.found(hit.found),
            })
        });
        Urgency {
            score: urgency::urgency(probability, &self.rules, hits),
            percent: percent(probability),
            reasons: reasons.map(Shared::from).collect(),
        }
    }
}

fn language_of(told: Option<Told>, hint: Option<&str>) -> Option<Language> {
    let hinted = || {
        hint.map(|code| Language {
            code: code.to_owned(),
            percent: 50,
        })
    };
    let own = told.map(|told| Language {
        code: told.code.to_owned(),
        percent: percent(told.probability),
    });
    own.or_else(hinted)
}

fn percent(probability: f32) -> u8 {
    (probability * 100.0).round().clamp(0.0, 100.0) as u8
}

/// A post's own words, for reasons.
struct Words<'a> {
    text: &'a str,
    tokens: &'a Tokens,
}

impl Words<'_> {
    fn found(&self, found: Found) -> Untrusted {
        let list = &self.tokens.list;
        let from = list.get(found.first).map_or(0, |token| token.from as usize);
        let to = list.get(found.last).map_or(from, |token| token.to as usize);
        let words = self.text.get(from..to).unwrap_or_default();
        Untrusted::new(words.chars().take(MOST_WORDS).collect::<String>())
    }

    fn sentiment(&self, felt: &sentiment::Felt, drivers: &[usize]) -> Sentiment {
        let words = drivers.iter().map(|at| {
            self.found(Found {
                term: 0,
                first: *at,
                last: *at,
            })
        });
        Sentiment {
            feeling: match felt.class {
                0 => Feeling::Negative,
                1 => Feeling::Neutral,
                _ => Feeling::Positive,
            },
            percents: felt.probabilities.map(percent),
            words: words
                .filter(|words| !words.is_empty())
                .map(Shared::from)
                .collect(),
            corrected_by: None,
        }
    }

    fn topic(&self, (name, found): (&str, Found)) -> Topic {
        Topic {
            name: name.to_owned(),
            words: self.found(found),
        }
    }
}
