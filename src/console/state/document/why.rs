//! Why an alert that the hub raised by itself was raised: rule, window, observed
//! and usual, and the score as the sum of its parts. No number stands alone.
//!
//! Owns the lines, and which posts are named with a digit that goes to them.
//! Used by `history`; what was read from a post is [`super::reasons`]'s.

use super::{Document, Ink, Span, own};
use crate::console::state::{App, words};
use crate::model::ids::ItemKey;
use crate::model::item::{Item, OnRetract};
use crate::model::time::Timestamp;
use crate::model::why::{Counted, Named, Part, Why};
use crate::text::{SafeText, Untrusted};

/// Cells of the names before their answers.
const COLUMN: usize = 11;
/// Words and languages that are named.
const MOST: usize = 8;
/// Parts of a score that are told where there is little room.
const STRONGEST: usize = 2;

/// The posts that a digit goes to, in the order of the digits.
#[must_use]
pub fn named(app: &App, item: &Item) -> Vec<ItemKey> {
    let mut keys = Vec::new();
    if let Some(why) = &item.content.why {
        keys.extend(posts(why).map(|post| post.key));
    }
    if let Some(copied) = item.reading.as_ref().and_then(|r| r.copied.as_ref()) {
        keys.push(copied.like);
    }
    if let Some(kin) = app.floor.kin(&item.key) {
        keys.push(kin.first);
    }
    let mut seen = std::collections::HashSet::from([item.key]);
    keys.retain(|key| seen.insert(*key));
    keys.truncate(9);
    keys
}

/// The digit that goes to a post.
pub(super) fn digit(app: &App, item: &Item, key: &ItemKey) -> Option<char> {
    let at = named(app, item).iter().position(|named| named == key)?;
    char::from_digit(u32::try_from(at + 1).ok()?, 10)
}

fn posts(why: &Why) -> impl Iterator<Item = &Named> {
    let first = why.first.iter();
    let others = why.top.iter();
    first.chain(others.filter(|post| why.first.as_ref().is_none_or(|f| f.key != post.key)))
}

/// "score 74 of 100: 33 surprise (…), 20 growth (…)": the two strongest parts.
pub(super) fn short(why: &Why) -> Vec<Span> {
    let mut strongest: Vec<&Part> = why.parts.iter().filter(|part| part.points > 0).collect();
    strongest.sort_by_key(|part| std::cmp::Reverse(part.points));
    let mut spans = vec![own(
        Ink::Severity(why.severity()),
        format!("{}: score {} of 100", why.rule, why.score()),
    )];
    for part in strongest.into_iter().take(STRONGEST) {
        spans.push(own(
            Ink::Text,
            format!("{} points: {}", part.points, says(part)),
        ));
    }
    spans
}

/// The lines of the page.
pub(super) fn lines(page: &mut Document, app: &App, item: &Item) {
    let Some(why) = &item.content.why else {
        return;
    };
    page.heading("Why it was raised");
    measure(page, why);
    score(page, why);
    evidence(page, app, item, why);
    common(page, why);
}

fn measure(page: &mut Document, why: &Why) {
    entry(page, "Rule", why.rule.clone());
    let posts = words::plural(usize::try_from(why.observed).unwrap_or(usize::MAX), "post");
    let window = words::plural(usize::try_from(why.minutes).unwrap_or(usize::MAX), "minute");
    entry(page, "Window", format!("{posts} in the last {window}"));
    let scatter = (why.expected + why.spread * why.expected * why.expected).sqrt();
    entry(
        page,
        "Usual",
        format!(
            "{:.1} posts at this hour of the week, give or take {scatter:.1}",
            why.expected
        ),
    );
    let learnt = format!(
        "learnt from {:.0} hours of watching, two weeks at most",
        why.baseline_hours
    );
    entry(page, "Baseline", learnt);
    if why.weeks_between > 0.0 {
        entry(page, "Chance", chance(why.weeks_between));
    }
}

fn chance(weeks: f64) -> String {
    match weeks {
        ..1.0 => "brings one like it more than once a week".to_owned(),
        1.0..100.0 => format!("brings one like it once in {weeks:.0} weeks"),
        100.0..5200.0 => format!("brings one like it once in {:.0} years", weeks / 52.0),
        _ => "brings one like it less than once in a hundred years".to_owned(),
    }
}

fn score(page: &mut Document, why: &Why) {
    let (score, severity) = (why.score(), why.severity());
    page.blank();
    page.row(vec![
        own(Ink::Title, format!("Score {score} of 100, so ")),
        own(Ink::Severity(severity), severity.word()),
    ]);
    for part in &why.parts {
        let name = own(Ink::Muted, format!("{:>4}", part.points));
        let text = SafeText::own(format!("{}: {}", clean(&part.name), says(part)));
        page.entry(6, name, Ink::Text, &text);
    }
    let sum: u32 = why.parts.iter().map(|part| u32::from(part.points)).sum();
    let most = if sum > 100 {
        format!(" The parts come to {sum}; 100 is the most.")
    } else {
        String::new()
    };
    page.say(
        Ink::Muted,
        format!(
            "The score is the sum of these points.{most} From 80 it is critical, from 60 high, \
             from 40 medium, from 20 low."
        ),
    );
}

/// The first post and those that reach furthest, each with a digit that goes to
/// it while it is on the board.
fn evidence(page: &mut Document, app: &App, item: &Item, why: &Why) {
    let all: Vec<&Named> = posts(why).collect();
    if all.is_empty() {
        return;
    }
    page.heading("First post, and those that reach furthest (a digit goes there)");
    for (nth, post) in all.into_iter().enumerate() {
        let is_first = nth == 0 && why.first.is_some();
        let label = if is_first { "first" } else { "" };
        named_post(page, app, (item, &post.key), &told(app, post, label));
    }
}

/// "first · 18:02 · town · reach 12k".
fn told(app: &App, post: &Named, label: &str) -> String {
    let mut parts = Vec::new();
    if !label.is_empty() {
        parts.push(label.to_owned());
    }
    parts.push(moment(app, post.at));
    parts.push(clean(&post.channel));
    if post.reach > 0 {
        parts.push(format!("reaches {}", words::short(post.reach)));
    }
    parts.join(" · ")
}

/// A post that is named, with its digit, number, author and words; or that it is
/// not on the board any more.
pub(super) fn named_post(
    page: &mut Document,
    app: &App,
    (item, key): (&Item, &ItemKey),
    about: &str,
) {
    let Some(post) = app.floor.board.item(key) else {
        let says = SafeText::own(format!("{about} · it left the board"));
        page.entry(3, own(Ink::Muted, "-"), Ink::Muted, &says);
        return;
    };
    let digit = digit(app, item, key).map_or("-".to_owned(), |digit| digit.to_string());
    let head = SafeText::own(format!("{} · {about}", post.id));
    page.entry(3, own(Ink::Key, digit), Ink::Text, &head);
    let gone = matches!(
        post.retracted,
        Some((_, OnRetract::Hide | OnRetract::Erase))
    );
    let room = page.width().saturating_sub(3);
    let text = if gone {
        SafeText::own("taken back by the source")
    } else {
        let handle = SafeText::line_within(&post.content.author.handle, 20).truncate(20, "…");
        let text = SafeText::line_within(&post.content.text, room);
        SafeText::own(format!("@{handle}: {text}"))
    };
    page.row(vec![
        own(Ink::Text, "   "),
        Span {
            ink: Ink::Muted,
            text: text.truncate(room, "…"),
        },
    ]);
}

/// What the posts have in common.
fn common(page: &mut Document, why: &Why) {
    if why.authors > 0 {
        page.heading("What the last posts have in common");
        let says = format!("{}, {} of them new here", why.authors, why.new_authors);
        entry(page, "Authors", says);
    }
    listed(page, "Languages", &why.languages);
    listed(page, "Channels", &why.channels);
    if !why.words.is_empty() {
        let all: Vec<String> = why
            .words
            .iter()
            .take(MOST)
            .map(|said| format!("{} {}", SafeText::line(&said.word), said.times))
            .collect();
        entry(page, "Words", all.join(", "));
    }
}

fn listed(page: &mut Document, name: &'static str, counted: &[Counted]) {
    if counted.is_empty() {
        return;
    }
    let all: Vec<String> = counted
        .iter()
        .take(MOST)
        .map(|one| format!("{} {}", clean(&one.what), one.times))
        .collect();
    entry(page, name, all.join(", "));
}

/// A name and its answer.
pub(super) fn entry(page: &mut Document, name: &'static str, says: String) {
    page.entry(
        COLUMN,
        own(Ink::Muted, name),
        Ink::Text,
        &SafeText::own(says),
    );
}

fn says(part: &Part) -> String {
    clean(&part.says)
}

fn clean(words: &str) -> String {
    SafeText::line(&Untrusted::from(words)).to_string()
}

fn moment(app: &App, at: Timestamp) -> String {
    words::moment(at, app.session.now, app.session.offset())
}
