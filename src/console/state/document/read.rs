//! What the hub read from an item's words: language, feeling, topics, urgency,
//! each with the words that it goes by. No number stands alone.

use super::{Document, Ink, Span, own};
use crate::model::item::Item;
use crate::model::reading::{Reading, Sentiment, Urgency};
use crate::text::{SafeText, Untrusted};

/// Words of each that are shown.
const MOST: usize = 3;
/// A score from which on somebody should look.
const URGENT: u8 = 60;

/// The answer; none for what nobody said.
pub(super) fn answer(page: &mut Document, item: &Item) {
    let Some(reading) = &item.reading else {
        return;
    };
    let mut parts = Vec::new();
    if let Some(language) = &reading.language {
        let code = SafeText::line(&Untrusted::from(language.code.as_str()));
        let says = format!("in {code} ({} %)", language.percent);
        parts.push(own(Ink::Muted, says));
    }
    parts.extend(reading.sentiment.as_ref().map(feeling));
    parts.extend(topics(reading));
    parts.push(urgency(&reading.urgency));
    if reading.partly {
        parts.push(own(Ink::Muted, "only its beginning was read"));
    }
    page.answer("Reads", parts);
}

fn feeling(felt: &Sentiment) -> Span {
    let [negative, neutral, positive] = felt.percents;
    let percent = negative.max(neutral).max(positive);
    let says = format!("{} ({percent} %)", felt.feeling.word());
    own(Ink::Text, with(says, felt.words.iter()))
}

fn topics(reading: &Reading) -> Option<Span> {
    let names: Vec<String> = reading
        .topics
        .iter()
        .take(MOST)
        .map(|topic| SafeText::line(&Untrusted::from(topic.name.as_str())).to_string())
        .collect();
    (!names.is_empty()).then(|| own(Ink::Text, format!("about {}", names.join(", "))))
}

fn urgency(urgency: &Urgency) -> Span {
    let ink = if urgency.score >= URGENT {
        Ink::Warn
    } else {
        Ink::Text
    };
    let rules = urgency.reasons.iter().take(MOST).map(|reason| {
        let rule = SafeText::line(&Untrusted::from(reason.rule.as_str()));
        format!("{rule} (\u{201c}{}\u{201d})", SafeText::line(&reason.words))
    });
    let mut rules: Vec<String> = rules.collect();
    if rules.is_empty() {
        rules.push(format!(
            "the model finds a crisis {} % likely",
            urgency.percent
        ));
    }
    let says = format!("urgency {} of 100: {}", urgency.score, rules.join(", "));
    own(ink, says)
}

/// A statement with the words that it goes by.
fn with<'a>(says: String, words: impl Iterator<Item = &'a Untrusted>) -> String {
    let words: Vec<String> = words
        .take(MOST)
        .map(|word| format!("\u{201c}{}\u{201d}", SafeText::line(word)))
        .collect();
    if words.is_empty() {
        says
    } else {
        format!("{says}: {}", words.join(" "))
    }
}
