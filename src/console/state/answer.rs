//! An answer to a person: what its channel asks, how much of it fits, and the
//! replies that are kept ready.
//!
//! Read while one writes and again before it is sent; the hub decides.

use super::App;
use crate::model::item::Item;
use crate::model::length::length;
use crate::model::outgoing::{Act, Canned, Outgoing, Rules, Stage};
use crate::text::SafeText;

/// Why an act can't be asked for from here, or what its channel asks.
///
/// # Errors
/// A sentence for the officer.
pub fn rules<'a>(app: &'a App, item: &Item, act: Act) -> Result<&'a Rules, String> {
    let channel = &item.content.channel;
    app.session
        .reach
        .rules(channel, act)
        .ok_or_else(|| match act {
            Act::Reply => format!("{channel} takes no replies from here."),
            _ => format!("{channel} knows no {} from here.", act.noun()),
        })
}

/// How long a text is and how long it may be, as its channel counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// As the channel counts.
    pub length: usize,
    /// The most; none when the channel sets no limit.
    pub most: Option<usize>,
    /// What is counted.
    pub unit: &'static str,
}

impl Measure {
    /// Of `text` under `rules`.
    #[must_use]
    pub fn of(text: &str, rules: &Rules) -> Self {
        Self {
            length: length(rules.count, text.trim()),
            most: rules.max_text,
            unit: rules.count.unit(),
        }
    }

    /// How much is too much.
    #[must_use]
    pub fn over(&self) -> usize {
        self.most.map_or(0, |most| self.length.saturating_sub(most))
    }

    /// "37 of 500 letters", "512 of 500 letters: 12 too many".
    #[must_use]
    pub fn says(&self) -> String {
        let Self { length, most, unit } = self;
        match (most, self.over()) {
            (None, _) => format!("{length} {unit}"),
            (Some(most), 0) => format!("{length} of {most} {unit}"),
            (Some(most), over) => format!("{length} of {most} {unit}: {over} too many"),
        }
    }
}

/// The words of mine that did not reach anybody: what an editor opens with.
#[must_use]
pub fn unsent<'i>(app: &App, item: &'i Item) -> Option<&'i Outgoing> {
    let last = item
        .outgoing
        .iter()
        .rev()
        .find(|one| one.act == Act::Reply)?;
    let mine = app.session.me() == Some(&last.by);
    let unsent = matches!(
        last.stage,
        Stage::Withdrawn { .. } | Stage::Failed { .. } | Stage::Unsure { .. }
    );
    Some(last).filter(|_| mine && (unsent || last.never_arrived()))
}

/// A kept reply with what stands in braces filled in. Names are cleaned: they
/// are strangers' words.
#[must_use]
pub fn filled(canned: &Canned, app: &App, item: &Item) -> String {
    let author = &item.content.author;
    let name = [&author.name, &author.handle]
        .into_iter()
        .find(|name| !name.is_empty());
    let name = name.map_or_else(String::new, |name| SafeText::line(name).to_string());
    let me = app.session.me().map_or("", |me| me.as_str());
    let fill = [
        ("{author}", name),
        ("{id}", item.id.to_string()),
        ("{channel}", item.content.channel.to_string()),
        ("{officer}", me.to_owned()),
    ];
    let mut text = String::new();
    let mut rest = canned.text.as_str();
    // Once through the template, so that a name with braces fills nothing in.
    while let Some((words, after)) = rest.split_once('{') {
        text += words;
        let holder = fill.iter().find_map(|(holder, value)| {
            let left = after.strip_prefix(holder.strip_prefix('{')?)?;
            Some((left, value))
        });
        if let Some((left, value)) = holder {
            text += value;
            rest = left;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text + rest
}

/// The kept replies, those in the language of the item first.
#[must_use]
pub fn canned<'a>(app: &'a App, item: &Item) -> Vec<&'a Canned> {
    let lang = item.content.lang.as_evidence().to_lowercase();
    let primary = lang.split('-').next().unwrap_or_default();
    let fits = |canned: &&Canned| {
        let own = canned.lang.as_deref().unwrap_or_default();
        !own.is_empty() && own.split('-').next() == Some(primary)
    };
    let mut all: Vec<&Canned> = app.session.canned.iter().collect();
    all.sort_by_key(|canned| !fits(canned));
    all
}
