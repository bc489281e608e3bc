//! An answer to a person: what its channel asks, how much of it fits, and the
//! replies that are kept ready.
//!
//! Read while one writes and again before it is sent; the hub decides.

use super::App;
use crate::model::claim::ClaimMatch;
use crate::model::decide::outgoing::GONE;
use crate::model::item::Item;
use crate::model::outgoing::{Act, Canned, Manner, Outgoing, Stage};
use crate::text::{SafeText, Untrusted};

/// Why an act can't be asked for from here, or what its channel asks.
///
/// # Errors
/// A sentence for the officer.
pub fn manner<'a>(app: &'a App, item: &Item, act: Act) -> Result<&'a Manner, String> {
    let channel = &item.content.channel;
    if act == Act::Reply && item.is_silenced() {
        return Err(GONE.to_owned());
    }
    app.session
        .reach
        .manner(&item.content, act)
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
    /// What the channel puts before the words, which counts with them.
    pub before: SafeText,
}

impl Measure {
    /// Of `text` to the person of `item`.
    #[must_use]
    pub fn of(text: &str, manner: &Manner, item: &Item) -> Self {
        let before = Untrusted::from(manner.before(&item.content));
        Self {
            length: manner.length(&item.content, text.trim()),
            most: manner.rules.max_text,
            unit: manner.rules.count.unit(),
            before: SafeText::line_within(&before, 40).truncate(40, "…"),
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
        let Self {
            length, most, unit, ..
        } = self;
        let with = if self.before.is_blank() {
            String::new()
        } else {
            format!(" with {}", self.before.as_str().trim_end())
        };
        match (most, self.over()) {
            (None, _) => format!("{length} {unit}{with}"),
            (Some(most), 0) => format!("{length} of {most} {unit}{with}"),
            (Some(most), over) => format!("{length} of {most} {unit}{with}: {over} too many"),
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

/// What a claim is answered with: the headline of its review and the address,
/// cleaned.
#[must_use]
pub fn correction(claim: &ClaimMatch) -> String {
    let title = SafeText::line(&claim.title);
    let url = SafeText::line(&claim.url);
    format!("{title} {url}").trim().to_owned()
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
