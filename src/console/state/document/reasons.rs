//! What the hub read from a post, whole: every figure with what it goes by, and
//! what officers said of it.
//!
//! The short form on an open item is [`super::read`]'s. Used by `history`.

use super::why::{entry, named_post};
use super::{Document, Ink, own};
use crate::console::state::{App, words};
use crate::model::claim::{ClaimMatch, Level};
use crate::model::item::Item;
use crate::model::reading::{Reading, Sentiment, Urgency};
use crate::text::{SafeText, Untrusted};

/// The lines; none of an item that nothing was read from.
pub(super) fn lines(page: &mut Document, app: &App, item: &Item) {
    let Some(reading) = item.reading.as_deref() else {
        return;
    };
    if *reading == Reading::default() {
        return;
    }
    page.heading("What was read from its words");
    match &reading.language {
        Some(language) => {
            let says = format!("{}, {} % likely", clean(&language.code), language.percent);
            entry(page, "Language", says);
        }
        None => entry(page, "Language", "can't be told".to_owned()),
    }
    if let Some(felt) = &reading.sentiment {
        entry(page, "Feeling", feeling(felt));
    }
    for topic in &reading.topics {
        let says = format!("{}, by {}", clean(&topic.name), quoted([&topic.words]));
        entry(page, "Topic", says);
    }
    entry(page, "Urgency", urgency(&reading.urgency));
    if reading.partly {
        entry(page, "Partly", "only its beginning was read".to_owned());
    }
    if !reading.model.is_empty() {
        let says = format!("version {} of models and topics", clean(&reading.model));
        entry(page, "Read by", says);
    }
    for claim in &reading.claims {
        claimed(page, app, claim);
    }
}

/// Whose copy it is; nothing of what has no copy here.
pub(super) fn copies(page: &mut Document, app: &App, item: &Item) {
    let copied = item.reading.as_ref().and_then(|r| r.copied.as_ref());
    let kin = app.floor.kin(&item.key);
    if copied.is_none() && kin.is_none() {
        return;
    }
    page.heading("Copies of one text");
    if let Some(kin) = kin {
        let says = format!("{} of them on this board", kin.count);
        page.say(Ink::Text, says);
        if kin.first == item.key {
            page.say(Ink::Text, "It is the first of them here.");
        } else {
            named_post(page, app, (item, &kin.first), "the first here");
        }
    }
    if let Some(copied) = copied {
        let about = format!("most like it: both share {} %", copied.percent);
        let is_first = kin.is_some_and(|kin| kin.first == copied.like);
        if is_first {
            let says = format!("It shares {} % with the first.", copied.percent);
            page.say(Ink::Text, says);
        } else {
            named_post(page, app, (item, &copied.like), &about);
        }
    }
}

fn feeling(felt: &Sentiment) -> String {
    let [negative, neutral, positive] = felt.percents;
    let by = if felt.words.is_empty() {
        String::new()
    } else {
        format!(", by {}", quoted(felt.words.iter().map(|word| &**word)))
    };
    let read = format!("negative {negative} %, neutral {neutral} %, positive {positive} %{by}");
    match &felt.corrected_by {
        Some(officer) => format!("{}: {officer} says so; read as {read}", felt.feeling.word()),
        None => format!("{}: {read}", felt.feeling.word()),
    }
}

fn urgency(urgency: &Urgency) -> String {
    let model = format!(
        "the model finds a crisis {} % likely, which is {} points",
        urgency.percent, urgency.percent
    );
    let rules: Vec<String> = urgency
        .reasons
        .iter()
        .map(|reason| format!("{} by {}", clean(&reason.rule), quoted([&reason.words])))
        .collect();
    let rules = match (rules.is_empty(), urgency.score > urgency.percent) {
        (true, _) => String::new(),
        (false, true) => format!(
            "; a rule asks for more: {}, and a tenth of the model's points on top",
            rules.join(", ")
        ),
        (false, false) => format!("; rules that ask for no more: {}", rules.join(", ")),
    };
    format!("{} of 100: {model}{rules}", urgency.score)
}

fn claimed(page: &mut Document, app: &App, claim: &ClaimMatch) {
    page.heading(format!(
        "It {} a claim that is {}",
        claim.stance.word(),
        claim.rating.word()
    ));
    page.words(0, Ink::Text, &claim.claim);
    let by = SafeText::line(&claim.by).or_empty("no name given");
    let title = SafeText::line(&claim.title).or_empty("no title given");
    entry(page, "Review", format!("{title}, by {by}"));
    if !claim.url.is_empty() {
        let url = SafeText::line(&claim.url);
        page.entry(11, own(Ink::Muted, "Link"), Ink::Text, &url);
    }
    let sure = match claim.level {
        Level::Suggested => "suggested: about one in two of these is right",
        Level::Confirmed => "sure: nineteen in twenty of these are right",
    };
    entry(page, "Match", sure.to_owned());
    if let Some(near) = claim.near {
        let says = format!("{near} % by the encoder (100 says the same, 0 has nothing in common)");
        entry(page, "Meaning", says);
    }
    entry(
        page,
        "Fit",
        format!(
            "the post holds {} % of what makes the claim; score {} (no upper end, more fits \
             better), {} % ahead of the next claim",
            claim.held, claim.score, claim.lead
        ),
    );
    let verdict = claim.verdict.as_ref().map_or_else(
        || "nobody has judged it yet".to_owned(),
        |verdict| {
            let at = words::moment(verdict.at, app.session.now, app.session.offset());
            let does = if verdict.fits {
                "confirmed"
            } else {
                "rejected"
            };
            format!("{does} by {} at {at}", verdict.by)
        },
    );
    entry(page, "Verdict", verdict);
}

fn quoted<'a>(words: impl IntoIterator<Item = &'a Untrusted>) -> String {
    let all: Vec<String> = words
        .into_iter()
        .map(|word| format!("\u{201c}{}\u{201d}", SafeText::line(word)))
        .collect();
    all.join(" ")
}

fn clean(words: &str) -> String {
    SafeText::line(&Untrusted::from(words)).to_string()
}
