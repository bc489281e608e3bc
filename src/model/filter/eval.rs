//! Whether a tree holds of an item.
//!
//! Owns the meaning of every term and the order in which they are asked:
//! what costs little first, the words last. Pure; the moment and the officer
//! come in with the asker.

use std::collections::BTreeSet;

use super::ast::{Expr, Id, Needle, Term};
use super::haystack;
use super::key::Is;
use crate::model::claim::ClaimMatch;
use crate::model::ids::{OfficerId, TeamName};
use crate::model::item::{Item, Kind};
use crate::model::severity::Severity;
use crate::model::time::Timestamp;
use crate::model::triage::{Assignee, State};
use crate::text::KnownNames;

/// Who asks, and when: what `is:mine`, `age<` and `since:` go by.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    /// The moment it is.
    pub now: Timestamp,
    /// The officer; none for rules and scripts, for whom nothing is "mine".
    pub officer: Option<&'a OfficerId>,
    /// The officer's teams.
    pub teams: &'a BTreeSet<TeamName>,
    /// Minutes east of UTC of the floor's zone now, for `since:18:00`.
    pub utc_offset_minutes: i32,
    /// The names that `is:lookalike` compares authors with. None for those that
    /// have to decide alike wherever they are, such as rules: an author looks
    /// like another one to them only when a word mixes alphabets.
    pub known: Option<&'a KnownNames>,
}

/// What is asked of an item most often, small enough to be kept beside its
/// words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    kind: Kind,
    severity: Severity,
}

impl Brief {
    /// The item's.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        Self {
            kind: item.content.kind,
            severity: item.severity,
        }
    }
}

/// An item under question.
pub(super) struct Subject<'a> {
    pub(super) item: &'a Item,
    pub(super) asker: &'a Asker<'a>,
    pub(super) words: Words<'a>,
}

/// The item's folded words.
pub(super) enum Words<'a> {
    /// The caller keeps them.
    Kept(&'a str),
    /// Made when a term first asks, into a buffer that is used again.
    Made { buffer: &'a mut String, ready: bool },
}

impl Subject<'_> {
    fn words(&mut self) -> &str {
        match &mut self.words {
            Words::Kept(words) => words,
            Words::Made { buffer, ready } => {
                if !*ready {
                    buffer.clear();
                    haystack::write(self.item, buffer);
                    *ready = true;
                }
                buffer
            }
        }
    }
}

impl Expr {
    pub(super) fn holds(&self, subject: &mut Subject<'_>) -> bool {
        match self {
            Self::Term(term) => term.holds(subject),
            Self::Not(inner) => !inner.holds(subject),
            Self::All(parts) => parts.iter().all(|part| part.holds(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(subject)),
        }
    }

    /// Whether it holds of an item with these words and this brief; none when
    /// they alone do not say.
    pub(super) fn holds_of_words(&self, words: &str, brief: Brief) -> Option<bool> {
        let until = |parts: &[Self], settles: bool| {
            let mut open = false;
            for part in parts {
                match part.holds_of_words(words, brief) {
                    Some(holds) if holds == settles => return Some(settles),
                    Some(_) => {}
                    None => open = true,
                }
            }
            (!open).then_some(!settles)
        };
        match self {
            Self::Term(term) => term.holds_of_words(words, brief),
            Self::Not(inner) => inner.holds_of_words(words, brief).map(|holds| !holds),
            Self::All(parts) => until(parts, false),
            Self::Any(parts) => until(parts, true),
        }
    }

    /// The same tree with what costs little in front, so that the words are
    /// only searched where the rest leaves it open.
    pub(super) fn cheap_first(self) -> Self {
        match self {
            Self::Term(term) => Self::Term(term),
            Self::Not(inner) => Self::Not(Box::new(inner.cheap_first())),
            Self::All(parts) => Self::All(sorted(parts)),
            Self::Any(parts) => Self::Any(sorted(parts)),
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::Term(Term::Text(_)) => 100,
            Self::Term(
                Term::Region(_)
                | Term::Author(_)
                | Term::Sentiment(_)
                | Term::Topic(_)
                | Term::Claim(_),
            ) => 20,
            Self::Term(Term::Channel(_) | Term::Lang(_)) => 2,
            Self::Term(_) => 1,
            Self::Not(inner) => inner.cost(),
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .fold(1, |sum: u32, part| sum.saturating_add(part.cost())),
        }
    }
}

fn sorted(parts: Vec<Expr>) -> Vec<Expr> {
    let mut parts: Vec<Expr> = parts.into_iter().map(Expr::cheap_first).collect();
    parts.sort_by_cached_key(Expr::cost);
    parts
}

impl Term {
    fn holds_of_words(&self, words: &str, brief: Brief) -> Option<bool> {
        match self {
            Self::Text(needle) => Some(needle.is_in(words)),
            Self::Kind(kinds) => Some(kinds.contains(&brief.kind)),
            Self::Severity(list) => Some(list.contains(&brief.severity)),
            Self::SeverityBy(compare, severity) => Some(compare.holds(&brief.severity, severity)),
            _ => None,
        }
    }

    fn holds(&self, subject: &mut Subject<'_>) -> bool {
        if let Self::Text(needle) = self {
            return needle.is_in(subject.words());
        }
        let Subject { item, asker, .. } = subject;
        let content = &item.content;
        match self {
            Self::Text(_) => false,
            Self::Kind(kinds) => kinds.contains(&content.kind),
            Self::Channel(channels) => channels.contains(&content.channel),
            Self::Severity(list) => list.contains(&item.severity),
            Self::SeverityBy(compare, severity) => compare.holds(&item.severity, severity),
            Self::Is(list) => list.iter().any(|is| is.holds(item, asker)),
            Self::By(officers) => officers
                .iter()
                .any(|officer| item.triage.is_held_by(officer)),
            Self::To(names) => assigned_to(item)
                .is_some_and(|to| names.iter().any(|name| name.as_str() == assignee_name(to))),
            Self::Tag(tags) => tags.iter().any(|tag| item.triage.tags.contains(tag)),
            Self::Lang(list) => list.iter().any(|wanted| in_language(item, &wanted.key)),
            Self::Region(list) => any_in(list, content.region.as_evidence()),
            Self::Author(list) => by_author(list, item),
            Self::Desk(desks) => desks.contains(&item.desk),
            Self::Id(ids) => ids.iter().any(|id| match id {
                Id::Number(number) => item.id == *number,
                Id::Key(key) => item.key == *key,
            }),
            Self::Age(compare, span) => {
                compare.holds(&asker.now.since(item.received_at), &span.duration())
            }
            Self::Since(since) => {
                item.received_at >= since.moment(asker.now, asker.utc_offset_minutes)
            }
            Self::Topic(list) => item.reading.as_ref().is_some_and(|reading| {
                let mut topics = reading.topics.iter();
                topics.any(|topic| any_in(list, &topic.name))
            }),
            Self::Claim(list) => item.reading.as_ref().is_some_and(|reading| {
                let mut claims = reading.claims.iter().filter(|one| !one.is_rejected());
                claims.any(|one| is_claim(list, one))
            }),
            Self::Urgency(compare, score) => {
                let urgency = item.reading.as_ref().map(|reading| reading.urgency.score);
                urgency.is_some_and(|urgency| compare.holds(&urgency, score))
            }
            Self::Reach(compare, people) => {
                let reach = item.content.reach();
                reach.is_some_and(|reach| compare.holds(&reach, people))
            }
            Self::Sentiment(words) if item.reading.is_some() => {
                let felt = item.reading.as_ref().and_then(|r| r.sentiment.as_ref());
                felt.is_some_and(|felt| words.contains(&felt.feeling.word()))
            }
            Self::Sentiment(words) => content.labels.get("sentiment").is_some_and(|said| {
                let said = said.as_evidence().trim();
                words.iter().any(|word| word.eq_ignore_ascii_case(said))
            }),
        }
    }
}

impl Is {
    fn holds(self, item: &Item, asker: &Asker<'_>) -> bool {
        let triage = &item.triage;
        match self {
            Self::Unassigned => triage.is_unassigned() && item.is_open(),
            Self::Mine => asker
                .officer
                .is_some_and(|officer| triage.is_held_by(officer)),
            Self::Team => {
                matches!(assigned_to(item), Some(Assignee::Team(team)) if asker.teams.contains(team))
            }
            Self::Taken => matches!(triage.state, State::Taken { .. }),
            Self::Assigned => matches!(triage.state, State::Assigned { .. }),
            Self::Acknowledged => matches!(triage.state, State::Acknowledged { .. }),
            Self::New => matches!(triage.state, State::New),
            Self::Snoozed => triage.snooze.is_some(),
            Self::Overdue => {
                item.is_open() && item.clocks.next_due().is_some_and(|due| due <= asker.now)
            }
            Self::Escalated => triage.level > 0,
            Self::Returned => triage.returned.is_some(),
            Self::Retracted => item.retracted.is_some(),
            Self::Edited => item.edited_at.is_some(),
            Self::Lookalike => is_lookalike(item, asker.known),
            Self::Copy => {
                let read = item.reading.as_ref();
                read.is_some_and(|read| read.copied.is_some())
            }
            Self::Claimed => {
                let read = item.reading.as_ref();
                read.is_some_and(|read| read.claims.iter().any(ClaimMatch::is_open))
            }
            Self::Suppressed => triage.suppressed_by.is_some(),
            Self::Merged => triage.merged_into.is_some(),
            Self::Open => item.is_open(),
            Self::Closed => !item.is_open(),
        }
    }
}

fn is_lookalike(item: &Item, known: Option<&KnownNames>) -> bool {
    let author = &item.content.author;
    let found = match known {
        Some(known) => known.of_author(&author.name, &author.handle),
        None => KnownNames::default().of_author(&author.name, &author.handle),
    };
    found.is_some()
}

fn assigned_to(item: &Item) -> Option<&Assignee> {
    match &item.triage.state {
        State::Assigned { to, .. } => Some(to),
        _ => None,
    }
}

fn assignee_name(to: &Assignee) -> &str {
    match to {
        Assignee::Officer(officer) => officer.as_str(),
        Assignee::Team(team) => team.as_str(),
    }
}

/// Whether an item is in `wanted`: by its own words, and by what the channel
/// claims where they don't tell otherwise.
fn in_language(item: &Item, wanted: &str) -> bool {
    let said = item.content.lang.as_evidence();
    let read = item.reading.as_ref().and_then(|r| r.language.as_ref());
    let read = read.map(|language| language.code.as_str());
    read.is_some_and(|read| speaks(read, wanted))
        || (read.is_none_or(|read| speaks(said, read)) && speaks(said, wanted))
}

/// Whether `lang` is `wanted` or a variety of it: "pt-BR" is "pt". Channels
/// write "pt" with an underscore too.
fn speaks(lang: &str, wanted: &str) -> bool {
    let plain = |b: u8| {
        if b == b'_' {
            b'-'
        } else {
            b.to_ascii_lowercase()
        }
    };
    let mut said = lang.bytes();
    wanted
        .bytes()
        .all(|b| said.next().is_some_and(|a| plain(a) == plain(b)))
        && matches!(said.next(), None | Some(b'-' | b'_'))
}

/// Whether a claim is one of `wanted`: by its id, its words, or its review's.
fn is_claim(wanted: &[Needle], claim: &ClaimMatch) -> bool {
    wanted.iter().any(|needle| needle.key == "any")
        || [&claim.id, &claim.claim, &claim.title, &claim.by]
            .into_iter()
            .any(|words| any_in(wanted, words.as_evidence()))
}

fn any_in(needles: &[Needle], field: &str) -> bool {
    needles
        .iter()
        .any(|needle| haystack::holds(field, &needle.key))
}

fn by_author(needles: &[Needle], item: &Item) -> bool {
    let author = &item.content.author;
    needles.iter().any(|needle| {
        let bare = needle.key.strip_prefix('@').unwrap_or(&needle.key);
        haystack::holds(author.name.as_evidence(), &needle.key)
            || haystack::holds(author.handle.as_evidence(), bare)
            || author.id.as_evidence() == needle.text
    })
}
