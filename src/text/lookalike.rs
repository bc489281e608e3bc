//! Names and hosts that pass for ones the floor knows.
//!
//! Owns [`KnownNames`] and what counts as a likeness: the same skeleton
//! (UTS #39) under another name, the operator's own name used by a stranger, a
//! word that mixes alphabets. A likeness informs the officer and decides
//! nothing. Called by rows, pages and the filter.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::UnicodeScript;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};

use super::class::{self, Kind};
use super::untrusted::Untrusted;

/// Names of officers, teams and desks shorter than this resemble too much.
const SHORTEST: usize = 4;

/// A longer one, in bytes without what is hidden, is nobody's name.
const LONGEST: usize = 256;

/// Characters of a name that are read: hidden ones may be strewn in.
const READ: usize = 4096;

/// What a name or host was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is written almost like this one, and is another.
    LooksLike(String),
    /// It goes by the operator's own name, under another handle.
    Uses(String),
    /// A word of it mixes letters of these scripts.
    Mixes(&'static str, &'static str),
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LooksLike(known) => write!(f, "looks like {known}"),
            Self::Uses(known) => write!(f, "uses the name {known}"),
            Self::Mixes(one, other) => write!(f, "mixes {one} and {other} letters"),
        }
    }
}

/// Whose name it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// An account of the operator's own.
    Own,
    /// An officer, team or desk.
    Roster,
}

/// The names and hosts that the floor knows.
#[derive(Clone, Debug, Default)]
pub struct KnownNames {
    /// By skeleton, as the operator writes them.
    names: BTreeMap<String, Vec<(String, Whose)>>,
    /// By skeleton, in ASCII and lower case.
    hosts: BTreeMap<String, String>,
}

impl KnownNames {
    /// Knows an account of the operator's own: "City Hall", "@cityhall",
    /// "@cityhall@social.example".
    pub fn know_account(&mut self, name: &str) {
        self.know(name, Whose::Own);
    }

    /// Knows an officer, a team or a desk.
    pub fn know_roster(&mut self, name: &str) {
        if name.chars().count() >= SHORTEST {
            self.know(name, Whose::Roster);
        }
    }

    /// Knows a host of the operator's own; its subdomains are its own too.
    pub fn know_host(&mut self, host: &str) {
        let ascii = ascii_host(host);
        if !ascii.is_empty() {
            self.hosts.insert(host_key(&ascii), ascii);
        }
    }

    fn know(&mut self, name: &str, whose: Whose) {
        for key in keys(local_part(name)) {
            let known = self.names.entry(key).or_default();
            let entry = (name.to_owned(), whose);
            if !known.contains(&entry) {
                known.push(entry);
            }
        }
    }

    /// What an author passes for, if for anything.
    #[must_use]
    pub fn of_author(&self, name: &Untrusted, handle: &Untrusted) -> Option<Likeness> {
        let (name, handle) = (name.as_evidence(), handle.as_evidence());
        let (local, server) = parts(handle);
        let alike: Vec<_> = self.candidates(local).collect();
        if alike.iter().any(|known| is_account(known, local, server)) {
            return None;
        }
        resembles(&alike, local)
            .or_else(|| resembles(&self.candidates(name).collect::<Vec<_>>(), name))
            .or_else(|| mixed(handle))
            .or_else(|| mixed(name))
    }

    fn candidates(&self, name: &str) -> impl Iterator<Item = &(String, Whose)> {
        let found = keys(name).into_iter();
        found.filter_map(|key| self.names.get(&key)).flatten()
    }

    /// What a host passes for, if for anything: not the known ones and what
    /// lies below them.
    #[must_use]
    pub fn of_host(&self, host: &str) -> Option<Likeness> {
        let ascii = ascii_host(host);
        let is_known = |known: &String| {
            let head = ascii.strip_suffix(known.as_str());
            head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
        };
        if self.hosts.values().any(is_known) {
            return None;
        }
        // "city.example.evil.example" begins like the known one.
        let begins = |known: &&String| {
            let rest = ascii.strip_prefix(known.as_str());
            rest.is_some_and(|rest| rest.starts_with(['.', '-']))
        };
        let pretends = self.hosts.values().find(begins);
        let known = pretends.or_else(|| self.hosts.get(&host_key(&ascii)));
        if let Some(known) = known {
            return Some(Likeness::LooksLike(known.clone()));
        }
        let (letters, _) = idna::domain_to_unicode(&ascii);
        letters.split('.').find_map(mixed)
    }
}

/// Whether this is exactly an account of the operator's. Where the operator
/// names the server and the channel does too, both have to agree.
fn is_account((known, whose): &(String, Whose), local: &str, server: &str) -> bool {
    let (own, own_server) = parts(known);
    let same_server =
        own_server.is_empty() || server.is_empty() || folded(own_server) == folded(server);
    *whose == Whose::Own && same_server && folded(own) == folded(local)
}

/// What `name` passes for among those that are written like it.
fn resembles(alike: &[&(String, Whose)], name: &str) -> Option<Likeness> {
    let first = alike.first()?;
    // A namesake of an officer is a namesake, whoever else is alike.
    let same = |known: &str| folded(local_part(known)) == folded(name);
    let mut known = alike.iter();
    if known.any(|(known, whose)| *whose == Whose::Roster && same(known)) {
        return None;
    }
    let used = alike
        .iter()
        .find(|(known, _)| folded(known) == folded(name));
    Some(match used {
        Some((known, _)) => Likeness::Uses(known.clone()),
        None => Likeness::LooksLike(first.0.clone()),
    })
}

/// The host in ASCII and lower case; as it is when it is no domain.
fn ascii_host(host: &str) -> String {
    let bare = host.trim().trim_end_matches('.');
    idna::domain_to_ascii(bare).unwrap_or_else(|_| bare.to_lowercase())
}

fn host_key(ascii: &str) -> String {
    let (letters, _) = idna::domain_to_unicode(ascii);
    let www = letters.strip_prefix("www.").unwrap_or(&letters);
    keys(www).into_iter().next().unwrap_or_default()
}

/// "@cityhall@social.example": what is before and behind the second "@".
fn parts(handle: &str) -> (&str, &str) {
    let bare = handle.trim().trim_start_matches('@');
    bare.split_once('@').unwrap_or((bare, ""))
}

fn local_part(name: &str) -> &str {
    if name.trim().starts_with('@') {
        parts(name).0
    } else {
        name
    }
}

fn folded(name: &str) -> String {
    // Without compatibility forms: what only looks the same is not the same.
    name.trim()
        .trim_start_matches('@')
        .nfc()
        .flat_map(char::to_lowercase)
        .collect()
}

/// The skeletons of `name`: of its lower case and, because "I" passes for "l",
/// of its own.
fn keys(name: &str) -> Vec<String> {
    let shown: Cow<'_, str> = if name.is_ascii() {
        Cow::Borrowed(name)
    } else {
        let read = name.chars().take(READ).nfkc();
        Cow::Owned(read.filter(|c| is_seen(*c)).collect())
    };
    if shown.len() > LONGEST {
        return Vec::new();
    }
    let mut keys = vec![key(&shown.to_lowercase())];
    if shown.chars().any(char::is_uppercase) {
        keys.push(key(&shown));
        keys.dedup();
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// Letters and digits only: "city.hall" and "City Hall" read as "cityhall".
fn key(shown: &str) -> String {
    skeleton(shown)
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_seen(c: char) -> bool {
    matches!(
        class::kind(c),
        Kind::Plain | Kind::Space | Kind::Mark | Kind::SoundMark
    )
}

/// The first word of `text` whose letters belong to scripts that are not
/// written together; Latin goes with most, but not with Cyrillic or Greek.
fn mixed(text: &str) -> Option<Likeness> {
    if text.is_ascii() {
        return None;
    }
    let text = text
        .get(..text.floor_char_boundary(LONGEST))
        .unwrap_or(text);
    let mut words = text.split(|c: char| !c.is_alphabetic() && !is_combining_mark(c));
    words.find_map(|word| {
        let letters: String = word.nfkc().filter(|c| c.is_alphabetic()).collect();
        if letters.detect_restriction_level() < RestrictionLevel::MinimallyRestrictive {
            return None;
        }
        let mut scripts = letters.chars().map(|c| c.script().full_name());
        let one = scripts.next()?;
        let other = scripts.find(|other| *other != one && *other != "Common")?;
        Some(Likeness::Mixes(one, other))
    })
}

#[cfg(test)]
#[path = "lookalike_tests.rs"]
mod tests;
