//! What the hub read from an item's words: language, feeling, topics, urgency,
//! each with the words that it goes by. No number stands alone.

use super::{Document, Ink, Span, own};
use crate::console::action::Action;
use crate::console::keymap::Context;
use crate::console::state::App;
use crate::model::claim::{Level, Rating};
use crate::model::item::Item;
use crate::model::reading::{Reading, Sentiment, Urgency};
use crate::text::{SafeText, Untrusted};

/// Words of each that are shown.
const MOST: usize = 3;
/// A score from which on somebody should look.
const URGENT: u8 = 60;
/// A probability in percent below which a feeling is none that one could act on.
const CLEAR: u8 = 60;
/// A score below which nothing is said of it, without a rule that had a say.
const CALM: u8 = 30;

/// The answer; none for what nobody said.
pub(super) fn answer(page: &mut Document, app: &App, item: &Item) {
    reads(page, item);
    copies(page, app, item);
    claim(page, app, item);
}

/// "one of 14 copies, the first is #1042".
fn copies(page: &mut Document, app: &App, item: &Item) {
    let Some(kin) = app.floor.kin(&item.key) else {
        return;
    };
    let first = app.floor.board.item(&kin.first);
    let says = match first {
        Some(first) if first.key != item.key => {
            format!("one of {} copies, the first is {}", kin.count, first.id)
        }
        _ => format!("the first of {} copies", kin.count),
    };
    page.answer("Copy", vec![own(Ink::Text, says)]);
}

/// The claim to judge first, or the one that fits best.
fn claim(page: &mut Document, app: &App, item: &Item) {
    let claims = item.reading.as_ref().map_or(&[][..], |r| &r.claims[..]);
    let open = claims.iter().find(|one| one.is_open());
    let Some(claim) = open.or_else(|| claims.iter().find(|one| one.counts())) else {
        return;
    };
    let title = SafeText::line(&claim.claim);
    let by = SafeText::line(&claim.by).or_empty("a fact-check");
    let ink = match claim.rating {
        Rating::False => Ink::Warn,
        _ => Ink::Text,
    };
    let mut parts = vec![
        own(
            ink,
            format!("{} ({by}): \u{201c}{title}\u{201d}", claim.rating.word()),
        ),
        own(Ink::Muted, format!("it {} it", claim.stance.word())),
    ];
    let key = app.settings.keymap.first(Context::Floor, Action::Feedback);
    match (&claim.verdict, key) {
        (Some(verdict), _) => {
            parts.push(own(Ink::Good, format!("confirmed by {}", verdict.by)));
        }
        (None, Some(key)) => {
            let says = format!("{}; {key} y confirms, {key} x rejects", level(claim.level));
            parts.push(own(Ink::Muted, says));
        }
        (None, None) => parts.push(own(Ink::Muted, level(claim.level))),
    }
    page.answer("Claim", parts);
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Suggested => "suggested",
        Level::Confirmed => "sure, not judged yet",
    }
}

fn reads(page: &mut Document, item: &Item) {
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
    parts.extend(urgency(&reading.urgency));
    if reading.partly {
        parts.push(own(Ink::Muted, "only its beginning was read"));
    }
    if !parts.is_empty() {
        page.answer("Reads", parts);
    }
}

fn feeling(felt: &Sentiment) -> Span {
    let [negative, neutral, positive] = felt.percents;
    let percent = negative.max(neutral).max(positive);
    if let Some(officer) = &felt.corrected_by {
        let says = format!("{}, {officer} says", felt.feeling.word());
        return own(Ink::Text, says);
    }
    if percent < CLEAR {
        return own(Ink::Muted, "no clear feeling");
    }
    let says = format!("{} ({percent} %)", felt.feeling.word());
    own(Ink::Text, with(says, felt.words.iter().map(|word| &**word)))
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

fn urgency(urgency: &Urgency) -> Option<Span> {
    if urgency.score < CALM && urgency.reasons.is_empty() {
        return None;
    }
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
    Some(own(ink, says))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::ids::{ChannelName, DeskName};
    use crate::model::item::{Content, Kind};
    use crate::model::reading::{Feeling, Language, Reason};
    use crate::model::time::Timestamp;

    fn told(percents: [u8; 3], score: u8, rule: Option<&str>) -> String {
        let channel = ChannelName::new("town").expect("a name");
        let content = Content::new(Kind::Mention, channel, "1".into(), "x".into());
        let desk = DeskName::new("floor").expect("a name");
        let mut item = Item::new(Arc::new(content), desk, Timestamp::default());
        item.reading = Some(Arc::new(Reading {
            language: Some(
                Language {
                    code: "pt".to_owned(),
                    percent: 98,
                }
                .into(),
            ),
            sentiment: Some(Sentiment {
                feeling: Feeling::Negative,
                percents,
                corrected_by: None,
                words: vec!["vergonha".into(), "a\u{1b}[2J".into()].into(),
            }),
            urgency: Urgency {
                score,
                percent: 20,
                reasons: rule
                    .map(|rule| Reason {
                        rule: rule.to_owned(),
                        words: "faca".into(),
                    })
                    .map(Into::into)
                    .into_iter()
                    .collect(),
            },
            ..Reading::default()
        }));
        let mut page = Document::new(200);
        answer(&mut page, &App::default(), &item);
        let spans = page.lines.iter().flatten();
        spans.map(|span| span.text.to_string()).collect()
    }

    #[test]
    fn what_was_read_stands_with_its_words_and_what_is_unclear_says_so() {
        let clear = told([84, 10, 6], 71, Some("threat"));
        assert!(
            clear.contains("in pt (98 %)") && clear.contains("negative (84 %): \u{201c}vergonha")
        );
        assert!(clear.contains("urgency 71 of 100: threat (\u{201c}faca\u{201d})"));
        assert!(!clear.contains('\u{1b}'), "{clear:?}");
        let unclear = told([50, 40, 10], 12, None);
        assert!(unclear.contains("no clear feeling") && !unclear.contains("urgency"));
    }

    #[test]
    fn where_nothing_was_read_no_empty_answer_stands() {
        let channel = ChannelName::new("town").expect("a name");
        let content = Content::new(Kind::Mention, channel, "1".into(), "x".into());
        let desk = DeskName::new("floor").expect("a name");
        let mut item = Item::new(Arc::new(content), desk, Timestamp::default());
        item.reading = Some(Arc::default());
        let mut page = Document::new(80);
        answer(&mut page, &App::default(), &item);
        assert!(page.lines.is_empty());
    }
}
